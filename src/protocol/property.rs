//! What must hold of every run, and what a check of it may look at.

use super::Protocol;
use crate::types::{ClientId, NodeId};

/// Something that must hold, of states or of what a step may do to them.
pub struct Property<P: Protocol> {
    /// The name for machines: `election-safety`.
    pub name: &'static str,
    /// What it says, in one sentence.
    pub sentence: &'static str,
    /// Where it is stated.
    pub section: &'static str,
    /// Looks at the one node that a step changed, beside all others and the remembered past; the
    /// error names who contradicts whom.
    pub check: fn(&P::Witness, &Moment<'_, P>) -> Result<(), String>,
}

/// All nodes just after a step that changed one of them.
pub struct Moment<'a, P: Protocol> {
    /// The node that was changed.
    pub changed: NodeId,
    /// Every node, in order; none for one that is down.
    pub nodes: &'a [Option<P>],
    /// What else there is to see.
    pub world: &'a dyn World<P>,
}

/// What a property may look at beside the nodes.
pub trait World<P: Protocol> {
    /// What the protocol goes by at the moment.
    fn config(&self) -> &P::Config;

    /// What is safe on a node's disk.
    fn disk(&self, id: NodeId) -> &P::Durable;

    /// What the changed node has noted in this step.
    fn notes(&self, of: NodeId, each: &mut dyn FnMut(&P::Note));

    /// What of the changed node went on its way in this step.
    fn sent(&self, from: NodeId, each: &mut dyn FnMut(NodeId, &P::Message));

    /// Which requests clients have made in this step, not for the second time.
    fn asked(&self, each: &mut dyn FnMut(ClientId, u64));
}

impl<P: Protocol> Moment<'_, P> {
    /// The changed node's state; none where it has just crashed.
    pub fn state(&self) -> Option<&P> {
        self.nodes[self.changed.slot()].as_ref()
    }
}
