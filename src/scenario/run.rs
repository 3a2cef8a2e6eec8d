//! Runs a scenario: the schedule where a line waits, the line itself, and the end.
//!
//! How far the script has come is kept with the run, as cues; so whoever walks back in it and forks has the lines
//! before that moment behind him, and those after it ahead. In the past no line is played: what they did then happens
//! again by itself.

use std::fmt;
use std::rc::Rc;

use crate::playground::{self, Playground};
use crate::scenario::{Act, Condition, Line, Scenario, Wait};
use crate::sim::Refused;
use crate::timeline::When;
use crate::types::{Span, Time};

/// How long a line waits for its condition, and clients for their answers, in virtual time.
const PATIENCE: Span = Span::secs(60);

/// Why a run did not go as its scenario says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Failure {
    /// A line could not be carried out as things stood.
    Refused {
        /// The line.
        line: String,
        /// When.
        at: When,
        /// Why not.
        why: String,
    },
    /// What was expected is not the case.
    Unexpected {
        /// The line.
        line: String,
        /// When.
        at: When,
        /// What is the case instead.
        seen: String,
    },
    /// A promise was broken, and the script expects no such thing.
    Broken {
        /// Which.
        property: String,
        /// Who contradicts whom.
        text: String,
        /// When.
        at: Time,
    },
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Refused { line, at, why } => write!(f, "at {at}, `{line}` cannot be done: {why}"),
            Failure::Unexpected { line, at, seen } => write!(f, "at {at}, `{line}` does not hold: {seen}"),
            Failure::Broken { property, text, at } => write!(f, "at {at}, {property} is broken: {text}"),
        }
    }
}

impl std::error::Error for Failure {}

/// A scenario that is being run.
pub struct Run {
    /// The scenario that was opened, and those of branches that were taken over from other runs.
    pub(super) scenarios: Vec<Rc<Scenario>>,
    pub(super) cluster: Box<dyn Playground>,
    /// Since when the next line waits.
    pub(super) since: Time,
    /// Where the script has stopped, if it did not go as it says.
    pub(super) stopped: Option<Stopped>,
}

/// Where a script has stopped.
pub(super) struct Stopped {
    pub(super) branch: u32,
    pub(super) steps: u64,
    pub(super) why: Failure,
}

/// What has happened next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress {
    /// An event that was due.
    Event,
    /// A line of the script.
    Line,
    /// Nothing: nothing is due by then.
    Rest,
}

/// Called after every event.
pub type Watch<'a> = &'a mut dyn FnMut(&dyn Playground);

impl Run {
    /// The run at its start.
    ///
    /// # Errors
    ///
    /// One sentence, where the settings ask for what cannot be.
    pub fn new(scenario: &Scenario) -> Result<Run, Refused> {
        let cluster = playground::open(&scenario.settings)?;
        Ok(Run { scenarios: vec![Rc::new(scenario.clone())], cluster, since: Time::START, stopped: None })
    }

    /// The scenario of the branch that is shown, as it was written.
    pub fn scenario(&self) -> &Rc<Scenario> {
        let origin = self.cluster.known(self.cluster.branch()).map_or(0, |known| known.origin);
        &self.scenarios[origin]
    }

    /// The cluster as it is.
    pub fn cluster(&self) -> &dyn Playground {
        &*self.cluster
    }

    /// The cluster, for whoever has something done to it.
    pub fn cluster_mut(&mut self) -> &mut dyn Playground {
        &mut *self.cluster
    }

    /// From now on what a history and a trace need is kept; see [`Playground::record`].
    pub fn record(&mut self) {
        self.cluster.record();
    }

    /// The cluster as it is, for whoever goes on with it.
    pub fn into_cluster(self) -> Box<dyn Playground> {
        self.cluster
    }

    /// Runs all of it; `watch` is called after every event.
    ///
    /// # Errors
    ///
    /// The first thing that does not go as the scenario says. The run stops there.
    pub fn go(&mut self, watch: Watch<'_>) -> Result<(), Failure> {
        let done = self.play(watch);
        // Of a broken promise anything may follow, so that is told first.
        self.kept().and(done)
    }

    fn play(&mut self, watch: Watch<'_>) -> Result<(), Failure> {
        watch(self.cluster());
        while self.line().is_some() {
            self.next(Time::END, watch)?;
        }
        let last = self.scenario().script.last().map_or(String::new(), ToString::to_string);
        let requests = self.scenario().settings.requests_per_client;
        if let Some(end) = self.scenario().length {
            self.until(end, watch).map_err(|Refused(why)| refused(&last, self.cluster(), why))?;
        } else if self.scenario().settings.traffic && requests.is_some() {
            let end = self.cluster.moment().at + PATIENCE;
            while !all_answered(self.cluster(), requests) && self.next(end, watch)? != Progress::Rest {}
            if !all_answered(self.cluster(), requests) {
                let seen = format!("after {PATIENCE} some client still waits for an answer");
                return Err(Failure::Unexpected {
                    line: "requests_per_client".into(),
                    at: self.cluster.moment(),
                    seen,
                });
            }
        }
        Ok(())
    }

    /// The place of the next line in the script, from 0.
    pub(super) fn cursor(&self) -> usize {
        self.cluster.cues().last().map_or(0, |cue| cue.line + 1)
    }

    /// The next line, where there is one.
    pub(super) fn line(&self) -> Option<&Line> {
        self.scenario().script.get(self.cursor())
    }

    /// Lets the next thing happen that is to happen by then, an event or a line of the script.
    ///
    /// # Errors
    ///
    /// Where a line does not go as it says; nothing but what was done for it so far has changed.
    pub fn next(&mut self, until: Time, watch: Watch<'_>) -> Result<Progress, Failure> {
        let (_, end) = self.cluster.end();
        if !self.cluster.is_live() {
            // What is known happens again; the script goes on where that ends.
            if self.event(until.min(end), watch)? {
                return Ok(Progress::Event);
            }
            if until < end {
                return Ok(Progress::Rest);
            }
            self.cluster.seek_time(end).map_err(|Refused(why)| refused("", self.cluster(), why))?;
        }
        let (scenario, cursor) = (self.scenario().clone(), self.cursor());
        let Some(line) = scenario.script.get(cursor).filter(|_| self.failure().is_none()) else {
            let more = self.event(until, watch)?;
            return Ok(if more { Progress::Event } else { Progress::Rest });
        };
        match self.wait(line, until, watch)? {
            Some(progress) => Ok(progress),
            None => {
                let from = self.cluster.steps();
                self.act(line, watch)?;
                self.cluster.cue(cursor, from);
                self.since = self.cluster.moment().at;
                Ok(Progress::Line)
            }
        }
    }

    /// What happens while a line waits; nothing where it need not wait any longer.
    fn wait(&mut self, line: &Line, until: Time, watch: Watch<'_>) -> Result<Option<Progress>, Failure> {
        match &line.wait {
            None => Ok(None),
            Some(Wait::At(when)) => {
                // Of what is due at that very time so many events happen as the moment says.
                if when.steps != Some(self.cluster.steps()) && self.event(until.min(when.at), watch)? {
                    return Ok(Some(Progress::Event));
                }
                if until < when.at {
                    return Ok(Some(Progress::Rest));
                }
                self.cluster.reach(*when).map_err(|Refused(why)| refused(line, self.cluster(), why))?;
                watch(self.cluster());
                Ok(None)
            }
            Some(Wait::For(condition)) => {
                let Err(seen) = condition.check(self.cluster()) else { return Ok(None) };
                let end = self.since + PATIENCE;
                if self.event(until.min(end), watch)? {
                    return Ok(Some(Progress::Event));
                }
                if until < end {
                    return Ok(Some(Progress::Rest));
                }
                let seen = format!("{seen}, and that is so for {PATIENCE}");
                Err(Failure::Unexpected { line: line.to_string(), at: self.cluster.moment(), seen })
            }
        }
    }

    /// The next event, if it is due by then; false where none is.
    fn event(&mut self, until: Time, watch: Watch<'_>) -> Result<bool, Failure> {
        let more = self.cluster.step_until(until).map_err(|Refused(why)| refused("", self.cluster(), why))?;
        if more {
            watch(self.cluster());
        }
        Ok(more)
    }

    fn until(&mut self, end: When, watch: Watch<'_>) -> Result<(), Refused> {
        if end.at < self.cluster.moment().at { Ok(()) } else { reach(&mut *self.cluster, end, watch) }
    }

    /// Every promise is kept, but for one that the script expects to be broken.
    fn kept(&self) -> Result<(), Failure> {
        let view = self.cluster.view(None);
        let Some(broken) = view.violation else { return Ok(()) };
        // One mistake may break several promises, some earlier than the one that it is told for.
        let is_broken = |name: &String| view.broken.contains(&name.as_str());
        let expects = |line: &Line| match &line.act {
            Some(Act::Expect(Condition::Violation(Some(name)))) => is_broken(name),
            _ => false,
        };
        if self.scenario().script.iter().any(expects) {
            return Ok(());
        }
        Err(Failure::Broken { property: broken.property.to_string(), text: broken.text, at: broken.at })
    }
}

/// Brings a cluster to a moment event by event, so that whoever watches sees each.
///
/// # Errors
///
/// As [`Playground::reach`].
pub fn reach(cluster: &mut dyn Playground, when: When, watch: Watch<'_>) -> Result<(), Refused> {
    // Of what is due at that very time so many events happen as the moment says.
    while when.steps != Some(cluster.steps()) && cluster.step_until(when.at)? {
        watch(cluster);
    }
    cluster.reach(when)?;
    watch(cluster);
    Ok(())
}

pub(super) fn refused(line: impl ToString, cluster: &dyn Playground, why: String) -> Failure {
    Failure::Refused { line: line.to_string(), at: cluster.moment(), why }
}

/// Whether every client has had the answers to all requests that it was to send.
fn all_answered(cluster: &dyn Playground, requests: Option<u64>) -> bool {
    let view = cluster.view(None);
    view.clients.iter().all(|card| card.running.is_none() && card.queued == 0 && Some(card.answered) >= requests)
}
