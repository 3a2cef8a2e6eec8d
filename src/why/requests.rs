//! Why a client got its answer, or has none yet.

use crate::kv::{Command, KvError, outcome_text};
use crate::observe::Carried;
use crate::types::{ClientId, Process};
use crate::view::ClientCard;
use crate::why::answer::{Asking, Found};
use crate::why::record::{Changed, Event};

impl Asking<'_> {
    pub(super) fn request(&self, client: ClientId, seq: Option<u64>) -> Result<Found, String> {
        let count = self.view.clients.len();
        let card = self.view.clients.get(client.slot());
        let card = card.ok_or_else(|| format!("there is no {client}: expected c1 to c{count}"))?;
        let mut found = Found::default();
        let running = card.running.as_ref().map(|running| running.seq);
        let Some(seq) = seq.or(running).or(card.last.as_ref().map(|last| last.seq)) else {
            found.say("", format!("{client} has not asked for anything yet."));
            return Ok(found);
        };
        if running == Some(seq) {
            self.waits(card, seq, &mut found);
            return Ok(found);
        }
        let answered = self.last_of(client.into(), |event| event.answered.contains(&(client, seq)));
        match answered {
            Some(event) => self.answered(client, seq, event, &mut found),
            None if seq > running.unwrap_or(0).max(card.last.as_ref().map_or(0, |last| last.seq)) => {
                return Err(format!("{client} has made no request {seq} by this moment"));
            }
            None => self.unknown(&format!("Request {seq} of {client} was answered"), &mut found),
        }
        Ok(found)
    }

    /// Why there is no answer yet.
    fn waits(&self, card: &ClientCard, seq: u64, found: &mut Found) {
        let Some(running) = &card.running else { return };
        let client = card.id;
        let asked = match (running.to, running.busy) {
            (Some(to), _) => format!("has asked {}", self.name(to.into())),
            (None, true) => "was turned away by whoever leads, who has too much to do".to_string(),
            (None, false) => "was told that nobody leads".to_string(),
        };
        let times = if running.attempts > 1 { format!(", {} times by now", running.attempts) } else { String::new() };
        let text = format!(
            "{client} waits for the answer to `{}` since {}{times}: it {asked}, and tries again at {}.",
            running.text, running.since, running.retry
        );
        found.say("", text);
        found
            .events
            .extend(self.last_of(client.into(), |event| event.sent.iter().any(|(id, _)| id.from == client.into())));
        if let Some((node, slot)) = self.run.slot_of((client, seq)) {
            found.say("", format!("{} has it as {}.", self.name(node.into()), self.place(slot)));
            match self.run.decided(slot) {
                Some(knows) => {
                    self.commitment(knows, slot, found);
                    self.answer_on_its_way(client, found);
                }
                None => {
                    self.undecided(Some(node), slot, found);
                }
            }
            return;
        }
        if let Some(flight) =
            self.view.messages.iter().find(|flight| flight.from == client.into() && flight.lost.is_none())
        {
            let to = self.name(flight.to);
            found.say("", format!("Its request is on its way to {to}, and due at {}.", flight.arrives));
            return;
        }
        self.answer_on_its_way(client, found);
        self.was_taken(card, found);
        let asked = running.to.and_then(|to| self.view.nodes.get(to.slot()));
        if let Some(asked) = asked.filter(|asked| !asked.up || asked.paused) {
            let state = if asked.up { "is paused" } else { "is down" };
            found.say("", format!("{} {state}.", asked.name));
            found.events.extend(self.last_of(asked.id.into(), |event| event.step.ends_with(&asked.id.to_string())));
        }
        if self.leaders().is_empty() {
            self.leaderless(found);
        }
    }

    /// Where somebody had taken the running request in, and nobody has it any more.
    fn was_taken(&self, card: &ClientCard, found: &mut Found) {
        let since = card.running.as_ref().map_or(self.view.now, |running| running.since);
        let taker = |event: &Event| {
            let from_it = event.arrived.iter().find(|id| id.from == card.id.into()).filter(|_| event.at >= since)?;
            let took = |(of, changed): &(Process, Changed)| *of == from_it.to && changed.slots;
            event.changed.iter().any(took).then_some(from_it.to)
        };
        let Some(place) = self.last(|event| taker(event).is_some()) else { return };
        let event = &self.record.events[place];
        let Some(node) = taker(event) else { return };
        let (text, section) = event.sentence(&|process| self.name(process));
        found.say(section, format!("At {} {text}.", event.at));
        found.say("", "Nobody that runs has it any more: it was never committed, so it could be lost.");
        found.events.push(place);
        found.events.extend(self.last_office(node).filter(|later| *later > place));
    }

    fn answer_on_its_way(&self, client: ClientId, found: &mut Found) {
        let flights = self.view.messages.iter().filter(|flight| flight.to == client.into() && flight.lost.is_none());
        if let Some(flight) = flights.min_by_key(|flight| (flight.arrives, flight.id)) {
            let from = self.name(flight.from);
            found.say("", format!("An answer of {from} is on its way, and due at {}.", flight.arrives));
        }
    }

    /// Why the answer was what it was.
    fn answered(&self, client: ClientId, seq: u64, place: usize, found: &mut Found) {
        let event = &self.record.events[place];
        let (text, section) = event.sentence(&|process| self.name(process));
        found.say(section, format!("At {} {text}.", event.at));
        found.events.push(place);
        let origin = Some((client, seq));
        let carries = |carried: &Carried| carried.request.origin == origin && carried.outcome.is_some();
        let done = self.record.events[..place].iter().enumerate().find_map(|(place, event)| {
            let (node, carried) = event.carried.iter().find(|(_, carried)| carries(carried))?;
            Some((place, *node, carried.clone()))
        });
        let Some((carried_at, node, carried)) = done else { return };
        let name = self.name(node.into());
        let at = self.record.events[carried_at].at;
        let what = self.place(carried.slot);
        let text = if carried.stands {
            format!("It was committed as {what}, and {name} was the first to carry it out, at {at}.")
        } else {
            format!("{name} answered it at {at} from what it had carried out, up to {what}.")
        };
        found.say("", text);
        found.events.push(carried_at);
        self.commitment_event(&carried, found);
        self.before(&carried, found);
    }

    fn commitment_event(&self, carried: &Carried, found: &mut Found) {
        let first = self.record.commits.iter().find(|growth| growth.reaches(carried.slot));
        found.events.extend(first.map(|growth| growth.event));
    }

    /// Which command before it made it so.
    fn before(&self, carried: &Carried, found: &mut Found) {
        let Some(key) = carried.request.command.key() else { return };
        let upto = if carried.stands { carried.slot } else { carried.slot + 1 };
        let mut earlier = self.record.carried.range(..upto).rev();
        let changes = |done: &Carried| {
            done.request.command.key() == Some(key)
                && matches!(done.outcome, Some(Ok(_)))
                && !matches!(done.request.command, Command::Get { .. })
        };
        let cause = earlier.find(|(_, (_, done))| changes(done));
        let rule = match (&carried.request.command, &carried.outcome) {
            (_, Some(Err(KvError::KeyExists(_)))) => "a put never overwrites",
            (_, Some(Err(KvError::KeyNotFound(_)))) => "there is nothing under that key",
            (Command::Get { .. }, Some(Ok(_))) => "a get reads what was put last",
            _ => return,
        };
        match cause {
            Some((slot, (place, done))) => {
                let who =
                    done.request.origin.map_or("nobody in particular".to_string(), |(client, _)| client.to_string());
                let what = self.place(*slot);
                let came = done.outcome.as_ref().map_or(String::new(), outcome_text);
                found.say(
                    "",
                    format!("`{}` by {who} stands before it, as {what} ({came}), and {rule}.", done.request.command),
                );
                found.events.push(*place);
            }
            None if self.record.whole => found.say("", format!("Nothing before it has touched `{key}`, and {rule}.")),
            None => self.unknown(&format!("What made it so (`{key}`) was carried out"), found),
        }
    }
}
