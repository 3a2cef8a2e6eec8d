//! The same seed and steps give the same run natively as in wasm: `tests/wasm_shared/` holds the same table to the same
//! hashes in Node, Firefox and Chromium.
#![cfg(not(target_arch = "wasm32"))]

#[path = "common/hashes.rs"]
mod hashes;

use std::collections::BTreeSet;

#[test]
fn every_run_has_the_hash_that_it_has_on_every_platform() {
    let differences = hashes::differences();
    if std::env::var_os("ACCEPT_HASHES").is_some() {
        accept();
    } else if !differences.is_empty() {
        let (count, all) = (differences.len(), hashes::RUNS.len());
        let list = differences.join("\n  ");
        let accept = "If a change of behaviour was meant, accept them: ACCEPT_HASHES=1 cargo test --test hashes";
        panic!("{count} of {all} runs are not what they were:\n  {list}\n{accept}");
    }
}

/// Writes the hashes as they are now into the table.
fn accept() {
    const MARK: &str = "hash: 0x";
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/common/hashes.rs");
    let text = std::fs::read_to_string(file).expect("the table of runs");
    let (before, rest) = text.split_once(MARK).expect("a run with a hash");
    let entries: Vec<&str> = rest.split(MARK).collect();
    assert_eq!(entries.len(), hashes::RUNS.len(), "one `{MARK}` for each run");
    let entries = entries.iter().zip(hashes::RUNS);
    let new = entries.map(|(entry, run)| format!("{MARK}{:016x}{}", run.carry_out(), &entry[16..]));
    std::fs::write(file, before.to_string() + &new.collect::<String>()).expect("the table can be written");
}

#[test]
fn the_runs_of_the_table_differ() {
    let different: BTreeSet<u64> = hashes::RUNS.iter().map(|run| run.hash).collect();
    assert_eq!(different.len(), hashes::RUNS.len());
}
