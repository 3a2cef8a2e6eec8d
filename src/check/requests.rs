//! Every request of every client, from its first asking to its answer: what a checker of linearizability judges.
//!
//! A request with all its retries is one row. `call` and `return` are numbers of events in the order in which things
//! happened, unique over all clients. A request whose outcome the client never learned has neither return nor result.

use serde::{Serialize, Serializer};

use super::linearizability;
use crate::kv::{Command, KvError, Outcome, Read};
use crate::protocol::{Answer, Protocol};
use crate::sim::{Cluster, Fact, Happening, LastAnswer};
use crate::types::{ClientId, Pages, Time};

/// Where in a run something happened.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Place {
    /// After how many steps.
    pub steps: u64,
    /// When.
    pub at: Time,
}

/// One request of a client.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RequestRow {
    /// Who asked.
    pub client: ClientId,
    /// Which request of the client it is.
    pub seq: u64,
    /// What was asked.
    pub command: Command,
    /// In which way a get was to be answered, where it said so.
    pub read: Option<Read>,
    /// When it was asked first.
    pub call: u64,
    /// When its outcome was learned.
    pub returned: Option<u64>,
    /// The answer; none where there is none yet.
    pub answer: Option<LastAnswer>,
    /// Where in the run it was asked first.
    pub asked: Place,
    /// Where in the run an answer came, also one that leaves the outcome unknown.
    pub ended: Option<Place>,
}

impl RequestRow {
    /// What a judge of linearizability sees of it; none of what has no key.
    pub fn request(&self) -> Option<linearizability::Request> {
        let op = linearizability::Op::of(&self.command)?;
        let answer = match &self.answer {
            Some(LastAnswer::Done(outcome)) => Some(answer(outcome)),
            Some(LastAnswer::Unknown | LastAnswer::Expired) | None => None,
        };
        let (client, key) = (self.client.0.into(), self.command.key()?.clone());
        Some(linearizability::Request { client, key, op, call: self.call, returned: self.returned.zip(answer) })
    }
}

/// An outcome as a judge sees it.
pub(super) fn answer(outcome: &Outcome) -> linearizability::Answer {
    use linearizability::Answer;
    match outcome {
        Ok(Some(value)) => Answer::Value(value.clone()),
        Ok(None) => Answer::Done,
        Err(KvError::KeyExists(_)) => Answer::Exists,
        Err(KvError::KeyNotFound(_)) => Answer::NotFound,
    }
}

/// A row as a line of a history: an object with `client`, `op`, `key`, `value`, `call`, `return` and `result`.
impl Serialize for RequestRow {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Row<'a> {
            client: u8,
            op: &'static str,
            key: Option<&'a str>,
            value: Option<&'a str>,
            call: u64,
            r#return: Option<u64>,
            result: Option<Came<'a>>,
        }
        #[derive(Serialize)]
        struct Came<'a> {
            ok: bool,
            value: Option<&'a str>,
            error: Option<String>,
        }
        let result = match &self.answer {
            Some(LastAnswer::Done(Ok(value))) => Some(Came { ok: true, value: value.as_deref(), error: None }),
            Some(LastAnswer::Done(Err(error))) => Some(Came { ok: false, value: None, error: Some(error.to_string()) }),
            Some(LastAnswer::Unknown | LastAnswer::Expired) | None => None,
        };
        let row = Row {
            client: self.client.0,
            op: self.command.op(),
            key: self.command.key().map(|key| &**key),
            value: self.command.value().map(|value| &**value),
            call: self.call,
            r#return: self.returned,
            result,
        };
        row.serialize(to)
    }
}

/// All requests so far, in the order in which they were asked.
#[derive(Clone, Debug, Default)]
pub struct Requests {
    /// Whoever watches a run keeps many copies of it, which have most of this in common.
    rows: Pages<RequestRow>,
    events: u64,
}

impl Requests {
    /// Each of them.
    pub fn rows(&self) -> Vec<&RequestRow> {
        self.rows.iter().collect()
    }

    /// Takes note of the last step.
    pub fn take_note<P: Protocol>(&mut self, cluster: &Cluster<P>) {
        let here = Place { steps: cluster.steps(), at: cluster.now() };
        for fact in cluster.facts() {
            match fact {
                Fact::Happened(Happening::Asked { request, attempt: 1, .. }) => {
                    let Some((client, seq)) = request.origin else { continue };
                    let (command, read, call) = (request.command.clone(), request.read, self.next());
                    self.rows.push(RequestRow {
                        client,
                        seq,
                        command,
                        read,
                        call,
                        returned: None,
                        answer: None,
                        asked: here,
                        ended: None,
                    });
                }
                Fact::Happened(Happening::Answered(_, request, _, answer)) => {
                    let (answer, learned) = match answer {
                        Answer::Done(outcome) => (LastAnswer::Done(outcome.clone()), true),
                        Answer::Failed => (LastAnswer::Unknown, false),
                        Answer::Expired => (LastAnswer::Expired, false),
                        Answer::Redirect(_) | Answer::Busy => continue,
                    };
                    let returned = learned.then(|| self.next());
                    // A client asks for one thing after another, so it is one of the last.
                    let asked = |row: &RequestRow| request.origin == Some((row.client, row.seq));
                    let behind = self.rows.iter().rev().position(asked);
                    let row = behind.and_then(|behind| self.rows.get_mut(self.rows.len() - 1 - behind));
                    if let Some(row) = row {
                        (row.returned, row.answer, row.ended) = (returned, Some(answer), Some(here));
                    }
                }
                _ => {}
            }
        }
    }

    fn next(&mut self) -> u64 {
        self.events += 1;
        self.events
    }
}
