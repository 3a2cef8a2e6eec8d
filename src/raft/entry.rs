//! An entry of the log: a command of a client, or who takes part from here on.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::chance::StableHasher;
use crate::kv::Request;
use crate::raft::Members;
use crate::types::{Span, Term};

/// One entry of a log.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Entry {
    /// The term in which a leader received it.
    pub term: Term,
    /// What time it was then for the cluster: how long leaders have led, as far as the log knows. It never falls
    /// along the log and says when sessions end (dissertation, §6.3).
    pub time: Span,
    /// What it says.
    pub content: Content,
}

/// What an entry says.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Content {
    /// Something for the state machine to do.
    Command {
        /// Who asks, and what.
        request: Arc<Request>,
        /// How long a session lasts that nothing is heard of, where the command belongs to one: then it is carried
        /// out once, however often it is in the log (dissertation, §6.3). That an entry says so itself lets every
        /// node come to the same, whatever it has been told to do since.
        session: Option<Span>,
    },
    /// Who takes part from this entry on.
    Members(Members),
}

impl Content {
    /// How much of a message or a disk an entry takes that says this, in bytes.
    pub(super) fn bytes(&self) -> u64 {
        16 + match self {
            Content::Command { request, .. } => request.bytes(),
            Content::Members(_) => Entry::MEMBERS,
        }
    }
}

impl Entry {
    /// How much who takes part takes, in bytes: four sets.
    pub(super) const MEMBERS: u64 = 16;

    /// An entry with a command.
    pub fn command(term: Term, request: Arc<Request>, session: Option<Span>, time: Span) -> Self {
        Entry { term, time, content: Content::Command { request, session } }
    }

    /// An entry with a command that belongs to no session, at the beginning of time.
    pub fn plain(term: Term, request: Arc<Request>) -> Self {
        Entry::command(term, request, None, Span::ZERO)
    }

    /// The command's request, if it is one.
    pub fn request(&self) -> Option<&Arc<Request>> {
        match &self.content {
            Content::Command { request, .. } => Some(request),
            Content::Members(_) => None,
        }
    }

    /// The members that it says, if it does.
    pub fn members(&self) -> Option<&Members> {
        match &self.content {
            Content::Members(members) => Some(members),
            Content::Command { .. } => None,
        }
    }

    /// What it says, in a few words: `put a val_7`, `members n1 n2 n3`.
    pub fn text(&self) -> String {
        match &self.content {
            Content::Command { request, .. } => request.command.to_string(),
            Content::Members(members) => format!("members {members}"),
        }
    }

    /// How much of a message or a disk it takes, in bytes.
    pub fn bytes(&self) -> u64 {
        self.content.bytes()
    }

    /// A hash of all that it says.
    pub fn digest(&self) -> u64 {
        let mut hasher = StableHasher::default();
        self.fold_into(&mut hasher);
        hasher.finish()
    }

    /// Folds all that it says into a digest of more.
    pub(super) fn fold_into(&self, hasher: &mut StableHasher) {
        hasher.fold(self.term.0);
        hasher.fold(self.time.0);
        match &self.content {
            Content::Command { request, session } => {
                hasher.fold(request.digest());
                hasher.fold(session.map_or(0, |session| session.0 + 1));
            }
            Content::Members(members) => members.hash(hasher),
        }
    }
}
