//! Many runs with random faults: safety while they last, progress once they end.
//!
//! A run has two phases. While faults rain, the auditor looks at every step. Then everything is
//! mended, but for a minority of the nodes that may stay down or cut off, and within a stated time somebody must lead and
//! every client must get an answer.

use std::fmt;

use crate::chance::{Chance, Purpose};
use crate::check::progress::{PATIENCE, Waiting};
use crate::check::shrink::Taken;
use crate::check::{Auditor, Violation};
use crate::protocol::Protocol;
use crate::sim::faults::{self, Kind, Menu, Planned};
use crate::sim::{Cluster, Setup, Step, schedule};
use crate::types::{NodeId, Span, Time};

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

/// What a run meets.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outline {
    /// What is done to it, in the order of time. The last of it, at `end`, mends everything, or all but a minority.
    pub plan: Vec<Planned>,
    /// When the faults end.
    pub end: Time,
}

impl Outline {
    /// Everything may go wrong, and everything is mended in the end.
    pub fn full<P: Protocol>(seed: u64, config: &P::Config, span: Span) -> Outline {
        let end = Time::START + span;
        Outline { plan: faults::plan::<P>(seed, P::nodes(config), end), end }
    }

    /// What is on the menu may go wrong. In the end a minority of the nodes may stay down or cut off, as the seed has it, where
    /// any majority must do: where all nodes are alike, and the members are those of the start.
    pub fn drawn<P: Protocol>(seed: u64, config: &P::Config, span: Span, menu: &Menu) -> Outline {
        let (nodes, end) = (P::nodes(config), Time::START + span);
        let mut plan = faults::of_menu::<P>(seed, nodes, end, menu);
        let alike = P::doors(config).len() == usize::from(nodes);
        if alike && !menu.has(Kind::Members) {
            plan.extend(missing_in_the_end(seed, nodes).into_iter().map(|step| (end, step)));
        }
        Outline { plan, end }
    }
}

/// Takes a minority away, or nobody.
fn missing_in_the_end(seed: u64, nodes: u8) -> Vec<Step> {
    let draw = |what: u64, bound: u64| Chance::new(seed).below(Purpose::Fault, [0, 100 + what], bound);
    let most = u64::from(nodes - 1) / 2;
    let mut count = if draw(0, 2) == 0 { most } else { draw(1, most + 1) };
    let mut steps = Vec::new();
    for id in NodeId::all(nodes) {
        // Each of those that are left to be looked at has the same chance.
        let left = u64::from(nodes - id.0) + 1;
        if draw(10 + u64::from(id.0), left) < count {
            count -= 1;
            steps.push(if draw(50 + u64::from(id.0), 2) == 0 { Step::Crash(id) } else { Step::Isolate(id) });
        }
    }
    steps
}

/// Runs one cluster for `span` under faults drawn from its seed, and then until it makes progress.
///
/// # Errors
///
/// The promise that was broken, the assertion that failed, or what is missing for progress.
pub fn run<P: Protocol>(setup: Setup<P>, span: Span) -> Result<Passed, Failed> {
    let outline = Outline::full::<P>(setup.seed, &setup.protocol, span);
    let mut run = Run::new(setup, outline);
    loop {
        if let Some(end) = run.advance(u64::MAX) {
            return end;
        }
    }
}

/// A run under faults, which goes on a slice at a time.
pub struct Run<P: Protocol> {
    cluster: Cluster<P>,
    auditor: Auditor<P>,
    outline: Outline,
    /// How much of the plan is behind it.
    planned: usize,
    taken: Vec<Taken>,
    /// Whether it ends with the faults.
    safety: bool,
    /// Once the faults have ended.
    waiting: Option<Waiting>,
}

impl<P: Protocol> Run<P> {
    /// A run at its start; clients ask on their own.
    pub fn new(setup: Setup<P>, outline: Outline) -> Self {
        let cluster = Cluster::new(Setup { traffic: true, ..setup });
        Run {
            cluster,
            auditor: Auditor::default(),
            outline,
            planned: 0,
            taken: Vec::new(),
            safety: false,
            waiting: None,
        }
    }

    /// The same where only this property is looked at, and not whether there is progress in the end.
    ///
    /// # Errors
    ///
    /// One sentence, where the protocol has no such property.
    pub fn only(mut self, property: &str) -> Result<Self, String> {
        self.auditor.check_only(&[property])?;
        self.safety = true;
        Ok(self)
    }

    /// What was done to it so far.
    pub fn taken(&self) -> &[Taken] {
        &self.taken
    }

    /// How many steps there were.
    pub fn steps(&self) -> u64 {
        self.cluster.steps()
    }

    /// Goes on for about so many steps; what the run came to, once it has ended.
    pub fn advance(&mut self, steps: u64) -> Option<Result<Passed, Failed>> {
        // A panic must not take the seed along: nothing of the run is looked at afterwards but what was done to it.
        let until = self.cluster.steps().saturating_add(steps);
        let run = std::panic::AssertUnwindSafe(|| self.go_on(until));
        std::panic::catch_unwind(run).unwrap_or_else(|payload| {
            let text = payload.downcast_ref::<String>().cloned();
            let text = text.or_else(|| payload.downcast_ref::<&str>().map(|text| (*text).to_string()));
            Some(Err(Failed::Panicked(text.unwrap_or_else(|| "no reason was given".to_string()))))
        })
    }

    fn go_on(&mut self, steps: u64) -> Option<Result<Passed, Failed>> {
        while let Some((at, step)) = self.outline.plan.get(self.planned).cloned() {
            match self.reach(at, steps) {
                Ok(true) => {}
                Ok(false) => return None,
                Err(failed) => return Some(Err(failed)),
            }
            self.planned += 1;
            let before = Some(self.cluster.steps());
            if self.cluster.apply(&step).is_ok() {
                self.taken.push(Taken { at, before, step });
                if let Err(violation) = self.auditor.look(&self.cluster) {
                    return Some(Err(Failed::Broken(violation)));
                }
            }
        }
        self.recover(steps)
    }

    /// Lets the schedule run until then; false where so many steps were done before.
    fn reach(&mut self, until: Time, steps: u64) -> Result<bool, Failed> {
        while schedule::step_until(&mut self.cluster, until).expect("what is due can be done") {
            self.auditor.look(&self.cluster).map_err(Failed::Broken)?;
            if self.cluster.steps() >= steps {
                return Ok(false);
            }
        }
        self.cluster.apply(&Step::Until(until)).expect("nothing is due before");
        Ok(true)
    }

    /// The faults are over: somebody must lead, and everybody must get an answer.
    fn recover(&mut self, steps: u64) -> Option<Result<Passed, Failed>> {
        let deadline = self.outline.end + PATIENCE;
        let waiting = self.waiting.get_or_insert_with(|| Waiting::begin(&self.cluster, deadline)).clone();
        while let Some(what) = waiting.missing(&self.cluster).filter(|_| !self.safety) {
            if self.cluster.now() >= deadline {
                return Some(Err(Failed::Stuck { what, at: deadline }));
            }
            match self.reach(self.cluster.now() + Span::millis(10), steps) {
                Ok(true) => {}
                Ok(false) => return None,
                Err(failed) => return Some(Err(failed)),
            }
        }
        Some(Ok(Passed {
            steps: self.cluster.steps(),
            answered: self.cluster.clients().iter().map(|client| client.answered).sum(),
            faults: self.taken.len() as u64,
            recovery: self.cluster.now().since(self.outline.end),
            hash: self.cluster.trace_hash(),
        }))
    }
}
