//! What is written down of a run is the run: the same setup and the same steps at the same moments give the same hash,
//! however the person who took them had stepped, played and skipped.
#![cfg(not(target_arch = "wasm32"))]

use proptest::prelude::*;
use raft_playground::raft::Raft;
use raft_playground::settings::Settings;
use raft_playground::sim::Step;
use raft_playground::timeline::{Present, Timeline};
use raft_playground::types::Span;

/// What a person may do: move time, or take a step.
#[derive(Clone, Debug)]
enum Doing {
    /// Some events, one by one.
    Events(u8),
    /// Time goes on.
    Play(Span),
    /// A step, if it can be taken as things stand.
    Take(&'static str),
}

/// Steps that make many things due at one moment, and steps that then matter.
const STEPS: &[&str] = &[
    "align",
    "spread",
    "crash n1",
    "crash n2",
    "restart n1",
    "restart n2",
    "pause n3",
    "resume",
    "isolate n4",
    "heal",
    "put c1 a val_1",
    "put c2 a val_2",
    "get c3 a",
    "disk all 0ms..5ms",
    "disk all 3ms",
    "latency all 10ms",
    "traffic on",
];

fn doings() -> impl Strategy<Value = Vec<Doing>> {
    let doing = prop_oneof![
        (1..12u8).prop_map(Doing::Events),
        (0..200_000u64).prop_map(|micros| Doing::Play(Span(micros))),
        proptest::sample::select(STEPS).prop_map(Doing::Take),
    ];
    proptest::collection::vec(doing, 1..60)
}

fn open(seed: u64) -> Timeline<Present<Raft>> {
    Timeline::new(Settings { seed, ..Settings::default() }.raft().expect("these settings can be"))
}

fn watch(seed: u64, doings: &[Doing]) -> Timeline<Present<Raft>> {
    let mut run = open(seed);
    for doing in doings {
        match doing {
            Doing::Events(count) => {
                for _ in 0..*count {
                    run.step().expect("what is due can be done");
                }
            }
            Doing::Play(span) => {
                run.advance(*span).expect("what is due can be done");
            }
            // Refused steps change nothing and are not written down.
            Doing::Take(text) => drop(run.apply(Step::parse(text, &["election"]).expect("a step"))),
        }
    }
    run
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn what_was_written_down_gives_the_run_again(seed in 0..1_000u64, doings in doings()) {
        let run = watch(seed, &doings);
        let mut again = open(seed);
        for timed in run.script() {
            // As it would be read from a report: the moment goes through its text.
            let when = timed.when.to_string().parse().expect("a moment");
            again.reach(when).expect("the run comes to this moment");
            again.apply(timed.step.clone()).expect("the step can be taken again");
        }
        again.reach(run.moment()).expect("the run comes to its end");
        prop_assert_eq!(again.cluster().trace_hash(), run.cluster().trace_hash());
        prop_assert_eq!(again.cluster().now(), run.cluster().now());
    }
}

/// The shortest run that a time alone does not tell: two timers are due at one moment, and a step comes between them.
#[test]
fn a_step_between_two_events_of_one_moment_is_told_from_one_after_both() {
    let crash_after = |events: u8| {
        watch(
            1,
            &[Doing::Take("align"), Doing::Events(events), Doing::Take("crash n5"), Doing::Play(Span::millis(300))],
        )
    };
    let told = |run: &Timeline<Present<Raft>>| run.script()[1].when.to_string();
    let (between, after) = (crash_after(4), crash_after(5));
    assert_eq!((told(&between).as_str(), told(&after).as_str()), ("183.389ms#5", "183.389ms"));
    assert_ne!(between.cluster().trace_hash(), after.cluster().trace_hash());
}
