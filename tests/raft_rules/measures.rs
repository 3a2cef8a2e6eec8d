//! What messages and entries are counted and told apart by: their kinds, their bytes, their digests.

use std::sync::Arc;

use raft_playground::kv::Request;
use raft_playground::observe::Show;
use raft_playground::raft::{Base, Content, Entry, InstallSnapshot, Members, Message, Verdict};
use raft_playground::types::{ClientId, LogIndex, NodeId, Span, Term};

use crate::nodes::{append, ask, request, request_vote, set, vote};

const TERM: Term = Term(1);

fn reply(verdict: Verdict) -> Message {
    Message::AppendEntriesReply { term: TERM, round: 1, last: LogIndex(2), verdict }
}

/// A message that asks in advance, or answers that.
fn in_advance(mut message: Message) -> Message {
    match &mut message {
        Message::RequestVote(ask) => ask.pre = true,
        Message::RequestVoteReply { pre, .. } => *pre = true,
        _ => {}
    }
    message
}

/// Numbers take 8 bytes, flags and the kind one each; an entry takes its term, its time and what it says.
#[test]
fn every_kind_of_message_has_its_name_and_its_bytes() {
    let (index, round, who) = (LogIndex(2), 1, (ClientId(1), 7));
    let part = InstallSnapshot {
        term: TERM,
        round,
        base: Base::default(),
        members: Members::first(3),
        total: 9,
        offset: 4,
        part: Arc::new([0; 5]),
    };
    for (message, kind, bytes) in [
        (request_vote(1, 0, 0), "RequestVote", 1 + 3 * 8 + 2),
        (in_advance(request_vote(1, 0, 0)), "PreVote", 1 + 3 * 8 + 2),
        (vote(1, true), "RequestVoteReply", 1 + 8 + 2),
        (in_advance(vote(1, true)), "PreVoteReply", 1 + 8 + 2),
        (append(1, (0, 0), "", 0), "AppendEntries", 1 + 5 * 8),
        (append(1, (0, 0), "11", 0), "AppendEntries", 1 + 5 * 8 + 2 * 32),
        (reply(Verdict::Matched(index)), "AppendEntriesReply", 1 + 4 * 8 + 1),
        (reply(Verdict::Mismatch { prev: index, hint: None }), "AppendEntriesReply", 1 + 4 * 8 + 2),
        (reply(Verdict::Mismatch { prev: index, hint: Some((index, TERM)) }), "AppendEntriesReply", 1 + 6 * 8 + 2),
        (Message::InstallSnapshot(Box::new(part)), "InstallSnapshot", 1 + 8 * 8 + 16 + 5),
        (Message::InstallSnapshotReply { term: TERM, round, index, have: 3 }, "InstallSnapshotReply", 1 + 4 * 8),
        (Message::TimeoutNow { term: TERM }, "TimeoutNow", 1 + 8),
        (Message::Forward { term: TERM, request: request(1) }, "Forward", 1 + 8 + 22),
        (Message::ReadIndex { term: TERM, request: who }, "ReadIndex", 1 + 8 + 1 + 8),
        (Message::ReadIndexReply { term: TERM, request: who, index }, "ReadIndexReply", 1 + 8 + 1 + 8 + 8),
    ] {
        assert_eq!((message.kind(), message.bytes()), (kind, bytes), "{message:?}");
    }
}

#[test]
fn the_bytes_of_an_entry_are_those_of_what_it_says() {
    for (command, bytes) in [("get abc", 35), ("put a val_1", 38), ("put a ünï", 38), ("delete a", 33)] {
        assert_eq!(Entry::plain(TERM, ask(1, command)).bytes(), bytes, "{command}");
    }
    let members = Entry { term: TERM, time: Span::ZERO, content: Content::Members(Members::first(3)) };
    assert_eq!((members.bytes(), Entry::plain(TERM, Request::noop()).bytes()), (32, 32));
}

/// Two entries that say the same have the same digest; each thing that an entry says makes another one of it.
#[test]
fn whatever_an_entry_says_is_in_its_digest() {
    let command = |session, time| Entry::command(TERM, request(1), session, time);
    let members = |members| Entry { term: TERM, time: Span::ZERO, content: Content::Members(members) };
    let all = [
        command(None, Span::ZERO),
        command(Some(Span::ZERO), Span::ZERO),
        command(Some(Span(1)), Span::ZERO),
        command(Some(Span(1)), Span(5)),
        Entry::plain(Term(2), request(1)),
        Entry::plain(TERM, request(2)),
        Entry::plain(TERM, ask(1, "get a")),
        members(Members::first(3)),
        members(Members { learners: set(&[4]), ..Members::first(3) }),
        members(Members { voters: [NodeId(1)].into_iter().collect(), ..Members::first(3) }),
    ];
    for (at, one) in all.iter().enumerate() {
        for (place, other) in all.iter().enumerate() {
            assert_eq!(one.digest() == other.digest(), at == place, "{one:?} and {other:?}");
        }
    }
}
