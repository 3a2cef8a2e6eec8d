//! What of a Multi-Paxos process counts for an explorer of schedules. Acceptors are alike, and so are replicas; a leader's
//! number is in its ballots, so leaders are not.

use std::hash::{Hash, Hasher};

use crate::chance::StableHasher;
use crate::explored::{Explored, Turn};
use crate::multi_paxos::leader::{Phase, Proposal};
use crate::multi_paxos::{Acceptor, Config, Disk, Kind, Leader, Message, MultiPaxos, Timer, Witness};
use crate::types::{Names, NodeId, NodeSet};

impl Explored for MultiPaxos {
    fn turn(timer: Timer) -> Turn {
        match timer {
            Timer::Phase1 => Turn::Epoch,
            Timer::Resend => Turn::Beat,
        }
    }

    fn alike(config: &Config, _: &[Option<MultiPaxos>]) -> Vec<NodeSet> {
        [Kind::Acceptor, Kind::Replica].map(|kind| config.all(kind).collect()).to_vec()
    }

    fn fold_node(&self, _: u64, hasher: &mut StableHasher) {
        match self {
            MultiPaxos::Acceptor(Acceptor { promised, flushed, accepted }) => {
                (0u8, promised, flushed, accepted).hash(hasher);
            }
            MultiPaxos::Leader(leader) => {
                let (Leader { number, highest, phase, learned, .. }, told) = (leader, leader.told());
                (1u8, number, highest, learned, told).hash(hasher);
                match phase {
                    Phase::Waiting => hasher.fold(0),
                    Phase::Preparing { ballot, promised: _, accepted } => (1u8, ballot, accepted).hash(hasher),
                    Phase::Leading { ballot, next, open } => {
                        (2u8, ballot, next).hash(hasher);
                        for (slot, Proposal { request, accepted: _, waited }) in open.iter() {
                            (slot, request, waited).hash(hasher);
                        }
                    }
                }
            }
            MultiPaxos::Replica(replica) => (2u8, &replica.learned).hash(hasher),
        }
    }

    fn fold_names(&self, names: &Names, hasher: &mut StableHasher) {
        let MultiPaxos::Leader(leader) = self else { return };
        match &leader.phase {
            Phase::Waiting => {}
            Phase::Preparing { promised, .. } => names.of_all(*promised).hash(hasher),
            Phase::Leading { open, .. } => {
                open.iter().for_each(|(_, proposal)| names.of_all(proposal.accepted).hash(hasher));
            }
        }
    }

    fn fold_disk(disk: &Disk, hasher: &mut StableHasher) {
        disk.hash(hasher);
    }

    fn fold_disk_names(_: &Disk, _: &Names, hasher: &mut StableHasher) {
        hasher.write_u8(0);
    }

    fn fold_witness(witness: &Witness, hasher: &mut StableHasher) {
        witness.fold(hasher);
    }

    fn fold_witness_names(witness: &Witness, names: &Names, hasher: &mut StableHasher) {
        witness.fold_names(names, hasher);
    }

    /// What is of a lower ballot than the receiver has promised or begun, and a refusal that tells of none higher. Who has
    /// forgotten what is on its disk does not refuse it.
    fn is_late(&self, disk: &Disk, _: NodeId, message: &Message) -> bool {
        let promised = match self {
            MultiPaxos::Acceptor(acceptor) => acceptor.promised.min(disk.promised),
            MultiPaxos::Leader(_) | MultiPaxos::Replica(_) => disk.promised,
        };
        match message {
            Message::Prepare { ballot }
            | Message::Promise { ballot, .. }
            | Message::Accept { ballot, .. }
            | Message::AcceptOk { ballot, .. }
            | Message::Leads { ballot, .. } => *ballot < promised,
            Message::Reject { promised: other, .. } => *other <= promised,
            Message::Commit { .. } | Message::Learn { .. } => false,
        }
    }
}
