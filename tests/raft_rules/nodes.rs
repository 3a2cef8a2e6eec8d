//! Raft nodes without a simulation: each with its disk in memory, driven input by input, or a few of them with the
//! messages between them delivered in the order of sending. Logs are written as the terms of their entries: `"112"`.

use std::collections::VecDeque;
use std::sync::Arc;

use raft_playground::kv::{Command, Request};
use raft_playground::observe::{NodeView, Window};
use raft_playground::protocol::{Durable, Effect, Effects, Input, Protocol};
use raft_playground::raft::{Config, Disk, Entry, Message, Raft, Receipt, Timer, Verdict, Write};
use raft_playground::types::{ClientId, LogIndex, NodeId, Term};

pub(crate) type Wants = Vec<Effect<Raft>>;

/// Entries with these terms.
pub(crate) fn entries(terms: &str) -> Arc<[Entry]> {
    let entry = |c: char| Entry { term: Term(u64::from(c.to_digit(10).expect("a digit"))), request: Request::noop() };
    terms.chars().map(entry).collect()
}

/// A disk with this term, vote and log.
pub(crate) fn disk(term: u64, vote: Option<u8>, log: &str) -> Disk {
    let mut disk = Disk::default();
    disk.write(&Write::Ballot { term: Term(term), vote: vote.map(NodeId) });
    disk.write(&Write::Entries { term: None, after: LogIndex::ZERO, entries: entries(log) });
    disk
}

/// A request of the first client.
pub(crate) fn request(seq: u64) -> Arc<Request> {
    Request::new(ClientId(1), seq, Command::Put { key: "a".into(), value: format!("val_{seq}").into() })
}

/// Node 1 of three.
pub(crate) fn voter(term: u64, vote: Option<u8>, log: &str) -> Node {
    Node::boot(1, &Config::new(3), disk(term, vote, log))
}

/// A candidate's request: its term, and the term and index of its last entry.
pub(crate) fn request_vote(term: u64, last_term: u64, last_index: u64) -> Message {
    let mut node = Node::boot(1, &Config::new(3), Disk::default());
    let wants = node.tell(Input::Timeout(Timer::Election));
    let mut message = sent(&wants, 2).pop().expect("a candidate asks everybody");
    if let Message::RequestVote(ask) = &mut message {
        (ask.term, ask.last_term, ask.last_index) = (Term(term), Term(last_term), LogIndex(last_index));
    }
    message
}

/// A leader's request: its term, index and term of the entry before, the entries' terms, its commit index.
pub(crate) fn append(term: u64, prev: (u64, u64), more: &str, commit: u64) -> Message {
    let wants = Node::leader(3, 0, "").tell(Input::Timeout(Timer::Heartbeat));
    let mut message = sent(&wants, 2).pop().expect("a leader makes itself heard");
    if let Message::AppendEntries(append) = &mut message {
        (append.prev_index, append.prev_term) = (LogIndex(prev.0), Term(prev.1));
        (append.term, append.entries, append.commit) = (Term(term), entries(more), LogIndex(commit));
    }
    message
}

pub(crate) fn vote(term: u64, granted: bool) -> Message {
    Message::RequestVoteReply { term: Term(term), granted }
}

/// A follower's log agrees up to an index.
pub(crate) fn matched(term: u64, index: u64) -> Message {
    Message::AppendEntriesReply { term: Term(term), verdict: Verdict::Matched(LogIndex(index)) }
}

/// A follower's log does not hold the entry at an index.
pub(crate) fn mismatch(term: u64, index: u64) -> Message {
    Message::AppendEntriesReply { term: Term(term), verdict: Verdict::Mismatch(LogIndex(index)) }
}

/// What is sent to a node.
pub(crate) fn sent(wants: &Wants, whom: u8) -> Vec<Message> {
    let sent = wants.iter().filter_map(|effect| match effect {
        Effect::Send { to, message } if to.0 == whom => Some(message.clone()),
        _ => None,
    });
    sent.collect()
}

/// What is written to disk.
pub(crate) fn written(wants: &Wants) -> Vec<Write> {
    let written = wants.iter().filter_map(|effect| match effect {
        Effect::Persist(write) => Some(write.clone()),
        _ => None,
    });
    written.collect()
}

/// Whether the election timer is set anew.
pub(crate) fn waits_anew(wants: &Wants) -> bool {
    wants.iter().any(|effect| matches!(effect, Effect::Arm { timer: Timer::Election, .. }))
}

/// One node with its disk.
#[derive(Clone)]
pub(crate) struct Node {
    pub(crate) config: Config,
    pub(crate) disk: Disk,
    id: NodeId,
    raft: Raft,
}

impl Node {
    /// A node that starts with what is on its disk.
    pub(crate) fn boot(id: u8, config: &Config, disk: Disk) -> Node {
        let raft = Raft::boot(NodeId(id), config, &disk, &mut Effects::default());
        Node { config: config.clone(), disk, id: NodeId(id), raft }
    }

    /// The first of so many nodes, leader of the term after `term` with this log, without an entry of its own term.
    pub(crate) fn leader(nodes: u8, term: u64, log: &str) -> Node {
        let mut node = Node::boot(1, &Config { noop: false, ..Config::new(nodes) }, disk(term, None, log));
        node.tell_and_flush(Input::Timeout(Timer::Election));
        for voter in 2..=nodes / 2 + 1 {
            node.hear_and_flush(voter, vote(term + 1, true));
        }
        assert_eq!(node.view().role, "leader", "with a majority of {nodes} votes");
        node
    }

    /// Hands the node an input; what it writes is not flushed.
    pub(crate) fn tell(&mut self, input: Input<Raft>) -> Wants {
        let mut out = Effects::default();
        self.raft.handle(&self.config, input, &mut out);
        out.as_slice().to_vec()
    }

    /// Hands the node a message; what it writes is not flushed.
    pub(crate) fn hear(&mut self, from: u8, message: Message) -> Wants {
        self.tell(Input::Deliver { from: NodeId(from), message })
    }

    /// Carries out the writes and tells the node of them, with all that follows.
    pub(crate) fn flush(&mut self, mut wants: Wants) -> Wants {
        let mut done = 0;
        while done < wants.len() {
            if let Effect::Persist(write) = wants[done].clone() {
                let receipt: Receipt = self.disk.write(&write);
                wants.extend(self.tell(Input::Flushed(receipt)));
            }
            done += 1;
        }
        wants
    }

    pub(crate) fn tell_and_flush(&mut self, input: Input<Raft>) -> Wants {
        let wants = self.tell(input);
        self.flush(wants)
    }

    pub(crate) fn hear_and_flush(&mut self, from: u8, message: Message) -> Wants {
        self.tell_and_flush(Input::Deliver { from: NodeId(from), message })
    }

    /// A crash: only the disk stays.
    pub(crate) fn restart(&mut self) {
        self.raft = Raft::boot(self.id, &self.config, &self.disk, &mut Effects::default());
    }

    pub(crate) fn view(&self) -> NodeView {
        self.raft.observe(&self.config, ALL)
    }

    /// The terms of all entries.
    pub(crate) fn log(&self) -> String {
        self.view().slots.iter().map(|slot| slot.epoch.text.clone()).collect()
    }

    pub(crate) fn committed(&self) -> u64 {
        self.view().committed
    }

    /// `leader t3 112 c2`: role, term, log and commit index.
    pub(crate) fn show(&self) -> String {
        let view = self.view();
        let term = view.epoch.map_or(0, |epoch| epoch.number);
        format!("{} t{term} {} c{}", view.role, self.log(), view.committed).replace("  ", " - ")
    }
}

const ALL: Window = Window { from: 1, count: 1_000 };

/// A few nodes and the messages between them.
pub(crate) struct Net {
    pub(crate) nodes: Vec<Node>,
    queue: VecDeque<(u8, u8, Message)>,
    cut: Vec<(u8, u8)>,
    /// Every message that was delivered: from, to, what.
    pub(crate) delivered: Vec<(u8, u8, Message)>,
}

impl Net {
    /// One node for each disk.
    pub(crate) fn of(disks: &[Disk]) -> Net {
        let config = Config::new(u8::try_from(disks.len()).expect("a few nodes"));
        let nodes = (1..).zip(disks).map(|(id, disk)| Node::boot(id, &config, disk.clone())).collect();
        Net { nodes, queue: VecDeque::new(), cut: Vec::new(), delivered: Vec::new() }
    }

    /// Nothing passes between two nodes from now on.
    pub(crate) fn cut(&mut self, a: u8, b: u8) {
        self.cut.extend([(a, b), (b, a)]);
    }

    pub(crate) fn heal(&mut self) {
        self.cut.clear();
    }

    /// Hands a node an input, then delivers messages until there are none.
    pub(crate) fn tell(&mut self, id: u8, input: Input<Raft>) {
        let wants = self.nodes[usize::from(id) - 1].tell_and_flush(input);
        for effect in wants {
            if let Effect::Send { to, message } = effect {
                self.queue.push_back((id, to.0, message));
            }
        }
        while let Some((from, to, message)) = self.queue.pop_front() {
            if !self.cut.contains(&(from, to)) {
                self.delivered.push((from, to, message.clone()));
                self.tell(to, Input::Deliver { from: NodeId(from), message });
            }
        }
    }

    pub(crate) fn campaign(&mut self, id: u8) {
        self.tell(id, Input::Timeout(Timer::Election));
    }

    /// `leader t3 112 c2 | follower t3 112 c0`.
    pub(crate) fn show(&self) -> String {
        self.nodes.iter().map(Node::show).collect::<Vec<_>>().join(" | ")
    }

    pub(crate) fn logs(&self) -> String {
        self.nodes.iter().map(Node::log).collect::<Vec<_>>().join(" ")
    }
}
