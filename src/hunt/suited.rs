//! Which bounds suit a mistake: from the moment of a run in which it is made, all schedules within them soon show what it
//! breaks. They are those of the hunts, see [`crate::hunt::bugs`], for a run that has come somewhere already.

use serde::Serialize;

use crate::hunt::bugs::{HUNTS, How, Limits};
use crate::playground::bugs;
use crate::protocol::Need;
use crate::sim::Refused;

/// What suits a mistake.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Suited {
    /// The mistake.
    pub bug: &'static str,
    /// What is to be chosen for [`crate::hunt::Reach`], as names and values.
    pub reach: Vec<(&'static str, String)>,
    /// What is to be chosen in the run beside what the mistake itself needs, as names and values of settings.
    pub with: Vec<(&'static str, &'static str)>,
}

/// The mistakes that show themselves between two epochs which are both to come.
const NEWER: [&str; 1] = ["count_votes_of_old_term"];

/// What suits each mistake of a protocol that an exploration shows from the midst of a run.
///
/// # Errors
///
/// One sentence, where there is no such protocol.
pub fn suited(protocol: &str) -> Result<Vec<Suited>, Refused> {
    let known = bugs(protocol)?;
    let suit = |hunt: &crate::hunt::bugs::Hunt| {
        // What takes so much that nothing may come late is out of reach behind what a run has done already.
        let How::Explore(limits @ Limits { late: true, .. }) = hunt.how else { return None };
        let bug = known.iter().find(|bug| bug.name == hunt.bug)?;
        let Limits { terms, log, requests, crashes, duplicates, beats, .. } = limits;
        // Old news are most of what can happen; few mistakes need any, and with one term there are few.
        let late = terms == 1 || bug.needs.contains(&Need::Reorder);
        // Somebody leads already, in an epoch that the hunt from the start has to begin first.
        let epochs = if NEWER.contains(&hunt.bug) { terms } else { terms - 1 };
        let reach = vec![
            ("epochs", epochs.max(1).to_string()),
            ("slots", log.to_string()),
            ("requests", requests.max(1).to_string()),
            ("crashes", crashes.to_string()),
            ("duplicates", duplicates.to_string()),
            ("beats", beats.to_string()),
            ("late", late.to_string()),
            ("property", hunt.property.to_string()),
        ];
        let in_a_run = |setting: &&(&str, &str)| !setting.0.starts_with("num_");
        Some(Suited { bug: hunt.bug, reach, with: hunt.set.iter().filter(in_a_run).copied().collect() })
    };
    Ok(HUNTS.iter().filter(|hunt| hunt.protocol == protocol).filter_map(suit).collect())
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::hunt::{Exploration, Reach};
    use crate::scenario::{Run, Scenario};
    use crate::types::Span;

    /// A cluster that has led and written for a second, and makes a mistake from now on.
    fn broken(Suited { bug, with, .. }: &Suited) -> Scenario {
        let text = "num_nodes = 3\nscript = '''\nat 900ms put c1 a x\n'''";
        let mut run = Run::new(&Scenario::parse(text).expect("a scenario")).expect("settings that can be");
        run.advance(Span::millis(1_300)).expect("it goes on");
        assert!(run.cluster().view(None).last_slot > 1, "somebody leads and has written");
        for (name, value) in with.iter().chain(&[("bug", *bug)]) {
            let verb = if name.contains('.') { "" } else { "set " };
            run.cluster_mut().apply(&format!("{verb}{} {value}", name.replace('.', " "))).expect("a step");
        }
        run.saved()
    }

    #[test]
    fn each_mistake_is_shown_from_the_midst_of_a_run() {
        let all = suited("raft").expect("the mistakes of Raft");
        assert!(all.len() > 10 && suited("zab").is_err());
        for suited in &all {
            let mut reach = Reach::default();
            for (name, value) in &suited.reach {
                reach.set(name, value).expect("a bound");
            }
            let mut exploration = Exploration::new(&broken(suited), &reach).expect("it can be explored");
            while exploration.advance(50_000).expect("it goes on") {}
            let (bug, outlook) = (suited.bug, exploration.outlook());
            println!("{bug}: {} in {} states", outlook.status, outlook.states);
            let found = outlook.found.map(|found| ("property", found.property.to_string()));
            assert!(found.is_some_and(|found| suited.reach.contains(&found)), "{bug} is not shown");
        }
    }
}
