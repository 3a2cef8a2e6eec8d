//! The meter counts what a cluster does, for each of its nodes: attempts to lead, messages and bytes, what was
//! committed and how long that took, how long each has led.
//!
//! It is an observer, as the [auditor](crate::check::Auditor) is: it looks at the facts of each step and at the nodes
//! that the step has touched, and no node counts anything for its sake. All of it is a function of the run up to a
//! moment, so it is the same natively and in a browser, and whoever goes back finds the figures of that time. It knows
//! no protocol: what an attempt to lead is called, each says itself.
//!
//! What is counted, exactly:
//!
//! - **Messages** are all that a node sends and handles, those of clients included. What was lost was sent and not
//!   received; of what the network has doubled, each copy is received.
//! - **Bytes** are those of [`Show::bytes`]: of the messages themselves, without what a transport puts around them.
//! - **Committed** is how far a node has ever known everything to be committed; a crash takes nothing away.
//! - **How long a commit took** is measured by whoever leads, from the step in which a slot is taken to that in which
//!   it knows it to be committed. **How long an answer took** is measured from a client's first asking on, and counts
//!   for the node that answers.
//! - A node **leads** as long as it takes itself for the leader, paused or cut off as it may be.
//!
//! ```
//! use raft_playground::playground::open;
//! use raft_playground::settings::Settings;
//! use raft_playground::types::Span;
//!
//! let mut cluster = open(&Settings { seed: 7, ..Settings::default() })?;
//! cluster.advance(Span::secs(1))?;
//! cluster.apply("put c1 a val_1")?;
//! cluster.advance(Span::secs(1))?;
//!
//! let metrics = cluster.metrics();
//! let leader = metrics.nodes.iter().find(|node| node.leads).expect("an election was won");
//! assert_eq!((leader.totals.tried, leader.totals.won), (1, 1));
//! // It has led since it was elected, so for most of two seconds.
//! assert!(leader.totals.led > Span::millis(1_500), "{leader:?}");
//! // One entry to begin its term and one of the client; both are committed, and each took a moment.
//! assert_eq!((leader.totals.committed, leader.commit.count), (2, 2));
//! assert!(leader.commit.median < Some(Span::millis(100)));
//! // The client's answer came from the leader.
//! assert_eq!(leader.answer.count, 1);
//! # Ok::<(), raft_playground::sim::Refused>(())
//! ```

mod chain;
mod histogram;
mod metrics;
mod series;

pub use histogram::{Bucket, Distribution, Histogram};
pub use metrics::{Columns, Metrics, NodeMetrics};

use std::sync::Arc;

use serde::Serialize;

use crate::observe::{Bid, Epoch, Show, Tell, Window};
use crate::protocol::{Answer, Protocol};
use crate::sim::{Cluster, Fact, Happening};
use crate::types::{ClientId, NodeId, Process, Span, Time};
use chain::Chain;
use series::Series;

/// So many slots, or runs of slots that were taken at one time, are timed at once by a node: one that is cut off from
/// all others may take ever more that is never committed.
const MOST_TIMED: usize = 256;
/// So many times of leading are kept, the latest.
const MOST_REIGNS: usize = 256;

/// What a node has done since the start of the run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Totals {
    /// How often it has begun to try to lead.
    pub tried: u64,
    /// How often it has come to lead by that.
    pub won: u64,
    /// How many messages it has sent.
    pub sent: u64,
    /// How many bytes these were.
    pub sent_bytes: u64,
    /// How many messages it has handled.
    pub received: u64,
    /// How many bytes these were.
    pub received_bytes: u64,
    /// How many slots it has known to be committed, from the first on.
    pub committed: u64,
    /// How long it has led, all in all.
    pub led: Span,
}

/// A time in which a node led.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Reign {
    /// Who led.
    pub node: NodeId,
    /// In which epoch, if the protocol has such.
    pub epoch: Option<Epoch>,
    /// Since when.
    pub from: Time,
    /// Until when; none as long as it does.
    pub until: Option<Time>,
}

/// What is known of one node.
#[derive(Clone, Debug, Default)]
struct Gauge {
    totals: Totals,
    /// Since when it leads, if it does; `totals.led` is without that.
    reign: Option<Reign>,
    /// The last slot that it had taken after the last step that touched it.
    taken: u64,
    /// Slots that it has taken as the leader and does not know to be committed: the first, the last, and when. In order.
    open: Vec<(u64, u64, Time)>,
    commit: Histogram,
    answer: Histogram,
}

/// Counts what a cluster does.
#[derive(Clone, Debug, Default)]
pub struct Meter {
    nodes: Vec<Gauge>,
    /// When each client has asked its running request, or the last one.
    asked: Vec<Time>,
    /// The times of leading that have ended, in the order in which they did.
    reigns: Chain<Reign>,
    series: Series,
}

impl Meter {
    /// Takes note of what the cluster's last step did. To be called when the cluster has started and after every step:
    /// what it did is not known later.
    pub fn take_note<P: Protocol>(&mut self, cluster: &Cluster<P>) {
        let now = cluster.now();
        self.catch_up(now);
        self.nodes.resize_with(cluster.states().len().max(self.nodes.len()), Gauge::default);
        for fact in cluster.facts() {
            match fact {
                Fact::Delivered(flight) => {
                    if let Process::Node(to) = flight.id.to {
                        self.receive(to, flight.payload.bytes());
                    }
                }
                Fact::Noted(node, note) => match note.bid() {
                    Some(Bid::Begun) => self.nodes[node.slot()].totals.tried += 1,
                    Some(Bid::Won) => self.nodes[node.slot()].totals.won += 1,
                    None => {}
                },
                Fact::Happened(Happening::Sent(id)) => {
                    if let (Process::Node(from), Some(flight)) = (id.from, cluster.network().flight(*id)) {
                        self.send(from, flight.payload.bytes());
                    }
                }
                Fact::Happened(happening) => self.hear(happening, now),
                Fact::Lost(..) | Fact::Persisted(..) | Fact::Outgoing { .. } => {}
            }
        }
        for id in cluster.touched().iter() {
            self.look(cluster, id);
        }
    }

    /// Looks at a node that the last step has touched.
    fn look<P: Protocol>(&mut self, cluster: &Cluster<P>, id: NodeId) {
        let state = cluster.states()[id.slot()].as_ref();
        let (now, led) = (cluster.now(), self.nodes[id.slot()].reign.is_some());
        match state.filter(|state| state.leads()) {
            Some(state) if !led => {
                let epoch = state.observe(cluster.config(), Window { from: 1, count: 0 }).epoch;
                self.nodes[id.slot()].reign = Some(Reign { node: id, epoch, from: now, until: None });
            }
            None if led => self.end_reign(id, now),
            _ => {}
        }
        if let Some(state) = state {
            self.nodes[id.slot()].measure(state.taken(), state.committed(), now);
        }
    }

    fn send(&mut self, from: NodeId, bytes: u64) {
        let totals = &mut self.nodes[from.slot()].totals;
        totals.sent += 1;
        totals.sent_bytes += bytes;
    }

    fn receive(&mut self, to: NodeId, bytes: u64) {
        let totals = &mut self.nodes[to.slot()].totals;
        totals.received += 1;
        totals.received_bytes += bytes;
    }

    /// What clients ask and are told.
    fn hear(&mut self, happening: &Happening, now: Time) {
        match happening {
            Happening::Asked { client, attempt: 1, .. } => *self.asked_by(*client) = now,
            Happening::Answered(client, _, node, Answer::Done(_)) => {
                let asked = *self.asked_by(*client);
                self.nodes[node.slot()].answer.record(now.since(asked), 1);
            }
            _ => {}
        }
    }

    fn asked_by(&mut self, client: ClientId) -> &mut Time {
        self.asked.resize(self.asked.len().max(client.slot() + 1), Time::START);
        &mut self.asked[client.slot()]
    }

    fn end_reign(&mut self, node: NodeId, now: Time) {
        let gauge = &mut self.nodes[node.slot()];
        gauge.totals.led = gauge.led(now);
        gauge.open.clear();
        if let Some(reign) = gauge.reign.take() {
            self.reigns.push(Arc::new(Reign { until: Some(now), ..reign }));
        }
        if self.reigns.len() == MOST_REIGNS {
            self.reigns.keep(|at| at >= MOST_REIGNS / 2);
        }
    }

    /// Keeps the samples that were due by now: nothing has happened since the last step.
    fn catch_up(&mut self, now: Time) {
        if self.series.due() <= now {
            self.series = self.series_by(now);
        }
    }

    /// The samples that were due by then.
    fn series_by(&self, now: Time) -> Series {
        let mut series = self.series.clone();
        while series.due() <= now {
            let due = series.due();
            series.push(self.nodes.iter().map(|gauge| gauge.totals(due)).collect());
        }
        series
    }
}

impl Gauge {
    /// How long it has led by then.
    fn led(&self, now: Time) -> Span {
        Span(self.totals.led.0 + self.reign.as_ref().map_or(0, |reign| now.since(reign.from).0))
    }

    /// What it has done by then, if nothing has happened since the last step.
    fn totals(&self, now: Time) -> Totals {
        Totals { led: self.led(now), ..self.totals }
    }

    /// It has taken slots up to `taken` and knows those up to `committed` to be committed.
    fn measure(&mut self, taken: u64, committed: u64, now: Time) {
        let leads = self.reign.is_some();
        if leads && taken > self.taken && self.open.len() < MOST_TIMED {
            self.open.push((self.taken + 1, taken, now));
        }
        self.taken = taken;
        while let Some((first, last, at)) = self.open.first_mut() {
            if committed < *first {
                break;
            }
            let done = committed.min(*last);
            self.commit.record(now.since(*at), done + 1 - *first);
            *first = done + 1;
            if done == *last {
                self.open.remove(0);
            }
        }
        self.totals.committed = self.totals.committed.max(committed);
    }
}
