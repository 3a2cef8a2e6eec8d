//! Every request of every client, from its first asking to its answer: what a checker of linearizability judges.
//!
//! A request with all its retries is one row. `call` and `return` are numbers of events in the order in which things
//! happened, unique over all clients. A request whose outcome the client never learned has neither return nor result.

use serde::{Serialize, Serializer};

use crate::kv::Command;
use crate::protocol::{Answer, Protocol};
use crate::sim::{Cluster, Fact, Happening, LastAnswer};
use crate::types::ClientId;

/// One request of a client.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RequestRow {
    /// Who asked.
    pub client: ClientId,
    /// Which request of the client it is.
    pub seq: u64,
    /// What was asked.
    pub command: Command,
    /// When it was asked first.
    pub call: u64,
    /// When its outcome was learned.
    pub returned: Option<u64>,
    /// The answer; none where there is none yet.
    pub answer: Option<LastAnswer>,
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
            result: Option<Outcome<'a>>,
        }
        #[derive(Serialize)]
        struct Outcome<'a> {
            ok: bool,
            value: Option<&'a str>,
            error: Option<String>,
        }
        let result = match &self.answer {
            Some(LastAnswer::Done(Ok(value))) => Some(Outcome { ok: true, value: value.as_deref(), error: None }),
            Some(LastAnswer::Done(Err(error))) => {
                Some(Outcome { ok: false, value: None, error: Some(error.to_string()) })
            }
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
pub(super) struct Requests {
    rows: Vec<RequestRow>,
    events: u64,
}

impl Requests {
    pub(super) fn rows(&self) -> &[RequestRow] {
        &self.rows
    }

    pub(super) fn take_note<P: Protocol>(&mut self, cluster: &Cluster<P>) {
        for fact in cluster.facts() {
            match fact {
                Fact::Happened(Happening::Asked { request, attempt: 1, .. }) => {
                    let Some((client, seq)) = request.origin else { continue };
                    let (command, call) = (request.command.clone(), self.next());
                    self.rows.push(RequestRow { client, seq, command, call, returned: None, answer: None });
                }
                Fact::Happened(Happening::Answered(_, request, _, answer)) => {
                    let (answer, learned) = match answer {
                        Answer::Done(outcome) => (LastAnswer::Done(outcome.clone()), true),
                        Answer::Failed => (LastAnswer::Unknown, false),
                        Answer::Expired => (LastAnswer::Expired, false),
                        Answer::Redirect(_) | Answer::Busy => continue,
                    };
                    let returned = learned.then(|| self.next());
                    let asked = |row: &&mut RequestRow| request.origin == Some((row.client, row.seq));
                    if let Some(row) = self.rows.iter_mut().rev().find(asked) {
                        (row.returned, row.answer) = (returned, Some(answer));
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
