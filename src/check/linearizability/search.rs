//! The search for an order that explains the answers about one key.
//!
//! Of the requests that were asked before the first answer that is still to be explained, one after another is tried as the
//! next in the order (Wing and Gong). Where a set of requests has led to an absent key before, it is not gone on from again
//! (Lowe): of such sets only a hash of 128 bits is kept, and no more than [`MOST`] at a time.
//!
//! Hardly ever is there something to choose, since one may assume of an order, without losing any:
//!
//! - **What changes nothing comes at once.** A get of the value that the key has, a put that is refused while it has one: if
//!   it stands later in an order, it may stand here as well. It was asked already, and nothing that follows misses it.
//! - **Of several deletes the one comes first whose answer does.** Two that were carried out may change places.
//! - **So of several puts of values that no get has found.**
//!
//! And **a value that nobody can put again stays** until every get that found it is in the order.
//!
//! What is left to choose is the put that comes next where the key is absent. First is tried what is urgent: the put of which
//! the first answer, its own or that of a get that found its value, comes soonest.
//!
//! **Requests of unknown outcome** are in no list of what must be explained. One takes effect only directly before an answer
//! that needs it, and that loses nothing: a put that nobody has an answer to makes of an absent key a present one, and
//! whatever is answered next needs the key to be present, or contradicts it; a delete likewise. So what is not needed at
//! once can be put off, up to the answer that needs it, and then it may still be done, since nobody knows of its end. Deletes
//! may stand in for each other, and so may puts of one value; so do puts of values that no get has ever found. A delete that
//! was answered may always stand in for one that was not.

use std::collections::HashSet;

use crate::chance::StableHasher;

use super::part::{Needs, Part, Value};

/// What a search has come to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Outcome {
    /// An order, by the places of requests in the history.
    Order(Vec<usize>),
    /// There is none.
    None,
    /// It would have taken too long.
    GivenUp,
}

/// So many sets are remembered at most: some 200 MB. Beyond that all of them are forgotten, and what they led to is perhaps
/// tried again.
const MOST: usize = 4_000_000;

/// Something that is put next in the order.
#[derive(Clone, Copy, Debug)]
enum Move {
    /// A request that was answered, by the place of its call in the list.
    Known(usize),
    /// A put of unknown outcome, by the place of its value among those that such puts have.
    Put(usize),
    /// A delete of unknown outcome.
    Delete,
}

/// A place in the order at which there was something to choose.
#[derive(Debug)]
struct Fork {
    /// How long the order was.
    length: usize,
    /// What has not been tried, the most urgent last.
    left: Vec<Move>,
}

struct Search<'a> {
    part: &'a Part,
    /// A list of events in both directions; the last place is its beginning and its end.
    next: Vec<usize>,
    prev: Vec<usize>,
    /// At the place of a call, where its return is.
    end: Vec<usize>,
    /// Which requests are in the order.
    taken: Vec<bool>,
    value: Value,
    /// How many deletes and puts of unknown outcome have taken effect.
    deleted: usize,
    put: Vec<usize>,
    /// A hash of the set of all that is in the order.
    set: u128,
    /// How many puts of each value are left, of whatever outcome.
    sources: Vec<usize>,
    seen: HashSet<u128>,
    /// What is in the order, each with the value before it.
    order: Vec<(Move, Value)>,
    steps: u64,
}

/// Looks for an order that explains all answers, in at most so many steps.
pub(super) fn search(part: &Part, steps: u64) -> Outcome {
    Search::new(part).run(steps)
}

/// Two hashes of one word.
fn mark(kind: u64, index: usize) -> u128 {
    let (low, high) = (StableHasher::of(&(kind, index)), StableHasher::of(&(index, kind, "high")));
    u128::from(high) << 64 | u128::from(low)
}

impl<'a> Search<'a> {
    fn new(part: &'a Part) -> Self {
        let count = part.events.len();
        let mut end = vec![0; count];
        let mut calls = vec![0; part.known.len()];
        for (at, (index, returns, _)) in part.events.iter().enumerate() {
            if *returns { end[calls[*index]] = at } else { calls[*index] = at }
        }
        let mut sources = vec![0; part.readers.len()];
        let known = part.known.iter().filter_map(|known| match known.needs {
            Needs::Absent(value) if value != 0 => Some((value, 1)),
            _ => None,
        });
        for (value, count) in known.chain(part.puts.iter().map(|(value, same)| (*value, same.len()))) {
            sources[value as usize] += count;
        }
        Search {
            part,
            next: (1..=count).chain([0]).collect(),
            prev: std::iter::once(count).chain(0..count).collect(),
            end,
            taken: vec![false; part.known.len()],
            value: 0,
            deleted: 0,
            put: vec![0; part.puts.len()],
            set: 0,
            sources,
            seen: HashSet::new(),
            order: Vec::new(),
            steps: 0,
        }
    }

    fn run(mut self, steps: u64) -> Outcome {
        let mut forks: Vec<Fork> = Vec::new();
        loop {
            let open = self.take_what_changes_nothing();
            if self.next[self.part.events.len()] == self.part.events.len() {
                return Outcome::Order(self.told());
            }
            let choices = self.choices(&open);
            let only = choices.len() == 1;
            if only {
                self.take(choices[0]);
            } else if !choices.is_empty() && self.is_new() {
                forks.push(Fork { length: self.order.len(), left: choices });
            }
            // Where nothing can come next, what was chosen last was wrong.
            while !only || self.steps >= steps {
                if self.steps >= steps {
                    return Outcome::GivenUp;
                }
                let Some(fork) = forks.last_mut() else { return Outcome::None };
                let Some(choice) = fork.left.pop() else {
                    forks.pop();
                    continue;
                };
                let length = fork.length;
                while self.order.len() > length {
                    self.give_back();
                }
                self.take(choice);
                break;
            }
        }
    }

    /// Whether the set of what is in the order has not led here before.
    fn is_new(&mut self) -> bool {
        if self.seen.len() >= MOST {
            self.seen.clear();
        }
        self.seen.insert(self.set)
    }

    /// Puts next in the order whatever was asked by now and changes nothing; the calls of all else that was asked by now.
    fn take_what_changes_nothing(&mut self) -> Vec<usize> {
        let head = self.part.events.len();
        let (mut at, mut open) = (self.next[head], Vec::new());
        while at != head && !self.part.events[at].1 {
            self.steps += 1;
            let fits = match (self.part.known[self.part.events[at].0].needs, self.value) {
                (Needs::Absent(0), 0) => true,
                (Needs::Has(wanted), value) => wanted == value,
                (Needs::Present, value) => value != 0,
                (Needs::Absent(_) | Needs::Taken, _) => false,
            };
            let behind = self.next[at];
            if fits {
                self.take(Move::Known(at));
                // Its answer may have stood directly behind it.
                at = if behind == self.end[at] { self.next[self.prev[behind]] } else { behind };
            } else {
                open.push(at);
                at = behind;
            }
        }
        open
    }

    /// What may come next, the most urgent last, of these calls and of requests of unknown outcome.
    fn choices(&self, open: &[usize]) -> Vec<Move> {
        let Part { known, events, deletes, puts, .. } = self.part;
        let of = |at: &usize| known[events[*at].0];
        let horizon = self.part.events[self.next_return()].2;
        if self.value != 0 {
            // A value that nobody can put again must not go before it has been found.
            if self.sources[self.value as usize] == 0 && self.first_reader(self.value).is_some() {
                return Vec::new();
            }
            let known_ones = open.iter().filter(|at| of(at).needs == Needs::Taken);
            let first = known_ones.min_by_key(|at| of(at).end).map(|at| Move::Known(*at));
            let can_delete = deletes.get(self.deleted).is_some_and(|(call, _)| *call <= horizon);
            return first.or(can_delete.then_some(Move::Delete)).into_iter().collect();
        }
        // Each with when the first answer comes that rests on it.
        let mut choices: Vec<(u64, bool, Move)> = Vec::new();
        let mut unread: Option<(u64, usize)> = None;
        let mut present: Option<u64> = None;
        for at in open {
            let request = of(at);
            match request.needs {
                Needs::Absent(1) => unread = unread.into_iter().chain([(request.end, *at)]).min(),
                Needs::Absent(value) => {
                    let end = self.first_reader(value).map_or(request.end, |end| end.min(request.end));
                    choices.push((end, false, Move::Known(*at)));
                }
                Needs::Present | Needs::Taken => {
                    present = Some(present.map_or(request.end, |end| end.min(request.end)));
                }
                Needs::Has(_) => {}
            }
        }
        choices.extend(unread.map(|(end, at)| (end, false, Move::Known(at))));
        for (place, (value, same)) in puts.iter().enumerate() {
            if same.get(self.put[place]).is_none_or(|(call, _)| *call > horizon) {
                continue;
            }
            // One that was answered may always stand in for one that was not.
            if open.iter().any(|at| of(at).needs == Needs::Absent(*value)) {
                continue;
            }
            let wanted = open.iter().any(|at| of(at).needs == Needs::Has(*value));
            let end = self.first_reader(*value).filter(|_| wanted);
            if let Some(end) = [end, present].into_iter().flatten().min() {
                choices.push((end, true, Move::Put(place)));
            }
        }
        choices.sort_by_key(|(end, unknown, _)| std::cmp::Reverse((*end, *unknown)));
        choices.into_iter().map(|(.., choice)| choice).collect()
    }

    /// Where the first answer is that is still to be explained.
    fn next_return(&self) -> usize {
        let mut at = self.next[self.part.events.len()];
        while !self.part.events[at].1 {
            at = self.next[at];
        }
        at
    }

    /// When the first get is answered that found this value and is still to be explained.
    fn first_reader(&self, value: Value) -> Option<u64> {
        let readers = self.part.readers.get(value as usize)?;
        readers.iter().find(|index| !self.taken[**index]).map(|index| self.part.known[*index].end)
    }

    fn take(&mut self, choice: Move) {
        self.steps += 1;
        self.order.push((choice, self.value));
        match choice {
            Move::Known(event) => {
                let index = self.part.events[event].0;
                self.taken[index] = true;
                self.set ^= mark(0, index);
                self.value = match self.part.known[index].needs {
                    Needs::Absent(value) => {
                        self.sources[value as usize] -= usize::from(value != 0);
                        value
                    }
                    Needs::Has(_) | Needs::Present => self.value,
                    Needs::Taken => 0,
                };
                for at in [event, self.end[event]] {
                    let (before, behind) = (self.prev[at], self.next[at]);
                    (self.next[before], self.prev[behind]) = (behind, before);
                }
            }
            Move::Put(place) => {
                self.set ^= mark(2 + place as u64, self.put[place]);
                self.put[place] += 1;
                self.value = self.part.puts[place].0;
                self.sources[self.value as usize] -= 1;
            }
            Move::Delete => {
                self.set ^= mark(1, self.deleted);
                self.deleted += 1;
                self.value = 0;
            }
        }
    }

    /// Takes the last of the order out of it.
    fn give_back(&mut self) {
        let Some((choice, before)) = self.order.pop() else { return };
        self.value = before;
        match choice {
            Move::Known(event) => {
                let index = self.part.events[event].0;
                self.taken[index] = false;
                if let Needs::Absent(value) = self.part.known[index].needs {
                    self.sources[value as usize] += usize::from(value != 0);
                }
                self.set ^= mark(0, index);
                for at in [self.end[event], event] {
                    let (before, behind) = (self.prev[at], self.next[at]);
                    (self.next[before], self.prev[behind]) = (at, at);
                }
            }
            Move::Put(place) => {
                self.put[place] -= 1;
                self.sources[self.part.puts[place].0 as usize] += 1;
                self.set ^= mark(2 + place as u64, self.put[place]);
            }
            Move::Delete => {
                self.deleted -= 1;
                self.set ^= mark(1, self.deleted);
            }
        }
    }

    /// The order, by the places of requests in the history.
    fn told(&self) -> Vec<usize> {
        let (mut deleted, mut put) = (0, vec![0; self.part.puts.len()]);
        let next = |count: &mut usize| {
            *count += 1;
            *count - 1
        };
        let place = |choice: &Move| match choice {
            Move::Known(event) => self.part.known[self.part.events[*event].0].place,
            Move::Put(place) => self.part.puts[*place].1[next(&mut put[*place])].1,
            Move::Delete => self.part.deletes[next(&mut deleted)].1,
        };
        self.order.iter().map(|(choice, _)| choice).map(place).collect()
    }
}
