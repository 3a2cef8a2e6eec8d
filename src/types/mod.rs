//! The small words that every layer shares: who (nodes, clients), when (virtual time), where in a
//! log (term, index) and which message.
//!
//! Every one is a newtype, so that a term cannot be passed for an index, and every one has exactly
//! one text form, which the parser of [`crate::sim::Step`] reads back. These files know nothing of
//! protocols or of the simulation.

mod message_id;
mod names;
mod pages;
mod sorted_map;
mod time;
mod who;

use std::fmt;

use serde::{Serialize, Serializer};

pub use message_id::MessageId;
pub use names::Names;
pub use pages::Pages;
pub use sorted_map::SortedMap;
pub use time::{Span, Spread, Time};
pub use who::{ClientId, MAX_CLIENTS, MAX_NODES, NodeId, NodeSet, Process};

/// Keys and values: immutable text that is shared, never copied.
pub type Text = std::sync::Arc<str>;

/// Raft's logical clock (paper, §5.1): at most one leader in each term.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Term(pub u64);

impl Term {
    /// The term after this one.
    #[must_use]
    pub fn next(self) -> Term {
        Term(self.0 + 1)
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A position in a log, from 1; 0 is the place before the first entry.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct LogIndex(pub u64);

impl LogIndex {
    /// The place before the first entry.
    pub const ZERO: LogIndex = LogIndex(0);

    /// The next position.
    #[must_use]
    pub fn next(self) -> LogIndex {
        LogIndex(self.0 + 1)
    }

    /// The position before; zero stays zero.
    #[must_use]
    pub fn prev(self) -> LogIndex {
        LogIndex(self.0.saturating_sub(1))
    }
}

impl fmt::Display for LogIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Writes a type to JavaScript and to files as its text.
macro_rules! serialize_as_text {
    ($($name:ty),*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }
    )*};
}
serialize_as_text!(NodeId, ClientId, Process, Spread, MessageId);

/// Writes a type to JavaScript as its bare number.
macro_rules! serialize_as_number {
    ($($name:ty),*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_u64(self.0)
            }
        }
    )*};
}
serialize_as_number!(Span, Time, Term, LogIndex);
