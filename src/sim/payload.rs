//! What travels, and how it is shown: a protocol's message shows itself, and what clients and nodes
//! say to each other is the same for all protocols.

use std::sync::Arc;

use crate::kv::{KvError, Request, outcome_text};
use crate::observe::{Fact, MessageView, Shape, Show, Sign};
use crate::protocol::Answer;

/// What travels: a protocol's message, a client's request, or its answer.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Payload<M> {
    /// From node to node.
    Protocol(M),
    /// From a client to a node.
    Request(Arc<Request>),
    /// From a node to a client: the answer to the request of this number.
    Answer(u64, Answer),
}

impl<M: Show> Show for Payload<M> {
    fn kind(&self) -> &'static str {
        match self {
            Payload::Protocol(message) => message.kind(),
            Payload::Request(_) => "request",
            Payload::Answer(..) => "answer",
        }
    }

    fn bytes(&self) -> u64 {
        match self {
            Payload::Protocol(message) => message.bytes(),
            Payload::Request(request) => 1 + request.bytes(),
            Payload::Answer(_, answer) => 1 + 8 + 1 + answer_bytes(answer),
        }
    }

    fn show(&self) -> MessageView {
        match self {
            Payload::Protocol(message) => message.show(),
            Payload::Request(request) => show_request(request),
            Payload::Answer(seq, answer) => show_answer(*seq, answer),
        }
    }
}

/// What an answer carries beside its kind: a value, the key that stood in the way, or a node.
fn answer_bytes(answer: &Answer) -> u64 {
    match answer {
        Answer::Done(Ok(value)) => value.as_ref().map_or(0, |value| value.len() as u64),
        Answer::Done(Err(KvError::KeyExists(key) | KvError::KeyNotFound(key))) => key.len() as u64,
        Answer::Redirect(leader) => u64::from(leader.is_some()),
        Answer::Busy | Answer::Expired | Answer::Failed => 0,
    }
}

fn show_request(request: &Request) -> MessageView {
    let origin = request.origin.map(|(client, seq)| Fact::new("request", format!("{seq} of {client}")));
    let read = request.read.map(|read| Fact::new("read by", read));
    let facts = origin.into_iter().chain([Fact::new("command", &request.command)]).chain(read).collect();
    tag("request", None, request.command.to_string(), facts)
}

fn show_answer(seq: u64, answer: &Answer) -> MessageView {
    let (sign, label) = match answer {
        Answer::Done(outcome) => (if outcome.is_ok() { Sign::Plus } else { Sign::Minus }, outcome_text(outcome)),
        Answer::Redirect(Some(leader)) => (Sign::Minus, format!("ask {leader}")),
        Answer::Redirect(None) => (Sign::Minus, "no leader".to_string()),
        Answer::Busy => (Sign::Minus, "busy".to_string()),
        Answer::Expired => (Sign::Minus, "session expired".to_string()),
        Answer::Failed => (Sign::Minus, "consensus failed".to_string()),
    };
    let facts = vec![Fact::new("answers request", seq), Fact::new("answer", &label)];
    tag("answer", Some(sign), label, facts)
}

/// What is said between clients and nodes has a sign exactly where it is an answer.
fn tag(kind: &'static str, sign: Option<Sign>, label: String, facts: Vec<Fact>) -> MessageView {
    MessageView { kind, shape: Shape::Tag, reply: sign.is_some(), sign, epoch: None, label, facts }
}
