//! How a picture is made: a cluster is looked at, node by node and message by message.
//!
//! What depends on the protocol is compiled once for each, so it is kept short; everything else works
//! on values in which no protocol's type is left.

use std::borrow::Cow;

use crate::check::Violation;
use crate::kv::Command;
use crate::observe::{NodeView, Show, Window};
use crate::protocol::{Effects, Property, Protocol, TimerName};
use crate::sim::{self, Client, ClientState, Cluster, LinkRules, LinkTable, Seen, Timers};
use crate::timeline::{Moment, Present};
use crate::types::{MessageId, NodeId, Process, Time};
use crate::view::{
    Answered, CheckCard, ClientCard, Flight, LinkCard, LinkWords, MessageDetails, NodeCard, Past, Running, TimerCard,
    View, ViolationCard,
};

/// How many slots of each log a picture shows at most.
pub const WINDOW: u64 = 24;

impl View {
    /// The picture of this moment; logs are shown from `from_slot` on, or else at their end. What is known of other
    /// moments is left for whoever knows it.
    pub fn of<P: Protocol>(present: &Present<P>, from_slot: Option<u64>) -> View {
        let cluster = present.cluster();
        let links = &cluster.network().links;
        let states: Vec<(NodeId, Cow<'_, P>)> = ids(cluster).map(|id| (id, state(cluster, id))).collect();
        let last_slot = states.iter().map(|(_, state)| state.last_slot()).max().unwrap_or(0);
        let from = from_slot.unwrap_or((last_slot + 1).saturating_sub(WINDOW)).max(1);
        let window = Window { from, count: WINDOW };
        let node = |(id, state): &(NodeId, Cow<'_, P>)| {
            let node = state.observe(cluster.config(), window);
            node_card(machine(cluster, *id), node, cluster.doors(), links)
        };
        let mut messages: Vec<Flight> = Vec::new();
        messages.extend(present.lost_lately().map(|(at, message)| flight_card(message.clone(), Some(*at), false)));
        messages.extend(held(cluster).map(|flight| flight_card(flight.seen(), None, true)));
        messages.extend(cluster.network().flights().map(|flight| flight_card(flight.seen(), None, false)));
        View {
            now: cluster.now(),
            due: present.next().map(|(due, _)| due),
            seed: cluster.setup().seed.to_string(),
            steps: cluster.steps(),
            told: present.told(),
            hash: format!("{:016x}", cluster.trace_hash()),
            traffic: cluster.traffic(),
            nodes: states.iter().map(node).collect(),
            messages,
            links: link_cards(links),
            network: link_words(&links.ordinary),
            clients: cluster.clients().iter().map(client_card).collect(),
            last_slot,
            violation: present.violation().map(violation_card),
            broken: present.violations().iter().map(|violation| violation.property).collect(),
            past: Past::default(),
        }
    }
}

impl MessageDetails {
    /// Everything about one message that is on its way or was lost a moment ago.
    ///
    /// # Errors
    ///
    /// One sentence where there is no such message.
    pub fn of<P: Protocol>(present: &Present<P>, id: MessageId) -> Result<MessageDetails, String> {
        let cluster = present.cluster();
        let mut flights = cluster.network().flights().chain(held(cluster));
        let flying = flights.find(|flight| flight.id == id).map(|flight| flight.payload.show());
        let lost = || present.lost_lately().find(|(_, lost)| lost.id == id).map(|(_, lost)| lost.message.clone());
        let message = flying.or_else(lost).ok_or_else(|| format!("message {id} is not on its way any more"))?;
        Ok(MessageDetails { id, kind: message.kind, facts: message.facts })
    }
}

fn ids<P: Protocol>(cluster: &Cluster<P>) -> impl Iterator<Item = NodeId> + use<P> {
    NodeId::all(cluster.count())
}

/// The messages that wait at the doors of paused nodes.
fn held<P: Protocol>(cluster: &Cluster<P>) -> impl Iterator<Item = &sim::Flight<P::Message>> {
    ids(cluster).flat_map(|id| &cluster.host(id).held)
}

/// A node as it is, or as its disk would bring it back where it is down.
fn state<P: Protocol>(cluster: &Cluster<P>, id: NodeId) -> Cow<'_, P> {
    match &cluster.states()[id.slot()] {
        Some(state) => Cow::Borrowed(state),
        None => {
            let durable = cluster.host(id).disk.durable();
            Cow::Owned(P::boot(id, cluster.config(), durable, &mut Effects::default()))
        }
    }
}

/// What the simulation knows of the machine that a node runs on.
struct Machine<'a> {
    id: NodeId,
    name: String,
    up: bool,
    paused: bool,
    unflushed: usize,
    timers: &'a Timers,
    /// What the protocol calls its timers, in their order.
    timer_names: Vec<&'static str>,
}

fn machine<P: Protocol>(cluster: &Cluster<P>, id: NodeId) -> Machine<'_> {
    let host = cluster.host(id);
    Machine {
        id,
        name: P::name(cluster.config(), id),
        up: cluster.states()[id.slot()].is_some(),
        paused: host.paused,
        unflushed: host.disk.unflushed(),
        timers: &host.timers,
        timer_names: P::Timer::ALL.iter().map(|timer| timer.name()).collect(),
    }
}

fn node_card(machine: Machine<'_>, node: NodeView, doors: &[NodeId], links: &LinkTable) -> NodeCard {
    let Machine { id, name, up, paused, unflushed, timers, timer_names } = machine;
    let timer = |(place, name)| timers.get(place).map(|armed| TimerCard { name, armed: armed.at, due: armed.due });
    NodeCard {
        id,
        name,
        up,
        paused,
        isolated: links.isolated(id),
        door: doors.contains(&id),
        drift: timers.drift.is_off().then(|| timers.drift.to_string()),
        unflushed: unflushed as u64,
        timers: timer_names.into_iter().enumerate().filter_map(timer).collect(),
        node,
    }
}

fn flight_card(seen: Seen, lost: Option<Time>, held: bool) -> Flight {
    let Seen { id, sent, arrives, message } = seen;
    Flight {
        id,
        from: id.from,
        to: id.to,
        sent,
        arrives,
        held,
        lost,
        kind: message.kind,
        shape: message.shape,
        reply: message.reply,
        sign: message.sign,
        epoch: message.epoch,
        label: message.label,
    }
}

impl CheckCard {
    /// Everything that is checked of a run, in the protocol's order, and how it stands at this moment.
    pub fn all<P: Protocol>(present: &Present<P>) -> Vec<CheckCard> {
        let card = |(property, looks): (&Property<P>, &u32)| {
            let Property { name, sentence, section, .. } = *property;
            let fell = present.violations().iter().find(|violation| violation.property == name);
            let checked = fell.map_or(u64::from(*looks), |violation| violation.looks);
            CheckCard { property: name, sentence, section, checked, violation: fell.map(violation_card) }
        };
        let mut all: Vec<CheckCard> = P::properties().iter().zip(present.looks()).map(card).collect();
        all.extend(present.judged().map(|(property, sentence, section, checked)| CheckCard {
            property,
            sentence,
            section,
            checked,
            violation: None,
        }));
        // What clients saw is told by the violation alone once it has fallen.
        let known = |violation: &&Violation| P::properties().iter().any(|each| each.name == violation.property);
        all.extend(present.violations().iter().filter(|violation| !known(violation)).map(|violation| CheckCard {
            property: violation.property,
            sentence: violation.sentence,
            section: violation.section,
            checked: violation.looks,
            violation: Some(violation_card(violation)),
        }));
        all
    }
}

fn violation_card(violation: &Violation) -> ViolationCard {
    let Violation { property, sentence, section, ref text, ref claims, at, steps, .. } = *violation;
    ViolationCard { property, sentence, section, text: text.clone(), claims: claims.clone(), at, steps }
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
    let client = |process| matches!(process, Process::Client(_));
    let linked = pairs.filter(|&(from, to)| from != to && !(client(from) && client(to)));
    let cards = linked.filter_map(|(from, to)| {
        let link = links.get(from, to);
        let rules = link.rules.unwrap_or(links.ordinary);
        let unusual = link.cut || rules != links.ordinary;
        unusual.then(|| LinkCard { from, to, cut: link.cut, words: link_words(&rules) })
    });
    cards.collect()
}

fn client_card(client: &Client) -> ClientCard {
    let text = |command: &Command| command.to_string();
    let asking = match client.state {
        ClientState::Asking { to, until } => Some((Some(to), until)),
        ClientState::Resting(until) | ClientState::TurnedAway(until) => Some((None, until)),
        ClientState::Idle(_) => None,
    };
    let running = client.pending.as_ref().zip(asking).map(|(pending, (to, retry))| Running {
        seq: pending.seq,
        text: text(&pending.request.command),
        to,
        attempts: pending.attempts,
        since: pending.since,
        retry,
        busy: matches!(client.state, ClientState::TurnedAway(_)),
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
