//! The five properties of the paper's Figure 3, checked at every step.
//!
//! A step changes one node, so each check looks at that node alone, beside a [`Witness`] of what was
//! seen before: who led which term, what was committed, which prefix an (index, term) names. Digests
//! make each comparison one word; the cost of a step does not grow with the log.

use crate::protocol::{Moment, Property};
use crate::raft::Raft;
use crate::types::{LogIndex, MAX_NODES, NodeId, Pages, SortedMap, Term};

/// What was seen of a run so far.
#[derive(Clone, Debug, Default)]
pub struct Witness {
    /// Who led each term.
    leader_of: SortedMap<Term, NodeId>,
    /// For each index, from 1, the term of the first entry seen there, and the digest of the prefix that it
    /// then names, as the first log that held it had it.
    prefixes: Pages<(Term, u64)>,
    /// The same of entries of other terms, which most indexes never have.
    others: SortedMap<(LogIndex, Term), u64>,
    /// For each committed index, from 1: the digest of the prefix, and the term of whoever was first
    /// known to have it committed.
    committed: Pages<(u64, Term)>,
    /// For each index that was applied anywhere, the digest of the prefix.
    applied: Pages<u64>,
    /// For each node that led after its last step: the term, and its log then.
    led: [Option<(Term, LogIndex, u64)>; MAX_NODES as usize],
}

impl Witness {
    /// The digest of the prefix that the entry of this term at this index names.
    fn prefix(&self, index: LogIndex, term: Term) -> Option<u64> {
        let place = usize::try_from(index.0.checked_sub(1)?).ok()?;
        match self.prefixes.get(place)? {
            (first, digest) if *first == term => Some(*digest),
            _ => self.others.get(&(index, term)).copied(),
        }
    }
}

/// Election Safety, Leader Append-Only, Log Matching, Leader Completeness, State Machine Safety.
pub(super) const FIGURE_3: &[Property<Raft>] = &[
    Property {
        name: "election-safety",
        sentence: "At most one leader can be elected in a given term.",
        section: "Raft §5.2",
        check: election_safety,
    },
    Property {
        name: "leader-append-only",
        sentence: "A leader never overwrites or deletes entries in its log; it only appends new entries.",
        section: "Raft §5.3",
        check: leader_append_only,
    },
    Property {
        name: "log-matching",
        sentence: "If two logs contain an entry with the same index and term, they are identical up to it.",
        section: "Raft §5.3",
        check: log_matching,
    },
    Property {
        name: "leader-completeness",
        sentence: "An entry that is committed in a term is in the logs of the leaders of all later terms.",
        section: "Raft §5.4",
        check: leader_completeness,
    },
    Property {
        name: "state-machine-safety",
        sentence: "If a node has applied an entry at an index, no other node ever applies another one there.",
        section: "Raft §5.4.3",
        check: state_machine_safety,
    },
];

fn election_safety(witness: &Witness, moment: &Moment<'_, Raft>) -> Result<(), String> {
    let Some(node) = moment.state().filter(|node| node.is_leader()) else { return Ok(()) };
    match witness.leader_of.get(&node.term) {
        Some(other) if *other != node.id => Err(format!("{other} and {} both lead term {}", node.id, node.term)),
        _ => Ok(()),
    }
}

fn leader_append_only(witness: &Witness, moment: &Moment<'_, Raft>) -> Result<(), String> {
    let Some(node) = moment.state().filter(|node| node.is_leader()) else { return Ok(()) };
    match witness.led[node.id.slot()] {
        Some((term, last, digest)) if term == node.term && node.log.digest_at(last) != Some(digest) => {
            Err(format!("{}, who leads term {term}, no longer has its first {last} entries", node.id))
        }
        _ => Ok(()),
    }
}

/// From the end of the log back to the first entry that is known to be right: what is before it is
/// right too, since the digest covers it.
fn unseen<'a>(witness: &'a Witness, node: &'a Raft) -> impl Iterator<Item = (LogIndex, Term, u64)> + 'a {
    let all = (1..=node.log.last_index().0)
        .rev()
        .map(LogIndex)
        .filter_map(|index| Some((index, node.log.term_at(index)?, node.log.digest_at(index)?)));
    all.take_while(|(index, term, digest)| witness.prefix(*index, *term) != Some(*digest))
}

fn log_matching(witness: &Witness, moment: &Moment<'_, Raft>) -> Result<(), String> {
    let Some(node) = moment.state() else { return Ok(()) };
    for (index, term, _) in unseen(witness, node) {
        if witness.prefix(index, term).is_some() {
            return Err(format!(
                "{}'s entry {index} of term {term} has other entries before it than the same entry elsewhere",
                node.id
            ));
        }
    }
    Ok(())
}

fn leader_completeness(witness: &Witness, moment: &Moment<'_, Raft>) -> Result<(), String> {
    let Some(node) = moment.state() else { return Ok(()) };
    let lacks = |leader: &Raft| {
        // Terms of commitment never fall along the log, so the entries of earlier terms come first.
        let count = witness.committed.partition_point(|(_, term)| *term < leader.term);
        let last = LogIndex(count as u64);
        let digest = count.checked_sub(1).and_then(|place| Some(witness.committed.get(place)?.0));
        digest.filter(|digest| leader.log.digest_at(last) != Some(*digest)).map(|_| last)
    };
    if let Some(last) = node.is_leader().then(|| lacks(node)).flatten() {
        return Err(format!("{} leads term {} without the committed entries up to {last}", node.id, node.term));
    }
    // What this step committed must be in the logs of those who lead a later term already.
    let index = node.commit;
    if !node.is_leader() || index.0 <= witness.committed.len() as u64 {
        return Ok(());
    }
    let digest = node.log.digest_at(index);
    for other in moment.nodes.iter().flatten().filter(|other| other.is_leader() && other.term > node.term) {
        if other.log.digest_at(index) != digest {
            return Err(format!(
                "{} commits entry {index} in term {}, and {}, who leads term {}, does not have it",
                node.id, node.term, other.id, other.term
            ));
        }
    }
    Ok(())
}

fn state_machine_safety(witness: &Witness, moment: &Moment<'_, Raft>) -> Result<(), String> {
    let Some(node) = moment.state().filter(|node| node.applied > LogIndex::ZERO) else { return Ok(()) };
    let known = node.applied.0.min(witness.applied.len() as u64);
    let Some(place) = usize::try_from(known).ok().and_then(|known| known.checked_sub(1)) else { return Ok(()) };
    if node.log.digest_at(LogIndex(known)).as_ref() == witness.applied.get(place) {
        return Ok(());
    }
    Err(format!("{} has applied other entries up to {known} than another node has", node.id))
}

impl Witness {
    /// Takes note of what a step changed.
    pub(super) fn remember(&mut self, moment: &Moment<'_, Raft>) {
        let Some(node) = moment.state() else {
            self.led[moment.changed.slot()] = None;
            return;
        };
        let fresh: Vec<_> = unseen(self, node).collect();
        for (index, term, digest) in fresh.into_iter().rev() {
            // A log has no gaps: whoever holds this index holds all before it, and these come first.
            if index.0 == self.prefixes.len() as u64 + 1 {
                self.prefixes.push((term, digest));
            } else if self.others.get(&(index, term)).is_none() {
                self.others.insert((index, term), digest);
            }
        }
        for index in self.committed.len() as u64 + 1..=node.commit.0 {
            self.committed.extend(node.log.digest_at(LogIndex(index)).map(|digest| (digest, node.term)));
        }
        for index in self.applied.len() as u64 + 1..=node.applied.0 {
            self.applied.extend(node.log.digest_at(LogIndex(index)));
        }
        let mut led = None;
        if node.is_leader() {
            self.leader_of.insert(node.term, node.id);
            led = node.log.digest_at(node.log.last_index()).map(|digest| (node.term, node.log.last_index(), digest));
        }
        self.led[node.id.slot()] = led;
    }
}

#[cfg(test)]
mod tests {
    //! Each property is shown to bite: a broken picture is put together by hand, as no run of the
    //! protocol would ever come to it.

    use super::*;
    use crate::kv::Store;
    use crate::raft::{Log, Role};

    /// A node in `term` whose log has entries of these terms, of which `commit` are committed.
    fn node(id: u8, term: u64, log: &[u64], commit: u64, leads: bool) -> Option<Raft> {
        let role = if leads { Role::Leader { progress: Vec::new() } } else { Role::Follower { leader: None } };
        let (id, term, commit) = (NodeId(id), Term(term), LogIndex(commit));
        let log = Log::of(log);
        let flushed = log.last_index();
        Some(Raft { id, term, vote: None, log, flushed, role, commit, applied: commit, store: Store::default() })
    }

    /// Shows one picture after another, each with the node that has changed; returns the properties
    /// that do not hold of the last one.
    fn check(pictures: &[(u8, &[Option<Raft>])]) -> Vec<&'static str> {
        let mut witness = Witness::default();
        let mut broken = Vec::new();
        for (changed, nodes) in pictures {
            let moment = Moment { changed: NodeId(*changed), nodes };
            let fails = |property: &&Property<Raft>| (property.check)(&witness, &moment).is_err();
            broken = FIGURE_3.iter().filter(fails).map(|property| property.name).collect();
            witness.remember(&moment);
        }
        broken
    }

    #[test]
    fn two_leaders_of_one_term_break_election_safety() {
        let one = [node(1, 2, &[], 0, true), node(2, 2, &[], 0, false)];
        let both = [node(1, 2, &[], 0, true), node(2, 2, &[], 0, true)];
        assert_eq!(check(&[(1, &one), (2, &both)]), ["election-safety"]);
        let later = [node(1, 2, &[], 0, true), node(2, 3, &[], 0, true)];
        assert_eq!(check(&[(1, &one), (2, &later)]), [""; 0], "leaders of different terms may coexist");
    }

    #[test]
    fn a_second_leader_is_noticed_even_after_the_first_has_gone() {
        let one = [node(1, 2, &[], 0, true), node(2, 2, &[], 0, false)];
        let gone = [None, node(2, 2, &[], 0, false)];
        let other = [None, node(2, 2, &[], 0, true)];
        assert_eq!(check(&[(1, &one), (1, &gone), (2, &other)]), ["election-safety"]);
    }

    #[test]
    fn a_second_leader_is_noticed_however_many_terms_have_passed() {
        let second = [node(1, 2, &[], 0, true), node(2, 2, &[], 0, false), node(3, 2, &[], 0, false)];
        let third = [node(1, 3, &[], 0, false), node(2, 3, &[], 0, true), node(3, 2, &[], 0, false)];
        let late = [node(1, 3, &[], 0, false), node(2, 3, &[], 0, true), node(3, 2, &[], 0, true)];
        assert_eq!(check(&[(1, &second), (2, &third), (3, &late)]), ["election-safety"]);
    }

    #[test]
    fn a_leader_that_drops_an_entry_breaks_append_only() {
        let before = [node(1, 2, &[1, 2], 0, true)];
        assert_eq!(check(&[(1, &before), (1, &[node(1, 2, &[1], 0, true)])]), ["leader-append-only"]);
        assert_eq!(check(&[(1, &before), (1, &[node(1, 2, &[1, 2, 2], 0, true)])]), [""; 0]);
        assert_eq!(check(&[(1, &before), (1, &[node(1, 3, &[1], 0, false)])]), [""; 0], "a follower may");
    }

    #[test]
    fn equal_entries_behind_different_ones_break_log_matching() {
        let first = [node(1, 3, &[1, 3], 0, false), node(2, 3, &[], 0, false)];
        let second = [node(1, 3, &[1, 3], 0, false), node(2, 3, &[2, 3], 0, false)];
        assert_eq!(check(&[(1, &first), (2, &second)]), ["log-matching"]);
        let same = [node(1, 3, &[1, 3], 0, false), node(2, 3, &[1, 3], 0, false)];
        assert_eq!(check(&[(1, &first), (2, &same)]), [""; 0]);
    }

    #[test]
    fn a_leader_without_a_committed_entry_breaks_completeness() {
        let committed = [node(1, 2, &[1, 2], 2, true), node(2, 2, &[1], 0, false)];
        let elected = [None, node(2, 3, &[1], 0, true)];
        assert_eq!(
            check(&[(1, &committed), (1, &[None, node(2, 2, &[1], 0, false)]), (2, &elected)]),
            ["leader-completeness"]
        );
        // A leader of an earlier term that is noticed late need not have what was committed after it.
        let stale = [node(1, 2, &[1, 2], 2, true), node(2, 1, &[1], 0, true)];
        assert_eq!(check(&[(1, &committed), (2, &stale)]), [""; 0]);
    }

    #[test]
    fn committing_behind_the_back_of_a_later_leader_breaks_completeness() {
        let before = [node(1, 2, &[1, 2], 0, true), node(2, 3, &[1], 0, true)];
        let after = [node(1, 2, &[1, 2], 2, true), node(2, 3, &[1], 0, true)];
        assert_eq!(check(&[(1, &before), (2, &before), (1, &after)]), ["leader-completeness"]);
    }

    #[test]
    fn applying_another_entry_breaks_state_machine_safety() {
        let first = [node(1, 2, &[1, 2], 2, false), node(2, 3, &[1, 3], 0, false)];
        let second = [node(1, 2, &[1, 2], 2, false), node(2, 3, &[1, 3], 2, false)];
        assert_eq!(check(&[(1, &first), (2, &second)]), ["state-machine-safety"]);
        let ahead = [node(1, 2, &[1, 2], 2, false), node(2, 3, &[1, 3, 3], 3, false)];
        assert_eq!(check(&[(1, &first), (2, &ahead)]), ["state-machine-safety"], "though it has applied more");
        let behind = [node(1, 2, &[1, 2], 2, false), node(2, 3, &[3], 1, false)];
        assert_eq!(check(&[(1, &first), (2, &behind)]), ["state-machine-safety"], "though it has applied less");
    }
}
