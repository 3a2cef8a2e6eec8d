//! Which protocols there are, and what opens a run of one.
//!
//! Every build tells of all of them, since names, legends and sizes are a few texts. What runs them is compiled once
//! for each, which is most of the wasm; so the page loads first a build without the feature `contrast`, which runs Raft
//! alone, and the one that runs them all when somebody wants another.

use serde::Serialize;

use super::{Playground, Session};
use crate::check::shrink::{self, Numbered, Played, Taken, Telling};
use crate::check::swarm::{self, Failed, Passed};
use crate::explored::Explored;
use crate::multi_paxos::MultiPaxos;
use crate::observe::Vocabulary;
use crate::protocol::{Bug, Protocol, TimerName};
use crate::raft::Raft;
use crate::settings::{Count, MULTI_PAXOS, RAFT, SINGLE_SERVER, Settings};
use crate::sim::faults::Menu;
use crate::sim::{Refused, Setup};
use crate::single_server::SingleServer;
use crate::types::{Span, Time};

/// Whether this build runs the protocols beside Raft, and does not only tell of them.
const CONTRAST: bool = cfg!(feature = "contrast");

/// A protocol that can be chosen.
#[derive(Clone, Debug, Serialize)]
pub struct ProtocolCard {
    /// Its names of things, and the legend.
    #[serde(flatten)]
    pub words: Vocabulary,
    /// Its number fields.
    pub counts: &'static [Count],
    /// Whether this build can run it.
    pub here: bool,
    /// The timers that steps may name, the main one first.
    #[serde(skip)]
    pub timers: Vec<&'static str>,
}

impl ProtocolCard {
    fn of<P: Protocol>(counts: &'static [Count], here: bool) -> ProtocolCard {
        ProtocolCard { words: P::WORDS, counts, here, timers: timers::<P>() }
    }

    /// The kinds of messages that a script may name: `AppendEntries, empty` is an AppendEntries, too.
    pub fn messages(&self) -> Vec<&'static str> {
        let mut kinds: Vec<&str> = self.words.messages.iter().filter_map(|word| word.name.split(',').next()).collect();
        kinds.dedup();
        kinds
    }
}

/// Every protocol that can be chosen.
pub fn protocols() -> Vec<ProtocolCard> {
    vec![
        ProtocolCard::of::<Raft>(RAFT, true),
        ProtocolCard::of::<MultiPaxos>(MULTI_PAXOS, CONTRAST),
        ProtocolCard::of::<SingleServer>(SINGLE_SERVER, CONTRAST),
    ]
}

/// The protocol of this name.
///
/// # Errors
///
/// One sentence, where there is none.
pub fn card(protocol: &str) -> Result<ProtocolCard, Refused> {
    protocols().into_iter().find(|card| card.words.protocol == protocol).ok_or_else(|| {
        let known: Vec<&str> = protocols().iter().map(|card| card.words.protocol).collect();
        Refused(format!("`{protocol}` is not a protocol: expected {}", known.join(", ")))
    })
}

/// The mistakes that a cluster of this protocol can be told to make; none without the feature `bugs`.
///
/// # Errors
///
/// One sentence, where there is no such protocol.
pub fn bugs(protocol: &str) -> Result<&'static [Bug], Refused> {
    card(protocol)?;
    Ok(match protocol {
        "raft" => Raft::bugs(),
        "multi_paxos" => MultiPaxos::bugs(),
        _ => SingleServer::bugs(),
    })
}

/// Something that must hold of every run of a protocol.
#[cfg(feature = "contrast")]
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
pub struct PropertyCard {
    /// The name for machines: `election-safety`.
    pub name: &'static str,
    /// What it says, in one sentence.
    pub sentence: &'static str,
    /// Where it is stated.
    pub section: &'static str,
}

/// What is checked of a cluster of this protocol after every step.
///
/// # Errors
///
/// One sentence, where there is no such protocol.
#[cfg(feature = "contrast")]
pub fn properties(protocol: &str) -> Result<Vec<PropertyCard>, Refused> {
    fn of<P: Protocol>() -> Vec<PropertyCard> {
        let card = |property: &crate::protocol::Property<P>| {
            let crate::protocol::Property { name, sentence, section, .. } = *property;
            PropertyCard { name, sentence, section }
        };
        P::properties().iter().map(card).collect()
    }
    card(protocol)?;
    Ok(match protocol {
        "raft" => of::<Raft>(),
        "multi_paxos" => of::<MultiPaxos>(),
        _ => of::<SingleServer>(),
    })
}

/// Starts a cluster.
///
/// # Errors
///
/// One sentence, where the settings ask for what cannot be.
pub fn open(settings: &Settings) -> Result<Box<dyn Playground>, Refused> {
    begin(settings, Opening)
}

/// Runs one cluster under random faults, and then until it makes progress; see [`swarm::run`].
///
/// # Errors
///
/// One sentence, where the settings ask for what cannot be. What became of the run is in the result within.
pub fn swarm(settings: &Settings, span: Span) -> Result<Result<Passed, Failed>, Refused> {
    begin(settings, Swarming { span })
}

/// Starts a run under what is on the menu; see [`swarm::Run`]. Where a property is named, no other is looked at.
///
/// # Errors
///
/// One sentence, where the settings ask for what cannot be, or there is no such property.
pub fn ordeal(
    settings: &Settings,
    span: Span,
    menu: &Menu,
    property: Option<&str>,
) -> Result<Box<dyn Ordeal>, Refused> {
    begin(settings, Suffering { span, menu, property })?
}

/// What random operators of this protocol choose, by name and value; safety rests on none of it.
///
/// # Errors
///
/// One sentence, where there is no such protocol.
pub fn whims(protocol: &str) -> Result<&'static [(&'static str, &'static str)], Refused> {
    card(protocol)?;
    Ok(match protocol {
        "raft" => Raft::WHIMS,
        "multi_paxos" => MultiPaxos::WHIMS,
        _ => SingleServer::WHIMS,
    })
}

/// A run of any protocol under faults.
pub trait Ordeal {
    /// Goes on for about so many steps; what the run came to, once it has ended.
    fn advance(&mut self, steps: u64) -> Option<Result<Passed, Failed>>;

    /// What was done to it so far.
    fn taken(&self) -> &[Taken];

    /// How many steps there were.
    fn steps(&self) -> u64;
}

impl<P: Protocol> Ordeal for swarm::Run<P> {
    fn advance(&mut self, steps: u64) -> Option<Result<Passed, Failed>> {
        self.advance(steps)
    }

    fn taken(&self) -> &[Taken] {
        self.taken()
    }

    fn steps(&self) -> u64 {
        self.steps()
    }
}

/// Does deeds in a fresh cluster; see [`shrink::play`].
///
/// # Errors
///
/// One sentence, where the settings ask for what cannot be.
pub fn play(settings: &Settings, deeds: &[Numbered], end: Time, property: &str, most: u64) -> Result<Played, Refused> {
    begin(settings, Playing { deeds, end, property, most })
}

/// Writes a run under the schedule down as deeds; see [`shrink::record`].
///
/// # Errors
///
/// One sentence, where the settings ask for what cannot be.
pub fn record(
    settings: &Settings,
    taken: &[Taken],
    end: Time,
    property: &str,
    telling: Telling,
) -> Result<Played, Refused> {
    begin(settings, Recording { taken, end, property, telling })
}

/// What is to become of a cluster, whatever its protocol.
trait Beginning {
    type Run;

    fn begin<P: Explored>(self, settings: &Settings, setup: Setup<P>) -> Self::Run;
}

/// The one place that goes from a protocol's name to its type.
fn begin<B: Beginning>(settings: &Settings, what: B) -> Result<B::Run, Refused> {
    match settings.protocol.as_str() {
        "raft" => Ok(what.begin(settings, settings.raft()?)),
        #[cfg(feature = "contrast")]
        "multi_paxos" => Ok(what.begin(settings, settings.multi_paxos()?)),
        #[cfg(feature = "contrast")]
        "single_server" => Ok(what.begin(settings, settings.single_server()?)),
        other => {
            let ProtocolCard { words, .. } = card(other)?;
            Err(Refused(format!("this build does not run {}: it was made without the feature `contrast`", words.title)))
        }
    }
}

/// A person plays with it.
struct Opening;

impl Beginning for Opening {
    type Run = Box<dyn Playground>;

    fn begin<P: Explored>(self, settings: &Settings, setup: Setup<P>) -> Self::Run {
        Session::open(settings, setup)
    }
}

/// Random faults are let loose on it for so long.
struct Swarming {
    span: Span,
}

impl Beginning for Swarming {
    type Run = Result<Passed, Failed>;

    fn begin<P: Explored>(self, _: &Settings, setup: Setup<P>) -> Self::Run {
        swarm::run(setup, self.span)
    }
}

/// The same with what is on the menu.
struct Suffering<'a> {
    span: Span,
    menu: &'a Menu,
    property: Option<&'a str>,
}

impl Beginning for Suffering<'_> {
    type Run = Result<Box<dyn Ordeal>, Refused>;

    fn begin<P: Explored>(self, _: &Settings, setup: Setup<P>) -> Self::Run {
        let outline = swarm::Outline::drawn::<P>(setup.seed, &setup.protocol, self.span, self.menu);
        let run = swarm::Run::new(setup, outline);
        Ok(Box::new(match self.property {
            Some(property) => run.only(property)?,
            None => run,
        }))
    }
}

/// Deeds are done in it.
struct Playing<'a> {
    deeds: &'a [Numbered],
    end: Time,
    property: &'a str,
    most: u64,
}

impl Beginning for Playing<'_> {
    type Run = Played;

    fn begin<P: Explored>(self, _: &Settings, setup: Setup<P>) -> Self::Run {
        shrink::play(setup, self.deeds, self.end, self.property, self.most)
    }
}

/// What is done in it is written down.
struct Recording<'a> {
    taken: &'a [Taken],
    end: Time,
    property: &'a str,
    telling: Telling,
}

impl Beginning for Recording<'_> {
    type Run = Played;

    fn begin<P: Explored>(self, _: &Settings, setup: Setup<P>) -> Self::Run {
        shrink::record(setup, self.taken, self.end, self.property, self.telling)
    }
}

pub(super) fn timers<P: Protocol>() -> Vec<&'static str> {
    P::Timer::ALL.iter().map(|timer| timer.name()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_this_build_tells_of_it_runs_or_refuses_with_a_sentence() {
        for card in protocols() {
            let settings = Settings { protocol: card.words.protocol.to_string(), ..Settings::default() };
            match open(&settings) {
                Ok(_) => assert!(card.here, "{}", card.words.title),
                Err(Refused(why)) => {
                    assert!(!card.here, "{why}");
                    let title = card.words.title;
                    let told = format!("this build does not run {title}: it was made without the feature `contrast`");
                    assert_eq!(why, told);
                }
            }
        }
    }
}
