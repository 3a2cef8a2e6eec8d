//! Plays the scenarios that come with the project. Compiled into the native tests and into those of wasm.

use raft_playground::scenario::{Run, Scenario, shipped};

pub(crate) fn read(name: &str, text: &str) -> Scenario {
    Scenario::parse(text).unwrap_or_else(|mistake| panic!("{}", mistake.in_file(name)))
}

/// Every scenario from its start to its end: its name and the hash of its run.
pub(crate) fn play_all() -> Vec<(&'static str, u64)> {
    shipped().iter().map(|(name, text)| (*name, play(name, &read(name, text)))).collect()
}

fn play(name: &str, scenario: &Scenario) -> u64 {
    let mut run = Run::new(scenario).unwrap_or_else(|why| panic!("{name}: {why}"));
    let done = run.go(&mut |_| ());
    done.unwrap_or_else(|failure| panic!("{name}: {failure}\nagain with: raft-playground run {name}"));
    run.cluster().hash()
}
