//! What no node of this protocol could have sent is noted and changes nothing; what is just possible is taken as it is.

use std::sync::Arc;

use raft_playground::protocol::Input;
use raft_playground::raft::{Base, Content, Entry, InstallSnapshot, Members, Message, Note, Verdict};
use raft_playground::types::{LogIndex, NodeId, Span, Term};

use crate::nodes::{append, entries, matched, notes, request, request_vote, set, vote, voter};

/// Far more than any run reaches.
const MOST: u64 = 1 << 60;

/// Whether n1, a follower in term 1 with log 1, notes that n2 cannot have sent this; nothing may come of it then.
fn is_unsound(message: Message) -> bool {
    let mut node = voter(1, None, "1");
    let wants = node.tell(Input::Deliver { from: NodeId(2), message });
    // What is there but cannot be carried out is found out later, and noted in other words.
    let unsound = matches!(notes(&wants)[..], [Note::Unsound { .. }]) && wants.len() == 1;
    assert!(!unsound || node.show() == "follower t1 1 c0", "{}", node.show());
    unsound
}

/// An AppendEntries in term 3 that is changed before it is sent.
fn appends(change: impl FnOnce(&mut raft_playground::raft::AppendEntries)) -> Message {
    let mut message = append(3, (1, 1), "23", 0);
    if let Message::AppendEntries(append) = &mut message {
        change(append);
    }
    message
}

/// A part of a snapshot, in term 3, that is changed before it is sent.
fn part(change: impl FnOnce(&mut InstallSnapshot)) -> Message {
    let base = Base { index: LogIndex(5), term: Term(2), ..Base::default() };
    let (members, part) = (Members::first(3), Arc::new([0; 4]));
    let mut all = InstallSnapshot { term: Term(3), round: 1, base, members, total: 9, offset: 3, part };
    change(&mut all);
    Message::InstallSnapshot(Box::new(all))
}

/// An entry of term 3 with something to say.
fn saying(content: Content, time: u64) -> Arc<[Entry]> {
    Arc::new([Entry { term: Term(3), time: Span(time), content }])
}

fn command(session: Option<u64>) -> Content {
    Content::Command { request: request(1), session: session.map(Span) }
}

#[test]
fn a_term_that_no_run_reaches() {
    assert!(!is_unsound(vote(MOST, true)) && is_unsound(vote(MOST + 1, true)));
    assert!(!is_unsound(request_vote(1, 1, 1)) && is_unsound(request_vote(0, 0, 0)), "nobody campaigns in term 0");
    let first = |term| {
        let start = (LogIndex::ZERO, Term::default());
        appends(|append| {
            ((append.prev_index, append.prev_term), append.term, append.entries) = (start, Term(term), entries(""));
        })
    };
    assert!(!is_unsound(first(1)) && is_unsound(first(0)), "nobody leads term 0");
}

#[test]
fn entries_that_cannot_follow_each_other() {
    let run = |prev: (u64, u64), terms: &str| {
        appends(|append| {
            (append.prev_index, append.prev_term) = (LogIndex(prev.0), Term(prev.1));
            append.entries = entries(terms);
        })
    };
    for (prev, terms, unsound) in [
        ((1, 1), "123", false),
        ((1, 1), "3", false),
        ((1, 3), "3", false),
        ((0, 0), "1", false),
        ((1, 1), "21", true),
        ((1, 2), "1", true),
        ((1, 1), "4", true),
        ((1, 4), "", true),
        ((0, 0), "0", true),
        ((0, 1), "1", true),
        ((MOST, 1), "1", false),
        ((MOST + 1, 1), "1", true),
    ] {
        assert_eq!(is_unsound(run(prev, terms)), unsound, "{terms:?} behind {prev:?} in term 3");
    }
}

#[test]
fn entries_that_say_what_cannot_be() {
    let said = |content, time| is_unsound(appends(|append| append.entries = saying(content, time)));
    let members = |learners: &[u8]| Content::Members(Members { learners: set(learners), ..Members::first(3) });
    for (content, time, unsound) in [
        (command(None), MOST, false),
        (command(None), MOST + 1, true),
        (command(Some(MOST)), 0, false),
        (command(Some(MOST + 1)), 0, true),
        (members(&[4]), 0, false),
        (members(&[3]), 0, true),
        (members(&[20]), 0, true),
        (members(&[4]), MOST + 1, true),
    ] {
        assert_eq!(said(content.clone(), time), unsound, "{content:?} at {time}");
    }
}

#[test]
fn parts_that_no_snapshot_has() {
    type Change = fn(&mut InstallSnapshot);
    let possible: [Change; 7] = [
        |_| {},
        |part| part.total = 7,
        |part| part.total = MOST,
        |part| part.base.index = LogIndex(1),
        |part| part.base.index = LogIndex(MOST),
        |part| part.base.term = Term(3),
        |part| part.base.time = Span(MOST),
    ];
    let impossible: [Change; 10] = [
        |part| (part.term, part.base.term) = (Term(0), Term(0)),
        |part| part.total = 6,
        |part| part.total = MOST + 1,
        |part| part.offset = 6,
        |part| part.offset = u64::MAX,
        |part| part.base.index = LogIndex(0),
        |part| part.base.index = LogIndex(MOST + 1),
        |part| part.base.term = Term(4),
        |part| part.base.time = Span(MOST + 1),
        |part| part.members.learners = set(&[3]),
    ];
    for (at, change) in possible.into_iter().enumerate() {
        assert!(!is_unsound(part(change)), "possible part {at}");
    }
    for (at, change) in impossible.into_iter().enumerate() {
        assert!(is_unsound(part(change)), "impossible part {at}");
    }
}

#[test]
fn answers_to_what_was_never_asked() {
    let verdict = Verdict::Matched(LogIndex(1));
    let append = |round| Message::AppendEntriesReply { term: Term(1), round, last: LogIndex(1), verdict };
    let install = |round| Message::InstallSnapshotReply { term: Term(1), round, index: LogIndex(1), have: 0 };
    assert!(!is_unsound(append(MOST)) && is_unsound(append(MOST + 1)));
    assert!(!is_unsound(install(MOST)) && is_unsound(install(MOST + 1)));
    assert!(!is_unsound(matched(1, 1)));
}
