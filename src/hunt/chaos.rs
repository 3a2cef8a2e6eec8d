//! Chaos: seed after seed until a run fails, which is then shrunk; a slice of work at a time, for whoever has other things to
//! do in between.

use serde::Serialize;

use crate::hunt::{Attempt, Field, Found, Shrinker};
use crate::sim::Refused;

/// How a hunt stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Standing {
    /// How many seeds were run to their ends.
    pub seeds: u64,
    /// The seed whose run is under way, or has failed.
    pub seed: u64,
    /// How many events there were in all runs.
    pub steps: u64,
    /// What was found, as far as it is shrunk.
    pub found: Option<Prey>,
}

/// A run that failed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Prey {
    /// Its seed.
    pub seed: u64,
    /// What fell: a property, `liveness` or `assertion`.
    pub property: String,
    /// How, in one sentence.
    pub text: String,
    /// How many steps there were before anything was left out.
    pub from: u64,
    /// How many are left.
    pub left: u64,
    /// Whether nothing can be left out any more.
    pub done: bool,
    /// What is left, as a scenario file.
    pub scenario: String,
}

/// A hunt for a run that fails.
pub struct Hunt {
    field: Field,
    seed: u64,
    seeds: u64,
    /// Events of runs that have ended.
    steps: u64,
    attempt: Attempt,
    found: Option<(Found, Option<Shrinker>)>,
}

impl Hunt {
    /// Begins with a seed.
    ///
    /// # Errors
    ///
    /// One sentence, where the settings ask for what cannot be.
    pub fn new(field: Field, seed: u64) -> Result<Hunt, Refused> {
        let attempt = field.start(seed)?;
        Ok(Hunt { field, seed, seeds: 0, steps: 0, attempt, found: None })
    }

    /// Goes on for about so many steps of simulation; false once something is found and nothing can be left out of it.
    ///
    /// # Errors
    ///
    /// Never in practice: what was drawn can be, and what has failed fails again.
    pub fn advance(&mut self, steps: u64) -> Result<bool, Refused> {
        match &mut self.found {
            Some((_, shrinker)) => Ok(shrinker.as_mut().is_some_and(|shrinker| shrinker.advance(steps))),
            None => self.run(steps).map(|()| self.is_going()),
        }
    }

    fn run(&mut self, steps: u64) -> Result<(), Refused> {
        let end = self.steps + self.attempt.steps() + steps.max(1);
        while self.steps + self.attempt.steps() < end {
            let left = end - self.steps - self.attempt.steps();
            match self.attempt.advance(left) {
                None => {}
                Some(Ok(_)) => self.next()?,
                Some(Err(found)) => {
                    self.seeds += 1;
                    let shrinker = found.case().transpose()?.map(Shrinker::new).transpose()?;
                    self.found = Some((found, shrinker));
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn next(&mut self) -> Result<(), Refused> {
        self.seeds += u64::from(self.found.is_none());
        self.steps += self.attempt.steps();
        self.seed = self.seed.wrapping_add(1);
        self.found = None;
        self.attempt = self.field.start(self.seed)?;
        Ok(())
    }

    fn is_going(&self) -> bool {
        self.found.as_ref().is_none_or(|(_, shrinker)| shrinker.as_ref().is_some_and(|one| !one.progress().done))
    }

    /// Leaves what was found, and goes on behind it.
    ///
    /// # Errors
    ///
    /// As [`Hunt::advance`].
    pub fn pass(&mut self) -> Result<(), Refused> {
        if self.found.is_some() { self.next() } else { Ok(()) }
    }

    /// How it stands.
    pub fn standing(&self) -> Standing {
        let found = self.found.as_ref().map(|(found, shrinker)| {
            let unshrunk = found.taken.len() as u64;
            let progress = shrinker.as_ref().map(Shrinker::progress);
            let scenario = shrinker.as_ref().map_or_else(|| found.scenario(self.field.span), Shrinker::scenario);
            Prey {
                seed: self.seed,
                property: found.property().to_string(),
                text: found.failed.to_string(),
                from: progress.map_or(unshrunk, |progress| progress.from),
                left: progress.map_or(unshrunk, |progress| progress.left),
                done: progress.is_none_or(|progress| progress.done),
                scenario: scenario.to_string(),
            }
        });
        Standing { seeds: self.seeds, seed: self.seed, steps: self.steps + self.attempt.steps(), found }
    }
}
