//! The judge beside one that tries every order, and histories that must be refused.

use super::*;
use crate::chance::{Chance, Purpose};

/// Every order of all requests is tried, and of those of unknown outcome whether they are in it.
fn by_brute_force(requests: &[&Request], value: Option<&str>, left: u32) -> bool {
    let open = || (0..requests.len()).filter(|at| left >> at & 1 == 1);
    if open().all(|at| requests[at].returned.is_none()) {
        return true;
    }
    let first_end = open().filter_map(|at| requests[at].returned.as_ref().map(|(end, _)| *end)).min();
    open().filter(|at| first_end.is_none_or(|end| requests[*at].call <= end)).any(|at| {
        let (request, rest) = (requests[at], left & !(1 << at));
        let (answer, after) = match (&request.op, value) {
            (Op::Put(new), None) => (Answer::Done, Some(&**new)),
            (Op::Put(_), Some(_)) => (Answer::Exists, value),
            (Op::Get, Some(value)) => (Answer::Value(value.into()), Some(value)),
            (Op::Get | Op::Delete, None) => (Answer::NotFound, None),
            (Op::Delete, Some(_)) => (Answer::Done, None),
        };
        let fits = request.returned.as_ref().is_none_or(|(_, seen)| *seen == answer);
        fits && by_brute_force(requests, after, rest)
    })
}

pub(super) fn brute(history: &History) -> bool {
    let requests: Vec<&Request> = history.requests.iter().collect();
    by_brute_force(&requests, None, (1 << requests.len()) - 1)
}

/// Up to seven requests on one key, whose answers are drawn, so that about half of the histories are wrong.
pub(super) fn random_history(seed: u64) -> History {
    let chance = Chance::new(seed);
    let draw = |what: u64, bound: u64| chance.below(Purpose::Request, [what, 0], bound);
    let count = 2 + draw(1, 6);
    let request = |n: u64| {
        let draw = |what: u64, bound: u64| draw(100 * (n + 1) + what, bound);
        let value: Text = if draw(1, 2) == 0 { "x".into() } else { "y".into() };
        let (op, answer) = match draw(2, 6) {
            0 | 1 => (Op::Put(value), Answer::Done),
            2 => (Op::Put(value), Answer::Exists),
            3 => (Op::Get, if draw(3, 3) == 0 { Answer::NotFound } else { Answer::Value(value) }),
            4 => (Op::Delete, Answer::Done),
            _ => (Op::Delete, if draw(3, 3) == 0 { Answer::Done } else { Answer::NotFound }),
        };
        let call = draw(4, 20);
        let returned = (draw(5, 5) > 0).then(|| (call + draw(6, 12), answer));
        Request { client: n, key: "k".into(), op, call, returned }
    };
    History { requests: (0..count).map(request).collect() }
}

#[test]
fn no_difference_to_brute_force_on_100_000_small_histories() {
    let (mut fine, mut unknown) = (0, 0);
    for seed in 0..100_000 {
        let history = random_history(seed);
        let expected = brute(&history);
        let verdict = judge(&history, u64::MAX);
        assert_eq!(matches!(verdict, Verdict::Linearizable { .. }), expected, "seed {seed}: {history:#?}\n{verdict:?}");
        fine += u32::from(expected);
        unknown += u32::from(history.requests.iter().any(|request| request.returned.is_none()));
        match verdict {
            Verdict::Linearizable { orders } => assert!(explains(&history, &orders[0].1), "seed {seed}: {orders:?}"),
            Verdict::Refused { stretch, .. } if seed % 10 == 0 => is_shortest(&history, &stretch),
            Verdict::Refused { .. } => {}
            Verdict::Undecided { .. } => panic!("seed {seed} has few requests"),
        }
    }
    assert!((20_000..80_000).contains(&fine) && unknown > 20_000, "{fine} are linearizable, {unknown} have unknowns");
}

/// One server to which the requests come in this order gives these answers, and no request comes before it is asked or
/// after it is answered.
fn explains(history: &History, order: &[usize]) -> bool {
    let (mut value, mut now): (Option<Text>, u64) = (None, 0);
    let answered = history.requests.iter().filter(|request| request.returned.is_some()).count();
    let known = order.iter().filter(|place| history.requests[**place].returned.is_some()).count();
    answered == known
        && order.iter().all(|place| {
            let request = &history.requests[*place];
            now = now.max(request.call);
            let answer = match (&request.op, value.clone()) {
                (Op::Put(new), None) => {
                    value = Some(new.clone());
                    Answer::Done
                }
                (Op::Put(_), Some(_)) => Answer::Exists,
                (Op::Get, Some(value)) => Answer::Value(value),
                (Op::Get | Op::Delete, None) => Answer::NotFound,
                (Op::Delete, Some(_)) => {
                    value = None;
                    Answer::Done
                }
            };
            request.returned.as_ref().is_none_or(|(end, seen)| *seen == answer && now <= *end)
        })
}

/// The stretch is refused whatever became of the others, and without any one of it it is not.
fn is_shortest(history: &History, stretch: &[usize]) {
    let places: Vec<usize> = (0..history.requests.len()).collect();
    let refused = |kept: &dyn Fn(usize) -> bool| search(&Part::of(history, &places, kept), u64::MAX) == Outcome::None;
    assert!(refused(&|place| stretch.contains(&place)), "{history:#?}\n{stretch:?}");
    for left_out in stretch {
        assert!(!refused(&|place| stretch.contains(&place) && place != *left_out), "{history:#?}\n{stretch:?}");
    }
}

fn request(client: u64, op: Op, call: u64, end: u64, answer: Answer) -> Request {
    Request { client, key: "a".into(), op, call, returned: Some((end, answer)) }
}

fn stretch(requests: Vec<Request>) -> Vec<usize> {
    match judge(&History { requests }, u64::MAX) {
        Verdict::Refused { stretch, .. } => stretch,
        other => panic!("it must be refused: {other:?}"),
    }
}

#[test]
fn wrong_histories_are_refused_with_what_contradicts() {
    let put = |value: &str, call, end| request(1, Op::Put(value.into()), call, end, Answer::Done);
    let get = |value: &str, call, end| request(2, Op::Get, call, end, Answer::Value(value.into()));
    let gone = |call, end| request(2, Op::Get, call, end, Answer::NotFound);
    let delete = |client, call, end| request(client, Op::Delete, call, end, Answer::Done);
    // A lost put, between what is fine.
    assert_eq!(stretch(vec![gone(1, 2), put("1", 3, 4), gone(5, 6), gone(7, 8)]), [1, 2]);
    // A stale read: what is read was deleted before, and put once only.
    assert_eq!(stretch(vec![put("1", 1, 2), delete(1, 3, 4), put("2", 5, 6), get("1", 7, 8)]), [1, 3]);
    // One value, deleted twice one after the other.
    assert_eq!(stretch(vec![put("1", 1, 2), delete(1, 3, 4), delete(2, 5, 6), gone(7, 8)]), [1, 2]);
    // A value that nobody has put.
    assert_eq!(stretch(vec![get("7", 1, 2)]), [0]);
    // The same reads while the put lasts may go either way, but not back.
    let slow = || put("1", 1, 9);
    assert_eq!(stretch(vec![slow(), get("1", 2, 3), gone(4, 5)]), [1, 2]);
    let fine = History { requests: vec![slow(), gone(2, 3), get("1", 4, 5)] };
    assert!(matches!(judge(&fine, u64::MAX), Verdict::Linearizable { .. }));
}

#[test]
fn a_request_of_unknown_outcome_may_take_effect_once_or_never() {
    let unknown = |op| Request { client: 3, key: "a".into(), op, call: 1, returned: None };
    let get = |call, answer| request(2, Op::Get, call, call + 1, answer);
    let both = vec![unknown(Op::Put("1".into())), get(5, Answer::NotFound), get(7, Answer::Value("1".into()))];
    assert!(matches!(judge(&History { requests: both }, u64::MAX), Verdict::Linearizable { .. }));
    let twice = vec![
        unknown(Op::Put("1".into())),
        get(5, Answer::Value("1".into())),
        request(2, Op::Delete, 7, 8, Answer::Done),
        get(9, Answer::Value("1".into())),
    ];
    assert_eq!(stretch(twice), [2, 3], "one put does not come twice");
}

#[test]
fn a_million_requests_neither_overflow_nor_take_for_ever() {
    let value = |n: u64| -> Text { format!("{}", n / 4).into() };
    let one = |n: u64| {
        let (op, answer) = match n % 4 {
            0 => (Op::Put(value(n)), Answer::Done),
            1 => (Op::Get, Answer::Value(value(n))),
            2 => (Op::Put("other".into()), Answer::Exists),
            _ => (Op::Delete, Answer::Done),
        };
        request(n % 7, op, 10 * n, 10 * n + 9, answer)
    };
    let history = History { requests: (0..1_000_000).map(one).collect() };
    let Verdict::Linearizable { orders } = judge(&history, u64::MAX) else { panic!("it is linearizable") };
    assert_eq!(orders[0].1.len(), 1_000_000);
    assert_eq!(judge(&history, 1_000), Verdict::Undecided { key: "a".into() });
}

/// What one server answers to so many clients at once about one key: each request takes effect at a moment drawn between its
/// call and its return. One in `unknown` has no outcome, and half of these take effect all the same.
fn served(seed: u64, clients: u64, count: u64, unknown: u64) -> History {
    let chance = Chance::new(seed);
    let draw = |n: u64, what: u64, bound: u64| chance.below(Purpose::Request, [n, what], bound);
    let drawn = |n: u64| {
        // Whoever asks has been answered before: a client's requests lie a hundred ticks apart.
        let call = n / clients * 100 + draw(n, 2, 30);
        let op = match draw(n, 5, 3) {
            0 => Op::Get,
            1 => Op::Put(format!("{}", draw(n, 6, 1 + count / 2)).into()),
            _ => Op::Delete,
        };
        (call + 1 + draw(n, 3, 30), n, op, call, call + 32 + draw(n, 4, 30))
    };
    let mut drawn: Vec<_> = (0..count).map(drawn).collect();
    drawn.sort_by_key(|(at, n, ..)| (*at, *n));
    let mut value: Option<Text> = None;
    let mut requests = Vec::new();
    for (_, n, op, call, end) in drawn {
        let (key, lost) = ("k".into(), draw(n, 7, unknown) == 0);
        if lost && draw(n, 8, 2) == 0 {
            requests.push(Request { client: n % clients, key, op, call, returned: None });
            continue;
        }
        let answer = match (&op, value.clone()) {
            (Op::Put(new), None) => {
                value = Some(new.clone());
                Answer::Done
            }
            (Op::Put(_), Some(_)) => Answer::Exists,
            (Op::Get, Some(found)) => Answer::Value(found),
            (Op::Get | Op::Delete, None) => Answer::NotFound,
            (Op::Delete, Some(_)) => {
                value = None;
                Answer::Done
            }
        };
        let returned = Some((end, answer)).filter(|_| !lost);
        requests.push(Request { client: n % clients, key, op, call, returned });
    }
    History { requests }
}

#[test]
fn what_a_server_has_answered_to_many_at_once_is_decided_in_few_steps_whatever_is_unknown() {
    for clients in [3, 10, 20, 30] {
        for unknown in [2, 5, 20, 1_000_000] {
            for seed in 0..3 {
                let history = served(seed, clients, 5_000, unknown);
                let verdict = judge(&history, 1_000_000);
                let Verdict::Linearizable { orders } = &verdict else {
                    panic!("{clients} clients, 1 in {unknown} unknown, seed {seed}: {verdict:?}");
                };
                assert!(explains(&history, &orders[0].1), "{clients} clients, 1 in {unknown} unknown, seed {seed}");
            }
        }
    }
}

#[test]
fn one_wrong_answer_among_many_is_told_by_a_few_requests() {
    let (mut refused, mut sizes) = (0, Vec::new());
    for seed in 0..60 {
        let mut history = served(seed, 6, 600, 100);
        let place = usize::try_from(Chance::new(seed).below(Purpose::Request, [0, 99], 600)).expect("it is small");
        let Request { op, returned: Some((_, answer)), .. } = &mut history.requests[place] else { continue };
        *answer = match (&*op, &*answer) {
            (Op::Get, Answer::NotFound) => Answer::Value(seed.to_string().into()),
            (Op::Get, _) => Answer::NotFound,
            (Op::Put(_), Answer::Done) => Answer::Exists,
            (Op::Delete, Answer::Done) => Answer::NotFound,
            _ => Answer::Done,
        };
        // Where much is unknown there are soon too many states for whoever judges answer by answer.
        let (wrong, given_up) = online::tests::first_wrong(&history);
        match judge(&history, u64::MAX) {
            Verdict::Refused { stretch, .. } => {
                assert!(wrong.is_some() || given_up, "seed {seed}");
                is_shortest(&history, &stretch);
                refused += 1;
                sizes.push(stretch.len());
            }
            verdict => assert!(wrong.is_none() && matches!(verdict, Verdict::Linearizable { .. }), "seed {seed}"),
        }
    }
    sizes.sort_unstable();
    // Where no get tells of a value, only counting puts and deletes does, and all of them are in it then.
    assert!(refused >= 20 && sizes[sizes.len() / 3] <= 3, "{refused} are refused, by {sizes:?}");
}
