//! Reads by lease: how long it lasts, what gives it, renews it and ends it (dissertation, 6.4.1).

use raft_playground::chance::Ratio;
use raft_playground::kv::Read;
use raft_playground::protocol::{Effect, Order};
use raft_playground::raft::{Config, Note, Timer};
use raft_playground::types::{NodeId, Span, Spread};

use crate::nodes::{Node, Wants, answered, append, notes};
use crate::reads::{get, leader, rounds, said};

/// Which lease timer is set and for how long, where one is.
fn measured(wants: &Wants) -> Option<(Timer, Spread)> {
    wants.iter().rev().find_map(|effect| match effect {
        Effect::Arm { timer: timer @ (Timer::LeaseA | Timer::LeaseB), within } => Some((*timer, *within)),
        _ => None,
    })
}

/// How long the lease timer is set, where it is.
fn lease(wants: &Wants) -> Option<Spread> {
    measured(wants).map(|(_, within)| within)
}

fn by_lease(config: &mut Config) {
    (config.reads, config.withhold_votes) = (Read::Lease, true);
}

/// A leader that holds a lease, by the answer of n2 to round 2.
fn lessee() -> Node {
    let mut node = leader(3, by_lease);
    assert!(lease(&node.time_out(Timer::Heartbeat)).is_some());
    node.hear_and_flush(2, answered(1, 1, 2));
    node
}

/// Whether a read by lease is answered at once, without a message to anybody.
fn at_once(node: &Node) -> bool {
    let wants = node.clone().ask(get(1, Read::Lease));
    assert_eq!(said(&wants) == "1=1", rounds(&wants, 2).is_empty(), "whoever cannot answer asks");
    said(&wants) == "1=1"
}

#[test]
fn while_a_lease_lasts_a_read_asks_nobody() {
    let mut node = lessee();
    assert!(at_once(&node));
    node.time_out(Timer::LeaseA);
    assert!(!at_once(&node));
}

#[test]
fn a_lease_is_shorter_than_the_shortest_election_timeout_by_what_clocks_may_drift() {
    for (percent, micros) in [(0, 150_000), (5, 135_714), (10, 122_727), (50, 50_000), (100, 0)] {
        let mut node = leader(3, by_lease);
        node.config.drift_bound = Ratio::percent(percent);
        let expected = Some(Spread::exactly(Span(micros)));
        assert_eq!(lease(&node.time_out(Timer::Heartbeat)), expected, "150 ms, less {percent}% either way");
    }
}

#[test]
fn a_lease_begins_when_a_round_is_asked_and_only_an_answer_to_that_round_gives_it() {
    let mut node = leader(3, by_lease);
    node.time_out(Timer::Heartbeat);
    assert!(!at_once(&node), "nobody has answered");
    node.hear_and_flush(2, answered(1, 1, 1));
    assert!(!at_once(&node), "the round before may have been answered long ago");
    node.hear_and_flush(2, answered(1, 1, 2));
    assert!(at_once(&node));
}

#[test]
fn a_lease_needs_a_majority() {
    let mut node = leader(5, by_lease);
    node.time_out(Timer::Heartbeat);
    node.hear_and_flush(2, answered(1, 1, 2));
    assert!(!at_once(&node), "two of five");
    node.hear_and_flush(5, answered(1, 1, 2));
    assert!(at_once(&node));
}

#[test]
fn a_lease_is_renewed_before_it_ends() {
    let mut node = lessee();
    node.time_out(Timer::Heartbeat);
    node.hear_and_flush(3, answered(1, 1, 3));
    let wants = node.time_out(Timer::LeaseA);
    assert!(at_once(&node), "the second one holds");
    assert!(!notes(&wants).contains(&&Note::LeaseEnded));
    let wants = node.time_out(Timer::LeaseB);
    assert!(!at_once(&node));
    assert!(notes(&wants).contains(&&Note::LeaseEnded));
    node.hear_and_flush(2, answered(1, 1, 3));
    assert!(!at_once(&node), "an answer that comes too late");
}

#[test]
fn of_two_promises_that_are_held_the_older_one_is_given_up_for_the_next() {
    let mut node = lessee();
    for (round, timer) in [(3, Timer::LeaseB), (4, Timer::LeaseA), (5, Timer::LeaseB), (6, Timer::LeaseA)] {
        assert_eq!(measured(&node.time_out(Timer::Heartbeat)).map(|(timer, _)| timer), Some(timer), "round {round}");
        assert_eq!(measured(&node.clone().time_out(Timer::Heartbeat)), None, "while an answer is waited for");
        assert!(at_once(&node), "the other one holds");
        node.hear_and_flush(3, answered(1, 1, round));
    }
}

#[test]
fn whoever_is_alone_has_a_lease_from_the_beginning_and_renews_it_by_itself() {
    let mut node = Node::boot(1, &Config::new(1), Default::default());
    by_lease(&mut node.config);
    node.time_out(Timer::Election);
    let by = |node: &Node| {
        let wants = node.clone().ask(get(1, Read::Lease));
        notes(&wants).into_iter().find_map(|note| if let Note::Reads { how, .. } = note { Some(*how) } else { None })
    };
    assert_eq!(by(&node), Some(Read::Lease));
    node.time_out(Timer::Heartbeat);
    node.time_out(Timer::LeaseA);
    assert_eq!(by(&node), Some(Read::Lease), "by the second one");
    node.time_out(Timer::LeaseB);
    assert_eq!(by(&node), Some(Read::Index), "it has asked everybody there is");
}

#[test]
fn there_is_no_lease_where_votes_are_not_withheld() {
    let mut node = leader(3, |config| (config.reads, config.withhold_votes) = (Read::Lease, false));
    assert_eq!(lease(&node.time_out(Timer::Heartbeat)), None);
    node.hear_and_flush(2, answered(1, 1, 2));
    assert!(!at_once(&node));
}

/// Whoever was asked to take over may lead at any moment, whatever others have promised.
#[test]
fn a_leader_that_has_asked_somebody_to_take_over_has_no_lease_any_more() {
    let mut node = lessee();
    node.order(Order::Transfer(NodeId(2)));
    assert!(!at_once(&node));
    node.time_out(Timer::Transfer);
    assert_eq!(lease(&node.time_out(Timer::Heartbeat)), None, "nor does it ask for another in this term");
    node.hear_and_flush(2, answered(1, 1, 3));
    assert!(!at_once(&node));
}

/// Promises that were made under other rules may be shorter.
#[test]
fn a_lease_ends_when_something_is_chosen_anew() {
    let mut node = lessee();
    let wants = node.choose(|config| config.election = Spread::millis(10, 20));
    assert!(wants.contains(&Effect::Disarm(Timer::LeaseA)));
    assert!(!at_once(&node));
}

#[test]
fn another_leader_inherits_no_lease() {
    let mut node = lessee();
    node.hear_and_flush(3, append(2, (1, 1), "", 0));
    let wants = node.ask(get(1, Read::Lease));
    assert_eq!(said(&wants), "1->n3");
}
