//! `raft-playground swarm`: many runs with random faults, on all cores.

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use raft_playground::check::swarm::{Failed, Passed};
use raft_playground::playground;
use raft_playground::settings::Settings;
use raft_playground::sim::Refused;
use raft_playground::types::Span;

use crate::cli::Common;

#[derive(Args)]
pub(crate) struct Swarm {
    #[command(flatten)]
    common: Common,
    /// The seeds: from A up to, and without, B.
    #[arg(long, value_name = "A..B", default_value = "1..101")]
    seeds: String,
    /// How much virtual time each cluster spends under faults.
    #[arg(long = "for", value_name = "TIME", default_value = "60s")]
    span: String,
}

impl Swarm {
    pub(crate) fn run(&self) -> Result<ExitCode, Refused> {
        let range = self.seeds.split_once("..").and_then(|(a, b)| Some(a.parse().ok()?..b.parse::<u64>().ok()?));
        let range = range.filter(|range| !range.is_empty());
        let expected = || Refused(format!("`--seeds {}` is not a range: expected such as 1..1001", self.seeds));
        let range = range.ok_or_else(expected)?;
        let span: Span = self.span.parse()?;
        let settings = self.common.settings()?;
        // Refuses what cannot be, the name of the protocol included, before any thread starts.
        playground::open(&settings)?;
        let next = AtomicU64::new(range.start);
        let tally = Mutex::new(Tally::default());
        // Shown only where a person looks on: nothing is drawn into a file or a pipe.
        let bar = ProgressBar::new(range.end - range.start).with_style(style());
        let work = || {
            loop {
                let seed = next.fetch_add(1, Ordering::Relaxed);
                // Seeds are taken in order, and those below a failed one are finished: the lowest is told.
                if seed >= range.end || tally.lock().expect("no thread panics").failed.is_some() {
                    return;
                }
                let settings = Settings { seed, ..settings.clone() };
                let result = playground::swarm(&settings, span).expect("the settings can be");
                tally.lock().expect("no thread panics").add(seed, result);
                bar.inc(1);
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
                scope.spawn(work);
            }
        });
        bar.finish_and_clear();
        let Tally { runs, total, failed } = tally.into_inner().expect("no thread panics");
        if let Some((seed, failed)) = failed {
            eprintln!("seed {seed}: {failed}");
            let sets: String = self.common.set.iter().map(|pair| format!(" --set {pair}")).collect();
            eprintln!("again with: raft-playground swarm --seeds {seed}..{} --for {span}{sets}", seed + 1);
            return Ok(ExitCode::from(1));
        }
        println!("{runs} runs of {span} under faults: every promise kept, every cluster recovered");
        println!("{} steps, {} faults, {} requests answered", total.steps, total.faults, total.answered);
        println!("slowest recovery {}", total.recovery);
        Ok(ExitCode::SUCCESS)
    }
}

fn style() -> ProgressStyle {
    let template = "{bar:40} {pos} of {len} runs, {eta} to go";
    ProgressStyle::with_template(template).expect("a template that indicatif knows")
}

/// What all runs together have come to.
#[derive(Default)]
struct Tally {
    runs: u64,
    total: Passed,
    failed: Option<(u64, Failed)>,
}

impl Tally {
    fn add(&mut self, seed: u64, result: Result<Passed, Failed>) {
        self.runs += 1;
        match result {
            Err(failed) if self.failed.as_ref().is_none_or(|(known, _)| seed < *known) => {
                self.failed = Some((seed, failed));
            }
            Err(_) => {}
            Ok(one) => {
                self.total.steps += one.steps;
                self.total.answered += one.answered;
                self.total.faults += one.faults;
                self.total.recovery = self.total.recovery.max(one.recovery);
            }
        }
    }
}
