//! What each node must do, so that the properties of Figure 3 hold: a mistake shows here before it does harm.

use super::{Witness, agrees, unseen};
use crate::kv::Read;
use crate::protocol::{Moment, Property};
use crate::quorum::Standing;
use crate::raft::progress::Flow;
use crate::raft::state::Role;
use crate::raft::{Disk, Message, Note, Raft, RequestVote, Verdict};
use crate::types::{LogIndex, NodeId, NodeSet};

type Found = Result<(), String>;

pub(super) const CONDUCT: [Property<Raft>; 9] = [
    Property {
        name: "vote-once",
        sentence: "A node votes for at most one candidate in a term, crashes or not.",
        section: "Raft §5.2",
        check: vote_once,
    },
    Property {
        name: "term-monotone",
        sentence: "A node's term never falls, crashes or not, nor do terms along its log, and no entry is of a later one.",
        section: "Raft §5.1",
        check: term_monotone,
    },
    Property {
        name: "order",
        sentence: "A node's commit index never falls, and snapshot, applied, committed and last entry keep this order.",
        section: "Raft §5.3",
        check: order,
    },
    Property {
        name: "own-term-commit",
        sentence: "A leader advances its commit index only to an entry of its own term.",
        section: "Raft §5.4.2",
        check: own_term_commit,
    },
    Property {
        name: "committed-on-quorum",
        sentence: "What a leader commits is on the disks of a majority, of both majorities while members change.",
        section: "Raft §5.3, §6",
        check: committed_on_quorum,
    },
    Property {
        name: "durable-before-send",
        sentence: "A node says only what its disk would still say after a crash.",
        section: "Raft §5.1, Figure 2",
        check: durable_before_send,
    },
    Property {
        name: "progress",
        sentence: "What a leader believes of a follower is true of that follower's disk.",
        section: "Raft §5.3",
        check: progress,
    },
    Property {
        name: "one-change",
        sentence: "At most one change of the members is not committed, and the last one in the log counts.",
        section: "dissertation §4.1",
        check: one_change,
    },
    Property {
        name: "fresh-reads",
        sentence: "A read reflects all that was committed when it was asked.",
        section: "dissertation §6.4",
        check: fresh_reads,
    },
];

fn vote_once(witness: &Witness, moment: &Moment<'_, Raft>) -> Found {
    let disk = moment.world.disk(moment.changed);
    match (witness.nodes[moment.changed.slot()].ballot, disk.vote) {
        ((term, Some(before)), Some(now)) if term == disk.term && before != now => {
            Err(format!("{} voted for {before} in term {term}, and votes for {now} now", moment.changed))
        }
        _ => Ok(()),
    }
}

fn term_monotone(witness: &Witness, moment: &Moment<'_, Raft>) -> Found {
    let (before, disk) = (witness.nodes[moment.changed.slot()].ballot.0, moment.world.disk(moment.changed));
    if disk.term < before {
        return Err(format!("{}'s disk was in term {before} and is in term {} now", moment.changed, disk.term));
    }
    let Some(node) = moment.state() else { return Ok(()) };
    if node.term < disk.term || node.log.last_term() > node.term {
        let (id, term, last) = (node.id, node.term, node.log.last_term());
        return Err(format!("{id} is in term {term}, its disk in {}, the last entry of its log in {last}", disk.term));
    }
    if witness.knows_log(node) {
        return Ok(());
    }
    // Whatever is before the first entry that is known was looked at when it was new.
    for (index, term, _) in unseen(witness, node) {
        let before = LogIndex(index.0.saturating_sub(1));
        if let Some(earlier) = node.log.term_at(before).filter(|earlier| *earlier > term) {
            return Err(format!("{}'s entry {index} is of term {term}, and entry {before} of {earlier}", node.id));
        }
    }
    Ok(())
}

fn order(witness: &Witness, moment: &Moment<'_, Raft>) -> Found {
    let Some(node) = moment.state() else { return Ok(()) };
    let before = &witness.nodes[node.id.slot()];
    if node.commit < before.commit || node.applied < before.applied {
        let (id, commit, applied) = (node.id, node.commit, node.applied);
        return Err(format!("{id} has committed up to {commit} and applied up to {applied}: less than before"));
    }
    let (base, end) = (node.log.base().index, node.snapshot_index());
    if base <= end && end <= node.applied && node.applied <= node.commit && node.commit <= node.log.last_index() {
        return Ok(());
    }
    let (applied, commit, last) = (node.applied, node.commit, node.log.last_index());
    Err(format!("{}: log from {base}, snapshot {end}, applied {applied}, committed {commit}, last {last}", node.id))
}

fn own_term_commit(witness: &Witness, moment: &Moment<'_, Raft>) -> Found {
    let Some(node) = moment.state().filter(|node| node.is_leader()) else { return Ok(()) };
    if node.commit <= witness.seen(node).commit {
        return Ok(());
    }
    match node.log.term_at(node.commit) {
        Some(term) if term != node.term => {
            Err(format!("{} leads term {} and commits entry {} of term {term}", node.id, node.term, node.commit))
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
    Err(format!("{} commits entry {index}, which is on the disks of {holders} alone, of `{newer}`", node.id))
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
            found = Err(format!("{me} sends {to} a message that its disk does not bear out: {message:?}"));
        }
    });
    found
}

fn keeps_vote(disk: &Disk, term: crate::types::Term, whom: NodeId) -> bool {
    disk.term > term || disk.term == term && disk.vote == Some(whom)
}

fn progress(_: &Witness, moment: &Moment<'_, Raft>) -> Found {
    let Some(node) = moment.state() else { return Ok(()) };
    let Role::Leader(leader) = &node.role else { return Ok(()) };
    for (place, peer) in leader.progress.iter().enumerate().take(moment.nodes.len()) {
        let id = NodeId(u8::try_from(place + 1).unwrap_or(u8::MAX));
        let (matched, next, last) = (peer.matched, peer.next, node.log.last_index());
        if matched >= next && !matches!(peer.flow, Flow::Snapshot { .. }) || matched > last {
            return Err(format!("{} believes that {id} has {matched} and needs {next}, of {last}", node.id));
        }
        // A disk that has come to a later term may have lost what was not committed.
        if id == node.id {
            continue;
        }
        let (disk, digest) = (moment.world.disk(id), node.log.digest_at(matched).unwrap_or(0));
        if disk.term <= node.term && !holds(disk, matched, digest) {
            return Err(format!("{} believes that {id} has its entries up to {matched}, and it has not", node.id));
        }
    }
    Ok(())
}

fn one_change(witness: &Witness, moment: &Moment<'_, Raft>) -> Found {
    let Some(node) = moment.state() else { return Ok(()) };
    let (at, members) = node.roll.last();
    // What a snapshot says is said by no entry that is still there.
    let entry = node.log.get(*at).filter(|_| *at > node.snapshot_index());
    if entry.is_some_and(|entry| entry.members() != Some(members)) {
        return Err(format!("{} goes by `{members}` of entry {at}, which says something else", node.id));
    }
    let committed = witness.committed().max(node.commit);
    if node.is_leader() && node.roll.count_behind(committed) > 1 {
        return Err(format!("{} leads with two changes of the members behind {committed}", node.id));
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
                found = Err(format!(
                    "{} answers `{}` of {client} {by} at entry {index}, though {committed} were committed when it was asked",
                    moment.changed, request.command
                ));
            }
            _ => {}
        }
    });
    found
}
