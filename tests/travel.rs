//! Walking to and fro: whatever moment one goes to, it is the moment that it was, and nothing that was is lost.
#![cfg(not(target_arch = "wasm32"))]

#[path = "common/moments.rs"]
mod moments;

use moments::{same, seen};
use proptest::prelude::*;
use raft_playground::playground::{Playground, open};
use raft_playground::scenario::{Run, Scenario};
use raft_playground::settings::Settings;
use raft_playground::types::{Span, Time};
use raft_playground::view::View;

fn cluster(protocol: &str, seed: u64, traffic: bool) -> Box<dyn Playground> {
    open(&Settings { protocol: protocol.into(), seed, traffic, ..Settings::default() })
        .expect("these settings are valid")
}

/// Goes on event by event and looks at each moment, from this one on.
fn watch(run: &mut dyn Playground, steps: u64) -> Vec<View> {
    let mut views = vec![seen(run)];
    for _ in 0..steps {
        run.step().expect("an event");
        views.push(seen(run));
    }
    views
}

#[test]
fn every_event_can_be_gone_to_from_every_other() {
    for protocol in ["raft", "multi_paxos", "single_server"] {
        let mut run = cluster(protocol, 3, true);
        let views = watch(&mut *run, 300);
        for step in [300, 0, 299, 150, 151, 1, 297, 2, 300, 299] {
            run.seek(step).expect("it is known");
            same(&seen(&*run), &views[usize::try_from(step).unwrap_or(0)], &format!("{protocol}, event {step}"));
        }
        while run.back().expect("going back") {
            same(&seen(&*run), &views[usize::try_from(run.steps()).unwrap_or(0)], protocol);
        }
        assert_eq!(run.steps(), 0);
    }
}

#[test]
fn far_in_a_long_run_every_moment_is_what_it_was() {
    let mut run = cluster("raft", 5, true);
    let mut looked_at = Vec::new();
    for _ in 0..40 {
        run.advance(Span::millis(1_700)).expect("time goes on");
        looked_at.push((run.exact(), seen(&*run)));
    }
    assert!(run.steps() > 20_000, "{} events are no long run", run.steps());
    for turn in 0..looked_at.len() {
        let (when, view) = &looked_at[turn * 17 % looked_at.len()];
        run.seek_time(when.at).expect("it is known");
        assert_eq!(run.exact(), *when);
        same(&seen(&*run), view, "far in a long run");
        let told: Vec<u64> = run.events(0).into_iter().map(|line| line.number).collect();
        assert_eq!(told.last(), Some(&view.told), "what led to it is told");
        assert!(told.len() > 50, "only {} events are told", told.len());
    }
}

#[test]
fn acting_in_the_past_forks_and_the_old_future_is_kept() {
    let mut run = cluster("raft", 7, false);
    run.advance(Span::secs(1)).expect("time goes on");
    run.apply("crash n1").expect("a step");
    run.advance(Span::secs(1)).expect("time goes on");
    let (old, hash) = (run.branch(), run.hash());
    run.seek_time(Time::START + Span::millis(500)).expect("it is known");
    let (now, steps) = (run.moment().at, run.steps());
    run.apply("crash n2").expect("a step");
    assert_ne!(run.branch(), old);
    assert_eq!(run.script().len(), 1, "what was done later is on the other branch");
    let cards = run.branches();
    let names: Vec<&str> = cards.iter().map(|card| card.name.as_str()).collect();
    assert_eq!(names, ["first run", "crash n2 at 500ms"]);
    assert_eq!((cards[1].parent, cards[1].fork, cards[1].fork_steps), (Some(old), now, steps));
    run.switch(old).expect("it is there");
    assert_eq!(run.moment().at, now, "another branch is shown at the same time");
    run.seek_time(Time::START + Span::secs(2)).expect("it is known");
    assert_eq!((run.hash(), run.is_live()), (hash, true));
}

#[test]
fn a_refused_step_in_the_past_changes_nothing() {
    let mut run = cluster("raft", 7, false);
    run.advance(Span::secs(1)).expect("time goes on");
    run.seek_time(Time::START + Span::millis(300)).expect("it is known");
    let before = run.view(None);
    assert!(run.apply("restart n1").is_err(), "it runs");
    assert_eq!(run.view(None), before);
    assert_eq!(run.branches().len(), 1);
}

#[test]
fn time_alone_is_no_past_that_forks() {
    let mut run = cluster("single_server", 1, false);
    run.advance(Span::secs(9)).expect("time goes on");
    run.seek_time(Time::START + Span::secs(2)).expect("it is known");
    run.apply("put c1 a val_1").expect("a step");
    assert_eq!((run.branches().len(), run.end().1), (1, Time::START + Span::secs(2)));
}

#[test]
fn undo_takes_back_one_step_after_another_and_redo_brings_each_back() {
    let mut run = cluster("raft", 2, false);
    let mut hashes = Vec::new();
    for step in ["crash n1", "crash n2", "restart n1"] {
        run.advance(Span::millis(400)).expect("time goes on");
        hashes.push((run.exact(), run.hash()));
        run.apply(step).expect("a step");
    }
    run.advance(Span::millis(400)).expect("time goes on");
    let end = (run.exact(), run.hash(), run.branch());
    for (when, hash) in hashes.iter().rev() {
        run.undo().expect("there is something to undo");
        assert_eq!((run.exact(), run.hash()), (*when, *hash));
    }
    let refused = run.undo().expect_err("nothing is left").to_string();
    assert_eq!(refused, "nothing has been done before this moment that could be undone");
    // Time may go on meanwhile.
    run.advance(Span::millis(100)).expect("time goes on");
    for _ in 0..3 {
        run.redo().expect("there is something to do again");
    }
    assert_eq!((run.exact(), run.hash(), run.branch()), end);
    assert!(run.redo().is_err(), "all is as it was");
    assert_eq!(run.branches().len(), 1, "what was only passed through is gone");

    run.undo().expect("there is something to undo");
    run.apply("pause n3").expect("a step");
    assert!(run.redo().is_err(), "something else was done");
    assert_eq!(run.branches().len(), 2, "but the future that was undone is kept");
}

#[test]
fn branches_are_named_compared_and_deleted() {
    let mut run = cluster("raft", 4, false);
    run.advance(Span::secs(1)).expect("time goes on");
    run.apply("crash n1").expect("a step");
    run.advance(Span::secs(1)).expect("time goes on");
    run.seek_time(Time::START + Span::millis(600)).expect("it is known");
    run.apply("put c1 a val_1").expect("a step");
    run.advance(Span::secs(1)).expect("time goes on");
    let (one, other) = (run.branches()[0].id, run.branches()[1].id);

    run.rename(other, "  with a key ").expect("a name");
    assert_eq!(run.branches()[1].name, "with a key");
    assert!(run.rename(other, &"x".repeat(61)).is_err());
    assert!(run.rename(99, "x").is_err());

    let difference = run.compare(one, other).expect("both are there");
    assert_eq!(difference.number, run.branches()[1].fork_steps + 1);
    let (left, right) = (difference.left.expect("it goes on"), difference.right.expect("it goes on"));
    assert!(!left.by_hand && right.by_hand, "{left:?} {right:?}");
    assert_eq!(right.step, "put c1 a val_1");
    let same = run.compare(one, one).expect("it is there");
    assert_eq!((same.left, same.right, same.contrasts), (None, None, Vec::new()));

    assert!(run.delete(other).is_err(), "it is shown");
    run.delete(one).expect("it is not");
    assert_eq!(run.branches().len(), 1);
    assert_eq!(run.branches()[0].parent, None);
    // A branch is complete in itself.
    run.seek(3).expect("it is known");
    run.seek(run.end().0).expect("it is known");
}

#[test]
fn what_differs_is_told_node_by_node() {
    let mut run = cluster("raft", 4, false);
    run.advance(Span::secs(1)).expect("time goes on");
    let here = run.steps();
    run.step().expect("an event");
    run.seek(here).expect("it is known");
    run.apply("crash n1").expect("a step");
    let difference = run.compare(1, 2).expect("both are there");
    let told: Vec<String> = difference
        .contrasts
        .iter()
        .map(|row| format!("{} {}: {} | {}", row.node, row.what, row.left, row.right))
        .collect();
    assert!(told.contains(&"n1 machine: runs | crashed".to_string()), "{told:?}");
}

#[test]
fn turning_points_are_gone_to_in_both_directions() {
    let mut run = Run::new(&Scenario { settings: Settings { seed: 9, ..Settings::default() }, ..Scenario::default() })
        .expect("a run");
    assert!(run.later().expect("going on"), "somebody is elected");
    let strip = run.cluster().strip(100);
    assert_eq!(strip.marks.len(), 1);
    assert_eq!(run.cluster().steps(), strip.marks[0].steps);
    let elected = run.cluster().exact();
    run.cluster_mut().apply("crash n1").expect("a step");
    assert!(run.later().expect("going on"));
    let marks = run.cluster().strip(1_000_000).marks.len();
    assert!(marks >= 3, "{marks}");
    while run.cluster().exact() != elected {
        assert!(run.earlier().expect("going back"));
    }
    assert!(run.earlier().expect("going back"), "to the start");
    assert_eq!(run.cluster().steps(), 0);
    assert!(!run.earlier().expect("going back"));
}

#[test]
fn a_strip_keeps_every_kind_and_counts_what_lies_too_close() {
    let mut run = cluster("raft", 6, true);
    run.advance(Span::secs(20)).expect("time goes on");
    let (fine, coarse) = (run.strip(100_000), run.strip(10));
    assert!(coarse.marks.len() <= 10 * 5 && coarse.marks.len() < fine.marks.len());
    let total = |strip: &raft_playground::timeline::Strip| strip.marks.iter().map(|mark| mark.count).sum::<u64>();
    assert_eq!(total(&fine), total(&coarse));
    assert!(!coarse.stretches.is_empty() && coarse.stretches.windows(2).all(|pair| pair[0].at <= pair[1].at));
    assert_eq!(coarse.end, run.moment().at);
}

/// What somebody may do who walks about in a run.
#[derive(Clone, Debug)]
enum Doing {
    Go(u64),
    Back,
    Seek(u64),
    SeekTime(u64),
    Act(usize),
    Undo,
    Redo,
    Switch(usize),
    Earlier,
}

fn doings() -> impl Strategy<Value = Vec<Doing>> {
    let one = prop_oneof![
        (1_u64..60_000).prop_map(Doing::Go),
        Just(Doing::Back),
        (0_u64..400).prop_map(Doing::Seek),
        (0_u64..900_000).prop_map(Doing::SeekTime),
        (0_usize..8).prop_map(Doing::Act),
        Just(Doing::Undo),
        Just(Doing::Redo),
        (0_usize..8).prop_map(Doing::Switch),
        Just(Doing::Earlier),
    ];
    proptest::collection::vec(one, 1..40)
}

const ACTS: [&str; 8] =
    ["crash n1", "restart n1", "crash n2", "restart n2", "put c1 a val_1", "get c2 a", "cut n1--n2", "heal"];

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Whatever somebody does, the moment that is shown is the one that its script gives from the start.
    #[test]
    fn the_script_of_a_moment_gives_that_moment(seed in 0_u64..50, doings in doings()) {
        let mut run = cluster("raft", seed, false);
        for doing in &doings {
            match doing {
                Doing::Go(micros) => drop(run.advance(Span(*micros))),
                Doing::Back => drop(run.back()),
                Doing::Seek(steps) => drop(run.seek((*steps).min(run.end().0))),
                Doing::SeekTime(at) => drop(run.seek_time(Time(*at).min(run.end().1))),
                Doing::Act(which) => drop(run.apply(ACTS[*which])),
                Doing::Undo => drop(run.undo()),
                Doing::Redo => drop(run.redo()),
                Doing::Switch(which) => {
                    let cards = run.branches();
                    drop(run.switch(cards[which % cards.len()].id));
                }
                Doing::Earlier => drop(run.earlier_mark().map(|steps| run.seek(steps))),
            }
            let cards = run.branches();
            prop_assert!(cards.iter().filter(|card| card.current).count() == 1);
            prop_assert!(run.steps() <= run.end().0 && run.moment().at <= run.end().1);
            for card in &cards {
                prop_assert!(card.parent.is_none_or(|parent| cards.iter().any(|other| other.id == parent)));
            }
        }
        let mut again = cluster("raft", seed, false);
        for timed in run.script() {
            again.reach(timed.when).expect("the same moment");
            again.take(timed.step.clone()).expect("the same step");
        }
        again.reach(run.exact()).expect("the same moment");
        same(&seen(&*again), &seen(&*run), "from the start");
    }
}
