//! What may be chosen for a Raft cluster, before it runs and while it does.

use crate::chance::Ratio;
use crate::kv::Read;
use crate::protocol::Bugs;
use crate::raft::bugs::Mistake;
use crate::types::{NodeId, SortedMap, Span, Spread};

/// The same for every node of a cluster.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Config {
    /// How many nodes there are at the start; all of them vote.
    pub nodes: u8,
    /// The spread that election timeouts are drawn from (§5.2: 150 to 300 ms).
    pub election: Spread,
    /// How often a leader makes itself heard; well below the shortest election timeout.
    pub heartbeat: Span,
    /// Whether a new leader writes an entry that does nothing, so that what earlier leaders left is
    /// committed without waiting for a client (§8).
    pub noop: bool,
    /// Whether who wants to campaign asks first whether it could win (dissertation, §9.6).
    pub pre_vote: bool,
    /// Whether votes are withheld while a leader is heard (dissertation, §4.2.3).
    pub withhold_votes: bool,
    /// Whether a leader that does not hear of a majority for an election timeout gives up (dissertation, §6.2).
    pub check_quorum: bool,
    /// Whether the spread of election timeouts grows with each election in a row that nobody has won.
    pub growing_timeouts: bool,
    /// Who is preferred as leader: a node with the same log as a candidate's refuses it where its own number is
    /// higher. Whoever is not named has 0.
    pub priority: SortedMap<NodeId, u64>,
    /// Whether followers pass requests on to the leader, rather than name it to the client.
    pub forwarding: bool,
    /// The most entries that one AppendEntries carries, at least 1.
    pub batch: u64,
    /// The most bytes of entries that one AppendEntries carries; one entry may always be sent.
    pub batch_bytes: u64,
    /// How many AppendEntries may be on their way to a follower without an answer (dissertation, §10.2.1); at least 1.
    pub window: u64,
    /// How many bytes of entries may be; one AppendEntries may always be.
    pub window_bytes: u64,
    /// Whether a follower that cannot take entries says where its log may fit, rather than only that it does not
    /// (paper, §5.3, at the end).
    pub hints: bool,
    /// Whether a follower answers a message that lies behind its commit index with that (as etcd does): all that is
    /// committed agrees with every leader's log.
    pub ack_committed: bool,
    /// Whether what is sent waits only for the write that it rests on: a leader sends entries while it writes them itself
    /// (dissertation, §10.2.1), a follower answers for what is safe while it writes more. Without it, whatever is sent
    /// waits for all that was written before.
    pub async_writes: bool,
    /// The most bytes of entries that a leader takes on before the first of them is committed; 0 for no limit.
    pub uncommitted_bytes: u64,
    /// How many entries are applied before a snapshot takes their place; 0 for never (§7).
    pub snapshot_every: u64,
    /// How many of the last entries stay in the log, though they are in the snapshot: for followers that lag a little.
    pub snapshot_keep: u64,
    /// How many bytes of a snapshot one InstallSnapshot carries, at least 1.
    pub chunk: u64,
    /// How a `get` is answered where the client does not say.
    pub reads: Read,
    /// How far clocks may drift from true time, either way: a lease ends so much earlier (dissertation, §6.4.1).
    pub drift_bound: Ratio,
    /// Whether a command that comes twice is carried out once (dissertation, §6.3).
    pub sessions: bool,
    /// How long a client's session lasts of which nothing is heard.
    pub session_timeout: Span,
    /// Whether members change by joint consensus where more than one voter changes (§6). Without it they change in one
    /// step, and two leaders may be elected in one term.
    pub joint: bool,
    /// Whether a leader changes members only once it has committed an entry of its term. Without that, two changes
    /// in a row may lose what is committed (Ongaro, raft-dev, July 2015).
    pub own_term_first: bool,
    /// Whether only entries of the leader's term are committed by counting (§5.4.2). Without that, what is committed
    /// may be overwritten (Figure 8).
    pub own_term_only: bool,
    /// Whether a vote is remembered across a crash (§5.2). Without that, a node may vote twice in a term.
    pub keep_vote: bool,
    /// The mistakes that are made on purpose.
    pub bugs: Bugs,
}

impl Config {
    /// The paper's figures, for `nodes` nodes.
    pub fn new(nodes: u8) -> Self {
        Config {
            nodes,
            election: Spread::millis(150, 300),
            heartbeat: Span::millis(50),
            noop: true,
            pre_vote: false,
            withhold_votes: false,
            check_quorum: false,
            growing_timeouts: false,
            priority: SortedMap::default(),
            forwarding: false,
            batch: 64,
            batch_bytes: 64 * 1024,
            window: 16,
            window_bytes: 256 * 1024,
            hints: true,
            ack_committed: false,
            async_writes: false,
            uncommitted_bytes: 0,
            snapshot_every: 0,
            snapshot_keep: 0,
            chunk: 128,
            reads: Read::Log,
            drift_bound: Ratio::percent(5),
            sessions: true,
            session_timeout: Span::secs(3_600),
            joint: true,
            own_term_first: true,
            own_term_only: true,
            keep_vote: true,
            bugs: Bugs::default(),
        }
    }

    /// Everything on that a cluster in practice has on: what elections disturb least, and what keeps logs short.
    pub fn in_practice(nodes: u8) -> Self {
        Config {
            pre_vote: true,
            withhold_votes: true,
            check_quorum: true,
            growing_timeouts: true,
            forwarding: true,
            async_writes: true,
            uncommitted_bytes: 64 * 1024,
            snapshot_every: 100,
            snapshot_keep: 10,
            reads: Read::Index,
            ..Config::new(nodes)
        }
    }

    /// How long a leader may rely on a majority's answers, from when it asked, by its own clock: for so long nobody of
    /// that majority votes for another, be its clock as fast and the leader's as slow as they may be.
    pub(super) fn lease(&self) -> Span {
        let drift = if self.makes(Mistake::LeaseWithoutDriftBound) { 0 } else { u64::from(self.drift_bound.ppm()) };
        let million = 1_000_000;
        Span(self.election.min.0.saturating_mul(million - drift.min(million)) / (million + drift))
    }

    /// How much a node is preferred as leader.
    pub(super) fn priority_of(&self, id: NodeId) -> u64 {
        self.priority.get(&id).copied().unwrap_or(0)
    }
}
