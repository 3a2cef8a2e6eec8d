//! Log compaction (paper, 7): when a snapshot is taken, what stays, and how it comes to a follower that lags.

use raft_playground::kv::{Command, Read, Request};
use raft_playground::protocol::{Effect, Order};
use raft_playground::raft::{Config, Content, Disk, Entry, InstallSnapshot, Members, Message, Note, Timer, Verdict};
use raft_playground::types::{ClientId, LogIndex, NodeId, Span, Term};

use crate::nodes::{
    Net, Node, Wants, answered, append, appends, ask, disk, disk_of_members, matched, mismatch, notes, ranges, sent,
    set, written,
};

/// A node alone, which commits whatever it takes in.
fn alone(every: u64, keep: u64) -> Node {
    let config = Config { noop: false, snapshot_every: every, snapshot_keep: keep, ..Config::new(1) };
    let mut node = Node::boot(1, &config, Disk::default());
    node.time_out(Timer::Election);
    node
}

/// Puts with the keys `k1` to `k9`.
fn puts(node: &mut Node, seqs: std::ops::RangeInclusive<u64>) {
    seqs.for_each(|seq| drop(node.ask(ask(seq, &format!("put k{seq} 1")))));
}

/// Where the snapshot ends, and the first and the last entry of the log.
fn extent(node: &Node) -> (u64, u64, u64) {
    let view = node.view();
    (view.snapshot.map_or(0, |snapshot| snapshot.slot), view.first_slot, view.last_slot)
}

/// The leader of term 1 of three: it has compacted the first three entries, which n2 has and n3 lacks.
fn leader() -> Node {
    let mut node = Node::leader(3, 0, "");
    node.config.snapshot_every = 3;
    node.config.chunk = 40;
    puts(&mut node, 1..=3);
    node.hear_and_flush(2, matched(1, 3));
    assert_eq!(extent(&node), (3, 4, 3));
    node
}

/// A follower of n1, n3, with this log.
fn follower(log: &str) -> Node {
    Node::boot(3, &Config::new(3), disk(1, None, log))
}

fn parts(wants: &Wants, whom: u8) -> Vec<InstallSnapshot> {
    let parts = sent(wants, whom).into_iter().filter_map(|message| match message {
        Message::InstallSnapshot(part) => Some(*part),
        _ => None,
    });
    parts.collect()
}

/// Where the parts begin that are sent to n3.
fn offsets(wants: &Wants) -> Vec<u64> {
    parts(wants, 3).iter().map(|part| part.offset).collect()
}

/// n3 says how much of the snapshot up to entry 3 it has.
fn has(bytes: u64) -> Message {
    Message::InstallSnapshotReply { term: Term(1), round: 1, index: LogIndex(3), have: bytes }
}

/// All parts of the leader's snapshot.
fn all_parts() -> Vec<InstallSnapshot> {
    let mut node = leader();
    let mut all = parts(&node.time_out(Timer::Heartbeat), 3);
    while let Some(last) = all.last().filter(|last| last.offset + (last.part.len() as u64) < last.total) {
        let have = last.offset + last.part.len() as u64;
        all.extend(parts(&node.hear(3, has(have)), 3));
    }
    assert!(all.len() > 2, "a few parts of 40 bytes");
    all
}

/// Hands n3 a part, and says how much of the snapshot it has then; none where it says something else.
fn take(node: &mut Node, part: &InstallSnapshot) -> Option<u64> {
    let wants = node.hear_and_flush(1, Message::InstallSnapshot(Box::new(part.clone())));
    match sent(&wants, 1)[..] {
        [Message::InstallSnapshotReply { have, .. }] => Some(have),
        _ => None,
    }
}

// ------------------------------------------------------------------------------------------------ compaction

#[test]
fn a_snapshot_is_taken_each_time_so_many_entries_are_applied() {
    let mut node = alone(3, 0);
    let extents: Vec<_> = (1..=7).map(|seq| (puts(&mut node, seq..=seq), extent(&node)).1).collect();
    let expected = [(0, 1, 1), (0, 1, 2), (3, 4, 3), (3, 4, 4), (3, 4, 5), (6, 7, 6), (6, 7, 7)];
    assert_eq!(extents, expected, "where it ends, the first and the last entry of the log");
}

#[test]
fn a_few_entries_before_its_end_stay_in_the_log() {
    let mut node = alone(3, 2);
    puts(&mut node, 1..=3);
    assert_eq!(extent(&node), (3, 2, 3));
    let mut node = alone(3, 100);
    puts(&mut node, 1..=7);
    assert_eq!(extent(&node), (6, 1, 7));
}

#[test]
fn an_operator_may_have_a_snapshot_taken_of_what_is_applied() {
    let mut node = alone(0, 0);
    let why = "n1 has applied nothing that is not in a snapshot already";
    assert_eq!(node.refusal(Order::Compact), why);
    puts(&mut node, 1..=2);
    let wants = node.order(Order::Compact);
    assert_eq!((extent(&node), written(&wants).len()), ((2, 3, 2), 1));
    assert_eq!(node.refusal(Order::Compact), why);
    let mut follower = follower("11");
    follower.hear_and_flush(1, append(1, (2, 1), "", 1));
    follower.order(Order::Compact);
    assert_eq!(extent(&follower), (1, 2, 2), "a follower takes its own, and not of what is not committed");
}

#[test]
fn snapshot_and_log_are_the_state_after_a_restart() {
    let mut node = alone(3, 1);
    puts(&mut node, 1..=4);
    node.restart();
    assert_eq!((extent(&node), node.committed(), node.view().applied), ((3, 3, 4), 3, 3));
    assert_eq!(node.store(), "k1=1 k2=1 k3=1", "what is in the snapshot");
    node.time_out(Timer::Election);
    node.ask(ask(5, "put k5 1"));
    assert_eq!(node.store(), "k1=1 k2=1 k3=1 k4=1 k5=1", "and what is behind it");
}

#[test]
fn the_members_are_in_the_snapshot() {
    let members = Members { voters: set(&[1]), learners: set(&[4]), ..Members::default() };
    let mut node = Node::boot(1, &Config { noop: false, ..Config::new(3) }, disk_of_members(members)).elected();
    node.ask(ask(1, "put a 1"));
    node.order(Order::Compact);
    node.restart();
    assert_eq!((node.view().quorums, node.view().learners), (vec![set(&[1])], set(&[4])));
}

// ------------------------------------------------------------------------------------------------ the leader's side

#[test]
fn whoever_lacks_what_is_gone_is_sent_the_snapshot_one_part_at_a_time() {
    let mut node = leader();
    let wants = node.time_out(Timer::Heartbeat);
    let [part] = &parts(&wants, 3)[..] else { panic!("one part: {wants:?}") };
    assert_eq!((part.base.index, part.base.term, part.offset, part.part.len()), (LogIndex(3), Term(1), 0, 40));
    assert_eq!(part.members, Members::first(3));
    assert!(notes(&wants).contains(&&Note::SendsSnapshot { to: NodeId(3), index: LogIndex(3) }));
    assert_eq!(node.peer(3), "snapshot, has 0, next 1");
    assert_eq!(offsets(&node.ask(ask(4, "put k4 1"))), [0; 0], "new entries are not sent meanwhile");
    assert_eq!(offsets(&node.hear(3, has(40))), [40]);
    assert_eq!(offsets(&node.hear(3, has(40))), [0; 0], "the same answer again");
}

#[test]
fn a_part_that_is_lost_is_sent_again_when_a_whole_heartbeat_has_brought_no_answer() {
    let mut node = leader();
    assert_eq!(offsets(&node.time_out(Timer::Heartbeat)), [0], "and it is lost");
    let beats: Vec<_> = (0..4).map(|_| offsets(&node.time_out(Timer::Heartbeat))).collect();
    assert_eq!(beats, [vec![], vec![0], vec![], vec![0]]);
    node.hear(3, has(40));
    let beats: Vec<_> = (0..2).map(|_| offsets(&node.time_out(Timer::Heartbeat))).collect();
    assert_eq!(beats, [vec![], vec![40]]);
}

#[test]
fn a_read_that_asks_whether_the_leader_leads_has_no_part_sent_again() {
    let mut node = leader();
    assert_eq!(offsets(&node.time_out(Timer::Heartbeat)), [0]);
    let read = Request::reading(ClientId(2), 1, Command::Get { key: "k1".into() }, Read::Index);
    let wants = node.ask(read);
    assert_eq!((offsets(&wants).len(), appends(&wants, 3).len()), (0, 1), "n3 is asked by a message without entries");
    let beats: Vec<_> = (0..2).map(|_| offsets(&node.time_out(Timer::Heartbeat))).collect();
    assert_eq!(beats, [vec![], vec![0]], "a whole heartbeat is waited for all the same");
}

#[test]
fn a_leader_goes_on_from_what_the_follower_has() {
    let mut node = leader();
    node.time_out(Timer::Heartbeat);
    assert_eq!(offsets(&node.hear(3, has(80))), [80], "an earlier leader has sent the first 80 bytes");
    assert_eq!(offsets(&node.hear(3, has(0))), [0], "it has crashed, and has nothing any more");
    for strange in
        [has(u64::MAX), Message::InstallSnapshotReply { term: Term(1), round: 1, index: LogIndex(2), have: 40 }]
    {
        assert_eq!(offsets(&node.hear(3, strange.clone())), [0; 0], "{strange:?}");
    }
}

#[test]
fn behind_the_snapshot_a_leader_goes_on_with_entries() {
    let mut node = leader();
    node.ask(ask(4, "put k4 1"));
    node.time_out(Timer::Heartbeat);
    assert_eq!(offsets(&node.hear(3, answered(1, 2, 1))), [0; 0], "what was said before the snapshot");
    assert_eq!(node.peer(3), "snapshot, has 2, next 3");
    let wants = node.hear(3, answered(1, 3, 1));
    assert_eq!((ranges(&wants, 3).as_str(), node.peer(3).as_str()), ("4", "replicate, has 3, next 5"));
}

#[test]
fn whoever_lags_a_little_is_sent_the_entries_that_were_kept() {
    let mut node = Node::leader(3, 0, "");
    node.hear_and_flush(3, matched(1, 0));
    (node.config.snapshot_every, node.config.snapshot_keep) = (3, 2);
    puts(&mut node, 1..=1);
    node.hear_and_flush(3, matched(1, 1));
    puts(&mut node, 2..=3);
    node.hear_and_flush(2, matched(1, 3));
    assert_eq!(extent(&node), (3, 2, 3));
    node.time_out(Timer::Heartbeat);
    // What it was sent is lost.
    let wants = node.hear(3, answered(1, 1, 2));
    assert_eq!((offsets(&wants), ranges(&wants, 3).as_str()), (vec![], "2-3"));
}

// ------------------------------------------------------------------------------------------------ the follower's side

#[test]
fn a_follower_puts_the_parts_together_and_says_how_much_it_has() {
    let (all, mut node) = (all_parts(), follower(""));
    assert_eq!((take(&mut node, &all[0]), take(&mut node, &all[1])), (Some(40), Some(80)));
    assert_eq!(take(&mut node, &all[0]), Some(80), "a part that comes twice");
    assert_eq!(node.view().snapshot, None);
    let wants: Wants = all[2..]
        .iter()
        .flat_map(|part| node.hear_and_flush(1, Message::InstallSnapshot(Box::new(part.clone()))))
        .collect();
    let verdict = Verdict::Matched(LogIndex(3));
    let reply = Message::AppendEntriesReply { term: Term(1), round: all[2].round, last: LogIndex(3), verdict };
    assert_eq!(sent(&wants, 1).last(), Some(&reply));
    assert_eq!((extent(&node), node.committed(), node.store().as_str()), ((3, 4, 3), 3, "k1=1 k2=1 k3=1"));
    node.restart();
    assert_eq!((extent(&node), node.committed(), node.store().as_str()), ((3, 4, 3), 3, "k1=1 k2=1 k3=1"));
}

#[test]
fn a_part_behind_one_that_was_lost_is_not_taken() {
    let (all, mut node) = (all_parts(), follower(""));
    assert_eq!(take(&mut node, &all[1]), Some(0));
    take(&mut node, &all[0]);
    assert_eq!(take(&mut node, &all[2]), Some(40));
}

#[test]
fn parts_of_another_snapshot_take_the_place_of_those_that_were_there() {
    let (all, mut node) = (all_parts(), follower(""));
    take(&mut node, &all[0]);
    let mut later = all[0].clone();
    later.base.index = LogIndex(9);
    assert_eq!(take(&mut node, &later), Some(40));
    assert_eq!(take(&mut node, &all[1]), Some(0));
}

#[test]
fn a_crash_in_the_midst_of_it_begins_the_transfer_anew() {
    let (all, mut node) = (all_parts(), follower("1"));
    take(&mut node, &all[0]);
    node.restart();
    assert_eq!((take(&mut node, &all[1]), node.log()), (Some(0), "1".to_string()));
    for part in &all {
        take(&mut node, part);
    }
    assert_eq!(extent(&node), (3, 4, 3));
}

/// Protects what a follower has beyond the snapshot, and may have answered for.
#[test]
fn a_snapshot_of_what_a_follower_has_already_changes_nothing() {
    let (all, mut node) = (all_parts(), follower("111"));
    node.hear_and_flush(1, append(1, (0, 0), "111", 3));
    let wants = node.hear_and_flush(1, Message::InstallSnapshot(Box::new(all[0].clone())));
    let verdict = Verdict::Matched(LogIndex(3));
    let reply = Message::AppendEntriesReply { term: Term(1), round: all[0].round, last: LogIndex(3), verdict };
    assert_eq!((sent(&wants, 1), written(&wants)), (vec![reply], vec![]));
    assert_eq!(extent(&node), (0, 1, 3));
}

#[test]
fn what_extends_a_snapshot_stays_and_what_contradicts_it_goes() {
    let all = all_parts();
    let entries = |node: &Node| node.view().slots.iter().map(|slot| slot.text.clone()).collect::<Vec<_>>().join(", ");
    for (own, kept, expected) in [(true, true, "put k4 1"), (false, false, "")] {
        let mut node = follower("");
        let mut message = append(1, (0, 0), "", 0);
        if let Message::AppendEntries(append) = &mut message {
            let entry = |seq: u64| Entry {
                term: Term(1),
                time: Span::ZERO,
                content: Content::Command {
                    request: ask(seq, &format!("put k{seq} 1")),
                    session: own.then_some(Config::new(3).session_timeout),
                },
            };
            append.entries = (1..=4).map(entry).collect();
        }
        node.hear_and_flush(1, message);
        let wants: Wants = all
            .iter()
            .flat_map(|part| node.hear_and_flush(1, Message::InstallSnapshot(Box::new(part.clone()))))
            .collect();
        assert!(notes(&wants).contains(&&Note::Installed { index: LogIndex(3), from: NodeId(1), kept }));
        assert_eq!((entries(&node).as_str(), node.committed()), (expected, 3));
        node.restart();
        assert_eq!((entries(&node).as_str(), node.committed()), (expected, 3), "on disk");
    }
}

#[test]
fn a_part_from_an_earlier_term_is_refused_and_one_from_a_later_term_ends_a_campaign() {
    let all = all_parts();
    let mut node = Node::boot(3, &Config::new(3), disk(5, None, ""));
    let wants = node.hear_and_flush(1, Message::InstallSnapshot(Box::new(all[0].clone())));
    assert_eq!(
        sent(&wants, 1),
        [Message::InstallSnapshotReply { term: Term(5), round: all[0].round, index: LogIndex(3), have: 0 }]
    );
    assert_eq!(node.view().leader, None);
    let mut candidate = Node::boot(3, &Config::new(3), disk(0, None, ""));
    candidate.time_out(Timer::Election);
    let wants = candidate.hear_and_flush(1, Message::InstallSnapshot(Box::new(all[0].clone())));
    assert_eq!((candidate.view().role, candidate.view().leader), ("follower", Some(NodeId(1))));
    assert!(wants.iter().any(|effect| matches!(effect, Effect::Arm { timer: Timer::Election, .. })));
}

#[test]
fn a_term_that_comes_with_the_last_part_is_written_with_the_snapshot() {
    let mut part = all_parts()[0].clone();
    let data = leader_data();
    (part.total, part.part) = (data.len() as u64, data.into());
    let mut node = Node::boot(3, &Config::new(3), Disk::default());
    let wants = node.hear(1, Message::InstallSnapshot(Box::new(part)));
    assert_eq!(written(&wants).len(), 1, "a crash must not come between two halves: {wants:?}");
    node.flush(wants);
    node.restart();
    assert_eq!((node.show().as_str(), node.committed()), ("follower t1 - c3", 3));
}

/// The bytes of the leader's snapshot.
fn leader_data() -> Vec<u8> {
    all_parts().iter().flat_map(|part| part.part.to_vec()).collect()
}

#[test]
fn bytes_that_are_no_snapshot_are_not_installed() {
    let (mut all, mut node) = (all_parts(), follower("1"));
    for part in &mut all {
        part.part = part.part.iter().map(|byte| !byte).collect();
        let (offset, wants) = (part.offset, node.hear_and_flush(1, Message::InstallSnapshot(Box::new(part.clone()))));
        let unsound = notes(&wants).iter().any(|note| matches!(note, Note::Unsound { .. }));
        assert_eq!(unsound, offset + part.part.len() as u64 == part.total, "only the whole can be read");
    }
    assert_eq!((node.show().as_str(), extent(&node)), ("follower t1 1 c0", (0, 1, 1)));
    assert_eq!(take(&mut node, &all_parts()[0]), Some(40), "and it begins anew");
}

// ------------------------------------------------------------------------------------------------ both

#[test]
fn a_follower_that_was_cut_off_gets_the_snapshot_and_what_is_behind_it() {
    for chunk in [1, 7, 64, 10_000] {
        let mut net = Net::led(3, |config| (config.snapshot_every, config.chunk) = (3, chunk));
        (1..=2).for_each(|id| net.cut(id, 3));
        (1..=6).for_each(|seq| net.ask(1, ask(seq, &format!("put k{seq} 1"))));
        net.heal();
        net.beat(1);
        net.beat(1);
        assert_eq!(extent(&net.nodes[0]), (6, 7, 7));
        assert_eq!(net.nodes[2].store(), "k1=1 k2=1 k3=1 k4=1 k5=1 k6=1", "parts of {chunk} bytes");
        assert_eq!(net.nodes[2].committed(), 7);
        let entries = net
            .delivered_on(1, 3)
            .filter(|message| matches!(message, Message::AppendEntries(append) if !append.entries.is_empty()));
        assert_eq!(entries.count(), 2, "entry 1, before it was cut off, and entry 7 behind the snapshot");
    }
}

#[test]
fn another_leader_goes_on_with_a_transfer_that_the_first_has_begun() {
    let mut lagging = follower("");
    take(&mut lagging, &all_parts()[0]);
    // Equal prefixes are equal snapshots, whoever has taken them.
    let config = Config { chunk: 40, noop: false, ..Config::new(3) };
    let mut heir = Node::boot(2, &config, leader().disk).elected();
    let part = parts(&heir.hear(3, mismatch(2, 3)), 3).remove(0);
    assert_eq!(part.offset, 0, "it does not know of the other transfer");
    let reply = sent(&lagging.hear_and_flush(2, Message::InstallSnapshot(Box::new(part))), 2).remove(0);
    assert_eq!(offsets(&heir.hear(3, reply)), [40], "and is told");
}

#[test]
fn entries_before_the_beginning_of_a_log_are_known_to_agree() {
    let mut node = alone(3, 0);
    puts(&mut node, 1..=3);
    let mut follower = Node::boot(3, &Config::new(3), node.disk.clone());
    for (prev, more, agreed) in [((0, 0), "", 0), ((1, 1), "1", 2), ((0, 0), "1111", 4), ((3, 1), "", 3)] {
        let wants = follower.hear_and_flush(1, append(1, prev, more, 0));
        let verdict = Verdict::Matched(LogIndex(agreed));
        let last = LogIndex(follower.view().last_slot);
        assert_eq!(sent(&wants, 1), [Message::AppendEntriesReply { term: Term(1), round: 2, last, verdict }]);
    }
    assert_eq!(extent(&follower), (3, 4, 4), "of four entries one was new");
}
