//! The judge beside the tester of the `stateright` crate, which somebody else has written after another method.

use std::collections::HashMap;

use stateright::semantics::{ConsistencyTester, LinearizabilityTester, SequentialSpec};

use super::tests::random_history;
use super::*;

/// One key of the store, one request at a time.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
struct Key(Option<String>);

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Ask {
    Put(String),
    Get,
    Delete,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Told {
    Done,
    Value(String),
    Exists,
    NotFound,
}

impl SequentialSpec for Key {
    type Op = Ask;
    type Ret = Told;

    fn invoke(&mut self, op: &Ask) -> Told {
        match (op, &self.0) {
            (Ask::Put(_), Some(_)) => Told::Exists,
            (Ask::Get, Some(value)) => Told::Value(value.clone()),
            (Ask::Get | Ask::Delete, None) => Told::NotFound,
            (Ask::Put(value), None) => {
                self.0 = Some(value.clone());
                Told::Done
            }
            (Ask::Delete, Some(_)) => {
                self.0 = None;
                Told::Done
            }
        }
    }
}

/// What the other tester says, each request on a thread of its own: one of unknown outcome never returns.
fn is_linearizable(history: &History) -> bool {
    let mut testers: HashMap<&str, LinearizabilityTester<usize, Key>> = HashMap::new();
    // What is asked and answered at one time overlaps, so the questions come first.
    let calls = history.requests.iter().enumerate().map(|(n, request)| (request.call, false, n));
    let returns = history.requests.iter().enumerate();
    let returns = returns.filter_map(|(n, request)| request.returned.as_ref().map(|(end, _)| (*end, true, n)));
    let mut events: Vec<(u64, bool, usize)> = calls.chain(returns).collect();
    events.sort_unstable();
    for (_, returns, n) in events {
        let Request { key, op, returned, .. } = &history.requests[n];
        let tester = testers.entry(key).or_insert_with(|| LinearizabilityTester::new(Key::default()));
        match (returns, returned) {
            (true, Some((_, answer))) => {
                let told = match answer {
                    Answer::Done => Told::Done,
                    Answer::Value(value) => Told::Value(value.to_string()),
                    Answer::Exists => Told::Exists,
                    Answer::NotFound => Told::NotFound,
                };
                tester.on_return(n, told).expect("it was asked");
            }
            _ => {
                let ask = match op {
                    Op::Put(value) => Ask::Put(value.to_string()),
                    Op::Get => Ask::Get,
                    Op::Delete => Ask::Delete,
                };
                tester.on_invoke(n, ask).expect("the thread is free");
            }
        }
    }
    testers.values().all(ConsistencyTester::is_consistent)
}

/// Several small histories as one, each about a key of its own.
fn together(seeds: std::ops::Range<u64>) -> History {
    let parts = seeds.map(|seed| (seed, random_history(seed)));
    let requests = parts.flat_map(|(seed, history)| {
        let key: crate::types::Text = format!("k{seed}").into();
        history.requests.into_iter().map(move |request| Request { key: key.clone(), ..request })
    });
    History { requests: requests.collect() }
}

#[test]
fn no_difference_to_stateright_on_100_000_small_histories() {
    let mut fine = 0;
    for seed in 0..100_000 {
        let history = if seed % 4 == 0 { together(seed..seed + 2) } else { random_history(seed) };
        let expected = is_linearizable(&history);
        let verdict = judge(&history, u64::MAX);
        assert_eq!(matches!(verdict, Verdict::Linearizable { .. }), expected, "seed {seed}: {history:#?}\n{verdict:?}");
        fine += u32::from(expected);
    }
    assert!((20_000..80_000).contains(&fine), "{fine} are linearizable");
}

#[test]
fn deliberately_wrong_histories_are_refused_by_both() {
    let request =
        |client, op, call, answer| Request { client, key: "a".into(), op, call, returned: Some((call + 1, answer)) };
    let put = |value: &str, call| request(1, Op::Put(value.into()), call, Answer::Done);
    let lost_put = vec![put("1", 1), request(2, Op::Get, 3, Answer::NotFound)];
    let stale_read = vec![
        put("1", 1),
        request(1, Op::Delete, 3, Answer::Done),
        put("2", 5),
        request(2, Op::Get, 7, Answer::Value("1".into())),
    ];
    let deleted_twice =
        vec![put("1", 1), request(1, Op::Delete, 3, Answer::Done), request(2, Op::Delete, 5, Answer::Done)];
    for requests in [lost_put, stale_read, deleted_twice] {
        let history = History { requests };
        assert!(!is_linearizable(&history), "{history:#?}");
        assert!(matches!(judge(&history, u64::MAX), Verdict::Refused { .. }), "{history:#?}");
    }
}
