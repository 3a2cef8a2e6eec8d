//! A scenario: one text that says how a run starts, what is done, and what must have come of it.
//!
//! The file is TOML: names and values as in [`crate::settings`], and a `script` of one-line steps, see [`Line`] and
//! [`Condition`]. `num_nodes = 5` and `num_clients = 3` alone are a scenario, too.
//!
//! ```
//! use raft_playground::scenario::{Run, Scenario};
//!
//! let scenario = Scenario::parse(
//!     r#"
//! title = "A leader crashes"
//! num_nodes = 3
//! script = '''
//! when leader
//! put c1 a val_1
//! when answered c1 1 crash n2
//! at 5s expect leader
//! expect same kv
//! '''
//! "#,
//! )
//! .expect("a scenario");
//! let mut run = Run::new(&scenario)?;
//! run.go(&mut |_| ()).expect("everything went as expected");
//! # Ok::<(), raft_playground::sim::Refused>(())
//! ```
//!
//! What a scenario prints ([`Scenario`]'s `Display`) is a scenario file, and reads as the same scenario again.

mod act;
mod condition;
mod entries;
mod file;
mod line;
mod run;
mod shipped;
mod watched;

pub use condition::{Condition, Trait};
pub use entries::{Entry, Fault, Place as FaultPlace};
pub use file::Mistake;
pub use line::{Act, Line, Verb, Wait};
pub use run::{Failure, Progress, Run, Watch, reach};
pub use shipped::{shipped, themes};
pub use watched::{Place, Story};

use std::fmt;

use crate::playground::Playground;
use crate::settings::{Quoted, Settings};
use crate::timeline::When;

/// How a run starts, what is done in it, and what must have come of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Scenario {
    /// What it is called.
    pub title: String,
    /// What it shows, in a few sentences.
    pub story: String,
    /// How the run starts.
    pub settings: Settings,
    /// The moment at which whoever watches finds it, where that is not its start.
    pub opens_at: Option<When>,
    /// How long the run lasts. Where nothing is said, until its clients have had all their answers, if the number of
    /// their requests is said, or else to the last line of the script.
    pub length: Option<When>,
    /// What is done.
    pub script: Vec<Line>,
    /// The hash of the run, where it is known: whoever runs it again gets the same.
    pub hash: Option<u64>,
}

/// How many requests each client sends where a file says nothing of a script, of traffic or of requests.
pub const REQUESTS: u64 = 10;

impl Scenario {
    /// What has been done with a cluster so far, as a scenario that gives the same run again.
    pub fn of(cluster: &dyn Playground) -> Scenario {
        let steps = cluster.script().iter();
        let line = |when, step| Line { wait: Some(Wait::At(when)), act: Some(Act::Step(step)) };
        Scenario {
            settings: cluster.settings().clone(),
            length: Some(cluster.moment()),
            script: steps.map(|timed| line(timed.when, timed.step.clone())).collect(),
            hash: Some(cluster.hash()),
            ..Scenario::default()
        }
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, text) in [("title", &self.title), ("story", &self.story)] {
            if !text.is_empty() {
                writeln!(f, "{name} = {}", Quoted(text))?;
            }
        }
        write!(f, "{}", self.settings)?;
        // Where a file says nothing of traffic its clients may ask all the same; see `REQUESTS`.
        let asks = self.script.is_empty() || self.settings.requests_per_client.is_some();
        if asks && !self.settings.traffic {
            writeln!(f, "traffic = false")?;
        }
        if let Some(moment) = self.opens_at {
            writeln!(f, "opens_at = \"{moment}\"")?;
        }
        if let Some(length) = self.length {
            writeln!(f, "length = \"{length}\"")?;
        }
        if let Some(hash) = self.hash {
            writeln!(f, "hash = \"{hash:016x}\"")?;
        }
        if !self.script.is_empty() {
            // Nothing in a line needs an escape, but a value may have what ends such a text.
            let lines: String = self.script.iter().map(|line| format!("{line}\n")).collect();
            if lines.contains("'''") {
                writeln!(f, "script = {}", Quoted(&lines))?;
            } else {
                writeln!(f, "script = '''\n{lines}'''")?;
            }
        }
        write!(f, "{}", self.settings.world)
    }
}
