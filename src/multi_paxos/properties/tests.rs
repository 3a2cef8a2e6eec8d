//! Each property is shown to bite: a broken picture is put together by hand, as no run of the
//! protocol would ever come to it.

use std::sync::Arc;

use super::*;
use crate::kv::Command;
use crate::multi_paxos::{Acceptor, Config, Disk, Message, Replica};
use crate::protocol::World;
use crate::types::ClientId;

/// What is around the nodes: three acceptors, which are not among those that are shown, one leader, one replica.
#[derive(Default)]
struct Around {
    notes: Vec<Note>,
    disks: [Disk; 5],
    sent: Vec<Message>,
}

/// Where nothing has happened.
static NOTHING: std::sync::LazyLock<Around> = std::sync::LazyLock::new(Around::default);

/// What all of them go by.
static RULES: std::sync::LazyLock<Config> = std::sync::LazyLock::new(|| Config::new(3, 1, 1));

impl World<MultiPaxos> for Around {
    fn config(&self) -> &Config {
        &RULES
    }

    fn disk(&self, id: NodeId) -> &Disk {
        &self.disks[id.slot()]
    }

    fn notes(&self, _: NodeId, each: &mut dyn FnMut(&Note)) {
        self.notes.iter().for_each(each);
    }

    fn sent(&self, _: NodeId, each: &mut dyn FnMut(NodeId, &Message)) {
        self.sent.iter().for_each(|message| each(NodeId(4), message));
    }

    fn asked(&self, _: &mut dyn FnMut(ClientId, u64)) {}
}

fn put(value: &str) -> Arc<Request> {
    Request::new(ClientId(1), 1, Command::Put { key: "a".into(), value: value.into() })
}

/// A replica that has learned these commands, from slot 1 on, and carried out so many.
fn replica(values: &[&str], applied: u64) -> Option<MultiPaxos> {
    let mut learned = Learned { applied: SlotId(applied), ..Learned::default() };
    for (slot, value) in (1..).zip(values) {
        learned.chosen.insert(SlotId(slot), put(value));
    }
    Some(MultiPaxos::Replica(Replica { learned }))
}

fn acceptor(promised: u64, flushed: u64) -> Option<MultiPaxos> {
    let ballot = |round| Ballot { round, leader: 1 };
    let (promised, flushed) = (ballot(promised), ballot(flushed));
    Some(MultiPaxos::Acceptor(Acceptor { promised, flushed, accepted: Slots::default() }))
}

/// Shows one picture after another, each with the node that has changed; returns the properties
/// that do not hold of the last one, of those that look at no disk.
fn check(pictures: &[(u8, [Option<MultiPaxos>; 2])]) -> Vec<&'static str> {
    let mut witness = Witness::default();
    let mut broken = Vec::new();
    for (changed, nodes) in pictures {
        let moment = Moment::new(NodeId(*changed), nodes, &*NOTHING);
        let what = witness.changed(&moment);
        let fails = |property: &&Property<MultiPaxos>| {
            let fails = (property.check)(&witness, &moment).is_err();
            assert!(!fails || property.about & what != 0, "{} would not have been looked at", property.name);
            fails
        };
        broken = ALL[..3].iter().filter(fails).map(|property| property.name).collect();
        witness.remember(&moment);
    }
    broken
}

#[test]
fn two_commands_for_one_slot_break_one_value_per_slot() {
    let first = || (1, [replica(&["1", "2"], 0), replica(&[], 0)]);
    assert_eq!(check(&[first(), (2, [replica(&["1", "2"], 0), replica(&["1", "3"], 0)])]), ["one-value-per-slot"]);
    assert_eq!(check(&[first(), (2, [replica(&["1", "2"], 0), replica(&["1", "2"], 0)])]), [""; 0]);
}

#[test]
fn another_command_after_a_crash_breaks_it_too_though_nobody_is_left_who_knew() {
    let pictures = [
        (1, [replica(&["1"], 1), replica(&[], 0)]),
        (1, [None, replica(&[], 0)]),
        (1, [replica(&["2"], 0), replica(&[], 0)]),
    ];
    assert_eq!(check(&pictures), ["one-value-per-slot"]);
}

#[test]
fn an_acceptor_that_forgets_what_it_may_have_told_breaks_promises_kept() {
    let other = || replica(&[], 0);
    let flushed = || (1, [acceptor(5, 5), other()]);
    assert_eq!(check(&[flushed(), (1, [acceptor(4, 4), other()])]), ["promises-kept"]);
    assert_eq!(check(&[flushed(), (1, [None, other()]), (1, [acceptor(4, 4), other()])]), ["promises-kept"]);
    // A promise that was not flushed was never told to anybody.
    let lost = [(1, [acceptor(5, 3), other()]), (1, [None, other()]), (1, [acceptor(3, 3), other()])];
    assert_eq!(check(&lost), [""; 0]);
}

#[test]
fn a_slot_that_comes_to_something_else_at_a_replica_breaks_same_outcomes() {
    let check = |outcomes: [Outcome; 2]| {
        let (mut witness, nodes) = (Witness::default(), [replica(&["1"], 1), replica(&["1"], 1)]);
        let mut last = Ok(());
        for (changed, outcome) in (1..).zip(outcomes) {
            let notes = vec![Note::Applied { slot: SlotId(1), request: put("1"), outcome }];
            let world = Around { notes, ..Around::default() };
            let moment = Moment::new(NodeId(changed), &nodes, &world);
            last = same_outcomes(&witness, &moment);
            witness.remember(&moment);
        }
        last
    };
    assert_eq!(check([Ok(None), Ok(None)]), Ok(()));
    let refused = || Err(crate::kv::KvError::KeyExists("a".into()));
    assert_eq!(check([refused(), refused()]), Ok(()));
    let why = check([refused(), Ok(None)]).expect_err("the leader has refused it");
    assert_eq!(why.text, "slot 1 comes to `OK` at n2, and to something else elsewhere");
}

#[test]
fn a_slot_that_is_carried_out_twice_or_too_early_breaks_the_order() {
    let check = |slots: &[u64]| {
        let nodes = [replica(&["1", "2", "3"], 1)];
        let mut witness = Witness::default();
        witness.remember(&Moment::new(NodeId(1), &nodes, &*NOTHING));
        let noted = |slot: &u64| Note::Applied { slot: SlotId(*slot), request: put("1"), outcome: Ok(None) };
        let world = Around { notes: slots.iter().map(noted).collect(), ..Around::default() };
        in_order(&witness, &Moment::new(NodeId(1), &nodes, &world)).map_err(|found| found.text)
    };
    assert_eq!(check(&[2, 3]), Ok(()));
    assert_eq!(check(&[]), Ok(()));
    assert_eq!(check(&[1]), Err("n1 carries out slot 1 after slot 1".to_string()), "a second time");
    assert_eq!(check(&[3]), Err("n1 carries out slot 3 after slot 1".to_string()), "one is left out");
    assert_eq!(check(&[2, 2]), Err("n1 carries out slot 2 after slot 2".to_string()));
}

#[test]
fn what_is_learned_has_been_accepted_by_a_majority() {
    // What each of three acceptors has accepted for slot 1, and in which ballot, when a replica learns `1`.
    let check = |accepted: [Option<(u64, &str)>; 3]| {
        let (nodes, mut world) = ([replica(&["1"], 1)], Around::default());
        for (disk, accepted) in world.disks.iter_mut().zip(accepted) {
            let Some((round, value)) = accepted else { continue };
            disk.accepted.insert(SlotId(1), (Ballot { round, leader: 1 }, put(value)));
        }
        chosen_on_quorum(&Witness::default(), &Moment::new(NodeId(1), &nodes, &world))
    };
    assert_eq!(check([Some((1, "1")), Some((1, "1")), None]), Ok(()));
    assert_eq!(check([Some((1, "1")), Some((2, "1")), None]), Ok(()), "again, by a later leader");
    let why = check([Some((1, "1")), None, None]).expect_err("one of three is no majority");
    assert_eq!(why.text, "n1 learns a command for slot 1 that is on the disks of n1 alone, of 3 acceptors");
    let why = check([None, None, None]).expect_err("nobody has accepted it");
    assert_eq!(why.text, "n1 learns a command for slot 1 that is on no disk, of 3 acceptors");
    assert!(check([Some((1, "1")), Some((1, "2")), Some((1, "2"))]).is_err(), "another command");
}

#[test]
fn what_was_learned_before_need_not_be_on_every_disk_any_more() {
    let (mut witness, nodes) = (Witness::default(), [replica(&["1"], 1), replica(&["1"], 1)]);
    let picture = |changed| Moment::new(NodeId(changed), &nodes, &*NOTHING);
    witness.remember(&picture(1));
    assert_eq!(chosen_on_quorum(&witness, &picture(2)), Ok(()));
}

#[test]
fn whatever_is_said_is_on_disk() {
    let ballot = |round| Ballot { round, leader: 1 };
    let slot = SlotId(1);
    let promise = |round| Message::Promise { ballot: ballot(round), accepted: Slots::default() };
    let accept_ok = |round, slot| Message::AcceptOk { ballot: ballot(round), slot: SlotId(slot) };
    let commit = |value| Message::Commit { slot, request: put(value) };
    // The disk has promised and accepted ballot 2 in slot 1, and knows that `1` is chosen there.
    let mut disk = Disk { promised: ballot(2), ..Disk::default() };
    disk.accepted.insert(slot, (ballot(2), put("1")));
    disk.chosen.insert(slot, put("1"));
    for (message, kept) in [
        (Message::Prepare { ballot: ballot(2) }, true),
        (Message::Prepare { ballot: ballot(3) }, false),
        (promise(2), true),
        (promise(1), true),
        (promise(3), false),
        (accept_ok(2, 1), true),
        (accept_ok(1, 1), true),
        (accept_ok(3, 1), false),
        (accept_ok(2, 2), false),
        (commit("1"), true),
        (commit("2"), false),
        (Message::Reject { ballot: ballot(1), promised: ballot(9) }, true),
    ] {
        let (nodes, mut world) = ([acceptor(2, 2)], Around::default());
        (world.disks[0], world.sent) = (disk.clone(), vec![message.clone()]);
        let moment = Moment::new(NodeId(1), &nodes, &world);
        assert_eq!(durable_before_send(&Witness::default(), &moment).is_ok(), kept, "{message:?}");
    }
}
