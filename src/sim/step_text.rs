//! The one-line text of a step, both ways.
//!
//! | text | step |
//! | --- | --- |
//! | `until 250ms` | virtual time goes on |
//! | `deliver ID`, `drop ID`, `duplicate ID`, `delay ID 20ms` | a message; ID is `n1->n3#17` |
//! | `timeout n3`, `timeout n3 heartbeat` | a timer; the main one where none is named |
//! | `flush n3`, `wake c1` | what the schedule does in between |
//! | `crash n3`, `tear n3`, `restart n3`, `start n6`, `pause n3`, `resume n3`, `resume` | a node, or all that are not well |
//! | `cut LINKS`, `heal LINKS`, `heal` | LINKS is `n1->n3`, `n1--n3` or `all` |
//! | `isolate n3`, `partition n1 n2 \| n3 n4 n5` | many links at once |
//! | `latency LINKS 10ms..20ms`, `loss LINKS 5%`, `duplication LINKS 2%`, `reordering LINKS 10%` | the network |
//! | `drift n3 +5%`, `disk n3 0ms..5ms`, `disk all 0ms..5ms` | a clock, a disk |
//! | `put c1 a val_7`, `get c1 a`, `delete c1 a`, each with `to n3` or without; `get c1 a by index` | a client's request |
//! | `tell n1 transfer n3`, `campaign`, `forget`, `compact`, `add n6`, `learn n6`, `remove n2`, `leave`, `members n1 n2 learners n3 stay` | an operator |
//! | `set pre_vote true` | what the protocol lets be chosen |
//! | `traffic on`, `traffic off`, `align`, `spread` | everybody at once |

use std::fmt;
use std::str::FromStr;

use crate::kv::Command;
use crate::protocol::Order;
use crate::sim::{Links, Rule, Step};
use crate::types::NodeSet;

/// What a line may begin with, for the sentence that refuses another word.
const WORDS: &str = "crash, restart, pause, resume, timeout, isolate, partition, cut, heal, deliver, drop, duplicate, \
     delay, put, get, delete, tell, set, start, tear, traffic, latency, loss, duplication, reordering, drift, disk, \
     align, spread, until, flush or wake";

impl Step {
    /// Reads a step from its text. `timers` are the names of the protocol's timers, the main one first.
    ///
    /// # Errors
    ///
    /// One sentence: what was wrong and what was expected.
    pub fn parse(line: &str, timers: &[&'static str]) -> Result<Step, String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let Some((&verb, rest)) = words.split_first() else {
            return Err(format!("the step is empty: expected {WORDS}"));
        };
        let usage = |expected: &str| Err(format!("`{line}` is not complete: expected `{verb} {expected}`"));
        Ok(match (verb, rest) {
            ("until", [time]) => Step::Until(time.parse()?),
            ("until", _) => return usage("250ms"),
            ("deliver", [id]) => Step::Deliver(id.parse()?),
            ("drop", [id]) => Step::Drop(id.parse()?),
            ("duplicate", [id]) => Step::Duplicate(id.parse()?),
            ("deliver" | "drop" | "duplicate", _) => return usage("n1->n3#17"),
            ("delay", [id, span]) => Step::Delay(id.parse()?, span.parse()?),
            ("delay", _) => return usage("n1->n3#17 20ms"),
            ("timeout", [node]) => Step::Timeout(node.parse()?, timer_named(timers.first().copied(), timers)?),
            ("timeout", [node, timer]) => Step::Timeout(node.parse()?, timer_named(Some(timer), timers)?),
            ("timeout", _) => return usage("n3"),
            ("flush", [node]) => Step::Flush(node.parse()?),
            ("wake", [client]) => Step::Wake(client.parse()?),
            ("wake", _) => return usage("c1"),
            ("tear", [node]) => Step::Tear(node.parse()?),
            ("start", [node]) => Step::Start(node.parse()?),
            ("tell", [node, order @ ..]) if !order.is_empty() => Step::Order(node.parse()?, Order::read(order)?),
            ("tell", _) => return usage("n1 transfer n3"),
            ("set", [name, value @ ..]) if !value.is_empty() => Step::Set((*name).into(), value.join(" ").into()),
            ("set", _) => return usage("pre_vote true"),
            ("crash", [node]) => Step::Crash(node.parse()?),
            ("restart", [node]) => Step::Restart(node.parse()?),
            ("pause", [node]) => Step::Pause(node.parse()?),
            ("resume", []) => Step::ResumeAll,
            ("resume", [node]) => Step::Resume(node.parse()?),
            ("isolate", [node]) => Step::Isolate(node.parse()?),
            ("start", _) => return usage("n6"),
            ("tear" | "crash" | "restart" | "pause" | "resume" | "isolate" | "flush", _) => return usage("n3"),
            ("cut", [links]) => Step::Cut(links.parse()?),
            ("heal", []) => Step::Heal(Links::All),
            ("heal", [links]) => Step::Heal(links.parse()?),
            ("cut" | "heal", _) => return usage("n1->n3"),
            ("partition", [_, ..]) => Step::Partition(parse_groups(rest)?),
            ("partition", []) => return usage("n1 n2 | n3 n4 n5"),
            ("latency", [links, value]) => Step::Rule(links.parse()?, Rule::Latency(value.parse()?)),
            ("latency", _) => return usage("all 10ms..20ms"),
            ("loss", [links, value]) => Step::Rule(links.parse()?, Rule::Loss(value.parse()?)),
            ("duplication", [links, value]) => Step::Rule(links.parse()?, Rule::Duplication(value.parse()?)),
            ("reordering", [links, value]) => Step::Rule(links.parse()?, Rule::Reordering(value.parse()?)),
            ("loss" | "duplication" | "reordering", _) => return usage("all 5%"),
            ("drift", [node, value]) => Step::Drift(node.parse()?, value.parse()?),
            ("drift", _) => return usage("n3 +5%"),
            ("disk", ["all", value]) => Step::Disk(None, value.parse()?),
            ("disk", [node, value]) => Step::Disk(Some(node.parse()?), value.parse()?),
            ("disk", _) => return usage("n3 0ms..5ms"),
            ("put" | "get" | "delete", [client, asked @ ..]) => parse_request(line, verb, client, asked)?,
            ("put", []) => return usage("c1 a val_7"),
            ("get" | "delete", []) => return usage("c1 a"),
            ("traffic", ["on"]) => Step::Traffic(true),
            ("traffic", ["off"]) => Step::Traffic(false),
            ("traffic", _) => return usage("on` or `traffic off"),
            ("align", []) => Step::Align,
            ("spread", []) => Step::Spread,
            ("align" | "spread", _) => return Err(format!("`{line}` says too much: expected `{verb}` alone")),
            _ => return Err(format!("`{verb}` is not a step: expected {WORDS}")),
        })
    }
}

fn timer_named(name: Option<&str>, timers: &[&'static str]) -> Result<&'static str, String> {
    let name = name.ok_or("this protocol has no timers")?;
    timers
        .iter()
        .copied()
        .find(|timer| *timer == name)
        .ok_or_else(|| format!("`{name}` is not a timer: expected {}", timers.join(" or ")))
}

impl FromStr for Links {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a link: expected n1->n3, n1--n3 or all");
        if text == "all" {
            return Ok(Links::All);
        }
        let (one_way, (from, to)) = match (text.split_once("->"), text.split_once("--")) {
            (Some(ends), None) => (true, ends),
            (None, Some(ends)) => (false, ends),
            _ => return Err(wrong()),
        };
        let (from, to) = (from.parse().map_err(|_: String| wrong())?, to.parse().map_err(|_: String| wrong())?);
        if from == to {
            return Err(format!("`{text}` joins {from} to itself: expected two different ends"));
        }
        Ok(if one_way { Links::One(from, to) } else { Links::Both(from, to) })
    }
}

fn parse_groups(words: &[&str]) -> Result<Vec<NodeSet>, String> {
    let mut seen = NodeSet::EMPTY;
    let mut groups = vec![NodeSet::EMPTY];
    for word in words {
        if *word == "|" {
            groups.push(NodeSet::EMPTY);
            continue;
        }
        let id = word.parse()?;
        if !seen.insert(id) {
            return Err(format!("{id} is in two groups: expected each node at most once"));
        }
        if let Some(group) = groups.last_mut() {
            group.insert(id);
        }
    }
    if groups.iter().any(|group| group.is_empty()) {
        return Err("a group is empty: expected nodes on both sides of each `|`".to_string());
    }
    Ok(groups)
}

fn parse_request(line: &str, verb: &str, client: &str, asked: &[&str]) -> Result<Step, String> {
    let client = client.parse()?;
    let (asked, read) = match asked {
        [asked @ .., "by", way] if verb == "get" && !asked.is_empty() => (asked, Some(way.parse()?)),
        _ => (asked, None),
    };
    let (asked, to) = match asked {
        [asked @ .., "to", node] if !asked.is_empty() => (asked, Some(node.parse()?)),
        _ => (asked, None),
    };
    let complete = if verb == "put" { asked.len() == 2 } else { asked.len() == 1 };
    if !complete {
        let expected = if verb == "put" { "KEY VALUE" } else { "KEY" };
        return Err(format!("`{line}` is not a request: expected `{verb} {client} {expected}`"));
    }
    let command = Command::read(&[&[verb], asked].concat())?;
    Ok(Step::Request { client, command, to, read })
}

impl fmt::Display for Links {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Links::One(from, to) => write!(f, "{from}->{to}"),
            Links::Both(a, b) => write!(f, "{a}--{b}"),
            Links::All => f.write_str("all"),
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Until(time) => write!(f, "until {time}"),
            Step::Deliver(id) => write!(f, "deliver {id}"),
            Step::Drop(id) => write!(f, "drop {id}"),
            Step::Duplicate(id) => write!(f, "duplicate {id}"),
            Step::Delay(id, span) => write!(f, "delay {id} {span}"),
            Step::Timeout(node, timer) => write!(f, "timeout {node} {timer}"),
            Step::Flush(node) => write!(f, "flush {node}"),
            Step::Wake(client) => write!(f, "wake {client}"),
            Step::Tear(node) => write!(f, "tear {node}"),
            Step::Start(node) => write!(f, "start {node}"),
            Step::Order(node, order) => write!(f, "tell {node} {order}"),
            Step::Set(name, value) => write!(f, "set {name} {value}"),
            Step::Crash(node) => write!(f, "crash {node}"),
            Step::Restart(node) => write!(f, "restart {node}"),
            Step::Pause(node) => write!(f, "pause {node}"),
            Step::Resume(node) => write!(f, "resume {node}"),
            Step::ResumeAll => f.write_str("resume"),
            Step::Cut(links) => write!(f, "cut {links}"),
            Step::Heal(Links::All) => f.write_str("heal"),
            Step::Heal(links) => write!(f, "heal {links}"),
            Step::Isolate(node) => write!(f, "isolate {node}"),
            Step::Partition(groups) => {
                f.write_str("partition")?;
                for (place, group) in groups.iter().enumerate() {
                    f.write_str(if place > 0 { " |" } else { "" })?;
                    group.iter().try_for_each(|id| write!(f, " {id}"))?;
                }
                Ok(())
            }
            Step::Rule(links, Rule::Latency(value)) => write!(f, "latency {links} {value}"),
            Step::Rule(links, Rule::Loss(value)) => write!(f, "loss {links} {value}"),
            Step::Rule(links, Rule::Duplication(value)) => write!(f, "duplication {links} {value}"),
            Step::Rule(links, Rule::Reordering(value)) => write!(f, "reordering {links} {value}"),
            Step::Drift(node, value) => write!(f, "drift {node} {value}"),
            Step::Disk(Some(node), value) => write!(f, "disk {node} {value}"),
            Step::Disk(None, value) => write!(f, "disk all {value}"),
            Step::Request { client, command, to, read } => {
                write!(f, "{} {client}", command.op())?;
                command.key().map_or(Ok(()), |key| write!(f, " {key}"))?;
                command.value().map_or(Ok(()), |value| write!(f, " {value}"))?;
                to.map_or(Ok(()), |node| write!(f, " to {node}"))?;
                read.map_or(Ok(()), |read| write!(f, " by {read}"))
            }
            Step::Traffic(true) => f.write_str("traffic on"),
            Step::Traffic(false) => f.write_str("traffic off"),
            Step::Align => f.write_str("align"),
            Step::Spread => f.write_str("spread"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMERS: &[&str] = &["election", "heartbeat"];

    #[test]
    fn every_step_is_read_as_it_is_written() {
        for line in [
            "until 250ms",
            "deliver n1->n3#17",
            "drop n1->c3#17.2",
            "duplicate c1->n1#1",
            "delay n1->n3#17 20ms",
            "timeout n3 election",
            "timeout n3 heartbeat",
            "flush n2",
            "wake c1",
            "crash n3",
            "restart n3",
            "pause n3",
            "resume n3",
            "resume",
            "cut n1->n3",
            "cut c1--n3",
            "cut all",
            "heal",
            "heal n1--n3",
            "isolate n16",
            "partition n1 n2 | n3 n4 n5",
            "partition n2",
            "latency all 10ms..20ms",
            "latency n1->n3 1.5ms",
            "loss all 5%",
            "duplication n1--n2 0.5%",
            "reordering all 100%",
            "drift n3 +5%",
            "drift n3 -0.25%",
            "disk all 0ms..5ms",
            "disk n3 0ms..5ms",
            "put c1 a val_7",
            "put c1 to n3 to n3",
            "get c1 a to n3",
            "get c1 a by index",
            "get c1 a to n3 by local",
            "tear n3",
            "start n6",
            "tell n1 campaign",
            "tell n1 transfer n3",
            "tell n1 forget",
            "tell n1 compact",
            "tell n1 add n6",
            "tell n1 learn n6",
            "tell n1 remove n2",
            "tell n1 members n1 n2 n3",
            "tell n1 members n1 n2 learners n3 n4 stay",
            "tell n1 leave",
            "set pre_vote true",
            "set priority n1=2 n3=1",
            "delete c2 a",
            "traffic on",
            "traffic off",
            "align",
            "spread",
        ] {
            assert_eq!(Step::parse(line, TIMERS).map(|step| step.to_string()), Ok(line.to_string()));
        }
        assert_eq!(Step::parse("timeout n3", TIMERS), Ok(Step::Timeout(crate::types::NodeId(3), "election")));
    }

    #[test]
    fn what_is_refused_is_refused_with_a_sentence_that_says_what_was_expected() {
        let told = |line: &str| Step::parse(line, TIMERS).unwrap_err();
        assert_eq!(told("crash"), "`crash` is not complete: expected `crash n3`");
        assert_eq!(told("crash n0"), "`n0` is not a node: expected n1 to n16");
        assert_eq!(told("cut n1->n1"), "`n1->n1` joins n1 to itself: expected two different ends");
        assert_eq!(told("partition n1 | n1"), "n1 is in two groups: expected each node at most once");
        assert_eq!(told("partition n1 |"), "a group is empty: expected nodes on both sides of each `|`");
        assert_eq!(told("put c1 a"), "`put c1 a` is not a request: expected `put c1 KEY VALUE`");
        assert_eq!(told("timeout n1 tea"), "`tea` is not a timer: expected election or heartbeat");
        assert_eq!(told("loss all 5"), "`5` is not a share: expected 0% to 100%, such as 5% or 0.25%");
        assert!(told("explode n1").starts_with("`explode` is not a step: expected crash, restart"));
        assert!(told("  ").starts_with("the step is empty: expected crash, restart"));
    }
}
