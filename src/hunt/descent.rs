//! One way of making a case smaller, pass after pass, until none of them finds anything any more.

use std::collections::BTreeSet;

use crate::check::shrink::{Deed, Done, Numbered};
use crate::hunt::Case;
use crate::hunt::case::Proof;
use crate::hunt::passes::{Cursor, Next, Pass};

/// The orders in which the passes of the first round are gone through. Each leaves another story of some runs, and none is
/// the best for all: where what is left is still long, the next way begins with the whole run again.
const WAYS: [&[Pass]; 3] = [
    &[
        Pass::Leave,
        Pass::Copies,
        Pass::Straight,
        Pass::Dry,
        Pass::Nodes,
        Pass::Clients,
        Pass::Settings,
        Pass::Deeds,
        Pass::Calm,
        Pass::Pairs,
    ],
    &[
        Pass::Settings,
        Pass::Nodes,
        Pass::Clients,
        Pass::Leave,
        Pass::Copies,
        Pass::Straight,
        Pass::Dry,
        Pass::Deeds,
        Pass::Calm,
        Pass::Pairs,
    ],
    &[
        Pass::Settings,
        Pass::Nodes,
        Pass::Clients,
        Pass::Calm,
        Pass::Leave,
        Pass::Copies,
        Pass::Straight,
        Pass::Dry,
        Pass::Deeds,
        Pass::Pairs,
    ],
];

/// The passes once messages are named as a script names them.
const IN_WORDS: &[Pass] = &[
    Pass::Leave,
    Pass::Settle,
    Pass::Straight,
    Pass::Dry,
    Pass::Hands,
    Pass::Pairs,
    Pass::Nodes,
    Pass::Settings,
    Pass::Words,
    Pass::Clients,
];

/// Of a run of so many deeds little is left the sooner where nodes and clients are left out first.
const LONG: usize = 2_000;

/// A round goes through its passes until none of them finds anything any more. In the first a message is named by whence it
/// came; in the second by its kind, where it is the oldest of its kind; in the third as a script names it.
const ROUNDS: usize = 3;

/// So many hashes of cases that did not come to their goal are kept at most.
const MOST_KEPT: usize = 1_000_000;

/// What was tried so far, on any way.
#[derive(Default)]
pub(super) struct Tried {
    /// The hashes of the cases that did not come to their goal.
    vain: BTreeSet<u64>,
    /// How many cases there were.
    pub(super) trials: u64,
}

/// A case on its way.
pub(super) struct Descent {
    pub(super) case: Case,
    pub(super) proof: Proof,
    way: &'static [Pass],
    round: usize,
    pass: usize,
    cursor: Cursor,
    /// Whether any pass of this round has found something.
    found: bool,
}

impl Descent {
    /// How many ways there are.
    pub(super) const WAYS: usize = WAYS.len();

    /// In which order they are tried.
    pub(super) fn ways(case: &Case) -> [usize; Descent::WAYS] {
        if case.deeds.len() > LONG { [1, 0, 2] } else { [0, 1, 2] }
    }

    /// The beginning of a way; none where the case does not come to its goal.
    pub(super) fn begin(case: &Case, way: usize) -> Option<Descent> {
        let proof = case.prove()?;
        let case = case.clone().proven(&proof);
        Some(Descent { case, proof, way: WAYS[way], round: 0, pass: 0, cursor: Cursor::default(), found: false })
    }

    /// How many deeds there are.
    pub(super) fn left(&self) -> usize {
        self.case.deeds.len()
    }

    /// Tries the next variant, or turns to the next pass; how many steps that took, and none at the end of the way.
    pub(super) fn one(&mut self, tried: &mut Tried) -> Option<u64> {
        let passes = match self.round {
            0 => self.way,
            1..ROUNDS => IN_WORDS,
            _ => return None,
        };
        let pass = passes[self.pass];
        match pass.variant(&self.case, &mut self.cursor) {
            Next::Nothing => {
                pass.go_on(&mut self.cursor, false);
                Some(0)
            }
            Next::Try(case) => {
                let (kept, steps) = self.attempt(*case, tried);
                pass.go_on(&mut self.cursor, kept);
                self.found |= kept;
                Some(steps)
            }
            Next::End => {
                self.next_pass(passes.len(), tried);
                Some(0)
            }
        }
    }

    fn next_pass(&mut self, passes: usize, tried: &mut Tried) {
        self.cursor = Cursor::default();
        self.pass = (self.pass + 1) % passes;
        if self.pass > 0 || std::mem::take(&mut self.found) {
            return;
        }
        self.round += 1;
        let spoken = match self.round {
            1 => self.speak(tried, |said| matches!(said, Deed::Oldest { .. })),
            2 => self.speak(tried, |_| true),
            _ => true,
        };
        if !spoken {
            self.round = ROUNDS;
        }
    }

    /// Messages that fit are named as a script names them from now on; false where that does not come to the same.
    fn speak(&mut self, tried: &mut Tried, fits: impl Fn(&Deed) -> bool) -> bool {
        let said = |done: &Done| {
            let deed = if fits(&done.said) { &done.said } else { &done.deed.deed };
            Numbered { number: done.deed.number, deed: deed.clone() }
        };
        let deeds = self.proof.done.iter().map(said).collect();
        let case = Case { deeds, ..self.case.clone() };
        self.attempt(case, tried).0
    }

    /// Tries a case, unless it was tried before, and goes on with it where it comes to the goal.
    fn attempt(&mut self, case: Case, tried: &mut Tried) -> (bool, u64) {
        let hash = case.hash();
        if tried.vain.contains(&hash) {
            return (false, 0);
        }
        tried.trials += 1;
        // What is shorter to tell may be longer to do, but not by much.
        let (proof, steps) = case.attempt(self.proof.steps.saturating_mul(2).saturating_add(1_000));
        let Some(proof) = proof else {
            if tried.vain.len() >= MOST_KEPT {
                tried.vain.clear();
            }
            tried.vain.insert(hash);
            return (false, steps);
        };
        self.case = case.proven(&proof);
        self.proof = proof;
        (true, steps)
    }
}
