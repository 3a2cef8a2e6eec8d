//! The passive replica, and what it shares with the leader: carrying out chosen slots in slot order.

use std::sync::Arc;

use crate::kv::{Outcome, Request, Store};
use crate::multi_paxos::bugs::{self, Mistake};
use crate::multi_paxos::{Config, Disk, Message, Note, Out, SlotId, Slots, Write};
use crate::types::NodeId;

/// What was chosen, and what carrying it out has come to.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Learned {
    /// What was chosen, by slot; there may be gaps.
    pub(super) chosen: Slots<Arc<Request>>,
    /// The last slot carried out: every slot up to it is chosen.
    pub(super) applied: SlotId,
    /// What carrying them out has come to.
    pub(super) store: Store,
}

impl Learned {
    /// What a disk has kept, carried out anew, as by [`Learned::apply_next`].
    pub(super) fn boot(disk: &Disk, force: bool) -> Self {
        let mut learned = Learned { chosen: disk.chosen.clone(), ..Learned::default() };
        while learned.apply_next(force).is_some() {}
        learned
    }

    /// Takes note of what was chosen for a slot; false where that was known.
    pub(super) fn choose(&mut self, config: &Config, slot: SlotId, request: Arc<Request>, out: Out<'_>) -> bool {
        if let Some(known) = self.chosen.get(slot) {
            assert!(*known == request || config.bugs.any(), "two commands are chosen for slot {slot}");
            return false;
        }
        self.chosen.insert(slot, request.clone());
        out.persist(Write::Chosen(slot, request));
        true
    }

    /// What a leader is told that it had carried out by now: whoever is not that far has missed something, and asks.
    pub(super) fn ask_for_missing(&self, leader: NodeId, applied: SlotId, out: Out<'_>) {
        if self.applied < applied {
            let from = self.applied.next();
            out.note(Note::Asks { from, applied });
            out.send(leader, Message::Learn { from });
        }
    }

    /// Carries out the next slot, if it is known. A command that the store refuses is refused by every
    /// copy alike: the outcome depends on nothing but the slots before. `force`: this copy refuses nothing, by mistake.
    pub(super) fn apply_next(&mut self, force: bool) -> Option<(SlotId, Arc<Request>, Outcome)> {
        let slot = self.applied.next();
        let request = self.chosen.get(slot)?.clone();
        self.applied = slot;
        let outcome = match force {
            true => bugs::force(&mut self.store, &request.command),
            false => self.store.apply(&request.command),
        };
        Some((slot, request, outcome))
    }
}

/// Keeps commits by slot, however they arrive, and carries them out in slot order.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Replica {
    pub(super) learned: Learned,
}

impl Replica {
    pub(super) fn boot(config: &Config, disk: &Disk) -> Self {
        Replica { learned: Learned::boot(disk, config.makes(Mistake::ApplyRejectedPut)) }
    }

    pub(super) fn hear(&mut self, config: &Config, from: NodeId, message: Message, out: Out<'_>) {
        match message {
            Message::Commit { slot, request } => self.learn(config, slot, request, out),
            Message::Leads { applied, .. } => self.learned.ask_for_missing(from, applied, out),
            _ => {}
        }
    }

    fn learn(&mut self, config: &Config, slot: SlotId, request: Arc<Request>, out: Out<'_>) {
        if !self.learned.choose(config, slot, request, out) {
            return;
        }
        if slot > self.learned.applied.next() {
            out.note(Note::Waits { slot, missing: self.learned.applied.next() });
        }
        while let Some((slot, request, outcome)) = self.learned.apply_next(config.makes(Mistake::ApplyRejectedPut)) {
            out.note(Note::Applied { slot, request, outcome });
        }
    }
}
