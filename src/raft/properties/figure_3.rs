//! The five properties of the paper's Figure 3.

use super::evidence::parting;
use super::{Witness, agrees, unseen};
use crate::protocol::{Contradiction, Found, Moment, Property};
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

fn election_safety(witness: &Witness, moment: &Moment<'_, Raft>) -> Found {
    let Some(node) = moment.state().filter(|node| node.is_leader()) else { return Ok(()) };
    match witness.leader_of.get(&node.term) {
        Some(other) if *other != node.id => {
            let (id, term) = (node.id, node.term);
            let found = Contradiction::new(format_args!("{other} and {id} both lead term {term}"));
            Err(found.has(id, 0, format_args!("leads term {term}")).has(*other, 0, format_args!("leads term {term}")))
        }
        _ => Ok(()),
    }
}

fn leader_append_only(witness: &Witness, moment: &Moment<'_, Raft>) -> Found {
    let Some(node) = moment.state().filter(|node| node.is_leader()) else { return Ok(()) };
    let seen = witness.seen(node);
    let (last, digest) = seen.end;
    match seen.led {
        Some((term, _)) if term == node.term && !witness.knows_log(node) && !agrees(&node.log, last, digest) => {
            let id = node.id;
            let found =
                Contradiction::new(format_args!("{id}, who leads term {term}, no longer has its first {last} entries"));
            Err(parting(found, moment, id, last, &|index| if index == last { digest } else { 0 }))
        }
        _ => Ok(()),
    }
}

fn log_matching(witness: &Witness, moment: &Moment<'_, Raft>) -> Found {
    let Some(node) = moment.state().filter(|node| !witness.knows_log(node)) else { return Ok(()) };
    for (index, term, _) in unseen(witness, node) {
        if let Some(known) = witness.prefix(index, term) {
            let id = node.id;
            let found = Contradiction::new(format_args!(
                "{id}'s entry {index} of term {term} has other entries before it than the same entry elsewhere"
            ));
            return Err(parting(found, moment, id, index, &|at| if at == index { known } else { 0 }));
        }
    }
    Ok(())
}

fn leader_completeness(witness: &Witness, moment: &Moment<'_, Raft>) -> Found {
    let Some(node) = moment.state() else { return Ok(()) };
    let lacks = |leader: &Raft| {
        let last = LogIndex(witness.committed_before(leader));
        (!agrees(&leader.log, last, witness.committed_at(last))).then_some(last)
    };
    if let Some(last) = node.is_leader().then(|| lacks(node)).flatten() {
        let (id, term) = (node.id, node.term);
        let found =
            Contradiction::new(format_args!("{id} leads term {term} without the committed entries up to {last}"));
        return Err(parting(found, moment, id, last, &|index| witness.committed_at(index)));
    }
    // What this step committed must be in the logs of those who lead a later term already.
    let index = node.commit;
    if !node.is_leader() || index.0 <= witness.committed.len() as u64 {
        return Ok(());
    }
    let Some(digest) = node.log.digest_at(index) else { return Ok(()) };
    for other in moment.nodes.iter().flatten().filter(|other| other.is_leader() && other.term > node.term) {
        if !agrees(&other.log, index, digest) {
            let (id, term, leads, later) = (node.id, node.term, other.id, other.term);
            let found = Contradiction::new(format_args!(
                "{id} commits entry {index} in term {term}, and {leads}, who leads term {later}, does not have it"
            ));
            let digest = |at| node.log.digest_at(at).unwrap_or(0);
            return Err(parting(found, moment, leads, index, &digest));
        }
    }
    Ok(())
}

fn state_machine_safety(witness: &Witness, moment: &Moment<'_, Raft>) -> Found {
    let Some(node) = moment.state().filter(|node| node.applied > LogIndex::ZERO) else { return Ok(()) };
    if node.applied == witness.seen(node).applied && witness.knows_log(node) {
        return Ok(());
    }
    let known = node.applied.0.min(witness.applied.len() as u64);
    if agrees(&node.log, LogIndex(known), witness.applied_at(LogIndex(known))) {
        return Ok(());
    }
    let found =
        Contradiction::new(format_args!("{} has applied other entries up to {known} than another node has", node.id));
    Err(parting(found, moment, node.id, LogIndex(known), &|index| witness.applied_at(index)))
}
