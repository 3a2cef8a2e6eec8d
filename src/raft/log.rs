//! The log: entries from index 1, each with a digest of everything up to it.
//!
//! By the Log Matching Property (§5.3) an entry's index and term name the whole prefix; the rolling
//! digest makes that checkable in one comparison.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::chance::StableHasher;
use crate::kv::Request;
use crate::types::{LogIndex, Pages, Term};

/// One entry of a log.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Entry {
    /// The term in which a leader received it.
    pub term: Term,
    /// What it asks of the state machine.
    pub request: Arc<Request>,
}

/// A log. Terms never fall from one entry to the next.
#[derive(Clone, Debug, Default)]
pub struct Log {
    entries: Pages<Entry>,
    /// The digest at a place covers the entries up to that place.
    digests: Pages<u64>,
}

impl Log {
    /// The index of the last entry; zero where there is none.
    pub fn last_index(&self) -> LogIndex {
        LogIndex(self.entries.len() as u64)
    }

    /// The term of the last entry; zero where there is none.
    pub fn last_term(&self) -> Term {
        self.entries.last().map_or(Term::default(), |entry| entry.term)
    }

    fn place(index: LogIndex) -> Option<usize> {
        usize::try_from(index.0).ok()?.checked_sub(1)
    }

    /// The entry at `index`, if there is one.
    pub fn get(&self, index: LogIndex) -> Option<&Entry> {
        self.entries.get(Self::place(index)?)
    }

    /// The term of the entry at `index`; the place before the first entry has term zero, so that every
    /// log agrees with every other up to there.
    pub fn term_at(&self, index: LogIndex) -> Option<Term> {
        if index == LogIndex::ZERO { Some(Term::default()) } else { self.get(index).map(|entry| entry.term) }
    }

    /// A hash of all entries up to `index`: equal where the logs are equal up to there.
    pub fn digest_at(&self, index: LogIndex) -> Option<u64> {
        if index == LogIndex::ZERO { Some(0) } else { self.digests.get(Self::place(index)?).copied() }
    }

    /// Adds an entry at the end.
    pub fn append(&mut self, entry: Entry) {
        assert!(entry.term >= self.last_term(), "terms never fall along a log");
        let mut hasher = StableHasher::default();
        hasher.fold(self.digests.last().copied().unwrap_or(0));
        hasher.fold(entry.term.0);
        hasher.fold(entry.request.digest());
        self.digests.push(hasher.finish());
        self.entries.push(entry);
    }

    /// Removes everything behind `after` and puts `entries` there.
    pub fn replace_after(&mut self, after: LogIndex, entries: &[Entry]) {
        assert!(after <= self.last_index(), "a log has no gaps");
        let keep = usize::try_from(after.0).unwrap_or(usize::MAX);
        self.entries.truncate(keep);
        self.digests.truncate(keep);
        entries.iter().for_each(|entry| self.append(entry.clone()));
    }

    /// At most `most` entries from `from` on.
    pub fn slice(&self, from: LogIndex, most: u64) -> Arc<[Entry]> {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        self.entries.range(Self::place(from).unwrap_or(0)).take(most).cloned().collect()
    }

    /// Whether a log that ends in this term and index is at least as up to date as this one (§5.4.1).
    pub fn is_covered_by(&self, last_term: Term, last_index: LogIndex) -> bool {
        (last_term, last_index) >= (self.last_term(), self.last_index())
    }
}

/// Logs are compared by what they hold; the digests follow from that and save most of the work.
impl PartialEq for Log {
    fn eq(&self, other: &Self) -> bool {
        self.digests.len() == other.digests.len()
            && self.digests.last() == other.digests.last()
            && self.entries == other.entries
    }
}

impl Eq for Log {}

impl Hash for Log {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.entries.len() as u64);
        state.write_u64(self.digests.last().copied().unwrap_or(0));
    }
}

#[cfg(test)]
impl Log {
    /// A log whose entries have these terms.
    pub(super) fn of(terms: &[u64]) -> Log {
        let mut log = Log::default();
        for &term in terms {
            log.append(Entry { term: Term(term), request: Request::noop() });
        }
        log
    }

    /// The terms of all entries.
    pub(super) fn terms(&self) -> Vec<u64> {
        self.entries.iter().map(|entry| entry.term.0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_prefixes_have_equal_digests_and_others_have_not() {
        let (a, b, c) = (Log::of(&[1, 1, 2]), Log::of(&[1, 1, 3]), Log::of(&[1, 1]));
        for log in [&b, &c] {
            assert_eq!(a.digest_at(LogIndex(2)), log.digest_at(LogIndex(2)));
        }
        assert_ne!(a.digest_at(LogIndex(3)), b.digest_at(LogIndex(3)));
        assert_eq!(c.digest_at(LogIndex(3)), None);
    }

    #[test]
    fn replacing_the_end_leaves_the_beginning() {
        let mut log = Log::of(&[1, 1, 2, 2]);
        let three = Log::of(&[3]).slice(LogIndex(1), 9);
        log.replace_after(LogIndex(2), &three);
        assert_eq!(log.terms(), [1, 1, 3]);
        assert_eq!(log, Log::of(&[1, 1, 3]));
        assert_eq!(log.slice(LogIndex(2), 1).len(), 1);
        assert_eq!(log.slice(LogIndex(9), 5).len(), 0);
    }

    #[test]
    fn the_voters_table_of_section_5_4_1() {
        for (own, term, index, granted) in [
            (&[1][..], 1, 1, true),
            (&[1], 1, 2, true),
            (&[1], 2, 1, true),
            (&[1], 2, 2, true),
            (&[1, 1], 1, 1, false),
            (&[1, 1], 2, 1, true),
            (&[2], 1, 1, false),
            (&[2], 1, 2, false),
            (&[2, 2], 1, 1, false),
            (&[1, 1, 1, 1], 2, 2, true),
        ] {
            let covered = Log::of(own).is_covered_by(Term(term), LogIndex(index));
            assert_eq!(covered, granted, "own log {own:?}, candidate's last entry ({term}, {index})");
        }
    }
}
