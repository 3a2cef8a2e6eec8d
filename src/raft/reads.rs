//! Reads without an entry in the log (paper, §8; dissertation, §6.4).
//!
//! A leader must not answer from what it has merely because it believes that it leads: another may have been elected,
//! and have committed more. So it first asks everybody, and once a majority has answered, it did lead when the request
//! came (§6.4). Requests that come while it asks wait for the next round, all of them for the same one. A lease saves
//! the round: a majority has promised for a while to vote for nobody else (§6.4.1), which is as true as its clocks. A
//! follower asks the leader how far it must have come, and answers itself. And a `local` read asks nobody, and may be
//! as old as anything.

use std::sync::Arc;

use crate::kv::{Read, Request};
use crate::protocol::{After, Answer};
use crate::quorum::Standing;
use crate::raft::bugs::Mistake;
use crate::raft::{Config, Message, Note, Out, Raft};
use crate::types::{ClientId, LogIndex, NodeId, NodeSet};

/// A read that waits until its leader knows that it still leads.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Waiting {
    asker: Asker,
    /// The round that must be confirmed; none until it has begun.
    round: Option<u64>,
    /// What must have been applied.
    index: LogIndex,
}

/// Who wants to know.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Asker {
    /// A client, by its request.
    Client(Arc<Request>),
    /// A follower, for a request of a client.
    Follower(NodeId, (ClientId, u64)),
}

/// A request that a follower answers once it has come as far as its leader says.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Question {
    request: Arc<Request>,
    /// How far that is, once the leader has said so.
    index: Option<LogIndex>,
}

impl Asker {
    /// Which request of which client it is about.
    fn origin(&self) -> Option<(ClientId, u64)> {
        match self {
            Asker::Client(request) => request.origin,
            Asker::Follower(_, request) => Some(*request),
        }
    }
}

impl Waiting {
    /// The client's request, if a client waits here.
    pub(super) fn request(self) -> Option<Arc<Request>> {
        if let Asker::Client(request) = self.asker { Some(request) } else { None }
    }
}

impl Raft {
    /// A client wants to read, and not through the log.
    pub(super) fn take_read(
        &mut self,
        config: &Config,
        request: &Arc<Request>,
        read: Read,
        through: Option<NodeId>,
        out: Out<'_>,
    ) {
        let led_by = self.leader();
        match read {
            Read::Log | Read::Index | Read::Lease if config.makes(Mistake::LocalRead) && self.is_leader() => {
                self.answer_read(request, if read == Read::Log { Read::Index } else { read }, out);
            }
            Read::Local => self.answer_read(request, read, out),
            Read::Follower if !self.is_leader() => match (led_by, request.origin) {
                (Some(leader), Some(origin)) => self.ask_how_far(leader, request, origin, out),
                _ => self.redirect(request, None, out),
            },
            _ if !self.is_leader() => self.pass_on(config, request, through, out),
            Read::Lease if self.may_read(config) && self.led().is_some_and(|leader| leader.has_lease()) => {
                self.answer_read(request, read, out);
            }
            _ => self.wait_for_round(config, Asker::Client(request.clone()), out),
        }
    }

    /// A follower asks how far it must have come.
    pub(super) fn say_how_far(&mut self, config: &Config, from: NodeId, request: (ClientId, u64), out: Out<'_>) {
        if self.is_leader() {
            self.wait_for_round(config, Asker::Follower(from, request), out);
        }
    }

    /// Whether this node, leading, knows all that is committed.
    fn may_read(&self, config: &Config) -> bool {
        self.has_committed_in_its_term() || config.makes(Mistake::ReadIndexBeforeOwnTermCommit)
    }

    fn wait_for_round(&mut self, config: &Config, asker: Asker, out: Out<'_>) {
        let (index, knows) = (self.commit, self.may_read(config));
        let Some(leader) = self.led() else { return };
        if let (Asker::Client(request), false) = (&asker, knows) {
            out.note(Note::ReadWaits { request: request.clone() });
        }
        // Whoever asks again has given up waiting for the first answer.
        let (again, of) = (asker.origin(), |waiting: &Waiting| waiting.asker.origin());
        leader.reads.retain(|waiting| again.is_none() || of(waiting) != again);
        leader.reads.push_back(Waiting { asker, round: None, index });
        self.start_waiting_reads(config, out);
    }

    /// Begins a round for all reads that have none, unless one is under way, or nothing of this term is committed: only
    /// then does a leader know all that is (§6.4).
    pub(super) fn start_waiting_reads(&mut self, config: &Config, out: Out<'_>) {
        let (knows, commit, me) = (self.may_read(config), self.commit, self.id);
        if !knows && self.led().is_some_and(|leader| !leader.reads.is_empty()) && self.log.last_term() < self.term {
            // Nobody has asked for anything that would be an entry: what reads wait for would never come.
            let batch = self.append_noop(out);
            return self.send_to_all(config, &batch, out);
        }
        let Some(leader) = self.led() else { return };
        let (confirmed, next) = (leader.confirmed, leader.round + 1);
        let under_way = leader.reads.iter().any(|read| read.round.is_some_and(|round| round > confirmed));
        if !knows || under_way || leader.reads.is_empty() {
            return;
        }
        for read in &mut leader.reads {
            if config.makes(Mistake::ReadIndexAcksKeyedByCaller)
                && let Some((client, _)) = read.asker.origin()
            {
                leader.keyed.begin(next, client);
            }
            (read.round, read.index) = (Some(next), commit);
        }
        let count = leader.reads.len() as u64;
        out.note(Note::AsksWhetherItLeads { round: next, reads: count });
        self.begin_round(config, false, out);
        // Whoever is the only voter has answered by that.
        self.learn_round(config, me, 0, out);
    }

    /// A follower has answered a round, whichever: by mistake that counts for whatever read of the client waits for whom
    /// it was begun.
    pub(super) fn learn_by_caller(&mut self, config: &Config, from: NodeId, round: u64, out: Out<'_>) {
        let (members, me) = (*self.members(), self.id);
        let Some(leader) = self.led() else { return };
        leader.keyed.hear(from, round);
        for read in leader.reads.iter_mut().filter(|read| read.round.is_some()) {
            let acks = read.asker.origin().map_or(NodeSet::EMPTY, |(client, _)| leader.keyed.acks(client));
            if members.standing(acks.with(me), NodeSet::EMPTY) == Standing::Won {
                read.round = Some(leader.confirmed);
            }
        }
        self.answer_reads(config, out);
    }

    /// A majority has answered a round: this node did lead when it began.
    pub(super) fn answer_reads(&mut self, config: &Config, out: Out<'_>) {
        let term = self.term;
        let Some(leader) = self.led() else { return };
        let confirmed = leader.confirmed;
        let ready = leader.reads.iter().take_while(|read| read.round.is_some_and(|round| round <= confirmed)).count();
        for read in leader.reads.drain(..ready).collect::<Vec<_>>() {
            if config.makes(Mistake::ReadIndexAcksKeyedByCaller)
                && let (Some(leader), Some((client, _))) = (self.led(), read.asker.origin())
            {
                leader.keyed.end(client);
            }
            match read.asker {
                Asker::Client(request) => self.answer_read(&request, Read::Index, out),
                Asker::Follower(to, request) => {
                    let message = Message::ReadIndexReply { term, request, index: read.index };
                    self.send_as_leader(config, to, message, out);
                }
            }
        }
        self.start_waiting_reads(config, out);
    }

    fn answer_read(&self, request: &Arc<Request>, how: Read, out: Out<'_>) {
        let Some(key) = request.command.key() else { return };
        let outcome = self.machine.store.get(key);
        out.note(Note::Reads { request: request.clone(), how, index: self.applied, outcome: outcome.clone() });
        out.reply_after(request, Answer::Done(outcome), After::Write(0));
    }

    fn ask_how_far(&mut self, leader: NodeId, request: &Arc<Request>, origin: (ClientId, u64), out: Out<'_>) {
        // A client waits for one request at a time: whatever it has asked before has been given up.
        self.questions.retain(|question| question.request.origin.is_none_or(|(client, _)| client != origin.0));
        self.questions.push(Question { request: request.clone(), index: None });
        out.note(Note::AsksHowFar { leader, request: request.clone() });
        out.send_after(leader, Message::ReadIndex { term: self.term, request: origin }, After::Write(0));
    }

    /// There is another leader: whatever the one before was asked it is asked again.
    pub(super) fn ask_leader_again(&mut self, out: Out<'_>) {
        let Some(leader) = self.leader() else { return };
        for question in self.questions.iter().filter(|question| question.index.is_none()) {
            let Some(request) = question.request.origin else { continue };
            out.send_after(leader, Message::ReadIndex { term: self.term, request }, After::Write(0));
        }
    }

    /// The leader says how far this node must have come to answer a request.
    pub(super) fn learn_how_far(&mut self, request: (ClientId, u64), index: LogIndex, out: Out<'_>) {
        if let Some(question) = self.questions.iter_mut().find(|question| question.request.origin == Some(request)) {
            question.index = Some(index);
            self.answer_questions(out);
        }
    }

    /// Answers what this node has come far enough for.
    pub(super) fn answer_questions(&mut self, out: Out<'_>) {
        if self.questions.is_empty() {
            return;
        }
        let applied = self.applied;
        let ready = |question: &Question| question.index.is_some_and(|index| index <= applied);
        let (ready, rest) = std::mem::take(&mut self.questions).into_iter().partition(ready);
        self.questions = rest;
        ready.iter().for_each(|question| self.answer_read(&question.request, Read::Follower, out));
    }
}
