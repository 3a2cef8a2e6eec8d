//! What waits for which write (dissertation, 10.2.1), and what a crash leaves of a write that it cut short.

use std::sync::Arc;

use raft_playground::kv::Read;
use raft_playground::protocol::{After, Durable, Effect, Input};
use raft_playground::raft::{Config, Disk, Members, Message, Note, Receipt, Snapshot, Timer, Write};
use raft_playground::types::{LogIndex, NodeId, Term};

use crate::nodes::{
    Node, Wants, afters, append, ask, disk, entries, matched, notes, request, request_vote, sent, vote, written,
};

/// Node 1 of three that writes apart from sending.
fn node(disk: Disk) -> Node {
    Node::boot(1, &Config { async_writes: true, noop: false, ..Config::new(3) }, disk)
}

/// The leader of term 2: the ballot is the first thing that it has written since it started.
fn leader() -> Node {
    let mut node = node(disk(1, None, "1"));
    node.time_out(Timer::Election);
    node.hear_and_flush(2, vote(2, true));
    node
}

/// Which write the answer to a client waits for.
fn answer_after(wants: &Wants) -> Option<After> {
    wants.iter().find_map(|effect| match effect {
        Effect::Reply { after, .. } => Some(*after),
        _ => None,
    })
}

// ------------------------------------------------------------------------------------------------ sends

#[test]
fn a_leaders_entries_wait_for_its_ballot_and_not_for_themselves() {
    let mut node = leader();
    node.hear_and_flush(2, matched(2, 1));
    let wants = node.tell(Input::Request(request(1)));
    assert_eq!((written(&wants).len(), afters(&wants, 2)), (1, vec![After::Write(1)]));
    assert_eq!(afters(&node.tell(Input::Timeout(Timer::Heartbeat)), 3), [After::Write(1)], "heartbeats likewise");
}

#[test]
fn where_writes_are_not_apart_whatever_is_sent_waits_for_everything() {
    let mut node = leader();
    node.config.async_writes = false;
    node.hear_and_flush(2, matched(2, 1));
    let wants = node.tell(Input::Request(request(1)));
    assert_eq!(afters(&wants, 2), [After::Everything]);
    let mut follower = node_that_follows();
    follower.config.async_writes = false;
    assert_eq!(afters(&follower.hear(2, append(2, (1, 1), "", 0)), 2), [After::Everything]);
}

/// A follower of n2 in term 2.
fn node_that_follows() -> Node {
    let mut node = node(disk(2, None, "12"));
    node.hear_and_flush(2, append(2, (2, 2), "", 0));
    node
}

/// Protects what a majority is counted by: a follower must not answer for what a crash would take from it.
#[test]
fn a_follower_answers_for_entries_once_they_are_on_disk() {
    let mut node = node_that_follows();
    let wants = node.hear(2, append(2, (2, 2), "2", 0));
    assert_eq!(afters(&wants, 2), [After::Everything], "entry 3 is being written");
    assert_eq!(afters(&node.hear(2, append(2, (2, 2), "", 0)), 2), [After::Write(0)], "entry 2 is there");
    assert_eq!(afters(&node.hear(2, append(2, (3, 2), "", 0)), 2), [After::Everything], "entry 3 is still not");
    node.flush(wants);
    assert_eq!(afters(&node.hear(2, append(2, (3, 2), "", 0)), 2), [After::Write(0)]);
}

#[test]
fn what_replaces_other_entries_is_not_on_disk_because_those_were() {
    let mut node = node(disk(2, None, "122"));
    node.hear_and_flush(2, append(2, (3, 2), "", 0));
    let wants = node.hear(3, append(3, (1, 1), "33", 0));
    assert_eq!(afters(&wants, 3), [After::Everything]);
    assert_eq!(afters(&node.hear(3, append(3, (3, 3), "", 0)), 3), [After::Everything], "three entries were on disk");
    assert_eq!(afters(&node.hear(3, append(3, (1, 1), "", 0)), 3), [After::Write(1)], "and the first one still is");
}

#[test]
fn whatever_tells_a_new_term_waits_for_that_term() {
    let mut node = node_that_follows();
    let wants = node.hear(3, append(5, (2, 2), "", 0));
    assert_eq!((written(&wants).len(), afters(&wants, 3)), (1, vec![After::Write(1)]));
    let wants = node.hear(3, append(6, (9, 5), "", 0));
    assert_eq!((written(&wants).len(), afters(&wants, 3)), (1, vec![After::Write(2)]), "a refusal, too");
    let wants = node.hear(2, append(4, (2, 2), "", 0));
    assert_eq!(afters(&wants, 2), [After::Write(2)], "and what a leader of an earlier term is told");
}

#[test]
fn votes_wait_for_everything() {
    for async_writes in [false, true] {
        let mut node = node_that_follows();
        node.config.async_writes = async_writes;
        assert_eq!(afters(&node.hear(3, request_vote(3, 2, 2)), 3), [After::Everything], "given");
        assert_eq!(afters(&node.tell(Input::Timeout(Timer::Election)), 3), [After::Everything], "asked for");
    }
}

#[test]
fn a_client_is_answered_when_a_majority_has_it_though_the_leaders_disk_is_slow() {
    let mut node = leader();
    node.tell(Input::Request(request(7)));
    node.hear(2, matched(2, 2));
    let wants = node.hear(3, matched(2, 2));
    assert_eq!((node.committed(), answer_after(&wants)), (2, Some(After::Write(0))));
}

#[test]
fn a_read_waits_for_no_disk() {
    let mut node = node_that_follows();
    node.hear(2, append(2, (2, 2), "2", 0));
    node.config.reads = Read::Local;
    assert_eq!(answer_after(&node.tell(Input::Request(ask(1, "get a")))), Some(After::Write(0)));
}

#[test]
fn writes_are_counted_from_the_start_of_a_node_on() {
    let mut node = leader();
    node.restart();
    node.time_out(Timer::Election);
    let wants = node.hear_and_flush(2, vote(3, true));
    assert_eq!(afters(&wants, 3), [After::Write(1)], "the ballot of term 3 is the first since the restart");
}

// ------------------------------------------------------------------------------------------------ torn writes

/// What is on a disk with log 12 of term 2, with a vote for n2, after a crash that left so many parts of a write, and
/// whether the node that starts notices.
fn torn(write: &Write, whole: u64) -> (String, Option<u8>, bool) {
    let mut disk = disk(2, Some(2), "12");
    disk.tear(write, whole);
    let mut node = node(disk);
    let notices = notes(&node.restart()).iter().any(|note| matches!(note, Note::TornWrite { .. }));
    (node.show(), node.view().vote.map(|id| id.0), notices)
}

fn entries_after(after: u64, term: Option<u64>, terms: &str) -> Write {
    Write::Entries { term: term.map(Term), after: LogIndex(after), entries: entries(terms) }
}

#[test]
fn of_entries_those_that_are_whole_are_kept_and_the_last_one_never_is() {
    for (whole, expected) in [(0, "12"), (1, "122"), (2, "1222"), (3, "1222"), (u64::MAX, "1222")] {
        let (show, vote, notices) = torn(&entries_after(2, None, "222"), whole);
        assert_eq!((show, vote, notices), (format!("follower t2 {expected} c0"), Some(2), true), "{whole} are whole");
    }
}

/// Protects against a vote that is forgotten in its term, and against entries of a term that the node does not know.
#[test]
fn a_term_that_comes_with_entries_is_there_with_the_first_of_them() {
    let replaces = entries_after(1, Some(3), "33");
    assert_eq!(torn(&replaces, 0), ("follower t2 12 c0".to_string(), Some(2), true), "nothing has changed");
    assert_eq!(torn(&replaces, 1), ("follower t3 13 c0".to_string(), None, true));
}

#[test]
fn a_ballot_or_a_snapshot_that_is_not_whole_leaves_the_one_before_in_its_place() {
    let ballot = Write::Ballot { term: Term(9), vote: Some(NodeId(3)) };
    let base = raft_playground::raft::Base { index: LogIndex(9), term: Term(2), ..Default::default() };
    let snapshot = Arc::new(Snapshot::new(base, Members::first(3), Arc::new([0; 16])));
    let compact = Write::Compact { snapshot: snapshot.clone(), base: LogIndex(1) };
    let install = Write::Install { term: Some(Term(9)), snapshot };
    for write in [ballot, compact, install] {
        for whole in [0, 1, 3] {
            assert_eq!(torn(&write, whole), ("follower t2 12 c0".to_string(), Some(2), true), "{write:?}");
        }
    }
}

#[test]
fn what_was_torn_is_overwritten_by_the_next_write() {
    let mut disk = disk(2, Some(2), "12");
    disk.tear(&entries_after(2, None, "22"), 1);
    let mut node = node(disk);
    node.hear_and_flush(2, append(2, (3, 2), "2", 0));
    assert_eq!(node.log(), "1222");
    assert_eq!(notes(&node.restart()), [] as [&Note; 0]);
    assert_eq!(node.log(), "1222");
}

#[test]
fn a_receipt_counts_what_it_names_and_no_more() {
    let mut node = leader();
    let wants = node.tell(Input::Request(request(1)));
    node.hear(2, matched(2, 2));
    for receipt in [Receipt::Entries(LogIndex(9), Term(2)), Receipt::Entries(LogIndex(2), Term(1))] {
        node.tell(Input::Flushed(receipt));
        assert_eq!(node.committed(), 0, "after {receipt:?}");
    }
    node.flush(wants);
    assert_eq!(node.committed(), 2);
    let heartbeat = sent(&node.tell(Input::Timeout(Timer::Heartbeat)), 2);
    assert!(matches!(&heartbeat[..], [Message::AppendEntries(append)] if append.commit == LogIndex(2)));
}
