//! What there was at equal distances of time: so many samples at most, since a run may be long. When there is no room
//! for another one every second is given up, and from then on they lie twice as far apart.
//!
//! Copies of a run share its samples: a copy costs a few words.

use std::sync::Arc;

use crate::meter::Totals;
use crate::types::{Pages, Span, Time};

/// How far samples lie apart at first.
const FIRST: Span = Span::millis(250);
/// So many are kept at most.
const MOST: usize = 128;

/// Samples at equal distances, the first one such distance after the start.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Series {
    every: Span,
    samples: Pages<Arc<[Totals]>>,
}

impl Default for Series {
    fn default() -> Self {
        Series { every: FIRST, samples: Pages::default() }
    }
}

impl Series {
    /// How far the samples lie apart.
    pub(super) fn every(&self) -> Span {
        self.every
    }

    /// When the next sample is due.
    pub(super) fn due(&self) -> Time {
        Time(self.every.0 * (self.samples.len() as u64 + 1))
    }

    /// Keeps what there was when it was due.
    pub(super) fn push(&mut self, sample: Arc<[Totals]>) {
        self.samples.push(sample);
        if self.samples.len() == MOST {
            self.samples = self.samples.iter().skip(1).step_by(2).cloned().collect();
            self.every.0 *= 2;
        }
    }

    /// The samples with their times, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Time, &[Totals])> {
        (1..).map(|count| Time(self.every.0 * count)).zip(self.samples.iter().map(|sample| &**sample))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_never_more_than_there_is_room_for_and_each_is_of_its_time() {
        let mut series = Series::default();
        while series.due() < Time(3_600_000_000) {
            let at = series.due().0;
            series.push(Arc::new([Totals { sent: at, ..Totals::default() }]));
            assert!((MOST / 2..MOST).contains(&series.samples.len()) || series.every == FIRST);
            for (at, sample) in series.iter() {
                assert_eq!(sample[0].sent, at.0, "the sample of {at}");
            }
        }
        assert_eq!(series.every(), Span::secs(32), "an hour has a hundred of these");
    }
}
