//! What a node is: its state, what it starts from, and the few steps that every rule takes.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::kv::Request;
use crate::protocol::{After, TimerName};
use crate::raft::bugs::{Keyed, Mistake};
use crate::raft::compaction::Incoming;
use crate::raft::members::Roll;
use crate::raft::progress::Progress;
use crate::raft::reads::{Question, Waiting};
use crate::raft::reconfigure::Leaving;
use crate::raft::transfer::Transfer;
use crate::raft::{Config, Disk, Log, Machine, Members, Message, Note, Out, Snapshot, Write};
use crate::types::{LogIndex, NodeId, NodeSet, Span, Spread, Term};

/// One node of a Raft cluster.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Raft {
    pub(super) id: NodeId,
    /// The latest term that this node has seen; never falls. Durable.
    pub(super) term: Term,
    /// Whom this node has voted for in `term`; changes at most once in a term. Durable.
    pub(super) vote: Option<NodeId>,
    /// Durable.
    pub(super) log: Log,
    /// What the beginning of the log has come to, if anything was ever compacted. Durable.
    pub(super) snapshot: Option<Arc<Snapshot>>,
    /// Who takes part, as snapshot and log say it.
    pub(super) roll: Roll,
    /// The last entry that is on this node's disk; what is behind it does not count for a majority.
    pub(super) flushed: LogIndex,
    /// The writes of this node since it started, by number.
    pub(super) writes: Writes,
    /// What the node is in `term`.
    pub(super) role: Role,
    /// The highest entry known to be committed; never falls while the node runs.
    pub(super) commit: LogIndex,
    /// The highest entry carried out; `applied <= commit`.
    pub(super) applied: LogIndex,
    /// What carrying out the first `applied` entries has come to.
    pub(super) machine: Machine,
    /// Whether a leader was heard within the shortest election timeout.
    pub(super) heard: bool,
    /// How many elections in a row this node has not won.
    pub(super) tries: u8,
    /// What has arrived of a leader's snapshot.
    pub(super) incoming: Option<Incoming>,
    /// Requests of clients that wait until this node has come as far as the leader says.
    pub(super) questions: Vec<Question>,
}

/// How many writes a node has begun since it started.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Writes {
    pub begun: u64,
    /// The last one with a term and a vote.
    pub ballot: u64,
}

/// What a node is in its term, with what only that role has (paper, Figure 4).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) enum Role {
    /// Answers candidates and leaders; whoever does not vote does that, too.
    Follower {
        /// The leader of this term, once it has been heard.
        leader: Option<NodeId>,
    },
    /// Asks for votes.
    Candidate(Candidate),
    /// Takes requests and replicates its log.
    Leader(Box<Leader>),
}

/// What only a candidate has.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Candidate {
    /// Whether it only asks whether it would be elected; its term is then still the old one.
    pub pre: bool,
    /// Whether a leader has asked it to campaign.
    pub handed_over: bool,
    /// Who has granted; the node itself as soon as its vote is on disk.
    pub granted: NodeSet,
    /// Who has refused.
    pub refused: NodeSet,
    /// Whose vote it has counted twice, by mistake.
    #[cfg(feature = "bugs")]
    pub twice: NodeSet,
}

/// What only a leader has.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Leader {
    /// What it knows of every node, by number; its own place is not used.
    pub progress: Vec<Progress>,
    /// Nodes that take part no longer and do not know it yet.
    pub leaving: Vec<Leaving>,
    /// How many bytes of entries of its own term it has that are not committed. What earlier leaders left does not count:
    /// without an entry of this term nothing of it would ever be committed.
    pub uncommitted: u64,
    /// What time it is for the cluster: as the last entry says, and how long this node has led since.
    pub clock: Span,
    /// The how manyth time it asks everybody whether it still leads.
    pub round: u64,
    /// The last round that a majority has answered.
    pub confirmed: u64,
    /// For how long it may rely on an answer, measured twice, in turn.
    pub leases: [Lease; 2],
    /// Whether it has asked a node to take over: whoever that was may lead at any moment, whatever others have promised.
    pub handed_over: bool,
    /// The reads that wait until it knows that it still leads.
    pub reads: VecDeque<Waiting>,
    /// What it goes by where it tells rounds apart wrongly.
    pub keyed: Keyed,
    /// Whom it hands over to.
    pub transfer: Option<Transfer>,
    /// Requests that wait until that is done or given up.
    pub held: Vec<(Arc<Request>, Option<NodeId>)>,
}

/// A measure of how long a majority keeps its promise to vote for nobody else.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(super) enum Lease {
    /// Nothing is measured.
    #[default]
    None,
    /// Time runs since this round was asked; nobody knows yet whether a majority has heard it.
    Asked(u64),
    /// A majority has, and time has not run out.
    Held(u64),
}

/// The timers of a node.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Timer {
    /// Nothing was heard of a leader for an election timeout (§5.2).
    Election,
    /// A leader makes itself heard (§5.2).
    Heartbeat,
    /// A candidate asks again those who have not answered (§5.1: RPCs are retried).
    Retry,
    /// Nothing was heard of a leader for the shortest election timeout: votes are free again (dissertation, §4.2.3).
    Quiet,
    /// A leader counts whom it has heard (dissertation, §6.2).
    Quorum,
    /// A transfer has taken too long (dissertation, §3.10).
    Transfer,
    /// A promise of a majority has run out (dissertation, §6.4.1).
    LeaseA,
    /// The same of another promise: while one is relied on, the next is asked for.
    LeaseB,
}

impl TimerName for Timer {
    const ALL: &'static [Self] = &[
        Timer::Election,
        Timer::Heartbeat,
        Timer::Retry,
        Timer::Quiet,
        Timer::Quorum,
        Timer::Transfer,
        Timer::LeaseA,
        Timer::LeaseB,
    ];

    fn name(self) -> &'static str {
        match self {
            Timer::Election => "election",
            Timer::Heartbeat => "heartbeat",
            Timer::Retry => "retry",
            Timer::Quiet => "quiet",
            Timer::Quorum => "quorum",
            Timer::Transfer => "transfer",
            Timer::LeaseA => "lease",
            Timer::LeaseB => "lease-2",
        }
    }

    fn place(self) -> usize {
        self as usize
    }

    fn is_deadline(self) -> bool {
        matches!(self, Timer::LeaseA | Timer::LeaseB)
    }
}

impl Raft {
    /// A node that starts, with what its disk has kept.
    pub(super) fn start(id: NodeId, config: &Config, disk: &Disk, out: Out<'_>) -> Self {
        if disk.torn.as_ref().is_some_and(|torn| !torn.is_whole()) {
            out.note(Note::TornWrite { last: disk.log.last_index() });
        }
        let snapshot = disk.snapshot.clone();
        let done = snapshot.as_ref().map_or(LogIndex::ZERO, |snapshot| snapshot.index);
        // Whoever is added later takes part once a leader says so.
        let first = if id.0 <= config.nodes { Members::first(config.nodes) } else { Members::default() };
        let mut roll = match &snapshot {
            Some(snapshot) => Roll::new(snapshot.index, snapshot.members),
            None => Roll::new(LogIndex::ZERO, first),
        };
        for index in (done.0 + 1..=disk.log.last_index().0).map(LogIndex) {
            if let Some(members) = disk.log.get(index).and_then(|entry| entry.members()) {
                roll.say(index, *members);
            }
        }
        let machine = snapshot.as_ref().and_then(|snapshot| Machine::decode(&snapshot.data)).unwrap_or_default();
        let mut node = Raft {
            id,
            term: disk.term,
            vote: disk.vote.filter(|_| config.keep_vote && !config.makes(Mistake::ForgetVote)),
            log: disk.log.clone(),
            snapshot,
            roll,
            flushed: disk.log.last_index(),
            writes: Writes::default(),
            role: Role::Follower { leader: None },
            commit: done,
            applied: done,
            machine,
            heard: false,
            tries: 0,
            incoming: None,
            questions: Vec::new(),
        };
        // A promise to vote for nobody else while a leader is heard outlives a crash: whether one was heard is not
        // known any more.
        if config.withhold_votes && node.term > Term::default() {
            node.hear_leader(config, out);
        }
        node.await_leader(config, out);
        node
    }

    /// Who takes part, by the last entry of the log that says so.
    pub(super) fn members(&self) -> &Members {
        &self.roll.last().1
    }

    /// Begins a write; whatever rests on it waits for its number.
    pub(super) fn persist(&mut self, write: Write, out: Out<'_>) {
        self.writes.begun += 1;
        out.persist(write);
    }

    /// Term and vote go to disk before anything that depends on them is sent.
    pub(super) fn persist_ballot(&mut self, config: &Config, out: Out<'_>) {
        let apart = config.makes(Mistake::TermAndVoteApart) && self.vote.is_some();
        self.persist(Write::Ballot { term: self.term, vote: self.vote.filter(|_| !apart) }, out);
        self.writes.ballot = self.writes.begun;
        if apart {
            self.persist(Write::Ballot { term: self.term, vote: self.vote }, out);
        }
    }

    /// The write that must be flushed before this node may say that it has the entries up to `index`: none where
    /// they and the term are safe already.
    pub(super) fn safe_with(&self, config: &Config, index: LogIndex) -> After {
        if index > self.flushed || !config.async_writes { After::Everything } else { self.safe_term(config) }
    }

    /// The write that must be flushed before this node may say in which term it is.
    pub(super) fn safe_term(&self, config: &Config) -> After {
        if config.async_writes { After::Write(self.writes.ballot) } else { After::Everything }
    }

    /// A leader sends without waiting for its own entries, where it may: its term is safe since it campaigned.
    pub(super) fn send_as_leader(&self, config: &Config, to: NodeId, message: Message, out: Out<'_>) {
        out.send_after(to, message, self.safe_term(config));
    }

    /// Leaves whatever role there was: the node follows in `term`. Whoever calls this sees to it that a new
    /// term is written.
    pub(super) fn become_follower(&mut self, config: &Config, term: Term, leader: Option<NodeId>, out: Out<'_>) {
        assert!(term >= self.term, "the term never falls");
        if term > self.term {
            (self.term, self.vote) = (term, None);
        }
        let before = std::mem::replace(&mut self.role, Role::Follower { leader });
        match before {
            Role::Follower { .. } => {}
            Role::Candidate(_) => out.disarm(Timer::Retry),
            Role::Leader(led) => {
                for timer in [Timer::Heartbeat, Timer::Quorum, Timer::Transfer, Timer::LeaseA, Timer::LeaseB] {
                    out.disarm(timer);
                }
                // A leader has no election timer: from here on it needs one.
                self.await_leader(config, out);
                self.dismiss(*led, leader, out);
            }
        }
    }

    /// Sets the election timer anew, where this node may campaign at all.
    pub(super) fn await_leader(&mut self, config: &Config, out: Out<'_>) {
        if self.may_campaign() {
            out.arm(Timer::Election, self.patience(config));
        } else {
            out.disarm(Timer::Election);
        }
    }

    /// The spread of election timeouts: it grows with each election in a row that nobody has won, where that is
    /// wanted, up to eight times as wide.
    pub(super) fn patience(&self, config: &Config) -> Spread {
        let Spread { min, max } = config.election;
        let times = if config.growing_timeouts { u64::from(self.tries.min(7)) } else { 0 };
        Spread { min, max: Span(max.0.saturating_add((max.0 - min.0).saturating_mul(times)).min(Span::LONGEST.0)) }
    }

    /// A leader was heard: for the shortest election timeout votes are withheld.
    pub(super) fn hear_leader(&mut self, config: &Config, out: Out<'_>) {
        if config.withhold_votes || config.pre_vote {
            self.heard = true;
            out.arm(Timer::Quiet, Spread::exactly(config.election.min));
        }
    }

    pub(super) fn is_leader(&self) -> bool {
        matches!(self.role, Role::Leader(_))
    }

    pub(super) fn led(&mut self) -> Option<&mut Leader> {
        if let Role::Leader(leader) = &mut self.role { Some(leader) } else { None }
    }

    /// The leader of this term, as far as this node knows.
    pub(super) fn leader(&self) -> Option<NodeId> {
        match self.role {
            Role::Follower { leader } => leader,
            Role::Candidate(_) => None,
            Role::Leader(_) => Some(self.id),
        }
    }

    /// A message of a later term ends this node's role: its own term has passed (§5.1). Says whether that
    /// is so; the new term is to be written then, together with what else the message changes.
    pub(super) fn heed_term(&mut self, config: &Config, from: NodeId, message: &Message, out: Out<'_>) -> bool {
        if message.term() <= self.term || !message.is_of_its_term() {
            return false;
        }
        if config.makes(Mistake::HigherTermStayLeader) && self.is_leader() {
            (self.term, self.vote) = (message.term(), None);
            return true;
        }
        if !matches!(self.role, Role::Follower { .. }) {
            out.note(Note::SteppedDown { from, old: self.term, new: message.term(), led: self.is_leader() });
        }
        self.become_follower(config, message.term(), None, out);
        true
    }
}
