//! How Multi-Paxos comes to an end over a network that loses messages, without a quorum, and in a duel of leaders.
#![cfg(not(target_arch = "wasm32"))]

#[path = "common/paxos.rs"]
mod paxos;

use paxos::{Process, Wants, accept, accept_ok, answers, ballot, commit, config, leading, leads, put, sent};
use raft_playground::kv::{Command, KvError, Request};
use raft_playground::multi_paxos::{Message, SlotId, Timer};
use raft_playground::protocol::{Answer, Effect, Input};
use raft_playground::types::{ClientId, Span};

fn resend(leader: &mut Process) -> Wants {
    leader.tell(Input::Timeout(Timer::Resend))
}

fn learn(from: u64) -> Message {
    Message::Learn { from: SlotId(from) }
}

/// A leader that has had so many requests chosen and carried out.
fn with_chosen(count: u64) -> Process {
    let mut leader = leading();
    for seq in 1..=count {
        leader.tell(Input::Request(put(seq)));
        leader.hear(1, accept_ok(ballot(1, 1), seq));
        leader.hear(2, accept_ok(ballot(1, 1), seq));
    }
    leader
}

#[test]
fn a_leader_tells_how_far_it_was_so_that_what_is_on_its_way_is_not_asked_for() {
    let mut leader = with_chosen(2);
    for to in [5, 6] {
        assert_eq!(sent(&resend(&mut leader.clone()), to), [leads(1, 1, 0)], "the commits may be on their way");
    }
    resend(&mut leader);
    assert_eq!(sent(&resend(&mut leader), 6), [leads(1, 1, 2)]);
    assert_eq!(sent(&resend(&mut leader), 1), [], "acceptors need not know");
}

#[test]
fn whoever_has_missed_a_commit_asks_and_is_told() {
    let mut leader = with_chosen(3);
    for id in [5, 6] {
        let mut other = Process::new(id);
        other.hear(4, commit(1, put(1)));
        other.hear(4, commit(3, put(3)));
        assert_eq!(other.view().applied, 1, "n{id} waits at the gap");
        assert_eq!(sent(&other.hear(4, leads(1, 1, 1)), 4), [], "n{id} is as far as the leader was");
        assert_eq!(sent(&other.hear(4, leads(1, 1, 3)), 4), [learn(2)]);
        for message in sent(&leader.hear(id, learn(2)), id) {
            other.hear(4, message);
        }
        assert_eq!(other.view().applied, 3, "n{id}");
        assert_eq!(sent(&other.hear(4, leads(1, 1, 3)), 4), [], "n{id} lacks nothing");
    }
}

#[test]
fn much_that_was_missed_is_told_in_parts() {
    let mut leader = with_chosen(20);
    let told = sent(&leader.hear(6, learn(1)), 6);
    assert_eq!((told.len(), told.last()), (16, Some(&commit(16, put(16)))));
    assert_eq!(sent(&leader.hear(6, learn(17)), 6).len(), 4);
    assert_eq!(sent(&leader.hear(6, learn(21)), 6), []);
}

#[test]
fn a_request_that_comes_again_before_it_is_chosen_has_its_slot_already() {
    let mut leader = leading();
    assert_eq!(sent(&leader.tell(Input::Request(put(1))), 1), [accept(ballot(1, 1), 1, put(1))]);
    assert_eq!(sent(&leader.tell(Input::Request(put(1))), 1), []);
    assert_eq!(sent(&leader.tell(Input::Request(put(2))), 1), [accept(ballot(1, 1), 2, put(2))]);
    leader.hear(1, accept_ok(ballot(1, 1), 1));
    assert_eq!(answers(&leader.hear(2, accept_ok(ballot(1, 1), 1))), [Answer::Done(Ok(None))], "and one answer");
}

#[test]
fn where_no_quorum_answers_in_time_the_client_is_told_once_and_the_command_may_be_chosen_all_the_same() {
    let mut leader = leading();
    leader.tell(Input::Request(put(1)));
    leader.hear(1, accept_ok(ballot(1, 1), 1));
    for _ in 1..config().give_up {
        assert_eq!(answers(&resend(&mut leader)), []);
    }
    let wants = resend(&mut leader);
    assert_eq!(answers(&wants), [Answer::Failed]);
    assert_eq!(sent(&wants, 2), [accept(ballot(1, 1), 1, put(1))], "it is sent again");
    for _ in 0..300 {
        assert_eq!(answers(&resend(&mut leader)), []);
    }
    leader.hear(3, accept_ok(ballot(1, 1), 1));
    assert_eq!(leader.view().applied, 1);
}

/// The longest time within which the timer of Phase 1 runs out.
fn widest(wants: &Wants) -> Option<Span> {
    wants.iter().find_map(|effect| match effect {
        Effect::Arm { timer: Timer::Phase1, within } => Some(within.max),
        _ => None,
    })
}

#[test]
fn whoever_is_outbid_again_and_again_draws_from_ever_wider_spreads_until_something_is_chosen() {
    let mut leader = Process::new(4);
    let outbid = |leader: &mut Process, round: u64| {
        leader.tell(Input::Timeout(Timer::Phase1));
        widest(&leader.hear(1, Message::Reject { ballot: ballot(round, 1), promised: ballot(round, 2) }))
    };
    let spreads: Vec<_> = (1..=5).map(|round| outbid(&mut leader, 2 * round).map(|span| span.0 / 1_000)).collect();
    assert_eq!(spreads, [600, 1_200, 2_400, 2_400, 2_400].map(Some));
    leader.hear(5, commit(1, put(1)));
    assert_eq!(outbid(&mut leader, 20), Some(Span::millis(600)), "the other one has come somewhere");
    // Whoever only waits has not been outbid.
    let mut waiting = Process::new(4);
    for round in 1..9 {
        assert_eq!(widest(&waiting.hear(5, leads(round, 2, 0))), Some(Span::millis(300)));
    }
}

#[test]
fn what_the_store_refuses_is_refused_by_every_copy() {
    // A replica that took a rejected put for done would have another store than the leader from here on.
    let mut leader = with_chosen(1);
    leader.tell(Input::Request(put(2)));
    leader.hear(1, accept_ok(ballot(1, 1), 2));
    let wants = leader.hear(2, accept_ok(ballot(1, 1), 2));
    assert_eq!(answers(&wants), [Answer::Done(Err(KvError::KeyExists("a".into())))]);
    let mut replica = Process::new(6);
    replica.hear(4, commit(1, put(1)));
    replica.hear(4, commit(2, put(2)));
    assert_eq!(replica.view().store, leader.view().store);
    let delete = Request::new(ClientId(2), 1, Command::Delete { key: "a".into() });
    replica.hear(4, commit(3, delete));
    assert_eq!(replica.view().store, Some(vec![]));
}
