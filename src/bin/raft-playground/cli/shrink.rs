//! `raft-playground shrink`: what is left of a run that breaks a promise, once everything is left out that can be.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use raft_playground::hunt::{Case, Shrinker};
use raft_playground::scenario::{self, Scenario};
use raft_playground::sim::Refused;
use serde_json::json;

use crate::cli::run::{read, write_all};

/// How many steps of simulation lie between two looks at how far it has come.
const SLICE: u64 = 200_000;

/// Exit status: 0 it is shrunk; 2 the file is wrong, or no promise is broken in its run.
#[derive(Args)]
pub(crate) struct Shrink {
    /// A scenario file or a saved run that ends in a broken promise, or the name of one that comes with the program.
    #[arg(value_name = "FILE")]
    file: String,
    /// Write the shrunk scenario there, in place of to the standard output.
    #[arg(long, value_name = "OUT")]
    out: Option<PathBuf>,
    /// For programs: one JSON object with the property, how many steps there were and are, and the scenario.
    #[arg(long)]
    json: bool,
}

impl Shrink {
    pub(crate) fn run(&self) -> Result<ExitCode, Refused> {
        let scenario = read(&self.file)?;
        let case = Case::of(&scenario).map_err(|Refused(why)| Refused(format!("{}: {why}", self.file)))?;
        let mut shrinker = Shrinker::new(case)?;
        let shrunk = finish(&mut shrinker)?;
        let text = shrunk.to_string();
        if let Some(out) = &self.out {
            write_all(out, &text)?;
        }
        let progress = shrinker.progress();
        if self.json {
            let property = shrinker.property();
            println!(
                "{}",
                json!({ "property": property, "title": shrunk.title, "from": progress.from,
                "steps": progress.left, "trials": progress.trials, "scenario": text })
            );
        } else if let Some(out) = &self.out {
            let (out, trials) = (out.display(), progress.trials);
            println!("{} steps of {} are left, after {trials} trials: {}", progress.left, progress.from, shrunk.title);
            println!("run it with: raft-playground run {out}");
        } else {
            print!("{text}");
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Shrinks to the end, and shows how far it has come where a person looks on. What is returned goes as it says.
pub(crate) fn finish(shrinker: &mut Shrinker) -> Result<Scenario, Refused> {
    let template = "{spinner} {msg}";
    let style = ProgressStyle::with_template(template).expect("a template that indicatif knows");
    let bar = ProgressBar::new_spinner().with_style(style);
    while shrinker.advance(SLICE) {
        let progress = shrinker.progress();
        bar.set_message(format!("{} of {} steps are left, {} trials", progress.left, progress.from, progress.trials));
        bar.tick();
    }
    bar.finish_and_clear();
    let shrunk = shrinker.scenario();
    // Nobody is to be handed a file that shows nothing.
    let went = scenario::Run::new(&shrunk)?.go(&mut |_| ());
    went.map_err(|failure| Refused(format!("the shrunk run does not go as it says: {failure}\n{shrunk}")))?;
    Ok(shrunk)
}
