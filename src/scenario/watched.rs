//! A run under the hands of somebody who watches it: time goes on in small pieces, back and forth, and lines that
//! wait for nothing are played one at a time, so that each can be seen.

use std::rc::Rc;

use serde::Serialize;

use crate::scenario::run::Stopped;
use crate::scenario::{Act, Failure, Line, Progress, Run, Scenario, Wait};
use crate::sim::Refused;
use crate::timeline::{Known, Timed, When};
use crate::types::{Span, Time};

/// How many events the next turning point is looked for, where it is not known yet.
const FAR: usize = 20_000;

/// How far a script has been played at a moment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Place {
    /// The place of the next line, from 0; their number where all were played.
    pub next: u64,
    /// Whether that line waits for the person, rather than for a time or for something to happen.
    pub by_hand: bool,
    /// When that line is due, where it waits for a time or need not wait any more.
    pub due: Option<Time>,
    /// Why the script has stopped, if it did not go as it says.
    pub failed: Option<String>,
}

/// A scenario as it was written.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Story {
    /// What it is called; empty where it has no title.
    pub title: String,
    /// What it shows, in a few sentences; empty where nothing is said.
    pub story: String,
    /// The lines of its script.
    pub lines: Vec<String>,
}

impl Run {
    /// The scenario as it was written.
    pub fn story(&self) -> Story {
        let Scenario { title, story, script, .. } = &**self.scenario();
        let lines = script.iter().map(ToString::to_string).collect();
        Story { title: title.clone(), story: story.clone(), lines }
    }

    /// How far the script has been played at this moment.
    pub fn place(&self) -> Place {
        let failed = self.failure().map(ToString::to_string);
        let now = self.cluster.moment().at;
        let waits = self.line().filter(|_| failed.is_none() && self.cluster.is_live());
        let due = waits.and_then(|line| match &line.wait {
            Some(Wait::At(when)) => Some(when.at.max(now)),
            Some(Wait::For(condition)) => condition.check(self.cluster()).ok().map(|()| now),
            None => Some(now),
        });
        let by_hand = self.by_hand();
        Place { next: self.cursor() as u64, by_hand, due: due.filter(|_| !by_hand), failed }
    }

    /// Why the script has stopped before this moment, if it has.
    pub fn failure(&self) -> Option<&Failure> {
        let here =
            |stopped: &&Stopped| stopped.steps <= self.cluster.steps() && stopped.branch == self.cluster.branch();
        self.stopped.as_ref().filter(here).map(|stopped| &stopped.why)
    }

    fn stop(&mut self, why: Failure) {
        self.stopped = Some(Stopped { branch: self.cluster.branch(), steps: self.cluster.steps(), why });
    }

    /// Whether the next line waits for nothing but the person.
    fn by_hand(&self) -> bool {
        self.is_next(|act| !act.as_ref().is_some_and(Act::looks))
    }

    /// Whether the next line waits for nothing, and does nothing but look.
    fn expects(&self) -> bool {
        self.is_next(|act| act.as_ref().is_some_and(Act::looks))
    }

    fn is_next(&self, kind: impl Fn(&Option<Act>) -> bool) -> bool {
        let line = self.line().filter(|line| line.wait.is_none() && kind(&line.act));
        line.is_some() && self.cluster.is_live() && self.failure().is_none()
    }

    /// The next thing that happens by then; where a line fails, that is it: the script stops, and the cluster goes on
    /// when it is asked to.
    fn go_on(&mut self, until: Time) -> Progress {
        self.next(until, &mut |_| ()).unwrap_or_else(|failure| {
            self.stop(failure);
            Progress::Line
        })
    }

    /// Lets virtual time go on; returns how many events and lines there were. Stops at a broken promise, and before
    /// a line that waits for the person.
    ///
    /// # Errors
    ///
    /// Never in practice.
    pub fn advance(&mut self, span: Span) -> Result<u64, Refused> {
        let until = self.cluster.moment().at + span;
        let kept = !self.cluster.is_broken();
        let mut done = 0;
        while !self.by_hand() {
            if self.go_on(until) == Progress::Rest {
                self.cluster.advance(until.since(self.cluster.moment().at))?;
                break;
            }
            done += 1;
            if kept && self.cluster.is_broken() {
                break;
            }
        }
        Ok(done)
    }

    /// Lets the next event happen, or plays the next line where that waits for the person; false where nothing ever
    /// will happen.
    pub fn step(&mut self) -> bool {
        let more = self.one_thing();
        // What is expected just then is looked at just then.
        while self.expects() {
            self.go_on(Time::END);
        }
        more
    }

    fn one_thing(&mut self) -> bool {
        if self.by_hand() {
            self.go_on(Time::END);
            return true;
        }
        let before = self.cluster.steps();
        // That a line has waited long enough is nothing to be seen.
        while self.go_on(Time::END) != Progress::Rest {
            if self.cluster.steps() != before || self.by_hand() {
                return true;
            }
        }
        false
    }

    /// Goes to the turning point before this moment, or to the start; false where this is the start.
    ///
    /// # Errors
    ///
    /// Never in practice.
    pub fn earlier(&mut self) -> Result<bool, Refused> {
        let moved = self.cluster.steps() > 0;
        self.cluster.seek(self.cluster.earlier_mark().unwrap_or(0))?;
        Ok(moved)
    }

    /// Goes to the next turning point; false where none is near, and then nothing has changed but what is known.
    ///
    /// # Errors
    ///
    /// Never in practice.
    pub fn later(&mut self) -> Result<bool, Refused> {
        if let Some(mark) = self.cluster.later_mark() {
            self.cluster.seek(mark)?;
            return Ok(true);
        }
        let from = self.cluster.exact();
        for _ in 0..FAR {
            if self.go_on(Time::END) == Progress::Rest {
                break;
            }
            if self.cluster.steps() != from.steps.unwrap_or(0) && self.cluster.is_mark() {
                return Ok(true);
            }
        }
        self.cluster.seek_exact(from)?;
        Ok(false)
    }

    /// Goes to a time; beyond the end of what is known the run goes on, as far as it needs nobody.
    ///
    /// # Errors
    ///
    /// Never in practice.
    pub fn seek_time(&mut self, at: Time) -> Result<(), Refused> {
        let (_, end) = self.cluster.end();
        self.cluster.seek_time(at.min(end))?;
        if at > end { self.advance(at.since(end)).map(drop) } else { Ok(()) }
    }

    /// Plays everything up to the moment at which the scenario wants to be opened, if it names one.
    ///
    /// # Errors
    ///
    /// One sentence, where the run never comes to that moment.
    pub fn open(&mut self) -> Result<(), Refused> {
        let Some(when) = self.scenario().opens_at else { return Ok(()) };
        while when.steps.is_none_or(|steps| self.cluster.steps() < steps) {
            if self.go_on(when.at) == Progress::Rest {
                break;
            }
        }
        // A line may have done more than was done by then.
        if when.steps.is_some_and(|steps| steps < self.cluster.steps()) {
            return self.cluster.seek_exact(when);
        }
        self.cluster.reach(when)
    }

    /// The run as a scenario that opens at this moment: what was done and what is still to be done.
    pub fn saved(&self) -> Scenario {
        let branch = self.cluster.branch();
        let known = self.cluster.known(branch).expect("the branch that is shown is there");
        let live = self.cluster.is_live();
        let saved = self.scenario_of(known, self.cluster.exact());
        // Where nothing is left to be done, the end is known, and with it the hash.
        let ended = live && self.cursor() == self.scenario().script.len();
        let (length, hash) = (ended.then(|| self.cluster.moment()), ended.then(|| self.cluster.hash()));
        Scenario { length, hash, ..saved }
    }

    /// Every branch as a scenario, with its name: the one that is shown opens at this moment, the others at their ends.
    pub fn saved_branches(&self) -> Vec<(String, Scenario)> {
        let mut saved = Vec::new();
        for card in self.cluster.branches() {
            let Ok(known) = self.cluster.known(card.id) else { continue };
            let scenario = if card.current { self.saved() } else { self.scenario_of(known, known.end) };
            saved.push((card.name, scenario));
        }
        saved
    }

    fn scenario_of(&self, known: Known<'_>, opens_at: When) -> Scenario {
        let Known { script, cues, origin, .. } = known;
        let written = &self.scenarios[origin];
        let mut taken = script.iter().filter(|timed| !cues.iter().any(|cue| cue.did(timed))).peekable();
        let by_hand =
            |timed: &Timed| Line { wait: Some(Wait::At(timed.when)), act: Some(Act::Step(timed.step.clone())) };
        let mut lines = Vec::new();
        for cue in cues {
            while let Some(timed) = taken.next_if(|timed| timed.before < cue.from) {
                lines.push(by_hand(timed));
            }
            lines.push(written.script[cue.line].clone());
        }
        lines.extend(taken.map(by_hand));
        let played = cues.last().map_or(0, |cue| cue.line + 1);
        lines.extend(written.script[played..].iter().cloned());
        Scenario {
            title: written.title.clone(),
            story: written.story.clone(),
            settings: self.cluster.settings().clone(),
            opens_at: Some(opens_at),
            length: None,
            hash: None,
            script: lines,
        }
    }

    /// Takes another run over as a branch of this one, which began as it did.
    ///
    /// # Errors
    ///
    /// One sentence, where it began otherwise or does not come to its moment; nothing has changed then.
    pub fn adopt(&mut self, scenario: &Scenario, name: &str) -> Result<(), Refused> {
        let mut other = Run::new(scenario)?;
        other.open()?;
        self.cluster.adopt(other.into_cluster(), name, self.scenarios.len())?;
        self.scenarios.push(Rc::new(scenario.clone()));
        Ok(())
    }
}
