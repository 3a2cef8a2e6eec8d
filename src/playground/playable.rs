//! A run at one moment, whatever the protocol: what the facade asks of it, and what going to and fro does.
//!
//! Here the protocols' types end. Everything above is compiled once, which is why the page can be small.

use crate::explored::Explored;
use crate::meter::Metrics;
use crate::observe::{Epoch, Landmark};
use crate::protocol::NO_BUG;
use crate::sim::{Refused, Step};
use crate::timeline::{Moment, Present, RequestRow};
use crate::types::{MessageId, Time};
use crate::view::{CheckCard, ChoiceCard, EventLine, MessageDetails, Transition, View};

/// A run at one moment, whatever the protocol.
pub(super) trait Playable: Moment {
    /// [`Moment::kept`], where the type is not known.
    fn keep(&self) -> Box<dyn Playable>;

    fn timers(&self) -> Vec<&'static str>;
    fn view(&self, from_slot: Option<u64>) -> View;
    fn message(&self, id: MessageId) -> Result<MessageDetails, String>;
    fn transition(&self) -> Transition;
    fn events(&self, since: u64) -> Vec<EventLine>;
    fn record(&mut self);
    fn requests(&self) -> Vec<&RequestRow>;
    fn choices(&self) -> Vec<ChoiceCard>;
    fn bug(&self) -> String;
    fn metrics(&self) -> Metrics;
    fn checks(&self) -> Vec<CheckCard>;
    fn hash(&self) -> u64;

    #[cfg(feature = "contrast")]
    fn explore(
        &self,
        bounds: crate::check::explore::Bounds,
        search: crate::check::explore::Search,
    ) -> Result<Box<dyn super::Exploring>, Refused>;

    /// A record that begins here; see [`crate::why`].
    #[cfg(feature = "contrast")]
    fn begin_record(&self) -> crate::why::Record;

    /// Takes note of the last step in a record.
    #[cfg(feature = "contrast")]
    fn note_down(&self, record: &mut crate::why::Record, step: String);

    /// What an answer asks of this moment.
    #[cfg(feature = "contrast")]
    fn asked(&self) -> &dyn crate::why::Asked;

    /// [`crate::protocol::Protocol::forgoes`], as the cluster is configured at this moment.
    #[cfg(feature = "contrast")]
    fn forgoes(&self) -> Option<&'static str>;

    /// The cluster itself, for whoever knows what it may be.
    #[cfg(not(target_arch = "wasm32"))]
    fn cluster(&self) -> &dyn std::any::Any;
}

impl<P: Explored> Playable for Present<P> {
    fn keep(&self) -> Box<dyn Playable> {
        Box::new(self.kept())
    }

    fn timers(&self) -> Vec<&'static str> {
        super::choice::timers::<P>()
    }

    fn view(&self, from_slot: Option<u64>) -> View {
        View::of(self, from_slot)
    }

    fn message(&self, id: MessageId) -> Result<MessageDetails, String> {
        MessageDetails::of(self, id)
    }

    fn transition(&self) -> Transition {
        Transition::of(self)
    }

    fn events(&self, since: u64) -> Vec<EventLine> {
        self.events(since).cloned().collect()
    }

    fn record(&mut self) {
        self.record();
    }

    fn requests(&self) -> Vec<&RequestRow> {
        self.requests()
    }

    fn choices(&self) -> Vec<ChoiceCard> {
        ChoiceCard::all(self.cluster())
    }

    fn bug(&self) -> String {
        let config = self.cluster().config();
        P::bug().map_or_else(|| NO_BUG.to_string(), |choice| (choice.get)(config))
    }

    fn metrics(&self) -> Metrics {
        self.metrics()
    }

    fn checks(&self) -> Vec<CheckCard> {
        CheckCard::all(self)
    }

    fn hash(&self) -> u64 {
        self.cluster().trace_hash()
    }

    #[cfg(feature = "contrast")]
    fn explore(
        &self,
        bounds: crate::check::explore::Bounds,
        search: crate::check::explore::Search,
    ) -> Result<Box<dyn super::Exploring>, Refused> {
        super::exploring::explore(self, bounds, search)
    }

    #[cfg(feature = "contrast")]
    fn begin_record(&self) -> crate::why::Record {
        crate::why::Record::begin(self)
    }

    #[cfg(feature = "contrast")]
    fn note_down(&self, record: &mut crate::why::Record, step: String) {
        record.take_note(self, step);
    }

    #[cfg(feature = "contrast")]
    fn asked(&self) -> &dyn crate::why::Asked {
        self
    }

    #[cfg(feature = "contrast")]
    fn forgoes(&self) -> Option<&'static str> {
        P::forgoes(self.cluster().config())
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn cluster(&self) -> &dyn std::any::Any {
        self.cluster()
    }
}

impl Moment for Box<dyn Playable> {
    fn kept(&self) -> Self {
        (**self).keep()
    }

    fn share(&mut self) {
        (**self).share();
    }

    fn now(&self) -> Time {
        (**self).now()
    }

    fn steps(&self) -> u64 {
        (**self).steps()
    }

    fn since(&self) -> Time {
        (**self).since()
    }

    fn next(&self) -> Option<(Time, Step)> {
        (**self).next()
    }

    fn step_until(&mut self, until: Time) -> Result<bool, Refused> {
        (**self).step_until(until)
    }

    fn wait(&mut self, until: Time) -> Result<(), Refused> {
        (**self).wait(until)
    }

    fn take(&mut self, step: &Step) -> Result<(), Refused> {
        (**self).take(step)
    }

    fn hush(&mut self, hushed: bool) {
        (**self).hush(hushed);
    }

    fn landed(&self) -> &[Landmark] {
        (**self).landed()
    }

    fn epoch_above(&self, number: u64) -> Option<Epoch> {
        (**self).epoch_above(number)
    }

    fn is_broken(&self) -> bool {
        (**self).is_broken()
    }
}
