//! The facade: one object for any protocol. It and [`crate::settings`] are all that names them.
//!
//! Whoever holds a `Box<dyn Playground>` (the page, the command line) speaks in texts, settings and
//! views, and cannot tell which protocol is behind it.
//!
//! ```
//! use raft_playground::playground::open;
//! use raft_playground::settings::Settings;
//! use raft_playground::types::Span;
//!
//! let mut cluster = open(&Settings { protocol: "raft".into(), seed: 7, ..Settings::default() })?;
//! cluster.advance(Span::secs(1))?;
//! cluster.apply("put c1 a val_1")?;
//! cluster.advance(Span::secs(1))?;
//! let view = cluster.view(None);
//! assert_eq!(view.clients[0].last.as_ref().map(|last| last.answer.as_str()), Some("OK"));
//! # Ok::<(), raft_playground::sim::Refused>(())
//! ```

#[cfg(feature = "contrast")]
mod asking;
mod choice;
#[cfg(feature = "contrast")]
mod exploring;
#[cfg(feature = "contrast")]
mod judging;
mod playable;
mod travel;

pub use choice::{Ordeal, ProtocolCard, bugs, card, open, ordeal, play, protocols, record, swarm, whims};
#[cfg(feature = "contrast")]
pub use choice::{PropertyCard, properties};
#[cfg(feature = "contrast")]
pub use exploring::{Exploring, Schedule};
#[cfg(feature = "contrast")]
pub use judging::{Asked, Judged, Judgement};
pub use travel::Travel;

use std::any::Any;

use crate::explored::Explored;
use crate::kv::Command;
use crate::meter::Metrics;
use crate::settings::Settings;
use crate::sim::{Refused, Setup, Step};
use crate::timeline::{Moment, Present, RequestRow, Timed, Timeline, When};
use crate::types::{Span, Time};
use crate::view::{CheckCard, ChoiceCard, EventLine, MessageDetails, Past, Transition, View};
use playable::Playable;

/// A cluster of any protocol, under the hands of a person.
pub trait Playground: Travel {
    /// Lets the next event happen; false where nothing ever will.
    ///
    /// # Errors
    ///
    /// Never in practice.
    fn step(&mut self) -> Result<bool, Refused>;

    /// Lets virtual time go on, with all that is due on the way; returns how many events there were.
    ///
    /// # Errors
    ///
    /// Never in practice.
    fn advance(&mut self, span: Span) -> Result<u64, Refused>;

    /// The next event, if it is due by then; false where none is.
    ///
    /// # Errors
    ///
    /// Never in practice.
    fn step_until(&mut self, until: Time) -> Result<bool, Refused>;

    /// The moment that the run is at.
    fn moment(&self) -> When;

    /// How many steps have been carried out.
    fn steps(&self) -> u64;

    /// What the last step did; its cause and its writes where the run is recorded.
    fn transition(&self) -> Transition;

    /// Brings the run to a moment that is still to come, with all that is due on the way.
    ///
    /// # Errors
    ///
    /// One sentence, where the moment has passed or this run never comes to it.
    fn reach(&mut self, when: When) -> Result<(), Refused>;

    /// Does what the text of a step says.
    ///
    /// # Errors
    ///
    /// One sentence, where the text is not a step or the step cannot be done; nothing changes then.
    fn apply(&mut self, text: &str) -> Result<(), Refused>;

    /// Does a step.
    ///
    /// # Errors
    ///
    /// One sentence, where it cannot be done as things stand; nothing changes then.
    fn take(&mut self, step: Step) -> Result<(), Refused>;

    /// Lets a client send a command.
    ///
    /// # Errors
    ///
    /// As [`Playground::apply`].
    fn submit(&mut self, command: &Submission<'_>) -> Result<(), Refused>;

    /// The picture of this moment; logs from `from_slot` on, or else at their end.
    fn view(&self, from_slot: Option<u64>) -> View;

    /// The events with a number above `since`, of those that are kept.
    fn events(&self, since: u64) -> Vec<EventLine>;

    /// Everything about one message.
    ///
    /// # Errors
    ///
    /// One sentence, where the text names no message that can be seen.
    fn message(&self, id: &str) -> Result<MessageDetails, Refused>;

    /// What the run was started with.
    fn settings(&self) -> &Settings;

    /// What has been done up to this moment, and when.
    fn script(&self) -> &[Timed];

    /// From now on every request of a client is kept, see [`Playground::requests`], and what
    /// [`Playground::transition`] needs to be complete.
    fn record(&mut self);

    /// Takes note, for a trace in the words of Raft's specification, of what the last step did. To be called at the
    /// start of a recorded run, where a refusal is told, and after every step.
    ///
    /// # Errors
    ///
    /// One sentence, where the run cannot be told in these words: it is one of another protocol, or it starts as no
    /// run of the specification does.
    #[cfg(not(target_arch = "wasm32"))]
    fn specify(&self, trace: &mut crate::spec_trace::SpecTrace) -> Result<(), Refused>;

    /// Every request that a client has sent since [`Playground::record`].
    fn requests(&self) -> Vec<&RequestRow>;

    /// Everything that can be chosen anew while the cluster runs, with its value at the moment.
    fn choices(&self) -> Vec<ChoiceCard>;

    /// The names of the mistakes that the cluster makes on purpose, see [`bugs`]; `none` where it makes none.
    fn bug(&self) -> String;

    /// What each node has done up to this moment, in figures; see [`crate::meter`].
    fn metrics(&self) -> Metrics;

    /// Everything that is checked at every event, and how it stands at this moment.
    fn checks(&self) -> Vec<CheckCard>;

    /// The hash of everything that has happened so far.
    fn hash(&self) -> u64;

    /// Begins to explore all schedules from this moment on; see [`crate::check::explore`].
    ///
    /// # Errors
    ///
    /// One sentence, where a promise is broken already, or where schedules cannot be explored from here.
    #[cfg(feature = "contrast")]
    fn explore(
        &self,
        bounds: crate::check::explore::Bounds,
        search: crate::check::explore::Search,
    ) -> Result<Box<dyn Exploring>, Refused>;

    /// Answers a question about this moment; see [`crate::why`]. What led to it is looked for in the last 20,000 steps.
    ///
    /// # Errors
    ///
    /// One sentence, where the question names somebody or something that is not there.
    #[cfg(feature = "contrast")]
    fn why(&self, question: &crate::why::Question) -> Result<crate::why::Answer, Refused>;

    /// Judges whether one server could have given clients the answers that they got since [`Playground::record`]; see
    /// [`crate::check::linearizability`], also for `steps`.
    #[cfg(feature = "contrast")]
    fn judge(&self, steps: u64) -> Judgement;

    /// The step that a text says, as this run's protocol reads it.
    ///
    /// # Errors
    ///
    /// One sentence, where the text is not a step.
    fn read_step(&self, text: &str) -> Result<Step, Refused>;

    /// The run itself, for [`Travel::adopt`].
    fn into_any(self: Box<Self>) -> Box<dyn Any>;
}

/// A client's command, as it comes from a form: all texts, none trusted.
#[derive(Clone, Copy, Debug)]
pub struct Submission<'a> {
    /// `c1`.
    pub client: &'a str,
    /// `put`, `get` or `delete`.
    pub op: &'a str,
    /// The key.
    pub key: &'a str,
    /// The value of a put.
    pub value: Option<&'a str>,
    /// The node that is asked first: `n3`.
    pub to: Option<&'a str>,
    /// In which way a get is to be answered: `index`; where none is said, in the cluster's own way.
    pub by: Option<&'a str>,
}

impl Submission<'_> {
    fn step(&self) -> Result<Step, String> {
        let command = match (self.op, self.value) {
            ("put", Some(value)) => Command::read(&["put", self.key, value])?,
            ("put", None) => return Err("a put needs a value".to_string()),
            ("get" | "delete", _) => Command::read(&[self.op, self.key])?,
            (other, _) => return Err(format!("`{other}` is not an operation: expected put, get or delete")),
        };
        let to = self.to.map(str::parse).transpose()?;
        if self.by.is_some() && self.op != "get" {
            return Err(format!("a {} has no ways of reading: expected those of a get", self.op));
        }
        let read = self.by.map(str::parse).transpose()?;
        Ok(Step::Request { client: self.client.parse()?, command, to, read })
    }
}

/// A cluster of any protocol, with the settings that it was opened with.
struct Session {
    settings: Settings,
    timeline: Timeline<Box<dyn Playable>>,
}

impl Session {
    fn open<P: Explored>(settings: &Settings, setup: Setup<P>) -> Box<dyn Playground> {
        let present: Box<dyn Playable> = Box::new(Present::new(setup));
        Box::new(Session { settings: settings.clone(), timeline: Timeline::from(present) })
    }

    fn present(&self) -> &dyn Playable {
        &**self.timeline.present()
    }
}

impl Playground for Session {
    fn step(&mut self) -> Result<bool, Refused> {
        self.timeline.step()
    }

    fn advance(&mut self, span: Span) -> Result<u64, Refused> {
        self.timeline.advance(span)
    }

    fn step_until(&mut self, until: Time) -> Result<bool, Refused> {
        self.timeline.step_until(until)
    }

    fn moment(&self) -> When {
        self.timeline.moment()
    }

    fn steps(&self) -> u64 {
        self.timeline.present().steps()
    }

    fn transition(&self) -> Transition {
        self.present().transition()
    }

    fn reach(&mut self, when: When) -> Result<(), Refused> {
        self.timeline.reach(when)
    }

    fn apply(&mut self, text: &str) -> Result<(), Refused> {
        self.take(self.read_step(text)?)
    }

    fn take(&mut self, step: Step) -> Result<(), Refused> {
        self.timeline.apply(step)
    }

    fn submit(&mut self, command: &Submission<'_>) -> Result<(), Refused> {
        self.take(command.step()?)
    }

    fn view(&self, from_slot: Option<u64>) -> View {
        View { past: Past::of(&self.timeline), due: self.timeline.due(), ..self.present().view(from_slot) }
    }

    fn events(&self, since: u64) -> Vec<EventLine> {
        self.present().events(since)
    }

    fn message(&self, id: &str) -> Result<MessageDetails, Refused> {
        Ok(self.present().message(id.parse()?)?)
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn script(&self) -> &[Timed] {
        self.timeline.script()
    }

    fn record(&mut self) {
        self.timeline.record(|present| present.record());
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn specify(&self, trace: &mut crate::spec_trace::SpecTrace) -> Result<(), Refused> {
        match self.present().cluster().downcast_ref() {
            Some(cluster) => trace.take_note(cluster),
            None => Err(Refused(format!(
                "a run of {} cannot be matched to raft.tla: expected protocol = \"raft\"",
                self.settings.protocol
            ))),
        }
    }

    fn requests(&self) -> Vec<&RequestRow> {
        self.present().requests()
    }

    fn choices(&self) -> Vec<ChoiceCard> {
        self.present().choices()
    }

    fn bug(&self) -> String {
        self.present().bug()
    }

    fn metrics(&self) -> Metrics {
        self.present().metrics()
    }

    fn checks(&self) -> Vec<CheckCard> {
        self.present().checks()
    }

    fn hash(&self) -> u64 {
        self.present().hash()
    }

    #[cfg(feature = "contrast")]
    fn explore(
        &self,
        bounds: crate::check::explore::Bounds,
        search: crate::check::explore::Search,
    ) -> Result<Box<dyn Exploring>, Refused> {
        self.present().explore(bounds, search)
    }

    #[cfg(feature = "contrast")]
    fn why(&self, question: &crate::why::Question) -> Result<crate::why::Answer, Refused> {
        asking::why(&self.timeline, question)
    }

    #[cfg(feature = "contrast")]
    fn judge(&self, steps: u64) -> Judgement {
        judging::judge(self, steps)
    }

    fn read_step(&self, text: &str) -> Result<Step, Refused> {
        Ok(Step::parse(text, &self.present().timers())?)
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}
