//! What a step did, in words: one sentence for each fact, with its subject where that is a process.
//!
//! `name` says what a node is called among people. A sentence with a subject goes on where the name of
//! the subject ends.

use crate::kv::{Request, outcome_text};
use crate::observe::{Landmark, Show, Tell, Told, Weight};
use crate::protocol::{Answer, Protocol};
use crate::sim::{Drift, Fact, Flight, Happening, Links, LossReason, Payload, Rule, Step};
use crate::types::{MessageId, NodeId, NodeSet, Process};

type Name<'a> = &'a dyn Fn(NodeId) -> String;
type Said = (Option<Process>, Told);

impl<P: Protocol> Fact<P> {
    /// Whether there is anything to say about the fact: for whoever only counts.
    pub fn is_told(&self) -> bool {
        match self {
            Fact::Happened(Happening::Sent(_) | Happening::Flushed(_))
            | Fact::Persisted(..)
            | Fact::Outgoing { .. } => false,
            Fact::Delivered(flight) => matches!(flight.payload, Payload::Protocol(_)),
            Fact::Noted(..) | Fact::Happened(_) | Fact::Lost(..) => true,
        }
    }

    /// Whom the fact is about, and the fact in words; none where there is nothing to say beyond what is
    /// drawn.
    pub fn tell(&self, name: Name<'_>) -> Option<Said> {
        match self {
            Fact::Noted(node, note) => Some((Some((*node).into()), note.tell())),
            Fact::Happened(happening) => happening.tell(name),
            Fact::Delivered(Flight { id, payload: Payload::Protocol(message), .. }) => {
                let text = format!("receives {} from {}", message.kind(), called(id.from, name));
                Some((Some(id.to), Told::new(Weight::Detail, "", text)))
            }
            Fact::Delivered(_) | Fact::Persisted(..) | Fact::Outgoing { .. } => None,
            Fact::Lost(flight, why) => Some((None, lost(flight.id, flight.payload.kind(), *why, name))),
        }
    }
}

impl Happening {
    fn tell(&self, name: Name<'_>) -> Option<Said> {
        use Weight::{Detail, Story, Turn};
        let mut landmark = None;
        let (who, weight, text): (Option<Process>, Weight, String) = match self {
            Happening::Sent(_) | Happening::Flushed(_) => return None,
            Happening::Changed(step) => {
                landmark = Some(Landmark::Network);
                (None, Turn, changed(step, name))
            }
            Happening::Duplicated { copy, forced } => {
                let text = format!("A copy of {} is on its way", message(*copy, "message", name));
                (None, if *forced { Story } else { Detail }, text)
            }
            Happening::Held(id) => {
                let text = format!("is paused: a message from {} waits at its door", called(id.from, name));
                (Some(id.to), Detail, text)
            }
            Happening::Delayed(id, by) => {
                (None, Story, format!("{} is delayed by {by}", message(*id, "message", name)))
            }
            Happening::Fired { node, timer, forced } => {
                let early = if *forced { " early, by hand" } else { "" };
                let text = format!("sees its {timer} timer run out{early}");
                (Some((*node).into()), if *forced { Story } else { Detail }, text)
            }
            Happening::Crashed(node, lost) => {
                landmark = Some(Landmark::Crash);
                let more = match lost {
                    0 => String::new(),
                    1 => "; 1 write had not reached it".to_string(),
                    n => format!("; {n} writes had not reached it"),
                };
                (Some((*node).into()), Turn, format!("crashes and loses all but its disk{more}"))
            }
            Happening::Restarted(node) => {
                landmark = Some(Landmark::Crash);
                (Some((*node).into()), Turn, "restarts with what its disk kept".to_string())
            }
            Happening::Started(node) => {
                landmark = Some(Landmark::Network);
                (Some((*node).into()), Turn, "is new here, with an empty disk".to_string())
            }
            Happening::Torn(node, lost) => {
                landmark = Some(Landmark::Crash);
                let more = if *lost > 1 { format!("; {} more had not reached it", lost - 1) } else { String::new() };
                (Some((*node).into()), Turn, format!("crashes in the midst of a write to its disk{more}"))
            }
            Happening::Ordered(node, order) => (Some((*node).into()), Turn, format!("is told by an operator: {order}")),
            Happening::Paused(node) => (Some((*node).into()), Turn, "is paused".to_string()),
            Happening::Resumed(node) => (Some((*node).into()), Turn, "goes on".to_string()),
            Happening::Asked { client, to, request, attempt } => {
                let again = if *attempt > 1 { format!(" (attempt {attempt})") } else { String::new() };
                let by = request.read.map(|read| format!(" by {read}")).unwrap_or_default();
                (Some((*client).into()), Story, format!("asks {} to {}{by}{again}", name(*to), request.command))
            }
            Happening::Waited(client, node) => {
                (Some((*client).into()), Story, format!("has no answer from {} and asks again", name(*node)))
            }
            Happening::Answered(client, request, node, answer) => {
                let (weight, text) = answered(request, *node, answer, name);
                (Some((*client).into()), weight, text)
            }
        };
        Some((who, Told { landmark, ..Told::new(weight, "", text) }))
    }
}

fn answered(request: &Request, node: NodeId, answer: &Answer, name: Name<'_>) -> (Weight, String) {
    let command = &request.command;
    match answer {
        Answer::Done(outcome) => (Weight::Turn, format!("is answered: {command} → {}", outcome_text(outcome))),
        Answer::Redirect(Some(leader)) => (Weight::Story, format!("is sent on by {} to {}", name(node), name(*leader))),
        Answer::Redirect(None) => (Weight::Story, format!("hears from {} that it knows no leader", name(node))),
        Answer::Busy => (Weight::Story, format!("hears from {} that it has too much to do", name(node))),
        Answer::Expired => (Weight::Turn, format!("is answered: {command} → session expired")),
        Answer::Failed => (Weight::Turn, format!("is answered: {command} → consensus failed")),
    }
}

fn called(process: Process, name: Name<'_>) -> String {
    match process {
        Process::Node(id) => name(id),
        Process::Client(id) => id.to_string(),
    }
}

/// `n5's AppendEntries to n1`.
fn message(id: MessageId, kind: &str, name: Name<'_>) -> String {
    format!("{}'s {kind} to {}", called(id.from, name), called(id.to, name))
}

fn lost(id: MessageId, kind: &str, why: LossReason, name: Name<'_>) -> Told {
    let (weight, fate) = match why {
        LossReason::Chance => (Weight::Detail, "is lost on its way"),
        LossReason::Cut => (Weight::Detail, "is lost: the link is cut"),
        LossReason::Down => (Weight::Detail, "is lost: its receiver is down"),
        LossReason::Hand => (Weight::Story, "is dropped"),
    };
    Told::new(weight, "", format!("{} {fate}", message(id, kind, name)))
}

/// `from n1 to n3`, `between n1 and n3`, `on all links`.
fn place(links: Links, name: Name<'_>) -> String {
    match links {
        Links::One(from, to) => format!("from {} to {}", called(from, name), called(to, name)),
        Links::Both(a, b) => format!("between {} and {}", called(a, name), called(b, name)),
        Links::All => "on all links".to_string(),
    }
}

fn changed(step: &Step, name: Name<'_>) -> String {
    match step {
        Step::Partition(groups) => {
            let group = |group: &NodeSet| group.iter().map(name).collect::<Vec<_>>().join(" ");
            let mut sides: Vec<String> = groups.iter().map(group).collect();
            if let [_] = sides[..] {
                sides.push("all others".to_string());
            }
            format!("The network splits: {}", sides.join(" | "))
        }
        Step::Isolate(node) => format!("{} is cut off from all other nodes", name(*node)),
        Step::Cut(links) => format!("No message gets through {}", place(*links, name)),
        Step::Heal(Links::All) => "No link is cut any more".to_string(),
        Step::Heal(links) => format!("Messages get through again {}", place(*links, name)),
        Step::Rule(links, rule) => {
            let place = place(*links, name);
            match rule {
                Rule::Latency(takes) => format!("Messages take {takes} {place}"),
                Rule::Loss(share) => format!("{share} of the messages are lost {place}"),
                Rule::Duplication(share) => format!("{share} of the messages arrive twice {place}"),
                Rule::Reordering(share) => format!("{share} of the messages may be overtaken {place}"),
            }
        }
        Step::Drift(node, drift) => clock(&name(*node), *drift),
        Step::Disk(None, takes) => format!("A write takes {takes} to reach its disk"),
        Step::Disk(Some(node), takes) => format!("A write of {} takes {takes} to reach its disk", name(*node)),
        Step::Traffic(true) => "The clients begin to send requests of their own".to_string(),
        Step::Traffic(false) => "The clients send no more requests of their own".to_string(),
        Step::Set(name, value) => format!("From now on {} is {value}", name.replace('_', " ")),
        Step::Align => "All nodes will time out together, unless they hear of a leader before".to_string(),
        Step::Spread => "The nodes will time out one after another, unless they hear of a leader before".to_string(),
        // What is done to one node or message is told of that.
        other => format!("Changed: {other}"),
    }
}

fn clock(name: &str, drift: Drift) -> String {
    let text = drift.to_string();
    match (text.strip_prefix('+'), text.strip_prefix('-')) {
        (Some(share), _) => format!("The clock of {name} runs {share} fast"),
        (_, Some(share)) => format!("The clock of {name} runs {share} slow"),
        _ => format!("The clock of {name} is right again"),
    }
}
