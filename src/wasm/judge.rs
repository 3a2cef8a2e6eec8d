//! The binding of what judges the requests of a run, for a worker of the page.

use wasm_bindgen::prelude::*;

use super::{JsEntries, plain, refuse, scenario};
use crate::scenario::Run;

#[wasm_bindgen]
extern "C" {
    /// What clients saw, judged.
    #[wasm_bindgen(typescript_type = "Judgement")]
    pub type JsJudgement;
}

/// How many places in an order are tried for a key: what is not decided by then would take very long.
const STEPS: u64 = 3_000_000;

/// Plays a scenario, as `Playground.open` does, up to the moment at which it wants to be opened, and judges whether one
/// server could have given clients the answers that they got.
///
/// # Errors
///
/// As `Playground.open`.
#[wasm_bindgen]
pub fn judge(entries: &JsEntries) -> Result<JsJudgement, JsValue> {
    let mut run = Run::new(&scenario(entries)?).map_err(refuse)?;
    run.record();
    run.open().map_err(refuse)?;
    Ok(plain(&run.cluster().judge(STEPS))?)
}
