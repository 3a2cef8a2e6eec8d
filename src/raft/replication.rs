//! Replication: the leader's log becomes everybody's log (paper, §5.3).

use std::sync::Arc;

use crate::kv::Request;
use crate::protocol::Answer;
use crate::raft::message::AppendEntries;
use crate::raft::{Config, Entry, Message, Note, Out, Raft, Role, Timer, Verdict, Write};
use crate::types::{LogIndex, NodeId, Spread, Term};

impl Raft {
    /// A new leader makes itself heard at once, with an entry of its own term where it may (§8).
    pub(super) fn take_office(&mut self, config: &Config, out: Out<'_>) {
        if config.noop {
            self.append_own(Request::noop(), out);
        }
        self.heartbeat(config, out);
    }

    /// A client asks for something: a leader takes it into its log, everybody else says who leads.
    pub(super) fn propose(&mut self, config: &Config, request: &Arc<Request>, out: Out<'_>) {
        if !self.is_leader() {
            let leader = self.leader();
            out.note(Note::Redirected { leader });
            return out.reply(request, Answer::Redirect(leader));
        }
        self.append_own(request.clone(), out);
        out.note(Note::Proposed { index: self.log.last_index(), request: request.clone() });
        for peer in self.peers(config) {
            self.send_new(config, peer, out);
        }
    }

    fn append_own(&mut self, request: Arc<Request>, out: Out<'_>) {
        let after = self.log.last_index();
        let entry = Entry { term: self.term, request };
        self.log.append(entry.clone());
        out.persist(Write::Entries { term: None, after, entries: Arc::new([entry]) });
    }

    /// A leader says to everybody that it is there, and sends again what has not been answered.
    pub(super) fn heartbeat(&mut self, config: &Config, out: Out<'_>) {
        if self.is_leader() {
            out.arm(Timer::Heartbeat, Spread::exactly(config.heartbeat));
            self.peers(config).for_each(|peer| self.send_append(config, peer, out));
        }
    }

    /// Sends a follower what it lacks, unless it has not answered what it was sent before.
    fn send_new(&mut self, config: &Config, to: NodeId, out: Out<'_>) {
        let Role::Leader { progress } = &self.role else { return };
        let peer = progress[to.slot()];
        if peer.awaiting == LogIndex::ZERO && peer.next <= self.log.last_index() {
            self.send_append(config, to, out);
        }
    }

    fn send_append(&mut self, config: &Config, to: NodeId, out: Out<'_>) {
        let Role::Leader { progress } = &mut self.role else { return };
        let peer = &mut progress[to.slot()];
        let prev_index = peer.next.prev();
        let prev_term = self.log.term_at(prev_index).expect("a leader sends from within its log");
        let entries = self.log.slice(peer.next, config.batch);
        let last = LogIndex(prev_index.0 + entries.len() as u64);
        peer.awaiting = if entries.is_empty() { LogIndex::ZERO } else { last };
        let append = AppendEntries { term: self.term, prev_index, prev_term, entries, commit: self.commit };
        out.send(to, Message::AppendEntries(append));
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
        if append.term < self.term {
            out.note(Note::AppendOfOldTerm { from, term: append.term });
            let verdict = Verdict::Mismatch(append.prev_index);
            return out.send(from, Message::AppendEntriesReply { term: self.term, verdict });
        }
        assert!(!self.is_leader(), "two leaders in term {}: {} and {from}", self.term, self.id);
        if self.leader() != Some(from) {
            out.note(Note::Follows { leader: from, term: self.term });
            self.become_follower(config, append.term, Some(from), out);
        }
        out.arm(Timer::Election, config.election);
        let verdict = if self.log.term_at(append.prev_index) == Some(append.prev_term) {
            self.accept(from, append, later, out)
        } else {
            if later {
                self.persist_ballot(out);
            }
            out.note(Note::Mismatch { from, at: append.prev_index, own: self.log.term_at(append.prev_index) });
            Verdict::Mismatch(append.prev_index)
        };
        out.send(from, Message::AppendEntriesReply { term: self.term, verdict });
    }

    fn accept(&mut self, from: NodeId, append: &AppendEntries, later: bool, out: Out<'_>) -> Verdict {
        let prev = append.prev_index.0;
        // Entries that are here already stay: the message may be old, and more may have followed.
        let known = (prev + 1..).zip(append.entries.iter());
        let known = known.take_while(|(index, entry)| self.log.term_at(LogIndex(*index)) == Some(entry.term)).count();
        let fresh = &append.entries[known..];
        if !fresh.is_empty() {
            let after = LogIndex(prev + known as u64);
            let (removed, last) = (self.log.last_index().0 - after.0, self.log.last_index());
            assert!(removed == 0 || after >= self.commit, "{} would lose a committed entry", self.id);
            if removed > 0 {
                out.note(Note::Conflict { first: after.next(), last, leader: from });
            }
            self.log.replace_after(after, fresh);
            self.flushed = self.flushed.min(after);
            let term = later.then_some(self.term);
            out.persist(Write::Entries { term, after, entries: fresh.into() });
            out.note(Note::Stored { first: after.next(), last: self.log.last_index(), leader: from });
        } else if later {
            self.persist_ballot(out);
        }
        // Only up to here is the log known to agree with the leader's: what is behind may be stale.
        let agreed = LogIndex(prev + append.entries.len() as u64);
        self.advance_commit(append.commit.min(agreed), out);
        Verdict::Matched(agreed)
    }

    /// The leader learns how far a follower's log agrees with its own.
    pub(super) fn learn_progress(&mut self, config: &Config, from: NodeId, term: Term, verdict: Verdict, out: Out<'_>) {
        let Role::Leader { progress } = &mut self.role else { return };
        if term != self.term {
            return;
        }
        let peer = &mut progress[from.slot()];
        match verdict {
            // An old answer may say less than is known already: never go back.
            Verdict::Matched(index) => {
                peer.matched = peer.matched.max(index);
                peer.next = peer.next.max(peer.matched.next());
                if peer.matched >= peer.awaiting {
                    peer.awaiting = LogIndex::ZERO;
                }
            }
            // An answer to anything but the latest try is an echo.
            Verdict::Mismatch(prev) if prev != peer.next.prev() || prev <= peer.matched => return,
            Verdict::Mismatch(prev) => {
                peer.next = prev;
                out.note(Note::BackedUp { peer: from, next: prev });
                return self.send_append(config, from, out);
            }
        }
        assert!(peer.matched < peer.next && peer.matched <= self.log.last_index());
        self.commit_what_a_majority_holds(config, out);
        self.send_new(config, from, out);
    }
}
