//! A run at one moment, with what must be known of its past to go on: the cluster, what the checks
//! remember, what has been told.
//!
//! It goes on and knows of no other time. Whoever keeps copies of it can go back.

use crate::check::{Auditor, Violation};
use crate::protocol::Protocol;
use crate::sim::{Cluster, Refused, Setup, Step, schedule};
use crate::timeline::requests::Requests;
use crate::timeline::telling::Telling;
use crate::types::Time;

/// A run at one moment.
#[derive(Clone, Debug)]
pub(super) struct Present<P: Protocol> {
    pub(super) cluster: Cluster<P>,
    auditor: Auditor<P>,
    /// The first broken promise, if any was.
    pub(super) violation: Option<Violation>,
    pub(super) telling: Telling,
    /// When the last event was.
    pub(super) since: Time,
    /// Whether events are only counted for now, and not told.
    pub(super) hushed: bool,
    /// Kept only for whoever has asked for it: it grows with every request.
    pub(super) requests: Option<Requests>,
}

impl<P: Protocol> Present<P> {
    /// A cluster at its start.
    pub(super) fn new(setup: Setup<P>) -> Self {
        let mut present = Present {
            cluster: Cluster::new(setup),
            auditor: Auditor::default(),
            violation: None,
            telling: Telling::default(),
            since: Time::START,
            hushed: false,
            requests: None,
        };
        present.take_note();
        present
    }

    /// A copy to come back to.
    pub(super) fn kept(&self) -> Self {
        Present {
            cluster: self.cluster.clone(),
            auditor: self.auditor.clone(),
            violation: self.violation.clone(),
            telling: self.telling.brief(self.now()),
            since: self.since,
            hushed: false,
            requests: self.requests.clone(),
        }
    }

    pub(super) fn now(&self) -> Time {
        self.cluster.now()
    }

    pub(super) fn steps(&self) -> u64 {
        self.cluster.steps()
    }

    /// The next event, if it is due by then; false where none is.
    pub(super) fn step_until(&mut self, until: Time) -> Result<bool, Refused> {
        let more = schedule::step_until(&mut self.cluster, until)?;
        if more {
            self.take_note();
        }
        Ok(more)
    }

    /// Lets time go on until then, when nothing is due before.
    pub(super) fn wait(&mut self, until: Time) -> Result<(), Refused> {
        self.cluster.apply(&Step::Until(until))
    }

    /// A step that somebody wants.
    pub(super) fn take(&mut self, step: &Step) -> Result<(), Refused> {
        self.cluster.apply(step)?;
        self.take_note();
        Ok(())
    }

    /// Whatever the last step did is told and checked.
    fn take_note(&mut self) {
        self.since = self.now();
        if self.hushed {
            self.telling.count(&self.cluster);
        } else {
            self.telling.take_note(&self.cluster);
        }
        if let Some(requests) = &mut self.requests {
            requests.take_note(&self.cluster);
        }
        if self.violation.is_none()
            && let Err(violation) = self.auditor.look(&self.cluster)
        {
            self.telling.tell_violation(&violation);
            self.violation = Some(violation);
        }
    }

    /// What a trace and a history need is kept from now on.
    pub(super) fn record(&mut self) {
        self.cluster.record();
        self.requests.get_or_insert_default();
    }
}
