//! What of the witness counts for an explorer: what the checks will compare with. What was last seen of each node
//! follows from the nodes and their disks, so it is left out.

use std::hash::Hash;

use super::Witness;
use crate::chance::StableHasher;
use crate::types::{LogIndex, Names};

impl Witness {
    /// Folds what depends on nobody's name, whatever order it was seen in.
    pub(in crate::raft) fn fold(&self, hasher: &mut StableHasher) {
        let Witness { leader_of: _, prefixes, others, committed, committed_in, applied, asked, carried, .. } = self;
        let first = (1..).map(LogIndex).zip(prefixes.iter()).map(|(index, (term, digest))| (index, *term, *digest));
        let rest = others.iter().map(|((index, term), digest)| (*index, *term, *digest));
        // Which term was seen first at an index is of no consequence.
        hasher.fold(first.chain(rest).map(|seen| StableHasher::of(&seen)).fold(0, u64::wrapping_add));
        (committed, committed_in, applied, asked, carried).hash(hasher);
    }

    /// Folds who led which term.
    pub(in crate::raft) fn fold_names(&self, names: &Names, hasher: &mut StableHasher) {
        for (term, leader) in self.leader_of.iter() {
            (term, names.of(*leader)).hash(hasher);
        }
    }
}
