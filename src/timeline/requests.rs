//! Every request of every client, from its first asking to its answer: what a checker of linearizability judges.
//!
//! A request with all its retries is one row. `call` and `return` are numbers of events in the order in which things
//! happened, unique over all clients. A request whose outcome the client never learned has neither return nor result.

use serde::Serialize;

use crate::kv::{Command, Outcome};
use crate::protocol::{Answer, Protocol};
use crate::sim::{Cluster, Fact, Happening};
use crate::types::Text;

/// One request of a client.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RequestRow {
    /// The number of the client.
    pub client: u8,
    /// `put`, `get` or `delete`.
    pub op: &'static str,
    /// The key.
    pub key: Text,
    /// The value of a put.
    pub value: Option<Text>,
    /// When it was asked first.
    pub call: u64,
    /// When its answer arrived.
    #[serde(rename = "return")]
    pub returned: Option<u64>,
    /// The answer.
    pub result: Option<RequestResult>,
    /// Which request of the client it is.
    #[serde(skip)]
    pub seq: u64,
    /// Whether the client was told that its request has failed: the outcome is unknown, as where nobody answers.
    #[serde(skip)]
    pub given_up: bool,
}

/// What a request came to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RequestResult {
    /// Whether the store carried it out rather than refused it.
    pub ok: bool,
    /// The value that a get found.
    pub value: Option<Text>,
    /// Why the store refused.
    pub error: Option<String>,
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
                Fact::Happened(Happening::Asked { client, request, attempt: 1, .. }) => {
                    let Some((_, seq)) = request.origin else { continue };
                    let (op, key, value) = match &request.command {
                        Command::Put { key, value } => ("put", key, Some(value.clone())),
                        Command::Get { key } => ("get", key, None),
                        Command::Delete { key } => ("delete", key, None),
                        Command::Noop => continue,
                    };
                    let (key, call) = (key.clone(), self.next());
                    let (client, returned, result, given_up) = (client.0, None, None, false);
                    self.rows.push(RequestRow { client, op, key, value, call, returned, result, seq, given_up });
                }
                Fact::Happened(Happening::Answered(client, request, _, answer)) => {
                    let (rows, events) = (&mut self.rows, &mut self.events);
                    let asked =
                        |row: &&mut RequestRow| request.origin == Some((*client, row.seq)) && row.client == client.0;
                    let Some(row) = rows.iter_mut().rev().find(asked) else { continue };
                    match answer {
                        Answer::Done(outcome) => {
                            *events += 1;
                            (row.returned, row.result) = (Some(*events), Some(RequestResult::of(outcome)));
                        }
                        Answer::Failed => row.given_up = true,
                        Answer::Redirect(_) => {}
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

impl RequestResult {
    fn of(outcome: &Outcome) -> RequestResult {
        match outcome {
            Ok(value) => RequestResult { ok: true, value: value.clone(), error: None },
            Err(error) => RequestResult { ok: false, value: None, error: Some(error.to_string()) },
        }
    }
}
