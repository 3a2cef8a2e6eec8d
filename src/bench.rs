//! The workloads that `benches/` measures, kept here so that native and wasm run the same code.

use crate::chance::{Chance, Purpose};
use crate::check::Auditor;
#[cfg(feature = "contrast")]
use crate::check::explore::{Bounds, Explorer, Search, Status};
use crate::meter::Meter;
#[cfg(not(target_arch = "wasm32"))]
use crate::multi_paxos::MultiPaxos;
use crate::playground::{Playground, open};
use crate::protocol::Protocol;
#[cfg(feature = "contrast")]
use crate::raft::Config;
use crate::raft::Raft;
use crate::settings::Settings;
#[cfg(feature = "contrast")]
use crate::sim::Setup;
use crate::sim::{Cluster, schedule};
use crate::types::Span;

/// 5 Raft nodes with 3 clients that never stop asking.
fn busy_cluster(seed: u64) -> Cluster<Raft> {
    let settings = Settings { seed, traffic: true, ..Settings::default() };
    Cluster::new(settings.raft().expect("these settings are valid"))
}

/// 5 Raft nodes that hear of their leader and of nothing else.
#[cfg(not(target_arch = "wasm32"))]
fn idle_cluster(seed: u64) -> Cluster<Raft> {
    Cluster::new(Settings { seed, ..Settings::default() }.raft().expect("these settings are valid"))
}

/// Multi-Paxos in its usual size, with clients that never stop asking.
#[cfg(not(target_arch = "wasm32"))]
fn busy_paxos(seed: u64) -> Cluster<MultiPaxos> {
    let settings = Settings { protocol: "multi_paxos".into(), seed, traffic: true, ..Settings::default() };
    Cluster::new(settings.multi_paxos().expect("these settings are valid"))
}

/// Lets a cluster go on until so many events have happened; with every property checked at every event, or none.
fn go_on<P: Protocol>(mut cluster: Cluster<P>, events: u64, checked: bool) -> u64 {
    let mut auditor = Auditor::default();
    while cluster.steps() < events && schedule::step(&mut cluster).expect("what is due can be done") {
        if checked {
            auditor.look(&cluster).expect("every property holds");
        }
    }
    cluster.steps()
}

/// As [`run_events`], and checked as [`run_checked_events`], where no client asks for anything.
///
/// # Panics
///
/// As these.
#[cfg(not(target_arch = "wasm32"))]
pub fn run_idle_events(seed: u64, events: u64, checked: bool) -> u64 {
    go_on(idle_cluster(seed), events, checked)
}

/// The same of Multi-Paxos with clients that never stop asking.
///
/// # Panics
///
/// As these.
#[cfg(not(target_arch = "wasm32"))]
pub fn run_paxos_events(seed: u64, events: u64, checked: bool) -> u64 {
    go_on(busy_paxos(seed), events, checked)
}

/// Runs a busy cluster until `events` events have happened; returns how many have.
///
/// # Panics
///
/// Where the simulation refuses its own schedule, which is a bug.
pub fn run_events(seed: u64, events: u64) -> u64 {
    // By itself: the checks would add what they print to the page.
    let mut cluster = busy_cluster(seed);
    while cluster.steps() < events && schedule::step(&mut cluster).expect("what is due can be done") {}
    cluster.steps()
}

/// The same, with every property checked at every event.
///
/// # Panics
///
/// As [`run_events`], or where a property is broken.
pub fn run_checked_events(seed: u64, events: u64) -> u64 {
    go_on(busy_cluster(seed), events, true)
}

/// The same without the checks, with all that each node does counted.
///
/// # Panics
///
/// As [`run_events`].
pub fn run_metered_events(seed: u64, events: u64) -> u64 {
    let mut cluster = busy_cluster(seed);
    let mut meter = Meter::default();
    while cluster.steps() < events && schedule::step(&mut cluster).expect("what is due can be done") {
        meter.take_note(&cluster);
    }
    std::hint::black_box(meter.metrics(&cluster));
    cluster.steps()
}

/// A cluster of 5 Raft nodes as the page has it, after so much virtual time; busy with 3 clients, or idle.
///
/// # Panics
///
/// Where the simulation refuses its own schedule, which is a bug.
pub fn watched(seed: u64, busy: bool, span: Span) -> Box<dyn Playground> {
    let settings = Settings { seed, traffic: busy, ..Settings::default() };
    let mut run = open(&settings).expect("these settings are valid");
    run.advance(span).expect("what is due can be done");
    run
}

/// The `draw`th place of those that are sought in a run for the measurement: an event anywhere in it.
pub fn sought(run: &dyn Playground, draw: u64) -> u64 {
    Chance::new(draw).below(Purpose::Fault, [draw, 0], run.end().0)
}

/// A cluster of 3 Raft nodes with one client at its start, to be explored.
#[cfg(feature = "contrast")]
pub fn small_cluster() -> Cluster<Raft> {
    Cluster::new(Setup { clients: 1, ..Setup::new(1, Config::new(3)) })
}

/// The bounds within which `benches/` explores [`small_cluster`]: terms and logs up to 2, one request; no state taken for
/// another, nothing left out.
#[cfg(feature = "contrast")]
pub fn plain_bounds(states: u32) -> Bounds {
    Bounds { states, requests: 1, symmetry: false, reduction: false, ..Bounds::default() }
}

/// Explores [`small_cluster`] breadth first within bounds; returns how many states were seen, and how many bytes they take.
///
/// # Panics
///
/// Where a promise is broken, which is a bug.
#[cfg(feature = "contrast")]
pub fn run_exploration(bounds: Bounds) -> (u64, u64) {
    let explorer = Explorer::new(small_cluster(), Auditor::default(), bounds, Search::Breadth);
    let mut explorer = explorer.expect("it can be explored within these bounds");
    while explorer.advance(1_000_000) == Status::Running {}
    assert!(explorer.found().is_none(), "{:?}", explorer.found());
    (explorer.progress().states, explorer.progress().bytes)
}
