//! What can be chosen anew while a cluster runs, as the page offers it: one by one, or all at once.
#![cfg(not(target_arch = "wasm32"))]

use raft_playground::playground::{Playground, Submission, open};
use raft_playground::settings::Settings;
use raft_playground::types::Span;

fn cluster() -> Box<dyn Playground> {
    open(&Settings::default()).expect("a cluster")
}

/// The values of a choice: now, where nobody has chosen.
fn chosen(cluster: &dyn Playground, name: &str) -> (String, String) {
    let card = cluster.choices().into_iter().find(|card| card.name == name).expect("a choice of this name");
    (card.value, card.usual)
}

fn pair(value: &str, usual: &str) -> (String, String) {
    (value.to_string(), usual.to_string())
}

#[test]
fn what_is_chosen_is_told_beside_what_is_usual() {
    let mut cluster = cluster();
    assert_eq!(chosen(&*cluster, "pre_vote"), pair("false", "false"));
    cluster.apply("set pre_vote true").expect("a switch");
    assert_eq!(chosen(&*cluster, "pre_vote"), pair("true", "false"));
    assert_eq!(chosen(&*cluster, "preset"), pair("own", "paper"));
}

#[test]
fn a_preset_chooses_everything_in_one_step_and_one_undo_takes_it_back() {
    let mut cluster = cluster();
    cluster.advance(Span::millis(500)).expect("time goes on");
    cluster.apply("set preset practice").expect("a preset");
    assert_eq!(chosen(&*cluster, "preset"), pair("practice", "paper"));
    assert_eq!(chosen(&*cluster, "reads"), pair("index", "log"));
    assert_eq!(chosen(&*cluster, "check_quorum"), pair("true", "false"));
    cluster.undo().expect("a step to take back");
    assert_eq!(chosen(&*cluster, "preset"), pair("paper", "paper"));
    assert_eq!(chosen(&*cluster, "reads"), pair("log", "log"));
    let refused = cluster.apply("set preset fast").expect_err("no such preset");
    assert_eq!(refused.0, "`preset = fast` cannot be: expected paper or practice");
}

#[test]
fn only_a_get_can_say_how_it_wants_to_be_answered() {
    let mut cluster = cluster();
    cluster.advance(Span::secs(1)).expect("time goes on");
    let get = Submission { client: "c1", op: "get", key: "a", value: None, to: None, by: Some("index") };
    cluster.submit(&get).expect("a request");
    assert_eq!(cluster.script().last().expect("a step").step.to_string(), "get c1 a by index");
    let refused = cluster.submit(&Submission { op: "delete", ..get }).expect_err("a delete");
    assert_eq!(refused.0, "a delete has no ways of reading: expected those of a get");
    let refused = cluster.submit(&Submission { by: Some("magic"), ..get }).expect_err("no such way");
    assert_eq!(refused.0, "`magic` is not a way of reading: expected log, index, lease, follower, local");
}

#[test]
fn a_client_that_is_turned_away_says_so_and_is_answered_later() {
    let mut cluster = cluster();
    cluster.advance(Span::secs(1)).expect("time goes on");
    cluster.apply("set uncommitted_bytes 1").expect("a number");
    for client in ["c1", "c2", "c3"] {
        cluster.apply(&format!("put {client} {client} v")).expect("a request");
    }
    let mut turned_away = 0;
    for _ in 0..100 {
        turned_away += cluster.view(None).clients.iter().filter_map(|c| c.running.as_ref()).filter(|r| r.busy).count();
        cluster.advance(Span::millis(5)).expect("time goes on");
    }
    assert!(turned_away > 0, "somebody has to wait while one entry is not committed");
    assert!(cluster.view(None).clients.iter().all(|client| client.answered == 1), "everybody is answered in the end");
}

#[test]
fn what_is_safe_on_a_disk_is_told_beside_what_is_in_the_log() {
    let mut cluster = cluster();
    cluster.apply("timeout n1").expect("a timer runs");
    cluster.advance(Span::millis(100)).expect("time goes on");
    cluster.apply("disk all 50ms..50ms").expect("slow disks");
    cluster.apply("put c1 a v to n1").expect("a request");
    cluster.advance(Span::millis(30)).expect("time goes on");
    let node = cluster.view(None).nodes.into_iter().next().expect("n1");
    assert_eq!((node.node.last_slot, node.node.durable, node.unflushed), (2, Some(1), 1));
    cluster.advance(Span::millis(100)).expect("time goes on");
    assert_eq!(cluster.view(None).nodes[0].node.durable, Some(2));
}
