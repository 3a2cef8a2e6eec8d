//! Events per second of the simulation: 5 Raft nodes, 3 clients that never stop asking.
//!
//! - `events_per_second_native`: the simulation alone; the peer is what we aim at, 1,000,000.
//! - `events_per_second_checked`: with every property checked at every event; the peer is the
//!   simulation alone, in the same run.
//! - `events_per_second_checked_idle`, `events_per_second_checked_multi_paxos`: the same where no client
//!   asks for anything, and of Multi-Paxos; each beside itself without the checks.
//! - `events_per_second_metered`: with what each node does counted at every event; the same peer.
//!
//! All take turns and medians are compared, so that a machine which slows down meanwhile slows down
//! all. `benches/wasm.mjs` measures the same as WebAssembly. EVENTS and ROUNDS in the environment
//! change how much is done.

#![allow(clippy::float_arithmetic, clippy::cast_precision_loss)]

use std::time::Instant;

use raft_playground::bench::{run_checked_events, run_events, run_idle_events, run_metered_events, run_paxos_events};

const SEED: u64 = 1;
const AIM: f64 = 1_000_000.0;

fn main() {
    let events = from_env("EVENTS", 1_000_000);
    let rounds = from_env("ROUNDS", 5);
    let rate = |run: fn(u64, u64) -> u64| {
        let started = Instant::now();
        run(SEED, events) as f64 / started.elapsed().as_secs_f64()
    };
    rate(run_events);
    let runs: [fn(u64, u64) -> u64; 7] = [
        run_events,
        run_checked_events,
        run_metered_events,
        |seed, events| run_idle_events(seed, events, false),
        |seed, events| run_idle_events(seed, events, true),
        |seed, events| run_paxos_events(seed, events, false),
        |seed, events| run_paxos_events(seed, events, true),
    ];
    let mut rates = runs.map(|_| Vec::new());
    for _ in 0..rounds {
        rates.iter_mut().zip(runs).for_each(|(rates, run)| rates.push(rate(run)));
    }
    let [plain, checked, metered, idle, idle_checked, paxos, paxos_checked] = rates.map(median);
    report("native", plain, AIM);
    report("checked", checked, plain);
    report("metered", metered, plain);
    report("checked_idle", idle_checked, idle);
    report("checked_multi_paxos", paxos_checked, paxos);
}

fn from_env(name: &str, ordinary: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(ordinary)
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

fn report(what: &str, ours: f64, peer: f64) {
    println!("bench events_per_second_{what} events/s ours={ours:.0} peer={peer:.0} ratio={:.2}", ours / peer);
}
