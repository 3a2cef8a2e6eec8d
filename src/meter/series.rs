//! What there was at equal distances of time: so many samples at most, since a run may be long. When there is no room
//! for another one every second is given up, and from then on they lie twice as far apart.
//!
//! Copies of a run share its samples: a copy costs a few words.

use std::sync::Arc;

use crate::meter::Totals;
use crate::meter::chain::Chain;
use crate::types::{Span, Time};

/// How far samples lie apart at first.
const FIRST: Span = Span::millis(250);
/// So many are kept at most.
const MOST: usize = 128;

/// Samples at equal distances, the first one such distance after the start. A sample has a place for each node that
/// there was.
#[derive(Clone, Debug)]
pub(super) struct Series {
    every: Span,
    samples: Chain<Vec<Totals>>,
}

impl Default for Series {
    fn default() -> Self {
        Series { every: FIRST, samples: Chain::default() }
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
    pub(super) fn push(&mut self, sample: Vec<Totals>) {
        self.samples.push(Arc::new(sample));
        if self.samples.len() == MOST {
            self.samples.keep(|at| at % 2 == 1);
            self.every.0 *= 2;
        }
    }

    /// The samples, in order: the first `every` after the start, and so on.
    pub(super) fn samples(&self) -> Vec<&Arc<Vec<Totals>>> {
        self.samples.values()
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
            series.push(vec![Totals { sent: at, ..Totals::default() }]);
            assert!((MOST / 2..MOST).contains(&series.samples.len()) || series.every == FIRST);
            for (count, sample) in (1..).zip(series.samples()) {
                assert_eq!(sample[0].sent, count * series.every.0, "sample {count}");
            }
        }
        assert_eq!(series.every(), Span::secs(32), "an hour has a hundred of these");
    }
}
