//! The clients of the key-value store: a closed loop each.
//!
//! A client has at most one request running and sends the next only when that one has been answered.
//! It does not know who leads: it asks whom it takes for the leader, follows redirects, and where no
//! answer comes in time it asks somebody else, the same request with the same number, until it has
//! an answer. What it asks on its own is drawn: few keys, so that refusals are met too.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::chance::{Chance, Purpose};
use crate::kv::{Command, Outcome, Read, Request, outcome_text};
use crate::protocol::Answer;
use crate::types::{ClientId, NodeId, Span, Spread, Text, Time};

/// How clients behave.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ClientRules {
    /// How long a client waits after an answer before it asks on its own again.
    pub think: Spread,
    /// How long a client waits for an answer before it asks somebody else.
    pub timeout: Span,
    /// How long a client waits where it was told that nobody leads.
    pub backoff: Spread,
    /// The keys of random requests.
    pub keys: Vec<Text>,
    /// How many requests each client sends on its own; none for no end.
    pub requests: Option<u64>,
    /// Whether random requests delete, too.
    pub deletes: bool,
}

impl Default for ClientRules {
    fn default() -> Self {
        ClientRules {
            think: Spread::millis(20, 100),
            timeout: Span::millis(300),
            backoff: Spread::millis(20, 60),
            keys: ["a", "b", "c", "d", "e"].map(Text::from).to_vec(),
            requests: None,
            deletes: true,
        }
    }
}

/// What all clients of a run have in common.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Habits {
    /// How clients behave.
    pub rules: ClientRules,
    /// Where draws come from.
    pub chance: Chance,
    /// The nodes that clients may turn to.
    pub doors: Vec<NodeId>,
}

/// What a client is doing.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum ClientState {
    /// It has nothing to ask; at this time it will ask something of its own, if ever.
    Idle(Option<Time>),
    /// It waits for the answer of a node, until it gives up waiting.
    Asking {
        /// Whom it asked last.
        to: NodeId,
        /// When it will ask somebody else.
        until: Time,
    },
    /// It was told that nobody leads, and tries again at this time.
    Resting(Time),
    /// It was told that whoever leads has too much to do, and tries again at this time.
    TurnedAway(Time),
}

/// A request that has no answer yet.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Pending {
    /// What is asked.
    pub request: Arc<Request>,
    /// Its number.
    pub seq: u64,
    /// When it was asked first.
    pub since: Time,
    /// How often it was asked.
    pub attempts: u64,
}

/// A client.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Client {
    /// Which client.
    pub id: ClientId,
    habits: Arc<Habits>,
    /// Whether it sends requests of its own.
    pub(super) traffic: bool,
    /// What it is doing.
    pub state: ClientState,
    /// The request that it waits for; none exactly while it is idle.
    pub pending: Option<Pending>,
    /// What a person has asked it to send next, with whom to ask first.
    pub queue: VecDeque<Asked>,
    /// Whom it takes for the leader.
    pub leader: Option<NodeId>,
    /// How many requests it has begun: the number of the latest.
    pub begun: u64,
    /// How many of those it thought of itself.
    pub own: u64,
    /// How many requests have been answered.
    pub answered: u64,
    /// The last answer: number, command, what came back, when.
    pub last: Option<(u64, Command, LastAnswer, Time)>,
}

/// How a request ended.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum LastAnswer {
    /// It was carried out or refused by the store.
    Done(Outcome),
    /// It was given up by the cluster; whether it will be carried out is unknown.
    Unknown,
    /// It is older than what the cluster remembers of the client; whether it was carried out is unknown.
    Expired,
}

impl LastAnswer {
    /// Whether the store carried the command out.
    pub fn is_ok(&self) -> bool {
        matches!(self, LastAnswer::Done(Ok(_)))
    }

    /// The answer in words.
    pub fn text(&self) -> String {
        match self {
            LastAnswer::Done(outcome) => outcome_text(outcome),
            LastAnswer::Unknown => "consensus failed".to_string(),
            LastAnswer::Expired => "session expired".to_string(),
        }
    }
}

/// What a person wants a client to ask.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Asked {
    /// What.
    pub command: Command,
    /// Whom first; whom it takes for the leader where none is named.
    pub to: Option<NodeId>,
    /// In which way it wants to read.
    pub read: Option<Read>,
}

/// What a client decides to do.
#[derive(Clone, Debug)]
pub(super) enum Move {
    /// Nothing.
    Rest,
    /// Ask this node.
    Ask(NodeId),
}

impl Client {
    pub(super) fn new(id: ClientId, habits: Arc<Habits>, traffic: bool) -> Self {
        Client {
            id,
            habits,
            traffic,
            state: ClientState::Idle(None),
            pending: None,
            queue: VecDeque::new(),
            leader: None,
            begun: 0,
            own: 0,
            answered: 0,
            last: None,
        }
    }

    /// There are other nodes to turn to, for all clients.
    pub(super) fn adopt(&mut self, habits: Arc<Habits>) {
        self.habits = habits;
    }

    /// Whether it has nothing to ask, now or later, unless a person wants it to.
    pub fn is_done(&self) -> bool {
        self.pending.is_none() && self.due().is_none()
    }

    /// When the schedule has something to do with it.
    pub fn due(&self) -> Option<Time> {
        match self.state {
            ClientState::Idle(wake) => wake,
            ClientState::Asking { until, .. } => Some(until),
            ClientState::Resting(until) | ClientState::TurnedAway(until) => Some(until),
        }
    }

    /// Decides whether and when to ask something by itself, if it has nothing else to do.
    pub(super) fn think(&mut self, now: Time) {
        if self.pending.is_none() && self.queue.is_empty() {
            let Habits { rules, chance, .. } = &*self.habits;
            let more = self.traffic && rules.requests.is_none_or(|most| self.own < most);
            let cause = [u64::from(self.id.0), self.begun];
            let wake = more.then(|| now + chance.within(Purpose::Think, cause, rules.think));
            self.state = ClientState::Idle(wake);
        }
    }

    /// What the client does when its time has come: a first try, or another one.
    pub(super) fn wake(&mut self, now: Time) -> Move {
        match self.state {
            ClientState::Idle(_) => {
                let asked = self.queue.pop_front();
                let Asked { command, to, read } = asked.unwrap_or_else(|| {
                    self.own += 1;
                    Asked { command: self.random_command(), to: None, read: None }
                });
                self.begun += 1;
                let request = match read {
                    Some(read) => Request::reading(self.id, self.begun, command, read),
                    None => Request::new(self.id, self.begun, command),
                };
                self.pending = Some(Pending { request, seq: self.begun, since: now, attempts: 0 });
                self.ask(to, None, now)
            }
            // Whoever did not answer may be down or cut off: believe in nobody, ask somebody else.
            ClientState::Asking { to, .. } => {
                self.leader = None;
                self.ask(None, Some(to), now)
            }
            ClientState::Resting(_) | ClientState::TurnedAway(_) => self.ask(None, None, now),
        }
    }

    /// Asks `to`, or whom it takes for the leader, or anybody but `not`.
    fn ask(&mut self, to: Option<NodeId>, not: Option<NodeId>, now: Time) -> Move {
        let Habits { rules, chance, doors } = &*self.habits;
        let Some(pending) = &mut self.pending else { return Move::Rest };
        pending.attempts += 1;
        let cause = [u64::from(self.id.0) << 32 | pending.attempts, pending.seq];
        let anybody = || {
            let others = doors.iter().filter(|door| Some(**door) != not);
            let count = others.clone().count() as u64;
            let place = usize::try_from(chance.below(Purpose::Target, cause, count)).unwrap_or(0);
            // Where there is only one to ask, ask that one again.
            others.clone().nth(place).copied().unwrap_or(doors[0])
        };
        let to = to.or(self.leader).unwrap_or_else(anybody);
        self.state = ClientState::Asking { to, until: now + rules.timeout };
        Move::Ask(to)
    }

    /// What the client makes of an answer of `from`; answers to other requests than the running one
    /// are echoes of earlier tries and change nothing.
    pub(super) fn hear(&mut self, from: NodeId, seq: u64, answer: &Answer, now: Time) -> Move {
        let Some(pending) = self.pending.as_ref().filter(|p| p.seq == seq) else { return Move::Rest };
        let asked_last = matches!(self.state, ClientState::Asking { to, .. } if to == from);
        let ended = match answer {
            Answer::Done(outcome) => {
                self.leader = Some(from);
                LastAnswer::Done(outcome.clone())
            }
            Answer::Failed => LastAnswer::Unknown,
            Answer::Expired => LastAnswer::Expired,
            Answer::Busy if !asked_last => return Move::Rest,
            // Whoever has too much to do leads, and will have less.
            Answer::Busy => {
                self.leader = Some(from);
                self.state = ClientState::TurnedAway(self.rested(seq, now));
                return Move::Rest;
            }
            Answer::Redirect(_) if !asked_last => return Move::Rest,
            Answer::Redirect(Some(leader)) if pending.attempts % 4 != 0 => {
                self.leader = Some(*leader);
                return self.ask(None, None, now);
            }
            // Nobody leads, or everybody points at somebody else: give the cluster a moment.
            Answer::Redirect(hint) => {
                self.leader = *hint;
                self.state = ClientState::Resting(self.rested(seq, now));
                return Move::Rest;
            }
        };
        self.last = Some((seq, pending.request.command.clone(), ended, now));
        self.pending = None;
        self.answered += 1;
        // Whoever has asked for more is not kept waiting.
        self.state = ClientState::Idle(Some(now));
        self.think(now);
        Move::Rest
    }

    /// When it asks again after a little rest.
    fn rested(&self, seq: u64, now: Time) -> Time {
        let Habits { rules, chance, .. } = &*self.habits;
        let attempts = self.pending.as_ref().map_or(0, |pending| pending.attempts);
        let cause = [u64::from(self.id.0) << 32 | attempts, seq];
        now + chance.within(Purpose::Backoff, cause, rules.backoff)
    }

    /// One of `get`, `put` and (where wanted) `delete`, over the keys, with values `val_0` to `val_99`.
    fn random_command(&self) -> Command {
        let Habits { rules, chance, .. } = &*self.habits;
        let draw = |what: u64, bound: usize| {
            let cause = [u64::from(self.id.0) << 32 | what, self.own];
            usize::try_from(chance.below(Purpose::Request, cause, bound as u64)).unwrap_or(0)
        };
        let key = rules.keys[draw(1, rules.keys.len())].clone();
        match draw(2, if rules.deletes { 3 } else { 2 }) {
            0 => Command::Get { key },
            1 => Command::Put { key, value: format!("val_{}", draw(3, 100)).into() },
            _ => Command::Delete { key },
        }
    }
}

#[cfg(test)]
#[path = "clients_tests.rs"]
mod tests;
