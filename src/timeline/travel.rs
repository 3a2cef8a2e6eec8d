//! Going to and fro in a run. Nothing is undone and nothing is lost: whoever goes back sees what was,
//! and going on from there is going through the same again, up to the end of what is known.

use crate::sim::Refused;
use crate::timeline::branch::{Branch, Cue, Spot, Timed};
use crate::timeline::present::Moment;
use crate::timeline::{Timeline, When};
use crate::types::{Span, Time};

/// So many steps before the moment that one goes to are told again, so that it can be seen what led to it.
const LEAD: u64 = 512;
/// The same, where one goes to a time.
const LEAD_TIME: Span = Span::secs(1);

impl<M: Moment> Timeline<M> {
    pub(super) fn branch(&self) -> &Branch<M> {
        &self.branches[self.here]
    }

    pub(super) fn branch_mut(&mut self) -> &mut Branch<M> {
        &mut self.branches[self.here]
    }

    pub(super) fn spot(&self) -> Spot {
        Spot::of(&self.present)
    }

    /// Whether this is the end of what is known: what happens next has not happened before.
    pub fn is_live(&self) -> bool {
        self.spot() == self.branch().end
    }

    /// How far this branch is known: a number of steps and a time.
    pub fn end(&self) -> (u64, Time) {
        (self.branch().end.steps, self.branch().end.at)
    }

    /// The next thing that is known to have been done, where it is to be done now.
    pub(super) fn next_taken(&self) -> Option<&Timed> {
        self.branch().script.get(self.taken).filter(|timed| timed.before == self.present.steps())
    }

    /// Takes up the run at a kept moment, unless it can go on from where it is.
    fn take_up(&mut self, ahead: bool, fits: impl Fn(&M) -> bool) {
        let kept = self.branch().latest(fits);
        if ahead && self.present.steps() >= kept.steps() {
            return;
        }
        self.taken = self.branch().taken_before(kept.steps());
        self.present = kept.kept();
    }

    /// Goes to the moment after so many steps; beyond the end the run goes on.
    ///
    /// # Errors
    ///
    /// One sentence, where the run never has so many steps.
    pub fn seek(&mut self, steps: u64) -> Result<(), Refused> {
        self.take_up(self.present.steps() < steps, |kept| kept.steps() + LEAD <= steps);
        while self.present.steps() < steps {
            if !self.hurry(|present| present.steps() + LEAD < steps, Time::END)? {
                let done = self.present.steps();
                return Err(Refused(format!(
                    "this run ends after {done} steps: expected at most so many, not {steps}"
                )));
            }
        }
        Ok(())
    }

    /// Goes to a time, when everything that is due by then has happened; beyond the end the run goes on.
    ///
    /// # Errors
    ///
    /// Never in practice; see [`crate::sim::schedule::step`].
    pub fn seek_time(&mut self, at: Time) -> Result<(), Refused> {
        self.take_up(self.present.now() <= at, |kept| kept.now() + LEAD_TIME <= at);
        while self.hurry(|present| present.now() + LEAD_TIME < at, at)? {}
        self.wait(at)
    }

    /// The next event, of which nothing is told where it is far from what is sought and has been told before.
    fn hurry(&mut self, far: impl Fn(&M) -> bool, until: Time) -> Result<bool, Refused> {
        let hushed = self.present.steps() < self.branch().end.steps && far(&self.present);
        self.present.hush(hushed);
        let more = self.step_until(until);
        self.present.hush(false);
        more
    }

    /// Goes to a moment, so exactly that of what is due at its time so much has happened as its steps say.
    ///
    /// # Errors
    ///
    /// One sentence, where the run is never there.
    pub fn seek_exact(&mut self, when: When) -> Result<(), Refused> {
        match when.steps {
            Some(steps) => self.seek_spot(Spot { steps, at: when.at }),
            None => self.seek_time(when.at),
        }
    }

    /// Goes to exactly this spot of this branch.
    pub(super) fn seek_spot(&mut self, spot: Spot) -> Result<(), Refused> {
        self.seek(spot.steps)?;
        self.wait(spot.at.max(self.present.now()))
    }

    /// One event back; false at the start of the run.
    ///
    /// # Errors
    ///
    /// Never in practice.
    pub fn back(&mut self) -> Result<bool, Refused> {
        let Some(before) = self.present.steps().checked_sub(1) else { return Ok(false) };
        self.seek(before)?;
        Ok(true)
    }

    /// How many steps had been carried out after the turning point before this moment.
    pub fn earlier_mark(&self) -> Option<u64> {
        let marks = &self.branch().marks;
        let before = marks.partition_point(|mark| mark.steps < self.present.steps());
        marks.get(before.checked_sub(1)?).map(|mark| mark.steps)
    }

    /// The same for the turning point after this moment, where one is known.
    pub fn later_mark(&self) -> Option<u64> {
        let marks = &self.branch().marks;
        marks.get(marks.partition_point(|mark| mark.steps <= self.present.steps())).map(|mark| mark.steps)
    }

    /// Whether the last step was a turning point.
    pub fn is_mark(&self) -> bool {
        !self.present.landed().is_empty()
    }

    /// The step that [`Timeline::undo`] would take back: the last one that somebody took by hand.
    pub fn undoes(&self) -> Option<&Timed> {
        let branch = self.branch();
        branch.script[..self.taken].iter().rev().find(|timed| branch.by_hand(timed))
    }

    /// Whether [`Timeline::redo`] would bring something back.
    pub fn can_redo(&self) -> bool {
        !self.undone.is_empty()
    }

    /// Goes to the moment before the last step that somebody took by hand, on a branch without it. The
    /// branch with it is kept.
    ///
    /// # Errors
    ///
    /// One sentence, where there is no such step.
    pub fn undo(&mut self) -> Result<(), Refused> {
        let Some(timed) = self.undoes() else {
            return Err(Refused("nothing has been done before this moment that could be undone".to_string()));
        };
        let before = Spot { steps: timed.before, at: timed.when.at };
        let from = (self.branch().id, self.spot());
        self.seek_spot(before)?;
        self.undone.push(from);
        self.fork();
        self.branch_mut().passing = true;
        Ok(())
    }

    /// Goes back to where the last undo was asked for.
    ///
    /// # Errors
    ///
    /// One sentence, where nothing was undone or something else was done since.
    pub fn redo(&mut self) -> Result<(), Refused> {
        let nothing = || Refused("nothing has been undone just now that could be done again".to_string());
        let (id, spot) = self.undone.pop().ok_or_else(nothing)?;
        let here = self.branches.iter().position(|branch| branch.id == id).ok_or_else(nothing)?;
        let left = std::mem::replace(&mut self.here, here);
        self.restart();
        self.seek_spot(spot)?;
        if self.branches[left].passing {
            let id = self.branches[left].id;
            self.drop_branch(id);
        }
        Ok(())
    }

    /// Takes up the run at its start, on the branch that is chosen.
    pub(super) fn restart(&mut self) {
        self.present = self.branch().start().kept();
        self.taken = 0;
    }

    /// The lines of a script that were played by this moment.
    pub fn cues(&self) -> &[Cue] {
        self.branch().played(self.spot())
    }

    /// Takes note that a line of a script has been played by the steps since `from`.
    pub fn cue(&mut self, line: usize, from: u64) {
        let (to, at) = (self.present.steps(), self.present.now());
        let played = self.cues().len();
        self.branch_mut().cues.truncate(played);
        self.branch_mut().cues.push(Cue { line, from, to, at });
    }

    /// The moment that a number of steps and a time name, so exactly that it holds whatever else is due then.
    pub fn exact(&self) -> When {
        When { at: self.present.now(), steps: Some(self.present.steps()) }
    }
}
