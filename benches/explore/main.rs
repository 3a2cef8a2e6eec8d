//! States that are explored in a second, on one thread, beside the `stateright` crate.
//!
//! Three Raft nodes, terms and logs up to 2, one request, every property checked after every step, breadth first. The
//! model that Stateright checks has this project's own `Cluster` as its state and takes the same steps; what is compared
//! is the way of going through states: what is copied, taken back, hashed anew and remembered. Neither takes two names of a node for
//! one nor leaves anything out, so both see the same states: first that is shown, within bounds that both exhaust. The two take turns.
//!
//! - `explore_states`: states a second until so many were seen, STATES in the environment; ours / peer.
//! - `explore_reduced`: ours alone, with symmetry and reduction, as it is used; the ratio is to ours without.
//! - `explore_native`, where only that is asked for: ours once, for benches/wasm.mjs.
//! - `explore_memory`: bytes for each state that was seen, but for those that still wait; 64 are allowed.

#![allow(clippy::float_arithmetic, clippy::cast_precision_loss)]

mod model;

use std::time::Instant;

use raft_playground::bench::{plain_bounds, run_exploration, small_cluster};
use raft_playground::check::explore::Bounds;
use stateright::{Checker, Model};

use model::Schedules;

const ALLOWED_BYTES: f64 = 64.0;

fn main() {
    let number = |name, otherwise| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise);
    let (states, rounds) = (number("STATES", 150_000), number("ROUNDS", 5));
    let bounds = plain_bounds(states);
    if std::env::args().any(|argument| argument == "explore_native") {
        println!("bench explore_native states/s ours={:.0}", rate(|| run_exploration(bounds).0));
        return;
    }
    let few = Bounds { epochs: 1, ..plain_bounds(u32::MAX) };
    let (ours, theirs) = (run_exploration(few.clone()).0, stateright(few));
    assert_eq!(ours, theirs, "both see the same states");
    println!("term 1, one request: {ours} states, as the peer has it");

    let (mut ours, mut peer, mut reduced, mut bytes) = (Vec::new(), Vec::new(), Vec::new(), 0.0);
    for _ in 0..rounds {
        // It stops by how often it has come to a state, new or not; ours then sees as many different ones.
        let mut seen = 0;
        peer.push(rate(|| {
            seen = stateright(bounds.clone());
            seen
        }));
        let bounds = Bounds { states: u32::try_from(seen).unwrap_or(states), ..bounds.clone() };
        ours.push(rate(|| run_exploration(bounds.clone()).0));
        reduced.push(rate(|| {
            let (seen, taken) = run_exploration(Bounds { symmetry: true, reduction: true, ..bounds.clone() });
            bytes = taken as f64 / seen as f64;
            seen
        }));
    }
    let (ours, peer, reduced) = (median(ours), median(peer), median(reduced));
    println!("bench explore_states states/s ours={ours:.0} peer={peer:.0} ratio={:.3}", ours / peer);
    println!("bench explore_reduced states/s ours={reduced:.0} peer={ours:.0} ratio={:.3}", reduced / ours);
    println!("bench explore_memory bytes ours={bytes:.1} peer={ALLOWED_BYTES} ratio={:.3}", bytes / ALLOWED_BYTES);
}

/// How many states Stateright has seen once it has seen so many.
fn stateright(bounds: Bounds) -> u64 {
    // Of a state that is new it comes to about five.
    let target = (bounds.states as usize).saturating_mul(5);
    let model = Schedules { cluster: small_cluster(), bounds };
    let checker = model.checker().threads(1).target_state_count(target).spawn_bfs().join();
    assert_eq!(checker.discoveries().len(), 0, "every promise is kept");
    checker.unique_state_count() as u64
}

fn rate(run: impl FnOnce() -> u64) -> f64 {
    let began = Instant::now();
    let states = run();
    states as f64 / began.elapsed().as_secs_f64()
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}
