//! `raft-playground bugs`: the mistakes that a cluster can be told to make.

use std::process::ExitCode;

use clap::Args;
use raft_playground::playground::{bugs, protocols};
use raft_playground::protocol::Bug;
use raft_playground::sim::Refused;
use serde_json::{Value, json};

#[derive(Args)]
pub(crate) struct Bugs {
    /// All that is known of this one alone.
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// As JSON, for programs: an array of objects.
    #[arg(long)]
    json: bool,
}

/// Every mistake with its protocol, by the name that files and the one that people know.
fn all() -> Vec<(&'static str, &'static str, &'static Bug)> {
    let of = |card: raft_playground::playground::ProtocolCard| {
        let (name, title) = (card.words.protocol, card.words.title);
        bugs(name).unwrap_or_default().iter().map(move |bug| (name, title, bug))
    };
    protocols().into_iter().flat_map(of).collect()
}

impl Bugs {
    pub(crate) fn run(&self) -> Result<ExitCode, Refused> {
        let mut chosen = all();
        if let Some(name) = &self.name {
            chosen.retain(|(_, _, bug)| bug.name == *name);
            if chosen.is_empty() {
                let known: Vec<&str> = all().iter().map(|(_, _, bug)| bug.name).collect();
                return Err(Refused(format!("there is no mistake `{name}`: expected {}", known.join(", "))));
            }
        }
        if self.json {
            let list: Vec<Value> = chosen.iter().map(|(protocol, _, bug)| as_json(protocol, bug)).collect();
            println!("{:#}", Value::Array(list));
        } else if self.name.is_some() {
            chosen.iter().for_each(|(protocol, title, bug)| tell(protocol, title, bug));
        } else {
            table(&chosen);
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn as_json(protocol: &str, bug: &Bug) -> Value {
    let mut value = json!(bug);
    value["protocol"] = json!(protocol);
    value["with"] = bug.with.iter().map(|(name, value)| ((*name).to_string(), json!(value))).collect();
    value
}

fn table(all: &[(&str, &'static str, &Bug)]) {
    let names = all.iter().map(|(_, _, bug)| bug.name.len()).max().unwrap_or(0);
    let promises = all.iter().map(|(_, _, bug)| bug.breaks.len()).max().unwrap_or(0);
    let mut before = "";
    for (_, title, bug) in all {
        if *title != before {
            println!("{}{title}", if before.is_empty() { "" } else { "\n" });
            before = title;
        }
        println!("  {:names$}  {:promises$}  {}", bug.name, bug.breaks, bug.label);
    }
    println!("\nMake one: --set bug=NAME, `bug = \"NAME\"` in a file, `set bug NAME` as a step. All of one: bugs NAME");
}

fn tell(protocol: &str, title: &str, bug: &Bug) {
    let needs: Vec<&str> = bug.needs.iter().map(|need| need.text()).collect();
    let with: Vec<String> = bug.with.iter().map(|(name, value)| format!("{name} = {value}")).collect();
    println!("{title}: {}\n\n{}\n", bug.label, bug.sentence);
    for (what, text) in [
        ("should be", bug.right),
        ("is", bug.wrong),
        ("breaks", bug.breaks),
        ("needs", &needs.join(", ")),
        ("with", &with.join(", ")),
        ("seen in", bug.seen_in),
        ("section", bug.section),
    ] {
        if !text.is_empty() {
            println!("  {what:<10} {text}");
        }
    }
    let sets: String = bug.with.iter().map(|(name, value)| format!(" --set {name}={value}")).collect();
    let of = if protocol == "raft" { String::new() } else { format!(" --set protocol={protocol}") };
    println!("\nWatch it: raft-playground watch --set bug={}{of}{sets} --set traffic=true", bug.name);
}
