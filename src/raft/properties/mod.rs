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
use crate::raft::state::Role;
use crate::raft::{Log, Raft};
use crate::types::{LogIndex, MAX_CLIENTS, MAX_NODES, NodeId, Pages, SortedMap, Term};

/// What properties are about: the bits of [`Property::about`].
mod about {
    /// A node's log is not as it was.
    pub(super) const LOG: u32 = 1;
    /// Its term is not, or that on its disk, or its vote there.
    pub(super) const BALLOT: u32 = 2;
    /// What it knows to be committed is not.
    pub(super) const COMMIT: u32 = 4;
    /// What it has applied is not.
    pub(super) const APPLIED: u32 = 8;
    /// It leads another term than before, or more was committed in earlier terms than was known.
    pub(super) const LEADS: u32 = 16;
    /// It leads, so it may believe something of others that it did not.
    pub(super) const PEERS: u32 = 32;
    /// Its log begins elsewhere, or its snapshot ends elsewhere.
    pub(super) const FOLDED: u32 = 64;
    /// Its log ends in an entry that nobody has seen in such a log.
    pub(super) const FRESH: u32 = 512;
    /// It has sent something.
    pub(super) const SENT: u32 = 128;
    /// It has noted something.
    pub(super) const NOTED: u32 = 256;
}

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
    /// For each committed index, from 1, the digest of the prefix; 0 where the entry went into a snapshot in the step that
    /// committed it.
    committed: Pages<u64>,
    /// How far the log was committed in each term, as far as any node in that term knew it; only where that is farther
    /// than in all terms before, so both rise.
    committed_in: Vec<(Term, u64)>,
    /// For each index that was applied anywhere, the digest of the prefix; 0 as above.
    applied: Pages<u64>,
    /// What was last seen of each node.
    nodes: [Seen; MAX_NODES as usize],
    /// What whoever led last believes of the others, as far as it was found true and they have not changed since.
    believed: Believed,
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
    /// Its term; zero since it crashed.
    term: Term,
    /// Where its log began, and where its snapshot ended; zero since it crashed.
    folded: (LogIndex, LogIndex),
    /// Its commit index; zero since it crashed.
    commit: LogIndex,
    /// The last entry that it has applied; zero since it crashed.
    applied: LogIndex,
}

/// Up to where each node has what a leader has, as that believed, and rightly.
#[derive(Clone, Copy, Debug, Default)]
struct Believed {
    /// Who believes it, and in which term.
    by: Option<(NodeId, Term)>,
    /// Of each node; zero of whoever has changed since.
    matched: [LogIndex; MAX_NODES as usize],
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

    /// How many entries were committed in terms before this one.
    fn committed_before(&self, term: Term) -> u64 {
        self.committed_in.iter().rev().find(|(earlier, _)| *earlier < term).map_or(0, |(_, count)| *count)
    }

    /// So many entries are committed, as a node in this term knows. What is known in a later term may turn out to have been
    /// committed in an earlier one already, and then every leader in between must have it.
    fn remember_committed(&mut self, term: Term, count: u64) {
        // Most nodes know no more than is known already.
        if self.committed_in.last().is_some_and(|(last, known)| *last == term && *known >= count) {
            return;
        }
        let behind = self.committed_in.partition_point(|(earlier, _)| *earlier <= term);
        if behind.checked_sub(1).is_some_and(|last| self.committed_in[last].1 >= count) {
            return;
        }
        let from = behind - usize::from(behind.checked_sub(1).is_some_and(|last| self.committed_in[last].0 == term));
        let to = behind + self.committed_in[behind..].iter().take_while(|(_, known)| *known <= count).count();
        self.committed_in.drain(from..to);
        self.committed_in.insert(from, (term, count));
    }

    /// What of the changed node is not as it was last seen, in the bits of [`about`].
    pub(super) fn changed(&self, moment: &Moment<'_, Raft>) -> u32 {
        let (seen, disk) = (&self.nodes[moment.changed.slot()], moment.world.disk(moment.changed));
        let bit = |is: bool, bit: u32| if is { bit } else { 0 };
        let did = bit(moment.did.sent, about::SENT) | bit(moment.did.noted, about::NOTED);
        let ballot = (disk.term, disk.vote) != seen.ballot;
        let Some(node) = moment.state() else { return did | bit(ballot, about::BALLOT) };
        let leads = node.is_leader();
        let log = end_of(node) != seen.end;
        let fresh = log && self.prefix(node.log.last_index(), node.log.last_term()) != Some(node.log.last_digest());
        did | bit(ballot || node.term != seen.term, about::BALLOT)
            | bit(log, about::LOG)
            | bit(fresh, about::FRESH)
            | bit(node.commit != seen.commit, about::COMMIT)
            | bit(node.applied != seen.applied, about::APPLIED)
            | bit((node.log.base().index, node.snapshot_index()) != seen.folded, about::FOLDED)
            | bit(leads, about::PEERS)
            | bit(leads && seen.led != Some((node.term, self.committed_before(node.term))), about::LEADS)
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
        place(index).and_then(|place| self.committed.get(place)).copied().unwrap_or(0)
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
        if moment.did.asked {
            self.remember_asked(moment.world);
        }
        let seen = moment.changed.slot();
        let is = |bits: u32| moment.what & bits != 0;
        self.believed.matched[seen] = LogIndex::ZERO;
        if is(about::BALLOT) {
            let disk = moment.world.disk(moment.changed);
            self.nodes[seen].ballot = (disk.term, disk.vote);
        }
        let Some(node) = moment.state() else {
            self.nodes[seen] = Seen { ballot: self.nodes[seen].ballot, ..Seen::default() };
            self.believed.by = self.believed.by.filter(|(by, _)| *by != moment.changed);
            return;
        };
        self.nodes[seen].term = node.term;
        if is(about::FRESH | about::FOLDED) {
            self.remember_log(node);
        }
        if is(about::LOG | about::FOLDED) {
            let folded = (node.log.base().index, node.snapshot_index());
            (self.nodes[seen].end, self.nodes[seen].folded) = (end_of(node), folded);
        }
        if is(about::APPLIED) {
            once::remember(self, moment, node);
            for index in self.applied.len() as u64 + 1..=node.applied.0 {
                self.applied.push(node.log.digest_at(LogIndex(index)).unwrap_or(0));
            }
            self.nodes[seen].applied = node.applied;
        }
        if is(about::COMMIT) {
            for index in self.committed.len() as u64 + 1..=node.commit.0 {
                self.committed.push(node.log.digest_at(LogIndex(index)).unwrap_or(0));
            }
            self.remember_committed(node.term, node.commit.0);
            self.nodes[seen].commit = node.commit;
        }
        let Role::Leader(leader) = &node.role else {
            self.nodes[seen].led = None;
            return;
        };
        if self.nodes[seen].led.is_none_or(|(term, _)| term != node.term) {
            self.leader_of.insert(node.term, node.id);
        }
        self.nodes[seen].led = Some((node.term, self.committed_before(node.term)));
        self.believed.by = Some((node.id, node.term));
        for (matched, peer) in self.believed.matched.iter_mut().zip(&leader.progress) {
            *matched = peer.matched;
        }
    }

    /// Takes note of the entries of a node's log that nobody has seen yet.
    fn remember_log(&mut self, node: &Raft) {
        // What went into a snapshot in this very step was seen by nobody.
        let base = node.log.base();
        while (self.prefixes.len() as u64) < base.index.0 {
            let last = self.prefixes.len() as u64 + 1 == base.index.0;
            self.prefixes.push(if last { (base.term, base.digest) } else { (Term::default(), 0) });
        }
        let last = node.log.last_index();
        let first = unseen(self, node).last().map_or(last.next(), |(index, ..)| index);
        for index in (first.0..=last.0).map(LogIndex) {
            let (Some(term), Some(digest)) = (node.log.term_at(index), node.log.digest_at(index)) else { continue };
            // A log has no gaps: whoever holds this index holds all before it, and these come first.
            if index.0 == self.prefixes.len() as u64 + 1 {
                self.prefixes.push((term, digest));
            } else if self.others.get(&(index, term)).is_none() {
                self.others.insert((index, term), digest);
            }
        }
    }

    /// Takes note of what clients ask.
    pub(super) fn remember_asked(&mut self, world: &dyn World<Raft>) {
        let committed = self.committed.len() as u64;
        world.asked(&mut |client, seq| self.asked[client.slot()] = (seq, committed));
    }
}
