//! A value for each slot, gaps included: slots are numbered from 1 without end and mostly filled in
//! order, so a plain vector serves better than a tree.

use crate::multi_paxos::SlotId;

/// At most one value for each slot.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Slots<T> {
    /// The value of slot `i + 1` at place `i`; the last one is never empty.
    values: Vec<Option<T>>,
}

impl<T> Default for Slots<T> {
    fn default() -> Self {
        Slots { values: Vec::new() }
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

    /// The value of a slot, to be changed.
    pub fn get_mut(&mut self, slot: SlotId) -> Option<&mut T> {
        self.values.get_mut(Self::place(slot))?.as_mut()
    }

    /// Gives a slot its value; returns the one that it had.
    pub fn insert(&mut self, slot: SlotId, value: T) -> Option<T> {
        let place = Self::place(slot);
        while self.values.len() <= place {
            self.values.push(None);
        }
        self.values[place].replace(value)
    }

    /// Takes the value of a slot away.
    pub fn remove(&mut self, slot: SlotId) -> Option<T> {
        let value = self.values.get_mut(Self::place(slot))?.take();
        while matches!(self.values.last(), Some(None)) {
            self.values.pop();
        }
        value
    }

    /// All slots that have a value, from `from` on, in order.
    pub fn range(&self, from: SlotId) -> impl Iterator<Item = (SlotId, &T)> {
        let values = (1..).map(SlotId).zip(&self.values).skip(Self::place(from));
        values.filter_map(|(slot, value)| Some((slot, value.as_ref()?)))
    }

    /// All slots that have a value, in order.
    pub fn iter(&self) -> impl Iterator<Item = (SlotId, &T)> {
        self.range(SlotId(1))
    }

    /// All slots that have a value, to be changed, in order.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (SlotId, &mut T)> {
        let values = (1..).map(SlotId).zip(&mut self.values);
        values.filter_map(|(slot, value)| Some((slot, value.as_mut()?)))
    }

    /// The last slot that has a value; 0 where none has.
    pub fn last(&self) -> SlotId {
        SlotId(self.values.len() as u64)
    }

    /// How many slots have a value.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether no slot has a value.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
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
        assert_eq!((slots.last(), slots.len(), slots.get(SlotId(2))), (SlotId(3), 2, None));
        assert_eq!(slots.remove(SlotId(3)), Some('c'));
        assert_eq!((slots.last(), slots.remove(SlotId(3))), (SlotId(1), None));
        let mut same = Slots::default();
        same.insert(SlotId(1), 'a');
        assert_eq!(slots, same);
    }
}
