//! Chaos: seed after seed until a run fails, which is then shrunk; a slice of work at a time, for whoever has other things to
//! do in between. Where one mistake is made whose bounds are known, all schedules within them are looked at beside.

use serde::Serialize;

use crate::check::explore::Status;
use crate::hunt::bugs::{How, hunt_for};
use crate::hunt::survey::Survey;
use crate::hunt::{Attempt, Field, Found, Shrinker};
use crate::playground::Schedule;
use crate::sim::Refused;

/// How a hunt stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Standing {
    /// How many seeds were run to their ends.
    pub seeds: u64,
    /// The seed whose run is under way, or has failed.
    pub seed: u64,
    /// How many events there were in all runs.
    pub steps: u64,
    /// How many states were seen where all schedules are looked at, too.
    pub states: Option<u64>,
    /// How many moves these schedules have by now.
    pub depth: Option<u64>,
    /// What was found, as far as it is shrunk.
    pub found: Option<Prey>,
}

/// A run that failed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Prey {
    /// Its seed; none where it is a schedule that was found by looking at all of them.
    pub seed: Option<u64>,
    /// What fell: a property, `liveness` or `assertion`.
    pub property: String,
    /// How, in one sentence.
    pub text: String,
    /// How many steps there were before anything was left out.
    pub from: u64,
    /// How many are left.
    pub left: u64,
    /// Whether nothing can be left out any more.
    pub done: bool,
    /// What is left, as a scenario file.
    pub scenario: String,
}

/// What was found.
enum Quarry {
    /// A run of a seed, and how it is shrunk where it can be.
    Run(Box<Found>, Option<Shrinker>),
    /// A schedule.
    Schedule(Schedule, Shrinker),
}

/// For so many events the seeds have their turn.
const EVENTS: u64 = 50_000;

/// For so many moves the schedules have theirs, which takes about three times as long: each state is looked at as a whole, and
/// kept. What they show is short.
const MOVES: u64 = 6_000;

/// A hunt for a run that fails.
pub struct Hunt {
    field: Field,
    seed: u64,
    seeds: u64,
    /// Events of runs that have ended.
    steps: u64,
    attempt: Attempt,
    /// All schedules, as long as there are others to be looked at.
    survey: Option<Survey>,
    /// Whose turn it is: the schedules' rather than the seeds', up to so many moves or events.
    turn: (bool, u64),
    found: Option<Quarry>,
}

impl Hunt {
    /// Begins with a seed.
    ///
    /// # Errors
    ///
    /// One sentence, where the settings ask for what cannot be.
    pub fn new(field: Field, seed: u64) -> Result<Hunt, Refused> {
        let attempt = field.start(seed)?;
        Ok(Hunt { field, seed, seeds: 0, steps: 0, attempt, survey: None, turn: (false, EVENTS), found: None })
    }

    /// Begins with a seed, in whichever way the mistake that is made is known to be found: all schedules are looked at, turn
    /// by turn with the seeds; or the runs have what [`crate::hunt::bugs`] says. Without a mistake, or with several, it is
    /// [`Hunt::new`].
    ///
    /// # Errors
    ///
    /// As [`Hunt::new`].
    pub fn suited(mut field: Field, seed: u64) -> Result<Hunt, Refused> {
        let known = field.settings.bug.as_deref().and_then(|bug| hunt_for(bug).ok());
        let survey = match known.map(|hunt| (hunt, &hunt.how)) {
            Some((hunt, How::Explore(limits))) => Some(Survey::new(hunt, *limits, true, u16::MAX)?),
            Some((hunt, How::Swarm { .. })) => {
                field.settings = hunt.chosen(field.settings)?;
                None
            }
            None => None,
        };
        Ok(Hunt { survey, ..Hunt::new(field, seed)? })
    }

    /// Goes on for about so many steps of simulation; false once something is found and nothing can be left out of it.
    ///
    /// # Errors
    ///
    /// Never in practice: what was drawn can be, and what has failed fails again.
    pub fn advance(&mut self, steps: u64) -> Result<bool, Refused> {
        match &mut self.found {
            Some(Quarry::Run(_, None)) => Ok(false),
            Some(Quarry::Run(_, Some(shrinker)) | Quarry::Schedule(_, shrinker)) => Ok(shrinker.advance(steps)),
            None => self.search(steps).map(|()| self.is_going()),
        }
    }

    /// Whose turn it is does not depend on how the work is sliced.
    fn search(&mut self, steps: u64) -> Result<(), Refused> {
        let mut left = steps.max(1);
        while self.found.is_none() && left > 0 {
            let (surveys, until) = self.turn;
            let done = if surveys { self.moves() } else { self.events() };
            if done >= until {
                let surveys = !surveys && self.survey.is_some();
                self.turn = (surveys, if surveys { self.moves() + MOVES } else { self.events() + EVENTS });
            } else if surveys {
                let moves = (until - done).min((left * MOVES).div_ceil(EVENTS));
                self.look(moves)?;
                left = left.saturating_sub((moves * EVENTS).div_ceil(MOVES));
            } else {
                let events = (until - done).min(left);
                self.run(events)?;
                left -= events;
            }
        }
        Ok(())
    }

    /// How many events there were in all runs.
    fn events(&self) -> u64 {
        self.steps + self.attempt.steps()
    }

    /// How many moves were tried.
    fn moves(&self) -> u64 {
        self.survey.as_ref().map_or(u64::MAX, |survey| survey.progress().moves)
    }

    /// Goes on with all schedules for about so many moves.
    fn look(&mut self, moves: u64) -> Result<(), Refused> {
        let Some(survey) = &mut self.survey else { return Ok(()) };
        match survey.advance(moves, 1) {
            Status::Running => return Ok(()),
            Status::Found => {
                if let Some((schedule, case)) = survey.found()? {
                    self.found = Some(Quarry::Schedule(schedule, Shrinker::new(case)?));
                }
            }
            Status::Exhausted | Status::Full => {}
        }
        // There is nothing more to be looked at.
        self.survey = None;
        Ok(())
    }

    fn run(&mut self, steps: u64) -> Result<(), Refused> {
        let end = self.events() + steps;
        while self.events() < end {
            match self.attempt.advance(end - self.events()) {
                None => {}
                Some(Ok(_)) => {
                    self.seeds += 1;
                    self.next()?;
                }
                Some(Err(found)) => {
                    self.seeds += 1;
                    let shrinker = found.case().transpose()?.map(Shrinker::new).transpose()?;
                    self.found = Some(Quarry::Run(Box::new(found), shrinker));
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn next(&mut self) -> Result<(), Refused> {
        self.steps += self.attempt.steps();
        self.seed = self.seed.wrapping_add(1);
        self.attempt = self.field.start(self.seed)?;
        Ok(())
    }

    fn is_going(&self) -> bool {
        match &self.found {
            None => true,
            Some(Quarry::Run(_, None)) => false,
            Some(Quarry::Run(_, Some(shrinker)) | Quarry::Schedule(_, shrinker)) => !shrinker.progress().done,
        }
    }

    /// Leaves what was found, and goes on behind it.
    ///
    /// # Errors
    ///
    /// As [`Hunt::advance`].
    pub fn pass(&mut self) -> Result<(), Refused> {
        match self.found.take() {
            Some(Quarry::Run(..)) => self.next(),
            Some(Quarry::Schedule(..)) | None => Ok(()),
        }
    }

    /// How it stands.
    pub fn standing(&self) -> Standing {
        let found = self.found.as_ref().map(|quarry| match quarry {
            Quarry::Run(found, Some(shrinker)) => {
                prey(Some(self.seed), found.property(), found.failed.to_string(), shrinker)
            }
            Quarry::Run(found, None) => {
                let taken = found.taken.len() as u64;
                Prey {
                    seed: Some(self.seed),
                    property: found.property().to_string(),
                    text: found.failed.to_string(),
                    from: taken,
                    left: taken,
                    done: true,
                    scenario: found.scenario(self.field.span).to_string(),
                }
            }
            Quarry::Schedule(schedule, shrinker) => prey(None, schedule.property, schedule.text.clone(), shrinker),
        });
        let surveyed = self.survey.as_ref().map(Survey::progress);
        let states = surveyed.as_ref().map(|progress| progress.states);
        let depth = surveyed.map(|progress| u64::from(progress.depth));
        Standing { seeds: self.seeds, seed: self.seed, steps: self.events(), states, depth, found }
    }
}

/// What was found, as far as it is shrunk.
fn prey(seed: Option<u64>, property: &str, text: String, shrinker: &Shrinker) -> Prey {
    let (progress, scenario) = (shrinker.progress(), shrinker.scenario().to_string());
    let (from, left, done) = (progress.from, progress.left, progress.done);
    Prey { seed, property: property.to_string(), text, from, left, done, scenario }
}
