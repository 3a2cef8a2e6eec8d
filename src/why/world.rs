//! What of machines, links and messages is in the way of something, which no protocol knows.

use crate::types::{NodeId, NodeSet, Process};
use crate::view::NodeCard;
use crate::why::answer::{Asking, Found};
use crate::why::past::stops;

impl Asking<'_> {
    /// Whether nothing gets from one process to another.
    fn cut(&self, from: Process, to: Process) -> bool {
        self.view.links.iter().any(|link| link.cut && link.from == from && link.to == to)
    }

    /// Why a node that waits for others does not hear of them, in a sentence for each reason.
    pub(super) fn in_the_way(&self, waits: NodeId, lacks: NodeSet, found: &mut Found) {
        let me = Process::Node(waits);
        let of = |such: &dyn Fn(&NodeCard) -> bool| -> NodeSet {
            let cards = lacks.iter().filter(|id| *id != waits).filter_map(|id| self.view.nodes.get(id.slot()));
            cards.filter(|card| such(card)).map(|card| card.id).collect()
        };
        let down = of(&|card| !card.up);
        let paused = of(&|card| card.up && card.paused);
        let cut = of(&|card| card.up && (self.cut(me, card.id.into()) || self.cut(card.id.into(), me)));
        for (nodes, one, several) in [(down, "is down", "are down"), (paused, "is paused", "are paused")] {
            if !nodes.is_empty() {
                let verb = if nodes.len() == 1 { one } else { several };
                found.say("", format!("{} {verb}.", self.named(nodes.iter())));
                let stopped = nodes.iter().filter_map(|id| self.last_of(id.into(), |event| stops(&event.step)));
                found.events.extend(stopped);
            }
        }
        if !cut.is_empty() {
            let verb = if cut.len() == 1 { "is" } else { "are" };
            found.say("", format!("{} {verb} cut off from {}.", self.named(cut.iter()), self.name(me)));
            found.events.extend(self.record.networks.last());
        }
        for id in lacks.minus(down).minus(paused).minus(cut).without(waits).iter() {
            self.on_the_way(waits, id, found);
        }
        self.silent(waits, found);
    }

    /// What is on its way between two nodes, the first that arrives.
    fn on_the_way(&self, waits: NodeId, other: NodeId, found: &mut Found) {
        let (me, it) = (Process::Node(waits), Process::Node(other));
        let between = |from: Process, to: Process| (from, to) == (me, it) || (from, to) == (it, me);
        let flights =
            self.view.messages.iter().filter(|flight| flight.lost.is_none() && between(flight.from, flight.to));
        if let Some(flight) = flights.min_by_key(|flight| (flight.arrives, flight.id)) {
            let (from, to) = (self.name(flight.from), self.name(flight.to));
            found.say("", format!("{} from {from} to {to} is on its way, and due at {}.", flight.kind, flight.arrives));
        }
    }

    /// Whether a node itself is stopped.
    fn silent(&self, id: NodeId, found: &mut Found) {
        let Some(card) = self.view.nodes.get(id.slot()) else { return };
        if card.paused {
            found.say("", format!("{} is paused: what it is sent waits at its door.", card.name));
            found.events.extend(self.last_of(id.into(), |event| stops(&event.step)));
        }
    }

    /// Whom a node cannot reach, of all others that run.
    pub(super) fn silent_to_others(&self, card: &NodeCard, found: &mut Found) {
        let me = Process::Node(card.id);
        let others = self.view.nodes.iter().filter(|other| other.id != card.id);
        let cut: NodeSet = others.filter(|other| self.cut(me, other.id.into())).map(|other| other.id).collect();
        if !cut.is_empty() {
            found.say(
                "",
                format!("Nothing that {} sends reaches {}: the links are cut.", card.name, self.named(cut.iter())),
            );
            found.events.extend(self.record.networks.last());
        }
        self.silent(card.id, found);
    }
}
