//! The command line: what the page does, without the page.

#[cfg(not(target_arch = "wasm32"))]
fn main() -> std::process::ExitCode {
    cli::main()
}

/// The page calls the library through its bindings; there is no command line in a browser.
#[cfg(target_arch = "wasm32")]
fn main() {}

#[cfg(not(target_arch = "wasm32"))]
mod cli {
    use std::io::Write;
    use std::process::ExitCode;
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicU64, Ordering};

    use clap::{Args, Parser, Subcommand};
    use raft_playground::check::swarm::{self, Failed, Passed};
    use raft_playground::playground;
    use raft_playground::settings::Settings;
    use raft_playground::sim::Refused;
    use raft_playground::timeline::When;
    use raft_playground::types::{Process, Span, Time};

    /// A whole simulated cluster of Raft (or Multi-Paxos, or one server) with its key-value store.
    #[derive(Parser)]
    #[command(version, about, max_term_width = 100)]
    struct Cli {
        #[command(subcommand)]
        command: Command,
    }

    #[derive(Subcommand)]
    enum Command {
        /// Run a cluster and tell what happens, a line each.
        Watch(Watch),
        /// Run many clusters with random faults; stop at the first broken promise.
        Swarm(Swarm),
    }

    /// What both need to know.
    #[derive(Args)]
    struct Common {
        /// Settings such as protocol=multi_paxos, num_nodes=3, traffic=true.
        #[arg(short, long = "set", value_name = "NAME=VALUE")]
        set: Vec<String>,
    }

    #[derive(Args)]
    struct Watch {
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
        /// What you do, and when: "400ms put c1 a val_1", "600ms crash n3". Where several events are due at one
        /// time, "600ms#312 crash n3" acts among them, after 312 steps.
        #[arg(value_name = "TIME STEP")]
        steps: Vec<String>,
    }

    #[derive(Args)]
    struct Swarm {
        #[command(flatten)]
        common: Common,
        /// The seeds: from A up to, and without, B.
        #[arg(long, value_name = "A..B", default_value = "1..101")]
        seeds: String,
        /// How much virtual time each cluster spends under faults.
        #[arg(long = "for", value_name = "TIME", default_value = "60s")]
        span: String,
    }

    pub(super) fn main() -> ExitCode {
        let done = match Cli::parse().command {
            Command::Watch(watch) => watch.run(),
            Command::Swarm(swarm) => swarm.run(),
        };
        // 0: all went as expected; 1: a promise was broken; 2: bad input.
        done.unwrap_or_else(|Refused(why)| {
            eprintln!("raft-playground: {why}");
            ExitCode::from(2)
        })
    }

    impl Common {
        fn settings(&self) -> Result<Settings, Refused> {
            let mut settings = Settings::default();
            for pair in &self.set {
                let (name, value) = pair
                    .split_once('=')
                    .ok_or_else(|| Refused(format!("`--set {pair}` is not complete: expected NAME=VALUE")))?;
                settings.set(name, value)?;
            }
            Ok(settings)
        }
    }

    impl Watch {
        fn run(&self) -> Result<ExitCode, Refused> {
            let mut settings = self.common.settings()?;
            settings.seed = self.seed.unwrap_or(settings.seed);
            let mut cluster = playground::open(&settings)?;
            let mut teller = Teller::new(&*cluster, self.all);
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
            teller.line(format_args!("hash {:016x}", cluster.hash()));
            Ok(ExitCode::from(u8::from(cluster.view(None).violation.is_some())))
        }
    }

    /// Tells what happens, a line each, as soon as it has happened.
    struct Teller {
        out: std::io::StdoutLock<'static>,
        /// What each node is called among people.
        names: Vec<(Process, String)>,
        /// Whether details are told, too.
        all: bool,
        /// The number of the last event that was told.
        told: u64,
    }

    impl Teller {
        fn new(cluster: &dyn playground::Playground, all: bool) -> Teller {
            let names = cluster.view(None).nodes.into_iter().map(|card| (card.id.into(), card.name)).collect();
            Teller { out: std::io::stdout().lock(), names, all, told: 0 }
        }

        /// Event by event, so that none is forgotten before it is told.
        fn reach(&mut self, cluster: &mut dyn playground::Playground, when: When) -> Result<(), Refused> {
            self.tell(cluster);
            // What is due at that very time may have to wait for a step of the person.
            while cluster.step_until(Time(when.at.0.saturating_sub(1)))? {
                self.tell(cluster);
            }
            cluster.reach(when)?;
            self.tell(cluster);
            Ok(())
        }

        fn tell(&mut self, cluster: &dyn playground::Playground) {
            let width = self.names.iter().map(|(_, name)| name.len()).max().unwrap_or(2);
            for line in cluster.events(self.told) {
                self.told = line.number;
                if self.all || line.told.weight > raft_playground::observe::Weight::Detail {
                    let who = line.who.map(|who| self.name_of(who)).unwrap_or_default();
                    let section = Some(line.told.section).filter(|s| !s.is_empty());
                    let section = section.map(|s| format!("  ({s})")).unwrap_or_default();
                    let (at, text) = (line.at.to_string(), line.told.text);
                    self.line(format_args!("{at:>12}  {who:<width$}  {text}{section}"));
                }
            }
        }

        fn name_of(&self, who: Process) -> String {
            let known = self.names.iter().find(|(id, _)| *id == who);
            known.map_or_else(|| who.to_string(), |(_, name)| name.clone())
        }

        /// Whoever reads may go before the end (`| head`): then there is nobody left to tell.
        fn line(&mut self, text: std::fmt::Arguments<'_>) {
            if writeln!(self.out, "{text}").is_err() {
                std::process::exit(0);
            }
        }
    }

    impl Swarm {
        fn run(&self) -> Result<ExitCode, Refused> {
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
            let work = || {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    // Seeds are taken in order, and those below a failed one are finished: the lowest is told.
                    if seed >= range.end || tally.lock().expect("no thread panics").failed.is_some() {
                        return;
                    }
                    let result = run_one(&settings, seed, span).expect("the settings can be");
                    tally.lock().expect("no thread panics").add(seed, result);
                }
            };
            std::thread::scope(|scope| {
                for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
                    scope.spawn(work);
                }
            });
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

    fn run_one(settings: &Settings, seed: u64, span: Span) -> Result<Result<Passed, Failed>, Refused> {
        let settings = Settings { seed, ..settings.clone() };
        Ok(match settings.protocol.as_str() {
            "multi_paxos" => swarm::run(settings.multi_paxos()?, span),
            "single_server" => swarm::run(settings.single_server()?, span),
            _ => swarm::run(settings.raft()?, span),
        })
    }
}
