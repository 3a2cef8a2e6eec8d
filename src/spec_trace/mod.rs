//! A run of Raft in the words of its official TLA+ specification: each line can be matched to an action of the
//! published `raft.tla` (<https://github.com/ongardie/raft.tla>), so that TLC can judge the run.
//!
//! The specification knows no disks: what a node has in its state survives a crash. So whatever a node does becomes a
//! line only once all that the node had written by then is flushed; until then nobody else can have seen anything of
//! it, since the node's messages wait for the disk, too. What a crash takes back has no line, and the message that had
//! caused it counts as lost.
//!
//! What one input makes a node do are some transitions and then some messages. A crash and the start after it are one
//! action, [`Event::Restart`], which has its line at the start.

mod line;
mod values;

pub use line::{Action, Entry, Event, Line, Message, State};

use std::collections::{BTreeMap, VecDeque};

use crate::raft::{self, Note, Raft, Refusal, Write};
use crate::sim::{Cluster, Fact, Happening, Payload, Refused};
use crate::types::{LogIndex, NodeId, Process, Term};
use values::Values;

/// What a Raft cluster does beyond the letter of `raft.tla`: an AppendEntries carries many entries or none, from where
/// the leader thinks the follower's log ends; and old messages move no index back.
const LIBERTIES: &[&str] = &["anyprev", "monotonic"];

/// A run of Raft, action by action.
#[derive(Clone, Debug, Default)]
pub struct SpecTrace {
    /// The lines that nobody has taken yet.
    lines: Vec<Line>,
    /// How many steps have been taken note of; none before the start.
    steps: Option<u64>,
    /// What waits for disks, node by node.
    nodes: Vec<Waiting>,
    values: Values,
}

/// What a node has done and its disk does not know yet.
#[derive(Clone, Debug, Default)]
struct Waiting {
    /// How many writes the node has ever begun.
    begun: u64,
    /// What each input made it do, the oldest first.
    deeds: VecDeque<Deed>,
    /// The state of the last line that has one, without its log.
    told: Option<State>,
    /// The digest of that log.
    written: u64,
    /// The term in which the node has lost an election: it waits as a follower does, which the specification still
    /// calls a candidate.
    lost: Option<Term>,
}

/// What one input made a node do.
#[derive(Clone, Debug)]
struct Deed {
    /// How many of the node's writes must be flushed before it is told.
    after: u64,
    actions: Vec<Action>,
    /// The digest of the node's log afterwards.
    log: u64,
}

impl SpecTrace {
    /// The lines since they were last taken.
    pub fn take_lines(&mut self) -> Vec<Line> {
        std::mem::take(&mut self.lines)
    }

    /// Takes note of what the last step did; nothing happens where that was done already.
    ///
    /// # Errors
    ///
    /// One sentence, where the cluster does not start as the specification does, or does what the specification does
    /// not know.
    ///
    /// # Panics
    ///
    /// Where the cluster is not recorded from its start on, or a step was left out.
    pub fn take_note(&mut self, cluster: &Cluster<Raft>) -> Result<(), Refused> {
        assert!(cluster.is_recorded(), "a trace needs a recorded run");
        let Some(steps) = self.steps else { return self.start(cluster) };
        if steps == cluster.steps() {
            return Ok(());
        }
        assert_eq!(steps + 1, cluster.steps(), "a trace has every step");
        self.steps = Some(cluster.steps());
        if let Some(what) = cluster.facts().iter().find_map(unknown) {
            return Err(Refused(format!("{what}, which raft.tla does not know")));
        }
        let (mut copies, mut lost) = (Vec::new(), Vec::new());
        let mut actions: BTreeMap<NodeId, (Vec<Action>, Vec<Action>)> = BTreeMap::new();
        for fact in cluster.facts() {
            match fact {
                Fact::Persisted(node, write) => {
                    self.nodes[node.slot()].begun += 1;
                    if let (Write::Entries { after, entries, .. }, true) = (write, leads(cluster, *node)) {
                        // A leader writes to its log only what it proposes.
                        let proposed = (after.0 + 1..).zip(entries.iter()).map(|(index, entry)| Action {
                            value: Some(self.values.propose(index, entry)),
                            ..of(Event::Propose, *node)
                        });
                        actions.entry(*node).or_default().0.extend(proposed);
                    }
                }
                Fact::Noted(node, note) => {
                    match note {
                        Note::Lost { term, pre: false } => self.nodes[node.slot()].lost = Some(*term),
                        Note::Follows { .. } => self.nodes[node.slot()].lost = None,
                        _ => {}
                    }
                    let event = match note {
                        Note::Campaign { .. } => Event::Timeout,
                        Note::Elected { .. } => Event::Leader,
                        Note::Committed { led: true, .. } => Event::Commit,
                        _ => continue,
                    };
                    actions.entry(*node).or_default().0.push(of(event, *node));
                }
                Fact::Outgoing { from, to, message } => {
                    if let Some(message) = self.message(*from, *to, message) {
                        let sent = Action { message: Some(message), ..of(Event::Send, *from) };
                        actions.entry(*from).or_default().1.push(sent);
                    }
                }
                Fact::Delivered(flight) => {
                    if let (Some(message), Process::Node(node)) = (self.flight(flight), flight.id.to) {
                        let received = Action { message: Some(message), ..of(Event::Recv, node) };
                        actions.entry(node).or_default().0.push(received);
                    }
                }
                Fact::Lost(flight, _) => lost.extend(self.flight(flight).map(|message| network(Event::Drop, message))),
                Fact::Happened(Happening::Duplicated { copy, .. }) => {
                    let flight = cluster.network().flights().find(|flight| flight.id == *copy);
                    let message = flight.and_then(|flight| self.flight(flight));
                    copies.extend(message.map(|message| network(Event::Dup, message)));
                }
                Fact::Happened(Happening::Crashed(node, _)) => {
                    // What the disk never learned has not happened.
                    let forgotten = self.nodes[node.slot()].deeds.drain(..).flat_map(|deed| deed.actions);
                    let received = forgotten.filter(|action| action.event == Event::Recv);
                    lost.extend(received.filter_map(|action| action.message).map(|m| network(Event::Drop, m)));
                }
                Fact::Happened(Happening::Restarted(node)) => {
                    self.nodes[node.slot()].lost = None;
                    actions.entry(*node).or_default().0.push(of(Event::Restart, *node));
                }
                Fact::Happened(_) => {}
            }
        }
        self.release(cluster);
        for (node, (transitions, sent)) in actions {
            match transitions.as_slice() {
                [Action { event: Event::Commit, .. }] if !self.nodes[node.slot()].deeds.is_empty() => {
                    self.commit_ahead(node, variables(cluster, node).commit);
                }
                _ => self.wait(cluster, node, transitions, sent),
            }
        }
        self.release(cluster);
        self.lines.extend(copies.into_iter().chain(lost).map(Line::Action));
        Ok(())
    }

    /// The header, if the cluster starts in the `Init` of the specification, but for its first term.
    fn start(&mut self, cluster: &Cluster<Raft>) -> Result<(), Refused> {
        assert_eq!(cluster.steps(), 0, "a trace begins where the run begins");
        if cluster.config().async_writes {
            return Err(Refused(
                "in raft.tla a leader sends what it has written: expected `async_writes = false`".into(),
            ));
        }
        let term = variables(cluster, NodeId(1)).term;
        for node in NodeId::all(cluster.count()) {
            let state = variables(cluster, node);
            let other = match (state.log.last_index(), state.vote) {
                (LogIndex::ZERO, None) if state.term == term => continue,
                (LogIndex::ZERO, None) => format!("in term {}, n1 in term {term}", state.term),
                (LogIndex::ZERO, Some(vote)) => format!("with a vote for {vote}"),
                _ => "with entries in its log".to_string(),
            };
            let init = "in raft.tla all nodes start in one term, without votes or entries";
            return Err(Refused(format!("{node} starts {other}, which raft.tla cannot express: {init}")));
        }
        let nodes: Vec<NodeId> = NodeId::all(cluster.count()).collect();
        self.nodes = vec![Waiting::default(); nodes.len()];
        self.lines.push(Line::Start { nodes, term: term.0, allow: LIBERTIES });
        self.steps = Some(0);
        Ok(())
    }

    /// What a node has done waits for what it has written; its state is told with the last of the transitions.
    fn wait(&mut self, cluster: &Cluster<Raft>, node: NodeId, mut transitions: Vec<Action>, sent: Vec<Action>) {
        let waiting = &self.nodes[node.slot()];
        let before = waiting.deeds.back().map_or(waiting.written, |deed| deed.log);
        let variables = variables(cluster, node);
        let (mut state, log) = self.state(&variables, before);
        if waiting.lost == Some(variables.term) && state.role == "Follower" {
            state.role = "Candidate";
        }
        if let Some(last) = transitions.last_mut() {
            last.state = Some(state);
        }
        let waiting = &mut self.nodes[node.slot()];
        let log = if transitions.is_empty() { before } else { log };
        transitions.extend(sent);
        waiting.deeds.push_back(Deed { after: waiting.begun, actions: transitions, log });
    }

    /// A flush alone lets a node commit where it is its own majority. That depends on what is flushed and not on what
    /// the node has proposed since, which the specification would count as soon as it is told: so it is told before.
    fn commit_ahead(&mut self, node: NodeId, to: LogIndex) {
        let waiting = &mut self.nodes[node.slot()];
        let later = waiting.deeds.iter_mut().flat_map(|deed| &mut deed.actions).filter_map(|a| a.state.as_mut());
        later.for_each(|state| state.commit = to.0);
        let state = waiting.told.clone().map(|told| State { commit: to.0, ..told });
        let actions = vec![Action { state, ..of(Event::Commit, node) }];
        waiting.deeds.push_front(Deed { after: 0, actions, log: waiting.written });
    }

    /// Tells what needs to wait no longer.
    fn release(&mut self, cluster: &Cluster<Raft>) {
        for (waiting, node) in self.nodes.iter_mut().zip(NodeId::all(cluster.count())) {
            let flushed = waiting.begun - cluster.host(node).disk.unflushed() as u64;
            let safe = waiting.deeds.iter().take_while(|deed| deed.after <= flushed).count();
            for deed in waiting.deeds.drain(..safe) {
                waiting.written = deed.log;
                if let Some(state) = deed.actions.iter().rev().find_map(|action| action.state.as_ref()) {
                    waiting.told = Some(State { log: None, ..state.clone() });
                }
                self.lines.extend(deed.actions.into_iter().map(Line::Action));
            }
        }
    }

    /// A node's state, with its log if that has another digest than `before`; and the log's digest.
    fn state(&self, node: &raft::Variables<'_>, before: u64) -> (State, u64) {
        let last = node.log.last_index();
        let digest = node.log.digest_at(last).unwrap_or_default();
        let entries = || {
            let all = (1..=last.0).filter_map(|index| node.log.get(LogIndex(index)));
            self.values.entries(LogIndex::ZERO, all)
        };
        let matched = (1..).map(NodeId).zip(node.matched.iter().map(|index| index.0)).collect();
        let state = State {
            term: node.term.0,
            role: node.state,
            vote: node.vote.map_or("none".to_string(), |vote| vote.to_string()),
            commit: node.commit.0,
            len: last.0,
            last_term: node.log.last_term().0,
            matched: Some(matched).filter(|_| !node.matched.is_empty()),
            log: (digest != before).then(entries),
        };
        (state, digest)
    }

    /// The message of a flight; none where a client is at one of its ends.
    fn flight(&self, flight: &crate::sim::Flight<raft::Message>) -> Option<Message> {
        match (&flight.payload, flight.id.from, flight.id.to) {
            (Payload::Protocol(message), Process::Node(from), Process::Node(to)) => self.message(from, to, message),
            _ => None,
        }
    }

    /// A message, where the specification has it.
    fn message(&self, from: NodeId, to: NodeId, message: &raft::Message) -> Option<Message> {
        let Term(term) = message.term();
        Some(match message {
            raft::Message::RequestVote(ask) if !ask.pre => {
                let (last_index, last_term) = (ask.last_index.0, ask.last_term.0);
                Message::RequestVote { from, to, term, last_index, last_term }
            }
            raft::Message::RequestVoteReply { granted, pre: false, .. } => {
                Message::RequestVoteReply { from, to, term, granted: *granted }
            }
            raft::Message::AppendEntries(append) => {
                let entries = self.values.entries(append.prev_index, append.entries.iter());
                let (prev_index, prev_term) = (append.prev_index.0, append.prev_term.0);
                // Here the receiver looks how far the entries go, in the specification the sender does.
                let commit = append.commit.0.min(prev_index + entries.len() as u64);
                Message::AppendEntries { from, to, term, prev_index, prev_term, entries, commit }
            }
            raft::Message::AppendEntriesReply { verdict, .. } => {
                let (success, matched) = match verdict {
                    raft::Verdict::Matched(index) => (true, index.0),
                    raft::Verdict::Mismatch { .. } => (false, 0),
                };
                Message::AppendEntriesReply { from, to, term, success, matched }
            }
            _ => return None,
        })
    }
}

/// What a node does that the specification does not know, if it does.
fn unknown(fact: &Fact<Raft>) -> Option<String> {
    let changes = |entries: &[raft::Entry]| entries.iter().any(|entry| entry.members().is_some());
    match fact {
        Fact::Persisted(node, Write::Compact { .. } | Write::Install { .. }) => {
            Some(format!("{node} takes a snapshot"))
        }
        Fact::Persisted(node, Write::Entries { entries, .. }) if changes(entries) => {
            Some(format!("{node} changes the members"))
        }
        Fact::Noted(node, Note::VoteRefused { why: Refusal::LeaderHeard, pre: false, .. }) => {
            Some(format!("{node} does not look at a vote that it is asked for"))
        }
        Fact::Noted(node, Note::VoteRefused { why: Refusal::LessPreferred { .. }, pre: false, .. }) => {
            Some(format!("{node} refuses a vote since it is preferred itself"))
        }
        Fact::Happened(Happening::Started(node)) => Some(format!("{node} is a new node")),
        Fact::Noted(node, Note::NoQuorum { .. }) => Some(format!("{node} gives up the lead in its own term")),
        Fact::Happened(Happening::Torn(node, _)) => Some(format!("{node} crashes in the midst of a write")),
        Fact::Happened(Happening::Changed(crate::sim::Step::Set(name, value))) if &**name == "async_writes" => {
            Some(format!("`async_writes` is {value} from here on"))
        }
        _ => None,
    }
}

fn variables(cluster: &Cluster<Raft>, node: NodeId) -> raft::Variables<'_> {
    let state = cluster.states()[node.slot()].as_ref();
    state.expect("a node that has done something is up").variables()
}

fn leads(cluster: &Cluster<Raft>, node: NodeId) -> bool {
    !variables(cluster, node).matched.is_empty()
}

/// An action of a node.
fn of(event: Event, node: NodeId) -> Action {
    Action { event, node: Some(node), message: None, value: None, state: None }
}

/// An action of the network.
fn network(event: Event, message: Message) -> Action {
    Action { event, node: None, message: Some(message), value: None, state: None }
}
