//! What the meter has counted by a moment, to be shown.

use serde::Serialize;

use crate::meter::{Distribution, Gauge, Histogram, Meter, Reign, Totals};
use crate::protocol::Protocol;
use crate::sim::Cluster;
use crate::types::{NodeId, Span, Time};

/// What the nodes of a cluster have done by a moment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Metrics {
    /// The moment.
    pub now: Time,
    /// How far the samples of [`NodeMetrics::past`] lie apart; 250 ms at first, twice as far whenever 128 have come
    /// together.
    pub every: Span,
    /// The times of these samples, in order; the last is the moment itself.
    pub times: Vec<Time>,
    /// Each node, in order.
    pub nodes: Vec<NodeMetrics>,
    /// How long commits took, those of all leaders together.
    pub commit: Distribution,
    /// How long clients waited for their answers, those of all nodes together.
    pub answer: Distribution,
    /// Who led when, in the order in which they began; the latest 128 at least.
    pub reigns: Vec<Reign>,
}

/// What one node has done.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct NodeMetrics {
    /// The node: `n3`.
    pub id: NodeId,
    /// The node, as people name it.
    pub name: String,
    /// Whether it leads at the moment, as it sees it.
    pub leads: bool,
    /// What it has done since the start.
    pub totals: Totals,
    /// How long what it took as leader needed to be committed.
    pub commit: Distribution,
    /// How long the clients that it has answered had waited.
    pub answer: Distribution,
    /// What it had done by each of [`Metrics::times`].
    pub past: Columns,
}

/// [`Totals`] at several times: a column for each figure, as whoever draws wants them.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Columns {
    /// How often it had begun to try to lead.
    pub tried: Vec<u64>,
    /// How often it had come to lead.
    pub won: Vec<u64>,
    /// Messages sent.
    pub sent: Vec<u64>,
    /// Bytes sent.
    pub sent_bytes: Vec<u64>,
    /// Messages handled.
    pub received: Vec<u64>,
    /// Bytes handled.
    pub received_bytes: Vec<u64>,
    /// Slots known to be committed.
    pub committed: Vec<u64>,
    /// How long it had led, in microseconds.
    pub led: Vec<u64>,
}

impl Columns {
    fn push(&mut self, totals: &Totals) {
        self.tried.push(totals.tried);
        self.won.push(totals.won);
        self.sent.push(totals.sent);
        self.sent_bytes.push(totals.sent_bytes);
        self.received.push(totals.received);
        self.received_bytes.push(totals.received_bytes);
        self.committed.push(totals.committed);
        self.led.push(totals.led.0);
    }
}

impl Meter {
    /// What the cluster has done by now, of which the meter has seen every step.
    pub fn metrics<P: Protocol>(&self, cluster: &Cluster<P>) -> Metrics {
        let name = |id| P::name(cluster.config(), id);
        self.metrics_at(cluster.now(), &name)
    }

    /// The same, which no protocol needs to be known for.
    fn metrics_at(&self, now: Time, name: &dyn Fn(NodeId) -> String) -> Metrics {
        // Time may have gone on since the last step.
        let series = self.series_by(now);
        let every = series.every();
        let mut samples = series.samples();
        if series.due() == now + every {
            // What was due at this very moment is what there is.
            samples.pop();
        }
        let mut times: Vec<Time> = (1..).take(samples.len()).map(|count| Time(every.0 * count)).collect();
        times.push(now);
        let node = |(slot, gauge): (usize, &Gauge)| {
            let id = NodeId(u8::try_from(slot + 1).expect("at most MAX_NODES"));
            let mut past = Columns::default();
            for sample in &samples {
                // A node that was added later had done nothing then.
                past.push(sample.get(slot).unwrap_or(&Totals::default()));
            }
            let totals = gauge.totals(now);
            past.push(&totals);
            let (commit, answer) = (gauge.commit.show(), gauge.answer.show());
            NodeMetrics { id, name: name(id), leads: gauge.reign.is_some(), totals, commit, answer, past }
        };
        let all = |of: fn(&Gauge) -> &Histogram| {
            let mut all = Histogram::default();
            self.nodes.iter().for_each(|gauge| all.add(of(gauge)));
            all.show()
        };
        let ended = self.reigns.values().into_iter().map(|reign| &**reign);
        let mut reigns: Vec<Reign> =
            ended.chain(self.nodes.iter().filter_map(|gauge| gauge.reign.as_ref())).cloned().collect();
        reigns.sort_by_key(|reign| (reign.from, reign.node));
        Metrics {
            now,
            every,
            times,
            nodes: self.nodes.iter().enumerate().map(node).collect(),
            commit: all(|gauge| &gauge.commit),
            answer: all(|gauge| &gauge.answer),
            reigns,
        }
    }
}
