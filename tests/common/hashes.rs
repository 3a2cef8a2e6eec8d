//! Runs whose trace hashes are known: the same seed and the same steps give the same run, bit for bit, natively, in
//! Node and in every browser. The file is compiled into the native tests and into those of wasm.
//!
//! The hashes change whenever the simulation or a protocol does something else than before. If that was meant:
//! `ACCEPT_HASHES=1 cargo test --test hashes` writes the new ones into this file.

use raft_playground::playground::open;
use raft_playground::settings::Settings;
use raft_playground::types::{Span, Time};

/// A run: what is chosen before, what a person does at which time, how long it goes on, and its hash.
pub(crate) struct Run {
    /// One sentence.
    pub(crate) name: &'static str,
    /// Settings by name, `seed=7 num_nodes=3`.
    settings: &'static str,
    /// `1.5s crash n1; 2s restart n1`.
    script: &'static str,
    seconds: u64,
    /// What the hash must be.
    pub(crate) hash: u64,
}

/// All runs.
pub(crate) const RUNS: &[Run] = &[
    Run { name: "five nodes, left alone", settings: "seed=1", script: "", seconds: 10, hash: 0x03b9ac80d349c8b3 },
    Run {
        name: "five nodes with traffic",
        settings: "seed=1 traffic=true",
        script: "",
        seconds: 10,
        hash: 0x0f2e80973d42b733,
    },
    Run {
        name: "the largest seed",
        settings: "seed=18446744073709551615 traffic=true num_nodes=3 num_clients=9",
        script: "",
        seconds: 10,
        hash: 0x9cb5d419789a2797,
    },
    Run {
        name: "one node",
        settings: "seed=3 traffic=true num_nodes=1",
        script: "",
        seconds: 10,
        hash: 0x2789f7ddfc239fba,
    },
    Run {
        name: "nine nodes",
        settings: "seed=4 traffic=true num_nodes=9 noop=false",
        script: "",
        seconds: 10,
        hash: 0xd4869b4fdc664ddd,
    },
    Run {
        name: "a person writes, reads, deletes and forces timers",
        settings: "seed=5",
        script: "500ms put c1 a val_1; 1s get c2 a; 1.5s delete c3 a to n2; 2s timeout n4; 2.5s put c1 b x; 3s align; \
                 3.5s put c1 c y; 4s spread",
        seconds: 8,
        hash: 0xebbcc2e37d560c04,
    },
    Run {
        name: "crashes, pauses and partitions",
        settings: "seed=6 traffic=true",
        script: "1s crash n1; 1.2s pause n2; 2s restart n1; 2.5s resume n2; 3s partition n1 n2 | n3 n4 n5; 4s heal; \
                 4.5s isolate n3; 5s cut n1->n2; 5.5s cut c1--n4; 6s heal; 6.5s crash n4; 6.6s crash n5; 7.000001s resume",
        seconds: 10,
        hash: 0x96d2656031fa6cc6,
    },
    Run {
        name: "loss, reordering, copies, slow disks and clocks that drift",
        settings: "seed=7 traffic=true requests_per_client=50",
        script: "0ms loss all 5%; 0ms duplication all 3.3333%; 0ms reordering all 25%; 0ms latency n1--n2 1ms..80ms; \
                 0ms disk all 500us..15ms; 1s drift n1 +12.5%; 1s drift n2 -33.3%; 3s crash n3; 5s restart n3",
        seconds: 12,
        hash: 0x04e40ee18f0945e4,
    },
    Run {
        name: "Multi-Paxos",
        settings: "protocol=multi_paxos seed=1 traffic=true",
        script: "",
        seconds: 10,
        hash: 0xc27b6d15fb8b2c7c,
    },
    Run {
        name: "Multi-Paxos with two leaders and faults",
        settings: "protocol=multi_paxos seed=2 traffic=true num_acceptors=5 num_leaders=2",
        script: "0ms loss all 5%; 2s crash n6; 3s crash n1; 4s restart n6; 5s restart n1; 6s disk all 1ms..9ms; 7s pause n7",
        seconds: 10,
        hash: 0x9fc53ed951129b95,
    },
    Run {
        name: "a single server that crashes",
        settings: "protocol=single_server seed=1 traffic=true",
        script: "1s disk all 2ms..8ms; 2s crash n1; 3s restart n1",
        seconds: 6,
        hash: 0xa945a99e1500cb9b,
    },
];

impl Run {
    /// Carries the run out and returns the hash of all that happened.
    pub(crate) fn carry_out(&self) -> u64 {
        let mut settings = Settings::default();
        for (name, value) in self.settings.split(' ').filter_map(|pair| pair.split_once('=')) {
            settings.set(name, value).unwrap_or_else(|why| panic!("{}: {why}", self.name));
        }
        let mut cluster = open(&settings).unwrap_or_else(|why| panic!("{}: {why}", self.name));
        let mut now = Time::START;
        let script = self.script.split("; ").filter_map(|line| line.trim().split_once(' '));
        let end = Span::secs(self.seconds).to_string();
        for (at, step) in script.chain([(end.as_str(), "")]) {
            let at: Time = at.parse().unwrap_or_else(|why: String| panic!("{}: {why}", self.name));
            cluster.advance(at.since(now)).unwrap_or_else(|why| panic!("{}: {why}", self.name));
            now = at;
            if !step.is_empty() {
                cluster.apply(step).unwrap_or_else(|why| panic!("{}: `{step}` at {at}: {why}", self.name));
            }
        }
        cluster.hash()
    }
}

/// The runs whose hash is another one, a line each.
pub(crate) fn differences() -> Vec<String> {
    let actual = RUNS.iter().map(|run| (run, run.carry_out())).filter(|(run, hash)| run.hash != *hash);
    actual.map(|(run, hash)| format!("{}: hash: {hash:#018x}, not {:#018x}", run.name, run.hash)).collect()
}
