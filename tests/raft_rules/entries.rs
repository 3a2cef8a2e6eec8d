//! Replication and commitment: what a follower takes, what a leader counts, what a crash leaves (paper, 5.3 and 5.4.2).

use raft_playground::protocol::{Answer, Effect, Input};
use raft_playground::raft::{Disk, Entry, Message, Note, Receipt, Verdict};
use raft_playground::types::{LogIndex, NodeId, Span, Term};

use crate::nodes::{
    Net, Node, append, disk, matched, mismatch, notes, request, request_vote, sent, vote, voter, waits_anew, written,
};

#[test]
fn a_follower_takes_what_fits_and_removes_what_contradicts() {
    for (prev, more, expected) in [((2, 2), "3", "123"), ((1, 1), "34", "134"), ((0, 0), "1", "12"), ((0, 0), "3", "3")]
    {
        let mut node = voter(2, None, "12");
        node.hear_and_flush(2, append(4, prev, more, 0));
        assert_eq!(node.log(), expected, "log 12, then {more} behind {prev:?}");
        node.restart();
        assert_eq!(node.log(), expected, "on disk: log 12, then {more} behind {prev:?}");
    }
}

#[test]
fn a_message_whose_entries_are_of_later_terms_than_its_own_is_not_taken() {
    for (term, prev, more) in
        [(3, (2, 2), "4"), (3, (1, 1), "34"), (2, (0, 0), "3"), (3, (2, 2), "32"), (3, (2, 4), "")]
    {
        let mut node = voter(2, None, "12");
        let wants = node.hear_and_flush(2, append(term, prev, more, 2));
        assert!(matches!(notes(&wants)[..], [Note::Unsound { .. }]), "{more:?} behind {prev:?} in term {term}");
        assert_eq!((wants.len(), node.show().as_str()), (1, "follower t2 12 c0"), "{more:?} behind {prev:?}");
    }
}

/// Protects against counting beyond the largest number there is.
#[test]
fn an_entry_of_a_time_that_no_run_reaches_is_not_taken() {
    let (longest, soon) = (Span(u64::MAX), Span::ZERO);
    for (time, session, taken) in [(longest, None, false), (soon, Some(longest), false), (soon, Some(soon), true)] {
        let mut node = voter(2, None, "12");
        let mut message = append(2, (2, 2), "", 0);
        if let Message::AppendEntries(append) = &mut message {
            append.entries = [Entry::command(Term(2), request(1), session, time)].into();
        }
        node.hear_and_flush(2, message);
        assert_eq!(node.log(), if taken { "122" } else { "12" }, "time {time}, a session of {session:?}");
    }
}

#[test]
fn an_old_and_shorter_message_removes_nothing() {
    for (prev, more) in [((0, 0), "1"), ((1, 1), "2"), ((1, 1), ""), ((0, 0), ""), ((0, 0), "123")] {
        let mut node = voter(3, None, "123");
        let wants = node.hear(2, append(3, prev, more, 0));
        assert_eq!(node.log(), "123", "{more:?} behind {prev:?}");
        assert_eq!(written(&wants), [], "{more:?} behind {prev:?}: there was nothing to write");
    }
}

#[test]
fn a_followers_answer_tells_what_the_message_proves() {
    for (prev, expected) in [
        ((0, 0), Verdict::Matched(LogIndex(1))),
        ((1, 1), Verdict::Matched(LogIndex(1))),
        ((2, 2), Verdict::Matched(LogIndex(2))),
        ((2, 1), Verdict::Mismatch { prev: LogIndex(2), hint: Some((LogIndex(1), Term(1))) }),
        ((3, 3), Verdict::Mismatch { prev: LogIndex(3), hint: Some((LogIndex(2), Term(2))) }),
    ] {
        let mut node = voter(2, None, "12");
        node.config.ack_committed = true;
        node.hear_and_flush(2, append(3, (1, 1), "", 1));
        assert_eq!(node.committed(), 1);
        let wants = node.hear(2, append(3, prev, "", 1));
        let expected = [Message::AppendEntriesReply { term: Term(3), round: 2, last: LogIndex(2), verdict: expected }];
        assert_eq!(sent(&wants, 2), expected, "log 12, nothing behind {prev:?}");
        assert!(waits_anew(&wants), "the leader was heard, whether or not its entries fit");
    }
}

#[test]
fn a_followers_log_and_commit_index_after_a_message_of_the_leader() {
    for (prev, more, commit, expected) in [
        ((2, 3), "", 3, None),
        ((3, 3), "", 3, None),
        ((1, 1), "", 1, Some((2, 1))),
        ((0, 0), "2", 1, Some((1, 1))),
        ((2, 2), "22", 3, Some((4, 3))),
        ((2, 2), "2", 4, Some((3, 3))),
        ((1, 1), "2", 4, Some((2, 2))),
        ((1, 1), "", 3, Some((2, 1))),
        ((1, 1), "2", 3, Some((2, 2))),
        ((2, 2), "", 3, Some((2, 2))),
        ((2, 2), "", 4, Some((2, 2))),
    ] {
        let mut node = voter(2, None, "12");
        let wants = node.hear_and_flush(2, append(2, prev, more, commit));
        let taken = matches!(sent(&wants, 2)[..], [Message::AppendEntriesReply { verdict: Verdict::Matched(_), .. }]);
        let view = node.view();
        let came_to = taken.then_some((view.last_slot, view.committed));
        assert_eq!(came_to, expected, "log 12, {more:?} behind {prev:?}, leaderCommit {commit}");
        assert!(taken || (node.log(), view.committed) == ("12".to_string(), 0), "a refusal changes nothing");
        assert_eq!(view.applied, view.committed, "what is committed is applied");
    }
}

#[test]
fn what_is_written_of_a_message_is_what_was_not_there() {
    for (prev, more, expected) in [
        ((0, 0), "1222", "1222"),
        ((1, 1), "222", "1222"),
        ((2, 2), "22", "1222"),
        ((0, 0), "1233", "1233"),
        ((1, 1), "33", "133"),
        ((0, 0), "12", "122"),
    ] {
        let mut node = voter(2, None, "122");
        let wants = node.hear_and_flush(2, append(3, prev, more, 0));
        let replaced = notes(&wants).iter().any(|note| matches!(note, Note::Conflict { .. }));
        assert_eq!((node.log().as_str(), replaced), (expected, expected.contains('3')), "{more:?} behind {prev:?}");
        node.restart();
        assert_eq!(node.log(), expected, "{more:?} behind {prev:?}, as the disk has it");
    }
}

#[test]
fn the_commit_index_never_falls() {
    let mut node = voter(2, None, "12");
    node.hear_and_flush(2, append(2, (2, 2), "", 2));
    node.hear_and_flush(2, append(2, (2, 2), "", 1));
    node.hear_and_flush(2, append(3, (0, 0), "", 0));
    assert_eq!(node.committed(), 2);
}

/// Node 1 leads the term after `term` with this log; the others answer with these matchIndexes.
fn committed_with(matches: &[u64], log: &str, term: u64) -> u64 {
    let mut node = Node::leader(u8::try_from(matches.len()).expect("a few"), term - 1, log);
    for (peer, index) in (1..).zip(matches).skip(1) {
        node.hear_and_flush(peer, matched(term, *index));
    }
    let last = node.view().slots.last().map_or((0, 0), |slot| (slot.index, slot.epoch.number));
    node.tell(Input::Flushed(Receipt::Entries(LogIndex(last.0), Term(last.1))));
    node.committed()
}

#[test]
fn the_commit_table_counts_only_entries_of_the_leaders_term() {
    for (matches, log, term, expected) in [
        (&[1][..], "1", 1, 1),
        (&[1], "1", 2, 0),
        (&[2], "12", 2, 2),
        (&[1], "2", 2, 1),
        (&[2, 1, 1], "11", 2, 0),
        (&[2, 1, 2], "12", 2, 2),
        (&[2, 1, 2], "11", 2, 0),
        (&[2, 1, 1, 1], "12", 2, 0),
        (&[2, 1, 1, 2], "11", 2, 0),
        (&[2, 1, 2, 2], "12", 2, 2),
        (&[2, 1, 2, 2], "11", 2, 0),
    ] {
        let what = format!("matchIndexes {matches:?}, log {log}, leader of term {term}");
        assert_eq!(committed_with(matches, log, term), expected, "{what}");
    }
}

#[test]
fn an_entry_of_the_own_term_commits_those_before_it() {
    for (acknowledged, expected) in [(1, 0), (2, 0), (3, 3)] {
        let mut node = Node::leader(2, 2, "12");
        node.tell_and_flush(Input::Request(request(1)));
        assert_eq!(node.show(), "leader t3 123 c0");
        node.hear_and_flush(2, matched(3, acknowledged));
        assert_eq!(node.committed(), expected, "the follower has {acknowledged} of 123");
    }
}

#[test]
fn a_request_is_answered_when_a_majority_has_it() {
    for (size, acknowledged, expected) in [
        (1, 0, true),
        (3, 0, false),
        (3, 1, true),
        (3, 2, true),
        (5, 0, false),
        (5, 1, false),
        (5, 2, true),
        (5, 3, true),
        (5, 4, true),
    ] {
        let mut node = Node::leader(size, 0, "");
        let mut wants = node.tell_and_flush(Input::Request(request(7)));
        for peer in 2..2 + acknowledged {
            wants.extend(node.hear_and_flush(peer, matched(1, 1)));
        }
        let answers = wants
            .iter()
            .filter(|effect| matches!(effect, Effect::Reply { seq: 7, answer: Answer::Done(Ok(None)), .. }));
        let what = format!("{acknowledged} of the others in {size} nodes have it");
        assert_eq!((node.committed(), answers.count()), (u64::from(expected), usize::from(expected)), "{what}");
    }
}

#[test]
fn a_leaders_own_entry_counts_once_it_is_on_disk() {
    let mut node = Node::leader(3, 0, "");
    let wants = node.tell(Input::Request(request(1)));
    node.hear(2, matched(1, 1));
    assert_eq!(node.committed(), 0, "one of three has it on disk");
    let mut without = node.clone();
    without.hear(3, matched(1, 1));
    assert_eq!(without.committed(), 1, "two of three have it on disk, the leader not among them");
    node.flush(wants);
    assert_eq!(node.committed(), 1, "two of three have it on disk, the leader among them");
}

#[test]
fn an_old_answer_takes_nothing_back() {
    let mut node = Node::leader(3, 1, "11");
    let progress = |node: &Node| node.view().peers.iter().map(|peer| (peer.matched, peer.next)).collect::<Vec<_>>();
    node.hear(2, matched(2, 1));
    assert_eq!(progress(&node), [(1, 3), (0, 3)], "what proves less than was assumed contradicts nothing");
    node.hear(2, matched(2, 2));
    for old in [matched(2, 1), matched(2, 0), mismatch(2, 1), mismatch(2, 2), matched(1, 9), mismatch(1, 2)] {
        let wants = node.hear(2, old.clone());
        assert_eq!(progress(&node), [(2, 3), (0, 3)], "after {old:?}");
        assert_eq!(sent(&wants, 2), [], "an echo of {old:?} needs no answer");
    }
}

#[test]
fn an_answer_that_tells_nothing_new_causes_nothing() {
    let mut node = Node::leader(3, 0, "");
    node.config.window = 1;
    let asked = |wants| sent(&wants, 2).len();
    assert_eq!(asked(node.tell_and_flush(Input::Request(request(1)))), 1);
    assert_eq!(asked(node.tell_and_flush(Input::Request(request(2)))), 0, "the first has not been answered");
    assert_eq!(asked(node.hear(2, matched(1, 0))), 0, "the answer to a heartbeat from before the first");
    assert_eq!(asked(node.hear(2, matched(1, 1))), 1, "the answer to the first");
    assert_eq!(asked(node.hear(2, matched(1, 1))), 0, "the same answer again: what it causes, it has caused");
    assert_eq!(node.committed(), 1);
}

#[test]
fn a_newer_log_without_a_majority_is_overwritten() {
    let disks = [
        disk(1, Some(1), "1"),
        disk(1, Some(1), "1"),
        disk(2, Some(3), "2"),
        disk(2, Some(3), ""),
        disk(2, Some(3), ""),
    ];
    let mut net = Net::of(&disks);
    net.campaign(1);
    assert_eq!(net.nodes[0].show(), "follower t2 1 c0", "three have voted for n3 in term 2");
    net.campaign(1);
    assert_eq!(net.nodes[0].show(), "leader t3 13 c2");
    assert_eq!(net.logs(), "13 13 13 13 13");
}

#[test]
fn messages_of_an_old_leader_are_ignored() {
    let mut net = Net::of(&vec![Disk::default(); 3]);
    [1, 2, 1].into_iter().for_each(|id| net.campaign(id));
    assert_eq!(net.nodes[0].show(), "leader t3 123 c3");
    let mut follower = net.nodes[2].clone();
    let wants = follower.hear(2, append(2, (2, 2), "2", 3));
    let verdict = Verdict::Mismatch { prev: LogIndex(2), hint: None };
    let refusal = Message::AppendEntriesReply { term: Term(3), round: 2, last: LogIndex(3), verdict };
    assert_eq!(sent(&wants, 2), [refusal], "the answer tells the later term");
    assert_eq!((follower.log(), waits_anew(&wants)), ("123".to_string(), false), "nothing of it is taken");
    net.tell(1, Input::Deliver { from: NodeId(2), message: append(2, (2, 2), "2", 3) });
    net.tell(1, Input::Request(request(1)));
    assert_eq!(net.logs(), "1233 1233 1233");
}

#[test]
fn the_logs_of_figure_7_become_the_leaders() {
    let leader = "1114455666";
    let others = ["111445566", "1114", "11144556666", "111445566677", "1114444", "11122233333"];
    let disks: Vec<Disk> = [leader].iter().chain(&others).map(|log| disk(7, None, log)).collect();
    for (hints, expected) in [(false, [1, 6, 0, 0, 5, 7]), (true, [1, 1, 0, 0, 1, 1])] {
        let mut net = Net::of(&disks);
        net.choose(|config| config.hints = hints);
        net.campaign(1);
        assert_eq!(net.logs(), ["11144556668"; 7].join(" "));
        let rejections = |id: u8| {
            let of = net.delivered.iter().filter(|(from, to, message)| {
                let refused = matches!(message, Message::AppendEntriesReply { verdict: Verdict::Mismatch { .. }, .. });
                (*from, *to) == (id, 1) && refused
            });
            of.count()
        };
        let rejections: Vec<usize> = (2..=7).map(rejections).collect();
        assert_eq!(rejections, expected, "without hints nextIndex goes back one by one; hints: {hints}");
        let granted: Vec<u8> =
            net.delivered.iter().filter(|(.., message)| *message == vote(8, true)).map(|(id, ..)| *id).collect();
        assert_eq!(granted, [2, 3, 6, 7], "a, b, e and f can elect this leader");
    }
}

#[test]
fn what_a_follower_has_beyond_the_leaders_log_survives_until_it_contradicts() {
    for extra in ["11144556666", "111445566677"] {
        let mut node = voter(7, None, extra);
        node.hear_and_flush(2, append(8, (10, 6), "", 9));
        assert_eq!((node.log().as_str(), node.committed()), (extra, 9), "a heartbeat contradicts nothing");
        node.hear_and_flush(2, append(8, (10, 6), "8", 9));
        assert_eq!(node.log(), "11144556668", "entry 11 of term 8 contradicts");
    }
}

#[test]
fn a_restart_forgets_the_commit_index_and_keeps_term_vote_and_log() {
    let mut node = voter(1, None, "1");
    node.hear_and_flush(2, request_vote(3, 2, 2));
    node.hear_and_flush(2, append(3, (1, 1), "3", 2));
    let before = node.view();
    assert_eq!((before.committed, before.applied, before.leader), (2, 2, Some(NodeId(2))));
    node.restart();
    let after = node.view();
    assert_eq!((after.epoch, after.vote, after.slots), (before.epoch, before.vote, before.slots), "what is on disk");
    assert_eq!((after.committed, after.applied, after.leader, after.role), (0, 0, None, "follower"), "what is not");
}
