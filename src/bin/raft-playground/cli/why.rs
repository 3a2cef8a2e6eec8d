//! `raft-playground why`: why things are as they are at a moment of a run, and what led there.

use std::process::ExitCode;

use clap::Args;
use raft_playground::scenario::{self, Failure};
use raft_playground::sim::Refused;
use raft_playground::timeline::When;
use raft_playground::why::{Answer, Question};

use crate::cli::run::read;

#[derive(Args)]
pub(crate) struct Why {
    /// A scenario file, a saved run, or the name of a scenario that comes with the program.
    #[arg(value_name = "FILE")]
    file: String,
    /// leader, entry 5, entry n2 5, refusal n3, client c1, request c1#4, node n3, message n1->n3#17 or violation.
    #[arg(value_name = "QUESTION", required = true)]
    question: Vec<String>,
    /// The moment that is asked about, such as 250ms or 250ms#312; without one, the end of the run.
    #[arg(long, value_name = "MOMENT")]
    at: Option<String>,
    /// For programs: one JSON object.
    #[arg(long)]
    json: bool,
}

impl Why {
    pub(crate) fn run(&self) -> Result<ExitCode, Refused> {
        let question: Question = self.question.join(" ").parse()?;
        let at: Option<When> = self.at.as_ref().map(|at| at.parse()).transpose()?;
        let mut run = scenario::Run::new(&read(&self.file)?)?;
        // Where a run stops, things are as they are, and it may be just that what somebody asks about.
        if let Err(failure) = run.go(&mut |_| ())
            && !matches!(failure, Failure::Broken { .. })
        {
            eprintln!("raft-playground: the run does not go as it says: {failure}");
        }
        let mut cluster = run.into_cluster();
        if let Some(at) = at {
            let (steps, end) = cluster.end();
            if at.at > end || at.steps.is_some_and(|wanted| wanted > steps) {
                let why = format!("`--at {at}` is after the end of this run: expected at most {end}#{steps}");
                return Err(Refused(why));
            }
            cluster.seek_exact(at)?;
        }
        let answer = cluster.why(&question)?;
        if self.json {
            println!("{}", serde_json::json!(answer));
        } else {
            print!("{}", text(&answer));
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// An answer as a person reads it.
fn text(answer: &Answer) -> String {
    let section = |section: &str| if section.is_empty() { String::new() } else { format!("  ({section})") };
    let mut text = format!("{}, at {}:\n\n", answer.question, answer.moment);
    for reason in &answer.reasons {
        text += &format!("  {}{}\n", reason.text, section(reason.section));
    }
    let chain = &answer.past.chain;
    if chain.is_empty() {
        return text;
    }
    text += "\nWhat led there:\n\n";
    if answer.past.more > 0 {
        let events = if answer.past.more == 1 { "event" } else { "events" };
        text += &format!("  ({} more {events} had a part in it)\n", answer.past.more);
    }
    let wide = chain.iter().map(|link| link.moment.chars().count()).max().unwrap_or(0);
    for link in chain {
        let by = match link.message {
            Some(id) => format!("  [{id}]"),
            None => String::new(),
        };
        text += &format!("  {:wide$}  {}{}{by}\n", link.moment, link.text, section(link.section));
    }
    text
}
