//! The scenarios that come with the program and the page, by theme.

/// Whatever is listed is compiled in: `files![ "A theme" => "name" "name", ]`. `tools/bundle.mjs` reads the same list.
macro_rules! files {
    ($($theme:literal => $($name:literal)+,)+) => {
        const FILES: &[(&str, &str)] =
            &[$($(($name, include_str!(concat!("../../www/scenarios/", $name, ".toml"))),)+)+];
        const THEMES: &[(&str, &[&str])] = &[$(($theme, &[$($name),+])),+];
    };
}

files![
    "The store" => "raft_kv" "multipaxos_kv" "kv_store" "lossy_network" "raft_practice",
    "Elections" => "election" "split_vote" "election_restriction" "later_term_wins" "vote_survives_a_crash"
        "disruptive_server" "pre_vote" "priority" "campaign_and_forget",
    "Replication" => "replication" "no_quorum" "leader_crash" "lost_with_its_leader" "earlier_term" "partition"
        "one_way_cut" "check_quorum" "pipelining" "forwarding" "back_pressure",
    "The paper's figures" => "figure_7" "figure_7_hints" "figure_8_overwritten" "figure_8_committed"
        "figure_8_b",
    "Handing over" => "transfer" "transfer_given_up",
    "Disks and snapshots" => "ack_after_flush" "slow_disk" "torn_write" "install_snapshot"
        "snapshot_in_parts" "snapshot_extended",
    "Members" => "learner" "joint_consensus" "joint_explicit" "joint_election" "direct_change"
        "single_server_change" "single_server_bug" "removed_leader" "removed_server",
    "Reads" => "stale_read" "read_index" "read_before_noop" "follower_read" "lease_read" "lease_read_drift",
    "Clients" => "duplicate_command" "exactly_once" "session_expiry",
    "Multi-Paxos" => "acceptor_crash" "duel" "gap",
];

/// Each with its name and its text, in the order in which they are shown.
pub fn shipped() -> &'static [(&'static str, &'static str)] {
    FILES
}

/// The themes in their order, each with the names of its scenarios.
pub fn themes() -> &'static [(&'static str, &'static [&'static str])] {
    THEMES
}
