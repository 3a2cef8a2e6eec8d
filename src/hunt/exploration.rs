//! All schedules from a moment of a run, a slice of work at a time, for whoever has other things to do in between; what is
//! found becomes a scenario that goes on from that moment.

use serde::Serialize;

use crate::check::explore::{Progress, Status};
use crate::hunt::Reach;
use crate::playground::{Exploring, Playground, Schedule};
use crate::scenario::{Act, Condition, Line, Run, Scenario, Wait};
use crate::sim::Refused;
use crate::types::Time;

/// How an exploration stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Outlook {
    /// `running`, `exhausted` (everything was looked at), `found` (a promise was broken) or `full` (as many states were
    /// seen as may be remembered).
    pub status: &'static str,
    /// How many different states were seen.
    pub states: u64,
    /// How many are remembered at most.
    pub most: u64,
    /// How many moves were tried.
    pub moves: u64,
    /// How many moves from the start the state is that was looked at last.
    pub depth: u64,
    /// How many states wait to be gone on from.
    pub waiting: u64,
    /// In how many ways the nodes may be named without anybody noticing.
    pub namings: u64,
    /// What was found.
    pub found: Option<Counterexample>,
}

/// A schedule that breaks a promise.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Counterexample {
    /// The promise: `election-safety`.
    pub property: &'static str,
    /// What it says.
    pub sentence: &'static str,
    /// Where it is stated.
    pub section: &'static str,
    /// Who contradicts whom.
    pub text: String,
    /// How many moves it takes.
    pub moves: u64,
    /// How many steps these are.
    pub steps: u64,
    /// The run up to the moment, and then the schedule: a scenario file that opens at the moment.
    pub scenario: String,
}

/// An exploration from a moment of a run.
pub struct Exploration {
    /// The run at that moment.
    run: Run,
    inner: Box<dyn Exploring>,
    most: u32,
    found: Option<Counterexample>,
}

impl Exploration {
    /// Begins at the moment at which a scenario opens.
    ///
    /// # Errors
    ///
    /// One sentence, where the scenario never comes to its moment, where a promise is broken there already, or where
    /// schedules cannot be explored from there or within these bounds.
    pub fn new(scenario: &Scenario, reach: &Reach) -> Result<Exploration, Refused> {
        let mut run = Run::new(scenario)?;
        run.open()?;
        let bounds = reach.bounds(run.cluster())?;
        let most = bounds.states;
        let inner = run.cluster().explore(bounds, reach.search())?;
        Ok(Exploration { run, inner, most, found: None })
    }

    /// Goes on until at least so many moves were tried; false once it is over, or once as many states were seen as may be
    /// remembered.
    ///
    /// # Errors
    ///
    /// Never in practice.
    pub fn advance(&mut self, moves: u64) -> Result<bool, Refused> {
        let status = self.inner.advance(moves);
        if self.found.is_none()
            && let Some(found) = self.inner.found()
        {
            let scenario = story_of(self.run.cluster(), &found, "")?;
            let Schedule { property, sentence, section, text, steps, moves } = found;
            let (steps, scenario) = (steps.len() as u64, scenario.to_string());
            self.found = Some(Counterexample { property, sentence, section, text, moves, steps, scenario });
        }
        Ok(status == Status::Running)
    }

    /// Where as many states were seen as may be remembered, twice as many may be from now on.
    pub fn widen(&mut self) {
        if self.inner.status() == Status::Full {
            self.most = self.most.saturating_mul(2);
            self.inner.remember(self.most);
        }
    }

    /// How it stands.
    pub fn outlook(&self) -> Outlook {
        let Progress { states, moves, depth, waiting, .. } = self.inner.progress();
        Outlook {
            status: self.inner.status().name(),
            states,
            most: u64::from(self.most),
            moves,
            depth: u64::from(depth),
            waiting,
            namings: self.inner.namings() as u64,
            found: self.found.clone(),
        }
    }
}

/// A run up to the moment that it is at, and then a schedule that was found from there: a scenario that opens at the moment,
/// and expects the violation. `title` says of what it is; it may be empty.
///
/// # Errors
///
/// One sentence, where the schedule is not one of this run.
pub fn story_of(cluster: &dyn Playground, found: &Schedule, title: &str) -> Result<Scenario, Refused> {
    let (before, moment) = (Scenario::of(cluster), cluster.moment());
    let begun = cluster.steps() > 0 || moment.at > Time::START;
    let mut script = before.script;
    for (place, text) in found.steps.iter().enumerate() {
        // The first step is at its moment. What follows takes no time: no event is due in between.
        let wait = (place == 0 && begun).then_some(Wait::At(moment));
        script.push(Line { wait, act: Some(Act::Step(cluster.read_step(text)?)) });
    }
    let expect = Act::Expect(Condition::Violation(Some(found.property.to_string())));
    script.push(Line { wait: None, act: Some(expect) });
    let title = if title.is_empty() { String::new() } else { format!(" ({title})") };
    let title = format!("{} is broken in {} moves{title}", found.property, found.moves);
    let story = format!("{} ({}). {}.", found.sentence, found.section, found.text);
    let opens_at = begun.then(|| cluster.exact());
    Ok(Scenario { title, story, opens_at, length: None, hash: None, script, ..before })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::Span;

    /// A scenario that opens in the midst of a run.
    fn midst(text: &str) -> Scenario {
        let mut run = Run::new(&Scenario::parse(text).expect("a scenario")).expect("settings that can be");
        run.advance(Span::millis(700)).expect("it goes on");
        assert!(run.cluster().steps() > 20, "{} steps", run.cluster().steps());
        run.saved()
    }

    fn explored(scenario: &Scenario, chosen: &[(&str, &str)]) -> Exploration {
        let mut reach = Reach::default();
        for (name, value) in chosen {
            reach.set(name, value).expect("a bound");
        }
        let mut exploration = Exploration::new(scenario, &reach).expect("it can be explored");
        while exploration.advance(5_000).expect("it goes on") {}
        exploration
    }

    const BROKEN: &str = "seed = 3\nnum_nodes = 3\nbug = \"skip_up_to_date\"\nscript = '''\nat 500ms put c1 a x\n'''";

    #[test]
    fn what_is_found_goes_on_from_the_moment_and_is_adopted_as_a_branch() {
        let before = midst(BROKEN);
        let outlook = explored(&before, &[("property", "leader-completeness")]).outlook();
        assert_eq!(outlook.status, "found", "{outlook:?}");
        let found = outlook.found.expect("a counterexample");
        assert_eq!(found.property, "leader-completeness");
        assert!(found.moves > 0 && found.steps >= found.moves);
        let scenario = Scenario::parse(&found.scenario).expect("a scenario file");
        let mut played = Run::new(&scenario).expect("settings that can be");
        assert_eq!(played.go(&mut |_| ()), Ok(()), "{scenario}");
        assert!(played.cluster().is_broken());

        // In the run that it was found from it is a branch, which leaves it at the moment and is played line by line.
        let mut run = Run::new(&before).expect("settings that can be");
        run.open().expect("its moment");
        let (steps, now) = (run.cluster().steps(), run.cluster().moment().at);
        run.adopt(&scenario, "found").expect("a branch of it");
        let card = run.cluster().branches().pop().expect("a branch");
        assert_eq!((card.fork_steps, card.end_steps, card.end), (steps, steps, now));
        run.cluster_mut().switch(card.id).expect("it is there");
        assert!(run.story().title.starts_with("leader-completeness is broken in"));
        let mut presses = 0;
        while !run.cluster().is_broken() {
            assert!(run.step() && presses < 200, "{presses} lines were played");
            presses += 1;
        }
        assert_eq!(run.cluster().moment().at, now, "it takes no time");
        assert_eq!(run.failure(), None);
    }

    #[test]
    fn nothing_is_found_where_no_rule_is_broken_and_everything_was_looked_at() {
        let right = BROKEN.replace("bug = \"skip_up_to_date\"\n", "");
        let bounds = [("requests", "0"), ("slots", "1"), ("property", "leader-completeness")];
        let outlook = explored(&midst(&right), &bounds).outlook();
        assert_eq!((outlook.status, outlook.waiting, outlook.found), ("exhausted", 0, None));
        assert!(outlook.states > 100 && outlook.states < outlook.most);
    }

    #[test]
    fn what_stopped_at_the_bound_goes_on_with_twice_as_much_and_comes_to_the_same() {
        let (before, property) = (midst(BROKEN), ("property", "leader-completeness"));
        let whole = explored(&before, &[property]).outlook();
        let mut stopped = explored(&before, &[property, ("states", "100")]);
        assert_eq!((stopped.outlook().status, stopped.outlook().most), ("full", 100));
        while stopped.outlook().status == "full" {
            stopped.widen();
            while stopped.advance(100).expect("it goes on") {}
        }
        let outlook = stopped.outlook();
        assert_eq!((outlook.states, outlook.moves, &outlook.found), (whole.states, whole.moves, &whole.found));
        assert!(outlook.most > outlook.states && outlook.found.is_some());
        stopped.widen();
        assert_eq!(stopped.outlook(), outlook, "what was found is not left");
    }

    #[test]
    fn what_is_broken_already_is_not_found_again() {
        let text =
            "num_nodes = 3\nopens_at = \"900ms\"\nbug = \"half_quorum\"\nscript = '''\ntimeout n1\ntimeout n2\n'''";
        let scenario = Scenario::parse(text).expect("a scenario");
        let mut run = Run::new(&scenario).expect("settings that can be");
        run.open().expect("its moment");
        let broken = run.cluster().view(None).broken;
        assert!(broken.contains(&"election-safety"), "{broken:?}");
        let mut reach = Reach::default();
        let outlook = explored(&scenario, &[("states", "5000")]).outlook();
        assert!(outlook.found.is_none_or(|found| !broken.contains(&found.property)));
        reach.set("property", "election-safety").expect("a name");
        let Err(Refused(why)) = Exploration::new(&scenario, &reach) else { panic!("it was explored") };
        assert_eq!(why, "election-safety is broken at this moment already: expected an earlier one");
    }
}
