//! The key-value store on one server: no consensus, and the measure for every protocol that has it.
//!
//! The server writes each request to its log, answers once that is safe, and after a crash replays the
//! log. It keeps the store's semantics exactly; what it lacks is a second copy. It is also the proof
//! that the seam of [`crate::protocol`] asks for nothing that only Raft has.

use std::hash::Hash;
use std::sync::Arc;

use crate::chance::StableHasher;
use crate::explored::{Explored, Turn};
use crate::kv::{Outcome, Request, Store, schedule_text};
use crate::observe::{
    Carried, Fact, MessageView, MessageWord, NodeView, RoleMark, RoleWord, Shape, Show, Slot, SlotKind, Tell, Told,
    Vocabulary, Weight, Window,
};
use crate::protocol::{Answer, Durable, Effects, Input, Moment, Property, Protocol, Standing, TimerName};
use crate::types::{ClientId, Names, NodeId, NodeSet, Pages};

/// The one server.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SingleServer {
    /// Every request in the order of arrival; `flushed` of them are on disk.
    log: Pages<Arc<Request>>,
    flushed: u64,
    store: Store,
}

/// Nothing can be chosen.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Config;

/// The requests, in the order of arrival.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Disk {
    log: Pages<Arc<Request>>,
}

impl Durable for Disk {
    type Write = Arc<Request>;
    type Receipt = u64;

    fn write(&mut self, request: &Arc<Request>) -> u64 {
        self.log.push(request.clone());
        self.log.len() as u64
    }

    fn say(request: &Arc<Request>) -> String {
        request.command.to_string()
    }
}

/// A single server sends no messages to other servers: there are none.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Message {}

impl Show for Message {
    fn kind(&self) -> &'static str {
        match *self {}
    }

    fn bytes(&self) -> u64 {
        match *self {}
    }

    fn show(&self) -> MessageView {
        match *self {}
    }
}

/// A single server waits for nobody, so it has no timers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {}

impl TimerName for Timer {
    const ALL: &'static [Self] = &[];

    fn name(self) -> &'static str {
        match self {}
    }
}

/// What the server notes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Note {
    /// A request was carried out: its place in the log, and the outcome.
    Applied(u64, Arc<Request>, Outcome),
    /// The log was replayed after a crash, up to this entry.
    Replayed(u64),
}

impl Tell for Note {
    fn carried(&self) -> Option<Carried> {
        let Note::Applied(slot, request, outcome) = self else { return None };
        Some(Carried { slot: *slot, stands: true, request: request.clone(), outcome: Some(outcome.clone()) })
    }

    fn tell(&self) -> Told {
        match self {
            Note::Applied(_, request, outcome) => {
                Told::new(Weight::Story, "", schedule_text(&request.command, outcome))
            }
            Note::Replayed(last) => Told::new(Weight::Story, "", format!("replays its log up to entry {last}")),
        }
    }
}

impl SingleServer {
    fn carry_out(&mut self, request: Arc<Request>, out: &mut Effects<Self>) {
        self.log.push(request.clone());
        out.persist(request.clone());
        let outcome = self.store.apply(&request.command);
        out.note(Note::Applied(self.last_slot(), request.clone(), outcome.clone()));
        out.reply(&request, Answer::Done(outcome));
    }
}

impl Protocol for SingleServer {
    type Config = Config;
    type Durable = Disk;
    type Message = Message;
    type Timer = Timer;
    type Note = Note;
    type Witness = ();

    const WORDS: Vocabulary = Vocabulary {
        protocol: "single_server",
        title: "Single server",
        sentence: "One server keeps the store: simple and fast, and gone while that server is down.",
        epoch: "",
        slots: "log",
        slot: "position",
        committed: "flushed",
        applied: "applied",
        next: "",
        matched: "",
        main_timer: None,
        bids: "",
        roles: &[RoleWord {
            name: "server",
            mark: RoleMark::Crown,
            sentence: "Writes each request to its log, carries it out and answers.",
        }],
        messages: &[
            MessageWord { name: "request", shape: Shape::Tag, reply: false, sentence: "A client asks for something." },
            MessageWord {
                name: "answer",
                shape: Shape::Tag,
                reply: true,
                sentence: "The server tells what it came to.",
            },
        ],
        orders: &[],
        reads: &[],
        grows: false,
        standings: &[],
    };

    fn nodes(_: &Config) -> u8 {
        1
    }

    fn name(_: &Config, _: NodeId) -> String {
        "server".to_string()
    }

    fn doors(_: &Config) -> Vec<NodeId> {
        vec![NodeId(1)]
    }

    fn boot(_: NodeId, _: &Config, durable: &Disk, out: &mut Effects<Self>) -> Self {
        let mut store = Store::default();
        for request in durable.log.iter() {
            let _ = store.apply(&request.command);
        }
        let flushed = durable.log.len() as u64;
        if flushed > 0 {
            out.note(Note::Replayed(flushed));
        }
        SingleServer { log: durable.log.clone(), flushed, store }
    }

    fn handle(&mut self, _: &Config, input: Input<Self>, out: &mut Effects<Self>) {
        match input {
            Input::Request(request) => self.carry_out(request, out),
            Input::Requests(requests) => requests.into_iter().for_each(|request| self.carry_out(request, out)),
            Input::Flushed(count) => self.flushed = count,
            Input::Deliver { message, .. } => match message {},
            Input::Timeout(timer) => match timer {},
            // It takes no orders, and nothing can be chosen anew.
            Input::Order(_) | Input::Configured => {}
        }
    }

    fn last_slot(&self) -> u64 {
        self.log.len() as u64
    }

    fn committed(&self) -> u64 {
        self.flushed
    }

    fn leads(&self) -> bool {
        true
    }

    fn epoch(&self) -> u64 {
        0
    }

    fn observe(&self, _: &Config, window: Window) -> NodeView {
        let first = usize::try_from(window.from.saturating_sub(1)).unwrap_or(usize::MAX);
        let shown = (window.from.max(1)..).zip(self.log.range(first)).take_while(|(index, _)| window.shows(*index));
        let slots = shown.map(|(index, request)| Slot {
            index,
            epoch: crate::observe::Epoch { number: 0, text: String::new() },
            kind: SlotKind::Command,
            text: request.command.to_string(),
            digest: format!("{:016x}", request.digest()),
        });
        let last = self.last_slot();
        NodeView {
            slots: slots.collect(),
            last_slot: last,
            committed: self.flushed,
            applied: last,
            store: Some(self.store.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()),
            facts: vec![Fact::new("requests handled", last), Fact::new("safe on disk", self.flushed)],
            ..NodeView::new("server", RoleMark::Crown)
        }
    }

    fn slot_of(&self, origin: (ClientId, u64)) -> Option<u64> {
        let place = self.log.iter().rposition(|request| request.origin == Some(origin))?;
        Some(place as u64 + 1)
    }

    fn undecided(_: &Config, nodes: &[Option<Self>], slot: u64, _: Option<NodeId>) -> Standing {
        match &nodes[0] {
            None => Standing::because("", "The one server there is does not run."),
            Some(server) if server.last_slot() < slot => Standing::because(
                "",
                format!("The server has no entry {slot}: its log ends with {}.", server.last_slot()),
            ),
            Some(_) => Standing::because("", format!("Entry {slot} is on its way to the server's disk.")),
        }
    }

    fn leaderless(_: &Config, _: &[Option<Self>]) -> Standing {
        Standing::because("", "The one server there is does not run, and nobody stands in for it.")
    }

    fn properties() -> &'static [Property<Self>] {
        &[]
    }

    fn remember(_: &mut (), _: &Moment<'_, Self>) {}
}
impl Explored for SingleServer {
    fn turn(timer: Timer) -> Turn {
        match timer {}
    }

    fn alike(_: &Config, _: &[Option<SingleServer>]) -> Vec<NodeSet> {
        Vec::new()
    }

    fn fold_node(&self, _: u64, hasher: &mut StableHasher) {
        self.hash(hasher);
    }

    fn fold_names(&self, _: &Names, _: &mut StableHasher) {}

    fn fold_disk(disk: &Disk, hasher: &mut StableHasher) {
        disk.hash(hasher);
    }

    fn fold_disk_names(_: &Disk, _: &Names, _: &mut StableHasher) {}

    fn fold_witness((): &(), _: &mut StableHasher) {}

    fn fold_witness_names((): &(), _: &Names, _: &mut StableHasher) {}

    fn is_late(&self, _: &Disk, _: NodeId, message: &Message) -> bool {
        match *message {}
    }
}
