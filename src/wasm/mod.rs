//! The bindings to JavaScript, and nothing else: every line of sense is in [`crate::playground`].
//!
//! Refusals come as an `Error` whose message is one sentence; nothing has changed then. A panic is a
//! bug: its message goes to the console, and the instance is not to be used any more.

// Only the package that a page loads when it is wanted has it.
#[cfg(feature = "contrast")]
mod explorer;
#[cfg(all(feature = "bugs", feature = "contrast"))]
mod hunt;
#[cfg(feature = "contrast")]
mod judge;
mod travel;

#[cfg(feature = "contrast")]
pub use explorer::{Explorer, JsExplorable, JsOutlook, JsReach, explorable};
#[cfg(all(feature = "bugs", feature = "contrast"))]
pub use hunt::{Hunt, JsStanding};
#[cfg(feature = "contrast")]
pub use judge::{JsJudgement, judge};

use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

use crate::playground::{self, Submission};
use crate::scenario::{Entry, Fault, FaultPlace, Run, Scenario};
use crate::settings::Settings;
use crate::sim::Refused;
use crate::types::Span;

/// The types of everything that crosses, for `tsc`.
#[wasm_bindgen(typescript_custom_section)]
const TYPES: &'static str = include_str!("../wasm.d.ts");

#[wasm_bindgen]
extern "C" {
    /// The settings of a new cluster.
    #[wasm_bindgen(typescript_type = "Settings")]
    pub type JsSettings;
    /// One moment of a cluster.
    #[wasm_bindgen(typescript_type = "View")]
    pub type JsView;
    /// Events in words.
    #[wasm_bindgen(typescript_type = "EventLine[]")]
    pub type JsEvents;
    /// Everything about one message.
    #[wasm_bindgen(typescript_type = "MessageDetails")]
    pub type JsMessage;
    /// Every protocol that can be chosen.
    #[wasm_bindgen(typescript_type = "ProtocolCard[]")]
    pub type JsProtocols;
    /// What a scenario file says.
    #[wasm_bindgen(typescript_type = "ScenarioEntry[]")]
    pub type JsEntries;
    /// Branches as scenario files.
    #[wasm_bindgen(typescript_type = "[name: string, text: string][]")]
    pub type JsSaved;
    /// A scenario as it was written.
    #[wasm_bindgen(typescript_type = "Story")]
    pub type JsStory;
    /// Everything that can be chosen anew while a cluster runs.
    #[wasm_bindgen(typescript_type = "ChoiceCard[]")]
    pub type JsChoices;
    /// The mistakes that a cluster can be told to make.
    #[cfg(feature = "bugs")]
    #[wasm_bindgen(typescript_type = "Bug[]")]
    pub type JsBugs;
    /// An answer to a question.
    #[cfg(feature = "contrast")]
    #[wasm_bindgen(typescript_type = "Answer")]
    pub type JsAnswer;
    /// Everything that is checked at every event.
    #[wasm_bindgen(typescript_type = "CheckCard[]")]
    pub type JsChecks;
    /// What each node has done.
    #[wasm_bindgen(typescript_type = "Metrics")]
    pub type JsMetrics;
    /// How far a script has been played.
    #[wasm_bindgen(typescript_type = "Place")]
    pub type JsPlace;
    #[wasm_bindgen(catch, js_name = String)]
    fn string(value: &JsValue) -> Result<String, JsValue>;
    #[wasm_bindgen(catch, js_namespace = Object, js_name = entries)]
    fn object_entries(object: &JsValue) -> Result<js_sys::Array, JsValue>;
}

#[wasm_bindgen(start)]
fn start() {
    console_error_panic_hook::set_once();
}

fn refuse(why: impl std::fmt::Display) -> JsError {
    JsError::new(&why.to_string())
}

/// Plain objects, as JavaScript would write them: maps are objects, what is absent is `undefined`.
fn plain<T: JsCast>(value: &(impl Serialize + ?Sized)) -> Result<T, JsError> {
    let serializer = Serializer::new().serialize_maps_as_objects(true);
    Ok(value.serialize(&serializer).map_err(refuse)?.unchecked_into())
}

/// The names and values of a plain object, as texts; what is `undefined` was not chosen.
fn entries(settings: &JsValue) -> Result<Vec<(String, String)>, JsError> {
    if settings.is_undefined() {
        return Ok(Vec::new());
    }
    if !settings.is_object() {
        return Err(refuse("settings are not an object: expected names with their values"));
    }
    // An object may have getters, and those may throw.
    let all = object_entries(settings).map_err(|_| refuse("the settings cannot be read"))?;
    let pairs = all.iter().map(|pair| js_sys::Array::from(&pair)).filter(|pair| !pair.get(1).is_undefined());
    Ok(pairs.map(|pair| (text(&pair.get(0)), text(&pair.get(1)))).collect())
}

/// A value as JavaScript writes it.
fn text(value: &JsValue) -> String {
    string(value).unwrap_or_else(|_| "an object".to_string())
}

/// The most virtual time that may pass in one call: some seconds of work for a busy cluster.
const HOUR: Span = Span::secs(3_600);

/// Virtual microseconds from a number of JavaScript's.
fn micros(number: f64) -> Result<Span, JsError> {
    // Above 2^53 a number of JavaScript's is no longer exact.
    if number.is_finite() && (0.0..=9_007_199_254_740_991.0).contains(&number) {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        return Ok(Span(number as u64));
    }
    // JavaScript writes its own numbers: ours would bring 20 KB of code with it.
    let number = text(&number.into());
    Err(refuse(format!("`{number}` is not a length of time: expected microseconds, 0 or more")))
}

/// A scenario from the entries of its file.
fn scenario(entries: &JsEntries) -> Result<Scenario, JsValue> {
    let entries: Vec<Entry> = js_sys::Array::from(entries).iter().map(|each| entry(&each)).collect();
    Scenario::from_entries(&entries).map_err(|fault| faulty(&entries, fault))
}

/// `[name, value, is_text]`.
fn entry(entry: &JsValue) -> Entry {
    let entry = js_sys::Array::from(entry);
    Entry { name: text(&entry.get(0)), value: text(&entry.get(1)), is_text: entry.get(2).is_truthy() }
}

/// A fault as an `Error` that says where it is.
fn faulty(entries: &[Entry], fault: Fault) -> JsValue {
    let error = js_sys::Error::new(&fault.why);
    let line = match (&fault.place, fault.entry.and_then(|at| entries.get(at))) {
        (FaultPlace::Part(part), Some(entry)) => Some(entry.value[..part.start].matches('\n').count()),
        _ => None,
    };
    for (name, value) in [("entry", fault.entry), ("line", line)] {
        // Nothing is in the way of a new property of a new object.
        let _ = js_sys::Reflect::set(&error, &name.into(), &value.and_then(|at| u32::try_from(at).ok()).into());
    }
    error.into()
}

/// Every protocol that can be chosen, with its vocabulary and its sizes.
///
/// # Errors
///
/// Never in practice.
#[wasm_bindgen]
pub fn protocols() -> Result<JsProtocols, JsError> {
    plain(&playground::protocols())
}

/// The mistakes that a cluster of this protocol can be told to make, by `set bug NAME` or from the start.
///
/// # Errors
///
/// Where there is no such protocol.
#[cfg(feature = "bugs")]
#[wasm_bindgen]
pub fn bugs(protocol: &str) -> Result<JsBugs, JsError> {
    plain(playground::bugs(protocol).map_err(|Refused(why)| refuse(why))?)
}

/// A cluster in virtual time.
#[wasm_bindgen]
pub struct Playground {
    run: Run,
}

#[wasm_bindgen]
impl Playground {
    /// Starts a cluster.
    ///
    /// # Errors
    ///
    /// Where the settings ask for what cannot be.
    #[wasm_bindgen(constructor)]
    pub fn new(settings: JsSettings) -> Result<Playground, JsError> {
        let mut chosen = Settings::default();
        for (name, value) in entries(&settings)? {
            chosen.set(&name, &value).map_err(refuse)?;
        }
        let scenario = Scenario { settings: chosen, ..Scenario::default() };
        Ok(Playground { run: Run::new(&scenario).map_err(refuse)? })
    }

    /// Opens a scenario, at the moment at which it wants to be opened. `entries` are the names and values of its file,
    /// each `[name, value, is_text]`, those of a table with its name before theirs: `network.loss`.
    ///
    /// # Errors
    ///
    /// Where it is not a scenario: what was wrong, with `entry` and `line` as properties, the place of the entry and
    /// the line of the script that is meant; or where its run never comes to that moment.
    pub fn open(entries: &JsEntries) -> Result<Playground, JsValue> {
        let refused = |Refused(why)| JsValue::from(refuse(why));
        let mut run = Run::new(&scenario(entries)?).map_err(refused)?;
        run.open().map_err(refused)?;
        Ok(Playground { run })
    }

    /// Takes another run over as a branch of this one, which began as it did: a scenario as in `open`, and a name.
    ///
    /// # Errors
    ///
    /// As `open`; or where it began otherwise.
    pub fn adopt(&mut self, entries: &JsEntries, name: &str) -> Result<(), JsValue> {
        let scenario = scenario(entries)?;
        self.run.adopt(&scenario, name).map_err(|Refused(why)| refuse(why).into())
    }

    /// Every branch as a scenario file, each `[name, text]`; that of the one that is shown opens at this moment.
    #[must_use]
    pub fn saved(&self) -> JsSaved {
        let saved = js_sys::Array::new();
        for (name, scenario) in self.run.saved_branches() {
            saved.push(&js_sys::Array::of2(&name.into(), &scenario.to_string().into()));
        }
        saved.unchecked_into()
    }

    /// What was opened: title, story and script.
    ///
    /// # Errors
    ///
    /// Never in practice.
    pub fn story(&self) -> Result<JsStory, JsError> {
        plain(&self.run.story())
    }

    /// How far the script has been played.
    ///
    /// # Errors
    ///
    /// Never in practice.
    pub fn place(&self) -> Result<JsPlace, JsError> {
        plain(&self.run.place())
    }

    /// What the run was started with, as texts under their names.
    ///
    /// # Errors
    ///
    /// Never in practice.
    pub fn settings(&self) -> Result<JsSettings, JsError> {
        let pairs = js_sys::Array::new();
        for (name, value) in self.run.cluster().settings().pairs() {
            pairs.push(&js_sys::Array::of2(&name.into(), &value.into()));
        }
        let settings = js_sys::Object::from_entries(&pairs).map_err(|_| refuse("settings cannot be told"))?;
        Ok(settings.unchecked_into())
    }

    /// Lets the next event happen, at its time, or plays the line that waits for the person; false where nothing
    /// ever will happen.
    pub fn step(&mut self) -> bool {
        self.run.step()
    }

    /// Lets virtual time go on by so many microseconds; returns how many events there were. Stops at a broken promise
    /// and before a line of the script that waits for the person.
    ///
    /// # Errors
    ///
    /// Where the number is not a length of time, or more than an hour.
    pub fn tick(&mut self, micros: f64) -> Result<f64, JsError> {
        let span = self::micros(micros)?;
        if span > HOUR {
            return Err(refuse(format!("{span} at once would freeze the page: expected at most {HOUR}")));
        }
        #[allow(clippy::cast_precision_loss)]
        self.run.advance(span).map(|events| events as f64).map_err(refuse)
    }

    /// Lets a client send a command.
    ///
    /// # Errors
    ///
    /// Where it is not a command, or client or node are not there.
    pub fn submit(
        &mut self,
        client: &str,
        op: &str,
        key: &str,
        value: Option<String>,
        to: Option<String>,
        by: Option<String>,
    ) -> Result<(), JsError> {
        let submission = Submission { client, op, key, value: value.as_deref(), to: to.as_deref(), by: by.as_deref() };
        self.run.cluster_mut().submit(&submission).map_err(refuse)
    }

    /// Does what the text of a step says.
    ///
    /// # Errors
    ///
    /// Where the text is not a step, or the step cannot be done as things stand.
    pub fn apply(&mut self, text: &str) -> Result<(), JsError> {
        self.run.cluster_mut().apply(text).map_err(refuse)
    }

    /// The picture of this moment; logs are shown from `from_slot` on, or else at their end.
    ///
    /// # Errors
    ///
    /// Where `from_slot` is not a number of a slot.
    pub fn view(&self, from_slot: Option<f64>) -> Result<JsView, JsError> {
        let from_slot = from_slot.map(micros).transpose()?.map(|span| span.0);
        plain(&self.run.cluster().view(from_slot))
    }

    /// Everything that can be chosen anew while the cluster runs, with its value at this moment; `set NAME VALUE` is the
    /// step that chooses it.
    ///
    /// # Errors
    ///
    /// Never in practice.
    pub fn choices(&self) -> Result<JsChoices, JsError> {
        plain(&self.run.cluster().choices())
    }

    /// The names of the mistakes that the cluster makes on purpose, with spaces between them; `none` where it makes none.
    #[cfg(feature = "bugs")]
    #[must_use]
    pub fn bug(&self) -> String {
        self.run.cluster().bug()
    }

    /// Why things are as they are at this moment, and what led there: `leader`, `entry n2 5`, `client c1`.
    ///
    /// # Errors
    ///
    /// Where that is no question, or names somebody or something that is not there.
    #[cfg(feature = "contrast")]
    pub fn why(&self, question: &str) -> Result<JsAnswer, JsError> {
        plain(&self.run.cluster().why(&question.parse().map_err(|why: String| refuse(why))?).map_err(refuse)?)
    }

    /// What each node has done up to this moment, in figures.
    ///
    /// # Errors
    ///
    /// Never in practice.
    pub fn metrics(&self) -> Result<JsMetrics, JsError> {
        plain(&self.run.cluster().metrics())
    }

    /// Everything that is checked at every event, and how it stands at this moment.
    ///
    /// # Errors
    ///
    /// Never in practice.
    pub fn checks(&self) -> Result<JsChecks, JsError> {
        plain(&self.run.cluster().checks())
    }

    /// The events with a number above `since`; the last 500 are kept.
    ///
    /// # Errors
    ///
    /// Where `since` is not a number of an event.
    pub fn events(&self, since: f64) -> Result<JsEvents, JsError> {
        plain(&self.run.cluster().events(micros(since)?.0))
    }

    /// Everything about one message that is on its way or was lost a moment ago.
    ///
    /// # Errors
    ///
    /// Where there is no such message.
    pub fn message(&self, id: &str) -> Result<JsMessage, JsError> {
        plain(&self.run.cluster().message(id).map_err(refuse)?)
    }

    /// What was done and what is still to be done, as a scenario file that opens at this moment.
    pub fn script(&self) -> String {
        self.run.saved().to_string()
    }
}

/// Runs a fixed workload of so many events; returns how many have happened. For `benches/`.
#[wasm_bindgen]
#[must_use]
pub fn bench_events(seed: u32, events: u32) -> f64 {
    #[allow(clippy::cast_precision_loss)]
    let done = crate::bench::run_events(u64::from(seed), u64::from(events)) as f64;
    done
}

/// Explores a fixed small cluster until so many states were seen; returns how many were. For `benches/`.
#[cfg(feature = "contrast")]
#[wasm_bindgen]
#[must_use]
pub fn bench_explore(states: u32) -> f64 {
    #[allow(clippy::cast_precision_loss)]
    let seen = crate::bench::run_exploration(crate::bench::plain_bounds(states)).0 as f64;
    seen
}
