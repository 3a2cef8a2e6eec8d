//! Finding what a mistake breaks: the run in which the promise falls that is named beside it, as small as it can be.

use crate::check::LIVENESS;
use crate::check::explore::{Bounds, Search, Status};
use crate::check::shrink::Taken;
use crate::hunt::bugs::{How, Hunt, Limits, hunt_for};
use crate::hunt::{Case, Field, Shrinker};
use crate::playground::{self, Exploring, Schedule};
use crate::scenario::{Act, Condition, Line, Run, Scenario};
use crate::settings::Settings;
use crate::sim::Refused;
use crate::types::{Span, Time};

/// How many moves are tried between two looks at how far an exploration has come.
const SLICE: u64 = 20_000;

/// A violation that was found, and made small.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Catch {
    /// The mistake.
    pub bug: &'static str,
    /// The property that falls.
    pub property: String,
    /// How it was found: `explored`, `swarm` or `script`.
    pub how: &'static str,
    /// How many states an exploration saw, or how many steps the runs of a swarm had.
    pub searched: u64,
    /// How many moves the schedule has that was explored, before it was shrunk; 0 where none was.
    pub moves: u16,
    /// How many deeds are left.
    pub steps: u64,
    /// The shrunk run, which expects its violation.
    pub scenario: Scenario,
}

/// What a search without the mistake came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Innocent {
    /// How many states an exploration saw, or how many steps the runs of a swarm had.
    pub searched: u64,
    /// Whether everything within the bounds was looked at.
    pub whole: bool,
}

/// Looks for the violation of the promise that a mistake breaks, and shrinks it.
///
/// # Errors
///
/// One sentence, where nothing is hunted for by this name, or where nothing is found.
pub fn find(bug: &str, threads: usize) -> Result<Catch, Refused> {
    let hunt = hunt_for(bug)?;
    let settings = hunt.settings(true)?;
    let mut moves = 0;
    let (case, searched, how) = match &hunt.how {
        How::Explore(limits) => {
            let (schedule, searched) = explore(hunt, &settings, *limits, u16::MAX, threads)?;
            let schedule = schedule.ok_or_else(|| missed(hunt, searched, "states"))?;
            moves = u16::try_from(schedule.moves).unwrap_or(u16::MAX);
            (caught(&told(&settings, &schedule)?, hunt.property)?, searched, "explored")
        }
        How::Swarm { seeds, seconds } => {
            let (case, searched) = swarm(hunt, &settings, *seeds, *seconds)?;
            (case.ok_or_else(|| missed(hunt, searched, "steps"))?, searched, "swarm")
        }
        How::Script(text) => {
            let mistake = |mistake: crate::scenario::Mistake| Refused(mistake.in_file(hunt.bug));
            let scenario = Scenario::parse(text).map_err(mistake)?;
            (caught(&scenario, hunt.property)?, 0, "script")
        }
    };
    let mut shrinker = Shrinker::new(case)?;
    shrinker.finish();
    let (scenario, property) = (shrinker.scenario(), shrinker.property().to_string());
    Ok(Catch { bug: hunt.bug, property, how, searched, moves, steps: shrinker.progress().left, scenario })
}

/// Searches within the same bounds with the mistake off: an exploration up to so many moves, as [`Catch::moves`] has it.
///
/// # Errors
///
/// One sentence, where something is found all the same, with what it is.
pub fn search_innocent(bug: &str, moves: u16, threads: usize) -> Result<Innocent, Refused> {
    let hunt = hunt_for(bug)?;
    let settings = hunt.settings(false)?;
    let guilty = |text: &str| Refused(format!("without {bug}, {} is broken: {text}", hunt.property));
    match &hunt.how {
        How::Explore(limits) => {
            let (schedule, searched) = explore(hunt, &settings, *limits, moves, threads)?;
            schedule.map_or(Ok(Innocent { searched, whole: true }), |schedule| Err(guilty(&schedule.text)))
        }
        How::Swarm { seeds, seconds } => {
            let (case, searched) = swarm(hunt, &settings, (*seeds).min(SEEDS_WITHOUT), *seconds)?;
            case.map_or(Ok(Innocent { searched, whole: false }), |_| Err(guilty("in a run under random faults")))
        }
        How::Script(text) => {
            let mistake = |mistake: crate::scenario::Mistake| Refused(mistake.in_file(hunt.bug));
            let scenario = Scenario::parse(text).map_err(mistake)?;
            let scenario = Scenario { settings: Settings { bug: None, ..scenario.settings.clone() }, ..scenario };
            let broken = caught(&scenario, hunt.property).is_ok();
            if broken { Err(guilty("by the same script")) } else { Ok(Innocent { searched: 0, whole: false }) }
        }
    }
}

/// So many seeds are run at most with a mistake off.
const SEEDS_WITHOUT: u64 = 20;

fn missed(hunt: &Hunt, searched: u64, what: &str) -> Refused {
    Refused(format!("{} was not found to break {} in {searched} {what}", hunt.bug, hunt.property))
}

fn explore(
    hunt: &Hunt,
    settings: &Settings,
    limits: Limits,
    depth: u16,
    threads: usize,
) -> Result<(Option<Schedule>, u64), Refused> {
    let cluster = playground::open(settings)?;
    let wishes = limits.may.iter().map(|text| cluster.read_step(text)).collect::<Result<_, _>>()?;
    let bounds = Bounds { wishes, properties: vec![hunt.property.to_string()], depth, ..limits.bounds() };
    let mut exploring = cluster.explore(bounds, Search::Breadth)?;
    while go_on(&mut *exploring, threads) == Status::Running {}
    let states = exploring.progress().states;
    if exploring.status() == Status::Full {
        return Err(Refused(format!("there are more than {states} states: expected all within the bounds")));
    }
    Ok((exploring.found(), states))
}

#[cfg(not(target_arch = "wasm32"))]
fn go_on(exploring: &mut dyn Exploring, threads: usize) -> Status {
    exploring.advance_with(SLICE, threads)
}

#[cfg(target_arch = "wasm32")]
fn go_on(exploring: &mut dyn Exploring, _: usize) -> Status {
    exploring.advance(SLICE)
}

/// Seeds one after another, until the promise falls.
fn swarm(hunt: &Hunt, settings: &Settings, seeds: u64, seconds: u64) -> Result<(Option<Case>, u64), Refused> {
    if hunt.property == LIVENESS {
        return stuck(settings, seeds, seconds);
    }
    let mut steps = 0;
    for seed in 1..=seeds {
        let settings = Settings { seed, traffic: true, ..settings.clone() };
        let chase = playground::chase(&settings, Span::secs(seconds), hunt.property)?;
        steps += chase.steps;
        if let Some(chased) = chase.chased {
            return Ok((Some(Case::recorded(&settings, &chased.taken, chased.at, hunt.property)?), steps));
        }
    }
    Ok((None, steps))
}

/// Seeds one after another, until there is no progress once all is mended. As with any swarm each is drawn a cluster.
fn stuck(settings: &Settings, seeds: u64, seconds: u64) -> Result<(Option<Case>, u64), Refused> {
    let field = Field { settings: settings.clone(), span: Span::secs(seconds), property: None, drawn: true };
    let mut steps = 0;
    for seed in 1..=seeds {
        let mut attempt = field.start(seed)?;
        let end = std::iter::repeat_with(|| attempt.advance(u64::MAX)).find_map(|end| end);
        steps += attempt.steps();
        if let Some(Err(found)) = end {
            let case = found.case().ok_or_else(|| Refused(format!("seed {seed}: {}", found.failed)))?;
            return Ok((Some(case?), steps));
        }
    }
    Ok((None, steps))
}

/// The case of a scenario in which this property falls, perhaps not as the first one.
fn caught(scenario: &Scenario, property: &str) -> Result<Case, Refused> {
    let mut run = Run::new(scenario)?;
    run.go(&mut |_| ()).map_err(|failure| Refused(failure.to_string()))?;
    let (cluster, settings) = (run.cluster(), scenario.settings.clone());
    let taken = cluster.script().iter();
    let taken = taken.map(|timed| Taken { at: timed.when.at, before: Some(timed.before), step: timed.step.clone() });
    Case::recorded(&settings, &taken.collect::<Vec<_>>(), cluster.moment().at, property)
}

/// A schedule from the start of a cluster, as a scenario.
fn told(settings: &Settings, schedule: &Schedule) -> Result<Scenario, Refused> {
    let cluster = playground::open(settings)?;
    let step = |text: &String| Ok(Line { wait: None, act: Some(Act::Step(cluster.read_step(text)?)) });
    let mut script = schedule.steps.iter().map(step).collect::<Result<Vec<Line>, Refused>>()?;
    let expected = Condition::Violation(Some(schedule.property.to_string()));
    script.push(Line { wait: None, act: Some(Act::Expect(expected)) });
    Ok(Scenario { settings: settings.clone(), script, length: Some(Time::START.into()), ..Scenario::default() })
}
