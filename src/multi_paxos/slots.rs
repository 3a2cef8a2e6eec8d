//! A value for each slot, gaps included: slots are numbered from 1 without end and mostly filled in
//! order, so a sequence serves better than a tree.

use std::hash::{Hash, Hasher};

use crate::multi_paxos::SlotId;
use crate::types::Pages;

/// At most one value for each slot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Slots<T> {
    /// The value of slot `i + 1` at place `i`; the last one is never empty.
    values: Pages<Option<T>>,
    /// How many of them are not empty.
    filled: usize,
}

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Slots { values: Pages::default(), filled: 0 }
    }
}

impl<T> Slots<T> {
    fn place(slot: SlotId) -> usize {
        usize::try_from(slot.0).ok().and_then(|n| n.checked_sub(1)).expect("slots are numbered from 1")
    }

    /// The value of a slot.
    pub fn get(&self, slot: SlotId) -> Option<&T> {
        self.values.get(Self::place(slot))?.as_ref()
    }

    /// All slots that have a value, from `from` on, in order.
    pub fn range(&self, from: SlotId) -> impl Iterator<Item = (SlotId, &T)> {
        let values = (from.0..).map(SlotId).zip(self.values.range(Self::place(from)));
        values.filter_map(|(slot, value)| Some((slot, value.as_ref()?)))
    }

    /// All slots that have a value, in order.
    pub fn iter(&self) -> impl Iterator<Item = (SlotId, &T)> {
        self.range(SlotId(1))
    }

    /// The last slot that has a value; 0 where none has.
    pub fn last(&self) -> SlotId {
        SlotId(self.values.len() as u64)
    }

    /// How many slots have a value.
    pub fn len(&self) -> usize {
        self.filled
    }

    /// Whether no slot has a value.
    pub fn is_empty(&self) -> bool {
        self.filled == 0
    }
}

impl<T: Clone> Slots<T> {
    /// Gives a slot its value; returns the one that it had.
    pub fn insert(&mut self, slot: SlotId, value: T) -> Option<T> {
        let place = Self::place(slot);
        while self.values.len() <= place {
            self.values.push(None);
        }
        let known = self.values.get_mut(place)?.replace(value);
        self.filled += usize::from(known.is_none());
        known
    }
}

/// By the values alone: how many there are follows from them.
impl<T: Hash> Hash for Slots<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.values.hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_kept_and_the_end_is_never_empty() {
        let mut slots = Slots::default();
        assert_eq!((slots.insert(SlotId(3), 'c'), slots.insert(SlotId(1), 'a')), (None, None));
        assert_eq!(slots.iter().collect::<Vec<_>>(), [(SlotId(1), &'a'), (SlotId(3), &'c')]);
        assert_eq!((slots.last(), slots.len(), slots.get(SlotId(2)), slots.is_empty()), (SlotId(3), 2, None, false));
        assert_eq!(slots.range(SlotId(2)).collect::<Vec<_>>(), [(SlotId(3), &'c')]);
        assert_eq!((slots.insert(SlotId(3), 'd'), slots.len()), (Some('c'), 2));
    }
}
