//! A state at hand, on which moves are tried; and the way on which one is come to that was not kept.

use crate::explored::Explored;

use super::moves::{Move, enabled};
use super::state::{Rules, State, Waiting};
use super::visited::{ROOT, Visited};

/// A state at hand: it is taken up from one that waits, a move is tried on it, and it is taken back.
#[derive(Debug)]
pub(super) struct Trial<P: Explored> {
    pub state: State<P>,
    /// What it was taken up from.
    base: Waiting<P>,
}

impl<P: Explored> Trial<P> {
    /// The state from which an exploration begins, of which the fingerprint is known.
    pub(super) fn new(root: &State<P>) -> Self {
        let state = root.kept();
        let base = state.put_away(None);
        Trial { state, base }
    }

    /// Goes on from another state.
    pub(super) fn take_up(&mut self, waiting: Waiting<P>) {
        self.state.take_up(&waiting, &self.base);
        self.base = waiting;
    }

    /// As if nothing had been tried.
    pub(super) fn take_back(&mut self) {
        self.state.take_up(&self.base, &self.base);
    }

    /// What the move has made of it, to be gone on from later.
    pub(super) fn put_away(&self) -> Waiting<P> {
        self.state.put_away(Some(&self.base))
    }
}

/// The states on the way to the one that was come to last. Most that are come to one after the other have a long part
/// of their way in common, so that only the rest is gone anew.
#[derive(Debug)]
pub(super) struct Trail<P: Explored> {
    root: Waiting<P>,
    /// From the first move on, each with its number.
    passed: Vec<(u32, Waiting<P>)>,
    room: Vec<Move>,
}

impl<P: Explored> Trail<P> {
    pub(super) fn new(trial: &Trial<P>) -> Self {
        Trail { root: trial.base.clone(), passed: Vec::new(), room: Vec::new() }
    }

    /// The state of this number, by the way on which it was found.
    pub(super) fn come_to(&mut self, id: u32, rules: &Rules, visited: &Visited, trial: &mut Trial<P>) -> Waiting<P> {
        let way = visited.way(id);
        let known = self.passed.iter().zip(&way).take_while(|((passed, _), (id, _))| passed == id).count();
        self.passed.truncate(known);
        let from = self.passed.last().map_or(&self.root, |(_, waiting)| waiting);
        trial.take_up(from.clone());
        let Trail { root, passed, room } = self;
        for (id, by) in &way[known..] {
            enabled(rules, &trial.state, room);
            let done = trial.state.carry_out(rules, room[usize::from(*by)], &mut None);
            assert!(done.is_ok(), "no promise was broken on a way that was gone before");
            trial.state.fingerprint(rules);
            let waiting = trial.put_away();
            trial.take_up(waiting.clone());
            passed.push((*id, waiting));
        }
        // The state itself is wanted once; those before it also lead elsewhere.
        match passed.pop() {
            Some((_, waiting)) => waiting,
            None => {
                debug_assert_eq!(id, ROOT);
                root.clone()
            }
        }
    }
}
