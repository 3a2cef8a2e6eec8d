//! What may be chosen for a Raft cluster before it runs.

use crate::types::{NodeSet, Span, Spread};

/// The same for every node of a cluster.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Config {
    /// How many nodes there are; all of them vote.
    pub nodes: u8,
    /// The spread that election timeouts are drawn from (§5.2: 150 to 300 ms).
    pub election: Spread,
    /// How often a leader makes itself heard; well below the shortest election timeout.
    pub heartbeat: Span,
    /// Whether a new leader writes an entry that does nothing, so that what earlier leaders left is
    /// committed without waiting for a client (§8).
    pub noop: bool,
    /// The most entries that one AppendEntries carries, at least 1.
    pub batch: u64,
}

impl Config {
    /// The paper's figures, for `nodes` nodes.
    pub fn new(nodes: u8) -> Self {
        Config { nodes, election: Spread::millis(150, 300), heartbeat: Span::millis(50), noop: true, batch: 64 }
    }

    /// Everybody who has a vote.
    pub(super) fn voters(&self) -> NodeSet {
        NodeSet::first(self.nodes)
    }
}
