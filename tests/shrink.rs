//! Shrinking: nothing that is left can be left out, the same case always gives the same story, and the story goes as it says.
#![cfg(not(target_arch = "wasm32"))]

use raft_playground::hunt::{Case, Field, Shrinker};
use raft_playground::playground::open;
use raft_playground::raft::Raft;
use raft_playground::scenario::{self, Act, Condition, Failure, Run, Scenario};
use raft_playground::settings::Settings;
use raft_playground::sim::faults;
use raft_playground::types::{Span, Time};

fn shrink(scenario: &Scenario) -> (Scenario, Shrinker) {
    let mut shrinker = Shrinker::new(Case::of(scenario).expect("a promise is broken")).expect("it is, again");
    shrinker.finish();
    (shrinker.scenario(), shrinker)
}

/// Whether a property falls in a scenario; lines that cannot be done are passed over, as shrinking does.
fn falls(scenario: &Scenario, property: &str) -> bool {
    let mut scenario = scenario.clone();
    loop {
        let mut run = Run::new(&scenario).expect("it can be opened");
        let went = run.go(&mut |_| ());
        let broken = run.cluster().view(None).broken.contains(&property);
        match went {
            Err(Failure::Refused { .. }) if !broken => {
                let played = run.cluster().cues().len();
                scenario.script.remove(played);
            }
            _ => return broken,
        }
    }
}

/// What is left goes as it says, and without any one line the property does not fall.
fn check(from: &Scenario, property: &str) -> Scenario {
    let (shrunk, shrinker) = shrink(from);
    assert_eq!(shrinker.property(), property);
    assert!(shrinker.progress().done && shrinker.progress().left <= shrinker.progress().from);
    let text = shrunk.to_string();
    let again = Scenario::parse(&text).unwrap_or_else(|mistake| panic!("{mistake}\n{text}"));
    assert_eq!(again, shrunk, "it is a scenario file, and reads as the same scenario");
    let went = Run::new(&again).expect("it can be run").go(&mut |_| ());
    assert_eq!(went, Ok(()), "{text}");
    let last = again.script.last().and_then(|line| line.act.clone());
    assert_eq!(last, Some(Act::Expect(Condition::Violation(Some(property.to_string())))));
    for place in 0..again.script.len() - 1 {
        let mut less = again.clone();
        let line = less.script.remove(place);
        assert!(!falls(&less, property), "`{line}` may be left out of\n{text}");
    }
    shrunk
}

#[test]
fn every_scenario_that_breaks_a_promise_becomes_one_of_which_nothing_can_be_left_out() {
    let mut count = 0;
    for (name, text) in scenario::shipped() {
        let scenario = Scenario::parse(text).expect("a scenario");
        let property = scenario.script.iter().find_map(|line| match &line.act {
            Some(Act::Expect(Condition::Violation(Some(name)))) => Some(name.clone()),
            _ => None,
        });
        let Some(property) = property else { continue };
        count += 1;
        let shrunk = check(&scenario, &property);
        let lines = |scenario: &Scenario| scenario.script.len();
        assert!(lines(&shrunk) < lines(&scenario), "{name}: {} lines of {}", lines(&shrunk), lines(&scenario));
    }
    assert!(count >= 4, "only {count} scenarios expect a violation");
}

/// A run under random faults that breaks a promise: the shortest of the first three that some seeds lead to, of those
/// that do not last long.
fn found(seconds: u64, sets: &[(&str, &str)]) -> (Scenario, String) {
    let mut found: Vec<(u64, Scenario, String)> = Vec::new();
    for seed in 1..=200 {
        let mut settings = Settings { seed, traffic: true, ..Settings::default() };
        sets.iter().for_each(|(name, value)| settings.set(name, value).expect("a setting"));
        let mut cluster = open(&settings).expect("settings that can be");
        let end = Time::START + Span::secs(seconds);
        let nodes = u8::try_from(settings.chosen("num_nodes").unwrap_or(5)).expect("few nodes");
        for (at, step) in faults::plan::<Raft>(seed, nodes, end) {
            cluster.advance(at.since(cluster.moment().at)).expect("time goes on");
            if cluster.is_broken() {
                break;
            }
            let _ = cluster.take(step);
        }
        if let Some(broken) = cluster.view(None).violation {
            found.push((cluster.steps(), Scenario::of(&*cluster), broken.property.to_string()));
        }
        if found.len() == 3 {
            break;
        }
    }
    let shortest = found.into_iter().min_by_key(|(steps, ..)| *steps);
    let (_, scenario, property) = shortest.unwrap_or_else(|| panic!("no seed breaks a promise with {sets:?}"));
    (scenario, property)
}

#[test]
fn long_runs_under_random_faults_become_stories_of_some_lines() {
    for (seconds, sets, most) in [
        (15, &[("keep_vote", "false")][..], 12),
        (15, &[("own_term_only", "false"), ("noop", "false"), ("num_nodes", "3")], 15),
        (15, &[("joint", "false")], 25),
        (60, &[("keep_vote", "false"), ("preset", "practice"), ("disk.all", "0ms..20ms")], 15),
    ] {
        let (scenario, property) = found(seconds, sets);
        let shrunk = check(&scenario, &property);
        let lines = shrunk.script.len();
        assert!(lines <= most, "{lines} lines of {}:\n{shrunk}", scenario.script.len());
    }
}

/// Runs in which much hangs together: copies, clients that ask again, disks that take time. The first way alone leaves up to
/// two hundred lines of them.
#[test]
fn what_a_swarm_finds_becomes_a_story_of_some_lines() {
    for (protocol, bug, seed, most) in [
        ("raft", "removed_leader_counts_itself", 10, 20),
        ("raft", "always_truncate", 5, 20),
        ("raft", "skip_up_to_date", 8, 10),
        ("raft", "never_truncate", 1, 12),
        ("multi_paxos", "ignore_phase_1", 1, 25),
        ("multi_paxos", "ignore_phase_1", 3, 15),
    ] {
        let mut settings = Settings::default();
        for (name, value) in [("protocol", protocol), ("bug", bug)] {
            settings.set(name, value).expect("a setting");
        }
        let field = Field { settings, span: Span::secs(30), property: None, drawn: true };
        let found = field.run(seed).expect("settings that can be").expect_err("it is broken");
        let shrunk = check(&found.scenario(field.span), found.property());
        let lines = shrunk.script.len();
        assert!(lines <= most, "{lines} lines of seed {seed} with {bug}:\n{shrunk}");
    }
}

#[test]
fn the_result_is_the_same_however_the_work_is_sliced() {
    let (scenario, _) = found(15, &[("keep_vote", "false")]);
    let (whole, _) = shrink(&scenario);
    let mut sliced = Shrinker::new(Case::of(&scenario).expect("a promise is broken")).expect("it is, again");
    let mut slices = 0;
    let mut before = sliced.progress().left;
    while sliced.advance(1) {
        slices += 1;
        let left = sliced.progress().left;
        assert!(left <= before, "what is left never grows");
        before = left;
    }
    assert!(slices > 20, "only {slices} slices");
    assert_eq!(sliced.scenario(), whole);
}

#[test]
fn a_run_that_breaks_nothing_is_refused_with_a_sentence() {
    let scenario = Scenario::parse("num_nodes = 3\nscript = '''\ntimeout n1\nsettle\n'''\n").expect("a scenario");
    let refused = Case::of(&scenario).expect_err("nothing is broken");
    assert_eq!(refused.0, "no promise is broken in this run: expected one that ends in a violation");
}
