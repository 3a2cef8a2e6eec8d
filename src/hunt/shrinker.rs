//! Makes a case smaller, a slice of work at a time.

use std::collections::BTreeSet;

use crate::check::shrink::{Done, Numbered};
use crate::hunt::case::Proof;
use crate::hunt::passes::{Cursor, Next, Pass};
use crate::hunt::told;
use crate::hunt::{Case, Goal};
use crate::scenario::Scenario;
use crate::sim::Refused;

/// The passes in their order. Those of a round are gone through until none of them finds anything any more; then messages
/// are named as a script names them, and what is left is tried again in these words.
const ROUNDS: [&[Pass]; 2] = [
    &[Pass::Leave, Pass::Nodes, Pass::Clients, Pass::Settings, Pass::Deeds, Pass::Pairs],
    &[Pass::Leave, Pass::Settle, Pass::Hands, Pass::Pairs, Pass::Nodes, Pass::Settings, Pass::Words, Pass::Clients],
];

/// So many hashes of cases that did not come to their goal are kept at most.
const MOST_KEPT: usize = 1_000_000;

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
pub struct Shrinker {
    case: Case,
    proof: Proof,
    round: usize,
    pass: usize,
    cursor: Cursor,
    /// Whether any pass of this round has found something.
    found: bool,
    /// The hashes of what was tried in vain.
    tried: BTreeSet<u64>,
    progress: Progress,
}

impl Shrinker {
    /// Starts with a case.
    ///
    /// # Errors
    ///
    /// One sentence, where it does not come to its goal.
    pub fn new(case: Case) -> Result<Shrinker, Refused> {
        let proof = case.prove().ok_or_else(|| Refused("the promise does not fall in this run".to_string()))?;
        let case = case.proven(&proof);
        let count = case.deeds.len() as u64;
        Ok(Shrinker {
            case,
            proof,
            round: 0,
            pass: 0,
            cursor: Cursor::default(),
            found: false,
            tried: BTreeSet::new(),
            progress: Progress { trials: 0, from: count, left: count, done: false },
        })
    }

    /// Tries cases for about so many steps of simulation, at least one; false once nothing can be left out.
    pub fn advance(&mut self, steps: u64) -> bool {
        let mut spent = 0;
        while !self.progress.done && spent < steps.max(1) {
            spent += self.one();
        }
        !self.progress.done
    }

    /// Tries until nothing can be left out.
    pub fn finish(&mut self) {
        while self.advance(u64::MAX) {}
    }

    /// How far it has come.
    pub fn progress(&self) -> Progress {
        self.progress
    }

    /// The case as it is by now.
    pub fn case(&self) -> &Case {
        &self.case
    }

    /// The name of the property that falls.
    pub fn property(&self) -> &str {
        let Goal::Broken(property) = &self.case.goal;
        property
    }

    /// The case as a scenario that expects its violation; run, it goes as it says.
    pub fn scenario(&self) -> Scenario {
        told::scenario(&self.case, &self.proof.done, &self.proof.violation, self.progress)
    }

    /// The next variant, or the next pass; returns how many steps that took.
    fn one(&mut self) -> u64 {
        let Some(passes) = ROUNDS.get(self.round) else {
            self.progress.done = true;
            return 0;
        };
        let pass = passes[self.pass];
        match pass.variant(&self.case, &mut self.cursor) {
            Next::Nothing => {
                pass.go_on(&mut self.cursor, false);
                0
            }
            Next::Try(case) => {
                let (kept, steps) = self.attempt(*case);
                pass.go_on(&mut self.cursor, kept);
                self.found |= kept;
                steps
            }
            Next::End => {
                self.next_pass();
                0
            }
        }
    }

    fn next_pass(&mut self) {
        self.cursor = Cursor::default();
        self.pass += 1;
        if self.pass < ROUNDS[self.round].len() {
            return;
        }
        self.pass = 0;
        if std::mem::take(&mut self.found) {
            return;
        }
        self.round += 1;
        if self.round == 1 {
            self.speak();
        }
    }

    /// Messages are named as a script names them from now on, where that comes to the same.
    fn speak(&mut self) {
        let said = |done: &Done| Numbered { number: done.deed.number, deed: done.said.clone() };
        let deeds = self.proof.done.iter().map(said).collect();
        let case = Case { deeds, ..self.case.clone() };
        if !self.attempt(case).0 {
            self.round = ROUNDS.len();
        }
    }

    /// Tries a case, unless it was tried before, and goes on with it where it comes to the goal.
    fn attempt(&mut self, case: Case) -> (bool, u64) {
        let hash = case.hash();
        if self.tried.contains(&hash) {
            return (false, 0);
        }
        self.progress.trials += 1;
        let Some(proof) = case.prove() else {
            if self.tried.len() >= MOST_KEPT {
                self.tried.clear();
            }
            self.tried.insert(hash);
            // What did not break anything went on to its end: about a step a deed.
            return (false, case.deeds.len() as u64);
        };
        let steps = proof.steps;
        self.case = case.proven(&proof);
        self.proof = proof;
        self.progress.left = self.case.deeds.len() as u64;
        (true, steps)
    }
}
