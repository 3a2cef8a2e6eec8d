//! What the processes of Multi-Paxos note for whoever watches.

use std::sync::Arc;

use crate::kv::{Outcome, Request, schedule_text};
use crate::multi_paxos::{Ballot, SlotId};
use crate::observe::{Bid, Carried, Landmark, Tell, Told, Weight};

/// A fact that a process noted about itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Note {
    /// A leader begins Phase 1.
    Prepares {
        /// Its new ballot.
        ballot: Ballot,
        /// How many acceptors it asks.
        acceptors: u8,
    },
    /// An acceptor promised.
    Promised {
        /// The ballot.
        ballot: Ballot,
    },
    /// An acceptor accepted.
    Accepted {
        /// For which slot.
        slot: SlotId,
        /// In which ballot.
        ballot: Ballot,
    },
    /// An acceptor has promised a higher ballot.
    Rejected {
        /// The ballot that came too late.
        ballot: Ballot,
        /// The ballot promised.
        promised: Ballot,
    },
    /// A leader has won Phase 1.
    Leads {
        /// Its ballot.
        ballot: Ballot,
        /// How many have promised.
        promises: u32,
        /// Of how many.
        of: u8,
        /// For how many slots it has to propose again: what may have been chosen, or nothing.
        again: u64,
    },
    /// A leader proposes a command.
    Proposes {
        /// For which slot.
        slot: SlotId,
        /// Which.
        request: Arc<Request>,
    },
    /// A command is chosen.
    Chosen {
        /// For which slot.
        slot: SlotId,
        /// How many have accepted it.
        accepted: u32,
        /// Of how many.
        of: u8,
        /// How many are needed.
        needed: u32,
    },
    /// No quorum has answered in time: the client is told so, and the slot stays open.
    GivesUp {
        /// The slot.
        slot: SlotId,
        /// What was asked.
        request: Arc<Request>,
        /// How many have accepted it.
        accepted: u32,
        /// How many are needed.
        needed: u32,
    },
    /// Somebody has missed what was chosen.
    Asks {
        /// The first slot that it lacks.
        from: SlotId,
        /// How far the leader is.
        applied: SlotId,
    },
    /// A leader gives way to a higher ballot.
    Yields {
        /// That ballot.
        to: Ballot,
    },
    /// A replica has to wait at a gap.
    Waits {
        /// What it has learned.
        slot: SlotId,
        /// What it lacks before that.
        missing: SlotId,
    },
    /// A command was carried out.
    Applied {
        /// From which slot.
        slot: SlotId,
        /// Which.
        request: Arc<Request>,
        /// What it came to.
        outcome: Outcome,
    },
}

impl Tell for Note {
    fn bid(&self) -> Option<Bid> {
        match self {
            Note::Prepares { .. } => Some(Bid::Begun),
            Note::Leads { .. } => Some(Bid::Won),
            _ => None,
        }
    }

    fn refuses(&self) -> bool {
        matches!(self, Note::Rejected { .. } | Note::GivesUp { .. })
    }

    fn rule(&self) -> Option<&'static str> {
        match self {
            Note::Rejected { .. } => Some("An acceptor that has promised a ballot answers nothing of a lower one."),
            Note::Yields { .. } => Some("An acceptor has promised a higher ballot, so this one can win nothing more."),
            Note::GivesUp { .. } => Some("The command may still be chosen: whoever accepted it does not forget it."),
            Note::Waits { .. } => Some("Slots are carried out in their order, so that every copy comes to the same."),
            _ => None,
        }
    }

    fn carried(&self) -> Option<Carried> {
        let Note::Applied { slot, request, outcome } = self else { return None };
        Some(Carried { slot: slot.0, stands: true, request: request.clone(), outcome: Some(outcome.clone()) })
    }

    fn tell(&self) -> Told {
        use Weight::{Detail, Story, Turn};
        const SYNOD: &str = "Paxos Made Simple §2.2";
        const MULTI: &str = "Paxos Made Simple §3";
        match self {
            Note::Prepares { ballot, acceptors } => {
                let text = format!("Phase 1: sends Prepare({ballot}) to {acceptors} acceptors");
                Told::new(Turn, SYNOD, text)
            }
            Note::Promised { ballot } => Told::new(Story, SYNOD, format!("PREPARE {ballot} -> promised")),
            Note::Accepted { slot, .. } => Told::new(Story, SYNOD, format!("ACCEPT for slot {slot} -> accepted")),
            Note::Rejected { ballot, promised } => {
                Told::new(Story, SYNOD, format!("ballot {ballot} -> rejected: {promised} is promised"))
            }
            Note::Leads { ballot, promises, of, again } => {
                let more = match again {
                    0 => String::new(),
                    1 => "; proposes again for 1 slot".to_string(),
                    n => format!("; proposes again for {n} slots"),
                };
                let text = format!("leads with ballot {ballot}: {promises} of {of} acceptors promised{more}");
                Told::new(Turn, MULTI, text).mark(Landmark::Leader)
            }
            Note::Proposes { slot, request } => {
                Told::new(Story, MULTI, format!("Phase 2 for slot {slot}: proposes `{}`", request.command))
            }
            Note::Chosen { slot, accepted, of, needed } => {
                let text = format!("Phase 2 for slot {slot}: {accepted}/{of} accepted ({needed} needed)");
                Told::new(Turn, MULTI, text).mark(Landmark::Commit)
            }
            Note::GivesUp { slot, request, accepted, needed } => {
                let text = format!(
                    "Phase 2 for slot {slot}: {accepted} of {needed} needed in time: consensus failed for `{}`",
                    request.command
                );
                Told::new(Turn, MULTI, text)
            }
            Note::Asks { from, applied } => {
                Told::new(Story, MULTI, format!("asks for slot {from} and on: the leader is at slot {applied}"))
            }
            Note::Yields { to } => Told::new(Turn, MULTI, format!("gives way to ballot {to}")),
            Note::Waits { slot, missing } => {
                Told::new(Story, MULTI, format!("has slot {slot} and waits for slot {missing} before it"))
            }
            Note::Applied { slot, request, outcome } => {
                let text = format!("slot {slot}: {}", schedule_text(&request.command, outcome));
                Told::new(Detail, MULTI, text)
            }
        }
    }
}
