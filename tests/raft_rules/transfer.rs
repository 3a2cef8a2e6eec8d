//! Handing over the lead (dissertation, 3.10).

use raft_playground::protocol::{Answer, Effect, Order};
use raft_playground::raft::{Config, Members, Message, Note, RequestVote, Timer};
use raft_playground::types::{LogIndex, NodeId, Span, Spread, Term};

use crate::nodes::{
    Net, Node, Wants, answered, answers, append, ask, disk_of_members, matched, notes, ranges, request, sent, set,
    voter,
};

const TO_N2: Order = Order::Transfer(NodeId(2));

/// How often a node is asked to take over.
fn asked(wants: &Wants, whom: u8) -> usize {
    sent(wants, whom).iter().filter(|message| matches!(message, Message::TimeoutNow { .. })).count()
}

/// The leader of term 2, whose one entry n2 has.
fn leader() -> Node {
    let mut node = Node::leader(3, 1, "1");
    node.hear_and_flush(2, matched(2, 1));
    node
}

#[test]
fn whoever_lacks_nothing_is_asked_to_take_over_once() {
    let mut node = leader();
    let wants = node.order(TO_N2);
    assert_eq!(sent(&wants, 2), [Message::TimeoutNow { term: Term(2) }]);
    assert_eq!((asked(&node.hear_and_flush(2, matched(2, 1)), 2), asked(&node.time_out(Timer::Heartbeat), 2)), (0, 0));
}

#[test]
fn whoever_lacks_something_is_brought_up_first() {
    let mut node = Node::leader(3, 1, "1");
    node.config.window = 1;
    (1..=2).for_each(|seq| drop(node.ask(request(seq))));
    node.hear_and_flush(2, matched(2, 0));
    let wants = node.order(TO_N2);
    assert!(notes(&wants).contains(&&Note::HandsOver { target: NodeId(2), lacks: 3 }));
    assert_eq!(asked(&wants, 2), 0);
    for (has, sends) in [(1, ""), (2, "3")] {
        let wants = node.hear_and_flush(2, matched(2, has));
        assert_eq!((ranges(&wants, 2).as_str(), asked(&wants, 2)), (sends, 0), "it has {has} of 3, one at a time");
    }
    assert_eq!(asked(&node.hear_and_flush(3, matched(2, 3)), 2), 0, "another one has everything");
    assert_eq!(asked(&node.hear_and_flush(2, matched(2, 3)), 2), 1);
}

#[test]
fn requests_are_held_meanwhile_and_taken_in_when_it_is_given_up() {
    let mut node = leader();
    let wants = node.order(TO_N2);
    let within = wants.iter().find_map(|effect| match effect {
        Effect::Arm { timer: Timer::Transfer, within } => Some(*within),
        _ => None,
    });
    assert_eq!(within, Some(Spread::exactly(Span::millis(150))), "an election timeout is given to it");
    for seq in [1, 2] {
        let wants = node.ask(request(seq));
        assert_eq!((answers(&wants), node.log()), (vec![], "1".to_string()), "request {seq} waits");
    }
    let wants = node.time_out(Timer::Transfer);
    assert!(notes(&wants).contains(&&Note::GivesUpTransfer { target: NodeId(2), held: 2 }));
    assert_eq!(node.show(), "leader t2 122 c0");
    assert_eq!(ranges(&wants, 2), "2 3", "in the order in which they came");
    node.ask(request(3));
    assert_eq!(node.log(), "1222", "and it leads on");
}

#[test]
fn whoever_waits_is_sent_to_the_one_who_takes_over() {
    let mut node = leader();
    node.order(TO_N2);
    node.ask(request(7));
    let campaign =
        RequestVote { term: Term(3), last_index: LogIndex(1), last_term: Term(1), pre: false, handed_over: true };
    let wants = node.hear_and_flush(2, Message::RequestVote(campaign));
    assert_eq!(answers(&wants), [(7, Answer::Redirect(Some(NodeId(2))))]);
}

#[test]
fn a_transfer_is_refused_where_nothing_can_come_of_it() {
    assert_eq!(leader().refusal(Order::Transfer(NodeId(1))), "n1 leads already");
    let members = Members { voters: set(&[1, 2]), learners: set(&[3]), ..Members::default() };
    let mut node = Node::boot(1, &Config::new(3), disk_of_members(members)).elected();
    for id in [3, 4, 16] {
        let why = format!("n{id} does not vote, so it cannot lead: expected one of n1 n2");
        assert_eq!(node.refusal(Order::Transfer(NodeId(id))), why);
    }
    assert_eq!(voter(2, None, "1").refusal(TO_N2), "n1 does not lead, and knows nobody who does");
}

#[test]
fn the_members_stay_while_a_leader_hands_over() {
    let mut node = leader();
    node.order(TO_N2);
    let why = "n1 hands over to n2: expected an end of that first";
    assert_eq!(node.refusal(Order::Remove(NodeId(3))), why);
}

#[test]
fn whoever_is_asked_campaigns_at_once_and_does_not_ask_in_advance() {
    let mut node = voter(2, None, "12");
    (node.config.pre_vote, node.config.withhold_votes) = (true, true);
    node.hear_and_flush(2, append(2, (2, 2), "", 0));
    let wants = node.hear_and_flush(2, Message::TimeoutNow { term: Term(2) });
    assert_eq!(node.show(), "candidate t3 12 c0");
    let Message::RequestVote(campaign) = &sent(&wants, 3)[0] else { panic!("it asks for votes: {wants:?}") };
    assert!(campaign.handed_over && !campaign.pre, "whoever is asked knows that the leader wants it");
}

#[test]
fn only_the_leader_of_this_very_term_can_hand_over() {
    let follower = || {
        let mut node = voter(2, None, "12");
        node.hear_and_flush(2, append(2, (2, 2), "", 0));
        node
    };
    for (from, term) in [(3, 2), (2, 1), (3, 1)] {
        let mut node = follower();
        node.hear_and_flush(from, Message::TimeoutNow { term: Term(term) });
        assert_eq!(node.show(), "follower t2 12 c0", "asked by n{from} in term {term}");
    }
    let mut node = follower();
    node.hear_and_flush(2, Message::TimeoutNow { term: Term(5) });
    assert_eq!(node.show(), "follower t5 12 c0", "of that term it knows no leader");
    let mut node = Node::leader(3, 1, "1");
    node.hear_and_flush(2, Message::TimeoutNow { term: Term(2) });
    assert_eq!(node.show(), "leader t2 1 c0");
}

#[test]
fn another_target_takes_the_place_of_the_first() {
    let mut node = leader();
    node.ask(request(1));
    node.order(TO_N2);
    node.ask(request(2));
    let wants = node.order(Order::Transfer(NodeId(3)));
    assert_eq!((asked(&wants, 2), asked(&wants, 3)), (0, 0));
    assert_eq!(asked(&node.hear_and_flush(2, answered(2, 2, 1)), 2), 0, "it is not meant any more");
    assert_eq!(asked(&node.hear_and_flush(3, answered(2, 2, 1)), 3), 1);
    node.time_out(Timer::Transfer);
    assert_eq!(node.log(), "122", "what was held for the first is still there");
}

#[test]
fn a_cluster_hands_over_within_a_round_of_messages() {
    let mut net = Net::led(3, |config| (config.pre_vote, config.withhold_votes) = (true, true));
    net.beat(1);
    net.order(1, TO_N2);
    assert_eq!(net.show(), "follower t2 12 c1 | leader t2 12 c2 | follower t2 12 c1");
    net.ask(2, ask(1, "put a 1"));
    net.beat(2);
    assert_eq!(net.logs(), "122 122 122");
}
