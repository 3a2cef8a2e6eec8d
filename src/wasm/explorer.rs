//! The binding of [`crate::hunt::Exploration`], for a worker of the page.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::{JsEntries, entries, plain, refuse, scenario};
use crate::hunt::{Exploration, Limit, Reach};
use crate::playground::{self, PropertyCard};

#[wasm_bindgen]
extern "C" {
    /// How an exploration stands.
    #[wasm_bindgen(typescript_type = "Outlook")]
    pub type JsOutlook;
    /// What can be asked of an exploration.
    #[wasm_bindgen(typescript_type = "Explorable")]
    pub type JsExplorable;
    /// The bounds of an exploration.
    #[wasm_bindgen(typescript_type = "Reach")]
    pub type JsReach;
}

/// What can be asked of an exploration of a protocol.
#[derive(Serialize)]
struct Explorable {
    /// What may happen so many times.
    limits: Vec<Limit>,
    /// What must hold.
    properties: Vec<PropertyCard>,
    /// What suits each mistake that can be made.
    #[cfg(feature = "bugs")]
    suited: Vec<crate::hunt::Suited>,
}

/// What can be asked of an exploration of a run of this protocol.
///
/// # Errors
///
/// Where there is no such protocol.
#[wasm_bindgen]
pub fn explorable(protocol: &str) -> Result<JsExplorable, JsError> {
    let card = playground::card(protocol).map_err(refuse)?;
    let properties = playground::properties(protocol).map_err(refuse)?;
    plain(&Explorable {
        limits: Reach::limits(&card.words),
        properties,
        #[cfg(feature = "bugs")]
        suited: crate::hunt::suited(protocol).map_err(refuse)?,
    })
}

/// How many steps of simulation take as long as a move of an exploration, about: it is copied, hashed and taken back.
const STEPS_A_MOVE: u64 = 8;

/// An exploration of all schedules from the moment of a run.
#[wasm_bindgen]
pub struct Explorer {
    inner: Exploration,
}

#[wasm_bindgen]
impl Explorer {
    /// Begins at the moment at which a scenario opens, see `Playground.open`, within these bounds.
    ///
    /// # Errors
    ///
    /// Where it is not a scenario, as `Playground.open` has it; where the bounds ask for what cannot be; or where schedules
    /// cannot be explored from that moment.
    #[wasm_bindgen(constructor)]
    pub fn new(entries_of_file: &JsEntries, reach: JsReach) -> Result<Explorer, JsValue> {
        let mut chosen = Reach::default();
        for (name, value) in entries(&reach)? {
            chosen.set(&name, &value).map_err(refuse)?;
        }
        let inner = Exploration::new(&scenario(entries_of_file)?, &chosen).map_err(refuse)?;
        Ok(Explorer { inner })
    }

    /// Goes on for about as long as so many steps of simulation take; false once it is over, or once as many states were
    /// seen as may be remembered.
    ///
    /// # Errors
    ///
    /// Never in practice.
    pub fn advance(&mut self, steps: u32) -> Result<bool, JsError> {
        self.inner.advance((u64::from(steps) / STEPS_A_MOVE).max(1)).map_err(refuse)
    }

    /// Where as many states were seen as may be remembered, twice as many may be from now on.
    pub fn pass(&mut self) {
        self.inner.widen();
    }

    /// How it stands.
    ///
    /// # Errors
    ///
    /// Never in practice.
    pub fn standing(&self) -> Result<JsOutlook, JsError> {
        plain(&self.inner.outlook())
    }

    /// How much memory this instance of the package takes, in bytes: what was once taken is kept.
    #[must_use]
    pub fn memory(&self) -> f64 {
        #[allow(clippy::cast_precision_loss)]
        let bytes = (core::arch::wasm32::memory_size::<0>() * 65_536) as f64;
        bytes
    }
}
