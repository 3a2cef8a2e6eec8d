//! Everything that can be done to a cluster, as data.
//!
//! A step has one canonical one-line text (`crash n3`, `deliver n1->n3#17`, `put c1 a val_7`), see
//! [`Step::parse`](super::Step::parse). Steps name processes, messages and timers; whether such a
//! thing exists at the moment is for [`Cluster::apply`](super::Cluster::apply) to say.

use crate::chance::Ratio;
use crate::kv::{Command, Read};
use crate::protocol::Order;
use crate::sim::{Drift, Links};
use crate::types::{ClientId, MessageId, NodeId, NodeSet, Span, Spread, Text, Time};

/// One thing that is done to a cluster.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Step {
    /// Virtual time goes on to this moment. Refused while something is due before it.
    Until(Time),
    /// A message arrives, whether or not its time has come.
    Deliver(MessageId),
    /// A message is lost.
    Drop(MessageId),
    /// A message gets a copy that travels on its own.
    Duplicate(MessageId),
    /// A message arrives so much later.
    Delay(MessageId, Span),
    /// A node's timer runs out, whether or not its time has come.
    Timeout(NodeId, &'static str),
    /// The oldest write that is on its way to a node's disk arrives there.
    Flush(NodeId),
    /// A client does what it was waiting to do: ask, or ask again.
    Wake(ClientId),
    /// A node loses everything but its disk.
    Crash(NodeId),
    /// A node crashes in the midst of the oldest write that is on its way to its disk.
    Tear(NodeId),
    /// A new machine with an empty disk: the next number.
    Start(NodeId),
    /// An operator tells a node something.
    Order(NodeId, Order),
    /// Something that the protocol lets be chosen is another value from now on, for all nodes.
    Set(Text, Text),
    /// A crashed node starts from its disk.
    Restart(NodeId),
    /// A node is paused: messages wait at its door and its timers do not fire.
    Pause(NodeId),
    /// A paused node goes on.
    Resume(NodeId),
    /// Every crashed node restarts and every paused one goes on.
    ResumeAll,
    /// Nothing that is sent on these links gets through.
    Cut(Links),
    /// These links work again.
    Heal(Links),
    /// All links between a node and the other nodes are cut, both ways.
    Isolate(NodeId),
    /// Links between nodes of different groups are cut, all others between nodes work; nodes that are
    /// in none of the groups form one more.
    Partition(Vec<NodeSet>),
    /// Links follow a new rule from now on.
    Rule(Links, Rule),
    /// A node's clock runs faster or slower, from the next timer on.
    Drift(NodeId, Drift),
    /// A node's disk (or every one) takes so long to flush a write.
    Disk(Option<NodeId>, Spread),
    /// A client sends a request; `to` is the node that it asks first.
    Request {
        /// Which client.
        client: ClientId,
        /// What it asks.
        command: Command,
        /// Whom it asks first; where none is named, whom it takes for the leader.
        to: Option<NodeId>,
        /// In which way it wants to read; none where the cluster's own way will do.
        read: Option<Read>,
    },
    /// Clients begin or cease to send random requests of their own.
    Traffic(bool),
    /// The main timers of all nodes run out together, at the time of the first.
    Align,
    /// The main timers run out one after another, far enough apart for the first to win.
    Spread,
}

/// A property of links that a step can change.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Rule {
    /// How long a message travels.
    Latency(Spread),
    /// The share of messages that is lost.
    Loss(Ratio),
    /// The share of messages that arrives twice.
    Duplication(Ratio),
    /// The share of messages that later ones may overtake.
    Reordering(Ratio),
}
