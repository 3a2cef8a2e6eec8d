//! The bindings for going to and fro in a run.

use wasm_bindgen::prelude::*;

use super::{HOUR, Playground, micros, plain, refuse};
use crate::types::Time;

#[wasm_bindgen]
extern "C" {
    /// A branch as a line.
    #[wasm_bindgen(typescript_type = "Strip")]
    pub type JsStrip;
    /// Every branch.
    #[wasm_bindgen(typescript_type = "Branch[]")]
    pub type JsBranches;
    /// The first event at which two branches differ.
    #[wasm_bindgen(typescript_type = "Difference")]
    pub type JsDifference;
}

#[wasm_bindgen]
impl Playground {
    /// Goes to the moment after so many steps.
    ///
    /// # Errors
    ///
    /// Where the branch is not known so far.
    pub fn seek(&mut self, steps: f64) -> Result<(), JsError> {
        let (steps, end) = (micros(steps)?.0, self.run.cluster().end().0);
        if steps > end {
            return Err(refuse(format!("event {steps} has not happened yet: expected at most {end}")));
        }
        self.run.cluster_mut().seek(steps).map_err(refuse)
    }

    /// Goes to a time, in microseconds; beyond the end of what is known the run goes on, as far as it needs nobody.
    ///
    /// # Errors
    ///
    /// Where that is not a time, or more than an hour beyond what is known.
    pub fn seek_time(&mut self, at: f64) -> Result<(), JsError> {
        let (at, end) = (Time::START + micros(at)?, self.run.cluster().end().1);
        if at.since(end) > HOUR {
            return Err(refuse(format!("{at} is more than {HOUR} beyond what is known of this run, which is {end}")));
        }
        self.run.seek_time(at).map_err(refuse)
    }

    /// One event back; false at the start.
    ///
    /// # Errors
    ///
    /// Never in practice.
    pub fn back(&mut self) -> Result<bool, JsError> {
        self.run.cluster_mut().back().map_err(refuse)
    }

    /// Goes to the turning point before this moment, or to the start; false where this is the start.
    ///
    /// # Errors
    ///
    /// Never in practice.
    pub fn earlier(&mut self) -> Result<bool, JsError> {
        self.run.earlier().map_err(refuse)
    }

    /// Goes to the next turning point; false where none is near.
    ///
    /// # Errors
    ///
    /// Never in practice.
    pub fn later(&mut self) -> Result<bool, JsError> {
        self.run.later().map_err(refuse)
    }

    /// Goes to before the last step of the person, on a branch without it.
    ///
    /// # Errors
    ///
    /// Where there is no such step.
    pub fn undo(&mut self) -> Result<(), JsError> {
        self.run.cluster_mut().undo().map_err(refuse)
    }

    /// Takes the last `undo` back.
    ///
    /// # Errors
    ///
    /// Where there is none, or something else was done since.
    pub fn redo(&mut self) -> Result<(), JsError> {
        self.run.cluster_mut().redo().map_err(refuse)
    }

    /// The branch that is shown, as a line with room for so many marks of each kind.
    ///
    /// # Errors
    ///
    /// Never in practice.
    pub fn strip(&self, places: u32) -> Result<JsStrip, JsError> {
        plain(&self.run.cluster().strip(places))
    }

    /// Every branch, in the order in which they were made.
    ///
    /// # Errors
    ///
    /// Never in practice.
    pub fn branches(&self) -> Result<JsBranches, JsError> {
        plain(&self.run.cluster().branches())
    }

    /// Shows another branch, at the same time where it is known so far, or else at its end.
    ///
    /// # Errors
    ///
    /// Where there is no such branch.
    pub fn switch(&mut self, id: u32) -> Result<(), JsError> {
        self.run.cluster_mut().switch(id).map_err(refuse)
    }

    /// Gives a branch a name; an empty one takes it away again.
    ///
    /// # Errors
    ///
    /// Where there is no such branch, or the name is too long.
    pub fn rename(&mut self, id: u32, name: &str) -> Result<(), JsError> {
        self.run.cluster_mut().rename(id, name).map_err(refuse)
    }

    /// Takes a branch away.
    ///
    /// # Errors
    ///
    /// Where there is no such branch, or it is the one that is shown.
    pub fn delete(&mut self, id: u32) -> Result<(), JsError> {
        self.run.cluster_mut().delete(id).map_err(refuse)
    }

    /// The first event at which two branches differ, and what differs just after it.
    ///
    /// # Errors
    ///
    /// Where there are no such branches.
    pub fn compare(&self, left: u32, right: u32) -> Result<JsDifference, JsError> {
        plain(&self.run.cluster().compare(left, right).map_err(refuse)?)
    }
}
