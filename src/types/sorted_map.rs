//! A small map in order of its keys: a sorted vector.
//!
//! What a simulation keeps in maps is small: keys of a store, leaders of terms, open proposals. For so few a vector is
//! as quick as a tree and copied in one piece; and of trees, each kind of key and value would weigh in the page as
//! much as a protocol's rule.

/// A map in order of its keys.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SortedMap<K, V> {
    pairs: Vec<(K, V)>,
}

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> Self {
        SortedMap { pairs: Vec::new() }
    }
}

impl<K: Ord, V> SortedMap<K, V> {
    fn place(&self, key: &K) -> Result<usize, usize> {
        self.pairs.binary_search_by(|(known, _)| known.cmp(key))
    }

    /// The value of a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.place(key).ok().map(|at| &self.pairs[at].1)
    }

    /// The value of a key, to be changed.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.place(key).ok().map(|at| &mut self.pairs[at].1)
    }

    /// Gives a key its value; returns the one that it had.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.place(&key) {
            Ok(at) => Some(std::mem::replace(&mut self.pairs[at].1, value)),
            Err(at) => {
                self.pairs.insert(at, (key, value));
                None
            }
        }
    }

    /// Gives a key a value unless it has one; whether it had none. One search, where asking first would be two.
    pub fn add(&mut self, key: K, value: V) -> bool {
        match self.place(&key) {
            Ok(_) => false,
            Err(at) => {
                self.pairs.insert(at, (key, value));
                true
            }
        }
    }

    /// Takes a key and its value away.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        self.place(key).ok().map(|at| self.pairs.remove(at).1)
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// All keys with their values, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&K, &V)> {
        self.pairs.iter().map(|(key, value)| (key, value))
    }

    /// The same, with the values to be changed.
    pub fn iter_mut(&mut self) -> impl ExactSizeIterator<Item = (&K, &mut V)> {
        self.pairs.iter_mut().map(|(key, value)| (&*key, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_in_order_however_they_came() {
        let mut map = SortedMap::default();
        for (key, value) in [(3, 'c'), (1, 'a'), (2, 'b')] {
            assert_eq!(map.insert(key, value), None);
        }
        assert_eq!(map.insert(2, 'x'), Some('b'));
        assert_eq!((map.add(3, 'y'), map.add(4, 'd'), map.remove(&4)), (false, true, Some('d')));
        assert_eq!(map.iter().collect::<Vec<_>>(), [(&1, &'a'), (&2, &'x'), (&3, &'c')]);
        assert_eq!((map.remove(&1), map.remove(&1), map.len(), map.is_empty()), (Some('a'), None, 2, false));
        *map.get_mut(&3).expect("it is there") = 'z';
        assert_eq!((map.get(&3), map.get(&1)), (Some(&'z'), None));
        map.iter_mut().for_each(|(_, value)| *value = '.');
        assert_eq!(map.get(&2), Some(&'.'));
    }
}
