//! Why a few requests cannot be put in any order, in a sentence.

use super::history::{Answer, History, Op, Request};

/// Why no order explains what these requests were answered, in one sentence.
///
/// `stretch`: what [`super::Verdict::Refused`] names, so without any one of them there is an order. The sentence is about the
/// one that is easiest to see through, the last that has changed nothing where there is such a one: in whatever order the
/// others are put, what it was told is true at no moment between its call and its answer.
///
/// ```
/// use raft_playground::check::linearizability::{Answer, History, Op, Request, reason};
///
/// let put = Request { client: 1, key: "a".into(), op: Op::Put("1".into()), call: 1, returned: Some((2, Answer::Done)) };
/// let get = Request { client: 2, key: "a".into(), op: Op::Get, call: 3, returned: Some((4, Answer::NotFound)) };
/// assert_eq!(
///     reason(&History { requests: vec![put, get] }, &[0, 1]),
///     "c2's `get a` found nothing, but a was there all the time that it ran, wherever c1's `put a 1` is placed."
/// );
/// ```
pub fn reason(history: &History, stretch: &[usize]) -> String {
    let told = |place: &usize| {
        let request = &history.requests[*place];
        request.returned.as_ref().map(|(end, answer)| (*place, *end, answer))
    };
    let last = stretch.iter().filter_map(told).max_by_key(|(_, end, answer)| (**answer != Answer::Done, *end));
    let Some((place, _, answer)) = last else { return "No order explains these answers.".to_string() };
    let Request { key, op, .. } = &history.requests[place];
    let (was, but) = match (op, answer) {
        (Op::Get, Answer::Value(value)) => {
            (format!("found {value}"), format!("{key} never had that value while it ran"))
        }
        (Op::Get, _) => ("found nothing".to_string(), format!("{key} was there all the time that it ran")),
        (Op::Put(_), Answer::Exists) => ("was refused".to_string(), format!("{key} was not there while it ran")),
        (Op::Delete, Answer::NotFound) => {
            ("was refused".to_string(), format!("{key} was there all the time that it ran"))
        }
        (Op::Put(_) | Op::Delete, _) => ("was carried out".to_string(), "there is no moment left for that".to_string()),
    };
    let others: Vec<&usize> = stretch.iter().filter(|other| **other != place).collect();
    let others = match others[..] {
        [] => "for nobody had asked for what it takes".to_string(),
        [one] => format!("wherever {} is placed", subject(&history.requests[*one])),
        [one, two] => {
            let [one, two] = [one, two].map(|place| subject(&history.requests[*place]));
            format!("wherever {one} and {two} are placed")
        }
        _ => format!("wherever the other {} requests are placed", others.len()),
    };
    format!("{} {was}, but {but}, {others}.", subject(&history.requests[place]))
}

/// ``c1's `put a 1` ``.
fn subject(request: &Request) -> String {
    let Request { client, key, op, .. } = request;
    match op {
        Op::Put(value) => format!("c{client}'s `put {key} {value}`"),
        Op::Get => format!("c{client}'s `get {key}`"),
        Op::Delete => format!("c{client}'s `delete {key}`"),
    }
}
