//! What the world is like at the start of a run: links, disks, clocks, and what the disks hold.
//!
//! | name | value |
//! | --- | --- |
//! | `network.latency` | how long a message travels: `10ms..20ms` |
//! | `network.loss`, `network.duplication`, `network.reordering` | a share of messages: `5%` |
//! | `disk.all`, `disk.n3` | how long a write takes to be safe: `0ms..5ms` |
//! | `clocks.n3` | how much too fast a clock runs: `+5%` |
//! | `given.n3.term`, `given.n3.vote`, `given.n3.log` | what a node's disk holds |
//!
//! A log is its entries' terms, `1 1 2`, or, with commas between the entries, terms with commands:
//! `1 put a val_1, 2, 2 delete a`. An entry without a command does nothing.

use std::fmt;

use crate::chance::Ratio;
use crate::kv::Command;
use crate::protocol::{Given, Protocol};
use crate::settings::Quoted;
use crate::sim::{Drift, Refused, Setup};
use crate::types::{NodeId, Spread};

/// What the world is like at the start. What is left out is ordinary.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct World {
    /// How long a message travels.
    pub latency: Option<Spread>,
    /// The share of messages that is lost.
    pub loss: Option<Ratio>,
    /// The share of messages that arrives twice.
    pub duplication: Option<Ratio>,
    /// The share of messages that later ones may overtake.
    pub reordering: Option<Ratio>,
    /// How long a write takes to be safe.
    pub disk: Option<Spread>,
    /// The same for single nodes.
    pub disks: Vec<(NodeId, Spread)>,
    /// How much too fast clocks run.
    pub clocks: Vec<(NodeId, Drift)>,
    /// What nodes' disks hold.
    pub given: Vec<(NodeId, Given)>,
}

impl World {
    /// Sets one thing by its name; false where no name is like that.
    ///
    /// # Errors
    ///
    /// One sentence, where the value cannot be read.
    pub(super) fn set(&mut self, name: &str, value: &str) -> Result<bool, Refused> {
        let path: Vec<&str> = name.split('.').collect();
        match path[..] {
            ["network", "latency"] => self.latency = Some(value.parse()?),
            ["network", "loss"] => self.loss = Some(value.parse()?),
            ["network", "duplication"] => self.duplication = Some(value.parse()?),
            ["network", "reordering"] => self.reordering = Some(value.parse()?),
            ["disk", "all"] => self.disk = Some(value.parse()?),
            ["disk", node] => *entry(&mut self.disks, node.parse()?) = value.parse()?,
            ["clocks", node] => *entry(&mut self.clocks, node.parse()?) = value.parse()?,
            // What is assigned is read before its place is made: a value that cannot be read changes nothing.
            ["given", node, "term"] => entry(&mut self.given, node.parse()?).epoch = Some(epoch(value)?),
            ["given", node, "vote"] => entry(&mut self.given, node.parse()?).vote = Some(value.parse()?),
            ["given", node, "log"] => entry(&mut self.given, node.parse()?).slots = slots(value)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Puts it into a setup.
    ///
    /// # Errors
    ///
    /// One sentence, where it names a node that is not there, or what no node can hold.
    pub(super) fn put_into<P: Protocol>(&self, setup: &mut Setup<P>) -> Result<(), Refused> {
        let count = P::nodes(&setup.protocol);
        let (disks, clocks) = (self.disks.iter().map(|said| said.0), self.clocks.iter().map(|said| said.0));
        for node in disks.chain(clocks).chain(self.given.iter().map(|said| said.0)) {
            if node.0 > count {
                return Err(Refused(format!("there is no {node}: expected n1 to n{count}")));
            }
        }
        let link = &mut setup.link;
        link.latency = self.latency.unwrap_or(link.latency);
        link.loss = self.loss.unwrap_or(link.loss);
        link.duplication = self.duplication.unwrap_or(link.duplication);
        link.reordering = self.reordering.unwrap_or(link.reordering);
        setup.disk = self.disk.unwrap_or(setup.disk);
        (setup.disks, setup.clocks) = (self.disks.clone(), self.clocks.clone());
        for (node, given) in &self.given {
            let disk = P::given(&setup.protocol, given).map_err(|why| Refused(format!("`given.{node}`: {why}")))?;
            setup.given.push((*node, disk));
        }
        Ok(())
    }
}

/// What is said of a node, in the order of the nodes; what nothing is said of becomes ordinary.
fn entry<T: Default>(said: &mut Vec<(NodeId, T)>, id: NodeId) -> &mut T {
    let place = said.partition_point(|(node, _)| *node < id);
    if said.get(place).is_none_or(|(node, _)| *node != id) {
        said.insert(place, (id, T::default()));
    }
    &mut said[place].1
}

fn epoch(text: &str) -> Result<u64, String> {
    // Far more than any run reaches, and far from where counting on would overflow.
    let known = text.parse().ok().filter(|epoch| *epoch <= 1_000_000_000);
    known.ok_or_else(|| format!("`{text}` is not a term: expected a whole number up to 1000000000"))
}

fn slots(text: &str) -> Result<Vec<(u64, Command)>, String> {
    let entries: Vec<&str> = match text.contains(',') || text.bytes().any(|b| b.is_ascii_alphabetic()) {
        true => text.split(',').map(str::trim).collect(),
        false => text.split_whitespace().collect(),
    };
    let wrong = |entry: &str| {
        let expected = "expected terms, `1 1 2`, or terms with commands and commas, `1 put a val_1, 2, 2 delete a`";
        format!("`{entry}` is not an entry of a log: {expected}")
    };
    let entry = |entry: &str| -> Result<(u64, Command), String> {
        let words: Vec<&str> = entry.split_whitespace().collect();
        let (term, command) = words.split_first().ok_or_else(|| wrong(entry))?;
        let command = if command.is_empty() { Command::Noop } else { Command::read(command)? };
        Ok((epoch(term).map_err(|_| wrong(entry))?, command))
    };
    entries.into_iter().map(entry).collect()
}

fn slots_text(slots: &[(u64, Command)]) -> String {
    let plain = slots.iter().all(|(_, command)| *command == Command::Noop);
    let texts: Vec<String> = slots
        .iter()
        .map(|(term, command)| if *command == Command::Noop { term.to_string() } else { format!("{term} {command}") })
        .collect();
    texts.join(if plain { " " } else { ", " })
}

/// A table of a scenario file; nothing where it has no lines.
struct Table(String);

impl Table {
    fn line(&mut self, name: &dyn fmt::Display, value: Option<&dyn fmt::Display>) {
        if let Some(value) = value {
            self.0 += &format!("{name} = {}\n", Quoted(&value.to_string()));
        }
    }

    fn write(self, f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, "\n[{name}]\n{}", self.0) }
    }
}

fn shown<T: fmt::Display>(value: &T) -> &dyn fmt::Display {
    value
}

/// The tables of a scenario file.
impl fmt::Display for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let table = || Table(String::new());
        let (mut network, mut disk, mut clocks) = (table(), table(), table());
        network.line(&"latency", self.latency.as_ref().map(shown));
        network.line(&"loss", self.loss.as_ref().map(shown));
        network.line(&"duplication", self.duplication.as_ref().map(shown));
        network.line(&"reordering", self.reordering.as_ref().map(shown));
        network.write(f, "network")?;
        disk.line(&"all", self.disk.as_ref().map(shown));
        self.disks.iter().for_each(|(node, value)| disk.line(node, Some(value)));
        disk.write(f, "disk")?;
        self.clocks.iter().for_each(|(node, value)| clocks.line(node, Some(value)));
        clocks.write(f, "clocks")?;
        for (node, given) in &self.given {
            let mut lines = table();
            if let Some(epoch) = given.epoch {
                lines.0 += &format!("term = {epoch}\n");
            }
            lines.line(&"vote", given.vote.as_ref().map(shown));
            if !given.slots.is_empty() || lines.0.is_empty() {
                lines.line(&"log", Some(&slots_text(&given.slots)));
            }
            lines.write(f, &format!("given.{node}"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_are_read_as_they_are_written() {
        for text in ["", "1", "1 1 2", "1 put a val_1", "1 put a val_1, 2, 2 delete a", "1 get a, 1"] {
            assert_eq!(slots(text).map(|slots| slots_text(&slots)), Ok(text.to_string()));
        }
        for wrong in ["x", "1 2 x", "1 put a", "1,,2", "1, put a b", "-1", "1 noop", "1000000001"] {
            assert!(slots(wrong).is_err(), "`{wrong}` was taken for a log");
        }
    }
}
