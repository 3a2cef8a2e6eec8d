//! What clients of a run saw, judged: whether one server could have answered so.

use serde::Serialize;

use super::{Playground, Session};
use crate::check::Place;
use crate::check::linearizability::{Finding, History, Op, Request, judge_each, reason};
use crate::kv::Command;
use crate::types::{ClientId, Text};

/// What clients asked and were answered up to a moment, and what is found of it for each key.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Judgement {
    /// The moment.
    pub now: Place,
    /// Every request, in the order in which they were asked.
    pub requests: Vec<Asked>,
    /// Each key that was asked about.
    pub keys: Vec<Judged>,
    /// Why nobody has promised that it is linearizable, as the cluster is configured; none where that is promised.
    pub forgone: Option<&'static str>,
}

/// One request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Asked {
    /// Who asked.
    pub client: ClientId,
    /// What: `put a val_1`, `get a by local`.
    pub text: String,
    /// The answer in words, or `unknown` where the cluster has given the request up; none where there is none yet.
    pub answer: Option<String>,
    /// Whether it was carried out; none where that is not known.
    pub ok: Option<bool>,
    /// The number of its call among all calls and answers of the run.
    pub call: u64,
    /// The number of its answer; none where the outcome is unknown.
    pub returned: Option<u64>,
    /// Where in the run it was asked.
    pub asked: Place,
    /// Where in the run it was answered.
    pub ended: Option<Place>,
}

/// What is found of a key. Requests are told by their places among all.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Judged {
    /// The key.
    pub key: Text,
    /// What was asked about it.
    pub requests: Vec<usize>,
    /// `linearizable`, `refused` or `undecided`.
    pub verdict: &'static str,
    /// An order that explains all answers, where there is one; of requests of unknown outcome those that took effect.
    pub order: Vec<usize>,
    /// Those that no order explains, where there are such: without any one of them the others can be.
    pub stretch: Vec<usize>,
    /// Why no order explains them, in a sentence.
    pub why: Option<String>,
}

pub(super) fn judge(session: &Session, steps: u64) -> Judgement {
    let rows = session.requests();
    let mut history = History { requests: rows.iter().filter_map(|row| row.request()).collect() };
    let asked = |row: &&crate::check::RequestRow| Asked {
        client: row.client,
        text: row.read.map_or(row.command.to_string(), |way| format!("{} by {way}", row.command)),
        answer: row.answer.as_ref().map(crate::sim::LastAnswer::text),
        ok: row.returned.and(row.answer.as_ref()).map(crate::sim::LastAnswer::is_ok),
        call: row.call,
        returned: row.returned,
        asked: row.asked,
        ended: row.ended,
    };
    let requests: Vec<Asked> = rows.iter().map(asked).collect();
    let own = history.requests.len();
    history.requests.extend(given(session));
    let judged = |(key, finding): (Text, Finding)| {
        let about = |place: &usize| history.requests[*place].key == key;
        let (verdict, order, stretch) = match finding {
            Finding::Order(order) => ("linearizable", order, Vec::new()),
            Finding::Stretch(stretch) => ("refused", Vec::new(), stretch),
            Finding::Undecided => ("undecided", Vec::new(), Vec::new()),
        };
        let why = (!stretch.is_empty()).then(|| reason(&history, &stretch));
        let order = order.into_iter().filter(|place| *place < own).collect();
        Judged { requests: (0..own).filter(about).collect(), key, verdict, order, stretch, why }
    };
    let keys =
        judge_each(&history, steps).into_iter().map(judged).filter(|judged| !judged.requests.is_empty()).collect();
    let now = Place { steps: session.steps(), at: session.moment().at };
    Judgement { now, requests, keys, forgone: session.present().forgoes() }
}

/// What disks held at the start was asked before it, by nobody knows whom, and nobody knows what came of it.
fn given(session: &Session) -> Vec<Request> {
    let mut known: Vec<(usize, u64, &Command)> = Vec::new();
    for (_, given) in &session.settings.world.given {
        for (slot, (epoch, command)) in given.slots.iter().enumerate() {
            if !known.contains(&(slot, *epoch, command)) {
                known.push((slot, *epoch, command));
            }
        }
    }
    let request = |(_, _, command): (usize, u64, &Command)| {
        let op = Op::of(command).filter(|op| *op != Op::Get)?;
        Some(Request { client: 0, key: command.key()?.clone(), op, call: 0, returned: None })
    };
    known.into_iter().filter_map(request).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::playground::open;
    use crate::settings::Settings;
    use crate::types::Span;

    fn judged(steps: &[&str]) -> Judgement {
        let mut cluster =
            open(&Settings { protocol: "raft".into(), seed: 7, ..Settings::default() }).expect("a cluster");
        cluster.record();
        cluster.advance(Span::secs(2)).expect("somebody leads");
        for step in steps {
            match step.strip_prefix("wait ") {
                Some(span) => cluster.advance(span.parse().expect("a time")).map(|_| ()),
                None => cluster.apply(step),
            }
            .expect(step);
        }
        cluster.judge(1_000_000)
    }

    #[test]
    fn a_run_that_keeps_to_the_rules_has_an_order_for_each_key() {
        let found = judged(&["put c1 a 1", "put c2 b 2", "wait 1s", "get c1 a", "delete c2 a", "wait 1s", "get c1 a"]);
        assert_eq!(found.forgone, None);
        assert_eq!(
            found.keys.iter().map(|judged| (&*judged.key, judged.verdict)).collect::<Vec<_>>(),
            [("a", "linearizable"), ("b", "linearizable")]
        );
        assert_eq!(found.keys[0].requests, [0, 2, 3, 4]);
        let before = |place: &usize| found.requests[*place].returned.is_some();
        assert!(found.keys[0].order.iter().all(before), "{found:#?}");
        assert_eq!(
            (found.requests[4].text.as_str(), &found.requests[4].answer, found.requests[4].ended),
            ("get a", &None, None)
        );
    }

    #[test]
    fn a_read_from_a_node_that_is_cut_off_is_refused_with_the_put_that_it_has_not_seen() {
        // With this seed another node than the last one leads. Time stops where a property falls, before the client hears.
        let cut = "partition n1 n2 n3 n4 | n5";
        let steps = ["set reads local", cut, "put c1 a 1", "wait 2s", "get c2 a to n5", "wait 1s", "wait 1s"];
        let found = judged(&steps);
        assert!(found.forgone.is_some_and(|why| why.contains("out of date")), "{:?}", found.forgone);
        let a = &found.keys[0];
        assert_eq!((a.verdict, &a.stretch), ("refused", &vec![0, 1]), "{found:#?}");
        let why = a.why.as_deref().expect("a reason");
        assert!(why.starts_with("c2's `get a` found nothing, but a was there all the time that it ran"), "{why}");
    }
}
