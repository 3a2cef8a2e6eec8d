//! The text of what an operator tells a node, both ways: `transfer n3`, `members n1 n2 learners n3 stay`.

use std::fmt;

use crate::protocol::Order;
use crate::types::{NodeId, NodeSet};

impl Order {
    /// Reads an order from the words of its text.
    ///
    /// # Errors
    ///
    /// One sentence: what was wrong and what was expected.
    pub fn read(words: &[&str]) -> Result<Order, String> {
        let Some((&verb, rest)) = words.split_first() else {
            return Err("nothing is told: expected an order such as `transfer n3`".to_string());
        };
        let usage = |expected: &str| Err(format!("`{}` is not an order: expected `{expected}`", words.join(" ")));
        Ok(match (verb, rest) {
            ("campaign", []) => Order::Campaign,
            ("forget", []) => Order::Forget,
            ("compact", []) => Order::Compact,
            ("leave", []) => Order::Leave,
            ("campaign" | "forget" | "compact" | "leave", _) => return usage(verb),
            ("transfer", [node]) => Order::Transfer(node.parse()?),
            ("add", [node]) => Order::Add(node.parse()?),
            ("learn", [node]) => Order::Learn(node.parse()?),
            ("remove", [node]) => Order::Remove(node.parse()?),
            ("transfer" | "add" | "learn" | "remove", _) => return usage(&format!("{verb} n3")),
            ("members", [_, ..]) => members(rest)?,
            ("members", []) => return usage("members n1 n2 n3 learners n4"),
            _ => {
                let known = "campaign, transfer, forget, compact, add, learn, remove, members or leave";
                return Err(format!("`{verb}` is not an order: expected {known}"));
            }
        })
    }
}

/// `n1 n2 n3`, with `learners n4` or without, with `stay` at the end or without.
fn members(words: &[&str]) -> Result<Order, String> {
    let (words, stay) = match words {
        [words @ .., "stay"] => (words, true),
        _ => (words, false),
    };
    let mut sides = words.split(|word| *word == "learners");
    let set = |words: Option<&[&str]>| words.unwrap_or_default().iter().map(|word| word.parse::<NodeId>()).collect();
    let voters: Result<NodeSet, String> = set(sides.next());
    let learners: Result<NodeSet, String> = set(sides.next());
    if sides.next().is_some() {
        return Err("`learners` stands twice: expected voters, `learners` and those".to_string());
    }
    Ok(Order::Members { voters: voters?, learners: learners?, stay })
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Order::Campaign => f.write_str("campaign"),
            Order::Transfer(node) => write!(f, "transfer {node}"),
            Order::Forget => f.write_str("forget"),
            Order::Compact => f.write_str("compact"),
            Order::Add(node) => write!(f, "add {node}"),
            Order::Learn(node) => write!(f, "learn {node}"),
            Order::Remove(node) => write!(f, "remove {node}"),
            Order::Leave => f.write_str("leave"),
            Order::Members { voters, learners, stay } => {
                f.write_str("members")?;
                voters.iter().try_for_each(|id| write!(f, " {id}"))?;
                if !learners.is_empty() {
                    write!(f, " learners {learners}")?;
                }
                f.write_str(if *stay { " stay" } else { "" })
            }
        }
    }
}
