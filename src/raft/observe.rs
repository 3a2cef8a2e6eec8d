//! A Raft node in the neutral words of [`crate::observe`].

use crate::observe::{Fact, MessageWord, NodeView, Peer, RoleMark, RoleWord, Shape, Slot, Tally, Vocabulary, Window};
use crate::quorum::majority;
use crate::raft::{Config, Raft, Role};
use crate::types::{LogIndex, NodeId};

pub(super) const WORDS: Vocabulary = Vocabulary {
    protocol: "raft",
    title: "Raft",
    sentence: "A leader, elected by a majority, decides the order of all entries; the others copy its log.",
    epoch: "term",
    slots: "log",
    slot: "index",
    committed: "commitIndex",
    applied: "lastApplied",
    next: "nextIndex",
    matched: "matchIndex",
    main_timer: Some("election"),
    roles: &[
        RoleWord {
            name: "leader",
            mark: RoleMark::Crown,
            sentence: "Takes requests, sends its log to all others, and says what is committed.",
        },
        RoleWord {
            name: "candidate",
            mark: RoleMark::Seeking,
            sentence: "Has heard no leader and asks for votes in a new term.",
        },
        RoleWord {
            name: "follower",
            mark: RoleMark::Plain,
            sentence: "Copies the leader's log; asks for votes when its election timer runs out.",
        },
    ],
    messages: &[
        MessageWord {
            name: "RequestVote",
            shape: Shape::Triangle,
            reply: false,
            sentence: "A candidate asks for a vote in its term.",
        },
        MessageWord {
            name: "RequestVoteReply",
            shape: Shape::Triangle,
            reply: true,
            sentence: "A node grants (+) or refuses (−) its vote.",
        },
        MessageWord {
            name: "AppendEntries",
            shape: Shape::Square,
            reply: false,
            sentence: "The leader sends entries of its log, and how far they are committed.",
        },
        MessageWord {
            name: "AppendEntries, empty",
            shape: Shape::Dot,
            reply: false,
            sentence: "A heartbeat: the leader says that it is there.",
        },
        MessageWord {
            name: "AppendEntriesReply",
            shape: Shape::Square,
            reply: true,
            sentence: "A follower's log agrees (+) with the leader's so far, or does not (−).",
        },
        MessageWord { name: "request", shape: Shape::Tag, reply: false, sentence: "A client asks for something." },
        MessageWord {
            name: "answer",
            shape: Shape::Tag,
            reply: true,
            sentence: "A node tells what it came to, or who leads.",
        },
    ],
};

impl Raft {
    pub(super) fn picture(&self, config: &Config, window: Window) -> NodeView {
        let (role, mark) = match self.role {
            Role::Follower { .. } => ("follower", RoleMark::Plain),
            Role::Candidate { .. } => ("candidate", RoleMark::Seeking),
            Role::Leader { .. } => ("leader", RoleMark::Crown),
        };
        let tally = match self.role {
            Role::Candidate { granted, refused } => {
                Some(Tally { voters: config.voters(), granted, refused, needed: majority(config.voters().len()) })
            }
            _ => None,
        };
        NodeView {
            role,
            mark,
            epoch: Some(self.term.into()),
            vote: self.vote,
            leader: self.leader(),
            tally,
            slots: self.slots(window),
            first_slot: 1,
            last_slot: self.log.last_index().0,
            committed: self.commit.0,
            applied: self.applied.0,
            peers: self.peer_views(config),
            store: Some(self.store.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()),
            facts: vec![
                Fact::new("currentTerm", self.term),
                Fact::new("votedFor", self.vote.map_or("nobody".to_string(), |id| id.to_string())),
                Fact::new("last entry", format!("{} (term {})", self.log.last_index(), self.log.last_term())),
                Fact::new("commitIndex", self.commit),
                Fact::new("lastApplied", self.applied),
            ],
        }
    }

    fn slots(&self, window: Window) -> Vec<Slot> {
        let indexes = window.from.max(1)..window.from.saturating_add(window.count);
        let known = indexes.map_while(|index| self.log.get(LogIndex(index)).map(|entry| (index, entry)));
        let slots = known.map(|(index, entry)| Slot {
            index,
            epoch: entry.term.into(),
            text: entry.request.command.to_string(),
            // Who asked is part of what an entry is: two clients may ask for the same.
            digest: format!("{:016x}", entry.request.digest() ^ entry.term.0),
        });
        slots.collect()
    }

    fn peer_views(&self, config: &Config) -> Vec<Peer> {
        let Role::Leader { progress } = &self.role else { return Vec::new() };
        let others = NodeId::all(config.nodes).filter(|id| *id != self.id);
        let view = |node: NodeId| {
            let peer = progress[node.slot()];
            Peer { node, next: peer.next.0, matched: peer.matched.0 }
        };
        others.map(view).collect()
    }
}
