//! Raft beside a model that is obviously right: a list of all that was ever committed, and a map that it is applied to.
//! Clients, operators, machines, links and disks do what they like; whatever a node commits, applies, reads or answers
//! must be what the model says. Where it is not, the shortest run that was found is printed as a scenario file.
#![cfg(not(target_arch = "wasm32"))]

mod model;
mod play;

use std::cell::RefCell;

use play::{Doing, Play, crashes, doings, play, report};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestError, TestRng, TestRunner};
use raft_playground::scenario::{Failure, Run, Scenario};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn a_cluster_does_what_the_model_does(
        seed in 0..1_000u64,
        nodes in 1..6u8,
        practice in any::<bool>(),
        doings in doings(),
    ) {
        let preset = if practice { "practice" } else { "paper" };
        let played = play(seed, &format!("num_nodes={nodes} preset={preset}"), &doings);
        prop_assert!(played.is_ok(), "{}", played.err().map(|scenario| report(&scenario)).unwrap_or_default());
    }
}

/// So many cases, always the same.
fn deterministic(cases: u32) -> TestRunner {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

/// Looks for a disagreement, always in the same places, and makes it as short as it can.
fn search(sets: &str, doings: impl Strategy<Value = Vec<Doing>>) -> Option<Scenario> {
    let shortest = RefCell::new(None);
    let found = deterministic(1_000).run(&(0..1_000u64, doings), |(seed, doings)| {
        play(seed, sets, &doings).map(|_| ()).map_err(|scenario| {
            let why = scenario.story.clone();
            // Whatever fails while it is made shorter is shorter than what has failed before.
            *shortest.borrow_mut() = Some(*scenario);
            TestCaseError::fail(why)
        })
    });
    assert!(matches!(found, Ok(()) | Err(TestError::Fail(..))), "{found:?}");
    shortest.into_inner()
}

/// The scenario is a file that anybody can run: the same run, down to its hash.
fn again(scenario: &Scenario) -> Result<(), Failure> {
    let text = scenario.to_string();
    let read = Scenario::parse(&text).unwrap_or_else(|why| panic!("{why}\n{text}"));
    let mut run = Run::new(&read).expect("a run");
    let done = run.go(&mut |_| ());
    if done.is_ok() {
        assert_eq!(Some(run.cluster().hash()), scenario.hash, "another run than\n{text}");
    }
    done
}

#[test]
fn a_core_that_forgets_its_vote_is_found_out_and_the_shortest_run_is_a_scenario() {
    let found = search("num_nodes=3 keep_vote=false", crashes()).expect("two leaders in a term");
    assert!(found.story.contains("both lead term"), "{}", report(&found));
    // What mends everything is fourteen lines of it.
    assert!(found.script.len() <= 14 + 7, "made shorter\n{}", report(&found));
    let broken = again(&found).expect_err("the promise is broken there, too");
    assert!(matches!(&broken, Failure::Broken { property, .. } if property == "vote-once"), "{broken}");
    assert!(report(&found).contains("raft-playground run FILE"));
}

#[test]
fn a_core_that_carries_a_command_out_twice_is_found_out() {
    let found = search("num_nodes=3 sessions=false", doings()).expect("a command that comes twice");
    assert!(found.story.contains("comes to Fresh"), "{}", report(&found));
    assert_eq!(again(&found), Ok(()), "no promise of the paper is broken by that");
}

/// The model itself, made wrong: that a leader that was replaced knows it is more than any cluster keeps.
#[test]
fn a_promise_that_nobody_makes_is_found_to_be_broken() {
    for (trusts, expected) in [(false, None), (true, Some("n1 answers `get a` by local as of entry 2"))] {
        let mut play = Play::new(1, "num_nodes=3");
        play.model.trusts_local_reads = trusts;
        let before = ["timeout n1", "put c1 a 1 to n1", "isolate n1", "timeout n2", "delete c1 a to n2"];
        let mut steps = before.into_iter().chain(["get c2 a to n1 by local"]);
        let done = steps.try_for_each(|text| play.take(text).and_then(|()| play.play(60)));
        let why = done.err();
        assert_eq!(why.as_deref().and_then(|why| why.get(..expected.map_or(0, str::len))), expected, "{why:?}");
    }
}

/// A leader whose clock goes half as fast relies on its lease for twice as long as it may, unless it allows for that.
#[test]
fn a_lease_that_does_not_allow_for_its_clock_is_found_out() {
    for (bound, expected) in [("50%", None), ("0%", Some("n1 answers `get a` by lease as of entry 2"))] {
        let sets = format!("num_nodes=3 withhold_votes=true reads=lease drift_bound={bound} network.latency=1ms");
        let mut play = Play::new(1, &sets);
        let steps = [
            ("drift n1 -50%", 0),
            ("timeout n1", 20),
            ("put c1 a 1 to n1", 20),
            ("timeout n1 heartbeat", 10),
            ("isolate n1", 150),
            ("timeout n2", 20),
            ("delete c1 a to n2", 20),
            ("get c2 a to n1 by lease", 20),
        ];
        let done = steps.iter().try_for_each(|(text, millis)| play.take(text).and_then(|()| play.play(*millis)));
        let why = done.err();
        assert_eq!(why.as_deref().and_then(|why| why.get(..expected.map_or(0, str::len))), expected, "{why:?}");
        assert!(play.model.seen()[0] >= 4, "n2 was elected, and has deleted it");
    }
}

/// Without this, a test that never does anything would pass.
#[test]
fn random_steps_come_to_something() {
    let mut total = [0; 3];
    let mut chance = deterministic(CASES);
    for seed in 0..u64::from(CASES) {
        let doings = doings().new_tree(&mut chance).expect("some doings").current();
        let played = play(seed, "num_nodes=5", &doings).unwrap_or_else(|scenario| panic!("{}", report(&scenario)));
        total.iter_mut().zip(played.model.seen()).for_each(|(total, seen)| *total += seen);
    }
    let [committed, leaders, answers] = total.map(|total| total / CASES as usize);
    assert!(committed >= 10 && leaders >= 2 && answers >= 8, "on average {committed}, {leaders}, {answers}");
}

const CASES: u32 = 50;
