//! `raft-playground why`, run as a person runs it.
#![cfg(not(target_arch = "wasm32"))]

#[path = "common/cli.rs"]
mod cli;

use cli::{out, run};

#[test]
fn why_answers_in_sentences_with_what_led_there() {
    let output = run(&["why", "split_vote", "leader", "--at", "0ms#12"]);
    assert_eq!(output.status.code(), Some(0));
    let told = out(&output);
    for line in [
        "leader, at 0ms#12:\n",
        "  n1 asks for votes in term 1 and has 2 of the 3 that it needs of n1 n2 n3 n4; n1 and n3 have granted; ",
        "\nWhat led there:\n\n  0ms#1   n1 asks for votes in term 1: its election timer has run out  (Raft §5.2)\n",
        "  0ms#3   n3 votes for n1 in term 1  (Raft §5.2)  [n1->n3#1]\n",
    ] {
        assert!(told.contains(line), "`{line}` is missing in:\n{told}");
    }
}

#[test]
fn why_writes_json_for_programs() {
    let output = run(&["why", "split_vote", "entry", "n2", "1", "--json"]);
    assert_eq!(output.status.code(), Some(0));
    let answer: serde_json::Value = serde_json::from_str(&out(&output)).expect("one JSON object");
    assert_eq!(answer["question"], "entry n2 1");
    assert_eq!(answer["reasons"][0]["text"], "Nobody has an entry 1 at this moment: nobody has any.");
    assert!(answer["chain"].is_array() && answer["all"].is_array(), "{answer}");
}

#[test]
fn what_cannot_be_asked_gets_one_sentence_and_status_2() {
    for (arguments, sentence) in [
        (
            &["split_vote", "meaning"][..],
            "`meaning` is not a question: expected leader, entry 5, entry n2 5, refusal n3",
        ),
        (&["split_vote", "entry", "0"], "`0` is not a place: expected a whole number from 1 on"),
        (&["split_vote", "node", "n9"], "there is no n9: expected n1 to n4"),
        (&["split_vote", "leader", "--at", "9s"], "`--at 9s` is after the end of this run: expected at most 0ms#"),
        (
            &["split_vote", "leader", "--at", "0ms#999"],
            "`--at 0ms#999` is after the end of this run: expected at most 0ms#",
        ),
        (&["no_such_file", "leader"], "no_such_file"),
    ] {
        let output = run(&[&["why"], arguments].concat());
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains(sentence), "{arguments:?}: {said}");
        assert!(output.stdout.is_empty());
    }
}
