//! The promises that the simulation makes to whoever drives it, for every protocol: a refused step changes nothing,
//! nothing depends on how often somebody looks, chance is keyed by its cause, a seed is a run, and a client that is
//! alone sees one store.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::{BTreeMap, BTreeSet};

use raft_playground::kv::{Command, Store, outcome_text};
use raft_playground::multi_paxos::MultiPaxos;
use raft_playground::playground::{Playground, open};
use raft_playground::protocol::{Protocol, TimerName};
use raft_playground::raft::Raft;
use raft_playground::settings::Settings;
use raft_playground::sim::{Cluster, Setup, Step, schedule};
use raft_playground::single_server::SingleServer;
use raft_playground::types::{MessageId, NodeId, Span, Time};

const PROTOCOLS: [&str; 3] = ["raft", "multi_paxos", "single_server"];

fn settings(protocol: &str, seed: u64, traffic: bool) -> Settings {
    Settings { protocol: protocol.to_string(), seed, traffic, ..Settings::default() }
}

fn start(protocol: &str, seed: u64, traffic: bool) -> Box<dyn Playground> {
    open(&settings(protocol, seed, traffic)).expect("these settings are valid")
}

fn raft(seed: u64) -> Setup<Raft> {
    settings("raft", seed, true).raft().expect("these settings are valid")
}

fn parse<P: Protocol>(line: &str) -> Step {
    let timers: Vec<&'static str> = P::Timer::ALL.iter().map(|timer| timer.name()).collect();
    Step::parse(line, &timers).unwrap_or_else(|why| panic!("`{line}` is not a step: {why}"))
}

// ------------------------------------------------------------------------------------------------ refusals

/// Hands a cluster a step that it must refuse, and compares everything before and after.
fn check_refused<P: Protocol>(cluster: &mut Cluster<P>, step: &Step) {
    let picture = |cluster: &Cluster<P>| (format!("{cluster:?}"), cluster.trace_hash(), cluster.steps());
    let before = picture(cluster);
    let refused = cluster.apply(step);
    let protocol = P::WORDS.protocol;
    let why = refused.expect_err(&format!("{protocol}, seed {}: `{step}` was carried out", cluster.setup().seed));
    assert!(why.0.len() > 10, "`{step}` is refused without a sentence: {why}");
    assert!(before == picture(cluster), "{protocol}: `{step}` was refused ({why}) and yet changed the cluster");
}

fn check_refusals<P: Protocol>(setup: Setup<P>, lines: &[&str]) {
    let mut cluster = Cluster::new(setup);
    // A node that is down, one that is paused with messages at its door, a cut link, writes on their way.
    let run = |cluster: &mut Cluster<P>, until: Span| schedule::run(cluster, Time(until.0)).expect("a run");
    run(&mut cluster, Span::secs(1));
    for line in ["crash n1", "disk all 3ms..9ms", "cut c1->n1"] {
        cluster.apply(&parse::<P>(line)).expect("a step of the preparation");
    }
    run(&mut cluster, Span(1_234_567));
    for line in lines {
        check_refused(&mut cluster, &parse::<P>(line));
    }
    let due = schedule::next(&cluster).expect("something is due").0;
    check_refused(&mut cluster, &Step::Until(Time(due.0 + 1)));
    check_refused(&mut cluster, &Step::Timeout(NodeId(1), "tea"));
    let gone = cluster.network().flights().next().map(|flight| flight.id);
    if let Some(id) = gone {
        cluster.apply(&Step::Drop(id)).expect("a message on its way can be dropped");
        for step in [Step::Deliver(id), Step::Drop(id), Step::Duplicate(id), Step::Delay(id, Span::millis(5))] {
            check_refused(&mut cluster, &step);
        }
    }
}

/// Steps that no cluster of up to 9 nodes and 3 clients can carry out when n1 is down.
const REFUSED: &[&str] = &[
    "until 1s",
    "crash n1",
    "crash n16",
    "restart n12",
    "pause n1",
    "pause n12",
    "resume n1",
    "resume n12",
    "flush n1",
    "flush n12",
    "wake c9",
    "deliver n1->n2#999999",
    "deliver n12->n13#1",
    "drop n1->n2#999999",
    "duplicate c9->n1#1",
    "delay n1->n2#999999 5ms",
    "isolate n12",
    "partition n1 | n12",
    "cut n1->n12",
    "heal c9->n1",
    "cut c1--c2",
    "latency n12->n1 1ms..2ms",
    "loss c9->n1 5%",
    "drift n12 +5%",
    "disk n12 1ms..2ms",
    "put c9 a 1",
    "get c1 a to n12",
];

#[test]
fn a_refused_step_leaves_a_raft_cluster_exactly_as_it_was() {
    let mut lines = REFUSED.to_vec();
    lines.extend(["timeout n1 election", "timeout n1 heartbeat", "timeout n12 election", "restart n2", "resume n2"]);
    (1..=3).for_each(|seed| check_refusals(raft(seed), &lines));
}

#[test]
fn a_refused_step_leaves_a_multi_paxos_cluster_exactly_as_it_was() {
    let setup = settings("multi_paxos", 1, true).multi_paxos().expect("these settings are valid");
    let mut lines = REFUSED.to_vec();
    lines.extend(["timeout n2 phase1", "get c1 a to n1", "put c1 a 1 to n5", "align"]);
    check_refusals::<MultiPaxos>(setup, &lines);
}

#[test]
fn a_refused_step_leaves_a_single_server_exactly_as_it_was() {
    let setup = settings("single_server", 1, true).single_server().expect("these settings are valid");
    let mut lines = REFUSED.to_vec();
    lines.extend(["isolate n2", "align", "spread", "crash n2"]);
    check_refusals::<SingleServer>(setup, &lines);
}

#[test]
fn a_paused_node_refuses_what_only_a_running_one_can_do() {
    let mut cluster = Cluster::new(raft(1));
    cluster.apply(&parse::<Raft>("pause n2")).expect("n2 runs");
    for line in ["pause n2", "timeout n2", "flush n2", "restart n2", "resume n1"] {
        check_refused(&mut cluster, &parse::<Raft>(line));
    }
    cluster.apply(&parse::<Raft>("resume n2")).expect("n2 is paused");
    for line in ["resume", "resume n2", "flush n2"] {
        check_refused(&mut cluster, &parse::<Raft>(line));
    }
}

// ------------------------------------------------------------------------------------------------ time

/// Ever other pieces that add up to `whole`; from a fixed sequence, so that a failure can be shown again.
fn pieces(whole: Span, seed: u64) -> impl Iterator<Item = Span> {
    let mut state = seed;
    let mut left = whole.0;
    std::iter::from_fn(move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let longest = [1, 20, 1_000, 16_667, 50_000][usize::try_from(state >> 61).unwrap_or(0) % 5];
        let piece = ((state >> 20) % longest + 1).min(left);
        left -= piece;
        (piece > 0).then_some(Span(piece))
    })
}

#[test]
fn it_does_not_matter_in_which_pieces_time_goes_on() {
    const WHOLE: Span = Span::secs(10);
    for (protocol, seed) in PROTOCOLS.iter().flat_map(|protocol| [1, 2].map(|seed| (protocol, seed))) {
        let mut at_once = start(protocol, seed, true);
        let events = at_once.advance(WHOLE).expect("time goes on");
        let mut in_pieces = start(protocol, seed, true);
        let mut counted = 0;
        for piece in pieces(WHOLE, seed) {
            counted += in_pieces.advance(piece).expect("time goes on");
            let _ = in_pieces.view(None);
        }
        let mut by_steps = start(protocol, seed, true);
        let mut single = 0;
        while by_steps.view(None).due.is_some_and(|due| due <= Time(WHOLE.0)) {
            single += u64::from(by_steps.step().expect("what is due can be done"));
        }
        by_steps.advance(Span(WHOLE.0 - by_steps.view(None).now.0)).expect("nothing else is due");
        let again = format!("{protocol}, seed {seed}, 10 s with traffic");
        assert_eq!((events, events), (counted, single), "{again}: the same number of events");
        for other in [in_pieces, by_steps] {
            assert_eq!(at_once.hash(), other.hash(), "{again}: the same hash");
            assert_eq!(at_once.view(None), other.view(None), "{again}: the same view");
            assert_eq!(at_once.events(0), other.events(0), "{again}: the same events");
        }
    }
}

#[test]
fn a_microsecond_at_a_time_is_as_good_as_a_second() {
    let (mut slow, mut fast) = (start("raft", 3, true), start("raft", 3, true));
    (0..400_000).for_each(|_| assert!(slow.advance(Span(1)).is_ok()));
    fast.advance(Span::millis(400)).expect("time goes on");
    assert_eq!((slow.hash(), slow.view(None)), (fast.hash(), fast.view(None)));
}

// ------------------------------------------------------------------------------------------------ chance

fn run_to_hash(protocol: &str, seed: u64) -> u64 {
    let mut run = start(protocol, seed, true);
    run.advance(Span::secs(2)).expect("time goes on");
    run.hash()
}

#[test]
fn a_seed_is_a_run() {
    for protocol in PROTOCOLS {
        let hashes: Vec<u64> = (0..40).map(|seed| run_to_hash(protocol, seed)).collect();
        let again: Vec<u64> = (0..40).map(|seed| run_to_hash(protocol, seed)).collect();
        assert_eq!(hashes, again, "{protocol}: the same seed twice");
        let different: BTreeSet<u64> = hashes.into_iter().collect();
        assert_eq!(different.len(), 40, "{protocol}: 40 seeds are 40 runs");
    }
}

/// Every message of the next two seconds, and how long it travels.
fn latencies(mut cluster: Cluster<Raft>) -> BTreeMap<MessageId, u64> {
    let until = Time(cluster.now().0 + 2_000_000);
    let mut seen = BTreeMap::new();
    while schedule::next(&cluster).is_some_and(|(due, _)| due <= until) {
        schedule::step(&mut cluster).expect("what is due can be done");
        let new = cluster.network().flights().filter(|flight| flight.sent == cluster.now());
        seen.extend(new.map(|flight| (flight.id, flight.arrives.since(flight.sent).0)));
    }
    seen
}

#[test]
fn what_happens_to_one_message_does_not_change_the_latency_of_others() {
    for seed in 1..=10 {
        let mut before = Cluster::new(raft(seed));
        // Where a link keeps the order of its messages, a later one may have to wait for an earlier one.
        before.apply(&parse::<Raft>("reordering all 100%")).expect("a rule of links");
        schedule::run(&mut before, Time(1_000_000)).expect("a run");
        let id = before.network().flights().next().map(|flight| flight.id).expect("a message on its way");
        let same_link = |other: &MessageId| [(id.from, id.to), (id.to, id.from)].contains(&(other.from, other.to));
        let plain = latencies(before.clone());
        for step in [Step::Duplicate(id), Step::Drop(id), Step::Delay(id, Span::millis(3))] {
            let mut edited = before.clone();
            edited.apply(&step).expect("a message on its way");
            let edited = latencies(edited);
            let both = plain.keys().filter(|id| edited.contains_key(id) && !same_link(id));
            let both: Vec<&MessageId> = both.collect();
            assert!(both.len() > 50, "seed {seed}, `{step}`: only {} messages are in both runs", both.len());
            for id in both {
                let again = format!("seed {seed}, traffic, reordering all 100%, at {} `{step}`: {id}", before.now());
                assert_eq!(plain[id], edited[id], "{again} travels another time");
            }
        }
    }
}

// ------------------------------------------------------------------------------------------------ clients

#[test]
fn a_client_never_has_two_requests_running() {
    for (protocol, seed) in PROTOCOLS.iter().flat_map(|protocol| (1..=3).map(move |seed| (protocol, seed))) {
        let mut run = start(protocol, seed, true);
        for line in ["loss all 10%", "duplication all 10%", "reordering all 20%"] {
            run.apply(line).expect("a rule of links");
        }
        let mut latest = vec![(0, 0); 3];
        for _ in 0..3_000 {
            run.step().expect("what is due can be done");
            for (client, (seq, answered)) in run.view(None).clients.iter().zip(&mut latest) {
                let again =
                    format!("{protocol}, seed {seed}, loss 10%, duplication 10%, reordering 20%, {}", client.id);
                let begun = client.running.as_ref().map_or(client.answered, |running| running.seq);
                assert!((client.answered..=client.answered + 1).contains(&begun), "{again}: {client:?}");
                assert!(begun >= *seq && client.answered >= *answered, "{again}: it never goes back");
                (*seq, *answered) = (begun, client.answered);
            }
        }
        assert!(latest.iter().all(|(_, answered)| *answered > 5), "{protocol}, seed {seed}: answered {latest:?}");
    }
}

#[test]
fn a_client_alone_without_faults_sees_one_plain_store() {
    for (protocol, seed) in PROTOCOLS.iter().flat_map(|protocol| (1..=3).map(move |seed| (protocol, seed))) {
        let mut run = start(protocol, seed, false);
        run.advance(Span::secs(1)).expect("time goes on");
        let (mut model, mut state) = (Store::default(), seed);
        for number in 1..=60 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(99);
            let key: raft_playground::types::Text =
                ["a", "b", "c"][usize::try_from((state >> 40) % 3).unwrap_or(0)].into();
            let command = match (state >> 50) % 3 {
                0 => Command::Put { key, value: format!("val_{number}").into() },
                1 => Command::Get { key },
                _ => Command::Delete { key },
            };
            let line = command.to_string().replacen(' ', " c1 ", 1);
            run.apply(&line).expect("a request");
            run.advance(Span::secs(2)).expect("time goes on");
            let view = run.view(None);
            let expected = outcome_text(&model.apply(&command));
            let last = view.clients[0].last.as_ref().map(|last| (last.text.clone(), last.answer.clone()));
            assert_eq!(
                last,
                Some((command.to_string(), expected)),
                "{protocol}, seed {seed}, request {number}: {line}"
            );
            assert_eq!(view.clients[0].answered, number, "{protocol}, seed {seed}: every request is answered");
        }
        let plain: Vec<(String, String)> = model.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
        for card in run.view(None).nodes.iter().filter_map(|card| Some((&card.name, card.node.store.as_ref()?))) {
            assert_eq!(*card.1, plain, "{protocol}, seed {seed}: the store of {}", card.0);
        }
    }
}
