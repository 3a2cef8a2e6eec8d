//! The requests about one key, ready to be searched: what each answer says, in the order of time.

use crate::types::{SortedMap, Text};

use super::history::{Answer, History, Op};

/// A value of the key: 0 where it is absent.
pub(super) type Value = u32;

/// What an answer says of the state before and after.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Needs {
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
pub(super) struct Known {
    pub(super) place: usize,
    pub(super) needs: Needs,
    /// When it was answered.
    pub(super) end: u64,
}

/// The requests about one key, ready to be searched.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) known: Vec<Known>,
    /// The calls and the returns of what is known, in order of time: which, and whether it is the return.
    pub(super) events: Vec<(usize, bool, u64)>,
    /// Deletes of unknown outcome, by the time of their calls.
    pub(super) deletes: Vec<(u64, usize)>,
    /// Puts of unknown outcome, for each value by the time of their calls. Values that no get has found are one.
    pub(super) puts: Vec<(Value, Vec<(u64, usize)>)>,
    /// For each value that a get has found, by its number: these gets, by the time of their answers.
    pub(super) readers: Vec<Vec<usize>>,
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
        let mut part =
            Part { known: Vec::new(), events: Vec::new(), deletes: Vec::new(), puts: Vec::new(), readers: Vec::new() };
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
                part.known.push(Known { place, needs, end: *end });
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
        part.readers = vec![Vec::new(); values.len() + 2];
        for (index, known) in part.known.iter().enumerate() {
            if let Needs::Has(value) = known.needs {
                part.readers[value as usize].push(index);
            }
        }
        for readers in &mut part.readers {
            readers.sort_by_key(|index| part.known[*index].end);
        }
        part
    }
}
