//! What is chosen before a run.

use crate::protocol::Protocol;
use crate::sim::{ClientRules, Drift, LinkRules};
use crate::types::{NodeId, Span, Spread};

/// Everything that is chosen before a run.
#[derive(Clone, Debug)]
pub struct Setup<P: Protocol> {
    /// Where all chance of the run comes from.
    pub seed: u64,
    /// The protocol's own choices, the number of nodes among them.
    pub protocol: P::Config,
    /// How many clients there are.
    pub clients: u8,
    /// How clients behave.
    pub client: ClientRules,
    /// What an ordinary link does.
    pub link: LinkRules,
    /// How long a write takes to reach a disk.
    pub disk: Spread,
    /// The same for single nodes, where it is not that.
    pub disks: Vec<(NodeId, Spread)>,
    /// How much too fast or too slow clocks run; those that are not named are true.
    pub clocks: Vec<(NodeId, Drift)>,
    /// What disks hold at the start; those that are not named are empty.
    pub given: Vec<(NodeId, P::Durable)>,
    /// Whether clients send requests of their own from the start.
    pub traffic: bool,
}

impl<P: Protocol> Setup<P> {
    /// Three idle clients, an ordinary network, disks that flush at once.
    pub fn new(seed: u64, protocol: P::Config) -> Self {
        Setup {
            seed,
            protocol,
            clients: 3,
            client: ClientRules::default(),
            link: LinkRules::default(),
            disk: Spread::exactly(Span::ZERO),
            disks: Vec::new(),
            clocks: Vec::new(),
            given: Vec::new(),
            traffic: false,
        }
    }

    pub(super) fn disk_of(&self, id: NodeId) -> Spread {
        said_of(&self.disks, id).copied().unwrap_or(self.disk)
    }

    pub(super) fn clock_of(&self, id: NodeId) -> Drift {
        said_of(&self.clocks, id).copied().unwrap_or_default()
    }

    pub(super) fn given_to(&self, id: NodeId) -> P::Durable {
        said_of(&self.given, id).cloned().unwrap_or_default()
    }
}

/// What is said of a node, if anything is.
fn said_of<T>(said: &[(NodeId, T)], id: NodeId) -> Option<&T> {
    said.iter().find(|(node, _)| *node == id).map(|(_, value)| value)
}
