//! One line of a script: when, and what.
//!
//! | text | what it does |
//! | --- | --- |
//! | `crash n1` | a step, now: any line that a [`Step`] has |
//! | `deliver n1->n3 RequestVote`, `drop ..`, `duplicate ..`, `delay .. 20ms` | the oldest message of that kind on that link |
//! | `deliver n1->n3` | the oldest message on that link |
//! | `deliver all LINKS`, `drop all LINKS` | every message on these links, the oldest first; LINKS as in `cut LINKS` |
//! | `settle` | every message arrives, and every answer to it, the oldest first; no timer runs out, no time passes |
//! | `expect CONDITION` | stops the run where it does not hold |
//! | `expect refused STEP`, `expect refused STEP because ..` | stops the run where the step can be done, or is refused for another reason |
//! | `at 250ms LINE`, `at 250ms#312 LINE` | lets the schedule run until that time (and that many steps), then does the line |
//! | `when CONDITION LINE` | lets the schedule run until the condition holds, then does the line |
//! | `at 250ms`, `when CONDITION` | the same, and nothing more |
//!
//! Without `at` or `when` no time passes: a story can be told message by message. Words are separated by spaces; a line
//! that begins with `#` is a comment.

use std::fmt;

use crate::playground::ProtocolCard;
use crate::scenario::Condition;
use crate::sim::{Links, Step};
use crate::timeline::When;
use crate::types::{Process, Span};

/// One line of a script.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// What the schedule does before.
    pub wait: Option<Wait>,
    /// What is done; nothing where the line only waits.
    pub act: Option<Act>,
}

/// How far the schedule runs before a line is done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Wait {
    /// To a moment.
    At(When),
    /// Until a condition holds.
    For(Condition),
}

/// What a line does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Act {
    /// A step.
    Step(Step),
    /// Something with the oldest message on a link, of a kind or of any.
    Message {
        /// What.
        verb: Verb,
        /// Who sent it.
        from: Process,
        /// Whom it is for.
        to: Process,
        /// Its kind, as the protocol calls it.
        kind: Option<String>,
    },
    /// Every message on these links arrives, or is lost.
    All {
        /// Whether it is lost.
        lost: bool,
        /// Which links.
        links: Links,
    },
    /// Everything that is on its way arrives, and what is sent because of it.
    Settle,
    /// Nothing, but the run stops where the condition does not hold.
    Expect(Condition),
    /// Nothing, but the run stops where this step can be done.
    Refused {
        /// The step.
        step: Step,
        /// What the sentence that refuses it says, among other things.
        because: Option<String>,
    },
}

/// What can be done with a message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verb {
    /// It arrives.
    Deliver,
    /// It is lost.
    Drop,
    /// It gets a copy.
    Duplicate,
    /// It arrives so much later.
    Delay(Span),
}

impl Line {
    /// Reads a line; `card` says which timers and messages it may name. None where there is nothing on it but
    /// perhaps a comment.
    ///
    /// # Errors
    ///
    /// One sentence: what was wrong and what was expected.
    pub fn parse(text: &str, card: &ProtocolCard) -> Result<Option<Line>, String> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let (wait, rest) = match &words[..] {
            [] => return Ok(None),
            [comment, ..] if comment.starts_with('#') => return Ok(None),
            ["at", when, rest @ ..] => (Some(Wait::At(when.parse()?)), rest),
            ["at"] => return Err("`at` is not complete: expected a time, such as `at 250ms crash n1`".to_string()),
            ["when", rest @ ..] => {
                let (condition, rest) = Condition::parse(rest)?;
                (Some(Wait::For(condition)), rest)
            }
            rest => (None, rest),
        };
        let act = if rest.is_empty() { None } else { Some(Act::parse(rest, card)?) };
        Ok(Some(Line { wait, act }))
    }
}

impl Act {
    fn parse(words: &[&str], card: &ProtocolCard) -> Result<Act, String> {
        match words {
            ["expect", "refused", rest @ ..] => Act::refused(rest, card),
            ["expect", rest @ ..] => match Condition::parse(rest)? {
                (condition, []) => Ok(Act::Expect(condition)),
                (condition, rest) => {
                    Err(format!("`{}` follows `expect {condition}`: expected nothing more", rest.join(" ")))
                }
            },
            ["at" | "when", ..] => {
                Err(format!("`{}` stands behind another `at` or `when`: expected what is to be done", words.join(" ")))
            }
            ["settle"] => Ok(Act::Settle),
            [verb @ ("deliver" | "drop"), "all", links] => {
                Ok(Act::All { lost: *verb == "drop", links: links.parse()? })
            }
            [verb @ ("deliver" | "drop" | "duplicate"), link, kind @ ..] if !link.contains('#') && kind.len() < 2 => {
                let verb = match *verb {
                    "deliver" => Verb::Deliver,
                    "drop" => Verb::Drop,
                    _ => Verb::Duplicate,
                };
                Act::message(verb, link, kind.first(), card)
            }
            ["delay", link, kind @ .., span] if !link.contains('#') && kind.len() < 2 => {
                Act::message(Verb::Delay(span.parse()?), link, kind.first(), card)
            }
            _ => Ok(Act::Step(Step::parse(&words.join(" "), &card.timers)?)),
        }
    }

    /// A step that is to be refused, and perhaps why. A step may have the word `because` in it itself.
    fn refused(words: &[&str], card: &ProtocolCard) -> Result<Act, String> {
        let step = |words: &[&str]| Step::parse(&words.join(" "), &card.timers);
        let splits = (0..words.len().saturating_sub(1)).filter(|place| words[*place] == "because");
        for place in splits {
            if let Ok(step) = step(&words[..place]) {
                return Ok(Act::Refused { step, because: Some(words[place + 1..].join(" ")) });
            }
        }
        Ok(Act::Refused { step: step(words)?, because: None })
    }

    /// Whether it only looks, and changes nothing.
    pub fn looks(&self) -> bool {
        matches!(self, Act::Expect(_) | Act::Refused { .. })
    }

    fn message(verb: Verb, link: &str, kind: Option<&&str>, card: &ProtocolCard) -> Result<Act, String> {
        let ends = link.split_once("->").and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)));
        let (from, to) =
            ends.ok_or_else(|| format!("`{link}` is not a link or a message: expected n1->n3 or n1->n3#17"))?;
        let kinds = card.messages();
        if let Some(kind) = kind.filter(|kind| !kinds.contains(kind)) {
            return Err(format!("`{kind}` is not a message: expected {}", kinds.join(", ")));
        }
        Ok(Act::Message { verb, from, to, kind: kind.map(ToString::to_string) })
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.wait {
            Some(Wait::At(when)) => write!(f, "at {when}")?,
            Some(Wait::For(condition)) => write!(f, "when {condition}")?,
            None => {}
        }
        match &self.act {
            Some(act) if self.wait.is_some() => write!(f, " {act}"),
            Some(act) => act.fmt(f),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Act::Step(step) => step.fmt(f),
            Act::Expect(condition) => write!(f, "expect {condition}"),
            Act::Refused { step, because: None } => write!(f, "expect refused {step}"),
            Act::Refused { step, because: Some(why) } => write!(f, "expect refused {step} because {why}"),
            Act::All { lost, links } => write!(f, "{} all {links}", if *lost { "drop" } else { "deliver" }),
            Act::Settle => f.write_str("settle"),
            Act::Message { verb, from, to, kind } => {
                let name = match verb {
                    Verb::Deliver => "deliver",
                    Verb::Drop => "drop",
                    Verb::Duplicate => "duplicate",
                    Verb::Delay(_) => "delay",
                };
                write!(f, "{name} {from}->{to}")?;
                kind.as_ref().map_or(Ok(()), |kind| write!(f, " {kind}"))?;
                if let Verb::Delay(span) = verb { write!(f, " {span}") } else { Ok(()) }
            }
        }
    }
}
