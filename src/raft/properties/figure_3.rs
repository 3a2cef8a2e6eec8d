//! The five properties of the paper's Figure 3.

use super::about::{APPLIED, COMMIT, FRESH, LEADS, LOG};
use super::evidence::parting;
use super::{Witness, agrees, unseen};
use crate::protocol::{Contradiction, Found, Moment, Property};
use crate::raft::Raft;
use crate::types::{LogIndex, Pages};

/// Election Safety, Leader Append-Only, Log Matching, Leader Completeness, State Machine Safety.
pub(super) const FIGURE_3: [Property<Raft>; 5] = [
    Property {
        name: "election-safety",
        sentence: "At most one leader can be elected in a given term.",
        section: "Raft §5.2",
        about: LEADS,
        check: election_safety,
    },
    Property {
        name: "leader-append-only",
        sentence: "A leader never overwrites or deletes entries in its log; it only appends new entries.",
        section: "Raft §5.3",
        about: LOG,
        check: leader_append_only,
    },
    Property {
        name: "log-matching",
        sentence: "If two logs contain an entry with the same index and term, they are identical up to it.",
        section: "Raft §5.3",
        about: FRESH,
        check: log_matching,
    },
    Property {
        name: "leader-completeness",
        sentence: "An entry that is committed in a term is in the logs of the leaders of all later terms.",
        section: "Raft §5.4",
        about: LEADS | LOG | COMMIT,
        check: leader_completeness,
    },
    Property {
        name: "state-machine-safety",
        sentence: "If a node has applied an entry at an index, no other node ever applies another one there.",
        section: "Raft §5.4.3",
        about: APPLIED | COMMIT | LOG,
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
    // Behind all that was ever seen there is nothing to compare with.
    let top = LogIndex(node.log.last_index().0.min(witness.prefixes.len() as u64));
    if node.log.term_at(top).and_then(|term| witness.prefix(top, term)) == node.log.digest_at(top) {
        return Ok(());
    }
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
        let last = LogIndex(witness.committed_before(leader.term));
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
    let Some(node) = moment.state() else { return Ok(()) };
    let known = |own: LogIndex, all: &Pages<u64>| LogIndex(own.0.min(all.len() as u64));
    let applied = known(node.applied, &witness.applied);
    if !agrees(&node.log, applied, witness.applied_at(applied)) {
        let found = format_args!("{} has applied other entries up to {applied} than another node has", node.id);
        let digest = |index| witness.applied_at(index);
        return Err(parting(Contradiction::new(found), moment, node.id, applied, &digest));
    }
    let committed = known(node.commit, &witness.committed);
    // Whoever has applied all that is committed has been looked at.
    if committed != applied && !agrees(&node.log, committed, witness.committed_at(committed)) {
        let found = format_args!("{} has committed other entries up to {committed} than another node has", node.id);
        let digest = |index| witness.committed_at(index);
        return Err(parting(Contradiction::new(found), moment, node.id, committed, &digest));
    }
    Ok(())
}
