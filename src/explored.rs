//! What an explorer of all schedules asks of a protocol, beyond what running it takes.
//!
//! An explorer calls two states the same where everything that can follow is the same. So a protocol says what of a node
//! counts for that (no counters that only grow, nothing that only the clock or a random draw would ask for), which nodes
//! could take each other's names, and which messages will never change anything any more.

use crate::chance::StableHasher;
use crate::protocol::{Durable, Protocol};
use crate::types::{Names, NodeId, NodeSet};

/// A protocol whose schedules can be explored.
///
/// What is folded must be the same wherever the future is the same; where in doubt more is folded, which only costs
/// states. Threads may share all of it. What does not depend on anybody's name is folded once, what does once for each way of naming the nodes.
pub trait Explored:
    Protocol<
        Config: Send + Sync,
        Durable: Send + Sync + Durable<Write: Send + Sync, Receipt: Send + Sync>,
        Message: Send + Sync,
        Timer: Send + Sync,
        Note: Send + Sync,
        Witness: Send + Sync,
    > + Send
    + Sync
{
    /// What running out of a timer costs in an exploration.
    fn turn(timer: Self::Timer) -> Turn;

    /// The groups of nodes that could take each other's names and nobody would notice, as things stand and as they can
    /// become.
    fn alike(config: &Self::Config, nodes: &[Option<Self>]) -> Vec<NodeSet>;

    /// Folds what of a node does not depend on names. `unflushed`: how many of its writes are not on its disk yet.
    fn fold_node(&self, unflushed: u64, hasher: &mut StableHasher);

    /// Folds what of a node depends on names.
    fn fold_names(&self, names: &Names, hasher: &mut StableHasher);

    /// Folds what of a disk does not depend on names.
    fn fold_disk(disk: &Self::Durable, hasher: &mut StableHasher);

    /// Folds what of a disk depends on names.
    fn fold_disk_names(disk: &Self::Durable, names: &Names, hasher: &mut StableHasher);

    /// Folds what the properties remember and what does not depend on names; what follows from nodes and disks need not be.
    fn fold_witness(witness: &Self::Witness, hasher: &mut StableHasher);

    /// Folds what the properties remember of whom.
    fn fold_witness_names(witness: &Self::Witness, names: &Names, hasher: &mut StableHasher);

    /// Whether a message changes nothing and answers nothing whenever it arrives from now on, whatever happens before, its
    /// receiver's crash included. `disk` is what the receiver's disk has kept.
    fn has_heard(&self, config: &Self::Config, disk: &Self::Durable, message: &Self::Message) -> bool {
        let _ = (config, disk, message);
        false
    }

    /// Whether a message comes too late to help anybody: it is of an epoch that its receiver has left behind, on its disk,
    /// too. It may well be answered. Explorers that leave such messages out see fewer schedules, and go further.
    fn is_late(&self, disk: &Self::Durable, from: NodeId, message: &Self::Message) -> bool;
}

/// What kind of turn of events it is that a timer runs out: each kind has bounds of its own.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Turn {
    /// The node begins a new epoch: bounded by how many epochs there may be.
    Epoch,
    /// It repeats itself, or counts who has been heard: bounded by a number.
    Beat,
    /// It only forgets: that needs no bound.
    Lapse,
}
