//! The five properties of the paper's Figure 3.

use super::{Witness, agrees, unseen};
use crate::protocol::{Moment, Property};
use crate::raft::Raft;
use crate::types::LogIndex;

/// Election Safety, Leader Append-Only, Log Matching, Leader Completeness, State Machine Safety.
pub(super) const FIGURE_3: [Property<Raft>; 5] = [
    Property {
        name: "election-safety",
        sentence: "At most one leader can be elected in a given term.",
        section: "Raft §5.2",
        check: election_safety,
    },
    Property {
        name: "leader-append-only",
        sentence: "A leader never overwrites or deletes entries in its log; it only appends new entries.",
        section: "Raft §5.3",
        check: leader_append_only,
    },
    Property {
        name: "log-matching",
        sentence: "If two logs contain an entry with the same index and term, they are identical up to it.",
        section: "Raft §5.3",
        check: log_matching,
    },
    Property {
        name: "leader-completeness",
        sentence: "An entry that is committed in a term is in the logs of the leaders of all later terms.",
        section: "Raft §5.4",
        check: leader_completeness,
    },
    Property {
        name: "state-machine-safety",
        sentence: "If a node has applied an entry at an index, no other node ever applies another one there.",
        section: "Raft §5.4.3",
        check: state_machine_safety,
    },
];

fn election_safety(witness: &Witness, moment: &Moment<'_, Raft>) -> Result<(), String> {
    let Some(node) = moment.state().filter(|node| node.is_leader()) else { return Ok(()) };
    match witness.leader_of.get(&node.term) {
        Some(other) if *other != node.id => Err(format!("{other} and {} both lead term {}", node.id, node.term)),
        _ => Ok(()),
    }
}

fn leader_append_only(witness: &Witness, moment: &Moment<'_, Raft>) -> Result<(), String> {
    let Some(node) = moment.state().filter(|node| node.is_leader()) else { return Ok(()) };
    let seen = witness.seen(node);
    let (last, digest) = seen.end;
    match seen.led {
        Some((term, _)) if term == node.term && !witness.knows_log(node) && !agrees(&node.log, last, digest) => {
            Err(format!("{}, who leads term {term}, no longer has its first {last} entries", node.id))
        }
        _ => Ok(()),
    }
}

fn log_matching(witness: &Witness, moment: &Moment<'_, Raft>) -> Result<(), String> {
    let Some(node) = moment.state().filter(|node| !witness.knows_log(node)) else { return Ok(()) };
    for (index, term, _) in unseen(witness, node) {
        if witness.prefix(index, term).is_some() {
            return Err(format!(
                "{}'s entry {index} of term {term} has other entries before it than the same entry elsewhere",
                node.id
            ));
        }
    }
    Ok(())
}

fn leader_completeness(witness: &Witness, moment: &Moment<'_, Raft>) -> Result<(), String> {
    let Some(node) = moment.state() else { return Ok(()) };
    let lacks = |leader: &Raft| {
        let last = LogIndex(witness.committed_before(leader));
        let place = last.0.checked_sub(1).and_then(|place| usize::try_from(place).ok());
        let digest = place.and_then(|place| Some(witness.committed.get(place)?.0));
        digest.filter(|digest| !agrees(&leader.log, last, *digest)).map(|_| last)
    };
    if let Some(last) = node.is_leader().then(|| lacks(node)).flatten() {
        return Err(format!("{} leads term {} without the committed entries up to {last}", node.id, node.term));
    }
    // What this step committed must be in the logs of those who lead a later term already.
    let index = node.commit;
    if !node.is_leader() || index.0 <= witness.committed.len() as u64 {
        return Ok(());
    }
    let Some(digest) = node.log.digest_at(index) else { return Ok(()) };
    for other in moment.nodes.iter().flatten().filter(|other| other.is_leader() && other.term > node.term) {
        if !agrees(&other.log, index, digest) {
            return Err(format!(
                "{} commits entry {index} in term {}, and {}, who leads term {}, does not have it",
                node.id, node.term, other.id, other.term
            ));
        }
    }
    Ok(())
}

fn state_machine_safety(witness: &Witness, moment: &Moment<'_, Raft>) -> Result<(), String> {
    let Some(node) = moment.state().filter(|node| node.applied > LogIndex::ZERO) else { return Ok(()) };
    if node.applied == witness.seen(node).applied && witness.knows_log(node) {
        return Ok(());
    }
    let known = node.applied.0.min(witness.applied.len() as u64);
    let Some(place) = usize::try_from(known).ok().and_then(|known| known.checked_sub(1)) else { return Ok(()) };
    if witness.applied.get(place).is_some_and(|digest| agrees(&node.log, LogIndex(known), *digest)) {
        return Ok(());
    }
    Err(format!("{} has applied other entries up to {known} than another node has", node.id))
}
