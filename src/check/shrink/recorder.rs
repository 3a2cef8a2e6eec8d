//! Writes a run under the schedule down as deeds.

use crate::check::shrink::stage::{Stage, step_of};
use crate::check::shrink::{Deed, Done, Handling, Numbered, Origin, Played, Taken};
use crate::protocol::Protocol;
use crate::sim::{Fact, Happening, Setup, Step, schedule};
use crate::types::{ClientId, MessageId, Time};

/// How a run is written down.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Telling {
    /// Every step of it is a deed, those of the schedule too. They need neither times nor rules of links and clocks, and
    /// clients that ask on their own are told what to ask.
    Steps,
    /// What somebody did is a deed, and so is that the schedule runs in between.
    Waits,
}

/// Does again what was done in a run under the schedule, and writes it down as deeds, until this property falls or to `end`.
pub fn record<P: Protocol>(setup: Setup<P>, taken: &[Taken], end: Time, property: &str, telling: Telling) -> Played {
    let mut recorder = Recorder { stage: Stage::new(setup, property), count: 0 };
    for taken in taken {
        if recorder.stage.violation.is_some() {
            break;
        }
        // What is refused changed nothing then either.
        match telling {
            Telling::Steps => {
                recorder.run(taken.at, taken.before);
                recorder.take(&taken.step);
            }
            Telling::Waits => recorder.take_at(taken),
        }
    }
    match telling {
        Telling::Steps => recorder.run(end, None),
        Telling::Waits => recorder.stage.end(end),
    }
    recorder.stage.played()
}

/// Writes a run under the schedule down as deeds.
struct Recorder<P: Protocol> {
    stage: Stage<P>,
    count: u32,
}

impl<P: Protocol> Recorder<P> {
    /// Lets the schedule run until then, and no further than so many steps.
    fn run(&mut self, until: Time, steps: Option<u64>) {
        while self.stage.violation.is_none() && steps.is_none_or(|steps| self.stage.cluster.steps() < steps) {
            let Some((due, step)) = schedule::next(&self.stage.cluster).filter(|(due, _)| *due <= until) else { break };
            let waited = self.stage.cluster.apply(&Step::Until(due));
            debug_assert!(waited.is_ok(), "nothing is due before what is due next");
            self.take(&step);
        }
        // Where so many steps were done and more are due, that is the moment.
        if self.stage.violation.is_none() && self.stage.cluster.now() < until {
            let _ = self.stage.cluster.apply(&Step::Until(until));
        }
    }

    /// What somebody did at a time, with a wait before it.
    fn take_at(&mut self, taken: &Taken) {
        if taken.at > self.stage.cluster.now() {
            self.count += 1;
            self.stage.attempt(&Numbered { number: self.count, deed: Deed::Wait(taken.at) });
        }
        let deed = match &taken.step {
            Step::Until(_) => return,
            Step::Deliver(id) => self.message(Handling::Deliver, *id),
            Step::Drop(id) => self.message(Handling::Drop, *id),
            Step::Duplicate(id) => self.message(Handling::Duplicate, *id),
            step => Some((Deed::Step(step.clone()), Deed::Step(step.clone()))),
        };
        if let Some((deed, _)) = deed.filter(|_| self.stage.violation.is_none()) {
            self.count += 1;
            self.stage.attempt(&Numbered { number: self.count, deed });
        }
    }

    fn take(&mut self, step: &Step) {
        let number = self.count + 1;
        let deed = match step {
            // That it never arrives says the same.
            Step::Drop(_) | Step::Delay(..) | Step::Until(_) => None,
            // Who may be heard, and how fast clocks run, shows in what arrives and in which timers run out.
            Step::Cut(_) | Step::Heal(_) | Step::Isolate(_) | Step::Partition(_) | Step::Rule(..) => None,
            Step::Drift(..) | Step::Align | Step::Spread | Step::Traffic(_) => None,
            Step::Deliver(id) => self.message(Handling::Deliver, *id),
            Step::Duplicate(id) => self.message(Handling::Duplicate, *id),
            Step::Wake(client) if self.thinks(*client) => None,
            _ => Some((Deed::Step(step.clone()), Deed::Step(step.clone()))),
        };
        let thinking = matches!(step, Step::Wake(_)) && deed.is_none();
        if !self.stage.take(step, number) {
            return;
        }
        if let Some((deed, said)) = deed {
            self.push(number, deed, said);
        } else if thinking {
            let asked = self.stage.cluster.facts().iter().find_map(|fact| match fact {
                Fact::Happened(Happening::Asked { client, to, request, .. }) => Some(Step::Request {
                    client: *client,
                    command: request.command.clone(),
                    to: Some(*to),
                    read: request.read,
                }),
                _ => None,
            });
            if let Some(step) = asked {
                self.push(number, Deed::Step(step.clone()), Deed::Step(step));
            }
        }
        self.copies();
    }

    fn push(&mut self, number: u32, deed: Deed, said: Deed) {
        self.count = number;
        self.stage.done.push(Done { deed: Numbered { number, deed }, said });
    }

    fn message(&self, handling: Handling, id: MessageId) -> Option<(Deed, Deed)> {
        let origin = self.stage.origins.get(&id)?;
        Some((Deed::Message(handling, *origin), Deed::Step(step_of(handling, id))))
    }

    /// Whether a client is about to ask something that it has thought of itself.
    fn thinks(&self, client: ClientId) -> bool {
        let client = self.stage.cluster.clients().get(client.slot());
        client.is_some_and(|client| client.pending.is_none() && client.queue.is_empty())
    }

    /// Copies that the network has made on its own somebody makes from now on, each by a deed of its own.
    fn copies(&mut self) {
        let copies: Vec<MessageId> = self.stage.cluster.facts().iter().filter_map(copy_by_chance).collect();
        for copy in copies {
            let original = MessageId { copy: 0, ..copy };
            let Some(origin) = self.stage.origins.get(&original).copied() else { continue };
            let number = self.count + 1;
            let deed = Deed::Message(Handling::Duplicate, origin);
            self.push(number, deed, Deed::Step(Step::Duplicate(original)));
            let origin = Origin { deed: number, nth: 1, ..origin };
            self.stage.known.insert(origin, copy);
            self.stage.origins.insert(copy, origin);
        }
    }
}

fn copy_by_chance<P: Protocol>(fact: &Fact<P>) -> Option<MessageId> {
    match fact {
        Fact::Happened(Happening::Duplicated { copy, forced: false }) => Some(*copy),
        _ => None,
    }
}
