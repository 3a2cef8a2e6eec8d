//! The protocol-neutral words in which a protocol shows itself: role, epoch, slots, votes, peers.
//!
//! Raft's term and Multi-Paxos's ballot are both an *epoch*; a log entry and a slot are both a
//! *slot*; nextIndex, matchIndex and their like are *peers*. Each protocol brings its own names for
//! these in a [`Vocabulary`], so the page can speak of terms without a line of it knowing what a term
//! is. This file knows no protocol; a protocol that cannot say something in these words leaves it out.

use std::sync::Arc;

use serde::Serialize;

use crate::kv::{Outcome, Request};
use crate::types::{NodeId, NodeSet};

/// The names that a protocol has for the neutral words, and the legend of its picture.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Vocabulary {
    /// The name for machines: `raft`.
    pub protocol: &'static str,
    /// The name for people: `Raft`.
    pub title: &'static str,
    /// One sentence that says what the protocol is.
    pub sentence: &'static str,
    /// What an epoch is called: `term`.
    pub epoch: &'static str,
    /// What a sequence of slots is called: `log`.
    pub slots: &'static str,
    /// What the place of a slot is called: `index`.
    pub slot: &'static str,
    /// What the highest committed slot is called: `commitIndex`.
    pub committed: &'static str,
    /// What the highest applied slot is called: `lastApplied`.
    pub applied: &'static str,
    /// What a leader calls the slot that it sends a peer next: `nextIndex`.
    pub next: &'static str,
    /// What a leader calls the highest slot that it knows a peer to hold: `matchIndex`.
    pub matched: &'static str,
    /// The name of the timer that is drawn on a node's rim and that a person may force.
    pub main_timer: Option<&'static str>,
    /// What its attempts to come to lead are called: `elections`; empty where nobody need try.
    pub bids: &'static str,
    /// Every role, in the order of the legend.
    pub roles: &'static [RoleWord],
    /// Every kind of message, in the order of the legend.
    pub messages: &'static [MessageWord],
    /// What an operator may tell a node.
    pub orders: &'static [OrderWord],
    /// The ways in which a client may say that it wants to read; none where there is only one.
    pub reads: &'static [&'static str],
    /// Whether nodes may be added to a running cluster.
    pub grows: bool,
    /// What is said of a node that takes part in full, that only follows along, and that takes no part; none where all
    /// nodes take part from the start to the end.
    pub standings: &'static [&'static str],
}

/// An order, as the page offers it and explains it.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct OrderWord {
    /// How a step's text begins: `transfer`.
    pub verb: &'static str,
    /// Whom it names, if anybody: another node.
    pub names: Named,
    /// Whether only a leader is told this.
    pub led: bool,
    /// What it is called on a button: `Hand over the lead`.
    pub label: &'static str,
    /// What it does, in one sentence.
    pub sentence: &'static str,
    /// Where it is described.
    pub section: &'static str,
}

/// Whom an order names beside the node that is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Named {
    /// Nobody.
    Nobody,
    /// Somebody who takes part.
    Member,
    /// Somebody who does not vote.
    Other,
    /// Everybody who shall take part.
    All,
}

/// What a choice may be.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// `true` or `false`.
    Switch,
    /// A whole number.
    Number,
    /// A length of time: `50ms`.
    Span,
    /// Two lengths of time: `150ms..300ms`.
    Spread,
    /// A share: `5%`.
    Share,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A text of its own kind.
    Text,
}

/// A role, as the legend tells it.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct RoleWord {
    /// The protocol's name for it.
    pub name: &'static str,
    /// How it is drawn.
    pub mark: RoleMark,
    /// What it does, in one sentence.
    pub sentence: &'static str,
}

/// How a role is drawn: told apart by shape and word, never by colour alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RoleMark {
    /// In charge: a solid ring and a crown.
    Crown,
    /// Trying to be in charge: a dashed ring and the votes so far.
    Seeking,
    /// Taking part: a plain ring.
    Plain,
    /// Only following along: a thin ring.
    Passive,
    /// Taking no part: faded.
    Absent,
}

/// A kind of message, as the legend tells it.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct MessageWord {
    /// The protocol's name for it.
    pub name: &'static str,
    /// How it is drawn.
    pub shape: Shape,
    /// Whether it answers another message: drawn hollow.
    pub reply: bool,
    /// What it is for, in one sentence.
    pub sentence: &'static str,
}

/// The shape of a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
    /// Asks for support: a vote, a promise.
    Triangle,
    /// Carries slots.
    Square,
    /// Carries nothing but "I am here".
    Dot,
    /// Says that something is decided.
    Diamond,
    /// Carries the place of many slots at once: a thick block.
    Block,
    /// A client's request or its answer: a rounded tag with words in it.
    Tag,
}

/// Whether a reply says yes or no: drawn as + or -.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Sign {
    /// Granted, accepted, done.
    Plus,
    /// Refused.
    Minus,
}

/// A number that only grows and that names who may lead; drawn as a colour and a text.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Epoch {
    /// Chooses the colour.
    pub number: u64,
    /// What is written: `3`, `2.1`.
    pub text: String,
}

impl From<crate::types::Term> for Epoch {
    fn from(term: crate::types::Term) -> Self {
        Epoch { number: term.0, text: term.to_string() }
    }
}

/// A labelled value for the inspector, e.g. `votedFor: n2`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Fact {
    /// The protocol's name for it.
    pub name: &'static str,
    /// Its value as text.
    pub value: String,
}

impl Fact {
    /// A value under a name.
    pub fn new(name: &'static str, value: impl ToString) -> Self {
        Fact { name, value: value.to_string() }
    }
}

/// One slot of a node's log.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Slot {
    /// Its place, from 1.
    pub index: u64,
    /// The epoch that it was written in.
    pub epoch: Epoch,
    /// What kind of thing it holds.
    pub kind: SlotKind,
    /// The command: `put a val_7`.
    pub text: String,
    /// A hash of this slot's contents: slots that are equal hold the same.
    pub digest: String,
}

/// What a slot holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum SlotKind {
    /// Something for the store to do.
    Command,
    /// Who takes part from there on.
    Members,
    /// Nothing.
    Empty,
}

/// What has taken the place of a node's first slots.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct SnapshotView {
    /// The last slot that is in it.
    pub slot: u64,
    /// The epoch of that slot.
    pub epoch: Epoch,
    /// How large it is.
    pub bytes: u64,
}

/// A vote that is being counted.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Tally {
    /// Who may vote.
    pub voters: NodeSet,
    /// Who has granted.
    pub granted: NodeSet,
    /// Who has refused.
    pub refused: NodeSet,
    /// How many must grant.
    pub needed: u32,
}

/// What a leader knows of another node.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Peer {
    /// The other node.
    pub node: NodeId,
    /// The slot that it is sent next.
    pub next: u64,
    /// The highest slot that it is known to hold.
    pub matched: u64,
    /// How it is sent what it lacks: `probe`, `replicate`; empty where the protocol knows no such states.
    pub state: &'static str,
    /// How many messages are on their way to it without an answer.
    pub in_flight: u64,
    /// How many bytes of slots these carry.
    pub bytes: u64,
    /// How many bytes it has of a snapshot that it is being sent, and how many there are.
    pub snapshot: Option<(u64, u64)>,
}

/// A node at one moment.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct NodeView {
    /// The protocol's word for the role: `leader`.
    pub role: &'static str,
    /// How the role is drawn.
    pub mark: RoleMark,
    /// The epoch that the node is in, if the protocol has such.
    pub epoch: Option<Epoch>,
    /// Whom the node has voted for in this epoch.
    pub vote: Option<NodeId>,
    /// Whom the node takes for the leader.
    pub leader: Option<NodeId>,
    /// The vote that this node is counting.
    pub tally: Option<Tally>,
    /// The slots from [`NodeView::first_slot`] on that were asked for; gaps are left out.
    pub slots: Vec<Slot>,
    /// The lowest slot that the node still has.
    pub first_slot: u64,
    /// The highest slot that the node has; 0 where it has none.
    pub last_slot: u64,
    /// The highest slot that the node knows to be committed.
    pub committed: u64,
    /// The highest slot that the node has applied to its store.
    pub applied: u64,
    /// The highest slot that is safe on its own disk, where the protocol keeps account of that.
    pub durable: Option<u64>,
    /// What has taken the place of its first slots, if anything has.
    pub snapshot: Option<SnapshotView>,
    /// The sets of nodes of which a majority each must agree, as this node sees it: two while they change.
    pub quorums: Vec<NodeSet>,
    /// Who follows along without a vote, as this node sees it.
    pub learners: NodeSet,
    /// What a leader knows of the others.
    pub peers: Vec<Peer>,
    /// The node's own copy of the key-value store, in order of the keys; none where it keeps none.
    pub store: Option<Vec<(String, String)>>,
    /// Everything else worth knowing, for the inspector.
    pub facts: Vec<Fact>,
}

impl NodeView {
    /// A node of which nothing is known but what it is.
    pub fn new(role: &'static str, mark: RoleMark) -> Self {
        NodeView {
            role,
            mark,
            epoch: None,
            vote: None,
            leader: None,
            tally: None,
            slots: Vec::new(),
            first_slot: 1,
            last_slot: 0,
            committed: 0,
            applied: 0,
            durable: None,
            snapshot: None,
            quorums: Vec::new(),
            learners: NodeSet::EMPTY,
            peers: Vec::new(),
            store: None,
            facts: Vec::new(),
        }
    }
}

/// Which slots of each log a picture shows: `from` and the `count - 1` after it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Window {
    /// The first slot shown, from 1.
    pub from: u64,
    /// How many are shown at most.
    pub count: u64,
}

impl Window {
    /// Whether the slot is shown.
    pub fn shows(self, index: u64) -> bool {
        index >= self.from && index - self.from < self.count
    }
}

/// A message, apart from who sends it to whom and when.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct MessageView {
    /// The protocol's name for its kind: `AppendEntries`.
    pub kind: &'static str,
    /// How it is drawn.
    pub shape: Shape,
    /// Whether it answers another message.
    pub reply: bool,
    /// Whether it says yes or no.
    pub sign: Option<Sign>,
    /// The epoch of its sender when it was sent.
    pub epoch: Option<Epoch>,
    /// A few characters that may stand beside it: `put a`.
    pub label: String,
    /// What it carries, for the inspector.
    pub facts: Vec<Fact>,
}

/// How much an event matters to somebody who watches.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Weight {
    /// One of very many; shown only to those who ask for everything.
    Detail,
    /// Part of the story.
    Story,
    /// A turning point: an election won, an entry committed, a crash.
    Turn,
}

/// What a turning point is, so that a timeline can mark it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Landmark {
    /// Somebody won an election.
    Leader,
    /// A slot was committed.
    Commit,
    /// A node crashed or came back.
    Crash,
    /// The network changed.
    Network,
    /// A property was violated.
    Violation,
}

/// One event in words.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Told {
    /// One sentence with what happened and why.
    pub text: String,
    /// Where it is described: `Raft §5.2`; empty where nothing needs to be looked up.
    pub section: &'static str,
    /// How much it matters.
    pub weight: Weight,
    /// What it marks on the timeline.
    pub landmark: Option<Landmark>,
}

impl Told {
    /// A sentence with its section.
    pub fn new(weight: Weight, section: &'static str, text: String) -> Self {
        Told { text, section, weight, landmark: None }
    }

    /// The same, marked on the timeline.
    #[must_use]
    pub fn mark(mut self, landmark: Landmark) -> Self {
        self.landmark = Some(landmark);
        self
    }
}

/// What a node does to come to lead, for whoever counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Bid {
    /// It begins to try.
    Begun,
    /// It leads.
    Won,
}

/// Turns a fact that a protocol noted into a sentence.
pub trait Tell {
    /// The sentence, whose subject is the node that noted the fact.
    fn tell(&self) -> Told;

    /// Whether the fact is one of an attempt to lead, without the cost of a sentence.
    fn bid(&self) -> Option<Bid> {
        None
    }

    /// Whether the node refuses what another one asked of it.
    fn refuses(&self) -> bool {
        false
    }

    /// The rule behind what was done, for somebody who asks why.
    fn rule(&self) -> Option<&'static str> {
        None
    }

    /// What the node has carried out.
    fn carried(&self) -> Option<Carried> {
        None
    }
}

/// A request that a node has carried out, or answered from what it had carried out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Carried {
    /// In which slot it stands; of what stands in none, the last slot that had been carried out.
    pub slot: u64,
    /// Whether it stands in that slot.
    pub stands: bool,
    /// Which request.
    pub request: Arc<Request>,
    /// What it came to; none where it was passed over, since it had been carried out before.
    pub outcome: Option<Outcome>,
}

/// Shows a message as a picture and in words.
pub trait Show {
    /// The name of its kind alone, without the cost of the rest.
    fn kind(&self) -> &'static str;
    /// How much of a link it takes, in bytes, as a plain binary form would write it: 1 for its kind, 8 for each number
    /// in it, 1 for each node and each yes or no, and what it carries as that says itself. What a transport puts around
    /// a message is not counted.
    fn bytes(&self) -> u64;
    /// All that can be seen of it.
    fn show(&self) -> MessageView;
}
