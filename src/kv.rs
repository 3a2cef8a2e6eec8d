//! The key-value store: the state machine that every protocol replicates.
//!
//! | operation | when | reply | effect |
//! | --- | --- | --- | --- |
//! | `put(key, value)` | key absent | ok | inserts |
//! | `put(key, value)` | key present | error `key already exists: <key>` | none |
//! | `get(key)` | key present | ok, the value | none |
//! | `get(key)` | key absent | error `key not found: <key>` | none |
//! | `delete(key)` | key present | ok | removes |
//! | `delete(key)` | key absent | error `key not found: <key>` | none |
//!
//! `put` never overwrites. The store is deterministic: the same commands in the same order give the
//! same outcomes and the same contents, which is all that replication needs (paper, §2). It knows
//! nothing of logs, nodes or clients.
//!
//! ```
//! use raft_playground::kv::{Command, KvError, Store};
//!
//! let mut store = Store::default();
//! let put = Command::Put { key: "a".into(), value: "val_1".into() };
//! assert_eq!(store.apply(&put), Ok(None));
//! assert_eq!(store.apply(&put), Err(KvError::KeyExists("a".into())));
//! assert_eq!(store.apply(&Command::Get { key: "a".into() }), Ok(Some("val_1".into())));
//! ```

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::chance::StableHasher;
use crate::types::{ClientId, SortedMap, Text};

/// The longest key or value that a client may send, in bytes.
pub const MAX_TEXT: usize = 64;

/// A key or a value, as a client may send it.
///
/// # Errors
///
/// One sentence about `what` (`key`, `value`), where it is not one word of at most [`MAX_TEXT`] bytes.
///
/// ```
/// use raft_playground::kv::word;
///
/// assert!(word("key", "a").is_ok());
/// assert_eq!(word("key", "").unwrap_err(), "the key is empty: expected one word");
/// ```
pub fn word(what: &str, text: &str) -> Result<Text, String> {
    if text.is_empty() {
        return Err(format!("the {what} is empty: expected one word"));
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        let shown: String = text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
        return Err(format!("the {what} `{shown}` is not one word: expected no spaces and no control characters"));
    }
    if text.len() > MAX_TEXT {
        return Err(format!("the {what} is {} bytes long: expected at most {MAX_TEXT}", text.len()));
    }
    Ok(text.into())
}

/// What a client asks of the store, and the command that asks for nothing.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Command {
    /// Insert `value` under `key`, which must be absent.
    Put {
        /// The key.
        key: Text,
        /// The value.
        value: Text,
    },
    /// Read the value of `key`.
    Get {
        /// The key.
        key: Text,
    },
    /// Remove `key`.
    Delete {
        /// The key.
        key: Text,
    },
    /// Nothing: what a new leader writes to learn what is committed (paper, §8), and what fills a
    /// gap in Multi-Paxos.
    Noop,
}

impl Command {
    /// Reads a command from the words of its text: `put`, `a`, `val_7`.
    ///
    /// # Errors
    ///
    /// One sentence, where the words are no command that a client may send.
    ///
    /// ```
    /// use raft_playground::kv::Command;
    ///
    /// assert_eq!(Command::read(&["get", "a"]).map(|command| command.to_string()), Ok("get a".to_string()));
    /// assert!(Command::read(&["put", "a"]).is_err());
    /// ```
    pub fn read(words: &[&str]) -> Result<Command, String> {
        Ok(match words {
            ["put", key, value] => Command::Put { key: word("key", key)?, value: word("value", value)? },
            ["get", key] => Command::Get { key: word("key", key)? },
            ["delete", key] => Command::Delete { key: word("key", key)? },
            _ => {
                let expected = "expected `put KEY VALUE`, `get KEY` or `delete KEY`";
                return Err(format!("`{}` is not a command: {expected}", words.join(" ")));
            }
        })
    }

    /// `put`, `get`, `delete` or `noop`.
    pub fn op(&self) -> &'static str {
        match self {
            Command::Put { .. } => "put",
            Command::Get { .. } => "get",
            Command::Delete { .. } => "delete",
            Command::Noop => "noop",
        }
    }

    /// The value of a put.
    pub fn value(&self) -> Option<&Text> {
        match self {
            Command::Put { value, .. } => Some(value),
            _ => None,
        }
    }

    /// The key that the command touches, if any.
    pub fn key(&self) -> Option<&Text> {
        match self {
            Command::Put { key, .. } | Command::Get { key } | Command::Delete { key } => Some(key),
            Command::Noop => None,
        }
    }
}

/// As a step of a script says it: `put a val_7`, `get a`, `delete a`.
impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.op())?;
        self.key().map_or(Ok(()), |key| write!(f, " {key}"))?;
        self.value().map_or(Ok(()), |value| write!(f, " {value}"))
    }
}

/// Why the store refused a command. The texts are part of the store's contract.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum KvError {
    /// A `put` of a key that is there already.
    KeyExists(Text),
    /// A `get` or `delete` of a key that is not there.
    KeyNotFound(Text),
}

impl fmt::Display for KvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KvError::KeyExists(key) => write!(f, "key already exists: {key}"),
            KvError::KeyNotFound(key) => write!(f, "key not found: {key}"),
        }
    }
}

impl std::error::Error for KvError {}

/// What a command came to: the value of a `get`, nothing for the others, or why it was refused.
pub type Outcome = Result<Option<Text>, KvError>;

/// An outcome in words: `OK`, `"val_7"`, `key not found: a`.
pub fn outcome_text(outcome: &Outcome) -> String {
    match outcome {
        Ok(None) => "OK".to_string(),
        Ok(Some(value)) => format!("\"{value}\""),
        Err(error) => error.to_string(),
    }
}

/// A command and its outcome as the schedule prints them, e.g. `PUT "a" = "val_7" -> OK`,
/// `PUT "a" -> REJECTED (key exists)`, `GET "a" -> NOT FOUND`.
pub fn schedule_text(command: &Command, outcome: &Outcome) -> String {
    match (command, outcome) {
        (Command::Put { key, value }, Ok(_)) => format!("PUT \"{key}\" = \"{value}\" -> OK"),
        (Command::Put { key, .. }, Err(_)) => format!("PUT \"{key}\" -> REJECTED (key exists)"),
        (Command::Get { key }, Ok(Some(value))) => format!("GET \"{key}\" -> \"{value}\""),
        (Command::Get { key }, _) => format!("GET \"{key}\" -> NOT FOUND"),
        (Command::Delete { key }, Ok(_)) => format!("DELETE \"{key}\" -> OK"),
        (Command::Delete { key }, Err(_)) => format!("DELETE \"{key}\" -> NOT FOUND"),
        (Command::Noop, _) => "NOOP".to_string(),
    }
}

/// In which way a client wants a `get` answered.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Read {
    /// As an entry of the log, like any other command.
    Log,
    /// By a leader that has asked a majority whether it still leads.
    Index,
    /// By a leader that relies on its lease for that.
    Lease,
    /// By any node that has asked the leader how far it must have come.
    Follower,
    /// By whoever is asked, from what it has at the moment: it may be long out of date.
    Local,
}

impl Read {
    /// Every way of reading, with its name.
    pub const ALL: [(&'static str, Read); 5] = [
        ("log", Read::Log),
        ("index", Read::Index),
        ("lease", Read::Lease),
        ("follower", Read::Follower),
        ("local", Read::Local),
    ];

    /// Their names.
    pub const NAMES: &'static [&'static str] = &["log", "index", "lease", "follower", "local"];
}

impl fmt::Display for Read {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Read::ALL.iter().find(|(_, read)| read == self).map_or("", |(name, _)| name))
    }
}

impl std::str::FromStr for Read {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = Read::ALL.iter().find(|(name, _)| *name == text).map(|(_, read)| *read);
        known.ok_or_else(|| format!("`{text}` is not a way of reading: expected {}", Read::NAMES.join(", ")))
    }
}

/// A command on its way through the system: what is asked, who asks, and the how manyth request of
/// that client it is. Retries of one request are equal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    /// Who waits for the answer, and the number of the request; none where a protocol asks itself.
    pub origin: Option<(ClientId, u64)>,
    /// What is asked.
    pub command: Command,
    /// In which way a `get` is to be answered; none where the cluster's own way will do.
    pub read: Option<Read>,
    /// The hash of the two, computed once, since logs are hashed and compared all the time.
    digest: u64,
}

impl Request {
    /// The request number `seq` of `client`.
    pub fn new(client: ClientId, seq: u64, command: Command) -> Arc<Self> {
        Request::make(Some((client, seq)), command)
    }

    /// A command that does nothing and that nobody waits for.
    pub fn noop() -> Arc<Self> {
        Request::unasked(Command::Noop)
    }

    /// A command that nobody waits for.
    pub fn unasked(command: Command) -> Arc<Self> {
        Request::make(None, command)
    }

    /// The request number `seq` of `client`, which wants to read in this way.
    pub fn reading(client: ClientId, seq: u64, command: Command, read: Read) -> Arc<Self> {
        let origin = Some((client, seq));
        let digest = StableHasher::of(&(origin, &command, read));
        Arc::new(Request { origin, command, read: Some(read), digest })
    }

    fn make(origin: Option<(ClientId, u64)>, command: Command) -> Arc<Self> {
        let digest = StableHasher::of(&(origin, &command));
        Arc::new(Request { origin, command, read: None, digest })
    }

    /// How much of a message or a disk it takes, in bytes: who asks and what, and the texts.
    pub fn bytes(&self) -> u64 {
        let text = |text: Option<&Text>| text.map_or(0, |text| text.len() as u64);
        16 + text(self.command.key()) + text(self.command.value())
    }

    /// A hash of who asks and what.
    pub fn digest(&self) -> u64 {
        self.digest
    }
}

impl Hash for Request {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.digest);
    }
}

/// The store itself: a map from key to value, in order of the keys.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Store {
    values: SortedMap<Text, Text>,
}

impl Store {
    /// Carries out one command.
    ///
    /// # Errors
    ///
    /// The refusals of the table above; the store is then unchanged.
    pub fn apply(&mut self, command: &Command) -> Outcome {
        match command {
            Command::Put { key, value } => match self.values.add(key.clone(), value.clone()) {
                true => Ok(None),
                false => Err(KvError::KeyExists(key.clone())),
            },
            Command::Get { key } => self.get(key),
            Command::Delete { key } => match self.values.remove(key) {
                Some(_) => Ok(None),
                None => Err(KvError::KeyNotFound(key.clone())),
            },
            Command::Noop => Ok(None),
        }
    }

    /// What a `get` comes to.
    ///
    /// # Errors
    ///
    /// The key is not there.
    pub fn get(&self, key: &Text) -> Outcome {
        match self.values.get(key) {
            Some(value) => Ok(Some(value.clone())),
            None => Err(KvError::KeyNotFound(key.clone())),
        }
    }

    /// All keys with their values, in order of the keys.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Text, &Text)> {
        self.values.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(script: &str) -> String {
        let mut store = Store::default();
        let mut told = Vec::new();
        for line in script.split("; ") {
            let words: Vec<Text> = line.split(' ').map(Text::from).collect();
            let command = match (&*words[0], &words[1..]) {
                ("put", [key, value]) => Command::Put { key: key.clone(), value: value.clone() },
                ("get", [key]) => Command::Get { key: key.clone() },
                ("delete", [key]) => Command::Delete { key: key.clone() },
                _ => Command::Noop,
            };
            let outcome = store.apply(&command);
            told.push(format!("{} | {}", outcome_text(&outcome), schedule_text(&command, &outcome)));
        }
        told.join("\n")
    }

    #[test]
    fn every_row_of_the_contract() {
        let told = run("put a val_1; put a val_2; get a; get b; delete b; delete a; get a; put a val_3; noop");
        let expected = [
            r#"OK | PUT "a" = "val_1" -> OK"#,
            r#"key already exists: a | PUT "a" -> REJECTED (key exists)"#,
            r#""val_1" | GET "a" -> "val_1""#,
            r#"key not found: b | GET "b" -> NOT FOUND"#,
            r#"key not found: b | DELETE "b" -> NOT FOUND"#,
            r#"OK | DELETE "a" -> OK"#,
            r#"key not found: a | GET "a" -> NOT FOUND"#,
            r#"OK | PUT "a" = "val_3" -> OK"#,
            "OK | NOOP",
        ];
        assert_eq!(told, expected.join("\n"));
    }

    #[test]
    fn retries_of_a_request_are_equal_and_other_requests_are_not() {
        let put = || Command::Put { key: "a".into(), value: "1".into() };
        let first = Request::new(ClientId(1), 1, put());
        assert_eq!(first, Request::new(ClientId(1), 1, put()));
        for other in [Request::new(ClientId(1), 2, put()), Request::new(ClientId(2), 1, put()), Request::noop()] {
            assert_ne!(first.digest(), other.digest());
        }
    }
}
