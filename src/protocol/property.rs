//! What must hold of every run, and what a check of it may look at.

use std::fmt::Arguments;

use serde::Serialize;

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
    /// What it is about, a bit for each kind of thing, as [`Protocol::changed`] has them: where nothing of that has
    /// changed, what held before holds still, and nobody looks. [`ANYTHING`] is looked at whatever has changed.
    pub about: u32,
    /// Looks at the one node that a step changed, beside all others and the remembered past; the
    /// error says who contradicts whom.
    pub check: fn(&P::Witness, &Moment<'_, P>) -> Found,
}

/// What a property is about that is looked at whatever has changed.
pub const ANYTHING: u32 = u32::MAX;

/// What a check comes to.
pub type Found = Result<(), Box<Contradiction>>;

/// Why a property does not hold: in one sentence, and as data.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Contradiction {
    /// Who contradicts whom, in one sentence without its full stop.
    pub text: String,
    /// What cannot be true together, that of the node that was changed first.
    pub claims: Vec<Claim>,
}

/// One of the things that cannot be true together.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Claim {
    /// Whose it is; none of what was seen before, and of whoever asks from outside.
    pub node: Option<NodeId>,
    /// Of which slot, where it is about one.
    pub slot: Option<u64>,
    /// What is there, or what is said: `put a 1, term 2`, `leads term 3`.
    pub value: String,
}

// Each of these is written once for all checks: a check is part of the page that everybody loads.
impl Contradiction {
    /// A contradiction, as a sentence; who has what is added to it.
    #[cold]
    #[inline(never)]
    pub fn new(text: Arguments<'_>) -> Box<Self> {
        Box::new(Contradiction { text: text.to_string(), claims: Vec::new() })
    }

    /// What a node says or is; in `slot`, where that is not 0.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn has(mut self: Box<Self>, node: NodeId, slot: u64, value: Arguments<'_>) -> Box<Self> {
        self.claims.push(Claim { node: Some(node), slot: (slot > 0).then_some(slot), value: value.to_string() });
        self
    }

    /// The same of nobody: of what was seen before, or what is known outside.
    #[cold]
    #[inline(never)]
    #[must_use]
    pub fn was(mut self: Box<Self>, slot: u64, value: Arguments<'_>) -> Box<Self> {
        self.claims.push(Claim { node: None, slot: (slot > 0).then_some(slot), value: value.to_string() });
        self
    }
}

/// All nodes just after a step that changed one of them.
pub struct Moment<'a, P: Protocol> {
    /// The node that was changed.
    pub changed: NodeId,
    /// Every node, in order; none for one that is down.
    pub nodes: &'a [Option<P>],
    /// What else there is to see.
    pub world: &'a dyn World<P>,
    /// Whether the changed node has noted or sent anything in this step.
    pub did: Did,
    /// What of the changed node is not as it was, see [`Protocol::changed`]; [`ANYTHING`] where nobody has asked.
    pub what: u32,
}

/// What a property may look at beside the nodes.
pub trait World<P: Protocol> {
    /// What the protocol goes by at the moment.
    fn config(&self) -> &P::Config;

    /// What is safe on a node's disk.
    fn disk(&self, id: NodeId) -> &P::Durable;

    /// Whether there is anything to be told by the next three.
    fn did(&self, of: NodeId) -> Did {
        let _ = of;
        Did { noted: true, sent: true, asked: true }
    }

    /// What the changed node has noted in this step.
    fn notes(&self, of: NodeId, each: &mut dyn FnMut(&P::Note));

    /// What of the changed node went on its way in this step.
    fn sent(&self, from: NodeId, each: &mut dyn FnMut(NodeId, &P::Message));

    /// Which requests clients have made in this step, not for the second time.
    fn asked(&self, each: &mut dyn FnMut(ClientId, u64));
}

/// Whether a step has left something to be looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Did {
    /// Whether the node has noted anything.
    pub noted: bool,
    /// Whether anything of it went on its way.
    pub sent: bool,
    /// Whether a client has made a request.
    pub asked: bool,
}

impl<'a, P: Protocol> Moment<'a, P> {
    /// The moment after a step that has changed this node.
    pub fn new(changed: NodeId, nodes: &'a [Option<P>], world: &'a dyn World<P>) -> Self {
        Moment { changed, nodes, world, did: world.did(changed), what: ANYTHING }
    }

    /// The changed node's state; none where it has just crashed.
    pub fn state(&self) -> Option<&P> {
        self.nodes[self.changed.slot()].as_ref()
    }
}
