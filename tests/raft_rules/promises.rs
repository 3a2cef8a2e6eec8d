//! Elections that disturb nobody: pre-vote (dissertation, 9.6), votes withheld for a leader's sake (4.2.3), timeouts
//! that grow, preferences, and what an operator may order.

use raft_playground::kv::Read;
use raft_playground::protocol::{Effect, Input, Order};
use raft_playground::raft::{Config, Disk, Message, Note, Refusal, RequestVote, Timer};
use raft_playground::types::{LogIndex, NodeId, SortedMap, Span, Spread, Term};

use crate::nodes::{
    Net, Node, Wants, append, disk, disk_of_members, grants, matched, notes, request_vote, sent, set, vote, voter,
    waits_anew, written,
};
use raft_playground::raft::Members;

/// A question in advance: the term that would be campaigned in, and the term and index of the last entry.
fn pre_vote(term: u64, last_term: u64, last_index: u64) -> Message {
    let (term, last_term, last_index) = (Term(term), Term(last_term), LogIndex(last_index));
    Message::RequestVote(RequestVote { term, last_index, last_term, pre: true, handed_over: false })
}

/// A candidate's request that a leader has asked for.
fn handed_over(term: u64, last_term: u64, last_index: u64) -> Message {
    let (term, last_term, last_index) = (Term(term), Term(last_term), LogIndex(last_index));
    Message::RequestVote(RequestVote { term, last_index, last_term, pre: false, handed_over: true })
}

/// What is said to a question in advance.
fn promise(term: u64, granted: bool) -> Message {
    Message::RequestVoteReply { term: Term(term), granted, pre: true }
}

/// Node 1 of three with these choices.
fn node(choose: impl FnOnce(&mut Config), term: u64, vote: Option<u8>, log: &str) -> Node {
    let mut config = Config::new(3);
    choose(&mut config);
    Node::boot(1, &config, disk(term, vote, log))
}

fn term_of(node: &Node) -> u64 {
    node.view().epoch.map_or(0, |epoch| epoch.number)
}

// ------------------------------------------------------------------------------------------------ pre-vote

#[test]
fn whoever_asks_in_advance_stays_in_its_term_and_writes_nothing() {
    let mut node = node(|config| config.pre_vote = true, 1, Some(2), "1");
    let wants = node.time_out(Timer::Election);
    assert_eq!(node.show(), "pre-candidate t1 1 c0");
    assert_eq!((sent(&wants, 2), sent(&wants, 3)), (vec![pre_vote(2, 1, 1)], vec![pre_vote(2, 1, 1)]));
    assert_eq!((written(&wants), node.view().vote), (vec![], Some(NodeId(2))), "the vote of its term stays given");
    let wants = node.time_out(Timer::Retry);
    assert_eq!(sent(&wants, 2), [pre_vote(2, 1, 1)], "it asks again who has not answered");
}

#[test]
fn a_majority_of_promises_begins_a_campaign() {
    let mut node = node(|config| config.pre_vote = true, 1, None, "1");
    node.time_out(Timer::Election);
    let wants = node.hear_and_flush(3, promise(2, true));
    assert_eq!(node.show(), "candidate t2 1 c0");
    assert_eq!(sent(&wants, 2), [request_vote(2, 1, 1)]);
    node.hear_and_flush(2, promise(2, true));
    assert_eq!(node.show(), "candidate t2 1 c0", "a promise is no vote");
    node.hear_and_flush(2, vote(2, true));
    assert_eq!(node.view().role, "leader");
}

#[test]
fn promises_of_another_term_and_real_votes_do_not_count_in_advance() {
    let mut node = node(|config| config.pre_vote = true, 2, None, "1");
    node.time_out(Timer::Election);
    for other in [promise(2, true), promise(4, true), vote(2, true), vote(1, true)] {
        node.hear_and_flush(2, other.clone());
        assert_eq!(node.show(), "pre-candidate t2 1 c0", "after {other:?}");
    }
}

#[test]
fn a_majority_of_refusals_ends_the_question_and_leaves_the_term() {
    let mut node = node(|config| config.pre_vote = true, 2, None, "1");
    node.time_out(Timer::Election);
    node.hear_and_flush(2, promise(2, false));
    assert_eq!(node.view().role, "pre-candidate");
    node.hear_and_flush(3, promise(1, false));
    assert_eq!(node.show(), "follower t2 1 c0");
}

#[test]
fn whoever_promises_a_vote_gives_none() {
    let mut node = node(|config| config.pre_vote = true, 2, None, "1");
    for candidate in [2, 3] {
        let wants = node.hear(candidate, pre_vote(7, 1, 1));
        assert_eq!(sent(&wants, candidate), [promise(7, true)], "promised for the term that was asked about");
        assert_eq!((written(&wants), waits_anew(&wants)), (vec![], false));
    }
    assert_eq!((node.show().as_str(), node.view().vote), ("follower t2 1 c0", None));
}

#[test]
fn a_promise_depends_on_term_and_log_like_a_vote() {
    for (own, ask, granted) in [
        ("1", pre_vote(3, 1, 1), true),
        ("1", pre_vote(3, 2, 1), true),
        ("11", pre_vote(3, 1, 1), false),
        ("2", pre_vote(3, 1, 9), false),
        ("1", pre_vote(2, 1, 1), false),
        ("1", pre_vote(1, 1, 1), false),
    ] {
        let mut node = node(|config| config.pre_vote = true, 2, Some(2), own);
        let wants = node.hear(3, ask.clone());
        let term = if granted { 3 } else { 2 };
        assert_eq!(sent(&wants, 3), [promise(term, granted)], "log {own}: {ask:?}");
    }
}

/// Protects against a deadlock: were questions for an earlier term left without an answer, or the refusal not heeded,
/// the node with the longer log would never come to the term of the other, and neither could win.
#[test]
fn a_refusal_of_a_later_term_is_heeded_so_that_the_longer_log_can_win() {
    let mut net = Net::of(&[disk(5, None, "1"), disk(3, None, "12"), Disk::default()]);
    net.choose(|config| config.pre_vote = true);
    (1..=2).for_each(|id| net.cut(id, 3));
    net.campaign(1);
    assert_eq!(net.nodes[0].show(), "pre-candidate t5 1 c0", "its log is behind");
    net.campaign(2);
    assert_eq!(net.nodes[1].show(), "follower t5 12 c0", "it is told of the later term");
    net.campaign(2);
    assert_eq!(net.nodes[1].show(), "leader t6 126 c3");
}

#[test]
fn a_node_alone_needs_no_promise_but_its_own() {
    let mut node = Node::boot(1, &Config { pre_vote: true, ..Config::new(1) }, Disk::default());
    node.time_out(Timer::Election);
    assert_eq!(node.show(), "leader t1 1 c1");
}

#[test]
fn a_node_that_was_cut_off_comes_back_without_disturbing_anybody() {
    let mut net = Net::led(3, |config| config.pre_vote = true);
    net.beat(1);
    (1..=2).for_each(|id| net.cut(id, 3));
    (0..5).for_each(|_| net.campaign(3));
    assert_eq!(net.nodes[2].show(), "pre-candidate t1 1 c1", "its term has not grown");
    net.heal();
    net.campaign(3);
    net.beat(1);
    assert_eq!(net.show(), "leader t1 1 c1 | follower t1 1 c1 | follower t1 1 c1");
}

// ------------------------------------------------------------------------------------------------ votes withheld

/// A follower of n2 in term 2 that withholds its vote.
fn loyal() -> Node {
    let mut node = node(|config| config.withhold_votes = true, 2, None, "12");
    node.hear_and_flush(2, append(2, (2, 2), "", 0));
    node
}

#[test]
fn whoever_has_heard_a_leader_refuses_and_does_not_take_the_term_over() {
    let mut node = loyal();
    let wants = node.hear(3, request_vote(9, 9, 9));
    assert_eq!(sent(&wants, 3), [vote(2, false)]);
    assert_eq!((written(&wants), waits_anew(&wants)), (vec![], false));
    assert_eq!((node.show().as_str(), node.view().leader), ("follower t2 12 c0", Some(NodeId(2))));
    let why = Note::VoteRefused { candidate: NodeId(3), why: Refusal::LeaderHeard, pre: false };
    assert_eq!(notes(&wants), [&why]);
    assert!(!grants(&node.hear(3, pre_vote(9, 9, 9))), "nor does it promise anything");
}

#[test]
fn a_leader_withholds_its_vote_too() {
    let mut node = Node::leader(3, 1, "1");
    node.config.withhold_votes = true;
    assert!(!grants(&node.hear(3, request_vote(9, 9, 9))));
    assert_eq!(node.show(), "leader t2 1 c0");
}

#[test]
fn votes_are_free_once_no_leader_was_heard_for_the_shortest_election_timeout() {
    let mut node = node(|config| config.withhold_votes = true, 2, None, "12");
    let wants = node.hear_and_flush(2, append(2, (2, 2), "", 0));
    let quiet = wants.iter().find_map(|effect| match effect {
        Effect::Arm { timer: Timer::Quiet, within } => Some(*within),
        _ => None,
    });
    assert_eq!(quiet, Some(Spread::exactly(Span::millis(150))));
    node.time_out(Timer::Quiet);
    assert!(grants(&node.hear_and_flush(3, request_vote(9, 9, 9))));
    assert_eq!(term_of(&node), 9);
}

#[test]
fn a_campaign_that_the_leader_itself_has_asked_for_is_answered() {
    let mut node = loyal();
    assert!(grants(&node.hear_and_flush(3, handed_over(3, 2, 2))));
    let mut leader = Node::leader(3, 1, "1");
    leader.config.withhold_votes = true;
    assert!(grants(&leader.hear_and_flush(3, handed_over(3, 2, 2))));
    assert_eq!(leader.view().role, "follower");
}

/// Protects what a leader reads by its lease: a crash must not end what was promised to it.
#[test]
fn whether_a_leader_was_heard_before_a_crash_is_unknown_so_votes_are_withheld_at_first() {
    let mut node = loyal();
    let wants = node.restart();
    assert!(wants.iter().any(|effect| matches!(effect, Effect::Arm { timer: Timer::Quiet, .. })));
    assert!(!grants(&node.hear(3, request_vote(9, 9, 9))));
    node.time_out(Timer::Quiet);
    assert!(grants(&node.hear_and_flush(3, request_vote(9, 9, 9))));
    let mut fresh = node_of_an_empty_disk();
    fresh.restart();
    assert!(grants(&fresh.hear_and_flush(3, request_vote(1, 0, 0))), "a first start has promised nobody anything");
}

fn node_of_an_empty_disk() -> Node {
    Node::boot(1, &Config { withhold_votes: true, ..Config::new(3) }, Disk::default())
}

#[test]
fn a_vote_that_was_given_before_a_crash_is_given_again_after_it() {
    let mut node = node(|config| config.withhold_votes = true, 3, Some(3), "12");
    assert!(grants(&node.hear_and_flush(3, request_vote(3, 2, 2))));
    assert!(!grants(&node.hear_and_flush(3, request_vote(4, 2, 2))), "another one is not");
}

/// Protects what a leader reads by its lease: a follower may hear of a later term from somebody else than a candidate,
/// such as by a late refusal of its own question, while its leader still relies on what it has promised.
#[test]
fn a_promise_holds_in_a_later_term_that_was_heard_of_by_the_way() {
    let mut node = loyal();
    node.hear_and_flush(3, promise(4, false));
    assert_eq!(node.show(), "follower t4 12 c0");
    assert!(!grants(&node.hear_and_flush(3, request_vote(4, 2, 2))), "a moment ago it has heard n2");
    node.time_out(Timer::Quiet);
    assert!(grants(&node.hear_and_flush(3, request_vote(4, 2, 2))));
}

#[test]
fn with_pre_vote_alone_only_promises_are_withheld() {
    let mut node = node(|config| config.pre_vote = true, 2, None, "12");
    node.hear_and_flush(2, append(2, (2, 2), "", 0));
    assert!(!grants(&node.hear(3, pre_vote(3, 9, 9))));
    assert!(grants(&node.hear_and_flush(3, request_vote(3, 9, 9))));
    let mut node = voter(2, None, "12");
    node.hear_and_flush(2, append(2, (2, 2), "", 0));
    assert!(grants(&node.hear(3, pre_vote(3, 9, 9))), "without either nothing is withheld");
}

// ------------------------------------------------------------------------------------------------ timeouts, preferences

/// The longest time that the election timer may take, in milliseconds, as it is set anew.
fn patience(wants: &Wants) -> u64 {
    let within = wants.iter().rev().find_map(|effect| match effect {
        Effect::Arm { timer: Timer::Election, within } => Some(*within),
        _ => None,
    });
    let within = within.expect("it is set anew");
    assert_eq!(within.min, Span::millis(150), "the shortest stays");
    within.max.0 / 1_000
}

#[test]
fn timeouts_grow_with_every_election_that_nobody_wins() {
    let mut node = node(|config| config.growing_timeouts = true, 1, None, "1");
    let tries: Vec<u64> = (0..9).map(|_| patience(&node.time_out(Timer::Election))).collect();
    assert_eq!(tries, [450, 600, 750, 900, 1_050, 1_200, 1_350, 1_350, 1_350]);
    assert_eq!(patience(&node.hear_and_flush(2, append(10, (1, 1), "", 0))), 300, "whoever hears a leader begins anew");
    let mut node = voter(1, None, "1");
    let tries: Vec<u64> = (0..3).map(|_| patience(&node.time_out(Timer::Election))).collect();
    assert_eq!(tries, [300; 3], "where they do not grow");
}

#[test]
fn with_equal_logs_a_voter_refuses_whoever_is_preferred_less_than_itself() {
    for (own, other, last_index, expected) in
        [(1, 0, 2, false), (2, 1, 2, false), (1, 1, 2, true), (0, 1, 2, true), (1, 0, 3, true), (0, 1, 1, false)]
    {
        let mut priority = SortedMap::default();
        priority.insert(NodeId(1), own);
        priority.insert(NodeId(3), other);
        let mut node = node(|config| config.priority = priority, 2, None, "22");
        let promised = grants(&node.hear(3, pre_vote(3, 2, last_index)));
        let granted = grants(&node.hear(3, request_vote(3, 2, last_index)));
        assert_eq!(
            (promised, granted),
            (expected, expected),
            "own {own}, its {other}, its last entry {last_index} of 2"
        );
    }
}

// ------------------------------------------------------------------------------------------------ orders

#[test]
fn an_operator_may_have_a_node_campaign_at_once() {
    let mut follower = voter(1, None, "1");
    assert_eq!(follower.refusal(Order::Campaign), "");
    follower.order(Order::Campaign);
    assert_eq!(follower.show(), "candidate t2 1 c0");
    assert_eq!(Node::leader(3, 1, "1").refusal(Order::Campaign), "n1 leads already");
    let learner = Members { voters: set(&[2, 3]), learners: set(&[1]), ..Members::default() };
    let mut learner = Node::boot(1, &Config::new(3), disk_of_members(learner));
    learner.hear_and_flush(2, append(1, (2, 1), "", 2));
    assert_eq!(learner.refusal(Order::Campaign), "n1 does not vote, so it cannot be elected");
}

#[test]
fn whoever_forgets_its_leader_votes_for_whoever_asks() {
    let mut node = loyal();
    assert_eq!(node.refusal(Order::Forget), "");
    node.order(Order::Forget);
    assert_eq!((node.show().as_str(), node.view().leader), ("follower t2 12 c0", None));
    assert!(grants(&node.hear_and_flush(3, request_vote(3, 2, 2))));
    assert_eq!(voter(1, None, "1").refusal(Order::Forget), "n1 knows no leader");
    assert_eq!(Node::leader(3, 1, "1").refusal(Order::Forget), "n1 leads: expected a node that follows");
}

/// Protects what a leader reads by its lease: it relies on a promise that an operator must not have broken.
#[test]
fn while_a_lease_may_rest_on_its_promise_nobody_forgets_its_leader_or_campaigns() {
    let mut node = loyal();
    node.config.reads = Read::Lease;
    let why = "n1 has heard its leader a moment ago, whose lease rests on that: expected a little patience";
    assert_eq!((node.refusal(Order::Forget).as_str(), node.refusal(Order::Campaign).as_str()), (why, why));
    node.time_out(Timer::Quiet);
    assert_eq!((node.refusal(Order::Forget).as_str(), node.refusal(Order::Campaign).as_str()), ("", ""));
}

#[test]
fn an_order_that_only_a_leader_can_carry_out_is_refused_with_the_leaders_name() {
    let mut node = loyal();
    for order in [Order::Transfer(NodeId(3)), Order::Add(NodeId(3)), Order::Remove(NodeId(3)), Order::Leave] {
        assert_eq!(node.refusal(order), "n1 does not lead: expected n2");
        assert_eq!(voter(1, None, "1").refusal(order), "n1 does not lead, and knows nobody who does");
    }
}

#[test]
fn an_order_that_names_somebody_who_cannot_be_there_is_refused() {
    let mut node = Node::leader(3, 1, "1");
    for id in [0, 17, 32, 255] {
        for order in [Order::Transfer, Order::Add, Order::Learn, Order::Remove] {
            let why = format!("n{id} is nobody who could take part: expected n1 to n16");
            assert_eq!(node.refusal(order(NodeId(id))), why);
        }
    }
    let order = Order::Members { voters: set(&[1, 2]), learners: set(&[0]), stay: false };
    assert_eq!(node.refusal(order), "n0 is nobody who could take part: expected n1 to n16");
}

#[test]
fn messages_of_somebody_who_cannot_be_there_change_nothing() {
    let mut node = voter(2, None, "12");
    for from in [0, 1, 17, 200, 255] {
        for message in [request_vote(9, 9, 9), append(9, (2, 2), "9", 3), matched(9, 2), vote(9, true)] {
            let wants = node.tell(Input::Deliver { from: NodeId(from), message });
            assert!(matches!(notes(&wants)[..], [Note::Unsound { .. }]) && wants.len() == 1, "n{from}: {wants:?}");
        }
    }
    assert_eq!(node.show(), "follower t2 12 c0");
}
