//! The same judgement of one key, answer by answer while the requests come: for whoever wants to stop at the first answer
//! that no order explains.
//!
//! After each answer all states are kept that the key can be in, each with those of the requests under way that have taken
//! effect (the just-in-time linearization of Lowe, 2017). What runs has few requests under way about a key, so these are few;
//! where they grow beyond a bound the key is given up, and nothing more is said of it.

use std::collections::HashSet;

use super::history::{Answer, Op};
use crate::types::Text;

/// So many states are kept of a key at most.
const MOST: usize = 2_000;

/// A request that is under way, or whose outcome nobody will learn.
#[derive(Clone, Debug)]
struct Pending {
    id: u64,
    op: Op,
    lost: bool,
}

/// What one server can have come to.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
struct State {
    value: Option<Text>,
    /// The pending requests that have taken effect, in the order of their numbers, each with its answer.
    done: Vec<(u64, Answer)>,
}

impl State {
    fn place(&self, id: u64) -> Result<usize, usize> {
        self.done.binary_search_by_key(&id, |(id, _)| *id)
    }
}

/// One key.
#[derive(Clone, Debug)]
pub struct Online {
    pending: Vec<Pending>,
    /// Empty once the key is given up.
    states: Vec<State>,
}

impl Default for Online {
    fn default() -> Self {
        Online { pending: Vec::new(), states: vec![State::default()] }
    }
}

impl Online {
    /// A request is asked, under a number that no other has.
    pub fn asked(&mut self, id: u64, op: Op) {
        self.pending.push(Pending { id, op, lost: false });
    }

    /// Nobody will learn any more what came of it.
    pub fn lost(&mut self, id: u64) {
        let Some(place) = self.pending.iter().position(|pending| pending.id == id) else { return };
        // What was not to change anything has left no trace; whatever else it did is done.
        for state in &mut self.states {
            if let Ok(at) = state.place(id)
                && state.done[at].1 != Answer::Done
            {
                state.done.remove(at);
            }
        }
        let known: HashSet<State> = self.states.drain(..).collect();
        self.states.extend(known);
        if self.pending[place].op == Op::Get {
            self.pending.remove(place);
        } else {
            self.pending[place].lost = true;
        }
    }

    /// It is answered; false where no order of all requests explains all answers so far.
    pub fn answered(&mut self, id: u64, answer: &Answer) -> bool {
        let Some(place) = self.pending.iter().position(|pending| pending.id == id) else { return true };
        let op = self.pending.remove(place).op;
        if self.states.is_empty() {
            return true;
        }
        if self.pending.is_empty() {
            // Nothing else can have taken effect since, which is so of most requests.
            for State { value, done } in std::mem::take(&mut self.states) {
                let (told, value) = match done.into_iter().next() {
                    Some((_, told)) => (told, value),
                    None => carried_out(&op, &value),
                };
                let state = State { value, done: Vec::new() };
                if told == *answer && !self.states.contains(&state) {
                    self.states.push(state);
                }
            }
            return !self.states.is_empty();
        }
        let mut known: HashSet<State> = self.states.iter().cloned().collect();
        let mut open = std::mem::take(&mut self.states);
        let mut found: HashSet<State> = HashSet::new();
        while let Some(state) = open.pop() {
            if let Ok(at) = state.place(id) {
                if state.done[at].1 == *answer {
                    let mut done = state.done;
                    done.remove(at);
                    found.insert(State { value: state.value, done });
                }
                continue;
            }
            let (told, value) = carried_out(&op, &state.value);
            if told == *answer {
                found.insert(State { value, done: state.done.clone() });
            }
            for pending in &self.pending {
                let Err(at) = state.place(pending.id) else { continue };
                let (told, value) = carried_out(&pending.op, &state.value);
                if pending.lost && told != Answer::Done {
                    continue;
                }
                let mut done = state.done.clone();
                done.insert(at, (pending.id, told));
                let next = State { value, done };
                if known.insert(next.clone()) {
                    open.push(next);
                }
            }
            if known.len() > MOST {
                return true;
            }
        }
        self.states.extend(found);
        !self.states.is_empty()
    }
}

/// What a server says that has this value of the key, and which one it has then.
fn carried_out(op: &Op, value: &Option<Text>) -> (Answer, Option<Text>) {
    match (op, value) {
        (Op::Put(new), None) => (Answer::Done, Some(new.clone())),
        (Op::Put(_), Some(_)) => (Answer::Exists, value.clone()),
        (Op::Get, Some(found)) => (Answer::Value(found.clone()), value.clone()),
        (Op::Get | Op::Delete, None) => (Answer::NotFound, None),
        (Op::Delete, Some(_)) => (Answer::Done, None),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::tests::{brute, random_history};
    use super::super::{History, Verdict, judge};
    use super::*;

    /// Every event of a history about one key in the order of time; when the answer came that cannot be explained, and
    /// whether the key was given up before.
    pub(in super::super) fn first_wrong(history: &History) -> (Option<u64>, bool) {
        let mut events = Vec::new();
        for (id, request) in (0..).zip(&history.requests) {
            events.push((request.call, false, id));
            events.extend(request.returned.as_ref().map(|(end, _)| (*end, true, id)));
        }
        events.sort_unstable();
        let mut online = Online::default();
        for (at, returns, id) in events {
            let request = &history.requests[usize::try_from(id).expect("few")];
            match &request.returned {
                Some((_, answer)) if returns => {
                    if !online.answered(id, answer) {
                        return (Some(at), false);
                    }
                }
                answer => {
                    online.asked(id, request.op.clone());
                    // Half of what has no outcome is known at once to have none.
                    if answer.is_none() && id % 2 == 0 {
                        online.lost(id);
                    }
                }
            }
        }
        (None, online.states.is_empty())
    }

    #[test]
    fn no_difference_to_the_judge_on_100_000_small_histories() {
        for seed in 0..100_000 {
            let history = random_history(seed);
            let (wrong, given_up) = first_wrong(&history);
            assert!(!given_up, "seed {seed} has few requests");
            let verdict = judge(&history, u64::MAX);
            assert_eq!(wrong.is_some(), matches!(verdict, Verdict::Refused { .. }), "seed {seed}: {history:#?}");
            let Some(wrong) = wrong else { continue };
            // It is said at the first answer with which it is so. Of what is answered later nothing is known yet.
            let until = |time: u64| {
                let mut known = history.clone();
                known.requests.retain(|request| request.call <= time);
                known.requests.iter_mut().for_each(|request| {
                    request.returned = request.returned.take().filter(|(end, _)| *end <= time);
                });
                brute(&known)
            };
            assert!(!until(wrong) && (wrong == 0 || until(wrong - 1)), "seed {seed}, at {wrong}: {history:#?}");
        }
    }
}
