//! What a node is told: messages, timers, requests, flushed writes, and what operators want.

use std::sync::Arc;

use super::{Durable, Protocol};
use crate::kv::Request;
use crate::types::{NodeId, NodeSet};

/// What a node is told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Input<P: Protocol> {
    /// A message has arrived.
    Deliver {
        /// Who sent it.
        from: NodeId,
        /// What it says.
        message: P::Message,
    },
    /// A timer has run out; it is no longer armed.
    Timeout(P::Timer),
    /// A client asks for something.
    Request(Arc<Request>),
    /// Several have asked by the time the node gets to it: what they cause may be written and sent together.
    Requests(Vec<Arc<Request>>),
    /// A write has reached the disk: the oldest that had not.
    Flushed(<P::Durable as Durable>::Receipt),
    /// An operator wants something of this node.
    Order(Order),
    /// Something was chosen anew: the configuration is another one than at the last input.
    Configured,
}

/// What an operator tells a node, apart from any client.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Order {
    /// Ask for votes now, as if the timer for that had run out.
    Campaign,
    /// Hand the lead over to this node.
    Transfer(NodeId),
    /// Believe in no leader until one is heard.
    Forget,
    /// Put a snapshot in the place of all that is applied.
    Compact,
    /// Let this node vote.
    Add(NodeId),
    /// Let this node follow along without a vote.
    Learn(NodeId),
    /// Let this node take part no longer.
    Remove(NodeId),
    /// Let exactly these take part.
    Members {
        /// Who votes.
        voters: NodeSet,
        /// Who follows along.
        learners: NodeSet,
        /// Whether the change is left half done until an operator ends it with [`Order::Leave`].
        stay: bool,
    },
    /// End a change that was left half done.
    Leave,
}
