//! How each mistake is found to break what it breaks: within which bounds all schedules are tried, under how many seeds of
//! random faults, or by which script.
//!
//! The bounds are as small as they may be for the violation to be within them, so that searching them without the mistake
//! is soon done, too.

use crate::check::explore::Bounds;
use crate::playground::bugs;
use crate::settings::Settings;
use crate::sim::Refused;

/// How a mistake is hunted for.
pub struct Hunt {
    /// Its name.
    pub bug: &'static str,
    /// Of which protocol it is.
    pub protocol: &'static str,
    /// The property that must fall.
    pub property: &'static str,
    /// What is chosen, beside what the mistake itself needs.
    pub set: &'static [(&'static str, &'static str)],
    /// In which way.
    pub how: How,
}

/// The ways of hunting.
pub enum How {
    /// All schedules within bounds are tried, breadth first.
    Explore(Limits),
    /// Clusters under random faults, one seed after another.
    Swarm {
        /// How many at most.
        seeds: u64,
        /// How much virtual time each has.
        seconds: u64,
    },
    /// This scenario is run.
    Script(&'static str),
}

/// The bounds of [`crate::check::explore::Bounds`] that differ from hunt to hunt.
#[derive(Clone, Copy)]
pub struct Limits {
    /// The last term or ballot's round.
    pub terms: u64,
    /// The most slots in a log.
    pub log: u64,
    /// How many requests are made.
    pub requests: u8,
    /// How often a node crashes and starts again.
    pub crashes: u8,
    /// How many messages are doubled.
    pub duplicates: u8,
    /// How often a node repeats itself.
    pub beats: u8,
    /// Whether messages may come late: of an epoch that their receiver has left behind.
    pub late: bool,
    /// What else may be done, each once.
    pub may: &'static [&'static str],
}

impl Limits {
    const fn new(terms: u64, log: u64, requests: u8) -> Limits {
        Limits { terms, log, requests, crashes: 0, duplicates: 0, beats: 0, late: true, may: &[] }
    }

    /// As bounds of an exploration, but for what else may be done.
    pub fn bounds(self) -> Bounds {
        let Limits { terms, log, requests, crashes, duplicates, beats, late, may: _ } = self;
        Bounds { epochs: terms, slots: log, requests, crashes, duplicates, beats, late, ..Bounds::default() }
    }
}

impl Hunt {
    /// What the cluster is started with, with the mistake or without it.
    ///
    /// # Errors
    ///
    /// Never, as long as the table is right.
    pub fn settings(&self, guilty: bool) -> Result<Settings, Refused> {
        let mut settings = Settings::default();
        settings.set("protocol", self.protocol)?;
        let bug = bugs(self.protocol)?.iter().find(|bug| bug.name == self.bug);
        let with = bug.map_or(&[][..], |bug| bug.with);
        for (name, value) in with.iter().chain(self.set) {
            settings.set(name, value)?;
        }
        if guilty {
            settings.set("bug", self.bug)?;
        }
        Ok(settings)
    }
}

/// The hunt for a mistake.
///
/// # Errors
///
/// One sentence, where there is none.
pub fn hunt_for(bug: &str) -> Result<&'static Hunt, Refused> {
    HUNTS.iter().find(|hunt| hunt.bug == bug).ok_or_else(|| {
        let known: Vec<&str> = HUNTS.iter().map(|hunt| hunt.bug).collect();
        Refused(format!("nothing is hunted for that is called `{bug}`: expected {}", known.join(", ")))
    })
}

const THREE: (&str, &str) = ("num_nodes", "3");
const NO_NOOP: (&str, &str) = ("noop", "false");
/// A disk that takes time: a crash can come before a write is safe.
const SLOW: (&str, &str) = ("disk.all", "1ms");

const fn raft(
    bug: &'static str,
    property: &'static str,
    set: &'static [(&'static str, &'static str)],
    how: How,
) -> Hunt {
    Hunt { bug, protocol: "raft", property, set, how }
}

const fn paxos(
    bug: &'static str,
    property: &'static str,
    set: &'static [(&'static str, &'static str)],
    how: How,
) -> Hunt {
    Hunt { bug, protocol: "multi_paxos", property, set, how }
}

const fn explore(limits: Limits) -> How {
    How::Explore(limits)
}

const fn swarm(seeds: u64) -> How {
    How::Swarm { seeds, seconds: 30 }
}

macro_rules! script {
    ($name:literal) => {
        How::Script(include_str!(concat!("scripts/", $name, ".toml")))
    };
}

/// Every hunt, in the order of the list of mistakes.
pub static HUNTS: &[Hunt] = &[
    raft("forget_vote", "election-safety", &[THREE], explore(Limits { crashes: 1, ..Limits::new(1, 1, 0) })),
    raft("ignore_voted_for", "election-safety", &[THREE], explore(Limits::new(1, 1, 0))),
    raft("clear_vote", "election-safety", &[THREE, NO_NOOP], explore(Limits::new(1, 1, 0))),
    raft("skip_up_to_date", "leader-completeness", &[THREE], explore(Limits::new(2, 1, 0))),
    raft("length_only", "leader-completeness", &[THREE], explore(Limits::new(3, 1, 0))),
    raft("last_term_only", "leader-completeness", &[THREE], explore(Limits::new(2, 2, 1))),
    raft("half_quorum", "election-safety", &[THREE], explore(Limits::new(1, 1, 0))),
    raft("count_duplicate_votes", "election-safety", &[], swarm(50)),
    raft("count_votes_of_old_term", "election-safety", &[THREE], explore(Limits::new(2, 1, 0))),
    raft("higher_term_stay_leader", "log-matching", &[THREE, NO_NOOP], explore(Limits::new(2, 1, 2))),
    raft("timer_reset_on_any_rpc", "liveness", &[], swarm(200)),
    raft("pre_vote_answers_dropped", "liveness", &[THREE, ("check_quorum", "true"), ("num_clients", "1")], swarm(200)),
    raft(
        "term_and_vote_apart",
        "election-safety",
        &[THREE, SLOW],
        explore(Limits { crashes: 1, ..Limits::new(1, 1, 0) }),
    ),
    raft("commit_old_term", "leader-completeness", &[THREE], explore(Limits { late: false, ..Limits::new(4, 1, 2) })),
    raft("accept_old_term_appends", "state-machine-safety", &[THREE], explore(Limits::new(2, 2, 2))),
    raft("always_truncate", "leader-completeness", &[THREE], swarm(200)),
    raft("never_truncate", "log-matching", &[THREE], swarm(50)),
    raft(
        "skip_prev_log_term",
        "log-matching",
        &[THREE, NO_NOOP],
        explore(Limits { late: false, ..Limits::new(3, 2, 3) }),
    ),
    raft("commit_without_minimum", "state-machine-safety", &[], swarm(50)),
    raft("commit_falls", "order", &[THREE, NO_NOOP], explore(Limits::new(1, 2, 2))),
    raft("match_is_leader_last", "leader-completeness", &[THREE, NO_NOOP], explore(Limits::new(2, 1, 1))),
    raft("ack_own_last", "committed-on-quorum", &[THREE, NO_NOOP], explore(Limits::new(2, 1, 2))),
    raft(
        "ack_before_fsync",
        "leader-completeness",
        &[THREE, SLOW],
        explore(Limits { crashes: 1, ..Limits::new(2, 1, 0) }),
    ),
    raft("snapshot_overwrites_newer", "leader-completeness", &[], script!("snapshot_overwrites_newer")),
    raft(
        "local_read",
        "fresh-reads",
        &[THREE],
        explore(Limits { late: false, may: &["get c2 a to n1"], ..Limits::new(2, 2, 1) }),
    ),
    raft("read_index_before_own_term_commit", "fresh-reads", &[], swarm(50)),
    raft("read_index_acks_keyed_by_caller", "fresh-reads", &[], script!("read_index_acks_keyed_by_caller")),
    raft("lease_without_drift_bound", "fresh-reads", &[], script!("lease_without_drift_bound")),
    raft("no_sessions", "exactly-once", &[], swarm(50)),
    raft("one_step_swap", "leader-completeness", &[], swarm(400)),
    raft("single_server_before_own_term", "leader-completeness", &[], script!("single_server_before_own_term")),
    raft(
        "learners_in_quorum",
        "leader-completeness",
        &[THREE],
        explore(Limits { late: false, may: &["start n4", "tell n1 learn n4"], ..Limits::new(2, 2, 0) }),
    ),
    raft("removed_leader_counts_itself", "leader-completeness", &[], swarm(200)),
    paxos("apply_rejected_put", "same-outcomes", &[], swarm(10)),
    paxos("ignore_phase_1", "one-value-per-slot", &[], swarm(50)),
    paxos("forget_promise", "one-value-per-slot", &[], script!("forget_promise")),
];
