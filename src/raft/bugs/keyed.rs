//! Rounds of reads that are told apart by who asks alone: an answer to an earlier round of the same client counts for
//! its next read, too.

#[cfg(feature = "bugs")]
use crate::types::SortedMap;
use crate::types::{ClientId, NodeId, NodeSet};

/// As many rounds are remembered: what is answered later than that is late indeed.
#[cfg(feature = "bugs")]
const MOST: usize = 64;

/// What is known of the rounds that were begun for each client.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(in crate::raft) struct Keyed {
    /// For whom which round was begun, oldest first.
    #[cfg(feature = "bugs")]
    rounds: Vec<(u64, ClientId)>,
    /// Who has answered a round of a client since its last read was answered.
    #[cfg(feature = "bugs")]
    acks: SortedMap<ClientId, NodeSet>,
}

#[cfg(feature = "bugs")]
impl Keyed {
    /// A round is begun for a read of this client.
    pub(in crate::raft) fn begin(&mut self, round: u64, client: ClientId) {
        self.rounds.push((round, client));
        let surplus = self.rounds.len().saturating_sub(MOST);
        self.rounds.drain(..surplus);
    }

    /// A follower has answered a round: any of a client's counts for what that client waits for now.
    pub(in crate::raft) fn hear(&mut self, from: NodeId, round: u64) {
        for (_, client) in self.rounds.iter().filter(|(begun, _)| *begun == round) {
            let acks = self.acks.get(client).copied().unwrap_or(NodeSet::EMPTY);
            self.acks.insert(*client, acks.with(from));
        }
    }

    /// Who has answered anything of this client's.
    pub(in crate::raft) fn acks(&self, client: ClientId) -> NodeSet {
        self.acks.get(&client).copied().unwrap_or(NodeSet::EMPTY)
    }

    /// The client's read is answered.
    pub(in crate::raft) fn end(&mut self, client: ClientId) {
        self.acks.insert(client, NodeSet::EMPTY);
    }
}

#[cfg(not(feature = "bugs"))]
impl Keyed {
    pub(in crate::raft) fn begin(&mut self, _: u64, _: ClientId) {}
    pub(in crate::raft) fn hear(&mut self, _: NodeId, _: u64) {}
    pub(in crate::raft) fn acks(&self, _: ClientId) -> NodeSet {
        NodeSet::EMPTY
    }
    pub(in crate::raft) fn end(&mut self, _: ClientId) {}
}
