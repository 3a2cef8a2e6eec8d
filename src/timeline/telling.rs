//! What is told of a run as it goes on: the events in words, the messages just lost.

use std::collections::VecDeque;

use serde::Serialize;

use crate::check::Violation;
use crate::observe::{Landmark, Told, Weight};
use crate::protocol::Protocol;
use crate::sim::{Cluster, Fact, Seen};
use crate::types::{Process, Span, Time};

/// How many events are kept for whoever asks: so many of the story, and so many details. A cluster that
/// has nothing to do tells nothing but details, and they must not push its story out.
const KEPT_EVENTS: usize = 500;
/// How long a lost message can still be seen.
const SEEN_AFTER_LOSS: Span = Span::millis(100);
/// How many lost messages can still be seen.
const KEPT_LOST: usize = 64;

/// One event in words, for the list of events and the caption.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct EventLine {
    /// Its number among all that were told, from 1.
    pub number: u64,
    /// When it happened.
    pub at: Time,
    /// Whom it happened to.
    pub who: Option<Process>,
    /// What happened, why, and where that is described.
    #[serde(flatten)]
    pub told: Told,
}

/// What is told of a run. It knows no protocol: whatever it keeps has been put into words.
#[derive(Clone, Debug, Default)]
pub(super) struct Telling {
    story: VecDeque<EventLine>,
    details: VecDeque<EventLine>,
    told: u64,
    /// Messages that will never arrive, with the time at which they were lost.
    lost: VecDeque<(Time, Seen)>,
    /// What the last step marks on the timeline.
    landed: Vec<Landmark>,
}

impl Telling {
    /// The same without the events themselves: where a run is taken up again, they are told anew.
    pub(super) fn brief(&self, now: Time) -> Telling {
        let lost = self.lost_lately(now).cloned().collect();
        Telling { told: self.told, lost, ..Telling::default() }
    }

    /// Only counts what happens: where a run is gone through again, and nobody will ask for what is far behind.
    pub(super) fn count<P: Protocol>(&mut self, cluster: &Cluster<P>) {
        self.landed.clear();
        self.told += cluster.facts().iter().filter(|fact| fact.is_told()).count() as u64;
    }

    pub(super) fn take_note<P: Protocol>(&mut self, cluster: &Cluster<P>) {
        self.landed.clear();
        for fact in cluster.facts() {
            debug_assert_eq!(fact.is_told(), fact.tell(&|id| id.to_string()).is_some(), "{fact:?}");
            if let Some((who, told)) = fact.tell(&|id| P::name(cluster.config(), id)) {
                self.push(cluster.now(), who, told);
            }
            if let Fact::Lost(flight, _) = fact {
                self.lose(cluster.now(), flight.seen());
            }
        }
    }

    fn lose(&mut self, at: Time, message: Seen) {
        self.lost.push_back((at, message));
        if self.lost.len() > KEPT_LOST {
            self.lost.pop_front();
        }
    }

    pub(super) fn tell_violation(&mut self, violation: &Violation) {
        let text = format!("Broken: {} {}", violation.sentence, violation.text);
        let told = Told::new(Weight::Turn, violation.section, text).mark(Landmark::Violation);
        self.push(violation.at, None, told);
    }

    fn push(&mut self, at: Time, who: Option<Process>, told: Told) {
        self.told += 1;
        self.landed.extend(told.landmark);
        let kept = if told.weight == Weight::Detail { &mut self.details } else { &mut self.story };
        kept.push_back(EventLine { number: self.told, at, who, told });
        if kept.len() > KEPT_EVENTS {
            kept.pop_front();
        }
    }

    /// What the last step marks on the timeline.
    pub(super) fn landed(&self) -> &[Landmark] {
        &self.landed
    }

    pub(super) fn told(&self) -> u64 {
        self.told
    }

    /// The events with a number above `since`, in the order in which they were told.
    pub(super) fn events(&self, since: u64) -> impl Iterator<Item = &EventLine> {
        let after = |kept: &VecDeque<EventLine>| kept.partition_point(|line| line.number <= since);
        let mut story = self.story.range(after(&self.story)..).peekable();
        let mut details = self.details.range(after(&self.details)..).peekable();
        std::iter::from_fn(move || match (story.peek(), details.peek()) {
            (Some(one), Some(other)) if one.number < other.number => story.next(),
            (_, Some(_)) => details.next(),
            (_, None) => story.next(),
        })
    }

    pub(super) fn lost_lately(&self, now: Time) -> impl Iterator<Item = &(Time, Seen)> {
        self.lost.iter().filter(move |(at, _)| now.since(*at) <= SEEN_AFTER_LOSS)
    }
}
