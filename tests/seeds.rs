//! Seeds of a swarm: what is drawn for each, that the rules of the protocols hold in all of them, and that what breaks is found,
//! told, and shown again by the command that is told.
#![cfg(not(target_arch = "wasm32"))]

#[path = "common/cli.rs"]
mod cli;

use std::collections::BTreeSet;
use std::process::{Command, Output};

use cli::{folder, out, run, text_of};
use raft_playground::check::swarm::Failed;
use raft_playground::hunt::{Field, Goal, Hunt};
use raft_playground::scenario::{Run, Scenario};
use raft_playground::settings::Settings;
use raft_playground::types::Span;

fn field(sets: &[(&str, &str)]) -> Field {
    let mut settings = Settings::default();
    sets.iter().for_each(|(name, value)| settings.set(name, value).expect("a setting"));
    Field { settings, span: Span::secs(60), property: None, drawn: true }
}

#[test]
fn a_seed_draws_what_is_not_said_and_keeps_what_is() {
    let field = field(&[("num_nodes", "4"), ("window", "7"), ("network.loss", "3%")]);
    let drawn: Vec<Settings> = (1..=60).map(|seed| field.draw(seed).expect("it can be").0).collect();
    for settings in &drawn {
        assert_eq!(settings.chosen("num_nodes"), Some(4));
        assert!(settings.options.contains(&("window", "7".to_string())), "{settings}");
        assert_eq!(settings.world.loss.map(|loss| loss.to_string()), Some("3%".to_string()));
    }
    // Each thing is on in some and off in others, and drawn again it is the same.
    for (what, on) in [
        (
            "pre_vote",
            &(|s: &Settings| s.options.iter().any(|(name, _)| *name == "pre_vote")) as &dyn Fn(&Settings) -> bool,
        ),
        ("snapshots", &|s| s.options.iter().any(|(name, _)| *name == "snapshot_every")),
        ("slow disks", &|s| s.world.disk.is_some()),
        ("duplication", &|s| s.world.duplication.is_some()),
        ("five clients", &|s| s.chosen("num_clients") == Some(5)),
    ] {
        let count = drawn.iter().filter(|settings| on(settings)).count();
        assert!((5..=55).contains(&count), "{what}: {count} of 60");
    }
    assert_eq!(field.draw(7), field.draw(7));
}

#[test]
fn with_the_rules_as_they_are_nothing_is_found() {
    for (protocol, seeds) in [("raft", 60), ("multi_paxos", 20), ("single_server", 10)] {
        let field = field(&[("protocol", protocol)]);
        let (mut steps, mut recovered) = (0, 0);
        for seed in 1..=seeds {
            match field.run(seed).expect("it can be") {
                Ok(passed) => {
                    steps += passed.steps;
                    recovered += u64::from(passed.recovery > Span::ZERO);
                }
                Err(found) => panic!("{protocol}, seed {seed}: {}", found.failed),
            }
        }
        assert!(
            steps > seeds * 2_000 && recovered > seeds / 4,
            "{protocol}: {steps} steps, {recovered} had to recover"
        );
    }
}

/// The first of some seeds that fails.
fn first(field: &Field, seeds: u64) -> (u64, raft_playground::hunt::Found) {
    let found = (1..=seeds).find_map(|seed| Some((seed, field.run(seed).expect("it can be").err()?)));
    found.unwrap_or_else(|| panic!("none of {seeds} seeds breaks a promise with {}", field.settings))
}

#[test]
fn where_nothing_wrong_happens_and_nothing_good_the_second_phase_notices() {
    for bug in ["timer_reset_on_any_rpc", "pre_vote_answers_dropped"] {
        let (_, found) = first(&field(&[("bug", bug)]), 200);
        assert!(matches!(&found.failed, Failed::Stuck { .. }), "{bug}: {}", found.failed);
        assert_eq!(found.property(), "liveness");
        let case = found.case().expect("the mistake is to blame").expect("and it is so again");
        assert_eq!(case.goal, Goal::Broken("liveness".to_string()));
        let told = found.scenario(Span::secs(60)).to_string();
        let read = Scenario::parse(&told).unwrap_or_else(|mistake| panic!("{mistake}\n{told}"));
        assert_eq!(Run::new(&read).expect("a run").go(&mut |_| ()), Ok(()), "{bug}: nobody leads there, too\n{told}");
    }
}

/// What has such mistakes cost all of the time, a clock that is always first and quick messages, costs nothing without them.
#[test]
fn where_one_clock_is_always_first_there_is_progress_all_the_same() {
    let field = field(&[("election", "150ms..155ms"), ("network.latency", "1ms"), ("clocks.n1", "+20%")]);
    for seed in 1..=60 {
        let end = field.run(seed).expect("it can be");
        assert!(end.is_ok(), "seed {seed}: {}", end.expect_err("it fails").failed);
    }
}

#[test]
fn a_slice_at_a_time_it_is_the_same_run() {
    let field = field(&[("bug", "half_quorum")]);
    let (seed, whole) = first(&field, 20);
    let mut sliced = field.start(seed).expect("it can be");
    let end = std::iter::repeat_with(|| sliced.advance(100)).find_map(|end| end).expect("it ends");
    assert_eq!(end.expect_err("it fails"), whole);
    let case = whole.case().expect("a property fell").expect("and falls again");
    assert!(case.deeds.len() > 5);
}

#[test]
fn a_hunt_goes_from_seed_to_seed_shrinks_what_it_finds_and_goes_on_behind_it() {
    let field = field(&[("bug", "half_quorum")]);
    let mut hunt = Hunt::new(field.clone(), 1).expect("it can be");
    let mut slices = 0;
    let mut before = hunt.standing();
    while hunt.advance(500).expect("it goes on") {
        slices += 1;
        let now = hunt.standing();
        assert!((now.seeds, now.steps) >= (before.seeds, before.steps), "{now:?} after {before:?}");
        before = now;
    }
    assert!(slices > 10, "only {slices} slices");
    let found = hunt.standing().found.expect("a run that fails");
    let (seed, first) = first(&field, 20);
    assert_eq!((found.seed, found.property.as_str()), (Some(seed), first.property()));
    assert!(found.done && found.left < found.from, "{found:?}");
    let scenario = Scenario::parse(&found.scenario).expect("a scenario");
    assert_eq!(Run::new(&scenario).expect("a run").go(&mut |_| ()), Ok(()), "{}", found.scenario);
    assert_eq!(hunt.advance(500), Ok(false), "it stays where it is");
    hunt.pass().expect("it goes on");
    while hunt.advance(5_000).expect("it goes on") {}
    let second = hunt.standing().found.expect("another one");
    assert!(second.seed > Some(seed));
    // With one slice it is the same.
    let mut whole = Hunt::new(field, 1).expect("it can be");
    while whole.advance(u64::from(u32::MAX)).expect("it goes on") {}
    assert_eq!(whole.standing().found, Some(found));
}

#[test]
fn a_hunt_for_a_mistake_looks_at_all_schedules_beside_the_seeds() {
    let found = |slice: u64| {
        let field = field(&[("bug", "forget_vote")]);
        let mut hunt = Hunt::suited(field, 1).expect("it can be");
        let mut looked = false;
        while hunt.advance(slice).expect("it goes on") {
            let standing = hunt.standing();
            looked |= standing.states > Some(100) && standing.depth > Some(1) && standing.steps > 0;
        }
        (hunt, looked)
    };
    let (mut hunt, looked) = found(5_000);
    assert!(looked, "both go on beside each other");
    let prey = hunt.standing().found.expect("a schedule that fails");
    assert_eq!((prey.seed, prey.property.as_str(), prey.done), (None, "election-safety", true));
    let scenario = Scenario::parse(&prey.scenario).expect("a scenario");
    assert_eq!(Run::new(&scenario).expect("a run").go(&mut |_| ()), Ok(()), "{}", prey.scenario);
    let (whole, _) = found(u64::from(u32::MAX));
    assert_eq!(whole.standing(), hunt.standing(), "however it is sliced");
    hunt.pass().expect("it goes on");
    let standing = hunt.standing();
    assert_eq!((standing.found, standing.states), (None, None), "every seed is left to be run, and no schedule");
    assert_eq!(hunt.advance(1_000), Ok(true));
}

#[test]
fn what_hangs_on_time_is_hunted_for_in_clusters_in_which_it_shows() {
    let begun = |bug: &str| Hunt::suited(field(&[("bug", bug)]), 1).expect("it can be").standing();
    assert_eq!(begun("lease_without_drift_bound").states, None, "schedules know nothing of time");
    assert_eq!(begun("forget_vote local_read").states, None, "of several nothing is known");
}

const UNSAFE: [&str; 6] = ["swarm", "--for", "20s", "--set", "keep_vote=false", "--json"];
const MISTAKEN: [&str; 6] = ["swarm", "--for", "20s", "--bug", "ignore_voted_for", "--json"];

fn objects(output: &Output) -> Vec<serde_json::Value> {
    out(output).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn seeds_of(output: &Output) -> Vec<u64> {
    objects(output).iter().filter_map(|object| object["seed"].as_u64()).collect()
}

#[test]
fn shards_are_disjoint_and_together_all_seeds_whatever_the_number_of_threads() {
    let with = |more: &[&str]| run(&[&MISTAKEN[..], &["--seeds", "1..31", "--keep-going"], more].concat());
    let whole = with(&[]);
    let all = seeds_of(&whole);
    assert!(all.len() > 3, "seeds that fail: {all:?}");
    let (mut together, mut runs) = (Vec::new(), 0);
    for shard in ["1/4", "2/4", "3/4", "4/4"] {
        let part = with(&["--shard", shard]);
        runs += objects(&part).last().and_then(|object| object["runs"].as_u64()).expect("a number of runs");
        together.extend(seeds_of(&part));
    }
    assert_eq!((runs, together.len()), (30, all.len()), "no seed is run twice");
    assert_eq!(together.into_iter().collect::<BTreeSet<_>>(), all.into_iter().collect());
    for threads in ["1", "5"] {
        let program = env!("CARGO_BIN_EXE_raft-playground");
        let arguments = [&MISTAKEN[..], &["--seeds", "1..31", "--keep-going"]].concat();
        let output = Command::new(program).args(arguments).env("RAYON_NUM_THREADS", threads).output();
        assert_eq!(out(&output.expect("the program can be started")), out(&whole), "with {threads} threads");
    }
}

#[test]
fn a_failure_is_shown_again_by_the_command_that_is_told_and_by_its_file() {
    let folder = folder("swarm_story");
    let output = run(&[&UNSAFE[..], &["--seeds", "1..101", "--shrink", "--out", &text_of(&folder)]].concat());
    assert_eq!(output.status.code(), Some(1));
    let told = &objects(&output)[0];
    let again = told["again"].as_str().expect("a command");
    let words: Vec<&str> = again.split_whitespace().skip(1).collect();
    let second = run(&words);
    assert_eq!(second.status.code(), Some(1));
    let failure = told["failure"].as_str().expect("a sentence");
    let seed = told["seed"].as_u64().expect("a seed");
    let expected = format!("seed {seed}: {failure}\nagain with: {again}\n");
    assert_eq!(String::from_utf8(second.stderr).expect("text"), expected);
    let story = run(&["run", told["file"].as_str().expect("a file")]);
    assert_eq!(story.status.code(), Some(0), "{}", out(&story));
    assert!(told["lines"].as_u64() < Some(20), "{told}");
}
