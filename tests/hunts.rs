//! Every mistake breaks what it is said to break: it is hunted for, what is found is shrunk, and what is left breaks the same
//! promise again when it is read from its text. Without the mistake the same search finds nothing.
//!
//! What each came to is printed: `cargo test --test hunts -- --nocapture`; `raft-playground bugs --find all` has the times.

#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;

use raft_playground::check::explore::{Bounds, Search, Status};
use raft_playground::hunt::bugs::{HUNTS, How, Hunt};
use raft_playground::hunt::{Catch, find, search_innocent};
use raft_playground::playground::bugs;
use raft_playground::scenario::{Run, Scenario, shipped};

const THREADS: usize = 2;

fn hunt(hunt: &Hunt) {
    let Catch { property, how, searched, far, steps, scenario, .. } = find(hunt.bug, THREADS).expect(hunt.bug);
    let what = if how == "explored" { "states" } else { "events" };
    println!("{}: {property} falls in {steps} steps; {how}, {searched} {what}", hunt.bug);
    assert_eq!(property, hunt.property, "{}", hunt.bug);
    let again = Scenario::parse(&scenario.to_string()).expect("what is written can be read");
    assert_eq!(again, scenario, "{}", hunt.bug);
    assert!(scenario.title.contains(hunt.property) && scenario.settings.bug.as_deref() == Some(hunt.bug), "{scenario}");
    assert_eq!(Run::new(&again).expect("these settings can be").go(&mut |_| ()), Ok(()), "{scenario}");
    let innocent = search_innocent(hunt.bug, far, THREADS).unwrap_or_else(|why| panic!("{why}"));
    println!("{}, when it is off: {} {what}, nothing found", hunt.bug, innocent.searched);
    assert!(innocent.searched > 0, "{}", hunt.bug);
}

fn all(least: usize, fits: impl Fn(&How) -> bool) {
    let hunts: Vec<&Hunt> = HUNTS.iter().filter(|hunt| fits(&hunt.how)).collect();
    assert!(hunts.len() >= least, "only {} are hunted for in this way", hunts.len());
    hunts.into_iter().for_each(hunt);
}

#[test]
fn mistakes_that_small_bounds_show() {
    all(33, |how| matches!(how, How::Explore(_)));
}

#[test]
fn mistakes_that_random_faults_show() {
    all(3, |how| matches!(how, How::Swarm { .. }));
}

/// Figure 8 from its state (b) on. From the initial state it is found above: see `commit_old_term` in the list of hunts.
#[test]
fn figure_8_from_b() {
    let from_b = |bug: &str| {
        let (_, text) = shipped().iter().find(|(name, _)| *name == "figure_8_b").expect("it is shipped");
        let mut scenario = Scenario::parse(text).expect("it can be read");
        scenario.settings.set("bug", bug).expect("a mistake");
        let mut run = Run::new(&scenario).expect("its settings can be");
        run.go(&mut |_| ()).expect("it goes as it says");
        run.into_cluster()
    };
    let bounds = Bounds { epochs: 5, requests: 0, late: false, ..Bounds::default() };
    let mut cluster = from_b("commit_old_term");
    let only = Bounds { properties: vec!["leader-completeness".to_string()], ..bounds.clone() };
    let mut exploring = cluster.explore(only, Search::Breadth).expect("it can be explored");
    while exploring.advance_with(100_000, THREADS) == Status::Running {}
    let found = exploring.found().expect("n5 can still win");
    println!("{} after {} moves, {} states", found.text, found.moves, exploring.progress().states);
    for step in &found.steps {
        cluster.apply(step).expect("it can be done");
    }
    assert!(cluster.view(None).broken.contains(&"leader-completeness"));
    let mut exploring = from_b("none").explore(bounds, Search::Breadth).expect("it can be explored");
    while exploring.advance_with(100_000, THREADS) == Status::Running {}
    println!("without the mistake: {} states", exploring.progress().states);
    assert_eq!(exploring.status(), Status::Exhausted);
}

#[test]
fn every_mistake_is_hunted_for() {
    let of = |protocol: &str| bugs(protocol).expect("a protocol").iter().map(|bug| (bug.name, bug.breaks));
    let breaks: BTreeSet<(&str, &str)> = of("raft").chain(of("multi_paxos")).collect();
    let hunted: BTreeSet<(&str, &str)> = HUNTS.iter().map(|hunt| (hunt.bug, hunt.property)).collect();
    assert_eq!(hunted, breaks);
}
