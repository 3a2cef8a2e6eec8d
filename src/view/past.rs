//! Where a moment stands among everything that has been kept of a run, and what two branches of it
//! have not in common.

use serde::Serialize;

use crate::protocol::Protocol;
use crate::sim::Refused;
use crate::timeline::{Parting, Timeline};
use crate::types::{NodeId, Time};
use crate::view::{NodeCard, View};

/// Where a moment stands among everything that has been kept of a run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
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
    pub(super) fn of<P: Protocol>(timeline: &Timeline<P>) -> Past {
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

impl Difference {
    /// The first event at which two branches differ, and what differs just after it.
    ///
    /// # Errors
    ///
    /// One sentence, where there are no such branches.
    pub fn of<P: Protocol>(timeline: &Timeline<P>, left: u32, right: u32) -> Result<Difference, Refused> {
        let common = timeline.common(left, right)?;
        let next = |id| Ok::<_, Refused>(timeline.glance(id, common)?.next_known());
        let after = |id| Ok::<_, Refused>(View::of(&timeline.glance(id, common + 1)?, None));
        let (one, other) = (after(left)?, after(right)?);
        let pairs = one.nodes.iter().zip(&other.nodes);
        let contrasts = pairs.flat_map(|(one, other)| {
            let rows = rows::<P>(one).into_iter().zip(rows::<P>(other));
            let unlike = rows.filter(|((_, left), (_, right))| left != right);
            unlike.map(|((what, left), (_, right))| Contrast { node: one.id, what, left, right }).collect::<Vec<_>>()
        });
        Ok(Difference { number: common + 1, left: next(left)?, right: next(right)?, contrasts: contrasts.collect() })
    }
}

/// What is compared of a node.
fn rows<P: Protocol>(card: &NodeCard) -> Vec<(&'static str, String)> {
    let NodeCard { node, up, paused, .. } = card;
    let words = P::WORDS;
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
