//! Every mistake breaks what it is said to break: it is hunted for, what is found is shrunk, and what is left breaks the same
//! promise again when it is read from its text. Without the mistake the same search finds nothing.
//!
//! What each came to is printed: `cargo test --test hunts -- --nocapture`; `raft-playground bugs --find all` has the times.

#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeSet;

use raft_playground::hunt::bugs::{HUNTS, How, Hunt};
use raft_playground::hunt::{Catch, find, search_innocent};
use raft_playground::playground::bugs;
use raft_playground::scenario::{Run, Scenario};

const THREADS: usize = 2;

fn hunt(hunt: &Hunt) {
    let Catch { property, how, searched, moves, steps, scenario, .. } = find(hunt.bug, THREADS).expect(hunt.bug);
    let what = if how == "explored" { "states" } else { "events" };
    println!("{}: {property} falls in {steps} steps; {how}, {searched} {what}", hunt.bug);
    assert_eq!(property, hunt.property, "{}", hunt.bug);
    let again = Scenario::parse(&scenario.to_string()).expect("what is written can be read");
    assert_eq!(again, scenario, "{}", hunt.bug);
    assert!(scenario.title.contains(hunt.property) && scenario.settings.bug.as_deref() == Some(hunt.bug), "{scenario}");
    assert_eq!(Run::new(&again).expect("these settings can be").go(&mut |_| ()), Ok(()), "{scenario}");
    let innocent = search_innocent(hunt.bug, moves, THREADS).unwrap_or_else(|why| panic!("{why}"));
    println!("{}, when it is off: {} {what}, nothing found", hunt.bug, innocent.searched);
    assert!(innocent.searched > 0 || how == "script", "{}", hunt.bug);
}

fn all(fits: impl Fn(&How) -> bool) {
    let hunts: Vec<&Hunt> = HUNTS.iter().filter(|hunt| fits(&hunt.how)).collect();
    assert!(hunts.len() > 5, "only {} are hunted for in this way", hunts.len());
    hunts.into_iter().for_each(hunt);
}

#[test]
fn mistakes_that_small_bounds_show() {
    all(|how| matches!(how, How::Explore(_)));
}

#[test]
fn mistakes_that_random_faults_show() {
    all(|how| matches!(how, How::Swarm { .. }));
}

#[test]
fn mistakes_that_a_script_shows() {
    all(|how| matches!(how, How::Script(_)));
}

/// Where nothing wrong happens, and nothing good either, no property falls: `tests/bugs.rs` has these.
#[test]
fn every_mistake_that_breaks_a_property_is_hunted_for() {
    let of = |protocol: &str| bugs(protocol).expect("a protocol").iter().map(|bug| (bug.name, bug.breaks));
    let breaks: BTreeSet<(&str, &str)> =
        of("raft").chain(of("multi_paxos")).filter(|bug| bug.1 != "liveness").collect();
    let hunted: BTreeSet<(&str, &str)> = HUNTS.iter().map(|hunt| (hunt.bug, hunt.property)).collect();
    assert_eq!(hunted, breaks);
}
