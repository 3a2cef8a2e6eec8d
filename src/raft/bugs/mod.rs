//! Mistakes that a Raft cluster can be told to make, each at the one place where somebody has made it.
//!
//! A rule asks [`Config::makes`] whether its mistake is on. Without the feature `bugs` the answer is a constant, and
//! nothing of all this is compiled. With any mistake on, a node trusts what it is told as the paper's does: what it
//! would refuse otherwise, since no node that keeps to the rules could have sent it, is taken.

mod counting;
#[cfg(feature = "bugs")]
mod elections;
mod keyed;
#[cfg(feature = "bugs")]
mod logs;
#[cfg(feature = "bugs")]
mod rest;

pub(super) use keyed::Keyed;

use crate::observe::Kind;
use crate::protocol::{Bug, Bugs, Choice};
use crate::raft::Config;

/// Every mistake, in the order of [`ALL`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Mistake {
    ForgetVote,
    IgnoreVotedFor,
    ClearVote,
    SkipUpToDate,
    LengthOnly,
    LastTermOnly,
    HalfQuorum,
    CountDuplicateVotes,
    CountVotesOfOldTerm,
    HigherTermStayLeader,
    TimerResetOnAnyRpc,
    PreVoteAnswersDropped,
    TermAndVoteApart,
    CommitOldTerm,
    AcceptOldTermAppends,
    AlwaysTruncate,
    NeverTruncate,
    SkipPrevLogTerm,
    CommitWithoutMinimum,
    CommitFalls,
    MatchIsLeaderLast,
    AckOwnLast,
    AckBeforeFsync,
    SnapshotOverwritesNewer,
    LocalRead,
    ReadIndexBeforeOwnTermCommit,
    ReadIndexAcksKeyedByCaller,
    LeaseWithoutDriftBound,
    NoSessions,
    OneStepSwap,
    SingleServerBeforeOwnTerm,
    LearnersInQuorum,
    RemovedLeaderCountsItself,
}

/// Every mistake, in the words for people.
#[cfg(feature = "bugs")]
pub(super) const ALL: &[Bug] = &{
    let parts = [elections::ALL, logs::ALL, rest::ALL];
    let mut all = [elections::ALL[0]; Mistake::RemovedLeaderCountsItself as usize + 1];
    let (mut part, mut place, mut filled) = (0, 0, 0);
    while filled < all.len() {
        if place == parts[part].len() {
            (part, place) = (part + 1, 0);
        }
        all[filled] = parts[part][place];
        (place, filled) = (place + 1, filled + 1);
    }
    all
};

#[cfg(not(feature = "bugs"))]
pub(super) const ALL: &[Bug] = &[];

/// The choice of mistakes.
pub(super) const CHOICE: Choice<Config> = Choice {
    name: "bug",
    label: "mistake",
    sentence: "A rule is broken on purpose, as somebody has broken it by mistake.",
    section: "",
    group: "mistakes",
    kind: Kind::Text,
    safety: true,
    get: |config| config.bugs.names(ALL),
    set: |config, text| {
        config.bugs = Bugs::named(ALL, text)?;
        Ok(())
    },
};

impl Config {
    /// Whether this mistake is made.
    pub(super) const fn makes(&self, mistake: Mistake) -> bool {
        self.bugs.has(mistake as u8)
    }
}

#[cfg(all(test, feature = "bugs"))]
mod tests {
    use super::*;
    use crate::protocol::{Property, Protocol};
    use crate::raft::Raft;

    /// `ForgetVote` as `forget_vote`.
    fn snake(name: &str) -> String {
        let mut snake = String::new();
        for c in name.chars() {
            if c.is_uppercase() && !snake.is_empty() {
                snake.push('_');
            }
            snake.extend(c.to_lowercase());
        }
        snake
    }

    #[test]
    fn every_mistake_stands_at_its_place_and_is_made_alone() {
        assert_eq!(elections::ALL.len() + logs::ALL.len() + rest::ALL.len(), ALL.len());
        for (place, bug) in (0..).zip(ALL) {
            let mut config = Config::new(3);
            CHOICE.choose(&mut config, bug.name).expect("a name of the list");
            assert_eq!(config.bugs, Bugs::default().with(place));
            assert_eq!((CHOICE.get)(&config), bug.name);
        }
        for mistake in [Mistake::ForgetVote, Mistake::CommitOldTerm, Mistake::LocalRead, Mistake::LearnersInQuorum] {
            assert_eq!(ALL[mistake as usize].name, snake(&format!("{mistake:?}")));
        }
        assert_eq!(ALL.last().map(|bug| bug.name), Some("removed_leader_counts_itself"));
    }

    #[test]
    fn every_mistake_is_told_in_full_and_breaks_something_that_is_checked() {
        let known: Vec<&str> = Raft::properties().iter().map(|property: &Property<Raft>| property.name).collect();
        for bug in ALL {
            assert!(bug.sentence.ends_with('.'), "{}", bug.name);
            assert!(![bug.label, bug.section, bug.right, bug.wrong].contains(&""), "{}", bug.name);
            assert_ne!(bug.right, bug.wrong);
            assert!(known.contains(&bug.breaks) || bug.breaks == "liveness", "{}", bug.name);
            for (name, value) in bug.with {
                let mut settings = Config::new(3);
                let choice = Raft::options().iter().find(|choice| choice.name == *name);
                let sets = choice.map_or(["num_nodes", "disk.all"].contains(name), |choice| {
                    choice.choose(&mut settings, value).is_ok()
                });
                assert!(sets, "{}: {name} = {value}", bug.name);
            }
        }
    }
}
