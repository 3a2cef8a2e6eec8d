//! Random faults, many seeds: every property holds while they last, and progress resumes after them.
//!
//! A few seeds of each kind run here; `raft-playground swarm --plain --seeds 1..1001` runs as many as one likes.

#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeMap;

use raft_playground::check::swarm::{self, Passed};
use raft_playground::hunt::Field;
use raft_playground::protocol::Protocol;
use raft_playground::raft::{Note, Raft};
use raft_playground::settings::Settings;
use raft_playground::sim::{Cluster, Fact, Refused, Setup, faults, schedule};
use raft_playground::types::{Span, Time};

const MINUTE: Span = Span::secs(60);

/// Settings as on the command line: `--set num_nodes=3`.
fn settings(seed: u64, sets: &str) -> Settings {
    let mut settings = Settings { seed, ..Settings::default() };
    for pair in sets.split_whitespace().filter(|word| *word != "--set") {
        let (name, value) = pair.split_once('=').expect("NAME=VALUE");
        settings.set(name, value).expect("a setting");
    }
    settings
}

/// Runs seeds 1 to `seeds`; a failure names its seed and the command that shows it again.
fn check<P: Protocol>(seeds: u64, sets: &str, setup: impl Fn(&Settings) -> Result<Setup<P>, Refused>) -> Vec<Passed> {
    let run = |seed: u64| {
        swarm::run(setup(&settings(seed, sets)).expect("settings that can be"), MINUTE).unwrap_or_else(|failed| {
            let command = format!("raft-playground swarm --plain --seeds {seed}..{} --for {MINUTE} {sets}", seed + 1);
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

/// Everything on that a cluster in practice has on, and disks that take their time.
const PRACTICE: &str = "--set preset=practice --set disk.all=0ms..20ms";

#[test]
fn with_everything_on_and_slow_disks_every_promise_is_kept_whatever_operators_do() {
    check(60, PRACTICE, Settings::raft);
}

#[test]
fn clusters_of_other_sizes_with_everything_on_do_too() {
    for nodes in [1, 2, 3, 4, 7, 9] {
        check(10, &format!("{PRACTICE} --set num_nodes={nodes}"), Settings::raft);
    }
}

/// Clocks are off by up to a fifth, as leases allow for here.
const BY_LEASE: &str = "--set reads=lease --set drift_bound=20%";

#[test]
fn reads_by_lease_are_up_to_date_while_clocks_drift_within_the_bound() {
    check(60, &format!("{PRACTICE} {BY_LEASE}"), Settings::raft);
    check(30, &format!("{BY_LEASE} --set withhold_votes=true"), Settings::raft);
}

/// How often nodes note each thing in ten runs under faults, reads by what lets a node answer.
fn count(sets: &str) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    let mut look = |cluster: &Cluster<Raft>| {
        for fact in cluster.facts() {
            let Fact::Noted(_, note) = fact else { continue };
            let name = match note {
                Note::Reads { how, .. } => format!("by {how}"),
                other => format!("{other:?}").split([' ', '(']).next().unwrap_or_default().to_string(),
            };
            *counts.entry(name).or_default() += 1;
        }
    };
    for seed in 1..=10 {
        let setup = settings(seed, sets).raft().expect("settings that can be");
        let mut cluster = Cluster::new(Setup { traffic: true, ..setup });
        for (at, step) in faults::plan::<Raft>(seed, cluster.count(), Time::START + MINUTE) {
            while schedule::step_until(&mut cluster, at).expect("what is due can be done") {
                look(&cluster);
            }
            schedule::run(&mut cluster, at).expect("nothing is due before");
            if cluster.apply(&step).is_ok() {
                look(&cluster);
            }
        }
    }
    counts
}

/// Without this, a swarm in which nothing of the kind ever happens would pass.
#[test]
fn everything_that_there_is_to_go_wrong_comes_up() {
    let counts = count(&format!("{PRACTICE} {BY_LEASE}"));
    for (name, least) in [
        ("by lease", 200),
        ("by index", 100),
        ("by follower", 10),
        ("ChangesMembers", 20),
        ("Removed", 10),
        ("Retires", 5),
        ("AsksToTakeOver", 10),
        ("GivesUpTransfer", 5),
        ("Compacted", 100),
        ("Installed", 20),
        ("TornWrite", 5),
        ("NoQuorum", 20),
        ("AsksInAdvance", 100),
        ("LeaseEnded", 100),
        ("SendsAgain", 100),
        ("Conflict", 2),
    ] {
        let count = counts.get(name).copied().unwrap_or(0);
        assert!(count >= least, "{name}: {count} times, of {counts:?}");
    }
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

/// How many of these seeds have a run of which clients see that something is wrong.
fn refused(sets: &str) -> usize {
    let property = Some("linearizability".to_string());
    let field = Field { settings: settings(1, sets), span: Span::secs(30), property, drawn: false };
    (1..=20).filter(|seed| field.run(*seed).expect("it can be").is_err()).count()
}

#[test]
fn what_clients_see_is_judged_and_tells_mistakes_by_itself() {
    for (with, bug) in [("reads=index num_nodes=3", "local_read"), ("num_nodes=3", "no_sessions")] {
        let found = refused(&format!("{with} bug={bug}"));
        assert!(found > 0, "{bug} is seen by no client in 20 runs");
        assert_eq!(refused(with), 0, "without {bug}");
    }
    assert_eq!(
        refused("reads=local num_nodes=3"),
        0,
        "who chooses to read what is out of date has been promised nothing"
    );
    assert_eq!(refused("sessions=false num_nodes=3"), 0, "nor who does without sessions");
}
