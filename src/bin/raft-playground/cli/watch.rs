//! `raft-playground watch`: a run with settings and steps that stand on the command line.

use std::process::ExitCode;

use clap::Args;
use raft_playground::playground;
use raft_playground::sim::Refused;
use raft_playground::timeline::When;
use raft_playground::types::Time;

use crate::cli::teller::Teller;
use crate::cli::{Common, metrics};

#[derive(Args)]
pub(crate) struct Watch {
    #[command(flatten)]
    common: Common,
    /// The seed that all chance comes from; short for --set seed=N.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// How much virtual time passes.
    #[arg(long = "for", value_name = "TIME", default_value = "1s")]
    span: String,
    /// Everything, rather than the story.
    #[arg(long)]
    all: bool,
    /// At the end, what each node has done: attempts to lead, messages and bytes, commits and how long they took.
    #[arg(long)]
    metrics: bool,
    /// What you do, and when: "400ms put c1 a val_1", "600ms crash n3". Where several events are due at one
    /// time, "600ms#312 crash n3" acts among them, after 312 steps.
    #[arg(value_name = "TIME STEP")]
    steps: Vec<String>,
}

impl Watch {
    pub(crate) fn run(&self) -> Result<ExitCode, Refused> {
        let mut settings = self.common.settings()?;
        settings.seed = self.seed.unwrap_or(settings.seed);
        let mut cluster = playground::open(&settings)?;
        let mut teller = Teller::new(&*cluster, self.all, false);
        let mut last = When::from(Time::START);
        for timed in &self.steps {
            let (when, step) = timed.split_once(' ').ok_or_else(|| {
                Refused(format!("`{timed}` is not complete: expected a time and a step, such as `400ms crash n3`"))
            })?;
            let when: When = when.parse()?;
            if when.at < last.at {
                return Err(Refused(format!("`{timed}` comes after a later step: expected {last} or later")));
            }
            teller.reach(&mut *cluster, when)?;
            last = when;
            cluster.apply(step)?;
            teller.tell(&*cluster);
        }
        let end = Time::START + self.span.parse()?;
        if end >= cluster.moment().at {
            teller.reach(&mut *cluster, end.into())?;
        }
        if self.metrics {
            teller.line(format_args!("\n{}", metrics::text(&*cluster)));
        }
        teller.line(format_args!("hash {:016x}", cluster.hash()));
        Ok(ExitCode::from(u8::from(cluster.view(None).violation.is_some())))
    }
}
