//! The search for an order that explains the answers about one key.
//!
//! Of the requests that were asked before the first answer that is still to be explained, one after another is tried as the
//! next in the order (Wing and Gong). Where a set of requests has led to a value of the key before, it is not gone on from
//! again (Lowe): of such sets only a hash of 128 bits is kept.
//!
//! **Requests of unknown outcome** are in no list of what must be explained. One takes effect only directly before an answer
//! that needs it, and that loses nothing: a put that nobody has an answer to makes of an absent key a present one, and
//! whatever is answered next needs the key to be present, or contradicts it; a delete likewise. So what is not needed at
//! once can be put off, up to the answer that needs it, and then it may still be done, since nobody knows of its end. Deletes
//! may stand in for each other, and so may puts of one value; so do puts of values that no get has ever found.

use std::collections::HashSet;

use crate::chance::StableHasher;
use crate::types::{SortedMap, Text};

use super::history::{Answer, History, Op};

/// A value of the key: 0 where it is absent.
type Value = u32;

/// What an answer says of the state before and after.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Needs {
    /// The key was absent, and has this value now; 0 where it still is.
    Absent(Value),
    /// The key had this value, and still has it.
    Has(Value),
    /// The key was present, and still is.
    Present,
    /// The key was present, and is no longer.
    Taken,
}

/// An answer that must be explained.
#[derive(Clone, Copy, Debug)]
struct Known {
    place: usize,
    needs: Needs,
}

/// The requests about one key, ready to be searched.
#[derive(Debug)]
pub(super) struct Part {
    known: Vec<Known>,
    /// The calls and the returns of what is known, in order of time: which, and whether it is the return.
    events: Vec<(usize, bool, u64)>,
    /// Deletes of unknown outcome, by the time of their calls.
    deletes: Vec<(u64, usize)>,
    /// Puts of unknown outcome, for each value by the time of their calls. Values that no get has found are one.
    puts: Vec<(Value, Vec<(u64, usize)>)>,
}

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

impl Part {
    /// Those of these requests that were answered are to be explained.
    pub(super) fn new(history: &History, places: &[usize]) -> Part {
        Part::of(history, places, &|_| true)
    }

    /// Only the answers that are `asked` for are to be explained; of all others it is unknown when they took effect, and
    /// whether they did.
    pub(super) fn of(history: &History, places: &[usize], asked: &dyn Fn(usize) -> bool) -> Part {
        let mut values: SortedMap<&Text, Value> = SortedMap::default();
        let requests = || places.iter().map(|place| (*place, &history.requests[*place]));
        // A value that a get has found is one of its own; all others are 1.
        for (place, request) in requests() {
            if let Some((_, Answer::Value(value))) = &request.returned
                && asked(place)
                && values.get(&value).is_none()
            {
                values.insert(value, u32::try_from(values.len()).unwrap_or(u32::MAX - 2) + 2);
            }
        }
        let value_of = |text: &Text| values.get(&text).copied().unwrap_or(1);
        let mut part = Part { known: Vec::new(), events: Vec::new(), deletes: Vec::new(), puts: Vec::new() };
        let mut puts: SortedMap<Value, Vec<(u64, usize)>> = SortedMap::default();
        for (place, request) in requests() {
            let answer = request.returned.as_ref();
            if let Some((end, answer)) = answer.filter(|_| asked(place)) {
                let needs = match (&request.op, answer) {
                    (Op::Put(value), Answer::Done) => Needs::Absent(value_of(value)),
                    (_, Answer::NotFound) => Needs::Absent(0),
                    (_, Answer::Value(value)) => Needs::Has(value_of(value)),
                    (_, Answer::Exists) => Needs::Present,
                    (_, Answer::Done) => Needs::Taken,
                };
                let index = part.known.len();
                part.known.push(Known { place, needs });
                part.events.extend([(index, false, request.call), (index, true, (*end).max(request.call))]);
                continue;
            }
            // What was refused has changed nothing.
            let refused = answer.is_some_and(|(_, answer)| *answer != Answer::Done);
            match &request.op {
                Op::Put(value) if !refused => match puts.get_mut(&value_of(value)) {
                    Some(same) => same.push((request.call, place)),
                    None => {
                        puts.insert(value_of(value), vec![(request.call, place)]);
                    }
                },
                Op::Delete if !refused => part.deletes.push((request.call, place)),
                _ => {}
            }
        }
        // At one time calls come before returns: what only touches overlaps.
        part.events.sort_by_key(|(index, returns, time)| (*time, *returns, *index));
        part.deletes.sort_unstable();
        part.puts = puts.iter().map(|(value, same)| (*value, same.clone())).collect();
        part.puts.iter_mut().for_each(|(_, same)| same.sort_unstable());
        part
    }
}

/// Something that was put next in the order: requests of unknown outcome that an answer needs, and the answer.
#[derive(Clone, Copy, Debug)]
struct Taken {
    /// Where its call is in the list.
    event: usize,
    /// Which of the ways to it.
    way: usize,
    deletes: bool,
    /// Which of the puts of unknown outcome, by its place among the values.
    puts: Option<usize>,
    before: Value,
}

struct Search<'a> {
    part: &'a Part,
    /// A list of events in both directions; the last place is its beginning and its end.
    next: Vec<usize>,
    prev: Vec<usize>,
    /// At the place of a call, where its return is.
    end: Vec<usize>,
    value: Value,
    /// How many deletes and puts of unknown outcome have taken effect.
    deleted: usize,
    put: Vec<usize>,
    /// A hash of the set of all that is in the order.
    set: u128,
    seen: HashSet<(u128, Value)>,
    order: Vec<Taken>,
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
        Search {
            part,
            next: (1..=count).chain([0]).collect(),
            prev: std::iter::once(count).chain(0..count).collect(),
            end,
            value: 0,
            deleted: 0,
            put: vec![0; part.puts.len()],
            set: 0,
            seen: HashSet::new(),
            order: Vec::new(),
        }
    }

    fn run(mut self, steps: u64) -> Outcome {
        let head = self.part.events.len();
        let (mut at, mut way) = (self.next[head], 0);
        for _ in 0..steps {
            if at == head {
                return Outcome::Order(self.told());
            }
            let (_, returns, _) = self.part.events[at];
            if !returns {
                if let Some(taken) = self.way(at, way) {
                    if self.take(taken) {
                        (at, way) = (self.next[head], 0);
                    } else {
                        way += 1;
                    }
                } else {
                    (at, way) = (self.next[at], 0);
                }
                continue;
            }
            // An answer that nothing explains which was asked before it: what was taken last was wrong.
            let Some(taken) = self.order.pop() else { return Outcome::None };
            self.give_back(taken);
            (at, way) = (taken.event, taken.way + 1);
        }
        Outcome::GivenUp
    }

    /// The time of the first answer that is still to be explained.
    fn horizon(&self) -> u64 {
        let mut at = self.next[self.part.events.len()];
        while !self.part.events[at].1 {
            at = self.next[at];
        }
        self.part.events[at].2
    }

    /// The ways in which an answer can be explained next, one after another: as things stand, or with requests of unknown
    /// outcome before it.
    fn way(&self, event: usize, way: usize) -> Option<Taken> {
        let Part { known, deletes, puts, events } = self.part;
        let taken = |deletes, puts| Some(Taken { event, way, deletes, puts, before: self.value });
        let horizon = self.horizon();
        let can_delete = deletes.get(self.deleted).is_some_and(|(call, _)| *call <= horizon);
        let can_put = |place: &usize| puts[*place].1.get(self.put[*place]).is_some_and(|(call, _)| *call <= horizon);
        let of = |value: Value| puts.iter().position(|(known, _)| *known == value).filter(|place| can_put(place));
        match (known[events[event].0].needs, self.value) {
            (Needs::Absent(_), 0) => (way == 0).then(|| taken(false, None))?,
            (Needs::Absent(_), _) => (way == 0 && can_delete).then(|| taken(true, None))?,
            (Needs::Has(wanted), value) if wanted == value => (way == 0).then(|| taken(false, None))?,
            (Needs::Has(wanted), 0) => of(wanted).filter(|_| way == 0).and_then(|place| taken(false, Some(place))),
            (Needs::Has(wanted), _) => {
                of(wanted).filter(|_| way == 0 && can_delete).and_then(|place| taken(true, Some(place)))
            }
            // Any value will do, and which one is left matters.
            (Needs::Present | Needs::Taken, 0) => {
                let place = (0..puts.len()).filter(can_put).nth(way)?;
                taken(false, Some(place))
            }
            (Needs::Present | Needs::Taken, _) => (way == 0).then(|| taken(false, None))?,
        }
    }

    /// Puts something next in the order; false where that was tried before.
    fn take(&mut self, taken: Taken) -> bool {
        let index = self.part.events[taken.event].0;
        self.toggle(taken);
        let put = taken.puts.map(|place| self.part.puts[place].0);
        let value = put.unwrap_or(if taken.deletes { 0 } else { taken.before });
        self.value = match self.part.known[index].needs {
            Needs::Absent(value) => value,
            Needs::Has(_) | Needs::Present => value,
            Needs::Taken => 0,
        };
        if !self.seen.insert((self.set, self.value)) {
            self.toggle_back(taken);
            return false;
        }
        for at in [taken.event, self.end[taken.event]] {
            let (before, behind) = (self.prev[at], self.next[at]);
            (self.next[before], self.prev[behind]) = (behind, before);
        }
        self.order.push(taken);
        true
    }

    fn give_back(&mut self, taken: Taken) {
        for at in [self.end[taken.event], taken.event] {
            let (before, behind) = (self.prev[at], self.next[at]);
            (self.next[before], self.prev[behind]) = (at, at);
        }
        self.toggle_back(taken);
    }

    fn toggle(&mut self, taken: Taken) {
        self.set ^= mark(0, self.part.events[taken.event].0);
        if taken.deletes {
            self.set ^= mark(1, self.deleted);
            self.deleted += 1;
        }
        if let Some(place) = taken.puts {
            self.set ^= mark(2 + place as u64, self.put[place]);
            self.put[place] += 1;
        }
    }

    fn toggle_back(&mut self, taken: Taken) {
        self.set ^= mark(0, self.part.events[taken.event].0);
        if taken.deletes {
            self.deleted -= 1;
            self.set ^= mark(1, self.deleted);
        }
        if let Some(place) = taken.puts {
            self.put[place] -= 1;
            self.set ^= mark(2 + place as u64, self.put[place]);
        }
        self.value = taken.before;
    }

    /// The order, by the places of requests in the history.
    fn told(&self) -> Vec<usize> {
        let (mut deleted, mut put) = (0, vec![0; self.part.puts.len()]);
        let mut order = Vec::new();
        for taken in &self.order {
            if taken.deletes {
                order.push(self.part.deletes[deleted].1);
                deleted += 1;
            }
            if let Some(place) = taken.puts {
                order.push(self.part.puts[place].1[put[place]].1);
                put[place] += 1;
            }
            order.push(self.part.known[self.part.events[taken.event].0].place);
        }
        order
    }
}
