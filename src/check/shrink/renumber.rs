//! Deeds with fewer nodes or clients: whoever is left gets a lower number.

use crate::check::shrink::{Deed, Numbered, Origin};
use crate::protocol::Order;
use crate::sim::{Links, Step};
use crate::types::{ClientId, MessageId, NodeId, NodeSet, Process};

/// Who becomes whom. What speaks of somebody who is left out is left out, too; of a set of nodes only that one is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Renumber {
    /// This node is left out, and those above it move down.
    WithoutNode(NodeId),
    /// This client is left out, and those above it move down.
    WithoutClient(ClientId),
    /// What this client does another, lower one does, and those above it move down.
    Merge(ClientId, ClientId),
}

impl Renumber {
    /// What a node is called then.
    pub fn node(self, id: NodeId) -> Option<NodeId> {
        match self {
            Renumber::WithoutNode(out) if id == out => None,
            Renumber::WithoutNode(out) if id > out => Some(NodeId(id.0 - 1)),
            _ => Some(id),
        }
    }

    fn client(self, id: ClientId) -> Option<ClientId> {
        match self {
            Renumber::WithoutClient(out) if id == out => None,
            Renumber::Merge(out, other) if id == out => Some(other),
            Renumber::WithoutClient(out) | Renumber::Merge(out, _) if id > out => Some(ClientId(id.0 - 1)),
            _ => Some(id),
        }
    }

    fn process(self, who: Process) -> Option<Process> {
        match who {
            Process::Node(id) => self.node(id).map(Process::Node),
            Process::Client(id) => self.client(id).map(Process::Client),
        }
    }

    fn set(self, nodes: NodeSet) -> NodeSet {
        nodes.iter().filter_map(|id| self.node(id)).collect()
    }

    fn message(self, id: MessageId) -> Option<MessageId> {
        Some(MessageId { from: self.process(id.from)?, to: self.process(id.to)?, ..id })
    }

    fn links(self, links: Links) -> Option<Links> {
        Some(match links {
            Links::All => Links::All,
            Links::One(from, to) => Links::One(self.process(from)?, self.process(to)?),
            Links::Both(a, b) => Links::Both(self.process(a)?, self.process(b)?),
        })
    }

    fn order(self, order: Order) -> Option<Order> {
        Some(match order {
            Order::Transfer(id) => Order::Transfer(self.node(id)?),
            Order::Add(id) => Order::Add(self.node(id)?),
            Order::Learn(id) => Order::Learn(self.node(id)?),
            Order::Remove(id) => Order::Remove(self.node(id)?),
            Order::Members { voters, learners, stay } => {
                let voters = Some(self.set(voters)).filter(|voters| !voters.is_empty())?;
                Order::Members { voters, learners: self.set(learners), stay }
            }
            Order::Campaign | Order::Forget | Order::Compact | Order::Leave => order,
        })
    }

    fn step(self, step: &Step) -> Option<Step> {
        Some(match step {
            Step::Deliver(id) => Step::Deliver(self.message(*id)?),
            Step::Drop(id) => Step::Drop(self.message(*id)?),
            Step::Duplicate(id) => Step::Duplicate(self.message(*id)?),
            Step::Delay(id, span) => Step::Delay(self.message(*id)?, *span),
            Step::Timeout(id, timer) => Step::Timeout(self.node(*id)?, timer),
            Step::Flush(id) => Step::Flush(self.node(*id)?),
            Step::Wake(id) => Step::Wake(self.client(*id)?),
            Step::Crash(id) => Step::Crash(self.node(*id)?),
            Step::Tear(id) => Step::Tear(self.node(*id)?),
            Step::Start(id) => Step::Start(self.node(*id)?),
            Step::Order(id, order) => Step::Order(self.node(*id)?, self.order(*order)?),
            Step::Restart(id) => Step::Restart(self.node(*id)?),
            Step::Pause(id) => Step::Pause(self.node(*id)?),
            Step::Resume(id) => Step::Resume(self.node(*id)?),
            Step::Cut(links) => Step::Cut(self.links(*links)?),
            Step::Heal(links) => Step::Heal(self.links(*links)?),
            Step::Isolate(id) => Step::Isolate(self.node(*id)?),
            Step::Partition(groups) => {
                let groups = groups.iter().map(|group| self.set(*group)).filter(|group| !group.is_empty());
                Step::Partition(Some(groups.collect::<Vec<_>>()).filter(|groups| !groups.is_empty())?)
            }
            Step::Rule(links, rule) => Step::Rule(self.links(*links)?, *rule),
            Step::Drift(id, drift) => Step::Drift(self.node(*id)?, *drift),
            Step::Disk(Some(id), takes) => Step::Disk(Some(self.node(*id)?), *takes),
            Step::Request { client, command, to, read } => {
                let to = match to {
                    Some(to) => Some(self.node(*to)?),
                    None => None,
                };
                Step::Request { client: self.client(*client)?, command: command.clone(), to, read: *read }
            }
            Step::Until(_) | Step::Set(..) | Step::ResumeAll | Step::Disk(None, _) => step.clone(),
            Step::Traffic(_) | Step::Align | Step::Spread => step.clone(),
        })
    }

    fn deed(self, deed: &Deed) -> Option<Deed> {
        Some(match deed {
            Deed::Step(step) => Deed::Step(self.step(step)?),
            Deed::Message(handling, origin) => {
                let (from, to) = (self.process(origin.from)?, self.process(origin.to)?);
                Deed::Message(*handling, Origin { from, to, ..*origin })
            }
            Deed::Oldest { handling, from, to, kind } => {
                Deed::Oldest { handling: *handling, from: self.process(*from)?, to: self.process(*to)?, kind }
            }
            Deed::All(links) => Deed::All(self.links(*links)?),
            Deed::Settle | Deed::Wait(_) => deed.clone(),
        })
    }

    /// The same deeds by those who are left.
    pub fn deeds(self, deeds: &[Numbered]) -> Vec<Numbered> {
        let renumbered = |numbered: &Numbered| Some(Numbered { deed: self.deed(&numbered.deed)?, ..*numbered });
        deeds.iter().filter_map(renumbered).collect()
    }
}
