//! What the last step did, for a trace that programs read: its cause, every message that it sent, delivered or lost, and
//! every write.

use serde::Serialize;

use crate::observe::{MessageView, Show};
use crate::protocol::{Durable, Protocol};
use crate::sim::{Fact, Happening, LossReason};
use crate::timeline::Present;
use crate::types::{MessageId, NodeId, NodeSet, Time};

/// One transition of a cluster. What it changed in the nodes is the difference of two views.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Transition {
    /// How many steps have been carried out; 0 at the start.
    pub step: u64,
    /// When.
    pub at: Time,
    /// The step; none at the start, when all nodes boot, and where the run is not recorded.
    pub cause: Option<String>,
    /// The nodes that handled something, or were taken away.
    pub nodes: NodeSet,
    /// Messages that arrived and were handled.
    pub delivered: Vec<Message>,
    /// Messages that will never arrive.
    pub lost: Vec<Lost>,
    /// What nodes have written to their disks, in order, where the run is recorded.
    pub persisted: Vec<Persisted>,
    /// Nodes whose oldest write has become safe, where that takes time.
    pub flushed: Vec<NodeId>,
    /// Messages that were sent, copies made by the network included.
    pub sent: Vec<Message>,
}

/// A message.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Message {
    /// Which: `n1->n3#17`.
    pub id: MessageId,
    /// What it is and carries.
    #[serde(flatten)]
    pub message: MessageView,
}

/// A message that will never arrive.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Lost {
    /// Which.
    pub id: MessageId,
    /// Its kind.
    pub kind: &'static str,
    /// Why: `chance`, `cut`, `down` or `hand`.
    pub why: LossReason,
}

/// A write.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Persisted {
    /// Whose.
    pub node: NodeId,
    /// What: `term 2, vote n1`.
    pub what: String,
}

impl Transition {
    /// What the last step did.
    pub fn of<P: Protocol>(present: &Present<P>) -> Transition {
        let cluster = present.cluster();
        let mut transition = Transition {
            step: cluster.steps(),
            at: cluster.now(),
            cause: cluster.last_step().map(ToString::to_string),
            nodes: cluster.touched(),
            delivered: Vec::new(),
            lost: Vec::new(),
            persisted: Vec::new(),
            flushed: Vec::new(),
            sent: Vec::new(),
        };
        for fact in cluster.facts() {
            match fact {
                Fact::Delivered(flight) => {
                    transition.delivered.push(Message { id: flight.id, message: flight.payload.show() });
                }
                Fact::Lost(flight, why) => {
                    transition.lost.push(Lost { id: flight.id, kind: flight.payload.kind(), why: *why });
                }
                Fact::Persisted(node, write) => {
                    transition.persisted.push(Persisted { node: *node, what: P::Durable::say(write) });
                }
                Fact::Happened(Happening::Flushed(node)) => transition.flushed.push(*node),
                Fact::Happened(Happening::Sent(id) | Happening::Duplicated { copy: id, .. }) => {
                    let flight = cluster.network().flights().find(|flight| flight.id == *id);
                    transition.sent.extend(flight.map(|flight| Message { id: *id, message: flight.payload.show() }));
                }
                Fact::Outgoing { .. } | Fact::Noted(..) | Fact::Happened(_) => {}
            }
        }
        transition
    }
}
