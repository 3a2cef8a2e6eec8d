//! Those who have to notice a broken promise do notice it: the auditor, a timeline, a swarm. Shown with a protocol that
//! breaks its promise on purpose; without this, no test could tell a checker that sleeps from a protocol that is right.
#![cfg(not(target_arch = "wasm32"))]

#[path = "common/toy.rs"]
mod toy;

use raft_playground::check::swarm::{self, Failed};
use raft_playground::observe::Landmark;
use raft_playground::sim::{ClientRules, Setup};
use raft_playground::timeline::{Present, Timeline};
use raft_playground::types::{ClientId, Span, Time};
use toy::{Config, Toy, WELL, setup};

fn broken_at(timeline: &Timeline<Present<Toy>>) -> Option<(&'static str, Time)> {
    timeline.violation().map(|violation| (violation.property, violation.at))
}

#[test]
fn a_timeline_stops_at_a_broken_promise_tells_it_once_and_goes_on_when_it_is_told_to() {
    let mut run = Timeline::new(setup(Config { most: 3, ..WELL }));
    assert_eq!(run.advance(Span::millis(35)).expect("time goes on"), 6, "three timeouts of each of the two");
    assert_eq!(broken_at(&run), None);
    assert_eq!(run.advance(Span::secs(1)).expect("time goes on"), 1, "the fourth timeout of n1 is the last event");
    assert_eq!((broken_at(&run), run.cluster().now()), (Some(("bounded", Time(40_000))), Time(40_000)));
    let told = |run: &Timeline<Present<Toy>>| {
        let landmark = |line: &&raft_playground::timeline::EventLine| line.told.landmark == Some(Landmark::Violation);
        run.events(0).filter(landmark).map(|line| line.told.text.clone()).collect::<Vec<_>>()
    };
    assert_eq!(told(&run), ["Broken: No node counts too far. n1 counts to 4"]);
    // Whoever wants to see what follows may; the first broken promise stays the one that is shown.
    assert_eq!(run.advance(Span::millis(20)).expect("time goes on"), 5);
    assert_eq!((broken_at(&run), told(&run).len()), (Some(("bounded", Time(40_000))), 1));
}

#[test]
fn nodes_are_looked_at_from_the_moment_they_start() {
    let run = Timeline::new(setup(Config { most: 3, from: 4, ..WELL }));
    let violation = run.violation().expect("the second of the two has counted too far already");
    assert_eq!((violation.at, violation.steps, violation.text.as_str()), (Time::START, 0, "n2 counts to 4"));
}

#[test]
fn a_swarm_tells_a_broken_promise_with_its_moment() {
    let failed = swarm::run(setup(Config { most: 20, ..WELL }), Span::secs(1)).expect_err("a promise is broken");
    let Failed::Broken(violation) = failed else { panic!("{failed}") };
    assert!(violation.property == "bounded" && violation.at < Time(1_000_000), "{violation:?}");
}

#[test]
fn a_swarm_looks_at_what_faults_do_too() {
    let failed =
        swarm::run(setup(Config { most: 3, from: 4, ..WELL }), Span::secs(1)).expect_err("a promise is broken");
    assert!(matches!(failed, Failed::Broken(_)), "{failed}");
}

#[test]
fn a_swarm_tells_what_is_missing_for_progress() {
    let idle =
        |config: Config| Setup { client: ClientRules { requests: Some(0), ..ClientRules::default() }, ..setup(config) };
    let stuck = |setup: Setup<Toy>| match swarm::run(setup, Span::secs(1)) {
        Err(Failed::Stuck { what, at }) => {
            assert_eq!(at, Time(11_000_000), "ten seconds after the faults");
            what
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(stuck(idle(Config { leads: false, ..WELL })), "nobody leads");
    assert_eq!(stuck(setup(WELL)), format!("{} has no answer", ClientId(1)));
    assert!(swarm::run(idle(WELL), Span::secs(1)).is_ok(), "nobody asks, so nobody waits");
}

#[test]
fn a_swarm_survives_a_program_that_falls_over() {
    let failed = swarm::run(setup(Config { panics_at: 30, ..WELL }), Span::secs(1)).expect_err("an assertion fails");
    let Failed::Panicked(text) = &failed else { panic!("{failed}") };
    assert!(text.contains("this node was to fall over"), "{text}");
    assert!(failed.to_string().starts_with("an assertion of the program failed: "));
}
