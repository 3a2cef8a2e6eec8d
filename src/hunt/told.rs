//! A case as a scenario: its title, its story, its script.

use crate::check::shrink::{Deed, Done, Handling};
use crate::check::{LIVENESS, Violation};
use crate::hunt::{Case, Progress};
use crate::scenario::{Act, Condition, Line, Scenario, Verb, Wait};
use crate::types::Time;

/// The scenario that tells a case.
pub(super) fn scenario(case: &Case, done: &[Done], violation: &Violation, progress: Progress) -> Scenario {
    let mut script: Vec<Line> = Vec::new();
    for done in done {
        let line = line(&done.said);
        match script.last_mut() {
            // What is done after a wait stands in its line.
            Some(last) if last.act.is_none() && line.wait.is_none() => last.act = line.act,
            _ => script.push(line),
        }
    }
    let wait = (case.end > Time::START).then(|| Wait::At(violation.at.into()));
    let expected = match violation.property {
        LIVENESS => without_progress(&violation.text),
        property => Condition::Violation(Some(property.to_string())),
    };
    script.push(Line { wait, act: Some(Act::Expect(expected)) });
    let steps = match done.len() {
        1 => "1 step".to_string(),
        count => format!("{count} steps"),
    };
    let with = case.settings.bug.as_ref().map(|bug| format!(", with the mistake {bug}")).unwrap_or_default();
    let title = format!("{}: {} falls in {steps}{with}", violation.text, violation.property);
    let story = format!("{} ({}.)", violation.sentence, violation.section);
    let holds = if violation.property == LIVENESS { "there is progress" } else { "the property holds" };
    let story = match progress.done {
        true if progress.left == 0 => format!("{story} Of {} steps none is needed.", progress.from),
        true => format!(
            "{story} This is what is left of {} steps: without any one of these {}, {holds}.",
            progress.from, progress.left
        ),
        false => story,
    };
    Scenario { title, story, settings: case.settings.clone(), script, ..Scenario::default() }
}

/// What a script expects where there was no progress, as the sentence says.
pub(super) fn without_progress(what: &str) -> Condition {
    let waits = what.split(' ').next().and_then(|client| client.parse().ok());
    waits.map_or(Condition::NoLeader, Condition::Waits)
}

fn line(deed: &Deed) -> Line {
    let act = match deed {
        Deed::Step(step) => Act::Step(step.clone()),
        Deed::Wait(time) => return Line { wait: Some(Wait::At((*time).into())), act: None },
        Deed::Oldest { handling, from, to, kind } => {
            let verb = match handling {
                Handling::Deliver => Verb::Deliver,
                Handling::Drop => Verb::Drop,
                Handling::Duplicate => Verb::Duplicate,
            };
            Act::Message { verb, from: *from, to: *to, kind: Some((*kind).to_string()) }
        }
        Deed::All(links) => Act::All { lost: false, links: *links },
        Deed::Settle => Act::Settle,
        Deed::Message(..) => unreachable!("a message that was done something with is said by its kind or its number"),
    };
    Line { wait: None, act: Some(act) }
}
