//! What is told of a fact, where the words depend on what it is: the sentence is all that most people will read.

use raft_playground::observe::{Bid, Landmark, Tell};
use raft_playground::protocol::Order;
use raft_playground::raft::{Applied, Note, Refusal, Timer, Why};
use raft_playground::types::{LogIndex, NodeId, Term};

use crate::nodes::{Node, ask, matched, notes, request};

const N2: NodeId = NodeId(2);

fn refused(why: Refusal) -> String {
    Note::VoteRefused { candidate: N2, why, pre: false }.tell().text
}

#[test]
fn whoever_refuses_a_vote_says_why_and_where_that_is_described() {
    let behind = |theirs: (u64, u64), ours: (u64, u64)| {
        let at = |(term, index)| (Term(term), LogIndex(index));
        Refusal::LogBehind { theirs: at(theirs), ours: at(ours) }
    };
    for (why, sentence, section) in [
        (Refusal::OldTerm(Term(3)), "n2 is still in term 3", "Raft §5.1"),
        (Refusal::VotedFor(NodeId(3)), "in this term it has voted for n3", "Raft §5.2"),
        (behind((0, 0), (1, 2)), "n2's log is empty", "Raft §5.4.1"),
        (behind((1, 1), (1, 2)), "n2's log is shorter (1 of 2 entries)", "Raft §5.4.1"),
        (behind((1, 9), (2, 2)), "n2's log ends in term 1, its own in term 2", "Raft §5.4.1"),
        (Refusal::LeaderHeard, "it has heard the leader a moment ago", "dissertation §4.2.3"),
        (Refusal::LessPreferred { own: 5, other: 3 }, "it is preferred itself, with 5 to 3", "raft-rs: priority"),
    ] {
        assert_eq!(refused(why), format!("refuses its vote to n2: {sentence}"));
        let told = Note::VoteRefused { candidate: N2, why, pre: true }.tell();
        assert_eq!((told.text, told.section), (format!("would refuse its vote to n2: {sentence}"), section));
    }
}

#[test]
fn one_is_one_and_several_are_several() {
    let committed =
        |first, last, led, joint| Note::Committed { first: LogIndex(first), last: LogIndex(last), led, joint };
    let lacks = |lacks| Note::HandsOver { target: N2, lacks };
    let asks = |reads| Note::AsksWhetherItLeads { round: 4, reads };
    for (note, sentence) in [
        (committed(3, 3, true, false), "commits entry 3: a majority holds it"),
        (committed(3, 5, true, false), "commits entries 3 to 5: a majority holds them"),
        (committed(3, 3, true, true), "commits entry 3: both majorities hold it"),
        (committed(3, 3, false, false), "learns that entry 3 is committed"),
        (lacks(0), "wants n2 to lead, who has all of its log"),
        (lacks(1), "wants n2 to lead, who lacks 1 entry as yet"),
        (lacks(2), "wants n2 to lead, who lacks 2 entries as yet"),
    ] {
        assert_eq!(note.tell().text, sentence);
    }
    assert!(asks(1).tell().text.contains("a read"), "{}", asks(1).tell().text);
    assert!(asks(2).tell().text.contains("2 reads"), "{}", asks(2).tell().text);
    assert_eq!(committed(3, 3, true, false).tell().landmark, Some(Landmark::Commit));
}

#[test]
fn an_entry_that_does_nothing_is_told_as_that() {
    let applied = |request| Note::Applied { index: LogIndex(2), request, applied: Applied::Fresh(Ok(None)) };
    assert_eq!(applied(raft_playground::kv::Request::noop()).tell().text, "applies an entry that does nothing");
    assert_eq!(applied(ask(1, "put a 1")).tell().text, "applies entry 2: PUT \"a\" = \"1\" -> OK");
}

/// What a transfer waits for is counted from the log of whoever leads.
#[test]
fn a_leader_says_how_much_its_successor_lacks() {
    let mut node = Node::leader(3, 0, "");
    (1..=3).for_each(|seq| drop(node.ask(request(seq))));
    node.hear_and_flush(2, matched(1, 1));
    let wants = node.order(Order::Transfer(N2));
    assert!(notes(&wants).contains(&&Note::HandsOver { target: N2, lacks: 2 }), "{wants:?}");
}

#[test]
fn an_attempt_to_lead_is_counted_when_votes_are_asked_for_and_won_once_a_majority_gives_them() {
    let mut node = Node::leader(3, 0, "");
    let bids = |wants: &crate::nodes::Wants| notes(wants).iter().filter_map(|note| note.bid()).collect::<Vec<_>>();
    assert_eq!(bids(&node.ask(request(1))), []);
    node.hear_and_flush(3, crate::nodes::append(5, (0, 0), "", 0));
    let wants = node.time_out(Timer::Election);
    assert_eq!(bids(&wants), [Bid::Begun]);
    assert!(notes(&wants).iter().any(|note| matches!(note, Note::Campaign { why: Why::Timeout, .. })));
    let wants = node.time_out(Timer::Election);
    assert!(notes(&wants).iter().any(|note| matches!(note, Note::Campaign { why: Why::Again, .. })), "nobody has won");
    assert_eq!(bids(&node.hear_and_flush(2, crate::nodes::vote(7, true))), [Bid::Won]);
}

#[test]
fn whoever_asks_in_advance_says_whether_it_has_before() {
    let mut node = Node::leader(3, 0, "");
    node.config.pre_vote = true;
    node.hear_and_flush(3, crate::nodes::append(5, (0, 0), "", 0));
    for expected in [false, true, true] {
        let wants = node.time_out(Timer::Election);
        let again = notes(&wants).iter().find_map(|note| match note {
            Note::AsksInAdvance { again, .. } => Some(*again),
            _ => None,
        });
        assert_eq!(again, Some(expected));
    }
}
