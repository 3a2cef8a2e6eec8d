//! Raft nodes without a simulation: each with its disk in memory, driven input by input, or a few of them with the
//! messages between them delivered in the order of sending. Logs are written as the terms of their entries: `"112"`.

use std::collections::VecDeque;
use std::sync::Arc;

use raft_playground::kv::Request;
use raft_playground::observe::{NodeView, Window};
use raft_playground::protocol::{Answer, Durable, Effect, Effects, Input, Order, Protocol};
use raft_playground::raft::{Config, Disk, Message, Note, Raft, Receipt, Timer};
use raft_playground::types::NodeId;

pub(crate) use crate::words::*;

/// One node with its disk.
#[derive(Clone)]
pub(crate) struct Node {
    pub(crate) config: Config,
    pub(crate) disk: Disk,
    id: NodeId,
    raft: Raft,
}

impl Node {
    /// A node that starts with what is on its disk.
    pub(crate) fn boot(id: u8, config: &Config, disk: Disk) -> Node {
        let raft = Raft::boot(NodeId(id), config, &disk, &mut Effects::default());
        Node { config: config.clone(), disk, id: NodeId(id), raft }
    }

    /// The first of so many nodes, leader of the term after `term` with this log, without an entry of its own term.
    pub(crate) fn leader(nodes: u8, term: u64, log: &str) -> Node {
        let mut node = Node::boot(1, &Config { noop: false, ..Config::new(nodes) }, disk(term, None, log));
        node.tell_and_flush(Input::Timeout(Timer::Election));
        for voter in 2..=nodes / 2 + 1 {
            node.hear_and_flush(voter, vote(term + 1, true));
        }
        assert_eq!(node.view().role, "leader", "with a majority of {nodes} votes");
        node
    }

    /// The same node, once everybody has voted for it.
    pub(crate) fn elected(mut self) -> Node {
        self.time_out(Timer::Election);
        let term = self.view().epoch.map_or(0, |epoch| epoch.number);
        let me = self.id.0;
        for voter in (1..=16).filter(|id| *id != me) {
            self.hear_and_flush(voter, vote(term, true));
        }
        assert_eq!(self.view().role, "leader", "with all votes");
        self
    }

    /// Something is chosen anew while the node runs.
    pub(crate) fn choose(&mut self, change: impl FnOnce(&mut Config)) -> Wants {
        change(&mut self.config);
        self.tell_and_flush(Input::Configured)
    }

    /// Hands the node an input; what it writes is not flushed.
    pub(crate) fn tell(&mut self, input: Input<Raft>) -> Wants {
        let mut out = Effects::default();
        self.raft.handle(&self.config, input, &mut out);
        out.as_slice().to_vec()
    }

    /// Hands the node a message; what it writes is not flushed.
    pub(crate) fn hear(&mut self, from: u8, message: Message) -> Wants {
        self.tell(Input::Deliver { from: NodeId(from), message })
    }

    /// Carries out the writes and tells the node of them, with all that follows.
    pub(crate) fn flush(&mut self, mut wants: Wants) -> Wants {
        let mut done = 0;
        while done < wants.len() {
            if let Effect::Persist(write) = wants[done].clone() {
                let receipt: Receipt = self.disk.write(&write);
                wants.extend(self.tell(Input::Flushed(receipt)));
            }
            done += 1;
        }
        wants
    }

    pub(crate) fn tell_and_flush(&mut self, input: Input<Raft>) -> Wants {
        let wants = self.tell(input);
        self.flush(wants)
    }

    pub(crate) fn hear_and_flush(&mut self, from: u8, message: Message) -> Wants {
        self.tell_and_flush(Input::Deliver { from: NodeId(from), message })
    }

    pub(crate) fn time_out(&mut self, timer: Timer) -> Wants {
        self.tell_and_flush(Input::Timeout(timer))
    }

    pub(crate) fn order(&mut self, order: Order) -> Wants {
        self.tell_and_flush(Input::Order(order))
    }

    /// A client asks for something.
    pub(crate) fn ask(&mut self, request: Arc<Request>) -> Wants {
        self.tell_and_flush(Input::Request(request))
    }

    /// Why the node does not do what an operator wants; it is told all the same, and nothing may come of it.
    pub(crate) fn refusal(&mut self, order: Order) -> String {
        let why = self.raft.refuses(&self.config, order).unwrap_or_default();
        if !why.is_empty() {
            let before = self.raft.clone();
            let wants = self.tell(Input::Order(order));
            assert_eq!(notes(&wants), [&Note::Disobeys { why: why.clone() }], "{order:?}");
            assert!(wants.len() == 1 && self.raft == before, "{order:?} was refused, and something has come of it");
        }
        why
    }

    /// A crash: only the disk stays.
    pub(crate) fn restart(&mut self) -> Wants {
        let mut out = Effects::default();
        self.raft = Raft::boot(self.id, &self.config, &self.disk, &mut out);
        out.as_slice().to_vec()
    }

    pub(crate) fn view(&self) -> NodeView {
        self.raft.observe(&self.config, ALL)
    }

    /// The terms of all entries.
    pub(crate) fn log(&self) -> String {
        self.view().slots.iter().map(|slot| slot.epoch.text.clone()).collect()
    }

    /// What the store holds: `a=1 b=2`.
    pub(crate) fn store(&self) -> String {
        let pairs = self.view().store.into_iter().flatten();
        pairs.map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(" ")
    }

    /// What a leader knows of a follower: `replicate, has 2, next 3`.
    pub(crate) fn peer(&self, id: u8) -> String {
        let peers = self.view().peers;
        let peer = peers.iter().find(|peer| peer.node.0 == id);
        peer.map_or("nothing".to_string(), |p| format!("{}, has {}, next {}", p.state, p.matched, p.next))
    }

    pub(crate) fn committed(&self) -> u64 {
        self.view().committed
    }

    /// `leader t3 112 c2`: role, term, log and commit index.
    pub(crate) fn show(&self) -> String {
        let view = self.view();
        let term = view.epoch.map_or(0, |epoch| epoch.number);
        format!("{} t{term} {} c{}", view.role, self.log(), view.committed).replace("  ", " - ")
    }
}

const ALL: Window = Window { from: 1, count: 1_000 };

/// A few nodes and the messages between them.
pub(crate) struct Net {
    pub(crate) nodes: Vec<Node>,
    queue: VecDeque<(u8, u8, Message)>,
    cut: Vec<(u8, u8)>,
    /// Every message that was delivered: from, to, what.
    pub(crate) delivered: Vec<(u8, u8, Message)>,
    /// Every answer to a client: from whom, the number of the request, what.
    pub(crate) answers: Vec<(u8, u64, Answer)>,
}

impl Net {
    /// One node for each disk.
    pub(crate) fn of(disks: &[Disk]) -> Net {
        let config = Config::new(u8::try_from(disks.len()).expect("a few nodes"));
        let nodes = (1..).zip(disks).map(|(id, disk)| Node::boot(id, &config, disk.clone())).collect();
        Net { nodes, queue: VecDeque::new(), cut: Vec::new(), delivered: Vec::new(), answers: Vec::new() }
    }

    /// So many nodes, of which the first leads term 1.
    pub(crate) fn led(nodes: u8, choose: impl Fn(&mut Config)) -> Net {
        let mut net = Net::of(&vec![Disk::default(); usize::from(nodes)]);
        net.choose(choose);
        net.campaign(1);
        assert_eq!(net.nodes[0].view().role, "leader");
        net
    }

    /// A new machine, of which nobody knows yet.
    pub(crate) fn start(&mut self) -> u8 {
        let id = u8::try_from(self.nodes.len() + 1).expect("a few nodes");
        self.nodes.push(Node::boot(id, &self.nodes[0].config, Disk::default()));
        id
    }

    pub(crate) fn node(&mut self, id: u8) -> &mut Node {
        &mut self.nodes[usize::from(id) - 1]
    }

    /// Something is chosen anew for all nodes.
    pub(crate) fn choose(&mut self, change: impl Fn(&mut Config)) {
        self.nodes.iter_mut().for_each(|node| change(&mut node.config));
    }

    /// Nothing passes between two nodes from now on.
    pub(crate) fn cut(&mut self, a: u8, b: u8) {
        self.cut.extend([(a, b), (b, a)]);
    }

    pub(crate) fn heal(&mut self) {
        self.cut.clear();
    }

    /// Hands a node an input, then delivers messages until there are none.
    pub(crate) fn tell(&mut self, id: u8, input: Input<Raft>) {
        let wants = self.nodes[usize::from(id) - 1].tell_and_flush(input);
        for effect in wants {
            match effect {
                Effect::Send { to, message, .. } => self.queue.push_back((id, to.0, message)),
                Effect::Reply { seq, answer, .. } => self.answers.push((id, seq, answer)),
                _ => {}
            }
        }
        while let Some((from, to, message)) = self.queue.pop_front() {
            if !self.cut.contains(&(from, to)) {
                self.delivered.push((from, to, message.clone()));
                self.tell(to, Input::Deliver { from: NodeId(from), message });
            }
        }
    }

    pub(crate) fn order(&mut self, id: u8, order: Order) {
        assert_eq!(self.node(id).refusal(order), "", "{order:?} to n{id}");
        self.tell(id, Input::Order(order));
    }

    pub(crate) fn ask(&mut self, id: u8, request: Arc<Request>) {
        self.tell(id, Input::Request(request));
    }

    /// A leader makes itself heard twice: so that what is committed by the first is known by the second.
    pub(crate) fn beat(&mut self, id: u8) {
        (0..2).for_each(|_| self.tell(id, Input::Timeout(Timer::Heartbeat)));
    }

    /// Every message of a kind that was delivered on a link.
    pub(crate) fn delivered_on(&self, from: u8, to: u8) -> impl Iterator<Item = &Message> {
        self.delivered.iter().filter(move |(a, b, _)| (*a, *b) == (from, to)).map(|(.., message)| message)
    }

    pub(crate) fn campaign(&mut self, id: u8) {
        self.tell(id, Input::Timeout(Timer::Election));
    }

    /// `leader t3 112 c2 | follower t3 112 c0`.
    pub(crate) fn show(&self) -> String {
        self.nodes.iter().map(Node::show).collect::<Vec<_>>().join(" | ")
    }

    pub(crate) fn logs(&self) -> String {
        self.nodes.iter().map(Node::log).collect::<Vec<_>>().join(" ")
    }
}
