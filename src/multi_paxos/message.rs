//! The messages of Multi-Paxos.

use std::sync::Arc;

use crate::kv::Request;
use crate::multi_paxos::{Accepted, Ballot, SlotId};
use crate::observe::{Epoch, Fact, MessageView, Shape, Show, Sign};

/// What nodes send each other.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Message {
    /// Phase 1a: a leader asks for a promise, for all slots.
    Prepare {
        /// Its ballot.
        ballot: Ballot,
    },
    /// Phase 1b: an acceptor promises, and tells what it has accepted.
    Promise {
        /// The ballot that is promised.
        ballot: Ballot,
        /// Everything accepted so far.
        accepted: Accepted,
    },
    /// Phase 2a: a leader proposes a command for a slot.
    Accept {
        /// Its ballot.
        ballot: Ballot,
        /// The slot.
        slot: SlotId,
        /// The command.
        request: Arc<Request>,
    },
    /// Phase 2b: an acceptor has accepted it.
    AcceptOk {
        /// The ballot of the proposal.
        ballot: Ballot,
        /// The slot.
        slot: SlotId,
    },
    /// An acceptor has promised a higher ballot.
    Reject {
        /// The ballot that is rejected.
        ballot: Ballot,
        /// The highest ballot promised.
        promised: Ballot,
    },
    /// A command is chosen for a slot.
    Commit {
        /// The slot.
        slot: SlotId,
        /// The command.
        request: Arc<Request>,
    },
    /// A leader tells the other leaders and the replicas that it is at work.
    Leads {
        /// Its ballot.
        ballot: Ballot,
        /// How far it had carried out the slots when it told this last: whoever is not that far has missed a `Commit`.
        applied: SlotId,
    },
    /// Somebody has missed what was chosen from this slot on.
    Learn {
        /// The first slot that it lacks.
        from: SlotId,
    },
}

impl From<Ballot> for Epoch {
    fn from(ballot: Ballot) -> Self {
        Epoch { number: ballot.round, text: ballot.to_string() }
    }
}

impl Show for Message {
    fn kind(&self) -> &'static str {
        match self {
            Message::Prepare { .. } => "Prepare",
            Message::Promise { .. } => "Promise",
            Message::Accept { .. } => "Accept",
            Message::AcceptOk { .. } => "Accepted",
            Message::Reject { .. } => "Reject",
            Message::Commit { .. } => "Commit",
            Message::Leads { .. } => "Leads",
            Message::Learn { .. } => "Learn",
        }
    }

    fn bytes(&self) -> u64 {
        const BALLOT: u64 = 8 + 1;
        1 + match self {
            Message::Prepare { .. } => BALLOT,
            Message::Promise { accepted, .. } => {
                BALLOT + accepted.iter().map(|(_, (_, request))| 8 + BALLOT + request.bytes()).sum::<u64>()
            }
            Message::Accept { request, .. } => BALLOT + 8 + request.bytes(),
            Message::AcceptOk { .. } | Message::Leads { .. } => BALLOT + 8,
            Message::Reject { .. } => 2 * BALLOT,
            Message::Commit { request, .. } => 8 + request.bytes(),
            Message::Learn { .. } => 8,
        }
    }

    fn show(&self) -> MessageView {
        let (plus, minus) = (Some(Sign::Plus), Some(Sign::Minus));
        let command = |request: &Request| Fact::new("command", &request.command);
        let (shape, reply, sign, ballot, label, more) = match self {
            Message::Prepare { ballot } => (Shape::Triangle, false, None, Some(*ballot), "promise?".into(), vec![]),
            Message::Promise { ballot, accepted } => {
                let facts = vec![Fact::new("slots accepted before", accepted.len())];
                (Shape::Triangle, true, plus, Some(*ballot), String::new(), facts)
            }
            Message::Accept { ballot, slot, request } => {
                let facts = vec![Fact::new("slot", slot), command(request)];
                (Shape::Square, false, None, Some(*ballot), request.command.to_string(), facts)
            }
            Message::AcceptOk { ballot, slot } => {
                (Shape::Square, true, plus, Some(*ballot), String::new(), vec![Fact::new("slot", slot)])
            }
            Message::Reject { ballot, promised } => {
                let facts = vec![Fact::new("promised", promised)];
                (Shape::Triangle, true, minus, Some(*ballot), String::new(), facts)
            }
            Message::Commit { slot, request } => {
                let facts = vec![Fact::new("slot", slot), command(request)];
                (Shape::Diamond, false, None, None, request.command.to_string(), facts)
            }
            Message::Leads { ballot, applied } => {
                (Shape::Dot, false, None, Some(*ballot), String::new(), vec![Fact::new("applied", applied)])
            }
            Message::Learn { from } => {
                (Shape::Diamond, true, None, None, String::new(), vec![Fact::new("from slot", from)])
            }
        };
        let facts = ballot.map(|ballot| Fact::new("ballot", ballot)).into_iter().chain(more).collect();
        MessageView { kind: self.kind(), shape, reply, sign, epoch: ballot.map(Epoch::from), label, facts }
    }
}
