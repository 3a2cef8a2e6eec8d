//! Our side: the core behind its seam, and what lies between the nodes.

use std::collections::VecDeque;
use std::mem::{swap, take};
use std::sync::Arc;

use raft_playground::kv::{Command, Request};
use raft_playground::observe::Window;
use raft_playground::protocol::{Answer, Effect, Effects, Input, Protocol};
use raft_playground::raft::{Config, Entry, Message, Raft, Receipt, Timer, Write};
use raft_playground::types::{ClientId, LogIndex, NodeId, Pages, Term};

use crate::{Side, settle};

/// Our core. All that lies between its nodes is in [`Ours::handle`].
#[derive(Clone)]
pub(super) struct Ours {
    config: Config,
    nodes: Vec<(Raft, Disk)>,
    asked: Vec<Arc<Request>>,
    on_the_way: Vec<(NodeId, NodeId, Message)>,
    /// Empty between two inputs, as the two below; kept for their room.
    out: Effects<Raft>,
    flushed: VecDeque<Receipt>,
    arriving: Vec<(NodeId, NodeId, Message)>,
    answered: u64,
    sent: u64,
}

/// A disk in memory. Where the other side has a plain vector this shares its pages with copies, so that a copy of a long
/// log is no slower at first than one of a short one: what the second table measures is the core.
#[derive(Clone, Default)]
struct Disk {
    ballot: (Term, Option<NodeId>),
    entries: Pages<Entry>,
}

impl Disk {
    fn write(&mut self, write: Write) -> Receipt {
        match write {
            Write::Ballot { term, vote } => {
                self.ballot = (term, vote);
                Receipt::Ballot(term)
            }
            Write::Entries { term, after, entries } => {
                if let Some(term) = term {
                    self.ballot = (term, None);
                }
                self.entries.truncate(usize::try_from(after.0).expect("it is in memory"));
                self.entries.extend(entries.iter().cloned());
                let last = self.entries.last().map_or(Term::default(), |entry| entry.term);
                Receipt::Entries(LogIndex(self.entries.len() as u64), last)
            }
            Write::Compact { .. } | Write::Install { .. } => unreachable!("nothing is compacted"),
        }
    }
}

impl Ours {
    const LEADER: NodeId = NodeId(1);

    fn handle(&mut self, at: NodeId, input: Input<Raft>) {
        let (node, disk) = &mut self.nodes[at.slot()];
        node.handle(&self.config, input, &mut self.out);
        loop {
            for effect in self.out.drain() {
                match effect {
                    // The disk has it at once, so nothing behind it is held back.
                    Effect::Persist(write) => self.flushed.push_back(disk.write(write)),
                    Effect::Send { to, message, .. } => {
                        self.sent += 1;
                        self.on_the_way.push((at, to, message));
                    }
                    Effect::Reply { answer: Answer::Done(outcome), .. } => {
                        self.answered += u64::from(outcome.is_ok());
                    }
                    _ => {}
                }
            }
            // In the order in which they were begun.
            let Some(receipt) = self.flushed.pop_front() else { return };
            node.handle(&self.config, Input::Flushed(receipt), &mut self.out);
        }
    }
}

impl Side for Ours {
    fn elected(nodes: u8) -> Self {
        // The other side remembers nothing of its clients.
        let config = Config { sessions: false, ..Config::new(nodes) };
        let mut out = Effects::default();
        let boot = |id| (Raft::boot(id, &config, &Default::default(), &mut out), Disk::default());
        let nodes = NodeId::all(nodes).map(boot).collect();
        let mut cluster = Ours {
            config,
            nodes,
            asked: Vec::new(),
            on_the_way: Vec::new(),
            out: Effects::unwatched(),
            flushed: VecDeque::new(),
            arriving: Vec::new(),
            answered: 0,
            sent: 0,
        };
        cluster.handle(Self::LEADER, Input::Timeout(Timer::Election));
        settle(&mut cluster);
        cluster
    }

    fn propose(&mut self, number: u64, command: &Command) {
        self.asked.push(Request::new(ClientId(1), number, command.clone()));
    }

    fn turn(&mut self) {
        // What is asked within a turn is handed over together, as it is on the other side.
        if !self.asked.is_empty() {
            let asked = take(&mut self.asked);
            self.handle(Self::LEADER, Input::Requests(asked));
        }
        let mut arriving = take(&mut self.arriving);
        swap(&mut arriving, &mut self.on_the_way);
        for (from, to, message) in arriving.drain(..) {
            self.handle(to, Input::Deliver { from, message });
        }
        self.arriving = arriving;
    }

    fn heartbeat(&mut self) {
        self.handle(Self::LEADER, Input::Timeout(Timer::Heartbeat));
    }

    fn quiet(&self) -> bool {
        self.asked.is_empty() && self.on_the_way.is_empty()
    }

    fn answered(&self) -> u64 {
        self.answered
    }

    fn sent(&self) -> u64 {
        self.sent
    }

    fn stores(&self) -> Vec<Vec<(String, String)>> {
        let nothing = Window { from: 1, count: 0 };
        self.nodes.iter().map(|(node, _)| node.observe(&self.config, nothing).store.expect("Raft has one")).collect()
    }
}
