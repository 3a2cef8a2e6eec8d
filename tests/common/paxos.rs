//! One process of Multi-Paxos with its disk in memory, handed one input after another. Three acceptors (n1 to n3), two
//! leaders (n4, n5), one replica (n6); a ballot is written `(2, 1)`: round 2 of leader 1.
#![allow(dead_code, reason = "each test file uses its part")]

use std::sync::Arc;

use raft_playground::kv::{Command, Request};
use raft_playground::multi_paxos::{Accepted, Ballot, Config, Disk, Message, MultiPaxos, SlotId, Timer};
use raft_playground::observe::{NodeView, RoleMark, Window};
use raft_playground::protocol::{Answer, Durable, Effect, Effects, Input, Protocol};
use raft_playground::types::{ClientId, NodeId};

pub(crate) type Wants = Vec<Effect<MultiPaxos>>;

pub(crate) fn config() -> Config {
    Config::new(3, 2, 1)
}

pub(crate) fn ballot(round: u64, leader: u8) -> Ballot {
    Ballot { round, leader }
}

/// A request of the first client that puts this value.
pub(crate) fn put(seq: u64) -> Arc<Request> {
    Request::new(ClientId(1), seq, Command::Put { key: "a".into(), value: format!("{seq}").into() })
}

/// What an acceptor had accepted: slot, ballot, request.
pub(crate) fn accepted(list: &[(u64, Ballot, Arc<Request>)]) -> Accepted {
    let mut all = Accepted::default();
    for (slot, ballot, request) in list {
        all.insert(SlotId(*slot), (*ballot, request.clone()));
    }
    all
}

/// One process with its disk.
#[derive(Clone)]
pub(crate) struct Process {
    pub(crate) id: NodeId,
    pub(crate) disk: Disk,
    pub(crate) state: MultiPaxos,
}

impl Process {
    pub(crate) fn new(id: u8) -> Process {
        Process::boot(id, Disk::default())
    }

    pub(crate) fn boot(id: u8, disk: Disk) -> Process {
        let state = MultiPaxos::boot(NodeId(id), &config(), &disk, &mut Effects::default());
        Process { id: NodeId(id), disk, state }
    }

    /// A crash: only the disk stays.
    pub(crate) fn restart(&mut self) {
        *self = Process::boot(self.id.0, self.disk.clone());
    }

    /// Hands it an input; what it writes reaches the disk at once.
    pub(crate) fn tell(&mut self, input: Input<MultiPaxos>) -> Wants {
        let mut out = Effects::default();
        self.state.handle(&config(), input, &mut out);
        let wants = out.as_slice().to_vec();
        for effect in &wants {
            if let Effect::Persist(write) = effect {
                let receipt = self.disk.write(write);
                self.state.handle(&config(), Input::Flushed(receipt), &mut Effects::default());
            }
        }
        wants
    }

    pub(crate) fn hear(&mut self, from: u8, message: Message) -> Wants {
        self.tell(Input::Deliver { from: NodeId(from), message })
    }

    pub(crate) fn view(&self) -> NodeView {
        self.state.observe(&config(), Window { from: 1, count: 100 })
    }

    /// `2=put a 1`: every slot that it holds.
    pub(crate) fn slots(&self) -> Vec<String> {
        self.view().slots.iter().map(|slot| format!("{}={}", slot.index, slot.text)).collect()
    }
}

/// What is sent to one process.
pub(crate) fn sent(wants: &Wants, whom: u8) -> Vec<Message> {
    let sent = wants.iter().filter_map(|effect| match effect {
        Effect::Send { to, message, .. } if to.0 == whom => Some(message.clone()),
        _ => None,
    });
    sent.collect()
}

pub(crate) fn answers(wants: &Wants) -> Vec<Answer> {
    let answers = wants.iter().filter_map(|effect| match effect {
        Effect::Reply { answer, .. } => Some(answer.clone()),
        _ => None,
    });
    answers.collect()
}

pub(crate) fn arms(wants: &Wants, timer: Timer) -> bool {
    wants.iter().any(|effect| matches!(effect, Effect::Arm { timer: armed, .. } if *armed == timer))
}

pub(crate) fn promise(of: Ballot, list: &[(u64, Ballot, Arc<Request>)]) -> Message {
    Message::Promise { ballot: of, accepted: accepted(list) }
}

pub(crate) fn accept(of: Ballot, slot: u64, request: Arc<Request>) -> Message {
    Message::Accept { ballot: of, slot: SlotId(slot), request }
}

pub(crate) fn accept_ok(of: Ballot, slot: u64) -> Message {
    Message::AcceptOk { ballot: of, slot: SlotId(slot) }
}

pub(crate) fn commit(slot: u64, request: Arc<Request>) -> Message {
    Message::Commit { slot: SlotId(slot), request }
}

/// A leader says that it is at work, and how far it is.
pub(crate) fn leads(round: u64, leader: u8, applied: u64) -> Message {
    Message::Leads { ballot: ballot(round, leader), applied: SlotId(applied) }
}

/// Leader 1 in ballot (1, 1), for whom n1 and n2 have promised, having accepted nothing.
pub(crate) fn leading() -> Process {
    let mut leader = Process::new(4);
    leader.tell(Input::Timeout(Timer::Phase1));
    leader.hear(1, promise(ballot(1, 1), &[]));
    leader.hear(2, promise(ballot(1, 1), &[]));
    assert_eq!(leader.view().mark, RoleMark::Crown);
    leader
}
