//! Reads beside the log: what a leader must know before it answers, and what a follower must (paper, 8; dissertation,
//! 6.4).

use std::sync::Arc;

use raft_playground::kv::{Command, Read, Request};
use raft_playground::protocol::Answer;
use raft_playground::raft::{Config, Message, Note, Timer};
use raft_playground::types::{ClientId, LogIndex, Term};

use crate::nodes::{
    Net, Node, Wants, answered, answers, append, appends, ask, matched, notes, request, sent, vote, voter,
};

/// The first client wants to read `a` in this way.
pub(crate) fn get(seq: u64, read: Read) -> Arc<Request> {
    by(1, seq, read)
}

/// The same by another client.
fn by(client: u8, seq: u64, read: Read) -> Arc<Request> {
    Request::reading(ClientId(client), seq, Command::Get { key: "a".into() }, read)
}

/// The leader of term 1 among so many that has committed `put a 1`, which n2 has; its last round is 1.
pub(crate) fn leader(nodes: u8, choose: impl FnOnce(&mut Config)) -> Node {
    let mut node = Node::leader(nodes, 0, "");
    choose(&mut node.config);
    node.ask(ask(0, "put a 1"));
    (2..=nodes / 2 + 1).for_each(|id| drop(node.hear_and_flush(id, answered(1, 1, 1))));
    assert_eq!(node.show(), "leader t1 1 c1");
    node
}

/// What is answered: the number of the request and the value, or `->` and who is named instead.
pub(crate) fn said(wants: &Wants) -> String {
    let one = |(seq, answer): (u64, Answer)| match answer {
        Answer::Done(Ok(Some(value))) => format!("{seq}={value}"),
        Answer::Redirect(Some(leader)) => format!("{seq}->{leader}"),
        Answer::Redirect(None) => format!("{seq}->"),
        other => format!("{seq} {other:?}"),
    };
    answers(wants).into_iter().map(one).collect::<Vec<_>>().join(" ")
}

/// The rounds of the messages to a node.
pub(crate) fn rounds(wants: &Wants, whom: u8) -> Vec<u64> {
    appends(wants, whom).iter().map(|append| append.round).collect()
}

fn how_far(term: u64, seq: u64) -> Message {
    Message::ReadIndex { term: Term(term), request: (ClientId(1), seq) }
}

fn so_far(term: u64, seq: u64, index: u64) -> Message {
    Message::ReadIndexReply { term: Term(term), request: (ClientId(1), seq), index: LogIndex(index) }
}

// ------------------------------------------------------------------------------------------------ through the log

#[test]
fn through_the_log_a_read_is_an_entry_and_otherwise_none() {
    for (_, read) in Read::ALL {
        let mut node = leader(3, |_| {});
        let wants = node.ask(get(1, read));
        let expected = if read == Read::Log { "11" } else { "1" };
        assert_eq!(
            (node.log().as_str(), answers(&wants).len()),
            (expected, usize::from(read == Read::Local)),
            "{read}"
        );
    }
    let mut node = leader(3, |_| {});
    node.ask(get(1, Read::Log));
    assert_eq!(said(&node.hear_and_flush(2, answered(1, 2, 1))), "1=1", "once it is committed");
}

#[test]
fn what_the_client_says_goes_before_what_is_chosen_for_all() {
    let mut node = leader(3, |config| config.reads = Read::Local);
    assert_eq!(said(&node.ask(ask(1, "get a"))), "1=1");
    node.ask(get(2, Read::Log));
    assert_eq!(node.log(), "11");
    node.ask(ask(3, "put b 1"));
    assert_eq!(node.log(), "111", "and whatever is no read goes through the log in any case");
}

// ------------------------------------------------------------------------------------------------ by asking a majority

#[test]
fn a_read_is_answered_once_a_majority_has_answered_a_round_that_began_after_it() {
    let mut node = leader(5, |_| {});
    let wants = node.ask(get(1, Read::Index));
    assert_eq!((rounds(&wants, 2), rounds(&wants, 5), said(&wants)), (vec![2], vec![2], String::new()));
    assert!(notes(&wants).contains(&&Note::AsksWhetherItLeads { round: 2, reads: 1 }));
    assert_eq!(said(&node.hear_and_flush(2, answered(1, 1, 2))), "", "two of five");
    assert_eq!(said(&node.hear_and_flush(2, answered(1, 1, 2))), "", "the same one again");
    assert_eq!(said(&node.hear_and_flush(3, answered(1, 1, 2))), "1=1");
}

/// Protects against stale reads: answers from before the read say nothing of who led when it came.
#[test]
fn an_answer_to_an_earlier_round_confirms_nothing() {
    let mut node = leader(3, |_| {});
    node.time_out(Timer::Heartbeat);
    node.ask(get(1, Read::Index));
    for (id, round) in [(2, 0), (3, 1), (2, 2), (3, 2)] {
        assert_eq!(said(&node.hear_and_flush(id, answered(1, 1, round))), "", "n{id} answers round {round} of 3");
    }
    assert_eq!(said(&node.hear_and_flush(3, answered(1, 1, 3))), "1=1");
}

#[test]
fn an_answer_to_a_later_round_confirms_earlier_ones_and_one_that_was_never_asked_counts_as_the_last() {
    let mut node = leader(3, |_| {});
    node.ask(get(1, Read::Index));
    node.time_out(Timer::Heartbeat);
    assert_eq!(said(&node.hear_and_flush(2, answered(1, 1, 3))), "1=1");
    node.ask(get(2, Read::Index));
    assert_eq!(said(&node.hear_and_flush(2, answered(1, 1, 1 << 50))), "2=1");
    let wants = node.ask(get(3, Read::Index));
    assert_eq!(said(&wants), "", "and never for a round to come");
}

#[test]
fn reads_that_come_during_a_round_wait_for_the_next_one_all_together() {
    let mut node = leader(3, |_| {});
    node.ask(by(1, 1, Read::Index));
    for client in 2..=4 {
        let wants = node.ask(by(client, u64::from(client), Read::Index));
        assert_eq!((rounds(&wants, 2), said(&wants)), (vec![], String::new()), "nothing is sent for it yet");
    }
    let wants = node.hear_and_flush(2, answered(1, 1, 2));
    assert_eq!((said(&wants).as_str(), rounds(&wants, 2)), ("1=1", vec![3]));
    assert!(notes(&wants).contains(&&Note::AsksWhetherItLeads { round: 3, reads: 3 }));
    assert_eq!(said(&node.hear_and_flush(3, answered(1, 1, 2))), "", "the round before");
    assert_eq!(said(&node.hear_and_flush(3, answered(1, 1, 3))), "2=1 3=1 4=1", "in the order in which they came");
}

#[test]
fn a_client_that_asks_again_is_answered_once_by_a_round_that_began_after_that() {
    let mut node = leader(3, |_| {});
    node.ask(get(1, Read::Index));
    let wants = node.ask(get(1, Read::Index));
    assert_eq!(rounds(&wants, 2), [3]);
    assert_eq!(said(&node.hear_and_flush(2, answered(1, 1, 2))), "");
    assert_eq!(said(&node.hear_and_flush(2, answered(1, 1, 3))), "1=1");
}

#[test]
fn whoever_is_alone_has_asked_everybody() {
    let mut node = leader(1, |_| {});
    assert_eq!(said(&node.ask(get(1, Read::Index))), "1=1");
    node.config.noop = true;
    node.restart();
    node.time_out(Timer::Election);
    assert_eq!(said(&node.ask(get(2, Read::Index))), "2=1");
}

#[test]
fn a_leader_that_is_none_any_more_answers_no_read_that_waits() {
    let mut node = leader(3, |_| {});
    node.ask(get(1, Read::Index));
    let wants = node.hear_and_flush(3, append(2, (1, 1), "2", 0));
    assert_eq!(said(&wants), "1->", "the client looks for another one");
    assert_eq!(said(&node.hear_and_flush(2, answered(1, 1, 2))), "");
}

// ------------------------------------------------------------------------------------------------ first an own entry

/// The leader of term 2 with an entry of term 1 that it does not know to be committed.
fn new_leader() -> Node {
    let mut node = leader(3, |_| {});
    node.restart();
    node.time_out(Timer::Election);
    node.hear_and_flush(2, vote(2, true));
    assert_eq!(node.show(), "leader t2 1 c0");
    node
}

/// Protects against stale reads: what earlier leaders committed, a new one knows once its own entry is committed.
#[test]
fn nothing_is_read_before_the_leader_has_committed_an_entry_of_its_own_term() {
    for read in [Read::Index, Read::Lease] {
        let mut node = new_leader();
        (node.config.reads, node.config.withhold_votes) = (Read::Lease, true);
        node.time_out(Timer::Heartbeat);
        let wants = node.ask(get(1, read));
        assert_eq!(node.log(), "12", "{read}: an entry that does nothing, since nobody has asked for any");
        assert_eq!(said(&wants), "");
        for (index, round) in [(0, 2), (1, 2), (1, 9)] {
            let wants = node.hear_and_flush(2, answered(2, index, round));
            assert_eq!(said(&wants), "", "{read}: a majority has answered, and has {index} of 12");
        }
        let wants = node.hear_and_flush(2, answered(2, 2, 2));
        assert_eq!(
            (said(&wants).as_str(), node.committed()),
            ("0 Done(Ok(None))", 2),
            "{read}: the put; it begins to ask"
        );
        let round = rounds(&wants, 3);
        assert_eq!(said(&node.hear_and_flush(3, answered(2, 0, round[0]))), "1=1", "{read}");
    }
}

#[test]
fn an_entry_that_is_on_its_way_is_waited_for_and_no_other_is_written() {
    let mut node = new_leader();
    node.ask(ask(2, "delete a"));
    node.ask(by(2, 3, Read::Index));
    node.ask(by(3, 4, Read::Index));
    assert_eq!(node.log(), "12");
}

// ------------------------------------------------------------------------------------------------ by followers

/// A follower of n2 in term 1 that has applied `put a 1`.
fn follower() -> Node {
    let mut net = Net::of(&vec![Default::default(); 3]);
    net.campaign(2);
    net.ask(2, ask(0, "put a 1"));
    net.beat(2);
    let node = net.nodes.swap_remove(0);
    assert_eq!((node.show().as_str(), node.store().as_str()), ("follower t1 11 c2", "a=1"));
    node
}

#[test]
fn a_follower_asks_how_far_it_must_have_come_and_answers_once_it_has() {
    let mut node = follower();
    let wants = node.ask(get(1, Read::Follower));
    assert_eq!((sent(&wants, 2), sent(&wants, 3), said(&wants)), (vec![how_far(1, 1)], vec![], String::new()));
    assert_eq!(said(&node.hear_and_flush(2, so_far(1, 1, 3))), "", "it has applied 2");
    assert_eq!(said(&node.hear_and_flush(2, append(1, (2, 1), "1", 2))), "", "it has the entry");
    assert_eq!(said(&node.hear_and_flush(2, append(1, (3, 1), "", 3))), "1=1");
    assert_eq!(said(&node.hear_and_flush(2, so_far(1, 1, 3))), "", "it has answered");
}

#[test]
fn what_was_asked_for_another_request_is_no_answer() {
    let mut node = follower();
    node.ask(get(1, Read::Follower));
    let other = Message::ReadIndexReply { term: Term(1), request: (ClientId(2), 1), index: LogIndex(2) };
    for message in [so_far(1, 2, 2), other, so_far(0, 1, 2)] {
        assert_eq!(said(&node.hear_and_flush(2, message.clone())), "", "{message:?}");
    }
    node.ask(get(2, Read::Follower));
    assert_eq!(said(&node.hear_and_flush(2, so_far(1, 1, 2))), "", "the client has given it up");
    assert_eq!(said(&node.hear_and_flush(2, so_far(1, 2, 2))), "2=1");
}

#[test]
fn a_crash_forgets_what_was_asked() {
    let mut node = follower();
    node.ask(get(1, Read::Follower));
    node.restart();
    assert_eq!(said(&node.hear_and_flush(2, so_far(1, 1, 0))), "");
}

#[test]
fn another_leader_is_asked_again() {
    let mut node = follower();
    node.ask(get(1, Read::Follower));
    let wants = node.hear_and_flush(3, append(2, (2, 1), "2", 2));
    assert!(sent(&wants, 3).contains(&how_far(2, 1)));
    assert_eq!(said(&node.hear_and_flush(3, so_far(2, 1, 2))), "1=1");
}

#[test]
fn a_follower_that_knows_no_leader_cannot_read() {
    let mut node = voter(1, None, "1");
    assert_eq!(said(&node.ask(get(1, Read::Follower))), "1->");
}

#[test]
fn a_leader_tells_a_follower_only_once_it_knows_that_it_leads() {
    let mut node = leader(3, |_| {});
    let wants = node.hear_and_flush(3, how_far(1, 1));
    assert_eq!((sent(&wants, 3).contains(&so_far(1, 1, 1)), rounds(&wants, 2)), (false, vec![2]));
    node.ask(request(7));
    node.hear_and_flush(2, matched(1, 2));
    let wants = node.hear_and_flush(2, answered(1, 2, 2));
    assert!(sent(&wants, 3).contains(&so_far(1, 1, 1)), "as far as was committed when it began to ask");
    let mut other = voter(1, None, "1");
    assert_eq!(sent(&other.hear_and_flush(3, how_far(1, 1)), 3), [], "who does not lead does not know");
}

#[test]
fn a_leader_that_is_asked_for_a_followers_read_answers_as_by_asking() {
    let mut node = leader(3, |_| {});
    assert_eq!(said(&node.ask(get(1, Read::Follower))), "");
    assert_eq!(said(&node.hear_and_flush(2, answered(1, 1, 2))), "1=1");
}

#[test]
fn a_read_that_only_a_leader_answers_is_passed_on_or_turned_away() {
    for read in [Read::Log, Read::Index, Read::Lease] {
        let mut node = follower();
        assert_eq!(said(&node.ask(get(1, read))), "1->n2", "{read}");
        node.config.forwarding = true;
        let wants = node.ask(get(2, read));
        assert!(matches!(&sent(&wants, 2)[..], [Message::Forward { request, .. }] if **request == *get(2, read)));
    }
}

// ------------------------------------------------------------------------------------------------ by whoever is asked

/// What makes it unsafe: a leader that was replaced does not know it yet.
#[test]
fn a_local_read_may_be_as_old_as_anything_and_the_others_are_not() {
    let mut net = Net::led(3, |_| {});
    net.ask(1, ask(1, "put a 1"));
    net.beat(1);
    net.cut(1, 2);
    net.cut(1, 3);
    net.campaign(2);
    net.ask(2, ask(2, "delete a"));
    for (seq, read) in (10..).zip([Read::Log, Read::Index, Read::Follower, Read::Local]) {
        net.ask(1, by(2, seq, read));
    }
    let told: Vec<u64> =
        net.answers.iter().filter(|(id, seq, _)| *id == 1 && *seq >= 10).map(|(_, seq, _)| *seq).collect();
    assert_eq!(told, [13], "n1 still believes that it leads");
    assert_eq!(net.answers.last().map(|(.., answer)| answer.clone()), Some(Answer::Done(Ok(Some("1".into())))));
    assert_eq!(net.node(2).store(), "");
}
