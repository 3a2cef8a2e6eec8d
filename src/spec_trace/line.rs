//! The lines of a trace for `raft.tla`: plain data, which whoever writes them turns into a JSON object each.
//!
//! A field that a line does not have is left out, so that no null appears.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::types::{NodeId, Text};

/// A line of a trace.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(untagged)]
pub enum Line {
    /// The first line: how the run starts.
    Start {
        /// All nodes.
        nodes: Vec<NodeId>,
        /// The term that all of them start in.
        term: u64,
        /// The liberties beyond the letter of `raft.tla` that are taken.
        allow: &'static [&'static str],
    },
    /// One action.
    Action(Action),
}

/// An action of `raft.tla`: what happened, to which node, by which message.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Action {
    /// What happened.
    #[serde(rename = "e")]
    pub event: Event,
    /// Whose action it is; none where it is the network's.
    #[serde(rename = "n", skip_serializing_if = "Option::is_none")]
    pub node: Option<NodeId>,
    /// The message that is sent, received, lost or duplicated.
    #[serde(rename = "m", skip_serializing_if = "Option::is_none")]
    pub message: Option<Message>,
    /// What a leader proposes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Text>,
    /// The node's state afterwards; none where the same input leads to a further transition of the node, whose line
    /// follows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<State>,
}

/// What may happen.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Event {
    /// The election timer runs out.
    Timeout,
    /// A node sends a message.
    Send,
    /// A node has handled a message.
    Recv,
    /// A candidate becomes leader.
    Leader,
    /// A leader takes a command into its log.
    Propose,
    /// A leader advances its commit index.
    Commit,
    /// A node has crashed and starts from what its disk kept.
    Restart,
    /// A message is lost.
    Drop,
    /// A message is duplicated.
    Dup,
}

/// An entry of a log: its term and its value.
pub type Entry = (u64, Text);

/// A message with its ends.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(tag = "type", rename_all_fields = "camelCase")]
pub enum Message {
    /// RequestVoteRequest.
    #[serde(rename = "RV")]
    RequestVote {
        /// The candidate.
        from: NodeId,
        /// Whom it asks.
        to: NodeId,
        /// The candidate's term.
        term: u64,
        /// The index of its last entry.
        last_index: u64,
        /// The term of that entry.
        last_term: u64,
    },
    /// RequestVoteResponse.
    #[serde(rename = "RVR")]
    RequestVoteReply {
        /// The voter.
        from: NodeId,
        /// The candidate.
        to: NodeId,
        /// The voter's term.
        term: u64,
        /// Whether it votes for the candidate.
        granted: bool,
    },
    /// AppendEntriesRequest.
    #[serde(rename = "AE")]
    AppendEntries {
        /// The leader.
        from: NodeId,
        /// The follower.
        to: NodeId,
        /// The leader's term.
        term: u64,
        /// The index of the entry before the new ones.
        prev_index: u64,
        /// The term of that entry.
        prev_term: u64,
        /// The new entries.
        entries: Vec<Entry>,
        /// Up to where the follower may commit once it has these entries.
        commit: u64,
    },
    /// AppendEntriesResponse.
    #[serde(rename = "AER")]
    AppendEntriesReply {
        /// The follower.
        from: NodeId,
        /// The leader.
        to: NodeId,
        /// The follower's term.
        term: u64,
        /// Whether the entry before the new ones was there.
        success: bool,
        /// Up to where the two logs agree; 0 without success.
        #[serde(rename = "match")]
        matched: u64,
    },
}

/// The state of a node.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct State {
    /// `currentTerm`.
    pub term: u64,
    /// `Follower`, `Candidate` or `Leader`.
    pub role: &'static str,
    /// `n3`, or `none`.
    pub vote: String,
    /// `commitIndex`.
    pub commit: u64,
    /// How many entries the log has.
    pub len: u64,
    /// The term of the last.
    pub last_term: u64,
    /// `matchIndex` of a leader, for every node; its own is 0, as nobody reads it.
    #[serde(rename = "match", skip_serializing_if = "Option::is_none")]
    pub matched: Option<BTreeMap<NodeId, u64>>,
    /// The whole log, where it is not that of the node's last line with a state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<Vec<Entry>>,
}
