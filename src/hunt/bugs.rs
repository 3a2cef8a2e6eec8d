//! How each mistake is found to break what it breaks: within which bounds all schedules are tried, or under how many seeds
//! of random faults.
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
    /// Clusters under random faults, one seed after another, each drawn as [`crate::hunt::Field::draw`] does.
    Swarm {
        /// How many at most.
        seeds: u64,
    },
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
    /// How often a client without an answer asks somebody else.
    pub retries: u8,
    /// Whether messages may come late: of an epoch that their receiver has left behind.
    pub late: bool,
    /// What else may be done, each once.
    pub may: &'static [&'static str],
    /// What has happened before, as lines of a script; nothing where all schedules are tried from the start.
    pub after: &'static str,
}

impl Limits {
    const fn new(terms: u64, log: u64, requests: u8) -> Limits {
        Limits {
            terms,
            log,
            requests,
            crashes: 0,
            duplicates: 0,
            beats: 0,
            retries: 0,
            late: true,
            may: &[],
            after: "",
        }
    }

    /// As bounds of an exploration, but for what else may be done and what has happened before.
    pub fn bounds(self) -> Bounds {
        let Limits { terms, log, requests, crashes, duplicates, beats, retries, late, may: _, after: _ } = self;
        Bounds { epochs: terms, slots: log, requests, crashes, duplicates, beats, retries, late, ..Bounds::default() }
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
        if guilty {
            settings.set("bug", self.bug)?;
        }
        self.chosen(settings)
    }

    /// These settings with what is chosen for this hunt.
    ///
    /// # Errors
    ///
    /// As [`Hunt::settings`].
    pub fn chosen(&self, mut settings: Settings) -> Result<Settings, Refused> {
        let bug = bugs(self.protocol)?.iter().find(|bug| bug.name == self.bug);
        let with = bug.map_or(&[][..], |bug| bug.with);
        with.iter().chain(self.set).try_for_each(|(name, value)| settings.set(name, value))?;
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
const ACCEPTORS: (&str, &str) = ("num_acceptors", "3");
const REPLICA: (&str, &str) = ("num_replicas", "1");
const NO_REPLICA: (&str, &str) = ("num_replicas", "0");
/// Somebody leads.
const ELECTED: &str = "timeout n1\nsettle";
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
    How::Swarm { seeds }
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
    raft(
        "count_duplicate_votes",
        "election-safety",
        &[NO_NOOP],
        explore(Limits { duplicates: 1, late: false, ..Limits::new(1, 1, 0) }),
    ),
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
    raft("always_truncate", "leader-completeness", &[THREE], explore(Limits { late: false, ..Limits::new(2, 3, 2) })),
    raft("never_truncate", "log-matching", &[THREE], explore(Limits { late: false, ..Limits::new(3, 2, 0) })),
    raft(
        "skip_prev_log_term",
        "log-matching",
        &[THREE, NO_NOOP],
        explore(Limits { late: false, ..Limits::new(3, 2, 3) }),
    ),
    raft(
        "commit_without_minimum",
        "state-machine-safety",
        &[THREE, NO_NOOP],
        explore(Limits { beats: 1, late: false, ..Limits::new(2, 1, 2) }),
    ),
    raft("commit_falls", "order", &[THREE, NO_NOOP], explore(Limits::new(1, 2, 2))),
    raft("match_is_leader_last", "leader-completeness", &[THREE, NO_NOOP], explore(Limits::new(2, 1, 1))),
    raft("ack_own_last", "committed-on-quorum", &[THREE, NO_NOOP], explore(Limits::new(2, 1, 2))),
    raft(
        "ack_before_fsync",
        "leader-completeness",
        &[THREE, SLOW],
        explore(Limits { crashes: 1, ..Limits::new(2, 1, 0) }),
    ),
    raft(
        "snapshot_overwrites_newer",
        "leader-completeness",
        &[THREE],
        explore(Limits { beats: 2, late: false, ..Limits::new(2, 2, 1) }),
    ),
    raft(
        "local_read",
        "fresh-reads",
        &[THREE],
        explore(Limits { late: false, may: &["get c2 a to n1"], ..Limits::new(2, 2, 1) }),
    ),
    raft(
        "read_index_before_own_term_commit",
        "fresh-reads",
        &[THREE],
        explore(Limits { late: false, may: &["get c2 a to n2"], ..Limits::new(2, 1, 1) }),
    ),
    raft(
        "read_index_acks_keyed_by_caller",
        "fresh-reads",
        &[THREE],
        explore(Limits {
            late: false,
            may: &["get c2 a to n1", "get c2 b to n1"],
            after: ELECTED,
            ..Limits::new(2, 2, 0)
        }),
    ),
    raft(
        "lease_without_drift_bound",
        "fresh-reads",
        &[THREE, ("drift_bound", "30%"), ("clocks.n1", "-30%")],
        swarm(1_000),
    ),
    raft("no_sessions", "exactly-once", &[THREE], explore(Limits { retries: 1, late: false, ..Limits::new(1, 3, 1) })),
    raft(
        "one_step_swap",
        "leader-completeness",
        &[THREE],
        explore(Limits { late: false, may: &["tell n1 members n1"], ..Limits::new(2, 3, 0) }),
    ),
    raft(
        "single_server_before_own_term",
        "leader-completeness",
        &[],
        explore(Limits {
            late: false,
            may: &["tell n1 remove n4", "tell n2 remove n1"],
            after: ELECTED,
            ..Limits::new(3, 1, 0)
        }),
    ),
    raft(
        "learners_in_quorum",
        "leader-completeness",
        &[THREE],
        explore(Limits { late: false, may: &["start n4", "tell n1 learn n4"], ..Limits::new(2, 2, 0) }),
    ),
    raft(
        "removed_leader_counts_itself",
        "leader-completeness",
        &[],
        explore(Limits { late: false, may: &["tell n1 remove n1"], after: ELECTED, ..Limits::new(2, 3, 1) }),
    ),
    paxos(
        "apply_rejected_put",
        "same-outcomes",
        &[ACCEPTORS, ("num_leaders", "1"), REPLICA],
        explore(Limits { late: false, may: &["put c1 a 1", "put c2 a 2"], ..Limits::new(1, 2, 0) }),
    ),
    paxos(
        "ignore_phase_1",
        "one-value-per-slot",
        &[ACCEPTORS, NO_REPLICA],
        explore(Limits { late: false, ..Limits::new(1, 1, 2) }),
    ),
    paxos(
        "forget_promise",
        "one-value-per-slot",
        &[ACCEPTORS, NO_REPLICA],
        explore(Limits { crashes: 1, late: false, ..Limits::new(1, 1, 2) }),
    ),
];
