//! What must hold of every run of Raft, checked at every step.
//!
//! A step changes one node, so each check looks at that node alone, beside a [`Witness`] of what was
//! seen before: who led which term, what was committed, which prefix an (index, term) names. Digests
//! make each comparison one word; the cost of a step does not grow with the log, and most steps leave a log as it was,
//! which one comparison tells. The five properties of the
//! paper's Figure 3 say what the cluster as a whole must never do; `conduct` has what each node must do for that, and
//! so tells a mistake earlier.

mod conduct;
mod evidence;
mod explored;
mod figure_3;
mod once;
#[cfg(test)]
mod tests;

use crate::protocol::{Moment, Property, World};
use crate::raft::{Log, Raft};
use crate::types::{LogIndex, MAX_CLIENTS, MAX_NODES, NodeId, Pages, SortedMap, Term};

/// Every property.
pub(super) const ALL: &[Property<Raft>] = &{
    let [a, b, c, d, e] = figure_3::FIGURE_3;
    let [f, g, h, i, j, k, l, m, n] = conduct::CONDUCT;
    [a, b, c, d, e, f, g, h, i, j, k, l, m, n, once::EXACTLY_ONCE]
};

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
    /// known to have it committed. The digest is 0 where the entry went into a snapshot in the step that committed it.
    committed: Pages<(u64, Term)>,
    /// For each index that was applied anywhere, the digest of the prefix; 0 as above.
    applied: Pages<u64>,
    /// What was last seen of each node.
    nodes: [Seen; MAX_NODES as usize],
    /// The request that each client asked last, and how much was committed then.
    asked: [(u64, u64); MAX_CLIENTS as usize],
    /// Of each client, the last entry of its own that anybody has carried out anew, with the number of its request.
    carried: [(LogIndex, u64); MAX_CLIENTS as usize],
}

/// What was last seen of a node.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    /// Where its log ended, and the digest of all of it; zero since it crashed.
    end: (LogIndex, u64),
    /// Where it led: the term, and how many entries were committed in earlier ones, as far as it was known then.
    led: Option<(Term, u64)>,
    /// Term and vote on its disk.
    ballot: (Term, Option<NodeId>),
    /// Its commit index; zero since it crashed.
    commit: LogIndex,
    /// The last entry that it has applied; zero since it crashed.
    applied: LogIndex,
}

/// Whether a log has this digest at an index, as far as it can be known: what is in a snapshot is committed, and was
/// compared before it went there.
fn agrees(log: &Log, index: LogIndex, digest: u64) -> bool {
    digest == 0 || log.digest_at(index).map_or(index < log.base().index, |own| own == digest)
}

/// From the end of the log back to the first entry that is known to be right: what is before it is
/// right too, since the digest covers it.
fn unseen<'a>(witness: &'a Witness, node: &'a Raft) -> impl Iterator<Item = (LogIndex, Term, u64)> + 'a {
    let all = (node.log.base().index.0 + 1..=node.log.last_index().0)
        .rev()
        .map(LogIndex)
        .filter_map(|index| Some((index, node.log.term_at(index)?, node.log.digest_at(index)?)));
    all.take_while(|(index, term, digest)| witness.prefix(*index, *term) != Some(*digest))
}

/// Where what is kept from index 1 on has that of an index.
fn place(index: LogIndex) -> Option<usize> {
    usize::try_from(index.0.checked_sub(1)?).ok()
}

/// Where the node's log ends, and the digest of all of it.
fn end_of(node: &Raft) -> (LogIndex, u64) {
    (node.log.last_index(), node.log.last_digest())
}

impl Witness {
    /// What was last seen of a node.
    fn seen(&self, node: &Raft) -> &Seen {
        &self.nodes[node.id.slot()]
    }

    /// Whether the node's log is the one that was last seen: then all of its entries are known.
    fn knows_log(&self, node: &Raft) -> bool {
        self.seen(node).end == end_of(node)
    }

    /// How many entries were committed in terms before that of this leader.
    fn committed_before(&self, leader: &Raft) -> u64 {
        let earlier = |(_, term): &(u64, Term)| *term < leader.term;
        match (self.committed.last(), self.seen(leader).led) {
            (Some(last), Some((term, count))) if term == leader.term && !earlier(last) => count,
            // Terms of commitment never fall along the log, so the entries of earlier terms come first.
            (Some(last), _) if !earlier(last) => self.committed.partition_point(earlier) as u64,
            _ => self.committed.len() as u64,
        }
    }

    /// The digest of the prefix that the entry of this term at this index names.
    fn prefix(&self, index: LogIndex, term: Term) -> Option<u64> {
        match self.prefixes.get(place(index)?)? {
            (first, digest) if *first == term => Some(*digest),
            _ => self.others.get(&(index, term)).copied(),
        }
    }

    /// The digest of what is committed up to an index; 0 where none is known.
    fn committed_at(&self, index: LogIndex) -> u64 {
        place(index).and_then(|place| self.committed.get(place)).map_or(0, |(digest, _)| *digest)
    }

    /// The digest of what was applied up to an index; 0 where none is known.
    fn applied_at(&self, index: LogIndex) -> u64 {
        place(index).and_then(|place| self.applied.get(place)).copied().unwrap_or(0)
    }

    /// How much is committed anywhere.
    fn committed(&self) -> LogIndex {
        LogIndex(self.committed.len() as u64)
    }

    /// Takes note of what a step changed.
    pub(super) fn remember(&mut self, moment: &Moment<'_, Raft>) {
        self.remember_asked(moment.world);
        let seen = moment.changed.slot();
        let disk = moment.world.disk(moment.changed);
        self.nodes[seen].ballot = (disk.term, disk.vote);
        let Some(node) = moment.state() else {
            self.nodes[seen] = Seen { ballot: self.nodes[seen].ballot, ..Seen::default() };
            return;
        };
        // What went into a snapshot in this very step was seen by nobody.
        let base = node.log.base();
        while (self.prefixes.len() as u64) < base.index.0 {
            let last = self.prefixes.len() as u64 + 1 == base.index.0;
            self.prefixes.push(if last { (base.term, base.digest) } else { (Term::default(), 0) });
        }
        let end = end_of(node);
        let fresh: Vec<_> = if self.nodes[seen].end == end { Vec::new() } else { unseen(self, node).collect() };
        for (index, term, digest) in fresh.into_iter().rev() {
            // A log has no gaps: whoever holds this index holds all before it, and these come first.
            if index.0 == self.prefixes.len() as u64 + 1 {
                self.prefixes.push((term, digest));
            } else if self.others.get(&(index, term)).is_none() {
                self.others.insert((index, term), digest);
            }
        }
        once::remember(self, moment, node);
        let digest_at = |index| node.log.digest_at(LogIndex(index)).unwrap_or(0);
        for index in self.committed.len() as u64 + 1..=node.commit.0 {
            self.committed.push((digest_at(index), node.term));
        }
        for index in self.applied.len() as u64 + 1..=node.applied.0 {
            self.applied.push(digest_at(index));
        }
        let Seen { ballot, led: before, .. } = self.nodes[seen];
        let led = node.is_leader().then(|| (node.term, self.committed_before(node)));
        if led.is_some() && before.is_none_or(|(term, _)| term != node.term) {
            self.leader_of.insert(node.term, node.id);
        }
        self.nodes[seen] = Seen { end, led, ballot, commit: node.commit, applied: node.applied };
    }

    /// Takes note of what clients ask.
    pub(super) fn remember_asked(&mut self, world: &dyn World<Raft>) {
        let committed = self.committed.len() as u64;
        world.asked(&mut |client, seq| self.asked[client.slot()] = (seq, committed));
    }
}
