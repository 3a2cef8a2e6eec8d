//! The cluster and its one door: [`Cluster::apply`].
//!
//! A step either is refused with a sentence, and then nothing has changed, or is carried out
//! completely: the node that it reaches handles one input, and the effects are folded into disk,
//! timers and network in their order. What a person does to machines and links is in `chores.rs`.

use std::sync::Arc;

use crate::chance::{Chance, StableHasher};
use crate::protocol::{Answer, Effect, Effects, Input, Protocol, TimerName};
use crate::sim::clients::{Habits, Move};
use crate::sim::clocks::Timers;
use crate::sim::facts::Marks;
use crate::sim::{Client, Disk, Fact, Flight, Happening, LossReason, Network, Payload, Refused, Setup, Step};
use crate::types::{ClientId, MAX_CLIENTS, MAX_NODES, MessageId, NodeId, NodeSet, Process, Time};

/// The machine that a node runs on.
#[derive(Clone, Debug)]
pub struct Host<P: Protocol> {
    /// What the node has written, and what waits for that.
    pub disk: Disk<P>,
    /// Its timers.
    pub timers: Timers,
    /// Whether it is paused.
    pub paused: bool,
    /// Messages that have arrived while it was paused, in their order, and that it has not read yet.
    pub held: Vec<Flight<P::Message>>,
}

/// A whole cluster at one moment of virtual time.
#[derive(Clone, Debug)]
pub struct Cluster<P: Protocol> {
    pub(super) setup: Arc<Setup<P>>,
    /// What the protocol goes by at the moment.
    pub(super) config: Arc<P::Config>,
    pub(super) chance: Chance,
    pub(super) habits: Arc<Habits>,
    pub(super) now: Time,
    /// The nodes' states, in order; none for a node that is down.
    pub(super) states: Vec<Option<P>>,
    pub(super) hosts: Vec<Host<P>>,
    pub(super) network: Network<P::Message>,
    pub(super) clients: Vec<Client>,
    /// The hash of everything that has happened so far.
    pub(super) trace: StableHasher,
    /// How many steps have been carried out.
    pub(super) steps: u64,
    /// What the last step did.
    pub(super) facts: Vec<Fact<P>>,
    /// Empty but while a step is carried out: what the step before it did, in case that it is refused.
    spare: Vec<Fact<P>>,
    /// Whether the last step, every write and every wish to send are kept for a trace, which few runs need.
    pub(super) recorded: bool,
    /// The last step that was carried out, other than that time went on, where that is kept.
    pub(super) last: Option<Step>,
    /// The nodes whose state the last step changed, or took away.
    pub(super) touched: NodeSet,
    /// Of whom the facts are.
    pub(super) marks: Marks,
    /// Room for the effects of one input, kept so that it need not be allocated for each.
    effects: Effects<P>,
}

impl<P: Protocol> Host<P> {
    pub(super) fn new(id: NodeId, setup: &Setup<P>) -> Self {
        Host {
            disk: Disk::new(setup.disk_of(id), setup.given_to(id)),
            timers: Timers::new(P::Timer::ALL.len(), setup.clock_of(id)),
            paused: false,
            held: Vec::new(),
        }
    }
}

impl<P: Protocol> Cluster<P> {
    /// A cluster in which every node has just started.
    ///
    /// # Panics
    ///
    /// Where there are more nodes or clients than [`MAX_NODES`] and [`MAX_CLIENTS`], or no node.
    pub fn new(setup: Setup<P>) -> Self {
        let count = P::nodes(&setup.protocol);
        assert!((1..=MAX_NODES).contains(&count), "a cluster has 1 to {MAX_NODES} nodes, not {count}");
        assert!(setup.clients <= MAX_CLIENTS, "a cluster has at most {MAX_CLIENTS} clients");
        let host = |id: NodeId| Host::new(id, &setup);
        let (rules, chance) = (setup.client.clone(), Chance::new(setup.seed));
        let habits = Arc::new(Habits { rules, chance, doors: P::doors(&setup.protocol) });
        let mut cluster = Cluster {
            chance,
            now: Time::START,
            states: vec![None; usize::from(count)],
            hosts: NodeId::all(count).map(host).collect(),
            network: Network::new(count, setup.clients, setup.link),
            clients: (1..=setup.clients).map(|n| Client::new(ClientId(n), habits.clone(), setup.traffic)).collect(),
            trace: StableHasher::default(),
            steps: 0,
            facts: Vec::new(),
            spare: Vec::new(),
            recorded: false,
            last: None,
            touched: NodeSet::EMPTY,
            marks: Marks::default(),
            effects: Effects::default(),
            habits,
            config: Arc::new(setup.protocol.clone()),
            setup: Arc::new(setup),
        };
        for id in NodeId::all(count) {
            cluster.boot(id);
        }
        let now = cluster.now;
        cluster.clients.iter_mut().for_each(|client| client.think(now));
        cluster
    }

    /// A copy for whoever goes on from here; of the last step, what it did is not known any more.
    #[must_use]
    pub fn kept(&self) -> Self {
        Cluster {
            setup: self.setup.clone(),
            config: self.config.clone(),
            chance: self.chance,
            habits: self.habits.clone(),
            now: self.now,
            states: self.states.clone(),
            hosts: self.hosts.clone(),
            network: self.network.clone(),
            clients: self.clients.clone(),
            trace: self.trace,
            steps: self.steps,
            facts: Vec::new(),
            spare: Vec::new(),
            recorded: self.recorded,
            last: None,
            touched: NodeSet::EMPTY,
            marks: Marks::default(),
            effects: Effects::default(),
        }
    }

    /// The one door: carries out a step.
    ///
    /// # Errors
    ///
    /// One sentence, where the step cannot be carried out as things stand; nothing is changed then.
    pub fn apply(&mut self, step: &Step) -> Result<(), Refused> {
        // What the last step did is told until another one is done.
        std::mem::swap(&mut self.facts, &mut self.spare);
        self.facts.clear();
        let (touched, marks) = (std::mem::take(&mut self.touched), std::mem::take(&mut self.marks));
        let done = self.carry_out_step(step);
        if done.is_err() {
            std::mem::swap(&mut self.facts, &mut self.spare);
            (self.touched, self.marks) = (touched, marks);
        }
        self.spare.clear();
        if done.is_ok() && !matches!(step, Step::Until(_)) {
            self.steps += 1;
            if self.recorded {
                self.last = Some(step.clone());
            }
            self.trace.fold(self.now.0);
            std::hash::Hash::hash(step, &mut self.trace);
        }
        done
    }

    fn carry_out_step(&mut self, step: &Step) -> Result<(), Refused> {
        match step {
            // That time passes is no event: no run may depend on how often somebody looked at it.
            Step::Until(time) => self.wait_until(*time),
            Step::Deliver(id) => self.deliver(*id),
            Step::Timeout(node, timer) => self.time_out(*node, timer),
            Step::Flush(node) => self.flush(*node),
            Step::Wake(client) => self.wake(*client),
            Step::Drop(id) => self.lose(*id),
            _ => self.chore(step),
        }
    }

    fn wait_until(&mut self, time: Time) -> Result<(), Refused> {
        if time < self.now {
            return Err(Refused(format!("it is {} already: expected a later time than {time}", self.now)));
        }
        if let Some((due, step)) = super::schedule::next(self).filter(|(due, _)| *due < time) {
            return Err(Refused(format!("`{step}` is due at {due}, before {time}")));
        }
        self.now = time;
        Ok(())
    }

    /// Where a message waits at the door of its receiver, if it does.
    fn at_door(&self, id: MessageId) -> Option<(NodeId, usize)> {
        let Process::Node(node) = id.to else { return None };
        let held = &self.hosts.get(node.slot())?.held;
        Some((node, held.iter().position(|flight| flight.id == id)?))
    }

    /// Takes a message from the door at which it waits, or from its way.
    fn take(&mut self, id: MessageId) -> Result<Flight<P::Message>, Refused> {
        match self.at_door(id) {
            Some((node, place)) => Ok(self.hosts[node.slot()].held.remove(place)),
            None => Ok(self.network.take(id)?),
        }
    }

    /// Refuses a message that waits at the door of its receiver already.
    pub(super) fn on_its_way(&self, id: MessageId) -> Result<(), Refused> {
        match self.at_door(id) {
            Some((node, _)) => Err(Refused(format!("{id} has arrived, and waits for {node} to go on"))),
            None => Ok(()),
        }
    }

    fn deliver(&mut self, id: MessageId) -> Result<(), Refused> {
        if self.at_door(id).is_some_and(|(node, _)| self.hosts[node.slot()].paused) {
            self.on_its_way(id)?;
        }
        let flight = self.take(id)?;
        if let Process::Node(node) = id.to {
            if self.states[node.slot()].is_none() {
                self.facts.push(Fact::Lost(flight, LossReason::Down));
                return Ok(());
            }
            if self.hosts[node.slot()].paused {
                self.happen(Happening::Held(id));
                self.hosts[node.slot()].held.push(flight);
                return Ok(());
            }
        }
        match (flight.payload.clone(), id.from, id.to) {
            (Payload::Protocol(message), Process::Node(from), Process::Node(to)) => {
                self.facts.push(Fact::Delivered(flight));
                self.feed(to, Input::Deliver { from, message });
            }
            (Payload::Request(request), _, Process::Node(to)) => {
                self.facts.push(Fact::Delivered(flight));
                self.feed(to, Input::Request(request));
            }
            (Payload::Answer(seq, answer), Process::Node(from), Process::Client(to)) => {
                self.facts.push(Fact::Delivered(flight));
                self.answer(to, from, seq, &answer);
            }
            (_, from, to) => unreachable!("what {from} sent cannot travel to {to}"),
        }
        Ok(())
    }

    fn lose(&mut self, id: MessageId) -> Result<(), Refused> {
        let waited = self.at_door(id).is_some();
        let flight = self.take(id)?;
        let cut = !waited && self.network.links.get(id.from, id.to).cut;
        let why = match flight.lost {
            Some((time, why)) if time <= self.now => why,
            _ if cut => LossReason::Cut,
            _ => LossReason::Hand,
        };
        self.facts.push(Fact::Lost(flight, why));
        Ok(())
    }

    fn time_out(&mut self, node: NodeId, name: &'static str) -> Result<(), Refused> {
        self.running(node)?;
        let armed = P::Timer::named(name).and_then(|place| {
            let armed = self.hosts[node.slot()].timers.disarm(place)?;
            Some((P::Timer::ALL[place], armed))
        });
        let (timer, armed) = armed.ok_or_else(|| Refused::node(node, &format!("has no {name} timer running")))?;
        self.happen(Happening::Fired { node, timer: name, forced: armed.due > self.now });
        self.feed(node, Input::Timeout(timer));
        Ok(())
    }

    fn flush(&mut self, node: NodeId) -> Result<(), Refused> {
        self.running(node)?;
        let receipt = self.hosts[node.slot()].disk.flush();
        let receipt = receipt.ok_or_else(|| Refused::node(node, "has nothing on its way to its disk"))?;
        self.happen(Happening::Flushed(node));
        while let Some((to, payload)) = self.hosts[node.slot()].disk.release() {
            self.launch(node.into(), to, payload);
        }
        self.feed(node, Input::Flushed(receipt));
        Ok(())
    }

    /// Refuses to go on where the node is not there, down or paused.
    pub(super) fn running(&self, node: NodeId) -> Result<(), Refused> {
        self.known(node)?;
        if self.states[node.slot()].is_none() {
            return Err(Refused::node(node, "is down: expected a node that runs"));
        }
        if self.hosts[node.slot()].paused {
            return Err(Refused::node(node, "is paused: expected a node that runs"));
        }
        Ok(())
    }

    /// Starts a node from what its disk has kept.
    pub(super) fn boot(&mut self, id: NodeId) {
        let mut effects = std::mem::take(&mut self.effects);
        self.touched.insert(id);
        let host = &mut self.hosts[id.slot()];
        host.disk.start();
        self.states[id.slot()] = Some(P::boot(id, &self.config, host.disk.durable(), &mut effects));
        self.carry_out(id, effects);
    }

    /// Hands a node one input and carries out what it wants done.
    pub(super) fn feed(&mut self, id: NodeId, input: Input<P>) {
        let mut effects = std::mem::take(&mut self.effects);
        let Some(state) = &mut self.states[id.slot()] else { return };
        self.touched.insert(id);
        state.handle(&self.config, input, &mut effects);
        self.carry_out(id, effects);
    }

    /// Folds effects into disk, timers and network, in their order; then tells the node of writes that
    /// were safe at once, and goes on with what it wants done about that.
    fn carry_out(&mut self, id: NodeId, mut effects: Effects<P>) {
        loop {
            let mut receipts = Vec::new();
            for effect in effects.drain() {
                let host = &mut self.hosts[id.slot()];
                match effect {
                    Effect::Persist(write) => {
                        if self.recorded {
                            self.facts.push(Fact::Persisted(id, write.clone()));
                        }
                        receipts.extend(host.disk.write(self.chance, id, write, self.now));
                    }
                    Effect::Arm { timer, within } => host.timers.arm(self.chance, id, timer.place(), within, self.now),
                    Effect::Disarm(timer) => drop(host.timers.disarm(timer.place())),
                    Effect::Note(note) => {
                        self.marks.noted.insert(id);
                        self.facts.push(Fact::Noted(id, note));
                    }
                    Effect::Send { to, message, after } => {
                        debug_assert_ne!(to, id, "a node never sends to itself");
                        // Somebody may be named who is not there.
                        if usize::from(to.0) > self.states.len() {
                            continue;
                        }
                        if self.recorded {
                            self.facts.push(Fact::Outgoing { from: id, to, message: message.clone() });
                        }
                        let free = host.disk.hold(to.into(), Payload::Protocol(message), after);
                        free.into_iter().for_each(|payload| self.launch(id.into(), to.into(), payload));
                    }
                    Effect::Reply { client, seq, answer, after } => {
                        let free = host.disk.hold(client.into(), Payload::Answer(seq, answer), after);
                        free.into_iter().for_each(|payload| self.launch(id.into(), client.into(), payload));
                    }
                }
            }
            let Some(state) = self.states[id.slot()].as_mut().filter(|_| !receipts.is_empty()) else { break };
            for receipt in receipts {
                state.handle(&self.config, Input::Flushed(receipt), &mut effects);
            }
        }
        self.effects = effects;
    }

    pub(super) fn happen(&mut self, happening: Happening) {
        match &happening {
            Happening::Sent(MessageId { from: Process::Node(node), .. }) => drop(self.marks.sent.insert(*node)),
            Happening::Asked { .. } => self.marks.asked = true,
            Happening::Answered(..) => self.marks.answered = true,
            _ => {}
        }
        self.facts.push(Fact::Happened(happening));
    }

    /// Puts a message on its way.
    pub(super) fn launch(&mut self, from: Process, to: Process, payload: Payload<P::Message>) {
        std::hash::Hash::hash(&payload, &mut self.trace);
        let (id, copy) = self.network.send(self.chance, self.now, from, to, payload);
        self.happen(Happening::Sent(id));
        copy.into_iter().for_each(|copy| self.happen(Happening::Duplicated { copy, forced: false }));
    }

    fn wake(&mut self, id: ClientId) -> Result<(), Refused> {
        self.network.links.known_client(id)?;
        if self.clients[id.slot()].due().is_none() {
            return Err(Refused(format!("{id} waits for nothing: expected a client with something to do")));
        }
        if let crate::sim::ClientState::Asking { to, .. } = self.clients[id.slot()].state {
            self.happen(Happening::Waited(id, to));
        }
        let turn = self.clients[id.slot()].wake(self.now);
        self.settle(id, turn);
        Ok(())
    }

    fn answer(&mut self, id: ClientId, from: NodeId, seq: u64, answer: &Answer) {
        let running = self.clients[id.slot()].pending.as_ref().filter(|pending| pending.seq == seq);
        if let Some(pending) = running {
            self.happen(Happening::Answered(id, pending.request.clone(), from, answer.clone()));
        }
        let turn = self.clients[id.slot()].hear(from, seq, answer, self.now);
        self.settle(id, turn);
    }

    /// Sends what a client has decided to ask.
    pub(super) fn settle(&mut self, id: ClientId, decided: Move) {
        let client = &mut self.clients[id.slot()];
        if let (Move::Ask(to), Some(pending)) = (decided, &client.pending) {
            let (request, attempt) = (pending.request.clone(), pending.attempts);
            self.happen(Happening::Asked { client: id, to, request: request.clone(), attempt });
            self.launch(id.into(), to.into(), Payload::Request(request));
        }
    }
}
