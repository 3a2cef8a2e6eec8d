//! TiKV's side: its core, a disk for it, and the loop that its documentation asks for.

use std::mem::{swap, take};

use raft::eraftpb::{ConfState, Entry, HardState, Message, MessageType, Snapshot};
use raft::storage::{GetEntriesContext, RaftState, Storage};
use raft::{Config, RawNode};
use raft_playground::kv::{Command, Store};
use raft_playground::types::Text;

use crate::{Side, settle};

/// TiKV's core: each node with its store.
pub(super) struct Tikv {
    nodes: Vec<(RawNode<Disk>, Store)>,
    on_the_way: Vec<Message>,
    proposed: Vec<Entry>,
    /// Empty between two turns; kept for its room.
    arriving: Vec<Message>,
    answered: u64,
    sent: u64,
}

/// A disk as TiKV's core reads it: its own `MemStorage` without the lock, and without a copy of what is appended.
struct Disk {
    entries: Vec<Entry>,
    state: RaftState,
}

/// Where in a vector the thing with this number is; the first has number 1.
fn place(number: u64) -> usize {
    usize::try_from(number - 1).expect("it is in memory")
}

impl Storage for Disk {
    fn initial_state(&self) -> raft::Result<RaftState> {
        Ok(self.state.clone())
    }

    fn entries(
        &self,
        low: u64,
        high: u64,
        _: impl Into<Option<u64>>,
        _: GetEntriesContext,
    ) -> raft::Result<Vec<Entry>> {
        Ok(self.entries[place(low)..place(high)].to_vec())
    }

    fn term(&self, index: u64) -> raft::Result<u64> {
        Ok(if index == 0 { 0 } else { self.entries[place(index)].term })
    }

    fn first_index(&self) -> raft::Result<u64> {
        Ok(1)
    }

    fn last_index(&self) -> raft::Result<u64> {
        Ok(self.entries.len() as u64)
    }

    fn snapshot(&self, _: u64, _: u64) -> raft::Result<Snapshot> {
        unreachable!("nobody falls behind")
    }
}

impl Tikv {
    /// The loop of its documentation.
    fn handle(&mut self, at: usize) {
        let (node, store) = &mut self.nodes[at];
        let (mut done, before) = (0, self.on_the_way.len());
        while node.has_ready() {
            let mut ready = node.ready();
            self.on_the_way.extend(ready.take_messages());
            done += carry_out(store, &ready.take_committed_entries());
            let entries = ready.take_entries();
            let disk = node.mut_store();
            if let Some(first) = entries.first() {
                disk.entries.truncate(place(first.index));
                disk.entries.extend(entries);
            }
            if let Some(state) = ready.hs() {
                disk.state.hard_state = state.clone();
            }
            self.on_the_way.extend(ready.take_persisted_messages());
            let mut light = node.advance(ready);
            if let Some(commit) = light.commit_index() {
                node.mut_store().state.hard_state.commit = commit;
            }
            self.on_the_way.extend(light.take_messages());
            done += carry_out(store, &light.take_committed_entries());
            node.advance_apply();
        }
        self.sent += (self.on_the_way.len() - before) as u64;
        if at == 0 {
            self.answered += done;
        }
    }
}

/// How many commands were carried out.
fn carry_out(store: &mut Store, entries: &[Entry]) -> u64 {
    let commands = entries.iter().filter_map(|entry| decoded(&entry.data));
    commands.map(|command| u64::from(store.apply(&command).is_ok())).sum()
}

impl Side for Tikv {
    fn elected(nodes: u8) -> Self {
        let logger = slog::Logger::root(slog::Discard, slog::o!());
        let voters: Vec<u64> = (1..=u64::from(nodes)).collect();
        let state = RaftState::new(HardState::default(), ConfState::from((voters.clone(), vec![])));
        let boot = |id| {
            let config = Config {
                id,
                max_size_per_msg: u64::MAX,
                max_inflight_msgs: 256,
                skip_bcast_commit: true,
                ..Config::default()
            };
            let disk = Disk { entries: Vec::new(), state: state.clone() };
            (RawNode::new(&config, disk, &logger).expect("the configuration is valid"), Store::default())
        };
        let nodes = voters.into_iter().map(boot).collect();
        let mut cluster =
            Tikv { nodes, on_the_way: Vec::new(), proposed: Vec::new(), arriving: Vec::new(), answered: 0, sent: 0 };
        cluster.nodes[0].0.campaign().expect("whoever follows may");
        cluster.handle(0);
        settle(&mut cluster);
        cluster
    }

    fn propose(&mut self, _: u64, command: &Command) {
        self.proposed.push(Entry { data: encoded(command).into(), ..Entry::default() });
    }

    fn turn(&mut self) {
        if !self.proposed.is_empty() {
            let mut message = Message { from: 1, entries: take(&mut self.proposed).into(), ..Message::default() };
            message.set_msg_type(MessageType::MsgPropose);
            self.nodes[0].0.step(message).expect("node 1 leads");
            self.handle(0);
        }
        let mut arriving = take(&mut self.arriving);
        swap(&mut arriving, &mut self.on_the_way);
        for message in arriving.drain(..) {
            let at = place(message.to);
            self.nodes[at].0.step(message).expect("it is a member's");
            self.handle(at);
        }
        self.arriving = arriving;
    }

    fn heartbeat(&mut self) {
        self.nodes[0].0.ping();
        self.handle(0);
    }

    fn quiet(&self) -> bool {
        self.on_the_way.is_empty() && self.proposed.is_empty()
    }

    fn answered(&self) -> u64 {
        self.answered
    }

    fn sent(&self) -> u64 {
        self.sent
    }

    fn stores(&self) -> Vec<Vec<(String, String)>> {
        let texts = |store: &Store| store.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
        self.nodes.iter().map(|(_, store)| texts(store)).collect()
    }
}

/// The key, a zero byte, and the value; where there is none, the key is to be deleted.
fn encoded(command: &Command) -> Vec<u8> {
    let (key, value) = (command.key().expect("it has one"), command.value().map_or("", |value| value));
    [key.as_bytes(), &[0], value.as_bytes()].concat()
}

/// None for the first entry of a term, which is empty.
fn decoded(bytes: &[u8]) -> Option<Command> {
    let (key, value) = std::str::from_utf8(bytes).ok()?.split_once('\0')?;
    let key = Text::from(key);
    Some(if value.is_empty() { Command::Delete { key } } else { Command::Put { key, value: value.into() } })
}
