//! Campaigns: who asks for votes, when, and in which term (paper, §5.2; dissertation, §9.6).

use crate::protocol::After;
use crate::raft::bugs::Mistake;
use crate::raft::note::Why;
use crate::raft::state::{Candidate, Role};
use crate::raft::{Config, Message, Note, Out, Raft, RequestVote, Timer};
use crate::types::{NodeId, NodeSet, Spread};

impl Raft {
    /// Whether this node may ask for votes: it votes itself, by its log or by any part of it that may be all that is
    /// committed. Whoever has removed itself may still be needed to bring that very entry to the others (dissertation,
    /// §4.2.2).
    pub(super) fn may_campaign(&self) -> bool {
        self.roll.from(self.commit).any(|members| members.electorate().contains(self.id))
    }

    /// The election timer has run out, or an operator does not want to wait for that: the node asks for votes in a new
    /// term (§5.2), or first whether it would get them (dissertation, §9.6).
    pub(super) fn campaign(&mut self, config: &Config, out: Out<'_>) {
        if self.is_leader() || !self.may_campaign() {
            return;
        }
        self.tries = self.tries.saturating_add(1);
        if config.pre_vote {
            self.ask_in_advance(config, out);
        } else {
            let why = if self.tries > 1 { Why::Again } else { Why::Timeout };
            self.stand(config, why, out);
        }
    }

    /// Whoever leads asks this node to take over: it need not ask in advance, and nobody withholds a vote for that
    /// leader's sake (dissertation, §3.10).
    pub(super) fn take_over(&mut self, config: &Config, from: NodeId, out: Out<'_>) {
        if self.leader() == Some(from) && self.may_campaign() {
            self.stand(config, Why::HandedOver(from), out);
        }
    }

    /// Nothing changes but that the node believes in no leader: its term stays as it is, so that it disturbs nobody
    /// where it could not win.
    fn ask_in_advance(&mut self, config: &Config, out: Out<'_>) {
        self.role = Role::Candidate(Candidate { pre: true, ..Candidate::default() });
        out.note(Note::AsksInAdvance { term: self.term.next(), again: self.tries > 1 });
        out.arm(Timer::Election, self.patience(config));
        out.arm(Timer::Retry, Spread::exactly(config.heartbeat));
        self.ask_for_votes(config, self.voting_peers(), out);
        // Its own answer to that needs no disk.
        self.count_vote(config, self.id, (self.term.next(), true, true), out);
    }

    /// Asks for votes in a new term.
    pub(super) fn stand(&mut self, config: &Config, why: Why, out: Out<'_>) {
        self.term = self.term.next();
        self.vote = Some(self.id);
        // The vote for itself counts like any other: once it is on disk.
        self.persist_ballot(config, out);
        let handed_over = matches!(why, Why::HandedOver(_));
        self.role = Role::Candidate(Candidate { handed_over, ..Candidate::default() });
        out.note(Note::Campaign { term: self.term, why });
        // A new draw for each try, so that split votes resolve themselves.
        out.arm(Timer::Election, self.patience(config));
        out.arm(Timer::Retry, Spread::exactly(config.heartbeat));
        self.ask_for_votes(config, self.voting_peers(), out);
    }

    fn voting_peers(&self) -> NodeSet {
        self.members().electorate().without(self.id)
    }

    fn ask_for_votes(&self, config: &Config, whom: NodeSet, out: Out<'_>) {
        let Role::Candidate(Candidate { pre, handed_over, .. }) = self.role else { return };
        let term = if pre { self.term.next() } else { self.term };
        let (last_index, last_term) = (self.log.last_index(), self.log.last_term());
        let apart = config.makes(Mistake::TermAndVoteApart);
        let after = if apart { After::Write(self.writes.ballot) } else { After::Everything };
        for to in whom.iter() {
            let ask = Message::RequestVote(RequestVote { term, last_index, last_term, pre, handed_over });
            out.send_after(to, ask, after);
        }
    }

    /// A candidate asks those again who have not answered: a request may have been lost (§5.1).
    pub(super) fn ask_again(&mut self, config: &Config, out: Out<'_>) {
        if let Role::Candidate(Candidate { granted, refused, .. }) = self.role {
            out.arm(Timer::Retry, Spread::exactly(config.heartbeat));
            self.ask_for_votes(config, self.voting_peers().minus(granted).minus(refused), out);
        }
    }

    /// An operator wants this node to believe in no leader: from then on it votes for whoever asks (etcd's ForgetLeader).
    pub(super) fn forget_leader(&mut self, config: &Config, out: Out<'_>) {
        out.note(Note::Forgets { leader: self.leader() });
        self.become_follower(config, self.term, None, out);
        if std::mem::take(&mut self.heard) {
            out.disarm(Timer::Quiet);
        }
    }
}
