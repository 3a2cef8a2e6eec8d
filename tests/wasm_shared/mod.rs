//! Tests of the wasm package that hold wherever JavaScript runs. `wasm_node.rs` and `wasm_browser.rs` both include
//! them, because a test file is either for Node or, with `run_in_browser`, for browsers.
#![allow(clippy::float_arithmetic, reason = "JavaScript's numbers are floats")]

mod api;
mod declared;
#[path = "../common/figures.rs"]
mod figures;
#[path = "../common/hashes.rs"]
mod hashes;
mod js;
#[path = "../common/shipped.rs"]
mod shipped;

use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
fn every_run_has_the_hash_that_it_has_natively() {
    let differences = hashes::differences();
    let count = hashes::RUNS.len();
    assert!(differences.is_empty(), "{} of {count} runs differ:\n  {}", differences.len(), differences.join("\n  "));
}

#[wasm_bindgen_test]
fn what_a_short_run_does_is_counted_as_it_is_natively() {
    figures::check_one_write(&figures::one_write());
}

#[wasm_bindgen_test]
fn every_scenario_goes_as_it_says_and_has_the_hash_that_it_has_natively() {
    let hashes: String = shipped::play_all().iter().map(|(name, hash)| format!("{name} {hash:016x}\n")).collect();
    assert_eq!(hashes, include_str!("../golden/hashes.txt"));
}
