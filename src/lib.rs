//! A whole simulated cluster, to watch, break and check: the real Raft core and a replicated key-value
//! store, beside Multi-Paxos and a single server that keep the same store.
//!
//! # One idea carries everything
//!
//! There is one transition, [`sim::Cluster::apply`], and there are choosers of [`sim::Step`]s: the
//! [schedule](sim::schedule) takes what is due next in virtual time, a person clicks or types, and
//! [random faults](sim::faults) mean ill. A step has one canonical line of text (`crash n3`,
//! `deliver n1->n3#17`, `put c1 a val_7`), so a run is a seed, some settings and a few lines.
//!
//! # The contract
//!
//! - **Deterministic.** The same settings and the same steps give the same run, bit for bit, natively
//!   and in every browser; [`playground::Playground::hash`] says so in 64 bits. Time is virtual, in
//!   microseconds; every random draw is keyed by its cause.
//! - **All or nothing.** A step that cannot be done is refused with one sentence
//!   ([`sim::Refused`]), and nothing has changed.
//! - **Checked.** After every step the [auditor](check::Auditor) holds the cluster to the protocol's
//!   properties; for Raft those of the paper's Figure 3.
//!
//! # The layers, from the bottom
//!
//! | layer | what it is |
//! | --- | --- |
//! | [`types`], [`chance`] | the words that all share; draws keyed by their cause |
//! | [`kv`], [`quorum`] | the state machine; the arithmetic of majorities |
//! | [`observe`] | the protocol-neutral words of a picture |
//! | [`protocol`], [`explored`] | the seam between a protocol and the world; what an explorer asks of a protocol |
//! | [`raft`], [`multi_paxos`], [`single_server`] | three protocols, which do not know each other |
//! | [`sim`] | network, disks, clocks, clients: the world |
//! | `spec_trace` | a run of Raft in the words of its TLA+ specification |
//! | [`check`] | properties, and swarms of random runs |
//! | [`meter`] | what each node has done, in figures |
//! | [`timeline`] | a run as it is watched |
//! | [`view`] | a serialisable picture of a moment |
//! | [`why`] | answers about a moment, with the events that led to it |
//! | [`settings`], [`playground`] | the facade: any protocol behind one object |
//! | [`scenario`] | a run as a text: how it starts, what is done, what must come of it |
//! | [`hunt`] | runs that break a promise, found and made small |
//! | `wasm`, the command line | bindings, nothing else |
//!
//! No layer imports one above it; a test holds the sources to that. `ARCHITECTURE.md` tells more.
//!
//! # An example
//!
//! ```
//! use raft_playground::playground::open;
//! use raft_playground::settings::Settings;
//! use raft_playground::types::Span;
//!
//! // Five nodes, three clients, seed 1. Within half a second of virtual time somebody leads.
//! let mut cluster = open(&Settings::default())?;
//! cluster.advance(Span::millis(500))?;
//! let leader = |view: &raft_playground::view::View| {
//!     view.nodes.iter().find(|card| card.up && card.node.role == "leader").map(|card| card.id)
//! };
//! let first = leader(&cluster.view(None)).expect("an election was won");
//!
//! // Crash the leader: another one takes over.
//! cluster.apply(&format!("crash {first}"))?;
//! cluster.advance(Span::secs(2))?;
//! let second = leader(&cluster.view(None)).expect("another election was won");
//! assert_ne!(first, second);
//!
//! // What cannot be done is refused with a sentence, and changes nothing.
//! let refused = cluster.apply("crash n9").unwrap_err();
//! assert_eq!(refused.to_string(), "there is no n9: expected n1 to n5");
//! # Ok::<(), raft_playground::sim::Refused>(())
//! ```

pub mod bench;
pub mod chance;
pub mod check;
pub mod explored;
pub mod hunt;
pub mod kv;
pub mod meter;
pub mod multi_paxos;
pub mod observe;
pub mod playground;
pub mod protocol;
pub mod quorum;
pub mod raft;
pub mod scenario;
pub mod settings;
pub mod sim;
pub mod single_server;
#[cfg(not(target_arch = "wasm32"))]
pub mod spec_trace;
pub mod timeline;
pub mod types;
pub mod view;
#[cfg(target_arch = "wasm32")]
pub mod wasm;
#[cfg(feature = "contrast")]
pub mod why;
