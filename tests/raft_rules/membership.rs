//! Who takes part, and how that changes while a cluster runs (paper, 6; dissertation, 4).

use raft_playground::protocol::{Effect, Order};
use raft_playground::raft::{Config, Content, Entry, Members, Message, Note, Timer};
use raft_playground::types::{NodeId, Span, Term};

use crate::nodes::{
    Net, Node, Wants, answered, append, disk_of_members, grants, notes, ranges, request, request_vote, sent, set, vote,
    voter,
};

/// These vote, and nobody else takes part.
pub(crate) fn voters(ids: &[u8]) -> Members {
    Members { voters: set(ids), ..Members::default() }
}

/// On the way from the first ones to the others, left half done or not.
fn joint(from: &[u8], to: &[u8], stays: bool) -> Members {
    Members { outgoing: set(from), stays, ..voters(to) }
}

/// Node 1 in the midst of such members, by the second entry of its log, which ends there.
fn node_of(members: Members) -> Node {
    Node::boot(1, &Config::new(3), disk_of_members(members))
}

/// The same as leader of term 2: its own entry is the third, and nobody has it yet.
pub(crate) fn leader_of(members: Members) -> Node {
    node_of(members).elected()
}

/// The leader of three voters that has committed its own entry, the third.
pub(crate) fn leader() -> Node {
    let mut node = leader_of(voters(&[1, 2, 3]));
    has(&mut node, &[2, 3], 3);
    assert_eq!(node.show(), "leader t2 112 c3");
    node
}

/// These say that they have everything up to an entry.
pub(crate) fn has(node: &mut Node, ids: &[u8], index: u64) -> Wants {
    ids.iter().flat_map(|id| node.hear_and_flush(*id, answered(2, index, 1))).collect()
}

/// Who takes part, as a node has it: `n1 n2 n3`.
pub(crate) fn members(node: &Node) -> String {
    let facts = node.view().facts;
    facts.iter().find(|fact| fact.name == "members").map(|fact| fact.value.clone()).unwrap_or_default()
}

/// The order to let these vote and those follow along.
pub(crate) fn exactly(voters: &[u8], learners: &[u8], stay: bool) -> Order {
    Order::Members { voters: set(voters), learners: set(learners), stay }
}

/// Node 2 sends, as leader of this term, that these take part, behind the entry before.
pub(crate) fn says(term: u64, prev: (u64, u64), members: Members) -> Message {
    let mut message = append(term, prev, "", 0);
    if let Message::AppendEntries(append) = &mut message {
        let content = Content::Members(members);
        append.entries = [Entry { term: Term(term), time: Span::ZERO, content }].into();
    }
    message
}

/// Whom a node asks for votes when its election timer runs out.
fn asks(node: &mut Node) -> Vec<u8> {
    let wants = node.time_out(Timer::Election);
    let asks = |id: &u8| sent(&wants, *id).iter().any(|message| matches!(message, Message::RequestVote(_)));
    (1..=16).filter(asks).collect()
}

/// Whether the election timer was stopped, rather than set anew.
pub(crate) fn stops_waiting(wants: &Wants) -> bool {
    let last = wants.iter().rev().find_map(|effect| match effect {
        Effect::Arm { timer: Timer::Election, .. } => Some(false),
        Effect::Disarm(Timer::Election) => Some(true),
        _ => None,
    });
    last == Some(true)
}

// ------------------------------------------------------------------------------------------------ learners

#[test]
fn learners_are_sent_the_log_and_do_not_count_for_what_is_committed() {
    let mut node = leader_of(Members { learners: set(&[4, 5]), ..voters(&[1, 2, 3]) });
    node.ask(request(1));
    for id in [4, 5] {
        assert_eq!(ranges(&has(&mut node, &[id], 3), id), "4", "n{id} follows along");
        has(&mut node, &[id], 4);
    }
    assert_eq!(node.committed(), 0, "one voter of three has it, and two who do not vote");
    has(&mut node, &[2], 4);
    assert_eq!(node.committed(), 4);
}

#[test]
fn learners_are_not_asked_for_votes_and_theirs_do_not_count() {
    let mut node = node_of(Members { learners: set(&[4, 5]), ..voters(&[1, 2, 3]) });
    assert_eq!(asks(&mut node), [2, 3]);
    for id in [4, 5, 6] {
        node.hear_and_flush(id, vote(2, true));
    }
    assert_eq!(node.view().role, "candidate", "with its own vote, and three of those who have none");
    node.hear_and_flush(2, vote(2, true));
    assert_eq!(node.view().role, "leader");
}

#[test]
fn a_learner_never_campaigns() {
    let mut node = node_of(Members { learners: set(&[1]), ..voters(&[2, 3]) });
    node.hear_and_flush(2, append(1, (2, 1), "", 2));
    assert_eq!(node.show(), "learner t1 11 c2");
    assert_eq!(node.time_out(Timer::Election), [], "were the timer set, nothing would come of it");
    let wants = node.hear_and_flush(2, append(1, (2, 1), "1", 2));
    assert!(stops_waiting(&wants));
    node.hear_and_flush(2, Message::TimeoutNow { term: Term(1) });
    assert_eq!(node.show(), "learner t1 111 c2", "nor when it is asked to");
}

/// It may have been given a vote by an entry that has not reached it: then its vote is needed.
#[test]
fn a_learner_that_is_asked_gives_its_vote() {
    let mut node = node_of(Members { learners: set(&[1]), ..voters(&[2, 3]) });
    assert!(grants(&node.hear_and_flush(3, request_vote(2, 1, 2))));
}

#[test]
fn a_new_machine_learns_first_and_votes_once_it_is_promoted() {
    let mut net = Net::led(3, |_| {});
    assert_eq!(net.start(), 4);
    assert_eq!((net.node(4).show(), members(net.node(4))), ("outsider t0 - c0".into(), "nobody".into()));
    assert_eq!(net.node(4).time_out(Timer::Election), [], "whom should it ask?");
    net.order(1, Order::Learn(NodeId(4)));
    net.beat(1);
    assert_eq!((net.node(4).show(), members(net.node(4))), ("learner t1 11 c2".into(), "n1 n2 n3, learner n4".into()));
    net.order(1, Order::Add(NodeId(4)));
    net.beat(1);
    assert_eq!((net.node(4).show(), members(net.node(4))), ("follower t1 111 c3".into(), "n1 n2 n3 n4".into()));
    // Of four voters, three are needed, and it may be one of them.
    net.cut(1, 2);
    net.cut(1, 3);
    net.ask(1, request(1));
    assert_eq!(net.node(1).show(), "leader t1 1111 c3");
    net.heal();
    net.cut(1, 3);
    net.beat(1);
    assert_eq!(net.node(1).show(), "leader t1 1111 c4");
}

#[test]
fn a_voter_that_is_told_to_learn_votes_no_more() {
    let mut net = Net::led(3, |_| {});
    net.order(1, Order::Learn(NodeId(3)));
    net.beat(1);
    assert_eq!(net.show(), "leader t1 11 c2 | follower t1 11 c2 | learner t1 11 c2");
    net.cut(1, 2);
    net.ask(1, request(1));
    assert_eq!(net.show(), "leader t1 111 c2 | follower t1 11 c2 | learner t1 111 c2", "n3 has it and does not count");
}

// ------------------------------------------------------------------------------------------------ one at a time

#[test]
fn a_single_change_counts_as_soon_as_it_is_in_the_leaders_log() {
    for (change, who, acknowledged, expected) in [
        (Order::Add(NodeId(4)), "n1 n2 n3 n4", &[2][..], 3),
        (Order::Add(NodeId(4)), "n1 n2 n3 n4", &[2, 4], 4),
        (Order::Add(NodeId(4)), "n1 n2 n3 n4", &[2, 3], 4),
        (Order::Remove(NodeId(3)), "n1 n2", &[3], 3),
        (Order::Remove(NodeId(3)), "n1 n2", &[2], 4),
        (Order::Learn(NodeId(3)), "n1 n2, learner n3", &[3], 3),
        (Order::Learn(NodeId(3)), "n1 n2, learner n3", &[2], 4),
        (Order::Learn(NodeId(4)), "n1 n2 n3, learner n4", &[4], 3),
        (Order::Learn(NodeId(4)), "n1 n2 n3, learner n4", &[2], 4),
    ] {
        let mut node = leader();
        let wants = node.order(change);
        assert!(matches!(notes(&wants)[..], [Note::ChangesMembers { .. }, ..]), "{change:?}");
        assert_eq!((members(&node).as_str(), node.committed()), (who, 3), "{change:?}");
        has(&mut node, acknowledged, 4);
        assert_eq!(node.committed(), expected, "{change:?}: {acknowledged:?} have it, beside the leader");
    }
}

#[test]
fn more_than_one_voter_changes_by_way_of_both_majorities() {
    for (to, learners, stay, expected) in [
        (&[1, 2, 3, 4][..], &[][..], false, "n1 n2 n3 n4"),
        (&[1, 2], &[], false, "n1 n2"),
        (&[1, 2, 3], &[4, 5], false, "n1 n2 n3, learners n4 n5"),
        (&[1, 2], &[3], false, "n1 n2, learner n3"),
        (&[1, 2, 4], &[], false, "n1 n2 n3 -> n1 n2 n4"),
        (&[1, 2, 3, 4, 5], &[], false, "n1 n2 n3 -> n1 n2 n3 n4 n5"),
        (&[1], &[2, 4], false, "n1 n2 n3 -> n1, learners n2 n4"),
        (&[1, 2, 3, 4], &[], true, "n1 n2 n3 -> n1 n2 n3 n4"),
    ] {
        let mut node = leader();
        node.order(exactly(to, learners, stay));
        assert_eq!(members(&node), expected, "{to:?}, learners {learners:?}, stay: {stay}");
    }
}

/// What the rule `joint` protects against: here n1 and n4 elect and commit though n2 and n3 know nothing of it.
#[test]
fn without_joint_consensus_any_change_is_done_in_one_step() {
    let mut node = leader();
    node.config.joint = false;
    node.order(exactly(&[1, 4, 5], &[], false));
    assert_eq!(members(&node), "n1 n4 n5");
    has(&mut node, &[4], 4);
    assert_eq!(node.committed(), 4);
}

// ------------------------------------------------------------------------------------------------ joint consensus

#[test]
fn a_joint_configuration_is_committed_by_both_majorities() {
    for (acknowledged, expected) in
        [(&[][..], 3), (&[2, 3], 3), (&[4, 5], 3), (&[2], 3), (&[4], 3), (&[2, 4], 4), (&[3, 5], 4), (&[2, 3, 4, 5], 4)]
    {
        let mut node = leader();
        node.order(exactly(&[1, 4, 5], &[], true));
        has(&mut node, acknowledged, 4);
        assert_eq!(node.committed(), expected, "n1 n2 n3 -> n1 n4 n5, in the logs of n1 and {acknowledged:?}");
    }
}

#[test]
fn a_candidate_of_a_joint_configuration_needs_both_majorities() {
    for (granted, expected) in
        [(&[2, 3][..], "candidate"), (&[4, 5], "candidate"), (&[2, 4], "leader"), (&[2, 3, 5], "leader")]
    {
        let mut node = node_of(joint(&[1, 2, 3], &[1, 4, 5], true));
        assert_eq!(asks(&mut node), [2, 3, 4, 5]);
        granted.iter().for_each(|id| drop(node.hear_and_flush(*id, vote(2, true))));
        assert_eq!(node.view().role, expected, "votes of {granted:?}");
    }
    let mut node = node_of(joint(&[1, 2, 3], &[1, 4, 5], true));
    asks(&mut node);
    [4, 5].iter().for_each(|id| drop(node.hear_and_flush(*id, vote(2, false))));
    assert_eq!(node.view().role, "follower", "one side has refused: it cannot win any more");
}

#[test]
fn a_joint_configuration_ends_by_itself_once_it_is_committed() {
    let mut node = leader();
    node.order(exactly(&[1, 4, 5], &[], false));
    has(&mut node, &[2], 4);
    assert_eq!((node.log(), members(&node)), ("1122".into(), "n1 n2 n3 -> n1 n4 n5".into()));
    let wants = has(&mut node, &[4], 4);
    assert_eq!((node.log(), members(&node), node.committed()), ("11222".into(), "n1 n4 n5".into(), 4));
    assert_eq!(ranges(&wants, 4), "5", "which is sent at once");
    has(&mut node, &[2, 3], 5);
    assert_eq!(node.committed(), 4, "who takes part no longer does not count");
    has(&mut node, &[4], 5);
    assert_eq!(node.committed(), 5);
}

#[test]
fn a_joint_configuration_that_is_to_stay_ends_when_an_operator_wants_it() {
    let mut node = leader();
    node.order(exactly(&[1, 4, 5], &[], true));
    let pending = "a change is under way: its entry 4, `n1 n2 n3 -> n1 n4 n5`, is not committed yet";
    assert_eq!(node.refusal(Order::Leave), pending);
    has(&mut node, &[2, 4], 4);
    assert_eq!((node.log(), members(&node)), ("1122".into(), "n1 n2 n3 -> n1 n4 n5".into()));
    for order in [Order::Add(NodeId(6)), Order::Remove(NodeId(2)), exactly(&[1, 2, 3], &[], false)] {
        let why = "the members are `n1 n2 n3 -> n1 n4 n5`: expected `leave` before any other change";
        assert_eq!(node.refusal(order), why);
    }
    node.order(Order::Leave);
    assert_eq!((node.log(), members(&node)), ("11222".into(), "n1 n4 n5".into()));
}

#[test]
fn a_new_leader_ends_the_joint_configuration_that_it_finds() {
    for (stays, expected) in [(false, "n1 n4 n5"), (true, "n1 n2 n3 -> n1 n4 n5")] {
        let mut node = leader_of(joint(&[1, 2, 3], &[1, 4, 5], stays));
        has(&mut node, &[2], 3);
        assert_eq!(members(&node), "n1 n2 n3 -> n1 n4 n5", "as long as it is not committed");
        has(&mut node, &[4], 3);
        assert_eq!((members(&node).as_str(), node.committed()), (expected, 3));
    }
}

#[test]
fn whoever_becomes_a_learner_by_a_joint_change_votes_until_it_is_done() {
    let mut net = Net::led(3, |_| {});
    (4..=5).for_each(|id| assert_eq!(net.start(), id));
    net.order(1, exactly(&[1, 4, 5], &[2, 3], true));
    net.beat(1);
    assert_eq!(members(net.node(2)), "n1 n2 n3 -> n1 n4 n5, learners n2 n3");
    assert_eq!(net.node(2).view().role, "follower");
    net.order(1, Order::Leave);
    net.beat(1);
    assert_eq!(members(net.node(2)), "n1 n4 n5, learners n2 n3");
    let roles: Vec<_> = net.nodes.iter().map(|node| node.view().role).collect();
    assert_eq!(roles, ["leader", "learner", "learner", "follower", "follower"]);
    assert_eq!(net.logs(), ["111"; 5].join(" "));
}

// ------------------------------------------------------------------------------------------------ effective on append

#[test]
fn members_count_for_a_follower_as_soon_as_they_are_in_its_log() {
    let mut node = voter(1, None, "1");
    node.hear_and_flush(2, says(1, (1, 1), voters(&[1, 2, 3, 4, 5])));
    assert_eq!((node.committed(), members(&node).as_str()), (0, "n1 n2 n3 n4 n5"));
    assert_eq!(asks(&mut node), [2, 3, 4, 5]);
    [2, 3].iter().for_each(|id| drop(node.hear_and_flush(*id, vote(2, *id == 2))));
    assert_eq!(node.view().role, "candidate", "two of five");
}

#[test]
fn members_go_with_the_entry_that_said_them() {
    let mut node = voter(1, None, "1");
    node.hear_and_flush(2, says(1, (1, 1), voters(&[1, 2, 3, 4])));
    node.hear_and_flush(2, append(1, (2, 1), "11", 0));
    node.restart();
    assert_eq!(members(&node), "n1 n2 n3 n4", "the disk says so too");
    node.hear_and_flush(3, append(2, (3, 1), "2", 0));
    assert_eq!(members(&node), "n1 n2 n3 n4", "what was replaced is behind that entry");
    node.hear_and_flush(3, append(2, (1, 1), "22", 0));
    assert_eq!((node.log(), members(&node)), ("122".into(), "n1 n2 n3".into()));
    node.restart();
    assert_eq!(members(&node), "n1 n2 n3");
    node.hear_and_flush(3, append(3, (1, 1), "", 0));
    assert_eq!(asks(&mut node), [2, 3]);
}

#[test]
fn an_entry_that_says_what_no_members_can_be_is_not_taken() {
    let sound = Members { learners: set(&[4]), ..joint(&[1, 2], &[1, 3], false) };
    for (members, taken) in [
        (sound, true),
        (Members { demoted: set(&[2]), ..sound }, true),
        (Members { learners: set(&[3]), ..sound }, false),
        (Members { learners: set(&[2]), ..sound }, false),
        (Members { demoted: set(&[3]), ..sound }, false),
        (Members { learners: set(&[0]), ..sound }, false),
        (Members { voters: set(&[1, 17]), ..sound }, false),
    ] {
        let mut node = voter(1, None, "1");
        node.hear_and_flush(2, says(1, (1, 1), members));
        assert_eq!(node.log() == "11", taken, "{members:?}");
    }
}

/// An uncommitted removal must not keep the one from campaigning who is the only one to know of it.
#[test]
fn whoever_has_a_removal_of_itself_that_is_not_committed_may_still_be_needed() {
    let mut node = voter(1, None, "1");
    node.hear_and_flush(2, says(1, (1, 1), voters(&[2, 3])));
    assert_eq!((node.view().role, asks(&mut node)), ("outsider", vec![2, 3]));
    node.hear_and_flush(2, vote(2, true));
    assert_eq!(node.view().role, "candidate", "its own vote is none of the two that are needed");
    node.hear_and_flush(3, vote(2, true));
    assert_eq!(node.show(), "leader t2 112 c0");
}

#[test]
fn whoever_is_given_a_vote_waits_for_a_leader_from_then_on() {
    let mut node = Node::boot(4, &Config::new(3), Default::default());
    assert!(stops_waiting(&node.restart()), "who takes no part waits for nobody");
    let wants = node.hear_and_flush(2, says(1, (0, 0), voters(&[1, 2, 3, 4])));
    assert!(wants.iter().any(|want| matches!(want, Effect::Arm { timer: Timer::Election, .. })));
    let wants = node.hear_and_flush(3, append(2, (0, 0), "2", 0));
    assert!(stops_waiting(&wants), "and no more once the entry is gone");
}

// ------------------------------------------------------------------------------------------------ refusals

#[test]
fn a_second_change_waits_until_the_first_is_committed() {
    let mut node = leader();
    node.order(Order::Add(NodeId(4)));
    let why = "a change is under way: its entry 4, `n1 n2 n3 n4`, is not committed yet";
    for order in [Order::Add(NodeId(5)), Order::Remove(NodeId(2)), Order::Learn(NodeId(5)), exactly(&[1], &[], true)] {
        assert_eq!(node.refusal(order), why);
    }
    has(&mut node, &[2, 3], 4);
    assert_eq!(node.refusal(Order::Add(NodeId(5))), "");
}

#[test]
fn a_leader_changes_nothing_before_it_has_committed_an_entry_of_its_own_term() {
    let mut node = Node::leader(3, 1, "1");
    let why = "n1 has committed nothing in term 2 yet: expected that first";
    assert_eq!(node.refusal(Order::Add(NodeId(4))), why);
    let mut hasty = node.clone();
    hasty.config.own_term_first = false;
    assert_eq!(hasty.refusal(Order::Add(NodeId(4))), "");
    hasty.order(Order::Add(NodeId(4)));
    assert_eq!(members(&hasty), "n1 n2 n3 n4", "what the rule `own_term_first` protects against");
    node.ask(request(1));
    has(&mut node, &[2], 1);
    assert_eq!(node.refusal(Order::Add(NodeId(4))), why, "what an earlier leader left is not enough");
    has(&mut node, &[2], 2);
    assert_eq!(node.refusal(Order::Add(NodeId(4))), "");
}

#[test]
fn a_change_that_changes_nothing_or_cannot_be_is_refused() {
    let mut node = leader_of(Members { learners: set(&[4]), ..voters(&[1, 2, 3]) });
    has(&mut node, &[2, 3], 3);
    for (order, why) in [
        (Order::Add(NodeId(2)), "n2 votes already"),
        (Order::Learn(NodeId(4)), "n4 is a learner already"),
        (Order::Remove(NodeId(5)), "n5 takes no part: expected one of n1 n2 n3 n4"),
        (Order::Leave, "no change is half done"),
        (exactly(&[1, 2], &[2], false), "n2 cannot both vote and not vote"),
        (exactly(&[1, 2, 3], &[4], true), "the members are `n1 n2 n3, learner n4` already"),
        (exactly(&[], &[1, 2, 3], false), "nobody would vote: expected one voter"),
        (Order::Remove(NodeId(4)), ""),
        (Order::Add(NodeId(4)), ""),
        (exactly(&[1], &[], false), ""),
    ] {
        assert_eq!(node.refusal(order), why, "{order:?}");
    }
    let mut alone = leader_of(voters(&[1]));
    for order in [Order::Remove(NodeId(1)), Order::Learn(NodeId(1))] {
        assert_eq!(alone.refusal(order), "nobody would vote: expected one voter");
    }
}
