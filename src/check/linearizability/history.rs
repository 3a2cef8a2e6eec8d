//! What clients asked and were answered.

use crate::kv::Command;
use crate::types::Text;

/// All requests, in any order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct History {
    /// The requests.
    pub requests: Vec<Request>,
}

/// One request of a client, with all its retries.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    /// Who asked.
    pub client: u64,
    /// About which key.
    pub key: Text,
    /// What.
    pub op: Op,
    /// When it was asked; any unit, as long as later is more.
    pub call: u64,
    /// When the answer came, not before the call, and what it was; none where the outcome was never learned.
    pub returned: Option<(u64, Answer)>,
}

/// What can be asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Op {
    /// Gives the key this value, unless it has one.
    Put(Text),
    /// Asks for its value.
    Get,
    /// Takes the key away.
    Delete,
}

/// What can be answered.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Answer {
    /// A put or a delete was carried out.
    Done,
    /// A get has found this value.
    Value(Text),
    /// A put was refused, since the key was there.
    Exists,
    /// A get or a delete was refused, since the key was not there.
    NotFound,
}

impl Op {
    /// What a command asks for; none where it is about no key.
    pub fn of(command: &Command) -> Option<Op> {
        match command {
            Command::Put { value, .. } => Some(Op::Put(value.clone())),
            Command::Get { .. } => Some(Op::Get),
            Command::Delete { .. } => Some(Op::Delete),
            Command::Noop => None,
        }
    }

    /// Whether this can be the answer to it at all.
    pub fn allows(&self, answer: &Answer) -> bool {
        match self {
            Op::Put(_) => matches!(answer, Answer::Done | Answer::Exists),
            Op::Get => matches!(answer, Answer::Value(_) | Answer::NotFound),
            Op::Delete => matches!(answer, Answer::Done | Answer::NotFound),
        }
    }
}
