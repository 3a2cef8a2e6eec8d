//! Reads the grammar that stands in `docs/scenarios.md` and makes lines from it, so that document and parser cannot
//! drift apart: what the document allows, the parser takes.

use std::collections::BTreeMap;

/// A grammar: names with their alternatives.
pub(crate) struct Grammar {
    rules: BTreeMap<String, Vec<Vec<Part>>>,
}

/// A part of an alternative.
#[derive(Clone, Debug)]
enum Part {
    /// Stands as it is.
    Word(String),
    /// Another rule, or, in capitals, a kind of word.
    Name(String),
    /// May be left out.
    Maybe(Vec<Part>),
    /// May be repeated, or left out.
    Many(Vec<Part>),
}

/// A block of a document: ```` ```kind ````.
pub(crate) fn blocks<'a>(document: &'a str, kind: &str) -> Vec<&'a str> {
    let begin = format!("\n```{kind}\n");
    document.split(&begin).skip(1).map(|rest| rest.split("\n```").next().unwrap_or_default()).collect()
}

impl Grammar {
    pub(crate) fn of(document: &str) -> Grammar {
        let text = blocks(document, "grammar").concat();
        let mut rules: BTreeMap<String, Vec<Vec<Part>>> = BTreeMap::new();
        let mut name = String::new();
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let alternatives = match line.split_once(" = ") {
                Some((rule, rest)) if !line.starts_with(' ') => {
                    name = rule.trim().to_string();
                    rest
                }
                _ => line.trim().trim_start_matches('|'),
            };
            for alternative in alternatives.split(" | ") {
                let mut tokens = alternative.split_whitespace();
                rules.entry(name.clone()).or_default().push(parts(&mut tokens, ""));
            }
        }
        Grammar { rules }
    }

    /// Every word that stands as it is.
    pub(crate) fn words(&self) -> Vec<String> {
        fn collect(parts: &[Part], words: &mut Vec<String>) {
            for part in parts {
                match part {
                    Part::Word(word) => words.push(word.clone()),
                    Part::Name(_) => {}
                    Part::Maybe(parts) | Part::Many(parts) => collect(parts, words),
                }
            }
        }
        let mut words = Vec::new();
        self.rules.values().flatten().for_each(|parts| collect(parts, &mut words));
        words
    }

    /// A line, made by these choices; `terminal` makes the words in capitals.
    pub(crate) fn line(
        &self,
        choices: &mut Choices<'_>,
        terminal: &dyn Fn(&str, &mut Choices<'_>) -> String,
    ) -> String {
        let mut words = Vec::new();
        self.rule("line", choices, terminal, &mut words);
        words.join(" ")
    }

    fn rule(
        &self,
        name: &str,
        choices: &mut Choices<'_>,
        terminal: &dyn Fn(&str, &mut Choices<'_>) -> String,
        words: &mut Vec<String>,
    ) {
        let alternatives = self.rules.get(name).unwrap_or_else(|| panic!("the grammar has no rule `{name}`"));
        let chosen: &Vec<Part> = choices.of(alternatives);
        self.parts(chosen, choices, terminal, words);
    }

    fn parts(
        &self,
        parts: &[Part],
        choices: &mut Choices<'_>,
        terminal: &dyn Fn(&str, &mut Choices<'_>) -> String,
        words: &mut Vec<String>,
    ) {
        for part in parts {
            match part {
                Part::Word(word) => words.push(word.clone()),
                Part::Name(name) if name.chars().all(|c| c.is_ascii_uppercase()) => words.push(terminal(name, choices)),
                Part::Name(name) => self.rule(name, choices, terminal, words),
                Part::Maybe(inner) if choices.next().is_multiple_of(2) => self.parts(inner, choices, terminal, words),
                Part::Maybe(_) => {}
                Part::Many(inner) => {
                    for _ in 0..choices.next() % 4 {
                        self.parts(inner, choices, terminal, words);
                    }
                }
            }
        }
    }
}

fn parts<'a>(tokens: &mut impl Iterator<Item = &'a str>, end: &str) -> Vec<Part> {
    let mut found = Vec::new();
    while let Some(token) = tokens.next().filter(|token| *token != end) {
        found.push(match token {
            "[" => Part::Maybe(parts(tokens, "]")),
            "{" => Part::Many(parts(tokens, "}")),
            _ => match token.strip_prefix('"') {
                Some(word) => Part::Word(word.trim_end_matches('"').to_string()),
                None => Part::Name(token.to_string()),
            },
        });
    }
    found
}

/// Where the choices come from: given numbers, and zeros behind them.
pub(crate) struct Choices<'a>(pub(crate) &'a [u32]);

impl Choices<'_> {
    pub(crate) fn next(&mut self) -> u32 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    pub(crate) fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.next() as usize % all.len()]
    }
}
