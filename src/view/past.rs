//! Where a moment stands among everything that has been kept of a run, and what two branches of it
//! have not in common.

use serde::Serialize;

use crate::observe::Vocabulary;
use crate::timeline::{Moment, Parting, Timeline};
use crate::types::{NodeId, Time};
use crate::view::{NodeCard, View};

/// Where a moment stands among everything that has been kept of a run.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Past {
    /// When the last event before this moment was; the start, where there was none.
    pub since: Time,
    /// Up to which time the branch is known.
    pub end: Time,
    /// How many steps the branch has up to there.
    pub end_steps: u64,
    /// Whether this moment is the end: whatever happens next has not happened before.
    pub live: bool,
    /// The branch that is shown.
    pub branch: u32,
    /// How many branches there are to choose from.
    pub branches: u64,
    /// The step of the person that `undo` would take back, if any.
    pub undo: Option<String>,
    /// Whether `redo` would bring something back.
    pub redo: bool,
}

impl Past {
    /// Where the present of a timeline stands.
    pub fn of<M: Moment>(timeline: &Timeline<M>) -> Past {
        let (end_steps, end) = timeline.end();
        Past {
            since: timeline.since(),
            end,
            end_steps,
            live: timeline.is_live(),
            branch: timeline.current(),
            branches: timeline.count(),
            undo: timeline.undoes().map(|timed| timed.step.to_string()),
            redo: timeline.can_redo(),
        }
    }
}

/// The first event at which two branches differ.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Difference {
    /// The how manyth event it is; both have the same events before it.
    pub number: u64,
    /// What happens then on the one; nothing where it ends there.
    pub left: Option<Parting>,
    /// What happens then on the other.
    pub right: Option<Parting>,
    /// What differs just after that event.
    pub contrasts: Vec<Contrast>,
}

/// What differs between two branches in one node.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Contrast {
    /// Which node.
    pub node: NodeId,
    /// What: `role`, or the protocol's word for it.
    pub what: &'static str,
    /// What it is on the one branch.
    pub left: String,
    /// What it is on the other.
    pub right: String,
}

impl Contrast {
    /// What differs between two pictures of a cluster, in a protocol's words.
    pub fn between(left: &View, right: &View, words: &Vocabulary) -> Vec<Contrast> {
        let mut contrasts = Vec::new();
        for (one, other) in left.nodes.iter().zip(&right.nodes) {
            for ((what, left), (_, right)) in rows(one, words).into_iter().zip(rows(other, words)) {
                if left != right {
                    contrasts.push(Contrast { node: one.id, what, left, right });
                }
            }
        }
        contrasts
    }
}

/// What is compared of a node.
fn rows(card: &NodeCard, words: &Vocabulary) -> Vec<(&'static str, String)> {
    let NodeCard { node, up, paused, .. } = card;
    let machine = match (up, paused) {
        (false, _) => "crashed",
        (true, true) => "paused",
        (true, false) => "runs",
    };
    let none = || "none".to_string();
    let epoch = node.epoch.as_ref().map_or_else(none, |epoch| epoch.text.clone());
    let mut rows = vec![("machine", machine.to_string()), ("role", node.role.to_string())];
    if !words.epoch.is_empty() {
        rows.push((words.epoch, epoch));
    }
    rows.push(("leader", node.leader.map_or_else(none, |leader| leader.to_string())));
    rows.push(("length", node.last_slot.to_string()));
    rows.push((words.committed, node.committed.to_string()));
    rows.push((words.applied, node.applied.to_string()));
    rows
}
