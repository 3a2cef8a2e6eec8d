//! The wasm package in a browser: `wasm-pack test --headless --firefox` (or `--chrome`).
#![cfg(target_arch = "wasm32")]

mod wasm_shared;

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn there_is_a_window() {
    let window = js_sys::Reflect::get(&js_sys::global(), &"window".into()).unwrap();
    assert!(window.is_object());
}
