//! Commitment (paper, §5.3 and §5.4.2) and the state machine behind it.

use std::sync::Arc;

use crate::kv::Request;
use crate::protocol::{After, Answer};
use crate::raft::bugs::Mistake;
use crate::raft::state::Role;
use crate::raft::{Applied, Config, Content, Note, Out, Raft};
use crate::types::{LogIndex, Term};

impl Raft {
    /// Entries have reached this node's own disk: from here on they count for a majority.
    pub(super) fn count_own_entries(&mut self, config: &Config, last: LogIndex, term: Term, out: Out<'_>) {
        // What was flushed may have been replaced in memory since.
        if self.log.term_at(last) == Some(term) {
            self.flushed = self.flushed.max(last);
            if last > self.commit {
                self.commit_what_a_majority_holds(config, out);
            }
        }
    }

    /// A leader commits the highest entry that a majority holds, if it is of its own term; entries of
    /// earlier terms are committed with it and never by counting (§5.4.2, Figure 8).
    pub(super) fn commit_what_a_majority_holds(&mut self, config: &Config, out: Out<'_>) {
        let Role::Leader(leader) = &self.role else { return };
        let holds = |id| if id == self.id { self.flushed } else { leader.matched(id) };
        let by_counting = !config.own_term_only || config.makes(Mistake::CommitOldTerm);
        let held = config.held(self.members(), self.id, holds);
        if held > self.commit && (self.log.term_at(held) == Some(self.term) || by_counting) {
            self.advance_commit(config, held, out);
            self.follow_up(config, out);
        }
    }

    /// What a leader does once more is committed: some waited for the first entry of its term, and a change of members
    /// may have come half way or to its end.
    fn follow_up(&mut self, config: &Config, out: Out<'_>) {
        self.start_waiting_reads(config, out);
        self.go_on_with_change(config, out);
    }

    /// The commit index goes on to `to`, never back, and the state machine follows.
    pub(super) fn advance_commit(&mut self, config: &Config, to: LogIndex, out: Out<'_>) {
        if to <= self.commit {
            return;
        }
        assert!(to <= self.log.last_index(), "what is committed is in the log");
        let from = std::mem::replace(&mut self.commit, to);
        let joint = self.members().is_joint();
        out.note(Note::Committed { first: from.next(), last: to, led: self.is_leader(), joint });
        while self.applied < self.commit {
            self.applied = self.applied.next();
            self.apply(out);
        }
        self.answer_questions(out);
        self.retire_if_removed(config, from, out);
        self.compact_if_due(config, out);
    }

    /// Carries out the entry at `applied`.
    fn apply(&mut self, out: Out<'_>) {
        let entry = self.log.get(self.applied).expect("what is committed is in the log");
        let (term, time, bytes) = (entry.term, entry.time, entry.bytes());
        match &entry.content {
            Content::Members(members) => {
                out.note(Note::MembersCommitted { index: self.applied, members: *members });
            }
            Content::Command { request, session } => {
                let request = request.clone();
                let applied = match session {
                    Some(lasts) => self.machine.apply_once(&request, time, *lasts),
                    None => self.machine.apply(&request),
                };
                self.answer(&request, &applied, out);
                let index = self.applied;
                out.note_with(|| Note::Applied { index, request, applied });
            }
        }
        if let Role::Leader(leader) = &mut self.role
            && term == self.term
        {
            leader.uncommitted = leader.uncommitted.saturating_sub(bytes);
        }
    }

    /// Whoever leads answers the client, though an earlier leader may have taken the request: the answer names
    /// the request, and the client may still wait for it.
    fn answer(&self, request: &Arc<Request>, applied: &Applied, out: Out<'_>) {
        let answer = match applied {
            _ if !self.is_leader() => return,
            Applied::Fresh(outcome) | Applied::Again(outcome) => Answer::Done(outcome.clone()),
            Applied::Expired => Answer::Expired,
            Applied::Passed => return,
        };
        // What is committed is safe on a majority of disks, be this node's own among them or not.
        out.reply_after(request, answer, After::Write(0));
    }
}
