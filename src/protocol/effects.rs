//! What a node wants done, in its order, and which write each thing waits for.

use super::{Durable, Protocol};
use crate::kv::{Outcome, Request};
use crate::types::{ClientId, NodeId, Spread};

/// What a node wants done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Effect<P: Protocol> {
    /// Write this to disk.
    Persist(<P::Durable as Durable>::Write),
    /// Send this to another node.
    Send {
        /// The receiver; never the node itself.
        to: NodeId,
        /// What is sent.
        message: P::Message,
        /// Which write it must wait for.
        after: After,
    },
    /// Let a timer run out after a time drawn from `within`; a running one is set anew.
    Arm {
        /// Which timer.
        timer: P::Timer,
        /// The spread that the world draws from, on the node's own clock.
        within: Spread,
    },
    /// Stop a timer; nothing happens where it is not running.
    Disarm(P::Timer),
    /// Answer a client.
    Reply {
        /// Who asked.
        client: ClientId,
        /// Which of its requests this answers.
        seq: u64,
        /// The answer.
        answer: Answer,
        /// Which write it must wait for.
        after: After,
    },
    /// Tell whoever watches. Changes nothing.
    Note(P::Note),
}

/// Which of a node's writes must be flushed before something may leave the node.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum After {
    /// All that it has begun.
    Everything,
    /// The write of this number, as the node counts what it persists since it started, from 1; 0 is none.
    Write(u64),
}

/// What a node answers a client.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Answer {
    /// The command was committed and carried out; this is what it came to.
    Done(Outcome),
    /// This node does not lead; the node named here does, as far as it knows.
    Redirect(Option<NodeId>),
    /// The leader has more to do than it can take on: the client should ask again a little later.
    Busy,
    /// The request is older than what is remembered of the client: whether it was carried out is unknown.
    Expired,
    /// The request was given up; whether it will be carried out is unknown. `consensus failed`.
    Failed,
}

/// The effects of one input, in their order.
#[derive(Clone, Debug)]
pub struct Effects<P: Protocol> {
    list: Vec<Effect<P>>,
    watched: bool,
}

impl<P: Protocol> Default for Effects<P> {
    fn default() -> Self {
        Effects { list: Vec::new(), watched: true }
    }
}

impl<P: Protocol> Effects<P> {
    /// Asks for a write to disk.
    pub fn persist(&mut self, write: <P::Durable as Durable>::Write) {
        self.list.push(Effect::Persist(write));
    }

    /// Asks for a message to be sent once all earlier writes are flushed.
    pub fn send(&mut self, to: NodeId, message: P::Message) {
        self.send_after(to, message, After::Everything);
    }

    /// Asks for a message to be sent once that write is flushed.
    pub fn send_after(&mut self, to: NodeId, message: P::Message, after: After) {
        self.list.push(Effect::Send { to, message, after });
    }

    /// Asks for a timer.
    pub fn arm(&mut self, timer: P::Timer, within: Spread) {
        self.list.push(Effect::Arm { timer, within });
    }

    /// Asks for a timer to be stopped.
    pub fn disarm(&mut self, timer: P::Timer) {
        self.list.push(Effect::Disarm(timer));
    }

    /// Answers the client behind a request, once all earlier writes are flushed; a request that nobody waits for
    /// has no answer.
    pub fn reply(&mut self, request: &Request, answer: Answer) {
        self.reply_after(request, answer, After::Everything);
    }

    /// The same once that write is flushed.
    pub fn reply_after(&mut self, request: &Request, answer: Answer, after: After) {
        if let Some((client, seq)) = request.origin {
            self.list.push(Effect::Reply { client, seq, answer, after });
        }
    }

    /// For whoever drives a node and does not want to know what it notes.
    pub fn unwatched() -> Self {
        Effects { list: Vec::new(), watched: false }
    }

    /// Notes a fact, if somebody watches.
    pub fn note(&mut self, note: P::Note) {
        self.note_with(|| note);
    }

    /// The same where the fact itself is worth saving.
    pub fn note_with(&mut self, note: impl FnOnce() -> P::Note) {
        if self.watched {
            self.list.push(Effect::Note(note()));
        }
    }

    /// Takes all effects out, in their order; the room for the next ones is kept.
    pub fn drain(&mut self) -> impl Iterator<Item = Effect<P>> {
        self.list.drain(..)
    }

    /// The effects so far.
    pub fn as_slice(&self) -> &[Effect<P>] {
        &self.list
    }
}
