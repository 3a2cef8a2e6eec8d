//! What a step did, as typed facts, in the order in which it happened.
//!
//! Everything that is told of a run is printed from these: the list of events, the caption, the
//! schedule of the command line. A cluster keeps only the facts of its last step; whoever wants more
//! takes them away.

use std::sync::Arc;

use crate::kv::{Request, outcome_text};
use crate::observe::{Landmark, Show, Tell, Told, Weight};
use crate::protocol::{Answer, Protocol};
use crate::sim::{Flight, Payload, Step};
use crate::types::{ClientId, MessageId, NodeId, Process, Span};

/// Why a message never arrived.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LossReason {
    /// The network lost it, as its rules say it may.
    Chance,
    /// Its link was cut.
    Cut,
    /// Its receiver was down.
    Down,
    /// Somebody dropped it.
    Hand,
}

/// One thing that a step did.
#[derive(Clone, Debug)]
pub enum Fact<P: Protocol> {
    /// A message arrived and was handled.
    Delivered(Flight<P::Message>),
    /// A message will never arrive.
    Lost(Flight<P::Message>, LossReason),
    /// A protocol noted something.
    Noted(NodeId, P::Note),
    /// Something that is the same for all protocols.
    Happened(Happening),
}

/// What happens to machines, links and clients, whatever the protocol.
#[derive(Clone, Debug)]
pub enum Happening {
    /// A message was sent; it can be found in the network.
    Sent(MessageId),
    /// The network made a copy of a message.
    Duplicated(MessageId),
    /// A message arrived at a frozen node and waits.
    Held(MessageId),
    /// A message was made to arrive later.
    Delayed(MessageId, Span),
    /// A timer ran out; `forced` before its time.
    Fired {
        /// Whose.
        node: NodeId,
        /// Which.
        timer: &'static str,
        /// Whether somebody forced it.
        forced: bool,
    },
    /// A write reached the disk.
    Flushed(NodeId),
    /// A node crashed and so many writes that had not reached its disk were lost.
    Crashed(NodeId, usize),
    /// A node started from its disk.
    Restarted(NodeId),
    /// A node froze.
    Paused(NodeId),
    /// A node went on.
    Resumed(NodeId),
    /// The network, a clock, a disk or the traffic was changed by this step.
    Changed(Step),
    /// A client turned to a node.
    Asked {
        /// Who asks.
        client: ClientId,
        /// Whom.
        to: NodeId,
        /// What.
        request: Arc<Request>,
        /// The how manyth time.
        attempt: u64,
    },
    /// A client waited in vain for an answer.
    Waited(ClientId, NodeId),
    /// A client got an answer to its running request.
    Answered(ClientId, Arc<Request>, NodeId, Answer),
}

impl<P: Protocol> Fact<P> {
    /// Whom the fact is about, and the fact in words; none where there is nothing to say beyond what is
    /// drawn. `name` says what a node is called.
    pub fn tell(&self, name: &dyn Fn(NodeId) -> String) -> Option<(Option<Process>, Told)> {
        let (who, weight, text) = match self {
            Fact::Noted(node, note) => return Some((Some((*node).into()), note.tell())),
            Fact::Happened(happening) => return happening.tell(name),
            Fact::Delivered(Flight { id, payload: Payload::Protocol(message), .. }) => {
                let text = format!("receives {} from {}", message.kind(), sender(id.from, name));
                (id.to, Weight::Detail, text)
            }
            Fact::Delivered(_) => return None,
            Fact::Lost(Flight { id, payload, .. }, why) => {
                let what = match payload {
                    Payload::Request(request) => format!("request `{}`", request.command),
                    other => other.kind().to_string(),
                };
                let weight = if *why == LossReason::Hand { Weight::Story } else { Weight::Detail };
                (id.to, weight, format!("{what} from {} {}", sender(id.from, name), lost_text(*why)))
            }
        };
        Some((Some(who), Told::new(weight, "", text)))
    }
}

impl Happening {
    fn tell(&self, name: &dyn Fn(NodeId) -> String) -> Option<(Option<Process>, Told)> {
        use Weight::{Detail, Story, Turn};
        let mut landmark = None;
        let (who, weight, text): (Process, Weight, String) = match self {
            Happening::Sent(_) | Happening::Flushed(_) => return None,
            Happening::Changed(step) => {
                return Some((None, Told::new(Turn, "", changed_text(step)).mark(Landmark::Network)));
            }
            Happening::Duplicated(id) => (id.to, Detail, format!("message {id} will arrive twice")),
            Happening::Held(id) => {
                (id.to, Detail, format!("is frozen: a message from {} waits", sender(id.from, name)))
            }
            Happening::Delayed(id, by) => {
                (id.to, Story, format!("message from {} is delayed by {by}", sender(id.from, name)))
            }
            Happening::Fired { node, timer, forced } => {
                let why = if *forced { "is made to run out early" } else { "runs out" };
                ((*node).into(), if *forced { Story } else { Detail }, format!("{timer} timer {why}"))
            }
            Happening::Crashed(node, lost) => {
                landmark = Some(Landmark::Crash);
                let more = match lost {
                    0 => String::new(),
                    1 => "; 1 write had not reached it".to_string(),
                    n => format!("; {n} writes had not reached it"),
                };
                ((*node).into(), Turn, format!("crashes and loses all but its disk{more}"))
            }
            Happening::Restarted(node) => {
                landmark = Some(Landmark::Crash);
                ((*node).into(), Turn, "restarts with what its disk kept".to_string())
            }
            Happening::Paused(node) => ((*node).into(), Turn, "is paused".to_string()),
            Happening::Resumed(node) => ((*node).into(), Turn, "goes on".to_string()),
            Happening::Asked { client, to, request, attempt } => {
                let again = if *attempt > 1 { format!(" (attempt {attempt})") } else { String::new() };
                ((*client).into(), Story, format!("asks {} to {}{again}", name(*to), request.command))
            }
            Happening::Waited(client, node) => {
                ((*client).into(), Story, format!("has no answer from {} and tries elsewhere", name(*node)))
            }
            Happening::Answered(client, request, node, answer) => {
                let (weight, text) = answered_text(request, *node, answer, name);
                ((*client).into(), weight, text)
            }
        };
        let told = Told { landmark, ..Told::new(weight, "", text) };
        Some((Some(who), told))
    }
}

fn answered_text(
    request: &Request,
    node: NodeId,
    answer: &Answer,
    name: &dyn Fn(NodeId) -> String,
) -> (Weight, String) {
    match answer {
        Answer::Done(outcome) => {
            (Weight::Turn, format!("is answered: {} gives {}", request.command, outcome_text(outcome)))
        }
        Answer::Redirect(Some(leader)) => (Weight::Story, format!("is sent on by {} to {}", name(node), name(*leader))),
        Answer::Redirect(None) => (Weight::Story, format!("hears from {} that nobody leads", name(node))),
        Answer::Failed => (Weight::Turn, format!("is told: consensus failed for {}", request.command)),
    }
}

fn sender(process: Process, name: &dyn Fn(NodeId) -> String) -> String {
    match process {
        Process::Node(id) => name(id),
        Process::Client(id) => id.to_string(),
    }
}

fn lost_text(why: LossReason) -> &'static str {
    match why {
        LossReason::Chance => "is lost on its way",
        LossReason::Cut => "is lost: the link is cut",
        LossReason::Down => "is lost: the receiver is down",
        LossReason::Hand => "is dropped",
    }
}

fn changed_text(step: &Step) -> String {
    match step {
        Step::Partition(_) => format!("The network splits: {step}"),
        Step::Isolate(node) => format!("{node} is cut off from all other nodes"),
        Step::Cut(links) => format!("No message gets through on {links}"),
        Step::Heal(crate::sim::Links::All) => "All links work again".to_string(),
        Step::Heal(links) => format!("Messages get through on {links} again"),
        Step::Traffic(true) => "The clients begin to send requests of their own".to_string(),
        Step::Traffic(false) => "The clients send no more requests of their own".to_string(),
        Step::Align => "All main timers run out together".to_string(),
        Step::Spread => "The main timers run out one after another".to_string(),
        other => format!("Changed: {other}"),
    }
}
