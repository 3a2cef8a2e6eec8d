//! The judge beside the tester of the `stateright` crate: written by others, and after another method (it tries the next
//! request of each thread in turn, and remembers nothing).

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
        assert_eq!(
            matches!(verdict, Verdict::Linearizable { .. }),
            expected,
            "history {seed}: {history:#?}\n{verdict:?}"
        );
        fine += u32::from(expected);
    }
    assert!((20_000..80_000).contains(&fine), "{fine} are linearizable");
}

#[test]
fn deliberately_wrong_histories_are_refused_by_both_and_their_right_neighbours_by_neither() {
    let request =
        |client, op, call, end, answer| Request { client, key: "a".into(), op, call, returned: Some((end, answer)) };
    let put = |value: &str, call, end| request(1, Op::Put(value.into()), call, end, Answer::Done);
    let get = |value: &str, call, end| request(2, Op::Get, call, end, Answer::Value(value.into()));
    let gone = |call, end| request(2, Op::Get, call, end, Answer::NotFound);
    let delete = |client, call, end| request(client, Op::Delete, call, end, Answer::Done);
    let no_answer = |op, call| Request { client: 3, key: "a".into(), op, call, returned: None };
    // Each wrong one, and what makes it right: an answer that comes later, so that two requests overlap, or one more request.
    let pairs = [
        ("a lost put", vec![put("1", 1, 2), gone(3, 4)], vec![put("1", 1, 3), gone(3, 4)]),
        (
            "a stale read",
            vec![put("1", 1, 2), delete(1, 3, 4), put("2", 5, 6), get("1", 7, 8)],
            vec![put("1", 1, 2), delete(1, 3, 8), put("2", 5, 9), get("1", 7, 8)],
        ),
        (
            "a delete that was answered twice",
            vec![put("1", 1, 2), delete(1, 3, 4), delete(2, 5, 6)],
            vec![put("1", 1, 2), delete(1, 3, 4), delete(2, 5, 6), no_answer(Op::Put("2".into()), 5)],
        ),
        (
            "a put of unknown outcome that came twice",
            vec![no_answer(Op::Put("1".into()), 1), get("1", 2, 3), delete(1, 4, 5), get("1", 6, 7)],
            vec![no_answer(Op::Put("1".into()), 1), get("1", 2, 3), delete(1, 4, 6), get("1", 6, 7)],
        ),
    ];
    for (what, wrong, right) in pairs {
        let (wrong, right) = (History { requests: wrong }, History { requests: right });
        assert!(!is_linearizable(&wrong) && matches!(judge(&wrong, u64::MAX), Verdict::Refused { .. }), "{what}");
        assert!(
            is_linearizable(&right) && matches!(judge(&right, u64::MAX), Verdict::Linearizable { .. }),
            "no longer {what}"
        );
    }
}
