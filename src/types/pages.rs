//! A vector whose copies share what they have in common.
//!
//! A run that can be walked back keeps many copies of its logs, which differ at their ends alone. So what
//! is full is bound: 64 values make a page, 64 pages a book, and neither is touched any more unless a
//! value in it is changed, for which that page alone is copied. A copy of 100,000 values costs a few
//! hundred words, reading and adding cost what they cost in a plain vector and a little more.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// How many values a page has, and how many pages a book.
const FULL: usize = 64;

/// A vector whose copies share what they have in common.
#[derive(Clone, Debug)]
pub struct Pages<T> {
    books: Vec<Arc<[Arc<[T]>]>>,
    pages: Vec<Arc<[T]>>,
    /// Always fewer than fill a page.
    tail: Vec<T>,
}

impl<T> Default for Pages<T> {
    fn default() -> Self {
        Pages { books: Vec::new(), pages: Vec::new(), tail: Vec::new() }
    }
}

impl<T> Pages<T> {
    /// How many values are bound in pages and books.
    fn bound(&self) -> usize {
        (self.books.len() * FULL + self.pages.len()) * FULL
    }

    /// How many values there are.
    pub fn len(&self) -> usize {
        self.bound() + self.tail.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        // While there is a page there may be nothing behind it.
        self.tail.is_empty() && self.pages.is_empty() && self.books.is_empty()
    }

    /// The value at a place, from 0.
    pub fn get(&self, at: usize) -> Option<&T> {
        if let Some(behind) = at.checked_sub(self.bound()) {
            return self.tail.get(behind);
        }
        let (page, value) = (at / FULL, at % FULL);
        match self.books.get(page / FULL) {
            Some(book) => book[page % FULL].get(value),
            None => self.pages[page - self.books.len() * FULL].get(value),
        }
    }

    /// The last value.
    pub fn last(&self) -> Option<&T> {
        // While something lies behind the last page, no page need be looked for.
        self.tail.last().or_else(|| self.get(self.len().checked_sub(1)?))
    }

    /// The values from a place on, in order.
    pub fn range(&self, from: usize) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator {
        (from.min(self.len())..self.len()).map(|at| self.get(at).expect("every place below the length has a value"))
    }

    /// All values, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &T> + ExactSizeIterator {
        self.range(0)
    }

    /// How many values at the beginning fulfil a condition that none fulfils behind them.
    pub fn partition_point(&self, fulfils: impl Fn(&T) -> bool) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.get(middle).is_some_and(&fulfils) { low = middle + 1 } else { high = middle }
        }
        low
    }
}

impl<T: Clone> Pages<T> {
    /// Adds a value at the end.
    pub fn push(&mut self, value: T) {
        self.tail.push(value);
        if self.tail.len() == FULL {
            // Moved out rather than given away: the tail keeps its room, and need not grow anew for every page.
            self.pages.push(self.tail.drain(..).collect());
            if self.pages.len() == FULL {
                self.books.push(self.pages.drain(..).collect());
            }
        }
    }

    /// At most `most` values from a place on.
    pub fn slice(&self, from: usize, most: usize) -> Arc<[T]> {
        let to = self.len().min(from.saturating_add(most));
        match from.checked_sub(self.bound()) {
            // What is asked for is mostly what came last.
            Some(behind) if from < to => self.tail[behind..to - self.bound()].into(),
            _ => self.range(from).take(most).cloned().collect(),
        }
    }

    /// Takes the last bound page apart, so that it is the tail again.
    fn unbind(&mut self) {
        if self.pages.is_empty() {
            self.pages = self.books.pop().map_or_else(Vec::new, |book| book.to_vec());
        }
        self.tail = self.pages.pop().map_or_else(Vec::new, |page| page.to_vec());
    }

    /// Takes the last value away.
    pub fn pop(&mut self) -> Option<T> {
        if self.tail.is_empty() {
            self.unbind();
        }
        self.tail.pop()
    }

    /// Takes everything away but the first `len` values.
    pub fn truncate(&mut self, len: usize) {
        while self.len() > len {
            if self.tail.is_empty() {
                self.unbind();
            }
            self.tail.truncate(len.saturating_sub(self.bound()));
        }
    }

    /// The value at a place, to be changed: other copies keep what they have.
    pub fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        if let Some(behind) = at.checked_sub(self.bound()) {
            return self.tail.get_mut(behind);
        }
        let (page, value, before) = (at / FULL, at % FULL, self.books.len() * FULL);
        let bound = match self.books.get_mut(page / FULL) {
            Some(book) => &mut Arc::make_mut(book)[page % FULL],
            None => &mut self.pages[page - before],
        };
        Arc::make_mut(bound).get_mut(value)
    }
}

impl<T: Eq> Pages<T> {
    /// Has what is bound in both alike, and at the same places, held once from now on. Of what is shared already a
    /// comparison costs a word.
    pub fn share(&mut self, other: &Self) {
        hold_once(&mut self.books, &other.books);
        // Pages that one of the two has bound in a book are compared when the other one binds its own.
        if self.books.len() == other.books.len() {
            hold_once(&mut self.pages, &other.pages);
        }
    }
}

fn hold_once<T: Eq>(own: &mut [Arc<[T]>], other: &[Arc<[T]>]) {
    for (own, other) in own.iter_mut().zip(other) {
        if *own == *other {
            own.clone_from(other);
        }
    }
}

impl<T: Clone> Extend<T> for Pages<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, values: I) {
        values.into_iter().for_each(|value| self.push(value));
    }
}

impl<T: Clone> FromIterator<T> for Pages<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        let mut pages = Pages::default();
        pages.extend(values);
        pages
    }
}

impl<T: PartialEq> PartialEq for Pages<T> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl<T: Eq> Eq for Pages<T> {}

/// As a plain vector.
impl<T: Hash> Hash for Pages<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.len());
        self.iter().for_each(|value| value.hash(state));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::StableHasher;

    /// Lengths at which something is bound or taken apart.
    const TURNS: [usize; 10] = [0, 1, 63, 64, 65, 127, 4_095, 4_096, 4_097, 8_300];

    fn counted(len: usize) -> Pages<usize> {
        (0..len).collect()
    }

    #[test]
    fn it_holds_what_a_plain_vector_holds() {
        for len in TURNS {
            let (pages, vector) = (counted(len), (0..len).collect::<Vec<usize>>());
            assert_eq!((pages.len(), pages.is_empty()), (len, len == 0));
            assert!(pages.iter().eq(vector.iter()) && pages.iter().rev().eq(vector.iter().rev()), "{len}");
            assert_eq!((pages.last(), pages.get(len)), (vector.last(), None));
            // Plain numbers in a vector are hashed as one run of bytes; whatever else there is, one by one.
            let (some_pages, some): (Pages<_>, Vec<_>) = ((0..len).map(Some).collect(), (0..len).map(Some).collect());
            assert_eq!(StableHasher::of(&some_pages), StableHasher::of(&some));
            assert!(pages.range(len / 2).eq(vector[len / 2..].iter()));
            for from in [0, len / 2, len.saturating_sub(1), len, len + 1] {
                let expected: Vec<usize> = (from..len).take(70).collect();
                assert_eq!(*pages.slice(from, 70), expected, "{from} of {len}");
            }
            assert_eq!(pages.partition_point(|value| *value < 70), len.min(70));
        }
    }

    #[test]
    fn it_can_be_cut_anywhere_and_goes_on_from_there() {
        for len in TURNS {
            for cut in TURNS {
                let mut pages = counted(len);
                pages.truncate(cut);
                assert_eq!(pages, counted(len.min(cut)), "{len} cut to {cut}");
                pages.push(len.min(cut));
                assert_eq!(pages, counted(len.min(cut) + 1));
                assert_eq!(pages.pop(), Some(len.min(cut)));
            }
        }
        assert_eq!(Pages::<u8>::default().pop(), None);
    }

    #[test]
    fn what_two_have_alike_they_hold_once() {
        let same = |one: &Pages<usize>, other: &Pages<usize>, at| {
            std::ptr::eq(one.get(at).expect("it is there"), other.get(at).expect("it is there"))
        };
        for len in TURNS {
            let (one, mut other) = (counted(len + 10), counted(len));
            other.share(&one);
            assert_eq!(other, counted(len), "nothing else changes");
            // Where one has a book of what the other has in loose pages, those wait.
            let waits = one.books.len() > other.books.len();
            let bound = if waits { other.books.len() * FULL * FULL } else { other.bound() };
            assert!((0..len).filter(|at| same(&one, &other, *at)).eq(0..bound), "{len}");
        }
        let (one, mut other) = (counted(8_300), counted(8_300));
        for at in [5_000, 8_200] {
            *other.get_mut(at).expect("it is there") = 7;
        }
        let before = other.clone();
        other.share(&one);
        assert_eq!(other, before, "what differs stays as it is");
        assert_eq!([0, 4_096, 8_192].map(|at| same(&one, &other, at)), [true, false, false]);
    }

    #[test]
    fn copies_do_not_see_each_others_changes() {
        for at in TURNS.into_iter().filter(|at| *at < 8_300) {
            let kept = counted(8_300);
            let mut changed = kept.clone();
            *changed.get_mut(at).expect("it is there") = 7_777_777;
            assert_eq!(kept, counted(8_300));
            assert_eq!(changed.get(at), Some(&7_777_777));
            assert_eq!(changed.iter().zip(kept.iter()).filter(|(one, other)| one != other).count(), 1);
        }
        assert_eq!(counted(70).get_mut(70), None);
    }
}
