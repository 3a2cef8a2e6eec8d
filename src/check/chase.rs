//! One cluster under random faults, until one promise is broken: what a hunt for a mistake tries, seed by seed.

use crate::check::Auditor;
use crate::check::shrink::Taken;
use crate::protocol::Protocol;
use crate::sim::{Cluster, Setup, faults, schedule};
use crate::types::{Span, Time};

/// A run in which a promise was broken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chased {
    /// The faults that were carried out, each at its moment.
    pub taken: Vec<Taken>,
    /// When the promise was broken.
    pub at: Time,
}

/// What came of a chase.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chase {
    /// The run, where the promise was broken in it.
    pub chased: Option<Chased>,
    /// How many steps there were.
    pub steps: u64,
}

/// Runs one cluster for `span` under the faults drawn from its seed; this property alone is looked at.
///
/// # Panics
///
/// Where the protocol has no such property.
pub fn chase<P: Protocol>(setup: Setup<P>, span: Span, property: &str) -> Chase {
    let (seed, end) = (setup.seed, Time::START + span);
    let mut cluster = Cluster::new(setup);
    let mut auditor = Auditor::default();
    let known = auditor.check_only(&[property]);
    assert!(known.is_ok(), "a property of another protocol is asked for: {known:?}");
    let mut broken = auditor.look(&cluster).is_err();
    let mut taken = Vec::new();
    let mut plan = faults::plan::<P>(seed, cluster.count(), end).into_iter().peekable();
    while !broken {
        let next = plan.peek().map_or(end, |(at, _)| *at);
        // Whatever is due at the time of a fault comes before it.
        if schedule::step_until(&mut cluster, next).expect("what is due can be done") {
            broken = auditor.look(&cluster).is_err();
            continue;
        }
        schedule::run(&mut cluster, next).expect("nothing is due before");
        let Some((at, step)) = plan.next() else { break };
        let before = Some(cluster.steps());
        if cluster.apply(&step).is_ok() {
            taken.push(Taken { at, before, step });
            broken = auditor.look(&cluster).is_err();
        }
    }
    let steps = cluster.steps();
    let chased = broken.then(|| Chased { taken, at: cluster.now() });
    Chase { chased, steps }
}
