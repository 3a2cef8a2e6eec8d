//! A whole cluster in one value: nodes, network, disks, clocks and clients in virtual time.
//!
//! There is **one transition**, [`Cluster::apply`], and everybody who wants something to happen
//! chooses a [`Step`] for it: the [`schedule`] (what is due next), a person (a click, a line
//! of a script) or an explorer (every step that is enabled). All chance is drawn from the seed and
//! keyed by its cause, so the same setup and the same steps give the same run, bit for bit, on every
//! platform.
//!
//! The simulation runs any [`Protocol`](crate::protocol::Protocol) and knows none.

mod branching;
mod chores;
mod clients;
mod clocks;
mod cluster;
mod disk;
mod facts;
pub mod faults;
mod links;
mod network;
mod order_text;
mod payload;
mod refused;
pub mod schedule;
mod setup;
mod step;
mod step_text;
mod told;

pub use branching::Away;
pub use clients::{Asked, Client, ClientRules, ClientState, LastAnswer};
pub use clocks::{Armed, Drift, Timers};
pub use cluster::{Cluster, Host};
pub use disk::Disk;
pub use facts::{Fact, Happening, LossReason};
pub use links::{Link, LinkRules, LinkTable, Links};
pub use network::{Flight, Network, Seen};
pub use payload::Payload;
pub use refused::Refused;
pub use setup::Setup;
pub use step::{Rule, Step};
