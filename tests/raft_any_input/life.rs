//! A node with its disk and nothing else, and what must be true of it whatever it is told.

use std::collections::{BTreeMap, VecDeque};

use proptest::prelude::*;
use raft_playground::observe::{NodeView, Window};
use raft_playground::protocol::{After, Durable, Effect, Effects, Input, Protocol};
use raft_playground::raft::{Config, Disk, Message, OPTIONS, Raft, Receipt, RequestVote, Timer, Verdict, Write};
use raft_playground::types::{LogIndex, NodeId, Term};

use crate::Event;
use crate::letters::Near;

/// A node with its disk, and what is waiting for that.
pub(crate) struct Life {
    id: NodeId,
    config: Config,
    node: Raft,
    disk: Disk,
    writes: VecDeque<Write>,
    /// How many writes were begun, and how many of them are flushed, since the node started.
    begun: u64,
    flushed: u64,
    /// What is sent once so many writes are flushed.
    outbox: Vec<(u64, Message, NodeId)>,
    /// Whom this node has told that it votes for them, by the term, in all its life.
    votes: BTreeMap<Term, NodeId>,
}

impl Life {
    pub(crate) fn new(id: u8, config: Config) -> Life {
        let (id, disk) = (NodeId(id), Disk::default());
        let node = Raft::boot(id, &config, &disk, &mut Effects::default());
        let (writes, outbox, votes) = (VecDeque::new(), Vec::new(), BTreeMap::new());
        Life { id, config, node, disk, writes, begun: 0, flushed: 0, outbox, votes }
    }

    /// The node with all entries that it has.
    fn view(&self) -> NodeView {
        let first = self.node.observe(&self.config, Window { from: 1, count: 0 }).first_slot;
        self.node.observe(&self.config, Window { from: first, count: 10_000 })
    }

    /// What the node has, for numbers that lie near it.
    fn near(&self) -> Near<'_> {
        Near { node: &self.node, config: &self.config }
    }

    /// Hands the node one input, and holds it to what must be true whatever it was.
    fn tell(&mut self, input: Input<Raft>) -> Result<(), TestCaseError> {
        let before = self.view();
        let mut out = Effects::default();
        self.node.handle(&self.config, input, &mut out);
        for effect in out.drain() {
            match effect {
                Effect::Persist(write) => {
                    self.begun += 1;
                    self.writes.push_back(write);
                }
                Effect::Send { to, message, after } => {
                    prop_assert!(to.is_possible() && to != self.id, "{} sends {:?} to {}", self.id, message, to);
                    let needs = match after {
                        After::Everything => self.begun,
                        After::Write(number) => number,
                    };
                    prop_assert!(needs <= self.begun, "waits for a write that was never begun");
                    self.outbox.push((needs, message, to));
                }
                _ => {}
            }
        }
        // Who makes a mistake need not keep anything; falling over is another matter.
        if self.config.bugs.any() {
            return Ok(());
        }
        self.check(&before, &self.view())?;
        self.send()
    }

    /// What one input may do to a node.
    fn check(&self, before: &NodeView, after: &NodeView) -> Result<(), TestCaseError> {
        let term = |view: &NodeView| view.epoch.as_ref().map_or(0, |epoch| epoch.number);
        let (was, is) = (term(before), term(after));
        prop_assert!(is >= was, "the term falls from {} to {}", was, is);
        prop_assert!(after.committed >= before.committed, "the commit index falls");
        prop_assert!(after.applied == after.committed, "what is committed is applied");
        prop_assert!(after.committed <= after.last_slot, "what is committed is in the log");
        let snapshot = after.snapshot.as_ref().map_or(0, |snapshot| snapshot.slot);
        prop_assert!(after.first_slot - 1 <= snapshot && snapshot <= after.committed, "the snapshot is committed");
        if is == was && before.vote.is_some() {
            prop_assert_eq!(after.vote, before.vote, "a vote is given once in a term");
        }
        let terms: Vec<u64> = after.slots.iter().map(|slot| slot.epoch.number).collect();
        prop_assert!(
            terms.is_sorted() && terms.last().is_none_or(|last| *last <= is),
            "terms along the log: {:?}",
            terms
        );
        let leads = before.role == "leader" && after.role == "leader" && is == was;
        prop_assert!(!leads || after.last_slot >= before.last_slot, "a leader only appends");
        // Of what both logs hold, nothing committed changes, and nothing at all while the node leads.
        let stays = if leads { u64::MAX } else { before.committed };
        for old in before.slots.iter().filter(|slot| slot.index <= stays && slot.index >= after.first_slot) {
            let place = usize::try_from(old.index - after.first_slot).unwrap_or(usize::MAX);
            prop_assert_eq!(Some(old), after.slots.get(place), "entry {} changes", old.index);
        }
        Ok(())
    }

    /// What need not wait any more leaves; nobody hears of two votes in a term.
    fn send(&mut self) -> Result<(), TestCaseError> {
        let (go, stay) = std::mem::take(&mut self.outbox).into_iter().partition(|(needs, ..)| *needs <= self.flushed);
        self.outbox = stay;
        for (_, message, to) in go {
            let vote = match message {
                Message::RequestVoteReply { term, granted: true, pre: false } => Some((term, to)),
                Message::RequestVote(RequestVote { term, pre: false, .. }) => Some((term, self.id)),
                _ => None,
            };
            if let Some((term, whom)) = vote {
                prop_assert_eq!(*self.votes.entry(term).or_insert(whom), whom, "two votes in term {}", term);
            }
        }
        Ok(())
    }

    /// The oldest write reaches the disk, with which a node can start at any time.
    fn flush(&mut self) -> Result<(), TestCaseError> {
        let Some(write) = self.writes.pop_front() else { return Ok(()) };
        let receipt = self.disk.write(&write);
        let started = Raft::boot(self.id, &self.config, &self.disk, &mut Effects::default());
        let ahead = started.epoch() > self.node.epoch();
        prop_assert!(!ahead || self.config.bugs.any(), "the disk is ahead of the node");
        self.flushed += 1;
        self.tell(Input::Flushed(receipt))
    }

    fn crash(&mut self, torn: Option<u64>) {
        if let (Some(write), Some(whole)) = (self.writes.front(), torn) {
            self.disk.tear(write, whole);
        }
        self.writes.clear();
        self.outbox.clear();
        (self.begun, self.flushed) = (0, 0);
        self.node = Raft::boot(self.id, &self.config, &self.disk, &mut Effects::default());
    }

    /// Something is chosen anew.
    pub(crate) fn choose(&mut self, name: &str, value: &str) -> Result<(), TestCaseError> {
        let choice = OPTIONS.iter().chain(Raft::bug()).find(|choice| choice.name == name).expect("an option");
        choice.choose(&mut self.config, value).expect("a value of this option");
        self.tell(Input::Configured)
    }

    /// Something happens.
    pub(crate) fn live(&mut self, event: Event) -> Result<(), TestCaseError> {
        match event {
            Event::Hear(from, letter) => {
                let message = self.near().message(letter);
                self.tell(Input::Deliver { from, message })
            }
            Event::TimeOut(timer) => self.tell(Input::Timeout(timer)),
            Event::Win => {
                let me = self.id;
                self.tell(Input::Timeout(Timer::Election))?;
                for pre in [true, false] {
                    while !self.writes.is_empty() {
                        self.flush()?;
                    }
                    let term = Term(self.node.epoch() + u64::from(pre));
                    for from in NodeId::all(5).filter(|from| *from != me) {
                        let message = Message::RequestVoteReply { term, granted: true, pre };
                        self.tell(Input::Deliver { from, message })?;
                    }
                }
                Ok(())
            }
            Event::HaveAll(ids) => ids.into_iter().try_for_each(|id| {
                let (term, last) = (Term(self.node.epoch()), LogIndex(self.node.last_slot()));
                let message = Message::AppendEntriesReply { term, round: 9, last, verdict: Verdict::Matched(last) };
                self.tell(Input::Deliver { from: NodeId(id), message })
            }),
            Event::Ask(requests) if requests.len() == 1 => self.tell(Input::Request(requests[0].clone())),
            Event::Ask(requests) => self.tell(Input::Requests(requests)),
            Event::Order(order) => {
                let refused = self.node.refuses(&self.config, order).is_some();
                let before = self.node.clone();
                self.tell(Input::Order(order))?;
                prop_assert!(!refused || self.node == before, "{:?} was refused, and something has come of it", order);
                Ok(())
            }
            Event::Choose(name, value) => self.choose(name, value),
            Event::Flush(count) => (0..count).try_for_each(|_| self.flush()),
            Event::Receipt(kind, index, term) => {
                let (index, term) = (LogIndex(self.near().number(index)), Term(self.near().number(term)));
                let receipts = [Receipt::Ballot(term), Receipt::Entries(index, term), Receipt::Snapshot(index)];
                self.tell(Input::Flushed(receipts[usize::from(kind)]))
            }
            Event::Crash(torn) => {
                self.crash(torn);
                Ok(())
            }
        }
    }
}
