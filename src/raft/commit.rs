//! Commitment (paper, §5.3 and §5.4.2) and the state machine behind it.

use crate::kv::Request;
use crate::protocol::Answer;
use crate::quorum::reached_by_majority;
use crate::raft::{Config, Note, Out, Raft, Role};
use crate::types::{LogIndex, NodeId, Term};

impl Raft {
    /// Entries have reached this node's own disk: from here on they count for a majority.
    pub(super) fn count_own_entries(&mut self, config: &Config, last: LogIndex, term: Term, out: Out<'_>) {
        // What was flushed may have been replaced in memory since.
        if self.log.term_at(last) == Some(term) {
            self.flushed = self.flushed.max(last);
            self.commit_what_a_majority_holds(config, out);
        }
    }

    /// A leader commits the highest entry that a majority holds, if it is of its own term; entries of
    /// earlier terms are committed with it and never by counting (§5.4.2, Figure 8).
    pub(super) fn commit_what_a_majority_holds(&mut self, config: &Config, out: Out<'_>) {
        let Role::Leader { progress } = &self.role else { return };
        let mut matched = [LogIndex::ZERO; crate::types::MAX_NODES as usize];
        for (id, place) in NodeId::all(config.nodes).zip(matched.iter_mut()) {
            *place = if id == self.id { self.flushed } else { progress[id.slot()].matched };
        }
        let held = reached_by_majority(&matched[..progress.len()]);
        if held > self.commit && self.log.term_at(held) == Some(self.term) {
            self.advance_commit(held, out);
        }
    }

    /// The commit index goes on to `to`, never back, and the state machine follows.
    pub(super) fn advance_commit(&mut self, to: LogIndex, out: Out<'_>) {
        if to <= self.commit {
            return;
        }
        assert!(to <= self.log.last_index(), "what is committed is in the log");
        let from = std::mem::replace(&mut self.commit, to);
        out.note(Note::Committed { first: from.next(), last: to, led: self.is_leader() });
        while self.applied < self.commit {
            self.applied = self.applied.next();
            self.apply(out);
        }
    }

    /// Carries out the entry at `applied`. Whoever leads answers the client, though an earlier leader may
    /// have taken the request: the answer names the request, and the client may still wait for it.
    fn apply(&mut self, out: Out<'_>) {
        let entry = self.log.get(self.applied).expect("what is committed is in the log");
        let request: std::sync::Arc<Request> = entry.request.clone();
        let outcome = self.store.apply(&request.command);
        if self.is_leader() {
            out.reply(&request, Answer::Done(outcome.clone()));
        }
        out.note(Note::Applied { index: self.applied, request, outcome });
    }
}
