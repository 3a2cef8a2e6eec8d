//! A run that is short enough to count by hand what its nodes do. The file is compiled into the native tests and into
//! those of wasm, so the figures are the same on every platform.

use raft_playground::meter::{Bucket, Metrics, Totals};
use raft_playground::playground::{Playground, open};
use raft_playground::settings::Settings;
use raft_playground::types::{NodeId, Span, Time};

/// Three nodes, one client, each message 10 ms on its way, disks that take no time.
pub(crate) fn three_nodes() -> Box<dyn Playground> {
    let mut settings = Settings::default();
    for (name, value) in [("num_nodes", "3"), ("num_clients", "1"), ("network.latency", "10ms"), ("pre_vote", "false")]
    {
        settings.set(name, value).unwrap_or_else(|why| panic!("{name}: {why}"));
    }
    open(&settings).unwrap_or_else(|why| panic!("{why}"))
}

/// n1 is elected at 20 ms and takes an entry of its own then, committed at 40 ms; the client asks at 45 ms, its entry
/// is taken at 55 ms and committed at 75 ms, its answer comes at 85 ms. In between, at 70 ms, is a heartbeat.
pub(crate) fn one_write() -> Metrics {
    let mut cluster = three_nodes();
    cluster.apply("timeout n1").unwrap_or_else(|why| panic!("{why}"));
    cluster.advance(Span::millis(45)).unwrap_or_else(|why| panic!("{why}"));
    cluster.apply("put c1 a val_1 to n1").unwrap_or_else(|why| panic!("{why}"));
    cluster.advance(Span::millis(40)).unwrap_or_else(|why| panic!("{why}"));
    cluster.metrics()
}

/// Holds the figures of [`one_write`] to what was counted by hand.
pub(crate) fn check_one_write(metrics: &Metrics) {
    let (vote, vote_reply, ack, heartbeat) = (1 + 3 * 8 + 2, 1 + 8 + 2, 1 + 3 * 8 + 1 + 8, 1 + 5 * 8);
    // The first entry has no text in it, the second has `a` and `val_1`.
    let (noop, put) = (heartbeat + 16 + 16, heartbeat + 16 + 16 + 6);
    let (request, answer) = (1 + 16 + 6, 1 + 8 + 1);
    let leader = Totals {
        tried: 1,
        won: 1,
        sent: 4 * 2 + 1,
        sent_bytes: 2 * (vote + noop + put + heartbeat) + answer,
        received: 3 * 2 + 1,
        received_bytes: 2 * (vote_reply + ack + ack) + request,
        committed: 2,
        led: Span::millis(65),
    };
    let other = Totals {
        sent: 4,
        sent_bytes: vote_reply + 3 * ack,
        received: 4,
        received_bytes: vote + noop + put + heartbeat,
        // With the heartbeat of 70 ms it has not learned of the second entry yet, which was committed later.
        committed: 1,
        ..Totals::default()
    };
    let counted: Vec<Totals> = metrics.nodes.iter().map(|node| node.totals).collect();
    assert_eq!(counted, [leader, other, other]);
    let times = |from, to, count| Bucket { from: Span(from), to: Span(to), count };
    let [first, second, _] = &metrics.nodes[..] else { panic!("{} nodes", metrics.nodes.len()) };
    assert_eq!(first.commit.buckets, [times(16_384, 20_479, 2)], "both entries took 20 ms");
    assert_eq!((first.commit.median, first.commit.longest), (Some(Span::millis(20)), Some(Span::millis(20))));
    assert_eq!(first.answer.buckets, [times(32_768, 40_959, 1)], "the client waited for 40 ms");
    assert_eq!((second.commit.count, second.answer.count), (0, 0));
    assert_eq!((&metrics.commit, &metrics.answer), (&first.commit, &first.answer));
    assert_eq!((first.leads, second.leads), (true, false));
    let [reign] = &metrics.reigns[..] else { panic!("{:?}", metrics.reigns) };
    assert_eq!((reign.node, reign.from, reign.until), (NodeId(1), Time(20_000), None));
    assert_eq!(reign.epoch.as_ref().map(|epoch| epoch.text.as_str()), Some("1"));
    assert_eq!((metrics.now, &metrics.times[..]), (Time(85_000), &[Time(85_000)][..]));
}
