//! What may be asked, as a text and back.

use std::fmt;
use std::str::FromStr;

use crate::types::{ClientId, MessageId, NodeId};

/// Something that can be asked about a moment of a run.
///
/// ```
/// use raft_playground::why::Question;
///
/// let question: Question = "entry n2 5".parse()?;
/// assert_eq!(question.to_string(), "entry n2 5");
/// assert!("entry five".parse::<Question>().is_err());
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Question {
    /// `leader`: why does this node lead, or why does nobody?
    Leader,
    /// `entry 5`, `entry n2 5`: why is it committed, why not, why is it not there? As whoever leads sees it, or as a
    /// node does.
    Entry {
        /// Whose.
        of: Option<NodeId>,
        /// Which slot.
        slot: u64,
    },
    /// `refusal n3`: why did this node refuse what it refused last?
    Refusal(NodeId),
    /// `client c1`, `request c1#4`: why this answer, or why none yet? Of the request that runs or was answered last, or
    /// of the one with that number.
    Request {
        /// Whose.
        client: ClientId,
        /// Which.
        seq: Option<u64>,
    },
    /// `node n3`: why is this node what it is?
    Node(NodeId),
    /// `message n1->n3#17`: why was it sent, and what has become of it?
    Message(MessageId),
    /// `violation`: what led to the first promise that was broken?
    Violation,
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Question::Leader => f.write_str("leader"),
            Question::Entry { of: None, slot } => write!(f, "entry {slot}"),
            Question::Entry { of: Some(node), slot } => write!(f, "entry {node} {slot}"),
            Question::Refusal(node) => write!(f, "refusal {node}"),
            Question::Request { client, seq: None } => write!(f, "client {client}"),
            Question::Request { client, seq: Some(seq) } => write!(f, "request {client}#{seq}"),
            Question::Node(node) => write!(f, "node {node}"),
            Question::Message(id) => write!(f, "message {id}"),
            Question::Violation => f.write_str("violation"),
        }
    }
}

/// What a question may look like, for whoever wrote another one.
const EXPECTED: &str = "expected leader, entry 5, entry n2 5, refusal n3, client c1, request c1#4, node n3, \
     message n1->n3#17 or violation";

impl FromStr for Question {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        Ok(match words[..] {
            ["leader"] => Question::Leader,
            ["violation"] => Question::Violation,
            ["entry", slot] => Question::Entry { of: None, slot: number(slot)? },
            ["entry", node, slot] => Question::Entry { of: Some(node.parse()?), slot: number(slot)? },
            ["refusal", node] => Question::Refusal(node.parse()?),
            ["client", client] => Question::Request { client: client.parse()?, seq: None },
            ["request", request] => {
                let (client, seq) = request
                    .split_once('#')
                    .ok_or_else(|| format!("`{request}` is not a request: expected such as c1#4"))?;
                Question::Request { client: client.parse()?, seq: Some(number(seq)?) }
            }
            ["node", node] => Question::Node(node.parse()?),
            ["message", id] => Question::Message(id.parse()?),
            _ => return Err(format!("`{text}` is not a question: {EXPECTED}")),
        })
    }
}

fn number(text: &str) -> Result<u64, String> {
    let digits = Some(text).filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
    let number = digits.and_then(|text| text.parse().ok()).filter(|number| *number > 0);
    number.ok_or_else(|| format!("`{text}` is not a place: expected a whole number from 1 on"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_read_as_they_are_written() {
        for text in [
            "leader",
            "entry 5",
            "entry n2 5",
            "refusal n3",
            "client c1",
            "request c1#4",
            "node n3",
            "message n1->n3#17",
            "message n1->c2#4.2",
            "violation",
        ] {
            assert_eq!(text.parse::<Question>().map(|question| question.to_string()), Ok(text.to_string()));
        }
    }

    #[test]
    fn what_is_no_question_is_refused_with_a_sentence() {
        for wrong in [
            "",
            "why",
            "entry",
            "entry 0",
            "entry n2",
            "entry x 5",
            "request c1",
            "request c1#",
            "node c1",
            "client n1",
            "message 5",
            "leader n1",
            "entry 99999999999999999999",
        ] {
            let why = wrong.parse::<Question>().expect_err(wrong);
            assert!(why.contains("expected") || why.contains("is not"), "{why}");
        }
    }
}
