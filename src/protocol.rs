//! The seam between a protocol and the world that runs it.
//!
//! A protocol is a pure state machine: it is handed one [`Input`] and answers with [`Effect`]s. It
//! has no clock (it arms timers by name), no randomness (it names a spread, the world draws), no
//! I/O, no floats and no unordered map; so the same inputs give the same effects everywhere, its
//! state can be hashed and compared, and whoever explores all schedules can leave time out.
//!
//! **The contract of order.** Effects are carried out in the order in which they stand. Writing is three
//! things: a `Persist` begins a write, [`Input::Flushed`] says that it is safe, and what depends on it is
//! held back until then: each `Send` and `Reply` says [`After`] which write it may leave, as a node can promise
//! only what it will remember. A crash keeps exactly what was flushed, or what it was torn in the midst of.
//!
//! This file knows neither the protocols nor the simulation.

use std::fmt::Debug;
use std::hash::Hash;
use std::sync::Arc;

use crate::kv::{Command, Outcome, Request};
use crate::observe::{Kind, NodeView, Show, Tell, Vocabulary, Window};
use crate::types::{ClientId, NodeId, NodeSet, Spread};

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

    /// Has what nodes and disks have alike held once in memory, where that is much: somebody is about to keep a copy of
    /// all of them. Nothing that can be seen changes.
    fn share(nodes: &mut [Option<Self>], disks: Vec<&mut Self::Durable>) {
        let _ = (nodes, disks);
    }

    /// The highest slot that the node has; 0 where it has none.
    fn last_slot(&self) -> u64;

    /// The highest slot that the node, leading, has put something into; of one that does not lead this means nothing.
    fn taken(&self) -> u64 {
        self.last_slot()
    }

    /// The last slot up to which the node knows everything to be committed.
    fn committed(&self) -> u64;

    /// Whether the node takes itself for the leader: it is drawn with a crown then.
    fn leads(&self) -> bool;

    /// The number of the epoch that the node is in, as [`Protocol::observe`] shows it; 0 where there is none.
    fn epoch(&self) -> u64;

    /// The node as it can be seen from outside.
    fn observe(&self, config: &Self::Config, window: Window) -> NodeView;

    /// What can be chosen anew while a cluster runs, in the order in which a person reads it.
    fn options() -> &'static [Choice<Self::Config>] {
        &[]
    }

    /// A choice that makes all others at once: one of its words is what is chosen where nobody has chosen, the first.
    fn preset() -> Option<&'static Choice<Self::Config>> {
        None
    }

    /// What random operators choose while a cluster runs, as names and values of [`Protocol::options`]; safety rests on
    /// none of these. Where there are none, nobody gives orders either.
    const WHIMS: &'static [(&'static str, &'static str)] = &[];

    /// What is chosen in the end, for progress to be possible whatever they have chosen.
    const MENDED: &'static [(&'static str, &'static str)] = &[];

    /// Why a node cannot do what it is told, as things stand; none where it can.
    fn refuses(&self, config: &Self::Config, order: Order) -> Option<String> {
        let _ = (config, order);
        Some(format!("{} takes no orders", Self::WORDS.title))
    }

    /// What must hold of every run.
    fn properties() -> &'static [Property<Self>];

    /// Takes note of what clients ask in a step that changes no node.
    fn remember_asked(witness: &mut Self::Witness, world: &dyn World<Self>) {
        let _ = (witness, world);
    }

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

    /// The machine has crashed in the midst of a write: of what it consists of, the first `whole` parts have
    /// reached the disk, and the next one in part. Where nothing of that kind is kept, nothing has reached it.
    fn tear(&mut self, write: &Self::Write, whole: u64) {
        let _ = (write, whole);
    }

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

    /// Whether it bounds what the node may rely on, rather than calls it to do something. A process that goes on
    /// after a stop looks at its clock before it reads anything: such timers run out first then.
    fn is_deadline(self) -> bool {
        false
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
    /// Several have asked by the time the node gets to it: what they cause may be written and sent together.
    Requests(Vec<Arc<Request>>),
    /// A write has reached the disk: the oldest that had not.
    Flushed(<P::Durable as Durable>::Receipt),
    /// An operator wants something of this node.
    Order(Order),
    /// Something was chosen anew: the configuration is another one than at the last input.
    Configured,
}

/// What a node wants done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect<P: Protocol> {
    /// Write this to disk.
    Persist(<P::Durable as Durable>::Write),
    /// Send this to another node.
    Send {
        /// The receiver; never the node itself.
        to: NodeId,
        /// What is sent.
        message: P::Message,
        /// Which write it must wait for.
        after: After,
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
    /// Answer a client.
    Reply {
        /// Who asked.
        client: ClientId,
        /// Which of its requests this answers.
        seq: u64,
        /// The answer.
        answer: Answer,
        /// Which write it must wait for.
        after: After,
    },
    /// Tell whoever watches. Changes nothing.
    Note(P::Note),
}

/// Which of a node's writes must be flushed before something may leave the node.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum After {
    /// All that it has begun.
    Everything,
    /// The write of this number, as the node counts what it persists since it started, from 1; 0 is none.
    Write(u64),
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

/// Something that can be chosen anew while a cluster runs.
pub struct Choice<C: 'static> {
    /// The name: `pre_vote`.
    pub name: &'static str,
    /// What it is called in the page: `pre-vote`.
    pub label: &'static str,
    /// What it does, in one sentence.
    pub sentence: &'static str,
    /// Where it is described.
    pub section: &'static str,
    /// Which of the headings it stands under.
    pub group: &'static str,
    /// What it may be.
    pub kind: Kind,
    /// Whether safety rests on the value that it has by default.
    pub safety: bool,
    /// Its value, as a text.
    pub get: fn(&C) -> String,
    /// Sets it; the error says what was expected.
    pub set: fn(&mut C, &str) -> Result<(), String>,
}

impl<C> Choice<C> {
    /// Sets it.
    ///
    /// # Errors
    ///
    /// One sentence, where it cannot have this value; nothing is changed then.
    pub fn choose(&self, config: &mut C, value: &str) -> Result<(), String> {
        (self.set)(config, value).map_err(|why| match why.starts_with('`') {
            // What could not be read says so itself.
            true => why,
            false => format!("`{} = {value}` cannot be: expected {why}", self.name),
        })
    }
}

/// What a node answers a client.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Answer {
    /// The command was committed and carried out; this is what it came to.
    Done(Outcome),
    /// This node does not lead; the node named here does, as far as it knows.
    Redirect(Option<NodeId>),
    /// The leader has more to do than it can take on: the client should ask again a little later.
    Busy,
    /// The request is older than what is remembered of the client: whether it was carried out is unknown.
    Expired,
    /// The request was given up; whether it will be carried out is unknown. `consensus failed`.
    Failed,
}

/// The effects of one input, in their order.
#[derive(Clone, Debug)]
pub struct Effects<P: Protocol> {
    list: Vec<Effect<P>>,
    watched: bool,
}

impl<P: Protocol> Default for Effects<P> {
    fn default() -> Self {
        Effects { list: Vec::new(), watched: true }
    }
}

impl<P: Protocol> Effects<P> {
    /// Asks for a write to disk.
    pub fn persist(&mut self, write: <P::Durable as Durable>::Write) {
        self.list.push(Effect::Persist(write));
    }

    /// Asks for a message to be sent once all earlier writes are flushed.
    pub fn send(&mut self, to: NodeId, message: P::Message) {
        self.send_after(to, message, After::Everything);
    }

    /// Asks for a message to be sent once that write is flushed.
    pub fn send_after(&mut self, to: NodeId, message: P::Message, after: After) {
        self.list.push(Effect::Send { to, message, after });
    }

    /// Asks for a timer.
    pub fn arm(&mut self, timer: P::Timer, within: Spread) {
        self.list.push(Effect::Arm { timer, within });
    }

    /// Asks for a timer to be stopped.
    pub fn disarm(&mut self, timer: P::Timer) {
        self.list.push(Effect::Disarm(timer));
    }

    /// Answers the client behind a request, once all earlier writes are flushed; a request that nobody waits for
    /// has no answer.
    pub fn reply(&mut self, request: &Request, answer: Answer) {
        self.reply_after(request, answer, After::Everything);
    }

    /// The same once that write is flushed.
    pub fn reply_after(&mut self, request: &Request, answer: Answer, after: After) {
        if let Some((client, seq)) = request.origin {
            self.list.push(Effect::Reply { client, seq, answer, after });
        }
    }

    /// For whoever drives a node and does not want to know what it notes.
    pub fn unwatched() -> Self {
        Effects { list: Vec::new(), watched: false }
    }

    /// Notes a fact, if somebody watches.
    pub fn note(&mut self, note: P::Note) {
        self.note_with(|| note);
    }

    /// The same where the fact itself is worth saving.
    pub fn note_with(&mut self, note: impl FnOnce() -> P::Note) {
        if self.watched {
            self.list.push(Effect::Note(note()));
        }
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
    /// What else there is to see.
    pub world: &'a dyn World<P>,
}

/// What a property may look at beside the nodes.
pub trait World<P: Protocol> {
    /// What is safe on a node's disk.
    fn disk(&self, id: NodeId) -> &P::Durable;

    /// What the changed node has noted in this step.
    fn notes(&self, of: NodeId, each: &mut dyn FnMut(&P::Note));

    /// What of the changed node went on its way in this step.
    fn sent(&self, from: NodeId, each: &mut dyn FnMut(NodeId, &P::Message));

    /// Which requests clients have made in this step, not for the second time.
    fn asked(&self, each: &mut dyn FnMut(ClientId, u64));
}

impl<P: Protocol> Moment<'_, P> {
    /// The changed node's state; none where it has just crashed.
    pub fn state(&self) -> Option<&P> {
        self.nodes[self.changed.slot()].as_ref()
    }
}
