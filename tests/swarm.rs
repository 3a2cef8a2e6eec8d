//! Random faults, many seeds: every property holds while they last, and progress resumes after them.
//!
//! A few seeds of each kind run here; `raft-playground swarm --seeds 1..1001` runs as many as one likes.

#![cfg(not(target_arch = "wasm32"))]

use raft_playground::check::swarm::{self, Passed};
use raft_playground::protocol::Protocol;
use raft_playground::settings::Settings;
use raft_playground::sim::{Refused, Setup};
use raft_playground::types::Span;

const MINUTE: Span = Span::secs(60);

/// Runs seeds 1 to `seeds`; a failure names its seed and the command that shows it again.
fn check<P: Protocol>(seeds: u64, sets: &str, setup: impl Fn(&Settings) -> Result<Setup<P>, Refused>) -> Vec<Passed> {
    let run = |seed: u64| {
        let mut settings = Settings { seed, ..Settings::default() };
        for pair in sets.split_whitespace().filter(|word| *word != "--set") {
            let (name, value) = pair.split_once('=').expect("NAME=VALUE");
            settings.set(name, value).expect("a setting");
        }
        swarm::run(setup(&settings).expect("settings that can be"), MINUTE).unwrap_or_else(|failed| {
            let command = format!("raft-playground swarm --seeds {seed}..{} --for {MINUTE} {sets}", seed + 1);
            panic!("seed {seed}: {failed}\nagain with: {command}")
        })
    };
    let passed: Vec<Passed> = (1..=seeds).map(run).collect();
    assert!(
        passed.iter().all(|run| run.faults > 50 && run.answered >= 3),
        "each run met faults and answered its clients"
    );
    passed
}

#[test]
fn five_raft_nodes_keep_the_properties_of_figure_3() {
    check(40, "", Settings::raft);
}

#[test]
fn raft_clusters_of_every_other_size_do_too() {
    for nodes in [1, 2, 3, 4, 6, 7, 8, 9] {
        check(6, &format!("--set num_nodes={nodes}"), Settings::raft);
    }
}

#[test]
fn without_the_noop_of_a_new_leader_nothing_is_lost_either() {
    check(15, "--set noop=false", Settings::raft);
}

#[test]
fn multi_paxos_chooses_one_value_for_each_slot() {
    check(15, "--set protocol=multi_paxos", Settings::multi_paxos);
    check(15, "--set protocol=multi_paxos --set num_leaders=3", Settings::multi_paxos);
}

#[test]
fn a_single_server_comes_back_with_all_that_it_has_answered() {
    check(15, "--set protocol=single_server", Settings::single_server);
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let twice = [check(3, "", Settings::raft), check(3, "", Settings::raft)];
    assert_eq!(twice[0], twice[1]);
    assert_ne!(twice[0][0].hash, twice[0][1].hash, "and another seed another one");
}
