//! Why things stand as they do, as a protocol tells it: reasons in words, and who is waited for.
//!
//! A protocol knows its own rules and nothing of links, machines and times: those are told by whoever knows the world.

use serde::Serialize;

use crate::types::{NodeId, NodeSet};

/// One reason, a whole sentence or several.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Reason {
    /// What is said.
    pub text: String,
    /// Where the rule is stated: `Raft §5.4.2`; empty where nothing needs to be looked up.
    pub section: &'static str,
}

impl Reason {
    /// A reason with its section.
    pub fn new(section: &'static str, text: impl Into<String>) -> Self {
        Reason { text: text.into(), section }
    }
}

/// How something stands that has not come about.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Standing {
    /// Why it has not.
    pub reasons: Vec<Reason>,
    /// Who waits for others, if anybody does.
    pub waits: Option<NodeId>,
    /// Whom that node waits for: not all of these need agree.
    pub lacks: NodeSet,
}

impl Standing {
    /// One reason, and nobody who waits.
    pub fn because(section: &'static str, text: impl Into<String>) -> Self {
        Standing { reasons: vec![Reason::new(section, text)], ..Standing::default() }
    }
}

/// Names in a sentence: `n1`, `n1 and n2`, `n1, n2 and n3`; `nobody` where there are none.
pub fn listed<T: ToString>(names: impl IntoIterator<Item = T>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| name.to_string()).collect();
    match &names[..] {
        [] => "nobody".to_string(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
