//! The causal past of an event: what happened before it and could have had a part in it (Lamport, "Time, Clocks, and the
//! Ordering of Events in a Distributed System").
//!
//! An event of a process comes after the process's former ones, and the arrival of a message after its sending. Beside
//! that, what kept a message from arriving counts as a cause of its loss, and what silenced a leader as a cause of a
//! timer that ran out since nothing was heard of it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use serde::Serialize;

use crate::sim::LossReason;
use crate::types::{MessageId, Process, Time};
use crate::why::record::{Changed, Event, Record};

/// How many links a chain has at most: as many as somebody reads.
pub const LINKS: usize = 12;
/// The largest past that is told event by event, to be highlighted.
const SMALL: usize = 400;

/// One event that led to what is asked about.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ChainLink {
    /// How many steps had been carried out just after it.
    pub steps: u64,
    /// When.
    pub at: Time,
    /// The moment just after it, as a text: `250ms#312`.
    pub moment: String,
    /// The number of the first event that was told of it, and of the last; both 0 where nothing was told.
    pub told: (u64, u64),
    /// The step, as a text: `deliver n1->n3#17`.
    pub step: String,
    /// What happened, in a sentence.
    pub text: String,
    /// Where that is described; empty where nothing needs to be looked up.
    pub section: &'static str,
    /// The nodes and clients that it concerns.
    pub who: Vec<Process>,
    /// The message whose arrival or loss it was.
    pub message: Option<MessageId>,
    /// After how many steps that was sent, where that is known.
    pub sent: Option<u64>,
}

/// What led to an event.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Past {
    /// The part of it that explains most, in the order in which it happened; the event itself is the last.
    pub chain: Vec<ChainLink>,
    /// How many more events mattered on the way that are not in the chain.
    pub more: u64,
    /// All of it, as numbers of steps, where it is small enough to be highlighted; else nothing.
    pub all: Vec<u64>,
}

/// What an event followed from: another event, and how far away that is for whoever explains.
type Cause = (usize, u32);

impl Record {
    /// The causal past of some events, which come at the end of it.
    pub(super) fn past(&self, of: &[usize], name: &dyn Fn(Process) -> String) -> Past {
        let near = self.reach(of, usize::MAX, |event| self.reasons(event));
        let chain: BTreeSet<usize> = near.iter().take(LINKS).map(|(_, event)| *event).collect();
        let all = self.reach(of, SMALL + 1, |event| self.before(event));
        let mut numbers: Vec<u64> = Vec::new();
        if all.len() <= SMALL {
            numbers.extend(all.iter().map(|(_, event)| self.events[*event].steps));
            numbers.sort_unstable();
        }
        Past {
            more: (near.len() - chain.len()) as u64,
            chain: chain.into_iter().map(|event| self.link(event, name)).collect(),
            all: numbers,
        }
    }

    /// All events that can be reached, each with its distance, the nearest first; of equally near ones the latest.
    /// No more than `most`.
    fn reach(&self, from: &[usize], most: usize, causes: impl Fn(usize) -> Vec<Cause>) -> Vec<(u32, usize)> {
        let mut heap: BinaryHeap<(Reverse<u32>, usize)> = from.iter().map(|event| (Reverse(0), *event)).collect();
        let mut seen: BTreeMap<usize, u32> = BTreeMap::new();
        let mut order = Vec::new();
        while let Some((Reverse(distance), event)) = heap.pop() {
            if seen.contains_key(&event) {
                continue;
            }
            seen.insert(event, distance);
            order.push((distance, event));
            if order.len() == most {
                break;
            }
            for (cause, far) in causes(event) {
                debug_assert!(cause < event, "a cause comes before what it causes");
                if !seen.contains_key(&cause) {
                    heap.push((Reverse(distance + far), cause));
                }
            }
        }
        order
    }

    /// Everything that comes just before an event: the former event of each process, the sending of each message, and
    /// what [`Record::reasons`] has beside.
    fn before(&self, place: usize) -> Vec<Cause> {
        let former = self.events[place].who.iter().filter_map(|process| self.last_doing(*process, place, |_| true));
        former.chain(self.reasons(place).into_iter().map(|(event, _)| event)).map(|event| (event, 1)).collect()
    }

    /// What explains an event: the sending of what arrived or was lost, and the last event of each process that left
    /// something behind.
    fn reasons(&self, place: usize) -> Vec<Cause> {
        let event = &self.events[place];
        let mut causes: Vec<Cause> = Vec::new();
        let mut add = |cause: Option<usize>, far: u32| {
            causes.extend(cause.filter(|cause| *cause < place).map(|cause| (cause, far)));
        };
        for id in &event.arrived {
            add(self.senders.get(id).copied(), 2);
        }
        for (id, why) in &event.lost {
            add(self.senders.get(id).copied(), 2);
            add(self.hindrance(*id, *why, place), 1);
        }
        for (_, original) in &event.copied {
            add(self.senders.get(original).copied(), 2);
        }
        add(self.silence(place), 2);
        // Who is stopped is stopped from outside, whatever it did before.
        if stops(&event.step) {
            return causes;
        }
        for process in &event.who {
            let matters = |changed: Changed| changed.office || changed.slots || changed.told;
            add(self.last_doing(*process, place, |event| changed_of(event, *process).is_some_and(matters)), 3);
        }
        causes
    }

    /// The last event before `place` in which a process did something such.
    pub(super) fn last_doing(&self, process: Process, place: usize, such: impl Fn(&Event) -> bool) -> Option<usize> {
        let doings = self.doings.get(&process)?;
        let before = &doings[..doings.partition_point(|doing| *doing < place)];
        before.iter().rev().copied().find(|doing| such(&self.events[*doing]))
    }

    /// What kept a message from arriving.
    fn hindrance(&self, id: MessageId, why: LossReason, place: usize) -> Option<usize> {
        match why {
            LossReason::Cut => self.networks[..self.networks.partition_point(|event| *event < place)].last().copied(),
            LossReason::Down => self.last_doing(id.to, place, |event| fell_silent(event, id.to)),
            LossReason::Chance | LossReason::Hand => None,
        }
    }

    /// Where a timer ran out because somebody was not heard any more: what silenced him, if that is known.
    fn silence(&self, place: usize) -> Option<usize> {
        let (node, _) = self.events[place].fired?;
        // Timers run out for many reasons; whoever wants to lead was waiting for somebody else.
        changed_of(&self.events[place], node.into()).filter(|changed| changed.office)?;
        let heard = self.last_doing(node.into(), place, |event| event.arrived.iter().any(|id| id.to == node.into()))?;
        let from = self.events[heard].arrived.iter().find(|id| id.to == node.into())?.from;
        let quiet = |event: &Event| event.network || fell_silent(event, from);
        let since = heard + 1;
        self.events[since..place].iter().position(quiet).map(|found| since + found)
    }

    fn link(&self, place: usize, name: &dyn Fn(Process) -> String) -> ChainLink {
        let event = &self.events[place];
        let numbers = |line: Option<&crate::timeline::EventLine>| line.map_or(0, |line| line.number);
        let arrived = event.arrived.first().or(event.lost.first().map(|(id, _)| id));
        let (text, section) = event.sentence(name);
        ChainLink {
            steps: event.steps,
            at: event.at,
            moment: format!("{}#{}", event.at, event.steps),
            told: (numbers(event.lines.first()), numbers(event.lines.last())),
            step: event.step.clone(),
            text,
            section,
            who: event.who.clone(),
            message: arrived.copied(),
            sent: arrived.and_then(|id| self.senders.get(id)).map(|sender| self.events[*sender].steps),
        }
    }
}

fn changed_of(event: &Event, process: Process) -> Option<Changed> {
    event.changed.iter().find(|(of, _)| *of == process).map(|(_, changed)| *changed)
}

/// Whether a machine stopped in this step.
fn fell_silent(event: &Event, process: Process) -> bool {
    stops(&event.step) && event.who.contains(&process)
}

/// Whether a step stops a machine.
pub(super) fn stops(step: &str) -> bool {
    matches!(step.split(' ').next(), Some("crash" | "tear" | "pause"))
}

impl Event {
    /// What happened, in one sentence: what weighs most of what was told, or the step where nothing was.
    pub(super) fn sentence(&self, name: &dyn Fn(Process) -> String) -> (String, &'static str) {
        let Some(heaviest) = self.lines.iter().map(|line| line.told.weight).max() else {
            return (format!("`{}`", self.step), "");
        };
        let lines: Vec<_> = self.lines.iter().filter(|line| line.told.weight == heaviest).collect();
        let said = |line: &&crate::timeline::EventLine| match line.who {
            Some(who) => format!("{} {}", name(who), line.told.text),
            None => line.told.text.clone(),
        };
        let section = lines.iter().map(|line| line.told.section).find(|section| !section.is_empty()).unwrap_or("");
        // Two are read, more are skipped.
        let texts: Vec<String> = lines.iter().take(2).map(said).collect();
        (texts.join("; "), section)
    }
}
