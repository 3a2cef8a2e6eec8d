//! What a scenario file says, once its format is read: names with values. It knows no format, so the page may read files
//! with a reader of its own that is loaded when somebody opens one.

use std::ops::Range;

use crate::playground::{self, ProtocolCard};
use crate::scenario::{Line, REQUESTS, Scenario};
use crate::sim::Refused;
use crate::timeline::When;

/// A name with its value. Those of a table have its name before theirs: `network.loss`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// The name.
    pub name: String,
    /// The value: a text as it is, a number or `true` and `false` as it is written.
    pub value: String,
    /// Whether the value is a text.
    pub is_text: bool,
}

/// What is wrong with the entries of a file. Nothing of them is used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Fault {
    /// Which entry, from 0; none where it is not one alone.
    pub entry: Option<usize>,
    /// Where in it.
    pub place: Place,
    /// What was wrong and what was expected, in one sentence.
    pub why: String,
}

/// Where in an entry something is wrong.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// Its name.
    Name,
    /// Its value.
    Value,
    /// In these bytes of its value, a line of a script.
    Part(Range<usize>),
}

impl Fault {
    fn at(entry: usize, place: Place, why: impl Into<String>) -> Fault {
        Fault { entry: Some(entry), place, why: why.into() }
    }
}

/// What is read so far.
struct Reader<'a> {
    entries: &'a [Entry],
    scenario: Scenario,
    script: Option<usize>,
    traffic: Option<bool>,
}

impl Scenario {
    /// The scenario that these entries make.
    ///
    /// # Errors
    ///
    /// The first fault in the order of the entries, then what does not go together. Where this succeeds,
    /// [`crate::scenario::Run::new`] does, too.
    pub fn from_entries(entries: &[Entry]) -> Result<Scenario, Fault> {
        let mut reader = Reader { entries, scenario: Scenario::default(), script: None, traffic: None };
        for (at, entry) in entries.iter().enumerate() {
            reader.read(at, entry)?;
        }
        reader.finish()
    }
}

impl Reader<'_> {
    fn read(&mut self, at: usize, entry: &Entry) -> Result<(), Fault> {
        let name = &*entry.name;
        if ["title", "story", "script", "length", "opens_at", "hash"].contains(&name) && !entry.is_text {
            let why = format!("`{name}` is not a text: expected one in quotation marks");
            return Err(Fault::at(at, Place::Value, why));
        }
        let moment = || entry.value.parse::<When>().map(Some).map_err(|why| Fault::at(at, Place::Value, why));
        match name {
            "title" => self.scenario.title.clone_from(&entry.value),
            "story" => self.scenario.story.clone_from(&entry.value),
            "script" => self.script = Some(at),
            "length" => self.scenario.length = moment()?,
            "opens_at" => self.scenario.opens_at = moment()?,
            "hash" => {
                let text = &entry.value;
                let hash =
                    Some(text).filter(|text| text.len() == 16).and_then(|text| u64::from_str_radix(text, 16).ok());
                let why = || format!("`{text}` is not a hash: expected 16 digits of 0 to f");
                self.scenario.hash = Some(hash.ok_or_else(|| Fault::at(at, Place::Value, why()))?);
            }
            _ => self.setting(at, entry)?,
        }
        Ok(())
    }

    fn setting(&mut self, at: usize, entry: &Entry) -> Result<(), Fault> {
        let name = &*entry.name;
        // The one who sets it knows whether it is the name or the value that is wrong only by what it says.
        self.scenario.settings.set(name, &entry.value).map_err(|Refused(why)| {
            if why.starts_with(&format!("`{name}` is not a setting")) {
                Fault::at(at, Place::Name, format!("{why}; or title, story, opens_at, length, hash or script"))
            } else {
                Fault::at(at, Place::Value, why)
            }
        })?;
        if name == "traffic" {
            self.traffic = Some(self.scenario.settings.traffic);
        }
        Ok(())
    }

    fn named(&self, name: &str) -> Option<usize> {
        self.entries.iter().position(|entry| entry.name == name)
    }

    fn finish(mut self) -> Result<Scenario, Fault> {
        let settings = &mut self.scenario.settings;
        let alone = self.script.is_none() && self.traffic.is_none() && settings.requests_per_client.is_none();
        settings.traffic = self.traffic.unwrap_or(alone || settings.requests_per_client.is_some());
        if alone {
            settings.requests_per_client = Some(REQUESTS);
        }
        let settings = &self.scenario.settings;
        let card = playground::card(&settings.protocol).map_err(|Refused(why)| Fault {
            entry: self.named("protocol"),
            place: Place::Value,
            why,
        })?;
        if let Err(Refused(why)) = playground::open(settings) {
            // The sentence begins with the name of the setting; a table's name stands for all that is in it.
            let named = why.split('`').nth(1).unwrap_or_default();
            let named = named.split_once(" =").map_or(named, |(name, _)| name);
            let within =
                |name: &str| name == named || name.strip_prefix(named).is_some_and(|rest| rest.starts_with('.'));
            let entry = self.entries.iter().position(|entry| within(&entry.name));
            let entry = entry.or_else(|| self.entries.iter().position(|entry| entry.name.contains('.')));
            return Err(Fault { entry, place: Place::Value, why });
        }
        if let Some(at) = self.script {
            self.scenario.script = script(at, &self.entries[at].value, &card)?;
        }
        Ok(self.scenario)
    }
}

fn script(at: usize, text: &str, card: &ProtocolCard) -> Result<Vec<Line>, Fault> {
    let mut lines = Vec::new();
    let mut offset = 0;
    for line in text.split('\n') {
        match Line::parse(line, card) {
            Ok(read) => lines.extend(read),
            Err(why) => {
                let white = line.len() - line.trim_start().len();
                return Err(Fault::at(at, Place::Part(offset + white..offset + line.trim_end().len()), why));
            }
        }
        offset += line.len() + 1;
    }
    Ok(lines)
}
