//! What clients rest on: a request is carried out once, however often it is in the log (dissertation, §6.3).

use super::Witness;
use super::about::APPLIED;
use crate::protocol::{Contradiction, Found, Moment, Property};
use crate::raft::bugs::Mistake;
use crate::raft::{Applied, Content, Note, Raft};
use crate::types::{ClientId, LogIndex};

/// Exactly once.
pub(super) const EXACTLY_ONCE: Property<Raft> = Property {
    name: "exactly-once",
    sentence: "A client's request is carried out at one entry alone, however often it is in the log.",
    section: "dissertation §6.3",
    about: APPLIED,
    check,
};

/// Every entry that the changed node has carried out anew in this step: where, whose, and the how manyth request.
fn carried_out(moment: &Moment<'_, Raft>, each: &mut dyn FnMut(LogIndex, ClientId, u64)) {
    moment.world.notes(moment.changed, &mut |note| {
        let Note::Applied { index, request, applied: Applied::Fresh(_) } = note else { return };
        let Some((client, seq)) = request.origin else { return };
        each(*index, client, seq);
    });
}

/// Whether it was promised that what stands in an entry is carried out once: whoever has turned sessions off has asked for
/// no such promise.
fn is_promised(moment: &Moment<'_, Raft>, node: &Raft, index: LogIndex) -> bool {
    let config = moment.world.config();
    match node.log.get(index).map(|entry| &entry.content) {
        Some(Content::Command { session, .. }) => session.is_some() || config.makes(Mistake::NoSessions),
        // It went into a snapshot in the same step.
        _ => config.sessions,
    }
}

/// A client asks for one thing after another: at a later entry than the last of its own that was carried out, its request
/// must be a later one, too.
fn check(witness: &Witness, moment: &Moment<'_, Raft>) -> Found {
    let Some(node) = moment.state().filter(|node| witness.seen(node).applied != node.applied) else { return Ok(()) };
    let (mut carried, mut found) = (witness.carried, Ok(()));
    carried_out(moment, &mut |index, client, seq| {
        let (last, before) = carried[client.slot()];
        // Most have been carried out by others before, at the same entry.
        if index <= last || !is_promised(moment, node, index) {
            return;
        }
        if seq <= before && found.is_ok() {
            let id = node.id;
            let told = Contradiction::new(format_args!(
                "{id} carries out request {seq} of {client} at entry {index}, though its request {before} was at entry {last}"
            ));
            let told = told.has(id, index.0, format_args!("request {seq} of {client}"));
            found = Err(told.has(id, last.0, format_args!("request {before} of {client}")));
        }
        carried[client.slot()] = carried[client.slot()].max((index, seq));
    });
    found
}

/// Takes note of what was carried out.
pub(super) fn remember(witness: &mut Witness, moment: &Moment<'_, Raft>, node: &Raft) {
    if witness.seen(node).applied == node.applied {
        return;
    }
    let carried = &mut witness.carried;
    carried_out(moment, &mut |index, client, seq| {
        let last = &mut carried[client.slot()];
        if index >= last.0 && is_promised(moment, node, index) {
            *last = (*last).max((index, seq));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Around, node};
    use super::*;
    use crate::kv::{Command, Request};
    use crate::types::NodeId;

    /// Whether the promise holds when a node has carried out these requests of one client, each at its entry.
    fn holds(steps: &[&[(u64, u64)]]) -> bool {
        let mut witness = Witness::default();
        let mut last = true;
        // A node carries nothing out without having come further, and each of these has.
        for (how_far, step) in (1..).zip(steps) {
            let nodes = [node(1, 1, &[1, 1, 1, 1], how_far, false)];
            let mut around = Around::of(&nodes);
            around.notes = step.iter().map(|(index, seq)| carried(*index, *seq)).collect();
            let moment = Moment::new(NodeId(1), &nodes, &around);
            last = check(&witness, &moment).is_ok();
            witness.remember(&moment);
        }
        last
    }

    fn carried(index: u64, seq: u64) -> Note {
        let command = Command::Put { key: "a".into(), value: "1".into() };
        let request = Request::new(ClientId(1), seq, command);
        Note::Applied { index: LogIndex(index), request, applied: Applied::Fresh(Ok(None)) }
    }

    #[test]
    fn a_request_that_is_carried_out_at_two_entries_breaks_exactly_once() {
        assert!(!holds(&[&[(5, 1)], &[(6, 1)]]));
        assert!(!holds(&[&[(5, 1), (6, 1)]]), "in one step");
        assert!(!holds(&[&[(5, 1), (6, 2)], &[(7, 1)]]), "long after");
        assert!(holds(&[&[(5, 1)], &[(5, 1)], &[(6, 2)]]), "two nodes carry out one entry");
    }
}
