//! What can be asked of a cluster: the words behind `when` and `expect`.
//!
//! | text | holds where |
//! | --- | --- |
//! | `leader`, `leader n2` | some node leads; n2 does |
//! | `no leader` | no node does |
//! | `role n3 = candidate` | the node runs and is that |
//! | `term n3 = 2` | the node is in that term (or ballot: `2.1`) |
//! | `vote n3 = n1`, `vote n3 = none` | the node has voted for n1 in its term; for nobody |
//! | `log n3 = 1 1 2` | the terms of the node's entries; `log n3 =` where it has none |
//! | `commit n3 = 2`, `applied n3 = 2` | how far the node has committed; applied |
//! | `committed 2` | some node has committed that far |
//! | `next n1 n3 = 5`, `match n1 n3 = 4` | what leader n1 knows of n3 |
//! | `kv n3 a = val_1`, `no kv n3 a` | what the node's own store has under a key |
//! | `same kv` | the stores of all nodes that run are equal |
//! | `up n3`, `down n3` | whether the node runs |
//! | `answered c1 2` | the client has got so many answers |
//! | `answer c1 = OK` | its last answer, to the end of the line: `"val_1"`, `key not found: a` |
//! | `violation election-safety`, `no violation` | the first broken promise; none is |

use std::fmt;

use crate::kv::word;
use crate::observe::{NodeView, RoleMark, Slot};
use crate::playground::Playground;
use crate::types::{ClientId, NodeId, Text};
use crate::view::{NodeCard, View, WINDOW};

/// Something that holds of a cluster at a moment, or does not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Condition {
    /// Some node leads, or this one.
    Leader(Option<NodeId>),
    /// No node leads.
    NoLeader,
    /// A number or a word of one node.
    Node(NodeId, Trait, String),
    /// The epochs of a node's slots.
    Log(NodeId, Vec<String>),
    /// Some node has committed so many slots.
    Committed(u64),
    /// What a leader knows of another node: the slot it sends next, or the highest that it knows to be there.
    Peer {
        /// The slot that is sent next, rather than the highest known.
        next: bool,
        /// Who leads.
        leader: NodeId,
        /// Of whom it knows.
        of: NodeId,
        /// What.
        slot: u64,
    },
    /// What a node's store has under a key; none where it has nothing.
    Kv(NodeId, Text, Option<Text>),
    /// The stores of all nodes that run are equal.
    SameKv,
    /// Whether a node runs.
    Up(NodeId, bool),
    /// A client has got so many answers.
    Answered(ClientId, u64),
    /// The last answer that a client got.
    Answer(ClientId, String),
    /// The first broken promise; none where all are kept.
    Violation(Option<String>),
}

/// What can be asked of a node with one word for an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trait {
    /// Its role.
    Role,
    /// The epoch that it is in.
    Term,
    /// Whom it has voted for, or `none`.
    Vote,
    /// How far it has committed.
    Commit,
    /// How far it has applied.
    Applied,
}

const TRAITS: [(&str, Trait); 5] = [
    ("role", Trait::Role),
    ("term", Trait::Term),
    ("vote", Trait::Vote),
    ("commit", Trait::Commit),
    ("applied", Trait::Applied),
];

/// What a condition may begin with, for the sentence that refuses another word.
const WORDS: &str = "leader, no, role, term, vote, log, commit, applied, committed, next, match, kv, same kv, up, down, \
     answered, answer or violation";

impl Condition {
    /// Reads a condition from the first of these words; returns the words behind it.
    ///
    /// # Errors
    ///
    /// One sentence: what was wrong and what was expected.
    pub fn parse<'a>(words: &'a [&'a str]) -> Result<(Condition, &'a [&'a str]), String> {
        let usage = |expected: &str| Err(format!("`{}` is not complete: expected `{expected}`", words.join(" ")));
        Ok(match words {
            ["leader", node, rest @ ..] if node.parse::<NodeId>().is_ok() => {
                (Condition::Leader(Some(node.parse()?)), rest)
            }
            ["leader", rest @ ..] => (Condition::Leader(None), rest),
            ["no", "leader", rest @ ..] => (Condition::NoLeader, rest),
            ["no", "violation", rest @ ..] => (Condition::Violation(None), rest),
            ["no", "kv", node, key, rest @ ..] => (Condition::Kv(node.parse()?, word("key", key)?, None), rest),
            ["no", ..] => return usage("no leader`, `no violation` or `no kv n3 a"),
            ["violation", name, rest @ ..] => (Condition::Violation(Some((*name).to_string())), rest),
            ["violation"] => return usage("violation election-safety"),
            ["log", node, "=", rest @ ..] => {
                let count = rest.iter().take_while(|word| word.starts_with(|c: char| c.is_ascii_digit())).count();
                let (log, rest) = rest.split_at(count);
                (Condition::Log(node.parse()?, log.iter().map(ToString::to_string).collect()), rest)
            }
            ["log", ..] => return usage("log n3 = 1 1 2"),
            ["committed", slot, rest @ ..] => (Condition::Committed(number(slot)?), rest),
            ["committed"] => return usage("committed 3"),
            [kind @ ("next" | "match"), leader, of, "=", slot, rest @ ..] => {
                let (leader, of, slot) = (leader.parse()?, of.parse()?, number(slot)?);
                (Condition::Peer { next: *kind == "next", leader, of, slot }, rest)
            }
            ["next" | "match", ..] => return usage("match n1 n3 = 4"),
            ["kv", node, key, "=", value, rest @ ..] => {
                (Condition::Kv(node.parse()?, word("key", key)?, Some(word("value", value)?)), rest)
            }
            ["kv", ..] => return usage("kv n3 a = val_1"),
            ["same", "kv", rest @ ..] => (Condition::SameKv, rest),
            ["same", ..] => return usage("same kv"),
            [verb @ ("up" | "down"), node, rest @ ..] => (Condition::Up(node.parse()?, *verb == "up"), rest),
            ["up" | "down"] => return usage("up n3"),
            ["answered", client, count, rest @ ..] => (Condition::Answered(client.parse()?, number(count)?), rest),
            ["answered", ..] => return usage("answered c1 2"),
            ["answer", client, "=", _, ..] => (Condition::Answer(client.parse()?, words[3..].join(" ")), &[]),
            ["answer", ..] => return usage("answer c1 = OK"),
            [name, rest @ ..] => {
                let Some((_, asked)) = TRAITS.iter().find(|(known, _)| known == name) else {
                    return Err(format!("`{name}` is not a condition: expected {WORDS}"));
                };
                let [node, "=", value, rest @ ..] = rest else {
                    return usage(&format!("{name} n3 = {}", asked.sample()));
                };
                (Condition::Node(node.parse()?, *asked, asked.value(value)?), rest)
            }
            [] => return Err(format!("the condition is missing: expected {WORDS}")),
        })
    }

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
                let peers = &card(&view, *leader)?.node.peers;
                let peer = peers.iter().find(|peer| peer.node == *of);
                let peer = peer.ok_or_else(|| format!("{leader} knows nothing of {of}"))?;
                let seen = if *next { peer.next } else { peer.matched };
                hold(seen == *slot, format!("it is {seen}"))
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
            Condition::Answer(client, expected) => {
                let last = client_card(&view, *client)?.last.as_ref().map(|last| last.answer.as_str());
                let told = last.map_or_else(|| format!("{client} has got no answer"), |last| format!("it is {last}"));
                hold(last == Some(expected), told)
            }
            Condition::Violation(expected) => {
                let seen = view.violation.as_ref().map(|violation| violation.property);
                let told = seen.map_or("every promise is kept".to_string(), |seen| format!("{seen} is broken"));
                hold(seen == expected.as_deref(), told)
            }
        }
    }
}

impl Trait {
    fn name(self) -> &'static str {
        TRAITS.iter().find(|(_, known)| *known == self).expect("every trait is in TRAITS").0
    }

    fn sample(self) -> &'static str {
        match self {
            Trait::Role => "follower",
            Trait::Term | Trait::Commit | Trait::Applied => "2",
            Trait::Vote => "n1",
        }
    }

    /// The answer, in the one way in which it is written.
    fn value(self, text: &str) -> Result<String, String> {
        match self {
            Trait::Commit | Trait::Applied => Ok(number(text)?.to_string()),
            Trait::Vote if text != "none" => Ok(text.parse::<NodeId>()?.to_string()),
            Trait::Role | Trait::Term | Trait::Vote => Ok(text.to_string()),
        }
    }

    fn of(self, card: &NodeCard) -> String {
        let NodeView { role, epoch, vote, committed, applied, .. } = &card.node;
        match self {
            Trait::Role if !card.up => "down".to_string(),
            Trait::Role => (*role).to_string(),
            Trait::Term => epoch.as_ref().map_or("none".to_string(), |epoch| epoch.text.clone()),
            Trait::Vote => vote.map_or("none".to_string(), |vote| vote.to_string()),
            Trait::Commit => committed.to_string(),
            Trait::Applied => applied.to_string(),
        }
    }
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("`{text}` is not a number: expected a whole number such as 3"))
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

fn client_card(view: &View, client: ClientId) -> Result<&crate::view::ClientCard, String> {
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

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Condition::Leader(None) => f.write_str("leader"),
            Condition::Leader(Some(node)) => write!(f, "leader {node}"),
            Condition::NoLeader => f.write_str("no leader"),
            Condition::Node(node, asked, value) => write!(f, "{} {node} = {value}", asked.name()),
            Condition::Log(node, log) => {
                write!(f, "log {node} =")?;
                log.iter().try_for_each(|epoch| write!(f, " {epoch}"))
            }
            Condition::Committed(slot) => write!(f, "committed {slot}"),
            Condition::Peer { next, leader, of, slot } => {
                write!(f, "{} {leader} {of} = {slot}", if *next { "next" } else { "match" })
            }
            Condition::Kv(node, key, Some(value)) => write!(f, "kv {node} {key} = {value}"),
            Condition::Kv(node, key, None) => write!(f, "no kv {node} {key}"),
            Condition::SameKv => f.write_str("same kv"),
            Condition::Up(node, true) => write!(f, "up {node}"),
            Condition::Up(node, false) => write!(f, "down {node}"),
            Condition::Answered(client, count) => write!(f, "answered {client} {count}"),
            Condition::Answer(client, text) => write!(f, "answer {client} = {text}"),
            Condition::Violation(Some(name)) => write!(f, "violation {name}"),
            Condition::Violation(None) => f.write_str("no violation"),
        }
    }
}
