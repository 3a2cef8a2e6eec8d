//! The stage on which deeds are done: a fresh cluster, the auditor, and the names of the messages on their way.

use std::collections::BTreeMap;

use crate::check::shrink::{Deed, Done, Handling, Numbered, Origin};
use crate::check::{Auditor, Violation};
use crate::observe::Show;
use crate::protocol::Protocol;
use crate::sim::{Cluster, Fact, Flight, Happening, Links, Setup, Step, schedule};
use crate::types::{ClientId, MessageId, Process, Time};

/// How many messages `settle` lets arrive at most, should a protocol never come to rest.
const MOST_MESSAGES: u64 = 10_000;

/// Tells a copy that the network has made on its own from the message.
const BY_CHANCE: u32 = 1 << 31;

/// A step that somebody took rather than the schedule.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Taken {
    /// When.
    pub at: Time,
    /// How many steps had been carried out before; where that is not said, all that was due by then.
    pub before: Option<u64>,
    /// What.
    pub step: Step,
}

/// What became of deeds.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Played {
    /// What was done until the property fell; what could not be done is left out.
    pub done: Vec<Done>,
    /// How it fell, if it did.
    pub violation: Option<Violation>,
    /// How many steps that took: what a trial costs.
    pub steps: u64,
}

/// How a run is written down.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Telling {
    /// Every step of it is a deed, those of the schedule too. They need neither times nor rules of links and clocks, and
    /// clients that ask on their own are told what to ask.
    Steps,
    /// What somebody did is a deed, and so is that the schedule runs in between.
    Waits,
}

/// Does deeds in a fresh cluster until this property falls. The schedule runs where a deed says so, and after the last of
/// them until `end`.
///
/// # Panics
///
/// Where the protocol has no such property; so does [`record`].
pub fn play<P: Protocol>(setup: Setup<P>, deeds: &[Numbered], end: Time, property: &str) -> Played {
    let mut stage = Stage::new(setup, property);
    for deed in deeds {
        if stage.violation.is_some() {
            break;
        }
        stage.attempt(deed);
    }
    stage.run(end, 0);
    stage.played()
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
        Telling::Waits => recorder.stage.run(end, 0),
    }
    recorder.stage.played()
}

struct Stage<P: Protocol> {
    cluster: Cluster<P>,
    auditor: Auditor<P>,
    /// Every message, by whence it came.
    known: BTreeMap<Origin, MessageId>,
    /// The other way round.
    origins: BTreeMap<MessageId, Origin>,
    /// How many messages the deed of this number has sent so far, for each link.
    sent: (u32, BTreeMap<(Process, Process), u32>),
    done: Vec<Done>,
    violation: Option<Violation>,
}

impl<P: Protocol> Stage<P> {
    fn new(setup: Setup<P>, property: &str) -> Self {
        let mut auditor = Auditor::default();
        // One mistake may break several promises: this is the one that is looked for.
        let known = auditor.check_only(&[property]);
        assert!(known.is_ok(), "a property of another protocol is asked for: {known:?}");
        let mut stage = Stage {
            cluster: Cluster::new(setup),
            auditor,
            known: BTreeMap::new(),
            origins: BTreeMap::new(),
            sent: (0, BTreeMap::new()),
            done: Vec::new(),
            violation: None,
        };
        stage.name_messages(0);
        stage.look();
        stage
    }

    fn look(&mut self) {
        self.violation = self.auditor.look(&self.cluster).err();
    }

    /// Takes note of what the last step sent; `deed` is the number of the one for which it was taken.
    fn name_messages(&mut self, deed: u32) {
        for fact in self.cluster.facts() {
            let Fact::Happened(happening) = fact else { continue };
            let (id, by_chance) = match happening {
                Happening::Sent(id) => (id, false),
                Happening::Duplicated { copy, forced } => (copy, !forced),
                _ => continue,
            };
            if self.sent.0 != deed {
                self.sent = (deed, BTreeMap::new());
            }
            let nth = self.sent.1.entry((id.from, id.to)).or_default();
            // A copy that the network makes on its own is of the message before it, and renames none behind it.
            let origin =
                Origin { deed, from: id.from, to: id.to, nth: if by_chance { *nth | BY_CHANCE } else { *nth + 1 } };
            *nth += u32::from(!by_chance);
            self.known.insert(origin, *id);
            self.origins.insert(*id, origin);
        }
    }

    /// Carries out a step; false where it cannot be done.
    fn take(&mut self, step: &Step, deed: u32) -> bool {
        let done = self.cluster.apply(step).is_ok();
        if done {
            self.name_messages(deed);
            self.look();
        }
        done
    }

    /// Lets the schedule run, for the deed of this number.
    fn run(&mut self, until: Time, deed: u32) {
        while self.violation.is_none()
            && schedule::step_until(&mut self.cluster, until).expect("what is due can be done")
        {
            self.name_messages(deed);
            self.look();
        }
        if self.violation.is_none() && self.cluster.now() < until {
            let waited = self.cluster.apply(&Step::Until(until));
            debug_assert!(waited.is_ok(), "nothing is due by then");
        }
    }

    fn played(self) -> Played {
        Played { done: self.done, violation: self.violation, steps: self.cluster.steps() }
    }

    fn attempt(&mut self, numbered: &Numbered) {
        let Numbered { number, deed } = numbered;
        let (said, done) = match deed {
            Deed::Step(step) => (deed.clone(), self.take(step, *number)),
            Deed::Wait(time) => {
                let waits = self.cluster.now() < *time;
                self.run(*time, *number);
                (deed.clone(), waits)
            }
            Deed::Message(handling, origin) => match self.known.get(origin).copied() {
                Some(id) => (self.said(*handling, id), self.take(&step_of(*handling, id), *number)),
                None => return,
            },
            Deed::Oldest { handling, from, to, kind } => match self.oldest(*from, *to, kind) {
                Some(id) => (deed.clone(), self.take(&step_of(*handling, id), *number)),
                None => return,
            },
            Deed::All(links) => (deed.clone(), self.deliver_all(*links, *number)),
            Deed::Settle => (deed.clone(), self.settle(*number)),
        };
        if done {
            self.done.push(Done { deed: numbered.clone(), said });
        }
    }

    /// What a script calls it that something is done with a message.
    fn said(&self, handling: Handling, id: MessageId) -> Deed {
        let flight = self.cluster.network().flight(id);
        match flight.map(kind_of) {
            Some(kind) if self.oldest(id.from, id.to, kind) == Some(id) => {
                Deed::Oldest { handling, from: id.from, to: id.to, kind }
            }
            _ => Deed::Step(step_of(handling, id)),
        }
    }

    /// The oldest message of a kind on a link that is not lost: messages of a link are numbered as they are sent.
    fn oldest(&self, from: Process, to: Process, kind: &str) -> Option<MessageId> {
        let flights = self.cluster.network().flights();
        let fits = |flight: &&Flight<P::Message>| {
            (flight.id.from, flight.id.to) == (from, to) && flight.lost.is_none() && kind_of(flight) == kind
        };
        flights.filter(fits).map(|flight| flight.id).min()
    }

    /// What is on its way over these links, the oldest first, and whether its link is cut.
    fn flights(&self, links: Links) -> Vec<(MessageId, bool)> {
        let on = |id: MessageId| match links {
            Links::All => true,
            Links::One(from, to) => (id.from, id.to) == (from, to),
            Links::Both(a, b) => (id.from, id.to) == (a, b) || (id.from, id.to) == (b, a),
        };
        let paused = |who: Process| match who {
            Process::Node(node) => self.cluster.host(node).paused,
            Process::Client(_) => false,
        };
        let flying = self.cluster.network().flights();
        let flying = flying.filter(|flight| flight.lost.is_none() && on(flight.id) && !paused(flight.id.to));
        let mut sorted: Vec<(Time, MessageId)> = flying.map(|flight| (flight.sent, flight.id)).collect();
        sorted.sort_unstable();
        let cut = |id: MessageId| self.cluster.network().links.get(id.from, id.to).cut;
        sorted.into_iter().map(|(_, id)| (id, cut(id))).collect()
    }

    fn deliver_all(&mut self, links: Links, deed: u32) -> bool {
        let flights = self.flights(links);
        for (id, cut) in &flights {
            if self.violation.is_some() || !self.take(&pass(*id, *cut), deed) {
                break;
            }
        }
        !flights.is_empty()
    }

    fn settle(&mut self, deed: u32) -> bool {
        for count in 0..MOST_MESSAGES {
            let first = self.flights(Links::All).first().copied().filter(|_| self.violation.is_none());
            let Some((id, cut)) = first else { return count > 0 };
            if !self.take(&pass(id, cut), deed) {
                return count > 0;
            }
        }
        true
    }
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

/// A message's kind, as a script calls it: `AppendEntries, empty` is an AppendEntries, too.
fn kind_of<M: Show>(flight: &Flight<M>) -> &'static str {
    let kind = flight.payload.kind();
    kind.split(',').next().unwrap_or(kind)
}

fn step_of(handling: Handling, id: MessageId) -> Step {
    match handling {
        Handling::Deliver => Step::Deliver(id),
        Handling::Drop => Step::Drop(id),
        Handling::Duplicate => Step::Duplicate(id),
    }
}

/// A message arrives, or is lost where its link is cut.
fn pass(id: MessageId, lost: bool) -> Step {
    if lost { Step::Drop(id) } else { Step::Deliver(id) }
}
