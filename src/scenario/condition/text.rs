//! The text of a condition, both ways.

use std::fmt;

use crate::kv::word;
use crate::scenario::condition::{Condition, TRAITS, Trait};
use crate::types::{NodeId, NodeSet};

/// What a condition may begin with, for the sentence that refuses another word.
const WORDS: &str = "leader, no, role, term, vote, log, first, last, snapshot, commit, applied, committed, next, match, \
     state, members, learners, joint, fact, kv, same kv, up, down, answered, waits, answer or violation";

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
            ["no", "joint", node, rest @ ..] => (Condition::Joint(node.parse()?, false), rest),
            ["no", ..] => return usage("no leader`, `no violation`, `no joint n3` or `no kv n3 a"),
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
            ["state", leader, of, "=", state, rest @ ..] => {
                (Condition::State { leader: leader.parse()?, of: of.parse()?, state: (*state).to_string() }, rest)
            }
            ["state", ..] => return usage("state n1 n3 = replicate"),
            ["members", node, "=", rest @ ..] if !nodes(rest).is_empty() => {
                let (sides, rest) = sides(rest)?;
                (Condition::Members(node.parse()?, sides), rest)
            }
            ["members", ..] => return usage("members n1 = n1 n2 n3"),
            ["learners", node, "=", "none", rest @ ..] => (Condition::Learners(node.parse()?, NodeSet::EMPTY), rest),
            ["learners", node, "=", rest @ ..] if !nodes(rest).is_empty() => {
                (Condition::Learners(node.parse()?, set(nodes(rest))?), &rest[nodes(rest).len()..])
            }
            ["learners", ..] => return usage("learners n1 = n4` or `learners n1 = none"),
            ["joint", node, rest @ ..] => (Condition::Joint(node.parse()?, true), rest),
            ["joint"] => return usage("joint n1"),
            ["fact", node, rest @ ..] if rest.iter().skip(1).any(|word| *word == "=") => {
                let at = rest.iter().skip(1).position(|word| *word == "=").map_or(1, |place| place + 1);
                (Condition::Fact(node.parse()?, rest[..at].join(" "), rest[at + 1..].join(" ")), &[])
            }
            ["fact", ..] => return usage("fact n1 requests held = 1"),
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
            ["waits", client, rest @ ..] => (Condition::Waits(client.parse()?), rest),
            ["waits"] => return usage("waits c1"),
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
}

impl Trait {
    fn sample(self) -> &'static str {
        match self {
            Trait::Role => "follower",
            Trait::Vote => "n1",
            _ => "2",
        }
    }

    /// The answer, in the one way in which it is written.
    fn value(self, text: &str) -> Result<String, String> {
        match self {
            Trait::First | Trait::Last | Trait::Commit | Trait::Applied => Ok(number(text)?.to_string()),
            Trait::Snapshot if text != "none" => Ok(number(text)?.to_string()),
            Trait::Vote if text != "none" => Ok(text.parse::<NodeId>()?.to_string()),
            Trait::Role | Trait::Term | Trait::Vote | Trait::Snapshot => Ok(text.to_string()),
        }
    }
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("`{text}` is not a number: expected a whole number such as 3"))
}

/// The nodes that these words begin with.
fn nodes<'a>(words: &'a [&'a str]) -> &'a [&'a str] {
    let count = words.iter().take_while(|word| word.parse::<NodeId>().is_ok()).count();
    &words[..count]
}

fn set(words: &[&str]) -> Result<NodeSet, String> {
    words.iter().map(|word| word.parse::<NodeId>()).collect()
}

/// Sets of nodes, `n1 n2 | n2 n3`, and the words behind them.
fn sides<'a>(words: &'a [&'a str]) -> Result<(Vec<NodeSet>, &'a [&'a str]), String> {
    let side = nodes(words);
    let (mut sides, mut rest) = (vec![set(side)?], &words[side.len()..]);
    while let ["|", more @ ..] = rest {
        let side = nodes(more);
        if side.is_empty() {
            return Err("a side is empty: expected nodes on both sides of each `|`".to_string());
        }
        sides.push(set(side)?);
        rest = &more[side.len()..];
    }
    Ok((sides, rest))
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
            Condition::State { leader, of, state } => write!(f, "state {leader} {of} = {state}"),
            Condition::Members(node, sides) => {
                write!(f, "members {node} = ")?;
                let mut between = "";
                sides.iter().try_for_each(|side| write!(f, "{}{side}", std::mem::replace(&mut between, " | ")))
            }
            Condition::Learners(node, NodeSet::EMPTY) => write!(f, "learners {node} = none"),
            Condition::Learners(node, learners) => write!(f, "learners {node} = {learners}"),
            Condition::Joint(node, true) => write!(f, "joint {node}"),
            Condition::Joint(node, false) => write!(f, "no joint {node}"),
            Condition::Fact(node, name, value) => write!(f, "fact {node} {name} = {value}"),
            Condition::Kv(node, key, Some(value)) => write!(f, "kv {node} {key} = {value}"),
            Condition::Kv(node, key, None) => write!(f, "no kv {node} {key}"),
            Condition::SameKv => f.write_str("same kv"),
            Condition::Up(node, true) => write!(f, "up {node}"),
            Condition::Up(node, false) => write!(f, "down {node}"),
            Condition::Answered(client, count) => write!(f, "answered {client} {count}"),
            Condition::Waits(client) => write!(f, "waits {client}"),
            Condition::Answer(client, text) => write!(f, "answer {client} = {text}"),
            Condition::Violation(Some(name)) => write!(f, "violation {name}"),
            Condition::Violation(None) => f.write_str("no violation"),
        }
    }
}
