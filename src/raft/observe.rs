//! A Raft node in the neutral words of [`crate::observe`].

use crate::observe::{Fact, NodeView, Peer, RoleMark, Slot, SlotKind, SnapshotView, Tally, Window};
use crate::raft::progress::Flow;
use crate::raft::state::{Candidate, Leader, Role};
use crate::raft::{Config, Content, Entry, Raft};
use crate::types::LogIndex;

impl Raft {
    /// What this node is, and how that is drawn.
    fn role_word(&self) -> (&'static str, RoleMark) {
        match self.role {
            Role::Leader(_) => ("leader", RoleMark::Crown),
            Role::Candidate(Candidate { pre: true, .. }) => ("pre-candidate", RoleMark::Seeking),
            Role::Candidate(_) => ("candidate", RoleMark::Seeking),
            Role::Follower { .. } if self.is_outsider() => ("outsider", RoleMark::Absent),
            Role::Follower { .. } if self.is_learner() => ("learner", RoleMark::Passive),
            Role::Follower { .. } => ("follower", RoleMark::Plain),
        }
    }

    pub(super) fn picture(&self, config: &Config, window: Window) -> NodeView {
        let (role, mark) = self.role_word();
        let members = self.members();
        let tally = match self.role {
            Role::Candidate(Candidate { granted, refused, .. }) => {
                let needed = config.needed(members.voters);
                Some(Tally { voters: members.electorate(), granted, refused, needed })
            }
            _ => None,
        };
        let snapshot = self.snapshot.as_ref().map(|snapshot| SnapshotView {
            slot: snapshot.index.0,
            epoch: snapshot.term.into(),
            bytes: snapshot.data.len() as u64,
        });
        NodeView {
            role,
            mark,
            epoch: Some(self.term.into()),
            vote: self.vote,
            leader: self.leader(),
            tally,
            slots: self.slots(window),
            first_slot: self.log.base().index.0 + 1,
            last_slot: self.log.last_index().0,
            committed: self.commit.0,
            applied: self.applied.0,
            durable: Some(self.flushed.0),
            snapshot,
            quorums: members.quorums().collect(),
            learners: members.learners.or(members.demoted),
            peers: self.peer_views(),
            store: Some(self.machine.store.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()),
            facts: self.facts(config),
        }
    }

    fn facts(&self, config: &Config) -> Vec<Fact> {
        let mut facts = vec![
            Fact::new("currentTerm", self.term),
            Fact::new("votedFor", self.vote.map_or("nobody".to_string(), |id| id.to_string())),
            Fact::new("last entry", format!("{} (term {})", self.log.last_index(), self.log.last_term())),
            Fact::new("commitIndex", self.commit),
            Fact::new("lastApplied", self.applied),
            Fact::new("members", self.members()),
        ];
        if let Some(snapshot) = &self.snapshot {
            let (index, term, bytes) = (snapshot.index, snapshot.term, snapshot.data.len());
            facts.push(Fact::new("snapshot", format!("up to {index} (term {term}), {bytes} bytes")));
        }
        if let Some(incoming) = &self.incoming {
            let (index, have, total) = (incoming.index(), incoming.have(), incoming.total());
            facts.push(Fact::new("snapshot on its way", format!("up to {index}, {have} of {total} bytes")));
        }
        if self.flushed < self.log.last_index() {
            facts.push(Fact::new("on disk", self.flushed));
        }
        if !self.questions.is_empty() {
            facts.push(Fact::new("reads that wait", self.questions.len()));
        }
        facts.push(Fact::new("sessions", self.machine.open_sessions()));
        if let Role::Leader(leader) = &self.role {
            facts.extend(leader.facts(config));
        }
        facts
    }

    fn slots(&self, window: Window) -> Vec<Slot> {
        let first = window.from.max(self.log.base().index.0 + 1);
        let indexes = first..window.from.saturating_add(window.count);
        let known = indexes.map_while(|index| self.log.get(LogIndex(index)).map(|entry| (index, entry)));
        let slots = known.map(|(index, entry)| Slot {
            index,
            epoch: entry.term.into(),
            kind: kind_of(entry),
            text: entry.text(),
            // Who asked is part of what an entry is: two clients may ask for the same.
            digest: format!("{:016x}", entry.digest()),
        });
        slots.collect()
    }

    fn peer_views(&self) -> Vec<Peer> {
        let Role::Leader(leader) = &self.role else { return Vec::new() };
        let view = |node: crate::types::NodeId| {
            let peer = leader.progress.get(node.slot())?;
            let (in_flight, bytes, snapshot) = match &peer.flow {
                Flow::Probe { waiting } => (u64::from(waiting.is_some()), waiting.map_or(0, |sent| sent.bytes), None),
                Flow::Replicate(window) => (window.len() as u64, window.bytes(), None),
                Flow::Snapshot { snapshot, offset, .. } => (1, 0, Some((*offset, snapshot.data.len() as u64))),
            };
            let (next, matched, state) = (peer.next.0, peer.matched.0, peer.state());
            Some(Peer { node, next, matched, state, in_flight, bytes, snapshot })
        };
        self.audience().filter_map(view).collect()
    }
}

impl Leader {
    /// What only a leader has, in words.
    fn facts(&self, config: &Config) -> Vec<Fact> {
        let mut facts = vec![Fact::new("uncommitted bytes", self.uncommitted)];
        if let Some(transfer) = self.transfer {
            facts.push(Fact::new("hands over to", transfer.target));
            facts.push(Fact::new("requests held", self.held.len()));
        }
        if config.reads == crate::kv::Read::Lease {
            facts.push(Fact::new("lease", if self.has_lease() { "held" } else { "none" }));
        }
        if !self.reads.is_empty() {
            facts.push(Fact::new("reads that wait", self.reads.len()));
        }
        facts
    }
}

fn kind_of(entry: &Entry) -> SlotKind {
    match &entry.content {
        Content::Members(_) => SlotKind::Members,
        Content::Command { request, .. } if request.command == crate::kv::Command::Noop => SlotKind::Empty,
        Content::Command { .. } => SlotKind::Command,
    }
}
