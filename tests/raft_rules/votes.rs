//! Elections: who gets a vote, who counts one, who leads, and what a leader does first (paper, 5.2, 5.4.1 and 8).

use raft_playground::protocol::{Answer, Effect, Input};
use raft_playground::raft::{Config, Disk, Message, Timer, Write};
use raft_playground::types::{NodeId, Term};

use crate::nodes::{Net, Node, append, disk, matched, request, request_vote, sent, vote, voter, waits_anew, written};

/// How node 1 answers a request for its vote: `G` or `R`.
fn check_vote(mut node: Node, from: u8, ask: Message, expected: char, what: &str) {
    let wants = node.hear(from, ask);
    let replies = sent(&wants, from);
    let [Message::RequestVoteReply { term, granted, .. }] = replies[..] else { panic!("{what}: answered {replies:?}") };
    assert_eq!(if granted { 'G' } else { 'R' }, expected, "{what}");
    assert_eq!(node.view().epoch.map(|epoch| epoch.number), Some(term.0), "{what}: the answer tells the voter's term");
    assert_eq!(waits_anew(&wants), granted, "{what}: only who grants a vote gives the candidate time");
}

#[test]
fn a_voter_grants_only_to_a_log_that_is_as_up_to_date() {
    for (own, last_term, last_index, expected) in [
        ("1", 1, 1, 'G'),
        ("1", 1, 2, 'G'),
        ("1", 2, 1, 'G'),
        ("1", 2, 2, 'G'),
        ("11", 1, 1, 'R'),
        ("11", 2, 1, 'G'),
        ("2", 1, 1, 'R'),
        ("2", 1, 2, 'R'),
        ("22", 1, 1, 'R'),
    ] {
        let what = format!("voter's log {own}, candidate's last entry {last_index} of term {last_term}");
        check_vote(voter(2, None, own), 2, request_vote(3, last_term, last_index), expected, &what);
    }
}

#[test]
fn every_last_entry_against_a_log_of_two_entries_of_term_2() {
    for (last_term, last_index) in (0..4).flat_map(|term| (0..4).map(move |index| (term, index))) {
        let up_to_date = last_term == 3 || last_term == 2 && last_index >= 2;
        let what = format!("voter's log 22, candidate's last entry {last_index} of term {last_term}");
        let expected = if up_to_date { 'G' } else { 'R' };
        check_vote(voter(3, None, "22"), 2, request_vote(3, last_term, last_index), expected, &what);
    }
}

#[test]
fn there_is_one_vote_in_a_term_and_only_followers_give_it() {
    check_vote(voter(3, Some(2), "22"), 2, request_vote(3, 2, 2), 'G', "the same candidate again");
    check_vote(voter(3, Some(2), "22"), 3, request_vote(3, 3, 9), 'R', "another candidate");
    check_vote(voter(3, None, "22"), 2, request_vote(2, 3, 9), 'R', "a candidate of an earlier term");
    let mut candidate = voter(2, None, "22");
    candidate.tell_and_flush(Input::Timeout(Timer::Election));
    check_vote(candidate, 2, request_vote(3, 3, 9), 'R', "a candidate is asked");
    check_vote(Node::leader(3, 2, "22"), 3, request_vote(3, 3, 9), 'R', "a leader is asked");
    check_vote(Node::leader(3, 2, "22"), 3, request_vote(4, 3, 9), 'G', "a leader is asked in a later term");
}

#[test]
fn a_vote_survives_a_crash_and_is_on_its_way_to_disk_before_it_is_sent() {
    let mut node = voter(2, None, "1");
    let wants = node.hear(2, request_vote(3, 1, 1));
    let last_write = wants.iter().rposition(|effect| matches!(effect, Effect::Persist(_)));
    let first_send = wants.iter().position(|effect| matches!(effect, Effect::Send { .. }));
    assert!(last_write < first_send && last_write.is_some(), "in this order: {wants:?}");
    let ballot = Write::Ballot { term: Term(3), vote: Some(NodeId(2)) };
    assert_eq!(written(&wants), [ballot], "term and vote, in one write");
    node.flush(wants);
    node.restart();
    check_vote(node, 3, request_vote(3, 3, 9), 'R', "another candidate after the restart");
}

#[test]
fn one_round_of_votes() {
    for (size, replies, expected) in [
        (1, "", "leader"),
        (3, "YY", "leader"),
        (3, "Y", "leader"),
        (5, "YYYY", "leader"),
        (5, "YYY", "leader"),
        (5, "YY", "leader"),
        (3, "NN", "follower"),
        (5, "NNNN", "follower"),
        (5, "YNNN", "follower"),
        (3, "", "candidate"),
        (5, "Y", "candidate"),
        (5, "NN", "candidate"),
        (5, "", "candidate"),
    ] {
        let mut node = Node::boot(1, &Config::new(size), Disk::default());
        node.tell_and_flush(Input::Timeout(Timer::Election));
        for (voter, reply) in (2..).zip(replies.chars()) {
            node.hear_and_flush(voter, vote(1, reply == 'Y'));
        }
        assert_eq!(node.view().role, expected, "{size} nodes, answers {replies:?}");
    }
}

#[test]
fn votes_that_come_twice_or_from_another_term_count_for_nothing() {
    let mut node = Node::boot(1, &Config::new(5), disk(1, None, ""));
    node.tell_and_flush(Input::Timeout(Timer::Election));
    for (voter, message) in [(2, vote(2, true)), (2, vote(2, true)), (3, vote(1, true)), (4, vote(0, true))] {
        node.hear_and_flush(voter, message);
    }
    assert_eq!(node.show(), "candidate t2 - c0");
    node.hear_and_flush(3, vote(2, true));
    assert_eq!(node.view().role, "leader");
}

#[test]
fn a_candidate_asks_again_only_those_who_have_not_answered() {
    let mut node = Node::boot(1, &Config::new(5), Disk::default());
    node.tell_and_flush(Input::Timeout(Timer::Election));
    node.hear_and_flush(2, vote(1, true));
    node.hear_and_flush(3, vote(1, false));
    let wants = node.tell(Input::Timeout(Timer::Retry));
    let asked: Vec<usize> = (2..=5).map(|id| sent(&wants, id).len()).collect();
    assert_eq!(asked, [0, 0, 1, 1], "n2 has granted, n3 has refused");
    assert_eq!(sent(&wants, 4), [request_vote(1, 0, 0)], "for the same term as before");
}

#[test]
fn a_candidates_own_vote_counts_once_it_is_on_disk() {
    for nodes in [1, 3] {
        let mut node = Node::boot(1, &Config::new(nodes), Disk::default());
        let wants = node.tell(Input::Timeout(Timer::Election));
        if nodes == 3 {
            node.hear(2, vote(1, true));
        }
        assert_eq!(node.view().role, "candidate", "{nodes} nodes: the own vote is not on disk");
        node.flush(wants);
        assert_eq!(node.view().role, "leader", "{nodes} nodes: the own vote is on disk");
    }
}

#[test]
fn duelling_candidates() {
    let mut net = Net::of(&vec![Disk::default(); 3]);
    net.cut(1, 3);
    net.campaign(1);
    net.campaign(3);
    assert_eq!(net.show(), "leader t1 1 c1 | follower t1 1 c0 | candidate t1 - c0");
    net.heal();
    net.campaign(3);
    assert_eq!(
        net.show(),
        "follower t2 1 c1 | follower t2 1 c0 | follower t2 - c0",
        "its log is behind, its term is not"
    );
    let mut net = Net::of(&vec![Disk::default(); 3]);
    net.choose(|config| config.pre_vote = true);
    net.cut(1, 3);
    net.campaign(1);
    net.campaign(3);
    assert_eq!(net.show(), "leader t1 1 c1 | follower t1 1 c0 | follower t1 - c0");
    net.heal();
    net.campaign(3);
    assert_eq!(
        net.show(),
        "leader t1 1 c1 | follower t1 1 c0 | follower t1 - c0",
        "with pre-vote nothing is disturbed"
    );
}

#[test]
fn a_new_leader_writes_an_entry_of_its_own_where_it_may() {
    for (noop, expected) in [(true, "leader t2 12 c2"), (false, "leader t2 1 c0")] {
        let config = Config { noop, ..Config::new(3) };
        let mut node = Node::boot(1, &config, disk(1, None, "1"));
        node.tell_and_flush(Input::Timeout(Timer::Election));
        node.hear_and_flush(2, vote(2, true));
        let last = node.view().last_slot;
        node.hear_and_flush(2, matched(2, last));
        assert_eq!(node.show(), expected, "with the switch at {noop}, everybody having everything");
    }
}

#[test]
fn who_does_not_lead_names_the_leader_and_takes_nothing() {
    let mut follower = voter(1, None, "1");
    let mut of_n2 = follower.clone();
    of_n2.hear_and_flush(2, append(1, (1, 1), "", 0));
    let mut candidate = of_n2.clone();
    candidate.tell_and_flush(Input::Timeout(Timer::Election));
    let mut deposed = Node::leader(3, 0, "1");
    deposed.hear_and_flush(3, request_vote(5, 9, 9));
    let cases = [
        ("a follower that has heard nobody", &mut follower, None),
        ("a follower of n2", &mut of_n2, Some(NodeId(2))),
        ("a candidate", &mut candidate, None),
        ("a leader that was deposed", &mut deposed, None),
    ];
    for (what, node, leader) in cases {
        let wants = node.tell(Input::Request(request(1)));
        let answers: Vec<&Effect<_>> = wants.iter().filter(|effect| !matches!(effect, Effect::Note(_))).collect();
        let [Effect::Reply { answer, .. }] = answers[..] else { panic!("{what} wants {wants:?}") };
        assert_eq!(*answer, Answer::Redirect(leader), "{what}");
        assert_eq!(node.log(), "1", "{what} takes nothing into its log");
    }
}

#[test]
fn a_candidate_follows_whoever_leads_its_term() {
    let mut node = voter(1, None, "1");
    node.tell_and_flush(Input::Timeout(Timer::Election));
    node.hear_and_flush(3, append(1, (1, 1), "", 0));
    assert_eq!(node.show(), "candidate t2 1 c0", "a leader of an earlier term is none");
    let wants = node.hear_and_flush(3, append(2, (1, 1), "", 0));
    assert_eq!((node.show().as_str(), node.view().leader), ("follower t2 1 c0", Some(NodeId(3))));
    assert_eq!(written(&wants), [], "the vote of the term is not taken back");
    assert_eq!(node.view().vote, Some(NodeId(1)));
}
