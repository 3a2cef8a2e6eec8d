//! The arithmetic of majorities, apart from everything that uses it.
//!
//! ```text
//!   matched by   n1  n2  n3  n4  n5          sorted, highest first
//!                 7   7   4   3   0    -->     7   7  [4]  3   0
//!                                                     ^
//!                                  the 3rd of 5: a majority holds at least 4
//! ```
//!
//! Two majorities of the same nodes always share a node. All of consensus rests on that sentence.

use crate::types::NodeSet;

/// How many nodes of `count` make a majority: `count / 2 + 1`.
pub fn majority(count: u32) -> u32 {
    count / 2 + 1
}

/// The highest value that a majority has reached: each node of the quorum has at least this much.
///
/// `reached` holds one value for each voter. Nobody at all reaches nothing, which is the default
/// (zero). Voters are few, so counting for each beats sorting.
pub fn reached_by_majority<T: Ord + Copy + Default>(reached: &[T]) -> T {
    reached_by(reached.len() / 2 + 1, reached)
}

/// The same where `needed` of them decide.
pub fn reached_by<T: Ord + Copy + Default>(needed: usize, reached: &[T]) -> T {
    let held_by_enough = |value: &&T| reached.iter().filter(|other| other >= value).count() >= needed;
    reached.iter().filter(held_by_enough).max().copied().unwrap_or_default()
}

/// How a vote stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Standing {
    /// A majority has granted.
    Won,
    /// So many have refused that a majority can no longer grant.
    Lost,
    /// Neither yet.
    Open,
}

/// Counts a vote among `voters`. Votes of anybody else do not count.
pub fn standing(voters: NodeSet, granted: NodeSet, refused: NodeSet) -> Standing {
    standing_by(majority(voters.len()), voters.len(), granted.and(voters).len(), refused.and(voters).len())
}

/// The same of so many votes, where `needed` of the voters decide.
pub fn standing_by(needed: u32, voters: u32, granted: u32, refused: u32) -> Standing {
    if granted >= needed {
        Standing::Won
    } else if refused + needed > voters {
        Standing::Lost
    } else {
        Standing::Open
    }
}

/// What two quorums come to that are both needed, as while the members change (dissertation, §4.3).
pub fn both(one: Standing, other: Standing) -> Standing {
    match (one, other) {
        (Standing::Lost, _) | (_, Standing::Lost) => Standing::Lost,
        (Standing::Won, Standing::Won) => Standing::Won,
        _ => Standing::Open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::NodeId;

    #[test]
    fn a_majority_is_more_than_half() {
        let table: Vec<u32> = (1..=9).map(majority).collect();
        assert_eq!(table, [1, 2, 2, 3, 3, 4, 4, 5, 5]);
    }

    #[test]
    fn the_commit_table() {
        for (reached, expected) in [
            (vec![], 0u64),
            (vec![1], 1),
            (vec![2, 1], 1),
            (vec![2, 2], 2),
            (vec![2, 1, 1], 1),
            (vec![2, 1, 2], 2),
            (vec![2, 1, 1, 2], 1),
            (vec![2, 1, 2, 2], 2),
            (vec![7, 7, 4, 3, 0], 4),
        ] {
            assert_eq!(reached_by_majority(&reached), expected, "reached {reached:?}");
        }
    }

    #[test]
    fn every_two_majorities_meet() {
        for count in 1..=7u8 {
            let sets: Vec<NodeSet> = (0u32..1 << count)
                .map(|bits| NodeId::all(count).filter(|id| bits & 1 << (id.0 - 1) != 0).collect())
                .collect();
            let won = |set: &&NodeSet| standing(NodeSet::first(count), **set, NodeSet::EMPTY) == Standing::Won;
            for a in sets.iter().filter(won) {
                assert!(
                    sets.iter().filter(won).all(|b| !a.and(*b).is_empty()),
                    "{a:?} of {count} meets not every majority"
                );
            }
        }
    }

    #[test]
    fn a_vote_is_lost_when_it_can_no_longer_be_won() {
        let set = |ids: &[u8]| ids.iter().map(|&n| NodeId(n)).collect::<NodeSet>();
        let five = NodeSet::first(5);
        assert_eq!(standing(five, set(&[1, 2]), set(&[3, 4])), Standing::Open);
        assert_eq!(standing(five, set(&[1, 2]), set(&[3, 4, 5])), Standing::Lost);
        assert_eq!(standing(five, set(&[1, 2, 3]), set(&[4, 5])), Standing::Won);
        assert_eq!(standing(NodeSet::first(4), set(&[1, 2]), set(&[3])), Standing::Open);
        assert_eq!(standing(NodeSet::first(4), set(&[1, 2]), set(&[3, 4])), Standing::Lost);
        assert_eq!(
            standing(NodeSet::first(3), set(&[1, 7, 8]), NodeSet::EMPTY),
            Standing::Open,
            "strangers do not vote"
        );
    }
}
