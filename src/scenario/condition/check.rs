//! Whether a condition holds of a cluster. It is asked in the neutral words of a [`View`], whatever the protocol.

use crate::observe::{NodeView, Peer, RoleMark, Slot};
use crate::playground::Playground;
use crate::scenario::condition::{Condition, Trait};
use crate::types::{ClientId, NodeId, NodeSet};
use crate::view::{ClientCard, NodeCard, View, WINDOW};

impl Condition {
    /// Whether it holds now; the error says what is the case instead.
    ///
    /// # Errors
    ///
    /// Where it does not hold, or where it asks for a node or a client that is not there.
    pub fn check(&self, cluster: &dyn Playground) -> Result<(), String> {
        let view = cluster.view(Some(1));
        let hold = |holds: bool, seen: String| if holds { Ok(()) } else { Err(seen) };
        match self {
            Condition::Leader(None) => hold(leaders(&view).next().is_some(), "no node leads".to_string()),
            Condition::Leader(Some(node)) => {
                let leads = leads(card(&view, *node)?);
                hold(leads, leading(&view))
            }
            Condition::NoLeader => hold(leaders(&view).next().is_none(), leading(&view)),
            Condition::Node(node, asked, expected) => {
                let card = card(&view, *node)?;
                let seen = asked.of(card);
                hold(seen == *expected, format!("{} {node} is {seen}", asked.name()))
            }
            Condition::Log(node, expected) => {
                let seen = log(cluster, *node)?;
                hold(seen == *expected, format!("the log of {node} is {}", listed(&seen)))
            }
            Condition::Committed(slot) => {
                let most = view.nodes.iter().map(|card| card.node.committed).max().unwrap_or_default();
                hold(most >= *slot, format!("the most that any node has committed is {most}"))
            }
            Condition::Peer { next, leader, of, slot } => {
                let peer = peer(&view, *leader, *of)?;
                let seen = if *next { peer.next } else { peer.matched };
                hold(seen == *slot, format!("it is {seen}"))
            }
            Condition::State { leader, of, state } => {
                let seen = peer(&view, *leader, *of)?.state;
                hold(seen == state, format!("it is {seen}"))
            }
            Condition::Members(node, expected) => {
                let seen = &card(&view, *node)?.node.quorums;
                let same = seen.len() == expected.len() && expected.iter().all(|side| seen.contains(side));
                hold(same, format!("those who vote, as {node} has it, are {}", sides(seen)))
            }
            Condition::Learners(node, expected) => {
                let seen = card(&view, *node)?.node.learners;
                hold(seen == *expected, format!("without a vote, as {node} has it: {seen}"))
            }
            Condition::Joint(node, expected) => {
                let seen = &card(&view, *node)?.node.quorums;
                hold((seen.len() > 1) == *expected, format!("those who vote, as {node} has it, are {}", sides(seen)))
            }
            Condition::Fact(node, name, expected) => {
                let facts = &card(&view, *node)?.node.facts;
                let seen = facts.iter().find(|fact| fact.name == name).map(|fact| &fact.value);
                let told = || seen.map_or_else(|| format!("{node} has no such thing"), |seen| format!("it is {seen}"));
                hold(seen == Some(expected), told())
            }
            Condition::Kv(node, key, expected) => {
                let card = card(&view, *node)?;
                let store = card.node.store.as_ref().ok_or_else(|| format!("{} keeps no store", card.name))?;
                let seen = store.iter().find(|(known, _)| known.as_str() == &**key).map(|(_, value)| value.as_str());
                let told =
                    seen.map_or_else(|| format!("{node} has no {key}"), |value| format!("{node} has {key} = {value}"));
                hold(seen == expected.as_deref(), told)
            }
            Condition::SameKv => {
                let up: Vec<&NodeCard> =
                    view.nodes.iter().filter(|card| card.up && card.node.store.is_some()).collect();
                let other = up.iter().find(|card| card.node.store != up[0].node.store);
                hold(
                    other.is_none(),
                    other.map_or(String::new(), |other| format!("{} and {} differ", up[0].name, other.name)),
                )
            }
            Condition::Up(node, up) => {
                let card = card(&view, *node)?;
                hold(card.up == *up, format!("{node} {}", if card.up { "runs" } else { "is down" }))
            }
            Condition::Answered(client, count) => {
                let answered = client_card(&view, *client)?.answered;
                hold(answered >= *count, format!("{client} has got {answered} answers"))
            }
            Condition::Waits(client) => {
                let waits = client_card(&view, *client)?.running.is_some();
                hold(waits, format!("{client} waits for nothing"))
            }
            Condition::Answer(client, expected) => {
                let last = client_card(&view, *client)?.last.as_ref().map(|last| last.answer.as_str());
                let told = last.map_or_else(|| format!("{client} has got no answer"), |last| format!("it is {last}"));
                hold(last == Some(expected), told)
            }
            Condition::Violation(expected) => {
                let told = match &view.broken[..] {
                    [] => "every promise is kept".to_string(),
                    [one] => format!("{one} is broken"),
                    several => format!("{} are broken", several.join(", ")),
                };
                let as_expected = |name: &String| view.broken.contains(&name.as_str());
                hold(expected.as_ref().map_or(view.broken.is_empty(), as_expected), told)
            }
        }
    }
}

impl Trait {
    fn of(self, card: &NodeCard) -> String {
        let NodeView { role, epoch, vote, first_slot, last_slot, snapshot, committed, applied, .. } = &card.node;
        match self {
            Trait::Role if !card.up => "down".to_string(),
            Trait::Role => (*role).to_string(),
            Trait::Term => epoch.as_ref().map_or("none".to_string(), |epoch| epoch.text.clone()),
            Trait::Vote => vote.map_or("none".to_string(), |vote| vote.to_string()),
            Trait::First => first_slot.to_string(),
            Trait::Last => last_slot.to_string(),
            Trait::Snapshot => snapshot.as_ref().map_or("none".to_string(), |snapshot| snapshot.slot.to_string()),
            Trait::Commit => committed.to_string(),
            Trait::Applied => applied.to_string(),
        }
    }
}

fn leads(card: &NodeCard) -> bool {
    card.up && card.node.mark == RoleMark::Crown
}

fn leaders(view: &View) -> impl Iterator<Item = &NodeCard> {
    view.nodes.iter().filter(|card| leads(card))
}

fn leading(view: &View) -> String {
    let names: Vec<&str> = leaders(view).map(|card| card.name.as_str()).collect();
    match names[..] {
        [] => "no node leads".to_string(),
        [one] => format!("{one} leads"),
        _ => format!("{} lead", names.join(" and ")),
    }
}

fn card(view: &View, node: NodeId) -> Result<&NodeCard, String> {
    let count = view.nodes.len();
    view.nodes.iter().find(|card| card.id == node).ok_or_else(|| format!("there is no {node}: expected n1 to n{count}"))
}

fn client_card(view: &View, client: ClientId) -> Result<&ClientCard, String> {
    let count = view.clients.len();
    let known = view.clients.iter().find(|card| card.id == client);
    known.ok_or_else(|| format!("there is no {client}: expected c1 to c{count}"))
}

/// The epochs of a node's whole log, which is read window by window.
fn log(cluster: &dyn Playground, node: NodeId) -> Result<Vec<String>, String> {
    let mut epochs = Vec::new();
    for from in (1..).step_by(usize::try_from(WINDOW).unwrap_or(1)) {
        let view = cluster.view(Some(from));
        let shown = &card(&view, node)?.node;
        epochs.extend(shown.slots.iter().map(|Slot { epoch, .. }| epoch.text.clone()));
        if from + WINDOW > shown.last_slot {
            break;
        }
    }
    Ok(epochs)
}

fn listed(log: &[String]) -> String {
    if log.is_empty() { "empty".to_string() } else { log.join(" ") }
}

/// What a leader knows of another node.
fn peer(view: &View, leader: NodeId, of: NodeId) -> Result<&Peer, String> {
    let known = card(view, leader)?.node.peers.iter().find(|peer| peer.node == of);
    known.ok_or_else(|| format!("{leader} knows nothing of {of}"))
}

/// `n1 n2 | n1 n2 n3`: those who are to leave first.
fn sides(sets: &[NodeSet]) -> String {
    let sets: Vec<String> = sets.iter().rev().map(NodeSet::to_string).collect();
    if sets.is_empty() { "nobody".to_string() } else { sets.join(" | ") }
}
