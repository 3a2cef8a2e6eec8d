//! Breadth first on several threads. A part of what waits is gone on from at once, by threads that read what was seen and
//! write nothing; what they found is then taken down in the order in which one thread would have found it. So states,
//! numbers and the answer are the same for any number of threads.

use crate::explored::Explored;

use super::moves::enabled;
use super::state::Waiting;
use super::trial::Trial;
use super::visited::Visited;
use super::{Explorer, KEPT, Search, Status};

/// How many states are gone on from at once: enough to be worth a thread, few enough to be in memory.
const AT_ONCE: usize = 2_048;

/// A state that somebody has come to and that was not seen before this part.
struct Child<P: Explored> {
    fingerprint: u64,
    from: u32,
    by: u16,
    state: Waiting<P>,
}

/// What going on from a part of the waiting states has come to.
struct Part<P: Explored> {
    children: Vec<Child<P>>,
    moves: u64,
    /// The first move that broke a promise, by where it was made, with how many children and moves came before.
    broken: Option<(u32, u16)>,
}

impl<P: Explored> Explorer<P> {
    /// Goes on as [`Explorer::advance`] does, breadth first with so many threads.
    pub fn advance_with(&mut self, moves: u64, threads: usize) -> Status {
        if threads < 2 || self.search != Search::Breadth {
            return self.advance(moves);
        }
        let until = self.moves.saturating_add(moves);
        while self.status == Status::Running && self.moves < until {
            self.expand_many(threads);
        }
        self.status
    }

    fn expand_many(&mut self, threads: usize) {
        let mut waiting = Vec::new();
        let mut depth = None;
        // Only states of one depth: what is found deeper must come after all of them.
        while waiting.len() < AT_ONCE
            && let Some((id, _)) = self.frontier.front()
            && depth.is_none_or(|depth| depth == self.visited.depth(*id))
            && let Some(next) = self.next_waiting()
        {
            depth = Some(self.depth);
            waiting.push(next);
        }
        if waiting.is_empty() {
            self.status = Status::Exhausted;
            return;
        }
        if self.depth >= self.rules.bounds.depth {
            return;
        }
        let size = waiting.len().div_ceil(threads);
        let this = &*self;
        let parts: Vec<Part<P>> = std::thread::scope(|scope| {
            let work = |part| scope.spawn(move || this.expand_part(part));
            let running: Vec<_> = waiting.chunks(size).map(work).collect();
            running.into_iter().map(|thread| thread.join().expect("no thread panics")).collect()
        });
        let depth = self.depth.saturating_add(1);
        for part in parts {
            self.moves += part.moves;
            for Child { fingerprint, from, by, state } in part.children {
                if let Some(new) = self.visited.insert(fingerprint, from, by, depth) {
                    let keep = self.kept < KEPT;
                    self.kept += usize::from(keep);
                    self.frontier.push_back((new, keep.then(|| Box::new(state))));
                }
            }
            if let Some((id, by)) = part.broken {
                let mut path = self.visited.path(id);
                path.push(by);
                return self.report(&path);
            }
        }
        if self.visited.len() >= self.rules.bounds.states as usize {
            self.status = Status::Full;
        }
    }

    fn expand_part(&self, waiting: &[(u32, Waiting<P>)]) -> Part<P> {
        let mut part = Part { children: Vec::new(), moves: 0, broken: None };
        let mut room = Vec::new();
        // What this part has found already: the same state found twice need not be carried along twice.
        let mut own = Visited::default();
        let mut trial = Trial::new(&self.root);
        for (id, state) in waiting {
            trial.take_up(state.clone());
            enabled(&self.rules, &trial.state, &mut room);
            for (by, next) in (0..).zip(&room) {
                part.moves += 1;
                match trial.state.carry_out(&self.rules, *next, &mut None) {
                    Ok(()) => {
                        let fingerprint = trial.state.fingerprint(&self.rules);
                        if !self.visited.contains(fingerprint) && own.insert(fingerprint, *id, by, 0).is_some() {
                            part.children.push(Child { fingerprint, from: *id, by, state: trial.put_away() });
                        }
                    }
                    Err(Some(_)) => {
                        part.broken = Some((*id, by));
                        return part;
                    }
                    Err(None) => {}
                }
                trial.take_back();
            }
        }
        part
    }
}
