//! Raft's rules as tables: one node, prepared through its disk, is handed one input after another; or a few nodes
//! exchange messages in order. The tables are those that other implementations are tested with; where this one
//! differs on purpose (a lost candidate goes on until its timer ends) the test says so.
//!
//! Logs are written as the terms of their entries, `"112"`; `G` is a granted vote and `R` a refused one.
//!
//! Where to find the tables that other implementations are tested with, by the names under which they are known:
//!
//! | table | test |
//! | --- | --- |
//! | Figure 7 | `entries::the_logs_of_figure_7_become_the_leaders` |
//! | Follower append entries | `entries::a_follower_takes_what_fits_and_removes_what_contradicts`, `entries::a_message_whose_entries_are_of_later_terms_than_its_own_is_not_taken` |
//! | Follower's answer | `entries::a_followers_answer_tells_what_the_message_proves` |
//! | Handle append | `entries::a_followers_log_and_commit_index_after_a_message_of_the_leader` |
//! | Voter | `votes::a_voter_grants_only_to_a_log_that_is_as_up_to_date` |
//! | Vote by log | `votes::every_last_entry_against_a_log_of_two_entries_of_term_2`, `votes::there_is_one_vote_in_a_term_and_only_followers_give_it` |
//! | One round | `votes::one_round_of_votes` |
//! | Acknowledge commit | `entries::a_request_is_answered_when_a_majority_has_it` |
//! | Commit | `entries::the_commit_table_counts_only_entries_of_the_leaders_term` |
//! | Only the current term | `entries::an_entry_of_the_own_term_commits_those_before_it` |
//! | Overwrite newer logs | `entries::a_newer_log_without_a_majority_is_overwritten` |
//! | Old messages | `entries::messages_of_an_old_leader_are_ignored` |
//! | Duelling candidates | `votes::duelling_candidates`, without pre-vote and with it |
#![cfg(not(target_arch = "wasm32"))]

#[cfg(feature = "bugs")]
mod bugs;
mod entries;
mod leases;
mod leaving;
mod measures;
mod membership;
mod nodes;
mod office;
mod options;
mod progress;
mod promises;
mod reads;
mod roles;
mod sentences;
mod sessions;
mod snapshots;
mod sound;
mod transfer;
mod votes;
mod words;
mod writes;
