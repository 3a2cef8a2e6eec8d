//! The messages of Raft: two requests and their replies (paper, Figure 2).

use std::sync::Arc;

use crate::observe::{Fact, MessageView, Shape, Show, Sign};
use crate::raft::Entry;
use crate::types::{LogIndex, Term};

/// What nodes send each other.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Message {
    /// A candidate asks for a vote (§5.2).
    RequestVote(RequestVote),
    /// A node grants or refuses it.
    RequestVoteReply {
        /// The voter's term.
        term: Term,
        /// Whether the vote is granted.
        granted: bool,
    },
    /// A leader sends entries, or only says that it is there (§5.3).
    AppendEntries(AppendEntries),
    /// A follower says what has come of it.
    AppendEntriesReply {
        /// The follower's term.
        term: Term,
        /// What has come of it.
        verdict: Verdict,
    },
}

/// A candidate's request.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct RequestVote {
    /// The candidate's term.
    pub term: Term,
    /// The last entry of the candidate's log.
    pub last_index: LogIndex,
    /// The term of that entry.
    pub last_term: Term,
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
    /// The leader's commit index.
    pub commit: LogIndex,
}

/// What has come of an AppendEntries.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Verdict {
    /// The follower's log now agrees with the leader's up to this entry, and is on disk.
    Matched(LogIndex),
    /// The follower's log does not hold the entry before the new ones, which has this index.
    Mismatch(LogIndex),
}

impl Message {
    /// The sender's term when it sent this.
    pub fn term(&self) -> Term {
        match self {
            Message::RequestVote(ask) => ask.term,
            Message::AppendEntries(append) => append.term,
            Message::RequestVoteReply { term, .. } | Message::AppendEntriesReply { term, .. } => *term,
        }
    }
}

impl Show for Message {
    fn kind(&self) -> &'static str {
        match self {
            Message::RequestVote(_) => "RequestVote",
            Message::RequestVoteReply { .. } => "RequestVoteReply",
            Message::AppendEntries(_) => "AppendEntries",
            Message::AppendEntriesReply { .. } => "AppendEntriesReply",
        }
    }

    fn show(&self) -> MessageView {
        let sign = |yes| Some(if yes { Sign::Plus } else { Sign::Minus });
        let (shape, reply, sign, label, mut facts) = match self {
            Message::RequestVote(ask) => {
                let facts = vec![Fact::new("lastLogIndex", ask.last_index), Fact::new("lastLogTerm", ask.last_term)];
                (Shape::Triangle, false, None, "vote?".to_string(), facts)
            }
            Message::RequestVoteReply { granted, .. } => {
                let facts = vec![Fact::new("voteGranted", granted)];
                (Shape::Triangle, true, sign(*granted), String::new(), facts)
            }
            Message::AppendEntries(append) => {
                let texts: Vec<String> =
                    append.entries.iter().map(|e| format!("{} (term {})", e.request.command, e.term)).collect();
                let label = match &*append.entries {
                    [] => String::new(),
                    [one] => one.request.command.to_string(),
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
                    Verdict::Mismatch(index) => (false, Fact::new("no entry that fits at", index)),
                };
                (Shape::Square, true, sign(yes), String::new(), vec![Fact::new("success", yes), fact])
            }
        };
        facts.insert(0, Fact::new("term", self.term()));
        MessageView { kind: self.kind(), shape, reply, sign, epoch: Some(self.term().into()), label, facts }
    }
}
