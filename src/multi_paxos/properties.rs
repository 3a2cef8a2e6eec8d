//! What must hold of every run of Multi-Paxos.

use crate::multi_paxos::replica::Learned;
use crate::multi_paxos::{Ballot, MultiPaxos, SlotId, Slots};
use crate::protocol::{Moment, Property};
use crate::types::{MAX_NODES, NodeId};

/// What was seen of a run so far.
#[derive(Clone, Debug, Default)]
pub struct Witness {
    /// For each slot, the digest of the command that somebody first knew to be chosen.
    chosen: Slots<u64>,
    /// The highest promise on the disk of each acceptor, across restarts.
    flushed: [Ballot; MAX_NODES as usize],
    /// How far each node had carried out slots when it was last seen.
    applied: [SlotId; MAX_NODES as usize],
}

/// One value per slot, and promises kept.
pub(super) const ALL: &[Property<MultiPaxos>] = &[
    Property {
        name: "one-value-per-slot",
        sentence: "No two processes ever learn different commands for the same slot.",
        section: "Paxos Made Simple §2.1",
        check: one_value_per_slot,
    },
    Property {
        name: "promises-kept",
        sentence: "An acceptor never goes back behind a promise that has reached its disk, not even in a crash.",
        section: "Paxos Made Simple §2.2",
        check: promises_kept,
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
    fn fresh<'a>(&self, id: NodeId, node: &'a MultiPaxos) -> impl Iterator<Item = (SlotId, u64)> + use<'a> {
        let from = self.applied[id.slot()].next();
        let all = learned(node).into_iter().flat_map(move |learned| learned.chosen.range(from));
        all.map(|(slot, request)| (slot, request.digest()))
    }

    /// Takes note of what a step changed.
    pub(super) fn remember(&mut self, moment: &Moment<'_, MultiPaxos>) {
        let id = moment.changed;
        let Some(node) = moment.state() else {
            self.applied[id.slot()] = SlotId::default();
            return;
        };
        for (slot, digest) in self.fresh(id, node) {
            self.chosen.insert(slot, digest);
        }
        if let Some(learned) = learned(node) {
            self.applied[id.slot()] = learned.applied;
        }
        if let MultiPaxos::Acceptor(acceptor) = node {
            self.flushed[id.slot()] = acceptor.flushed;
        }
    }
}

fn one_value_per_slot(witness: &Witness, moment: &Moment<'_, MultiPaxos>) -> Result<(), String> {
    let Some(node) = moment.state() else { return Ok(()) };
    for (slot, digest) in witness.fresh(moment.changed, node) {
        if witness.chosen.get(slot).is_some_and(|known| *known != digest) {
            return Err(format!("{} learns another command for slot {slot} than was learned before", moment.changed));
        }
    }
    Ok(())
}

fn promises_kept(witness: &Witness, moment: &Moment<'_, MultiPaxos>) -> Result<(), String> {
    let Some(MultiPaxos::Acceptor(acceptor)) = moment.state() else { return Ok(()) };
    let (earlier, now) = (witness.flushed[moment.changed.slot()], acceptor.promised);
    if earlier > now {
        return Err(format!("{} has promised {earlier} and now holds {now} for its promise", moment.changed));
    }
    Ok(())
}
