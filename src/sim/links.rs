//! The links between processes: which are cut, and what each does to messages.
//!
//! A message's fate is drawn when it is sent: how long it travels, whether it is lost half-way,
//! whether it arrives twice. Each draw is keyed by the message's own identity, so nothing that
//! happens elsewhere changes it. Unless a message may be overtaken (`reordering`), a link delivers in
//! the order of sending; a new latency is a new way, on which nobody waits for what travels on the old
//! one. The copies that the network makes overtake nobody and may be overtaken.

use crate::chance::{Chance, Purpose, Ratio, StableHasher};
use crate::sim::{LossReason, Refused, Rule};
use crate::types::{ClientId, MessageId, NodeId, Process, Span, Spread, Time};

/// What a link does to the messages that are sent over it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct LinkRules {
    /// How long a message travels.
    pub latency: Spread,
    /// The share of messages that is lost.
    pub loss: Ratio,
    /// The share of messages that arrives twice.
    pub duplication: Ratio,
    /// The share of messages that travels up to four times as long as the longest latency, and that
    /// later messages may overtake.
    pub reordering: Ratio,
}

impl Default for LinkRules {
    /// 10 to 20 ms, in order, nothing lost.
    fn default() -> Self {
        LinkRules {
            latency: Spread::millis(10, 20),
            loss: Ratio::NEVER,
            duplication: Ratio::NEVER,
            reordering: Ratio::NEVER,
        }
    }
}

impl LinkRules {
    fn set(&mut self, rule: Rule) {
        match rule {
            Rule::Latency(latency) => self.latency = latency,
            Rule::Loss(loss) => self.loss = loss,
            Rule::Duplication(duplication) => self.duplication = duplication,
            Rule::Reordering(reordering) => self.reordering = reordering,
        }
    }
}

/// One direction between two processes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Link {
    /// Whether nothing gets through.
    pub cut: bool,
    /// Rules of its own, where it does not follow the ordinary ones.
    pub rules: Option<LinkRules>,
    /// How many messages were ever sent on it.
    sent: u32,
    /// When the latest of those that keep their order arrives.
    latest: Time,
}

/// Which links a step is about.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Links {
    /// From one process to another: `n1->n3`.
    One(Process, Process),
    /// Both ways between two processes: `n1--n3`.
    Both(Process, Process),
    /// All links: `all`.
    All,
}

/// What is drawn for a message when it is sent.
pub(super) struct Fate {
    /// When it arrives, or would arrive.
    pub(super) arrives: Time,
    /// When it is lost and why, if it is.
    pub(super) lost: Option<(Time, LossReason)>,
}

/// All links of a cluster, and so all its processes.
#[derive(Clone, Debug)]
pub struct LinkTable {
    nodes: u8,
    clients: u8,
    /// What every link does that has no rules of its own.
    pub ordinary: LinkRules,
    links: Vec<Link>,
}

impl LinkTable {
    pub(super) fn new(nodes: u8, clients: u8, ordinary: LinkRules) -> Self {
        let width = usize::from(nodes) + usize::from(clients);
        LinkTable { nodes, clients, ordinary, links: vec![Link::default(); width * width] }
    }

    /// Makes this what another is, in the room that it has.
    pub(super) fn take_up(&mut self, other: &Self) {
        (self.nodes, self.clients, self.ordinary) = (other.nodes, other.clients, other.ordinary);
        self.links.clone_from(&other.links);
    }

    /// One more node, with links like all others.
    pub(super) fn grow(&mut self) {
        let mut grown = LinkTable::new(self.nodes + 1, self.clients, self.ordinary);
        for from in self.processes() {
            self.processes().for_each(|to| *grown.get_mut(from, to) = *self.get(from, to));
        }
        *self = grown;
    }

    /// All processes: nodes first, then clients.
    pub fn processes(&self) -> impl Iterator<Item = Process> + Clone + use<> {
        let clients = (1..=self.clients).map(|n| Process::Client(ClientId(n)));
        NodeId::all(self.nodes).map(Process::Node).chain(clients)
    }

    fn place(&self, from: Process, to: Process) -> usize {
        let column = |process| match process {
            Process::Node(id) => id.slot(),
            Process::Client(id) => usize::from(self.nodes) + id.slot(),
        };
        column(from) * (usize::from(self.nodes) + usize::from(self.clients)) + column(to)
    }

    /// The link from one process to another.
    pub fn get(&self, from: Process, to: Process) -> &Link {
        &self.links[self.place(from, to)]
    }

    fn get_mut(&mut self, from: Process, to: Process) -> &mut Link {
        let place = self.place(from, to);
        &mut self.links[place]
    }

    /// Changes each of the links that are meant.
    fn each(&mut self, links: Links, change: &mut dyn FnMut(&mut Link)) {
        match links {
            Links::All => self.links.iter_mut().for_each(change),
            Links::One(from, to) => change(self.get_mut(from, to)),
            Links::Both(a, b) => {
                change(self.get_mut(a, b));
                change(self.get_mut(b, a));
            }
        }
    }

    /// Cuts links, or heals them.
    pub(super) fn set_cut(&mut self, links: Links, cut: bool) -> Result<(), Refused> {
        self.known_links(links)?;
        self.each(links, &mut |link| link.cut = cut);
        Ok(())
    }

    /// Cuts exactly the links between nodes of which `apart` says so.
    pub(super) fn set_cuts(&mut self, apart: &dyn Fn(NodeId, NodeId) -> bool) {
        for from in NodeId::all(self.nodes) {
            for to in NodeId::all(self.nodes).filter(|to| *to != from) {
                self.get_mut(from.into(), to.into()).cut = apart(from, to);
            }
        }
    }

    /// Cuts a node off from all other nodes.
    pub(super) fn isolate(&mut self, node: NodeId) {
        for other in NodeId::all(self.nodes).filter(|other| *other != node) {
            self.each(Links::Both(node.into(), other.into()), &mut |link| link.cut = true);
        }
    }

    /// Lets links follow a new rule; those with rules of their own keep the rest of them.
    pub(super) fn set_rule(&mut self, links: Links, rule: Rule) -> Result<(), Refused> {
        self.known_links(links)?;
        if links == Links::All {
            self.ordinary.set(rule);
        }
        let ordinary = self.ordinary;
        self.each(links, &mut |link| {
            if matches!(rule, Rule::Latency(_)) {
                link.latest = Time::START;
            }
            match (&mut link.rules, links) {
                (Some(own), _) => own.set(rule),
                (None, Links::All) => {}
                (none, _) => none.insert(ordinary).set(rule),
            }
        });
        Ok(())
    }

    /// Whether a node is cut off from every other node, both ways.
    pub fn isolated(&self, id: NodeId) -> bool {
        let open = |a: NodeId, b: NodeId| !self.get(a.into(), b.into()).cut;
        let mut others = NodeId::all(self.nodes).filter(|other| *other != id);
        self.nodes > 1 && !others.any(|other| open(id, other) || open(other, id))
    }

    /// Whether any link is cut.
    pub(super) fn any_cut(&self) -> bool {
        self.links.iter().any(|link| link.cut)
    }

    /// Whether any link doubles messages by chance.
    pub fn duplicates(&self) -> bool {
        let doubles = |rules: &LinkRules| rules.duplication != Ratio::NEVER;
        doubles(&self.ordinary) || self.links.iter().any(|link| link.rules.as_ref().is_some_and(doubles))
    }

    /// Folds which links are cut.
    pub(super) fn fold(&self, hasher: &mut StableHasher) {
        self.links.iter().for_each(|link| hasher.fold(u64::from(link.cut)));
    }

    /// The identity of the next message on a link, and of the copy that the network makes of it, if it
    /// does.
    pub(super) fn number(&mut self, chance: Chance, from: Process, to: Process) -> (MessageId, Option<MessageId>) {
        let ordinary = self.ordinary;
        let link = self.get_mut(from, to);
        link.sent += 1;
        let id = MessageId { from, to, serial: link.sent, copy: 0 };
        let twice = link.rules.unwrap_or(ordinary).duplication;
        let copy = chance.happens(Purpose::Duplication, cause(id), twice).then_some(MessageId { copy: 2, ..id });
        (id, copy)
    }

    /// Draws what becomes of a message that is sent now.
    pub(super) fn fate(&mut self, chance: Chance, now: Time, id: MessageId) -> Fate {
        let ordinary = self.ordinary;
        let cause = cause(id);
        let link = self.get_mut(id.from, id.to);
        let rules = link.rules.unwrap_or(ordinary);
        let mut arrives = now + chance.within(Purpose::Latency, cause, rules.latency);
        let overtaken = chance.happens(Purpose::Reordering, cause, rules.reordering);
        if overtaken {
            let longest = Span(rules.latency.max.0.saturating_mul(3));
            arrives = arrives + chance.within(Purpose::Overtaking, cause, Spread { min: Span::ZERO, max: longest });
        } else {
            arrives = arrives.max(link.latest);
        }
        let why = if link.cut {
            Some(LossReason::Cut)
        } else {
            chance.happens(Purpose::Loss, cause, rules.loss).then_some(LossReason::Chance)
        };
        // Nobody waits for what does not arrive, nor for a copy.
        if !overtaken && id.copy == 0 && why.is_none() {
            link.latest = arrives;
        }
        Fate { arrives, lost: why.map(|why| (now + Span(arrives.since(now).0 / 2), why)) }
    }

    /// Refuses a node that is not there.
    pub(super) fn known(&self, node: NodeId) -> Result<(), Refused> {
        if (1..=self.nodes).contains(&node.0) {
            return Ok(());
        }
        Err(Refused(format!("there is no {node}: expected n1 to n{}", self.nodes)))
    }

    /// Refuses a client that is not there.
    pub(super) fn known_client(&self, client: ClientId) -> Result<(), Refused> {
        match self.clients {
            count if (1..=count).contains(&client.0) => Ok(()),
            0 => Err(Refused(format!("there is no {client}: this cluster has no clients"))),
            count => Err(Refused(format!("there is no {client}: expected c1 to c{count}"))),
        }
    }

    fn known_links(&self, links: Links) -> Result<(), Refused> {
        let known = |process| match process {
            Process::Node(node) => self.known(node),
            Process::Client(client) => self.known_client(client),
        };
        let (Links::One(a, b) | Links::Both(a, b)) = links else { return Ok(()) };
        known(a)?;
        known(b)?;
        match (a, b) {
            (Process::Client(_), Process::Client(_)) => {
                Err(Refused(format!("there is no link between {a} and {b}: clients talk to nodes only")))
            }
            _ => Ok(()),
        }
    }
}

/// A message's identity as the cause of draws.
fn cause(id: MessageId) -> [u64; 2] {
    let code = |process| match process {
        Process::Node(id) => u64::from(id.0),
        Process::Client(id) => 0x80 | u64::from(id.0),
    };
    [code(id.from) << 16 | code(id.to) << 8 | u64::from(id.copy), u64::from(id.serial)]
}
