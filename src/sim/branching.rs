//! What whoever tries many continuations of one state needs: to take back what a try has changed, and to tell states apart
//! by what is still to come.

use std::hash::Hash;

use crate::chance::StableHasher;
use crate::protocol::Protocol;
use crate::sim::{Client, ClientState, Cluster, Disk, Host};
use crate::types::{Names, NodeSet};

impl<P: Protocol> Cluster<P> {
    /// Makes this what `before` is, of which it is a copy that has gone on since: `touched` are the nodes that were changed
    /// on the way. Far cheaper than another copy, since most of a cluster was left alone.
    pub fn take_back(&mut self, before: &Self, touched: NodeSet) {
        for node in touched.iter() {
            let slot = node.slot();
            self.states[slot].clone_from(&before.states[slot]);
            self.hosts[slot].clone_from(&before.hosts[slot]);
        }
        self.network.clone_from(&before.network);
        if self.clients != before.clients {
            self.clients.clone_from(&before.clients);
        }
        if !std::sync::Arc::ptr_eq(&self.config, &before.config) {
            self.config = before.config.clone();
        }
        (self.now, self.trace, self.steps, self.touched) = (before.now, before.trace, before.steps, NodeSet::EMPTY);
        self.facts.clear();
    }

    /// From now on nothing is kept for a trace.
    pub fn stop_recording(&mut self) {
        (self.recorded, self.last) = (false, None);
    }

    /// Whether all links and all disks are alike, so that nodes differ in what they are and not in where they are.
    pub fn is_even(&self) -> bool {
        let disks = self.hosts.iter().all(|host| host.disk.takes.max.0 == 0 && !host.paused);
        disks && !self.network.links.any_cut()
    }

    /// Folds what is neither a node nor a message nor a client: which links are cut, and what the protocol goes by.
    pub fn fold_world(&self, hasher: &mut StableHasher) {
        self.network.links.fold(hasher);
        self.config.hash(hasher);
    }
}

impl<P: Protocol> Host<P> {
    /// Folds which timers run, and whether the machine stands still.
    pub fn fold(&self, hasher: &mut StableHasher) {
        let running = self.timers.running().fold(0, |bits: u64, runs| bits << 1 | u64::from(runs));
        hasher.fold(running << 1 | u64::from(self.paused));
    }
}

impl<P: Protocol> Disk<P> {
    /// Folds the writes on their way, and what waits for which of them.
    pub fn fold_waiting(&self, hasher: &mut StableHasher) {
        hasher.fold(self.unflushed() as u64);
        self.on_their_way().for_each(|write| write.hash(hasher));
        for (behind, to, payload) in self.waiting() {
            (behind, to, payload).hash(hasher);
        }
    }
}

impl Client {
    /// Folds all that decides what it does next, but when: what it asks and has asked, in how many tries, and whom it
    /// believes in.
    pub fn fold(&self, names: &Names, hasher: &mut StableHasher) {
        let to = match self.state {
            ClientState::Idle(_) => 0,
            ClientState::Asking { to, .. } => names.of(to).0,
            ClientState::Resting(_) | ClientState::TurnedAway(_) => u8::MAX,
        };
        let pending = self.pending.as_ref().map(|pending| (&pending.request, pending.attempts));
        let leader = self.leader.map(|leader| names.of(leader));
        (to, pending, leader, self.begun, &self.queue).hash(hasher);
    }
}
