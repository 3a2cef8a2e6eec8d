//! A cluster under random steps, with the model beside it, and what is printed where the two disagree.

use proptest::prelude::*;
use raft_playground::observe::Window;
use raft_playground::protocol::{Protocol, TimerName};
use raft_playground::raft::{Raft, Timer};
use raft_playground::scenario::{Act, Line, Scenario, Wait};
use raft_playground::settings::Settings;
use raft_playground::sim::Step;
use raft_playground::timeline::{Present, Timeline};
use raft_playground::types::Span;

use crate::model::Model;

/// What is done to a cluster.
#[derive(Clone, Debug)]
pub(crate) enum Doing {
    /// A step, if it can be done as things stand.
    Take(String),
    /// Something is done to a message on its way.
    ToMessage(&'static str, usize),
    /// Some events, as they are due.
    Events(u8),
    /// Time goes on.
    Play(u16),
}

/// What clients, operators, machines and links do, as texts. Clocks are off by no more than leases allow for.
fn texts() -> impl Strategy<Value = String> {
    prop_oneof![
        10 => "put c[1-3] [ab] [1-9]( to n[1-5])?",
        6 => "delete c[1-3] [ab]( to n[1-5])?",
        8 => "get c[1-3] [ab]( to n[1-5])? by (log|index|lease|follower|local)",
        6 => "(crash|restart|tear|pause|resume|isolate|timeout|flush) n[1-6]",
        2 => "timeout n[1-5] heartbeat",
        3 => "(cut|heal) n[1-5](->|--)n[1-5]",
        2 => "partition n1 n[2-5]",
        6 => "(heal|resume|align|spread)",
        2 => "(latency|disk) (all|n[1-5]) (0ms|0ms\\.\\.40ms|5ms)",
        2 => "(loss|duplication|reordering) all (0|10|40)%",
        1 => "drift n[1-5] (-4%|\\+4%|0%)",
        3 => "tell n[1-5] (campaign|forget|compact|leave)",
        3 => "tell n[1-5] (transfer|add|remove|learn) n[1-5]",
        1 => "tell n[1-5] members n[1-2] n3 n[4-5]( learners n6)?( stay)?",
        1 => "start n[4-6]",
    ]
}

/// What operators choose, but how long sessions last: the model remembers them for ever.
fn choices() -> impl Strategy<Value = String> {
    let mut choices: Vec<(&str, &str)> = Raft::WHIMS.to_vec();
    choices.retain(|(name, _)| *name != "session_timeout");
    choices.extend([("noop", "false"), ("reads", "lease")]);
    proptest::sample::select(choices).prop_map(|(name, value)| format!("set {name} {value}"))
}

/// Anything, in any order.
pub(crate) fn doings() -> impl Strategy<Value = Vec<Doing>> {
    let to_message = (proptest::sample::select(vec!["deliver", "drop", "duplicate", "delay"]), 0..64usize);
    let doing = prop_oneof![
        12 => texts().prop_map(Doing::Take),
        2 => choices().prop_map(Doing::Take),
        3 => to_message.prop_map(|(verb, place)| Doing::ToMessage(verb, place)),
        6 => (1..60u8).prop_map(Doing::Events),
        6 => (1..600u16).prop_map(Doing::Play),
    ];
    proptest::collection::vec(doing, 1..150)
}

/// Elections and crashes of three nodes, and nothing else.
pub(crate) fn crashes() -> impl Strategy<Value = Vec<Doing>> {
    let text = prop_oneof!["timeout n[1-3]", "(crash|restart) n[1-3]", "(cut|heal) n[1-3]--n[1-3]"];
    let doing = prop_oneof![3 => text.prop_map(Doing::Take), 1 => (1..6u8).prop_map(Doing::Events)];
    proptest::collection::vec(doing, 1..30)
}

/// A cluster and its model.
pub(crate) struct Play {
    settings: Settings,
    pub(crate) run: Timeline<Present<Raft>>,
    pub(crate) model: Model,
}

impl Play {
    /// At its start; `sets` are settings as in a file: `num_nodes=3 keep_vote=false`.
    pub(crate) fn new(seed: u64, sets: &str) -> Play {
        let mut settings = Settings { seed, ..Settings::default() };
        for pair in sets.split_whitespace() {
            let (name, value) = pair.split_once('=').expect("NAME=VALUE");
            settings.set(name, value).expect("a setting");
        }
        let run = Timeline::new(settings.raft().expect("settings that can be"));
        Play { settings, run, model: Model::default() }
    }

    /// The model sees what the last step did.
    fn look(&mut self) -> Result<(), String> {
        self.run.cluster().facts().iter().try_for_each(|fact| self.model.see(fact))
    }

    pub(crate) fn take(&mut self, text: &str) -> Result<(), String> {
        let timers: Vec<&str> = Timer::ALL.iter().map(|timer| timer.name()).collect();
        let step = Step::parse(text, &timers).ok();
        match step.is_some_and(|step| self.run.apply(step).is_ok()) {
            true => self.look(),
            // A step that cannot be done has changed nothing.
            false => Ok(()),
        }
    }

    pub(crate) fn play(&mut self, millis: u64) -> Result<(), String> {
        let until = self.run.cluster().now() + Span::millis(millis);
        while self.run.step_until(until).expect("what is due can be done") {
            self.look()?;
        }
        self.run.advance(until.since(self.run.cluster().now())).expect("nothing is due before");
        Ok(())
    }

    pub(crate) fn go(&mut self, doing: &Doing) -> Result<(), String> {
        match doing {
            Doing::Take(text) => self.take(text),
            Doing::Play(millis) => self.play(u64::from(*millis)),
            Doing::Events(count) => (0..*count).try_for_each(|_| {
                self.run.step().expect("what is due can be done");
                self.look()
            }),
            Doing::ToMessage(verb, place) => {
                let ids: Vec<_> = self.run.cluster().network().flights().map(|flight| flight.id).collect();
                let span = if *verb == "delay" { " 500ms" } else { "" };
                ids.get(place % ids.len().max(1)).map_or(Ok(()), |id| self.take(&format!("{verb} {id}{span}")))
            }
        }
    }

    /// Everything is mended, and the cluster has the time to agree: what was lost shows then.
    pub(crate) fn settle(&mut self) -> Result<(), String> {
        for text in ["heal", "resume", "loss all 0%", "duplication all 0%", "reordering all 0%", "disk all 0ms"] {
            self.take(text)?;
        }
        for (name, value) in Raft::MENDED {
            self.take(&format!("set {name} {value}"))?;
        }
        self.play(2_000)?;
        ["put c1 z 1", "get c2 a by index", "get c3 b by log"].into_iter().try_for_each(|text| self.take(text))?;
        self.play(1_000)?;
        let cluster = self.run.cluster();
        for state in cluster.states().iter().flatten() {
            let view = state.observe(cluster.config(), Window { from: 1, count: 0 });
            let (store, expected) = (view.store.unwrap_or_default(), self.model.holds(view.applied));
            if *store != *expected {
                return Err(format!(
                    "a node that has applied {} entries holds {store:?}, not {expected:?}",
                    view.applied
                ));
            }
        }
        Ok(())
    }

    /// The run as a scenario file.
    pub(crate) fn scenario(&self, why: &str) -> Scenario {
        let line = |when, step| Line { wait: Some(Wait::At(when)), act: Some(Act::Step(step)) };
        Scenario {
            title: "The model and the cluster disagree".to_string(),
            story: why.to_string(),
            settings: self.settings.clone(),
            length: Some(self.run.moment()),
            script: self.run.script().iter().map(|timed| line(timed.when, timed.step.clone())).collect(),
            hash: Some(self.run.cluster().trace_hash()),
            ..Scenario::default()
        }
    }
}

/// Does all of that; where model and cluster disagree, that is a scenario.
pub(crate) fn play(seed: u64, sets: &str, doings: &[Doing]) -> Result<Play, Box<Scenario>> {
    let mut play = Play::new(seed, sets);
    let done = doings.iter().try_for_each(|doing| play.go(doing)).and_then(|()| play.settle());
    match done {
        Ok(()) => Ok(play),
        Err(why) => Err(Box::new(play.scenario(&why))),
    }
}

/// What is printed of a failure: a file, and what to do with it.
pub(crate) fn report(scenario: &Scenario) -> String {
    let seed = scenario.settings.seed;
    format!("{}\n{scenario}\nsave this as FILE; then: raft-playground run FILE (seed {seed})", scenario.story)
}
