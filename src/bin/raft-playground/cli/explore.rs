//! `raft-playground explore`: all schedules from where a scenario ends, within bounds.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressStyle};
use raft_playground::check::explore::{Bounds, Progress, Search, Status};
use raft_playground::hunt::story_of;
use raft_playground::playground::{self, Exploring, Playground, Schedule};
use raft_playground::scenario::{self, Failure, Scenario};
use raft_playground::sim::Refused;
use serde_json::json;

use crate::cli::Common;
use crate::cli::run::{read, write_all};

/// How many moves are tried between two looks at the clock.
const SLICE: u64 = 50_000;

#[derive(Args)]
pub(crate) struct Explore {
    /// A scenario file, or the name of one that comes with the program: it is played to its end, and explored from there.
    /// Without one, a cluster at its start, as --set says.
    #[arg(value_name = "FILE")]
    file: Option<String>,
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    limits: Limits,
    /// In which order states are looked at: breadth finds the shortest counterexample, random the deepest.
    #[arg(long, value_enum, default_value_t = Order::Breadth)]
    search: Order,
    /// What random walks are drawn from.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How many threads look at states, breadth first; the answer is the same for any number.
    #[arg(long, value_name = "N", default_value_t = cores())]
    threads: usize,
    /// Write the schedule that breaks a promise there, as a scenario file.
    #[arg(long, value_name = "OUT")]
    out: Option<PathBuf>,
    /// For programs: one JSON object.
    #[arg(long)]
    json: bool,
}

/// What may happen, and how often.
#[derive(Args, Clone)]
pub(crate) struct Limits {
    /// The last term (or round of a ballot) that a node may begin.
    #[arg(long, value_name = "N", default_value_t = 2)]
    terms: u64,
    /// The most entries (or slots) in a log for anything more to be tried.
    #[arg(long, value_name = "N", default_value_t = 2)]
    log: u64,
    /// How many requests clients make, each to a node that leads.
    #[arg(long, value_name = "N", default_value_t = 2)]
    requests: u8,
    /// How often a node crashes and starts again.
    #[arg(long, value_name = "N", default_value_t = 0)]
    crashes: u8,
    /// How many messages are lost; only matters with --in-order, as a message may always be late for ever.
    #[arg(long, value_name = "N", default_value_t = 0)]
    losses: u8,
    /// How many messages are doubled.
    #[arg(long, value_name = "N", default_value_t = 0)]
    duplicates: u8,
    /// How often a node repeats itself: heartbeats, retries.
    #[arg(long, value_name = "N", default_value_t = 0)]
    beats: u8,
    /// How often a client without an answer asks somebody else.
    #[arg(long, value_name = "N", default_value_t = 0)]
    retries: u8,
    /// Each link keeps the order of its messages.
    #[arg(long)]
    in_order: bool,
    /// No message comes late: what is of a term that its receiver has left behind is lost.
    #[arg(long)]
    no_late: bool,
    /// Something else that may be done at any moment, once, such as "add n4"; may be given 16 times.
    #[arg(long, value_name = "STEP")]
    may: Vec<String>,
    /// Look for a violation of this property alone, such as "leader-completeness"; may be given several times.
    #[arg(long, value_name = "NAME")]
    property: Vec<String>,
    /// The most moves that a schedule may have.
    #[arg(long, value_name = "N", default_value_t = u16::MAX)]
    depth: u16,
    /// The most states that are remembered, about 30 bytes each.
    #[arg(long, value_name = "N", default_value_t = 10_000_000)]
    max_states: u32,
    /// Count states that differ in the names of nodes alone as different.
    #[arg(long)]
    no_symmetry: bool,
    /// Keep messages in the state that will never change anything.
    #[arg(long)]
    no_reduction: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
enum Order {
    Breadth,
    Depth,
    Random,
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

impl Limits {
    /// The bounds, as a run reads them.
    pub(crate) fn bounds(&self, cluster: &dyn Playground) -> Result<Bounds, Refused> {
        Ok(Bounds {
            epochs: self.terms,
            slots: self.log,
            requests: self.requests,
            crashes: self.crashes,
            losses: self.losses,
            duplicates: self.duplicates,
            beats: self.beats,
            retries: self.retries,
            in_order: self.in_order,
            late: !self.no_late,
            wishes: self.may.iter().map(|text| cluster.read_step(text)).collect::<Result<_, _>>()?,
            properties: self.property.clone(),
            depth: self.depth,
            states: self.max_states,
            symmetry: !self.no_symmetry,
            reduction: !self.no_reduction,
        })
    }
}

impl Explore {
    pub(crate) fn run(&self) -> Result<ExitCode, Refused> {
        let (title, cluster) = self.start()?;
        let search = match self.search {
            Order::Breadth => Search::Breadth,
            Order::Depth => Search::Depth,
            Order::Random => Search::Random(self.seed),
        };
        let mut exploring = cluster.explore(self.limits.bounds(&*cluster)?, search)?;
        let began = Instant::now();
        let status = drive(&mut *exploring, self.threads);
        let took = began.elapsed();
        let found = exploring.found();
        let scenario = found.as_ref().map(|found| story_of(&*cluster, found, &title)).transpose()?;
        if let (Some(out), Some(scenario)) = (&self.out, &scenario) {
            write_all(out, &scenario.to_string())?;
        }
        if self.json {
            println!("{}", in_json(status, exploring.progress(), took, found.as_ref(), scenario.as_ref()));
        } else {
            self.tell(status, &*exploring, took, scenario.as_ref());
        }
        Ok(ExitCode::from(u8::from(status == Status::Found)))
    }

    fn start(&self) -> Result<(String, Box<dyn Playground>), Refused> {
        let Some(file) = &self.file else {
            return Ok((String::new(), playground::open(&self.common.settings()?)?));
        };
        let mut scenario = read(file)?;
        for (name, value) in self.common.pairs()? {
            scenario.settings.set(name, value)?;
        }
        let mut run = scenario::Run::new(&scenario)?;
        match run.go(&mut |_| ()) {
            // A scenario that ends in a broken promise is refused below, with a sentence of its own.
            Ok(()) | Err(Failure::Broken { .. }) => Ok((scenario.title, run.into_cluster())),
            Err(failure) => Err(Refused(format!("{file} does not go as it says: {failure}"))),
        }
    }

    fn tell(&self, status: Status, exploring: &dyn Exploring, took: Duration, scenario: Option<&Scenario>) {
        let Progress { states, moves, depth, bytes, .. } = exploring.progress();
        let (rate, seconds) = (a_second(states, took), took.as_secs_f64());
        println!("{states} states, {moves} moves, up to {depth} deep, in {seconds:.2} s: {rate} states a second");
        if let Some(each) = bytes.checked_div(states) {
            let names = exploring.namings();
            let alike =
                if names > 1 { format!("; {names} ways of naming the nodes count as one") } else { String::new() };
            println!("{each} bytes a state{alike}");
        }
        match (status, exploring.found()) {
            (Status::Found, Some(found)) => {
                println!("\n{} is broken after {} moves: {}", found.property, found.moves, found.text);
                println!("  {} ({})", found.sentence, found.section);
                if let Some(scenario) = scenario {
                    println!("\n{scenario}");
                }
                if let Some(out) = &self.out {
                    println!("again with: raft-playground run {}", out.display());
                }
            }
            (Status::Full, _) => println!("no promise was broken so far; there are more states: see --max-states"),
            _ => println!("every state within the bounds was looked at: no promise is broken"),
        }
    }
}

/// Goes on until it is over, with a line of progress where a person looks on.
pub(crate) fn drive(exploring: &mut dyn Exploring, threads: usize) -> Status {
    let template = "{spinner} {msg} {elapsed}";
    let style = ProgressStyle::with_template(template).expect("a template that indicatif knows");
    let bar = ProgressBar::new_spinner().with_style(style);
    while exploring.advance_with(SLICE, threads) == Status::Running {
        let Progress { states, depth, waiting, .. } = exploring.progress();
        bar.set_message(format!("{states} states, {depth} deep, {waiting} waiting"));
        bar.tick();
    }
    bar.finish_and_clear();
    exploring.status()
}

/// How many in a second.
fn a_second(count: u64, took: Duration) -> u64 {
    let micros = took.as_micros().max(1);
    u64::try_from(u128::from(count) * 1_000_000 / micros).unwrap_or(u64::MAX)
}

fn in_json(
    status: Status,
    progress: Progress,
    took: Duration,
    found: Option<&Schedule>,
    scenario: Option<&Scenario>,
) -> serde_json::Value {
    let Progress { states, moves, depth, waiting, bytes } = progress;
    json!({
        "status": status.name(), "states": states, "moves": moves, "depth": depth, "waiting": waiting, "bytes": bytes,
        "seconds": took.as_secs_f64(), "found": found, "scenario": scenario.map(ToString::to_string),
    })
}
