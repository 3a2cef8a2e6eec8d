//! The command line, run as a person runs it: what it prints, and its exit status (0 all went as
//! expected, 1 a promise was broken, 2 bad input with one clear sentence).

#![cfg(not(target_arch = "wasm32"))]

use std::process::{Command, Output};

fn run(arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_raft-playground");
    Command::new(program).args(arguments).output().expect("the program can be started")
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("the program prints text")
}

#[test]
fn watch_tells_the_story_and_ends_with_the_hash() {
    let output = run(&["watch", "--seed", "1", "--for", "900ms", "400ms put c1 a val_1", "600ms crash n5"]);
    assert_eq!(output.status.code(), Some(0));
    let told = out(&output);
    for line in [
        "n5  is leader of term 1, with 3 of 5 votes  (Raft §5.2)",
        "n5  takes `put a val_1` into its log as entry 2  (Raft §5.3)",
        "c1  is answered: put a val_1 → OK",
        "600ms  n5  crashes and loses all but its disk",
    ] {
        assert!(told.contains(line), "`{line}` is missing in:\n{told}");
    }
    let last = told.lines().last().expect("some lines");
    assert!(last.starts_with("hash ") && last.len() == 21, "the last line is `{last}`");
    assert_eq!(
        told,
        out(&run(&["watch", "--for", "900ms", "400ms put c1 a val_1", "600ms crash n5"])),
        "again the same"
    );
}

#[test]
fn a_moment_in_the_midst_of_several_events_is_told_by_the_number_of_steps() {
    let hash = |crash: &str| {
        let output = run(&["watch", "--set", "seed=1", "--for", "600ms", "173389us align", crash]);
        assert_eq!(output.status.code(), Some(0));
        out(&output).lines().last().map(str::to_string)
    };
    // All five timers run out at one time: the crash comes after the fourth of them, or after all.
    assert_ne!(hash("183389us#5 crash n5"), hash("183389us crash n5"));
    assert_eq!(hash("183389us#6 crash n5"), hash("183389us crash n5"));
}

#[test]
fn a_seed_is_a_setting_like_any_other() {
    let hash = |arguments: &[&str]| out(&run(arguments)).lines().last().map(str::to_string);
    assert_eq!(hash(&["watch", "--set", "seed=7"]), hash(&["watch", "--seed", "7"]));
    assert_ne!(hash(&["watch", "--set", "seed=7"]), hash(&["watch"]));
}

#[test]
fn processes_have_the_names_that_their_protocol_gives_them() {
    let told = out(&run(&["watch", "--set", "protocol=multi_paxos", "--for", "700ms", "500ms put c1 a 1"]));
    assert!(told.contains("leader 1    Phase 2 for slot 1: 2/3 accepted (2 needed)"), "{told}");
}

#[test]
fn swarm_sums_up_what_its_runs_came_to() {
    let output = run(&["swarm", "--seeds", "1..4", "--for", "5s"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(out(&output).starts_with("3 runs of 5s under faults: every promise kept, every cluster recovered\n"));
}

#[test]
fn bad_input_gets_one_sentence_and_status_2() {
    for (arguments, sentence) in [
        (&["watch", "--set", "nodes"][..], "`--set nodes` is not complete: expected NAME=VALUE"),
        (&["watch", "--set", "num_nodes=0"], "`num_nodes = 0` is out of range: expected 1 to 9 nodes"),
        (&["watch", "--for", "soon"], "`soon` is not a time: expected a number and us, ms or s, such as 150ms or 1.5s"),
        (&["watch", "x"], "`x` is not complete: expected a time and a step, such as `400ms crash n3`"),
        (&["watch", "5ms crash n9"], "there is no n9: expected n1 to n5"),
        (&["watch", "9ms crash n1", "5ms crash n2"], "`5ms crash n2` comes after a later step: expected 9ms or later"),
        (
            &["watch", "5ms#x crash n1"],
            "`5ms#x` is not a moment: expected a time and a number of steps, such as 250ms#312",
        ),
        (&["watch", "5ms#3 crash n1"], "this run never is at `5ms#3`: by 5ms it has 0 steps, not 3"),
        (&["watch", "9ms crash n1", "9ms#0 crash n2"], "`9ms#0` has passed: it is 9ms#1 already"),
        (&["swarm", "--seeds", "5"], "`--seeds 5` is not a range: expected such as 1..1001"),
        (&["swarm", "--seeds", "5..5"], "`--seeds 5..5` is not a range: expected such as 1..1001"),
        (&["swarm", "--set", "protocol=zab"], "`zab` is not a protocol: expected raft, multi_paxos, single_server"),
    ] {
        let output = run(arguments);
        let told = String::from_utf8(output.stderr.clone()).expect("the program prints text");
        assert_eq!((told.as_str(), output.status.code()), (format!("raft-playground: {sentence}\n").as_str(), Some(2)));
    }
}
