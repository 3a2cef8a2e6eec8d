//! What must hold of every run of Multi-Paxos.

use std::hash::Hash;

use crate::chance::StableHasher;

use crate::kv::{Outcome, Request, outcome_text};
use crate::multi_paxos::replica::Learned;
use crate::multi_paxos::{Ballot, Kind, Message, MultiPaxos, Note, SlotId, Slots};
use crate::observe::Show;
use crate::protocol::{Contradiction, Found, Moment, Property};
use crate::quorum::majority;
use crate::types::{MAX_NODES, Names, NodeId, NodeSet};
use about::{LEARNED, NOTED, PROMISED, SENT};

/// What properties are about: the bits of [`Property::about`].
mod about {
    /// A process knows what is chosen for a slot that it did not.
    pub(super) const LEARNED: u32 = 1;
    /// An acceptor's promise is not the one that was on its disk.
    pub(super) const PROMISED: u32 = 2;
    /// It has sent something.
    pub(super) const SENT: u32 = 4;
    /// It has noted something.
    pub(super) const NOTED: u32 = 8;
}

/// What was seen of a run so far.
#[derive(Clone, Debug, Default)]
pub struct Witness {
    /// For each slot, the digest of the command that somebody first knew to be chosen.
    chosen: Slots<u64>,
    /// The highest promise on the disk of each acceptor, across restarts.
    flushed: [Ballot; MAX_NODES as usize],
    /// How far each node had carried out slots when it was last seen.
    applied: [SlotId; MAX_NODES as usize],
    /// For each slot, a hash of what carrying it out came to where that was done first.
    outcomes: Slots<u64>,
}

/// One value per slot, promises kept, replicas that come to the same, and what each process must do for that.
pub(super) const ALL: &[Property<MultiPaxos>] = &[
    Property {
        name: "one-value-per-slot",
        sentence: "No two processes ever learn different commands for the same slot.",
        section: "Paxos Made Simple §2.1",
        about: LEARNED,
        check: one_value_per_slot,
    },
    Property {
        name: "promises-kept",
        sentence: "An acceptor never goes back behind a promise that has reached its disk, not even in a crash.",
        section: "Paxos Made Simple §2.2",
        about: PROMISED,
        check: promises_kept,
    },
    Property {
        name: "same-outcomes",
        sentence: "What is chosen for a slot comes to the same wherever it is carried out.",
        section: "Paxos Made Simple §3",
        about: NOTED,
        check: same_outcomes,
    },
    Property {
        name: "in-order",
        sentence: "Every process carries out slot after slot, each once.",
        section: "Paxos Made Simple §3",
        about: NOTED,
        check: in_order,
    },
    Property {
        name: "chosen-on-quorum",
        sentence: "What is first learned for a slot is on the disks of a majority of the acceptors.",
        section: "Paxos Made Simple §2.1",
        about: LEARNED,
        check: chosen_on_quorum,
    },
    Property {
        name: "durable-before-send",
        sentence: "A process says only what its disk would still say after a crash.",
        section: "Paxos Made Simple §2.5",
        about: SENT,
        check: durable_before_send,
    },
];

fn learned(node: &MultiPaxos) -> Option<&Learned> {
    match node {
        MultiPaxos::Acceptor(_) => None,
        MultiPaxos::Leader(leader) => Some(&leader.learned),
        MultiPaxos::Replica(replica) => Some(&replica.learned),
    }
}

impl Witness {
    /// The slots that a node may have learned since it was last seen, with the digests of their
    /// commands: nothing is learned any more for a slot that was carried out.
    fn fresh<'a>(&self, learned: &'a Learned, id: NodeId) -> impl Iterator<Item = (SlotId, u64)> + use<'a> {
        let from = self.applied[id.slot()].next();
        learned.chosen.range(from).map(|(slot, request)| (slot, request.digest()))
    }

    /// Folds what the checks will compare with and what names nobody, for an explorer. How far a node has carried out
    /// slots follows from the node.
    pub(super) fn fold(&self, hasher: &mut StableHasher) {
        let Witness { chosen, flushed: _, applied: _, outcomes } = self;
        (chosen, outcomes).hash(hasher);
    }

    /// Folds who has promised what.
    pub(super) fn fold_names(&self, names: &Names, hasher: &mut StableHasher) {
        let promised = NodeId::all(MAX_NODES).zip(&self.flushed).filter(|(_, ballot)| **ballot != Ballot::default());
        hasher.fold(promised.map(|(id, ballot)| StableHasher::of(&(names.of(id), ballot))).fold(0, u64::wrapping_add));
    }

    /// What of the changed node is not as it was last seen, in the bits of [`about`].
    pub(super) fn changed(&self, moment: &Moment<'_, MultiPaxos>) -> u32 {
        let bit = |is: bool, bit: u32| if is { bit } else { 0 };
        let node = match moment.state() {
            None => 0,
            Some(MultiPaxos::Acceptor(acceptor)) => {
                bit(acceptor.promised != self.flushed[moment.changed.slot()], PROMISED)
            }
            Some(node) => {
                let fresh = learned(node).and_then(|learned| self.fresh(learned, moment.changed).next());
                bit(fresh.is_some(), LEARNED)
            }
        };
        node | bit(moment.did.sent, SENT) | bit(moment.did.noted, NOTED)
    }

    /// Takes note of what a step changed.
    pub(super) fn remember(&mut self, moment: &Moment<'_, MultiPaxos>) {
        let id = moment.changed;
        let Some(node) = moment.state() else {
            self.applied[id.slot()] = SlotId::default();
            return;
        };
        if let Some(learned) = learned(node) {
            for (slot, digest) in self.fresh(learned, id) {
                self.chosen.insert(slot, digest);
            }
            self.applied[id.slot()] = learned.applied;
        }
        let outcomes = &mut self.outcomes;
        outcomes_of(moment, &mut |slot, outcome| {
            if outcomes.get(slot).is_none() {
                outcomes.insert(slot, StableHasher::of(outcome));
            }
        });
        if let MultiPaxos::Acceptor(acceptor) = node {
            self.flushed[id.slot()] = acceptor.flushed;
        }
    }
}

fn one_value_per_slot(witness: &Witness, moment: &Moment<'_, MultiPaxos>) -> Found {
    let Some(learned) = moment.state().and_then(learned) else { return Ok(()) };
    for (slot, digest) in witness.fresh(learned, moment.changed) {
        if witness.chosen.get(slot).is_some_and(|known| *known != digest) {
            let id = moment.changed;
            let found =
                Contradiction::new(format_args!("{id} learns another command for slot {slot} than was learned before"));
            return Err(rivals(found, moment, slot, digest));
        }
    }
    Ok(())
}

/// The command that a node knows to be chosen for a slot, or its disk, where it does not run.
fn known<'a>(moment: &Moment<'a, MultiPaxos>, id: NodeId, slot: SlotId) -> Option<&'a Request> {
    let running = moment.nodes[id.slot()].as_ref().and_then(learned).and_then(|learned| learned.chosen.get(slot));
    running.or_else(|| moment.world.disk(id).chosen.get(slot)).map(|request| &**request)
}

/// Adds what the changed node knows to be chosen for a slot, with this digest, and who knows something else to be.
fn rivals(found: Box<Contradiction>, moment: &Moment<'_, MultiPaxos>, slot: SlotId, digest: u64) -> Box<Contradiction> {
    let says = |found: Box<Contradiction>, id, request: &Request| {
        let command = &request.command;
        let of = request.origin.map_or(String::new(), |(client, seq)| format!(", request {seq} of {client}"));
        found.has(id, slot.0, format_args!("{command}{of}"))
    };
    let own = known(moment, moment.changed, slot);
    let found = own.into_iter().fold(found, |found, request| says(found, moment.changed, request));
    let all = (1u8..).take(moment.nodes.len()).map(NodeId).filter_map(|id| Some((id, known(moment, id, slot)?)));
    let others: Vec<_> = all.filter(|(_, request)| request.digest() != digest).collect();
    if others.is_empty() {
        return found.was(slot.0, format_args!("another command, before"));
    }
    others.into_iter().fold(found, |found, (id, request)| says(found, id, request))
}

/// What the changed node has carried out in this step, and what each came to.
fn outcomes_of(moment: &Moment<'_, MultiPaxos>, each: &mut dyn FnMut(SlotId, &Outcome)) {
    moment.world.notes(moment.changed, &mut |note| {
        if let Note::Applied { slot, outcome, .. } = note {
            each(*slot, outcome);
        }
    });
}

fn same_outcomes(witness: &Witness, moment: &Moment<'_, MultiPaxos>) -> Found {
    let mut found = Ok(());
    outcomes_of(moment, &mut |slot, outcome| {
        let known = witness.outcomes.get(slot);
        if known.is_some_and(|known| *known != StableHasher::of(outcome)) && found.is_ok() {
            let (id, outcome) = (moment.changed, outcome_text(outcome));
            let told = Contradiction::new(format_args!(
                "slot {slot} comes to `{outcome}` at {id}, and to something else elsewhere"
            ));
            let told = told.has(id, slot.0, format_args!("comes to `{outcome}`"));
            found = Err(told.was(slot.0, format_args!("came to something else where it was carried out first")));
        }
    });
    found
}

/// What is carried out follows what was carried out before. Whoever starts carries out anew what its disk has kept, and
/// notes nothing of it.
fn in_order(witness: &Witness, moment: &Moment<'_, MultiPaxos>) -> Found {
    let (id, mut last, mut found) = (moment.changed, witness.applied[moment.changed.slot()], Ok(()));
    outcomes_of(moment, &mut |slot, _| {
        if slot != last.next() && found.is_ok() {
            let told = Contradiction::new(format_args!("{id} carries out slot {slot} after slot {last}"));
            let told = told.has(id, slot.0, format_args!("carried out now"));
            found = Err(told.has(id, last.0, format_args!("carried out last")));
        }
        last = slot;
    });
    found
}

fn promises_kept(witness: &Witness, moment: &Moment<'_, MultiPaxos>) -> Found {
    let Some(MultiPaxos::Acceptor(acceptor)) = moment.state() else { return Ok(()) };
    let (earlier, now) = (witness.flushed[moment.changed.slot()], acceptor.promised);
    if earlier > now {
        let id = moment.changed;
        let found = Contradiction::new(format_args!("{id} has promised {earlier} and now holds {now} for its promise"));
        let found = found.has(id, 0, format_args!("has promised {now}"));
        return Err(found.has(id, 0, format_args!("has promised {earlier}, before")));
    }
    Ok(())
}

/// An acceptor may have accepted the same in a later ballot by the time that somebody learns it: the command counts.
fn chosen_on_quorum(witness: &Witness, moment: &Moment<'_, MultiPaxos>) -> Found {
    let Some(learned) = moment.state().and_then(learned) else { return Ok(()) };
    let config = moment.world.config();
    for (slot, digest) in witness.fresh(learned, moment.changed) {
        if witness.chosen.get(slot).is_some() {
            continue;
        }
        let has = |id: &NodeId| {
            let accepted = moment.world.disk(*id).accepted.get(slot);
            accepted.is_some_and(|(_, request)| request.digest() == digest)
        };
        let holders: NodeSet = config.all(Kind::Acceptor).filter(has).collect();
        if holders.len() < majority(u32::from(config.acceptors)) {
            let (who, all) = (moment.changed, config.acceptors);
            let on = if holders.is_empty() { "no disk".to_string() } else { format!("the disks of {holders} alone") };
            let found = Contradiction::new(format_args!(
                "{who} learns a command for slot {slot} that is on {on}, of {all} acceptors"
            ));
            let learned = known(moment, who, slot).map_or(String::new(), |request| request.command.to_string());
            let found = found.has(who, slot.0, format_args!("learns {learned}"));
            let lacking = config.all(Kind::Acceptor).filter(|id| !holders.contains(*id));
            return Err(lacking.fold(found, |found, id| match moment.world.disk(id).accepted.get(slot) {
                Some((at, request)) => {
                    found.has(id, slot.0, format_args!("on disk: {}, accepted in {at}", request.command))
                }
                None => found.has(id, slot.0, format_args!("nothing on disk")),
            }));
        }
    }
    Ok(())
}

fn durable_before_send(_: &Witness, moment: &Moment<'_, MultiPaxos>) -> Found {
    let (me, disk) = (moment.changed, moment.world.disk(moment.changed));
    let mut found = Ok(());
    moment.world.sent(me, &mut |to, message| {
        let kept = match message {
            // A leader uses a ballot once, in a crash or not.
            Message::Prepare { ballot } | Message::Promise { ballot, .. } => disk.promised >= *ballot,
            Message::AcceptOk { ballot, slot } => {
                disk.promised >= *ballot && disk.accepted.get(*slot).is_some_and(|(at, _)| at >= ballot)
            }
            Message::Commit { slot, request } => disk.chosen.get(*slot).is_some_and(|known| known == request),
            _ => true,
        };
        if !kept {
            let (kind, label) = (message.kind(), message.show().label);
            let told = Contradiction::new(format_args!(
                "{me} sends {to} a message that its disk does not bear out: {kind} {label}"
            ));
            let told = told.has(me, slot_of(message), format_args!("on disk: promised {}", disk.promised));
            found = Err(told.has(to, 0, format_args!("is sent {kind} {label}")));
        }
    });
    found
}

/// The slot that a message is about; 0 where it is about none.
fn slot_of(message: &Message) -> u64 {
    match message {
        Message::AcceptOk { slot, .. } | Message::Commit { slot, .. } => slot.0,
        _ => 0,
    }
}

#[cfg(test)]
mod tests;
