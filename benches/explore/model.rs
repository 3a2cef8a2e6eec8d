//! What `check::explore` explores, as a model for the `stateright` crate: the same cluster, the same steps, the same checks
//! after each, and states that differ in the same.

use std::fmt::{self, Debug};
use std::hash::{Hash, Hasher};

use raft_playground::chance::StableHasher;
use raft_playground::check::Auditor;
use raft_playground::check::explore::Bounds;
use raft_playground::explored::{Explored, Turn};
use raft_playground::kv::Command;
use raft_playground::protocol::{Protocol, TimerName};
use raft_playground::raft::Raft;
use raft_playground::sim::{Cluster, Flight, Step};
use raft_playground::types::{ClientId, MessageId, Names, NodeId, Process};
use stateright::{Model, Property};

type Timer = <Raft as Protocol>::Timer;
type Letter = Flight<<Raft as Protocol>::Message>;

/// All schedules of a cluster within bounds of terms, entries and requests.
pub(crate) struct Schedules {
    pub(crate) cluster: Cluster<Raft>,
    pub(crate) bounds: Bounds,
}

/// A cluster with what the checks remember.
#[derive(Clone)]
pub(crate) struct State {
    cluster: Cluster<Raft>,
    auditor: Auditor<Raft>,
    requests: u8,
    broken: bool,
}

/// What can happen next.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Action {
    Deliver(MessageId),
    Timeout(NodeId, usize),
    Ask(ClientId, NodeId),
}

impl Model for Schedules {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        let mut cluster = self.cluster.kept();
        cluster.stop_recording();
        vec![State { cluster, auditor: Auditor::default(), requests: 0, broken: false }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        let State { cluster, requests, .. } = state;
        let nodes = || NodeId::all(cluster.count());
        let running = |node: NodeId| cluster.states()[node.slot()].as_ref();
        if nodes().any(|node| running(node).is_some_and(|node| node.last_slot() > self.bounds.slots)) {
            return;
        }
        // Of messages that say the same on one link only one.
        let mut flights: Vec<(u64, &Letter)> =
            cluster.network().flights().map(|flight| (says(flight), flight)).collect();
        flights.sort_unstable_by_key(|(says, flight)| (flight.id.from, flight.id.to, *says, flight.id));
        flights.dedup_by_key(|(says, flight)| (flight.id.from, flight.id.to, *says));
        actions.extend(flights.iter().map(|(_, flight)| Action::Deliver(flight.id)));
        for node in nodes() {
            let Some(state) = running(node) else { continue };
            for (place, timer) in Timer::ALL.iter().enumerate() {
                let allowed = match Raft::turn(*timer) {
                    Turn::Epoch => state.epoch() < self.bounds.epochs,
                    Turn::Beat => false,
                    Turn::Lapse => true,
                };
                if allowed && cluster.host(node).timers.get(place).is_some() {
                    actions.push(Action::Timeout(node, place));
                }
            }
        }
        if *requests < self.bounds.requests
            && let Some(client) =
                cluster.clients().iter().find(|client| client.pending.is_none() && client.queue.is_empty())
        {
            let leads =
                |node: &NodeId| running(*node).is_some_and(|node| node.leads() && node.last_slot() < self.bounds.slots);
            actions.extend(nodes().filter(leads).map(|node| Action::Ask(client.id, node)));
        }
    }

    fn next_state(&self, last: &State, action: Action) -> Option<State> {
        let mut next = State { cluster: last.cluster.kept(), auditor: last.auditor.clone(), ..*last };
        match action {
            Action::Deliver(id) => next.step(&Step::Deliver(id)),
            Action::Timeout(node, place) => next.step(&Step::Timeout(node, Timer::ALL[place].name())),
            Action::Ask(client, node) => {
                let key = char::from(b'a' + last.requests % 26).to_string();
                let command = Command::Put { key: key.into(), value: (last.requests + 1).to_string().into() };
                next.step(&Step::Request { client, command, to: Some(node), read: None });
                let ends = (Process::Client(client), Process::Node(node));
                next.deliver(|flight| (flight.id.from, flight.id.to) == ends);
                next.requests += 1;
            }
        }
        while next.deliver(|flight| matches!(flight.id.to, Process::Client(_))) {}
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always("every promise is kept", |_, state: &State| !state.broken)]
    }
}

impl State {
    fn step(&mut self, step: &Step) {
        self.cluster.apply(step).expect("what was offered can be done");
        self.broken |= self.auditor.look(&self.cluster).is_err();
    }

    fn deliver(&mut self, which: impl Fn(&Letter) -> bool) -> bool {
        let id = self.cluster.network().flights().find(|letter| which(letter)).map(|flight| flight.id);
        id.inspect(|id| self.step(&Step::Deliver(*id))).is_some()
    }

    /// What tells a state from those with another future: neither time nor the numbers of messages do.
    fn fingerprint(&self) -> u64 {
        let (own, cluster) = (&Names::OWN, &self.cluster);
        let mut hasher = StableHasher::default();
        (self.requests, self.broken).hash(&mut hasher);
        Raft::fold_witness(self.auditor.witness(), &mut hasher);
        Raft::fold_witness_names(self.auditor.witness(), own, &mut hasher);
        for node in NodeId::all(cluster.count()) {
            let host = cluster.host(node);
            if let Some(state) = &cluster.states()[node.slot()] {
                state.fold_node(host.disk.unflushed() as u64, &mut hasher);
                state.fold_names(own, &mut hasher);
            }
            Raft::fold_disk(host.disk.durable(), &mut hasher);
            Raft::fold_disk_names(host.disk.durable(), own, &mut hasher);
            host.fold(&mut hasher);
            host.disk.fold_waiting(&mut hasher);
        }
        cluster.clients().iter().for_each(|client| client.fold(own, &mut hasher));
        let letter = |flight: &Letter| StableHasher::of(&(flight.id.from, flight.id.to, says(flight)));
        hasher.write_u64(cluster.network().flights().map(letter).fold(0, u64::wrapping_add));
        hasher.finish()
    }
}

impl Hash for State {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        hasher.write_u64(self.fingerprint());
    }
}

impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        self.fingerprint() == other.fingerprint()
    }
}

impl Debug for State {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:016x}", self.fingerprint())
    }
}

fn says(flight: &Letter) -> u64 {
    StableHasher::of(&flight.payload)
}
