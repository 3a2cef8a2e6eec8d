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
//! What is here knows neither the protocols nor the simulation.

mod bug;
mod choice;
mod durable;
mod effects;
mod input;
mod property;
mod reason;

pub use bug::{Bug, Bugs, NO_BUG, Need};
pub use choice::Choice;
pub use durable::{Durable, Given, TimerName};
pub use effects::{After, Answer, Effect, Effects};
pub use input::{Input, Order};
pub use property::{ANYTHING, Claim, Contradiction, Did, Found, Moment, Property, World};
pub use reason::{Reason, Standing, listed};

use std::fmt::Debug;
use std::hash::Hash;

use crate::observe::{NodeView, Show, Tell, Vocabulary, Window};
use crate::types::{ClientId, NodeId};

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

    /// The mistakes that a cluster can be told to make; none without the feature `bugs`.
    fn bugs() -> &'static [Bug] {
        &[]
    }

    /// The choice of which of them it makes, by their names: `none` where nobody has chosen.
    fn bug() -> Option<&'static Choice<Self::Config>> {
        None
    }

    /// Why what clients see need not be linearizable with this configuration; none where that is promised.
    fn forgoes(config: &Self::Config) -> Option<&'static str> {
        let _ = config;
        Some("a request that is sent again may be carried out twice")
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

    /// Where the request of a client stands in what this node has, that nobody may have agreed to yet; the last place
    /// where there are several. None where it is nowhere.
    fn slot_of(&self, origin: (ClientId, u64)) -> Option<u64> {
        let _ = origin;
        None
    }

    /// Why what stands in a slot is not decided, as whoever leads sees it; where `of` leads, as that node sees it.
    /// To be asked where no node knows it to be decided.
    fn undecided(config: &Self::Config, nodes: &[Option<Self>], slot: u64, of: Option<NodeId>) -> Standing {
        let _ = (config, nodes, slot, of);
        Standing::default()
    }

    /// Why nobody leads. To be asked where nobody that runs does.
    fn leaderless(config: &Self::Config, nodes: &[Option<Self>]) -> Standing {
        let _ = (config, nodes);
        Standing::default()
    }

    /// What must hold of every run.
    fn properties() -> &'static [Property<Self>];

    /// What of the node that a step changed is not as it was, in the bits of [`Property::about`]. May say too much, and
    /// never too little.
    fn changed(witness: &Self::Witness, moment: &Moment<'_, Self>) -> u32 {
        let _ = (witness, moment);
        ANYTHING
    }

    /// Takes note of what clients ask in a step that changes no node.
    fn remember_asked(witness: &mut Self::Witness, world: &dyn World<Self>) {
        let _ = (witness, world);
    }

    /// Takes note of what a step changed, after the properties were checked against what was known.
    fn remember(witness: &mut Self::Witness, moment: &Moment<'_, Self>);
}
