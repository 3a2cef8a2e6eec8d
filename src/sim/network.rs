//! The network: the messages on their way, over the links of [`LinkTable`].
//!
//! What is sent while a link is cut is lost half-way; what would arrive while it is cut is lost, too.

use crate::chance::Chance;
use crate::observe::{MessageView, Show};
use crate::sim::{LinkRules, LinkTable, LossReason, Payload};
use crate::types::{MessageId, Process, Span, Time};

/// A message on its way.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Flight<M> {
    /// Which message.
    pub id: MessageId,
    /// When it was sent.
    pub sent: Time,
    /// When it arrives, or would arrive.
    pub arrives: Time,
    /// When it will be lost and why, if it will be.
    pub lost: Option<(Time, LossReason)>,
    /// What it says.
    pub payload: Payload<M>,
}

impl<M> Flight<M> {
    /// When the schedule has something to do with it.
    pub fn due(&self) -> Time {
        self.lost.map_or(self.arrives, |(time, _)| time)
    }

    /// What is due first comes first; of what is due at one moment, the lower number.
    fn rank(&self) -> (Time, MessageId) {
        (self.due(), self.id)
    }
}

impl<M: Show> Flight<M> {
    /// The message as it can be seen, whatever the protocol.
    pub fn seen(&self) -> Seen {
        Seen { id: self.id, sent: self.sent, arrives: self.arrives, message: self.payload.show() }
    }
}

/// A message as it can be seen: no protocol's type is left.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seen {
    /// Which message.
    pub id: MessageId,
    /// When it was sent.
    pub sent: Time,
    /// When it arrives, or would arrive.
    pub arrives: Time,
    /// What it says.
    pub message: MessageView,
}

/// All links and all messages on their way.
#[derive(Clone, Debug)]
pub struct Network<M> {
    /// The links.
    pub links: LinkTable,
    /// Sorted by rank, the first to come last. A few dozen messages fly at a time, so that moving some
    /// of them costs less than any tree.
    flights: Vec<Flight<M>>,
}

impl<M: Clone + Eq> Network<M> {
    pub(super) fn new(nodes: u8, clients: u8, ordinary: LinkRules) -> Self {
        Network { links: LinkTable::new(nodes, clients, ordinary), flights: Vec::new() }
    }

    /// Sends a message: draws its fate and puts it on its way. The second is the copy that the network
    /// made of it, if it did.
    pub(super) fn send(
        &mut self,
        chance: Chance,
        now: Time,
        from: Process,
        to: Process,
        payload: Payload<M>,
    ) -> (MessageId, Option<MessageId>) {
        let (id, copy) = self.links.number(chance, from, to);
        for id in [id].into_iter().chain(copy) {
            let fate = self.links.fate(chance, now, id);
            self.put(Flight { id, sent: now, arrives: fate.arrives, lost: fate.lost, payload: payload.clone() });
        }
        (id, copy)
    }

    pub(super) fn put(&mut self, flight: Flight<M>) {
        let place = self.flights.partition_point(|other| other.rank() > flight.rank());
        self.flights.insert(place, flight);
    }

    /// Makes a copy of a message that arrives half a shortest latency later.
    /// `held` are the messages that have arrived and were not read yet: their names are taken, too.
    pub(super) fn duplicate(
        &mut self,
        id: MessageId,
        held: impl Iterator<Item = MessageId> + Clone,
    ) -> Result<MessageId, String> {
        let original = self.flights[self.place(id)?].clone();
        let known = self.flights.iter().map(|flight| flight.id).chain(held);
        let copy = (2..=u8::MAX).find(|copy| known.clone().all(|other| other != MessageId { copy: *copy, ..id }));
        let copy = MessageId { copy: copy.ok_or("this message has too many copies already")?, ..id };
        let later = Span(self.links.ordinary.latency.min.0 / 2);
        self.put(Flight { id: copy, arrives: original.arrives + later, lost: None, ..original });
        Ok(copy)
    }

    /// The message that the schedule turns to next.
    pub fn next(&self) -> Option<&Flight<M>> {
        self.flights.last()
    }

    fn place(&self, id: MessageId) -> Result<usize, String> {
        // Most who ask, ask for the next one.
        let found = self.flights.iter().rposition(|flight| flight.id == id);
        found.ok_or_else(|| format!("no message {id} is on its way"))
    }

    pub(super) fn take(&mut self, id: MessageId) -> Result<Flight<M>, String> {
        let place = self.place(id)?;
        Ok(self.flights.remove(place))
    }

    /// Makes this what another is. What both have is left alone.
    pub(super) fn take_up(&mut self, other: &Self) {
        self.links.take_up(&other.links);
        let mut place = 0;
        for flight in &other.flights {
            // Both are sorted, the last first: what is above it here is not there.
            while self.flights.get(place).is_some_and(|own| own.rank() > flight.rank()) {
                self.flights.remove(place);
            }
            match self.flights.get_mut(place) {
                Some(own) if own == flight => {}
                Some(own) if own.rank() == flight.rank() => own.clone_from(flight),
                _ => self.flights.insert(place, flight.clone()),
            }
            place += 1;
        }
        self.flights.truncate(place);
    }

    /// A message that is on its way.
    pub fn flight(&self, id: MessageId) -> Option<&Flight<M>> {
        // Most who ask, ask for one that was sent just now, and is due last.
        self.flights.iter().find(|flight| flight.id == id)
    }

    /// All messages on their way, in the order in which they are due.
    pub fn flights(&self) -> impl ExactSizeIterator<Item = &Flight<M>> {
        self.flights.iter().rev()
    }
}
