//! A run at one moment, with what must be known of its past to go on: the cluster, what the checks
//! remember, what has been told.
//!
//! It goes on and knows of no other time. Whoever keeps copies of it can go back. What goes to and fro asks no more of
//! it than a [`Moment`], in which no protocol's type is left: so it is compiled once, not once for each.

use crate::check::{Auditor, RequestRow, Requests, Violation};
use crate::meter::{Meter, Metrics};
use crate::observe::{Epoch, Landmark, Window};
use crate::protocol::Protocol;
use crate::sim::{Cluster, Refused, Seen, Setup, Step, schedule};
use crate::timeline::telling::{EventLine, Telling};
use crate::types::Time;

/// What going to and fro needs to know of a run at one moment.
pub trait Moment {
    /// A copy to come back to; what led to it is told anew when the run is taken up again.
    fn kept(&self) -> Self
    where
        Self: Sized;

    /// Has what is in it many times held once from now on: a copy is about to be kept.
    fn share(&mut self);

    /// What time it is.
    fn now(&self) -> Time;

    /// How many steps have been carried out.
    fn steps(&self) -> u64;

    /// When the last event was, or the start.
    fn since(&self) -> Time;

    /// What the schedule has next, and when.
    fn next(&self) -> Option<(Time, Step)>;

    /// The next event, if it is due by then; false where none is.
    ///
    /// # Errors
    ///
    /// Never in practice; see [`schedule::step`].
    fn step_until(&mut self, until: Time) -> Result<bool, Refused>;

    /// Lets time go on until then, when nothing is due before.
    ///
    /// # Errors
    ///
    /// One sentence, where something is due before.
    fn wait(&mut self, until: Time) -> Result<(), Refused>;

    /// Carries out a step that somebody wants.
    ///
    /// # Errors
    ///
    /// One sentence, where it cannot be done as things stand; nothing has changed then.
    fn take(&mut self, step: &Step) -> Result<(), Refused>;

    /// From now on events are only counted, or are told again.
    fn hush(&mut self, hushed: bool);

    /// What the last step marks on the timeline.
    fn landed(&self) -> &[Landmark];

    /// The highest epoch of the nodes that the last step has touched, where it is above this number.
    fn epoch_above(&self, number: u64) -> Option<Epoch>;

    /// Whether a promise has been broken.
    fn is_broken(&self) -> bool;
}

/// Whether requests can be kept: the package that a page loads first has nobody who asks for them, and is to be small.
const RECORDS: bool = cfg!(any(feature = "contrast", not(target_arch = "wasm32")));

/// A run at one moment.
#[derive(Debug)]
pub struct Present<P: Protocol> {
    cluster: Cluster<P>,
    auditor: Auditor<P>,
    /// The broken promises, each when it was broken first.
    violations: Vec<Violation>,
    telling: Telling,
    meter: Meter,
    /// When the last event was.
    since: Time,
    /// Whether events are only counted for now, and not told.
    hushed: bool,
    /// Kept only for whoever has asked for it: it grows with every request.
    requests: Option<Requests>,
}

impl<P: Protocol> Present<P> {
    /// A cluster at its start.
    pub fn new(setup: Setup<P>) -> Self {
        let mut present = Present {
            cluster: Cluster::new(setup),
            auditor: Auditor::default(),
            violations: Vec::new(),
            telling: Telling::default(),
            meter: Meter::default(),
            since: Time::START,
            hushed: false,
            requests: None,
        };
        present.take_note();
        present
    }

    /// Whatever the last step did is told and checked.
    fn take_note(&mut self) {
        self.since = self.cluster.now();
        if self.hushed {
            self.telling.count(&self.cluster);
        } else {
            self.telling.take_note(&self.cluster);
        }
        self.meter.take_note(&self.cluster);
        if RECORDS && let Some(requests) = &mut self.requests {
            requests.take_note(&self.cluster);
        }
        // A promise that was broken once is not looked at any more; all others are.
        while let Err(violation) = self.auditor.look(&self.cluster) {
            self.auditor.leave_out(violation.property);
            self.telling.tell_violation(&violation);
            self.violations.push(violation);
        }
    }

    /// The cluster as it is.
    pub fn cluster(&self) -> &Cluster<P> {
        &self.cluster
    }

    /// Copies of the cluster and of what the checks remember, for whoever goes on from here without the rest.
    pub fn parts(&self) -> (Cluster<P>, Auditor<P>) {
        (self.cluster.kept(), self.auditor.clone())
    }

    /// The first broken promise up to this moment, if any was.
    pub fn violation(&self) -> Option<&Violation> {
        self.violations.first()
    }

    /// Every promise that was broken up to this moment, each when it was broken first.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// What is judged of what clients see; see [`Auditor::judged`].
    pub fn judged(&self) -> Option<(&'static str, &'static str, &'static str, u64)> {
        self.auditor.judged()
    }

    /// How often each property was checked; see [`Auditor::looks`].
    pub fn looks(&self) -> &[u32] {
        self.auditor.looks()
    }

    /// From now on every request of a client is kept, see [`Present::requests`], and what a trace needs.
    pub fn record(&mut self) {
        self.cluster.record();
        if RECORDS {
            self.requests.get_or_insert_default();
        }
    }

    /// Every request that a client has sent since [`Present::record`].
    pub fn requests(&self) -> Vec<&RequestRow> {
        self.requests.as_ref().filter(|_| RECORDS).map_or_else(Vec::new, Requests::rows)
    }

    /// What each node has done up to this moment.
    pub fn metrics(&self) -> Metrics {
        self.meter.metrics(&self.cluster)
    }

    /// How many events have been told up to this moment.
    pub fn told(&self) -> u64 {
        self.telling.told()
    }

    /// The events with a number above `since`, of those that are kept.
    pub fn events(&self, since: u64) -> impl Iterator<Item = &EventLine> {
        self.telling.events(since)
    }

    /// Messages that were lost a moment ago, with the time at which they were.
    pub fn lost_lately(&self) -> impl Iterator<Item = &(Time, Seen)> {
        self.telling.lost_lately(self.cluster.now())
    }
}

impl<P: Protocol> Moment for Present<P> {
    fn kept(&self) -> Self {
        Present {
            cluster: self.cluster.kept(),
            auditor: self.auditor.clone(),
            violations: self.violations.clone(),
            telling: self.telling.brief(self.cluster.now()),
            meter: self.meter.clone(),
            since: self.since,
            hushed: false,
            requests: if RECORDS { self.requests.clone() } else { None },
        }
    }

    fn share(&mut self) {
        self.cluster.share();
    }

    fn now(&self) -> Time {
        self.cluster.now()
    }

    fn steps(&self) -> u64 {
        self.cluster.steps()
    }

    fn since(&self) -> Time {
        self.since
    }

    fn next(&self) -> Option<(Time, Step)> {
        schedule::next(&self.cluster)
    }

    fn step_until(&mut self, until: Time) -> Result<bool, Refused> {
        let more = schedule::step_until(&mut self.cluster, until)?;
        if more {
            self.take_note();
        }
        Ok(more)
    }

    fn wait(&mut self, until: Time) -> Result<(), Refused> {
        self.cluster.apply(&Step::Until(until))
    }

    fn take(&mut self, step: &Step) -> Result<(), Refused> {
        self.cluster.apply(step)?;
        self.take_note();
        Ok(())
    }

    fn hush(&mut self, hushed: bool) {
        self.hushed = hushed;
    }

    fn landed(&self) -> &[Landmark] {
        self.telling.landed()
    }

    fn epoch_above(&self, number: u64) -> Option<Epoch> {
        let touched = self.cluster.touched().iter().filter_map(|id| self.cluster.states()[id.slot()].as_ref());
        let highest = touched.max_by_key(|state| state.epoch()).filter(|state| state.epoch() > number)?;
        highest.observe(self.cluster.config(), Window { from: 1, count: 0 }).epoch
    }

    fn is_broken(&self) -> bool {
        !self.violations.is_empty()
    }
}
