//! Runs a scenario: the schedule where a line waits, the line itself, and the end.

use std::fmt;

use crate::playground::{self, Playground};
use crate::scenario::{Act, Condition, Line, Scenario, Verb, Wait};
use crate::sim::{Links, Refused, Step};
use crate::timeline::When;
use crate::types::{MessageId, Process, Span, Time};
use crate::view::Flight;

/// How long a line waits for its condition, and clients for their answers, in virtual time.
const PATIENCE: Span = Span::secs(60);

/// How many messages `settle` lets arrive at most, should a protocol never come to rest.
const MOST_MESSAGES: u64 = 10_000;

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
pub struct Run<'a> {
    scenario: &'a Scenario,
    cluster: Box<dyn Playground>,
}

impl<'a> Run<'a> {
    /// The run at its start.
    ///
    /// # Errors
    ///
    /// One sentence, where the settings ask for what cannot be.
    pub fn new(scenario: &'a Scenario) -> Result<Run<'a>, Refused> {
        Ok(Run { scenario, cluster: playground::open(&scenario.settings)? })
    }

    /// The cluster as it is.
    pub fn cluster(&self) -> &dyn Playground {
        &*self.cluster
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
    pub fn go(&mut self, watch: &mut dyn FnMut(&dyn Playground)) -> Result<(), Failure> {
        let done = self.play(watch);
        // Of a broken promise anything may follow, so that is told first.
        self.kept().and(done)
    }

    fn play(&mut self, watch: &mut dyn FnMut(&dyn Playground)) -> Result<(), Failure> {
        watch(self.cluster());
        let mut said = None;
        for line in &self.scenario.script {
            self.line(line, watch)?;
            said = Some(line);
        }
        let last = said.map_or(String::new(), ToString::to_string);
        let answered = |cluster: &dyn Playground| all_answered(cluster, self.scenario.settings.requests_per_client);
        if let Some(end) = self.scenario.length {
            self.until(end, watch).map_err(|Refused(why)| refused(&last, self.cluster(), why))?;
        } else if self.scenario.settings.traffic && self.scenario.settings.requests_per_client.is_some() {
            let end = self.cluster.moment().at + PATIENCE;
            while !answered(self.cluster()) && self.step(end, watch)? {}
            if !answered(self.cluster()) {
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

    fn line(&mut self, line: &Line, watch: &mut dyn FnMut(&dyn Playground)) -> Result<(), Failure> {
        match &line.wait {
            None => {}
            Some(Wait::At(when)) => {
                let reached = reach(&mut *self.cluster, *when, watch);
                reached.map_err(|Refused(why)| refused(line, self.cluster(), why))?;
            }
            Some(Wait::For(condition)) => self.wait_for(condition, line, watch)?,
        }
        match &line.act {
            None => {}
            Some(Act::Expect(condition)) => condition.check(self.cluster()).map_err(|seen| {
                let line = format!("expect {condition}");
                Failure::Unexpected { line, at: self.cluster.moment(), seen }
            })?,
            Some(Act::Step(step)) => {
                self.take(step.clone(), watch).map_err(|why| refused(line, self.cluster(), why))?;
            }
            Some(Act::Message { verb, from, to, kind }) => {
                let step = self.message(*verb, *from, *to, kind.as_deref());
                let done = step.and_then(|step| self.take(step, watch));
                done.map_err(|why| refused(line, self.cluster(), why))?;
            }
            Some(Act::All { lost, links }) => {
                let passes = self.flights(*links).into_iter().map(|(id, cut)| pass(id, *lost || cut));
                let done = passes.into_iter().try_for_each(|step| self.take(step, watch));
                done.map_err(|why| refused(line, self.cluster(), why))?;
            }
            Some(Act::Settle) => self.settle(watch).map_err(|why| refused(line, self.cluster(), why))?,
        }
        Ok(())
    }

    fn take(&mut self, step: Step, watch: &mut dyn FnMut(&dyn Playground)) -> Result<(), String> {
        self.cluster.take(step).map_err(|Refused(why)| why)?;
        watch(self.cluster());
        Ok(())
    }

    /// What is on its way over these links, the oldest first, and whether its link is cut.
    fn flights(&self, links: Links) -> Vec<(MessageId, bool)> {
        let on = |id: MessageId| match links {
            Links::All => true,
            Links::One(from, to) => (id.from, id.to) == (from, to),
            Links::Both(a, b) => (id.from, id.to) == (a, b) || (id.from, id.to) == (b, a),
        };
        let view = self.cluster.view(None);
        let paused = |who: Process| view.nodes.iter().any(|card| card.paused && Process::from(card.id) == who);
        let flying = |flight: &&Flight| flight.lost.is_none() && !paused(flight.to);
        let mut flights: Vec<&Flight> = view.messages.iter().filter(flying).filter(|flight| on(flight.id)).collect();
        flights.sort_by_key(|flight| (flight.sent, flight.id));
        let cut = |id: MessageId| view.links.iter().any(|link| link.cut && (link.from, link.to) == (id.from, id.to));
        flights.into_iter().map(|flight| (flight.id, cut(flight.id))).collect()
    }

    fn settle(&mut self, watch: &mut dyn FnMut(&dyn Playground)) -> Result<(), String> {
        for _ in 0..MOST_MESSAGES {
            let Some((id, cut)) = self.flights(Links::All).first().copied() else { return Ok(()) };
            self.take(pass(id, cut), watch)?;
        }
        Err(format!("after {MOST_MESSAGES} messages there still is one on its way"))
    }

    /// The next event, if it is due by then; false where none is.
    fn step(&mut self, until: Time, watch: &mut dyn FnMut(&dyn Playground)) -> Result<bool, Failure> {
        let more = self.cluster.step_until(until).map_err(|Refused(why)| refused("", self.cluster(), why))?;
        if more {
            watch(self.cluster());
        }
        Ok(more)
    }

    fn until(&mut self, end: When, watch: &mut dyn FnMut(&dyn Playground)) -> Result<(), Refused> {
        if end.at < self.cluster.moment().at { Ok(()) } else { reach(&mut *self.cluster, end, watch) }
    }

    fn wait_for(
        &mut self,
        condition: &Condition,
        line: &Line,
        watch: &mut dyn FnMut(&dyn Playground),
    ) -> Result<(), Failure> {
        let end = self.cluster.moment().at + PATIENCE;
        loop {
            let Err(seen) = condition.check(self.cluster()) else { return Ok(()) };
            if !self.step(end, watch)? {
                let seen = format!("{seen}, and that is so for {PATIENCE}");
                return Err(Failure::Unexpected { line: line.to_string(), at: self.cluster.moment(), seen });
            }
        }
    }

    /// The step that does something with the oldest message on a link.
    fn message(&self, verb: Verb, from: Process, to: Process, kind: Option<&str>) -> Result<Step, String> {
        let view = self.cluster.view(None);
        let fits = |flight: &&Flight| {
            flight.lost.is_none()
                && (flight.from, flight.to) == (from, to)
                && kind.is_none_or(|kind| flight.kind.split(',').next() == Some(kind))
        };
        // Messages of a link are numbered in the order in which they were sent.
        let oldest = view.messages.iter().filter(fits).min_by_key(|flight| flight.id);
        let oldest =
            oldest.ok_or_else(|| format!("no {} is on its way from {from} to {to}", kind.unwrap_or("message")))?;
        Ok(match verb {
            Verb::Deliver => Step::Deliver(oldest.id),
            Verb::Drop => Step::Drop(oldest.id),
            Verb::Duplicate => Step::Duplicate(oldest.id),
            Verb::Delay(span) => Step::Delay(oldest.id, span),
        })
    }

    /// Every promise is kept, but for one that the script expects to be broken.
    fn kept(&self) -> Result<(), Failure> {
        let Some(broken) = self.cluster.view(None).violation else { return Ok(()) };
        let expected = self.scenario.script.iter().any(
            |line| matches!(&line.act, Some(Act::Expect(Condition::Violation(Some(name)))) if name == broken.property),
        );
        if expected {
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
pub fn reach(cluster: &mut dyn Playground, when: When, watch: &mut dyn FnMut(&dyn Playground)) -> Result<(), Refused> {
    // Of what is due at that very time so many events happen as the moment says.
    while when.steps != Some(cluster.steps()) && cluster.step_until(when.at)? {
        watch(cluster);
    }
    cluster.reach(when)?;
    watch(cluster);
    Ok(())
}

/// A message arrives, or is lost.
fn pass(id: MessageId, lost: bool) -> Step {
    if lost { Step::Drop(id) } else { Step::Deliver(id) }
}

fn refused(line: impl ToString, cluster: &dyn Playground, why: String) -> Failure {
    Failure::Refused { line: line.to_string(), at: cluster.moment(), why }
}

/// Whether every client has had the answers to all requests that it was to send.
fn all_answered(cluster: &dyn Playground, requests: Option<u64>) -> bool {
    let view = cluster.view(None);
    view.clients.iter().all(|card| card.running.is_none() && card.queued == 0 && Some(card.answered) >= requests)
}
