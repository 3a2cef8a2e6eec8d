//! Every scenario that comes with the project is played to its end; the schedules of the three systems are golden files,
//! and the hashes of all runs are known.
//!
//! Both change whenever the simulation or a protocol does something else than before. If that was meant:
//! `ACCEPT_GOLDEN=1 cargo test --test scenarios` writes the new ones into `tests/golden/`.
#![cfg(not(target_arch = "wasm32"))]

#[path = "common/shipped.rs"]
mod played;

use std::fs;
use std::path::Path;
use std::process::Command;

use raft_playground::scenario::{Act, Condition, shipped};

/// Compares a text with a golden file, or writes it there.
fn golden(file: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(file);
    if std::env::var_os("ACCEPT_GOLDEN").is_some() {
        return fs::write(&path, text).expect("tests/golden can be written");
    }
    let known = fs::read_to_string(&path).unwrap_or_default();
    let differs = known.lines().zip(text.lines()).position(|(known, now)| known != now);
    let place = differs.unwrap_or_else(|| known.lines().count().min(text.lines().count()));
    let at = |text: &str| text.lines().nth(place).unwrap_or("(the end)").to_string();
    assert!(
        known == text,
        "{file} differs in line {}:\n  known: {}\n  now:   {}\nif that was meant: ACCEPT_GOLDEN=1 cargo test --test scenarios",
        place + 1,
        at(&known),
        at(text)
    );
}

#[test]
fn every_scenario_goes_as_it_says_and_has_a_known_hash() {
    let hashes: String = played::play_all().iter().map(|(name, hash)| format!("{name} {hash:016x}\n")).collect();
    golden("hashes.txt", &hashes);
}

#[test]
fn every_file_of_the_folder_is_shipped_and_says_what_it_shows() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("www/scenarios");
    let files = fs::read_dir(folder).expect("the folder of scenarios").map(|file| file.expect("a file").file_name());
    let mut files: Vec<String> = files.map(|name| name.to_string_lossy().into_owned()).collect();
    let mut names: Vec<String> = shipped().iter().map(|(name, _)| format!("{name}.toml")).collect();
    files.sort();
    names.sort();
    assert_eq!(files, names);
    for (name, text) in shipped() {
        let scenario = played::read(name, text);
        assert!(!scenario.title.is_empty() && scenario.story.len() > 80, "{name} has a title and a story");
    }
}

/// A line such as `expect answered c1 0` reads as if it looked at something.
#[test]
fn no_line_expects_what_always_holds() {
    for (name, text) in shipped() {
        for line in &played::read(name, text).script {
            let always = matches!(line.act, Some(Act::Expect(Condition::Answered(_, 0) | Condition::Committed(0))));
            assert!(!always, "{name}: `{line}` holds whatever happens");
        }
    }
}

#[test]
fn the_schedules_of_the_three_systems_are_as_they_were() {
    for name in ["kv_store", "multipaxos_kv", "raft_kv"] {
        let program = env!("CARGO_BIN_EXE_raft-playground");
        let output = Command::new(program).args(["run", name]).output().expect("the program can be started");
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        golden(&format!("{name}.txt"), &String::from_utf8(output.stdout).expect("the program prints text"));
    }
}

/// What a scenario's schedule says.
fn told(scenario: &str) -> String {
    let program = env!("CARGO_BIN_EXE_raft-playground");
    let output = Command::new(program).args(["run", scenario]).output().expect("the program can be started");
    String::from_utf8(output.stdout).expect("the program prints text")
}

#[test]
fn the_schedules_say_why_something_does_not_happen_yet() {
    for (scenario, why) in [
        (
            "joint_election",
            "[n3] has the vote of n5: 3 of the 3 it needs of the new members, 1 of the 2 it needs of the old  (Raft §6)",
        ),
        (
            "joint_consensus",
            "[n1] says in entry 3: from now on a majority of n1 n2 n3 and one of n3 n4 n5 must agree  (Raft §6)",
        ),
        ("joint_consensus", "[n1] commits entry 3: both majorities hold it  (Raft §5.3)"),
        ("joint_consensus", "[n1] no longer votes, so it leads no longer: n3 is to take over  (dissertation §4.2.2)"),
        ("single_server_change", "Refused: tell n2 remove n1: n2 has committed nothing in term 2 yet"),
        ("read_before_noop", "[n2] lets `get x` wait: nothing of its own term is committed yet  (dissertation §6.4)"),
        ("stale_read", "[n1] GET \"x\" -> \"1\" at entry 2: it was to ask nobody, so this may be old  (unsafe)"),
        ("check_quorum", "[n1] no longer leads: for an election timeout it has heard of nobody but n1, no majority"),
        ("snapshot_in_parts", "[n3] has 20 of the 70 bytes of n1's snapshot  (Raft §7, Figure 13)"),
        ("snapshot_extended", "[n3] takes over n1's snapshot up to entry 2, and keeps what follows it  (Raft §7)"),
        ("torn_write", "[n2] finds a write that the crash cut short: its log is whole up to entry 1"),
        ("forwarding", "[n3] passes `put a 1` on to n1, who leads  (Raft §8)"),
        ("session_expiry", "  [c1] put a 1 -> session expired"),
    ] {
        let told = told(scenario);
        assert!(told.contains(why), "`{why}` is missing in:\n{told}");
    }
}

/// How often each of the followers (a) to (f) of the paper's Figure 7 refuses what the leader sends.
fn refusals_in(scenario: &str) -> [usize; 6] {
    let told = told(scenario);
    [2, 3, 4, 5, 6, 7].map(|n| told.lines().filter(|line| line.contains(&format!("[n{n}] cannot take"))).count())
}

#[test]
fn in_figure_7_each_follower_refuses_as_often_as_the_leader_has_to_go_back() {
    assert_eq!(refusals_in("figure_7"), [1, 6, 0, 0, 5, 7]);
}

#[test]
fn with_conflict_hints_no_follower_of_figure_7_refuses_more_than_once() {
    assert_eq!(refusals_in("figure_7_hints"), [1, 1, 0, 0, 1, 1]);
}
