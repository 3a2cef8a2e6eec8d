//! `raft-playground list` and `new`: the scenarios that come with the program, and one to start from.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use raft_playground::scenario::{self, Scenario};
use raft_playground::sim::Refused;

use crate::cli::run::write_all;

/// A file to start from: it runs as it is.
const TEMPLATE: &str = include_str!("template.toml");

#[derive(Args)]
pub(crate) struct New {
    /// Where to write it.
    #[arg(value_name = "FILE", default_value = "scenario.toml")]
    file: PathBuf,
}

impl New {
    pub(crate) fn run(&self) -> Result<ExitCode, Refused> {
        if self.file.exists() {
            return Err(Refused(format!("{} is there already: expected a new name", self.file.display())));
        }
        write_all(&self.file, TEMPLATE)?;
        println!("wrote {0}; run it with: raft-playground run {0}", self.file.display());
        Ok(ExitCode::SUCCESS)
    }
}

pub(crate) fn list() -> ExitCode {
    let all = scenario::shipped();
    let width = all.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let title_of = |name: &str| {
        let text = all.iter().find(|(known, _)| *known == name).map(|(_, text)| *text);
        text.and_then(|text| Scenario::parse(text).ok()).map(|scenario| scenario.title).unwrap_or_default()
    };
    let mut before = "";
    for (theme, names) in scenario::themes() {
        println!("{before}{theme}");
        before = "\n";
        for name in *names {
            println!("  {name:<width$}  {}", title_of(name));
        }
    }
    ExitCode::SUCCESS
}
