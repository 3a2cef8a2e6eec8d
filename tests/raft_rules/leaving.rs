//! Leaders and others that leave a cluster: what is counted, who takes over, and how whoever was removed hears of it
//! (paper, 6; dissertation, 4.2).

use raft_playground::protocol::Order;
use raft_playground::raft::{Members, Message, Note, Timer};
use raft_playground::types::{NodeId, Term};

use crate::membership::{exactly, has, leader, leader_of, members, says, stops_waiting, voters};
use crate::nodes::{Net, Node, Wants, append, appends, ask, notes, request, sent, set, voter};

// ------------------------------------------------------------------------------------------------ leaders that leave

#[test]
fn a_leader_that_is_removed_leads_on_without_counting_itself_until_that_is_committed() {
    let mut node = leader();
    node.order(Order::Remove(NodeId(1)));
    assert_eq!((node.view().role, members(&node).as_str()), ("leader", "n2 n3"));
    has(&mut node, &[2], 4);
    assert_eq!(node.show(), "leader t2 1122 c3", "n1 and n2 have it, of whom one counts");
    node.ask(request(1));
    assert_eq!(node.log(), "11222", "it takes requests in as before");
    let wants = has(&mut node, &[3], 4);
    assert!(notes(&wants).contains(&&Note::Retires { successor: Some(NodeId(2)) }));
    assert_eq!(node.show(), "outsider t2 11222 c4");
    assert!(stops_waiting(&wants), "nor does it wait for another leader in order to become one");
    assert_eq!(node.time_out(Timer::Election), []);
}

#[test]
fn whoever_has_most_of_its_log_is_asked_to_take_over() {
    let mut node = leader_of(voters(&[1, 2, 3, 4]));
    has(&mut node, &[2, 3, 4], 3);
    node.order(Order::Remove(NodeId(1)));
    let wants = has(&mut node, &[3, 4], 4);
    let asked = |id: u8| sent(&wants, id).contains(&Message::TimeoutNow { term: Term(2) });
    assert_eq!(
        (2..=4).filter(|id| asked(*id)).collect::<Vec<_>>(),
        [3],
        "n2 lacks the last entry; of equals, the first"
    );
}

#[test]
fn a_cluster_whose_leader_is_removed_has_another_at_once() {
    let mut net = Net::led(3, |config| config.withhold_votes = true);
    net.beat(1);
    net.order(1, Order::Remove(NodeId(1)));
    net.beat(2);
    assert_eq!(net.show(), "outsider t1 11 c2 | leader t2 112 c3 | follower t2 112 c3");
    net.campaign(1);
    net.ask(1, ask(1, "put a 1"));
    assert_eq!(net.show(), "outsider t1 11 c2 | leader t2 112 c3 | follower t2 112 c3", "it is out of it");
}

#[test]
fn a_leader_that_shall_only_learn_hands_over_and_follows() {
    let mut net = Net::led(3, |_| {});
    net.order(1, Order::Learn(NodeId(1)));
    net.beat(2);
    net.beat(2);
    assert_eq!(net.show(), "learner t2 112 c3 | leader t2 112 c3 | follower t2 112 c3");
}

#[test]
fn a_leader_outside_the_new_side_leads_until_the_joint_configuration_is_over() {
    let mut node = leader();
    node.order(exactly(&[2, 3, 4], &[], false));
    has(&mut node, &[2], 4);
    assert_eq!(node.show(), "leader t2 1122 c3", "of the new side one in three");
    has(&mut node, &[3], 4);
    assert_eq!((node.show(), members(&node)), ("leader t2 11222 c4".into(), "n2 n3 n4".into()));
    has(&mut node, &[2], 5);
    assert_eq!(node.show(), "leader t2 11222 c4");
    has(&mut node, &[4], 5);
    assert_eq!(node.show(), "outsider t2 11222 c5");
}

// ------------------------------------------------------------------------------------------------ removed nodes

#[test]
fn a_removed_node_hears_of_it_and_then_no_more() {
    let mut net = Net::led(3, |_| {});
    net.beat(1);
    net.order(1, Order::Remove(NodeId(3)));
    assert_eq!(net.node(3).show(), "outsider t1 11 c2", "it knows, and knows that it is committed");
    assert_eq!(net.node(3).time_out(Timer::Election), []);
    let before = net.delivered_on(1, 3).count();
    net.ask(1, request(1));
    net.beat(1);
    assert_eq!(net.delivered_on(1, 3).count(), before);
    assert_eq!(net.show(), "leader t1 111 c3 | follower t1 111 c3 | outsider t1 11 c2");
}

#[test]
fn a_node_notes_once_that_it_takes_no_part_any_more_and_names_nobody_as_leader() {
    let removed = |wants: &Wants| notes(wants).iter().filter(|note| matches!(note, Note::Removed { .. })).count();
    for (left, times) in [(voters(&[2, 3]), 1), (Members { learners: set(&[1]), ..voters(&[2, 3]) }, 0)] {
        let mut node = voter(1, None, "1");
        let mut wants = node.hear_and_flush(2, says(1, (1, 1), left));
        assert_eq!((removed(&wants), node.view().leader), (0, Some(NodeId(2))), "it is not committed");
        wants = node.hear_and_flush(2, append(1, (2, 1), "1", 2));
        assert_eq!((removed(&wants), node.view().leader.is_none()), (times, times == 1), "{left}");
        assert!(stops_waiting(&wants), "{left}: it waits for nobody from here on");
        wants = node.hear_and_flush(2, append(1, (3, 1), "1", 4));
        assert_eq!(removed(&wants), 0, "{left}: it has said so");
    }
}

#[test]
fn a_removed_node_that_does_not_answer_is_given_up_after_a_hundred_heartbeats() {
    let mut node = leader();
    node.order(Order::Remove(NodeId(3)));
    has(&mut node, &[2], 4);
    let told = (0..150).filter(|_| !appends(&node.time_out(Timer::Heartbeat), 3).is_empty()).count();
    assert_eq!(told, 100);
}

#[test]
fn a_removed_node_is_told_until_it_has_the_entry_that_says_so() {
    let mut node = leader();
    node.order(Order::Remove(NodeId(3)));
    let told = |node: &mut Node| !appends(&node.time_out(Timer::Heartbeat), 3).is_empty();
    has(&mut node, &[3], 4);
    assert!(told(&mut node), "it has it, and it is not committed");
    let mut other = leader();
    other.order(Order::Remove(NodeId(3)));
    has(&mut other, &[2], 4);
    has(&mut other, &[3], 3);
    assert!(told(&mut other), "it is committed, and n3 does not have it");
    has(&mut other, &[3], 4);
    assert!(!told(&mut other));
}

#[test]
fn whoever_leaves_is_told_though_others_leave_after_it() {
    let mut node = leader_of(voters(&[1, 2, 3, 4]));
    has(&mut node, &[2, 3, 4], 3);
    node.order(Order::Remove(NodeId(4)));
    has(&mut node, &[2, 3], 4);
    node.order(Order::Remove(NodeId(3)));
    let wants = node.time_out(Timer::Heartbeat);
    let told: Vec<u8> = (2..=5).filter(|id| !appends(&wants, *id).is_empty()).collect();
    assert_eq!((members(&node).as_str(), told), ("n1 n2", vec![2, 3, 4]));
}

#[test]
fn a_removed_node_that_was_cut_off_disturbs_nobody_and_hears_of_it_later() {
    let mut net = Net::led(3, |config| (config.pre_vote, config.withhold_votes) = (true, true));
    net.beat(1);
    (1..=2).for_each(|id| net.cut(id, 3));
    net.order(1, Order::Remove(NodeId(3)));
    net.campaign(3);
    net.heal();
    net.campaign(3);
    assert_eq!(net.show(), "leader t1 11 c2 | follower t1 11 c1 | follower t1 1 c1", "refused");
    net.beat(1);
    assert_eq!(net.show(), "leader t1 11 c2 | follower t1 11 c2 | outsider t1 11 c2");
}

#[test]
fn of_a_node_that_is_added_again_nothing_is_known() {
    let mut node = leader();
    has(&mut node, &[3], 3);
    assert_eq!(node.peer(3), "replicate, has 3, next 4");
    node.order(Order::Remove(NodeId(3)));
    has(&mut node, &[2, 3], 4);
    node.order(Order::Add(NodeId(3)));
    assert_eq!(node.peer(3), "probe, has 0, next 5", "it may come back with an empty disk");
    has(&mut node, &[3], 3);
    assert_eq!(node.committed(), 4);
    has(&mut node, &[3], 5);
    assert_eq!(node.committed(), 5, "and it counts again");
}
