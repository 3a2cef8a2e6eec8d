//! Multi-Paxos with its classical division of labour: acceptors remember, a leader proposes, replicas
//! follow along.
//!
//! The leader wins the acceptors once, with Phase 1 for all slots; from then on each request takes
//! the next slot and one Phase 2. What is chosen is sent to the passive replicas as `Commit`.
//!
//! - An acceptor promises a ballot that is at least as high as any before, and accepts likewise;
//!   promises and accepted values are on disk before they are answered.
//! - A leader that wins Phase 1 proposes again, in its own ballot, whatever the acceptors had
//!   accepted, and fills gaps with `Noop`: so nothing that may have been chosen is lost.
//! - Leader and replicas carry out chosen slots in slot order only and wait at a gap; what the store refuses is refused
//!   by every copy alike.
//! - Whatever is not answered is sent again. A leader says how far it is, and whoever has missed a `Commit` asks for it.
//! - Where no quorum answers in time the client is told `consensus failed`; its command may be chosen all the same.
//! - Leaders that outbid each other draw their next try from ever wider spreads.
//!
//! Reads go through the slots like everything else.

mod acceptor;
mod bugs;
mod config;
mod explored;
mod leader;
mod message;
mod note;
mod observe;
mod properties;
mod replica;
mod slots;
mod why;

pub use acceptor::Acceptor;
pub use config::{Config, Kind};
pub use leader::Leader;
pub use message::Message;
pub use note::Note;
pub use properties::Witness;
pub use replica::Replica;
pub use slots::Slots;

use std::sync::Arc;

use crate::kv::Request;
use crate::observe::{NodeView, Vocabulary, Window};
use crate::protocol::{Bug, Choice, Durable, Effects, Input, Moment, Property, Protocol, Standing, TimerName};
use crate::types::{ClientId, NodeId};

/// Who may propose: ordered by round, then by leader. Ballot (0, 0) is promised at the start.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Ballot {
    /// Grows with every Phase 1.
    pub round: u64,
    /// Whose ballot it is: the number of the leader, from 1.
    pub leader: u8,
}

impl std::fmt::Display for Ballot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.round, self.leader)
    }
}

/// A place in the sequence of commands, from 1.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct SlotId(pub u64);

impl SlotId {
    /// The slot after this one.
    #[must_use]
    pub fn next(self) -> SlotId {
        SlotId(self.0 + 1)
    }
}

impl std::fmt::Display for SlotId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// What an acceptor has accepted, by slot.
pub type Accepted = Slots<(Ballot, Arc<Request>)>;

/// One process of a Multi-Paxos cluster.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum MultiPaxos {
    /// Promises and accepts.
    Acceptor(Acceptor),
    /// Proposes, learns, carries out and answers.
    Leader(Leader),
    /// Carries out what was chosen.
    Replica(Replica),
}

/// The timers of a leader.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// No other leader is at work, as far as is known: time for Phase 1.
    Phase1,
    /// What has not been answered is sent again.
    Resend,
}

impl TimerName for Timer {
    const ALL: &'static [Self] = &[Timer::Phase1, Timer::Resend];

    fn name(self) -> &'static str {
        match self {
            Timer::Phase1 => "phase1",
            Timer::Resend => "resend",
        }
    }
}

/// What survives a crash: an acceptor's promise and what it accepted, a leader's last round, and what
/// a leader or replica knows to be chosen.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Disk {
    promised: Ballot,
    accepted: Accepted,
    chosen: Slots<Arc<Request>>,
}

/// A change of what survives a crash.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Write {
    /// An acceptor promised this ballot, or a leader began it.
    Promised(Ballot),
    /// An acceptor accepted a command for a slot.
    Accepted(SlotId, Ballot, Arc<Request>),
    /// A leader or replica learned what was chosen for a slot.
    Chosen(SlotId, Arc<Request>),
}

impl Durable for Disk {
    type Write = Write;
    /// The highest ballot promised that is on disk.
    type Receipt = Ballot;

    fn write(&mut self, write: &Write) -> Ballot {
        match write {
            Write::Promised(ballot) => self.promised = *ballot,
            Write::Accepted(slot, ballot, request) => {
                self.promised = *ballot;
                self.accepted.insert(*slot, (*ballot, request.clone()));
            }
            Write::Chosen(slot, request) => {
                self.chosen.insert(*slot, request.clone());
            }
        }
        self.promised
    }

    fn say(write: &Write) -> String {
        match write {
            Write::Promised(ballot) => format!("promised {ballot}"),
            Write::Accepted(slot, ballot, request) => format!("slot {slot} accepted in {ballot}: {}", request.command),
            Write::Chosen(slot, request) => format!("slot {slot} chosen: {}", request.command),
        }
    }
}

type Out<'a> = &'a mut Effects<MultiPaxos>;

impl Protocol for MultiPaxos {
    type Config = Config;
    type Durable = Disk;
    type Message = Message;
    type Timer = Timer;
    type Note = Note;
    type Witness = Witness;

    const WORDS: Vocabulary = observe::WORDS;

    fn nodes(config: &Config) -> u8 {
        config.acceptors + config.leaders + config.replicas
    }

    fn name(config: &Config, id: NodeId) -> String {
        let (kind, number) = config.kind(id);
        format!("{} {number}", kind.name())
    }

    fn doors(config: &Config) -> Vec<NodeId> {
        config.all(Kind::Leader).collect()
    }

    fn boot(id: NodeId, config: &Config, disk: &Disk, out: &mut Effects<Self>) -> Self {
        match config.kind(id) {
            (Kind::Acceptor, _) => MultiPaxos::Acceptor(Acceptor::boot(config, disk)),
            (Kind::Leader, number) => MultiPaxos::Leader(Leader::boot(number, config, disk, out)),
            (Kind::Replica, _) => MultiPaxos::Replica(Replica::boot(config, disk)),
        }
    }

    fn handle(&mut self, config: &Config, input: Input<Self>, out: &mut Effects<Self>) {
        match (self, input) {
            (MultiPaxos::Acceptor(acceptor), Input::Deliver { from, message }) => {
                acceptor.hear(config, from, message, out);
            }
            (MultiPaxos::Acceptor(acceptor), Input::Flushed(ballot)) => acceptor.flushed = ballot,
            (MultiPaxos::Leader(leader), Input::Deliver { from, message }) => leader.hear(config, from, message, out),
            (MultiPaxos::Leader(leader), Input::Timeout(timer)) => leader.time_out(config, timer, out),
            (MultiPaxos::Leader(leader), Input::Request(request)) => leader.propose(config, &request, out),
            (MultiPaxos::Leader(leader), Input::Requests(requests)) => {
                requests.iter().for_each(|request| leader.propose(config, request, out));
            }
            (MultiPaxos::Replica(replica), Input::Deliver { from, message }) => {
                replica.hear(config, from, message, out);
            }
            // Acceptors and replicas have no timers and take no requests; leaders and replicas need no
            // receipts, since what depends on a write is sent behind it.
            _ => {}
        }
    }

    fn last_slot(&self) -> u64 {
        match self {
            MultiPaxos::Acceptor(acceptor) => acceptor.accepted.last().0,
            MultiPaxos::Leader(leader) => leader.learned.chosen.last().0,
            MultiPaxos::Replica(replica) => replica.learned.chosen.last().0,
        }
    }

    fn taken(&self) -> u64 {
        match self {
            MultiPaxos::Leader(leader) => leader.taken().0,
            MultiPaxos::Acceptor(_) | MultiPaxos::Replica(_) => 0,
        }
    }

    fn committed(&self) -> u64 {
        match self {
            // An acceptor does not know what is chosen.
            MultiPaxos::Acceptor(_) => 0,
            MultiPaxos::Leader(leader) => leader.learned.applied.0,
            MultiPaxos::Replica(replica) => replica.learned.applied.0,
        }
    }

    fn leads(&self) -> bool {
        matches!(self, MultiPaxos::Leader(leader) if leader.leads())
    }

    fn epoch(&self) -> u64 {
        match self {
            MultiPaxos::Acceptor(acceptor) => acceptor.promised.round,
            MultiPaxos::Leader(leader) => leader.highest.round,
            MultiPaxos::Replica(_) => 0,
        }
    }

    fn observe(&self, config: &Config, window: Window) -> NodeView {
        match self {
            MultiPaxos::Acceptor(acceptor) => acceptor.picture(window),
            MultiPaxos::Leader(leader) => leader.picture(config, window),
            MultiPaxos::Replica(replica) => replica.picture(window),
        }
    }

    fn bugs() -> &'static [Bug] {
        bugs::ALL
    }

    fn bug() -> Option<&'static Choice<Config>> {
        cfg!(feature = "bugs").then_some(&bugs::CHOICE)
    }

    fn slot_of(&self, origin: (ClientId, u64)) -> Option<u64> {
        self.slot_with(origin)
    }

    fn undecided(config: &Config, nodes: &[Option<Self>], slot: u64, of: Option<NodeId>) -> Standing {
        why::undecided(config, nodes, slot, of)
    }

    fn leaderless(config: &Config, nodes: &[Option<Self>]) -> Standing {
        why::leaderless(config, nodes)
    }

    fn properties() -> &'static [Property<Self>] {
        properties::ALL
    }

    fn changed(witness: &Witness, moment: &Moment<'_, Self>) -> u32 {
        witness.changed(moment)
    }

    fn remember(witness: &mut Witness, moment: &Moment<'_, Self>) {
        witness.remember(moment);
    }
}
