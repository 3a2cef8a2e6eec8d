//! What a line of a script does, once it need not wait any longer.

use crate::scenario::run::{Watch, refused};
use crate::scenario::{Act, Failure, Line, Run, Verb};
use crate::sim::{Links, Refused, Step};
use crate::types::{MessageId, Process, SortedMap, Time};
use crate::view::Flight;

/// How many messages `settle` lets arrive at most, should a protocol never come to rest.
const MOST_MESSAGES: u64 = 10_000;

impl Run {
    pub(super) fn act(&mut self, line: &Line, watch: Watch<'_>) -> Result<(), Failure> {
        let done = match &line.act {
            None => Ok(()),
            Some(Act::Expect(condition)) => {
                return condition.check(self.cluster()).map_err(|seen| {
                    let line = format!("expect {condition}");
                    Failure::Unexpected { line, at: self.cluster.moment(), seen }
                });
            }
            Some(Act::Refused { step, because }) => return self.refused_as(step, because.as_deref(), watch),
            Some(Act::Step(step)) => self.take(step.clone(), watch),
            Some(Act::Message { verb, from, to, kind }) => {
                let step = self.message(*verb, *from, *to, kind.as_deref());
                step.and_then(|step| self.take(step, watch))
            }
            Some(Act::All { lost, links }) => {
                let passes = self.flights(*links).into_iter().map(|(id, cut)| pass(id, *lost || cut));
                passes.into_iter().try_for_each(|step| self.take(step, watch))
            }
            Some(Act::Settle) => self.settle(watch),
        };
        done.map_err(|why| refused(line, self.cluster(), why))
    }

    /// A step that is refused changes nothing; one that is done is told before the run stops.
    fn refused_as(&mut self, step: &Step, because: Option<&str>, watch: Watch<'_>) -> Result<(), Failure> {
        let seen = match self.take(step.clone(), watch) {
            Err(why) if because.is_none_or(|because| why.contains(because)) => return Ok(()),
            Err(why) => format!("it is refused because {why}"),
            Ok(()) => "it can be done".to_string(),
        };
        let line = Act::Refused { step: step.clone(), because: because.map(ToString::to_string) }.to_string();
        Err(Failure::Unexpected { line, at: self.cluster.moment(), seen })
    }

    fn take(&mut self, step: Step, watch: Watch<'_>) -> Result<(), String> {
        self.cluster.take(step).map_err(|Refused(why)| why)?;
        watch(self.cluster());
        Ok(())
    }

    /// What is on its way over these links, the oldest first, and whether its link is cut.
    fn flights(&self, links: Links) -> Vec<(MessageId, bool)> {
        let on = |id: MessageId| match links {
            Links::All => true,
            Links::One(from, to) => (id.from, id.to) == (from, to),
            Links::Both(a, b) => (id.from, id.to) == (a, b) || (id.from, id.to) == (b, a),
        };
        let view = self.cluster.view(None);
        let paused = |who: Process| view.nodes.iter().any(|card| card.paused && Process::from(card.id) == who);
        let flying = |flight: &&Flight| flight.lost.is_none() && !paused(flight.to);
        let flying = view.messages.iter().filter(flying).filter(|flight| on(flight.id));
        let mut oldest_first: SortedMap<(Time, MessageId), &Flight> = SortedMap::default();
        for flight in flying {
            oldest_first.insert((flight.sent, flight.id), flight);
        }
        let cut = |id: MessageId| view.links.iter().any(|link| link.cut && (link.from, link.to) == (id.from, id.to));
        oldest_first.iter().map(|(_, flight)| (flight.id, cut(flight.id))).collect()
    }

    fn settle(&mut self, watch: Watch<'_>) -> Result<(), String> {
        for _ in 0..MOST_MESSAGES {
            let Some((id, cut)) = self.flights(Links::All).first().copied() else { return Ok(()) };
            self.take(pass(id, cut), watch)?;
        }
        Err(format!("after {MOST_MESSAGES} messages there still is one on its way"))
    }

    /// The step that does something with the oldest message on a link.
    fn message(&self, verb: Verb, from: Process, to: Process, kind: Option<&str>) -> Result<Step, String> {
        let view = self.cluster.view(None);
        let fits = |flight: &&Flight| {
            flight.lost.is_none()
                && (flight.from, flight.to) == (from, to)
                && kind.is_none_or(|kind| flight.kind.split(',').next() == Some(kind))
        };
        // Messages of a link are numbered in the order in which they were sent.
        let oldest = view.messages.iter().filter(fits).min_by_key(|flight| flight.id);
        let oldest =
            oldest.ok_or_else(|| format!("no {} is on its way from {from} to {to}", kind.unwrap_or("message")))?;
        Ok(match verb {
            Verb::Deliver => Step::Deliver(oldest.id),
            Verb::Drop => Step::Drop(oldest.id),
            Verb::Duplicate => Step::Duplicate(oldest.id),
            Verb::Delay(span) => Step::Delay(oldest.id, span),
        })
    }
}

/// A message arrives, or is lost.
fn pass(id: MessageId, lost: bool) -> Step {
    if lost { Step::Drop(id) } else { Step::Deliver(id) }
}
