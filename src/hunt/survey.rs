//! All schedules within the bounds that suit a mistake, from the start of a cluster, a slice of work at a time.

use crate::check::explore::{Bounds, Progress, Search, Status};
use crate::hunt::bugs::{Hunt, Limits};
use crate::hunt::{Case, story_of};
use crate::playground::{Exploring, Schedule};
use crate::scenario::{Mistake, Run, Scenario};
use crate::sim::Refused;

/// An exploration for the hunt for a mistake.
pub(super) struct Survey {
    run: Run,
    exploring: Box<dyn Exploring>,
}

impl Survey {
    /// Begins where the hunt does, with the mistake or without it, and looks at schedules of so many moves at most.
    ///
    /// # Errors
    ///
    /// Never, as long as the table of hunts is right.
    pub(super) fn new(hunt: &Hunt, limits: Limits, guilty: bool, depth: u16) -> Result<Survey, Refused> {
        let mistake = |mistake: Mistake| Refused(mistake.in_file(hunt.bug));
        let before = Scenario::parse(&format!("script = '''\n{}\n'''", limits.after)).map_err(mistake)?;
        let mut run = Run::new(&Scenario { settings: hunt.settings(guilty)?, ..before })?;
        run.go(&mut |_| ()).map_err(|failure| Refused(failure.to_string()))?;
        let cluster = run.cluster();
        let wishes = limits.may.iter().map(|text| cluster.read_step(text)).collect::<Result<_, _>>()?;
        let bounds = Bounds { wishes, properties: vec![hunt.property.to_string()], depth, ..limits.bounds() };
        let exploring = cluster.explore(bounds, Search::Breadth)?;
        Ok(Survey { run, exploring })
    }

    /// Goes on for about so many moves, on so many threads where there are any.
    pub(super) fn advance(&mut self, moves: u64, threads: usize) -> Status {
        #[cfg(not(target_arch = "wasm32"))]
        return self.exploring.advance_with(moves, threads);
        #[cfg(target_arch = "wasm32")]
        return (self.exploring.advance(moves), threads).0;
    }

    /// How far it has come.
    pub(super) fn progress(&self) -> Progress {
        self.exploring.progress()
    }

    /// The schedule that breaks the promise, and the same as a case; none where there is none so far.
    ///
    /// # Errors
    ///
    /// Never in practice: what breaks the promise breaks it again.
    pub(super) fn found(&self) -> Result<Option<(Schedule, Case)>, Refused> {
        let Some(schedule) = self.exploring.found() else { return Ok(None) };
        let case = Case::of(&story_of(self.run.cluster(), &schedule, "")?)?;
        Ok(Some((schedule, case)))
    }
}
