//! A scenario file is read here: its TOML, and where in it a mistake is.

use std::fmt;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::scenario::Scenario;
use crate::scenario::entries::{Entry, Place};

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
        let mut found = Vec::new();
        flatten("", table.get_ref(), &mut found).map_err(|(span, why)| Mistake::at(source, span, why))?;
        // In the order of the file, so that the first mistake is the one that is told.
        found.sort_by_key(|found| found.name.start);
        let (entries, places): (Vec<Entry>, Vec<_>) =
            found.into_iter().map(|found| (found.entry, (found.name, found.value))).unzip();
        Scenario::from_entries(&entries).map_err(|fault| {
            let span = fault.entry.map_or(0..0, |at| {
                let (name, value) = places[at].clone();
                match fault.place {
                    Place::Name => name,
                    Place::Value => value,
                    Place::Part(part) => inside(source, value, &entries[at].value, part),
                }
            });
            Mistake::at(source, span, fault.why)
        })
    }
}

/// An entry, and where its name and its value stand in the file.
struct Found {
    entry: Entry,
    name: Range<usize>,
    value: Range<usize>,
}

/// Names with values, those of tables with the name of the table before theirs.
fn flatten(before: &str, table: &DeTable<'_>, found: &mut Vec<Found>) -> Result<(), (Range<usize>, String)> {
    for (key, value) in table {
        let name = format!("{before}{}", key.get_ref());
        let (value_of, is_text) = match value.get_ref() {
            DeValue::Table(table) => {
                flatten(&format!("{name}."), table, found)?;
                continue;
            }
            DeValue::String(text) => (text.to_string(), true),
            DeValue::Integer(number) if number.radix() == 10 => (number.as_str().to_string(), false),
            DeValue::Boolean(flag) => (flag.to_string(), false),
            _ => {
                return Err((
                    value.span(),
                    format!("`{name}` cannot be that: expected a text, a number, true or false"),
                ));
            }
        };
        found.push(Found { entry: Entry { name, value: value_of, is_text }, name: key.span(), value: value.span() });
    }
    Ok(())
}

/// Where a part of a text stands. A text without escapes stands in the file as it is; of one with escapes only the
/// beginning is known.
fn inside(source: &str, span: Range<usize>, text: &str, part: Range<usize>) -> Range<usize> {
    let raw = source.get(span.clone()).unwrap_or_default();
    raw.find(text).map_or(span.clone(), |offset| {
        let start = span.start + offset;
        start + part.start..start + part.end
    })
}
