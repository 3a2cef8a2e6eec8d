//! A case as a scenario: its title, its story, its script.

use crate::check::Violation;
use crate::check::shrink::{Deed, Done, Handling};
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
    let expected = Condition::Violation(Some(violation.property.to_string()));
    script.push(Line { wait, act: Some(Act::Expect(expected)) });
    let steps = match done.len() {
        1 => "1 step".to_string(),
        count => format!("{count} steps"),
    };
    let with = case.settings.bug.as_ref().map(|bug| format!(", with the mistake {bug}")).unwrap_or_default();
    let title = format!("{}: {} falls in {steps}{with}", violation.text, violation.property);
    let story = format!("{} ({}.)", violation.sentence, violation.section);
    let story = match progress.done {
        true => format!(
            "{story} This is what is left of {} steps: without any one of these {}, the property holds.",
            progress.from, progress.left
        ),
        false => story,
    };
    Scenario { title, story, settings: case.settings.clone(), script, ..Scenario::default() }
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
