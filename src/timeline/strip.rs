//! A branch as a line: which epoch was the highest when, and where the turning points are.

use serde::Serialize;

use crate::observe::{Epoch, Landmark};
use crate::timeline::{Moment, Timeline};
use crate::types::Time;

/// A branch as a line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Strip {
    /// Up to which time it is known.
    pub end: Time,
    /// The epochs, in order; nothing before the first.
    pub stretches: Vec<Stretch>,
    /// The turning points, in order of time.
    pub marks: Vec<StripMark>,
}

/// A stretch of time in which one epoch was the highest of the cluster; it lasts until the next one begins.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Stretch {
    /// When it begins.
    pub at: Time,
    /// The epoch.
    pub epoch: Epoch,
}

/// A turning point.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct StripMark {
    /// When it happened: the first of them, where several lie too close together to be told apart.
    pub at: Time,
    /// How many steps had been carried out just after it.
    pub steps: u64,
    /// What it is.
    pub kind: Landmark,
    /// How many lie here.
    pub count: u64,
}

impl<M: Moment> Timeline<M> {
    /// The current branch as a line of so many places, in each of which there is room for one mark of a kind.
    pub fn strip(&self, places: u32) -> Strip {
        let branch = self.branch();
        let wide = (branch.end.at.0 / u64::from(places.max(1))).max(1);
        let mut marks: Vec<StripMark> = Vec::new();
        for mark in branch.marks.iter() {
            // Those of one place are at most one of each kind, so the one that it belongs to is near the end.
            let near = marks.iter_mut().rev().take_while(|other| other.at.0 / wide == mark.at.0 / wide);
            match near.into_iter().find(|other| other.kind == mark.kind) {
                Some(other) => other.count += 1,
                None => marks.push(StripMark { at: mark.at, steps: mark.steps, kind: mark.kind, count: 1 }),
            }
        }
        let stretches = branch.epochs.iter().map(|(at, _, epoch)| Stretch { at: *at, epoch: epoch.clone() });
        Strip { end: branch.end.at, stretches: stretches.collect(), marks }
    }
}
