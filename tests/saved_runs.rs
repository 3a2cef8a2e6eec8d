//! Scenarios under the hands of somebody who walks about in them: no line is played twice, and what is saved anywhere
//! opens there and goes on as it would have.
#![cfg(not(target_arch = "wasm32"))]

#[path = "common/moments.rs"]
mod moments;

use moments::{same, seen};
use raft_playground::scenario::{Progress, Run, Scenario, shipped};
use raft_playground::settings::Settings;
use raft_playground::sim::Refused;
use raft_playground::types::{Span, Time};

/// Plays a scenario to its end, as somebody does who takes one thing after another.
fn played(scenario: &Scenario) -> Run {
    let mut run = Run::new(scenario).expect("a run");
    run.open().expect("it comes to its moment");
    while run.place().next < scenario.script.len() as u64 && run.place().failed.is_none() {
        assert!(run.step(), "something is left to be done");
    }
    run
}

#[test]
fn every_scenario_played_by_hand_and_walked_through_is_the_same_run() {
    for (name, text) in shipped() {
        let scenario = Scenario::parse(text).expect("a scenario");
        let mut run = played(&scenario);
        assert_eq!(run.place().failed, None, "{name}");
        let mut straight = Run::new(&scenario).expect("a run");
        while straight.place().next < scenario.script.len() as u64 {
            straight.next(Time::END, &mut |_| ()).expect("as it says");
        }
        let (end, hash) = (straight.cluster().exact(), straight.cluster().hash());
        // Whoever takes one event after another may have gone a little further.
        run.cluster_mut().seek_exact(end).expect("it is known");
        assert_eq!(run.cluster().hash(), hash, "{name}");
        // Back to the start, and everything happens again by itself.
        run.cluster_mut().seek(0).expect("it is known");
        while run.cluster().steps() < end.steps.unwrap_or(0) {
            let progress = run.next(Time::END, &mut |_| ()).expect("as it was");
            assert_eq!(progress, Progress::Event, "{name}: no line is played twice");
        }
        assert_eq!(run.cluster().hash(), hash, "{name}");
        assert_eq!(run.cluster().branches().len(), 1, "{name}");
    }
}

#[test]
fn a_run_saved_anywhere_opens_there_and_ends_as_it_would_have() {
    for (name, text) in shipped() {
        let scenario = Scenario::parse(text).expect("a scenario");
        let mut run = played(&scenario);
        let (end, hash) = (run.cluster().exact(), run.cluster().hash());
        for part in [0, 1, 2, 3] {
            let steps = end.steps.unwrap_or(0) * part / 3;
            run.cluster_mut().seek(steps).expect("it is known");
            let saved = run.saved();
            let again = Scenario::parse(&saved.to_string()).unwrap_or_else(|why| panic!("{name}: {why}\n{saved}"));
            assert_eq!(again, saved, "{name}");
            let mut opened = Run::new(&again).expect("a run");
            opened.open().unwrap_or_else(|Refused(why)| panic!("{name}: {why}"));
            same(&seen(opened.cluster()), &seen(run.cluster()), &format!("{name} at event {steps}"));
            while opened.cluster().steps() < end.steps.unwrap_or(0) {
                assert!(opened.step(), "{name}");
            }
            assert_eq!(opened.cluster().hash(), hash, "{name} from event {steps} on");
        }
    }
}

#[test]
fn a_scenario_that_somebody_interferes_with_is_saved_with_what_was_done() {
    let (_, text) = shipped().iter().find(|(name, _)| *name == "leader_crash").expect("it comes with the program");
    let scenario = Scenario::parse(text).expect("a scenario");
    let mut run = Run::new(&scenario).expect("a run");
    run.advance(Span::millis(100)).expect("time goes on");
    run.cluster_mut().apply("put c1 zebra 1").expect("a step");
    while run.place().next < scenario.script.len() as u64 && run.place().failed.is_none() {
        assert!(run.step());
    }
    let saved = run.saved();
    let mut opened = Run::new(&Scenario::parse(&saved.to_string()).expect("a scenario")).expect("a run");
    opened.open().expect("it comes to its moment");
    assert_eq!(opened.cluster().hash(), run.cluster().hash());
    assert!(saved.to_string().contains("at 100ms put c1 zebra 1"), "{saved}");
}

#[test]
fn a_script_that_fails_stops_there_and_goes_on_where_one_goes_back() {
    let scenario = Scenario::parse("num_nodes = 3\nscript = '''\nwhen leader\nexpect commit n1 = 99\ncrash n1\n'''")
        .expect("a scenario");
    let mut run = Run::new(&scenario).expect("a run");
    run.advance(Span::secs(2)).expect("time goes on");
    let failed = run.place().failed.expect("that is not so");
    assert!(failed.contains("`expect commit n1 = 99` does not hold"), "{failed}");
    assert_eq!(run.place().next, 1);
    assert!(run.cluster().moment().at >= Time::START + Span::secs(2), "the cluster goes on");
    run.cluster_mut().seek(0).expect("it is known");
    assert_eq!(run.place().failed, None);

    // What fails just after a line by hand fails at that very moment, before anything else happens.
    let scenario = Scenario::parse("script = '''\ntimeout n1\nexpect leader n1\n'''").expect("a scenario");
    let mut run = Run::new(&scenario).expect("a run");
    assert!(run.step());
    assert_eq!((run.cluster().steps(), run.place().failed.is_some()), (1, true));
}

#[test]
fn a_session_with_all_its_branches_can_be_taken_up_again() {
    let (_, text) = shipped().iter().find(|(name, _)| *name == "partition").expect("it comes with the program");
    let mut run = Run::new(&Scenario::parse(text).expect("a scenario")).expect("a run");
    while run.cluster().moment().at < Time::START + Span::secs(1) {
        assert!(run.step(), "something is left to be done");
    }
    run.cluster_mut().seek_time(Time::START + Span::millis(300)).expect("it is known");
    run.cluster_mut().apply("crash n2").expect("a step");
    run.advance(Span::millis(200)).expect("time goes on");
    run.cluster_mut().seek_time(Time::START + Span::millis(350)).expect("it is known");
    run.cluster_mut().apply("put c1 zebra 1").expect("a step");
    run.cluster_mut().rename(2, "without n2").expect("a name");
    run.advance(Span::millis(100)).expect("time goes on");

    let saved = run.saved_branches();
    let names: Vec<&str> = saved.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["first run", "without n2", "put c1 zebra 1 at 350ms"]);
    let read: Vec<Scenario> = saved
        .iter()
        .map(|(_, scenario)| Scenario::parse(&scenario.to_string()).expect("it reads as it was written"))
        .collect();
    let mut again = Run::new(&read[2]).expect("a run");
    again.open().expect("it comes to its moment");
    for at in [0, 1] {
        again.adopt(&read[at], names[at]).expect("it began likewise");
    }
    assert_eq!(again.cluster().hash(), run.cluster().hash());
    let ends = |run: &Run| {
        let mut ends: Vec<_> = run.cluster().branches().into_iter().map(|card| (card.end, card.end_steps)).collect();
        ends.sort();
        ends
    };
    assert_eq!(ends(&again).len(), 3);
    assert_eq!(ends(&again), ends(&run));
    let without = again.cluster().branches().into_iter().find(|card| card.name == "without n2").expect("it is there");
    assert!(without.parent.is_some() && without.fork_steps > 0, "{without:?}");
    // The script goes on where it was on that branch.
    again.cluster_mut().switch(without.id).expect("it is there");
    let place = again.place();
    run.cluster_mut().switch(2).expect("it is there");
    assert_eq!((again.scenario().script.len() as u64 - place.next, place.failed.clone()), {
        let place = run.place();
        (run.scenario().script.len() as u64 - place.next, place.failed)
    });
    let other = Scenario { settings: Settings { seed: 99, ..Settings::default() }, ..Scenario::default() };
    assert!(again.adopt(&other, "another").is_err(), "it began otherwise");
}
