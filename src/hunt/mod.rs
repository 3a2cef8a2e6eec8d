//! Looking for runs that break a promise, and making what is found so small that it can be told as a story.
//!
//! A [`Case`] is a run that ends in a broken promise: settings, what was done, and which promise. A [`Shrinker`] leaves
//! out of it what can be left out, a slice of work at a time, so that a page's worker can do it beside other things.
//!
//! ```
//! use raft_playground::hunt::{Case, Shrinker};
//! use raft_playground::scenario::{Run, Scenario};
//!
//! // A node that is asked for a read `by local` answers at once, whatever others have decided.
//! let text = "num_nodes = 5\nscript = '''\ntimeout n1\nsettle\nget c1 a to n3 by local\nsettle\n'''";
//! let scenario = Scenario::parse(text).expect("a scenario");
//!
//! let mut shrinker = Shrinker::new(Case::of(&scenario)?)?;
//! while shrinker.advance(10_000) { /* show shrinker.progress() */ }
//! let story = shrinker.scenario();
//! assert_eq!(shrinker.property(), "fresh-reads");
//! assert!(story.settings.chosen("num_nodes") < Some(5) && story.script.len() <= 5, "{story}");
//! assert_eq!(Run::new(&story)?.go(&mut |_| ()), Ok(()), "it expects what comes of it");
//! # Ok::<(), raft_playground::sim::Refused>(())
//! ```

#[cfg(all(feature = "bugs", feature = "contrast"))]
pub mod bugs;
mod case;
#[cfg(all(feature = "bugs", feature = "contrast"))]
mod chaos;
mod descent;
#[cfg(feature = "contrast")]
mod exploration;
#[cfg(all(feature = "bugs", feature = "contrast"))]
mod find;
mod passes;
mod plainer;
#[cfg(feature = "contrast")]
mod reach;
mod seeds;
mod shrinker;
mod simpler;
#[cfg(all(feature = "bugs", feature = "contrast"))]
mod suited;
#[cfg(all(feature = "bugs", feature = "contrast"))]
mod survey;
mod told;

pub use case::{Case, Goal};
#[cfg(all(feature = "bugs", feature = "contrast"))]
pub use chaos::{Hunt, Prey, Standing};
#[cfg(feature = "contrast")]
pub use exploration::{Counterexample, Exploration, Outlook, story_of};
#[cfg(all(feature = "bugs", feature = "contrast"))]
pub use find::{Catch, Innocent, find, search_innocent};
#[cfg(feature = "contrast")]
pub use reach::{Limit, Reach};
pub use seeds::{ANY, Attempt, Field, Found};
pub use shrinker::{Progress, Shrinker};
#[cfg(all(feature = "bugs", feature = "contrast"))]
pub use suited::{Suited, suited};
