//! Mistakes that a cluster can be told to make.
//!
//! Each is one that real implementations have made: a small change at one place, behind a switch, which breaks one
//! promise. Whoever wants to see what a rule is for turns it off and watches what happens.
//!
//! Without the cargo feature `bugs` there are no switches: a [`Bugs`] takes no room, has none of them, and what asks it
//! is compiled away.

/// A mistake, as it is told to people.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
pub struct Bug {
    /// Its name in files, links and steps: `forget_vote`.
    pub name: &'static str,
    /// What it is called among people: `forget the vote in a crash`.
    pub label: &'static str,
    /// What goes wrong, in one sentence.
    pub sentence: &'static str,
    /// Where the rule is stated that it breaks.
    pub section: &'static str,
    /// Where it was made; empty where nobody is known for it.
    pub seen_in: &'static str,
    /// What must happen for it to do harm, beside elections and requests.
    pub needs: &'static [Need],
    /// What must be chosen for it to do harm, as names and values of settings.
    pub with: &'static [(&'static str, &'static str)],
    /// The name of the property that it breaks; `liveness` where nothing wrong happens, and nothing good either.
    pub breaks: &'static str,
    /// The rule as it should be, in a line of code.
    pub right: &'static str,
    /// The same with the mistake.
    pub wrong: &'static str,
}

/// What a mistake needs to do harm.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// A node crashes.
    Crash,
    /// Messages are lost, or a link is cut.
    Loss,
    /// A message arrives late, or after another that was sent behind it.
    Reorder,
    /// A message arrives twice.
    Duplicate,
    /// Clocks go at different speeds.
    Skew,
    /// An operator gives an order.
    Order,
}

impl Need {
    /// In a few words.
    pub fn text(self) -> &'static str {
        match self {
            Need::Crash => "a crash",
            Need::Loss => "a partition or loss",
            Need::Reorder => "reordering or delay",
            Need::Duplicate => "a duplicate",
            Need::Skew => "clock skew",
            Need::Order => "an order",
        }
    }
}

/// The value of the setting `bug` that stands for no mistake.
pub const NO_BUG: &str = "none";

/// Which mistakes are made, by their places in [`super::Protocol::bugs`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Bugs(#[cfg(feature = "bugs")] u64);

#[cfg(feature = "bugs")]
impl Bugs {
    /// Whether the mistake at this place is made.
    pub const fn has(self, place: u8) -> bool {
        self.0 >> place & 1 == 1
    }

    /// Whether any is.
    pub const fn any(self) -> bool {
        self.0 != 0
    }

    /// The same with one more.
    #[must_use]
    pub const fn with(self, place: u8) -> Self {
        Bugs(self.0 | 1 << place)
    }
}

/// Nothing here can go wrong on purpose.
#[cfg(not(feature = "bugs"))]
impl Bugs {
    /// Whether the mistake at this place is made.
    pub const fn has(self, _: u8) -> bool {
        false
    }

    /// Whether any is.
    pub const fn any(self) -> bool {
        false
    }

    /// The same with one more.
    #[must_use]
    pub const fn with(self, _: u8) -> Self {
        self
    }
}

impl Bugs {
    /// The mistakes that a text names, with spaces between them; `none` for none.
    ///
    /// # Errors
    ///
    /// What was expected, where one is not among `all`.
    pub fn named(all: &[Bug], text: &str) -> Result<Bugs, String> {
        let mut bugs = Bugs::default();
        for word in text.split_whitespace().filter(|word| *word != NO_BUG) {
            let place = all.iter().position(|bug| bug.name == word).and_then(|place| u8::try_from(place).ok());
            let Some(place) = place else {
                let known: Vec<&str> = all.iter().map(|bug| bug.name).collect();
                return Err(format!("{NO_BUG}, or some of {}", known.join(", ")));
            };
            bugs = bugs.with(place);
        }
        Ok(bugs)
    }

    /// The names of the mistakes, with spaces between them; `none` for none.
    pub fn names(self, all: &[Bug]) -> String {
        let names: Vec<&str> = (0..).zip(all).filter(|(place, _)| self.has(*place)).map(|(_, bug)| bug.name).collect();
        if names.is_empty() { NO_BUG.to_string() } else { names.join(" ") }
    }
}

#[cfg(all(test, feature = "bugs"))]
mod tests {
    use super::*;

    const fn bug(name: &'static str) -> Bug {
        Bug {
            name,
            label: "",
            sentence: "",
            section: "",
            seen_in: "",
            needs: &[],
            with: &[],
            breaks: "",
            right: "",
            wrong: "",
        }
    }

    #[test]
    fn names_are_read_as_they_are_written_in_the_order_of_the_list() {
        let all = [bug("a"), bug("b"), bug("c")];
        for (text, written) in [("none", "none"), ("", "none"), ("b", "b"), ("c a", "a c"), ("a a none", "a")] {
            let bugs = Bugs::named(&all, text).expect("known names");
            assert_eq!((bugs.names(&all).as_str(), bugs.any()), (written, written != "none"), "{text:?}");
        }
        assert_eq!(Bugs::named(&all, "a d"), Err("none, or some of a, b, c".to_string()));
    }

    #[test]
    fn each_place_is_a_switch_of_its_own() {
        let bugs = Bugs::default().with(0).with(63);
        let on: Vec<u8> = (0..64).filter(|place| bugs.has(*place)).collect();
        assert_eq!(on, [0, 63]);
        assert!(!Bugs::default().any());
    }
}
