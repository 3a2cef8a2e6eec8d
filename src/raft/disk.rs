//! What survives a crash, and how it is written: term, vote, log and snapshot (paper, Figure 2 and §7).

use std::sync::Arc;

use crate::chance::StableHasher;
use crate::kv::Request;
use crate::protocol::{Durable, Given};
use crate::raft::{Config, Entry, Log, Snapshot};
use crate::types::{LogIndex, NodeId, Span, Term};

/// What survives a crash.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Disk {
    pub(super) term: Term,
    pub(super) vote: Option<NodeId>,
    pub(super) log: Log,
    /// The latest snapshot; the log may still hold entries that are in it, and begins no later than behind it.
    pub(super) snapshot: Option<Arc<Snapshot>>,
    /// A record that a crash has cut short: its checksum does not fit what is there of it.
    pub(super) torn: Option<Torn>,
}

/// What is left of a write that a crash cut short.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Torn {
    /// The checksum that the record says it has.
    stated: u64,
    /// The checksum of what is there.
    found: u64,
}

impl Torn {
    /// Whether the record is whole after all; the first thing that a node asks when it starts.
    pub(super) fn is_whole(&self) -> bool {
        self.stated == self.found
    }
}

/// A change of what survives a crash. All that one input changes is one write, so that no crash comes
/// between its halves.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Write {
    /// Term and vote, in one write: one of the two alone would allow two votes in a term.
    Ballot {
        /// The current term.
        term: Term,
        /// Whom the node votes for in it.
        vote: Option<NodeId>,
    },
    /// The log from `after` on is replaced by these entries.
    Entries {
        /// The term that the node has come to with them, if that is a new one; it has no vote in it yet.
        term: Option<Term>,
        /// The last entry that stays.
        after: LogIndex,
        /// What follows it.
        entries: Arc<[Entry]>,
    },
    /// A snapshot takes the place of the entries up to `base`.
    Compact {
        /// The snapshot; it covers at least these entries.
        snapshot: Arc<Snapshot>,
        /// The last entry that goes.
        base: LogIndex,
    },
    /// A leader's snapshot takes the place of the log, or of its beginning where the log extends it (§7).
    Install {
        /// The term that the node has come to with it, if that is a new one.
        term: Option<Term>,
        /// The snapshot.
        snapshot: Arc<Snapshot>,
    },
}

/// What has reached the disk.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Receipt {
    /// Term and vote of this term.
    Ballot(Term),
    /// The log up to the entry with this index and term.
    Entries(LogIndex, Term),
    /// A snapshot up to this index.
    Snapshot(LogIndex),
}

impl Disk {
    /// What a node may hold that has been running before: terms never fall along the log, and the current
    /// term is not below them.
    pub(super) fn given(config: &Config, given: &Given) -> Result<Disk, String> {
        let mut log = Log::default();
        for (term, command) in &given.slots {
            let term = Term(*term);
            if term.0 == 0 {
                return Err("an entry is of term 0: expected terms from 1 on".to_string());
            }
            if term < log.last_term() {
                let last = log.last_term();
                return Err(format!("an entry of term {term} follows one of term {last}: terms never fall"));
            }
            log.append(Entry::command(term, Request::unasked(command.clone()), None, Span::ZERO));
        }
        let last = log.last_term();
        let term = given.epoch.map_or(last, Term);
        if term < last {
            return Err(format!("term {term} is below {last}, the term of the last entry"));
        }
        match given.vote {
            Some(vote) if term.0 == 0 => Err(format!("a vote for {vote} in term 0: expected a term")),
            Some(vote) if vote.0 > config.nodes => {
                Err(format!("a vote for {vote}, who is not there: expected n1 to n{}", config.nodes))
            }
            vote => Ok(Disk { term, vote, log, ..Disk::default() }),
        }
    }

    fn come_to(&mut self, term: Option<Term>) {
        if let Some(term) = term {
            assert!(term > self.term, "a vote is not forgotten in its term");
            (self.term, self.vote) = (term, None);
        }
    }
}

impl Durable for Disk {
    type Write = Write;
    type Receipt = Receipt;

    fn write(&mut self, write: &Write) -> Receipt {
        // Whatever a crash left at the end is overwritten.
        self.torn = None;
        match write {
            Write::Ballot { term, vote } => {
                assert!(*term >= self.term, "the term never falls");
                (self.term, self.vote) = (*term, *vote);
                Receipt::Ballot(*term)
            }
            Write::Entries { term, after, entries } => {
                self.come_to(*term);
                self.log.replace_after(*after, entries);
                Receipt::Entries(self.log.last_index(), self.log.last_term())
            }
            Write::Compact { snapshot, base } => {
                self.log.compact(*base);
                self.snapshot = Some(snapshot.clone());
                Receipt::Snapshot(snapshot.index)
            }
            Write::Install { term, snapshot } => {
                self.come_to(*term);
                self.log.install(snapshot.base());
                self.snapshot = Some(snapshot.clone());
                Receipt::Snapshot(snapshot.index)
            }
        }
    }

    /// Each entry is a record with a checksum of its own: those that are whole stay. A record of term and vote, or of
    /// a snapshot, is not in the place of the one before it until it is whole.
    fn tear(&mut self, write: &Write, whole: u64) {
        let mut stated = match write {
            Write::Ballot { term, .. } => term.0,
            Write::Compact { snapshot, .. } | Write::Install { snapshot, .. } => snapshot.checksum(),
            Write::Entries { .. } => 0,
        };
        if let Write::Entries { term, after, entries } = write {
            let whole = usize::try_from(whole).unwrap_or(0).min(entries.len().saturating_sub(1));
            if whole > 0 {
                self.come_to(*term);
                self.log.replace_after(*after, &entries[..whole]);
            }
            stated = entries.get(whole).map_or(0, Entry::digest);
        }
        // Of the record behind these, the head with the checksum has arrived, and not all that it covers.
        self.torn = Some(Torn { stated, found: StableHasher::of(&(stated, "torn")) });
    }

    fn say(write: &Write) -> String {
        let later = |term: &Option<Term>| term.map(|term| format!("term {term}, ")).unwrap_or_default();
        match write {
            Write::Ballot { term, vote: None } => format!("term {term}"),
            Write::Ballot { term, vote: Some(vote) } => format!("term {term}, vote {vote}"),
            Write::Entries { term, after, entries } => {
                let terms: Vec<String> = entries.iter().map(|entry| entry.term.to_string()).collect();
                format!("{}entries after {after}: terms {}", later(term), terms.join(" "))
            }
            Write::Compact { snapshot, .. } => format!("snapshot up to {}", snapshot.index),
            Write::Install { term, snapshot } => format!("{}snapshot up to {}", later(term), snapshot.index),
        }
    }
}
