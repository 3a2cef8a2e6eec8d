//! Asking "why?" of a run: the past is the run again, and a record is made on the way.

use super::playable::Playable;
use crate::sim::Refused;
use crate::timeline::{Moment, Timeline};
use crate::why::{self, Answer, Question};

/// How many steps before the moment that is asked about are looked at: some tenths of a second of work.
const REACH: u64 = 20_000;

/// Answers a question about the moment that a run is at.
pub(super) fn why(timeline: &Timeline<Box<dyn Playable>>, question: &Question) -> Result<Answer, Refused> {
    let end = timeline.present().steps();
    let mut past = timeline.glance(timeline.current(), end.saturating_sub(REACH))?;
    let mut record = past.present().begin_record();
    while past.present().steps() < end {
        let step = past.next_known().map(|next| next.step).unwrap_or_default();
        if !past.step()? {
            break;
        }
        past.present().note_down(&mut record, step);
    }
    Ok(why::answer(timeline.present().asked(), &record, question)?)
}
