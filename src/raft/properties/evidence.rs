//! What a contradiction of logs looks like to whoever reads of it: where two of them part, and who has what there. It is
//! looked for only once something has been found, so nothing here need be quick.

use crate::protocol::{Contradiction, Moment};
use crate::raft::{Log, Raft};
use crate::types::{LogIndex, NodeId};

/// What stands at an index of a log.
pub(super) fn shown(log: &Log, index: LogIndex) -> String {
    match log.get(index) {
        Some(entry) => format!("{}, term {}", entry.text(), entry.term),
        None if index <= log.base().index => "in a snapshot".to_string(),
        None => "nothing".to_string(),
    }
}

/// The log of a node: that of its disk, where it does not run.
pub(super) fn log_of<'a>(moment: &Moment<'a, Raft>, id: NodeId) -> &'a Log {
    moment.nodes[id.slot()].as_ref().map_or(&moment.world.disk(id).log, |node| &node.log)
}

/// Adds where a node's log parts from one that has these digests up to `last`, and who has which entry there. A digest
/// may be unknown, but that of `last`.
pub(super) fn parting(
    found: Box<Contradiction>,
    moment: &Moment<'_, Raft>,
    id: NodeId,
    last: LogIndex,
    digest: &dyn Fn(LogIndex) -> u64,
) -> Box<Contradiction> {
    let own = log_of(moment, id);
    let others = || (1u8..).take(moment.nodes.len()).map(NodeId).filter(|other| *other != id);
    let first = |differs: &dyn Fn(&LogIndex) -> bool| (1..=last.0).map(LogIndex).find(differs).unwrap_or(last);
    let mut at = first(&|index| !super::agrees(own, *index, digest(*index)));
    let holder = others().map(|other| log_of(moment, other)).find(|log| log.digest_at(at) == Some(digest(at)));
    let Some(holder) = holder else {
        let found = found.has(id, at.0, format_args!("{}", shown(own, at)));
        return found.was(at.0, format_args!("something else, before"));
    };
    // Where only the end of the other log was known, the log of whoever has it tells more.
    at = first(&|index| holder.digest_at(*index).is_some_and(|digest| !super::agrees(own, *index, digest)));
    let found = found.has(id, at.0, format_args!("{}", shown(own, at)));
    let same = others().filter(|other| log_of(moment, *other).digest_at(at) == holder.digest_at(at));
    same.fold(found, |found, other| found.has(other, at.0, format_args!("{}", shown(log_of(moment, other), at))))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{Around, node};
    use super::super::{ALL, Witness};
    use crate::protocol::{Claim, Moment};
    use crate::raft::Raft;
    use crate::types::NodeId;

    /// Shows one picture after another, each with the node that has changed; says of the last one what the property finds:
    /// who, where, what.
    fn claims(property: &str, pictures: &[(u8, &[Option<Raft>])]) -> Vec<(String, u64, String)> {
        let (mut witness, mut found) = (Witness::default(), None);
        let check = ALL.iter().find(|each| each.name == property).expect("there is such a property").check;
        for (changed, nodes) in pictures {
            let around = Around::of(nodes);
            let moment = Moment::new(NodeId(*changed), nodes, &around);
            found = check(&witness, &moment).err();
            witness.remember(&moment);
        }
        let told = |Claim { node, slot, value }: Claim| {
            (node.map_or("-".to_string(), |id| id.to_string()), slot.unwrap_or(0), value)
        };
        found.expect("it does not hold").claims.into_iter().map(told).collect()
    }

    fn told(claims: &[(&str, u64, &str)]) -> Vec<(String, u64, String)> {
        claims.iter().map(|(who, slot, value)| ((*who).to_string(), *slot, (*value).to_string())).collect()
    }

    #[test]
    fn whoever_leads_one_term_with_another_is_named() {
        let one = [node(1, 2, &[], 0, true), node(2, 2, &[], 0, false)];
        let gone = [None, node(2, 2, &[], 0, true)];
        let expected = [("n2", 0, "leads term 2"), ("n1", 0, "leads term 2")];
        assert_eq!(claims("election-safety", &[(1, &one), (2, &gone)]), told(&expected));
    }

    #[test]
    fn logs_are_told_where_they_part_first() {
        let first = [node(1, 4, &[1, 1, 4], 0, false), node(2, 4, &[], 0, false), node(3, 4, &[1, 1], 0, false)];
        let second = [first[0].clone(), node(2, 4, &[1, 2, 4], 0, false), first[2].clone()];
        let expected = [("n2", 2, "noop, term 2"), ("n1", 2, "noop, term 1"), ("n3", 2, "noop, term 1")];
        assert_eq!(claims("log-matching", &[(1, &first), (2, &second)]), told(&expected));
        // Who does not run is looked up on its disk, and what nobody has any more was there before.
        let shorter = [node(1, 4, &[1], 0, false), second[1].clone(), None];
        let expected = [("n2", 3, "noop, term 4"), ("-", 3, "something else, before")];
        assert_eq!(claims("log-matching", &[(1, &first), (1, &shorter), (2, &shorter)]), told(&expected));
    }

    #[test]
    fn a_leader_that_lacks_what_is_committed_has_nothing_there() {
        let committed = [node(1, 2, &[1, 2], 2, true), node(2, 2, &[1], 0, false)];
        let elected = [node(1, 2, &[1, 2], 2, true), node(2, 3, &[1], 0, true)];
        let expected = [("n2", 2, "nothing"), ("n1", 2, "noop, term 2")];
        assert_eq!(claims("leader-completeness", &[(1, &committed), (2, &elected)]), told(&expected));
    }

    #[test]
    fn what_was_applied_stands_beside_what_another_has_applied() {
        let first = [node(1, 3, &[1, 2, 3], 3, false), node(2, 3, &[1, 3, 3], 0, false)];
        let second = [first[0].clone(), node(2, 3, &[1, 3, 3], 3, false)];
        let expected = [("n2", 2, "noop, term 3"), ("n1", 2, "noop, term 2")];
        assert_eq!(claims("state-machine-safety", &[(1, &first), (2, &second)]), told(&expected));
    }

    #[test]
    fn who_lacks_on_its_disk_what_is_committed_is_named() {
        let nodes = [node(1, 2, &[2], 1, true), node(2, 2, &[], 0, false)];
        let expected = [("n1", 1, "commits noop, term 2"), ("n2", 1, "on disk: nothing")];
        assert_eq!(claims("committed-on-quorum", &[(1, &nodes)]), told(&expected));
    }
}
