//! What a leader does by the clock: whom it must have heard to go on (dissertation, 6.2), and what a heartbeat says.

use raft_playground::protocol::{Answer, Effect};
use raft_playground::raft::{Config, Members, Message, Note, Timer};
use raft_playground::types::{LogIndex, NodeId, Span, Spread, Term};

use crate::nodes::{Node, Wants, answered, answers, appends, ask, disk_of_members, matched, notes, request, set};

/// For how long the timer is set by which a leader counts whom it has heard.
fn counts_in(wants: &Wants) -> Option<Spread> {
    wants.iter().rev().find_map(|effect| match effect {
        Effect::Arm { timer: Timer::Quorum, within } => Some(*within),
        _ => None,
    })
}

/// The leader of these members that must hear of a majority, and has counted once since it was elected.
fn leader_of(members: Members) -> Node {
    let config = Config { noop: false, check_quorum: true, ..Config::new(3) };
    let mut node = Node::boot(1, &config, disk_of_members(members)).elected();
    node.time_out(Timer::Quorum);
    assert_eq!(node.view().role, "leader", "at first everybody counts as heard");
    node
}

fn voters(ids: &[u8]) -> Members {
    Members { voters: set(ids), ..Members::default() }
}

/// Whether a leader that has heard of these nodes goes on.
fn goes_on(members: Members, heard: &[u8]) -> bool {
    let mut node = leader_of(members);
    heard.iter().for_each(|id| drop(node.hear_and_flush(*id, answered(2, 0, 1))));
    let wants = node.time_out(Timer::Quorum);
    let leads = node.view().role == "leader";
    assert_eq!(leads, counts_in(&wants) == Some(Spread::exactly(Span::millis(150))), "whoever goes on counts again");
    assert_eq!(node.view().epoch.map(|epoch| epoch.number), Some(2), "nobody's term changes by that");
    leads
}

#[test]
fn a_leader_that_does_not_hear_of_a_majority_gives_up() {
    for (heard, expected) in [(&[][..], false), (&[2], false), (&[2, 3], true), (&[4, 5], true), (&[2, 3, 4, 5], true)]
    {
        assert_eq!(goes_on(voters(&[1, 2, 3, 4, 5]), heard), expected, "heard of {heard:?}");
    }
    assert!(goes_on(voters(&[1]), &[]), "whoever is alone is a majority");
}

#[test]
fn learners_do_not_count_among_whom_a_leader_hears() {
    let members = Members { learners: set(&[4, 5, 6]), ..voters(&[1, 2, 3]) };
    assert!(!goes_on(members, &[4, 5, 6]));
    assert!(goes_on(members, &[2]));
}

#[test]
fn a_leader_must_hear_of_both_majorities_of_a_joint_configuration() {
    let members = Members { outgoing: set(&[1, 2, 3]), stays: true, ..voters(&[3, 4, 5]) };
    for (heard, expected) in
        [(&[2][..], false), (&[4, 5], false), (&[2, 4, 5], true), (&[2, 3], false), (&[3, 4], true)]
    {
        assert_eq!(goes_on(members, heard), expected, "heard of {heard:?}");
    }
}

#[test]
fn whoever_gives_up_says_whom_it_has_heard_and_sends_its_clients_away() {
    let mut node = leader_of(voters(&[1, 2, 3]));
    node.config.reads = raft_playground::kv::Read::Index;
    node.ask(ask(7, "get a"));
    let wants = node.time_out(Timer::Quorum);
    assert!(notes(&wants).contains(&&Note::NoQuorum { heard: set(&[1]) }));
    assert_eq!(answers(&wants), [(7, Answer::Redirect(None))]);
    assert!(wants.iter().any(|effect| matches!(effect, Effect::Arm { timer: Timer::Election, .. })));
}

#[test]
fn any_answer_of_the_term_counts_as_heard() {
    let term = Term(2);
    let index = LogIndex(9);
    for message in
        [answered(2, 0, 0), Message::InstallSnapshotReply { term, round: 1, index, have: 0 }, answered(2, 0, 1 << 40)]
    {
        let mut node = leader_of(voters(&[1, 2, 3]));
        node.hear_and_flush(2, message.clone());
        node.time_out(Timer::Quorum);
        assert_eq!(node.view().role, "leader", "{message:?}");
    }
    let mut node = leader_of(voters(&[1, 2, 3]));
    node.hear_and_flush(2, answered(1, 0, 1));
    node.time_out(Timer::Quorum);
    assert_eq!(node.view().role, "follower", "what was said in an earlier term is nothing that was heard in this one");
}

#[test]
fn whether_a_majority_must_be_heard_can_be_chosen_while_a_leader_leads() {
    let mut node = Node::leader(3, 1, "1");
    assert!(counts_in(&node.choose(|config| config.check_quorum = true)).is_some());
    let wants = node.choose(|config| config.check_quorum = false);
    assert_eq!(counts_in(&wants), None);
    assert!(wants.contains(&Effect::Disarm(Timer::Quorum)));
}

#[test]
fn without_the_rule_a_leader_counts_nobody() {
    let mut node = Node::boot(1, &Config::new(3), Default::default());
    let wants = node.time_out(Timer::Election);
    assert_eq!(counts_in(&wants), None);
}

#[test]
fn a_heartbeat_lets_nobody_commit_more_than_it_is_known_to_have() {
    let mut node = Node::leader(3, 0, "");
    (1..=3).for_each(|seq| drop(node.ask(request(seq))));
    node.hear_and_flush(2, matched(1, 3));
    node.hear_and_flush(3, matched(1, 2));
    assert_eq!(node.committed(), 3);
    let wants = node.time_out(Timer::Heartbeat);
    let said = |id| appends(&wants, id).iter().map(|append| (append.prev_index.0, append.commit.0)).collect::<Vec<_>>();
    assert_eq!((said(2), said(3)), (vec![(3, 3)], vec![(2, 2)]), "the entry before, and the commit index");
    // Of a follower of which nothing is known yet, nothing is known to be there.
    let mut fresh = Node::leader(3, 1, "1");
    fresh.hear_and_flush(2, matched(2, 1));
    assert!(appends(&fresh.time_out(Timer::Heartbeat), 3).iter().all(|append| append.commit == LogIndex(0)));
}

#[test]
fn a_leader_is_heard_by_everybody_who_takes_part_and_by_nobody_else() {
    let members = Members { learners: set(&[5]), ..voters(&[1, 2, 3]) };
    let wants = leader_of(members).time_out(Timer::Heartbeat);
    let heard = (1..=6).filter(|id| !appends(&wants, *id).is_empty()).map(NodeId).collect::<Vec<_>>();
    assert_eq!(heard, [NodeId(2), NodeId(3), NodeId(5)]);
}
