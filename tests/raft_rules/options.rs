//! Everything that can be chosen makes a difference: for each option one small scene that ends otherwise by the one value
//! and by the other. The rules themselves are tested where they belong; here none can be without effect.

use raft_playground::protocol::{Effect, Order, Protocol};
use raft_playground::raft::{Applied, Config, Disk, Message, Note, OPTIONS, Raft, Timer};
use raft_playground::types::{NodeId, Spread};

use crate::nodes::{
    Node, Wants, afters, answered, answers, append, ask, disk, grants, matched, mismatch, notes, ranges, request,
    request_vote, sent, set, vote,
};

/// Node 1 of three with an empty disk.
fn fresh(config: &Config) -> Node {
    Node::boot(1, config, Disk::default())
}

/// A follower of n2 in term 2 with log 12.
fn follower(config: &Config) -> Node {
    let mut node = Node::boot(1, config, disk(2, None, "12"));
    node.hear_and_flush(2, append(2, (2, 2), "", 1));
    node
}

/// The leader of term 1, and all that it has wanted on the way.
fn elected(config: &Config) -> (Node, Wants) {
    let mut node = fresh(config);
    let mut wants = node.time_out(Timer::Election);
    wants.extend(node.hear_and_flush(2, vote(1, true)));
    assert_eq!(node.view().role, "leader");
    (node, wants)
}

/// The leader of term 1 that has committed `put a val_1`; n2 follows.
fn leader(config: &Config) -> Node {
    let (mut node, _) = elected(config);
    node.ask(request(1));
    node.hear_and_flush(2, answered(1, 1, 1));
    assert_eq!((node.committed(), node.peer(2).as_str()), (1, "replicate, has 1, next 2"));
    node
}

/// For how long a timer was set last.
fn within(wants: &Wants, wanted: Timer) -> String {
    let last = wants.iter().rev().find_map(|effect| match effect {
        Effect::Arm { timer, within } if *timer == wanted => Some(*within),
        _ => None,
    });
    last.map_or("never".to_string(), |within: Spread| within.to_string())
}

/// What is sent to n2 of three entries that come while the first one is not answered, once it is.
fn three_at_once(config: &Config) -> String {
    let (mut node, _) = elected(config);
    (1..=4).for_each(|seq| drop(node.ask(request(seq))));
    ranges(&node.hear_and_flush(2, answered(1, 1, 1)), 2)
}

/// What is sent to n2 of three entries, one after the other, without an answer.
fn three_in_a_row(config: &Config) -> String {
    let mut node = leader(config);
    let wants: Wants = (2..=4).flat_map(|seq| node.ask(request(seq))).collect();
    ranges(&wants, 2)
}

/// What comes of a request that comes again after so many heartbeats.
fn once_more(config: &Config, beats: u32) -> String {
    let mut node = leader(config);
    (0..beats).for_each(|_| drop(node.time_out(Timer::Heartbeat)));
    node.ask(request(1));
    let wants = node.hear_and_flush(2, matched(1, 2));
    let applied = notes(&wants).into_iter().find_map(|note| match note {
        Note::Applied { applied, .. } => Some(applied.clone()),
        _ => None,
    });
    match applied {
        Some(Applied::Fresh(Err(_))) => "carried out twice".to_string(),
        Some(Applied::Again(Ok(_))) => "answered as before".to_string(),
        other => format!("{other:?}"),
    }
}

fn yes(is: bool) -> String {
    if is { "yes".to_string() } else { "no".to_string() }
}

fn members(node: &Node) -> String {
    node.view().facts.iter().find(|fact| fact.name == "members").map(|fact| fact.value.clone()).unwrap_or_default()
}

/// One option: its name, and by each of two values what the scene ends with.
type Row = (&'static str, fn(&Config) -> String, [(&'static str, &'static str); 2]);

const ROWS: &[Row] = &[
    (
        "election",
        |config| within(&fresh(config).restart(), Timer::Election),
        [("150ms..300ms", "150ms..300ms"), ("10ms..20ms", "10ms..20ms")],
    ),
    ("heartbeat", |config| within(&elected(config).1, Timer::Heartbeat), [("50ms", "50ms"), ("7ms", "7ms")]),
    ("noop", |config| elected(config).0.log(), [("true", "1"), ("false", "")]),
    (
        "pre_vote",
        |config| {
            let mut node = follower(config);
            node.time_out(Timer::Election);
            node.show()
        },
        [("true", "pre-candidate t2 12 c1"), ("false", "candidate t3 12 c1")],
    ),
    (
        "withhold_votes",
        |config| yes(grants(&follower(config).hear_and_flush(3, request_vote(3, 2, 2)))),
        [("true", "no"), ("false", "yes")],
    ),
    ("check_quorum", |config| within(&elected(config).1, Timer::Quorum), [("true", "150ms"), ("false", "never")]),
    (
        "growing_timeouts",
        |config| {
            let mut node = follower(config);
            node.time_out(Timer::Election);
            within(&node.time_out(Timer::Election), Timer::Election)
        },
        [("true", "150ms..600ms"), ("false", "150ms..300ms")],
    ),
    (
        "priority",
        |config| yes(grants(&follower(config).hear_and_flush(3, request_vote(3, 2, 2)))),
        [("n1=2 n3=1", "no"), ("none", "yes")],
    ),
    ("window", three_in_a_row, [("1", "2"), ("2", "2 3")]),
    ("window_bytes", three_in_a_row, [("1", "2"), ("10000", "2 3 4")]),
    ("batch", three_at_once, [("2", "2-3 4"), ("3", "2-4")]),
    ("batch_bytes", three_at_once, [("1", "2 3 4"), ("10000", "2-4")]),
    (
        "hints",
        |config| {
            let refusal = sent(&follower(config).hear_and_flush(2, append(2, (9, 2), "", 0)), 2);
            format!("{refusal:?}").contains("hint: Some").to_string()
        },
        [("true", "true"), ("false", "false")],
    ),
    (
        "ack_committed",
        |config| {
            let mut node = follower(config);
            node.hear_and_flush(2, append(2, (2, 2), "", 2));
            let answer = &sent(&node.hear_and_flush(2, append(2, (1, 1), "", 0)), 2)[0];
            match answer {
                Message::AppendEntriesReply { verdict, .. } => format!("{verdict:?}"),
                other => panic!("{other:?}"),
            }
        },
        [("true", "Matched(LogIndex(2))"), ("false", "Matched(LogIndex(1))")],
    ),
    (
        "uncommitted_bytes",
        |config| {
            let mut node = leader(config);
            node.ask(request(2));
            format!("{:?}", answers(&node.ask(request(3))))
        },
        [("1", "[(3, Busy)]"), ("0", "[]")],
    ),
    (
        "forwarding",
        |config| {
            let wants = follower(config).ask(request(1));
            format!("{} passed on, {} sent away", sent(&wants, 2).len(), answers(&wants).len())
        },
        [("true", "1 passed on, 0 sent away"), ("false", "0 passed on, 1 sent away")],
    ),
    (
        "async_writes",
        |config| format!("{:?}", afters(&leader(config).ask(request(2)), 2)),
        [("true", "[Write(1)]"), ("false", "[Everything]")],
    ),
    ("snapshot_every", |config| leader(config).log(), [("1", ""), ("0", "1")]),
    (
        "snapshot_keep",
        |config| {
            let mut node = leader(config);
            node.order(Order::Compact);
            node.log()
        },
        [("1", "1"), ("0", "")],
    ),
    (
        "chunk",
        |config| {
            let mut node = leader(config);
            node.order(Order::Compact);
            node.hear_and_flush(3, mismatch(1, 1));
            let parts = sent(&node.time_out(Timer::Heartbeat), 3);
            let Some(Message::InstallSnapshot(part)) = parts.first().cloned() else { return format!("{parts:?}") };
            format!("{} bytes of a part", part.part.len())
        },
        [("7", "7 bytes of a part"), ("20", "20 bytes of a part")],
    ),
    (
        "reads",
        |config| {
            let mut node = leader(config);
            node.ask(ask(2, "get a"));
            node.log()
        },
        [("log", "11"), ("local", "1")],
    ),
    (
        "drift_bound",
        |config| {
            let mut node = leader(config);
            node.choose(|config| (config.reads, config.withhold_votes) = (raft_playground::kv::Read::Lease, true));
            within(&node.time_out(Timer::Heartbeat), Timer::LeaseA)
        },
        [("0%", "150ms"), ("50%", "50ms")],
    ),
    ("sessions", |config| once_more(config, 0), [("true", "answered as before"), ("false", "carried out twice")]),
    ("session_timeout", |config| once_more(config, 3), [("1s", "answered as before"), ("1ms", "Some(Expired)")]),
    (
        "joint",
        |config| {
            let mut node = leader(config);
            node.order(Order::Members { voters: set(&[1, 4, 5]), learners: set(&[]), stay: false });
            members(&node)
        },
        [("true", "n1 n2 n3 -> n1 n4 n5"), ("false", "n1 n4 n5")],
    ),
    (
        "own_term_first",
        |config| elected(config).0.refusal(Order::Add(NodeId(4))),
        [("true", "n1 has committed nothing in term 1 yet: expected that first"), ("false", "")],
    ),
    (
        "own_term_only",
        |config| {
            let mut node = leader(config);
            node.ask(request(2));
            node.restart();
            node.time_out(Timer::Election);
            node.hear_and_flush(2, vote(2, true));
            node.hear_and_flush(2, matched(2, 2));
            node.show()
        },
        [("true", "leader t2 11 c0"), ("false", "leader t2 11 c2")],
    ),
    (
        "keep_vote",
        |config| {
            let mut node = fresh(config);
            node.hear_and_flush(2, request_vote(1, 0, 0));
            node.restart();
            yes(grants(&node.hear_and_flush(3, request_vote(1, 0, 0))))
        },
        [("true", "no"), ("false", "yes")],
    ),
];

#[test]
fn each_option_makes_the_difference_that_it_is_there_for() {
    let names: Vec<&str> = ROWS.iter().map(|(name, ..)| *name).collect();
    let all: Vec<&str> = OPTIONS.iter().map(|choice| choice.name).collect();
    assert_eq!(names, all, "a row for each option, in their order");
    for (choice, (name, scene, ends)) in OPTIONS.iter().zip(ROWS) {
        assert_ne!(ends[0].1, ends[1].1, "{name}");
        for (value, expected) in ends {
            let mut config = Config { noop: false, ..Config::new(3) };
            choice.choose(&mut config, value).expect("a value of this option");
            assert_eq!((choice.get)(&config), *value, "{name} is told as it was chosen");
            assert_eq!(scene(&config), *expected, "{name} = {value}");
        }
    }
}

#[test]
fn a_cluster_in_practice_has_on_what_the_paper_leaves_out() {
    let (paper, practice) = (Config::new(5), Config::in_practice(5));
    let differs = OPTIONS.iter().filter(|choice| (choice.get)(&paper) != (choice.get)(&practice));
    let chosen: Vec<String> = differs.map(|choice| format!("{} {}", choice.name, (choice.get)(&practice))).collect();
    let expected = [
        "pre_vote true",
        "withhold_votes true",
        "check_quorum true",
        "growing_timeouts true",
        "uncommitted_bytes 65536",
        "forwarding true",
        "async_writes true",
        "snapshot_every 100",
        "snapshot_keep 10",
        "reads index",
    ];
    assert_eq!(chosen, expected);
    let preset = Raft::preset().expect("there are two of them");
    for (config, name) in [(&paper, "paper"), (&practice, "practice"), (&Config { window: 3, ..Config::new(5) }, "own")]
    {
        assert_eq!((preset.get)(config), name);
        let mut chosen = config.clone();
        let can_be = preset.choose(&mut chosen, name).is_ok();
        assert_eq!((can_be, &chosen), (name != "own", config), "{name}");
    }
    let unsafe_without: Vec<&str> = OPTIONS.iter().filter(|choice| choice.safety).map(|choice| choice.name).collect();
    assert_eq!(unsafe_without, ["joint", "own_term_first", "own_term_only", "keep_vote"]);
}

#[test]
fn an_option_cannot_have_a_value_that_makes_no_sense() {
    for (name, value) in [
        ("election", "0ms"),
        ("heartbeat", "0ms"),
        ("window", "0"),
        ("batch", "0"),
        ("chunk", "0"),
        ("session_timeout", "0ms"),
        ("reads", "fast"),
        ("drift_bound", "101%"),
        ("priority", "n1"),
        ("priority", "n17=1"),
        ("pre_vote", "1"),
        ("uncommitted_bytes", "-1"),
    ] {
        let choice = OPTIONS.iter().find(|choice| choice.name == name).expect("an option");
        let mut config = Config::in_practice(3);
        let why = choice.choose(&mut config, value).expect_err("it cannot be");
        assert!(why.contains("expected"), "{name} = {value}: {why}");
        assert_eq!(config, Config::in_practice(3), "{name} = {value} has changed something");
    }
}

/// What random operators choose, and what is chosen in the end for progress to be possible, can be chosen.
#[test]
fn what_operators_choose_are_options_and_their_values() {
    use raft_playground::protocol::Protocol;
    for (name, value) in Raft::WHIMS.iter().chain(Raft::MENDED) {
        let choice = OPTIONS.iter().find(|choice| choice.name == *name).expect("an option");
        assert!(!choice.safety, "{name}: safety rests on it");
        assert_eq!(choice.choose(&mut Config::new(3), value), Ok(()), "{name} = {value}");
    }
}
