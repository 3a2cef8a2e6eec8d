//! Raft, as the paper describes it in sections 5.1 to 5.4.
//!
//! A node is a pure state machine behind the seam of [`crate::protocol`]. What it is told is taken
//! apart here and handled where it belongs: `election` (§5.2, §5.4.1), `replication` (§5.3),
//! commitment and the state machine (`commit`, §5.4.2). The log, the messages, the notes and the
//! properties of the paper's Figure 3 have a file each.
//!
//! Term, vote and log survive a crash; everything else is lost and learned again. Deliberately
//! absent so far: membership changes, snapshots, pre-vote, sessions (a retried command may be carried
//! out twice), reads beside the log.

mod commit;
mod config;
mod election;
mod log;
mod message;
mod note;
mod observe;
mod properties;
mod replication;
mod variables;

pub use config::Config;
pub use log::{Entry, Log};
pub use message::{AppendEntries, Message, RequestVote, Verdict};
pub use note::{Note, Refusal};
pub use properties::Witness;
pub use variables::Variables;

use std::sync::Arc;

use crate::kv::{Request, Store};
use crate::observe::{NodeView, Vocabulary, Window};
use crate::protocol::{Durable, Effects, Given, Input, Moment, Property, Protocol, TimerName};
use crate::types::{LogIndex, NodeId, NodeSet, Term};

/// One node of a Raft cluster.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Raft {
    id: NodeId,
    /// The latest term that this node has seen; never falls. Durable.
    term: Term,
    /// Whom this node has voted for in `term`; changes at most once in a term. Durable.
    vote: Option<NodeId>,
    /// Durable.
    log: Log,
    /// The last entry that is on this node's disk; what is behind it does not count for a majority.
    flushed: LogIndex,
    /// What the node is in `term`.
    role: Role,
    /// The highest entry known to be committed; never falls while the node runs.
    commit: LogIndex,
    /// The highest entry carried out; `applied <= commit`.
    applied: LogIndex,
    /// What carrying out the first `applied` entries has come to.
    store: Store,
}

/// What a node is in its term, with what only that role has (paper, Figure 4).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Role {
    /// Answers candidates and leaders.
    Follower {
        /// The leader of this term, once it has been heard.
        leader: Option<NodeId>,
    },
    /// Asks for votes.
    Candidate {
        /// Who has granted; the node itself as soon as its vote is on disk.
        granted: NodeSet,
        /// Who has refused.
        refused: NodeSet,
    },
    /// Takes requests and replicates its log.
    Leader {
        /// What it knows of every node, by number; its own place is not used.
        progress: Vec<Progress>,
    },
}

/// What a leader knows of a follower (paper, Figure 2).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct Progress {
    /// nextIndex: the entry that is sent next; always `> matched`.
    next: LogIndex,
    /// matchIndex: the highest entry known to be on the follower's disk.
    matched: LogIndex,
    /// The last entry on its way that has not been answered; zero where there is none. Until it is
    /// answered, only heartbeats send anything, and with it what may have been lost.
    awaiting: LogIndex,
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
}

impl TimerName for Timer {
    const ALL: &'static [Self] = &[Timer::Election, Timer::Heartbeat, Timer::Retry];

    fn name(self) -> &'static str {
        match self {
            Timer::Election => "election",
            Timer::Heartbeat => "heartbeat",
            Timer::Retry => "retry",
        }
    }
}

/// What survives a crash (paper, Figure 2: persistent state).
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Disk {
    term: Term,
    vote: Option<NodeId>,
    log: Log,
}

/// A change of what survives a crash. All that one input changes is one write, so that no crash comes
/// between its halves.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Write {
    /// Term and vote, in one write: one of the two alone would allow two votes in a term.
    Ballot {
        /// The current term.
        term: Term,
        /// Whom the node votes for in it.
        vote: Option<NodeId>,
    },
    /// The log from `after` on is replaced by these entries.
    Entries {
        /// The term that the node has come to with them, if that is a new one; it has no vote in it yet.
        term: Option<Term>,
        /// The last entry that stays.
        after: LogIndex,
        /// What follows it.
        entries: Arc<[Entry]>,
    },
}

/// What has reached the disk.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Receipt {
    /// Term and vote of this term.
    Ballot(Term),
    /// The log up to the entry with this index and term.
    Entries(LogIndex, Term),
}

impl Disk {
    /// What a node may hold that has been running before: terms never fall along the log, and the current
    /// term is not below them.
    fn given(config: &Config, given: &Given) -> Result<Disk, String> {
        let mut log = Log::default();
        for (term, command) in &given.slots {
            if *term == 0 {
                return Err("term 0 has no entries: expected terms from 1 on".to_string());
            }
            if Term(*term) < log.last_term() {
                let (term, before) = (term, log.last_term());
                return Err(format!("an entry of term {term} follows one of term {before}: terms never fall"));
            }
            log.append(Entry { term: Term(*term), request: Request::unasked(command.clone()) });
        }
        let term = given.epoch.map_or(log.last_term(), Term);
        if term < log.last_term() {
            return Err(format!("term {term} is below {}, the term of the last entry", log.last_term()));
        }
        match given.vote {
            Some(vote) if !config.voters().contains(vote) => {
                Err(format!("there is no {vote} to vote for: expected n1 to n{}", config.nodes))
            }
            Some(vote) if term == Term::default() => Err(format!("nobody votes for {vote} in term 0")),
            vote => Ok(Disk { term, vote, log }),
        }
    }
}

impl Durable for Disk {
    type Write = Write;
    type Receipt = Receipt;

    fn write(&mut self, write: &Write) -> Receipt {
        match write {
            Write::Ballot { term, vote } => {
                assert!(*term >= self.term, "the term never falls");
                (self.term, self.vote) = (*term, *vote);
                Receipt::Ballot(*term)
            }
            Write::Entries { term, after, entries } => {
                if let Some(term) = term {
                    assert!(*term > self.term, "a vote is not forgotten in its term");
                    (self.term, self.vote) = (*term, None);
                }
                self.log.replace_after(*after, entries);
                Receipt::Entries(self.log.last_index(), self.log.last_term())
            }
        }
    }

    fn say(write: &Write) -> String {
        match write {
            Write::Ballot { term, vote: None } => format!("term {term}"),
            Write::Ballot { term, vote: Some(vote) } => format!("term {term}, vote {vote}"),
            Write::Entries { term, after, entries } => {
                let terms: Vec<String> = entries.iter().map(|entry| entry.term.to_string()).collect();
                let term = term.map(|term| format!("term {term}, ")).unwrap_or_default();
                format!("{term}entries after {after}: terms {}", terms.join(" "))
            }
        }
    }
}

type Out<'a> = &'a mut Effects<Raft>;

impl Raft {
    /// The other nodes, in order.
    fn peers(&self, config: &Config) -> impl Iterator<Item = NodeId> + use<> {
        config.voters().without(self.id).iter()
    }

    /// Term and vote go to disk before anything that depends on them is sent.
    fn persist_ballot(&self, out: Out<'_>) {
        out.persist(Write::Ballot { term: self.term, vote: self.vote });
    }

    /// Leaves whatever role there was: the node follows in `term`. Whoever calls this sees to it that a new
    /// term is written.
    fn become_follower(&mut self, config: &Config, term: Term, leader: Option<NodeId>, out: Out<'_>) {
        assert!(term >= self.term, "the term never falls");
        if term > self.term {
            (self.term, self.vote) = (term, None);
        }
        match self.role {
            Role::Follower { .. } => {}
            Role::Candidate { .. } => out.disarm(Timer::Retry),
            // A leader has no election timer: from here on it needs one.
            Role::Leader { .. } => {
                out.disarm(Timer::Heartbeat);
                out.arm(Timer::Election, config.election);
            }
        }
        self.role = Role::Follower { leader };
    }

    fn is_leader(&self) -> bool {
        matches!(self.role, Role::Leader { .. })
    }

    /// The leader of this term, as far as this node knows.
    fn leader(&self) -> Option<NodeId> {
        match self.role {
            Role::Follower { leader } => leader,
            Role::Candidate { .. } => None,
            Role::Leader { .. } => Some(self.id),
        }
    }

    /// A message of a later term ends this node's role: its own term has passed (§5.1). Says whether that
    /// is so; the new term is to be written then, together with what else the message changes.
    fn heed_term(&mut self, config: &Config, from: NodeId, message: &Message, out: Out<'_>) -> bool {
        if message.term() <= self.term {
            return false;
        }
        if !matches!(self.role, Role::Follower { .. }) {
            out.note(Note::SteppedDown { from, old: self.term, new: message.term(), led: self.is_leader() });
        }
        self.become_follower(config, message.term(), None, out);
        true
    }
}

impl Protocol for Raft {
    type Config = Config;
    type Durable = Disk;
    type Message = Message;
    type Timer = Timer;
    type Note = Note;
    type Witness = Witness;

    const WORDS: Vocabulary = observe::WORDS;

    fn nodes(config: &Config) -> u8 {
        config.nodes
    }

    fn name(_: &Config, id: NodeId) -> String {
        id.to_string()
    }

    fn doors(config: &Config) -> Vec<NodeId> {
        NodeId::all(config.nodes).collect()
    }

    fn given(config: &Config, given: &Given) -> Result<Disk, String> {
        Disk::given(config, given)
    }

    fn boot(id: NodeId, config: &Config, disk: &Disk, out: &mut Effects<Self>) -> Self {
        out.arm(Timer::Election, config.election);
        Raft {
            id,
            term: disk.term,
            vote: disk.vote,
            log: disk.log.clone(),
            flushed: disk.log.last_index(),
            role: Role::Follower { leader: None },
            commit: LogIndex::ZERO,
            applied: LogIndex::ZERO,
            store: Store::default(),
        }
    }

    fn handle(&mut self, config: &Config, input: Input<Self>, out: &mut Effects<Self>) {
        match input {
            Input::Timeout(Timer::Election) => self.campaign(config, out),
            Input::Timeout(Timer::Heartbeat) => self.heartbeat(config, out),
            Input::Timeout(Timer::Retry) => self.ask_again(config, out),
            Input::Request(request) => self.propose(config, &request, out),
            Input::Flushed(Receipt::Ballot(term)) => self.count_own_vote(config, term, out),
            Input::Flushed(Receipt::Entries(last, term)) => self.count_own_entries(config, last, term, out),
            Input::Deliver { from, message } => {
                let later = self.heed_term(config, from, &message, out);
                match message {
                    Message::RequestVote(ask) => self.answer_candidate(config, from, &ask, later, out),
                    Message::AppendEntries(append) => self.answer_leader(config, from, &append, later, out),
                    // Nothing that was asked for in an earlier term counts in this one.
                    Message::RequestVoteReply { .. } | Message::AppendEntriesReply { .. } if later => {
                        self.persist_ballot(out);
                    }
                    Message::RequestVoteReply { term, granted } => self.count_vote(config, from, term, granted, out),
                    Message::AppendEntriesReply { term, verdict } => {
                        self.learn_progress(config, from, term, verdict, out);
                    }
                }
            }
        }
    }

    fn last_slot(&self) -> u64 {
        self.log.last_index().0
    }

    fn epoch(&self) -> u64 {
        self.term.0
    }

    fn observe(&self, config: &Config, window: Window) -> NodeView {
        self.picture(config, window)
    }

    fn properties() -> &'static [Property<Self>] {
        properties::FIGURE_3
    }

    fn remember(witness: &mut Witness, moment: &Moment<'_, Self>) {
        witness.remember(moment);
    }
}
