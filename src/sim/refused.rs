//! How the world says no.

use std::fmt;

use crate::types::NodeId;

/// A step that cannot be carried out: one sentence that says why. Nothing was changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refused(pub String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

impl Refused {
    /// What is the matter with a node.
    pub(super) fn node(node: NodeId, why: &str) -> Refused {
        Refused(format!("{node} {why}"))
    }
}

impl From<String> for Refused {
    fn from(text: String) -> Self {
        Refused(text)
    }
}
