//! The words of these tests: disks, requests and messages in short, and what a node wants, told in short.

use std::sync::Arc;

use raft_playground::kv::{Command, Request};
use raft_playground::protocol::{After, Answer, Durable, Effect, Input};
use raft_playground::raft::{
    AppendEntries, Config, Content, Disk, Entry, Members, Message, Note, Raft, Timer, Verdict, Write,
};
use raft_playground::types::{ClientId, LogIndex, NodeId, NodeSet, Span, Term};

use crate::nodes::Node;

pub(crate) type Wants = Vec<Effect<Raft>>;

/// Entries with these terms.
pub(crate) fn entries(terms: &str) -> Arc<[Entry]> {
    let entry = |c: char| Entry::plain(Term(u64::from(c.to_digit(10).expect("a digit"))), Request::noop());
    terms.chars().map(entry).collect()
}

/// A disk with this term, vote and log.
pub(crate) fn disk(term: u64, vote: Option<u8>, log: &str) -> Disk {
    let mut disk = Disk::default();
    disk.write(&Write::Ballot { term: Term(term), vote: vote.map(NodeId) });
    disk.write(&Write::Entries { term: None, after: LogIndex::ZERO, entries: entries(log) });
    disk
}

/// A disk whose log says in its last entry, of term 1, who takes part.
pub(crate) fn disk_of_members(members: Members) -> Disk {
    let mut disk = disk(1, None, "1");
    let entry = Entry { term: Term(1), time: Span::ZERO, content: Content::Members(members) };
    disk.write(&Write::Entries { term: None, after: LogIndex(1), entries: Arc::new([entry]) });
    disk
}

/// A set of nodes.
pub(crate) fn set(ids: &[u8]) -> NodeSet {
    ids.iter().map(|&id| NodeId(id)).collect()
}

/// A command of the first client, as a step says it: `put a 1`.
pub(crate) fn ask(seq: u64, command: &str) -> Arc<Request> {
    let words: Vec<&str> = command.split(' ').collect();
    Request::new(ClientId(1), seq, Command::read(&words).expect("a command"))
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
    Message::RequestVoteReply { term: Term(term), granted, pre: false }
}

/// A follower's log agrees up to an index.
pub(crate) fn matched(term: u64, index: u64) -> Message {
    let (index, term) = (LogIndex(index), Term(term));
    Message::AppendEntriesReply { term, round: 1, last: index, verdict: Verdict::Matched(index) }
}

/// The same as an answer to a message of some round; the follower's log ends there.
pub(crate) fn answered(term: u64, index: u64, round: u64) -> Message {
    let (index, term) = (LogIndex(index), Term(term));
    Message::AppendEntriesReply { term, round, last: index, verdict: Verdict::Matched(index) }
}

/// A follower's log does not hold the entry at an index.
pub(crate) fn mismatch(term: u64, index: u64) -> Message {
    let verdict = Verdict::Mismatch { prev: LogIndex(index), hint: None };
    Message::AppendEntriesReply { term: Term(term), round: 1, last: LogIndex(index).prev(), verdict }
}

/// What is sent to a node.
pub(crate) fn sent(wants: &Wants, whom: u8) -> Vec<Message> {
    let sent = wants.iter().filter_map(|effect| match effect {
        Effect::Send { to, message, .. } if to.0 == whom => Some(message.clone()),
        _ => None,
    });
    sent.collect()
}

/// The AppendEntries to a node.
pub(crate) fn appends(wants: &Wants, whom: u8) -> Vec<AppendEntries> {
    let appends = sent(wants, whom).into_iter().filter_map(|message| match message {
        Message::AppendEntries(append) => Some(append),
        _ => None,
    });
    appends.collect()
}

/// From where to where the AppendEntries to a node go: `1-2 3 -`, a dash for one without entries.
pub(crate) fn ranges(wants: &Wants, whom: u8) -> String {
    let range = |append: &AppendEntries| match append.entries.len() as u64 {
        0 => "-".to_string(),
        1 => format!("{}", append.prev_index.0 + 1),
        count => format!("{}-{}", append.prev_index.0 + 1, append.prev_index.0 + count),
    };
    appends(wants, whom).iter().map(range).collect::<Vec<_>>().join(" ")
}

/// Which write each message to a node waits for.
pub(crate) fn afters(wants: &Wants, whom: u8) -> Vec<After> {
    let afters = wants.iter().filter_map(|effect| match effect {
        Effect::Send { to, after, .. } if to.0 == whom => Some(*after),
        _ => None,
    });
    afters.collect()
}

/// What clients are answered: the number of the request, and how.
pub(crate) fn answers(wants: &Wants) -> Vec<(u64, Answer)> {
    let answers = wants.iter().filter_map(|effect| match effect {
        Effect::Reply { seq, answer, .. } => Some((*seq, answer.clone())),
        _ => None,
    });
    answers.collect()
}

/// What is noted.
pub(crate) fn notes(wants: &Wants) -> Vec<&Note> {
    let notes = wants.iter().filter_map(|effect| match effect {
        Effect::Note(note) => Some(note),
        _ => None,
    });
    notes.collect()
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

/// Whether the answer to node 3 grants what it asks.
pub(crate) fn grants(wants: &Wants) -> bool {
    match sent(wants, 3)[..] {
        [Message::RequestVoteReply { granted, .. }] => granted,
        ref other => panic!("no answer: {other:?}"),
    }
}
