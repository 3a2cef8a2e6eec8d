//! The replicated state machine: the key-value store, and what every client was answered last.
//!
//! A client that hears nothing asks again, and its command may then be in the log twice. So the state machine
//! remembers for each client the number of the last command that it has carried out and what that came to: a command
//! that comes again gets the same answer and changes nothing (dissertation, §6.3). All of it is in the snapshots.

use crate::kv::{Outcome, Request, Store};
use crate::types::{ClientId, SortedMap, Span};

/// The store, and the sessions of its clients.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Machine {
    pub(super) store: Store,
    pub(super) sessions: SortedMap<ClientId, Session>,
}

/// What is remembered of a client.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Session {
    /// The number of the last command that was carried out.
    pub seq: u64,
    /// What that came to; forgotten once the session has expired. The number stays, so that even then nothing is
    /// carried out twice.
    pub reply: Option<Outcome>,
    /// When that was, by the time that the log carries.
    pub at: Span,
}

/// What has come of an entry's command.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Applied {
    /// It was carried out.
    Fresh(Outcome),
    /// It had been carried out before; this is what it came to then.
    Again(Outcome),
    /// The client has been answered a later one already: nobody waits for this.
    Passed,
    /// It may have been carried out before: what was known of the client has expired.
    Expired,
}

impl Machine {
    /// Carries out a request that belongs to no session: as often as it comes.
    pub fn apply(&mut self, request: &Request) -> Applied {
        Applied::Fresh(self.store.apply(&request.command))
    }

    /// Carries out a request once. `time` is what the log says that time is, `lasts` how long a session lasts that
    /// nothing is heard of.
    pub fn apply_once(&mut self, request: &Request, time: Span, lasts: Span) -> Applied {
        self.expire(time, lasts);
        let Some((client, seq)) = request.origin else { return self.apply(request) };
        match self.sessions.get(&client) {
            Some(session) if seq < session.seq => return Applied::Passed,
            Some(session) if seq == session.seq => {
                return session.reply.clone().map_or(Applied::Expired, Applied::Again);
            }
            _ => {}
        }
        let outcome = self.store.apply(&request.command);
        self.sessions.insert(client, Session { seq, reply: Some(outcome.clone()), at: time });
        Applied::Fresh(outcome)
    }

    fn expire(&mut self, time: Span, lasts: Span) {
        for (_, session) in self.sessions.iter_mut() {
            if session.at.0.saturating_add(lasts.0) < time.0 {
                session.reply = None;
            }
        }
    }

    /// What a client was answered last, and by which number.
    pub fn session(&self, client: ClientId) -> Option<&Session> {
        self.sessions.get(&client)
    }

    /// How many sessions are open: those whose last answer is known.
    pub fn open_sessions(&self) -> usize {
        self.sessions.iter().filter(|(_, session)| session.reply.is_some()).count()
    }
}
