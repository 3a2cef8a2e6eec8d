//! A run as it is watched: the cluster, what a person has done to it and when, what has been told,
//! and whether every promise was kept so far.
//!
//! The person's steps with their moments are the whole run: the same setup and the same timed steps
//! give it again. So [`Timeline::script`] is at once a record and a bug report.

mod history;
mod requests;
mod when;

pub use history::{EventLine, Timed};
pub use requests::RequestRow;
pub use when::When;

use crate::check::{Auditor, Violation};
use crate::protocol::Protocol;
use crate::sim::{Cluster, Refused, Seen, Setup, Step, schedule};
use crate::types::{Span, Time};
use history::History;
use requests::Requests;

/// A cluster that is being watched.
#[derive(Clone, Debug)]
pub struct Timeline<P: Protocol> {
    cluster: Cluster<P>,
    auditor: Auditor<P>,
    violation: Option<Violation>,
    history: History,
    /// Kept only for whoever has asked for it: it grows with every request.
    requests: Option<Requests>,
}

impl<P: Protocol> Timeline<P> {
    /// A cluster at its start.
    pub fn new(setup: Setup<P>) -> Self {
        let mut timeline = Timeline {
            cluster: Cluster::new(setup),
            auditor: Auditor::default(),
            violation: None,
            history: History::default(),
            requests: None,
        };
        timeline.take_note();
        timeline
    }

    /// The cluster as it is.
    pub fn cluster(&self) -> &Cluster<P> {
        &self.cluster
    }

    /// The first broken promise, if any was.
    pub fn violation(&self) -> Option<&Violation> {
        self.violation.as_ref()
    }

    /// Lets the next event happen, at its time; false where nothing ever will.
    ///
    /// # Errors
    ///
    /// Never in practice; see [`schedule::step`].
    pub fn step(&mut self) -> Result<bool, Refused> {
        self.step_until(Time(u64::MAX))
    }

    /// The next event, if it is due by then; false where none is.
    ///
    /// # Errors
    ///
    /// Never in practice; see [`schedule::step`].
    pub fn step_until(&mut self, until: Time) -> Result<bool, Refused> {
        let more = schedule::step_until(&mut self.cluster, until)?;
        if more {
            self.take_note();
        }
        Ok(more)
    }

    /// Lets virtual time go on by `span`, with all that is due on the way; returns how many events
    /// there were. Stops at a broken promise.
    ///
    /// # Errors
    ///
    /// Never in practice; see [`schedule::step`].
    pub fn advance(&mut self, span: Span) -> Result<u64, Refused> {
        let until = self.cluster.now() + span;
        let mut events = 0;
        let kept = self.violation.is_none();
        while self.step_until(until)? {
            events += 1;
            if kept && self.violation.is_some() {
                return Ok(events);
            }
        }
        self.cluster.apply(&Step::Until(until))?;
        Ok(events)
    }

    /// The moment that the run is at.
    pub fn moment(&self) -> When {
        When::of(&self.cluster)
    }

    /// Brings the run to a moment that is still to come, with all that is due on the way.
    ///
    /// # Errors
    ///
    /// One sentence, where the moment has passed already, which is said before anything happens, or
    /// where this run never has so many steps at that time.
    pub fn reach(&mut self, when: When) -> Result<(), Refused> {
        let When { at, steps } = when;
        if at < self.cluster.now() || steps.is_some_and(|steps| steps < self.cluster.steps()) {
            let (now, done) = (self.cluster.now(), self.cluster.steps());
            return Err(Refused(format!("`{when}` has passed: it is {now}#{done} already")));
        }
        while steps != Some(self.cluster.steps()) && self.step_until(at)? {}
        if let Some(steps) = steps.filter(|steps| *steps != self.cluster.steps()) {
            let done = self.cluster.steps();
            return Err(Refused(format!("this run never is at `{when}`: by {at} it has {done} steps, not {steps}")));
        }
        self.cluster.apply(&Step::Until(at))
    }

    /// Does what a person wants done, now, and writes it down.
    ///
    /// # Errors
    ///
    /// One sentence, where it cannot be done as things stand; nothing has changed then.
    pub fn apply(&mut self, step: Step) -> Result<(), Refused> {
        let when = self.moment();
        self.cluster.apply(&step)?;
        self.take_note();
        self.history.write_down(when, step);
        Ok(())
    }

    /// Whatever the last step did is told and checked.
    fn take_note(&mut self) {
        self.history.take_note(&self.cluster);
        if let Some(requests) = &mut self.requests {
            requests.take_note(&self.cluster);
        }
        if self.violation.is_none()
            && let Err(violation) = self.auditor.look(&self.cluster)
        {
            self.history.tell_violation(&violation);
            self.violation = Some(violation);
        }
    }

    /// What the person has done so far.
    pub fn script(&self) -> &[Timed] {
        self.history.script()
    }

    /// From now on every request of a client is kept, see [`Timeline::requests`], and what a trace needs.
    pub fn record(&mut self) {
        self.cluster.record();
        self.requests.get_or_insert_default();
    }

    /// Every request that a client has sent since [`Timeline::record`].
    pub fn requests(&self) -> &[RequestRow] {
        self.requests.as_ref().map_or(&[], Requests::rows)
    }

    /// How many events have been told.
    pub fn told(&self) -> u64 {
        self.history.told()
    }

    /// The events with a number above `since`, of those that are kept.
    pub fn events(&self, since: u64) -> impl Iterator<Item = &EventLine> {
        self.history.events(since)
    }

    /// Messages that were lost a moment ago, with the time at which they were.
    pub fn lost_lately(&self) -> impl Iterator<Item = &(Time, Seen)> {
        self.history.lost_lately(self.cluster.now())
    }
}
