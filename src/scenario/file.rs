//! A scenario file is read here: TOML first, then names and values, then the lines of the script.

use std::fmt;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::playground::{self, ProtocolCard};
use crate::scenario::{Line, REQUESTS, Scenario};
use crate::sim::Refused;
use crate::timeline::When;

/// What is wrong with a scenario file, and where. Nothing of the file is used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mistake {
    /// The line, from 1.
    pub line: usize,
    /// The column, in characters from 1.
    pub column: usize,
    /// How many characters of the line are meant, at least 1.
    pub width: usize,
    /// The line itself.
    pub text: String,
    /// What was wrong and what was expected, in one sentence.
    pub why: String,
}

impl Mistake {
    fn at(source: &str, span: Range<usize>, why: impl Into<String>) -> Mistake {
        let start = floor(source, span.start);
        let from = source[..start].rfind('\n').map_or(0, |end| end + 1);
        let to = source[start..].find('\n').map_or(source.len(), |end| start + end);
        let end = floor(source, span.end).clamp(start, to);
        Mistake {
            line: source[..from].matches('\n').count() + 1,
            column: source[from..start].chars().count() + 1,
            width: source[start..end].chars().count().max(1),
            text: source[from..to].trim_end_matches('\r').to_string(),
            why: why.into().trim_end().replace('\n', "; "),
        }
    }

    /// The same with the name of the file, the line itself and a mark beneath it, on four lines.
    pub fn in_file(&self, name: &str) -> String {
        let Mistake { line, column, width, text, why } = self;
        let number = line.to_string();
        let margin = " ".repeat(number.len());
        // What stands before the mark is kept where it is white, so that tabs keep their width.
        let before: String = text.chars().take(column - 1).map(|c| if c.is_whitespace() { c } else { ' ' }).collect();
        let mark = "^".repeat(*width);
        format!("{name}:{line}:{column}: {why}\n{margin} |\n{number} | {text}\n{margin} | {before}{mark}")
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.why)
    }
}

impl std::error::Error for Mistake {}

/// The last place at or before `at` where a character begins.
fn floor(source: &str, at: usize) -> usize {
    (0..=at.min(source.len())).rev().find(|place| source.is_char_boundary(*place)).unwrap_or(0)
}

/// What is read so far.
struct Reader<'a> {
    source: &'a str,
    scenario: Scenario,
    /// Where each setting is said, so that what is wrong with it later can be shown there.
    said: Vec<(String, Range<usize>)>,
    script: Option<(String, Range<usize>)>,
    traffic: Option<bool>,
}

impl Scenario {
    /// Reads a scenario file.
    ///
    /// # Errors
    ///
    /// The first mistake, with its place. Where this succeeds, [`crate::scenario::Run::new`] does, too.
    pub fn parse(source: &str) -> Result<Scenario, Mistake> {
        let table = DeTable::parse(source).map_err(|error| {
            Mistake::at(source, error.span().unwrap_or(0..0), format!("this is not TOML: {}", error.message()))
        })?;
        let mut reader =
            Reader { source, scenario: Scenario::default(), said: Vec::new(), script: None, traffic: None };
        // In the order of the file, so that the first mistake is the one that is told.
        let mut entries: Vec<_> = table.get_ref().iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        for (key, value) in entries {
            reader.top(key.get_ref(), key.span(), value)?;
        }
        reader.finish()
    }
}

impl Reader<'_> {
    fn mistake(&self, span: Range<usize>, why: impl Into<String>) -> Mistake {
        Mistake::at(self.source, span, why)
    }

    fn top(&mut self, key: &str, place: Range<usize>, value: &Spanned<DeValue<'_>>) -> Result<(), Mistake> {
        match key {
            "title" => self.scenario.title = self.text(key, value)?,
            "story" => self.scenario.story = self.text(key, value)?,
            "script" => self.script = Some((self.text(key, value)?, value.span())),
            "length" => self.scenario.length = Some(self.moment(key, value)?),
            "opens_at" => self.scenario.opens_at = Some(self.moment(key, value)?),
            "hash" => {
                let text = self.text(key, value)?;
                let hash =
                    Some(&text).filter(|text| text.len() == 16).and_then(|text| u64::from_str_radix(text, 16).ok());
                let why =
                    || self.mistake(value.span(), format!("`{text}` is not a hash: expected 16 digits of 0 to f"));
                self.scenario.hash = Some(hash.ok_or_else(why)?);
            }
            _ => self.setting(key, place, value)?,
        }
        Ok(())
    }

    /// A setting, or a table of them.
    fn setting(&mut self, name: &str, place: Range<usize>, value: &Spanned<DeValue<'_>>) -> Result<(), Mistake> {
        let text = match value.get_ref() {
            DeValue::Table(table) => {
                for (key, value) in table.iter() {
                    self.setting(&format!("{name}.{}", key.get_ref()), key.span(), value)?;
                }
                return Ok(());
            }
            DeValue::String(text) => text.to_string(),
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().to_string(),
            DeValue::Boolean(flag) => flag.to_string(),
            _ => {
                return Err(self.mistake(
                    value.span(),
                    format!("`{name}` cannot be that: expected a text, a number, true or false"),
                ));
            }
        };
        // The one who sets it knows whether it is the name or the value that is wrong only by what it says.
        let set = self.scenario.settings.set(name, &text);
        set.map_err(|Refused(why)| {
            let unknown = why.starts_with(&format!("`{name}` is not a setting"));
            let why = if unknown { format!("{why}; or title, story, opens_at, length, hash or script") } else { why };
            self.mistake(if unknown { place } else { value.span() }, why)
        })?;
        if name == "traffic" {
            self.traffic = Some(self.scenario.settings.traffic);
        }
        self.said.push((name.to_string(), value.span()));
        Ok(())
    }

    fn text(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Result<String, Mistake> {
        let text = value.get_ref().as_str().map(ToString::to_string);
        text.ok_or_else(|| {
            self.mistake(value.span(), format!("`{key}` is not a text: expected one in quotation marks"))
        })
    }

    fn moment(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Result<When, Mistake> {
        self.text(key, value)?.parse().map_err(|why: String| self.mistake(value.span(), why))
    }

    fn finish(mut self) -> Result<Scenario, Mistake> {
        let settings = &mut self.scenario.settings;
        let alone = self.script.is_none() && self.traffic.is_none() && settings.requests_per_client.is_none();
        settings.traffic = self.traffic.unwrap_or(alone || settings.requests_per_client.is_some());
        if alone {
            settings.requests_per_client = Some(REQUESTS);
        }
        let settings = &self.scenario.settings;
        let card = playground::card(&settings.protocol).map_err(|Refused(why)| {
            let place = self.said.iter().find(|(name, _)| name == "protocol").map_or(0..0, |(_, place)| place.clone());
            self.mistake(place, why)
        })?;
        if let Err(Refused(why)) = playground::open(settings) {
            // The sentence begins with the name of the setting; a table's name stands for all that is in it.
            let named = why.split('`').nth(1).unwrap_or_default();
            let named = named.split_once(" =").map_or(named, |(name, _)| name);
            let place = self.said.iter().find(|(name, _)| name == named || name.starts_with(&format!("{named}.")));
            let place = place.or_else(|| self.said.iter().find(|(name, _)| name.contains('.')));
            return Err(self.mistake(place.map_or(0..0, |(_, place)| place.clone()), why));
        }
        if let Some((script, place)) = self.script.take() {
            self.scenario.script = self.script(&script, place, &card)?;
        }
        Ok(self.scenario)
    }

    fn script(&self, script: &str, place: Range<usize>, card: &ProtocolCard) -> Result<Vec<Line>, Mistake> {
        // A script without escapes stands in the file as it is; of one with escapes only the beginning is known.
        let raw = self.source.get(place.clone()).unwrap_or_default();
        let inside = raw.find(script).map(|offset| place.start + offset);
        let mut lines = Vec::new();
        let mut offset = 0;
        for line in script.split('\n') {
            match Line::parse(line, card) {
                Ok(read) => lines.extend(read),
                Err(why) => {
                    let white = line.len() - line.trim_start().len();
                    let at = |inside: usize| inside + offset + white..inside + offset + line.trim_end().len();
                    return Err(self.mistake(inside.map_or(place.clone(), at), why));
                }
            }
            offset += line.len() + 1;
        }
        Ok(lines)
    }
}
