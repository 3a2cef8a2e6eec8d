//! Makes a case smaller, a slice of work at a time.

use crate::hunt::descent::{Descent, Tried};
use crate::hunt::told;
use crate::hunt::{Case, Goal};
use crate::scenario::Scenario;
use crate::sim::Refused;

/// A story of so few deeds is short enough.
const SHORT: usize = 12;

/// After so many steps of simulation no further way is begun, and after twice as many none is gone to its end.
const ENOUGH: u64 = 5_000_000;

/// How far shrinking has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, serde::Serialize)]
pub struct Progress {
    /// How many cases were tried.
    pub trials: u64,
    /// How many deeds there were at first.
    pub from: u64,
    /// How many are left.
    pub left: u64,
    /// Whether nothing can be left out any more.
    pub done: bool,
}

/// Makes a case smaller until nothing can be left out. The same case gives the same result, however it is sliced.
///
/// There are several ways, each of which ends where nothing can be left out; while what is left is long the next way is
/// tried, too, and the shortest story is kept.
pub struct Shrinker {
    /// The whole run.
    whole: Case,
    /// The ways, one after another.
    order: [usize; Descent::WAYS],
    descent: Descent,
    /// The smallest that an earlier way has come to.
    best: Option<Descent>,
    /// How many ways have ended.
    ways: usize,
    tried: Tried,
    /// How many steps were simulated.
    steps: u64,
    done: bool,
}

impl Shrinker {
    /// Starts with a case.
    ///
    /// # Errors
    ///
    /// One sentence, where it does not come to its goal.
    pub fn new(case: Case) -> Result<Shrinker, Refused> {
        let order = Descent::ways(&case);
        let descent = Descent::begin(&case, order[0]);
        let descent = descent.ok_or_else(|| Refused("the promise does not fall in this run".to_string()))?;
        let (whole, tried) = (descent.case.clone(), Tried::default());
        Ok(Shrinker { whole, order, descent, best: None, ways: 0, tried, steps: 0, done: false })
    }

    /// Tries cases for about so many steps of simulation, at least one; false once nothing can be left out.
    pub fn advance(&mut self, steps: u64) -> bool {
        let until = self.steps.saturating_add(steps.max(1));
        while !self.done && self.steps < until {
            match self.descent.one(&mut self.tried) {
                Some(_) if self.best.is_some() && self.steps > 2 * ENOUGH => self.end(),
                Some(steps) => self.steps += steps,
                None => self.next_way(),
            }
        }
        !self.done
    }

    /// Tries until nothing can be left out.
    pub fn finish(&mut self) {
        while self.advance(u64::MAX) {}
    }

    /// A way has ended.
    fn next_way(&mut self) {
        self.ways += 1;
        if let Some(best) = self.best.take().filter(|best| best.left() <= self.descent.left()) {
            self.descent = best;
        }
        let enough = self.descent.left() <= SHORT || self.steps > ENOUGH;
        let next = self.order.get(self.ways).filter(|_| !enough);
        match next.and_then(|way| Descent::begin(&self.whole, *way)) {
            Some(next) => self.best = Some(std::mem::replace(&mut self.descent, next)),
            None => self.done = true,
        }
    }

    /// A way is left before its end: something could still be left out of what it has come to.
    fn end(&mut self) {
        if let Some(best) = self.best.take() {
            self.descent = best;
        }
        self.done = true;
    }

    /// The shortest story so far.
    fn shortest(&self) -> &Descent {
        self.best.as_ref().unwrap_or(&self.descent)
    }

    /// How far it has come.
    pub fn progress(&self) -> Progress {
        let (from, left) = (self.whole.deeds.len() as u64, self.shortest().left() as u64);
        Progress { trials: self.tried.trials, from, left, done: self.done }
    }

    /// The case as it is by now.
    pub fn case(&self) -> &Case {
        &self.shortest().case
    }

    /// The name of the property that falls.
    pub fn property(&self) -> &str {
        let Goal::Broken(property) = &self.whole.goal;
        property
    }

    /// The case as a scenario that expects its violation; run, it goes as it says.
    pub fn scenario(&self) -> Scenario {
        let Descent { case, proof, .. } = self.shortest();
        told::scenario(case, &proof.done, &proof.violation, self.progress())
    }
}
