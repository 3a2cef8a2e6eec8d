//! Who takes part: nodes, clients, and sets of nodes.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// The most nodes that a cluster can have, of all kinds together.
pub const MAX_NODES: u8 = 16;
/// The most clients that a cluster can have.
pub const MAX_CLIENTS: u8 = 9;

/// A node of the cluster, numbered from 1. Its text is `n3`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct NodeId(pub u8);

impl NodeId {
    /// The position of this node in a list of all nodes, from 0.
    pub fn slot(self) -> usize {
        usize::from(self.0) - 1
    }

    /// Whether there can be a node of this number: a message may come from anywhere.
    pub fn is_possible(self) -> bool {
        (1..=MAX_NODES).contains(&self.0)
    }

    /// All nodes of a cluster of `count`, in order.
    pub fn all(count: u8) -> impl DoubleEndedIterator<Item = NodeId> + Clone {
        (1..=count).map(NodeId)
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "n{}", self.0)
    }
}

/// A client, numbered from 1. Its text is `c2`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ClientId(pub u8);

impl ClientId {
    /// The position of this client in a list of all clients, from 0.
    pub fn slot(self) -> usize {
        usize::from(self.0) - 1
    }
}

impl fmt::Display for ClientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "c{}", self.0)
    }
}

/// Whoever can send or receive a message: a node or a client.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Process {
    /// A node of the cluster.
    Node(NodeId),
    /// A client of the key-value store.
    Client(ClientId),
}

impl From<NodeId> for Process {
    fn from(id: NodeId) -> Self {
        Process::Node(id)
    }
}

impl From<ClientId> for Process {
    fn from(id: ClientId) -> Self {
        Process::Client(id)
    }
}

impl fmt::Display for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Process::Node(id) => id.fmt(f),
            Process::Client(id) => id.fmt(f),
        }
    }
}

/// Reads `<letter><number>` with a number of 1 to `most`, written without leading zeros.
fn numbered(text: &str, letter: char, most: u8) -> Option<u8> {
    let digits = text.strip_prefix(letter)?;
    if digits.starts_with('0') || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().filter(|&n| (1..=most).contains(&n))
}

impl FromStr for NodeId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        numbered(text, 'n', MAX_NODES)
            .map(NodeId)
            .ok_or_else(|| format!("`{text}` is not a node: expected n1 to n{MAX_NODES}"))
    }
}

impl FromStr for ClientId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        numbered(text, 'c', MAX_CLIENTS)
            .map(ClientId)
            .ok_or_else(|| format!("`{text}` is not a client: expected c1 to c{MAX_CLIENTS}"))
    }
}

impl FromStr for Process {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let node = text.parse().map(Process::Node);
        node.or_else(|_: String| text.parse().map(Process::Client))
            .map_err(|_: String| format!("`{text}` is neither a node (n1) nor a client (c1)"))
    }
}

/// A set of nodes, in a machine word; iterated in order of their numbers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct NodeSet(u32);

impl NodeSet {
    /// The set of nobody.
    pub const EMPTY: NodeSet = NodeSet(0);

    /// The first `count` nodes.
    pub fn first(count: u8) -> Self {
        NodeId::all(count).collect()
    }

    /// This set and `id`.
    #[must_use]
    pub fn with(self, id: NodeId) -> Self {
        NodeSet(self.0 | 1 << id.0)
    }

    /// This set without `id`.
    #[must_use]
    pub fn without(self, id: NodeId) -> Self {
        NodeSet(self.0 & !(1 << id.0))
    }

    /// Adds `id`; false where it was there already.
    pub fn insert(&mut self, id: NodeId) -> bool {
        let before = *self;
        *self = self.with(id);
        *self != before
    }

    /// Whether `id` is in the set.
    pub fn contains(self, id: NodeId) -> bool {
        self.0 & 1 << id.0 != 0
    }

    /// The nodes that are in both sets.
    #[must_use]
    pub fn and(self, other: NodeSet) -> Self {
        NodeSet(self.0 & other.0)
    }

    /// The nodes that are in either set.
    #[must_use]
    pub fn or(self, other: NodeSet) -> Self {
        NodeSet(self.0 | other.0)
    }

    /// The nodes that are in this set and not in the other.
    #[must_use]
    pub fn minus(self, other: NodeSet) -> Self {
        NodeSet(self.0 & !other.0)
    }

    /// How many nodes there are in the set.
    pub fn len(self) -> u32 {
        self.0.count_ones()
    }

    /// Whether nobody is in the set.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The nodes of the set, in order of their numbers.
    pub fn iter(self) -> impl Iterator<Item = NodeId> {
        let mut rest = self.0;
        std::iter::from_fn(move || {
            let id = u8::try_from(rest.trailing_zeros()).ok().filter(|&n| n < 32)?;
            rest &= rest - 1;
            Some(NodeId(id))
        })
    }
}

/// `n1 n2 n3`; `nobody` where it is empty.
impl fmt::Display for NodeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return f.write_str("nobody");
        }
        self.iter().enumerate().try_for_each(|(place, id)| write!(f, "{}{id}", if place > 0 { " " } else { "" }))
    }
}

impl FromIterator<NodeId> for NodeSet {
    fn from_iter<I: IntoIterator<Item = NodeId>>(ids: I) -> Self {
        ids.into_iter().fold(NodeSet::EMPTY, NodeSet::with)
    }
}

impl Serialize for NodeSet {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(self.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_lists_its_nodes_in_order() {
        let set: NodeSet = [NodeId(3), NodeId(1), NodeId(16)].into_iter().collect();
        assert_eq!(set.iter().collect::<Vec<_>>(), [NodeId(1), NodeId(3), NodeId(16)]);
        assert_eq!((set.len(), set.contains(NodeId(2)), set.without(NodeId(1)).len()), (3, false, 2));
    }
}
