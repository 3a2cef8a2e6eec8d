//! The states that were seen: their fingerprints, and how each was come to.
//!
//! A state takes 16 bytes, and 4 more for each place of the table that finds it. Both grow by parts rather than by
//! doubling what is already large, so that together they stay below 64 bytes a state.

/// Where a state was come to from.
#[derive(Clone, Copy, Debug)]
struct Entry {
    fingerprint: u64,
    /// The state before it.
    from: u32,
    /// Which of the moves that were possible there.
    by: u16,
    depth: u16,
}

/// The states that were seen, by number, in the order in which they were found.
#[derive(Clone, Debug, Default)]
pub(super) struct Visited {
    entries: Vec<Entry>,
    /// The number of a state and one, at a place that its fingerprint gives, or behind it; 0 where there is none.
    table: Vec<u32>,
}

/// The number of the state that the exploration began in.
pub(super) const ROOT: u32 = 0;

impl Visited {
    /// How many states were seen.
    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// How many moves a state is away from the first one, on the way on which it was found.
    pub(super) fn depth(&self, id: u32) -> u16 {
        self.entries[id as usize].depth
    }

    /// How much memory is taken.
    pub(super) fn bytes(&self) -> u64 {
        (self.entries.capacity() * size_of::<Entry>() + self.table.capacity() * size_of::<u32>()) as u64
    }

    fn start(&self, fingerprint: u64) -> usize {
        // The high half of a product is below the length, whatever that is.
        let place = (u128::from(fingerprint) * self.table.len() as u128) >> 64;
        usize::try_from(place).unwrap_or(0)
    }

    /// The place of a fingerprint in the table, or the free one where it belongs.
    fn place(&self, fingerprint: u64) -> usize {
        let mut place = self.start(fingerprint);
        while let Some(id) = self.table[place].checked_sub(1) {
            if self.entries[id as usize].fingerprint == fingerprint {
                break;
            }
            place = if place + 1 == self.table.len() { 0 } else { place + 1 };
        }
        place
    }

    /// Whether a state of this fingerprint was seen.
    #[cfg(any(test, not(target_arch = "wasm32")))]
    pub(super) fn contains(&self, fingerprint: u64) -> bool {
        !self.table.is_empty() && self.table[self.place(fingerprint)] != 0
    }

    /// Takes note of a state; none where one with this fingerprint was seen.
    pub(super) fn insert(&mut self, fingerprint: u64, from: u32, by: u16, depth: u16) -> Option<u32> {
        if (self.entries.len() + 1) * 4 > self.table.len() * 3 {
            self.grow();
        }
        let place = self.place(fingerprint);
        if self.table[place] != 0 {
            return None;
        }
        let id = u32::try_from(self.entries.len()).ok().filter(|id| *id < u32::MAX)?;
        if self.entries.len() == self.entries.capacity() {
            self.entries.reserve_exact(1_024.max(self.entries.len() / 4));
        }
        self.entries.push(Entry { fingerprint, from, by, depth });
        self.table[place] = id + 1;
        Some(id)
    }

    fn grow(&mut self) {
        let len = (self.table.len() + self.table.len() / 2).max(4_096);
        self.table = vec![0; len];
        for id in 0..self.entries.len() {
            let place = self.place(self.entries[id].fingerprint);
            self.table[place] = u32::try_from(id).expect("numbers of states have 32 bits") + 1;
        }
    }

    /// Which moves lead from the first state to this one, each by its place among those that were possible.
    pub(super) fn path(&self, id: u32) -> Vec<u16> {
        self.way(id).into_iter().map(|(_, by)| by).collect()
    }

    /// The same with the number of the state that each move leads to.
    pub(super) fn way(&self, mut id: u32) -> Vec<(u32, u16)> {
        let mut way = Vec::new();
        while id != ROOT {
            let entry = &self.entries[id as usize];
            way.push((id, entry.by));
            id = entry.from;
        }
        way.reverse();
        way
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::StableHasher;

    #[test]
    fn every_fingerprint_is_found_again_and_no_other() {
        let mut visited = Visited::default();
        let print = |n: u32| if n < 4 { u64::from(n) } else { StableHasher::of(&n) };
        for n in 0..100_000 {
            assert!(!visited.contains(print(n)));
            assert_eq!(visited.insert(print(n), n.saturating_sub(1), 7, 0), Some(n));
            assert_eq!(visited.insert(print(n), 0, 0, 0), None);
        }
        assert!((0..100_000).all(|n| visited.contains(print(n))));
        assert!(!visited.contains(u64::MAX) && visited.len() == 100_000);
        assert_eq!(visited.path(3), [7, 7, 7]);
        assert!(visited.bytes() < 64 * 100_000, "{} bytes", visited.bytes());
    }
}
