//! Votes: who gets one, and what a majority of them makes of a candidate (paper, §5.2 and §5.4.1).

use crate::quorum::Standing;
use crate::raft::bugs::Mistake;
use crate::raft::note::{Refusal, Why};
use crate::raft::progress::Progress;
use crate::raft::state::{Candidate, Leader, Role};
use crate::raft::{Config, Message, Note, Out, Raft, RequestVote, Timer};
use crate::types::{NodeId, NodeSet, Term};

impl Raft {
    /// Whether this node does not even consider a vote: it leads, or has heard a leader a moment ago, and not from that
    /// leader comes the wish for another (dissertation, §4.2.3). So whoever was cut off, or was removed and does not
    /// know it, disturbs nobody.
    pub(super) fn withholds(&self, config: &Config, ask: &RequestVote) -> bool {
        let wanted = config.withhold_votes || ask.pre && config.pre_vote;
        // This node may have come to the candidate's term by somebody else's word, and have given no vote in it.
        let open = ask.term > self.term || !ask.pre && ask.term == self.term && self.vote.is_none();
        wanted && !ask.handed_over && open && (self.heard || self.is_leader())
    }

    /// Whether a leader may rely on it that this node votes for nobody else, itself included, until a timer runs out
    /// (dissertation, §6.4.1).
    pub(super) fn owes_a_lease(&self, config: &Config) -> bool {
        config.reads == crate::kv::Read::Lease && config.withhold_votes && self.heard
    }

    /// The candidate is told why, though its term is not taken over.
    pub(super) fn withhold(&self, from: NodeId, ask: &RequestVote, out: Out<'_>) {
        out.note(Note::VoteRefused { candidate: from, why: Refusal::LeaderHeard, pre: ask.pre });
        out.send(from, Message::RequestVoteReply { term: self.term, granted: false, pre: ask.pre });
    }

    /// Why a candidate's log or this node's preference forbids to vote for it.
    fn objection(&self, config: &Config, from: NodeId, ask: &RequestVote) -> Option<Refusal> {
        let (theirs, ours) = ((ask.last_term, ask.last_index), (self.log.last_term(), self.log.last_index()));
        let (own, other) = (config.priority_of(self.id), config.priority_of(from));
        let covered = if config.makes(Mistake::SkipUpToDate) {
            true
        } else if config.makes(Mistake::LengthOnly) {
            ask.last_index >= ours.1
        } else if config.makes(Mistake::LastTermOnly) {
            ask.last_term >= ours.0
        } else {
            self.log.is_covered_by(ask.last_term, ask.last_index)
        };
        if !covered {
            Some(Refusal::LogBehind { theirs, ours })
        } else if theirs == ours && own > other {
            Some(Refusal::LessPreferred { own, other })
        } else {
            None
        }
    }

    /// Says whether a candidate would get this node's vote; nothing is promised by that (dissertation, §9.6).
    pub(super) fn answer_in_advance(&mut self, config: &Config, from: NodeId, ask: &RequestVote, out: Out<'_>) {
        if config.makes(Mistake::PreVoteAnswersDropped) && ask.term <= self.term {
            return;
        }
        let refusal = if ask.term <= self.term {
            Some(Refusal::OldTerm(Term(ask.term.0.saturating_sub(1))))
        } else {
            self.objection(config, from, ask)
        };
        let granted = refusal.is_none();
        match refusal {
            Some(why) => out.note(Note::VoteRefused { candidate: from, why, pre: true }),
            None => out.note(Note::WouldVote { candidate: from, term: ask.term }),
        }
        let term = if granted { ask.term } else { self.term };
        out.send(from, Message::RequestVoteReply { term, granted, pre: true });
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
        } else if let Some(other) = self.vote.filter(|other| *other != from && !config.makes(Mistake::IgnoreVotedFor)) {
            Some(Refusal::VotedFor(other))
        } else if self.is_leader() {
            Some(Refusal::VotedFor(self.id))
        } else {
            self.objection(config, from, ask)
        };
        let again = self.vote == Some(from);
        if refusal.is_none() {
            self.vote = Some(from);
        }
        if later || refusal.is_none() && !again {
            self.persist_ballot(config, out);
        }
        let granted = refusal.is_none();
        if let Some(why) = refusal {
            out.note(Note::VoteRefused { candidate: from, why, pre: false });
        } else {
            // Having granted a vote, give the candidate time to win (§5.2).
            self.await_leader(config, out);
            out.note(Note::VoteGranted { candidate: from, term: self.term, again });
        }
        out.send(from, Message::RequestVoteReply { term: self.term, granted, pre: false });
    }

    /// The candidate's own vote is on disk.
    pub(super) fn count_own_vote(&mut self, config: &Config, term: Term, out: Out<'_>) {
        self.count_vote(config, self.id, (term, true, false), out);
    }

    /// Counts an answer: its term, whether it grants, and whether it only promises to. Answers to other questions
    /// than the running one, and those that come twice, count for nothing.
    pub(super) fn count_vote(&mut self, config: &Config, from: NodeId, answer: (Term, bool, bool), out: Out<'_>) {
        let Role::Candidate(candidate) = &mut self.role else { return };
        let (term, granted, pre) = answer;
        let asked = match (candidate.pre, granted) {
            (true, true) => self.term.next(),
            (false, _) => self.term,
            // Whoever would not vote says in which term it is itself.
            (true, false) => term,
        };
        let yes_or_no = if granted { &mut candidate.granted } else { &mut candidate.refused };
        let old = config.makes(Mistake::CountVotesOfOldTerm) && granted && term < asked;
        if pre != candidate.pre || term != asked && !old {
            return;
        }
        let again = !yes_or_no.insert(from);
        if again && !(granted && candidate.counts_again(config, from)) {
            return;
        }
        let (yes, no, twice) = (candidate.granted, candidate.refused, candidate.twice());
        let members = *self.members();
        if from != self.id {
            let of = |side: NodeSet| (yes.and(side).len() + twice.and(side).len(), config.needed(side));
            let old = members.is_joint().then(|| of(members.outgoing));
            let (votes, needed) = of(members.voters);
            out.note(Note::VoteCounted { from, granted, votes, needed, old, pre });
        }
        match config.standing(&members, (yes, twice), no) {
            Standing::Open => {}
            Standing::Won if pre => self.stand(config, Why::Promised, out),
            Standing::Won => self.become_leader(config, yes.and(members.electorate()).len(), out),
            // Another candidate may win; else this node tries again when its timer runs out.
            Standing::Lost => {
                out.note(Note::Lost { term: asked, pre });
                self.become_follower(config, self.term, None, out);
            }
        }
    }

    fn become_leader(&mut self, config: &Config, votes: u32, out: Out<'_>) {
        let members = *self.members();
        out.note(Note::Elected { term: self.term, votes, of: members.electorate().len() });
        let next = self.log.last_index().next();
        let nodes = members.all().with(self.id).iter().last().map_or(0, |last| usize::from(last.0));
        let leader =
            Leader { progress: vec![Progress::new(next); nodes], clock: self.log.last_time(), ..Leader::default() };
        self.role = Role::Leader(Box::new(leader));
        self.tries = 0;
        self.incoming = None;
        out.disarm(Timer::Election);
        out.disarm(Timer::Retry);
        if std::mem::take(&mut self.heard) {
            out.disarm(Timer::Quiet);
        }
        self.take_office(config, out);
    }
}

impl Candidate {
    /// Whether a vote that was counted already counts once more, as it does by mistake; then it is.
    fn counts_again(&mut self, config: &Config, from: NodeId) -> bool {
        #[cfg(feature = "bugs")]
        if config.makes(Mistake::CountDuplicateVotes) {
            return self.twice.insert(from);
        }
        let _ = (config, from);
        false
    }

    /// Whose vote was counted twice.
    pub(super) fn twice(&self) -> NodeSet {
        #[cfg(feature = "bugs")]
        return self.twice;
        #[cfg(not(feature = "bugs"))]
        NodeSet::EMPTY
    }
}
