//! The stage on which deeds are done: a fresh cluster, the auditor, and the names of the messages on their way.

use std::collections::BTreeMap;

use crate::check::progress::{LIVENESS, PATIENCE, Waiting, is_mended};
use crate::check::shrink::{Deed, Done, Handling, Numbered, Origin};
use crate::check::{Auditor, Violation};
use crate::observe::Show;
use crate::protocol::Protocol;
use crate::sim::{Cluster, Fact, Flight, Happening, Links, Setup, Step, schedule};
use crate::types::{MessageId, Process, Span, Time};

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

/// Does deeds in a fresh cluster until this property falls. The schedule runs where a deed says so, and after the last of
/// them until `end`. [`LIVENESS`] falls where there was no progress in the last [`PATIENCE`] before that, though everything
/// was mended, or all but a minority of the nodes. Once there were so many steps it is given up.
///
/// # Panics
///
/// Where the protocol has no such property; so does [`record`](super::record).
pub fn play<P: Protocol>(setup: Setup<P>, deeds: &[Numbered], end: Time, property: &str, most: u64) -> Played {
    let mut stage = Stage { most, ..Stage::new(setup, property) };
    for deed in deeds {
        if stage.is_over() {
            break;
        }
        stage.attempt(deed);
    }
    stage.end(end);
    stage.played()
}

pub(super) struct Stage<P: Protocol> {
    pub(super) cluster: Cluster<P>,
    auditor: Auditor<P>,
    /// Whether it is progress that is looked for, in the end.
    patient: bool,
    /// Every message, by whence it came.
    pub(super) known: BTreeMap<Origin, MessageId>,
    /// The other way round.
    pub(super) origins: BTreeMap<MessageId, Origin>,
    /// How many messages the deed of this number has sent so far, for each link.
    sent: (u32, BTreeMap<(Process, Process), u32>),
    pub(super) done: Vec<Done>,
    pub(super) violation: Option<Violation>,
    /// After so many steps nothing more is done.
    most: u64,
}

impl<P: Protocol> Stage<P> {
    pub(super) fn new(setup: Setup<P>, property: &str) -> Self {
        let mut auditor = Auditor::default();
        // One mistake may break several promises: this is the one that is looked for.
        let (patient, only) = (property == LIVENESS, [property]);
        let known = auditor.check_only(if patient { &[] } else { &only });
        assert!(known.is_ok(), "a property of another protocol is asked for: {known:?}");
        let mut stage = Stage {
            cluster: Cluster::new(setup),
            auditor,
            patient,
            known: BTreeMap::new(),
            origins: BTreeMap::new(),
            sent: (0, BTreeMap::new()),
            done: Vec::new(),
            violation: None,
            most: u64::MAX,
        };
        stage.name_messages(0);
        stage.look();
        stage
    }

    /// Whether the property fell, or it has been given up.
    fn is_over(&self) -> bool {
        self.violation.is_some() || self.cluster.steps() >= self.most
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
    pub(super) fn take(&mut self, step: &Step, deed: u32) -> bool {
        let done = self.cluster.apply(step).is_ok();
        if done {
            self.name_messages(deed);
            self.look();
        }
        done
    }

    /// Lets the schedule run, for the deed of this number.
    pub(super) fn run(&mut self, until: Time, deed: u32) {
        while !self.is_over() && schedule::step_until(&mut self.cluster, until).expect("what is due can be done") {
            self.name_messages(deed);
            self.look();
        }
        if !self.is_over() && self.cluster.now() < until {
            let waited = self.cluster.apply(&Step::Until(until));
            debug_assert!(waited.is_ok(), "nothing is due by then");
        }
    }

    /// The schedule runs to the end; where it is about progress, the last of it is what is waited.
    pub(super) fn end(&mut self, end: Time) {
        let from = if self.patient { Time(end.0.saturating_sub(PATIENCE.0)) } else { end };
        self.run(from, 0);
        if !self.patient || self.cluster.now() > from || !is_mended(&self.cluster) {
            return;
        }
        let waiting = Waiting::begin(&self.cluster, end);
        while let Some(what) = waiting.missing(&self.cluster).filter(|_| !self.is_over()) {
            if self.cluster.now() >= end {
                self.violation = Some(waiting.in_vain(&self.cluster, what));
                return;
            }
            self.run(end.min(self.cluster.now() + Span::millis(10)), 0);
        }
    }

    pub(super) fn played(self) -> Played {
        Played { done: self.done, violation: self.violation, steps: self.cluster.steps() }
    }

    pub(super) fn attempt(&mut self, numbered: &Numbered) {
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
            if self.is_over() || !self.take(&pass(*id, *cut), deed) {
                break;
            }
        }
        !flights.is_empty()
    }

    fn settle(&mut self, deed: u32) -> bool {
        for count in 0..MOST_MESSAGES {
            let first = self.flights(Links::All).first().copied().filter(|_| !self.is_over());
            let Some((id, cut)) = first else { return count > 0 };
            if !self.take(&pass(id, cut), deed) {
                return count > 0;
            }
        }
        true
    }
}

/// A message's kind, as a script calls it: `AppendEntries, empty` is an AppendEntries, too.
fn kind_of<M: Show>(flight: &Flight<M>) -> &'static str {
    let kind = flight.payload.kind();
    kind.split(',').next().unwrap_or(kind)
}

pub(super) fn step_of(handling: Handling, id: MessageId) -> Step {
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
