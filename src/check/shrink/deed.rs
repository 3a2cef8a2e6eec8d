//! One thing that is done in a run without times.

use crate::sim::{Links, Step};
use crate::types::{Process, Time};

/// One thing that is done.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Deed {
    /// A step.
    Step(Step),
    /// The schedule does all that is due by then.
    Wait(Time),
    /// Something is done with the message that came from there.
    Message(Handling, Origin),
    /// Something is done with the oldest message of a kind on a link.
    Oldest {
        /// What.
        handling: Handling,
        /// Who sent it.
        from: Process,
        /// Whom it is for.
        to: Process,
        /// Its kind, as a script calls it.
        kind: &'static str,
    },
    /// Every message on these links arrives, the oldest first.
    All(Links),
    /// Every message arrives, and every answer to it, the oldest first.
    Settle,
}

/// What is done with a message.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Handling {
    /// It arrives.
    Deliver,
    /// It is lost.
    Drop,
    /// It gets a copy.
    Duplicate,
}

/// Whence a message came: it keeps this name whatever else is left out.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Origin {
    /// The number of the deed for which it was sent; 0 for the start of the run.
    pub deed: u32,
    /// Who sent it.
    pub from: Process,
    /// Whom it is for.
    pub to: Process,
    /// The how manyth on that link for that deed, from 1.
    pub nth: u32,
}

/// A deed with a number that no other of the same run has.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Numbered {
    /// From 1.
    pub number: u32,
    /// What is done.
    pub deed: Deed,
}

/// A deed that was done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Done {
    /// The deed; a message by whence it came in this run.
    pub deed: Numbered,
    /// The same as a script says it: a message by its kind or its number.
    pub said: Deed,
}
