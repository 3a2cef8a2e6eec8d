//! How long something took, many times: counts in buckets whose width grows with what is in them.
//!
//! There are four buckets to each doubling, so that a bucket is never wider than a quarter of what is in it; below
//! four microseconds each has a bucket of its own. Whole numbers alone, the same on every platform. Only buckets that
//! hold something are kept: a run is copied often, and most of what is measured lies close together.

use serde::Serialize;

use crate::types::{SortedMap, Span};

/// Counts of lengths of time, in buckets.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Histogram {
    buckets: SortedMap<u8, u64>,
    count: u64,
    longest: Span,
}

/// One bucket: so many took at least `from` and at most `to`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct Bucket {
    /// The shortest that belongs to it.
    pub from: Span,
    /// The longest that belongs to it.
    pub to: Span,
    /// How many there were.
    pub count: u64,
}

/// A histogram as it is shown.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Distribution {
    /// How many were measured.
    pub count: u64,
    /// Half of them took so long at most: the end of the bucket that the middle one lies in. None where there are none.
    pub median: Option<Span>,
    /// The same of 99 in a hundred.
    pub most: Option<Span>,
    /// What the longest took.
    pub longest: Option<Span>,
    /// The buckets from the first that holds something to the last, one beside the other.
    pub buckets: Vec<Bucket>,
}

/// The bucket that a length of time belongs to.
fn bucket(Span(micros): Span) -> u8 {
    if micros < 4 {
        return u8::try_from(micros).unwrap_or(0);
    }
    let doublings = 63 - micros.leading_zeros();
    let quarter = micros >> (doublings - 2) & 3;
    u8::try_from(u64::from(doublings - 1) * 4 + quarter).expect("64 doublings of four buckets are no more than 256")
}

/// The shortest and the longest that belong to a bucket.
fn bounds(bucket: u8) -> (Span, Span) {
    let (doublings, quarter) = (u32::from(bucket / 4), u64::from(bucket % 4));
    let Some(scale) = doublings.checked_sub(1) else { return (Span(quarter), Span(quarter)) };
    // The last bucket ends where the numbers do.
    (Span((4 + quarter) << scale), Span(((5 + quarter) << scale).wrapping_sub(1)))
}

impl Histogram {
    /// So many took so long.
    pub fn record(&mut self, took: Span, count: u64) {
        let bucket = bucket(took);
        match self.buckets.get_mut(&bucket) {
            Some(known) => *known += count,
            None => drop(self.buckets.insert(bucket, count)),
        }
        self.count += count;
        self.longest = self.longest.max(took);
    }

    /// Takes over what another has counted.
    pub fn add(&mut self, other: &Histogram) {
        for (bucket, count) in other.buckets.iter() {
            self.record(bounds(*bucket).0, *count);
        }
        self.longest = self.longest.max(other.longest);
    }

    /// How many were measured.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// So long took the given share of all at most, to the end of a bucket; none where nothing was measured.
    pub fn quantile(&self, percent: u64) -> Option<Span> {
        let rank = (self.count.saturating_mul(percent)).div_ceil(100).max(1);
        let mut seen = 0;
        let found = self.buckets.iter().find(|(_, count)| {
            seen += **count;
            seen >= rank
        });
        found.map(|(bucket, _)| bounds(*bucket).1.min(self.longest))
    }

    /// All of it, to be shown.
    pub fn show(&self) -> Distribution {
        let (first, last) = (self.buckets.iter().next(), self.buckets.iter().last());
        let held = first.zip(last).map(|((first, _), (last, _))| *first..=*last);
        let buckets = held.into_iter().flatten().map(|bucket| {
            let ((from, to), count) = (bounds(bucket), self.buckets.get(&bucket).copied().unwrap_or(0));
            Bucket { from, to, count }
        });
        Distribution {
            count: self.count,
            median: self.quantile(50),
            most: self.quantile(99),
            longest: (self.count > 0).then_some(self.longest),
            buckets: buckets.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_buckets_follow_each_other_without_a_gap_and_each_holds_what_lies_in_its_bounds() {
        let mut next = 0;
        for number in 0..=251 {
            let (from, to) = bounds(number);
            assert_eq!(from.0, next, "bucket {number} begins where the one before ends");
            assert_eq!((bucket(from), bucket(to)), (number, number));
            assert!(number < 4 || to.0 - from.0 < from.0 / 4, "bucket {number} is wider than a quarter of its values");
            next = to.0.wrapping_add(1);
        }
        assert_eq!(next, 0, "the last bucket ends where the numbers do");
    }

    #[test]
    fn the_median_is_the_one_in_the_middle_and_never_more_than_the_longest() {
        let mut times = Histogram::default();
        assert_eq!((times.quantile(50), times.show().longest), (None, None));
        times.record(Span::millis(20), 1);
        assert_eq!(times.quantile(50), Some(Span::millis(20)), "the only one is known exactly");
        for (millis, count) in [(1, 10), (3, 10), (100, 1)] {
            times.record(Span::millis(millis), count);
        }
        // 22 of them: the 11th is one of 3 ms, the 22nd is the longest.
        assert_eq!(bounds(bucket(Span::millis(3))), (Span(2_560), Span(3_071)));
        assert_eq!((times.quantile(50), times.quantile(99)), (Some(Span(3_071)), Some(Span::millis(100))));
        assert_eq!(times.quantile(45), Some(Span(1_023)), "the 10th is one of 1 ms");
        let shown = times.show();
        let counts: Vec<u64> = shown.buckets.iter().map(|bucket| bucket.count).filter(|count| *count > 0).collect();
        assert_eq!((shown.count, counts), (22, vec![10, 10, 1, 1]));
        assert!(shown.buckets.windows(2).all(|pair| pair[0].to.0 + 1 == pair[1].from.0), "they stand side by side");
    }

    #[test]
    fn two_together_are_as_if_all_had_been_counted_in_one() {
        let (mut one, mut other, mut both) = (Histogram::default(), Histogram::default(), Histogram::default());
        for (at, micros) in [7, 900, 900, 44_000, 3_000_000].into_iter().enumerate() {
            let half = if at % 2 == 0 { &mut one } else { &mut other };
            half.record(Span(micros), 1);
            both.record(Span(micros), 1);
        }
        one.add(&other);
        assert_eq!(one, both);
    }
}
