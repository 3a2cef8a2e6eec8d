//! Going to and fro in a run, and between its branches, for any protocol.

use crate::playground::{Playground, Session, card};
use crate::sim::Refused;
use crate::timeline::{BranchCard, Cue, Known, Moment, Strip, When};
use crate::types::Time;
use crate::view::{Contrast, Difference};

/// A run in which one can go to and fro.
pub trait Travel {
    /// Goes to the moment after so many steps; beyond the end of what is known the run goes on.
    ///
    /// # Errors
    ///
    /// One sentence, where the run never has so many steps.
    fn seek(&mut self, steps: u64) -> Result<(), Refused>;

    /// Goes to a time, when everything that is due by then has happened.
    ///
    /// # Errors
    ///
    /// Never in practice.
    fn seek_time(&mut self, at: Time) -> Result<(), Refused>;

    /// Goes to a moment, so exactly that of what is due at its time so much has happened as its steps say.
    ///
    /// # Errors
    ///
    /// One sentence, where the run is never there.
    fn seek_exact(&mut self, when: When) -> Result<(), Refused>;

    /// One event back; false at the start of the run.
    ///
    /// # Errors
    ///
    /// Never in practice.
    fn back(&mut self) -> Result<bool, Refused>;

    /// After how many steps the turning point before this moment was.
    fn earlier_mark(&self) -> Option<u64>;

    /// After how many steps the next turning point will be, where one is known.
    fn later_mark(&self) -> Option<u64>;

    /// Whether the last step was a turning point.
    fn is_mark(&self) -> bool;

    /// Whether this is the end of what is known: what happens next has not happened before.
    fn is_live(&self) -> bool;

    /// How far this branch is known: a number of steps and a time.
    fn end(&self) -> (u64, Time);

    /// The moment that the run is at, with its number of steps whatever else is due then.
    fn exact(&self) -> When;

    /// Goes to before the last step that was taken by hand, on a branch without it.
    ///
    /// # Errors
    ///
    /// One sentence, where there is no such step.
    fn undo(&mut self) -> Result<(), Refused>;

    /// Goes back to where the last undo was asked for.
    ///
    /// # Errors
    ///
    /// One sentence, where nothing was undone or something else was done since.
    fn redo(&mut self) -> Result<(), Refused>;

    /// Every branch, in the order in which they were made.
    fn branches(&self) -> Vec<BranchCard>;

    /// Shows another branch, at the same time where it is known so far, or else at its end.
    ///
    /// # Errors
    ///
    /// One sentence, where there is no such branch.
    fn switch(&mut self, id: u32) -> Result<(), Refused>;

    /// Gives a branch a name; an empty one takes it away again.
    ///
    /// # Errors
    ///
    /// One sentence, where there is no such branch or the name is too long.
    fn rename(&mut self, id: u32, name: &str) -> Result<(), Refused>;

    /// Takes a branch away.
    ///
    /// # Errors
    ///
    /// One sentence, where there is no such branch or it is the one that is shown.
    fn delete(&mut self, id: u32) -> Result<(), Refused>;

    /// The first event at which two branches differ, and what differs just after it.
    ///
    /// # Errors
    ///
    /// One sentence, where there are no such branches.
    fn compare(&self, left: u32, right: u32) -> Result<Difference, Refused>;

    /// The current branch as a line of so many places.
    fn strip(&self, places: u32) -> Strip;

    /// Everything that is known to be done on a branch, before this moment and after it.
    ///
    /// # Errors
    ///
    /// One sentence, where there is no such branch.
    fn known(&self, id: u32) -> Result<Known<'_>, Refused>;

    /// Takes the branch of another run over, which began as this one did; `origin` says which script it played.
    ///
    /// # Errors
    ///
    /// One sentence, where the other run began otherwise.
    fn adopt(&mut self, other: Box<dyn Playground>, name: &str, origin: usize) -> Result<(), Refused>;

    /// The number of the branch that is shown.
    fn branch(&self) -> u32;

    /// Whether a promise has been broken by this moment.
    fn is_broken(&self) -> bool;

    /// Takes note that a line of a script has been played by the steps since `from`.
    fn cue(&mut self, line: usize, from: u64);

    /// The lines of a script that were played by this moment.
    fn cues(&self) -> &[Cue];
}

impl Travel for Session {
    fn seek(&mut self, steps: u64) -> Result<(), Refused> {
        self.timeline.seek(steps)
    }

    fn seek_time(&mut self, at: Time) -> Result<(), Refused> {
        self.timeline.seek_time(at)
    }

    fn seek_exact(&mut self, when: When) -> Result<(), Refused> {
        self.timeline.seek_exact(when)
    }

    fn back(&mut self) -> Result<bool, Refused> {
        self.timeline.back()
    }

    fn earlier_mark(&self) -> Option<u64> {
        self.timeline.earlier_mark()
    }

    fn later_mark(&self) -> Option<u64> {
        self.timeline.later_mark()
    }

    fn is_mark(&self) -> bool {
        self.timeline.is_mark()
    }

    fn is_live(&self) -> bool {
        self.timeline.is_live()
    }

    fn end(&self) -> (u64, Time) {
        self.timeline.end()
    }

    fn exact(&self) -> When {
        self.timeline.exact()
    }

    fn undo(&mut self) -> Result<(), Refused> {
        self.timeline.undo()
    }

    fn redo(&mut self) -> Result<(), Refused> {
        self.timeline.redo()
    }

    fn branches(&self) -> Vec<BranchCard> {
        self.timeline.branches()
    }

    fn switch(&mut self, id: u32) -> Result<(), Refused> {
        self.timeline.switch(id)
    }

    fn rename(&mut self, id: u32, name: &str) -> Result<(), Refused> {
        self.timeline.rename(id, name)
    }

    fn delete(&mut self, id: u32) -> Result<(), Refused> {
        self.timeline.delete(id)
    }

    fn compare(&self, left: u32, right: u32) -> Result<Difference, Refused> {
        let common = self.timeline.common(left, right)?;
        let next = |id| Ok::<_, Refused>(self.timeline.glance(id, common)?.next_known());
        let after = |id| Ok::<_, Refused>(self.timeline.glance(id, common + 1)?.present().view(None));
        let contrasts = Contrast::between(&after(left)?, &after(right)?, &card(&self.settings.protocol)?.words);
        Ok(Difference { number: common + 1, left: next(left)?, right: next(right)?, contrasts })
    }

    fn strip(&self, places: u32) -> Strip {
        self.timeline.strip(places)
    }

    fn known(&self, id: u32) -> Result<Known<'_>, Refused> {
        self.timeline.known(id)
    }

    fn adopt(&mut self, other: Box<dyn Playground>, name: &str, origin: usize) -> Result<(), Refused> {
        match other.into_any().downcast::<Session>() {
            Ok(other) if other.settings == self.settings => {
                self.timeline.adopt(other.timeline, name, origin);
                Ok(())
            }
            _ => Err(Refused("this is no branch of this run: it begins otherwise".to_string())),
        }
    }

    fn branch(&self) -> u32 {
        self.timeline.current()
    }

    fn is_broken(&self) -> bool {
        self.timeline.present().is_broken()
    }

    fn cue(&mut self, line: usize, from: u64) {
        self.timeline.cue(line, from);
    }

    fn cues(&self) -> &[Cue] {
        self.timeline.cues()
    }
}
