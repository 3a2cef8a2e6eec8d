//! How votes and copies are counted: as [`Members`] say they should be, or wrongly.

use crate::quorum::{Standing, both, majority, reached_by, standing_by};
use crate::raft::bugs::Mistake;
use crate::raft::{Config, Members};
use crate::types::{LogIndex, MAX_NODES, NodeId, NodeSet};

impl Config {
    /// How many of these voters decide.
    pub(in crate::raft) fn needed(&self, voters: NodeSet) -> u32 {
        let count = voters.len();
        if self.makes(Mistake::HalfQuorum) { (count / 2).max(1) } else { majority(count) }
    }

    /// How a vote stands among the members; the votes of `twice` count twice.
    pub(in crate::raft) fn standing(
        &self,
        members: &Members,
        (granted, twice): (NodeSet, NodeSet),
        refused: NodeSet,
    ) -> Standing {
        if !self.bugs.any() {
            return members.standing(granted, refused);
        }
        let one = |voters: NodeSet| {
            let votes = granted.and(voters).len() + twice.and(voters).len();
            standing_by(self.needed(voters), voters.len(), votes, refused.and(voters).len())
        };
        members.quorums().map(one).reduce(both).unwrap_or(Standing::Open)
    }

    /// The highest value that a majority has reached, of each side where there are two.
    pub(in crate::raft) fn reached<T: Ord + Copy + Default>(
        &self,
        members: &Members,
        value_of: impl Fn(NodeId) -> T,
    ) -> T {
        if self.bugs.any() { self.reached_with(members, NodeSet::EMPTY, value_of) } else { members.reached(value_of) }
    }

    /// The last entry that so many hold that a leader may commit it.
    pub(in crate::raft) fn held(
        &self,
        members: &Members,
        leader: NodeId,
        holds: impl Fn(NodeId) -> LogIndex,
    ) -> LogIndex {
        let mut more = NodeSet::EMPTY;
        if self.makes(Mistake::LearnersInQuorum) {
            more = more.or(members.learners);
        }
        if self.makes(Mistake::RemovedLeaderCountsItself) {
            more = more.with(leader);
        }
        if self.bugs.any() { self.reached_with(members, more, holds) } else { members.reached(holds) }
    }

    /// The same where others than the voters count, too, though no more than before are needed.
    fn reached_with<T: Ord + Copy + Default>(
        &self,
        members: &Members,
        more: NodeSet,
        value_of: impl Fn(NodeId) -> T,
    ) -> T {
        let one = |voters: NodeSet| {
            let mut values = [T::default(); MAX_NODES as usize];
            let counted = voters.or(more);
            counted.iter().zip(values.iter_mut()).for_each(|(id, value)| *value = value_of(id));
            reached_by(self.needed(voters) as usize, &values[..(counted.len() as usize).min(values.len())])
        };
        members.quorums().map(one).min().unwrap_or_default()
    }
}
