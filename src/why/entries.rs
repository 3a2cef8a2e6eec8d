//! Why an entry is committed, or not, or not there.

use crate::observe::Slot;
use crate::types::NodeId;
use crate::view::NodeCard;
use crate::why::answer::{Asking, Found};

impl Asking<'_> {
    fn slot<'b>(&self, card: &'b NodeCard, slot: u64) -> Option<&'b Slot> {
        card.node.slots.iter().find(|shown| shown.index == slot)
    }

    /// `entry 5` among people.
    pub(super) fn place(&self, slot: u64) -> String {
        format!("{} {slot}", if self.words.slots == "slots" { "slot" } else { "entry" })
    }

    pub(super) fn entry(&self, of: Option<NodeId>, slot: u64) -> Found {
        let mut found = Found::default();
        let place = self.place(slot);
        if slot > self.view.last_slot && self.run.decided(slot).is_none() {
            let last = self.view.last_slot;
            let longest =
                if last == 0 { "nobody has any".to_string() } else { format!("the last that anybody has is {last}") };
            found.say("", format!("Nobody has an {place} at this moment: {longest}.").replace("an slot", "a slot"));
            return found;
        }
        match (of.and_then(|id| self.view.nodes.get(id.slot())), self.run.decided(slot)) {
            (Some(card), Some(knows)) if card.node.committed < slot || !card.up => {
                self.behind(card, knows, slot, &mut found);
            }
            (card, Some(knows)) => {
                let text = match card {
                    Some(card) => format!("{} knows {place} to be committed.", card.name),
                    None => format!("{}{} is committed.", place[..1].to_uppercase(), &place[1..]),
                };
                found.say("", text);
                self.commitment(knows, slot, &mut found);
            }
            (card, None) => {
                if let Some(card) = card.filter(|card| !card.up) {
                    found.say("", format!("{} is down.", card.name));
                }
                if let Some(card) = card.filter(|card| self.slot(card, slot).is_none() && card.node.first_slot <= slot)
                {
                    found.say("", format!("{} has no {place}.", card.name));
                }
                self.undecided(of, slot, &mut found);
            }
        }
        found
    }

    /// Why nobody knows it to be committed.
    pub(super) fn undecided(&self, of: Option<NodeId>, slot: u64, found: &mut Found) {
        let standing = self.run.undecided(slot, of);
        let waits = standing.waits;
        if waits.is_none() {
            self.stand_leaderless(standing, found);
        } else {
            self.stand(standing, found);
        }
        // How it came to where it is.
        for id in [of, waits].into_iter().flatten() {
            found.events.extend(self.came_to(id, slot));
        }
    }

    fn stand_leaderless(&self, standing: crate::protocol::Standing, found: &mut Found) {
        found.reasons.extend(standing.reasons);
        if self.leaders().is_empty() {
            self.leaderless(found);
        }
    }

    /// The event in which a node came to hold a slot.
    pub(super) fn came_to(&self, id: NodeId, slot: u64) -> Option<usize> {
        let growths = self.record.holdings.iter().rev();
        growths.filter(|growth| growth.node == id && growth.reaches(slot)).map(|growth| growth.event).next()
    }

    /// The event in which it was committed, as it was told then.
    pub(super) fn commitment(&self, knows: NodeId, slot: u64, found: &mut Found) {
        let first = self.record.commits.iter().find(|growth| growth.reaches(slot));
        match first {
            Some(growth) => {
                let event = &self.record.events[growth.event];
                let line = event.lines.iter().find(|line| line.told.landmark == Some(crate::observe::Landmark::Commit));
                match line {
                    Some(line) => {
                        let who = line.who.map_or(String::new(), |who| self.name(who));
                        found.say(line.told.section, format!("At {} {who} {}.", event.at, line.told.text));
                        let rule = event.rules.iter().rev().find(|(node, _)| line.who == Some((*node).into()));
                        rule.iter().for_each(|(_, rule)| found.say(line.told.section, *rule));
                    }
                    None => found
                        .say("", format!("{} was the first to know, at {}.", self.name(growth.node.into()), event.at)),
                }
                found.events.push(growth.event);
            }
            None => self.unknown(&format!("{} has known that", self.name(knows.into())), found),
        }
    }

    /// Why a node does not know what another one knows to be committed.
    fn behind(&self, card: &NodeCard, knows: NodeId, slot: u64, found: &mut Found) {
        let place = self.place(slot);
        let name = &card.name;
        let knowing = &self.view.nodes[knows.slot()];
        found.say("", format!("{} knows {place} to be committed, {name} does not.", knowing.name));
        let own = self.slot(card, slot);
        match (own, self.slot(knowing, slot)) {
            _ if !card.up => found.say("", format!("{name} is down.")),
            (Some(own), Some(right)) if own.digest != right.digest => {
                let text = format!(
                    "{name} has something else there, `{}`, which was never committed and gives way to `{}`.",
                    own.text, right.text
                );
                found.say("", text);
            }
            (Some(_), _) => {
                found.say(
                    "",
                    format!("{name} has it, and hears with the next message of whoever leads that it is committed."),
                );
            }
            (None, _) => {
                found.say("", format!("{name} has not got it yet: the last that it has is {}.", card.node.last_slot));
            }
        }
        if let Some(leader) = self.leaders().first().filter(|leader| leader.id != card.id) {
            self.in_the_way(leader.id, crate::types::NodeSet::EMPTY.with(card.id), found);
            if let Some(peer) = leader.node.peers.iter().find(|peer| peer.node == card.id) {
                let (leader, words) = (&leader.name, &self.words);
                let text = format!(
                    "{leader} sends {name} {} {} next ({}), and knows it to hold {} ({}).",
                    words.slot, peer.next, words.next, peer.matched, words.matched
                );
                found.say("", text);
            }
        }
        let first = self.record.commits.iter().find(|growth| growth.reaches(slot));
        found.events.extend(first.map(|growth| growth.event));
        found.events.extend(self.came_to(card.id, slot));
    }
}
