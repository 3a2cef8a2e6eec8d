//! A snapshot: what a prefix of the log has come to, in place of the prefix (paper, §7).
//!
//! It holds the state machine with the sessions, as bytes, and what the log must know to go on behind it: index, term
//! and digest of the last entry that is in it, and who the members were. Equal prefixes give equal bytes on every
//! node, so a transfer that one leader began another can go on with.

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::chance::StableHasher;
use crate::kv::{Command, KvError, Outcome};
use crate::raft::log::Base;
use crate::raft::machine::Session;
use crate::raft::{Machine, Members};
use crate::types::{ClientId, LogIndex, Span, Term, Text};

/// What a prefix of the log has come to.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The last entry that is in it.
    pub index: LogIndex,
    /// Its term.
    pub term: Term,
    /// Its time.
    pub time: Span,
    /// The digest of the prefix.
    pub digest: u64,
    /// Who took part by then.
    pub members: Members,
    /// The state machine with its sessions.
    pub data: Arc<[u8]>,
    /// A hash of the data.
    checksum: u64,
}

impl Snapshot {
    /// A snapshot that ends where a log begins that goes on behind it.
    pub fn new(base: Base, members: Members, data: Arc<[u8]>) -> Self {
        let Base { index, term, time, digest } = base;
        let checksum = StableHasher::of(&data);
        Snapshot { index, term, time, digest, members, data, checksum }
    }

    /// Where a log begins that goes on behind it.
    pub fn base(&self) -> Base {
        Base { index: self.index, term: self.term, time: self.time, digest: self.digest }
    }

    /// A hash of the data.
    pub fn checksum(&self) -> u64 {
        self.checksum
    }
}

impl PartialEq for Snapshot {
    fn eq(&self, other: &Self) -> bool {
        (self.base(), self.members, self.checksum) == (other.base(), other.members, other.checksum)
            && self.data == other.data
    }
}

impl Eq for Snapshot {}

impl Hash for Snapshot {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.base(), self.members, self.checksum).hash(state);
    }
}

impl Machine {
    /// The whole state as bytes: numbers with their lowest byte first, texts and lists with their length before them.
    pub fn encode(&self) -> Arc<[u8]> {
        let mut bytes = Writer(Vec::new());
        bytes.count(self.store.iter().len());
        for (key, value) in self.store.iter() {
            bytes.text(key);
            bytes.text(value);
        }
        bytes.count(self.sessions.len());
        for (client, session) in self.sessions.iter() {
            bytes.0.push(client.0);
            bytes.word(session.seq);
            bytes.word(session.at.0);
            bytes.reply(session.reply.as_ref());
        }
        bytes.0.into()
    }

    /// The state that these bytes are; none where they are not whole, or something else.
    pub fn decode(bytes: &[u8]) -> Option<Machine> {
        let mut bytes = Reader(bytes);
        let mut machine = Machine::default();
        for _ in 0..bytes.count()? {
            let (key, value) = (bytes.text()?, bytes.text()?);
            machine.store.apply(&Command::Put { key, value }).ok()?;
        }
        for _ in 0..bytes.count()? {
            let client = ClientId(bytes.byte()?);
            let (seq, at) = (bytes.word()?, Span(bytes.word()?));
            let reply = bytes.reply()?;
            machine.sessions.insert(client, Session { seq, reply, at });
        }
        bytes.0.is_empty().then_some(machine)
    }
}

/// The kinds of what a session remembers, as bytes.
mod kind {
    pub(super) const EXPIRED: u8 = 0;
    pub(super) const OK: u8 = 1;
    pub(super) const VALUE: u8 = 2;
    pub(super) const KEY_EXISTS: u8 = 3;
    pub(super) const KEY_NOT_FOUND: u8 = 4;
}

struct Writer(Vec<u8>);

impl Writer {
    fn word(&mut self, word: u64) {
        self.0.extend(word.to_le_bytes());
    }

    fn count(&mut self, count: usize) {
        self.word(count as u64);
    }

    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.extend(text.as_bytes());
    }

    fn reply(&mut self, reply: Option<&Outcome>) {
        let (kind, text) = match reply {
            None => (kind::EXPIRED, None),
            Some(Ok(None)) => (kind::OK, None),
            Some(Ok(Some(value))) => (kind::VALUE, Some(value)),
            Some(Err(KvError::KeyExists(key))) => (kind::KEY_EXISTS, Some(key)),
            Some(Err(KvError::KeyNotFound(key))) => (kind::KEY_NOT_FOUND, Some(key)),
        };
        self.0.push(kind);
        if let Some(text) = text {
            self.text(text);
        }
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take(&mut self, count: usize) -> Option<&[u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|byte| byte[0])
    }

    fn word(&mut self) -> Option<u64> {
        self.take(8)?.try_into().ok().map(u64::from_le_bytes)
    }

    fn count(&mut self) -> Option<usize> {
        // Whatever is counted takes a byte each: a larger number is none.
        usize::try_from(self.word()?).ok().filter(|count| *count <= self.0.len())
    }

    fn text(&mut self) -> Option<Text> {
        let count = self.count()?;
        std::str::from_utf8(self.take(count)?).ok().map(Text::from)
    }

    fn reply(&mut self) -> Option<Option<Outcome>> {
        Some(match self.byte()? {
            kind::EXPIRED => None,
            kind::OK => Some(Ok(None)),
            kind::VALUE => Some(Ok(Some(self.text()?))),
            kind::KEY_EXISTS => Some(Err(KvError::KeyExists(self.text()?))),
            kind::KEY_NOT_FOUND => Some(Err(KvError::KeyNotFound(self.text()?))),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kv::Request;

    fn machine() -> Machine {
        let mut machine = Machine::default();
        let asks = ["put a 1", "put a 2", "get a", "get b", "delete b", "put b ünï"];
        for (seq, ask) in (1..).zip(asks) {
            let words: Vec<&str> = ask.split(' ').collect();
            let command = Command::read(&words).expect("a command");
            let client = ClientId(u8::try_from(seq).expect("a few"));
            machine.apply_once(&Request::new(client, seq, command), Span(seq * 10), Span(45));
        }
        machine
    }

    #[test]
    fn a_state_is_read_as_it_was_written() {
        for machine in [Machine::default(), machine()] {
            assert_eq!(Machine::decode(&machine.encode()), Some(machine));
        }
        let replies =
            (1..=6).map(|client| machine().session(ClientId(client)).and_then(|session| session.reply.clone()));
        let kinds = [
            None,
            Some("key already exists: a"),
            Some("\"1\""),
            Some("key not found: b"),
            Some("key not found: b"),
            Some("OK"),
        ];
        let told = replies.map(|reply| reply.map(|reply| crate::kv::outcome_text(&reply)));
        assert_eq!(
            told.collect::<Vec<_>>(),
            kinds.map(|kind| kind.map(String::from)),
            "of every kind, and an expired one"
        );
    }

    #[test]
    fn snapshots_are_the_same_that_end_alike_and_hold_the_same() {
        let base = |index| Base { index: LogIndex(index), ..Base::default() };
        let of = |index, members, data: &[u8]| Snapshot::new(base(index), Members::first(members), data.into());
        let one = of(3, 3, b"abc");
        assert_eq!((&one, StableHasher::of(&one)), (&of(3, 3, b"abc"), StableHasher::of(&of(3, 3, b"abc"))));
        for other in [of(4, 3, b"abc"), of(3, 5, b"abc"), of(3, 3, b"abd"), of(3, 3, b"ab")] {
            assert_ne!(one, other);
            assert_ne!(StableHasher::of(&one), StableHasher::of(&other));
        }
        assert_ne!(one.checksum(), of(3, 3, b"abd").checksum());
        assert_eq!(one.checksum(), StableHasher::of(&one.data));
    }

    #[test]
    fn bytes_that_are_not_whole_are_refused() {
        let bytes = machine().encode();
        for cut in 0..bytes.len() {
            assert_eq!(Machine::decode(&bytes[..cut]), None, "the first {cut} bytes");
        }
        assert_eq!(Machine::decode(&[&bytes[..], &[0]].concat()), None, "a byte too many");
        assert_eq!(Machine::decode(&[0xff; 64]), None);
    }
}
