//! The seam between a protocol and the world that runs it.
//!
//! A protocol is a pure state machine: it is handed one [`Input`] and answers with [`Effect`]s. It
//! has no clock (it arms timers by name), no randomness (it names a spread, the world draws), no
//! I/O, no floats and no unordered map; so the same inputs give the same effects everywhere, its
//! state can be hashed and compared, and whoever explores all schedules can leave time out.
//!
//! **The contract of order.** Effects are carried out in the order in which they stand. A `Send` or
//! `Reply` is held back until every `Persist` of the same node before it has been flushed to disk: a
//! node can promise only what it will remember. A crash keeps exactly what was flushed.
//!
//! This file knows neither the protocols nor the simulation.

use std::fmt::Debug;
use std::hash::Hash;
use std::sync::Arc;

use crate::kv::{Command, Outcome, Request};
use crate::observe::{NodeView, Show, Tell, Vocabulary, Window};
use crate::types::{ClientId, NodeId, Spread};

/// A consensus protocol, as one node runs it.
pub trait Protocol: Clone + Eq + Hash + Debug + 'static {
    /// What may be chosen before a run; the same for every node of a cluster.
    type Config: Clone + Hash + Debug;
    /// What survives a crash.
    type Durable: Durable;
    /// What nodes send each other.
    type Message: Clone + Eq + Hash + Debug + Show;
    /// The timers of a node, by name.
    type Timer: TimerName;
    /// A fact that a node notes for whoever watches.
    type Note: Clone + Debug + Tell;
    /// What the checkers of the protocol's properties must remember of the past.
    type Witness: Clone + Default + Debug;

    /// The names of things, and the legend.
    const WORDS: Vocabulary;

    /// How many nodes a cluster with this configuration has.
    fn nodes(config: &Self::Config) -> u8;

    /// What a node is called among people: `n3`, `acceptor 2`.
    fn name(config: &Self::Config, id: NodeId) -> String;

    /// The nodes that a client may turn to with a request.
    fn doors(config: &Self::Config) -> Vec<NodeId>;

    /// A disk that holds what is given, for a run that starts in the midst of a story.
    ///
    /// # Errors
    ///
    /// One sentence, where no node of this protocol could have come to hold it, or where the protocol
    /// cannot start from anything but empty disks.
    fn given(config: &Self::Config, given: &Given) -> Result<Self::Durable, String> {
        let _ = (config, given);
        Err(format!("{} starts with empty disks only", Self::WORDS.title))
    }

    /// A node that starts, for the first time or after a crash, with what its disk kept.
    fn boot(id: NodeId, config: &Self::Config, durable: &Self::Durable, out: &mut Effects<Self>) -> Self;

    /// Everything that a node ever does, it does in answer to an input.
    fn handle(&mut self, config: &Self::Config, input: Input<Self>, out: &mut Effects<Self>);

    /// The highest slot that the node has; 0 where it has none.
    fn last_slot(&self) -> u64;

    /// The number of the epoch that the node is in, as [`Protocol::observe`] shows it; 0 where there is none.
    fn epoch(&self) -> u64;

    /// The node as it can be seen from outside.
    fn observe(&self, config: &Self::Config, window: Window) -> NodeView;

    /// What must hold of every run.
    fn properties() -> &'static [Property<Self>];

    /// Takes note of what a step changed, after the properties were checked against what was known.
    fn remember(witness: &mut Self::Witness, moment: &Moment<'_, Self>);
}

/// What a node holds on its disk before a run starts, in neutral words.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Given {
    /// The epoch that it is in; where none is said, that of its last slot.
    pub epoch: Option<u64>,
    /// Whom it has voted for in that epoch.
    pub vote: Option<NodeId>,
    /// Its slots from the first on: each with its epoch and its command.
    pub slots: Vec<(u64, Command)>,
}

/// What a disk keeps for a node, changed only by writes.
pub trait Durable: Clone + Default + Eq + Hash + Debug {
    /// One change.
    type Write: Clone + Eq + Hash + Debug;
    /// What the node is told when a write has been flushed.
    type Receipt: Copy + Eq + Hash + Debug;

    /// Carries out one write.
    fn write(&mut self, write: &Self::Write) -> Self::Receipt;

    /// A write in a few words, for a trace: `term 2, vote n1`.
    fn say(write: &Self::Write) -> String;
}

/// A timer of a node: armed by name, at most once at a time.
pub trait TimerName: Copy + Eq + Ord + Hash + Debug + 'static {
    /// Every timer that the protocol has.
    const ALL: &'static [Self];

    /// The name, as steps and views write it.
    fn name(self) -> &'static str;

    /// Where it stands in [`TimerName::ALL`].
    fn place(self) -> usize {
        Self::ALL.iter().position(|timer| *timer == self).expect("every timer is in ALL")
    }

    /// Where the timer of this name stands in [`TimerName::ALL`].
    fn named(name: &str) -> Option<usize> {
        Self::ALL.iter().position(|timer| timer.name() == name)
    }
}

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
    /// A write has reached the disk.
    Flushed(<P::Durable as Durable>::Receipt),
}

/// What a node wants done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect<P: Protocol> {
    /// Write this to disk.
    Persist(<P::Durable as Durable>::Write),
    /// Send this to another node, once all earlier writes are flushed.
    Send {
        /// The receiver; never the node itself.
        to: NodeId,
        /// What is sent.
        message: P::Message,
    },
    /// Let a timer run out after a time drawn from `within`; a running one is set anew.
    Arm {
        /// Which timer.
        timer: P::Timer,
        /// The spread that the world draws from, on the node's own clock.
        within: Spread,
    },
    /// Stop a timer; nothing happens where it is not running.
    Disarm(P::Timer),
    /// Answer a client, once all earlier writes are flushed.
    Reply {
        /// Who asked.
        client: ClientId,
        /// Which of its requests this answers.
        seq: u64,
        /// The answer.
        answer: Answer,
    },
    /// Tell whoever watches. Changes nothing.
    Note(P::Note),
}

/// What a node answers a client.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Answer {
    /// The command was committed and carried out; this is what it came to.
    Done(Outcome),
    /// This node does not lead; the node named here does, as far as it knows.
    Redirect(Option<NodeId>),
    /// The request was given up; whether it will be carried out is unknown. `consensus failed`.
    Failed,
}

/// The effects of one input, in their order.
#[derive(Clone, Debug)]
pub struct Effects<P: Protocol> {
    list: Vec<Effect<P>>,
}

impl<P: Protocol> Default for Effects<P> {
    fn default() -> Self {
        Effects { list: Vec::new() }
    }
}

impl<P: Protocol> Effects<P> {
    /// Asks for a write to disk.
    pub fn persist(&mut self, write: <P::Durable as Durable>::Write) {
        self.list.push(Effect::Persist(write));
    }

    /// Asks for a message to be sent.
    pub fn send(&mut self, to: NodeId, message: P::Message) {
        self.list.push(Effect::Send { to, message });
    }

    /// Asks for a timer.
    pub fn arm(&mut self, timer: P::Timer, within: Spread) {
        self.list.push(Effect::Arm { timer, within });
    }

    /// Asks for a timer to be stopped.
    pub fn disarm(&mut self, timer: P::Timer) {
        self.list.push(Effect::Disarm(timer));
    }

    /// Answers the client behind a request; a request that nobody waits for has no answer.
    pub fn reply(&mut self, request: &Request, answer: Answer) {
        if let Some((client, seq)) = request.origin {
            self.list.push(Effect::Reply { client, seq, answer });
        }
    }

    /// Notes a fact.
    pub fn note(&mut self, note: P::Note) {
        self.list.push(Effect::Note(note));
    }

    /// Takes all effects out, in their order; the room for the next ones is kept.
    pub fn drain(&mut self) -> impl Iterator<Item = Effect<P>> {
        self.list.drain(..)
    }

    /// The effects so far.
    pub fn as_slice(&self) -> &[Effect<P>] {
        &self.list
    }
}

/// Something that must hold, of states or of what a step may do to them.
pub struct Property<P: Protocol> {
    /// The name for machines: `election-safety`.
    pub name: &'static str,
    /// What it says, in one sentence.
    pub sentence: &'static str,
    /// Where it is stated.
    pub section: &'static str,
    /// Looks at the one node that a step changed, beside all others and the remembered past; the
    /// error names who contradicts whom.
    pub check: fn(&P::Witness, &Moment<'_, P>) -> Result<(), String>,
}

/// All nodes just after a step that changed one of them.
pub struct Moment<'a, P: Protocol> {
    /// The node that was changed.
    pub changed: NodeId,
    /// Every node, in order; none for one that is down.
    pub nodes: &'a [Option<P>],
}

impl<P: Protocol> Moment<'_, P> {
    /// The changed node's state; none where it has just crashed.
    pub fn state(&self) -> Option<&P> {
        self.nodes[self.changed.slot()].as_ref()
    }
}
