//! A rule that can be chosen while a cluster runs.

use crate::observe::Kind;

/// Something that can be chosen anew while a cluster runs.
pub struct Choice<C: 'static> {
    /// The name: `pre_vote`.
    pub name: &'static str,
    /// What it is called in the page: `pre-vote`.
    pub label: &'static str,
    /// What it does, in one sentence.
    pub sentence: &'static str,
    /// Where it is described.
    pub section: &'static str,
    /// Which of the headings it stands under.
    pub group: &'static str,
    /// What it may be.
    pub kind: Kind,
    /// Whether safety rests on the value that it has by default.
    pub safety: bool,
    /// Its value, as a text.
    pub get: fn(&C) -> String,
    /// Sets it; the error says what was expected.
    pub set: fn(&mut C, &str) -> Result<(), String>,
}

impl<C> Choice<C> {
    /// Sets it.
    ///
    /// # Errors
    ///
    /// One sentence, where it cannot have this value; nothing is changed then.
    pub fn choose(&self, config: &mut C, value: &str) -> Result<(), String> {
        (self.set)(config, value).map_err(|why| match why.starts_with('`') {
            // What could not be read says so itself.
            true => why,
            false => format!("`{} = {value}` cannot be: expected {why}", self.name),
        })
    }
}
