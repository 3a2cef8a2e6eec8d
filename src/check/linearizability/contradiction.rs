//! The few requests by which a history is refused.
//!
//! Of a request that is left out nobody asks any more what it was answered: it may have taken effect at any time after it was
//! asked, or never. So leaving out more makes more orders possible, never fewer; and a few requests that cannot be reconciled
//! whatever became of all others are a contradiction of the whole history.
//!
//! Some contradictions are long by nature: a put never overwrites, so puts and deletes take turns, and where no get tells of
//! a value only counting all of them shows that one is too many.

use super::history::History;
use super::part::Part;
use super::search::{Outcome, search};

/// The requests about a key, by their places in the history, that cannot be reconciled; without any one of them the others
/// can be, as far as the search could tell within its steps.
pub(super) fn shortest(history: &History, places: &[usize], steps: u64) -> Vec<usize> {
    let end = |place: &usize| history.requests[*place].returned.as_ref().map(|(end, _)| *end);
    let mut answered: Vec<usize> = places.iter().copied().filter(|place| end(place).is_some()).collect();
    answered.sort_by_key(|place| (end(place), *place));
    let refused = |kept: &[usize]| {
        let mut kept = kept.to_vec();
        kept.sort_unstable();
        let part = Part::of(history, places, &|place| kept.binary_search(&place).is_ok());
        search(&part, steps) == Outcome::None
    };
    // The first answer with which it cannot be explained any more, and then the last from which on it cannot.
    let upto = first(answered.len(), |count| refused(&answered[..count]));
    answered.truncate(upto);
    let from = answered.len() - first(answered.len(), |count| refused(&answered[answered.len() - count..]));
    answered.drain(..from);
    // The last of them is in every contradiction: without it there is none. Perhaps it contradicts one or two others.
    if let Some(few) = few(&answered, places.len(), &refused) {
        answered = few;
    }
    // Of these any that need not be there goes.
    let mut at = 0;
    while at < answered.len() {
        let without: Vec<usize> =
            answered.iter().copied().enumerate().filter(|(i, _)| *i != at).map(|(_, p)| p).collect();
        if refused(&without) {
            answered = without;
        } else {
            at += 1;
        }
    }
    answered.sort_by_key(|place| (history.requests[*place].call, *place));
    answered
}

/// So many requests are gone through at most in the search for a contradiction of three.
const WORK: usize = 20_000_000;

/// The last of these with none, one or two others, where that is refused; the latest others are tried first. None where there
/// is no such thing, or where it would take long to find out.
fn few(answered: &[usize], all: usize, refused: &dyn Fn(&[usize]) -> bool) -> Option<Vec<usize>> {
    let (last, others) = answered.split_last()?;
    if refused(&[*last]) {
        return Some(vec![*last]);
    }
    let pairs = others.len();
    if pairs.saturating_mul(all) > WORK {
        return None;
    }
    let one = others.iter().rev().find(|one| refused(&[**one, *last]));
    if let Some(one) = one {
        return Some(vec![*one, *last]);
    }
    if pairs.saturating_mul(pairs).saturating_mul(all) > WORK {
        return None;
    }
    let two = (0..pairs).rev().flat_map(|two| (0..two).rev().map(move |one| (one, two)));
    two.map(|(one, two)| vec![others[one], others[two], *last]).find(|three| refused(three))
}

/// The least count up to `most` of which something is so, which is so of `most`, and of every count above the least.
fn first(most: usize, is_so: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, most);
    while low < high {
        let middle = low.midpoint(high);
        if is_so(middle) { high = middle } else { low = middle + 1 }
    }
    low
}
