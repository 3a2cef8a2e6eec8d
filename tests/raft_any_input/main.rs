//! One Raft node among strangers: whatever it is told, in whatever order, it does not fall over, and it keeps what one
//! node alone can keep. Messages come from anybody and say anything, most of them nearly right: the numbers are those
//! that the node is near, or the largest and smallest there are. Timers run out that were not set, receipts come for
//! what was never written, operators order what cannot be, options change, and crashes leave what was flushed. A node
//! that makes mistakes need keep nothing, but it does not fall over either.
#![cfg(not(target_arch = "wasm32"))]

mod letters;
mod life;

use std::sync::Arc;

use proptest::prelude::*;
use proptest::sample::select;
use raft_playground::kv::Request;
use raft_playground::protocol::{Order, Protocol, TimerName};
use raft_playground::raft::{Config, Raft, Timer};
use raft_playground::types::NodeId;

use letters::{Letter, Number, indexes, letters, nodes, requests, sets, terms};
use life::Life;

/// What happens to a node.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    Hear(NodeId, Letter),
    TimeOut(Timer),
    /// The election timer runs out, and everybody grants what is asked for.
    Win,
    /// These have all that the node has.
    HaveAll(Vec<u8>),
    Ask(Vec<Arc<Request>>),
    Order(Order),
    Choose(&'static str, &'static str),
    /// The oldest writes reach the disk.
    Flush(u8),
    /// The node is told of a write that it may never have begun.
    Receipt(u8, Number, Number),
    /// The machine crashes, in the midst of a write or not, and the node starts from what its disk has.
    Crash(Option<u64>),
}

fn orders() -> impl Strategy<Value = Order> {
    prop_oneof![
        Just(Order::Campaign),
        Just(Order::Forget),
        Just(Order::Compact),
        Just(Order::Leave),
        nodes().prop_map(Order::Transfer),
        nodes().prop_map(Order::Add),
        nodes().prop_map(Order::Learn),
        nodes().prop_map(Order::Remove),
        (sets(), sets(), any::<bool>()).prop_map(|(voters, learners, stay)| Order::Members { voters, learners, stay }),
    ]
}

/// What is chosen beside what operators do: every rule but the one about votes, which this file holds a node to.
const CHOICES: &[(&str, &str)] = &[
    ("joint", "false"),
    ("own_term_first", "false"),
    ("own_term_only", "false"),
    ("noop", "false"),
    ("reads", "lease"),
    ("reads", "local"),
    ("sessions", "false"),
    ("drift_bound", "0%"),
    ("drift_bound", "100%"),
    ("election", "1us..1us"),
    ("election", "999999s..1000000s"),
    ("heartbeat", "1000000s"),
    ("session_timeout", "1us"),
    ("session_timeout", "1000000s"),
    ("window", "1000000000"),
    ("batch_bytes", "0"),
    ("window_bytes", "0"),
    ("chunk", "1000000000"),
    ("snapshot_keep", "1000000000"),
];

fn choices() -> impl Strategy<Value = (&'static str, &'static str)> {
    select(Raft::WHIMS.iter().chain(CHOICES).copied().collect::<Vec<_>>())
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        20 => (nodes(), letters()).prop_map(|(from, letter)| Event::Hear(from, letter)),
        4 => select(Timer::ALL.to_vec()).prop_map(Event::TimeOut),
        4 => Just(Event::Win),
        4 => proptest::collection::vec(1..6u8, 1..5).prop_map(Event::HaveAll),
        4 => proptest::collection::vec(requests(), 1..4).prop_map(Event::Ask),
        6 => orders().prop_map(Event::Order),
        2 => choices().prop_map(|(name, value)| Event::Choose(name, value)),
        8 => (1..4u8).prop_map(Event::Flush),
        1 => (0..3u8, indexes(), terms()).prop_map(|(kind, index, term)| Event::Receipt(kind, index, term)),
        2 => proptest::option::of(prop_oneof![0..4u64, Just(u64::MAX)]).prop_map(Event::Crash),
    ];
    proptest::collection::vec(event, 1..80)
}

/// Up to two of the mistakes that a node can be told to make, by their names.
#[cfg(feature = "bugs")]
fn mistakes() -> impl Strategy<Value = String> {
    let names: Vec<&str> = Raft::bugs().iter().map(|bug| bug.name).collect();
    proptest::collection::vec(select(names), 1..3).prop_map(|names| names.join(" "))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(3_000) })]

    #[test]
    fn nothing_that_a_node_is_told_makes_it_fall_over_or_break_what_it_alone_can_keep(
        id in prop_oneof![3 => Just(1u8), 1 => 1..=16u8],
        nodes in 1..6u8,
        practice in any::<bool>(),
        chosen in proptest::collection::vec(choices(), 0..4),
        events in events(),
    ) {
        let config = if practice { Config::in_practice(nodes) } else { Config::new(nodes) };
        let mut life = Life::new(id, config);
        for (name, value) in chosen {
            life.live(Event::Choose(name, value))?;
        }
        for event in events {
            life.live(event)?;
        }
    }

    #[test]
    #[cfg(feature = "bugs")]
    fn nothing_makes_a_node_fall_over_that_makes_mistakes(
        nodes in 1..6u8,
        practice in any::<bool>(),
        chosen in proptest::collection::vec(choices(), 0..4),
        mistakes in mistakes(),
        events in events(),
    ) {
        let config = if practice { Config::in_practice(nodes) } else { Config::new(nodes) };
        let mut life = Life::new(1, config);
        for (name, value) in chosen {
            life.live(Event::Choose(name, value))?;
        }
        life.choose("bug", &mistakes)?;
        for event in events {
            life.live(event)?;
        }
    }
}
