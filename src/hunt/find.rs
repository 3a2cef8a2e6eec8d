//! Finding what a mistake breaks: the run in which the promise falls that is named beside it, as small as it can be.

use crate::check::explore::Status;
use crate::hunt::bugs::{How, Hunt, Limits, hunt_for};
use crate::hunt::survey::Survey;
use crate::hunt::{Case, Field, Found, Shrinker};
use crate::scenario::Scenario;
use crate::sim::Refused;
use crate::types::Span;

/// How many moves are tried between two looks at how far an exploration has come.
const SLICE: u64 = 20_000;

/// How long random faults last, in virtual time.
const RAIN: Span = Span::secs(30);

/// How many seeds are run before it is asked whether the promise fell in one: enough to keep all threads busy.
const AT_ONCE: usize = 16;

/// Without the mistake at least so many seeds are run.
const SEEDS_WITHOUT: u64 = 20;

/// A violation that was found, and made small.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Catch {
    /// The mistake.
    pub bug: &'static str,
    /// The property that falls.
    pub property: String,
    /// How it was found: `explored` or `swarm`.
    pub how: &'static str,
    /// How many states an exploration saw, or how many events there were in the runs of a swarm.
    pub searched: u64,
    /// How far it went: how many moves the schedule has that was explored, or which seed it was, counted from 1.
    pub far: u64,
    /// How many deeds are left.
    pub steps: u64,
    /// The shrunk run, which expects its violation.
    pub scenario: Scenario,
}

/// What a search without the mistake came to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Innocent {
    /// How many states an exploration saw, or how many events there were in the runs of a swarm.
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
    let (how, what) = match hunt.how {
        How::Explore(_) => ("explored", "states"),
        How::Swarm { .. } => ("swarm", "events"),
    };
    let Searched { count, found } = match &hunt.how {
        How::Explore(limits) => explore(hunt, true, *limits, u16::MAX, threads)?,
        How::Swarm { seeds } => swarm(hunt, true, *seeds, threads)?,
    };
    let missed = || Refused(format!("{} was not found to break {} in {count} {what}", hunt.bug, hunt.property));
    let (case, far) = found.ok_or_else(missed)?;
    let mut shrinker = Shrinker::new(case)?;
    shrinker.finish();
    let (scenario, property) = (shrinker.scenario(), shrinker.property().to_string());
    Ok(Catch { bug: hunt.bug, property, how, searched: count, far, steps: shrinker.progress().left, scenario })
}

/// Searches the same with the mistake off: all schedules of up to so many moves, or the runs of so many seeds and at least
/// of twenty. How far is what [`Catch::far`] says.
///
/// # Errors
///
/// One sentence, where something is found all the same, with what it is.
pub fn search_innocent(bug: &str, far: u64, threads: usize) -> Result<Innocent, Refused> {
    let hunt = hunt_for(bug)?;
    let Searched { count, found } = match &hunt.how {
        How::Explore(limits) => explore(hunt, false, *limits, u16::try_from(far).unwrap_or(u16::MAX), threads)?,
        How::Swarm { .. } => swarm(hunt, false, far.max(SEEDS_WITHOUT), threads)?,
    };
    let whole = matches!(hunt.how, How::Explore(_));
    found.map_or(Ok(Innocent { searched: count, whole }), |(_, far)| {
        let place = if whole { "moves" } else { "seeds" };
        Err(Refused(format!("without {bug}, {} is broken within {far} {place}", hunt.property)))
    })
}

/// What a search came to.
struct Searched {
    /// How many states or events there were.
    count: u64,
    /// What breaks the promise, and how far it was to there.
    found: Option<(Case, u64)>,
}

/// All schedules within the bounds, breadth first.
fn explore(hunt: &Hunt, guilty: bool, limits: Limits, depth: u16, threads: usize) -> Result<Searched, Refused> {
    let mut survey = Survey::new(hunt, limits, guilty, depth)?;
    let mut status = Status::Running;
    while status == Status::Running {
        status = survey.advance(SLICE, threads);
    }
    let count = survey.progress().states;
    if status == Status::Full {
        return Err(Refused(format!("there are more than {count} states: expected all within the bounds")));
    }
    let found = survey.found()?.map(|(schedule, case)| (case, schedule.moves));
    Ok(Searched { count, found })
}

/// The runs of a swarm, seed after seed, until the promise falls; each seed is drawn a cluster, the same one with the
/// mistake and without it.
fn swarm(hunt: &Hunt, guilty: bool, seeds: u64, threads: usize) -> Result<Searched, Refused> {
    let property = Some(hunt.property.to_string());
    let field = Field { settings: hunt.settings(true)?, span: RAIN, property, drawn: true };
    let run = |seed: u64| -> Result<(u64, Option<Found>), Refused> {
        let mut attempt = if guilty { field.start(seed)? } else { field.start_without(seed)? };
        let end = std::iter::repeat_with(|| attempt.advance(u64::MAX)).find_map(|end| end);
        Ok((attempt.steps(), end.and_then(Result::err)))
    };
    let mut count = 0;
    for first in (1..=seeds).step_by(AT_ONCE) {
        let some: Vec<u64> = (first..=seeds).take(AT_ONCE).collect();
        for (seed, ran) in some.iter().zip(each(&some, threads, &run)) {
            let (steps, found) = ran?;
            count += steps;
            let Some(found) = found else { continue };
            let case = found.case().ok_or_else(|| Refused(format!("seed {seed}: {}", found.failed)))?;
            return Ok(Searched { count, found: Some((case?, *seed)) });
        }
    }
    Ok(Searched { count, found: None })
}

/// What comes of each of these, in their order, worked out on so many threads.
#[cfg(not(target_arch = "wasm32"))]
fn each<T: Send>(seeds: &[u64], threads: usize, run: &(impl Fn(u64) -> T + Sync)) -> Vec<T> {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let work = || {
        let place = || next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let next = || Some(place()).and_then(|place| Some((place, run(*seeds.get(place)?))));
        std::iter::from_fn(next).collect::<Vec<_>>()
    };
    let mut done: Vec<(usize, T)> = std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
        running.into_iter().flat_map(|thread| thread.join().expect("no thread panics")).collect()
    });
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, done)| done).collect()
}

#[cfg(target_arch = "wasm32")]
fn each<T>(seeds: &[u64], _: usize, run: &impl Fn(u64) -> T) -> Vec<T> {
    seeds.iter().map(|seed| run(*seed)).collect()
}
