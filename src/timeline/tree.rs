//! The tree of branches: acting in the past forks, and what was is kept.

use serde::Serialize;

use crate::sim::Refused;
use crate::timeline::branch::{Branch, Spot};
use crate::timeline::{Cue, Moment, Timed, Timeline, When};
use crate::types::Time;

/// The longest name that a branch may have, in characters.
const LONGEST_NAME: usize = 60;

/// A branch, for whoever chooses among them.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct BranchCard {
    /// Its number, which never changes.
    pub id: u32,
    /// Its name: what it was called, or what was done first on it.
    pub name: String,
    /// The branch that it was forked from, unless it is the first or that one was deleted.
    pub parent: Option<u32>,
    /// When it was forked.
    pub fork: Time,
    /// After how many steps it was forked.
    pub fork_steps: u64,
    /// Up to which time it is known.
    pub end: Time,
    /// How many steps it has up to there.
    pub end_steps: u64,
    /// How many steps somebody has taken on it, those before the fork too.
    pub acts: u64,
    /// Whether it is the one that is shown.
    pub current: bool,
}

/// Everything that is known of a branch.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// What was done on it, from the start of the run on.
    pub script: &'a [Timed],
    /// Which lines of a script were played for that.
    pub cues: &'a [Cue],
    /// How far it is known.
    pub end: When,
    /// Which script that is, for whoever plays scripts.
    pub origin: usize,
}

/// What one of two branches does where they part.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Parting {
    /// When.
    pub at: Time,
    /// The step, as scripts write it.
    pub step: String,
    /// Whether somebody took it, rather than the schedule or a script.
    pub by_hand: bool,
}

impl<M: Moment> Timeline<M> {
    /// Another branch leaves the current one at this moment, and becomes the current one.
    pub(super) fn fork(&mut self) {
        self.fork_at(self.spot());
    }

    /// The same at a spot of the current branch at which the present was just now.
    pub(super) fn fork_at(&mut self, spot: Spot) {
        self.ids += 1;
        let fork = self.branch().fork(self.ids, spot);
        self.branches.push(fork);
        self.here = self.branches.len() - 1;
    }

    /// Something has been done: what was undone cannot be done again, and the ways to it may go.
    pub(super) fn settle(&mut self) {
        self.undone.clear();
        self.branch_mut().passing = false;
        let passing: Vec<u32> = self.branches.iter().filter(|branch| branch.passing).map(|branch| branch.id).collect();
        passing.into_iter().for_each(|id| self.drop_branch(id));
    }

    /// Takes a branch away that is not the current one; what was forked from it now hangs where it hung.
    pub(super) fn drop_branch(&mut self, id: u32) {
        let current = self.branch().id;
        let Some(place) = self.branches.iter().position(|branch| branch.id == id && id != current) else { return };
        let gone = self.branches.remove(place);
        self.branches.iter_mut().filter(|branch| branch.parent == Some(id)).for_each(|branch| {
            branch.parent = gone.parent;
            // Of two forks one behind the other, the first is where it left what is left.
            if gone.fork.steps < branch.fork.steps && gone.parent.is_some() {
                branch.fork = gone.fork;
            }
        });
        self.undone.retain(|(kept, _)| *kept != id);
        self.here = self.branches.iter().position(|branch| branch.id == current).unwrap_or(0);
    }

    /// Every branch, in the order in which they were made.
    pub fn branches(&self) -> Vec<BranchCard> {
        let current = self.branch().id;
        let shown = |branch: &&Branch<M>| !branch.passing || branch.id == current;
        // What was only passed through is not shown, so its children hang where it hangs.
        let parent = |branch: &Branch<M>| {
            let up = |branch: &Branch<M>| self.branches.iter().find(|other| Some(other.id) == branch.parent);
            std::iter::successors(up(branch), |branch| up(branch)).find(shown).map(|branch| branch.id)
        };
        let card = |branch: &Branch<M>| BranchCard {
            id: branch.id,
            name: branch.title(),
            parent: parent(branch),
            fork: branch.fork.at,
            fork_steps: branch.fork.steps,
            end: branch.end.at,
            end_steps: branch.end.steps,
            acts: branch.script.iter().filter(|timed| branch.by_hand(timed)).count() as u64,
            current: branch.id == current,
        };
        self.branches.iter().filter(shown).map(card).collect()
    }

    /// The number of the branch that is shown.
    pub fn current(&self) -> u32 {
        self.branch().id
    }

    /// How many branches there are to choose from.
    pub fn count(&self) -> u64 {
        let current = self.current();
        self.branches.iter().filter(|branch| !branch.passing || branch.id == current).count() as u64
    }

    /// Everything that is known to be done on a branch, before this moment and after it.
    ///
    /// # Errors
    ///
    /// One sentence, where there is no such branch.
    pub fn known(&self, id: u32) -> Result<Known<'_>, Refused> {
        let branch = &self.branches[self.place_of(id)?];
        let end = When { at: branch.end.at, steps: Some(branch.end.steps) };
        Ok(Known { script: &branch.script, cues: &branch.cues, end, origin: branch.origin })
    }

    fn place_of(&self, id: u32) -> Result<usize, Refused> {
        let place = self.branches.iter().position(|branch| branch.id == id);
        place.ok_or_else(|| Refused(format!("there is no branch {id} any more")))
    }

    /// Shows another branch, at the same time where it is known so far, or else at its end.
    ///
    /// # Errors
    ///
    /// One sentence, where there is no such branch.
    pub fn switch(&mut self, id: u32) -> Result<(), Refused> {
        let now = self.present.now();
        self.here = self.place_of(id)?;
        self.undone.clear();
        self.restart();
        let end = self.branch().end;
        if now < end.at { self.seek_time(now) } else { self.seek_spot(end) }
    }

    /// Gives a branch a name; an empty one takes it away again.
    ///
    /// # Errors
    ///
    /// One sentence, where there is no such branch or the name is too long.
    pub fn rename(&mut self, id: u32, name: &str) -> Result<(), Refused> {
        let place = self.place_of(id)?;
        let name = name.trim();
        let length = name.chars().count();
        if length > LONGEST_NAME || name.contains(char::is_control) {
            return Err(Refused(format!(
                "a name of {length} characters cannot be: expected at most {LONGEST_NAME}, on one line"
            )));
        }
        self.branches[place].name = Some(name.to_string()).filter(|name| !name.is_empty());
        Ok(())
    }

    /// Takes a branch away.
    ///
    /// # Errors
    ///
    /// One sentence, where there is no such branch or it is the one that is shown.
    pub fn delete(&mut self, id: u32) -> Result<(), Refused> {
        let place = self.place_of(id)?;
        if place == self.here {
            return Err(Refused("the branch that is shown cannot be deleted: switch to another one first".to_string()));
        }
        self.drop_branch(id);
        Ok(())
    }

    /// How many steps two branches have in common.
    ///
    /// # Errors
    ///
    /// One sentence, where there are no such branches.
    pub fn common(&self, left: u32, right: u32) -> Result<u64, Refused> {
        let (left, right) = (&self.branches[self.place_of(left)?], &self.branches[self.place_of(right)?]);
        let mut pairs = (0..).map(|place| (left.script.get(place), right.script.get(place)));
        // Equal up to where one of them does something that the other does not, or not at that time.
        let (one, other) = pairs.find(|(one, other)| one != other || one.is_none()).unwrap_or_default();
        let before = |timed: Option<&Timed>| timed.map_or(u64::MAX, |timed| timed.before);
        Ok(before(one).min(before(other)).min(left.end.steps).min(right.end.steps))
    }

    /// A timeline of a single branch after so many steps, or at its end where it has not so many.
    ///
    /// # Errors
    ///
    /// One sentence, where there is no such branch.
    pub fn glance(&self, id: u32, steps: u64) -> Result<Self, Refused> {
        let branch = self.branches[self.place_of(id)?].copy();
        let present = branch.start().kept();
        let mut glance =
            Timeline { present, branches: vec![branch], here: 0, taken: 0, undone: Vec::new(), ids: self.ids };
        glance.seek(steps.min(glance.end().0))?;
        Ok(glance)
    }

    /// What happens next on this branch, where that is known.
    pub fn next_known(&self) -> Option<Parting> {
        if let Some(timed) = self.next_taken() {
            let by_hand = self.branch().by_hand(timed);
            return Some(Parting { at: timed.when.at, step: timed.step.to_string(), by_hand });
        }
        let known = self.spot().steps < self.branch().end.steps;
        let (at, step) = self.present.next().filter(|_| known)?;
        Some(Parting { at, step: step.to_string(), by_hand: false })
    }

    /// Takes the branch of another run over, which began as this one did; `origin` says which script it played.
    pub fn adopt(&mut self, other: Timeline<M>, name: &str, origin: usize) {
        let mut branch = other.branches.into_iter().nth(other.here).expect("the current branch is there");
        self.ids += 1;
        branch.id = self.ids;
        branch.origin = origin;
        branch.name = Some(name.to_string()).filter(|name| !name.is_empty());
        (branch.parent, branch.fork) = (None, Spot::default());
        self.branches.push(branch);
        let common = |branch: &Branch<M>| Some((self.common(branch.id, self.ids).ok()?, branch.id));
        let rest = &self.branches[..self.branches.len() - 1];
        let Some((steps, parent)) = rest.iter().filter_map(common).max_by_key(|(steps, id)| (*steps, u32::MAX - id))
        else {
            return;
        };
        let at = self.glance(parent, steps).map_or(Time::START, |glance| glance.present.now());
        if let Some(adopted) = self.branches.last_mut() {
            (adopted.parent, adopted.fork) = (Some(parent), Spot { steps, at });
        }
    }
}
