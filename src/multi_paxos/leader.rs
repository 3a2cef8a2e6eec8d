//! The leader: proposer, learner and state machine.

use std::sync::Arc;

use crate::kv::Request;
use crate::multi_paxos::bugs::Mistake;
use crate::multi_paxos::replica::Learned;
use crate::multi_paxos::{Accepted, Ballot, Config, Disk, Kind, Message, Note, Out, SlotId, Timer, Write};
use crate::protocol::Answer;
use crate::quorum::majority;
use crate::types::{NodeId, NodeSet, SortedMap, Spread};

/// Proposes commands, one slot each.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Leader {
    /// Which of the leaders this is, from 1.
    pub(super) number: u8,
    /// The highest ballot that it has seen, its own or another's.
    pub(super) highest: Ballot,
    pub(super) phase: Phase,
    pub(super) learned: Learned,
    /// How far it had carried out the slots when it last told the others: what it has sent them since may be on its way.
    told: SlotId,
    /// How often it has been outbid since anything was chosen.
    defeats: u8,
}

/// How far a leader has come with its ballot.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Phase {
    /// Another leader is at work, or none yet.
    Waiting,
    /// Phase 1: who has promised, and the latest that any of them had accepted.
    Preparing { ballot: Ballot, promised: NodeSet, accepted: Accepted },
    /// Phase 2, slot by slot.
    Leading { ballot: Ballot, next: SlotId, open: SortedMap<SlotId, Proposal> },
}

/// A command on its way to be chosen.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Proposal {
    pub(super) request: Arc<Request>,
    /// Which acceptors have accepted it.
    pub(super) accepted: NodeSet,
    /// How many times `Config::resend` has passed since it was proposed.
    pub(super) waited: u8,
}

/// How many slots are told at once to somebody who has missed them.
const MOST_TOLD: usize = 16;

impl Leader {
    pub(super) fn boot(number: u8, config: &Config, disk: &Disk, out: Out<'_>) -> Self {
        out.arm(Timer::Phase1, config.patience(number, 0));
        let learned = Learned::boot(disk, false);
        Leader { number, highest: disk.promised, phase: Phase::Waiting, learned, told: SlotId(0), defeats: 0 }
    }

    pub(super) fn time_out(&mut self, config: &Config, timer: Timer, out: Out<'_>) {
        match timer {
            Timer::Phase1 => self.prepare(config, out),
            Timer::Resend => self.resend(config, out),
        }
    }

    pub(super) fn leads(&self) -> bool {
        matches!(self.phase, Phase::Leading { .. })
    }

    /// How far it had carried out the slots when it last told the others.
    pub(super) fn told(&self) -> SlotId {
        self.told
    }

    /// The last slot that it has proposed something for, or knows.
    pub(super) fn taken(&self) -> SlotId {
        match &self.phase {
            Phase::Leading { next, .. } => SlotId(next.0 - 1),
            Phase::Waiting | Phase::Preparing { .. } => self.learned.chosen.last(),
        }
    }

    /// Phase 1: asks all acceptors for their promise of a ballot higher than any seen.
    fn prepare(&mut self, config: &Config, out: Out<'_>) {
        let ballot = Ballot { round: self.highest.round + 1, leader: self.number };
        self.highest = ballot;
        // A ballot is used once: after a crash the next one must be higher.
        out.persist(Write::Promised(ballot));
        self.phase = Phase::Preparing { ballot, promised: NodeSet::EMPTY, accepted: Accepted::default() };
        out.note(Note::Prepares { ballot, acceptors: config.acceptors });
        config.all(Kind::Acceptor).for_each(|to| out.send(to, Message::Prepare { ballot }));
        out.arm(Timer::Resend, Spread::exactly(config.resend));
    }

    /// Sends again what has not been answered, and tells a client for which it takes too long. One who leads tells the
    /// others that it is there, so that they go on waiting.
    fn resend(&mut self, config: &Config, out: Out<'_>) {
        let missing = |had: NodeSet| config.all(Kind::Acceptor).filter(move |id| !had.contains(*id));
        match &mut self.phase {
            Phase::Waiting => return,
            Phase::Preparing { ballot, promised, .. } => {
                missing(*promised).for_each(|to| out.send(to, Message::Prepare { ballot: *ballot }));
            }
            Phase::Leading { ballot, open, .. } => {
                for (&slot, proposal) in open.iter_mut() {
                    proposal.waited = proposal.waited.saturating_add(1);
                    if proposal.waited == config.give_up {
                        let (accepted, needed) = (proposal.accepted.len(), majority(u32::from(config.acceptors)));
                        out.note(Note::GivesUp { slot, request: proposal.request.clone(), accepted, needed });
                        out.reply(&proposal.request, Answer::Failed);
                    }
                    // The answers to what was sent just now may be on their way.
                    if proposal.waited == 1 {
                        continue;
                    }
                    let accept = || Message::Accept { ballot: *ballot, slot, request: proposal.request.clone() };
                    missing(proposal.accepted).for_each(|to| out.send(to, accept()));
                }
                let ballot = *ballot;
                self.tell_others(config, ballot, out);
                self.told = self.learned.applied;
            }
        }
        out.arm(Timer::Resend, Spread::exactly(config.resend));
    }

    /// The other leaders and the replicas.
    fn others(&self, config: &Config) -> impl Iterator<Item = NodeId> + use<> {
        let own = config.leader(self.number);
        config.all(Kind::Leader).filter(move |to| *to != own).chain(config.all(Kind::Replica))
    }

    fn tell_others(&self, config: &Config, ballot: Ballot, out: Out<'_>) {
        self.others(config).for_each(|to| out.send(to, Message::Leads { ballot, applied: self.told }));
    }

    pub(super) fn hear(&mut self, config: &Config, from: NodeId, message: Message, out: Out<'_>) {
        match message {
            Message::Promise { ballot, accepted } => self.count_promise(config, from, ballot, accepted, out),
            Message::AcceptOk { ballot, slot } => self.count_accept(config, from, ballot, slot, out),
            Message::Reject { promised, .. } => self.yield_to(config, promised, out),
            Message::Leads { ballot, applied } => {
                self.yield_to(config, ballot, out);
                self.learned.ask_for_missing(from, applied, out);
            }
            Message::Commit { slot, request } => {
                if self.learned.choose(config, slot, request, out) {
                    self.defeats = 0;
                }
                self.apply(out);
            }
            Message::Learn { from: slot } => {
                for (slot, request) in self.learned.chosen.range(slot).take(MOST_TOLD) {
                    out.send(from, Message::Commit { slot, request: request.clone() });
                }
            }
            Message::Prepare { .. } | Message::Accept { .. } => {}
        }
    }

    /// Another leader has a higher ballot: wait for it, and try again should it fall silent.
    fn yield_to(&mut self, config: &Config, ballot: Ballot, out: Out<'_>) {
        if ballot < self.highest || ballot.leader == self.number {
            return;
        }
        if !matches!(self.phase, Phase::Waiting) {
            out.note(Note::Yields { to: ballot });
            out.disarm(Timer::Resend);
            self.defeats = self.defeats.saturating_add(1);
        }
        self.highest = ballot;
        self.phase = Phase::Waiting;
        out.arm(Timer::Phase1, config.patience(self.number, self.defeats));
    }

    fn count_promise(&mut self, config: &Config, from: NodeId, of: Ballot, theirs: Accepted, out: Out<'_>) {
        let Phase::Preparing { ballot, promised, accepted } = &mut self.phase else { return };
        if of != *ballot || !promised.insert(from) {
            return;
        }
        for (slot, latest) in theirs.iter() {
            if accepted.get(slot).is_none_or(|known| known.0 < latest.0) {
                accepted.insert(slot, latest.clone());
            }
        }
        if promised.len() >= majority(u32::from(config.acceptors)) {
            let (ballot, promises, accepted) = (*ballot, promised.len(), std::mem::take(accepted));
            self.lead(config, ballot, promises, accepted, out);
        }
    }

    /// Phase 1 is won. What acceptors had accepted may have been chosen: it is proposed again, in this
    /// ballot, and gaps are filled with commands that do nothing.
    fn lead(&mut self, config: &Config, ballot: Ballot, promises: u32, accepted: Accepted, out: Out<'_>) {
        out.disarm(Timer::Phase1);
        let accepted = if config.makes(Mistake::IgnorePhase1) { Accepted::default() } else { accepted };
        let last = accepted.last().max(self.learned.chosen.last());
        let open: Vec<SlotId> =
            (1..=last.0).map(SlotId).filter(|slot| self.learned.chosen.get(*slot).is_none()).collect();
        out.note(Note::Leads { ballot, promises, of: config.acceptors, again: open.len() as u64 });
        self.phase = Phase::Leading { ballot, next: last.next(), open: SortedMap::default() };
        for slot in open {
            let request = accepted.get(slot).map_or_else(Request::noop, |(_, request)| request.clone());
            self.accept(config, slot, request, out);
        }
        self.tell_others(config, ballot, out);
    }

    /// A client asks for something: it gets the next slot, unless it has one already and asks again.
    pub(super) fn propose(&mut self, config: &Config, request: &Arc<Request>, out: Out<'_>) {
        let Phase::Leading { next, open, .. } = &mut self.phase else {
            let known = self.highest.leader != 0 && self.highest.leader != self.number;
            let leader = known.then(|| config.leader(self.highest.leader));
            return out.reply(request, Answer::Redirect(leader));
        };
        if open.iter().any(|(_, proposal)| proposal.request == *request) {
            return;
        }
        let slot = std::mem::replace(next, next.next());
        self.accept(config, slot, request.clone(), out);
    }

    /// Phase 2 for one slot.
    fn accept(&mut self, config: &Config, slot: SlotId, request: Arc<Request>, out: Out<'_>) {
        let Phase::Leading { ballot, open, .. } = &mut self.phase else { return };
        let ballot = *ballot;
        open.insert(slot, Proposal { request: request.clone(), accepted: NodeSet::EMPTY, waited: 0 });
        out.note(Note::Proposes { slot, request: request.clone() });
        for to in config.all(Kind::Acceptor) {
            out.send(to, Message::Accept { ballot, slot, request: request.clone() });
        }
    }

    fn count_accept(&mut self, config: &Config, from: NodeId, of: Ballot, slot: SlotId, out: Out<'_>) {
        let Phase::Leading { ballot, open, .. } = &mut self.phase else { return };
        let Some(proposal) = open.get_mut(&slot).filter(|_| of == *ballot) else { return };
        proposal.accepted.insert(from);
        let (accepted, needed) = (proposal.accepted.len(), majority(u32::from(config.acceptors)));
        if accepted < needed {
            return;
        }
        let request = proposal.request.clone();
        open.remove(&slot);
        out.note(Note::Chosen { slot, accepted, of: config.acceptors, needed });
        self.learned.choose(config, slot, request.clone(), out);
        self.defeats = 0;
        for to in self.others(config) {
            out.send(to, Message::Commit { slot, request: request.clone() });
        }
        self.apply(out);
    }

    fn apply(&mut self, out: Out<'_>) {
        while let Some((slot, request, outcome)) = self.learned.apply_next(false) {
            if self.leads() {
                out.reply(&request, Answer::Done(outcome.clone()));
            }
            out.note(Note::Applied { slot, request, outcome });
        }
    }
}
