//! The log: entries from index 1, each with a digest of everything up to it.
//!
//! By the Log Matching Property (§5.3) an entry's index and term name the whole prefix; the rolling
//! digest makes that checkable in one comparison.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::chance::StableHasher;
use crate::raft::Entry;
use crate::types::{LogIndex, Pages, Span, Term};

/// Where a log begins: what is said of the entries up to there, which are in a snapshot.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Base {
    /// The last entry that is not in the log any more; zero where it has them all.
    pub index: LogIndex,
    /// Its term.
    pub term: Term,
    /// Its time.
    pub time: Span,
    /// The digest of everything up to it.
    pub digest: u64,
}

/// A log. Terms never fall from one entry to the next: whoever adds one sees to that.
#[derive(Clone, Debug, Default)]
pub struct Log {
    base: Base,
    entries: Pages<Entry>,
    /// The digest at a place covers the entries up to that place, those before the base too.
    digests: Pages<u64>,
}

impl Log {
    /// Where it begins.
    pub fn base(&self) -> Base {
        self.base
    }

    /// The index of the last entry, in the log or in a snapshot; zero where there is none.
    pub fn last_index(&self) -> LogIndex {
        LogIndex(self.base.index.0 + self.entries.len() as u64)
    }

    /// The term of the last entry; zero where there is none.
    pub fn last_term(&self) -> Term {
        self.entries.last().map_or(self.base.term, |entry| entry.term)
    }

    /// The time of the last entry; zero where there is none.
    pub fn last_time(&self) -> Span {
        self.entries.last().map_or(self.base.time, |entry| entry.time)
    }

    fn place(&self, index: LogIndex) -> Option<usize> {
        usize::try_from(index.0.checked_sub(self.base.index.0)?).ok()?.checked_sub(1)
    }

    /// The entry at `index`, if it is there.
    pub fn get(&self, index: LogIndex) -> Option<&Entry> {
        self.entries.get(self.place(index)?)
    }

    /// The term of the entry at `index`, if that is known; the place before the first entry has term zero, so that
    /// every log agrees with every other up to there.
    pub fn term_at(&self, index: LogIndex) -> Option<Term> {
        if index == self.base.index { Some(self.base.term) } else { self.get(index).map(|entry| entry.term) }
    }

    /// A hash of all entries up to `index`: equal where the logs are equal up to there.
    pub fn digest_at(&self, index: LogIndex) -> Option<u64> {
        if index == self.base.index { Some(self.base.digest) } else { self.digests.get(self.place(index)?).copied() }
    }

    /// A hash of all entries.
    pub fn last_digest(&self) -> u64 {
        self.digests.last().copied().unwrap_or(self.base.digest)
    }

    /// The last entry up to `index` whose term is not above `term`, as far back as the log knows.
    pub fn last_up_to(&self, index: LogIndex, term: Term) -> LogIndex {
        // Terms never fall, so what is wanted is where they rise above it.
        let lower = self.entries.partition_point(|entry| entry.term <= term) as u64;
        LogIndex(self.base.index.0 + lower).min(index)
    }

    /// Has what two logs have alike held once from now on.
    pub fn share(&mut self, other: &Log) {
        if self.base == other.base {
            self.entries.share(&other.entries);
            self.digests.share(&other.digests);
        }
    }

    /// Adds an entry at the end.
    pub fn append(&mut self, entry: Entry) {
        let mut hasher = StableHasher::default();
        hasher.fold(self.last_digest());
        entry.fold_into(&mut hasher);
        self.digests.push(hasher.finish());
        self.entries.push(entry);
    }

    /// Removes everything behind `after` and puts `entries` there.
    pub fn replace_after(&mut self, after: LogIndex, entries: &[Entry]) {
        assert!(after <= self.last_index(), "a log has no gaps");
        assert!(after >= self.base.index, "what is in a snapshot is committed, and stays");
        let keep = usize::try_from(after.0 - self.base.index.0).unwrap_or(usize::MAX);
        self.entries.truncate(keep);
        self.digests.truncate(keep);
        entries.iter().for_each(|entry| self.append(entry.clone()));
    }

    /// At most `most` entries from `from` on, of together no more than so many bytes, but one at least.
    pub fn slice(&self, from: LogIndex, most: u64, bytes: u64) -> Arc<[Entry]> {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let Some(place) = self.place(from) else { return Arc::new([]) };
        let mut size = 0;
        let fits = |entry: &&Entry| {
            let first = size == 0;
            size += entry.bytes();
            first || size <= bytes
        };
        let count = self.entries.range(place).take(most).take_while(fits).count();
        self.entries.slice(place, count)
    }

    /// What a snapshot that ends at `index` must say of the log before it, if that is known.
    pub fn at(&self, index: LogIndex) -> Option<Base> {
        if index == self.base.index {
            return Some(self.base);
        }
        let (entry, digest) = (self.get(index)?, self.digest_at(index)?);
        Some(Base { index, term: entry.term, time: entry.time, digest })
    }

    /// Forgets the entries up to `to`, which are in a snapshot; those behind it stay.
    pub fn compact(&mut self, to: LogIndex) {
        let Some(base) = self.at(to) else { return };
        let behind = self.place(to.next()).unwrap_or(0);
        self.entries = self.entries.range(behind).cloned().collect();
        self.digests = self.digests.range(behind).copied().collect();
        self.base = base;
    }

    /// Takes a snapshot's end for its beginning: entries that extend the snapshot stay, all others go (§7).
    pub fn install(&mut self, base: Base) {
        if self.digest_at(base.index) == Some(base.digest) {
            self.compact(base.index);
        } else {
            *self = Log { base, ..Log::default() };
        }
    }

    /// Whether a log that ends in this term and index is at least as up to date as this one (§5.4.1).
    pub fn is_covered_by(&self, last_term: Term, last_index: LogIndex) -> bool {
        (last_term, last_index) >= (self.last_term(), self.last_index())
    }
}

/// Logs are compared by what they hold; the digests follow from that and save most of the work.
impl PartialEq for Log {
    fn eq(&self, other: &Self) -> bool {
        self.base == other.base
            && self.digests.len() == other.digests.len()
            && self.digests.last() == other.digests.last()
            && self.entries == other.entries
    }
}

impl Eq for Log {}

impl Hash for Log {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.base.hash(state);
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
            log.append(Entry::plain(Term(term), crate::kv::Request::noop()));
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
    fn logs_are_the_same_that_begin_alike_and_hold_the_same() {
        let mut compacted = Log::of(&[1, 1, 2]);
        compacted.compact(LogIndex(1));
        let all = [Log::default(), Log::of(&[1]), Log::of(&[1, 1]), Log::of(&[1, 2]), Log::of(&[1, 1, 2]), compacted];
        for (at, one) in all.iter().enumerate() {
            for (place, other) in all.iter().enumerate() {
                let same = at == place;
                assert_eq!(one == other, same, "{one:?} and {other:?}");
                assert_eq!(StableHasher::of(one) == StableHasher::of(other), same, "{one:?} and {other:?}");
            }
        }
    }

    #[test]
    fn replacing_the_end_leaves_the_beginning() {
        let mut log = Log::of(&[1, 1, 2, 2]);
        let three = Log::of(&[3]).slice(LogIndex(1), 9, u64::MAX);
        log.replace_after(LogIndex(2), &three);
        assert_eq!(log.terms(), [1, 1, 3]);
        assert_eq!(log, Log::of(&[1, 1, 3]));
        assert_eq!(log.slice(LogIndex(2), 1, u64::MAX).len(), 1);
        assert_eq!(log.slice(LogIndex(9), 5, u64::MAX).len(), 0);
    }

    #[test]
    fn a_compacted_log_is_the_same_log_from_there_on() {
        let (whole, mut log) = (Log::of(&[1, 1, 2, 2, 3]), Log::of(&[1, 1, 2, 2, 3]));
        log.compact(LogIndex(3));
        assert_eq!((log.base().index, log.last_index(), log.terms()), (LogIndex(3), LogIndex(5), vec![2, 3]));
        for index in (3..=5).map(LogIndex) {
            assert_eq!((log.term_at(index), log.digest_at(index)), (whole.term_at(index), whole.digest_at(index)));
        }
        assert_eq!((log.term_at(LogIndex(2)), log.get(LogIndex(3))), (None, None));
        assert_eq!(log.slice(LogIndex(4), 9, u64::MAX), whole.slice(LogIndex(4), 9, u64::MAX));
        assert_eq!(log.slice(LogIndex(2), 9, u64::MAX).len(), 0, "what is gone cannot be sent");
        log.append(Entry::plain(Term(3), crate::kv::Request::noop()));
        assert_eq!(log.digest_at(LogIndex(6)), Log::of(&[1, 1, 2, 2, 3, 3]).digest_at(LogIndex(6)));
    }

    #[test]
    fn what_extends_an_installed_snapshot_stays_and_everything_else_goes() {
        let end = |log: &Log, index| {
            let mut base = log.clone();
            base.compact(index);
            base.base()
        };
        let leader = Log::of(&[1, 1, 2, 2]);
        for (own, stays) in [(&[1, 1, 2, 2, 3][..], &[2, 3][..]), (&[1, 1, 1, 1, 1], &[]), (&[1], &[]), (&[], &[])] {
            let mut log = Log::of(own);
            log.install(end(&leader, LogIndex(3)));
            assert_eq!(log.terms(), stays, "log {own:?}");
            assert_eq!(log.digest_at(LogIndex(3)), leader.digest_at(LogIndex(3)));
        }
    }

    #[test]
    fn the_last_entry_of_a_term_or_an_earlier_one() {
        let log = Log::of(&[1, 1, 4, 4, 5, 5, 6, 6, 6]);
        for (index, term, expected) in [(9, 6, 9), (9, 5, 6), (9, 4, 4), (9, 3, 2), (9, 0, 0), (4, 9, 4), (20, 9, 9)] {
            assert_eq!(log.last_up_to(LogIndex(index), Term(term)), LogIndex(expected), "{index}, term {term}");
        }
    }

    #[test]
    fn a_batch_keeps_to_its_bytes_but_holds_one_entry_at_least() {
        let log = Log::of(&[1, 1, 1, 1]);
        let each = log.get(LogIndex(1)).map_or(0, Entry::bytes);
        for (bytes, count) in [(0, 1), (each, 1), (2 * each, 2), (2 * each + 1, 2), (9 * each, 4)] {
            assert_eq!(log.slice(LogIndex(1), 9, bytes).len(), count, "{bytes} bytes");
        }
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
