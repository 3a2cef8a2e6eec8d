//! What can be asked of a cluster: the words behind `when` and `expect`.
//!
//! | text | holds where |
//! | --- | --- |
//! | `leader`, `leader n2` | some node leads; n2 does |
//! | `no leader` | no node does |
//! | `role n3 = candidate` | the node runs and is that |
//! | `term n3 = 2` | the node is in that term (or ballot: `2.1`) |
//! | `vote n3 = n1`, `vote n3 = none` | the node has voted for n1 in its term; for nobody |
//! | `log n3 = 1 1 2` | the terms of the entries that the node has; `log n3 =` where it has none |
//! | `first n3 = 7`, `last n3 = 9` | the lowest entry that the node still has, or will have; the highest that it has had |
//! | `snapshot n3 = 6`, `snapshot n3 = none` | the last entry that is in the node's snapshot; it has none |
//! | `commit n3 = 2`, `applied n3 = 2` | how far the node has committed; applied |
//! | `committed 2` | some node has committed that far |
//! | `next n1 n3 = 5`, `match n1 n3 = 4` | what leader n1 knows of n3 |
//! | `state n1 n3 = replicate` | how leader n1 sends n3 what it lacks |
//! | `members n1 = n1 n2 n3` | who votes, as n1 has it; while that changes, both sides: `n1 n2 \| n1 n2 n3` |
//! | `learners n1 = n4`, `learners n1 = none` | who follows along without a vote, as n1 has it |
//! | `joint n1`, `no joint n1` | whether two majorities are needed, as n1 has it |
//! | `fact n1 requests held = 1` | what the page says of the node under a name, to the end of the line |
//! | `kv n3 a = val_1`, `no kv n3 a` | what the node's own store has under a key |
//! | `same kv` | the stores of all nodes that run are equal |
//! | `up n3`, `down n3` | whether the node runs |
//! | `answered c1 2` | the client has got so many answers, or more |
//! | `waits c1` | the client has asked for something and has no answer yet |
//! | `answer c1 = OK` | its last answer, to the end of the line: `"val_1"`, `key not found: a` |
//! | `violation election-safety`, `no violation` | that promise was broken; none was |

mod check;
mod text;

use crate::types::{ClientId, NodeId, NodeSet, Text};

/// Something that holds of a cluster at a moment, or does not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Condition {
    /// Some node leads, or this one.
    Leader(Option<NodeId>),
    /// No node leads.
    NoLeader,
    /// A number or a word of one node.
    Node(NodeId, Trait, String),
    /// The epochs of the slots that a node has.
    Log(NodeId, Vec<String>),
    /// Some node has committed so many slots.
    Committed(u64),
    /// What a leader knows of another node: the slot it sends next, or the highest that it knows to be there.
    Peer {
        /// The slot that is sent next, rather than the highest known.
        next: bool,
        /// Who leads.
        leader: NodeId,
        /// Of whom it knows.
        of: NodeId,
        /// What.
        slot: u64,
    },
    /// How a leader sends another node what that lacks.
    State {
        /// Who leads.
        leader: NodeId,
        /// Whom it sends something.
        of: NodeId,
        /// The protocol's word for it.
        state: String,
    },
    /// The sets of nodes of which a majority each must agree, as a node has it.
    Members(NodeId, Vec<NodeSet>),
    /// Who follows along without a vote, as a node has it.
    Learners(NodeId, NodeSet),
    /// Whether more than one majority is needed, as a node has it.
    Joint(NodeId, bool),
    /// What else there is to know of a node, by its name.
    Fact(NodeId, String, String),
    /// What a node's store has under a key; none where it has nothing.
    Kv(NodeId, Text, Option<Text>),
    /// The stores of all nodes that run are equal.
    SameKv,
    /// Whether a node runs.
    Up(NodeId, bool),
    /// A client has got so many answers.
    Answered(ClientId, u64),
    /// A client has asked for something and has no answer yet.
    Waits(ClientId),
    /// The last answer that a client got.
    Answer(ClientId, String),
    /// The first broken promise; none where all are kept.
    Violation(Option<String>),
}

/// What can be asked of a node with one word for an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trait {
    /// Its role.
    Role,
    /// The epoch that it is in.
    Term,
    /// Whom it has voted for, or `none`.
    Vote,
    /// The lowest slot that it still has.
    First,
    /// The highest slot that it has had.
    Last,
    /// The last slot that is in its snapshot, or `none`.
    Snapshot,
    /// How far it has committed.
    Commit,
    /// How far it has applied.
    Applied,
}

const TRAITS: [(&str, Trait); 8] = [
    ("role", Trait::Role),
    ("term", Trait::Term),
    ("vote", Trait::Vote),
    ("first", Trait::First),
    ("last", Trait::Last),
    ("snapshot", Trait::Snapshot),
    ("commit", Trait::Commit),
    ("applied", Trait::Applied),
];

impl Trait {
    fn name(self) -> &'static str {
        TRAITS.iter().find(|(_, known)| *known == self).expect("every trait is in TRAITS").0
    }
}
