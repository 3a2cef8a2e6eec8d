//! The answer to each kind of question. What is found comes as reasons and as the events that they speak of.

use crate::observe::{Landmark, RoleMark, Vocabulary};
use crate::protocol::{Reason, Standing, listed};
use crate::types::{MessageId, NodeId, Process};
use crate::view::{NodeCard, View};
use crate::why::record::Event;
use crate::why::{Answer, Asked, Question, Record};

/// What is found: sentences, and the events that they speak of.
#[derive(Default)]
pub(super) struct Found {
    pub reasons: Vec<Reason>,
    pub events: Vec<usize>,
}

impl Found {
    pub(super) fn say(&mut self, section: &'static str, text: impl Into<String>) {
        self.reasons.push(Reason::new(section, text));
    }

    /// No event is spoken of twice, and no sentence is said twice.
    fn tidy(&mut self) {
        self.events.sort_unstable();
        self.events.dedup();
        let mut kept: Vec<Reason> = Vec::new();
        for reason in self.reasons.drain(..) {
            if kept.iter().all(|other| other.text != reason.text) {
                kept.push(reason);
            }
        }
        self.reasons = kept;
    }
}

/// A question at a moment, with all that is known for an answer.
pub(super) struct Asking<'a> {
    pub run: &'a dyn Asked,
    pub record: &'a Record,
    pub view: View,
    pub words: Vocabulary,
}

impl<'a> Asking<'a> {
    pub(super) fn new(run: &'a dyn Asked, record: &'a Record) -> Self {
        Asking { run, record, view: run.picture(None), words: run.words() }
    }

    pub(super) fn answer(mut self, question: &Question) -> Result<Answer, String> {
        let mut found = match *question {
            Question::Leader => self.leader(),
            Question::Entry { of, slot } => {
                of.map(|node| self.card(node)).transpose()?;
                self.view = self.run.picture(Some(slot.saturating_sub(1).max(1)));
                self.entry(of, slot)
            }
            Question::Refusal(node) => self.refusal(self.card(node)?),
            Question::Request { client, seq } => self.request(client, seq)?,
            Question::Node(node) => self.node(self.card(node)?),
            Question::Message(id) => self.message(id)?,
            Question::Violation => self.violation(),
        };
        found.tidy();
        let past = self.record.past(&found.events, &|process| self.name(process));
        let moment = format!("{}#{}", self.view.now, self.view.steps);
        Ok(Answer { question: question.to_string(), moment, reasons: found.reasons, past })
    }

    fn card(&self, id: NodeId) -> Result<&NodeCard, String> {
        let count = self.view.nodes.len();
        self.view.nodes.get(id.slot()).ok_or_else(|| format!("there is no {id}: expected n1 to n{count}"))
    }

    /// What a process is called among people.
    pub(super) fn name(&self, process: Process) -> String {
        match process {
            Process::Node(id) => self.view.nodes.get(id.slot()).map_or(id.to_string(), |card| card.name.clone()),
            Process::Client(id) => id.to_string(),
        }
    }

    pub(super) fn named(&self, nodes: impl IntoIterator<Item = NodeId>) -> String {
        listed(nodes.into_iter().map(|id| self.name(id.into())))
    }

    /// The last event before which something holds of it, if any.
    pub(super) fn last(&self, such: impl Fn(&Event) -> bool) -> Option<usize> {
        self.record.events.iter().rposition(such)
    }

    /// The last event of a process that was such.
    pub(super) fn last_of(&self, process: Process, such: impl Fn(&Event) -> bool) -> Option<usize> {
        self.record.last_doing(process, usize::MAX, such)
    }

    /// Tells an event as a sentence of its own, with the rule behind it.
    pub(super) fn tell(&self, event: usize, found: &mut Found) {
        let event_is = &self.record.events[event];
        let (text, section) = event_is.sentence(&|process| self.name(process));
        found.say(section, format!("{text}."));
        let rules = event_is.rules.iter().take(1);
        rules.for_each(|(_, rule)| found.say(section, *rule));
        found.events.push(event);
    }

    /// What is not looked at: what happened before the record begins.
    pub(super) fn unknown(&self, what: &str, found: &mut Found) {
        let begins = self.record.events.first().map(|event| event.at);
        match begins {
            Some(at) if !self.record.whole => {
                found.say("", format!("{what} before {at}, further back than is looked."));
            }
            _ => found.say("", format!("{what} when the run began.")),
        }
    }

    fn leads(card: &NodeCard) -> bool {
        card.up && card.node.mark == RoleMark::Crown
    }

    /// Nodes that lead, the one of the latest epoch first.
    pub(super) fn leaders(&self) -> Vec<&NodeCard> {
        let mut leaders: Vec<&NodeCard> = self.view.nodes.iter().filter(|card| Self::leads(card)).collect();
        leaders.sort_by_key(|card| std::cmp::Reverse(card.node.epoch.as_ref().map_or(0, |epoch| epoch.number)));
        leaders
    }

    fn leader(&self) -> Found {
        let mut found = Found::default();
        let leaders = self.leaders();
        let Some(first) = leaders.first() else {
            self.leaderless(&mut found);
            return found;
        };
        self.election_of(first.id, &mut found);
        self.silent_to_others(first, &mut found);
        for other in &leaders[1..] {
            let epoch = |card: &NodeCard| card.node.epoch.as_ref().map_or(String::new(), |epoch| epoch.text.clone());
            let text = format!(
                "{} still takes itself for the leader of {} {}: it has not heard of {} {}.",
                other.name,
                self.words.epoch,
                epoch(other),
                self.words.epoch,
                epoch(first)
            );
            found.say("", text);
            self.silent_to_others(other, &mut found);
        }
        found
    }

    /// The event in which a node came to lead.
    fn election_of(&self, id: NodeId, found: &mut Found) {
        let won = |event: &Event| {
            event.lines.iter().any(|line| line.who == Some(id.into()) && line.told.landmark == Some(Landmark::Leader))
        };
        match self.last_of(id.into(), won) {
            Some(event) => self.tell(event, found),
            None => self.unknown(&format!("{} has led", self.name(id.into())), found),
        }
    }

    pub(super) fn leaderless(&self, found: &mut Found) {
        let standing = self.run.leaderless();
        self.stand(standing, found);
        let timers = self.view.nodes.iter().filter(|card| card.up && !card.paused);
        let main = self.words.main_timer.unwrap_or("");
        let dues = timers.filter_map(|card| {
            let timer = card.timers.iter().find(|timer| timer.name == main)?;
            Some((timer.due, card))
        });
        if let Some((due, card)) = dues.min_by_key(|(due, card)| (*due, card.id)) {
            found.say("", format!("The next to try is {}: its {main} timer runs out at {due}.", card.name));
        }
        // Who led last, and what ended that.
        let led = |event: &Event| event.lines.iter().any(|line| line.told.landmark == Some(Landmark::Leader));
        let was = self.last(led).and_then(|event| {
            self.record.events[event]
                .lines
                .iter()
                .find_map(|line| line.who.filter(|_| line.told.landmark == Some(Landmark::Leader)))
        });
        if let Some(process) = was
            && let Some(end) = self.last_office(process)
        {
            found.events.push(end);
            let (text, section) = self.record.events[end].sentence(&|process| self.name(process));
            found.say(section, format!("{} led last; then: {text}.", self.name(process)));
        }
        for card in self.view.nodes.iter().filter(|card| card.up && card.node.mark == RoleMark::Seeking) {
            found.events.extend(self.last_office(card.id.into()));
        }
    }

    pub(super) fn last_office(&self, process: Process) -> Option<usize> {
        self.last_of(process, |event| event.changed.iter().any(|(of, changed)| *of == process && changed.office))
    }

    /// Says how something stands, and what of the world is in the way of it.
    pub(super) fn stand(&self, standing: Standing, found: &mut Found) {
        let Standing { reasons, waits, lacks } = standing;
        found.reasons.extend(reasons);
        if let Some(waits) = waits {
            self.in_the_way(waits, lacks, found);
        }
    }

    fn refusal(&self, card: &NodeCard) -> Found {
        let mut found = Found::default();
        let refuses = |event: &Event| event.refusals.iter().any(|(node, ..)| *node == card.id);
        let Some(place) = self.last_of(card.id.into(), refuses) else {
            let since =
                self.record.events.first().filter(|_| !self.record.whole).map(|event| format!(" since {}", event.at));
            found.say("", format!("{} has refused nothing{}.", card.name, since.unwrap_or_default()));
            return found;
        };
        let event = &self.record.events[place];
        for (_, told, rule) in event.refusals.iter().filter(|(node, ..)| *node == card.id) {
            found.say(told.section, format!("At {} {} {}.", event.at, card.name, told.text));
            rule.iter().for_each(|rule| found.say(told.section, *rule));
        }
        found.events.push(place);
        found
    }

    fn node(&self, card: &NodeCard) -> Found {
        let mut found = Found::default();
        let process = Process::Node(card.id);
        let state = match (card.up, card.paused) {
            (false, _) => "is down".to_string(),
            (true, true) => format!("is {} and is paused", card.node.role),
            (true, false) => format!("is {}", card.node.role),
        };
        let epoch = card.node.epoch.as_ref().filter(|_| card.up);
        let epoch = epoch.map_or(String::new(), |epoch| format!(" in {} {}", self.words.epoch, epoch.text));
        let follows = card.node.leader.filter(|leader| card.up && *leader != card.id);
        let follows =
            follows.map_or(String::new(), |leader| format!(", and takes {} for the leader", self.name(leader.into())));
        found.say("", format!("{} {state}{epoch}{follows}.", card.name));
        if let Some(tally) = card.node.tally.as_ref().filter(|_| card.up) {
            let (granted, refused) = (self.named(tally.granted.iter()), self.named(tally.refused.iter()));
            let text = format!(
                "It has {} of the {} that it needs: {granted} granted, {refused} refused.",
                tally.granted.len(),
                tally.needed
            );
            found.say("", text);
        }
        if card.paused {
            let paused = |event: &Event| event.step == format!("pause {}", card.id);
            if let Some(event) = self.last_of(process, paused) {
                self.tell(event, &mut found);
            }
        }
        match self.last_office(process) {
            Some(event) => self.tell(event, &mut found),
            None => self.unknown(&format!("{} has been so since", card.name), &mut found),
        }
        self.silent_to_others(card, &mut found);
        found
    }

    fn message(&self, id: MessageId) -> Result<Found, String> {
        let mut found = Found::default();
        let flying = self.view.messages.iter().find(|flight| flight.id == id && flight.lost.is_none());
        let sender = self.record.senders.get(&id).copied();
        if flying.is_none() && sender.is_none() {
            return Err(format!(
                "no message {id} was sent lately: expected one that is on its way or was a moment ago"
            ));
        }
        let (from, to) = (self.name(id.from), self.name(id.to));
        if let Some(place) = sender {
            let event = &self.record.events[place];
            let kind = event.sent.iter().find(|(sent, _)| *sent == id).map_or("a copy of a message", |(_, kind)| *kind);
            let (text, section) = event.sentence(&|process| self.name(process));
            found.say(section, format!("{from} sent {to} {kind} at {}: {text}.", event.at));
            event.rules.iter().take(1).for_each(|(_, rule)| found.say(section, *rule));
            found.events.push(place);
        } else {
            self.unknown("It was sent", &mut found);
        }
        let arrived = self.last(|event| event.arrived.contains(&id));
        let lost = self.last(|event| event.lost.iter().any(|(lost, _)| *lost == id));
        if let Some(place) = arrived {
            let event = &self.record.events[place];
            let (text, section) = event.sentence(&|process| self.name(process));
            found.say(section, format!("It arrived at {}: {text}.", event.at));
            found.events.push(place);
        } else if let Some(place) = lost {
            self.tell(place, &mut found);
        } else if let Some(flight) = flying {
            let text = if flight.held {
                format!("It waits at the door of {to}, which is paused.")
            } else {
                format!("It is on its way, and due at {}.", flight.arrives)
            };
            found.say("", text);
        }
        Ok(found)
    }

    fn violation(&self) -> Found {
        let mut found = Found::default();
        let Some(broken) = &self.view.violation else {
            found.say("", "No promise is broken at this moment.");
            return found;
        };
        found.say(broken.section, format!("At {} {} is broken: {}.", broken.at, broken.property, broken.text));
        found.say(broken.section, broken.sentence);
        let tells = |event: &Event| event.lines.iter().any(|line| line.told.landmark == Some(Landmark::Violation));
        match self.record.events.iter().position(tells) {
            Some(event) => found.events.push(event),
            None => self.unknown("It was broken", &mut found),
        }
        found
    }
}
