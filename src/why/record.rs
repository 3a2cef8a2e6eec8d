//! What happened in a stretch of a run, step by step: who was concerned, what was sent and what arrived, what changed.
//!
//! A record is made by going through the run again. It keeps what says which event depended on which, and the sentences
//! that were told; no protocol's type is left in it.

use std::collections::BTreeMap;

use crate::observe::{Carried, NodeView, Show, Tell, Told, Weight, Window};
use crate::protocol::{Answer, Protocol};
use crate::sim::{Fact, Happening, LossReason};
use crate::timeline::{EventLine, Moment, Present};
use crate::types::{ClientId, MessageId, NodeId, Process, Time};

/// One step, and what it did.
#[derive(Clone, Debug)]
pub(super) struct Event {
    /// How many steps had been carried out when it was done.
    pub steps: u64,
    pub at: Time,
    /// The step as a text.
    pub step: String,
    /// What was told of it.
    pub lines: Vec<EventLine>,
    /// Nodes and clients that did something.
    pub who: Vec<Process>,
    /// Those of them of which something changed that can matter later.
    pub changed: Vec<(Process, Changed)>,
    /// Messages that arrived.
    pub arrived: Vec<MessageId>,
    /// Messages that will never arrive.
    pub lost: Vec<(MessageId, LossReason)>,
    /// Messages that went on their way, each with its kind.
    pub sent: Vec<(MessageId, &'static str)>,
    /// Copies, each with what it is a copy of.
    pub copied: Vec<(MessageId, MessageId)>,
    /// Whether the network or a clock was changed.
    pub network: bool,
    /// The node whose timer ran out, and which it was.
    pub fired: Option<(NodeId, &'static str)>,
    /// What was refused, by whom.
    pub refusals: Vec<(NodeId, Told, Option<&'static str>)>,
    /// The rules behind what was noted.
    pub rules: Vec<(NodeId, &'static str)>,
    /// What was carried out, by whom.
    pub carried: Vec<(NodeId, Carried)>,
    /// Requests that were answered for good.
    pub answered: Vec<(ClientId, u64)>,
}

/// What of a node changed.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub(super) struct Changed {
    /// Its role, its epoch, its vote, whom it follows, or a vote that it counts.
    pub office: bool,
    /// What it holds, or what it knows others to hold.
    pub slots: bool,
    /// How far it knows everything to be committed.
    pub committed: bool,
    /// Something else that was worth a sentence.
    pub told: bool,
}

impl Changed {
    fn any(self) -> bool {
        self != Changed::default()
    }
}

/// What is compared of a node from one step to the next.
#[derive(Clone, PartialEq, Debug)]
struct Face {
    office: (bool, &'static str, u64, Option<NodeId>, Option<NodeId>, Option<crate::observe::Tally>),
    slots: (u64, Vec<u64>),
    committed: u64,
}

impl Face {
    fn of(up: bool, node: NodeView) -> Face {
        Face {
            office: (up, node.role, node.epoch.map_or(0, |epoch| epoch.number), node.vote, node.leader, node.tally),
            slots: (node.last_slot, node.peers.iter().map(|peer| peer.matched).collect()),
            committed: node.committed,
        }
    }
}

/// How far a node was before an event, and after it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Growth {
    pub event: usize,
    pub node: NodeId,
    pub from: u64,
    pub to: u64,
}

impl Growth {
    /// Whether it came to this slot in that event.
    pub(super) fn reaches(&self, slot: u64) -> bool {
        self.from < slot && slot <= self.to
    }
}

/// What happened from some moment on.
#[derive(Clone, Debug, Default)]
pub struct Record {
    pub(super) events: Vec<Event>,
    faces: Vec<Face>,
    told: u64,
    /// The event in which a message went on its way.
    pub(super) senders: BTreeMap<MessageId, usize>,
    /// For each process, the events in which it did something, in order.
    pub(super) doings: BTreeMap<Process, Vec<usize>>,
    /// The event in which what stands in a slot was carried out first.
    pub(super) carried: BTreeMap<u64, (usize, Carried)>,
    /// The events in which the network was changed.
    pub(super) networks: Vec<usize>,
    /// How far a node knew everything to be committed before an event and after it, where that changed.
    pub(super) commits: Vec<Growth>,
    /// The same of the last slot that a node had.
    pub(super) holdings: Vec<Growth>,
    /// Whether it begins at the start of the run.
    pub(super) whole: bool,
}

impl Record {
    /// A record that begins at a moment, of which only what the nodes were like then is known.
    pub fn begin<P: Protocol>(present: &Present<P>) -> Record {
        let cluster = present.cluster();
        let nodes = NodeId::all(cluster.count());
        Record {
            faces: nodes.map(|id| face(present, id)).collect(),
            told: present.told(),
            whole: present.steps() == 0,
            ..Record::default()
        }
    }

    /// Takes note of the last step, whose text is `step`. To be called after every step.
    pub fn take_note<P: Protocol>(&mut self, present: &Present<P>, step: String) {
        let cluster = present.cluster();
        let mut event = Event {
            steps: present.steps(),
            at: present.now(),
            step,
            lines: present.events(self.told).cloned().collect(),
            who: cluster.touched().iter().map(Process::from).collect(),
            changed: Vec::new(),
            arrived: Vec::new(),
            lost: Vec::new(),
            sent: Vec::new(),
            copied: Vec::new(),
            network: false,
            fired: None,
            refusals: Vec::new(),
            rules: Vec::new(),
            carried: Vec::new(),
            answered: Vec::new(),
        };
        self.told = present.told();
        for fact in cluster.facts() {
            match fact {
                Fact::Delivered(flight) => event.arrived.push(flight.id),
                Fact::Lost(flight, why) => event.lost.push((flight.id, *why)),
                Fact::Noted(node, note) => {
                    let rule = note.rule();
                    event.rules.extend(rule.map(|rule| (*node, rule)));
                    event.carried.extend(note.carried().map(|carried| (*node, carried)));
                    if note.refuses() {
                        event.refusals.push((*node, note.tell(), rule));
                    }
                }
                Fact::Happened(Happening::Sent(id)) => {
                    let kind = cluster.network().flight(*id).map_or("message", |flight| flight.payload.kind());
                    event.sent.push((*id, kind));
                }
                Fact::Happened(happening) => event.happened(happening),
                Fact::Persisted(..) | Fact::Outgoing { .. } => {}
            }
        }
        let known = self.faces.len();
        let nodes = NodeId::all(cluster.count());
        for id in nodes.filter(|id| cluster.touched().contains(*id) || id.slot() >= known) {
            self.look_at(&mut event, id, face(present, id));
        }
        // Whatever a client does matters to it; what is done to a machine is told and does not touch the node.
        let client = |process: &Process| matches!(process, Process::Client(_));
        let told = |process: &Process| {
            event.lines.iter().any(|line| line.who == Some(*process) && line.told.weight > Weight::Detail)
        };
        let fresh = |process: &Process| event.changed.iter().all(|(other, _)| other != process);
        let more: Vec<Process> =
            event.who.iter().copied().filter(|who| fresh(who) && (client(who) || told(who))).collect();
        event.changed.extend(more.into_iter().map(|process| (process, Changed { told: true, ..Changed::default() })));
        self.push(event);
    }

    /// What of a node is different now.
    fn look_at(&mut self, event: &mut Event, id: NodeId, face: Face) {
        let told = event.lines.iter().any(|line| line.who == Some(id.into()) && line.told.weight > Weight::Detail);
        let changed = match self.faces.get_mut(id.slot()) {
            Some(before) => {
                let changed = Changed {
                    office: before.office != face.office,
                    slots: before.slots != face.slots,
                    committed: before.committed != face.committed,
                    told,
                };
                let growth = |from, to| Growth { event: self.events.len(), node: id, from, to };
                if changed.committed {
                    self.commits.push(growth(before.committed, face.committed));
                }
                if before.slots.0 != face.slots.0 {
                    self.holdings.push(growth(before.slots.0, face.slots.0));
                }
                *before = face;
                changed
            }
            None => {
                self.faces.push(face);
                Changed { office: true, told, ..Changed::default() }
            }
        };
        if changed.any() {
            event.changed.push((id.into(), changed));
        }
    }

    fn push(&mut self, event: Event) {
        let place = self.events.len();
        for (id, _) in &event.sent {
            self.senders.insert(*id, place);
        }
        for (copy, _) in &event.copied {
            self.senders.insert(*copy, place);
        }
        if event.network {
            self.networks.push(place);
        }
        for process in &event.who {
            self.doings.entry(*process).or_default().push(place);
        }
        for (_, carried) in &event.carried {
            if carried.stands && carried.outcome.is_some() {
                self.carried.entry(carried.slot).or_insert_with(|| (place, carried.clone()));
            }
        }
        self.events.push(event);
    }
}

impl Event {
    fn happened(&mut self, happening: &Happening) {
        let mut also = |process: Process| {
            if !self.who.contains(&process) {
                self.who.push(process);
            }
        };
        match happening {
            Happening::Duplicated { copy, .. } => self.copied.push((*copy, MessageId { copy: 0, ..*copy })),
            Happening::Fired { node, timer, .. } => self.fired = Some((*node, timer)),
            Happening::Changed(_) => self.network = true,
            Happening::Asked { client, .. } | Happening::Waited(client, _) => also((*client).into()),
            Happening::Answered(client, request, _, answer) => {
                also((*client).into());
                if matches!(answer, Answer::Done(_) | Answer::Failed | Answer::Expired) {
                    self.answered.extend(request.origin.map(|(_, seq)| (*client, seq)));
                }
            }
            Happening::Crashed(node, _)
            | Happening::Restarted(node)
            | Happening::Started(node)
            | Happening::Torn(node, _)
            | Happening::Paused(node)
            | Happening::Resumed(node)
            | Happening::Flushed(node)
            | Happening::Ordered(node, _) => also((*node).into()),
            Happening::Held(_) | Happening::Delayed(..) | Happening::Sent(_) => {}
        }
    }
}

/// What is compared of a node; of one that is down, only that.
fn face<P: Protocol>(present: &Present<P>, id: NodeId) -> Face {
    let cluster = present.cluster();
    match &cluster.states()[id.slot()] {
        Some(node) => Face::of(true, node.observe(cluster.config(), Window { from: 1, count: 0 })),
        None => Face::of(false, NodeView::new("", crate::observe::RoleMark::Absent)),
    }
}
