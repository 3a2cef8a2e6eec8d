//! The scenarios that come with the program and the page.

/// Each with its name and its text, in the order in which they are shown.
pub fn shipped() -> &'static [(&'static str, &'static str)] {
    macro_rules! files {
        ($($name:literal)*) => {
            &[$(($name, include_str!(concat!("../../www/scenarios/", $name, ".toml")))),*]
        };
    }
    files![
        "raft_kv" "multipaxos_kv" "kv_store"
        "election" "split_vote" "election_restriction" "later_term_wins"
        "replication" "no_quorum" "leader_crash" "lost_with_its_leader" "earlier_term" "partition"
        "figure_7" "figure_8_overwritten" "figure_8_committed"
        "one_way_cut" "disruptive_server" "duplicate_command" "lossy_network"
        "acceptor_crash" "duel" "gap"
    ]
}
