//! What a cluster must look like to whoever only sees what it commits, applies and answers: one list that grows at its
//! end, and a map that all of it is applied to in order. There is nothing here of terms in logs, quorums, or messages.

use std::collections::BTreeMap;
use std::sync::Arc;

use raft_playground::kv::{Command, KvError, Outcome, Read, Request};
use raft_playground::protocol::Answer;
use raft_playground::raft::{Applied, Members, Note, Raft};
use raft_playground::sim::{Fact, Happening};
use raft_playground::types::{ClientId, LogIndex, NodeId, Term, Text};

/// A request, by whom it comes from and its number there.
type Origin = (ClientId, u64);
/// What the store holds.
type Map = BTreeMap<Text, Text>;

/// What may be on the list.
#[derive(Clone, PartialEq, Debug)]
enum Entry {
    Command(Arc<Request>),
    Members(Members),
}

/// All that was seen so far.
#[derive(Default)]
pub(crate) struct Model {
    /// Who has led each term.
    leaders: BTreeMap<Term, NodeId>,
    /// All that was ever committed, in order; beside each entry what carrying it out came to, and the map then.
    list: Vec<(Entry, Option<Applied>, Map)>,
    /// The last command of each client that was carried out, and what it came to.
    last: BTreeMap<ClientId, (u64, Outcome)>,
    /// What each request may be answered: what it came to on the list, or what was read for it.
    answers: BTreeMap<Origin, Vec<Outcome>>,
    /// How long the list was when a request was first made.
    asked: BTreeMap<Origin, u64>,
    /// The last entry that each running node has applied, where it is known.
    applied: BTreeMap<NodeId, u64>,
    /// Whether even a read that asks nobody is held to be up to date. No cluster keeps that.
    pub(crate) trusts_local_reads: bool,
}

impl Model {
    /// Something has happened.
    ///
    /// # Errors
    ///
    /// One sentence, where it contradicts what was seen before.
    pub(crate) fn see(&mut self, fact: &Fact<Raft>) -> Result<(), String> {
        match fact {
            Fact::Noted(node, note) => self.hear(*node, note),
            Fact::Happened(Happening::Asked { request, attempt: 1, .. }) => {
                let length = self.list.len() as u64;
                self.asked.extend(request.origin.map(|origin| (origin, length)));
                Ok(())
            }
            Fact::Happened(Happening::Answered(_, request, node, Answer::Done(outcome))) => {
                let may_be = request.origin.and_then(|origin| self.answers.get(&origin));
                if may_be.is_some_and(|answers| answers.contains(outcome)) {
                    return Ok(());
                }
                Err(format!("{node} answers `{}` with {outcome:?}, which it never came to", request.command))
            }
            // What it starts with it has not applied before our eyes.
            Fact::Happened(Happening::Restarted(node) | Happening::Started(node)) => {
                self.applied.remove(node);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn hear(&mut self, node: NodeId, note: &Note) -> Result<(), String> {
        match note {
            Note::Elected { term, .. } => {
                let leader = *self.leaders.entry(*term).or_insert(node);
                if leader == node { Ok(()) } else { Err(format!("{leader} and {node} both lead term {term}")) }
            }
            Note::Applied { index, request, applied } => {
                let came_to = self.apply(node, *index, Entry::Command(request.clone()))?;
                if came_to.as_ref() == Some(applied) {
                    return Ok(());
                }
                Err(format!("to {node} entry {index}, `{}`, comes to {applied:?}, not {came_to:?}", request.command))
            }
            Note::MembersCommitted { index, members } => self.apply(node, *index, Entry::Members(*members)).map(|_| ()),
            Note::Installed { index, .. } => {
                self.applied.insert(node, index.0);
                Ok(())
            }
            Note::Reads { request, how, index, outcome } => self.read(node, request, *how, *index, outcome),
            _ => Ok(()),
        }
    }

    /// A node applies an entry: the one behind the last that it has applied, and the same as everybody else.
    fn apply(&mut self, node: NodeId, index: LogIndex, entry: Entry) -> Result<Option<Applied>, String> {
        let before = self.applied.insert(node, index.0);
        if before.is_some_and(|before| before + 1 != index.0) {
            return Err(format!("{node} applies entry {index} behind {before:?}"));
        }
        if index.0 == self.list.len() as u64 + 1 {
            let mut map = self.map_at(index.0 - 1);
            let came_to = match &entry {
                Entry::Command(request) => Some(self.carry_out_once(request, &mut map)),
                Entry::Members(_) => None,
            };
            self.list.push((entry.clone(), came_to, map));
        }
        match self.list.get(usize::try_from(index.0 - 1).unwrap_or(usize::MAX)) {
            Some((known, came_to, _)) if *known == entry => Ok(came_to.clone()),
            Some((known, ..)) => Err(format!("entry {index} is {entry:?} to {node}, and was committed as {known:?}")),
            None => Err(format!("{node} applies entry {index}, and only {} are committed", self.list.len())),
        }
    }

    /// The map once so many entries are applied.
    fn map_at(&self, length: u64) -> Map {
        let place = usize::try_from(length).ok().and_then(|length| length.checked_sub(1));
        place.and_then(|place| self.list.get(place)).map(|(.., map)| map.clone()).unwrap_or_default()
    }

    fn carry_out_once(&mut self, request: &Request, map: &mut Map) -> Applied {
        let Some((client, seq)) = request.origin else { return Applied::Fresh(carry_out(&request.command, map)) };
        match self.last.get(&client) {
            Some((last, _)) if seq < *last => return Applied::Passed,
            Some((last, outcome)) if seq == *last => return Applied::Again(outcome.clone()),
            _ => {}
        }
        let outcome = carry_out(&request.command, map);
        self.last.insert(client, (seq, outcome.clone()));
        self.answers.entry((client, seq)).or_default().push(outcome.clone());
        Applied::Fresh(outcome)
    }

    /// A node answers a read from what it has applied: at least all that was committed when the client asked.
    fn read(&mut self, node: NodeId, ask: &Request, how: Read, index: LogIndex, read: &Outcome) -> Result<(), String> {
        let Some(origin) = ask.origin else { return Ok(()) };
        let asked = self.asked.get(&origin).copied().unwrap_or(0);
        if index.0 < asked && (how != Read::Local || self.trusts_local_reads) {
            let text = format!("{node} answers `{}` by {how} as of entry {index}", ask.command);
            return Err(format!("{text}, and {asked} were committed when it was asked"));
        }
        let expected = carry_out(&ask.command, &mut self.map_at(index.0));
        if *read != expected {
            return Err(format!("{node} reads {read:?} at entry {index}: expected {expected:?}"));
        }
        self.answers.entry(origin).or_default().push(expected);
        Ok(())
    }

    /// What a node that has applied so many entries must hold.
    pub(crate) fn holds(&self, applied: u64) -> Vec<(String, String)> {
        self.map_at(applied).iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()
    }

    /// How many entries were committed, how many leaders elected, and how many requests may be answered.
    pub(crate) fn seen(&self) -> [usize; 3] {
        [self.list.len(), self.leaders.len(), self.answers.len()]
    }
}

fn carry_out(command: &Command, map: &mut Map) -> Outcome {
    match command {
        Command::Put { key, .. } if map.contains_key(key) => Err(KvError::KeyExists(key.clone())),
        Command::Put { key, value } => Ok(map.insert(key.clone(), value.clone()).and(None)),
        Command::Get { key } => map.get(key).cloned().map(Some).ok_or_else(|| KvError::KeyNotFound(key.clone())),
        Command::Delete { key } => map.remove(key).map(|_| None).ok_or_else(|| KvError::KeyNotFound(key.clone())),
        Command::Noop => Ok(None),
    }
}
