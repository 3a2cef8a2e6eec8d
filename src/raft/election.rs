//! Elections: one leader in a term (paper, §5.2), and only one whose log holds everything that is
//! committed (§5.4.1).

use crate::quorum::{Standing, majority, standing};
use crate::raft::message::RequestVote;
use crate::raft::note::Refusal;
use crate::raft::{Config, Message, Note, Out, Progress, Raft, Role, Timer};
use crate::types::{LogIndex, NodeId, NodeSet, Term};

impl Raft {
    /// The election timer has run out: the node asks for votes in a new term (§5.2).
    pub(super) fn campaign(&mut self, config: &Config, out: Out<'_>) {
        assert!(!self.is_leader(), "a leader has no election timer");
        let again = matches!(self.role, Role::Candidate { .. });
        self.become_candidate(out);
        out.note(Note::Campaign { term: self.term, again });
        // A new draw for each try, so that split votes resolve themselves.
        out.arm(Timer::Election, config.election);
        out.arm(Timer::Retry, crate::types::Spread::exactly(config.heartbeat));
        self.ask_for_votes(self.peers(config), out);
    }

    fn become_candidate(&mut self, out: Out<'_>) {
        self.term = self.term.next();
        self.vote = Some(self.id);
        // The vote for itself counts like any other: once it is on disk.
        self.persist_ballot(out);
        self.role = Role::Candidate { granted: NodeSet::EMPTY, refused: NodeSet::EMPTY };
    }

    fn ask_for_votes(&self, whom: impl Iterator<Item = NodeId>, out: Out<'_>) {
        let (last_index, last_term) = (self.log.last_index(), self.log.last_term());
        for to in whom {
            out.send(to, Message::RequestVote(RequestVote { term: self.term, last_index, last_term }));
        }
    }

    /// A candidate asks those again who have not answered: a request may have been lost (§5.1).
    pub(super) fn ask_again(&mut self, config: &Config, out: Out<'_>) {
        if let Role::Candidate { granted, refused } = self.role {
            out.arm(Timer::Retry, crate::types::Spread::exactly(config.heartbeat));
            let silent = self.peers(config).filter(|id| !granted.contains(*id) && !refused.contains(*id));
            self.ask_for_votes(silent, out);
        }
    }

    /// Grants or refuses a vote: at most one in a term, first come first served (§5.2), and only to a
    /// candidate whose log is at least as up to date (§5.4.1). `later`: the candidate's term is new here, and not
    /// written yet.
    pub(super) fn answer_candidate(
        &mut self,
        config: &Config,
        from: NodeId,
        ask: &RequestVote,
        later: bool,
        out: Out<'_>,
    ) {
        let refusal = if ask.term < self.term {
            Some(Refusal::OldTerm(ask.term))
        } else if let Some(other) = self.vote.filter(|other| *other != from) {
            Some(Refusal::VotedFor(other))
        } else if !self.log.is_covered_by(ask.last_term, ask.last_index) {
            let (own_term, own_index) = (self.log.last_term(), self.log.last_index());
            Some(Refusal::LogBehind { theirs: (ask.last_term, ask.last_index), ours: (own_term, own_index) })
        } else {
            None
        };
        let again = self.vote == Some(from);
        if refusal.is_none() {
            self.vote = Some(from);
        }
        if later || refusal.is_none() && !again {
            self.persist_ballot(out);
        }
        if let Some(why) = refusal {
            out.note(Note::VoteRefused { candidate: from, why });
        } else {
            assert!(matches!(self.role, Role::Follower { .. }), "whoever campaigns or leads has voted for itself");
            // Having granted a vote, give the candidate time to win (§5.2).
            out.arm(Timer::Election, config.election);
            out.note(Note::VoteGranted { candidate: from, term: self.term, again });
        }
        out.send(from, Message::RequestVoteReply { term: self.term, granted: refusal.is_none() });
    }

    /// The candidate's own vote is on disk.
    pub(super) fn count_own_vote(&mut self, config: &Config, term: Term, out: Out<'_>) {
        if matches!(self.role, Role::Candidate { .. }) {
            self.count_vote(config, self.id, term, true, out);
        }
    }

    /// Counts a vote; a candidate with a majority leads (§5.2). Votes of earlier terms, and those that
    /// come twice, count for nothing.
    pub(super) fn count_vote(&mut self, config: &Config, from: NodeId, term: Term, granted: bool, out: Out<'_>) {
        let Role::Candidate { granted: yes, refused: no } = &mut self.role else { return };
        if term != self.term || !if granted { yes.insert(from) } else { no.insert(from) } {
            return;
        }
        let (yes, no) = (*yes, *no);
        let needed = majority(config.voters().len());
        if from != self.id {
            out.note(Note::VoteCounted { from, granted, votes: yes.len(), needed });
        }
        // A lost vote changes nothing at once: another candidate may win, or the timer runs out.
        if standing(config.voters(), yes, no) == Standing::Won {
            self.become_leader(config, yes.len(), out);
        }
    }

    fn become_leader(&mut self, config: &Config, votes: u32, out: Out<'_>) {
        assert_eq!(self.vote, Some(self.id), "a leader has voted for itself");
        out.note(Note::Elected { term: self.term, votes, of: config.voters().len() });
        let fresh = Progress { next: self.log.last_index().next(), matched: LogIndex::ZERO, awaiting: LogIndex::ZERO };
        self.role = Role::Leader { progress: vec![fresh; usize::from(config.nodes)] };
        out.disarm(Timer::Election);
        out.disarm(Timer::Retry);
        self.take_office(config, out);
    }
}
