//! Clusters that make mistakes on purpose: whatever comes of it is seen, and nothing falls over.
#![cfg(all(not(target_arch = "wasm32"), feature = "bugs"))]

use raft_playground::multi_paxos::{self, MultiPaxos};
use raft_playground::protocol::{Bug, Protocol};
use raft_playground::raft::{self, Raft};
use raft_playground::settings::Settings;
use raft_playground::sim::{Cluster, Setup, faults, schedule};
use raft_playground::types::{Span, Time};

/// A run of a cluster that makes this mistake, with what it needs for that.
fn settings(protocol: &str, bug: &Bug, seed: u64) -> Settings {
    let mut settings = Settings { protocol: protocol.to_string(), seed, traffic: true, ..Settings::default() };
    let pairs = [("bug", bug.name), ("disk.all", "0ms..20ms"), ("deletes", "true")];
    for (name, value) in bug.with.iter().chain(&pairs) {
        settings.set(name, value).expect("a setting");
    }
    settings
}

/// Faults of every kind, and whatever operators come up with, without anybody who stops at a broken promise.
fn play<P: Protocol>(setup: Setup<P>, span: Span) -> u64 {
    let mut cluster = Cluster::new(setup);
    let end = Time::START + span;
    for (at, step) in faults::plan::<P>(cluster.setup().seed, cluster.count(), end) {
        while schedule::step_until(&mut cluster, at).expect("what is due can be done") {}
        schedule::run(&mut cluster, at).expect("nothing is due before");
        let _ = cluster.apply(&step);
    }
    cluster.steps()
}

const SEEDS: std::ops::Range<u64> = 0..12;

#[test]
fn no_mistake_of_raft_makes_the_program_fall_over() {
    for bug in Raft::bugs() {
        for seed in SEEDS {
            let mut settings = settings("raft", bug, seed);
            if seed % 2 == 1 {
                settings.set("preset", "practice").expect("a preset");
            }
            let setup = settings.raft().expect("a cluster");
            let steps = std::panic::catch_unwind(|| play(setup, Span::secs(12)));
            assert!(steps.is_ok_and(|steps| steps > 1_000), "{} with seed {seed}", bug.name);
        }
    }
}

#[test]
fn no_mistake_of_multi_paxos_makes_the_program_fall_over() {
    for bug in MultiPaxos::bugs() {
        for seed in SEEDS {
            let setup = settings("multi_paxos", bug, seed).multi_paxos().expect("a cluster");
            let steps = std::panic::catch_unwind(|| play(setup, Span::secs(12)));
            assert!(steps.is_ok_and(|steps| steps > 500), "{} with seed {seed}", bug.name);
        }
    }
}

#[test]
fn a_mistake_is_chosen_like_any_rule_and_no_other_choice_takes_it_back() {
    let mut config = raft::Config::new(3);
    let choice = Raft::bug().expect("there are mistakes");
    choice.choose(&mut config, "forget_vote").expect("one of them");
    Raft::preset().expect("a preset").choose(&mut config, "practice").expect("one of two");
    assert_eq!((choice.get)(&config), "forget_vote");
    assert_eq!((Raft::preset().expect("a preset").get)(&config), "practice", "a mistake is no rule of its own");
    choice.choose(&mut config, "none").expect("none of them");
    assert_eq!(config, raft::Config::in_practice(3));
    let why = choice.choose(&mut config, "forget_votes").expect_err("no such mistake");
    assert!(why.starts_with("`bug = forget_votes` cannot be: expected none, or some of forget_vote, "), "{why}");
    let paxos = MultiPaxos::bug().expect("there are mistakes");
    let mut config = multi_paxos::Config::new(3, 1, 2);
    let why = paxos.choose(&mut config, "forget_vote").expect_err("one of Raft's");
    assert!(why.ends_with("expected none, or some of apply_rejected_put, ignore_phase_1, forget_promise"), "{why}");
}
