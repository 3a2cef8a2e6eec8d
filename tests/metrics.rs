//! What the meter counts: by hand where that can be done, by sums that must agree where it cannot; and that it is a
//! function of the run up to a moment.
#![cfg(not(target_arch = "wasm32"))]

#[path = "common/figures.rs"]
mod figures;

use raft_playground::meter::{Columns, Metrics, Totals};
use raft_playground::playground::{Playground, open};
use raft_playground::settings::Settings;
use raft_playground::types::{NodeId, Span, Time};

const PROTOCOLS: [&str; 3] = ["raft", "multi_paxos", "single_server"];

fn cluster(protocol: &str, seed: u64, traffic: bool) -> Box<dyn Playground> {
    open(&Settings { protocol: protocol.into(), seed, traffic, ..Settings::default() })
        .expect("these settings are valid")
}

fn advance(cluster: &mut dyn Playground, millis: u64) {
    cluster.advance(Span::millis(millis)).expect("time goes on");
}

fn act(cluster: &mut dyn Playground, step: &str) {
    cluster.apply(step).unwrap_or_else(|why| panic!("{step}: {why}"));
}

/// The node that leads and has begun to do so last.
fn leader(metrics: &Metrics) -> NodeId {
    let reign = metrics.reigns.iter().rev().find(|reign| reign.until.is_none());
    reign.unwrap_or_else(|| panic!("nobody leads at {}", metrics.now)).node
}

#[test]
fn what_a_short_run_does_is_counted_as_one_counts_it_by_hand() {
    figures::check_one_write(&figures::one_write());
}

#[test]
fn what_was_sent_was_received_or_is_on_its_way_where_nothing_is_lost() {
    for protocol in ["raft", "multi_paxos"] {
        let mut run = cluster(protocol, 11, false);
        for _ in 0..60 {
            advance(&mut *run, 37);
            let sum = |of: fn(&Totals) -> u64| run.metrics().nodes.iter().map(|node| of(&node.totals)).sum::<u64>();
            let flying = run.view(None).messages.len() as u64;
            assert_eq!(sum(|totals| totals.sent), sum(|totals| totals.received) + flying, "{protocol}");
            assert!(sum(|totals| totals.sent_bytes) >= sum(|totals| totals.received_bytes));
        }
        assert!(run.metrics().nodes.iter().any(|node| node.totals.sent > 20), "{protocol}: hardly anything was sent");
    }
}

#[test]
fn what_was_lost_was_sent_and_not_received_and_each_copy_is_received() {
    let mut run = figures::three_nodes();
    act(&mut *run, "cut n1->n2");
    act(&mut *run, "timeout n1");
    act(&mut *run, "duplicate n1->n3#1");
    advance(&mut *run, 19);
    let received: Vec<u64> = run.metrics().nodes.iter().map(|node| node.totals.received).collect();
    assert_eq!((run.metrics().nodes[0].totals.sent, &received[..]), (2, &[0, 0, 2][..]));
}

#[test]
fn what_is_told_of_each_protocol_agrees_with_what_can_be_seen_of_it() {
    for protocol in PROTOCOLS {
        let mut run = cluster(protocol, 5, true);
        for _ in 0..40 {
            advance(&mut *run, 150);
            let (metrics, view) = (run.metrics(), run.view(None));
            for (node, card) in metrics.nodes.iter().zip(&view.nodes) {
                assert_eq!((node.id, &node.name), (card.id, &card.name));
                assert!(node.totals.won <= node.totals.tried, "{node:?}");
                assert_eq!(node.leads, card.up && matches!(card.node.role, "leader" | "server"), "{protocol}");
                let reigns = metrics.reigns.iter().filter(|reign| reign.node == node.id);
                let led: u64 = reigns.map(|reign| reign.until.unwrap_or(metrics.now).since(reign.from).0).sum();
                assert_eq!(node.totals.led, Span(led));
                assert!(node.commit.count <= node.totals.committed);
                let counted: u64 = node.commit.buckets.iter().map(|bucket| bucket.count).sum();
                assert_eq!(node.commit.count, counted);
            }
            let answered: u64 = view.clients.iter().map(|card| card.answered).sum();
            assert_eq!(metrics.answer.count, answered, "{protocol}: nothing was given up");
            let committed = metrics.nodes.iter().map(|node| node.totals.committed).max();
            assert_eq!(committed, view.nodes.iter().map(|card| card.node.committed).max());
            // Only one has led: it has timed all that is committed.
            if let [_] = &metrics.reigns[..] {
                assert_eq!(Some(metrics.commit.count), committed, "{protocol}");
            }
        }
        assert!(run.metrics().answer.count > 50, "{protocol}: only {} answers", run.metrics().answer.count);
        assert!(!run.metrics().reigns.is_empty(), "{protocol}: nobody led");
    }
}

#[test]
fn a_crash_ends_a_time_of_leading_and_takes_nothing_that_was_counted_away() {
    let mut run = cluster("raft", 3, false);
    advance(&mut *run, 1_000);
    act(&mut *run, "put c1 a val_1");
    advance(&mut *run, 500);
    let before = run.metrics();
    let first = leader(&before);
    act(&mut *run, &format!("crash {first}"));
    advance(&mut *run, 1_000);
    act(&mut *run, &format!("restart {first}"));
    advance(&mut *run, 1_000);
    let after = run.metrics();
    assert_ne!(leader(&after), first);
    let (one, other) = (&before.nodes[first.slot()], &after.nodes[first.slot()]);
    assert_eq!((other.totals.won, other.totals.led, other.leads), (1, one.totals.led, false));
    assert_eq!(after.reigns[0].until, Some(before.now));
    // It has learned anew of what was committed, and of the entry with which the new leader has begun.
    assert_eq!((one.totals.committed, other.totals.committed), (2, 3));
    assert_eq!(one.commit, other.commit, "nothing of that was taken by it as a leader");
}

#[test]
fn who_is_cut_off_goes_on_leading_and_what_it_takes_in_vain_is_not_timed() {
    let mut run = cluster("raft", 3, false);
    advance(&mut *run, 1_000);
    act(&mut *run, "set check_quorum false");
    let first = leader(&run.metrics());
    act(&mut *run, &format!("isolate {first}"));
    act(&mut *run, &format!("put c1 a val_1 to {first}"));
    advance(&mut *run, 1_000);
    let apart = run.metrics();
    let leading = apart.nodes.iter().filter(|node| node.leads).count();
    assert_eq!((leading, leader(&apart) == first), (2, false), "two lead at once, in different terms");
    let timed = apart.nodes[first.slot()].commit.count;
    act(&mut *run, "heal");
    advance(&mut *run, 1_000);
    let healed = run.metrics();
    assert_eq!(healed.nodes.iter().filter(|node| node.leads).count(), 1);
    assert_eq!(healed.nodes[first.slot()].commit.count, timed);
}

#[test]
fn every_moment_has_its_figures_however_one_comes_to_it() {
    for protocol in PROTOCOLS {
        let mut run = cluster(protocol, 9, true);
        let mut looked_at = Vec::new();
        for turn in 0..60 {
            advance(&mut *run, 613);
            if turn == 20 {
                act(&mut *run, "crash n1");
                looked_at.push((run.exact(), run.metrics()));
                act(&mut *run, "restart n1");
            }
            looked_at.push((run.exact(), run.metrics()));
        }
        for turn in 0..looked_at.len() {
            let (when, metrics) = &looked_at[turn * 17 % looked_at.len()];
            run.seek_exact(*when).expect("it is known");
            assert_eq!(run.metrics(), *metrics, "{protocol} at {when}");
        }
        // A fork has the figures of what both have in common, and then its own; the old branch keeps its own.
        let (when, metrics) = &looked_at[10];
        run.seek_exact(*when).expect("it is known");
        act(&mut *run, "put c1 z val_1");
        assert_eq!(run.metrics().reigns, metrics.reigns);
        assert_eq!(run.metrics().now, metrics.now);
        let (last, ended) = looked_at.last().expect("it was looked at");
        run.switch(1).expect("the first branch");
        run.seek_exact(*last).expect("it is known");
        assert_eq!(run.metrics(), *ended, "{protocol}: the first branch is what it was");
    }
}

#[test]
fn the_samples_grow_up_to_the_totals_and_lie_further_apart_in_a_long_run() {
    let mut run = cluster("raft", 2, true);
    for (seconds, every) in [(1, 250), (30, 250), (33, 500), (70, 1_000)] {
        let now = Time(seconds * 1_000_000);
        let left = now.since(run.moment().at);
        run.advance(left).expect("time goes on");
        let metrics = run.metrics();
        let every = Span::millis(every);
        assert_eq!((metrics.now, metrics.every), (now, every));
        let expected: Vec<Time> = (1..).map(|count| Time(every.0 * count)).take_while(|at| *at < now).collect();
        assert_eq!(metrics.times, [expected, vec![now]].concat());
        for node in &metrics.nodes {
            let Columns { tried, won, sent, sent_bytes, received, received_bytes, committed, led } = &node.past;
            let totals = node.totals;
            for (column, last) in [
                (tried, totals.tried),
                (won, totals.won),
                (sent, totals.sent),
                (sent_bytes, totals.sent_bytes),
                (received, totals.received),
                (received_bytes, totals.received_bytes),
                (committed, totals.committed),
                (led, totals.led.0),
            ] {
                assert_eq!((column.len(), column.last()), (metrics.times.len(), Some(&last)));
                assert!(column.is_sorted(), "a total fell: {column:?}");
            }
        }
    }
}

#[test]
fn a_node_that_comes_later_had_done_nothing_before() {
    let mut run = cluster("raft", 4, false);
    advance(&mut *run, 1_000);
    act(&mut *run, "start n6");
    let first = leader(&run.metrics());
    act(&mut *run, &format!("tell {first} add n6"));
    advance(&mut *run, 1_000);
    let metrics = run.metrics();
    let [.., late] = &metrics.nodes[..] else { panic!("no nodes") };
    assert_eq!((late.id, metrics.nodes.len()), (NodeId(6), 6));
    assert_eq!(&late.past.received[..4], [0, 0, 0, 0], "the samples of the first second");
    assert!(late.totals.received > 5 && late.totals.committed > 1, "{:?}", late.totals);
}

#[test]
fn who_never_need_try_leads_whenever_it_runs() {
    let mut run = cluster("single_server", 1, false);
    act(&mut *run, "disk all 5ms");
    act(&mut *run, "put c1 a val_1");
    advance(&mut *run, 400);
    act(&mut *run, "crash n1");
    advance(&mut *run, 100);
    act(&mut *run, "restart n1");
    advance(&mut *run, 500);
    let metrics = run.metrics();
    let [server] = &metrics.nodes[..] else { panic!("{} nodes", metrics.nodes.len()) };
    assert_eq!((server.totals.tried, server.totals.won, server.totals.committed), (0, 0, 1));
    assert_eq!(server.totals.led, Span::millis(900));
    assert_eq!(server.commit.longest, Some(Span::millis(5)), "so long the disk took");
    let reigns: Vec<(Time, Option<Time>)> = metrics.reigns.iter().map(|reign| (reign.from, reign.until)).collect();
    assert_eq!(reigns, [(Time(0), Some(Time(400_000))), (Time(500_000), None)]);
    assert!(metrics.reigns.iter().all(|reign| reign.epoch.is_none()));
}
