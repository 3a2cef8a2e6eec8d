//! The binding of [`crate::hunt::Hunt`], for a worker of the page.

use wasm_bindgen::prelude::*;

use super::{JsSettings, entries, plain, refuse};
use crate::hunt::{Field, Hunt as Inner};
use crate::settings::Settings;
use crate::types::Span;

#[wasm_bindgen]
extern "C" {
    /// How a hunt stands.
    #[wasm_bindgen(typescript_type = "Standing")]
    pub type JsStanding;
}

/// How long the faults of a run last: what is found in a short run is soon made small.
const SPAN: Span = Span::secs(20);

/// A hunt for a run that breaks a promise, from seed to seed.
#[wasm_bindgen]
pub struct Hunt {
    inner: Inner,
}

#[wasm_bindgen]
impl Hunt {
    /// Begins with a seed, and with all schedules where the mistake that is made is found so; what the settings say is drawn
    /// for no run.
    ///
    /// # Errors
    ///
    /// Where the settings ask for what cannot be.
    #[wasm_bindgen(constructor)]
    pub fn new(settings: JsSettings, seed: u32) -> Result<Hunt, JsError> {
        let mut chosen = Settings::default();
        for (name, value) in entries(&settings)? {
            chosen.set(&name, &value).map_err(refuse)?;
        }
        let field = Field { settings: chosen, span: SPAN, property: None, drawn: true };
        Ok(Hunt { inner: Inner::suited(field, u64::from(seed)).map_err(refuse)? })
    }

    /// Goes on for about so many steps of simulation; false once something is found and nothing can be left out of it.
    ///
    /// # Errors
    ///
    /// Never in practice.
    pub fn advance(&mut self, steps: u32) -> Result<bool, JsError> {
        self.inner.advance(u64::from(steps)).map_err(refuse)
    }

    /// Leaves what was found, and goes on behind it.
    ///
    /// # Errors
    ///
    /// Never in practice.
    pub fn pass(&mut self) -> Result<(), JsError> {
        self.inner.pass().map_err(refuse)
    }

    /// How it stands.
    ///
    /// # Errors
    ///
    /// Never in practice.
    pub fn standing(&self) -> Result<JsStanding, JsError> {
        plain(&self.inner.standing())
    }
}
