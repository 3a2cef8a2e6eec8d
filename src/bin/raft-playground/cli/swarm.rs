//! `raft-playground swarm`: many runs with random faults, on all cores.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use raft_playground::check::LIVENESS;
use raft_playground::check::swarm::Passed;
use raft_playground::hunt::{Field, Found, Shrinker};
use raft_playground::playground;
use raft_playground::scenario::Scenario;
use raft_playground::sim::Refused;
use raft_playground::types::Span;
use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use serde_json::json;

use crate::cli::run::write_all;
use crate::cli::{Common, shrink};

/// Each seed is a cluster of its own: what is on in it, and what goes wrong in it, is drawn, but for what is set here.
/// The faults end, but for a minority of nodes that may stay away; then the others must make progress.
///
/// Exit status: 0 every promise was kept; 1 one was not; 2 bad input.
#[derive(Args)]
pub(crate) struct Swarm {
    #[command(flatten)]
    common: Common,
    /// The seeds: from A up to, and without, B.
    #[arg(long, value_name = "A..B", default_value = "1..101")]
    seeds: String,
    /// Of these seeds only the I-th part of N, from 1: so that N machines share them.
    #[arg(long, value_name = "I/N")]
    shard: Option<String>,
    /// How much virtual time each cluster spends under faults.
    #[arg(long = "for", value_name = "TIME", default_value = "60s")]
    span: String,
    /// The protocol; the same as --set protocol=NAME.
    #[arg(long, value_name = "NAME")]
    protocol: Option<String>,
    /// A mistake that every cluster makes; see `raft-playground bugs`.
    #[arg(long, value_name = "NAME")]
    bug: Option<String>,
    /// The only property to look at, in place of all; `any` for all. With a mistake it is the one that the mistake breaks.
    #[arg(long, value_name = "NAME")]
    property: Option<String>,
    /// Draw nothing: every cluster is as the settings say, and everything may go wrong in it.
    #[arg(long)]
    plain: bool,
    /// Shrink each run that fails to a scenario, in the file swarm-SEED.toml; one that only makes no progress stays as it was.
    #[arg(long)]
    shrink: bool,
    /// Where such files are written; it is made where there is none.
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    out: PathBuf,
    /// Go on after a failure, and tell them all.
    #[arg(long)]
    keep_going: bool,
    /// For programs: a JSON object for each failure, and one for the end.
    #[arg(long)]
    json: bool,
}

/// What became of a seed.
type End = Result<Passed, Found>;

impl Swarm {
    pub(crate) fn run(&self) -> Result<ExitCode, Refused> {
        let seeds = self.seeds()?;
        let span: Span = self.span.parse()?;
        let mut settings = self.common.settings()?;
        for (name, value) in [("protocol", &self.protocol), ("bug", &self.bug)] {
            value.as_ref().map_or(Ok(()), |value| settings.set(name, value))?;
        }
        // Refuses what cannot be, the name of the protocol included, before any thread starts.
        playground::open(&settings)?;
        let field = Field { settings, span, property: self.property.clone(), drawn: !self.plain };
        field.start(seeds[0])?;
        if self.shrink {
            let out = &self.out;
            let made = std::fs::create_dir_all(out);
            made.map_err(|error| Refused(format!("the folder {} cannot be made: {error}", out.display())))?;
        }
        let failed = self.fall(&field, &seeds)?;
        for (seed, found) in &failed.found {
            self.tell(*seed, found)?;
        }
        let Tally { runs, total, .. } = &failed;
        let kept = failed.found.is_empty();
        if self.json {
            println!(
                "{}",
                json!({ "runs": runs, "steps": total.steps, "faults": total.faults,
                "answered": total.answered, "slowest_recovery_us": total.recovery.0, "failed": failed.found.len() })
            );
        } else if kept {
            println!("{runs} runs of {span} under faults: every promise kept, every cluster recovered");
            println!("{} steps, {} faults, {} requests answered", total.steps, total.faults, total.answered);
            println!("slowest recovery {}", total.recovery);
        } else if self.keep_going {
            eprintln!("{} of {runs} runs failed", failed.found.len());
        }
        Ok(if kept { ExitCode::SUCCESS } else { ExitCode::from(1) })
    }

    /// The seeds that are this machine's, in order.
    fn seeds(&self) -> Result<Vec<u64>, Refused> {
        let range = self.seeds.split_once("..").and_then(|(a, b)| Some(a.parse().ok()?..b.parse::<u64>().ok()?));
        let range = range.filter(|range| !range.is_empty());
        let expected = || Refused(format!("`--seeds {}` is not a range: expected such as 1..1001", self.seeds));
        let range = range.ok_or_else(expected)?;
        let Some(shard) = &self.shard else { return Ok(range.collect()) };
        let part = shard.split_once('/').and_then(|(i, n)| Some((i.parse().ok()?, n.parse::<u64>().ok()?)));
        let (place, of) = part.filter(|(place, of)| (1..=*of).contains(place)).ok_or_else(|| {
            Refused(format!("`--shard {shard}` is not a part: expected such as 3/16, the third of sixteen"))
        })?;
        let start = range.start;
        let seeds: Vec<u64> = range.filter(|seed| (seed - start) % of == place - 1).collect();
        if seeds.is_empty() {
            return Err(Refused(format!(
                "`--shard {shard}` of `--seeds {}` is empty: expected more seeds",
                self.seeds
            )));
        }
        Ok(seeds)
    }

    /// Runs the seeds on all cores. What is told does not depend on how many there are: without `--keep-going` all seeds
    /// below the first that fails are run, and whatever others have come to is forgotten.
    fn fall(&self, field: &Field, seeds: &[u64]) -> Result<Tally, Refused> {
        // Shown only where a person looks on: nothing is drawn into a file or a pipe.
        let bar = ProgressBar::new(seeds.len() as u64).with_style(style());
        let lowest = AtomicU64::new(u64::MAX);
        let run = |(place, seed): (usize, &u64)| -> Option<Result<(u64, End), Refused>> {
            let place = place as u64;
            if !self.keep_going && lowest.load(Ordering::Relaxed) < place {
                return None;
            }
            let end = field.run(*seed);
            if !matches!(end, Ok(Ok(_))) {
                lowest.fetch_min(place, Ordering::Relaxed);
            }
            bar.inc(1);
            Some(end.map(|end| (*seed, end)))
        };
        let ends: Vec<_> = seeds.into_par_iter().enumerate().map(run).collect();
        bar.finish_and_clear();
        let mut tally = Tally::default();
        for end in ends.into_iter().flatten() {
            let (seed, end) = end?;
            tally.add(seed, end);
            if !self.keep_going && !tally.found.is_empty() {
                break;
            }
        }
        Ok(tally)
    }

    fn tell(&self, seed: u64, found: &Found) -> Result<(), Refused> {
        let again = self.again(seed);
        let story = if self.shrink { self.story(seed, found)? } else { None };
        let file = story.as_ref().map(|(file, _)| file.display().to_string());
        if self.json {
            println!(
                "{}",
                json!({ "seed": seed, "property": found.property(), "failure": found.failed.to_string(),
                "again": again, "file": file, "title": story.as_ref().map(|(_, story)| &story.title),
                "lines": story.as_ref().map(|(_, story)| story.script.len()) })
            );
            return Ok(());
        }
        eprintln!("seed {seed}: {}", found.failed);
        eprintln!("again with: {again}");
        if let (Some(file), Some((_, story))) = (file, &story) {
            eprintln!("{} lines: {}", story.script.len(), story.title);
            eprintln!("run it with: raft-playground run {file}");
        }
        Ok(())
    }

    /// The shrunk run, in its file; where no mistake is to blame that there was no progress, the run as it was. None where the program itself fell over.
    fn story(&self, seed: u64, found: &Found) -> Result<Option<(PathBuf, Scenario)>, Refused> {
        let story = match found.case() {
            Some(case) => shrink::finish(&mut Shrinker::new(case?)?)?,
            None if found.property() == LIVENESS => found.scenario(self.span.parse()?),
            None => return Ok(None),
        };
        let file = self.out.join(format!("swarm-{seed}.toml"));
        write_all(&file, &story.to_string())?;
        Ok(Some((file, story)))
    }

    /// The command that shows a seed again.
    fn again(&self, seed: u64) -> String {
        let mut again = format!("raft-playground swarm --seeds {seed}..{} --for {}", seed + 1, self.span);
        for (flag, value) in [("--protocol", &self.protocol), ("--bug", &self.bug), ("--property", &self.property)] {
            again.extend(value.iter().map(|value| format!(" {flag} {}", quoted(value))));
        }
        again.extend(self.common.set.iter().map(|pair| format!(" --set {}", quoted(pair))));
        again + if self.plain { " --plain" } else { "" }
    }
}

/// As a shell takes it for one word.
fn quoted(word: &str) -> String {
    if word.contains(' ') { format!("'{word}'") } else { word.to_string() }
}

fn style() -> ProgressStyle {
    let template = "{bar:40} {pos} of {len} runs, {per_sec}, {eta} to go";
    ProgressStyle::with_template(template).expect("a template that indicatif knows")
}

/// What all runs together have come to.
#[derive(Default)]
struct Tally {
    runs: u64,
    total: Passed,
    found: Vec<(u64, Found)>,
}

impl Tally {
    fn add(&mut self, seed: u64, end: End) {
        self.runs += 1;
        match end {
            Err(found) => self.found.push((seed, found)),
            Ok(one) => {
                self.total.steps += one.steps;
                self.total.answered += one.answered;
                self.total.faults += one.faults;
                self.total.recovery = self.total.recovery.max(one.recovery);
            }
        }
    }
}
