//! The same requests in the same order get the same answers, whichever protocol keeps the store: those that the store
//! alone would have given. Ten thousand random sequences, each from an empty store.
#![cfg(not(target_arch = "wasm32"))]

use raft_playground::kv::{Command, Store, outcome_text};
use raft_playground::playground::open;
use raft_playground::settings::Settings;
use raft_playground::sim::LastAnswer;
use raft_playground::timeline::RequestRow;
use raft_playground::types::Span;

const SEQUENCES: u64 = 10_000;

/// Numbers that look random and are the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    /// One to twelve requests over few keys, so that every answer is met.
    fn sequence(&mut self) -> Vec<Command> {
        let count = 1 + self.below(12);
        let mut next = || {
            let key = ["a", "b", "c", "d", "e"][usize::try_from(self.below(5)).unwrap_or(0)].into();
            match self.below(3) {
                0 => Command::Get { key },
                1 => Command::Put { key, value: format!("val_{}", self.below(100)).into() },
                _ => Command::Delete { key },
            }
        };
        (0..count).map(|_| next()).collect()
    }
}

/// What a client gets that asks one after another.
fn answers(protocol: &str, commands: &[Command]) -> Vec<String> {
    let mut settings = Settings::default();
    for (name, value) in [("protocol", protocol), ("num_clients", "1"), ("network.latency", "1us..3us")] {
        settings.set(name, value).expect("a setting");
    }
    if protocol == "raft" {
        settings.set("num_nodes", "3").expect("a setting");
    }
    let mut cluster = open(&settings).expect("a cluster");
    cluster.record();
    // Somebody is made to lead at once: this is not about elections.
    if let Some(first) =
        [("raft", "timeout n1"), ("multi_paxos", "timeout n4")].iter().find(|(name, _)| *name == protocol)
    {
        cluster.apply(first.1).expect("a timer runs");
    }
    cluster.advance(Span(100)).expect("time goes on");
    for command in commands {
        let (op, rest) =
            command.to_string().split_once(' ').map(|(a, b)| (a.to_string(), b.to_string())).expect("two words");
        cluster.apply(&format!("{op} c1 {rest}")).expect("a request");
    }
    cluster.advance(Span::millis(20)).expect("time goes on");
    let told = |row: &RequestRow| row.answer.as_ref().map_or("no answer".to_string(), LastAnswer::text);
    cluster.requests().into_iter().map(told).collect()
}

#[test]
fn every_protocol_gives_the_answers_of_the_store() {
    let mut numbers = Numbers(1);
    for number in 0..SEQUENCES {
        let commands = numbers.sequence();
        let mut store = Store::default();
        let expected: Vec<String> = commands.iter().map(|command| outcome_text(&store.apply(command))).collect();
        for protocol in ["raft", "multi_paxos", "single_server"] {
            let asked = || commands.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
            assert_eq!(answers(protocol, &commands), expected, "{protocol}, sequence {number}: {}", asked());
        }
    }
}
