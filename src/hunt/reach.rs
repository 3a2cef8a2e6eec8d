//! How far around a moment all schedules are looked at, as a person states it: names and texts, each with a sentence that
//! says what it means, in the words of the protocol.
//!
//! What an exploration counts from the start of a run (epochs, slots), a person counts from the moment that is looked at:
//! nobody who stands in epoch 7 wants to work out how far 9 is.

use serde::Serialize;

use crate::check::explore::{Bounds, Search};
use crate::observe::Vocabulary;
use crate::playground::Playground;
use crate::sim::Refused;

/// Something that may happen so many times: a field for whoever states bounds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Limit {
    /// Its name for [`Reach::set`]: `crashes`.
    pub name: &'static str,
    /// Its name for people: `crashes`.
    pub label: String,
    /// What it bounds, in a sentence.
    pub sentence: String,
    /// The most that can be chosen.
    pub most: u8,
    /// What it is where nobody has chosen.
    pub value: u8,
}

/// The names of the limits, and what each is where nobody has chosen: enough for every mistake in counting votes and
/// entries, and looked at within seconds where the cluster is small.
const LIMITS: [(&str, u8); 8] = [
    ("epochs", 1),
    ("slots", 2),
    ("requests", 1),
    ("crashes", 0),
    ("losses", 0),
    ("duplicates", 0),
    ("beats", 0),
    ("retries", 0),
];

/// The most of anything: more would never come to an end.
const MOST: u8 = 9;

/// What each limit is called, and what it bounds.
fn told(name: &str, words: &Vocabulary) -> (String, String) {
    let Vocabulary { epoch, slot, .. } = words;
    let (label, sentence) = match name {
        "epochs" => {
            return (
                format!("more {epoch}s"),
                format!("How many {epoch}s above the highest one of this moment nodes may begin."),
            );
        }
        "slots" => {
            return (
                "more entries".to_string(),
                format!("How far beyond the highest {slot} of this moment something may be written."),
            );
        }
        "requests" => ("requests", "How many requests clients make, each to a node that leads."),
        "crashes" => ("crashes", "How often a node crashes and starts again, all nodes together."),
        "losses" => (
            "losses",
            "How many messages are lost. It matters only where links keep their order: else a message may be late for ever.",
        ),
        "duplicates" => ("duplicates", "How many messages arrive twice."),
        "beats" => ("repetitions", "How often a node repeats itself or counts whom it has heard: heartbeats, retries."),
        _ => ("second tries", "How often a client that has no answer asks another node."),
    };
    (label.to_string(), sentence.to_string())
}

/// What of a run around a moment is looked at, and in which order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reach {
    /// In the order of [`LIMITS`].
    limits: [u8; LIMITS.len()],
    in_order: bool,
    late: bool,
    /// Steps that may be done besides, as texts.
    may: Vec<String>,
    /// The property that is to fall; any where none is named.
    property: Option<String>,
    depth: u16,
    states: u32,
    search: &'static str,
    seed: u64,
}

const SEARCHES: [&str; 3] = ["breadth", "depth", "random"];

impl Default for Reach {
    fn default() -> Self {
        Reach {
            limits: LIMITS.map(|(_, value)| value),
            in_order: false,
            late: true,
            may: Vec::new(),
            property: None,
            depth: u16::MAX,
            states: 1_000_000,
            search: SEARCHES[0],
            seed: 1,
        }
    }
}

impl Reach {
    /// The limits, in the words of a protocol.
    pub fn limits(words: &Vocabulary) -> Vec<Limit> {
        let limit = |(name, value)| {
            let (label, sentence) = told(name, words);
            Limit { name, label, sentence, most: MOST, value }
        };
        // Where there are no epochs, none can begin.
        LIMITS.into_iter().filter(|(name, _)| *name != "epochs" || !words.epoch.is_empty()).map(limit).collect()
    }

    /// Chooses one thing: a limit, or `in_order` and `late` (true or false), `may` (steps with `;` between them), `property` (a name,
    /// or nothing for all), `depth` (the most moves of a schedule, or nothing), `states` (how many are remembered), `search`
    /// (breadth, depth or random) and `seed`.
    ///
    /// # Errors
    ///
    /// One sentence, where there is no such name or the value cannot be.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), Refused> {
        let value = value.trim();
        let wrong = |expected: &str| Refused(format!("`{name} = {value}` cannot be: expected {expected}"));
        if let Some(place) = LIMITS.iter().position(|(limit, _)| *limit == name) {
            let number = value.parse().ok().filter(|number| *number <= MOST);
            self.limits[place] = number.ok_or_else(|| wrong(&format!("a whole number from 0 to {MOST}")))?;
            return Ok(());
        }
        match name {
            "in_order" => self.in_order = value.parse().map_err(|_| wrong("true or false"))?,
            "late" => self.late = value.parse().map_err(|_| wrong("true or false"))?,
            "may" => {
                self.may = value.split(';').map(|step| step.trim().to_string()).filter(|s| !s.is_empty()).collect();
            }
            "property" => self.property = Some(value.to_string()).filter(|name| !name.is_empty()),
            "depth" if value.is_empty() => self.depth = u16::MAX,
            "depth" => {
                let number = value.parse().ok().filter(|number| *number > 0);
                self.depth = number.ok_or_else(|| wrong("a whole number from 1 to 65535, or nothing"))?;
            }
            "states" => {
                let number = value.parse().ok().filter(|number| *number > 0);
                self.states = number.ok_or_else(|| wrong("a whole number from 1 to 4294967295"))?;
            }
            "search" => {
                let known = SEARCHES.iter().find(|search| **search == value);
                self.search = known.ok_or_else(|| wrong(&SEARCHES.join(", ")))?;
            }
            "seed" => {
                self.seed = value.parse().map_err(|_| wrong("a whole number from 0 to 18446744073709551615"))?;
            }
            _ => {
                let names = LIMITS.map(|(name, _)| name).join(", ");
                let more = "in_order, late, may, property, depth, states, search, seed";
                return Err(Refused(format!("`{name}` is no bound: expected {names}, {more}")));
            }
        }
        Ok(())
    }

    /// In which order states are looked at.
    pub fn search(&self) -> Search {
        match self.search {
            "random" => Search::Random(self.seed),
            "depth" => Search::Depth,
            _ => Search::Breadth,
        }
    }

    /// The bounds, from the moment that this cluster is at.
    ///
    /// # Errors
    ///
    /// One sentence, where what may be done besides is no step.
    pub fn bounds(&self, cluster: &dyn Playground) -> Result<Bounds, Refused> {
        let view = cluster.view(None);
        let epoch = view.nodes.iter().filter_map(|card| card.node.epoch.as_ref()).map(|epoch| epoch.number).max();
        let [epochs, slots, requests, crashes, losses, duplicates, beats, retries] = self.limits;
        Ok(Bounds {
            epochs: epoch.unwrap_or(0) + u64::from(epochs),
            slots: view.last_slot + u64::from(slots),
            requests,
            crashes,
            losses,
            duplicates,
            beats,
            retries,
            in_order: self.in_order,
            late: self.late,
            wishes: self.may.iter().map(|text| cluster.read_step(text)).collect::<Result<_, _>>()?,
            properties: self.property.iter().cloned().collect(),
            depth: self.depth,
            states: self.states,
            ..Bounds::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playground::{open, protocols};
    use crate::settings::Settings;
    use crate::types::Span;

    #[test]
    fn epochs_and_slots_are_counted_from_the_moment() {
        let mut cluster = open(&Settings { traffic: true, ..Settings::default() }).expect("a cluster");
        cluster.advance(Span::secs(3)).expect("it goes on");
        let view = cluster.view(None);
        let highest = view.nodes.iter().filter_map(|card| card.node.epoch.as_ref()).map(|epoch| epoch.number).max();
        assert!(view.last_slot > 3 && highest > Some(0), "{highest:?} {}", view.last_slot);
        let mut reach = Reach::default();
        reach.set("epochs", "2").and_then(|()| reach.set("slots", " 0 ")).expect("numbers");
        reach.set("may", "crash n1; ;tell n2 compact").expect("steps");
        let bounds = reach.bounds(&*cluster).expect("bounds");
        assert_eq!((Some(bounds.epochs), bounds.slots), (highest.map(|epoch| epoch + 2), view.last_slot));
        assert_eq!(bounds.wishes.len(), 2);
        reach.set("may", "eat n1").expect("a text");
        assert!(reach.bounds(&*cluster).is_err());
    }

    #[test]
    fn what_cannot_be_is_refused_with_a_sentence() {
        for (name, value, why) in [
            ("crashes", "10", "`crashes = 10` cannot be: expected a whole number from 0 to 9"),
            ("crashes", "", "`crashes = ` cannot be: expected a whole number from 0 to 9"),
            ("depth", "0", "`depth = 0` cannot be: expected a whole number from 1 to 65535, or nothing"),
            ("states", "-1", "`states = -1` cannot be: expected a whole number from 1 to 4294967295"),
            ("search", "wide", "`search = wide` cannot be: expected breadth, depth, random"),
            ("in_order", "yes", "`in_order = yes` cannot be: expected true or false"),
            ("seed", "x", "`seed = x` cannot be: expected a whole number from 0 to 18446744073709551615"),
            (
                "terms",
                "1",
                "`terms` is no bound: expected epochs, slots, requests, crashes, losses, duplicates, beats, retries, \
                 in_order, late, may, property, depth, states, search, seed",
            ),
        ] {
            assert_eq!(Reach::default().set(name, value), Err(Refused(why.to_string())));
        }
    }

    #[test]
    fn every_limit_is_told_in_every_protocol_and_what_is_told_can_be_set() {
        for card in protocols() {
            let mut reach = Reach::default();
            for Limit { name, label, sentence, most, value } in Reach::limits(&card.words) {
                assert!(!label.is_empty() && sentence.ends_with('.') && value <= most, "{name}");
                reach.set(name, &value.to_string()).expect("what it is where nobody has chosen");
                assert_eq!(reach, Reach::default());
                reach.clone().set(name, &most.to_string()).expect("the most");
            }
        }
    }
}
