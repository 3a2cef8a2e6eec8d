//! Events per second of the simulation: 5 Raft nodes, 3 clients that never stop asking.
//!
//! Prints `bench events_per_second_native events/s ours=N peer=N ratio=X`. The peer is our own first
//! form, measured in the same run by nobody but itself, so the ratio is 1 here; the ratio of wasm to
//! native is printed by `./build.sh bench`, which runs both.

use std::time::Instant;

use raft_playground::bench::run_events;

fn main() {
    let events = std::env::var("EVENTS").ok().and_then(|text| text.parse().ok()).unwrap_or(3_000_000);
    run_events(1, events / 10);
    let started = Instant::now();
    let done = run_events(1, events);
    #[allow(clippy::cast_precision_loss, clippy::float_arithmetic)]
    let rate = done as f64 / started.elapsed().as_secs_f64();
    println!("bench events_per_second_native events/s ours={rate:.0} peer={rate:.0} ratio=1.00");
}
