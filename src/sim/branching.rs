//! What whoever tries many continuations of one state needs: to take back what a try has changed, and to tell states apart
//! by what is still to come.

use std::hash::Hash;
use std::sync::Arc;

use crate::chance::StableHasher;
use crate::protocol::Protocol;
use crate::sim::clients::Habits;
use crate::sim::facts::Marks;
use crate::sim::{Client, ClientState, Cluster, Disk, Host, Network};
use crate::types::{Names, NodeId, NodeSet, Time};

/// A cluster put away, to be gone on from later. Copies that differ in little share the rest.
#[derive(Clone, Debug)]
pub struct Away<P: Protocol> {
    nodes: Vec<Arc<(Option<P>, Host<P>)>>,
    clients: Arc<Vec<Client>>,
    network: Network<P::Message>,
    config: Arc<P::Config>,
    habits: Arc<Habits>,
    now: Time,
    trace: StableHasher,
    steps: u64,
}

impl<P: Protocol> Cluster<P> {
    /// Puts this away. Where it is a copy of another that has gone on, `before` is that one, and `touched` are the nodes
    /// that were changed since: all others are shared.
    pub fn put_away(&self, before: Option<&Away<P>>, touched: NodeSet) -> Away<P> {
        let whole = |id: NodeId| Arc::new((self.states[id.slot()].clone(), self.hosts[id.slot()].clone()));
        let node = |id: NodeId| match before {
            Some(before) if !touched.contains(id) => before.nodes[id.slot()].clone(),
            _ => whole(id),
        };
        let clients = before.filter(|before| *before.clients == self.clients).map(|before| before.clients.clone());
        Away {
            nodes: NodeId::all(self.count()).map(node).collect(),
            clients: clients.unwrap_or_else(|| Arc::new(self.clients.clone())),
            network: self.network.clone(),
            config: self.config.clone(),
            habits: self.habits.clone(),
            now: self.now,
            trace: self.trace,
            steps: self.steps,
        }
    }

    /// Makes this what was put away. `before` is what this was when it was last taken up, and `touched` are the nodes that
    /// were changed since. Far cheaper than a copy, since most of a cluster is left alone.
    pub fn take_up(&mut self, away: &Away<P>, before: &Away<P>, touched: NodeSet) {
        // Nodes that were started since are gone again, and those that were started there are new.
        self.states.truncate(away.nodes.len());
        self.hosts.truncate(away.nodes.len());
        for (id, node) in (1..).map(NodeId).zip(&away.nodes) {
            if id.slot() >= self.states.len() {
                self.states.push(node.0.clone());
                self.hosts.push(node.1.clone());
                continue;
            }
            let same = before.nodes.get(id.slot()).is_some_and(|same| Arc::ptr_eq(node, same));
            if touched.contains(id) || !same {
                self.states[id.slot()].clone_from(&node.0);
                self.hosts[id.slot()].clone_from(&node.1);
            }
        }
        self.network.take_up(&away.network);
        if self.clients != *away.clients {
            self.clients.clone_from(&away.clients);
        }
        if !Arc::ptr_eq(&self.config, &away.config) {
            self.config = away.config.clone();
        }
        if !Arc::ptr_eq(&self.habits, &away.habits) {
            self.habits = away.habits.clone();
        }
        (self.now, self.trace, self.steps, self.touched) = (away.now, away.trace, away.steps, NodeSet::EMPTY);
        self.facts.clear();
        self.marks = Marks::default();
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
