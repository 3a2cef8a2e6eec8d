//! Who takes part: the members of a cluster, which the log itself says, and how they change.
//!
//! A member votes or is a learner, which follows along without a vote. Members change by an entry of the log that
//! says who they are from then on, and that counts as soon as it is in a node's log, committed or not (paper, §6;
//! dissertation, §4.1). One voter at a time may be added or removed directly, since any majority of the old voters
//! then meets any majority of the new ones (dissertation, §4.1, Figure 4.3). Any other change goes through a joint
//! configuration, in which every decision takes a majority of the old voters *and* one of the new (§4.3).

use std::fmt;

use crate::quorum::{Standing, both, reached_by_majority, standing};
use crate::types::{LogIndex, MAX_NODES, NodeId, NodeSet};

/// The members, as some entry of the log has them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Members {
    /// Who votes. While the configuration is joint: who will.
    pub voters: NodeSet,
    /// While it is joint, who has voted until now; nobody else.
    pub outgoing: NodeSet,
    /// Who follows along without a vote.
    pub learners: NodeSet,
    /// Who will do so once the configuration is no longer joint: they vote until then.
    pub demoted: NodeSet,
    /// Whether a joint configuration waits for an operator to end it.
    pub stays: bool,
}

impl Members {
    /// The first `count` nodes vote.
    pub fn first(count: u8) -> Self {
        Members { voters: NodeSet::first(count), ..Members::default() }
    }

    /// Whether two majorities are needed.
    pub fn is_joint(&self) -> bool {
        !self.outgoing.is_empty()
    }

    /// Everybody who votes now, on either side.
    pub fn electorate(&self) -> NodeSet {
        self.voters.or(self.outgoing)
    }

    /// Everybody who takes part.
    pub fn all(&self) -> NodeSet {
        self.electorate().or(self.learners)
    }

    /// The sets of voters of which a majority each is needed: one, or two while it is joint.
    pub fn quorums(&self) -> impl Iterator<Item = NodeSet> + use<> {
        std::iter::once(self.voters).chain(self.is_joint().then_some(self.outgoing))
    }

    /// How a vote stands.
    pub fn standing(&self, granted: NodeSet, refused: NodeSet) -> Standing {
        let one = |voters| standing(voters, granted, refused);
        self.quorums().map(one).reduce(both).unwrap_or(Standing::Open)
    }

    /// The highest value that a majority has reached, of each side where there are two.
    pub fn reached<T: Ord + Copy + Default>(&self, value_of: impl Fn(NodeId) -> T) -> T {
        let mut values = [T::default(); MAX_NODES as usize];
        let mut one = |voters: NodeSet| {
            let count = voters.len() as usize;
            voters.iter().zip(values.iter_mut()).for_each(|(id, value)| *value = value_of(id));
            reached_by_majority(&values[..count.min(MAX_NODES as usize)])
        };
        let reached = one(self.voters);
        if self.is_joint() { reached.min(one(self.outgoing)) } else { reached }
    }

    /// What follows a joint configuration.
    #[must_use]
    pub fn left(&self) -> Self {
        Members { voters: self.voters, learners: self.learners.or(self.demoted), ..Members::default() }
    }

    /// The joint configuration on the way from these members to others.
    #[must_use]
    pub fn joint_with(&self, voters: NodeSet, learners: NodeSet, stays: bool) -> Self {
        let demoted = learners.and(self.voters);
        Members { voters, outgoing: self.voters, learners: learners.minus(demoted), demoted, stays }
    }

    /// Whether the voters differ by more than one from others: then no majority of the ones need meet one of the
    /// others.
    pub fn is_far_from(&self, voters: NodeSet) -> bool {
        self.voters.minus(voters).len() + voters.minus(self.voters).len() > 1
    }

    /// Whether these could be anybody's members: a message may say anything.
    pub fn is_sound(&self) -> bool {
        let possible = (1..=MAX_NODES).map(NodeId).collect::<NodeSet>();
        self.all().minus(possible).is_empty()
            && self.learners.and(self.electorate()).is_empty()
            && self.demoted.minus(self.outgoing).is_empty()
    }
}

/// `n1 n2 n3`, with learners `n1 n2 n3, learner n4`, joint `n1 n2 -> n1 n2 n3`.
impl fmt::Display for Members {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_joint() {
            write!(f, "{} -> ", self.outgoing)?;
        }
        write!(f, "{}", self.voters)?;
        let learners = self.learners.or(self.demoted);
        match learners.len() {
            0 => Ok(()),
            1 => write!(f, ", learner {learners}"),
            _ => write!(f, ", learners {learners}"),
        }
    }
}

/// The members as the log of a node has them, entry by entry: an entry that is removed takes its members along.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Roll {
    /// The members before the first entry of the log that says anything else, and then by the index of each such
    /// entry.
    said: Vec<(LogIndex, Members)>,
}

impl Roll {
    pub(super) fn new(base: LogIndex, members: Members) -> Self {
        Roll { said: vec![(base, members)] }
    }

    /// Who the members are now, and by which entry.
    pub(super) fn last(&self) -> &(LogIndex, Members) {
        self.said.last().expect("the members of the beginning are always there")
    }

    /// Who the members are by the entries up to an index.
    pub(super) fn at(&self, index: LogIndex) -> &(LogIndex, Members) {
        let earlier = self.said.iter().rev().find(|(at, _)| *at <= index);
        earlier.unwrap_or(&self.said[0])
    }

    /// Who the members are by the entries up to an index, and by each that follows.
    pub(super) fn from(&self, index: LogIndex) -> impl Iterator<Item = &Members> {
        let later = self.said.iter().filter(move |(at, _)| *at > index);
        std::iter::once(self.at(index)).chain(later).map(|(_, members)| members)
    }

    /// How many entries behind an index say who the members are.
    pub(super) fn count_behind(&self, index: LogIndex) -> usize {
        self.said.iter().filter(|(at, _)| *at > index).count()
    }

    /// An entry says who the members are.
    pub(super) fn say(&mut self, index: LogIndex, members: Members) {
        self.said.push((index, members));
    }

    /// Entries behind `after` are gone.
    pub(super) fn truncate(&mut self, after: LogIndex) {
        let keep = self.said.iter().take_while(|(at, _)| *at <= after).count();
        self.said.truncate(keep.max(1));
    }

    /// Entries up to an index are in a snapshot.
    pub(super) fn compact(&mut self, to: LogIndex) {
        let gone = self.said.iter().take_while(|(at, _)| *at <= to).count().saturating_sub(1);
        self.said.drain(..gone);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(ids: &[u8]) -> NodeSet {
        ids.iter().map(|&id| NodeId(id)).collect()
    }

    fn reached(members: Members, values: [u64; 5]) -> u64 {
        members.reached(|id| values[id.slot()])
    }

    #[test]
    fn a_joint_configuration_needs_a_majority_of_each_side() {
        let joint = Members::first(3).joint_with(set(&[3, 4, 5]), set(&[]), false);
        assert_eq!(joint.standing(set(&[1, 2]), set(&[])), Standing::Open, "the new side has not voted");
        assert_eq!(joint.standing(set(&[1, 2, 4]), set(&[])), Standing::Open);
        assert_eq!(joint.standing(set(&[1, 3, 4]), set(&[])), Standing::Won, "n3 counts on both sides");
        assert_eq!(joint.standing(set(&[1, 2, 3]), set(&[4, 5])), Standing::Lost);
        assert_eq!(reached(joint, [9, 9, 2, 1, 1]), 1);
        assert_eq!(reached(joint, [9, 1, 5, 7, 0]), 5);
        assert_eq!(reached(Members::first(3), [9, 1, 5, 7, 7]), 5, "strangers do not count");
        assert_eq!(joint.left(), Members { voters: set(&[3, 4, 5]), ..Members::default() });
    }

    #[test]
    fn whoever_becomes_a_learner_votes_until_the_change_is_done() {
        let joint = Members::first(3).joint_with(set(&[1, 2]), set(&[3, 4]), true);
        assert_eq!((joint.learners, joint.demoted, joint.electorate()), (set(&[4]), set(&[3]), set(&[1, 2, 3])));
        assert_eq!(joint.left(), Members { voters: set(&[1, 2]), learners: set(&[3, 4]), ..Members::default() });
        assert_eq!(joint.to_string(), "n1 n2 n3 -> n1 n2, learners n3 n4");
    }

    #[test]
    fn members_come_and_go_with_the_entries_that_say_them() {
        let mut roll = Roll::new(LogIndex::ZERO, Members::first(1));
        roll.say(LogIndex(3), Members::first(2));
        roll.say(LogIndex(5), Members::first(3));
        assert_eq!(roll.at(LogIndex(4)).1, Members::first(2));
        assert_eq!(*roll.last(), (LogIndex(5), Members::first(3)));
        roll.truncate(LogIndex(4));
        assert_eq!(*roll.last(), (LogIndex(3), Members::first(2)));
        roll.compact(LogIndex(3));
        assert_eq!((roll.at(LogIndex(0)).1, roll.said.len()), (Members::first(2), 1));
    }
}
