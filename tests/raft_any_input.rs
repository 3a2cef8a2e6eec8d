//! One Raft node among strangers: whatever it is told, in whatever order, it does not fall over, and it keeps what one
//! node alone can keep. Messages come from anybody and say anything, most of them nearly right: the numbers are those
//! that the node is near, or the largest and smallest there are. Timers run out that were not set, receipts come for
//! what was never written, operators order what cannot be, options change, and crashes leave what was flushed.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use proptest::prelude::*;
use proptest::sample::select;
use raft_playground::kv::{Command, Read, Request};
use raft_playground::observe::{NodeView, Window};
use raft_playground::protocol::{After, Durable, Effect, Effects, Input, Order, Protocol, TimerName};
use raft_playground::raft::{
    AppendEntries, Base, Config, Content, Disk, Entry, InstallSnapshot, Machine, Members, Message, OPTIONS, Raft,
    Receipt, RequestVote, Timer, Verdict, Write,
};
use raft_playground::types::{ClientId, LogIndex, NodeId, NodeSet, Span, Term};

// ------------------------------------------------------------------------------------------------ numbers

/// A number in a message: as it is, or as far from what the node has when the message comes.
#[derive(Clone, Copy, Debug)]
enum Number {
    Fixed(u64),
    Term(i8),
    Last(i8),
    Commit(i8),
}

fn extreme() -> impl Strategy<Value = u64> {
    let edges = vec![0, 1, (1 << 60) - 1, 1 << 60, (1 << 60) + 1, 1 << 63, u64::MAX - 1, u64::MAX];
    prop_oneof![4 => select(edges), 1 => any::<u64>()]
}

fn numbers() -> impl Strategy<Value = Number> {
    prop_oneof![
        4 => (0..8u64).prop_map(Number::Fixed),
        1 => extreme().prop_map(Number::Fixed),
        4 => (-2..3i8).prop_map(Number::Term),
        4 => (-2..3i8).prop_map(Number::Last),
        2 => (-2..3i8).prop_map(Number::Commit),
    ]
}

fn terms() -> impl Strategy<Value = Number> {
    prop_oneof![8 => (-1..2i8).prop_map(Number::Term), 1 => numbers()]
}

fn indexes() -> impl Strategy<Value = Number> {
    prop_oneof![6 => (-2..3i8).prop_map(Number::Last), 3 => (-1..3i8).prop_map(Number::Commit), 2 => numbers()]
}

/// Mostly nodes that there can be, of which a few are members.
fn nodes() -> impl Strategy<Value = NodeId> {
    prop_oneof![8 => 1..6u8, 2 => 0..20u8, 1 => select(vec![31, 32, 33, 63, 64, 200, 255])].prop_map(NodeId)
}

fn sets() -> impl Strategy<Value = NodeSet> {
    let possible = prop_oneof![8 => 1..6u8, 1 => 0..32u8];
    proptest::collection::vec(possible, 0..5).prop_map(|ids| ids.into_iter().map(NodeId).collect())
}

// ------------------------------------------------------------------------------------------------ messages

fn commands() -> impl Strategy<Value = Command> {
    prop_oneof![
        ("[ab]", ".{0,9}").prop_map(|(key, value)| Command::Put { key: key.into(), value: value.into() }),
        "[ab]".prop_map(|key| Command::Get { key: key.into() }),
        "[ab]".prop_map(|key| Command::Delete { key: key.into() }),
        Just(Command::Noop),
    ]
}

fn requests() -> impl Strategy<Value = Arc<Request>> {
    let client = prop_oneof![8 => 1..4u8, 1 => any::<u8>()].prop_map(ClientId);
    let seq = prop_oneof![8 => 0..6u64, 1 => extreme()];
    let read = proptest::option::of(select(Read::ALL.map(|(_, read)| read).to_vec()));
    (proptest::option::weighted(0.9, (client, seq)), commands(), read).prop_map(|(origin, command, read)| {
        match (origin, read) {
            (Some((client, seq)), Some(read)) => Request::reading(client, seq, command, read),
            (Some((client, seq)), None) => Request::new(client, seq, command),
            (None, _) => Request::unasked(command),
        }
    })
}

fn members() -> impl Strategy<Value = Members> {
    (sets(), prop_oneof![2 => Just(NodeSet::EMPTY), 1 => sets()], sets(), sets(), any::<bool>())
        .prop_map(|(voters, outgoing, learners, demoted, stays)| Members { voters, outgoing, learners, demoted, stays })
}

/// An entry: how much its term lies above that of the entry before, its time, and what it says.
type Sketch = (u64, u64, Content);

fn sketches() -> impl Strategy<Value = Vec<Sketch>> {
    let above = prop_oneof![16 => Just(0u64), 4 => Just(1), 1 => Just(u64::MAX)];
    let time = prop_oneof![8 => 0..9u64, 1 => extreme()];
    let lasts = proptest::option::of(prop_oneof![8 => 0..9u64, 1 => extreme()].prop_map(Span));
    let command = (requests(), lasts).prop_map(|(request, session)| Content::Command { request, session });
    let content = prop_oneof![3 => command, 1 => members().prop_map(Content::Members)];
    proptest::collection::vec((above, time, content), 0..4)
}

/// Bytes of a snapshot: some that can be read, some that cannot.
fn data() -> impl Strategy<Value = Arc<[u8]>> {
    let whole = proptest::collection::vec(requests(), 0..4).prop_map(|requests| {
        let mut machine = Machine::default();
        requests.iter().for_each(|request| drop(machine.apply_once(request, Span(1), Span::secs(1))));
        machine.encode()
    });
    prop_oneof![4 => whole, 1 => proptest::collection::vec(any::<u8>(), 0..20).prop_map(Arc::from)]
}

/// A message, with the numbers that are not known yet.
#[derive(Clone, Debug)]
enum Letter {
    Ask([Number; 3], bool, bool),
    Vote(Number, bool, bool),
    Append([Number; 4], Number, Vec<Sketch>),
    Matched([Number; 4]),
    Mismatch([Number; 4], Option<(Number, Number)>),
    Install([Number; 3], [u64; 2], Members, Arc<[u8]>, Option<(u64, u64, u64)>),
    Installed([Number; 4]),
    TakeOver(Number),
    Forward(Number, Arc<Request>),
    HowFar(Number, u8, u64),
    SoFar(Number, u8, u64, Number),
}

fn letters() -> impl Strategy<Value = Letter> {
    let (term, index, any_number) = (terms, indexes, numbers);
    let rounds = || prop_oneof![4 => (0..9u64).prop_map(Number::Fixed), 1 => numbers()];
    let client = || prop_oneof![4 => 1..4u8, 1 => any::<u8>()];
    let seq = || prop_oneof![4 => 0..6u64, 1 => extreme()];
    let window = proptest::option::of((0..20u64, 0..20u64, extreme()));
    prop_oneof![
        2 => (term(), term(), index(), any::<bool>(), any::<bool>()).prop_map(|(a, b, c, pre, over)| Letter::Ask([a, b, c], pre, over)),
        2 => (term(), any::<bool>(), any::<bool>()).prop_map(|(a, granted, pre)| Letter::Vote(a, granted, pre)),
        6 => (term(), index(), term(), index(), rounds(), sketches())
            .prop_map(|(a, b, c, d, round, more)| Letter::Append([a, b, c, d], round, more)),
        4 => (term(), rounds(), index(), index()).prop_map(|(a, b, c, d)| Letter::Matched([a, b, c, d])),
        2 => (term(), rounds(), index(), index(), proptest::option::of((index(), term())))
            .prop_map(|(a, b, c, d, hint)| Letter::Mismatch([a, b, c, d], hint)),
        3 => (term(), index(), term(), [extreme(), extreme()], members(), data(), window)
            .prop_map(|(a, b, c, more, members, data, window)| Letter::Install([a, b, c], more, members, data, window)),
        1 => (term(), rounds(), index(), any_number()).prop_map(|(a, b, c, d)| Letter::Installed([a, b, c, d])),
        1 => term().prop_map(Letter::TakeOver),
        1 => (term(), requests()).prop_map(|(a, request)| Letter::Forward(a, request)),
        1 => (term(), client(), seq()).prop_map(|(a, client, seq)| Letter::HowFar(a, client, seq)),
        1 => (term(), client(), seq(), index()).prop_map(|(a, client, seq, b)| Letter::SoFar(a, client, seq, b)),
    ]
}

// ------------------------------------------------------------------------------------------------ what happens

#[derive(Clone, Debug)]
enum Event {
    Hear(NodeId, Letter),
    TimeOut(Timer),
    /// The election timer runs out, and everybody grants what is asked for.
    Win,
    /// These have all that the node has.
    HaveAll(Vec<u8>),
    Ask(Vec<Arc<Request>>),
    Order(Order),
    Choose(&'static str, &'static str),
    /// The oldest writes reach the disk.
    Flush(u8),
    /// The node is told of a write that it may never have begun.
    Receipt(u8, Number, Number),
    /// The machine crashes, in the midst of a write or not, and the node starts from what its disk has.
    Crash(Option<u64>),
}

fn orders() -> impl Strategy<Value = Order> {
    prop_oneof![
        Just(Order::Campaign),
        Just(Order::Forget),
        Just(Order::Compact),
        Just(Order::Leave),
        nodes().prop_map(Order::Transfer),
        nodes().prop_map(Order::Add),
        nodes().prop_map(Order::Learn),
        nodes().prop_map(Order::Remove),
        (sets(), sets(), any::<bool>()).prop_map(|(voters, learners, stay)| Order::Members { voters, learners, stay }),
    ]
}

/// What is chosen beside what operators do: every rule but the one about votes, which this file holds a node to.
const CHOICES: &[(&str, &str)] = &[
    ("joint", "false"),
    ("own_term_first", "false"),
    ("own_term_only", "false"),
    ("noop", "false"),
    ("reads", "lease"),
    ("reads", "local"),
    ("sessions", "false"),
    ("drift_bound", "0%"),
    ("drift_bound", "100%"),
    ("election", "1us..1us"),
    ("election", "999999s..1000000s"),
    ("heartbeat", "1000000s"),
    ("session_timeout", "1us"),
    ("session_timeout", "1000000s"),
    ("window", "1000000000"),
    ("batch_bytes", "0"),
    ("window_bytes", "0"),
    ("chunk", "1000000000"),
    ("snapshot_keep", "1000000000"),
];

fn choices() -> impl Strategy<Value = (&'static str, &'static str)> {
    select(Raft::WHIMS.iter().chain(CHOICES).copied().collect::<Vec<_>>())
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        20 => (nodes(), letters()).prop_map(|(from, letter)| Event::Hear(from, letter)),
        4 => select(Timer::ALL.to_vec()).prop_map(Event::TimeOut),
        2 => Just(Event::Win),
        4 => proptest::collection::vec(1..6u8, 1..5).prop_map(Event::HaveAll),
        4 => proptest::collection::vec(requests(), 1..4).prop_map(Event::Ask),
        4 => orders().prop_map(Event::Order),
        2 => choices().prop_map(|(name, value)| Event::Choose(name, value)),
        8 => (1..4u8).prop_map(Event::Flush),
        1 => (0..3u8, indexes(), terms()).prop_map(|(kind, index, term)| Event::Receipt(kind, index, term)),
        2 => proptest::option::of(prop_oneof![0..4u64, Just(u64::MAX)]).prop_map(Event::Crash),
    ];
    proptest::collection::vec(event, 1..60)
}

// ------------------------------------------------------------------------------------------------ the node's life

/// A node with its disk, and what is waiting for that.
struct Life {
    id: NodeId,
    config: Config,
    node: Raft,
    disk: Disk,
    writes: VecDeque<Write>,
    /// How many writes were begun, and how many of them are flushed, since the node started.
    begun: u64,
    flushed: u64,
    /// What is sent once so many writes are flushed.
    outbox: Vec<(u64, Message, NodeId)>,
    /// Whom this node has told that it votes for them, by the term, in all its life.
    votes: BTreeMap<Term, NodeId>,
}

impl Life {
    fn new(id: u8, config: Config) -> Life {
        let (id, disk) = (NodeId(id), Disk::default());
        let node = Raft::boot(id, &config, &disk, &mut Effects::default());
        let (writes, outbox, votes) = (VecDeque::new(), Vec::new(), BTreeMap::new());
        Life { id, config, node, disk, writes, begun: 0, flushed: 0, outbox, votes }
    }

    /// The node with all entries that it has.
    fn view(&self) -> NodeView {
        let first = self.node.observe(&self.config, Window { from: 1, count: 0 }).first_slot;
        self.node.observe(&self.config, Window { from: first, count: 10_000 })
    }

    fn number(&self, number: Number) -> u64 {
        let near = |value: u64, by: i8| value.saturating_add_signed(i64::from(by));
        match number {
            Number::Fixed(value) => value,
            Number::Term(by) => near(self.node.epoch(), by),
            Number::Last(by) => near(self.node.last_slot(), by),
            Number::Commit(by) => near(self.node.observe(&self.config, Window { from: 1, count: 0 }).committed, by),
        }
    }

    fn message(&self, letter: Letter) -> Message {
        let number = |number| self.number(number);
        let term = |from| Term(self.number(from));
        let index = |from| LogIndex(self.number(from));
        match letter {
            Letter::Ask([a, b, c], pre, handed_over) => Message::RequestVote(RequestVote {
                term: term(a),
                last_term: term(b),
                last_index: index(c),
                pre,
                handed_over,
            }),
            Letter::Vote(a, granted, pre) => Message::RequestVoteReply { term: term(a), granted, pre },
            Letter::Append([a, b, c, d], round, more) => {
                let mut last = number(c);
                let entries = more.into_iter().map(|(above, time, content)| {
                    last = last.wrapping_add(above);
                    Entry { term: Term(last), time: Span(time), content }
                });
                Message::AppendEntries(AppendEntries {
                    term: term(a),
                    prev_index: index(b),
                    prev_term: term(c),
                    commit: index(d),
                    round: number(round),
                    entries: entries.collect(),
                })
            }
            Letter::Matched([a, b, c, d]) => {
                let (verdict, last) = (Verdict::Matched(index(c)), index(d));
                Message::AppendEntriesReply { term: term(a), round: number(b), last, verdict }
            }
            Letter::Mismatch([a, b, c, d], hint) => {
                let hint = hint.map(|(at, of)| (index(at), term(of)));
                let (verdict, last) = (Verdict::Mismatch { prev: index(c), hint }, index(d));
                Message::AppendEntriesReply { term: term(a), round: number(b), last, verdict }
            }
            Letter::Install([a, b, c], [time, digest], members, data, window) => {
                let base = Base { index: index(b), term: term(c), time: Span(time), digest };
                let (from, len, total) = window.unwrap_or((0, u64::MAX, data.len() as u64));
                let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(data.len());
                let part = data[place(from)..place(from.saturating_add(len))].into();
                let (term, round) = (term(a), 1);
                let part = InstallSnapshot { term, round, base, members, total, offset: from, part };
                Message::InstallSnapshot(Box::new(part))
            }
            Letter::Installed([a, b, c, d]) => {
                Message::InstallSnapshotReply { term: term(a), round: number(b), index: index(c), have: number(d) }
            }
            Letter::TakeOver(a) => Message::TimeoutNow { term: term(a) },
            Letter::Forward(a, request) => Message::Forward { term: term(a), request },
            Letter::HowFar(a, client, seq) => Message::ReadIndex { term: term(a), request: (ClientId(client), seq) },
            Letter::SoFar(a, client, seq, b) => {
                Message::ReadIndexReply { term: term(a), request: (ClientId(client), seq), index: index(b) }
            }
        }
    }

    /// Hands the node one input, and holds it to what must be true whatever it was.
    fn tell(&mut self, input: Input<Raft>) -> Result<(), TestCaseError> {
        let before = self.view();
        let mut out = Effects::default();
        self.node.handle(&self.config, input, &mut out);
        for effect in out.drain() {
            match effect {
                Effect::Persist(write) => {
                    self.begun += 1;
                    self.writes.push_back(write);
                }
                Effect::Send { to, message, after } => {
                    prop_assert!(to.is_possible() && to != self.id, "{} sends {:?} to {}", self.id, message, to);
                    let needs = match after {
                        After::Everything => self.begun,
                        After::Write(number) => number,
                    };
                    prop_assert!(needs <= self.begun, "waits for a write that was never begun");
                    self.outbox.push((needs, message, to));
                }
                _ => {}
            }
        }
        self.check(&before, &self.view())?;
        self.send()
    }

    /// What one input may do to a node.
    fn check(&self, before: &NodeView, after: &NodeView) -> Result<(), TestCaseError> {
        let term = |view: &NodeView| view.epoch.as_ref().map_or(0, |epoch| epoch.number);
        let (was, is) = (term(before), term(after));
        prop_assert!(is >= was, "the term falls from {} to {}", was, is);
        prop_assert!(after.committed >= before.committed, "the commit index falls");
        prop_assert!(after.applied == after.committed, "what is committed is applied");
        prop_assert!(after.committed <= after.last_slot, "what is committed is in the log");
        let snapshot = after.snapshot.as_ref().map_or(0, |snapshot| snapshot.slot);
        prop_assert!(after.first_slot - 1 <= snapshot && snapshot <= after.committed, "the snapshot is committed");
        if is == was && before.vote.is_some() {
            prop_assert_eq!(after.vote, before.vote, "a vote is given once in a term");
        }
        let terms: Vec<u64> = after.slots.iter().map(|slot| slot.epoch.number).collect();
        prop_assert!(
            terms.is_sorted() && terms.last().is_none_or(|last| *last <= is),
            "terms along the log: {:?}",
            terms
        );
        let leads = before.role == "leader" && after.role == "leader" && is == was;
        prop_assert!(!leads || after.last_slot >= before.last_slot, "a leader only appends");
        // Of what both logs hold, nothing committed changes, and nothing at all while the node leads.
        let stays = if leads { u64::MAX } else { before.committed };
        for old in before.slots.iter().filter(|slot| slot.index <= stays && slot.index >= after.first_slot) {
            let place = usize::try_from(old.index - after.first_slot).unwrap_or(usize::MAX);
            prop_assert_eq!(Some(old), after.slots.get(place), "entry {} changes", old.index);
        }
        Ok(())
    }

    /// What need not wait any more leaves; nobody hears of two votes in a term.
    fn send(&mut self) -> Result<(), TestCaseError> {
        let (go, stay) = std::mem::take(&mut self.outbox).into_iter().partition(|(needs, ..)| *needs <= self.flushed);
        self.outbox = stay;
        for (_, message, to) in go {
            let vote = match message {
                Message::RequestVoteReply { term, granted: true, pre: false } => Some((term, to)),
                Message::RequestVote(RequestVote { term, pre: false, .. }) => Some((term, self.id)),
                _ => None,
            };
            if let Some((term, whom)) = vote {
                prop_assert_eq!(*self.votes.entry(term).or_insert(whom), whom, "two votes in term {}", term);
            }
        }
        Ok(())
    }

    /// The oldest write reaches the disk, with which a node can start at any time.
    fn flush(&mut self) -> Result<(), TestCaseError> {
        let Some(write) = self.writes.pop_front() else { return Ok(()) };
        let receipt = self.disk.write(&write);
        let started = Raft::boot(self.id, &self.config, &self.disk, &mut Effects::default());
        prop_assert!(started.epoch() <= self.node.epoch(), "the disk is ahead of the node");
        self.flushed += 1;
        self.tell(Input::Flushed(receipt))
    }

    fn crash(&mut self, torn: Option<u64>) {
        if let (Some(write), Some(whole)) = (self.writes.front(), torn) {
            self.disk.tear(write, whole);
        }
        self.writes.clear();
        self.outbox.clear();
        (self.begun, self.flushed) = (0, 0);
        self.node = Raft::boot(self.id, &self.config, &self.disk, &mut Effects::default());
    }

    fn live(&mut self, event: Event) -> Result<(), TestCaseError> {
        match event {
            Event::Hear(from, letter) => {
                let message = self.message(letter);
                self.tell(Input::Deliver { from, message })
            }
            Event::TimeOut(timer) => self.tell(Input::Timeout(timer)),
            Event::Win => {
                self.tell(Input::Timeout(Timer::Election))?;
                for pre in [true, false] {
                    while !self.writes.is_empty() {
                        self.flush()?;
                    }
                    let term = Term(self.node.epoch() + u64::from(pre));
                    for from in NodeId::all(5) {
                        let message = Message::RequestVoteReply { term, granted: true, pre };
                        self.tell(Input::Deliver { from, message })?;
                    }
                }
                Ok(())
            }
            Event::HaveAll(ids) => ids.into_iter().try_for_each(|id| {
                let (term, last) = (Term(self.node.epoch()), LogIndex(self.node.last_slot()));
                let message = Message::AppendEntriesReply { term, round: 9, last, verdict: Verdict::Matched(last) };
                self.tell(Input::Deliver { from: NodeId(id), message })
            }),
            Event::Ask(requests) if requests.len() == 1 => self.tell(Input::Request(requests[0].clone())),
            Event::Ask(requests) => self.tell(Input::Requests(requests)),
            Event::Order(order) => {
                let refused = self.node.refuses(&self.config, order).is_some();
                let before = self.node.clone();
                self.tell(Input::Order(order))?;
                prop_assert!(!refused || self.node == before, "{:?} was refused, and something has come of it", order);
                Ok(())
            }
            Event::Choose(name, value) => {
                let choice = OPTIONS.iter().find(|choice| choice.name == name).expect("an option");
                choice.choose(&mut self.config, value).expect("a value of this option");
                self.tell(Input::Configured)
            }
            Event::Flush(count) => (0..count).try_for_each(|_| self.flush()),
            Event::Receipt(kind, index, term) => {
                let (index, term) = (LogIndex(self.number(index)), Term(self.number(term)));
                let receipts = [Receipt::Ballot(term), Receipt::Entries(index, term), Receipt::Snapshot(index)];
                self.tell(Input::Flushed(receipts[usize::from(kind)]))
            }
            Event::Crash(torn) => {
                self.crash(torn);
                Ok(())
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_500) })]

    #[test]
    fn nothing_that_a_node_is_told_makes_it_fall_over_or_break_what_it_alone_can_keep(
        id in prop_oneof![3 => Just(1u8), 1 => 1..=16u8],
        nodes in 1..6u8,
        practice in any::<bool>(),
        chosen in proptest::collection::vec(choices(), 0..4),
        events in events(),
    ) {
        let config = if practice { Config::in_practice(nodes) } else { Config::new(nodes) };
        let mut life = Life::new(id, config);
        for (name, value) in chosen {
            life.live(Event::Choose(name, value))?;
        }
        for event in events {
            life.live(event)?;
        }
    }
}
