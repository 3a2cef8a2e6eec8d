//! The acceptor: the memory of Multi-Paxos.

use crate::multi_paxos::bugs::Mistake;
use crate::multi_paxos::{Accepted, Ballot, Config, Disk, Message, Note, Out, Write};
use crate::types::NodeId;

/// Promises and accepts; forgets neither, not even in a crash.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Acceptor {
    /// The highest ballot promised; never falls.
    pub(super) promised: Ballot,
    /// The highest ballot promised that is on disk: only this one may have been told to anybody.
    pub(super) flushed: Ballot,
    /// For each slot, what was accepted in the highest ballot.
    pub(super) accepted: Accepted,
}

impl Acceptor {
    pub(super) fn boot(config: &Config, disk: &Disk) -> Self {
        let forgets = config.makes(Mistake::ForgetPromise);
        let promised = if forgets { Ballot::default() } else { disk.promised };
        Acceptor { promised, flushed: promised, accepted: disk.accepted.clone() }
    }

    /// Answers a leader: yes where its ballot is at least as high as any promised, and on disk.
    pub(super) fn hear(&mut self, config: &Config, from: NodeId, message: Message, out: Out<'_>) {
        match message {
            Message::Prepare { ballot } if ballot >= self.promised => {
                if ballot > self.promised {
                    self.promised = ballot;
                    out.persist(Write::Promised(ballot));
                }
                out.note(Note::Promised { ballot });
                out.send(from, Message::Promise { ballot, accepted: self.accepted.clone() });
            }
            Message::Accept { ballot, slot, request } if ballot >= self.promised => {
                // Accepting is promising, too.
                self.promised = ballot;
                let known = self.accepted.insert(slot, (ballot, request.clone()));
                let rises = known.is_none_or(|(earlier, _)| earlier <= ballot);
                assert!(rises || config.bugs.any(), "ballots never fall in a slot");
                out.persist(Write::Accepted(slot, ballot, request));
                out.note(Note::Accepted { slot, ballot });
                out.send(from, Message::AcceptOk { ballot, slot });
            }
            Message::Prepare { ballot } | Message::Accept { ballot, .. } => {
                out.note(Note::Rejected { ballot, promised: self.promised });
                out.send(from, Message::Reject { ballot, promised: self.promised });
            }
            _ => {}
        }
    }
}
