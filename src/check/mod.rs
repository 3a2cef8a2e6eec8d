//! Checking: what must hold of a run, looked at after every step.

mod auditor;
mod clients;
pub mod explore;
pub mod linearizability;
mod progress;
mod requests;
pub mod shrink;
pub mod swarm;

pub use auditor::{Auditor, Violation};
pub use progress::{LIVENESS, PATIENCE};
pub use requests::{Place, RequestRow, Requests};
