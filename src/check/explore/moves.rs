//! What can happen next: the moves of an exploration. A move is one step, or a few that nothing can come between.

use crate::explored::{Explored, Turn};
use crate::kv::Command;
use crate::protocol::TimerName;
use crate::sim::Step;
use crate::types::{ClientId, MessageId, NodeId, Process};

use super::bounds::Used;
use super::state::{Rules, State};

/// Something that can happen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Move {
    /// A message arrives.
    Deliver(MessageId),
    /// The oldest write on its way reaches a node's disk.
    Flush(NodeId),
    /// A timer runs out, by its place.
    Timeout(NodeId, usize),
    /// A client asks a node, which has the request at once.
    Ask(ClientId, NodeId),
    /// A node crashes and starts again: while it is down, the others notice nothing but that it does not answer.
    Reboot(NodeId),
    /// A node that was down at the start starts.
    Restart(NodeId),
    /// A client has waited in vain.
    Retry(ClientId),
    /// A message gets a copy.
    Duplicate(MessageId),
    /// A message is lost.
    Lose(MessageId),
    /// One of the wishes comes true.
    Wish(usize),
}

impl Move {
    /// The steps that it begins with.
    pub(super) fn steps<P: Explored>(self, rules: &Rules, used: &Used) -> Vec<Step> {
        match self {
            Move::Deliver(id) => vec![Step::Deliver(id)],
            Move::Flush(node) => vec![Step::Flush(node)],
            Move::Timeout(node, place) => vec![Step::Timeout(node, P::Timer::ALL[place].name())],
            Move::Ask(client, node) => {
                vec![Step::Request { client, command: command(used.requests), to: Some(node), read: None }]
            }
            Move::Reboot(node) => vec![Step::Crash(node), Step::Restart(node)],
            Move::Restart(node) => vec![Step::Restart(node)],
            Move::Retry(client) => vec![Step::Wake(client)],
            Move::Duplicate(id) => vec![Step::Duplicate(id)],
            Move::Lose(id) => vec![Step::Drop(id)],
            Move::Wish(place) => vec![rules.bounds.wishes[place].clone()],
        }
    }

    /// What it uses of the bounds.
    pub(super) fn charge<P: Explored>(self, used: &mut Used) {
        match self {
            Move::Ask(..) => used.requests += 1,
            Move::Reboot(_) | Move::Restart(_) => used.crashes += 1,
            Move::Retry(_) => used.retries += 1,
            Move::Duplicate(_) => used.duplicates += 1,
            Move::Lose(_) => used.losses += 1,
            Move::Wish(place) => used.wishes |= 1 << place,
            Move::Timeout(_, place) if P::turn(P::Timer::ALL[place]) == Turn::Beat => used.beats += 1,
            Move::Deliver(_) | Move::Flush(_) | Move::Timeout(..) => {}
        }
    }
}

/// What the request of this number asks: a key of its own, so that no two are alike.
fn command(number: u8) -> Command {
    let key = char::from(b'a' + number % 26);
    Command::Put { key: key.to_string().into(), value: (number + 1).to_string().into() }
}

/// Everything that can happen in a state, in an order that depends on nothing but the way to it.
pub(super) fn enabled<P: Explored>(rules: &Rules, state: &State<P>, moves: &mut Vec<Move>) {
    moves.clear();
    let (bounds, used, cluster) = (&rules.bounds, &state.used, &state.cluster);
    let nodes = || NodeId::all(cluster.count());
    let state_of = |node: NodeId| cluster.states()[node.slot()].as_ref();
    let running = |node: NodeId| state_of(node).filter(|_| !cluster.host(node).paused);
    if nodes().any(|node| state_of(node).is_some_and(|state| state.last_slot() > bounds.slots)) {
        return;
    }
    for letter in state.to_arrive(bounds.in_order) {
        let Process::Node(to) = letter.to else { continue };
        // Whoever is down, or was stopped before the exploration began, hears nothing; nor does anybody over a link that is
        // cut. What is on its way there may arrive later.
        if running(to).is_none() || cluster.network().links.get(letter.from, letter.to).cut {
            continue;
        }
        moves.push(Move::Deliver(letter));
        if used.duplicates < bounds.duplicates {
            moves.push(Move::Duplicate(letter));
        }
        if used.losses < bounds.losses {
            moves.push(Move::Lose(letter));
        }
    }
    for node in nodes() {
        let Some(state) = running(node) else {
            if state_of(node).is_none() && used.crashes < bounds.crashes {
                moves.push(Move::Restart(node));
            }
            continue;
        };
        let host = cluster.host(node);
        if host.disk.unflushed() > 0 {
            moves.push(Move::Flush(node));
        }
        for (place, timer) in P::Timer::ALL.iter().enumerate() {
            let allowed = match P::turn(*timer) {
                Turn::Epoch => state.epoch() < bounds.epochs,
                Turn::Beat => used.beats < bounds.beats,
                Turn::Lapse => true,
            };
            if allowed && host.timers.get(place).is_some() {
                moves.push(Move::Timeout(node, place));
            }
        }
        if used.crashes < bounds.crashes {
            moves.push(Move::Reboot(node));
        }
    }
    if used.requests < bounds.requests
        && let Some(client) =
            cluster.clients().iter().find(|client| client.pending.is_none() && client.queue.is_empty())
    {
        let leads = |node: &NodeId| {
            running(*node).is_some_and(|state| state.leads() && state.last_slot() < bounds.slots)
                && cluster.doors().contains(node)
        };
        moves.extend(nodes().filter(leads).map(|node| Move::Ask(client.id, node)));
    }
    if used.retries < bounds.retries {
        let waits = cluster.clients().iter().filter(|client| client.pending.is_some());
        moves.extend(waits.map(|client| Move::Retry(client.id)));
    }
    moves.extend((0..bounds.wishes.len()).filter(|place| used.wishes & 1 << place == 0).map(Move::Wish));
}
