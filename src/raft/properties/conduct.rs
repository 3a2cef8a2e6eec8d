//! What each node must do, so that the properties of Figure 3 hold: a mistake shows here before it does harm.

use super::about::{APPLIED, BALLOT, COMMIT, FOLDED, FRESH, LEADS, LOG, NOTED, PEERS, SENT};
use super::evidence::shown;
use super::{Witness, agrees, unseen};
use crate::kv::Read;
use crate::observe::Show;
use crate::protocol::{Contradiction, Found, Moment, Property};
use crate::quorum::Standing;
use crate::raft::progress::{Flow, Progress};
use crate::raft::state::Role;
use crate::raft::{Disk, Message, Note, Raft, RequestVote, Verdict};
use crate::types::{LogIndex, NodeId, NodeSet};

pub(super) const CONDUCT: [Property<Raft>; 9] = [
    Property {
        name: "vote-once",
        sentence: "A node votes for at most one candidate in a term, crashes or not.",
        section: "Raft §5.2",
        about: BALLOT,
        check: vote_once,
    },
    Property {
        name: "term-monotone",
        sentence: "A node's term never falls, crashes or not, nor do terms along its log, and no entry is of a later one.",
        section: "Raft §5.1",
        about: BALLOT | LOG,
        check: term_monotone,
    },
    Property {
        name: "order",
        sentence: "A node applies entry after entry, each once; snapshot, applied, committed and last keep this order.",
        section: "Raft §5.3",
        about: LOG | COMMIT | APPLIED | FOLDED,
        check: order,
    },
    Property {
        name: "own-term-commit",
        sentence: "A leader advances its commit index only to an entry of its own term.",
        section: "Raft §5.4.2",
        about: COMMIT,
        check: own_term_commit,
    },
    Property {
        name: "committed-on-quorum",
        sentence: "What a leader commits is on the disks of a majority, of both majorities while members change.",
        section: "Raft §5.3, §6",
        about: COMMIT,
        check: committed_on_quorum,
    },
    Property {
        name: "durable-before-send",
        sentence: "A node says only what its disk would still say after a crash.",
        section: "Raft §5.1, Figure 2",
        about: SENT,
        check: durable_before_send,
    },
    Property {
        name: "progress",
        sentence: "What a leader believes of a follower is true of that follower's disk.",
        section: "Raft §5.3",
        about: PEERS,
        check: progress,
    },
    Property {
        name: "one-change",
        sentence: "At most one change of the members is not committed, and the last one in the log counts.",
        section: "dissertation §4.1",
        about: LOG | LEADS | FOLDED,
        check: one_change,
    },
    Property {
        name: "fresh-reads",
        sentence: "A read reflects all that was committed when it was asked.",
        section: "dissertation §6.4",
        about: NOTED,
        check: fresh_reads,
    },
];

fn vote_once(witness: &Witness, moment: &Moment<'_, Raft>) -> Found {
    let disk = moment.world.disk(moment.changed);
    match (witness.nodes[moment.changed.slot()].ballot, disk.vote) {
        ((term, Some(before)), Some(now)) if term == disk.term && before != now => {
            let id = moment.changed;
            let found =
                Contradiction::new(format_args!("{id} voted for {before} in term {term}, and votes for {now} now"));
            let found = found.has(id, 0, format_args!("votes for {now} in term {term}"));
            let has =
                |found: Box<Contradiction>, who| found.has(who, 0, format_args!("has {id}'s vote in term {term}"));
            Err(has(has(found, before), now))
        }
        _ => Ok(()),
    }
}

fn term_monotone(witness: &Witness, moment: &Moment<'_, Raft>) -> Found {
    let (before, disk) = (witness.nodes[moment.changed.slot()].ballot.0, moment.world.disk(moment.changed));
    if disk.term < before {
        let (id, term) = (moment.changed, disk.term);
        let found = Contradiction::new(format_args!("{id}'s disk was in term {before} and is in term {term} now"));
        return Err(found.has(id, 0, format_args!("term {term}")).has(id, 0, format_args!("term {before}, before")));
    }
    let Some(node) = moment.state() else { return Ok(()) };
    if node.term < disk.term || node.log.last_term() > node.term {
        let (id, term, last, index) = (node.id, node.term, node.log.last_term(), node.log.last_index());
        let found = Contradiction::new(format_args!(
            "{id} is in term {term}, its disk in {}, the last entry of its log in {last}",
            disk.term
        ));
        let found = found.has(id, 0, format_args!("in term {term}, on disk {}", disk.term));
        return Err(found.has(id, index.0, format_args!("{}", shown(&node.log, index))));
    }
    if moment.what & FRESH == 0 || witness.knows_log(node) {
        return Ok(());
    }
    // Whatever is before the first entry that is known was looked at when it was new.
    for (index, term, _) in unseen(witness, node) {
        let before = LogIndex(index.0.saturating_sub(1));
        if let Some(earlier) = node.log.term_at(before).filter(|earlier| *earlier > term) {
            let id = node.id;
            let found = Contradiction::new(format_args!(
                "{id}'s entry {index} is of term {term}, and entry {before} of {earlier}"
            ));
            let has =
                |found: Box<Contradiction>, at: LogIndex| found.has(id, at.0, format_args!("{}", shown(&node.log, at)));
            return Err(has(has(found, index), before));
        }
    }
    Ok(())
}

fn order(witness: &Witness, moment: &Moment<'_, Raft>) -> Found {
    let Some(node) = moment.state() else { return Ok(()) };
    let before = &witness.nodes[node.id.slot()];
    if node.commit < before.commit || node.applied < before.applied {
        let (id, commit, applied) = (node.id, node.commit, node.applied);
        let found = Contradiction::new(format_args!(
            "{id} has committed up to {commit} and applied up to {applied}: less than before"
        ));
        let found = found.has(id, 0, format_args!("commit {commit}, applied {applied}"));
        return Err(found.has(id, 0, format_args!("commit {}, applied {}, before", before.commit, before.applied)));
    }
    if node.applied != before.applied {
        applied_in_order(witness, moment, node)?;
    }
    let (base, end) = (node.log.base().index, node.snapshot_index());
    if base <= end && end <= node.applied && node.applied <= node.commit && node.commit <= node.log.last_index() {
        return Ok(());
    }
    let (applied, commit, last) = (node.applied, node.commit, node.log.last_index());
    let found = Contradiction::new(format_args!(
        "{}: log from {base}, snapshot {end}, applied {applied}, committed {commit}, last {last}",
        node.id
    ));
    let found = found.has(node.id, applied.0, format_args!("applied"));
    Err(found.has(node.id, commit.0, format_args!("committed")).has(node.id, last.0, format_args!("last")))
}

/// What a node has applied in this step follows what it had applied before, entry after entry, or a snapshot that it was
/// sent; whoever has just started has a snapshot, or nothing.
fn applied_in_order(witness: &Witness, moment: &Moment<'_, Raft>, node: &Raft) -> Found {
    let (mut last, mut found) = (witness.seen(node).applied, Ok(()));
    let mut follows = |index: LogIndex, found: &mut Found| {
        let snapshot = index <= node.snapshot_index().next() && index > last.next();
        if index != last.next() && !snapshot && found.is_ok() {
            let id = node.id;
            let told = Contradiction::new(format_args!("{id} applies entry {index} after entry {last}"));
            let told = told.has(id, index.0, format_args!("applied: {}", shown(&node.log, index)));
            *found = Err(told.has(id, last.0, format_args!("applied before: {}", shown(&node.log, last))));
        }
        last = index;
    };
    moment.world.notes(node.id, &mut |note| match note {
        Note::Applied { index, .. } | Note::MembersCommitted { index, .. } => follows(*index, &mut found),
        _ => {}
    });
    // As if the next one were applied now.
    follows(node.applied.next(), &mut found);
    found
}

fn own_term_commit(witness: &Witness, moment: &Moment<'_, Raft>) -> Found {
    let Some(node) = moment.state().filter(|node| node.is_leader()) else { return Ok(()) };
    if node.commit <= witness.seen(node).commit {
        return Ok(());
    }
    match node.log.term_at(node.commit) {
        Some(term) if term != node.term => {
            let (id, leads, index) = (node.id, node.term, node.commit);
            let found =
                Contradiction::new(format_args!("{id} leads term {leads} and commits entry {index} of term {term}"));
            let found = found.has(id, index.0, format_args!("{}", shown(&node.log, index)));
            Err(found.has(id, 0, format_args!("leads term {leads}")))
        }
        _ => Ok(()),
    }
}

/// Whether a disk holds what a log does up to an index.
fn holds(disk: &Disk, index: LogIndex, digest: u64) -> bool {
    disk.log.last_index() >= index && agrees(&disk.log, index, digest)
}

fn committed_on_quorum(witness: &Witness, moment: &Moment<'_, Raft>) -> Found {
    let Some(node) = moment.state().filter(|node| node.is_leader()) else { return Ok(()) };
    let index = node.commit;
    if index <= witness.committed() || index <= witness.nodes[node.id.slot()].commit {
        return Ok(());
    }
    let Some(digest) = node.log.digest_at(index) else { return Ok(()) };
    // Who decided is who took part when it was decided: a change that waits for this very commit has come since.
    let members = node.roll.at(index).1;
    let there = |id: &NodeId| id.slot() < moment.nodes.len() && holds(moment.world.disk(*id), index, digest);
    let holders: NodeSet = members.electorate().iter().filter(there).collect();
    let newer = node.members();
    let newer_holders: NodeSet = newer.electorate().iter().filter(there).collect();
    let won = |standing| standing == Standing::Won;
    let none = NodeSet::EMPTY;
    if won(members.standing(holders, none)) || won(newer.standing(newer_holders, none)) {
        return Ok(());
    }
    let found = Contradiction::new(format_args!(
        "{} commits entry {index}, which is on the disks of {holders} alone, of `{newer}`",
        node.id
    ));
    let found = found.has(node.id, index.0, format_args!("commits {}", shown(&node.log, index)));
    let lacking = newer.electorate().iter().filter(|id| id.slot() < moment.nodes.len() && !there(id));
    Err(lacking.fold(found, |found, id| {
        found.has(id, index.0, format_args!("on disk: {}", shown(&moment.world.disk(id).log, index)))
    }))
}

fn durable_before_send(_: &Witness, moment: &Moment<'_, Raft>) -> Found {
    let (me, disk) = (moment.changed, moment.world.disk(moment.changed));
    let mut found = Ok(());
    moment.world.sent(me, &mut |to, message| {
        let kept = match message {
            Message::RequestVote(RequestVote { pre: false, term, .. }) => keeps_vote(disk, *term, me),
            Message::RequestVoteReply { granted: true, pre: false, term } => keeps_vote(disk, *term, to),
            Message::AppendEntriesReply { term, verdict: Verdict::Matched(index), .. } => {
                disk.term >= *term && (disk.term > *term || disk.log.last_index() >= *index)
            }
            Message::AppendEntries(append) => disk.term >= append.term,
            _ => true,
        };
        if !kept {
            let (kind, label) = (message.kind(), message.show().label);
            let told = Contradiction::new(format_args!(
                "{me} sends {to} a message that its disk does not bear out: {kind} {label}"
            ));
            let (term, last) = (disk.term, disk.log.last_index());
            let vote = disk.vote.map_or("nobody".to_string(), |id| id.to_string());
            let told = told.has(me, 0, format_args!("on disk: term {term}, voted for {vote}, last entry {last}"));
            found = Err(told.has(to, 0, format_args!("is sent {kind} {label}")));
        }
    });
    found
}

fn keeps_vote(disk: &Disk, term: crate::types::Term, whom: NodeId) -> bool {
    disk.term > term || disk.term == term && disk.vote == Some(whom)
}

fn progress(witness: &Witness, moment: &Moment<'_, Raft>) -> Found {
    let Some(node) = moment.state() else { return Ok(()) };
    let Role::Leader(leader) = &node.role else { return Ok(()) };
    // Nobody looks again at what was found true of a disk that is as it was, unless the leader's own log is not as it was.
    let (end, digest) = witness.seen(node).end;
    let believed =
        witness.believed.by == Some((node.id, node.term)) && (moment.what & LOG == 0 || agrees(&node.log, end, digest));
    let (last, known) = (node.log.last_index(), &witness.believed.matched);
    for (slot, peer) in leader.progress.iter().enumerate() {
        let may_be = peer.matched < peer.next && peer.matched <= last;
        if !(may_be && believed && known.get(slot) == Some(&peer.matched)) {
            progress_of(moment, node, slot, peer)?;
        }
    }
    Ok(())
}

/// What a leader believes of the node in this place.
fn progress_of(moment: &Moment<'_, Raft>, node: &Raft, slot: usize, peer: &Progress) -> Found {
    if slot >= moment.nodes.len() {
        return Ok(());
    }
    let id = NodeId(u8::try_from(slot + 1).unwrap_or(u8::MAX));
    let (me, matched, next, last) = (node.id, peer.matched, peer.next, node.log.last_index());
    if matched >= next && !matches!(peer.flow, Flow::Snapshot { .. }) || matched > last {
        let found =
            Contradiction::new(format_args!("{me} believes that {id} has {matched} and needs {next}, of {last}"));
        let found = found.has(me, last.0, format_args!("last entry"));
        return Err(found.has(id, 0, format_args!("has {matched}, needs {next}, as {me} believes")));
    }
    // A disk that has come to a later term may have lost what was not committed.
    if id == me {
        return Ok(());
    }
    let (disk, digest) = (moment.world.disk(id), node.log.digest_at(matched).unwrap_or(0));
    if disk.term <= node.term && !holds(disk, matched, digest) {
        let found =
            Contradiction::new(format_args!("{me} believes that {id} has its entries up to {matched}, and it has not"));
        let found = found.has(me, matched.0, format_args!("{}", shown(&node.log, matched)));
        return Err(found.has(id, matched.0, format_args!("on disk: {}", shown(&disk.log, matched))));
    }
    Ok(())
}

fn one_change(witness: &Witness, moment: &Moment<'_, Raft>) -> Found {
    let Some(node) = moment.state() else { return Ok(()) };
    let (at, members) = node.roll.last();
    // What a snapshot says is said by no entry that is still there.
    let entry = node.log.get(*at).filter(|_| *at > node.snapshot_index());
    if entry.is_some_and(|entry| entry.members() != Some(members)) {
        let found = Contradiction::new(format_args!(
            "{} goes by `{members}` of entry {at}, which says something else",
            node.id
        ));
        let found = found.has(node.id, 0, format_args!("goes by {members}"));
        return Err(found.has(node.id, at.0, format_args!("{}", shown(&node.log, *at))));
    }
    let committed = witness.committed().max(node.commit);
    if node.is_leader() && node.roll.count_behind(committed) > 1 {
        let found =
            Contradiction::new(format_args!("{} leads with two changes of the members behind {committed}", node.id));
        let behind = (committed.0 + 1..=at.0).map(LogIndex);
        let changes = behind.filter(|index| node.log.get(*index).is_some_and(|entry| entry.members().is_some()));
        return Err(changes
            .fold(found, |found, index| found.has(node.id, index.0, format_args!("{}", shown(&node.log, index)))));
    }
    Ok(())
}

fn fresh_reads(witness: &Witness, moment: &Moment<'_, Raft>) -> Found {
    let mut found = Ok(());
    moment.world.notes(moment.changed, &mut |note| {
        let Note::Reads { request, how, index, .. } = note else { return };
        let Some((client, seq)) = request.origin else { return };
        match witness.asked[client.slot()] {
            (asked, committed) if asked == seq && *how != Read::Log && index.0 < committed => {
                let by = if *how == Read::Index { "after asking a majority".to_string() } else { format!("by {how}") };
                let (me, command) = (moment.changed, &request.command);
                let told = Contradiction::new(format_args!(
                    "{me} answers `{command}` of {client} {by} at entry {index}, though {committed} were committed when it was asked"
                ));
                let told = told.has(me, index.0, format_args!("`{command}` is answered here"));
                found = Err(told.was(committed, format_args!("was committed when {client} asked")));
            }
            _ => {}
        }
    });
    found
}
