//! What a person (or a random fault) does to machines, links, messages and clients; and the questions
//! that anybody may ask of a cluster.

use std::hash::Hasher;

use crate::protocol::{Input, Order, Protocol, TimerName};
use crate::sim::cluster::{Cluster, Host};
use crate::sim::{Asked, Client, Fact, Happening, Network, Refused, Setup, Step};
use crate::types::{MAX_NODES, NodeId, NodeSet, Span, Time};

impl<P: Protocol> Cluster<P> {
    /// Carries out a step that is neither an arrival nor the end of a wait.
    pub(super) fn chore(&mut self, step: &Step) -> Result<(), Refused> {
        match step {
            Step::Crash(node) => self.crash(*node)?,
            Step::Tear(node) => self.tear(*node)?,
            Step::Start(node) => self.start(*node)?,
            Step::Order(node, order) => self.order(*node, *order)?,
            Step::Set(name, value) => self.choose(step, name, value)?,
            Step::Restart(node) => self.restart(*node)?,
            Step::Pause(node) => self.pause(*node)?,
            Step::Resume(node) => self.resume(*node)?,
            Step::ResumeAll => self.resume_all()?,
            Step::Duplicate(id) => {
                self.on_its_way(*id)?;
                let held = self.hosts.iter().flat_map(|host| &host.held).map(|flight| flight.id);
                let copy = self.network.duplicate(*id, held)?;
                self.happen(Happening::Duplicated { copy, forced: true });
            }
            Step::Delay(id, span) => {
                self.on_its_way(*id)?;
                let mut flight = self.network.take(*id)?;
                flight.arrives = flight.arrives + *span;
                flight.lost = None;
                self.network.put(flight);
                self.happen(Happening::Delayed(*id, *span));
            }
            Step::Request { client, command, to, read } => {
                if let Some(read) = read.filter(|_| P::WORDS.reads.is_empty()) {
                    return Err(Refused(format!("{} has no reads by {read}", P::WORDS.title)));
                }
                if let Some(node) = to.filter(|node| !self.doors().contains(node)) {
                    let doors: Vec<String> = self.doors().iter().map(NodeId::to_string).collect();
                    return Err(Refused(format!("{node} takes no requests: expected {}", doors.join(", "))));
                }
                self.network.links.known_client(*client)?;
                self.clients[client.slot()].queue.push_back(Asked { command: command.clone(), to: *to, read: *read });
                if self.clients[client.slot()].pending.is_none() {
                    let turn = self.clients[client.slot()].wake(self.now);
                    self.settle(*client, turn);
                }
            }
            _ => {
                self.rearrange(step)?;
                self.happen(Happening::Changed(step.clone()));
            }
        }
        Ok(())
    }

    /// Changes what is not a node: links, clocks, disks, traffic, all timers at once.
    fn rearrange(&mut self, step: &Step) -> Result<(), Refused> {
        match step {
            Step::Cut(links) => self.network.links.set_cut(*links, true)?,
            Step::Heal(links) => self.network.links.set_cut(*links, false)?,
            Step::Rule(links, rule) => self.network.links.set_rule(*links, *rule)?,
            Step::Isolate(node) => {
                self.known(*node)?;
                self.network.links.isolate(*node);
            }
            Step::Partition(groups) => {
                groups.iter().flat_map(|group| group.iter()).try_for_each(|node| self.known(node))?;
                let group_of = |node: NodeId| groups.iter().position(|group| group.contains(node));
                self.network.links.set_cuts(&|from, to| group_of(from) != group_of(to));
            }
            Step::Drift(node, drift) => {
                self.known(*node)?;
                self.hosts[node.slot()].timers.drift = *drift;
            }
            Step::Disk(node, takes) => {
                node.map_or(Ok(()), |node| self.known(node))?;
                for id in NodeId::all(self.count()).filter(|id| node.is_none_or(|node| node == *id)) {
                    self.hosts[id.slot()].disk.takes = *takes;
                }
            }
            Step::Traffic(on) => {
                for client in &mut self.clients {
                    client.traffic = *on;
                    client.think(self.now);
                }
            }
            Step::Align => self.set_main_timers(&|_, first| first)?,
            Step::Spread => {
                // Twice the longest way, and a little: the first has won before the second wakes up.
                let gap = self.network.links.ordinary.latency.max.0.saturating_mul(2).saturating_add(10_000);
                self.set_main_timers(&|place, first| first + Span(gap.saturating_mul(place)))?;
            }
            other => unreachable!("`{other}` is carried out elsewhere"),
        }
        Ok(())
    }

    fn crash(&mut self, node: NodeId) -> Result<(), Refused> {
        self.known(node)?;
        if self.states[node.slot()].take().is_none() {
            return Err(Refused::node(node, "is down already"));
        }
        self.touched.insert(node);
        let host = &mut self.hosts[node.slot()];
        host.timers.disarm_all();
        host.paused = false;
        // What waited at a paused node's door was in its machine's memory.
        let lost = host.disk.crash();
        let held = std::mem::take(&mut host.held);
        self.happen(Happening::Crashed(node, lost));
        self.facts.extend(held.into_iter().map(|flight| Fact::Lost(flight, crate::sim::LossReason::Down)));
        Ok(())
    }

    fn tear(&mut self, node: NodeId) -> Result<(), Refused> {
        self.running(node)?;
        let host = &mut self.hosts[node.slot()];
        let lost = host.disk.tear(self.chance, node);
        let lost = lost.ok_or_else(|| Refused::node(node, "has nothing on its way to its disk"))?;
        host.timers.disarm_all();
        self.states[node.slot()] = None;
        self.touched.insert(node);
        self.happen(Happening::Torn(node, lost));
        Ok(())
    }

    fn start(&mut self, node: NodeId) -> Result<(), Refused> {
        let next = NodeId(self.count() + 1);
        if !P::WORDS.grows {
            return Err(Refused(format!("{} takes no new nodes", P::WORDS.title)));
        }
        if self.known(node).is_ok() {
            return Err(Refused::node(node, &format!("is there already: expected {next}")));
        }
        if next.0 > MAX_NODES || node != next {
            let expected = if next.0 > MAX_NODES { "no more".to_string() } else { next.to_string() };
            return Err(Refused(format!("{node} cannot be the next node: expected {expected}")));
        }
        self.network.links.grow();
        self.hosts.push(Host::new(node, &self.setup));
        self.states.push(None);
        let habits = crate::sim::clients::Habits::clone(&self.habits);
        self.habits = std::sync::Arc::new(crate::sim::clients::Habits {
            doors: habits.doors.iter().copied().chain([node]).collect(),
            ..habits
        });
        self.clients.iter_mut().for_each(|client| client.adopt(self.habits.clone()));
        self.happen(Happening::Started(node));
        self.boot(node);
        Ok(())
    }

    fn order(&mut self, node: NodeId, order: Order) -> Result<(), Refused> {
        self.running(node)?;
        let named = match order {
            Order::Transfer(id) | Order::Add(id) | Order::Learn(id) | Order::Remove(id) => NodeSet::EMPTY.with(id),
            Order::Members { voters, learners, .. } => voters.or(learners),
            Order::Campaign | Order::Forget | Order::Compact | Order::Leave => NodeSet::EMPTY,
        };
        named.iter().try_for_each(|id| self.known(id))?;
        let state = self.states[node.slot()].as_ref();
        if let Some(why) = state.and_then(|state| state.refuses(&self.config, order)) {
            return Err(Refused(why));
        }
        self.happen(Happening::Ordered(node, order));
        self.feed(node, Input::Order(order));
        Ok(())
    }

    /// Something is another value from now on; every node that runs learns of it at once.
    fn choose(&mut self, step: &Step, name: &str, value: &str) -> Result<(), Refused> {
        let choices = P::options();
        let choice =
            choices.iter().chain(P::preset()).chain(P::bug()).find(|choice| choice.name == name).ok_or_else(|| {
                let known: Vec<&str> = choices.iter().map(|choice| choice.name).collect();
                let expected = if known.is_empty() { "none".to_string() } else { known.join(", ") };
                Refused(format!("`{name}` cannot be chosen while {} runs: expected {expected}", P::WORDS.title))
            })?;
        let mut config = P::Config::clone(&self.config);
        choice.choose(&mut config, value)?;
        self.config = std::sync::Arc::new(config);
        self.happen(Happening::Changed(step.clone()));
        NodeId::all(self.count()).for_each(|node| self.feed(node, Input::Configured));
        Ok(())
    }

    fn restart(&mut self, node: NodeId) -> Result<(), Refused> {
        self.known(node)?;
        if self.states[node.slot()].is_some() {
            return Err(Refused::node(node, "runs already: expected a node that is down"));
        }
        self.happen(Happening::Restarted(node));
        self.boot(node);
        Ok(())
    }

    fn pause(&mut self, node: NodeId) -> Result<(), Refused> {
        self.known(node)?;
        self.running(node)?;
        self.hosts[node.slot()].paused = true;
        self.happen(Happening::Paused(node));
        Ok(())
    }

    fn resume(&mut self, node: NodeId) -> Result<(), Refused> {
        self.known(node)?;
        if !std::mem::replace(&mut self.hosts[node.slot()].paused, false) {
            return Err(Refused::node(node, "is not paused"));
        }
        // What waits at its door the schedule hands it now, in the order in which it came.
        self.happen(Happening::Resumed(node));
        Ok(())
    }

    fn resume_all(&mut self) -> Result<(), Refused> {
        let ill: Vec<NodeId> = NodeId::all(self.count())
            .filter(|id| self.states[id.slot()].is_none() || self.hosts[id.slot()].paused)
            .collect();
        if ill.is_empty() {
            return Err(Refused("no node is down or paused".to_string()));
        }
        for node in ill {
            if self.states[node.slot()].is_none() { self.restart(node)? } else { self.resume(node)? }
        }
        Ok(())
    }

    /// Sets the main timers that are running, from the time of the first; in the order in which they
    /// would have run out.
    fn set_main_timers(&mut self, due: &dyn Fn(u64, Time) -> Time) -> Result<(), Refused> {
        let name = P::WORDS.main_timer.unwrap_or_default();
        let main = P::Timer::named(name).ok_or_else(|| Refused("this protocol has no such timers".to_string()))?;
        let running: Vec<(Time, NodeId)> = NodeId::all(self.count())
            .filter(|id| !self.hosts[id.slot()].paused)
            .filter_map(|id| self.hosts[id.slot()].timers.get(main).map(|armed| (armed.due, id)))
            .collect();
        let Some(first) = running.iter().map(|(due, _)| *due).min() else {
            return Err(Refused(format!("no {name} timer is running")));
        };
        for timer in &running {
            let before = running.iter().filter(|other| *other < timer).count() as u64;
            self.hosts[timer.1.slot()].timers.set_due(main, due(before, first.max(self.now)));
        }
        Ok(())
    }

    pub(super) fn known(&self, node: NodeId) -> Result<(), Refused> {
        self.network.links.known(node)
    }

    /// How many nodes there are.
    pub fn count(&self) -> u8 {
        u8::try_from(self.states.len()).expect("at most MAX_NODES")
    }

    /// What the protocol goes by at the moment.
    pub fn config(&self) -> &P::Config {
        &self.config
    }

    /// What was chosen before the run.
    pub fn setup(&self) -> &Setup<P> {
        &self.setup
    }

    /// What time it is.
    pub fn now(&self) -> Time {
        self.now
    }

    /// How many steps have been carried out.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Whether clients send requests of their own.
    pub fn traffic(&self) -> bool {
        self.clients.iter().any(|client| client.traffic)
    }

    /// The nodes' states, in order; none for one that is down.
    pub fn states(&self) -> &[Option<P>] {
        &self.states
    }

    /// Has what its nodes and disks have alike held once from now on: worth while before a copy is kept.
    pub fn share(&mut self) {
        P::share(&mut self.states, self.hosts.iter_mut().map(|host| host.disk.durable_mut()).collect());
    }

    /// The hash of everything that has happened so far: equal for equal runs, on every platform.
    pub fn trace_hash(&self) -> u64 {
        self.trace.finish()
    }

    /// The machine of a node.
    pub fn host(&self, node: NodeId) -> &Host<P> {
        &self.hosts[node.slot()]
    }

    /// All links and messages.
    pub fn network(&self) -> &Network<P::Message> {
        &self.network
    }

    /// The clients, in order.
    pub fn clients(&self) -> &[Client] {
        &self.clients
    }

    /// The nodes that clients may turn to.
    pub fn doors(&self) -> &[NodeId] {
        &self.habits.doors
    }

    /// From now on [`Cluster::last_step`], [`Fact::Persisted`] and [`Fact::Outgoing`] are kept, for a trace.
    pub fn record(&mut self) {
        self.recorded = true;
    }

    /// Whether what a trace needs is kept.
    pub fn is_recorded(&self) -> bool {
        self.recorded
    }

    /// The last step that was carried out, other than that time went on, if that is recorded.
    pub fn last_step(&self) -> Option<&Step> {
        self.last.as_ref()
    }

    /// What the last step did.
    pub fn facts(&self) -> &[Fact<P>] {
        &self.facts
    }

    /// The nodes whose state the last step changed, or took away.
    pub fn touched(&self) -> NodeSet {
        self.touched
    }

    /// Whether a client has asked for something in the last step, or got an answer.
    pub fn concerns_clients(&self) -> bool {
        self.marks.asked || self.marks.answered
    }
}
