//! Log compaction (paper, §7): every node puts a snapshot in the place of what it has applied, and a leader sends its
//! own to a follower that lacks entries which are gone.
//!
//! A snapshot travels in parts, each with its offset; the answer says how many bytes have arrived from the beginning
//! on, so whatever is lost, the leader goes on from there (Figure 13).

use std::sync::Arc;

use crate::protocol::After;
use crate::raft::bugs::Mistake;
use crate::raft::progress::Flow;
use crate::raft::{Base, Config, InstallSnapshot, Machine, Message, Note, Out, Raft, Snapshot, Verdict, Write};
use crate::types::{LogIndex, NodeId};

/// What has arrived of a leader's snapshot.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Incoming {
    base: Base,
    total: u64,
    data: Vec<u8>,
}

impl Incoming {
    pub(super) fn index(&self) -> LogIndex {
        self.base.index
    }

    pub(super) fn have(&self) -> u64 {
        self.data.len() as u64
    }

    pub(super) fn total(&self) -> u64 {
        self.total
    }
}

impl Raft {
    /// Where the latest snapshot ends.
    pub(super) fn snapshot_index(&self) -> LogIndex {
        self.snapshot.as_ref().map_or(LogIndex::ZERO, |snapshot| snapshot.index)
    }

    pub(super) fn nothing_to_compact(&self) -> bool {
        self.applied <= self.snapshot_index()
    }

    /// Takes a snapshot where so many entries have been applied since the last one.
    pub(super) fn compact_if_due(&mut self, config: &Config, out: Out<'_>) {
        if config.snapshot_every > 0 && self.applied.0 - self.snapshot_index().0 >= config.snapshot_every {
            self.compact(config, out);
        }
    }

    /// Takes a snapshot of all that is applied; a few entries before its end may stay in the log.
    pub(super) fn compact(&mut self, config: &Config, out: Out<'_>) {
        let end = self.log.at(self.applied);
        let (Some(end), false) = (end, self.nothing_to_compact()) else { return };
        let members = self.roll.at(self.applied).1;
        let snapshot = Arc::new(Snapshot::new(end, members, self.machine.encode()));
        let base = LogIndex(self.applied.0.saturating_sub(config.snapshot_keep)).max(self.log.base().index);
        self.log.compact(base);
        self.roll.compact(base);
        self.snapshot = Some(snapshot.clone());
        let bytes = snapshot.data.len() as u64;
        out.note(Note::Compacted { index: self.applied, base, bytes });
        self.persist(Write::Compact { snapshot, base }, out);
    }

    /// A follower lacks entries that are gone: it is sent the snapshot that has taken their place.
    pub(super) fn begin_snapshot(&mut self, config: &Config, to: NodeId, out: Out<'_>) {
        let Some(snapshot) = self.snapshot.clone() else { return };
        let Some(peer) = self.led().and_then(|leader| leader.progress.get_mut(to.slot())) else { return };
        let index = snapshot.index;
        peer.flow = Flow::Snapshot { snapshot, offset: 0, sent: false };
        out.note(Note::SendsSnapshot { to, index });
        self.send_part(config, to, out);
    }

    /// Sends the part of the snapshot that a follower lacks next.
    pub(super) fn send_part(&mut self, config: &Config, to: NodeId, out: Out<'_>) {
        let term = self.term;
        let Some(leader) = self.led() else { return };
        let round = leader.round;
        let Some(peer) = leader.progress.get_mut(to.slot()) else { return };
        let Flow::Snapshot { snapshot, offset, sent } = &mut peer.flow else { return };
        *sent = true;
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(snapshot.data.len());
        let part = snapshot.data[place(*offset)..place(offset.saturating_add(config.chunk.max(1)))].into();
        let part = InstallSnapshot {
            term,
            round,
            base: snapshot.base(),
            members: snapshot.members,
            total: snapshot.data.len() as u64,
            offset: *offset,
            part,
        };
        self.send_as_leader(config, to, Message::InstallSnapshot(Box::new(part)), out);
    }

    /// A follower has so many bytes: it is sent what comes behind them.
    pub(super) fn send_next_part(&mut self, config: &Config, from: NodeId, index: LogIndex, have: u64, out: Out<'_>) {
        let Some(peer) = self.led().and_then(|leader| leader.progress.get_mut(from.slot())) else { return };
        let Flow::Snapshot { snapshot, offset, .. } = &mut peer.flow else { return };
        // An answer that says what is known already is an echo.
        if snapshot.index != index || have == *offset || have > snapshot.data.len() as u64 {
            return;
        }
        *offset = have;
        self.send_part(config, from, out);
    }

    /// A follower takes a part of the leader's snapshot; the last one completes it. `later`: the leader's term is new
    /// here, and not written yet.
    pub(super) fn take_part(
        &mut self,
        config: &Config,
        from: NodeId,
        part: &InstallSnapshot,
        later: bool,
        out: Out<'_>,
    ) {
        let index = part.base.index;
        let led = self.heed_leader(config, from, part.term, out);
        let news = index > self.commit || config.makes(Mistake::SnapshotOverwritesNewer);
        if led && news && self.collect(from, part, out) {
            return self.install(config, from, part, later, out);
        }
        if later {
            self.persist_ballot(config, out);
        }
        let (term, round) = (self.term, part.round);
        if led && !news {
            // All that is in the snapshot is here already.
            let verdict = Verdict::Matched(self.commit);
            return self.reply_to_leader(from, round, verdict, self.safe_with(config, self.commit), out);
        }
        let have =
            self.incoming.as_ref().filter(|incoming| led && incoming.base == part.base).map_or(0, Incoming::have);
        let reply = Message::InstallSnapshotReply { term, round, index, have };
        out.send_after(from, reply, self.safe_term(config));
    }

    /// Puts a part behind those before it. Says whether that completes the whole.
    fn collect(&mut self, from: NodeId, part: &InstallSnapshot, out: Out<'_>) -> bool {
        let (base, total) = (part.base, part.total);
        let incoming = self.incoming.get_or_insert_with(|| Incoming { base, total, data: Vec::new() });
        if (incoming.base, incoming.total) != (base, total) {
            *incoming = Incoming { base, total, data: Vec::new() };
        }
        if incoming.have() == part.offset {
            incoming.data.extend_from_slice(&part.part);
            if incoming.have() < total {
                out.note(Note::PartArrived { from, have: incoming.have(), total });
            }
        }
        incoming.have() == total
    }

    /// The whole snapshot is here: it takes the place of what was known before, but for entries that extend it.
    fn install(&mut self, config: &Config, from: NodeId, part: &InstallSnapshot, later: bool, out: Out<'_>) {
        let (index, round) = (part.base.index, part.round);
        let data: Arc<[u8]> = self.incoming.take().map(|incoming| incoming.data.into()).unwrap_or_default();
        let Some(machine) = Machine::decode(&data) else {
            if later {
                self.persist_ballot(config, out);
            }
            out.note(Note::Unsound { from, what: "sends a snapshot that cannot be read" });
            let reply = Message::InstallSnapshotReply { term: self.term, round, index, have: 0 };
            return out.send_after(from, reply, self.safe_term(config));
        };
        let overwrites = config.makes(Mistake::SnapshotOverwritesNewer);
        let kept = self.log.digest_at(index) == Some(part.base.digest) && !overwrites;
        let snapshot = Arc::new(Snapshot::new(part.base, part.members, data));
        self.log.install(part.base);
        if overwrites {
            self.log.replace_after(index, &[]);
        }
        if kept {
            self.roll.compact(index);
        } else {
            self.roll = crate::raft::members::Roll::new(index, part.members);
        }
        self.flushed = self.flushed.min(self.log.last_index());
        self.machine = machine;
        (self.commit, self.applied) = (index, index);
        self.snapshot = Some(snapshot.clone());
        out.note(Note::Installed { index, from, kept });
        self.persist(Write::Install { term: later.then_some(self.term), snapshot }, out);
        if later {
            self.writes.ballot = self.writes.begun;
        }
        if overwrites {
            self.persist(Write::Entries { term: None, after: index, entries: Arc::new([]) }, out);
        }
        let verdict = Verdict::Matched(index);
        self.reply_to_leader(from, round, verdict, After::Everything, out);
        self.answer_questions(out);
        self.await_leader(config, out);
    }
}
