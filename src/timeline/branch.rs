//! One way in which a run went: what was done on it, and what is kept so that any moment of it can be
//! had again.
//!
//! A branch is complete in itself: it knows everything from the start of the run on, so that the
//! branch that it was forked from may go. What two branches have in common they share.

use std::sync::Arc;

use crate::observe::{Epoch, Landmark};
use crate::sim::Step;
use crate::timeline::When;
use crate::timeline::present::Moment;
use crate::types::{Pages, Time};

/// How many steps lie between two kept moments where something has happened, and where a cluster only
/// waits. Fewer cost memory, more cost time when one goes back: so many steps take some milliseconds.
const EVERY: u64 = 4_096;
const EVERY_IDLE: u64 = 8_192;

/// A step that somebody took rather than the schedule, and when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Timed {
    /// When.
    pub when: When,
    /// How many steps had been carried out before.
    pub before: u64,
    /// What.
    pub step: Step,
}

/// A line of a script that has been played, and the steps that were carried out for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cue {
    /// Which line, from 0.
    pub line: usize,
    /// How many steps had been carried out before it.
    pub from: u64,
    /// How many had been when it was done.
    pub to: u64,
    /// When it was done.
    pub at: Time,
}

impl Cue {
    /// Whether this step was carried out for the line.
    pub fn did(&self, timed: &Timed) -> bool {
        (self.from..self.to).contains(&timed.before)
    }
}

/// A turning point.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Mark {
    pub(super) at: Time,
    /// How many steps had been carried out just after it.
    pub(super) steps: u64,
    pub(super) kind: Landmark,
}

/// How far something is known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Spot {
    pub(super) steps: u64,
    pub(super) at: Time,
}

impl Spot {
    pub(super) fn of(present: &impl Moment) -> Spot {
        Spot { steps: present.steps(), at: present.now() }
    }
}

/// One way in which a run went.
#[derive(Debug)]
pub(super) struct Branch<M> {
    pub(super) id: u32,
    /// What somebody has called it.
    pub(super) name: Option<String>,
    /// Which script its cues are of, for whoever plays scripts.
    pub(super) origin: usize,
    /// The branch that it was forked from.
    pub(super) parent: Option<u32>,
    /// Where it was forked.
    pub(super) fork: Spot,
    /// Whether it is only on the way from an undo to a redo: nothing was done on it.
    pub(super) passing: bool,
    /// What was done on it, from the start of the run on.
    pub(super) script: Vec<Timed>,
    /// Which lines of a script were played on it.
    pub(super) cues: Vec<Cue>,
    /// Moments to go on from, in order; the start of the run is the first.
    kept: Vec<Arc<M>>,
    pub(super) marks: Pages<Mark>,
    /// When which epoch became the highest of the cluster.
    pub(super) epochs: Vec<(Time, u64, Epoch)>,
    pub(super) end: Spot,
}

impl<M: Moment> Branch<M> {
    /// The first branch of a run, which is at its start.
    pub(super) fn new(start: &M) -> Self {
        Branch {
            id: 1,
            name: None,
            origin: 0,
            parent: None,
            fork: Spot::default(),
            passing: false,
            script: Vec::new(),
            cues: Vec::new(),
            kept: vec![Arc::new(start.kept())],
            marks: Pages::default(),
            epochs: Vec::new(),
            end: Spot::default(),
        }
    }

    /// The same branch, for whoever looks about on it.
    pub(super) fn copy(&self) -> Self {
        Branch {
            id: self.id,
            name: self.name.clone(),
            parent: self.parent,
            fork: self.fork,
            ..self.fork(self.id, self.end)
        }
    }

    /// What both have in common where another branch leaves this one.
    pub(super) fn fork(&self, id: u32, at: Spot) -> Self {
        let up_to = |steps: &u64| *steps <= at.steps;
        let mut marks = self.marks.clone();
        marks.truncate(marks.partition_point(|mark| up_to(&mark.steps)));
        Branch {
            id,
            name: None,
            origin: self.origin,
            parent: Some(self.id),
            fork: at,
            passing: false,
            script: self.script.iter().take_while(|timed| timed.before < at.steps).cloned().collect(),
            cues: self.played(at).to_vec(),
            kept: self.kept.iter().take_while(|kept| up_to(&kept.steps())).cloned().collect(),
            marks,
            epochs: self.epochs.iter().take_while(|(_, steps, _)| up_to(steps)).cloned().collect(),
            end: at,
        }
    }

    /// Takes note of where the run has come to, where that is new.
    pub(super) fn grow(&mut self, present: &mut M) {
        let spot = Spot::of(present);
        if spot.steps < self.end.steps {
            return;
        }
        let fresh = spot.steps > self.end.steps;
        self.end = Spot { at: spot.at.max(self.end.at), ..spot };
        if !fresh {
            return;
        }
        for kind in present.landed() {
            self.marks.push(Mark { at: spot.at, steps: spot.steps, kind: *kind });
        }
        let highest = self.epochs.last().map_or(0, |(_, _, epoch)| epoch.number);
        self.epochs.extend(present.epoch_above(highest).map(|epoch| (spot.at, spot.steps, epoch)));
        let last = self.kept.last().map_or(0, |kept| kept.steps());
        let idle = self.marks.last().is_none_or(|mark| mark.steps <= last);
        if last + (if idle { EVERY_IDLE } else { EVERY }) <= spot.steps {
            present.share();
            self.kept.push(Arc::new(present.kept()));
        }
    }

    /// The start of the run, where the present is still there.
    pub(super) fn keep_start(&mut self, present: &M) {
        if present.steps() == 0 {
            self.kept[0] = Arc::new(present.kept());
        }
    }

    /// The start of the run.
    pub(super) fn start(&self) -> Arc<M> {
        self.kept[0].clone()
    }

    /// The latest kept moment that fits, or the start of the run; `fits` holds of all that are early enough.
    pub(super) fn latest(&self, fits: impl Fn(&M) -> bool) -> Arc<M> {
        let count = self.kept.partition_point(|kept| fits(kept)).max(1);
        self.kept[count - 1].clone()
    }

    /// The lines of a script that were played by then.
    pub(super) fn played(&self, by: Spot) -> &[Cue] {
        let count = self.cues.partition_point(|cue| cue.to < by.steps || (cue.to == by.steps && cue.at <= by.at));
        &self.cues[..count]
    }

    /// How many of the steps that were taken on it come before so many steps.
    pub(super) fn taken_before(&self, steps: u64) -> usize {
        self.script.partition_point(|timed| timed.before < steps)
    }

    /// Whether somebody took this step rather than the line of a script.
    pub(super) fn by_hand(&self, timed: &Timed) -> bool {
        !self.cues.iter().any(|cue| cue.did(timed))
    }

    /// What it is called: by its name, or else by what was done first on it.
    pub(super) fn title(&self) -> String {
        let first = self.script.get(self.taken_before(self.fork.steps));
        match (&self.name, first) {
            (Some(name), _) => name.clone(),
            (None, _) if self.fork == Spot::default() => "first run".to_string(),
            (None, Some(timed)) => format!("{} at {}", timed.step, timed.when.at),
            (None, None) => format!("from {}", self.fork.at),
        }
    }
}
