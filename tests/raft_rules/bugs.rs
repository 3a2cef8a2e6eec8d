//! Every mistake that Raft can be told to make, as one node shows it: what comes of the same inputs with it and without.

use std::collections::BTreeSet;
use std::fmt::Debug;

use raft_playground::kv::{KvError, Read};
use raft_playground::protocol::{After, Answer, Durable, Effect, Input, Order, Protocol};
use raft_playground::raft::{Config, Disk, Members, Message, Raft, Timer, Verdict};
use raft_playground::types::{LogIndex, NodeId, NodeSet, Span, Spread};

use crate::membership::{exactly, has, leader as old_leader, leader_of, members, voters};
use crate::nodes::*;
use crate::reads::{get, leader, rounds, said};

/// Has a node make the mistake, or not.
type Making<'a> = &'a dyn Fn(&mut Config);

/// Plays the same without the mistake and with it.
fn check<T: Debug + PartialEq>(bug: &str, right: T, wrong: T, play: impl Fn(Making<'_>) -> T) {
    let choice = Raft::bug().expect("mistakes can be made");
    assert_eq!(play(&|_| {}), right, "without {bug}");
    assert_eq!(play(&|config| choice.choose(config, bug).expect("a mistake")), wrong, "with {bug}");
}

/// Node 1 of so many that makes the mistake, with this disk.
fn node(making: Making<'_>, nodes: u8, disk: Disk) -> Node {
    let mut config = Config::new(nodes);
    making(&mut config);
    Node::boot(1, &config, disk)
}

/// The same leader, from now on with the mistake.
fn making_from_now(mut node: Node, making: Making<'_>) -> Node {
    making(&mut node.config);
    node
}

fn role(node: &Node) -> &'static str {
    node.view().role
}

/// What the last answer to n2 says of the log.
fn verdict(wants: &Wants) -> Option<Verdict> {
    sent(wants, 2).into_iter().rev().find_map(|message| match message {
        Message::AppendEntriesReply { verdict, .. } => Some(verdict),
        _ => None,
    })
}

#[test]
fn every_mistake_has_a_test_here() {
    let source = include_str!("bugs.rs");
    let tested: BTreeSet<&str> = source.split("check(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let known: BTreeSet<&str> = Raft::bugs().iter().map(|bug| bug.name).collect();
    assert_eq!(tested, known);
}

// ------------------------------------------------------------------------------------------------ elections

#[test]
fn votes() {
    let voted = || disk(3, Some(2), "22");
    check("forget_vote", false, true, |making| {
        let mut node = node(making, 3, voted());
        grants(&node.hear(3, request_vote(3, 2, 2)))
    });
    check("ignore_voted_for", false, true, |making| {
        let mut node = making_from_now(voter(3, Some(2), "22"), making);
        grants(&node.hear(3, request_vote(3, 2, 2)))
    });
    check("clear_vote", false, true, |making| {
        let mut node = node(making, 3, voted());
        node.hear_and_flush(2, append(3, (2, 2), "", 0));
        grants(&node.hear(3, request_vote(3, 2, 2)))
    });
    check("timer_reset_on_any_rpc", [false, false], [true, true], |making| {
        let node = node(making, 3, voted());
        let messages = [request_vote(3, 2, 2), append(2, (2, 2), "", 0)];
        messages.map(|message| waits_anew(&node.clone().hear(3, message)))
    });
}

#[test]
fn logs_that_are_compared() {
    // The last entries of three candidates: an older and shorter log, one as long, one whose last term is the same.
    let granted = |making: Making<'_>| {
        let node = node(making, 3, disk(2, None, "22"));
        [(1, 1), (1, 2), (2, 1)].map(|(term, index)| grants(&node.clone().hear(3, request_vote(3, term, index))))
    };
    check("skip_up_to_date", [false, false, false], [true, true, true], granted);
    check("length_only", [false, false, false], [false, true, false], granted);
    check("last_term_only", [false, false, false], [false, false, true], granted);
}

#[test]
fn votes_that_are_counted() {
    check("half_quorum", "candidate", "leader", |making| {
        let mut node = node(making, 3, Disk::default());
        node.time_out(Timer::Election);
        role(&node)
    });
    check("half_quorum", 0, 2, |making| {
        let mut node = making_from_now(Node::leader(5, 0, ""), making);
        (1..=2).for_each(|seq| drop(node.ask(request(seq))));
        node.hear_and_flush(2, matched(1, 2));
        node.committed()
    });
    check("count_duplicate_votes", "candidate", "leader", |making| {
        let mut node = node(making, 5, Disk::default());
        node.time_out(Timer::Election);
        (0..2).for_each(|_| drop(node.hear_and_flush(2, vote(1, true))));
        role(&node)
    });
    check("count_votes_of_old_term", "candidate", "leader", |making| {
        let mut node = node(making, 3, Disk::default());
        (0..2).for_each(|_| drop(node.time_out(Timer::Election)));
        node.hear_and_flush(2, vote(1, true));
        role(&node)
    });
}

#[test]
fn terms() {
    check("higher_term_stay_leader", ("follower", Some(5)), ("leader", Some(5)), |making| {
        let mut node = making_from_now(Node::leader(3, 0, ""), making);
        node.hear_and_flush(2, request_vote(5, 0, 0));
        (role(&node), node.view().epoch.map(|epoch| epoch.number))
    });
    check("pre_vote_answers_dropped", 1, 0, |making| {
        let mut node = node(making, 3, disk(5, None, "1"));
        let Message::RequestVote(mut ask) = request_vote(3, 1, 1) else { panic!("it asks for a vote") };
        ask.pre = true;
        sent(&node.hear(3, Message::RequestVote(ask)), 3).len()
    });
    // The first of its writes is safe when it wins, and then the machine crashes.
    check("term_and_vote_apart", ("leader", false), ("leader", true), |making| {
        let mut node = node(making, 3, Disk::default());
        let wants = node.tell(Input::Timeout(Timer::Election));
        let receipt = node.disk.write(&written(&wants)[0]);
        node.tell(Input::Flushed(receipt));
        node.hear(2, vote(1, true));
        let before = role(&node);
        node.restart();
        (before, grants(&node.hear(3, request_vote(1, 0, 0))))
    });
}

// ------------------------------------------------------------------------------------------------ logs

#[test]
fn entries_that_are_taken() {
    let log = |making: Making<'_>, own: Disk, message: Message| {
        let mut node = node(making, 3, own);
        node.hear_and_flush(2, message);
        node.log()
    };
    check("accept_old_term_appends", "1".to_string(), "12".to_string(), |making| {
        log(making, disk(3, None, "1"), append(2, (1, 1), "2", 0))
    });
    check("always_truncate", "111".to_string(), "11".to_string(), |making| {
        log(making, disk(1, None, "111"), append(1, (1, 1), "1", 0))
    });
    check("never_truncate", "1222".to_string(), "1112".to_string(), |making| {
        log(making, disk(2, None, "111"), append(2, (1, 1), "222", 0))
    });
    check("skip_prev_log_term", "11".to_string(), "113".to_string(), |making| {
        log(making, disk(3, None, "11"), append(3, (2, 2), "3", 0))
    });
}

#[test]
fn what_is_committed() {
    check("commit_old_term", 0, 1, |making| {
        let mut node = making_from_now(Node::leader(3, 1, "1"), making);
        node.hear_and_flush(2, matched(2, 1));
        node.committed()
    });
    check("commit_without_minimum", 1, 3, |making| {
        let mut node = node(making, 3, disk(2, None, "111"));
        node.hear_and_flush(2, append(2, (1, 1), "", 3));
        node.committed()
    });
    check("commit_falls", 3, 1, |making| {
        let mut node = node(making, 3, disk(1, None, "111"));
        [3, 1].into_iter().for_each(|commit| drop(node.hear_and_flush(2, append(1, (3, 1), "", commit))));
        node.committed()
    });
    check("match_is_leader_last", 1, 2, |making| {
        let mut node = making_from_now(Node::leader(3, 0, ""), making);
        (1..=2).for_each(|seq| drop(node.ask(request(seq))));
        node.hear_and_flush(2, matched(1, 1));
        node.committed()
    });
}

#[test]
fn what_is_acknowledged() {
    let [one, three] = [1, 3].map(|index| Some(Verdict::Matched(LogIndex(index))));
    check("ack_own_last", one, three, |making| {
        let mut node = node(making, 3, disk(2, None, "111"));
        verdict(&node.hear_and_flush(2, append(2, (1, 1), "", 0)))
    });
    check("ack_before_fsync", [After::Everything], [After::Write(0)], |making| {
        let mut node = node(making, 3, disk(1, None, ""));
        let wants = node.hear(2, append(1, (0, 0), "1", 0));
        assert_eq!(written(&wants).len(), 1, "nothing of it is safe yet");
        [afters(&wants, 2)[0]]
    });
}

#[test]
fn snapshots() {
    check("snapshot_overwrites_newer", (3, 3), (2, 2), |making| {
        let mut leader = Node::leader(3, 0, "");
        (leader.config.snapshot_every, leader.config.chunk) = (2, 1_000);
        let mut wants: Wants = (1..=2).flat_map(|seq| leader.ask(request(seq))).collect();
        wants.extend((1..=2).flat_map(|index| leader.hear_and_flush(2, matched(1, index))));
        wants.extend(leader.ask(request(3)));
        // n3 hears all that n2 does; what n3 itself was sent comes last.
        let mut late = node(making, 3, Disk::default());
        for append in appends(&wants, 2) {
            late.hear_and_flush(3, Message::AppendEntries(append));
        }
        assert_eq!(late.view().last_slot, 3);
        let part = sent(&leader.time_out(Timer::Heartbeat), 3).pop().expect("a snapshot in one part");
        assert!(matches!(part, Message::InstallSnapshot(_)));
        late.hear_and_flush(3, part);
        let in_memory = late.view().last_slot;
        late.restart();
        (in_memory, late.view().last_slot)
    });
}

// ------------------------------------------------------------------------------------------------ reads and sessions

#[test]
fn reads() {
    check("local_read", String::new(), "1=1".to_string(), |making| {
        let mut node = making_from_now(leader(3, |_| {}), making);
        said(&node.ask(get(1, Read::Index)))
    });
    check("read_index_before_own_term_commit", 0, 1, |making| {
        let mut node = making_from_now(Node::leader(3, 1, "1"), making);
        let wants = node.ask(get(1, Read::Index));
        let round = rounds(&wants, 2).pop().expect("n2 is asked");
        answers(&node.hear_and_flush(2, answered(2, 0, round))).len()
    });
    check("read_index_acks_keyed_by_caller", String::new(), "2=1".to_string(), |making| {
        let mut node = making_from_now(leader(3, |_| {}), making);
        let round = rounds(&node.ask(get(1, Read::Index)), 2).pop().expect("n2 is asked");
        assert_eq!(said(&node.hear_and_flush(2, answered(1, 1, round))), "1=1");
        assert_eq!(said(&node.ask(get(2, Read::Index))), "");
        said(&node.hear_and_flush(3, answered(1, 1, round)))
    });
    check("lease_without_drift_bound", Span(135_714), Span::millis(150), |making| {
        let mut node =
            making_from_now(leader(3, |config| (config.reads, config.withhold_votes) = (Read::Lease, true)), making);
        let lease = node.time_out(Timer::Heartbeat).into_iter().find_map(|effect| match effect {
            Effect::Arm { timer: Timer::LeaseA | Timer::LeaseB, within: Spread { min, .. } } => Some(min),
            _ => None,
        });
        lease.expect("a lease is measured")
    });
    let again = Answer::Done(Err(KvError::KeyExists("a".into())));
    check("no_sessions", Answer::Done(Ok(None)), again, |making| {
        let mut node = node(making, 1, Disk::default());
        node.time_out(Timer::Election);
        node.ask(ask(1, "put a 1"));
        answers(&node.ask(ask(1, "put a 1")))[0].1.clone()
    });
}

// ------------------------------------------------------------------------------------------------ members

#[test]
fn members_that_change() {
    check("one_step_swap", "n1 n2 n3 -> n1 n4 n5".to_string(), "n1 n4 n5".to_string(), |making| {
        let mut node = making_from_now(old_leader(), making);
        node.order(exactly(&[1, 4, 5], &[], false));
        members(&node)
    });
    check("single_server_before_own_term", false, true, |making| {
        let mut node = making_from_now(Node::leader(3, 1, "1"), making);
        node.refusal(Order::Add(NodeId(4))).is_empty()
    });
    check("learners_in_quorum", 0, 4, |making| {
        let learners: NodeSet = set(&[4, 5]);
        let mut node = making_from_now(leader_of(Members { learners, ..voters(&[1, 2, 3]) }), making);
        node.ask(request(1));
        has(&mut node, &[4, 5], 4);
        node.committed()
    });
    check("removed_leader_counts_itself", 3, 4, |making| {
        let mut node = making_from_now(leader_of(voters(&[1, 2, 3, 4])), making);
        has(&mut node, &[2, 3, 4], 3);
        node.order(Order::Remove(NodeId(1)));
        has(&mut node, &[2], 4);
        node.committed()
    });
}

/// A leader that goes on in a term that it has only heard of writes entries of it, and not the term: after a crash it may
/// lead in an earlier one. A property tells of it, the node does not fall over.
#[test]
fn who_starts_with_entries_of_a_later_term_than_it_knows_can_lead_all_the_same() {
    let mut node = voter(1, Some(1), "3").elected();
    node.ask(request(1));
    assert_eq!(node.show(), "leader t2 322 c0");
}
