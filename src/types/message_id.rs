//! The identity of a message, which is also the cause of every draw about it.

use std::fmt;
use std::str::FromStr;

use crate::types::Process;

/// Which message: the sender, the receiver and a count of its own for each such pair, so that what
/// happens on one link never renames what happens on another. Its text is `n1->n3#17`; a copy that
/// the network made of it is `n1->n3#17.2`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct MessageId {
    /// Who sent it.
    pub from: Process,
    /// Whom it is for.
    pub to: Process,
    /// The how manyth message from `from` to `to`, from 1.
    pub serial: u32,
    /// 0 for the message itself, 2 for its second exemplar, and so on.
    pub copy: u8,
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}->{}#{}", self.from, self.to, self.serial)?;
        if self.copy > 0 { write!(f, ".{}", self.copy) } else { Ok(()) }
    }
}

impl FromStr for MessageId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a message: expected sender->receiver#number, such as n1->n3#17");
        let (ends, number) = text.split_once('#').ok_or_else(wrong)?;
        let (from, to) = ends.split_once("->").ok_or_else(wrong)?;
        let (serial, copy) = number.split_once('.').unwrap_or((number, "0"));
        let id = MessageId {
            from: from.parse().map_err(|_: String| wrong())?,
            to: to.parse().map_err(|_: String| wrong())?,
            serial: serial.parse().map_err(|_| wrong())?,
            copy: copy.parse().map_err(|_| wrong())?,
        };
        // One text for each message: what is written in another way (`#017`, `.0`) is refused.
        if id.to_string() == text { Ok(id) } else { Err(wrong()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn message_ids_have_one_text_each() {
        for text in ["n1->n3#17", "c2->n1#1", "n1->c2#4.2"] {
            assert_eq!(text.parse::<MessageId>().map(|id| id.to_string()), Ok(text.to_string()));
        }
        for wrong in ["n1->n3", "n1-n3#1", "n0->n3#1", "n1->n3#01", "n1->n3#1.0", "n1->n99#1", "n1->n3#x"] {
            assert!(wrong.parse::<MessageId>().is_err(), "`{wrong}` was taken for a message");
        }
    }
}
