//! Nodes under other names: of two states that differ in nothing but which node is called what, one need be looked at.

use crate::types::{MAX_NODES, NodeId, NodeSet};

/// A name for every node: a permutation of their numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Names {
    /// At the place of a node's number, the number that it has under these names.
    number: [u8; MAX_NODES as usize + 1],
}

impl Names {
    /// Everybody's own name.
    pub const OWN: Names = {
        let mut number = [0; MAX_NODES as usize + 1];
        let mut n = 1;
        while n <= MAX_NODES {
            number[n as usize] = n;
            n += 1;
        }
        Names { number }
    };

    /// A node's name. Whoever cannot be there keeps the one that it has.
    pub fn of(&self, id: NodeId) -> NodeId {
        self.number.get(usize::from(id.0)).map_or(id, |number| NodeId(*number))
    }

    /// The names of a set of nodes.
    pub fn of_all(&self, ids: NodeSet) -> NodeSet {
        ids.iter().map(|id| self.of(id)).collect()
    }

    /// Every way in which the nodes of each group may take each other's names, everybody's own first; no more than `most`
    /// of them. A group too large for that trades the names of its first nodes alone.
    pub fn among(groups: &[NodeSet], most: usize) -> Vec<Names> {
        let mut all = vec![Names::OWN];
        for group in groups {
            let mut members: Vec<NodeId> = group.iter().collect();
            while all.len() * factorial(members.len()) > most {
                members.pop();
            }
            let orders = orders(&members);
            all = orders.iter().flat_map(|order| all.iter().map(|names| names.renamed(&members, order))).collect();
        }
        all
    }

    fn renamed(&self, members: &[NodeId], order: &[NodeId]) -> Names {
        let mut names = *self;
        for (from, to) in members.iter().zip(order) {
            names.number[usize::from(from.0)] = to.0;
        }
        names
    }
}

fn factorial(n: usize) -> usize {
    (1..=n).product()
}

/// Every order of these nodes, the one that they are in first.
fn orders(members: &[NodeId]) -> Vec<Vec<NodeId>> {
    let mut all: Vec<Vec<NodeId>> = vec![Vec::new()];
    for _ in members {
        let longer = |order: &Vec<NodeId>| -> Vec<Vec<NodeId>> {
            let rest = members.iter().filter(|id| !order.contains(id));
            rest.map(|id| order.iter().copied().chain([*id]).collect()).collect()
        };
        all = all.iter().flat_map(longer).collect();
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(ids: &[u8]) -> NodeSet {
        ids.iter().map(|&id| NodeId(id)).collect()
    }

    #[test]
    fn the_nodes_of_a_group_take_each_others_names_in_every_way() {
        let all = Names::among(&[set(&[1, 2, 3]), set(&[5, 6])], 24);
        assert_eq!((all.len(), all[0]), (12, Names::OWN));
        for (place, names) in all.iter().enumerate() {
            assert!(!all[..place].contains(names), "{names:?} comes twice");
            assert_eq!((names.of_all(set(&[1, 2, 3])), names.of_all(set(&[5, 6]))), (set(&[1, 2, 3]), set(&[5, 6])));
            assert_eq!((names.of(NodeId(4)), names.of(NodeId(99))), (NodeId(4), NodeId(99)));
        }
    }

    #[test]
    fn of_a_group_that_is_too_large_some_keep_their_names() {
        let all = Names::among(&[set(&[1, 2, 3, 4, 5])], 24);
        assert_eq!(all.len(), 24);
        assert!(all.iter().all(|names| names.of(NodeId(5)) == NodeId(5)));
        assert_eq!(Names::among(&[], 24), [Names::OWN]);
    }
}
