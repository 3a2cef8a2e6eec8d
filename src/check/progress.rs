//! Progress: once everything is mended, or all but a minority of the nodes, somebody must lead and every client must get an
//! answer, within a stated time. What is missing is no property of a step: it shows only in the end.

use crate::check::Violation;
use crate::observe::{RoleMark, Window};
use crate::protocol::Protocol;
use crate::sim::{Client, Cluster, LinkRules};
use crate::types::{NodeId, NodeSet, Process, Span, Time};

/// The time within which a mended cluster must make progress.
pub const PATIENCE: Span = Span::secs(10);

/// What falls where there is none: it stands in the place of a property's name.
pub const LIVENESS: &str = "liveness";

/// Whether everything is mended, but for a minority of nodes that may be down, stopped or cut off where any majority must do:
/// whoever is left hears each other, and links lose no more than they did at the start.
pub(super) fn is_mended<P: Protocol>(cluster: &Cluster<P>) -> bool {
    let links = &cluster.network().links;
    let nodes = || NodeId::all(cluster.count());
    let hear = |a: NodeId, b: NodeId| !links.get(a.into(), b.into()).cut && !links.get(b.into(), a.into()).cut;
    let runs = |id: &NodeId| cluster.states()[id.slot()].is_some() && !cluster.host(*id).paused;
    let alone = |id: NodeId| cluster.count() > 1 && nodes().all(|other| other == id || !hear(id, other));
    let left: NodeSet = nodes().filter(|id| runs(id) && !alone(*id)).collect();
    let may_miss = if cluster.doors().len() == usize::from(cluster.count()) { (cluster.count() - 1) / 2 } else { 0 };
    let usual = |rules: &LinkRules| {
        let setup = &cluster.setup().link;
        rules.loss <= setup.loss && rules.duplication <= setup.duplication && rules.reordering <= setup.reordering
    };
    let own = |from: Process| links.processes().filter_map(move |to| links.get(from, to).rules);
    u32::from(cluster.count()) <= left.len() + u32::from(may_miss)
        && left.iter().all(|a| left.iter().all(|b| a == b || hear(a, b)))
        && usual(&links.ordinary)
        && links.processes().flat_map(own).all(|rules| usual(&rules))
}

/// Waits for progress, from a moment on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Waiting {
    /// How many requests of each client had been answered by then.
    before: Vec<u64>,
    /// Until when it is waited.
    until: Time,
}

impl Waiting {
    /// Waits from now on, until then.
    pub(super) fn begin<P: Protocol>(cluster: &Cluster<P>, until: Time) -> Waiting {
        Waiting { before: cluster.clients().iter().map(|client| client.answered).collect(), until }
    }

    /// What is missing for progress, if anything: somebody who leads, or an answer for each client that wants one.
    pub(super) fn missing<P: Protocol>(&self, cluster: &Cluster<P>) -> Option<String> {
        let (config, nothing) = (cluster.config(), Window { from: 1, count: 0 });
        let mut running = cluster.states().iter().flatten();
        if !running.any(|state| state.observe(config, nothing).mark == RoleMark::Crown) {
            return Some("nobody leads".to_string());
        }
        let waits = |(client, before): &(&Client, &u64)| client.answered == **before && !client.is_done();
        let waiting = cluster.clients().iter().zip(&self.before).find(waits)?.0;
        Some(format!("{} has no answer", waiting.id))
    }

    /// That it was waited for in vain.
    pub(super) fn in_vain<P: Protocol>(&self, cluster: &Cluster<P>, what: String) -> Violation {
        Violation {
            property: LIVENESS,
            sentence: "Where a majority runs and hears each other, somebody leads before long, and clients are answered.",
            section: "Raft §5.6, §9.3",
            text: what,
            claims: Vec::new(),
            at: cluster.now(),
            steps: cluster.steps(),
            looks: 0,
        }
    }
}
