//! What is checked only where something has changed is found as soon as what is checked whatever has changed.
//!
//! Two auditors look at the same runs, under random faults and with every mistake that can be made on purpose: one as it
//! is, one that leaves nothing out. Whatever either of them finds the other must have found at the same step, with the
//! same sentence and the same claims.

#![cfg(feature = "bugs")]

use raft_playground::check::{Auditor, Violation};
use raft_playground::protocol::{NO_BUG, Protocol};
use raft_playground::settings::Settings;
use raft_playground::sim::{Cluster, Setup, faults, schedule};
use raft_playground::types::{Span, Time};

/// Everything that an auditor finds in the last step: what was found is not looked at any more.
fn found<P: Protocol>(auditor: &mut Auditor<P>, cluster: &Cluster<P>) -> Vec<(&'static str, String, String)> {
    let told = |violation: Violation| (violation.property, violation.text, format!("{:?}", violation.claims));
    let mut all = Vec::new();
    while let Err(violation) = auditor.look(cluster) {
        auditor.leave_out(violation.property);
        all.push(told(violation));
    }
    all
}

/// Runs a cluster under the faults of its seed, and has both look at every step; how many promises fell.
fn compare<P: Protocol>(setup: Setup<P>, span: Span, who: &str) -> usize {
    let (seed, end) = (setup.seed, Time::START + span);
    let mut cluster = Cluster::new(setup);
    let (mut quick, mut thorough) = (Auditor::default(), Auditor::default());
    thorough.look_at_everything();
    let mut fell = 0;
    let mut look = |cluster: &Cluster<P>| {
        let quick = found(&mut quick, cluster);
        assert_eq!(quick, found(&mut thorough, cluster), "{who}, seed {seed}, step {}", cluster.steps());
        fell += quick.len();
    };
    look(&cluster);
    for (at, step) in faults::plan::<P>(seed, cluster.count(), end) {
        while schedule::step_until(&mut cluster, at).expect("what is due can be done") {
            look(&cluster);
        }
        schedule::run(&mut cluster, at).expect("nothing is due before");
        if cluster.apply(&step).is_ok() {
            look(&cluster);
        }
    }
    fell
}

/// A busy cluster of this protocol, with a snapshot now and then, that makes a mistake.
fn settings(protocol: &str, bug: &str, seed: u64) -> Settings {
    let mut settings = Settings { protocol: protocol.to_string(), seed, traffic: true, ..Settings::default() };
    settings.set("bug", bug).expect("a mistake");
    settings
}

#[test]
fn what_is_left_out_is_what_would_find_nothing_in_raft() {
    let mut fell = 0;
    for bug in std::iter::once(NO_BUG).chain(raft_playground::raft::Raft::bugs().iter().map(|bug| bug.name)) {
        for seed in 0..12 {
            let mut settings = settings("raft", bug, seed);
            if seed % 2 == 1 {
                settings.set("preset", "practice").expect("a preset");
                settings.set("snapshot_every", "8").expect("a rule");
            }
            let found = compare(settings.raft().expect("a cluster"), Span::secs(8), bug);
            assert!(found == 0 || bug != NO_BUG, "seed {seed}");
            fell += found;
        }
    }
    assert!(fell > 50, "{fell} promises fell: there was hardly anything to compare");
}

#[test]
fn what_is_left_out_is_what_would_find_nothing_in_multi_paxos() {
    let mut fell = 0;
    for bug in
        std::iter::once(NO_BUG).chain(raft_playground::multi_paxos::MultiPaxos::bugs().iter().map(|bug| bug.name))
    {
        for seed in 0..40 {
            let found =
                compare(settings("multi_paxos", bug, seed).multi_paxos().expect("a cluster"), Span::secs(8), bug);
            assert!(found == 0 || bug != NO_BUG, "seed {seed}");
            fell += found;
        }
    }
    assert!(fell > 5, "{fell} promises fell: there was hardly anything to compare");
}
