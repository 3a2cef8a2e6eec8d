//! How long judging a history takes: milliseconds, the best of three, beside what we allow.
//!
//! - `judge_10k`: 10,000 requests about 100 keys; we allow 50.
//! - `judge_100k`: 100,000 about 100 keys; we allow 500.
//! - `judge_unknown`: 100,000 about 10 keys, of which one in 20 has no outcome; we allow 10,000.
//! - `judge_one_key`: 20,000 about one key, of which one in 5 has no outcome; we allow 1,000.
//!
//! The histories are what one server answers to 30 clients at once: each request takes effect at a moment drawn between its
//! call and its return.

#![allow(clippy::float_arithmetic, clippy::cast_precision_loss)]

use std::time::Instant;

use raft_playground::chance::{Chance, Purpose};
use raft_playground::check::linearizability::{Answer, History, Op, Request, Verdict, judge};

const CLIENTS: u64 = 30;

fn main() {
    for (name, requests, keys, unknown, allowed) in [
        ("judge_10k", 10_000, 100, 0, 50.0),
        ("judge_100k", 100_000, 100, 0, 500.0),
        ("judge_unknown", 100_000, 10, 20, 10_000.0),
        ("judge_one_key", 20_000, 1, 5, 1_000.0),
    ] {
        let history = history(requests, keys, unknown);
        let best = (0..3).map(|_| milliseconds(&history)).fold(f64::INFINITY, f64::min);
        println!("{name} {best:.1} ms, allowed {allowed} ms, ratio {:.2}", best / allowed);
    }
}

fn milliseconds(history: &History) -> f64 {
    let began = Instant::now();
    let verdict = judge(history, u64::MAX);
    assert!(matches!(verdict, Verdict::Linearizable { .. }), "one server has answered all of it");
    began.elapsed().as_secs_f64() * 1_000.0
}

/// One in `unknown` requests has no outcome; half of these take effect. 0 for none.
fn history(count: u64, keys: u64, unknown: u64) -> History {
    let chance = Chance::new(1);
    let draw = |n: u64, what: u64, bound: u64| chance.below(Purpose::Request, [n, what], bound);
    let mut values: Vec<Option<u64>> = vec![None; usize::try_from(keys).expect("few keys")];
    let mut requests: Vec<(u64, Request)> = Vec::new();
    for n in 0..count {
        let (client, key) = (n % CLIENTS, draw(n, 1, keys));
        // Whoever asks has been answered before: a client's requests lie a hundred ticks apart.
        let call = n / CLIENTS * 100 + draw(n, 2, 30);
        let (at, end) = (call + 1 + draw(n, 3, 30), call + 32 + draw(n, 4, 30));
        let op = match draw(n, 5, 3) {
            0 => Op::Get,
            1 => Op::Put(n.to_string().into()),
            _ => Op::Delete,
        };
        let request = Request { client, key: key.to_string().into(), op, call, returned: Some((end, Answer::Done)) };
        requests.push((at * CLIENTS + client, request));
    }
    requests.sort_by_key(|(at, _)| *at);
    for (n, (_, request)) in (0..).zip(&mut requests) {
        let lost = unknown > 0 && draw(n, 6, unknown) == 0;
        let place: usize = request.key.parse().expect("a number");
        let value = &mut values[place];
        let answer = match (&request.op, *value) {
            _ if lost && draw(n, 7, 2) == 0 => Answer::Done,
            (Op::Get, Some(value)) => Answer::Value(value.to_string().into()),
            (Op::Put(new), None) => {
                *value = Some(new.parse().expect("a number"));
                Answer::Done
            }
            (Op::Put(_), Some(_)) => Answer::Exists,
            (Op::Get | Op::Delete, None) => Answer::NotFound,
            (Op::Delete, Some(_)) => {
                *value = None;
                Answer::Done
            }
        };
        request.returned = request.returned.take().filter(|_| !lost).map(|(end, _)| (end, answer));
    }
    History { requests: requests.into_iter().map(|(_, request)| request).collect() }
}
