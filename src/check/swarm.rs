//! Many runs with random faults: safety while they last, progress once they end.
//!
//! A run has two phases. While faults rain, the auditor looks at every step. Then everything is
//! mended, and within a stated time somebody must lead and every client must get an answer.

use std::fmt;

use crate::check::{Auditor, Violation};
use crate::observe::{RoleMark, Window};
use crate::protocol::Protocol;
use crate::sim::{Cluster, Setup, faults, schedule};
use crate::types::{Span, Time};

/// The time within which a mended cluster must make progress.
pub const PATIENCE: Span = Span::secs(10);

/// What a run that kept every promise came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Passed {
    /// How many steps there were.
    pub steps: u64,
    /// How many requests were answered.
    pub answered: u64,
    /// How many faults were carried out.
    pub faults: u64,
    /// How long the cluster took to make progress once everything was mended.
    pub recovery: Span,
    /// The hash of everything that happened.
    pub hash: u64,
}

/// Why a run failed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Failed {
    /// A property was broken.
    Broken(Violation),
    /// The program itself fell over an assertion of its own.
    Panicked(String),
    /// Everything was mended, and yet nobody leads or some client waits in vain.
    Stuck {
        /// What is missing.
        what: String,
        /// Until when it was waited for.
        at: Time,
    },
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failed::Broken(v) => {
                write!(f, "{} is broken at {} after {} steps: {}", v.property, v.at, v.steps, v.text)
            }
            Failed::Panicked(what) => write!(f, "an assertion of the program failed: {what}"),
            Failed::Stuck { what, at } => write!(f, "no progress until {at}, {PATIENCE} after all faults: {what}"),
        }
    }
}

/// Runs one cluster for `span` under faults drawn from its seed, and then until it makes progress.
///
/// # Errors
///
/// The promise that was broken, the assertion that failed, or what is missing for progress.
pub fn run<P: Protocol>(setup: Setup<P>, span: Span) -> Result<Passed, Failed> {
    // A panic must not take the seed along: nothing of the run is looked at afterwards.
    let run = std::panic::AssertUnwindSafe(|| run_open(setup, span));
    std::panic::catch_unwind(run).unwrap_or_else(|payload| {
        let text = payload.downcast_ref::<String>().cloned();
        let text = text.or_else(|| payload.downcast_ref::<&str>().map(|text| (*text).to_string()));
        Err(Failed::Panicked(text.unwrap_or_else(|| "no reason was given".to_string())))
    })
}

fn run_open<P: Protocol>(setup: Setup<P>, span: Span) -> Result<Passed, Failed> {
    let seed = setup.seed;
    let mut run =
        Run { cluster: Cluster::new(Setup { traffic: true, ..setup }), auditor: Auditor::default(), faults: 0 };
    let end = Time::START + span;
    for (at, step) in faults::plan::<P>(seed, run.cluster.count(), end) {
        run.advance(at)?;
        if run.cluster.apply(&step).is_ok() {
            run.faults += 1;
            run.auditor.look(&run.cluster).map_err(Failed::Broken)?;
        }
    }
    let before: Vec<u64> = run.cluster.clients().iter().map(|client| client.answered).collect();
    let deadline = end + PATIENCE;
    while let Some(what) = run.missing(&before) {
        if run.cluster.now() >= deadline {
            return Err(Failed::Stuck { what, at: deadline });
        }
        let next = run.cluster.now() + Span::millis(10);
        run.advance(next)?;
    }
    Ok(Passed {
        steps: run.cluster.steps(),
        answered: run.cluster.clients().iter().map(|client| client.answered).sum(),
        faults: run.faults,
        recovery: run.cluster.now().since(end),
        hash: run.cluster.trace_hash(),
    })
}

struct Run<P: Protocol> {
    cluster: Cluster<P>,
    auditor: Auditor<P>,
    faults: u64,
}

impl<P: Protocol> Run<P> {
    fn advance(&mut self, until: Time) -> Result<(), Failed> {
        while schedule::step_until(&mut self.cluster, until).expect("what is due can be done") {
            self.auditor.look(&self.cluster).map_err(Failed::Broken)?;
        }
        schedule::run(&mut self.cluster, until).expect("nothing is due before");
        Ok(())
    }

    /// What is missing for progress, if anything.
    fn missing(&self, before: &[u64]) -> Option<String> {
        let config = self.cluster.config();
        let nothing = Window { from: 1, count: 0 };
        let mut running = self.cluster.states().iter().flatten();
        if !running.any(|state| state.observe(config, nothing).mark == RoleMark::Crown) {
            return Some("nobody leads".to_string());
        }
        let mut clients = self.cluster.clients().iter().zip(before);
        let waiting = clients.find(|(client, before)| client.answered == **before && !client.is_done())?.0;
        Some(format!("{} has no answer", waiting.id))
    }
}
