//! Why things stand as they do: slots for which nothing is chosen, and why nobody leads.

use crate::multi_paxos::leader::Phase;
use crate::multi_paxos::{Config, Kind, Leader, MultiPaxos, SlotId};
use crate::protocol::{Protocol, Reason, Standing, listed};
use crate::quorum::majority;
use crate::types::{ClientId, NodeId, NodeSet};

const SYNOD: &str = "Paxos Made Simple §2.2";
const MULTI: &str = "Paxos Made Simple §3";

impl MultiPaxos {
    /// The last slot in which this process knows a client's request to stand, chosen or proposed.
    pub(super) fn slot_with(&self, origin: (ClientId, u64)) -> Option<u64> {
        let asked = Some(origin);
        match self {
            MultiPaxos::Acceptor(acceptor) => {
                let slots = acceptor.accepted.iter().filter(|(_, (_, request))| request.origin == asked);
                slots.map(|(slot, _)| slot.0).last()
            }
            MultiPaxos::Replica(replica) => chosen(&replica.learned, asked),
            MultiPaxos::Leader(leader) => {
                let open = match &leader.phase {
                    Phase::Leading { open, .. } => open
                        .iter()
                        .filter(|(_, proposal)| proposal.request.origin == asked)
                        .map(|(slot, _)| slot.0)
                        .last(),
                    Phase::Waiting | Phase::Preparing { .. } => None,
                };
                open.max(chosen(&leader.learned, asked))
            }
        }
    }
}

fn chosen(learned: &super::replica::Learned, asked: Option<(ClientId, u64)>) -> Option<u64> {
    learned.chosen.iter().filter(|(_, request)| request.origin == asked).map(|(slot, _)| slot.0).last()
}

fn leaders(nodes: &[Option<MultiPaxos>]) -> impl Iterator<Item = &Leader> {
    nodes.iter().flatten().filter_map(|node| match node {
        MultiPaxos::Leader(leader) => Some(leader),
        MultiPaxos::Acceptor(_) | MultiPaxos::Replica(_) => None,
    })
}

fn called(config: &Config, ids: NodeSet) -> String {
    listed(ids.iter().map(|id| MultiPaxos::name(config, id)))
}

/// Why nothing is chosen for a slot, or why what is chosen cannot be carried out.
pub(super) fn undecided(config: &Config, nodes: &[Option<MultiPaxos>], slot: u64, of: Option<NodeId>) -> Standing {
    let slot = SlotId(slot);
    let leading = leaders(nodes).filter(|leader| leader.leads());
    let named = |leader: &&Leader| of == Some(config.leader(leader.number));
    let Some(leader) = leading.max_by_key(|leader| (named(leader), leader.highest)) else {
        let mut standing = leaderless(config, nodes);
        let text = "Only a leader has commands accepted, slot by slot, and nobody leads.";
        standing.reasons.insert(0, Reason::new(MULTI, text));
        return standing;
    };
    let Phase::Leading { ballot, next, open } = &leader.phase else { return Standing::default() };
    let id = config.leader(leader.number);
    let name = MultiPaxos::name(config, id);
    if leader.learned.chosen.get(slot).is_some() {
        let missing = leader.learned.applied.next();
        let text = format!(
            "A command is chosen for slot {slot}, but {name} waits for slot {missing} before it: slots are carried out in their order."
        );
        return Standing { waits: Some(id), ..Standing::because(MULTI, text) };
    }
    let Some(proposal) = open.get(&slot) else {
        let text = format!(
            "{name}, which leads with ballot {ballot}, has proposed nothing for slot {slot}: its next slot is {next}."
        );
        return Standing { waits: Some(id), ..Standing::because(MULTI, text) };
    };
    let all: NodeSet = config.all(Kind::Acceptor).collect();
    let needed = majority(u32::from(config.acceptors));
    let (count, who) = (proposal.accepted.len(), called(config, proposal.accepted));
    let text = format!(
        "{name}, which leads with ballot {ballot}, proposes `{}` for slot {slot}: accepted by {who}, {count} of the {needed} acceptors of {} that it takes.",
        proposal.request.command, config.acceptors
    );
    Standing { waits: Some(id), lacks: all.minus(proposal.accepted), ..Standing::because(SYNOD, text) }
}

/// Why nobody leads.
pub(super) fn leaderless(config: &Config, nodes: &[Option<MultiPaxos>]) -> Standing {
    let all: NodeSet = config.all(Kind::Acceptor).collect();
    let needed = majority(u32::from(config.acceptors));
    let running: NodeSet = all.iter().filter(|id| nodes[id.slot()].is_some()).collect();
    let mut standing = Standing::default();
    if running.len() < needed {
        let text = format!(
            "Of {} acceptors only {} run, and it takes the promises of {needed} to lead.",
            config.acceptors,
            called(config, running)
        );
        standing.reasons.push(Reason::new(SYNOD, text));
    }
    let mut best = None;
    for leader in leaders(nodes) {
        let Phase::Preparing { ballot, promised, .. } = &leader.phase else { continue };
        let id = config.leader(leader.number);
        let text = format!(
            "{} asks for promises of ballot {ballot} and has {} of the {needed} that it needs, of {}.",
            MultiPaxos::name(config, id),
            promised.len(),
            called(config, *promised)
        );
        standing.reasons.push(Reason::new(SYNOD, text));
        if best.is_none_or(|highest| highest < *ballot) {
            best = Some(*ballot);
            (standing.waits, standing.lacks) = (Some(id), all.minus(*promised));
        }
    }
    if best.is_none() {
        let text = if leaders(nodes).next().is_none() {
            "No process runs that could lead."
        } else {
            "Nobody asks for promises at the moment: whoever could lead waits for a while whether another does."
        };
        standing.reasons.push(Reason::new(MULTI, text));
    }
    standing
}
