//! A command that comes twice is carried out once (dissertation, 6.3).

use std::sync::Arc;

use raft_playground::kv::{Command, KvError, Request};
use raft_playground::protocol::{Answer, Order};
use raft_playground::raft::{Applied, Config, Disk, Machine, Note, Timer};
use raft_playground::types::{ClientId, Span};

use crate::nodes::{Net, Node, Wants, answers, ask, notes};

/// A node alone, which commits whatever it takes in.
fn alone() -> Node {
    let mut node = Node::boot(1, &Config { noop: false, ..Config::new(1) }, Disk::default());
    node.time_out(Timer::Election);
    node
}

/// A command of another client, so that the log goes on.
fn of_another(seq: u64, command: &str) -> Arc<Request> {
    let words: Vec<&str> = command.split(' ').collect();
    Request::new(ClientId(2), seq, Command::read(&words).expect("a command"))
}

/// What has come of the command that was applied last.
fn applied(wants: &Wants) -> Option<Applied> {
    notes(wants).into_iter().rev().find_map(|note| match note {
        Note::Applied { applied, .. } => Some(applied.clone()),
        _ => None,
    })
}

fn done(answer: &Answer) -> bool {
    matches!(answer, Answer::Done(Ok(_)))
}

#[test]
fn a_command_that_comes_again_gets_the_same_answer_and_changes_nothing() {
    let mut node = alone();
    node.ask(ask(1, "put a 1"));
    let wants = node.ask(ask(1, "put a 1"));
    assert_eq!(node.log(), "11", "it is in the log twice");
    assert_eq!((answers(&wants), applied(&wants)), (vec![(1, Answer::Done(Ok(None)))], Some(Applied::Again(Ok(None)))));
    node.ask(ask(2, "delete a"));
    assert_eq!(node.store(), "");
    let wants = node.ask(ask(2, "delete a"));
    assert_eq!(answers(&wants), [(2, Answer::Done(Ok(None)))], "not that the key is gone");
}

#[test]
fn a_refusal_is_remembered_like_any_other_answer() {
    let mut node = alone();
    node.ask(of_another(1, "put a 1"));
    node.ask(ask(1, "put a 2"));
    node.ask(of_another(2, "delete a"));
    let wants = node.ask(ask(1, "put a 2"));
    assert_eq!(answers(&wants), [(1, Answer::Done(Err(KvError::KeyExists("a".into()))))]);
    assert_eq!(node.store(), "");
}

#[test]
fn a_read_through_the_log_that_comes_again_says_what_it_said() {
    let mut node = alone();
    node.ask(of_another(1, "put a 1"));
    node.ask(ask(1, "get a"));
    node.ask(of_another(2, "delete a"));
    assert_eq!(answers(&node.ask(ask(1, "get a"))), [(1, Answer::Done(Ok(Some("1".into()))))]);
}

#[test]
fn a_command_that_was_followed_by_a_later_one_is_not_carried_out_and_nobody_waits_for_it() {
    let mut node = alone();
    node.ask(ask(1, "put a 1"));
    node.ask(ask(2, "delete a"));
    let wants = node.ask(ask(1, "put a 1"));
    assert_eq!((answers(&wants), applied(&wants), node.store()), (vec![], Some(Applied::Passed), String::new()));
}

#[test]
fn whoever_was_not_heard_for_too_long_is_told_that_nothing_is_known() {
    let mut node = alone();
    node.config.session_timeout = Span::millis(120);
    node.ask(ask(1, "put a 1"));
    // Time goes on by what the log says: two heartbeats are 100 ms, which is not too long.
    (0..2).for_each(|_| drop(node.time_out(Timer::Heartbeat)));
    assert!(done(&answers(&node.ask(ask(1, "put a 1")))[0].1));
    node.time_out(Timer::Heartbeat);
    let wants = node.ask(ask(1, "put a 1"));
    assert_eq!((answers(&wants), applied(&wants)), (vec![(1, Answer::Expired)], Some(Applied::Expired)));
    assert_eq!(node.store(), "a=1", "it is not carried out twice even then");
    assert!(done(&answers(&node.ask(ask(2, "delete a")))[0].1), "a later command begins anew");
}

#[test]
fn a_new_leader_goes_on_with_the_time_of_the_log() {
    let mut node = alone();
    (0..10).for_each(|_| drop(node.time_out(Timer::Heartbeat)));
    node.ask(ask(1, "put a 1"));
    node.restart();
    node.time_out(Timer::Election);
    node.config.session_timeout = Span::millis(30);
    node.ask(of_another(1, "put b 1"));
    node.time_out(Timer::Heartbeat);
    let wants = node.ask(ask(1, "put a 1"));
    assert_eq!(answers(&wants), [(1, Answer::Expired)], "50 ms later than 500 ms; from 0 on it would be earlier");
}

/// Protects against stores that differ: what a node was told to do since must not matter to what an entry does.
#[test]
fn whether_a_command_belongs_to_a_session_is_in_the_log() {
    let mut net = Net::led(3, |_| ());
    (2..=3).for_each(|id| net.node(id).config.sessions = id == 3);
    net.ask(1, ask(1, "put a 1"));
    net.ask(1, of_another(1, "delete a"));
    net.ask(1, ask(1, "put a 1"));
    net.beat(1);
    let applied_and_store = |node: &Node| (node.view().applied, node.store());
    assert!(net.nodes.iter().all(|node| applied_and_store(node) == (4, String::new())), "{}", net.show());
}

#[test]
fn without_sessions_a_command_is_carried_out_as_often_as_it_comes() {
    let mut node = alone();
    node.config.sessions = false;
    node.ask(ask(1, "put a 1"));
    let wants = node.ask(ask(1, "put a 1"));
    assert_eq!(answers(&wants), [(1, Answer::Done(Err(KvError::KeyExists("a".into()))))]);
}

#[test]
fn sessions_are_in_the_snapshot() {
    let mut node = alone();
    node.ask(ask(1, "put a 1"));
    node.order(Order::Compact);
    node.restart();
    node.time_out(Timer::Election);
    assert_eq!((node.store().as_str(), node.view().first_slot), ("a=1", 2));
    let wants = node.ask(ask(1, "put a 1"));
    assert_eq!(applied(&wants), Some(Applied::Again(Ok(None))));
}

#[test]
fn each_client_has_a_session_of_its_own() {
    let mut machine = Machine::default();
    let lasts = Span::secs(1);
    assert!(matches!(machine.apply_once(&ask(5, "put a 1"), Span::ZERO, lasts), Applied::Fresh(Ok(_))));
    assert!(matches!(machine.apply_once(&of_another(1, "put b 1"), Span::ZERO, lasts), Applied::Fresh(Ok(_))));
    assert_eq!(machine.apply_once(&ask(4, "put c 1"), Span::ZERO, lasts), Applied::Passed);
    assert_eq!(machine.session(ClientId(1)).map(|session| session.seq), Some(5));
    assert_eq!(machine.session(ClientId(3)), None);
}
