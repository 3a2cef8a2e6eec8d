//! A run that breaks a promise, as it is made smaller.

use crate::chance::StableHasher;
use crate::check::shrink::{Deed, Done, Numbered, Played, Taken, Telling};
use crate::check::{LIVENESS, PATIENCE, Violation};
use crate::playground;
use crate::scenario::{Act, Condition, Run, Scenario};
use crate::settings::{Settings, World};
use crate::sim::{Refused, Step};
use crate::types::Time;

/// A run that breaks a promise: how it starts, what is done, and which promise falls.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Case {
    /// How it starts.
    pub settings: Settings,
    /// What is done.
    pub deeds: Vec<Numbered>,
    /// Until when the schedule runs after that; the start, where nothing is done by the schedule.
    pub end: Time,
    /// What it comes to.
    pub goal: Goal,
    /// Whether the same deeds must not come to that with innocent settings.
    pub strict: bool,
}

/// What a run comes to, whatever is left out of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Goal {
    /// This property falls.
    Broken(String),
}

/// A case that was tried and came to its goal.
pub(super) struct Proof {
    pub(super) done: Vec<Done>,
    pub(super) violation: Violation,
    pub(super) steps: u64,
}

impl Case {
    /// The case that a scenario tells: the violation that it expects, or else the first one.
    ///
    /// # Errors
    ///
    /// One sentence, where no promise is broken in it.
    pub fn of(scenario: &Scenario) -> Result<Case, Refused> {
        let mut run = Run::new(scenario)?;
        let went = run.go(&mut |_| ());
        let cluster = run.cluster();
        let broken = cluster.view(None).broken;
        let mut expected = scenario.script.iter().filter_map(|line| match &line.act {
            Some(Act::Expect(Condition::Violation(Some(name)))) => Some(name.as_str()),
            _ => None,
        });
        let expected = expected.rfind(|name| broken.contains(name));
        let Some(property) = expected.or(broken.first().copied()) else {
            let why = went.err().map(|failure| format!(" ({failure})")).unwrap_or_default();
            return Err(Refused(format!(
                "no promise is broken in this run{why}: expected one that ends in a violation"
            )));
        };
        let taken = cluster.script().iter();
        let taken =
            taken.map(|timed| Taken { at: timed.when.at, before: Some(timed.before), step: timed.step.clone() });
        Case::recorded(cluster.settings(), &taken.collect::<Vec<_>>(), cluster.moment().at, property)
    }

    /// The case of a run under the schedule in which somebody took these steps, and the promise fell at `end`.
    ///
    /// It is told without times where that is the same story: where the promise falls then, and does not fall in the same
    /// steps with [innocent settings](Settings::innocent). A lease that a slow clock outruns is another one without the clock.
    ///
    /// # Errors
    ///
    /// One sentence, where the promise does not fall.
    pub fn recorded(settings: &Settings, taken: &[Taken], end: Time, property: &str) -> Result<Case, Refused> {
        let goal = Goal::Broken(property.to_string());
        let tell = |telling| -> Result<Vec<Numbered>, Refused> {
            let played = playground::record(settings, taken, end, property, telling)?;
            Ok(played.done.into_iter().map(|done| done.deed).collect())
        };
        let timeless = Case {
            settings: without_times(settings),
            deeds: tell(Telling::Steps)?,
            end: Time::START,
            goal,
            strict: true,
        };
        // Progress takes time: without times there is none to be missed, and whatever is down or cut off for good keeps any
        // cluster from it. So it must be there without what is guilty.
        if property == LIVENESS {
            let timed = Case { settings: settings.clone(), deeds: tell(Telling::Waits)?, end, ..timeless };
            let proof = timed.prove();
            return proof.map(|proof| timed.proven(&proof)).ok_or_else(|| {
                Refused(format!("{property} does not fall when the run is done again, or does so without a mistake"))
            });
        }
        // Where settings are guilty, they are; else clocks that are off may be.
        if (timeless.is_guilty() || !hangs_on_clocks(settings, taken, end, property))
            && let Some(proof) = timeless.prove()
        {
            return Ok(timeless.proven(&proof));
        }
        let timed = Case { settings: settings.clone(), deeds: tell(Telling::Waits)?, end, ..timeless.clone() };
        // Where neither is the same story any of them is better than none.
        let lax = [Case { strict: false, ..timed.clone() }, Case { strict: false, ..timeless }];
        let found = [timed].into_iter().chain(lax).find_map(|case| case.prove().map(|proof| case.proven(&proof)));
        found.ok_or_else(|| Refused(format!("{property} does not fall when the run is done again")))
    }

    /// Tries it; none where it does not come to its goal.
    pub(super) fn prove(&self) -> Option<Proof> {
        self.attempt(u64::MAX).0
    }

    /// The same within so many steps, and how many it took.
    pub(super) fn attempt(&self, most: u64) -> (Option<Proof>, u64) {
        let (proof, mut steps) = self.fall(most);
        if proof.is_some() && self.strict && self.is_guilty() {
            // Whether that is innocent must not hang on how long it takes.
            let (innocent, more) = self.innocent().fall(u64::MAX);
            steps += more;
            return (proof.filter(|_| innocent.is_none()), steps);
        }
        (proof, steps)
    }

    /// Whether something is chosen, at the start or later, that safety does not allow for.
    pub(super) fn is_guilty(&self) -> bool {
        self.settings.clone().innocent() != self.settings || self.deeds.iter().any(guilty)
    }

    /// The same with none of that.
    fn innocent(&self) -> Case {
        let deeds = self.deeds.iter().filter(|numbered| !guilty(numbered)).cloned().collect();
        Case { settings: self.settings.clone().innocent(), deeds, ..self.clone() }
    }

    fn fall(&self, most: u64) -> (Option<Proof>, u64) {
        let Goal::Broken(property) = &self.goal;
        // A candidate may be a run that nobody has ever seen: one that falls over an assertion is no story.
        let play =
            std::panic::AssertUnwindSafe(|| playground::play(&self.settings, &self.deeds, self.end, property, most));
        let Ok(Ok(played)) = std::panic::catch_unwind(play) else { return (None, self.deeds.len() as u64) };
        let Played { done, violation, steps } = played;
        (violation.map(|violation| Proof { done, violation, steps }), steps)
    }

    /// The same with nothing but what was done, up to the moment at which the promise fell.
    pub(super) fn proven(self, proof: &Proof) -> Case {
        let deeds = proof.done.iter().map(|done| done.deed.clone()).collect();
        Case { deeds, end: self.end.min(proof.violation.at), ..self }
    }

    /// The same with no more waiting in the end than progress needs; none where there is none to be left out.
    pub(super) fn sooner(&self) -> Option<Case> {
        let Goal::Broken(property) = &self.goal;
        let waits = self.deeds.iter().filter_map(|numbered| match numbered.deed {
            Deed::Wait(time) => Some(time),
            _ => None,
        });
        let end = waits.max().unwrap_or(Time::START) + PATIENCE;
        (property == LIVENESS && end < self.end).then(|| Case { end, ..self.clone() })
    }

    /// Equal for equal cases.
    pub(super) fn hash(&self) -> u64 {
        let settings = (self.settings.to_string(), self.settings.world.to_string());
        StableHasher::of(&(settings, &self.deeds, self.end))
    }
}

fn guilty(numbered: &Numbered) -> bool {
    matches!(&numbered.deed, Deed::Step(Step::Set(name, _)) if Settings::is_guilty(name))
}

/// The same without what matters only where time goes on.
fn without_times(settings: &Settings) -> Settings {
    let world = &settings.world;
    let world = World {
        latency: None,
        loss: None,
        duplication: None,
        reordering: None,
        clocks: Vec::new(),
        disk: world.disk,
        disks: world.disks.clone(),
        given: world.given.clone(),
    };
    Settings { world, traffic: false, requests_per_client: None, deletes: None, ..settings.clone() }
}

/// Whether clocks are off in a run, and the promise does not fall where they are not.
fn hangs_on_clocks(settings: &Settings, taken: &[Taken], end: Time, property: &str) -> bool {
    let drifts = |taken: &&Taken| matches!(taken.step, Step::Drift(..));
    if settings.world.clocks.is_empty() && !taken.iter().any(|taken| drifts(&taken)) {
        return false;
    }
    let mut sound = settings.clone();
    sound.world.clocks.clear();
    let taken: Vec<Taken> = taken.iter().filter(|taken| !drifts(taken)).cloned().collect();
    let played = playground::record(&sound, &taken, end, property, Telling::Waits);
    played.is_ok_and(|played| played.violation.is_none())
}
