//! Raft, as the paper and Ongaro's dissertation describe it.
//!
//! A node is a pure state machine behind the seam of [`crate::protocol`]. What it is told is taken apart here and
//! handled where it belongs:
//!
//! | file | what | section |
//! | --- | --- | --- |
//! | `election`, `votes` | who campaigns and when; who gets a vote | paper §5.2, §5.4.1; dissertation §9.6, §4.2.3 |
//! | `office` | what a leader does by the clock: heartbeats, counting who is heard, its lease | §5.2; §6.2, §6.4.1 |
//! | `replication`, `progress` | what a leader sends whom | §5.3; §10.2.1 |
//! | `follower` | what a follower takes of it | §5.3 |
//! | `commit`, `machine` | what is committed, and what that comes to, once for each command | §5.4.2; §6.3 |
//! | `compaction`, `snapshot` | what takes the place of old entries, and how it reaches a follower | §7 |
//! | `members`, `reconfigure` | who takes part, and how that changes | §6; §4 |
//! | `transfer` | how a leader hands over | §3.10 |
//! | `reads` | how a `get` is answered without an entry in the log | §8; §6.4 |
//!
//! Log, entries, disk, messages, notes and the properties have a file each; every rule that may be chosen is in
//! `config`, and `options` says what each is for.
//!
//! Term, vote, log and snapshot survive a crash; everything else is lost and learned again. A node takes nothing for
//! granted of what it receives: a message that no node of this protocol could have sent is noted and changes nothing.

mod bugs;
mod commit;
mod compaction;
mod config;
mod disk;
mod election;
mod entry;
mod explored;
mod follower;
mod log;
mod machine;
mod members;
mod message;
mod note;
mod observe;
mod office;
mod options;
mod progress;
mod properties;
mod reads;
mod reconfigure;
mod replication;
mod snapshot;
mod sound;
mod state;
mod telling;
mod transfer;
mod variables;
mod votes;
mod why;
mod words;

pub use config::Config;
pub use disk::{Disk, Receipt, Torn, Write};
pub use entry::{Content, Entry};
pub use log::{Base, Log};
pub use machine::{Applied, Machine, Session};
pub use members::Members;
pub use message::{AppendEntries, InstallSnapshot, Message, RequestVote, Verdict};
pub use note::{Note, Refusal, Why};
pub use options::OPTIONS;
pub use properties::Witness;
pub use snapshot::Snapshot;
pub use state::{Raft, Timer};
pub use variables::Variables;

use bugs::Mistake;

use crate::observe::{NodeView, Vocabulary, Window};
use crate::protocol::{Bug, Choice, Effects, Given, Input, Moment, Order, Property, Protocol, Standing, World};
use crate::types::{ClientId, MAX_NODES, NodeId, NodeSet};

type Out<'a> = &'a mut Effects<Raft>;

impl Protocol for Raft {
    type Config = Config;
    type Durable = Disk;
    type Message = Message;
    type Timer = Timer;
    type Note = Note;
    type Witness = Witness;

    const WORDS: Vocabulary = words::WORDS;
    const WHIMS: &'static [(&'static str, &'static str)] = options::WHIMS;
    const MENDED: &'static [(&'static str, &'static str)] = options::MENDED;

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
        Raft::start(id, config, disk, out)
    }

    fn handle(&mut self, config: &Config, input: Input<Self>, out: &mut Effects<Self>) {
        match input {
            Input::Timeout(timer) => self.time_out(config, timer, out),
            Input::Request(request) => self.take_request(config, &request, None, out),
            Input::Requests(requests) => self.take_requests(config, &requests, out),
            Input::Flushed(receipt) => self.learn_flush(config, receipt, out),
            Input::Order(order) => self.obey(config, order, out),
            Input::Configured => self.adapt(config, out),
            Input::Deliver { from, message } => self.hear(config, from, message, out),
        }
    }

    fn share(nodes: &mut [Option<Self>], disks: Vec<&mut Disk>) {
        let nodes = nodes.iter_mut().flatten().map(|node| &mut node.log);
        let mut logs: Vec<&mut Log> = nodes.chain(disks.into_iter().map(|disk| &mut disk.log)).collect();
        logs.sort_by_key(|log| std::cmp::Reverse(log.last_index()));
        if let Some((longest, others)) = logs.split_first_mut() {
            others.iter_mut().for_each(|log| log.share(longest));
        }
    }

    fn last_slot(&self) -> u64 {
        self.log.last_index().0
    }

    fn committed(&self) -> u64 {
        self.commit.0
    }

    fn leads(&self) -> bool {
        self.is_leader()
    }

    fn epoch(&self) -> u64 {
        self.term.0
    }

    fn observe(&self, config: &Config, window: Window) -> NodeView {
        self.picture(config, window)
    }

    fn options() -> &'static [Choice<Config>] {
        OPTIONS
    }

    fn preset() -> Option<&'static Choice<Config>> {
        Some(&options::PRESET)
    }

    fn bugs() -> &'static [Bug] {
        bugs::ALL
    }

    fn bug() -> Option<&'static Choice<Config>> {
        cfg!(feature = "bugs").then_some(&bugs::CHOICE)
    }

    fn forgoes(config: &Config) -> Option<&'static str> {
        match config.reads {
            crate::kv::Read::Local => Some("a get is answered by whoever is asked, and may be long out of date"),
            crate::kv::Read::Lease => Some("a lease holds only while no clock is off by more than the drift bound"),
            _ if config.sessions => None,
            _ => Some("without sessions a command that is sent again may be carried out twice"),
        }
    }

    fn refuses(&self, config: &Config, order: Order) -> Option<String> {
        self.refusal_of(config, order)
    }

    fn slot_of(&self, origin: (ClientId, u64)) -> Option<u64> {
        self.entry_of(origin)
    }

    fn undecided(config: &Config, nodes: &[Option<Self>], slot: u64, of: Option<NodeId>) -> Standing {
        why::undecided(config, nodes, slot, of)
    }

    fn leaderless(config: &Config, nodes: &[Option<Self>]) -> Standing {
        why::leaderless(config, nodes)
    }

    fn properties() -> &'static [Property<Self>] {
        properties::ALL
    }

    fn changed(witness: &Witness, moment: &Moment<'_, Self>) -> u32 {
        witness.changed(moment)
    }

    fn remember(witness: &mut Witness, moment: &Moment<'_, Self>) {
        witness.remember(moment);
    }

    fn remember_asked(witness: &mut Witness, world: &dyn World<Self>) {
        witness.remember_asked(world);
    }
}

impl Raft {
    fn time_out(&mut self, config: &Config, timer: Timer, out: Out<'_>) {
        match timer {
            Timer::Election => self.campaign(config, out),
            Timer::Heartbeat => self.beat(config, out),
            Timer::Retry => self.ask_again(config, out),
            Timer::Quiet => self.heard = false,
            Timer::Quorum => self.count_who_is_heard(config, out),
            Timer::Transfer => self.give_up_transfer(config, out),
            Timer::LeaseA => self.end_lease(0, out),
            Timer::LeaseB => self.end_lease(1, out),
        }
    }

    fn learn_flush(&mut self, config: &Config, receipt: Receipt, out: Out<'_>) {
        match receipt {
            Receipt::Ballot(term) => self.count_own_vote(config, term, out),
            Receipt::Entries(last, term) => self.count_own_entries(config, last, term, out),
            Receipt::Snapshot(index) => self.flushed = self.flushed.max(index.min(self.log.last_index())),
        }
    }

    /// Something was chosen anew.
    fn adapt(&mut self, config: &Config, out: Out<'_>) {
        if let Some(leader) = self.led() {
            // Promises were made under other rules: they are asked for anew.
            leader.leases = Default::default();
            out.disarm(Timer::LeaseA);
            out.disarm(Timer::LeaseB);
            out.disarm(Timer::Quorum);
            self.watch_quorum(config, out);
            self.compact_if_due(config, out);
        }
    }

    fn obey(&mut self, config: &Config, order: Order, out: Out<'_>) {
        if let Some(why) = self.refusal_of(config, order) {
            return out.note(Note::Disobeys { why });
        }
        match order {
            Order::Campaign => self.campaign(config, out),
            Order::Transfer(to) => self.hand_over(config, to, out),
            Order::Forget => self.forget_leader(config, out),
            Order::Compact => self.compact(config, out),
            Order::Add(_) | Order::Learn(_) | Order::Remove(_) | Order::Members { .. } | Order::Leave => {
                self.change_members(config, order, out);
            }
        }
    }

    /// Why a node cannot do what an operator wants of it; none where it can.
    fn refusal_of(&self, config: &Config, order: Order) -> Option<String> {
        let me = self.id;
        if let Some(nobody) = impossible(order) {
            return Some(format!("{nobody} is nobody who could take part: expected n1 to n{MAX_NODES}"));
        }
        match order {
            Order::Campaign if self.is_leader() => Some(format!("{me} leads already")),
            Order::Campaign if !self.may_campaign() => Some(format!("{me} does not vote, so it cannot be elected")),
            Order::Forget if self.is_leader() => Some(format!("{me} leads: expected a node that follows")),
            Order::Forget if self.leader().is_none() => Some(format!("{me} knows no leader")),
            Order::Campaign | Order::Forget if self.owes_a_lease(config) => Some(format!(
                "{me} has heard its leader a moment ago, whose lease rests on that: expected a little patience"
            )),
            Order::Compact if self.nothing_to_compact() => {
                Some(format!("{me} has applied nothing that is not in a snapshot already"))
            }
            Order::Campaign | Order::Forget | Order::Compact => None,
            _ if !self.is_leader() => Some(match self.leader() {
                Some(leader) => format!("{me} does not lead: expected {leader}"),
                None => format!("{me} does not lead, and knows nobody who does"),
            }),
            Order::Transfer(to) => self.refusal_of_transfer(to),
            _ => self.refusal_of_change(config, order),
        }
    }

    fn hear(&mut self, config: &Config, from: NodeId, message: Message, out: Out<'_>) {
        if let Some(what) = self.unsound(from, &message) {
            return out.note(Note::Unsound { from, what });
        }
        if config.makes(Mistake::TimerResetOnAnyRpc) && !self.is_leader() {
            self.await_leader(config, out);
        }
        // Whoever hears a leader does not even look at the term of somebody who would take its place.
        if let Message::RequestVote(ask) = &message
            && self.withholds(config, ask)
        {
            return self.withhold(from, ask, out);
        }
        let later = self.heed_term(config, from, &message, out);
        match message {
            Message::RequestVote(ask) if ask.pre => self.answer_in_advance(config, from, &ask, out),
            Message::RequestVote(ask) => self.answer_candidate(config, from, &ask, later, out),
            Message::AppendEntries(append) => self.answer_leader(config, from, &append, later, out),
            Message::InstallSnapshot(part) => self.take_part(config, from, &part, later, out),
            // Whatever else is said in a later term concerns nothing of this node's, which that term has ended.
            other => {
                if later {
                    self.persist_ballot(config, out);
                }
                self.hear_of_this_term(config, from, other, out);
            }
        }
    }

    fn hear_of_this_term(&mut self, config: &Config, from: NodeId, message: Message, out: Out<'_>) {
        match message {
            Message::RequestVoteReply { term, granted, pre } => {
                self.count_vote(config, from, (term, granted, pre), out);
            }
            Message::AppendEntriesReply { term, round, last, verdict } if term == self.term => {
                self.learn_round(config, from, round, out);
                self.learn_progress(config, from, verdict, out);
                self.learn_loss(config, from, last, round, out);
            }
            Message::InstallSnapshotReply { term, round, index, have } if term == self.term => {
                self.learn_round(config, from, round, out);
                self.send_next_part(config, from, index, have, out);
            }
            Message::TimeoutNow { term } if term == self.term => self.take_over(config, from, out),
            Message::Forward { request, .. } => self.take_request(config, &request, Some(from), out),
            Message::ReadIndex { request, .. } => self.say_how_far(config, from, request, out),
            Message::ReadIndexReply { term, request, index } if term == self.term => {
                self.learn_how_far(request, index, out);
            }
            // What was asked for in an earlier term has been answered too late.
            _ => {}
        }
    }
}

/// Somebody whom an order names and who cannot be there: orders may say anything, as messages may.
fn impossible(order: Order) -> Option<NodeId> {
    match order {
        Order::Transfer(id) | Order::Add(id) | Order::Learn(id) | Order::Remove(id) => Some(id),
        Order::Members { voters, learners, .. } => voters.or(learners).minus(NodeSet::first(MAX_NODES)).iter().next(),
        Order::Campaign | Order::Forget | Order::Compact | Order::Leave => None,
    }
    .filter(|id| !id.is_possible())
}
