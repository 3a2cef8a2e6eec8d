//! Messages of which nobody knows yet what they will meet: their numbers lie near what the node has when they come, or
//! are the largest and smallest there are; what they say is sound or not.

use std::sync::Arc;

use proptest::prelude::*;
use proptest::sample::select;
use raft_playground::kv::{Command, Read, Request};
use raft_playground::observe::Window;
use raft_playground::protocol::Protocol;
use raft_playground::raft::{
    AppendEntries, Base, Config, Content, Entry, InstallSnapshot, Machine, Members, Message, Raft, RequestVote, Verdict,
};
use raft_playground::types::{ClientId, LogIndex, NodeId, NodeSet, Span, Term};

// ------------------------------------------------------------------------------------------------ numbers

/// A number in a message: as it is, or as far from what the node has when the message comes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Number {
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
        8 => (0..8u64).prop_map(Number::Fixed),
        1 => extreme().prop_map(Number::Fixed),
        8 => (-2..3i8).prop_map(Number::Term),
        8 => (-2..3i8).prop_map(Number::Last),
        4 => (-2..3i8).prop_map(Number::Commit),
    ]
}

pub(crate) fn terms() -> impl Strategy<Value = Number> {
    prop_oneof![12 => Just(Number::Term(0)), 6 => (-1..2i8).prop_map(Number::Term), 1 => numbers()]
}

pub(crate) fn indexes() -> impl Strategy<Value = Number> {
    prop_oneof![6 => (-2..3i8).prop_map(Number::Last), 3 => (-1..3i8).prop_map(Number::Commit), 1 => numbers()]
}

/// Mostly nodes that there can be, of which a few are members.
pub(crate) fn nodes() -> impl Strategy<Value = NodeId> {
    prop_oneof![16 => 2..6u8, 2 => 0..20u8, 1 => select(vec![31, 32, 33, 63, 64, 200, 255])].prop_map(NodeId)
}

pub(crate) fn sets() -> impl Strategy<Value = NodeSet> {
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

pub(crate) fn requests() -> impl Strategy<Value = Arc<Request>> {
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

/// Who takes part: mostly such as an entry may say, and sometimes anything.
fn members() -> impl Strategy<Value = Members> {
    let sound = (sets(), any::<bool>(), sets()).prop_map(|(voters, joint, others)| match joint {
        true => Members::first(3).joint_with(voters, others.minus(voters), false),
        false => Members { voters, learners: others.minus(voters), ..Members::default() },
    });
    prop_oneof![4 => sound, 1 => any_members()]
}

fn any_members() -> impl Strategy<Value = Members> {
    (sets(), prop_oneof![2 => Just(NodeSet::EMPTY), 1 => sets()], sets(), sets(), any::<bool>())
        .prop_map(|(voters, outgoing, learners, demoted, stays)| Members { voters, outgoing, learners, demoted, stays })
}

/// An entry: how much its term lies above that of the entry before, its time, and what it says.
type Sketch = (u64, u64, Content);

fn sketches() -> impl Strategy<Value = Vec<Sketch>> {
    let above = prop_oneof![40 => Just(0u64), 8 => Just(1), 1 => Just(u64::MAX)];
    let time = || prop_oneof![20 => 0..9u64, 1 => extreme()];
    let lasts = proptest::option::of(time().prop_map(Span));
    let command = (requests(), lasts).prop_map(|(request, session)| Content::Command { request, session });
    let content = prop_oneof![3 => command, 1 => members().prop_map(Content::Members)];
    proptest::collection::vec((above, time(), content), 0..4)
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
pub(crate) enum Letter {
    Ask([Number; 3], bool, bool),
    Vote(Number, bool, bool),
    /// The first says whether the entry before is to be what the node has there, and the term no lower than any other.
    Append(bool, [Number; 4], Number, Vec<Sketch>),
    Matched([Number; 4]),
    Mismatch([Number; 4], Option<(Number, Number)>),
    Install([Number; 3], [u64; 2], Members, Arc<[u8]>, Option<(u64, u64, u64)>),
    Installed([Number; 4]),
    TakeOver(Number),
    Forward(Number, Arc<Request>),
    HowFar(Number, u8, u64),
    SoFar(Number, u8, u64, Number),
}

pub(crate) fn letters() -> impl Strategy<Value = Letter> {
    let (term, index, any_number) = (terms, indexes, numbers);
    let rounds = || prop_oneof![4 => (0..9u64).prop_map(Number::Fixed), 1 => numbers()];
    let client = || prop_oneof![4 => 1..4u8, 1 => any::<u8>()];
    let seq = || prop_oneof![4 => 0..6u64, 1 => extreme()];
    let window = proptest::option::weighted(0.3, (0..20u64, 0..20u64, extreme()));
    prop_oneof![
        2 => (term(), term(), index(), any::<bool>(), any::<bool>()).prop_map(|(a, b, c, pre, over)| Letter::Ask([a, b, c], pre, over)),
        2 => (term(), any::<bool>(), any::<bool>()).prop_map(|(a, granted, pre)| Letter::Vote(a, granted, pre)),
        6 => (prop::bool::weighted(0.8), (term(), index(), term(), index()), rounds(), sketches())
            .prop_map(|(fits, (a, b, c, d), round, more)| Letter::Append(fits, [a, b, c, d], round, more)),
        4 => (term(), rounds(), index(), index()).prop_map(|(a, b, c, d)| Letter::Matched([a, b, c, d])),
        2 => (term(), rounds(), index(), index(), proptest::option::of((index(), term())))
            .prop_map(|(a, b, c, d, hint)| Letter::Mismatch([a, b, c, d], hint)),
        3 => (term(), index(), term(), [prop_oneof![20 => 0..9u64, 1 => extreme()].boxed(), extreme().boxed()], members(), data(), window)
            .prop_map(|(a, b, c, more, members, data, window)| Letter::Install([a, b, c], more, members, data, window)),
        1 => (term(), rounds(), index(), any_number()).prop_map(|(a, b, c, d)| Letter::Installed([a, b, c, d])),
        1 => term().prop_map(Letter::TakeOver),
        1 => (term(), requests()).prop_map(|(a, request)| Letter::Forward(a, request)),
        1 => (term(), client(), seq()).prop_map(|(a, client, seq)| Letter::HowFar(a, client, seq)),
        1 => (term(), client(), seq(), index()).prop_map(|(a, client, seq, b)| Letter::SoFar(a, client, seq, b)),
    ]
}

// ------------------------------------------------------------------------------------------------ as they come

/// What a node has, for numbers that lie near it.
pub(crate) struct Near<'a> {
    pub(crate) node: &'a Raft,
    pub(crate) config: &'a Config,
}

impl Near<'_> {
    /// The number, as things stand.
    pub(crate) fn number(&self, number: Number) -> u64 {
        let near = |value: u64, by: i8| value.saturating_add_signed(i64::from(by));
        match number {
            Number::Fixed(value) => value,
            Number::Term(by) => near(self.node.epoch(), by),
            Number::Last(by) => near(self.node.last_slot(), by),
            Number::Commit(by) => near(self.node.observe(self.config, Window { from: 1, count: 0 }).committed, by),
        }
    }

    /// The term of an entry that the node has.
    fn term_at(&self, index: LogIndex) -> Option<Term> {
        let one = self.node.observe(self.config, Window { from: index.0, count: 1 });
        let slot = one.slots.into_iter().find(|slot| slot.index == index.0);
        slot.map(|slot| Term(slot.epoch.number)).or((index.0 == 0).then_some(Term(0)))
    }

    /// The message, as it is when it comes.
    pub(crate) fn message(&self, letter: Letter) -> Message {
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
            Letter::Append(fits, [a, b, c, d], round, more) => {
                let prev_index = index(b);
                let (mut prev_term, mut term) = (term(c), term(a));
                if fits {
                    prev_term = self.term_at(prev_index).unwrap_or(prev_term);
                }
                let mut last = prev_term.0;
                let entry = |(above, time, content): Sketch| {
                    last = last.wrapping_add(above);
                    Entry { term: Term(last), time: Span(time), content }
                };
                let entries: Arc<[Entry]> = more.into_iter().map(entry).collect();
                if fits {
                    term = term.max(Term(last)).max(Term(self.node.epoch()));
                }
                let (commit, round) = (index(d), number(round));
                Message::AppendEntries(AppendEntries { term, prev_index, prev_term, entries, commit, round })
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
}
