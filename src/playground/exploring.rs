//! Exploring all schedules from a moment of a run, whatever its protocol.

use std::fmt::Debug;

use serde::Serialize;

use crate::check::explore::{Bounds, Explorer, Progress, Search, Status};
use crate::explored::Explored;
use crate::sim::Refused;
use crate::timeline::Present;

/// An exploration of a cluster of any protocol.
pub trait Exploring: Debug {
    /// Goes on until at least so many moves were tried, or it is over; says how it stands.
    fn advance(&mut self, moves: u64) -> Status;

    /// The same with so many threads at once; what comes of it does not depend on how many there are.
    #[cfg(not(target_arch = "wasm32"))]
    fn advance_with(&mut self, moves: u64, threads: usize) -> Status;

    /// From now on so many states may be remembered; where it had stopped for want of room, it can go on.
    fn remember(&mut self, states: u32);

    /// How it stands.
    fn status(&self) -> Status;

    /// How far it has come.
    fn progress(&self) -> Progress;

    /// In how many ways the nodes may be named without anybody noticing.
    fn namings(&self) -> usize;

    /// What was found, once [`Status::Found`].
    fn found(&self) -> Option<Schedule>;
}

/// A schedule that breaks a promise, as lines of a script.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Schedule {
    /// The promise: `election-safety`.
    pub property: &'static str,
    /// What it says.
    pub sentence: &'static str,
    /// Where it is stated.
    pub section: &'static str,
    /// Who contradicts whom.
    pub text: String,
    /// What to do from the moment that the exploration began at, a step each.
    pub steps: Vec<String>,
    /// How many moves these are: a move may be a few steps that nothing can come between.
    pub moves: u64,
}

impl<P: Explored> Exploring for Explorer<P> {
    fn advance(&mut self, moves: u64) -> Status {
        self.advance(moves)
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn advance_with(&mut self, moves: u64, threads: usize) -> Status {
        self.advance_with(moves, threads)
    }

    fn remember(&mut self, states: u32) {
        self.remember(states);
    }

    fn status(&self) -> Status {
        self.status()
    }

    fn progress(&self) -> Progress {
        self.progress()
    }

    fn namings(&self) -> usize {
        self.namings()
    }

    fn found(&self) -> Option<Schedule> {
        let found = self.found()?;
        let broken = &found.violation;
        Some(Schedule {
            property: broken.property,
            sentence: broken.sentence,
            section: broken.section,
            text: broken.text.clone(),
            steps: found.steps.iter().map(ToString::to_string).collect(),
            moves: found.moves,
        })
    }
}

/// Begins to explore from where a run is. What is broken there already is not looked for.
pub(super) fn explore<P: Explored>(
    present: &Present<P>,
    bounds: Bounds,
    search: Search,
) -> Result<Box<dyn Exploring>, Refused> {
    if let Some(broken) = present.violations().iter().find(|broken| bounds.looks_for(broken.property)) {
        return Err(Refused(format!("{} is broken at this moment already: expected an earlier one", broken.property)));
    }
    // The auditor has left out what it has found broken.
    let (cluster, auditor) = present.parts();
    Ok(Box::new(Explorer::new(cluster, auditor, bounds, search)?))
}
