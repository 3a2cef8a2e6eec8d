//! A node in the variables of the official specification, `raft.tla`: for whoever holds a run to that.

use crate::raft::state::{Candidate, Role};
use crate::raft::{Log, Raft};
use crate::types::{LogIndex, NodeId, Term};

/// What `raft.tla` keeps of a server, as far as it can be seen from outside.
#[derive(Clone, Debug)]
pub struct Variables<'a> {
    /// `currentTerm`.
    pub term: Term,
    /// `state`: `Follower`, `Candidate` or `Leader`.
    pub state: &'static str,
    /// `votedFor`; none for Nil.
    pub vote: Option<NodeId>,
    /// `log`.
    pub log: &'a Log,
    /// `commitIndex`.
    pub commit: LogIndex,
    /// `matchIndex` of a leader, node by node; its own stays 0, and nobody reads it. Empty for whoever does not lead.
    pub matched: Vec<LogIndex>,
}

impl Raft {
    /// The node's state as `raft.tla` has it.
    pub fn variables(&self) -> Variables<'_> {
        let (state, matched) = match &self.role {
            Role::Follower { .. } => ("Follower", Vec::new()),
            // Whoever only asks whether it would win has not become a candidate yet.
            Role::Candidate(Candidate { pre: true, .. }) => ("Follower", Vec::new()),
            Role::Candidate(_) => ("Candidate", Vec::new()),
            Role::Leader(leader) => ("Leader", leader.progress.iter().map(|peer| peer.matched).collect()),
        };
        Variables { term: self.term, state, vote: self.vote, log: &self.log, commit: self.commit, matched }
    }
}
