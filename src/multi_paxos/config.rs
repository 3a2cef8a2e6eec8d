//! How many of each kind there are, and who is who.

use crate::protocol::Bugs;
use crate::types::{NodeId, Span, Spread};

/// The same for every node of a cluster. Acceptors have the lowest numbers, then leaders, then
/// replicas.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Config {
    /// How many acceptors there are.
    pub acceptors: u8,
    /// How many leaders there are; all but one wait in vain, as long as that one is heard.
    pub leaders: u8,
    /// How many passive replicas there are.
    pub replicas: u8,
    /// How long the first leader waits before its Phase 1; each further leader waits for the longest
    /// time once more, and anew whenever it hears of another leader's ballot.
    pub phase1: Spread,
    /// How often a leader sends again what has not been answered, or says that it is there.
    pub resend: Span,
    /// How many times `resend` may pass before a leader tells a client that no quorum has answered.
    pub give_up: u8,
    /// The mistakes that are made on purpose.
    pub bugs: Bugs,
}

/// What a node is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Kind {
    /// Promises and accepts.
    Acceptor,
    /// Proposes.
    Leader,
    /// Follows along.
    Replica,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::Acceptor => "acceptor",
            Kind::Leader => "leader",
            Kind::Replica => "replica",
        }
    }
}

/// How often the spread of a leader that is outbid again and again is doubled at most.
const MOST_DOUBLINGS: u8 = 3;

impl Config {
    /// So many of each kind.
    pub fn new(acceptors: u8, leaders: u8, replicas: u8) -> Self {
        Config {
            acceptors,
            leaders,
            replicas,
            phase1: Spread::millis(150, 300),
            resend: Span::millis(50),
            give_up: 10,
            bugs: Bugs::default(),
        }
    }

    /// What a node is, and the how manyth of its kind, from 1.
    pub fn kind(&self, id: NodeId) -> (Kind, u8) {
        if id.0 <= self.acceptors {
            (Kind::Acceptor, id.0)
        } else if id.0 <= self.acceptors + self.leaders {
            (Kind::Leader, id.0 - self.acceptors)
        } else {
            (Kind::Replica, id.0 - self.acceptors - self.leaders)
        }
    }

    /// All nodes of a kind, in order.
    pub fn all(&self, kind: Kind) -> impl Iterator<Item = NodeId> + Clone + use<> {
        let (before, count) = match kind {
            Kind::Acceptor => (0, self.acceptors),
            Kind::Leader => (self.acceptors, self.leaders),
            Kind::Replica => (self.acceptors + self.leaders, self.replicas),
        };
        (before + 1..=before + count).map(NodeId)
    }

    /// The leader with this number.
    pub(super) fn leader(&self, number: u8) -> NodeId {
        NodeId(self.acceptors + number)
    }

    /// How long a leader waits for another one before it takes over. Whoever has been outbid waits for a time that is
    /// drawn from a wider spread each time, so that of two who outbid each other one comes first at last.
    pub(super) fn patience(&self, number: u8, defeats: u8) -> Spread {
        let before = self.phase1.max.0 * u64::from(number - 1);
        let widest = self.phase1.max.0 << defeats.min(MOST_DOUBLINGS);
        Spread { min: Span(self.phase1.min.0 + before), max: Span(widest + before) }
    }
}
