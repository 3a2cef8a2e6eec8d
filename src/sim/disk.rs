//! A node's disk: what is safe, what is still on its way, and what waits for it.
//!
//! Writes reach the disk in their order, each after a time drawn from the disk's spread. Whatever a
//! node sends after a write is held in the outbox until that write is safe. A crash keeps exactly
//! what was flushed and forgets the rest, outbox included. A disk whose spread is zero flushes at
//! once.

use std::collections::VecDeque;

use crate::chance::{Chance, Purpose};
use crate::protocol::{Durable, Protocol};
use crate::sim::Payload;
use crate::types::{NodeId, Process, Spread, Time};

/// The disk of one node.
#[derive(Clone, Debug)]
pub struct Disk<P: Protocol> {
    /// What survives a crash.
    durable: P::Durable,
    /// Writes on their way, oldest first, with the time at which each is safe.
    pending: VecDeque<(Time, <P::Durable as Durable>::Write)>,
    /// How many writes were ever begun: the cause of the next draw.
    begun: u64,
    /// How many writes have ever been flushed; never more than `begun` less those lost in crashes.
    flushed: u64,
    /// Messages that wait for a write, with the number of that write, oldest first.
    outbox: VecDeque<(u64, Process, Payload<P::Message>)>,
    /// How long a flush takes.
    pub takes: Spread,
}

impl<P: Protocol> Disk<P> {
    pub(super) fn new(takes: Spread) -> Self {
        Disk {
            durable: P::Durable::default(),
            pending: VecDeque::new(),
            begun: 0,
            flushed: 0,
            outbox: VecDeque::new(),
            takes,
        }
    }

    /// What survives a crash.
    pub fn durable(&self) -> &P::Durable {
        &self.durable
    }

    /// How many writes are on their way.
    pub fn unflushed(&self) -> usize {
        self.pending.len()
    }

    /// Begins a write; a receipt comes back at once where it is already safe.
    pub(super) fn write(
        &mut self,
        chance: Chance,
        node: NodeId,
        write: <P::Durable as Durable>::Write,
        now: Time,
    ) -> Option<<P::Durable as Durable>::Receipt> {
        self.begun += 1;
        if self.takes.max.0 == 0 && self.pending.is_empty() {
            self.flushed = self.begun;
            return Some(self.durable.write(&write));
        }
        let takes = chance.within(Purpose::Flush, [u64::from(node.0), self.begun], self.takes);
        // Writes keep their order: none is safe before the one ahead of it.
        let after = self.pending.back().map_or(now, |(due, _)| *due);
        self.pending.push_back(((now + takes).max(after), write));
        None
    }

    /// Takes a message that is to be sent: it comes back at once where it need not wait.
    pub(super) fn hold(&mut self, to: Process, payload: Payload<P::Message>) -> Option<Payload<P::Message>> {
        if self.pending.is_empty() {
            return Some(payload);
        }
        self.outbox.push_back((self.begun, to, payload));
        None
    }

    /// When the oldest write on its way will be safe.
    pub fn next_flush(&self) -> Option<Time> {
        self.pending.front().map(|(due, _)| *due)
    }

    /// The oldest write on its way is safe now.
    pub(super) fn flush(&mut self) -> Option<<P::Durable as Durable>::Receipt> {
        let (_, write) = self.pending.pop_front()?;
        self.flushed = self.begun - self.pending.len() as u64;
        Some(self.durable.write(&write))
    }

    /// The next message whose write is safe by now.
    pub(super) fn release(&mut self) -> Option<(Process, Payload<P::Message>)> {
        let (after, _, _) = self.outbox.front()?;
        if *after > self.flushed {
            return None;
        }
        self.outbox.pop_front().map(|(_, to, payload)| (to, payload))
    }

    /// The machine has crashed: returns how many writes were lost.
    pub(super) fn crash(&mut self) -> usize {
        let lost = self.pending.len();
        self.pending.clear();
        self.outbox.clear();
        self.flushed = self.begun;
        lost
    }
}
