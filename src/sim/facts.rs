//! What a step did, as typed facts, in the order in which it happened.
//!
//! Everything that is told of a run is printed from these: the list of events, the caption, the
//! schedule of the command line. A cluster keeps only the facts of its last step; whoever wants more
//! takes them away.

use std::sync::Arc;

use serde::Serialize;

use crate::kv::Request;
use crate::protocol::{Answer, Did, Durable, Order, Protocol, World};
use crate::sim::{Cluster, Flight, Payload, Step};
use crate::types::{ClientId, MessageId, NodeId, NodeSet, Process, Span};

/// Why a message never arrived.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LossReason {
    /// The network lost it, as its rules say it may.
    Chance,
    /// Its link was cut.
    Cut,
    /// Its receiver was down.
    Down,
    /// Somebody dropped it.
    Hand,
}

/// One thing that a step did.
#[derive(Clone, Debug)]
pub enum Fact<P: Protocol> {
    /// A message arrived and was handled.
    Delivered(Flight<P::Message>),
    /// A message will never arrive.
    Lost(Flight<P::Message>, LossReason),
    /// A node has something written to its disk; it is safe there once it is flushed. Kept only where the
    /// run is recorded, see [`Cluster::record`](crate::sim::Cluster::record).
    Persisted(NodeId, <P::Durable as Durable>::Write),
    /// A node wants a message sent to another: it goes on its way once what the node wrote before is flushed. Kept
    /// only where the run is recorded.
    Outgoing {
        /// Who sends it.
        from: NodeId,
        /// To whom.
        to: NodeId,
        /// What.
        message: P::Message,
    },
    /// A protocol noted something.
    Noted(NodeId, P::Note),
    /// Something that is the same for all protocols.
    Happened(Happening),
}

/// What happens to machines, links and clients, whatever the protocol.
#[derive(Clone, Debug)]
pub enum Happening {
    /// A message was sent; it can be found in the network.
    Sent(MessageId),
    /// A message got a copy.
    Duplicated {
        /// The copy.
        copy: MessageId,
        /// Whether somebody made it, rather than the network.
        forced: bool,
    },
    /// A message arrived at a paused node and waits.
    Held(MessageId),
    /// A message was made to arrive later.
    Delayed(MessageId, Span),
    /// A timer ran out; `forced` before its time.
    Fired {
        /// Whose.
        node: NodeId,
        /// Which.
        timer: &'static str,
        /// Whether somebody forced it.
        forced: bool,
    },
    /// A write reached the disk.
    Flushed(NodeId),
    /// A node crashed and so many writes that had not reached its disk were lost.
    Crashed(NodeId, usize),
    /// A node started from its disk.
    Restarted(NodeId),
    /// A new node started with an empty disk.
    Started(NodeId),
    /// A node crashed in the midst of a write; so many, that one included, had not reached its disk.
    Torn(NodeId, usize),
    /// An operator told a node something.
    Ordered(NodeId, Order),
    /// A node was paused.
    Paused(NodeId),
    /// A node went on.
    Resumed(NodeId),
    /// The network, a clock, a disk or the traffic was changed by this step.
    Changed(Step),
    /// A client turned to a node.
    Asked {
        /// Who asks.
        client: ClientId,
        /// Whom.
        to: NodeId,
        /// What.
        request: Arc<Request>,
        /// The how manyth time.
        attempt: u64,
    },
    /// A client waited in vain for an answer.
    Waited(ClientId, NodeId),
    /// A client got an answer to its running request.
    Answered(ClientId, Arc<Request>, NodeId, Answer),
}

/// Of whom there are facts of some kinds, so that nobody need look for those that there are not.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Marks {
    /// Who has noted something.
    pub(super) noted: NodeSet,
    /// Of whom something went on its way.
    pub(super) sent: NodeSet,
    /// Whether a client has turned to somebody.
    pub(super) asked: bool,
    /// Whether a client got an answer.
    pub(super) answered: bool,
}

/// What a property may see of a cluster beside its nodes: disks, and what the last step did.
impl<P: Protocol> World<P> for Cluster<P> {
    fn config(&self) -> &P::Config {
        Cluster::config(self)
    }

    fn disk(&self, id: NodeId) -> &P::Durable {
        self.host(id).disk.durable()
    }

    fn did(&self, of: NodeId) -> Did {
        let Marks { noted, sent, asked, .. } = self.marks;
        Did { noted: noted.contains(of), sent: sent.contains(of), asked }
    }

    fn notes(&self, of: NodeId, each: &mut dyn FnMut(&P::Note)) {
        for fact in self.facts() {
            match fact {
                Fact::Noted(node, note) if *node == of => each(note),
                _ => {}
            }
        }
    }

    fn sent(&self, from: NodeId, each: &mut dyn FnMut(NodeId, &P::Message)) {
        for fact in self.facts() {
            let Fact::Happened(Happening::Sent(id)) = fact else { continue };
            let (Process::Node(sender), Process::Node(to)) = (id.from, id.to) else { continue };
            let flight = if sender == from { self.network().flight(*id) } else { None };
            if let Some(Flight { payload: Payload::Protocol(message), .. }) = flight {
                each(to, message);
            }
        }
    }

    fn asked(&self, each: &mut dyn FnMut(ClientId, u64)) {
        for fact in self.facts() {
            if let Fact::Happened(Happening::Asked { client, request, attempt: 1, .. }) = fact {
                request.origin.into_iter().for_each(|(_, seq)| each(*client, seq));
            }
        }
    }
}
