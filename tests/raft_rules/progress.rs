//! What a leader sends whom: probes, a window of messages and bytes, what was lost, what is refused; and how much it
//! takes in (paper, 5.3; dissertation, 10.2.1).

use raft_playground::kv::Read;
use raft_playground::protocol::{Answer, Input};
use raft_playground::raft::{Message, Note, Timer, Verdict};
use raft_playground::types::{LogIndex, NodeId, Term};

use crate::nodes::{
    Node, answered, answers, append, appends, ask, matched, mismatch, notes, ranges, request, sent, voter, written,
};

/// The leader of term 1 with an empty log, of which n2 is known to agree.
fn replicating() -> Node {
    let mut node = Node::leader(3, 0, "");
    node.ask(request(1));
    node.hear_and_flush(2, answered(1, 1, 1));
    assert_eq!(node.peer(2), "replicate, has 1, next 2");
    node
}

/// What a follower answers that does not hold an entry, with the last one that may agree.
fn refuses(prev: u64, hint: (u64, u64)) -> Message {
    let hint = Some((LogIndex(hint.0), Term(hint.1)));
    let verdict = Verdict::Mismatch { prev: LogIndex(prev), hint };
    Message::AppendEntriesReply { term: Term(2), round: 1, last: LogIndex(prev).prev(), verdict }
}

// ------------------------------------------------------------------------------------------------ probe

#[test]
fn a_follower_is_probed_with_one_message_at_a_time() {
    let mut node = Node::leader(3, 0, "");
    assert_eq!(ranges(&node.ask(request(1)), 2), "1", "the probe of the new leader carried nothing");
    assert_eq!(ranges(&node.ask(request(2)), 2), "", "an answer is waited for");
    assert_eq!(node.peer(2), "probe, has 0, next 1");
    assert_eq!(ranges(&node.hear(2, answered(1, 1, 1)), 2), "2", "then what has come since is sent");
    assert_eq!(node.peer(2), "replicate, has 1, next 3");
}

#[test]
fn a_probe_that_is_not_answered_is_sent_again_with_the_next_heartbeat() {
    let mut node = Node::leader(3, 0, "");
    (1..=2).for_each(|seq| drop(node.ask(request(seq))));
    assert_eq!(ranges(&node.time_out(Timer::Heartbeat), 2), "1-2");
    assert_eq!(ranges(&node.time_out(Timer::Heartbeat), 2), "1-2");
}

#[test]
fn an_echo_of_a_refusal_moves_nothing() {
    let mut node = Node::leader(3, 1, "11111");
    assert_eq!(ranges(&node.hear(2, mismatch(2, 5)), 2), "5");
    for echo in [mismatch(2, 5), mismatch(2, 3), refuses(5, (1, 1))] {
        assert_eq!(ranges(&node.hear(2, echo.clone()), 2), "", "{echo:?}");
        assert_eq!(node.peer(2), "probe, has 0, next 5");
    }
    assert_eq!(ranges(&node.hear(2, mismatch(2, 4)), 2), "4-5");
}

#[test]
fn a_hint_leads_straight_to_where_the_logs_may_agree() {
    for (log, prev, hint, next) in [
        ("1112222", 7, (3, 1), 4),
        ("1112222", 7, (5, 2), 6),
        ("1133", 4, (3, 2), 3),
        ("1133", 4, (1, 0), 1),
        ("1133", 4, (0, 0), 1),
        ("1133", 4, (9, 9), 4),
    ] {
        let mut node = Node::leader(3, 3, log);
        let Message::AppendEntriesReply { round, last, verdict, .. } = refuses(prev, hint) else { unreachable!() };
        node.hear(2, Message::AppendEntriesReply { term: Term(4), round, last, verdict });
        assert_eq!(node.peer(2), format!("probe, has 0, next {next}"), "log {log}, hint {hint:?}");
        node.config.hints = false;
    }
    let mut node = Node::leader(3, 1, "11111");
    node.config.hints = false;
    node.hear(2, refuses(5, (1, 1)));
    assert_eq!(node.peer(2), "probe, has 0, next 5", "without hints it goes back by one");
}

/// Protects a follower from being sent nothing ever after, by one message that nobody could have sent.
#[test]
fn a_refusal_of_what_was_never_sent_moves_nothing() {
    let mut node = replicating();
    for prev in [2, 9, u64::MAX] {
        let wants = node.hear(2, mismatch(1, prev));
        assert!(matches!(notes(&wants)[..], [Note::Unsound { .. }]), "entry {prev} of 1: {wants:?}");
        assert_eq!(node.peer(2), "replicate, has 1, next 2");
    }
    let mut node = Node::leader(3, 0, "");
    node.hear(2, mismatch(1, u64::MAX));
    assert_eq!(ranges(&node.ask(request(1)), 2), "1");
}

// ------------------------------------------------------------------------------------------------ replicate

#[test]
fn so_many_messages_are_on_their_way_without_an_answer_and_no_more() {
    let mut node = replicating();
    node.config.window = 2;
    let sent: Vec<String> = (2..=5).map(|seq| ranges(&node.ask(request(seq)), 2)).collect();
    assert_eq!(sent, ["2", "3", "", ""]);
    assert_eq!(ranges(&node.hear(2, answered(1, 2, 1)), 2), "4-5", "one is answered, one may be sent");
    assert_eq!(ranges(&node.hear(2, answered(1, 3, 1)), 2), "");
}

#[test]
fn so_many_bytes_are_on_their_way_and_one_message_may_always_be() {
    let mut node = replicating();
    node.config.window_bytes = 50;
    // Each entry has 38 bytes.
    let sent: Vec<String> = (2..=4).map(|seq| ranges(&node.ask(request(seq)), 2)).collect();
    assert_eq!(sent, ["2", "3", ""]);
    node.config.window_bytes = 0;
    assert_eq!(ranges(&node.hear(2, answered(1, 2, 1)), 2), "", "entry 3 is on its way");
    assert_eq!(ranges(&node.hear(2, answered(1, 3, 1)), 2), "4");
}

#[test]
fn a_message_carries_no_more_bytes_than_a_batch_and_one_entry_at_least() {
    for (bytes, expected) in [(1_000, "2-5"), (80, "2-3"), (75, "2"), (0, "2")] {
        let mut node = replicating();
        node.config.window = 1;
        (2..=6).for_each(|seq| drop(node.ask(request(seq))));
        node.config.batch_bytes = bytes;
        node.config.batch = 4;
        node.hear(2, mismatch(1, 2));
        assert_eq!(ranges(&node.time_out(Timer::Heartbeat), 2), expected, "{bytes} bytes, four entries");
    }
}

#[test]
fn what_could_not_be_sent_is_sent_in_place_of_an_empty_heartbeat() {
    let mut node = replicating();
    node.config.window = 1;
    (2..=3).for_each(|seq| drop(node.ask(request(seq))));
    assert_eq!(ranges(&node.time_out(Timer::Heartbeat), 2), "-", "the window is full");
    node.config.window = 2;
    assert_eq!(ranges(&node.time_out(Timer::Heartbeat), 2), "3");
}

// ------------------------------------------------------------------------------------------------ loss

#[test]
fn what_was_sent_in_an_earlier_round_and_is_not_there_is_sent_again() {
    let mut node = replicating();
    assert_eq!(ranges(&node.ask(request(2)), 2), "2", "and it is lost");
    assert_eq!(ranges(&node.hear(2, answered(1, 1, 1)), 2), "", "an answer of the same round says nothing of it");
    assert_eq!(ranges(&node.time_out(Timer::Heartbeat), 2), "-");
    let wants = node.hear(2, answered(1, 1, 2));
    assert_eq!(ranges(&wants, 2), "2");
    assert!(notes(&wants).contains(&&Note::SendsAgain { peer: NodeId(2), next: LogIndex(2) }));
    assert_eq!(ranges(&node.hear(2, answered(1, 1, 2)), 2), "", "once");
}

#[test]
fn what_is_there_but_not_on_disk_yet_is_not_sent_again() {
    let mut node = replicating();
    node.ask(request(2));
    node.time_out(Timer::Heartbeat);
    let verdict = Verdict::Matched(LogIndex(1));
    let slow_disk = Message::AppendEntriesReply { term: Term(1), round: 2, last: LogIndex(2), verdict };
    assert_eq!(ranges(&node.hear(2, slow_disk), 2), "");
    assert_eq!(node.peer(2), "replicate, has 1, next 3");
}

#[test]
fn a_followers_answer_names_its_last_entry_and_the_round() {
    let mut node = voter(2, None, "122");
    let mut heartbeat = append(2, (1, 1), "", 0);
    if let Message::AppendEntries(append) = &mut heartbeat {
        append.round = 77;
    }
    let wants = node.hear(2, heartbeat);
    let verdict = Verdict::Matched(LogIndex(1));
    assert_eq!(
        sent(&wants, 2),
        [Message::AppendEntriesReply { term: Term(2), round: 77, last: LogIndex(3), verdict }],
        "what is behind entry 1 may be the leader's or not"
    );
}

// ------------------------------------------------------------------------------------------------ taking requests in

#[test]
fn a_leader_with_too_much_that_is_not_committed_is_busy() {
    let mut node = Node::leader(3, 0, "");
    node.config.uncommitted_bytes = 80;
    // Each entry has 38 bytes.
    (1..=2).for_each(|seq| assert_eq!(answers(&node.ask(request(seq))), []));
    assert_eq!(answers(&node.ask(request(3))), [(3, Answer::Busy)]);
    assert_eq!(node.log(), "11");
    node.hear_and_flush(2, matched(1, 1));
    node.ask(request(3));
    assert_eq!(node.log(), "111", "what is committed makes room");
}

#[test]
fn a_single_request_is_taken_however_large_it_is_and_none_is_refused_without_a_limit() {
    let mut node = Node::leader(3, 0, "");
    node.config.uncommitted_bytes = 1;
    node.ask(request(1));
    assert_eq!(node.log(), "1");
    assert_eq!(answers(&node.ask(request(2))), [(2, Answer::Busy)]);
    node.config.uncommitted_bytes = 0;
    node.ask(request(2));
    assert_eq!(node.log(), "11");
}

#[test]
fn a_follower_passes_a_request_on_where_it_may_and_knows_whom_to() {
    let mut node = voter(2, None, "1");
    node.config.forwarding = true;
    assert_eq!(answers(&node.ask(request(1))), [(1, Answer::Redirect(None))], "it knows nobody");
    node.hear_and_flush(2, append(2, (1, 1), "", 0));
    let wants = node.ask(request(1));
    assert_eq!(sent(&wants, 2), [Message::Forward { term: Term(2), request: request(1) }]);
    assert_eq!(answers(&wants), []);
    node.config.forwarding = false;
    assert_eq!(answers(&node.ask(request(1))), [(1, Answer::Redirect(Some(NodeId(2))))]);
}

/// Protects against requests that go round between two nodes, each of which takes the other for the leader.
#[test]
fn a_request_is_passed_on_once_only() {
    let mut node = voter(2, None, "1");
    node.config.forwarding = true;
    node.hear_and_flush(2, append(2, (1, 1), "", 0));
    for request in [request(1), ask(1, "get a")] {
        node.config.reads = Read::Index;
        let wants = node.hear_and_flush(3, Message::Forward { term: Term(2), request });
        assert_eq!((sent(&wants, 2), answers(&wants)), (vec![], vec![(1, Answer::Redirect(Some(NodeId(2))))]));
    }
}

#[test]
fn a_leader_takes_what_is_passed_on_and_answers_the_client_itself() {
    let mut node = Node::leader(3, 0, "");
    node.hear_and_flush(3, Message::Forward { term: Term(1), request: request(7) });
    let wants = node.hear_and_flush(2, matched(1, 1));
    assert_eq!(answers(&wants), [(7, Answer::Done(Ok(None)))]);
    let wants = Node::leader(3, 4, "").tell(Input::Request(request(1)));
    assert_eq!(appends(&wants, 2).len(), 1);
}

#[test]
fn what_earlier_leaders_left_does_not_keep_a_leader_from_taking_something_in() {
    let mut node = Node::leader(3, 1, "1111111111");
    node.config.uncommitted_bytes = 20;
    node.tell_and_flush(Input::Request(request(1)));
    assert_eq!(node.log(), "11111111112", "only by an entry of its own term is anything ever committed");
    node.tell_and_flush(Input::Request(request(2)));
    assert_eq!(node.log(), "11111111112", "of its own term there is too much");
    node.hear_and_flush(2, matched(2, 11));
    node.tell_and_flush(Input::Request(request(3)));
    assert_eq!((node.committed(), node.log().as_str()), (11, "111111111122"));
}

// ------------------------------------------------------------------------------------------------ several at once

/// Requests that come together: `put a 1`, and so on, numbered from 1.
fn together(commands: &[&str]) -> Input<raft_playground::raft::Raft> {
    Input::Requests((1..).zip(commands).map(|(seq, command)| ask(seq, command)).collect())
}

#[test]
fn requests_that_come_together_are_written_and_sent_together() {
    let mut node = replicating();
    let wants = node.tell(together(&["put a 1", "put b 2", "get a"]));
    assert_eq!((written(&wants).len(), ranges(&wants, 2).as_str()), (1, "2-4"), "one write, one message");
    let wants = node.flush(wants);
    assert!(answers(&wants).is_empty());
    let wants = node.hear_and_flush(2, answered(1, 4, 1));
    assert_eq!(answers(&wants).iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), [1, 2, 3]);
}

#[test]
fn of_requests_that_come_together_no_more_are_in_a_message_than_may_be() {
    for (batch, batch_bytes, expected) in
        [(3, 999, "2-4"), (2, 999, "2-3 4"), (9, 40, "2 3 4"), (9, 101, "2-3 4"), (9, 102, "2-4")]
    {
        let mut node = replicating();
        (node.config.batch, node.config.batch_bytes) = (batch, batch_bytes);
        // They have 34, 35 and 33 bytes.
        let wants = node.tell(together(&["put a 1", "put b 22", "get a"]));
        assert_eq!(ranges(&wants, 2), expected, "at most {batch} entries and {batch_bytes} bytes");
        assert_eq!(ranges(&wants, 3), "", "n3 is probed, and an answer is waited for");
    }
}

#[test]
fn reads_that_need_no_entry_are_taken_apart_from_what_they_come_with() {
    let mut node = replicating();
    node.config.reads = Read::Local;
    let wants = node.tell(together(&["put b 2", "get a", "put c 3"]));
    assert_eq!(ranges(&wants, 2), "2-3");
    assert_eq!(answers(&wants).iter().map(|(seq, _)| *seq).collect::<Vec<_>>(), [2]);
    // Alone, they leave nothing to be written.
    assert!(written(&node.tell(together(&["get a"]))).is_empty());
}

#[test]
fn whoever_does_not_lead_tells_each_of_those_who_came_together_who_does() {
    let mut node = voter(2, None, "12");
    node.hear_and_flush(2, append(2, (2, 2), "", 0));
    let wants = node.tell(together(&["put a 1", "get a"]));
    let leads = Answer::Redirect(Some(NodeId(2)));
    assert_eq!(answers(&wants), [(1, leads.clone()), (2, leads)]);
}
