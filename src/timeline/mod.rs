//! A run as it is watched: the cluster, what a person has done to it and when, what has been told,
//! whether every promise was kept so far, and every moment that there was.
//!
//! The person's steps with their moments are the whole run: the same setup and the same timed steps
//! give it again. So [`Timeline::script`] is at once a record and a bug report, and walking back is
//! nothing but going through the same again from a moment before, of which some are kept.
//!
//! Whoever goes back and does something else leaves the old future where it was, as a branch.

mod branch;
mod present;
mod strip;
mod telling;
mod travel;
mod tree;
mod when;

pub use crate::check::RequestRow;
pub use branch::{Cue, Timed};
pub use present::{Moment, Present};
pub use strip::{Stretch, Strip, StripMark};
pub use telling::EventLine;
pub use tree::{BranchCard, Known, Parting};
pub use when::When;

use crate::check::Violation;
use crate::protocol::Protocol;
use crate::sim::{Cluster, Refused, Setup, Step};
use crate::types::{Span, Time};
use branch::{Branch, Spot};

/// A run that is being watched; of a cluster of one protocol it is a `Timeline<Present<P>>`.
#[derive(Debug)]
pub struct Timeline<M> {
    present: M,
    /// In the order in which they were made; never empty.
    branches: Vec<Branch<M>>,
    /// Which of them the present is on.
    here: usize,
    /// How many of the steps that were taken on it have been carried out by now.
    taken: usize,
    /// Where each undo was asked for that has not been taken back: the branch, and the spot on it.
    undone: Vec<(u32, Spot)>,
    /// How many branches were ever made.
    ids: u32,
}

impl<P: Protocol> Timeline<Present<P>> {
    /// A cluster at its start.
    pub fn new(setup: Setup<P>) -> Self {
        Timeline::from(Present::new(setup))
    }

    /// The cluster as it is.
    pub fn cluster(&self) -> &Cluster<P> {
        self.present.cluster()
    }

    /// The first broken promise up to this moment, if any was.
    pub fn violation(&self) -> Option<&Violation> {
        self.present.violation()
    }

    /// The events with a number above `since`, of those that are kept.
    pub fn events(&self, since: u64) -> impl Iterator<Item = &EventLine> {
        self.present.events(since)
    }
}

/// A run at its start.
impl<M: Moment> From<M> for Timeline<M> {
    fn from(present: M) -> Self {
        let branches = vec![Branch::new(&present)];
        Timeline { present, branches, here: 0, taken: 0, undone: Vec::new(), ids: 1 }
    }
}

impl<M: Moment> Timeline<M> {
    /// The run as it is.
    pub fn present(&self) -> &M {
        &self.present
    }

    /// Has something kept from now on that changes nothing of the run; see [`Present::record`].
    pub fn record(&mut self, record: impl FnOnce(&mut M)) {
        record(&mut self.present);
        // Whoever goes back to the start finds it recorded, too.
        self.branches[self.here].keep_start(&self.present);
    }

    /// When the last event was, or the start.
    pub fn since(&self) -> Time {
        self.present.since()
    }

    /// When the next event is due, if any ever is: one that is known, or else what the schedule has next.
    pub fn due(&self) -> Option<Time> {
        let next = || self.present.next().map(|(due, _)| due);
        self.next_taken().map(|timed| timed.when.at).or_else(next)
    }

    /// Lets the next event happen, at its time; false where nothing ever will.
    ///
    /// # Errors
    ///
    /// Never in practice; see [`crate::sim::schedule::step`].
    pub fn step(&mut self) -> Result<bool, Refused> {
        self.step_until(Time(u64::MAX))
    }

    /// The next event, if it is due by then; false where none is. In the past that is what happened then.
    ///
    /// # Errors
    ///
    /// Never in practice; see [`crate::sim::schedule::step`].
    pub fn step_until(&mut self, until: Time) -> Result<bool, Refused> {
        if let Some(Timed { when, step, .. }) = self.next_taken() {
            let (at, step) = (when.at, step.clone());
            if at > until {
                return Ok(false);
            }
            self.present.wait(at)?;
            self.present.take(&step)?;
            self.taken += 1;
        } else if !self.present.step_until(until)? {
            return Ok(false);
        }
        self.branches[self.here].grow(&mut self.present);
        Ok(true)
    }

    /// Lets time go on until then, when nothing happens before.
    fn wait(&mut self, until: Time) -> Result<(), Refused> {
        self.present.wait(until)?;
        self.branches[self.here].grow(&mut self.present);
        Ok(())
    }

    /// Lets virtual time go on by `span`, with all that is due on the way; returns how many events
    /// there were. Stops at a broken promise.
    ///
    /// # Errors
    ///
    /// Never in practice; see [`crate::sim::schedule::step`].
    pub fn advance(&mut self, span: Span) -> Result<u64, Refused> {
        let until = self.present.now() + span;
        let mut events = 0;
        let kept = !self.present.is_broken();
        while self.step_until(until)? {
            events += 1;
            if kept && self.present.is_broken() {
                return Ok(events);
            }
        }
        self.wait(until)?;
        Ok(events)
    }

    /// The moment that the run is at.
    pub fn moment(&self) -> When {
        When::of(&self.present)
    }

    /// Brings the run to a moment that is still to come, with all that is due on the way.
    ///
    /// # Errors
    ///
    /// One sentence, where the moment has passed already, which is said before anything happens, or
    /// where this run never has so many steps at that time.
    pub fn reach(&mut self, when: When) -> Result<(), Refused> {
        let When { at, steps } = when;
        let done = || self.present.steps();
        if at < self.present.now() || steps.is_some_and(|steps| steps < done()) {
            return Err(Refused(format!("`{when}` has passed: it is {}#{} already", self.present.now(), done())));
        }
        while steps != Some(self.present.steps()) && self.step_until(at)? {}
        if let Some(steps) = steps.filter(|steps| *steps != self.present.steps()) {
            let done = self.present.steps();
            return Err(Refused(format!("this run never is at `{when}`: by {at} it has {done} steps, not {steps}")));
        }
        self.wait(at)
    }

    /// Does what a person wants done, now, and writes it down. In the past that forks: what happened
    /// from here on stays on the branch that it happened on.
    ///
    /// # Errors
    ///
    /// One sentence, where it cannot be done as things stand; nothing has changed then.
    pub fn apply(&mut self, step: Step) -> Result<(), Refused> {
        let (when, before) = (self.moment(), self.spot());
        self.present.take(&step)?;
        if before.steps < self.branch().end.steps {
            self.fork_at(before);
        }
        self.settle();
        self.taken += 1;
        let (taken, played) = (self.taken, self.branch().played(before).len());
        let branch = &mut self.branches[self.here];
        branch.script.truncate(taken - 1);
        branch.cues.truncate(played);
        branch.script.push(Timed { when, before: before.steps, step });
        branch.end = before;
        branch.grow(&mut self.present);
        Ok(())
    }

    /// What was done up to this moment.
    pub fn script(&self) -> &[Timed] {
        &self.branch().script[..self.taken]
    }
}
