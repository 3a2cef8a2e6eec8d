//! Raft's rules as tables: one node, prepared through its disk, is handed one input after another; or a few nodes
//! exchange messages in order. The tables are those that other implementations are tested with; where this one
//! differs on purpose (a lost candidate goes on until its timer ends) the test says so.
//!
//! Logs are written as the terms of their entries, `"112"`; `G` is a granted vote and `R` a refused one.
#![cfg(not(target_arch = "wasm32"))]

mod entries;
mod membership;
mod nodes;
mod office;
mod progress;
mod promises;
mod reads;
mod roles;
mod sessions;
mod snapshots;
mod transfer;
mod votes;
mod words;
mod writes;
