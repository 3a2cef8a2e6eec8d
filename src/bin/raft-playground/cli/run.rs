//! `raft-playground run` and `replay`: a scenario file from its start to its end.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;
use raft_playground::playground::Playground;
use raft_playground::scenario::{self, Failure, Scenario};
use raft_playground::sim::Refused;
use raft_playground::types::{Span, Time};

use crate::cli::teller::Teller;
use crate::cli::tla::Tla;
use crate::cli::trace::Trace;
use crate::cli::{metrics, summary};

#[derive(Args)]
pub(crate) struct Run {
    /// A scenario file, or the name of one that comes with the program; see `raft-playground list`.
    #[arg(value_name = "FILE")]
    file: String,
    /// The seed that all chance comes from, in place of the file's.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// How much virtual time the run lasts, in place of the file's length.
    #[arg(long = "for", value_name = "TIME")]
    span: Option<String>,
    /// Everything, rather than the story.
    #[arg(long)]
    all: bool,
    /// For programs: a JSON object for each event, and one for the end.
    #[arg(long)]
    json: bool,
    /// At the end, what each node has done: attempts to lead, messages and bytes, commits and how long they took.
    #[arg(long)]
    metrics: bool,
    /// Write every client's requests and answers there, a JSON object a line, for a checker of linearizability.
    #[arg(long, value_name = "OUT")]
    history: Option<PathBuf>,
    /// Write every transition there, a JSON object a line: its cause, messages, writes, and what it changed in the nodes.
    #[arg(long, value_name = "OUT")]
    trace: Option<PathBuf>,
    /// Write the run there, a JSON object for each action of the TLA+ specification raft.tla; Raft only.
    #[arg(long, value_name = "OUT")]
    tla: Option<PathBuf>,
    /// Write the run there as a scenario file with its hash, for `raft-playground replay`.
    #[arg(long, value_name = "OUT")]
    save: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Replay {
    /// A run that was saved with `raft-playground run --save`.
    #[arg(value_name = "FILE")]
    file: String,
}

impl Run {
    pub(crate) fn run(&self) -> Result<ExitCode, Refused> {
        let mut scenario = read(&self.file)?;
        scenario.settings.seed = self.seed.unwrap_or(scenario.settings.seed);
        if let Some(span) = &self.span {
            scenario.length = Some((Time::START + span.parse::<Span>()?).into());
        }
        let mut run = scenario::Run::new(&scenario)?;
        run.record();
        let mut tla = self.tla.as_ref().map(|_| Tla::start(run.cluster())).transpose()?;
        let mut teller = Teller::new(run.cluster(), self.all, self.json);
        if !self.json && !scenario.title.is_empty() {
            teller.line(format_args!("{}\n", scenario.title));
        }
        let mut trace = self.trace.is_some().then(Trace::default);
        let done = run.go(&mut |cluster| {
            teller.tell_refusals(cluster, &scenario.script);
            teller.tell(cluster);
            if let Some(trace) = &mut trace {
                trace.take_note(cluster);
            }
            if let Some(tla) = &mut tla {
                tla.take_note(cluster);
            }
        });
        let cluster = run.into_cluster();
        teller.tell_refusals(&*cluster, &scenario.script);
        if self.json {
            let mut line = summary::json(&*cluster, done.as_ref().err());
            if self.metrics {
                line["metrics"] = serde_json::json!(cluster.metrics());
            }
            teller.line(format_args!("{line}"));
        } else {
            if self.metrics {
                teller.line(format_args!("\n{}", metrics::text(&*cluster).trim_end()));
            }
            teller.line(format_args!("\n{}", summary::text(&*cluster)));
        }
        if let Some(out) = &self.history {
            write_all(out, &summary::history(&*cluster))?;
        }
        if let (Some(out), Some(trace)) = (&self.trace, trace) {
            write_all(out, &trace.into_text())?;
        }
        if let (Some(out), Some(tla)) = (&self.tla, tla) {
            write_all(out, &tla.into_text()?)?;
        }
        if let Some(out) = &self.save {
            let saved = Scenario { title: scenario.title.clone(), ..Scenario::of(&*cluster) };
            write_all(out, &saved.to_string())?;
        }
        Ok(done.map_or_else(|failure| self.tell(&failure, &*cluster), |()| ExitCode::SUCCESS))
    }

    fn tell(&self, failure: &Failure, cluster: &dyn Playground) -> ExitCode {
        eprintln!("raft-playground: {failure}");
        let (seed, step) = (cluster.settings().seed, cluster.steps());
        let span = self.span.as_ref().map(|span| format!(" --for {span}")).unwrap_or_default();
        eprintln!("seed {seed}, step {step}; again with: raft-playground run {} --seed {seed}{span}", self.file);
        ExitCode::from(1)
    }
}

impl Replay {
    pub(crate) fn run(&self) -> Result<ExitCode, Refused> {
        let scenario = read(&self.file)?;
        let saved = scenario.hash.ok_or_else(|| {
            Refused(format!(
                "{} has no hash: expected a run that was saved with `raft-playground run --save`",
                self.file
            ))
        })?;
        let mut run = scenario::Run::new(&scenario)?;
        if let Err(failure) = run.go(&mut |_| ()) {
            // A saved run of a broken promise breaks it again; only the hash says whether it is the same.
            if !matches!(failure, Failure::Broken { .. }) {
                eprintln!("raft-playground: {failure}");
                return Ok(ExitCode::from(1));
            }
        }
        let (hash, moment) = (run.cluster().hash(), run.cluster().moment());
        if hash == saved {
            println!("the same run: hash {hash:016x} at {moment}");
            return Ok(ExitCode::SUCCESS);
        }
        eprintln!("raft-playground: another run: hash {hash:016x} at {moment}, but {} has {saved:016x}", self.file);
        Ok(ExitCode::from(1))
    }
}

/// A scenario from a file, or one that comes with the program.
pub(crate) fn read(file: &str) -> Result<Scenario, Refused> {
    let shipped = scenario::shipped().iter().find(|(name, _)| *name == file && !Path::new(file).exists());
    let text = match shipped {
        Some((_, text)) => (*text).to_string(),
        None => std::fs::read_to_string(file).map_err(|error| {
            let hint = "expected a scenario file, or a name that `raft-playground list` shows";
            Refused(format!("{file} cannot be read ({error}): {hint}"))
        })?,
    };
    Scenario::parse(&text).map_err(|mistake| Refused(mistake.in_file(file)))
}

/// All of it or nothing: it is written beside the file first, then takes its place.
pub(crate) fn write_all(out: &Path, text: &str) -> Result<(), Refused> {
    let mut beside = out.as_os_str().to_owned();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    let written = std::fs::File::create(&beside)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .and_then(|()| std::fs::rename(&beside, out));
    written.map_err(|error| Refused(format!("{} cannot be written: {error}", out.display())))
}
