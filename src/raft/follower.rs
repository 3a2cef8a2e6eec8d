//! What a follower takes of a leader's log (paper, §5.3).

use crate::protocol::After;
use crate::raft::bugs::Mistake;
use crate::raft::{AppendEntries, Config, Message, Note, Out, Raft, Verdict, Write};
use crate::types::{LogIndex, NodeId, Term};

impl Raft {
    /// Whether a leader's message is one of this term; if so, this node follows it from here on.
    pub(super) fn heed_leader(&mut self, config: &Config, from: NodeId, term: Term, out: Out<'_>) -> bool {
        if term < self.term && !config.makes(Mistake::AcceptOldTermAppends) {
            out.note(Note::AppendOfOldTerm { from, term });
            return false;
        }
        if self.is_leader() {
            // Election Safety is broken already, and this node does not make it worse.
            out.note(Note::Unsound { from, what: "leads this node's own term" });
            return false;
        }
        if self.leader() != Some(from) {
            out.note(Note::Follows { leader: from, term: self.term });
            self.become_follower(config, self.term, Some(from), out);
            self.ask_leader_again(out);
        }
        if config.makes(Mistake::ClearVote) {
            self.vote = None;
        }
        self.tries = 0;
        self.await_leader(config, out);
        self.hear_leader(config, out);
        true
    }

    /// A follower takes what fits its log: new entries only behind one that agrees with the leader's
    /// (the consistency check of §5.3), and removes its own only where they really contradict. `later`: the
    /// leader's term is new here, and not written yet.
    pub(super) fn answer_leader(
        &mut self,
        config: &Config,
        from: NodeId,
        append: &AppendEntries,
        later: bool,
        out: Out<'_>,
    ) {
        let prev = append.prev_index;
        if !self.heed_leader(config, from, append.term, out) {
            let verdict = Verdict::Mismatch { prev, hint: None };
            return self.reply_to_leader(from, append.round, verdict, self.safe_term(config), out);
        }
        // What is behind the beginning of the log is committed here, and so in the log of every leader.
        let fits = prev < self.log.base().index
            || self.log.term_at(prev) == Some(append.prev_term)
            || config.makes(Mistake::SkipPrevLogTerm) && prev <= self.log.last_index();
        let verdict = match fits.then(|| self.accept(config, from, append, later, out)) {
            Some(Some(agreed)) => Verdict::Matched(agreed),
            _ => {
                if later {
                    self.persist_ballot(config, out);
                }
                out.note(Note::Mismatch { from, at: prev, own: self.log.term_at(prev) });
                Verdict::Mismatch { prev, hint: config.hints.then(|| self.hint(append)) }
            }
        };
        let after = match verdict {
            Verdict::Matched(_) if config.makes(Mistake::AckBeforeFsync) => After::Write(0),
            Verdict::Matched(agreed) => self.safe_with(config, agreed),
            Verdict::Mismatch { .. } => self.safe_term(config),
        };
        self.reply_to_leader(from, append.round, verdict, after, out);
    }

    pub(super) fn reply_to_leader(&self, to: NodeId, round: u64, verdict: Verdict, after: After, out: Out<'_>) {
        let (term, last) = (self.term, self.log.last_index());
        out.send_after(to, Message::AppendEntriesReply { term, round, last, verdict }, after);
    }

    /// The last entry at which this log may agree with a leader's whose entry does not fit: none of a later term than
    /// that entry's does.
    fn hint(&self, append: &AppendEntries) -> (LogIndex, Term) {
        let last = self.log.last_index().min(append.prev_index.prev());
        let index = self.log.last_up_to(last, append.prev_term);
        (index, self.log.term_at(index).unwrap_or_default())
    }

    /// Takes entries that fit, and says how far the log agrees with the leader's then; none where they contradict
    /// what is committed here, as no leader's do.
    fn accept(
        &mut self,
        config: &Config,
        from: NodeId,
        append: &AppendEntries,
        later: bool,
        out: Out<'_>,
    ) -> Option<LogIndex> {
        let prev = append.prev_index.0;
        let end = LogIndex(prev + append.entries.len() as u64);
        // Entries that are here already stay: the message may be old, and more may have followed.
        let (base, last) = (self.log.base().index, self.log.last_index());
        let known = (prev + 1..).zip(append.entries.iter());
        let known = known.take_while(|(index, entry)| {
            let index = LogIndex(*index);
            let here = if config.makes(Mistake::AlwaysTruncate) {
                false
            } else if config.makes(Mistake::NeverTruncate) {
                index <= last
            } else {
                self.log.term_at(index) == Some(entry.term)
            };
            index <= base || here
        });
        let known = known.count();
        let fresh = &append.entries[known..];
        if let Some(first) = fresh.first() {
            let after = LogIndex(prev + known as u64);
            let removed = last.0 - after.0;
            let contradicts =
                removed > 0 && after < self.commit || self.log.term_at(after).is_none_or(|term| term > first.term);
            // Somebody who makes a mistake takes what he is told.
            if contradicts && !config.bugs.any() {
                out.note(Note::Unsound { from, what: "contradicts what is committed" });
                return None;
            }
            if removed > 0 {
                out.note(Note::Conflict { first: after.next(), last, leader: from });
            }
            self.take_entries(after, fresh);
            let term = later.then_some(self.term);
            let entries = if known == 0 { append.entries.clone() } else { fresh.into() };
            self.persist(Write::Entries { term, after, entries }, out);
            if later {
                self.writes.ballot = self.writes.begun;
            }
            out.note(Note::Stored { first: after.next(), last: self.log.last_index(), leader: from });
            if fresh.iter().any(|entry| entry.members().is_some()) || removed > 0 {
                // Who votes may have changed, and with that who waits for a leader in order to become one.
                self.await_leader(config, out);
            }
        } else if later {
            self.persist_ballot(config, out);
        }
        if config.makes(Mistake::CommitFalls) && append.commit.min(end) < self.commit {
            self.commit = append.commit.min(end);
        }
        // Only up to here is the log known to agree with the leader's: what is behind may be stale.
        let most = if config.makes(Mistake::CommitWithoutMinimum) { self.log.last_index() } else { end };
        self.advance_commit(config, append.commit.min(most), out);
        if config.makes(Mistake::AckOwnLast) {
            return Some(self.log.last_index());
        }
        Some(if config.ack_committed { end.max(self.commit) } else { end })
    }

    /// Replaces what is behind `after`, and with it whoever took part by what was there.
    fn take_entries(&mut self, after: LogIndex, fresh: &[crate::raft::Entry]) {
        self.log.replace_after(after, fresh);
        self.flushed = self.flushed.min(after);
        self.roll.truncate(after);
        for (index, entry) in (after.0 + 1..).zip(fresh) {
            if let Some(members) = entry.members() {
                self.roll.say(LogIndex(index), *members);
            }
        }
    }
}
