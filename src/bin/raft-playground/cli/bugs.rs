//! `raft-playground bugs`: the mistakes that a cluster can be told to make.

use std::process::ExitCode;
use std::time::Instant;

use clap::Args;
use raft_playground::hunt::bugs::{HUNTS, How, Hunt, hunt_for};
use raft_playground::hunt::{Catch, Innocent, find, search_innocent};
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
    /// Look for a run in which this mistake breaks its promise, shrink it, and search the same without the mistake; `all`
    /// for each in turn. Exit status 1 where one breaks nothing.
    #[arg(long, value_name = "NAME")]
    find: Option<String>,
    /// How many threads explore.
    #[arg(long, value_name = "N", default_value_t = cores())]
    threads: usize,
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
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
        if let Some(name) = &self.find {
            return self.hunt(name);
        }
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

/// What a hunt has come to, and how long it took with and without the mistake.
struct Hunted {
    caught: Result<Catch, Refused>,
    seconds: f64,
    innocent: Result<Innocent, Refused>,
}

impl Bugs {
    fn hunt(&self, name: &str) -> Result<ExitCode, Refused> {
        let hunts: Vec<&Hunt> = if name == "all" { HUNTS.iter().collect() } else { vec![hunt_for(name)?] };
        let mut missed = false;
        if !self.json && hunts.len() > 1 {
            println!("| switch | what fell | found by | searched | seconds | steps left | searched without it |");
            println!("| --- | --- | --- | --- | --- | --- | --- |");
        }
        let mut list = Vec::new();
        for hunt in &hunts {
            let began = Instant::now();
            let caught = find(hunt.bug, self.threads);
            let seconds = began.elapsed().as_secs_f64();
            let far = caught.as_ref().map_or(0, |caught| caught.far);
            let hunted = Hunted { caught, seconds, innocent: search_innocent(hunt.bug, far, self.threads) };
            missed |= hunted.caught.is_err() || hunted.innocent.is_err();
            if self.json {
                list.push(hunted_json(hunt, &hunted));
            } else if hunts.len() > 1 {
                println!("{}", row(hunt, &hunted));
            } else {
                tell_hunted(hunt, &hunted);
            }
        }
        if self.json {
            println!("{:#}", Value::Array(list));
        }
        Ok(ExitCode::from(u8::from(missed)))
    }
}

/// What was searched, in words.
fn searched(how: &How, count: u64) -> String {
    match how {
        How::Explore(_) => format!("{count} states"),
        How::Swarm { .. } => format!("{count} events"),
    }
}

fn row(hunt: &Hunt, hunted: &Hunted) -> String {
    let without = match &hunted.innocent {
        Ok(innocent) => format!("{}, nothing", searched(&hunt.how, innocent.searched)),
        Err(Refused(why)) => why.clone(),
    };
    match &hunted.caught {
        Ok(Catch { property, how, searched: count, steps, .. }) => format!(
            "| `{}` | `{property}` | {how} | {} | {:.1} | {steps} | {without} |",
            hunt.bug,
            searched(&hunt.how, *count),
            hunted.seconds
        ),
        Err(Refused(why)) => format!("| `{}` | {why} | | | {:.1} | | {without} |", hunt.bug, hunted.seconds),
    }
}

fn tell_hunted(hunt: &Hunt, hunted: &Hunted) {
    match &hunted.caught {
        Ok(caught) => {
            let Catch { property, searched: count, steps, scenario, .. } = caught;
            let (what, seconds) = (searched(&hunt.how, *count), hunted.seconds);
            println!("# {}: {property} falls in {steps} steps; {what} were searched, in {seconds:.1} s", hunt.bug);
            println!("{scenario}");
        }
        Err(Refused(why)) => println!("# {why}"),
    }
    match &hunted.innocent {
        Ok(innocent) => println!("# without it: {}, nothing found", searched(&hunt.how, innocent.searched)),
        Err(Refused(why)) => println!("# {why}"),
    }
}

fn hunted_json(hunt: &Hunt, hunted: &Hunted) -> Value {
    let caught = hunted.caught.as_ref().ok();
    let why = [hunted.caught.as_ref().err(), hunted.innocent.as_ref().err()];
    json!({
        "name": hunt.bug, "protocol": hunt.protocol, "breaks": hunt.property, "found": caught.is_some(),
        "how": caught.map(|caught| caught.how), "searched": caught.map(|caught| caught.searched),
        "steps": caught.map(|caught| caught.steps), "seconds": hunted.seconds,
        "scenario": caught.map(|caught| caught.scenario.to_string()),
        "without": hunted.innocent.as_ref().ok().map(|one| json!({ "searched": one.searched, "whole": one.whole })),
        "refused": why.iter().flatten().map(|refused| &refused.0).collect::<Vec<_>>(),
    })
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
