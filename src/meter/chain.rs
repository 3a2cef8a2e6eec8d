//! A list that grows at one end, and of which copies share everything: a copy is a pointer, whatever the length. For
//! lists that are short and seldom read, where [`Pages`](crate::types::Pages) would be more than is needed.

use std::sync::Arc;

/// A list whose copies share everything.
#[derive(Debug)]
pub(super) struct Chain<T> {
    last: Option<Arc<Link<T>>>,
    len: usize,
}

#[derive(Debug)]
struct Link<T> {
    value: Arc<T>,
    before: Option<Arc<Link<T>>>,
}

impl<T> Default for Chain<T> {
    fn default() -> Self {
        Chain { last: None, len: 0 }
    }
}

impl<T> Clone for Chain<T> {
    fn clone(&self) -> Self {
        Chain { last: self.last.clone(), len: self.len }
    }
}

impl<T> Chain<T> {
    /// How many values there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Adds a value at the end.
    pub(super) fn push(&mut self, value: Arc<T>) {
        let before = self.last.take();
        self.last = Some(Arc::new(Link { value, before }));
        self.len += 1;
    }

    /// All values, the first one first.
    pub(super) fn values(&self) -> Vec<&Arc<T>> {
        let mut values = Vec::with_capacity(self.len);
        let mut next = &self.last;
        while let Some(link) = next {
            values.push(&link.value);
            next = &link.before;
        }
        values.reverse();
        values
    }

    /// Keeps only the values at the places, from 0, that are wanted.
    pub(super) fn keep(&mut self, wanted: impl Fn(usize) -> bool) {
        let mut kept = Chain::default();
        for (at, value) in self.values().into_iter().enumerate() {
            if wanted(at) {
                kept.push(value.clone());
            }
        }
        *self = kept;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_share_what_they_have_in_common_and_go_on_apart() {
        let mut one = Chain::default();
        (0..5).for_each(|n| one.push(Arc::new(n)));
        let mut other = one.clone();
        one.push(Arc::new(7));
        other.keep(|at| at % 2 == 1);
        other.push(Arc::new(9));
        let values = |chain: &Chain<i32>| chain.values().into_iter().map(|value| **value).collect::<Vec<_>>();
        assert_eq!((values(&one), one.len()), (vec![0, 1, 2, 3, 4, 7], 6));
        assert_eq!((values(&other), other.len()), (vec![1, 3, 9], 3));
        assert!(Arc::ptr_eq(one.values()[3], other.values()[1]));
    }
}
