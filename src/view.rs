//! A serialisable picture of one moment of a cluster: everything that may be drawn, and nothing that
//! is not.
//!
//! The picture speaks the neutral words of [`crate::observe`] and carries times in place of positions:
//! whoever draws it derives where a message is from when it was sent, when it arrives and what time
//! it is. Numbers are virtual microseconds; processes, links and messages are named by the texts that
//! the steps use, so what is seen can be said.

use std::borrow::Cow;

use serde::Serialize;

use crate::kv::Command;
use crate::observe::{Epoch, Fact, MessageView, NodeView, Shape, Show, Sign, Window};
use crate::protocol::{Answer, Effects, Protocol, TimerName};
use crate::sim::{self, Client, ClientState, Cluster, LinkRules, LinkTable, Payload, schedule};
use crate::timeline::Timeline;
use crate::types::{ClientId, MessageId, NodeId, Process, Time};

pub use crate::timeline::EventLine;

/// One moment of a cluster.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct View {
    /// What time it is.
    pub now: Time,
    /// When the next event is due, if any ever is.
    pub due: Option<Time>,
    /// The seed of the run. A text, since JavaScript's numbers end at 2^53.
    pub seed: String,
    /// How many steps have been carried out since the start.
    pub steps: u64,
    /// How many events have been told since the start; see `events(since)`.
    pub told: u64,
    /// The hash of everything that has happened so far.
    pub hash: String,
    /// Whether the clients send requests of their own.
    pub traffic: bool,
    /// Every node, in order.
    pub nodes: Vec<NodeCard>,
    /// Every message on its way, and those lost a moment ago, in order of arrival.
    pub messages: Vec<Flight>,
    /// The links that differ from the ordinary one.
    pub links: Vec<LinkCard>,
    /// What an ordinary link is like.
    pub network: LinkWords,
    /// Every client, in order.
    pub clients: Vec<ClientCard>,
    /// The highest slot that any node has.
    pub last_slot: u64,
    /// The first broken promise, if any was.
    pub violation: Option<ViolationCard>,
}

/// A node and what the simulation knows of its machine.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct NodeCard {
    /// The node, as steps name it: `n3`.
    pub id: NodeId,
    /// The node, as people name it: `n3`, `acceptor 2`.
    pub name: String,
    /// Whether it runs. A crashed node is shown as its disk would bring it back.
    pub up: bool,
    /// Whether it is up but frozen.
    pub paused: bool,
    /// Whether every link to and from other nodes is cut.
    pub isolated: bool,
    /// Whether a client may turn to it.
    pub door: bool,
    /// How fast its clock runs, when not true: `+5%`.
    pub drift: Option<String>,
    /// How many writes have not reached its disk yet.
    pub unflushed: u64,
    /// The timers that are running.
    pub timers: Vec<TimerCard>,
    /// What the protocol shows.
    pub node: NodeView,
}

/// A running timer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct TimerCard {
    /// Its name, as steps write it.
    pub name: &'static str,
    /// When it was armed.
    pub armed: Time,
    /// When it will run out.
    pub due: Time,
}

/// A message on its way. What the protocol shows of it is written out here rather than flattened into
/// it: there are hundreds of these, and the names of flattened fields cross to JavaScript one by one.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Flight {
    /// Which message, as steps name it: `n1->n3#17`.
    pub id: MessageId,
    /// Who sent it.
    pub from: Process,
    /// Whom it is for.
    pub to: Process,
    /// When it was sent.
    pub sent: Time,
    /// When it arrives, or would have arrived.
    pub arrives: Time,
    /// Whether it waits at the door of a paused node.
    pub held: bool,
    /// When it was lost, if it was.
    pub lost: Option<Time>,
    /// The protocol's name for its kind: `AppendEntries`.
    pub kind: &'static str,
    /// How it is drawn.
    pub shape: Shape,
    /// Whether it answers another message.
    pub reply: bool,
    /// Whether it says yes or no.
    pub sign: Option<Sign>,
    /// The epoch of its sender when it was sent.
    pub epoch: Option<Epoch>,
    /// A few characters that may stand beside it: `put a`. What it carries is told by `message(id)`.
    pub label: String,
}

/// A link that is not as the others.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct LinkCard {
    /// Who sends.
    pub from: Process,
    /// Who receives.
    pub to: Process,
    /// Whether nothing gets through.
    pub cut: bool,
    /// What it is like.
    #[serde(flatten)]
    pub words: LinkWords,
}

/// What a link does to messages, in the texts that steps use.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct LinkWords {
    /// How long messages travel: `10ms..20ms`.
    pub latency: String,
    /// The share that is lost: `5%`.
    pub loss: String,
    /// The share that arrives twice.
    pub duplication: String,
    /// The share that later messages may overtake.
    pub reordering: String,
}

/// A client and its running request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ClientCard {
    /// The client: `c1`.
    pub id: ClientId,
    /// Whom it takes for the leader.
    pub leader: Option<NodeId>,
    /// The request that it waits for.
    pub running: Option<Running>,
    /// How many more requests wait behind that one.
    pub queued: u64,
    /// How many have been answered.
    pub answered: u64,
    /// The last answer.
    pub last: Option<Answered>,
}

/// A request that has no answer yet.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Running {
    /// The how manyth request of the client.
    pub seq: u64,
    /// What is asked: `put a val_7`.
    pub text: String,
    /// Whom the client asked last; none while it waits to try again.
    pub to: Option<NodeId>,
    /// How often it has asked.
    pub attempts: u64,
    /// When it asked first.
    pub since: Time,
    /// When it will give up waiting and try again.
    pub retry: Time,
}

/// A request that has been answered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Answered {
    /// The how manyth request of the client.
    pub seq: u64,
    /// What was asked.
    pub text: String,
    /// The answer: `OK`, `"val_7"`, `key not found: a`.
    pub answer: String,
    /// Whether the store carried it out rather than refused it.
    pub ok: bool,
    /// When the answer came.
    pub at: Time,
}

/// A broken promise.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ViolationCard {
    /// The name of the property: `election-safety`.
    pub property: &'static str,
    /// What it says.
    pub sentence: &'static str,
    /// Where it is stated.
    pub section: &'static str,
    /// Who contradicts whom.
    pub text: String,
    /// When it was broken.
    pub at: Time,
}

/// Everything about one message, for the inspector.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct MessageDetails {
    /// The message: `n1->n3#17`.
    pub id: MessageId,
    /// Its kind: `AppendEntries`.
    pub kind: &'static str,
    /// What it carries.
    pub facts: Vec<Fact>,
}

/// How many slots of each log a picture shows at most.
pub const WINDOW: u64 = 24;

impl View {
    /// The picture of this moment; logs are shown from `from_slot` on, or else at their end.
    pub fn of<P: Protocol>(timeline: &Timeline<P>, from_slot: Option<u64>) -> View {
        let cluster = timeline.cluster();
        let all = || NodeId::all(cluster.count());
        let states: Vec<Cow<'_, P>> = all().map(|id| state(cluster, id)).collect();
        let last_slot = states.iter().map(|state| state.last_slot()).max().unwrap_or(0);
        let from = from_slot.unwrap_or((last_slot + 1).saturating_sub(WINDOW)).max(1);
        let window = Window { from, count: WINDOW };
        let nodes = all().zip(&states).map(|(id, state)| node_card(cluster, id, state.as_ref(), window));
        let mut messages: Vec<Flight> = Vec::new();
        messages.extend(timeline.lost_lately().map(|(flight, at, _)| flight_card(flight, Some(at), false)));
        for id in all() {
            messages.extend(cluster.host(id).held.iter().map(|flight| flight_card(flight, None, true)));
        }
        messages.extend(cluster.network().flights().map(|flight| flight_card(flight, None, false)));
        View {
            now: cluster.now(),
            due: schedule::next(cluster).map(|(due, _)| due),
            seed: cluster.setup().seed.to_string(),
            steps: cluster.steps(),
            told: timeline.told(),
            hash: format!("{:016x}", cluster.trace_hash()),
            traffic: cluster.traffic(),
            nodes: nodes.collect(),
            messages,
            links: link_cards(&cluster.network().links),
            network: link_words(&cluster.network().links.ordinary),
            clients: cluster.clients().iter().map(client_card).collect(),
            last_slot,
            violation: timeline.violation().map(|violation| ViolationCard {
                property: violation.property,
                sentence: violation.sentence,
                section: violation.section,
                text: violation.text.clone(),
                at: violation.at,
            }),
        }
    }
}

/// A node as it is, or as its disk would bring it back where it is down.
fn state<P: Protocol>(cluster: &Cluster<P>, id: NodeId) -> Cow<'_, P> {
    match &cluster.states()[id.slot()] {
        Some(state) => Cow::Borrowed(state),
        None => {
            let durable = cluster.host(id).disk.durable();
            Cow::Owned(P::boot(id, &cluster.setup().protocol, durable, &mut Effects::default()))
        }
    }
}

fn node_card<P: Protocol>(cluster: &Cluster<P>, id: NodeId, state: &P, window: Window) -> NodeCard {
    let config = &cluster.setup().protocol;
    let host = cluster.host(id);
    let timers = P::Timer::ALL.iter().filter_map(|timer| Some((timer, host.timers.get(timer.place())?)));
    NodeCard {
        id,
        name: P::name(config, id),
        up: cluster.states()[id.slot()].is_some(),
        paused: host.paused,
        isolated: cluster.network().links.isolated(id),
        door: cluster.doors().contains(&id),
        drift: host.timers.drift.is_off().then(|| host.timers.drift.to_string()),
        unflushed: host.disk.unflushed() as u64,
        timers: timers
            .map(|(timer, armed)| TimerCard { name: timer.name(), armed: armed.at, due: armed.due })
            .collect(),
        node: state.observe(config, window),
    }
}

fn flight_card<M: Show>(flight: &sim::Flight<M>, lost: Option<Time>, held: bool) -> Flight {
    let sim::Flight { id, sent, arrives, .. } = *flight;
    let MessageView { kind, shape, reply, sign, epoch, label, .. } = message_view(&flight.payload);
    Flight { id, from: id.from, to: id.to, sent, arrives, held, lost, kind, shape, reply, sign, epoch, label }
}

/// A message of a protocol shows itself; those between clients and nodes are the same for all.
fn message_view<M: Show>(payload: &Payload<M>) -> MessageView {
    let tag = |kind, reply, sign, label: String, facts| MessageView {
        kind,
        shape: Shape::Tag,
        reply,
        sign,
        epoch: None,
        label,
        facts,
    };
    match payload {
        Payload::Protocol(message) => message.show(),
        Payload::Request(request) => {
            let facts = request.origin.map(|(client, seq)| Fact::new("request", format!("{seq} of {client}")));
            let command = Fact::new("command", &request.command);
            tag("request", false, None, request.command.to_string(), facts.into_iter().chain([command]).collect())
        }
        Payload::Answer(seq, answer) => {
            let (sign, label) = match answer {
                Answer::Done(outcome) => (outcome.is_ok(), crate::kv::outcome_text(outcome)),
                Answer::Redirect(Some(leader)) => (false, format!("ask {leader}")),
                Answer::Redirect(None) => (false, "no leader".to_string()),
                Answer::Failed => (false, "consensus failed".to_string()),
            };
            let facts = vec![Fact::new("answers request", seq), Fact::new("answer", &label)];
            tag("answer", true, Some(if sign { Sign::Plus } else { Sign::Minus }), label, facts)
        }
    }
}

fn link_words(rules: &LinkRules) -> LinkWords {
    LinkWords {
        latency: rules.latency.to_string(),
        loss: rules.loss.to_string(),
        duplication: rules.duplication.to_string(),
        reordering: rules.reordering.to_string(),
    }
}

fn link_cards(links: &LinkTable) -> Vec<LinkCard> {
    let pairs = links.processes().flat_map(|from| links.processes().map(move |to| (from, to)));
    let cards = pairs.filter(|(from, to)| from != to).filter_map(|(from, to)| {
        let link = links.get(from, to);
        let words = link_words(&link.rules.unwrap_or(links.ordinary));
        (link.cut || link.rules.is_some()).then_some(LinkCard { from, to, cut: link.cut, words })
    });
    cards.collect()
}

fn client_card(client: &Client) -> ClientCard {
    let text = |command: &Command| command.to_string();
    let asking = match client.state {
        ClientState::Asking { to, until } => Some((Some(to), until)),
        ClientState::Resting(until) => Some((None, until)),
        ClientState::Idle(_) => None,
    };
    let running = client.pending.as_ref().zip(asking).map(|(pending, (to, retry))| Running {
        seq: pending.seq,
        text: text(&pending.request.command),
        to,
        attempts: pending.attempts,
        since: pending.since,
        retry,
    });
    let last = client.last.as_ref().map(|(seq, command, answer, at)| Answered {
        seq: *seq,
        text: text(command),
        answer: answer.text(),
        ok: answer.is_ok(),
        at: *at,
    });
    let queued = client.queue.len() as u64;
    ClientCard { id: client.id, leader: client.leader, running, queued, answered: client.answered, last }
}

impl MessageDetails {
    /// Everything about one message that is on its way or was lost a moment ago.
    ///
    /// # Errors
    ///
    /// One sentence where there is no such message.
    pub fn of<P: Protocol>(timeline: &Timeline<P>, id: MessageId) -> Result<MessageDetails, String> {
        let cluster = timeline.cluster();
        let held = NodeId::all(cluster.count()).flat_map(|node| cluster.host(node).held.iter());
        let lost = timeline.lost_lately().map(|(flight, ..)| flight);
        let mut all = cluster.network().flights().chain(held).chain(lost);
        let flight =
            all.find(|flight| flight.id == id).ok_or_else(|| format!("message {id} is not on its way any more"))?;
        let message = message_view(&flight.payload);
        Ok(MessageDetails { id, kind: message.kind, facts: message.facts })
    }
}
