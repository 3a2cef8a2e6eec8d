//! "Why?": answers about a moment of a run, in sentences with their sections, and with the events that led there.
//!
//! A [`Question`] is a line of text: `leader`, `entry 5`, `refusal n3`, `client c1`. It is answered from what is recorded
//! of the run: the notes of the nodes with their reasons, the votes and the holders that are counted, the state of
//! machines and links. What led there is the [causal past](Past) of the events that the answer speaks of.
//!
//! The past is not kept: a [`Record`] of it is made by going through the run once more, of the last steps where it is
//! long. [`crate::playground::Playground::why`] does that.
//!
//! ```
//! use raft_playground::playground::open;
//! use raft_playground::settings::Settings;
//! use raft_playground::types::Span;
//!
//! let mut cluster = open(&Settings::default())?;
//! cluster.advance(Span::millis(500))?;
//! let answer = cluster.why(&"leader".parse()?)?;
//! assert_eq!(answer.reasons[0].text, "n5 is leader of term 1, with 3 of 5 votes.");
//! assert_eq!(answer.reasons[0].section, "Raft §5.2");
//! assert!(answer.past.chain.iter().any(|link| link.text.contains("asks for votes in term 1")));
//! # Ok::<(), raft_playground::sim::Refused>(())
//! ```

mod answer;
mod entries;
mod past;
mod question;
mod record;
mod requests;
mod world;

pub use past::{ChainLink, LINKS, Past};
pub use question::Question;
pub use record::Record;

use serde::Serialize;

use crate::observe::Vocabulary;
use crate::protocol::{Protocol, Reason, Standing};
use crate::timeline::Present;
use crate::types::{ClientId, NodeId};
use crate::view::View;

/// An answer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Answer {
    /// The question, as a text.
    pub question: String,
    /// The moment that it was asked at, as a text: `250ms#312`.
    pub moment: String,
    /// The answer: sentences, the most important one first.
    pub reasons: Vec<Reason>,
    /// What led there.
    #[serde(flatten)]
    pub past: Past,
}

/// What an answer asks of a run at one moment, whatever its protocol.
pub trait Asked {
    /// The names of things.
    fn words(&self) -> Vocabulary;

    /// The picture of the moment, with the logs from a slot on.
    fn picture(&self, from_slot: Option<u64>) -> View;

    /// [`Protocol::slot_of`], with whoever has most of it.
    fn slot_of(&self, origin: (ClientId, u64)) -> Option<(NodeId, u64)>;

    /// A node that knows everything up to a slot to be committed; what is down knows nothing.
    fn decided(&self, slot: u64) -> Option<NodeId>;

    /// [`Protocol::undecided`].
    fn undecided(&self, slot: u64, of: Option<NodeId>) -> Standing;

    /// [`Protocol::leaderless`].
    fn leaderless(&self) -> Standing;
}

impl<P: Protocol> Asked for Present<P> {
    fn words(&self) -> Vocabulary {
        P::WORDS
    }

    fn picture(&self, from_slot: Option<u64>) -> View {
        View::of(self, from_slot)
    }

    fn slot_of(&self, origin: (ClientId, u64)) -> Option<(NodeId, u64)> {
        let nodes = self.cluster().states().iter().zip(NodeId::all(self.cluster().count()));
        let places = nodes.filter_map(|(node, id)| {
            let node = node.as_ref()?;
            Some((node.leads(), node.epoch(), node.slot_of(origin)?, id))
        });
        places.max().map(|(_, _, slot, id)| (id, slot))
    }

    fn decided(&self, slot: u64) -> Option<NodeId> {
        let nodes = self.cluster().states().iter().zip(NodeId::all(self.cluster().count()));
        let mut knowing = nodes.filter(|(node, _)| node.as_ref().is_some_and(|node| node.committed() >= slot));
        knowing.next().map(|(_, id)| id)
    }

    fn undecided(&self, slot: u64, of: Option<NodeId>) -> Standing {
        P::undecided(self.cluster().config(), self.cluster().states(), slot, of)
    }

    fn leaderless(&self) -> Standing {
        P::leaderless(self.cluster().config(), self.cluster().states())
    }
}

/// Answers a question about a moment; `record` ends there.
///
/// # Errors
///
/// One sentence, where the question names somebody or something that is not there.
pub fn answer(run: &dyn Asked, record: &Record, question: &Question) -> Result<Answer, String> {
    answer::Asking::new(run, record).answer(question)
}
