//! Replication: the leader's log becomes everybody's log (paper, §5.3; dissertation, §10.2).

use std::iter::once;
use std::sync::Arc;

use crate::kv::{Command, Read, Request};
use crate::protocol::{After, Answer};
use crate::raft::bugs::Mistake;
use crate::raft::progress::{Flow, Sent};
use crate::raft::state::Role;
use crate::raft::{AppendEntries, Config, Content, Entry, Message, Note, Out, Raft, Verdict, Write};
use crate::types::{LogIndex, NodeId, Span};

impl Raft {
    /// A client asks for something, or a follower passes its request on: a leader takes it into its log, everybody
    /// else says who leads, or passes it on.
    pub(super) fn take_request(
        &mut self,
        config: &Config,
        request: &Arc<Request>,
        through: Option<NodeId>,
        out: Out<'_>,
    ) {
        let read = request.read.unwrap_or(config.reads);
        if matches!(request.command, Command::Get { .. }) && !self.reads_through_log(config, read) {
            self.take_read(config, request, read, through, out);
        } else if !self.is_leader() {
            self.pass_on(config, request, through, out);
        } else if let Some(content) = self.admit(config, request, through, out) {
            self.propose(config, once(content), out);
        }
    }

    /// Whether a `get` takes a place in the log.
    fn reads_through_log(&self, config: &Config, read: Read) -> bool {
        read == Read::Log && !(config.makes(Mistake::LocalRead) && self.is_leader())
    }

    /// Several requests at once become entries that are written and sent together.
    pub(super) fn take_requests(&mut self, config: &Config, requests: &[Arc<Request>], out: Out<'_>) {
        let mut batch = Vec::with_capacity(requests.len());
        for request in requests {
            let reads = !self.reads_through_log(config, request.read.unwrap_or(config.reads));
            if !self.is_leader() || matches!(request.command, Command::Get { .. }) && reads {
                self.take_request(config, request, None, out);
            } else {
                batch.extend(self.admit(config, request, None, out));
            }
        }
        if !batch.is_empty() {
            self.propose(config, batch.into_iter(), out);
        }
    }

    /// Whoever does not lead passes a request on once, if it may and knows to whom, or says who leads.
    pub(super) fn pass_on(&mut self, config: &Config, request: &Arc<Request>, through: Option<NodeId>, out: Out<'_>) {
        let leader = self.leader();
        match leader.filter(|_| config.forwarding && through.is_none()) {
            Some(leader) => {
                out.note(Note::Forwards { leader, request: request.clone() });
                let message = Message::Forward { term: self.term, request: request.clone() };
                out.send_after(leader, message, After::Write(0));
            }
            None => self.redirect(request, leader, out),
        }
    }

    /// Tells a client who leads.
    pub(super) fn redirect(&self, request: &Request, leader: Option<NodeId>, out: Out<'_>) {
        out.note(Note::Redirected { leader });
        out.reply_after(request, Answer::Redirect(leader), After::Write(0));
    }

    /// What a leader makes of a request, if it takes it in: it holds it back while it hands over, and refuses it while
    /// too much is not committed.
    fn admit(
        &mut self,
        config: &Config,
        request: &Arc<Request>,
        through: Option<NodeId>,
        out: Out<'_>,
    ) -> Option<Content> {
        let leader = self.led()?;
        if let Some(transfer) = leader.transfer {
            leader.held.push((request.clone(), through));
            out.note_with(|| Note::Held { request: request.clone(), target: transfer.target });
            return None;
        }
        let content = Content::Command { request: request.clone(), session: session_of(config, request) };
        let bytes = content.bytes();
        let more = leader.uncommitted.saturating_add(bytes);
        if config.uncommitted_bytes > 0 && leader.uncommitted > 0 && more > config.uncommitted_bytes {
            out.note(Note::Busy { bytes: leader.uncommitted });
            out.reply_after(request, Answer::Busy, After::Write(0));
            return None;
        }
        leader.uncommitted = more;
        Some(content)
    }

    /// A leader takes in what it has admitted, and sends it on.
    fn propose(&mut self, config: &Config, contents: impl Iterator<Item = Content>, out: Out<'_>) {
        let batch = self.append_own(contents, out);
        let proposed = (batch.after.0 + 1..).zip(batch.entries.iter());
        for (index, entry) in proposed {
            if let Some(request) = entry.request() {
                out.note_with(|| Note::Proposed { index: LogIndex(index), request: request.clone() });
            }
        }
        self.send_to_all(config, &batch, out);
    }

    /// An entry that does nothing, at the end of a new leader's log.
    pub(super) fn append_noop(&mut self, out: Out<'_>) -> Batch {
        self.append_counted(Content::Command { request: Request::noop(), session: None }, out)
    }

    /// A leader puts an entry at the end of its log that no client has asked for.
    pub(super) fn append_counted(&mut self, content: Content, out: Out<'_>) -> Batch {
        if let Some(leader) = self.led() {
            leader.uncommitted += content.bytes();
        }
        self.append_own(once(content), out)
    }

    /// A leader puts entries at the end of its log.
    fn append_own(&mut self, contents: impl Iterator<Item = Content>, out: Out<'_>) -> Batch {
        let (term, after) = (self.term, self.log.last_index());
        let time = self.led().map_or(Span::ZERO, |leader| leader.clock);
        let entries: Arc<[Entry]> = contents.map(|content| Entry { term, time, content }).collect();
        // That terms never fall along a log is a property: where a mistake was made, there may be entries of a later term
        // on the disk than the node knows of.
        self.log.replace_after(after, &entries);
        self.persist(Write::Entries { term: None, after, entries: entries.clone() }, out);
        Batch { after, bytes: entries.iter().map(Entry::bytes).sum(), entries }
    }

    /// Sends everybody what they lack, as far as they may be sent more.
    pub(super) fn send_to_all(&mut self, config: &Config, fresh: &Batch, out: Out<'_>) {
        for peer in self.audience() {
            self.send_more(config, peer, Some(fresh), out);
        }
    }

    /// Sends a follower what it lacks, as far as it may be sent more.
    pub(super) fn send_new(&mut self, config: &Config, to: NodeId, out: Out<'_>) {
        self.send_more(config, to, None, out);
    }

    /// The same; `fresh` is what has just come, and need not be put together again for each follower.
    fn send_more(&mut self, config: &Config, to: NodeId, fresh: Option<&Batch>, out: Out<'_>) {
        let last = self.log.last_index();
        loop {
            let Role::Leader(leader) = &self.role else { return };
            let Some(peer) = leader.progress.get(to.slot()) else { return };
            let may = match &peer.flow {
                // A probe that carries nothing need not be waited for.
                Flow::Probe { waiting } => waiting.is_none_or(|sent| sent.last < peer.next),
                Flow::Replicate(window) => !window.is_full(config),
                Flow::Snapshot { .. } => false,
            };
            if !may || peer.next > last || !self.send_append(config, to, fresh, out) {
                return;
            }
        }
    }

    /// Makes this leader heard at a follower, and where it should be sent `again`, whatever may have been lost.
    pub(super) fn make_heard(&mut self, config: &Config, to: NodeId, again: bool, out: Out<'_>) {
        let last = self.log.last_index();
        let Some(peer) = self.led().and_then(|leader| leader.progress.get_mut(to.slot())) else { return };
        match &mut peer.flow {
            // A probe that was not answered is sent once more, be it only to learn whether the logs agree.
            Flow::Probe { waiting } => {
                *waiting = None;
                self.send_append(config, to, None, out);
            }
            Flow::Snapshot { sent, .. } if again && !*sent => self.send_part(config, to, out),
            Flow::Snapshot { sent, .. } => {
                *sent &= !again;
                self.send_heartbeat(config, to, out);
            }
            // Entries that could not be sent yet are sent in place of none.
            Flow::Replicate(window) if peer.next <= last && !window.is_full(config) => {
                self.send_append(config, to, None, out);
            }
            _ => self.send_heartbeat(config, to, out),
        }
    }

    /// Sends entries from nextIndex on; a snapshot where they are not there any more. Says whether more may be sent
    /// behind them.
    fn send_append(&mut self, config: &Config, to: NodeId, fresh: Option<&Batch>, out: Out<'_>) -> bool {
        let (last, commit, term) = (self.log.last_index(), self.commit, self.term);
        let Role::Leader(leader) = &mut self.role else { return false };
        let Some(peer) = leader.progress.get_mut(to.slot()) else { return false };
        let prev_index = peer.next.prev();
        let Some(prev_term) = self.log.term_at(prev_index) else {
            self.begin_snapshot(config, to, out);
            return false;
        };
        let fits = |fresh: &&Batch| fresh.after == prev_index && fresh.fits(config);
        let (entries, bytes) = match fresh.filter(fits) {
            Some(fresh) => (fresh.entries.clone(), fresh.bytes),
            None => {
                let entries = self.log.slice(peer.next, config.batch.max(1), config.batch_bytes);
                let bytes = entries.iter().map(Entry::bytes).sum();
                (entries, bytes)
            }
        };
        let sent = LogIndex(prev_index.0 + entries.len() as u64);
        let round = leader.round;
        let on_its_way = Sent { last: sent, bytes, round };
        match &mut peer.flow {
            Flow::Probe { waiting } => *waiting = Some(on_its_way),
            Flow::Replicate(window) => {
                window.push(on_its_way);
                peer.next = sent.next();
            }
            Flow::Snapshot { .. } => {}
        }
        let append = AppendEntries { term, prev_index, prev_term, entries, commit, round };
        self.send_as_leader(config, to, Message::AppendEntries(append), out);
        sent < last
    }

    /// The leader learns how far a follower's log agrees with its own.
    pub(super) fn learn_progress(&mut self, config: &Config, from: NodeId, verdict: Verdict, out: Out<'_>) {
        let last = self.log.last_index();
        let Role::Leader(leader) = &mut self.role else { return };
        let Some(peer) = leader.progress.get_mut(from.slot()) else { return };
        let verdict = match verdict {
            Verdict::Matched(_) if config.makes(Mistake::MatchIsLeaderLast) => Verdict::Matched(last),
            // An answer that says too much is believed as far as it can be.
            Verdict::Matched(index) if config.bugs.any() => Verdict::Matched(index.min(last)),
            verdict => verdict,
        };
        match verdict {
            Verdict::Matched(index) if index > last => out.note(Note::Unsound { from, what: "has more than was sent" }),
            Verdict::Matched(index) => {
                // What is committed already needs no counting.
                let news = peer.agree(index) && index > self.commit;
                if news {
                    self.commit_what_a_majority_holds(config, out);
                }
                self.send_new(config, from, out);
                self.let_go(config, from, out);
                self.hand_over_when_ready(config, from, out);
            }
            Verdict::Mismatch { prev, .. } if prev > last => {
                out.note(Note::Unsound { from, what: "refuses what was never sent" });
            }
            Verdict::Mismatch { prev, hint } => {
                // Both sides say how far back it is worth looking: nothing behind the last entry of a term that is
                // not above the follower's can agree (§5.3, at the end).
                let fits = match hint.filter(|_| config.hints) {
                    Some((index, term)) => self.log.last_up_to(index, term),
                    None => LogIndex(prev.0.saturating_sub(1)),
                };
                if peer.refuse(prev, fits) {
                    let next = peer.next;
                    out.note(Note::BackedUp { peer: from, next });
                    self.send_append(config, from, None, out);
                }
            }
        }
    }

    /// The leader learns that a follower lacks what it was sent.
    pub(super) fn learn_loss(&mut self, config: &Config, from: NodeId, last: LogIndex, round: u64, out: Out<'_>) {
        let Some(peer) = self.led().and_then(|leader| leader.progress.get_mut(from.slot())) else { return };
        if peer.miss(last, round) {
            let next = peer.next;
            out.note(Note::SendsAgain { peer: from, next });
            self.send_new(config, from, out);
        }
    }
}

/// Entries that have just been put at the end of the log.
pub(super) struct Batch {
    after: LogIndex,
    entries: Arc<[Entry]>,
    bytes: u64,
}

impl Batch {
    /// Whether it may be sent in one message.
    fn fits(&self, config: &Config) -> bool {
        let count = self.entries.len() as u64;
        count == 1 || count <= config.batch && self.bytes <= config.batch_bytes
    }

    /// The last of them.
    pub(super) fn last(&self) -> LogIndex {
        LogIndex(self.after.0 + self.entries.len() as u64)
    }
}

/// How long the session lasts that a request belongs to, if it does to one.
fn session_of(config: &Config, request: &Request) -> Option<Span> {
    let sessions = config.sessions && !config.makes(Mistake::NoSessions);
    sessions.then_some(config.session_timeout).filter(|_| request.origin.is_some())
}
