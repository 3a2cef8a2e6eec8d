//! What of a Raft node counts for an explorer of schedules.
//!
//! Left out is what only counts how often something was done (writes), and what only widens a spread that nobody draws
//! from (`tries`). Names are in a vote, in who is believed to lead, and in what candidate and leader know of the others;
//! a log names nobody, as long as the members are those of the beginning.

use std::hash::{Hash, Hasher};

use crate::chance::StableHasher;
use crate::explored::{Explored, Turn};
use crate::raft::bugs::Mistake;
use crate::raft::state::{Candidate, Leader, Role, Timer};
use crate::raft::{Config, Disk, Members, Message, Raft, Witness};
use crate::types::{Names, NodeId, NodeSet};

impl Explored for Raft {
    fn turn(timer: Timer) -> Turn {
        match timer {
            Timer::Election => Turn::Epoch,
            Timer::Heartbeat | Timer::Retry | Timer::Quorum => Turn::Beat,
            Timer::Quiet | Timer::Transfer | Timer::LeaseA | Timer::LeaseB => Turn::Lapse,
        }
    }

    /// All nodes, where all of them vote and always have, and nobody is preferred.
    fn alike(config: &Config, nodes: &[Option<Raft>]) -> Vec<NodeSet> {
        let first = Members::first(config.nodes);
        let stay = |node: &Raft| node.roll.count_behind(crate::types::LogIndex::ZERO) == 0 && *node.members() == first;
        let all = NodeSet::first(config.nodes);
        // A node that is down may have anything on its disk that changes who takes part.
        let same = nodes.len() == usize::from(config.nodes) && nodes.iter().all(|node| node.as_ref().is_some_and(stay));
        // What is kept of a read may name who asked, or who has answered.
        let asks = config.reads == crate::kv::Read::Follower || config.forwarding;
        let asks = asks || config.makes(Mistake::ReadIndexAcksKeyedByCaller);
        if same && config.priority.is_empty() && !asks { vec![all] } else { Vec::new() }
    }

    fn fold_node(&self, unflushed: u64, hasher: &mut StableHasher) {
        let Raft { id: _, vote: _, tries: _, term, log, snapshot, roll, flushed, writes, role, .. } = self;
        let Raft { commit, applied, machine, heard, incoming, questions, .. } = self;
        (term, log, snapshot, roll, flushed, commit, applied, heard).hash(hasher);
        (machine, incoming, questions).hash(hasher);
        // How far back the last write with a term and a vote lies, as far as it is not safe yet.
        hasher.fold((writes.begun - writes.ballot).min(unflushed));
        match role {
            Role::Follower { .. } => hasher.fold(0),
            Role::Candidate(Candidate { pre, handed_over, .. }) => {
                (1u8, pre, handed_over).hash(hasher);
            }
            Role::Leader(leader) => {
                let Leader { progress: _, leaving, uncommitted, clock, round, confirmed, leases, .. } = &**leader;
                let Leader { handed_over, reads, keyed, transfer, held, .. } = &**leader;
                (2u8, leaving, uncommitted, clock, round, confirmed, leases).hash(hasher);
                (handed_over, reads, keyed, transfer, held).hash(hasher);
            }
        }
    }

    fn fold_names(&self, names: &Names, hasher: &mut StableHasher) {
        fold_name(self.vote, names, hasher);
        match &self.role {
            Role::Follower { leader } => fold_name(*leader, names, hasher),
            Role::Candidate(candidate) => {
                let Candidate { granted, refused, .. } = *candidate;
                [granted, refused, candidate.twice()].map(|some| names.of_all(some)).hash(hasher);
            }
            // Whatever order the others come in under these names: a sum has none.
            Role::Leader(leader) => hasher.fold(
                NodeId::all(u8::MAX)
                    .zip(&leader.progress)
                    .filter(|(id, _)| *id != self.id)
                    .map(|(id, progress)| StableHasher::of(&(names.of(id), progress)))
                    .fold(0, u64::wrapping_add),
            ),
        }
    }

    fn fold_disk(disk: &Disk, hasher: &mut StableHasher) {
        let Disk { term, vote: _, log, snapshot, torn } = disk;
        (term, log, snapshot, torn).hash(hasher);
    }

    fn fold_disk_names(disk: &Disk, names: &Names, hasher: &mut StableHasher) {
        fold_name(disk.vote, names, hasher);
    }

    fn fold_witness(witness: &Witness, hasher: &mut StableHasher) {
        witness.fold(hasher);
    }

    fn fold_witness_names(witness: &Witness, names: &Names, hasher: &mut StableHasher) {
        witness.fold_names(names, hasher);
    }

    /// Answers of an earlier term than the one on the receiver's disk, which never falls; and answers of that very term
    /// to somebody who is neither a candidate nor a leader in it, since nobody becomes either in a term that it follows
    /// in. What asks for something is answered however late it comes; whoever would not promise a vote counts in any term.
    /// Where a mistake is made in how answers are counted, nothing of that need be so.
    fn has_heard(&self, config: &Config, disk: &Disk, message: &Message) -> bool {
        if COUNT_ANSWERS.iter().any(|mistake| config.makes(*mistake)) {
            return false;
        }
        let known = self.term.min(disk.term);
        match message {
            Message::RequestVoteReply { pre: true, granted, term } => *granted && *term <= known,
            Message::RequestVoteReply { pre: false, term, .. } => {
                *term < known || *term == known && !matches!(self.role, Role::Candidate(Candidate { pre: false, .. }))
            }
            Message::AppendEntriesReply { term, .. } | Message::InstallSnapshotReply { term, .. } => {
                *term < known || *term == known && matches!(self.role, Role::Follower { .. })
            }
            Message::TimeoutNow { term } | Message::ReadIndexReply { term, .. } => *term < known,
            _ => false,
        }
    }

    /// What is of an earlier term, and who asks for a vote that was given to another.
    fn is_late(&self, disk: &Disk, from: NodeId, message: &Message) -> bool {
        let (term, known) = (message.term(), self.term.min(disk.term));
        let given = |to: Option<NodeId>| to.is_some_and(|to| to != from);
        let asks = matches!(message, Message::RequestVote(request) if !request.pre);
        term < known || term == known && self.term == disk.term && asks && given(self.vote) && given(disk.vote)
    }
}

/// The mistakes by which an answer counts that comes too late, or to somebody who has asked for nothing.
const COUNT_ANSWERS: [Mistake; 4] = [
    Mistake::CountDuplicateVotes,
    Mistake::CountVotesOfOldTerm,
    Mistake::HigherTermStayLeader,
    Mistake::ReadIndexAcksKeyedByCaller,
];

fn fold_name(id: Option<NodeId>, names: &Names, hasher: &mut StableHasher) {
    hasher.write_u8(id.map_or(0, |id| names.of(id).0));
}
