//! The messages of Raft: the requests of the paper's Figures 2 and 13 with their replies, and those of the dissertation.

use std::sync::Arc;

use crate::kv::Request;
use crate::observe::{Fact, MessageView, Shape, Show, Sign};
use crate::raft::{Base, Entry, Members};
use crate::types::{ClientId, LogIndex, Term};

/// What nodes send each other.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Message {
    /// A candidate asks for a vote (§5.2), or whether it would get one (dissertation, §9.6).
    RequestVote(RequestVote),
    /// A node grants or refuses it.
    RequestVoteReply {
        /// The voter's term; where a vote is only promised, the term that it is promised for.
        term: Term,
        /// Whether the vote is granted.
        granted: bool,
        /// Whether it is only promised.
        pre: bool,
    },
    /// A leader sends entries, or only says that it is there (§5.3).
    AppendEntries(AppendEntries),
    /// A follower says what has come of it.
    AppendEntriesReply {
        /// The follower's term.
        term: Term,
        /// The round of the message that this answers.
        round: u64,
        /// The last entry of the follower's log, on disk or not: whatever was sent before and is not there is lost.
        last: LogIndex,
        /// What has come of it.
        verdict: Verdict,
    },
    /// A leader sends a part of a snapshot (§7, Figure 13); apart, since it is rare, and larger than all others.
    InstallSnapshot(Box<InstallSnapshot>),
    /// A follower says how much of it it has.
    InstallSnapshotReply {
        /// The follower's term.
        term: Term,
        /// The round of the message that this answers.
        round: u64,
        /// The last entry of the snapshot.
        index: LogIndex,
        /// How many bytes from the beginning on the follower has by now.
        have: u64,
    },
    /// A leader asks a node to campaign at once, to take over from it (dissertation, §3.10).
    TimeoutNow {
        /// The leader's term.
        term: Term,
    },
    /// A follower passes a client's request on.
    Forward {
        /// The follower's term.
        term: Term,
        /// The request; the leader answers the client itself.
        request: Arc<Request>,
    },
    /// A follower asks how far it must have come before it may answer a `get` (dissertation, §6.4).
    ReadIndex {
        /// The follower's term.
        term: Term,
        /// Which request of which client it wants to answer: nothing that was found out for another one, or before a
        /// crash, may be taken for the answer.
        request: (ClientId, u64),
    },
    /// The leader says so.
    ReadIndexReply {
        /// The leader's term.
        term: Term,
        /// Which request.
        request: (ClientId, u64),
        /// The entry that must have been applied.
        index: LogIndex,
    },
}

/// A candidate's request.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct RequestVote {
    /// The candidate's term; where it only asks whether it would get the vote, the one that it would be in.
    pub term: Term,
    /// The last entry of the candidate's log.
    pub last_index: LogIndex,
    /// The term of that entry.
    pub last_term: Term,
    /// Whether it only asks whether it would get the vote.
    pub pre: bool,
    /// Whether the leader itself has asked it to campaign: then nobody withholds a vote for that leader's sake.
    pub handed_over: bool,
}

/// A leader's request.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct AppendEntries {
    /// The leader's term.
    pub term: Term,
    /// The entry just before the new ones.
    pub prev_index: LogIndex,
    /// The term of that entry.
    pub prev_term: Term,
    /// The new entries; none for a heartbeat.
    pub entries: Arc<[Entry]>,
    /// The leader's commit index; in a heartbeat no more than what the follower is known to have.
    pub commit: LogIndex,
    /// The how manyth time in its term the leader asks everybody whether it still leads (dissertation, §6.4).
    pub round: u64,
}

/// What has come of an AppendEntries.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Verdict {
    /// The follower's log now agrees with the leader's up to this entry, and is on disk.
    Matched(LogIndex),
    /// The follower's log does not hold the entry before the new ones.
    Mismatch {
        /// The index of that entry.
        prev: LogIndex,
        /// The last entry at which the two logs may agree, with its term there, where the follower says so.
        hint: Option<(LogIndex, Term)>,
    },
}

/// A part of a leader's snapshot.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct InstallSnapshot {
    /// The leader's term.
    pub term: Term,
    /// As in [`AppendEntries`].
    pub round: u64,
    /// Where the snapshot ends, and a log goes on behind it.
    pub base: Base,
    /// Who took part by then.
    pub members: Members,
    /// How many bytes its data has.
    pub total: u64,
    /// Where this part of them begins.
    pub offset: u64,
    /// The part itself.
    pub part: Arc<[u8]>,
}

impl Message {
    /// The sender's term when it sent this, or that for which a vote is asked or promised.
    pub fn term(&self) -> Term {
        match self {
            Message::RequestVote(ask) => ask.term,
            Message::AppendEntries(append) => append.term,
            Message::InstallSnapshot(part) => part.term,
            Message::RequestVoteReply { term, .. }
            | Message::AppendEntriesReply { term, .. }
            | Message::InstallSnapshotReply { term, .. }
            | Message::TimeoutNow { term }
            | Message::Forward { term, .. }
            | Message::ReadIndex { term, .. }
            | Message::ReadIndexReply { term, .. } => *term,
        }
    }

    /// Whether its term is one that somebody is in: not where a vote is only asked for in advance, or promised.
    pub(super) fn is_of_its_term(&self) -> bool {
        match self {
            Message::RequestVote(ask) => !ask.pre,
            Message::RequestVoteReply { granted, pre, .. } => !(*pre && *granted),
            _ => true,
        }
    }
}

impl Show for Message {
    fn kind(&self) -> &'static str {
        match self {
            Message::RequestVote(RequestVote { pre: true, .. }) => "PreVote",
            Message::RequestVote(_) => "RequestVote",
            Message::RequestVoteReply { pre: true, .. } => "PreVoteReply",
            Message::RequestVoteReply { .. } => "RequestVoteReply",
            Message::AppendEntries(_) => "AppendEntries",
            Message::AppendEntriesReply { .. } => "AppendEntriesReply",
            Message::InstallSnapshot(_) => "InstallSnapshot",
            Message::InstallSnapshotReply { .. } => "InstallSnapshotReply",
            Message::TimeoutNow { .. } => "TimeoutNow",
            Message::Forward { .. } => "Forward",
            Message::ReadIndex { .. } => "ReadIndex",
            Message::ReadIndexReply { .. } => "ReadIndexReply",
        }
    }

    fn bytes(&self) -> u64 {
        1 + match self {
            Message::RequestVote(_) => 3 * 8 + 2,
            Message::RequestVoteReply { .. } => 8 + 2,
            Message::AppendEntries(append) => 5 * 8 + append.entries.iter().map(Entry::bytes).sum::<u64>(),
            Message::AppendEntriesReply { verdict: Verdict::Matched(_), .. } => 3 * 8 + 1 + 8,
            Message::AppendEntriesReply { verdict: Verdict::Mismatch { hint, .. }, .. } => {
                3 * 8 + 1 + 8 + 1 + if hint.is_some() { 2 * 8 } else { 0 }
            }
            // The place where the snapshot ends is four numbers; members take what they take in an entry.
            Message::InstallSnapshot(part) => (2 + 4 + 2) * 8 + Entry::MEMBERS + part.part.len() as u64,
            Message::InstallSnapshotReply { .. } => 4 * 8,
            Message::TimeoutNow { .. } => 8,
            Message::Forward { request, .. } => 8 + request.bytes(),
            Message::ReadIndex { .. } => 8 + 1 + 8,
            Message::ReadIndexReply { .. } => 8 + 1 + 8 + 8,
        }
    }

    fn show(&self) -> MessageView {
        let sign = |yes| Some(if yes { Sign::Plus } else { Sign::Minus });
        let (shape, reply, sign, label, mut facts) = match self {
            Message::RequestVote(ask) => {
                let facts = vec![Fact::new("lastLogIndex", ask.last_index), Fact::new("lastLogTerm", ask.last_term)];
                let label = if ask.pre { "would you?" } else { "vote?" };
                (Shape::Triangle, false, None, label.to_string(), facts)
            }
            Message::RequestVoteReply { granted, .. } => {
                let facts = vec![Fact::new("voteGranted", granted)];
                (Shape::Triangle, true, sign(*granted), String::new(), facts)
            }
            Message::AppendEntries(append) => {
                let texts: Vec<String> =
                    append.entries.iter().map(|entry| format!("{} (term {})", entry.text(), entry.term)).collect();
                let label = match &*append.entries {
                    [] => String::new(),
                    [one] => one.text(),
                    many => format!("{} entries", many.len()),
                };
                let facts = vec![
                    Fact::new("prevLogIndex", append.prev_index),
                    Fact::new("prevLogTerm", append.prev_term),
                    Fact::new("entries", if texts.is_empty() { "none".to_string() } else { texts.join(", ") }),
                    Fact::new("leaderCommit", append.commit),
                ];
                (if append.entries.is_empty() { Shape::Dot } else { Shape::Square }, false, None, label, facts)
            }
            Message::AppendEntriesReply { verdict, .. } => {
                let (yes, fact) = match verdict {
                    Verdict::Matched(index) => (true, Fact::new("matchIndex", index)),
                    Verdict::Mismatch { prev, .. } => (false, Fact::new("no entry that fits at", prev)),
                };
                let mut facts = vec![Fact::new("success", yes), fact];
                if let Verdict::Mismatch { hint: Some((index, term)), .. } = verdict {
                    facts.push(Fact::new("may fit at", format!("{index} (term {term})")));
                }
                (Shape::Square, true, sign(yes), String::new(), facts)
            }
            Message::InstallSnapshot(part) => {
                let facts = vec![
                    Fact::new("lastIncludedIndex", part.base.index),
                    Fact::new("lastIncludedTerm", part.base.term),
                    Fact::new("members", part.members),
                    Fact::new("offset", part.offset),
                    Fact::new("bytes", format!("{} of {}", part.part.len(), part.total)),
                ];
                (Shape::Block, false, None, format!("up to {}", part.base.index), facts)
            }
            Message::InstallSnapshotReply { index, have, .. } => {
                let facts = vec![Fact::new("lastIncludedIndex", index), Fact::new("bytes so far", have)];
                (Shape::Block, true, None, String::new(), facts)
            }
            Message::TimeoutNow { .. } => (Shape::Diamond, false, None, "your turn".to_string(), Vec::new()),
            Message::Forward { request, .. } => {
                let origin = request.origin.map(|(client, seq)| Fact::new("request", format!("{seq} of {client}")));
                let facts = origin.into_iter().chain([Fact::new("command", &request.command)]).collect();
                (Shape::Tag, false, None, request.command.to_string(), facts)
            }
            Message::ReadIndex { request: (client, seq), .. } => {
                let facts = vec![Fact::new("for request", format!("{seq} of {client}"))];
                (Shape::Diamond, false, None, "how far?".to_string(), facts)
            }
            Message::ReadIndexReply { request: (client, seq), index, .. } => {
                let facts = vec![Fact::new("for request", format!("{seq} of {client}")), Fact::new("readIndex", index)];
                (Shape::Diamond, true, None, format!("{index}"), facts)
            }
        };
        facts.insert(0, Fact::new("term", self.term()));
        MessageView { kind: self.kind(), shape, reply, sign, epoch: Some(self.term().into()), label, facts }
    }
}
