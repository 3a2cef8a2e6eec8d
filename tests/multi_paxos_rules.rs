//! Multi-Paxos's rules, process by process: who promises, who accepts, what is chosen, what is carried out.
#![cfg(not(target_arch = "wasm32"))]

#[path = "common/paxos.rs"]
mod paxos;

use paxos::{Process, Wants, accept, accept_ok, answers, arms, ballot, commit, leading, leads, promise, put, sent};
use raft_playground::kv::{Command, Request};
use raft_playground::multi_paxos::{Disk, Message, SlotId, Timer, Write};
use raft_playground::observe::RoleMark;
use raft_playground::protocol::{Answer, Durable, Effect, Input};
use raft_playground::types::{ClientId, NodeId};

// ------------------------------------------------------------------------------------------------ acceptors

#[test]
fn an_acceptor_promises_and_accepts_a_ballot_that_is_at_least_as_high_and_remembers_it() {
    let second = ballot(2, 1);
    for (what, higher, message) in [
        ("a promise", ballot(2, 1), Message::Prepare { ballot: second }),
        ("accepting", ballot(2, 1), accept(second, 1, put(1))),
    ] {
        let mut acceptor = Process::new(1);
        acceptor.hear(4, message);
        for again in [false, true] {
            for (of, yes) in [(ballot(1, 2), false), (ballot(2, 1), true), (ballot(2, 2), true), (ballot(3, 1), true)] {
                let mut prepared = acceptor.clone();
                let told = sent(&prepared.hear(4, Message::Prepare { ballot: of }), 4);
                assert_eq!(matches!(told[..], [Message::Promise { .. }]), yes, "{what}, restart {again}: Prepare {of}");
                let mut asked = acceptor.clone();
                let told = sent(&asked.hear(4, accept(of, 9, put(9))), 4);
                assert_eq!(matches!(told[..], [Message::AcceptOk { .. }]), yes, "{what}, restart {again}: Accept {of}");
                if !yes {
                    assert_eq!(told, [Message::Reject { ballot: of, promised: higher }]);
                    assert_eq!(asked.slots(), acceptor.slots(), "a refusal changes nothing");
                }
            }
            acceptor.restart();
        }
    }
}

#[test]
fn a_promise_and_what_was_accepted_are_on_their_way_to_disk_before_they_are_told() {
    for message in [Message::Prepare { ballot: ballot(1, 1) }, accept(ballot(1, 1), 1, put(1))] {
        let wants = Process::new(1).hear(4, message);
        let write = wants.iter().position(|effect| matches!(effect, Effect::Persist(_)));
        let send = wants.iter().position(|effect| matches!(effect, Effect::Send { .. }));
        assert!(write.is_some() && write < send, "in this order: {wants:?}");
    }
}

#[test]
fn an_acceptor_tells_the_latest_that_it_accepted_in_each_slot() {
    let mut acceptor = Process::new(1);
    acceptor.hear(4, accept(ballot(1, 1), 1, put(1)));
    acceptor.hear(4, accept(ballot(1, 1), 3, put(3)));
    acceptor.hear(5, accept(ballot(1, 2), 1, put(2)));
    let expected = promise(ballot(2, 1), &[(1, ballot(1, 2), put(2)), (3, ballot(1, 1), put(3))]);
    for restarted in [false, true] {
        if restarted {
            acceptor.restart();
        }
        let told = acceptor.clone().hear(4, Message::Prepare { ballot: ballot(2, 1) });
        assert_eq!(sent(&told, 4), std::slice::from_ref(&expected), "restarted: {restarted}");
    }
}

// ------------------------------------------------------------------------------------------------ leaders: Phase 1

#[test]
fn a_leader_counts_each_promise_of_its_ballot_once() {
    let mut leader = Process::new(4);
    leader.tell(Input::Timeout(Timer::Phase1));
    for (from, of) in [(1, ballot(1, 1)), (1, ballot(1, 1)), (2, ballot(1, 2)), (2, ballot(0, 1)), (3, ballot(2, 1))] {
        leader.hear(from, promise(of, &[]));
        assert_ne!(leader.view().mark, RoleMark::Crown, "n{from} promised {of}");
    }
    leader.hear(3, promise(ballot(1, 1), &[]));
    assert_eq!(leader.view().mark, RoleMark::Crown);
}

#[test]
fn a_ballot_is_used_once_also_across_a_crash() {
    let mut leader = Process::new(4);
    let asked = |wants: &Wants| match sent(wants, 1)[..] {
        [Message::Prepare { ballot }] => ballot,
        _ => panic!("Phase 1 asks every acceptor: {wants:?}"),
    };
    assert_eq!(asked(&leader.tell(Input::Timeout(Timer::Phase1))), ballot(1, 1));
    leader.restart();
    assert_eq!(asked(&leader.tell(Input::Timeout(Timer::Phase1))), ballot(2, 1));
    // And always above what it has seen of others.
    leader.hear(1, Message::Reject { ballot: ballot(2, 1), promised: ballot(7, 2) });
    assert_eq!(asked(&leader.tell(Input::Timeout(Timer::Phase1))), ballot(8, 1));
}

#[test]
fn what_may_have_been_chosen_is_proposed_again_and_gaps_are_filled() {
    let mut leader = Process::new(4);
    leader.tell(Input::Timeout(Timer::Phase1));
    leader.hear(3, Message::Reject { ballot: ballot(1, 1), promised: ballot(2, 2) });
    leader.tell(Input::Timeout(Timer::Phase1));
    leader.hear(1, promise(ballot(3, 1), &[(1, ballot(1, 2), put(1)), (4, ballot(2, 2), put(4))]));
    let wants = leader.hear(2, promise(ballot(3, 1), &[(1, ballot(2, 2), put(2)), (2, ballot(1, 2), put(3))]));
    let proposed = sent(&wants, 3);
    let expected = [
        accept(ballot(3, 1), 1, put(2)),
        accept(ballot(3, 1), 2, put(3)),
        accept(ballot(3, 1), 3, Request::noop()),
        accept(ballot(3, 1), 4, put(4)),
    ];
    assert_eq!(proposed, expected, "the latest of each slot, and nothing for slot 3");
    let wants = leader.tell(Input::Request(put(9)));
    assert_eq!(sent(&wants, 3), [accept(ballot(3, 1), 5, put(9))], "new requests come behind");
}

#[test]
fn a_leader_that_has_won_tells_the_others_and_goes_on_telling_them() {
    let mut leader = Process::new(4);
    leader.tell(Input::Timeout(Timer::Phase1));
    leader.hear(1, promise(ballot(1, 1), &[]));
    let wants = leader.hear(2, promise(ballot(1, 1), &[]));
    let told = [leads(1, 1, 0)];
    assert_eq!(sent(&wants, 5), told);
    for _ in 0..2 {
        let wants = leader.tell(Input::Timeout(Timer::Resend));
        assert_eq!((sent(&wants, 5), arms(&wants, Timer::Resend)), (told.to_vec(), true));
    }
}

#[test]
fn a_leader_gives_way_to_a_higher_ballot_and_to_no_lower_one() {
    for message in [Message::Reject { ballot: ballot(1, 1), promised: ballot(1, 2) }, leads(1, 2, 0)] {
        let mut leader = leading();
        let wants = leader.hear(5, message.clone());
        assert!(arms(&wants, Timer::Phase1), "should the other fall silent");
        assert_ne!(leader.view().mark, RoleMark::Crown, "after {message:?}");
        let wants = leader.tell(Input::Request(put(1)));
        assert_eq!(answers(&wants), [Answer::Redirect(Some(NodeId(5)))], "and names the other");
        assert_eq!(sent(&wants, 1), []);
        assert_eq!(sent(&leader.tell(Input::Timeout(Timer::Resend)), 1), []);
    }
    let mut leader = leading();
    leader.hear(5, leads(0, 2, 0));
    leader.hear(1, Message::Reject { ballot: ballot(1, 1), promised: ballot(0, 2) });
    assert_eq!(leader.view().mark, RoleMark::Crown);
}

// ------------------------------------------------------------------------------------------------ leaders: Phase 2

#[test]
fn a_slot_is_chosen_by_a_majority_in_the_leaders_ballot() {
    let mut leader = leading();
    let wants = leader.tell(Input::Request(put(1)));
    assert_eq!((1..=3).map(|id| sent(&wants, id).len()).collect::<Vec<_>>(), [1, 1, 1]);
    for (from, of, slot) in [(1, ballot(1, 1), 1), (1, ballot(1, 1), 1), (2, ballot(0, 1), 1), (2, ballot(1, 1), 2)] {
        let wants = leader.hear(from, accept_ok(of, slot));
        assert_eq!((answers(&wants).len(), leader.view().applied), (0, 0), "n{from} accepts slot {slot} in {of}");
    }
    let wants = leader.hear(3, accept_ok(ballot(1, 1), 1));
    assert_eq!(answers(&wants), [Answer::Done(Ok(None))]);
    for other in [5, 6] {
        assert_eq!(sent(&wants, other), [commit(1, put(1))], "to n{other}");
    }
    assert_eq!(leader.slots(), ["1=put a 1"]);
    leader.restart();
    assert_eq!((leader.slots(), leader.view().applied), (vec!["1=put a 1".to_string()], 1), "on disk");
}

#[test]
fn what_is_not_answered_in_time_is_sent_again_to_those_who_have_not() {
    let mut leader = leading();
    leader.tell(Input::Request(put(1)));
    leader.hear(2, accept_ok(ballot(1, 1), 1));
    let again = |wants: &Wants| (1..=3).map(|id| sent(wants, id).len()).collect::<Vec<_>>();
    assert_eq!(again(&leader.tell(Input::Timeout(Timer::Resend))), [0, 0, 0], "the answers may be on their way");
    assert_eq!(again(&leader.tell(Input::Timeout(Timer::Resend))), [1, 0, 1]);
    let mut seeking = Process::new(4);
    seeking.tell(Input::Timeout(Timer::Phase1));
    seeking.hear(3, promise(ballot(1, 1), &[]));
    assert_eq!(again(&seeking.tell(Input::Timeout(Timer::Resend))), [1, 1, 0], "in Phase 1, too");
}

#[test]
fn who_does_not_lead_learns_and_answers_nobody() {
    let mut leader = Process::new(5);
    let wants = leader.hear(4, commit(1, put(1)));
    assert_eq!((leader.view().applied, answers(&wants).len()), (1, 0));
    // What it has learned it does not propose again.
    leader.tell(Input::Timeout(Timer::Phase1));
    leader.hear(1, promise(ballot(1, 2), &[(1, ballot(1, 1), put(1))]));
    let wants = leader.hear(2, promise(ballot(1, 2), &[(2, ballot(1, 1), put(2))]));
    assert_eq!(sent(&wants, 3), [accept(ballot(1, 2), 2, put(2))]);
}

// ------------------------------------------------------------------------------------------------ replicas

#[test]
fn a_replica_applies_in_slot_order_and_waits_at_a_gap_however_commits_arrive() {
    let delete = || Request::new(ClientId(2), 1, Command::Delete { key: "a".into() });
    let all = [put(1), put(2), delete(), put(3)];
    for order in [[1, 2, 3, 4], [4, 3, 2, 1], [2, 1, 4, 3], [3, 4, 1, 2]] {
        let mut replica = Process::new(6);
        let mut known = Vec::new();
        for slot in order {
            replica.hear(4, commit(slot, all[usize::try_from(slot).unwrap_or(1) - 1].clone()));
            replica.hear(4, commit(slot, all[usize::try_from(slot).unwrap_or(1) - 1].clone()));
            known.push(slot);
            let reached = (1..).take_while(|slot| known.contains(slot)).last().unwrap_or(0);
            assert_eq!(replica.view().applied, reached, "after {known:?}");
        }
        // The second put is refused, as it was at the leader, and the third finds the key gone.
        assert_eq!(replica.view().store, Some(vec![("a".to_string(), "3".to_string())]), "in the order {order:?}");
        let before = replica.view();
        replica.restart();
        assert_eq!((replica.view().store, replica.view().applied), (before.store, before.applied), "on disk");
    }
}

#[test]
fn a_write_of_what_was_accepted_raises_the_promise_on_disk() {
    let mut disk = Disk::default();
    disk.write(&Write::Promised(ballot(1, 1)));
    assert_eq!(disk.write(&Write::Accepted(SlotId(1), ballot(2, 2), put(1))), ballot(2, 2));
}
