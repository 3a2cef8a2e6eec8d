//! The workloads that `benches/` measures, kept here so that native and wasm run the same code.

use crate::settings::Settings;
use crate::sim::{Cluster, schedule};

/// Runs 5 Raft nodes with 3 clients under traffic until `events` events have happened; returns how
/// many have.
///
/// # Panics
///
/// Where the simulation refuses its own schedule, which is a bug.
pub fn run_events(seed: u64, events: u64) -> u64 {
    let settings = Settings { seed, traffic: true, ..Settings::default() };
    let mut cluster = Cluster::new(settings.raft().expect("these settings are valid"));
    while cluster.steps() < events && schedule::step(&mut cluster).expect("what is due can be done") {}
    cluster.steps()
}
