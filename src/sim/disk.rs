//! A node's disk: what is safe, what is still on its way, and what waits for it.
//!
//! Writes reach the disk in their order, each after a time drawn from the disk's spread. Whatever a
//! node sends after a write is held in the outbox until that write is safe. A crash keeps exactly
//! what was flushed and forgets the rest, outbox included. A disk whose spread is zero flushes at
//! once.

use std::collections::VecDeque;

use crate::chance::{Chance, Purpose};
use crate::protocol::{After, Durable, Protocol};
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
    /// How many of the writes that were begun are decided: flushed, or lost in a crash.
    flushed: u64,
    /// How many writes were begun before the node started: it counts its own from there on.
    started: u64,
    /// Messages that wait for a write, with the number of that write, oldest first.
    outbox: VecDeque<(u64, Process, Payload<P::Message>)>,
    /// How long a flush takes.
    pub takes: Spread,
}

impl<P: Protocol> Disk<P> {
    pub(super) fn new(takes: Spread, durable: P::Durable) -> Self {
        Disk { durable, pending: VecDeque::new(), begun: 0, flushed: 0, started: 0, outbox: VecDeque::new(), takes }
    }

    /// What survives a crash.
    pub fn durable(&self) -> &P::Durable {
        &self.durable
    }

    /// The same, for whoever changes how it is held and not what it is.
    pub(super) fn durable_mut(&mut self) -> &mut P::Durable {
        &mut self.durable
    }

    /// How many writes are on their way.
    pub fn unflushed(&self) -> usize {
        self.pending.len()
    }

    /// The writes on their way, oldest first.
    pub(super) fn on_their_way(&self) -> impl Iterator<Item = &<P::Durable as Durable>::Write> {
        self.pending.iter().map(|(_, write)| write)
    }

    /// What waits for a write: how many flushes are still to come before it leaves, to whom it goes, and what it is.
    pub(super) fn waiting(&self) -> impl Iterator<Item = (u64, Process, &Payload<P::Message>)> {
        self.outbox.iter().map(|(after, to, payload)| (after.saturating_sub(self.flushed), *to, payload))
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

    /// A node starts, and counts its writes from here on.
    pub(super) fn start(&mut self) {
        self.started = self.begun;
    }

    /// Takes a message that is to be sent: it comes back at once where it need not wait.
    pub(super) fn hold(
        &mut self,
        to: Process,
        payload: Payload<P::Message>,
        after: After,
    ) -> Option<Payload<P::Message>> {
        let after = match after {
            After::Everything => self.begun,
            After::Write(number) => self.begun.min(self.started.saturating_add(number)),
        };
        if after <= self.flushed {
            return Some(payload);
        }
        self.outbox.push_back((after, to, payload));
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
        // What waits for an earlier write may stand behind what waits for a later one.
        let free = self.outbox.iter().position(|(after, _, _)| *after <= self.flushed)?;
        self.outbox.remove(free).map(|(_, to, payload)| (to, payload))
    }

    /// The machine has crashed in the midst of the oldest write on its way: returns how many writes were lost, that one
    /// included; none where no write is on its way.
    pub(super) fn tear(&mut self, chance: Chance, node: NodeId) -> Option<usize> {
        let (_, write) = self.pending.front()?;
        let whole = chance.below(Purpose::Tear, [u64::from(node.0), self.begun], 4);
        self.durable.tear(write, whole);
        Some(self.crash())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kv::{Command, Request};
    use crate::protocol::{Answer, Effects};
    use crate::single_server::{Config, SingleServer};
    use crate::types::{ClientId, Span};

    const NOW: Time = Time(1_000);

    /// The disk of a server that writes one request after another.
    struct Server {
        disk: Disk<SingleServer>,
        written: u64,
    }

    impl Server {
        fn new(takes: Spread) -> Server {
            Server { disk: Disk::new(takes, Default::default()), written: 0 }
        }

        /// Begins the next write; says whether it is safe at once.
        fn write(&mut self) -> bool {
            self.written += 1;
            let request = Request::new(ClientId(1), self.written, Command::Noop);
            self.disk.write(Chance::new(7), NodeId(1), request, NOW).is_some()
        }

        /// Answers the request of this number; says whether the answer is free at once.
        fn answer(&mut self, seq: u64) -> bool {
            self.disk.hold(ClientId(1).into(), Payload::Answer(seq, Answer::Failed), After::Everything).is_some()
        }

        /// The numbers of all answers that need not wait any longer.
        fn released(&mut self) -> Vec<u64> {
            let next = || self.disk.release().map(|(_, payload)| payload);
            std::iter::from_fn(next).map(|p| if let Payload::Answer(seq, _) = p { seq } else { 0 }).collect()
        }

        /// How many requests would survive a crash.
        fn safe(&self) -> u64 {
            SingleServer::boot(NodeId(1), &Config, self.disk.durable(), &mut Effects::default()).last_slot()
        }
    }

    #[test]
    fn what_is_sent_behind_a_write_waits_for_that_write_and_keeps_its_order() {
        let mut server = Server::new(Spread::millis(1, 5));
        assert!(server.answer(100), "nothing is on its way to the disk");
        assert!(!server.write() && !server.answer(1) && !server.answer(11));
        assert!(!server.write() && !server.answer(2));
        assert_eq!(server.released(), [0; 0]);
        assert_eq!((server.disk.flush(), server.released()), (Some(1), vec![1, 11]));
        assert!(!server.answer(22), "the second write is still on its way");
        assert_eq!((server.disk.flush(), server.released()), (Some(2), vec![2, 22]));
        assert_eq!((server.disk.flush(), server.answer(3)), (None, true));
    }

    #[test]
    fn writes_are_safe_in_their_order_however_long_each_takes() {
        let mut server = Server::new(Spread::exactly(Span::millis(9)));
        server.write();
        server.disk.takes = Spread::exactly(Span::millis(2));
        server.write();
        server.disk.takes = Spread::exactly(Span::ZERO);
        assert!(!server.write(), "a disk that has become quick does not overtake itself");
        for done in 0..3 {
            assert_eq!((server.safe(), server.disk.next_flush()), (done, Some(NOW + Span::millis(9))));
            server.disk.flush();
        }
        assert!(server.write(), "nothing is ahead of it");
    }

    #[test]
    fn a_crash_keeps_what_was_flushed_and_forgets_the_rest_with_what_waited_for_it() {
        let mut server = Server::new(Spread::millis(1, 5));
        (1..=3).for_each(|seq| assert!(!server.write() && !server.answer(seq)));
        server.disk.flush();
        assert_eq!((server.disk.crash(), server.safe(), server.disk.unflushed()), (2, 1, 0));
        assert_eq!((server.disk.next_flush(), server.released()), (None, vec![]));
        // What is written and sent from then on waits for itself alone.
        assert!(!server.write() && !server.answer(4));
        assert_eq!(server.released(), [0; 0]);
        assert_eq!((server.disk.flush(), server.released()), (Some(2), vec![4]));
    }
}
