//! Our Raft core beside TiKV's `raft`: how many entries are committed in a second, and how many messages each takes.
//!
//! Neither is simulated. The nodes stand in a row in one thread, messages arrive in the order in which they were sent,
//! disks flush at once, and no timer runs: node 1 is told to campaign, and leads from there on. A client keeps 1 or 64
//! commands open, and every node carries out every command in a store of its own. The two sides take turns and the ratio
//! is taken round by round, so that a machine which slows down meanwhile slows down both.
//!
//! TiKV's has the settings and the driver with which it is quickest: what is proposed in a turn is one message, nothing
//! is sent only to say what is committed (nor does ours), its disk is a plain vector, and nothing is logged.
//!
//! The second table is ours alone: what an entry costs where the log is long already.
//!
//! `--quick` plays a tenth of the rounds. ROUNDS and ENTRIES in the environment say how many there are, and how long
//! each is. `--profile ours|raft-rs NODES WINDOW` plays one side alone, for a profiler to watch.

#![allow(clippy::float_arithmetic, clippy::cast_precision_loss)]

mod ours;
mod tikv;

use std::time::Instant;

use raft_playground::kv::Command;
use raft_playground::types::Text;

use ours::Ours;
use tikv::Tikv;

/// How many keys there are: so few that the store, which is the same on both sides, costs little, and the same at any
/// length of the log.
const KEYS: u8 = 8;

/// How long the log is in the second table.
const LENGTHS: [u64; 4] = [1_000, 10_000, 100_000, 1_000_000];

/// How many nodes, and how many commands are open, in the second table.
const LONG_RUN: (u8, u64) = (3, 64);

/// A whole cluster of one side, whose first node leads.
trait Side {
    /// A cluster that has elected its first node.
    fn elected(nodes: u8) -> Self;

    /// Hands the leader a command.
    fn propose(&mut self, number: u64, command: &Command);

    /// What is on its way arrives, and what is sent meanwhile arrives in the next turn.
    fn turn(&mut self);

    /// The leader makes itself heard, so that whoever does not know yet what is committed hears it.
    fn heartbeat(&mut self);

    /// Whether nothing is on its way.
    fn quiet(&self) -> bool;

    /// How many commands the leader has carried out.
    fn answered(&self) -> u64;

    /// How many messages were sent.
    fn sent(&self) -> u64;

    /// What each node has in its store.
    fn stores(&self) -> Vec<Vec<(String, String)>>;
}

/// What the client asks for, over and over: every key is put and then deleted, so that no command is refused.
fn commands() -> Vec<Command> {
    let keys: Vec<Text> = (0..KEYS).map(|key| format!("key_{key}").into()).collect();
    let puts = keys.iter().map(|key| Command::Put { key: key.clone(), value: format!("val_{key}").into() });
    puts.chain(keys.iter().map(|key| Command::Delete { key: key.clone() })).collect()
}

/// Lets everything arrive that is on its way.
fn settle(side: &mut impl Side) {
    while !side.quiet() {
        side.turn();
    }
}

/// Commits so many more commands, of which `window` at most are open at a time; the seconds that it took.
fn commit(side: &mut impl Side, commands: &[Command], window: u64, entries: u64) -> f64 {
    let started = Instant::now();
    let mut proposed = side.answered();
    let end = proposed + entries;
    while side.answered() < end {
        while proposed < end.min(side.answered() + window) {
            side.propose(proposed, &commands[usize::try_from(proposed).expect("few") % commands.len()]);
            proposed += 1;
        }
        side.turn();
    }
    started.elapsed().as_secs_f64()
}

/// Entries a second and messages per entry, of a fresh cluster.
fn measured<S: Side>(commands: &[Command], nodes: u8, window: u64, entries: u64) -> (f64, f64) {
    let mut side = S::elected(nodes);
    let before = side.sent();
    let seconds = commit(&mut side, commands, window, entries);
    let sent = side.sent() - before;
    side.heartbeat();
    settle(&mut side);
    let stores = side.stores();
    assert!(side.answered() == entries && stores.iter().all(|store| *store == stores[0]), "all have carried out all");
    (entries as f64 / seconds, sent as f64 / entries as f64)
}

/// The median with the two quartiles around it: a round in which the machine did something else would blur the ends.
fn spread(figures: &mut [f64], decimals: usize) -> String {
    figures.sort_by(f64::total_cmp);
    let [low, median, high] = [1, 2, 3].map(|quarter| figures[figures.len() * quarter / 4]);
    format!("{median:.decimals$} ({low:.decimals$} to {high:.decimals$})")
}

/// `at best` is the ratio of both sides' quickest rounds: on a busy machine it is the steadier figure.
fn compare(commands: &[Command], entries: u64, rounds: u64) {
    println!("committed entries, medians of {rounds} rounds of {entries} (and quartiles)");
    println!(
        "{:>5} {:>6} {:>30} {:>30} {:>20} {:>7} {:>22}",
        "nodes", "window", "ours /s", "raft-rs /s", "ratio", "at best", "messages: ours raft-rs"
    );
    for (nodes, window) in [3, 5, 7].into_iter().flat_map(|nodes| [(nodes, 1), (nodes, 64)]) {
        let mut messages = (0.0, 0.0);
        let mut figures = [const { Vec::new() }; 3];
        for _ in 0..rounds {
            let ours = measured::<Ours>(commands, nodes, window, entries);
            let peer = measured::<Tikv>(commands, nodes, window, entries);
            messages = (ours.1, peer.1);
            for (list, figure) in figures.iter_mut().zip([ours.0, peer.0, ours.0 / peer.0]) {
                list.push(figure);
            }
        }
        let [mut ours, mut peer, mut ratios] = figures;
        let (ours_text, peer_text, ratio) = (spread(&mut ours, 0), spread(&mut peer, 0), spread(&mut ratios, 2));
        let best = ours[ours.len() - 1] / peer[peer.len() - 1];
        println!(
            "{nodes:>5} {window:>6} {ours_text:>30} {peer_text:>30} {ratio:>20} {best:>7.2} {:>14.3} {:>7.3}",
            messages.0, messages.1
        );
    }
}

/// Copies of one cluster, taken as its log grows, go on in turns from where they were taken.
fn lengthen(commands: &[Command], entries: u64, rounds: u64) {
    let (nodes, window) = LONG_RUN;
    let mut cluster = Ours::elected(nodes);
    let kept = LENGTHS.map(|length| {
        let lacking = length - cluster.answered();
        commit(&mut cluster, commands, window, lacking);
        cluster.clone()
    });
    let mut figures = LENGTHS.map(|_| (Vec::new(), Vec::new()));
    for _ in 0..rounds {
        let costs = kept.each_ref().map(|kept| {
            let mut cluster = kept.clone();
            // What a copy does first is to make room of its own.
            commit(&mut cluster, commands, window, window * 4);
            commit(&mut cluster, commands, window, entries) / entries as f64 * 1e9
        });
        for ((all, ratios), cost) in figures.iter_mut().zip(costs) {
            all.push(cost);
            ratios.push(cost / costs[0]);
        }
    }
    println!("\nours: {nodes} nodes, window {window}, medians of {rounds} rounds of {entries} (and quartiles)");
    println!("{:>12} {:>24} {:>22} {:>7}", "log", "ns per entry", "ratio to the shortest", "at best");
    let mut shortest = None;
    for (length, (mut costs, mut ratios)) in LENGTHS.iter().zip(figures) {
        let (cost, ratio) = (spread(&mut costs, 0), spread(&mut ratios, 2));
        let best = costs[0] / *shortest.get_or_insert(costs[0]);
        println!("{length:>12} {cost:>24} {ratio:>22} {best:>7.2}");
    }
}

/// One side alone.
fn profile(commands: &[Command], words: &[String], entries: u64, rounds: u64) {
    let number = |at: usize| words.get(at).and_then(|word| word.parse().ok()).expect("NODES and WINDOW are numbers");
    let (nodes, window) = (u8::try_from(number(1)).expect("nine nodes at most"), number(2));
    for _ in 0..rounds {
        match words.first().map(String::as_str) {
            Some("ours") => measured::<Ours>(commands, nodes, window, entries),
            Some("raft-rs") => measured::<Tikv>(commands, nodes, window, entries),
            _ => panic!("expected --profile ours|raft-rs NODES WINDOW"),
        };
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let quick = arguments.iter().any(|argument| argument == "--quick");
    // Many rounds that each fit between two turns of the system's scheduler, rather than few long ones.
    let rounds = from_env("ROUNDS", if quick { 10 } else { 100 }).max(1);
    let entries = from_env("ENTRIES", 5_000);
    let commands = commands();
    if let Some(at) = arguments.iter().position(|argument| argument == "--profile") {
        return profile(&commands, &arguments[at + 1..], entries, rounds);
    }
    compare(&commands, entries, rounds);
    lengthen(&commands, entries, rounds);
}

fn from_env(name: &str, ordinary: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(ordinary)
}
