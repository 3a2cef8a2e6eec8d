//! A moment of a run, so exactly that the run can be brought there again.
//!
//! A time alone does not do: several events may be due at one time, and a person who takes one event
//! after another may do something between two of them.

use std::fmt;
use std::str::FromStr;

use crate::timeline::Moment;
use crate::types::Time;

/// A moment of a run. Its text is `250ms`, where everything that is due by then has happened, or
/// `250ms#312`, where so many steps have been carried out by then and more are due.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct When {
    /// What time it is.
    pub at: Time,
    /// How many steps have been carried out; none where nothing else is due at this time.
    pub steps: Option<u64>,
}

impl When {
    /// The moment that a run is at.
    pub(super) fn of(present: &impl Moment) -> When {
        let more = present.next().is_some_and(|(due, _)| due <= present.now());
        When { at: present.now(), steps: more.then_some(present.steps()) }
    }
}

/// The end of a time.
impl From<Time> for When {
    fn from(at: Time) -> When {
        When { at, steps: None }
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.at.fmt(f)?;
        self.steps.map_or(Ok(()), |steps| write!(f, "#{steps}"))
    }
}

impl FromStr for When {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((at, steps)) = text.split_once('#') else { return text.parse().map(|at: Time| at.into()) };
        let wrong = || format!("`{text}` is not a moment: expected a time and a number of steps, such as 250ms#312");
        let steps = Some(steps).filter(|steps| steps.bytes().all(|b| b.is_ascii_digit()));
        let steps = steps.and_then(|steps| steps.parse().ok()).ok_or_else(wrong)?;
        Ok(When { at: at.parse()?, steps: Some(steps) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_they_are_written() {
        for text in ["250ms", "250ms#312", "0ms#0"] {
            assert_eq!(text.parse::<When>().map(|when| when.to_string()), Ok(text.to_string()));
        }
        for wrong in ["", "#", "#5", "250ms#", "250ms#-1", "250ms#+1", "250ms#1.5", "250ms#99999999999999999999"] {
            assert!(wrong.parse::<When>().is_err(), "`{wrong}` was taken for a moment");
        }
    }
}
