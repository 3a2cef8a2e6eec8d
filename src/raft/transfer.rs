//! Leadership transfer: a leader hands over to a node of somebody's choice (dissertation, §3.10).
//!
//! It takes no more requests in, brings the other's log up to its own, and then asks it to campaign at once. If that
//! has come to nothing after an election timeout, it goes on as if nothing had been.

use crate::raft::{Config, Message, Note, Out, Raft, Timer};
use crate::types::{NodeId, Spread};

/// A transfer that is under way.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Transfer {
    /// Who shall lead.
    pub target: NodeId,
    /// Whether it has been asked to campaign.
    pub asked: bool,
}

impl Raft {
    pub(super) fn refusal_of_transfer(&self, to: NodeId) -> Option<String> {
        if to == self.id {
            Some(format!("{to} leads already"))
        } else if !self.members().electorate().contains(to) {
            Some(format!("{to} does not vote, so it cannot lead: expected one of {}", self.members().electorate()))
        } else {
            None
        }
    }

    /// From here on requests are held.
    pub(super) fn hand_over(&mut self, config: &Config, target: NodeId, out: Out<'_>) {
        let last = self.log.last_index();
        let Some(leader) = self.led() else { return };
        leader.transfer = Some(Transfer { target, asked: false });
        let lacks = last.0 - leader.matched(target).0.min(last.0);
        out.note(Note::HandsOver { target, lacks });
        out.arm(Timer::Transfer, Spread::exactly(config.election.min));
        self.send_new(config, target, out);
        self.hand_over_when_ready(config, target, out);
    }

    /// Once the other lacks nothing it is asked to campaign.
    pub(super) fn hand_over_when_ready(&mut self, config: &Config, from: NodeId, out: Out<'_>) {
        let last = self.log.last_index();
        let Some(leader) = self.led() else { return };
        let ready = leader.matched(from) == last;
        match &mut leader.transfer {
            Some(Transfer { target, asked: asked @ false }) if *target == from && ready => *asked = true,
            _ => return,
        }
        self.ask_to_take_over(config, from, out);
    }

    /// Asks a node to campaign. Others need not keep their promise to this leader from here on, so it has no lease any
    /// more in this term.
    pub(super) fn ask_to_take_over(&mut self, config: &Config, to: NodeId, out: Out<'_>) {
        let term = self.term;
        let Some(leader) = self.led() else { return };
        leader.handed_over = true;
        out.note(Note::AsksToTakeOver { target: to });
        self.send_as_leader(config, to, Message::TimeoutNow { term }, out);
    }

    /// It has taken too long: this node leads on, and takes in what it has held.
    pub(super) fn give_up_transfer(&mut self, config: &Config, out: Out<'_>) {
        let Some(leader) = self.led() else { return };
        let Some(transfer) = leader.transfer.take() else { return };
        let held = std::mem::take(&mut leader.held);
        out.note(Note::GivesUpTransfer { target: transfer.target, held: held.len() as u64 });
        for (request, through) in held {
            self.take_request(config, &request, through, out);
        }
    }
}
