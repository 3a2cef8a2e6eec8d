//! What a node leaves behind when it crashes, and the timers that it asks for.

use std::fmt::Debug;
use std::hash::Hash;

use crate::kv::Command;
use crate::types::NodeId;

/// What a node holds on its disk before a run starts, in neutral words.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Given {
    /// The epoch that it is in; where none is said, that of its last slot.
    pub epoch: Option<u64>,
    /// Whom it has voted for in that epoch.
    pub vote: Option<NodeId>,
    /// Its slots from the first on: each with its epoch and its command.
    pub slots: Vec<(u64, Command)>,
}

/// What a disk keeps for a node, changed only by writes.
pub trait Durable: Clone + Default + Eq + Hash + Debug {
    /// One change.
    type Write: Clone + Eq + Hash + Debug;
    /// What the node is told when a write has been flushed.
    type Receipt: Copy + Eq + Hash + Debug;

    /// Carries out one write.
    fn write(&mut self, write: &Self::Write) -> Self::Receipt;

    /// The machine has crashed in the midst of a write: of what it consists of, the first `whole` parts have
    /// reached the disk, and the next one in part. Where nothing of that kind is kept, nothing has reached it.
    fn tear(&mut self, write: &Self::Write, whole: u64) {
        let _ = (write, whole);
    }

    /// A write in a few words, for a trace: `term 2, vote n1`.
    fn say(write: &Self::Write) -> String;
}

/// A timer of a node: armed by name, at most once at a time.
pub trait TimerName: Copy + Eq + Ord + Hash + Debug + 'static {
    /// Every timer that the protocol has.
    const ALL: &'static [Self];

    /// The name, as steps and views write it.
    fn name(self) -> &'static str;

    /// Where it stands in [`TimerName::ALL`].
    fn place(self) -> usize {
        Self::ALL.iter().position(|timer| *timer == self).expect("every timer is in ALL")
    }

    /// Whether it bounds what the node may rely on, rather than calls it to do something. A process that goes on
    /// after a stop looks at its clock before it reads anything: such timers run out first then.
    fn is_deadline(self) -> bool {
        false
    }

    /// Where the timer of this name stands in [`TimerName::ALL`].
    fn named(name: &str) -> Option<usize> {
        Self::ALL.iter().position(|timer| timer.name() == name)
    }
}
