//! The command line: what the page does, without the page.
//!
//! Exit status: 0 all went as expected; 1 a promise was broken, or something that a scenario expects is not the case;
//! 2 bad input, with one clear sentence.

mod bugs;
mod check;
mod explore;
mod metrics;
mod run;
mod scenarios;
mod shrink;
mod summary;
mod swarm;
mod teller;
mod tla;
mod trace;
mod watch;
mod why;

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use raft_playground::settings::Settings;
use raft_playground::sim::Refused;

/// A whole simulated cluster of Raft (or Multi-Paxos, or one server) with its key-value store.
#[derive(Parser)]
#[command(version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run a scenario file and print its execution schedule.
    Run(run::Run),
    /// Run a saved run again, and say whether it is the same.
    Replay(run::Replay),
    /// Show the scenarios that come with the program.
    List,
    /// Show the mistakes that a cluster can be told to make.
    Bugs(bugs::Bugs),
    /// Write a commented scenario file to start from.
    New(scenarios::New),
    /// Run a cluster and tell what happens, a line each.
    Watch(watch::Watch),
    /// Say whether one server could have answered a history of requests: whether it is linearizable.
    Check(check::Check),
    /// Try every schedule within bounds; stop at the first broken promise.
    Explore(explore::Explore),
    /// Run many clusters with random faults; stop at the first broken promise.
    Swarm(swarm::Swarm),
    /// Leave out of a run that breaks a promise whatever can be left out.
    Shrink(shrink::Shrink),
    /// Say why things are as they are at a moment of a run, and what led there.
    Why(why::Why),
}

/// What settings there are.
#[derive(Args)]
struct Common {
    /// Settings such as protocol=multi_paxos, num_nodes=3, traffic=true, network.loss=5%.
    #[arg(short, long = "set", value_name = "NAME=VALUE")]
    set: Vec<String>,
}

impl Common {
    fn settings(&self) -> Result<Settings, Refused> {
        let mut settings = Settings::default();
        for (name, value) in self.pairs()? {
            settings.set(name, value)?;
        }
        Ok(settings)
    }

    fn pairs(&self) -> Result<Vec<(&str, &str)>, Refused> {
        let incomplete = |pair: &str| Refused(format!("`--set {pair}` is not complete: expected NAME=VALUE"));
        self.set.iter().map(|pair| pair.split_once('=').ok_or_else(|| incomplete(pair))).collect()
    }
}

/// Where nobody reads on (`| head`) there is nothing left to be done: the program ends as one that the signal ends that a
/// shell expects, not with a panic.
fn end_with_its_reader() {
    const BY_SIGPIPE: i32 = 128 + 13;
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let unread = panic.payload().downcast_ref::<String>().is_some_and(|text| {
            text.starts_with("failed printing to stdout") && text.to_ascii_lowercase().contains("broken pipe")
        });
        if unread {
            std::process::exit(BY_SIGPIPE);
        }
        hook(panic);
    }));
}

pub(crate) fn main() -> ExitCode {
    end_with_its_reader();
    let done = match Cli::parse().command {
        Command::Run(run) => run.run(),
        Command::Replay(replay) => replay.run(),
        Command::List => Ok(scenarios::list()),
        Command::Bugs(bugs) => bugs.run(),
        Command::New(new) => new.run(),
        Command::Watch(watch) => watch.run(),
        Command::Check(check) => check.run(),
        Command::Explore(explore) => explore.run(),
        Command::Swarm(swarm) => swarm.run(),
        Command::Shrink(shrink) => shrink.run(),
        Command::Why(why) => why.run(),
    };
    done.unwrap_or_else(|Refused(why)| {
        eprintln!("raft-playground: {why}");
        ExitCode::from(2)
    })
}
