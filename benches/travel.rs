//! What walking back costs: memory for an hour of virtual time, and the time that a seek takes.
//!
//! - `history_idle`, `history_busy`: megabytes that an hour of 5 Raft nodes keeps, without clients and with 3 clients
//!   that never stop asking; the peers are what we allow, 1 and 64.
//! - `seek_idle`, `seek_busy`: milliseconds to go to an event anywhere in that hour and to look at it, the 99th of a
//!   hundred; the peer is what we allow, 16.
//!
//! `benches/wasm.mjs` measures the same as WebAssembly. SECONDS and SEEKS in the environment change how much is done.

#![allow(clippy::float_arithmetic, clippy::cast_precision_loss)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use raft_playground::bench::{sought, watched};
use raft_playground::types::Span;

/// Counts what is in use.
struct Counting;

static IN_USE: AtomicUsize = AtomicUsize::new(0);

// Safe because all that it does beside counting is what the system does.
#[allow(unsafe_code)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        IN_USE.fetch_add(layout.size(), Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size(), Ordering::Relaxed);
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static MEMORY: Counting = Counting;

fn main() {
    let seconds = from_env("SECONDS", 3_600);
    let seeks = from_env("SEEKS", 2_000);
    for (name, busy, allowed) in [("idle", false, 1.0), ("busy", true, 64.0)] {
        let before = IN_USE.load(Ordering::Relaxed);
        let started = Instant::now();
        let mut run = watched(1, busy, Span::secs(seconds));
        let built = started.elapsed();
        let megabytes = (IN_USE.load(Ordering::Relaxed) - before) as f64 / 1e6;
        report(&format!("history_{name} MB"), megabytes, allowed);
        let mut times: Vec<f64> = (0..seeks)
            .map(|draw| {
                let to = sought(&*run, draw);
                let started = Instant::now();
                run.seek(to).expect("it is in the run");
                std::hint::black_box(run.view(None));
                started.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        times.sort_by(f64::total_cmp);
        report(&format!("seek_{name} ms"), times[times.len() * 99 / 100], 16.0);
        let (events, _) = run.end();
        let median = times[times.len() / 2];
        println!(
            "  {events} events in {built:.1?}; median seek {median:.2} ms, longest {:.2} ms",
            times[times.len() - 1]
        );
    }
}

fn from_env(name: &str, ordinary: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(ordinary)
}

fn report(what: &str, ours: f64, peer: f64) {
    println!("bench {what} ours={ours:.2} peer={peer:.0} ratio={:.2}", ours / peer);
}
