//! Steps and their texts, for inputs that nobody thought of: what is written is read back as it was, no text whatever
//! makes a parser panic, no step makes a cluster fall over, and one that is refused changes nothing.
#![cfg(not(target_arch = "wasm32"))]

#[path = "common/steps.rs"]
mod steps;

use std::fmt::{Debug, Display};
use std::str::FromStr;

use proptest::prelude::*;
use raft_playground::chance::Ratio;
use raft_playground::kv::Read;
use raft_playground::playground::{Playground, open};
use raft_playground::raft::OPTIONS;
use raft_playground::scenario::Scenario;
use raft_playground::settings::Settings;
use raft_playground::sim::{Drift, Step};
use raft_playground::types::{ClientId, MessageId, NodeId, Process, Span, Spread, Time};
use steps::{TIMERS, steps};

/// Texts that are nearly steps: words of steps, in any order.
fn nearly_steps() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        "(until|deliver|drop|delay|timeout|crash|partition|cut|heal|loss|latency|drift|disk|put|get|traffic|resume)",
        "(n[0-9]{1,3}|c[0-9]|all|to|on|\\||->|--|n1->n2#[0-9]{0,11}\\.?[0-9]{0,4}|n1--c1)",
        "[+-]?[0-9]{0,22}\\.?[0-9]{0,22}(us|ms|s|%|)(\\.\\.)?[0-9]{0,21}(us|ms|s|%|)",
        ".{0,8}",
    ];
    proptest::collection::vec(word, 0..6).prop_map(|words| words.join(" "))
}

/// Reads a text as a value; what can be read has one text, which is read as the same value.
fn check_read<T: FromStr<Err = String> + Display + PartialEq + Debug>(text: &str) -> Result<(), TestCaseError> {
    match text.parse::<T>() {
        Ok(value) => prop_assert_eq!(value.to_string().parse::<T>(), Ok(value)),
        Err(why) => prop_assert!(why.contains("expected") || why.contains("neither"), "no sentence: {}", why),
    }
    Ok(())
}

fn check_text(text: &str) -> Result<(), TestCaseError> {
    check_read::<Span>(text)?;
    check_read::<Time>(text)?;
    check_read::<Spread>(text)?;
    check_read::<Ratio>(text)?;
    check_read::<Drift>(text)?;
    check_read::<MessageId>(text)?;
    check_read::<NodeId>(text)?;
    check_read::<ClientId>(text)?;
    check_read::<Process>(text)?;
    match Step::parse(text, TIMERS) {
        Ok(step) => prop_assert_eq!(Step::parse(&step.to_string(), TIMERS), Ok(step)),
        Err(why) => prop_assert!(!why.is_empty()),
    }
    // A protocol without timers must not make it fall over either.
    let _ = Step::parse(text, &[]);
    Ok(())
}

/// What happens to a cluster: a step, often with ids that there are; something done to a message on its way; time.
#[derive(Clone, Debug)]
enum Doing {
    Take(Step),
    Text(String),
    ToMessage(&'static str, usize),
    Events(u8),
}

fn doings() -> impl Strategy<Value = Vec<Doing>> {
    let text = prop_oneof![
        "(crash|restart|pause|resume|isolate|timeout|flush) n[1-5]",
        "(cut|heal) n[1-5](->|--)n[1-5]",
        "(latency|disk) (all|n[1-5]) (0ms|1000000s)",
        "latency all (0ms|999999s)\\.\\.1000000s",
        "(loss|duplication|reordering) all (0|50|100)%",
        "drift n[1-5] (-50|\\+50|0)%",
        "(put|get) c[1-3] [a-c] v( to n[1-5])?",
        "(align|spread|heal|resume|traffic on|traffic off|wake c[1-3])",
        "partition n1 n[2-5]",
    ];
    let to_message = ("(deliver|drop|duplicate|delay)", any::<prop::sample::Index>());
    let doing = prop_oneof![
        2 => steps().prop_map(Doing::Take),
        6 => text.prop_map(Doing::Text),
        2 => to_message.prop_map(|(verb, index)| {
            let verb = ["deliver", "drop", "duplicate", "delay"].into_iter().find(|known| *known == verb);
            Doing::ToMessage(verb.expect("one of the four"), index.index(64))
        }),
        4 => (1..60u8).prop_map(Doing::Events),
    ];
    proptest::collection::vec(doing, 1..50)
}

/// Whether somebody chooses what the protocol promises nothing for: a rule that safety rests on, a read that asks nobody
/// or that relies on clocks, which steps make as wrong as they like.
fn is_at_ones_own_risk(step: &Step) -> bool {
    match step {
        Step::Request { read, .. } => matches!(read, Some(Read::Local | Read::Lease)),
        Step::Set(name, _) => {
            let rests_on = OPTIONS.iter().any(|choice| choice.safety && choice.name == &**name);
            rests_on || ["reads", "drift_bound"].contains(&&**name)
        }
        _ => false,
    }
}

/// Does what can be done; what is refused must have changed nothing.
fn take(cluster: &mut dyn Playground, text: &str) -> Result<(), TestCaseError> {
    let before = cluster.view(Some(1));
    if let Err(why) = cluster.apply(text) {
        prop_assert!(!why.0.is_empty());
        prop_assert_eq!(cluster.view(Some(1)), before, "`{}` was refused: {}", text, why);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn a_step_is_read_as_it_is_written(step in steps()) {
        prop_assert_eq!(Step::parse(&step.to_string(), TIMERS), Ok(step));
    }

    #[test]
    fn no_text_whatever_makes_a_parser_panic(text in any::<String>()) {
        check_text(&text)?;
    }

    #[test]
    fn no_text_that_is_nearly_a_step_makes_a_parser_panic(text in nearly_steps()) {
        check_text(&text)?;
        for word in text.split(' ') {
            check_text(word)?;
        }
    }

    #[test]
    fn no_step_makes_a_cluster_fall_over_and_a_refused_one_changes_nothing(
        seed in 0..1_000u64,
        protocol in prop::sample::select(vec!["raft", "multi_paxos", "single_server"]),
        doings in doings(),
    ) {
        let settings = Settings { seed, protocol: protocol.to_string(), ..Settings::default() };
        let mut cluster = open(&settings).expect("these settings can be");
        let mut promised = true;
        for doing in doings {
            match doing {
                Doing::Take(step) => {
                    promised &= !is_at_ones_own_risk(&step);
                    take(&mut *cluster, &step.to_string())?;
                }
                Doing::Text(text) => take(&mut *cluster, &text)?,
                Doing::ToMessage(verb, place) => {
                    let messages = cluster.view(Some(1)).messages;
                    let span = if verb == "delay" { " 1000000s" } else { "" };
                    if let Some(flight) = messages.get(place % messages.len().max(1)) {
                        take(&mut *cluster, &format!("{verb} {}{span}", flight.id))?;
                    }
                }
                Doing::Events(count) => {
                    for _ in 0..count {
                        cluster.step().expect("what is due can be done");
                    }
                }
            }
            let broken = cluster.view(Some(1)).violation;
            prop_assert!(broken.is_none() || !promised, "{:?}\n{}", broken, Scenario::of(&*cluster));
        }
    }
}
