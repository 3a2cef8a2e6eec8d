//! The processes of Multi-Paxos in the neutral words of [`crate::observe`].

use crate::kv::{Command, Request};
use crate::multi_paxos::leader::Phase;
use crate::multi_paxos::replica::Learned;
use crate::multi_paxos::{Acceptor, Ballot, Config, Kind, Leader, Replica, SlotId};
use crate::observe::{
    Epoch, Fact, MessageWord, NodeView, RoleMark, RoleWord, Shape, Slot, SlotKind, Tally, Vocabulary, Window,
};
use crate::quorum::majority;
use crate::types::NodeSet;

pub(super) const WORDS: Vocabulary = Vocabulary {
    protocol: "multi_paxos",
    title: "Multi-Paxos",
    sentence: "A leader wins the acceptors once, then has one command accepted in each slot; replicas follow.",
    epoch: "ballot",
    slots: "slots",
    slot: "slot",
    committed: "chosen",
    applied: "applied",
    next: "",
    matched: "",
    main_timer: Some("phase1"),
    bids: "attempts to lead",
    roles: &[
        RoleWord {
            name: "leader",
            mark: RoleMark::Crown,
            sentence: "Has won Phase 1 and proposes commands, a slot each.",
        },
        RoleWord {
            name: "preparing",
            mark: RoleMark::Seeking,
            sentence: "Asks the acceptors to promise its ballot (Phase 1).",
        },
        RoleWord {
            name: "waiting",
            mark: RoleMark::Plain,
            sentence: "Could lead, and waits as long as another leader is at work.",
        },
        RoleWord {
            name: "acceptor",
            mark: RoleMark::Plain,
            sentence: "Promises ballots and accepts commands; it is the memory.",
        },
        RoleWord {
            name: "replica",
            mark: RoleMark::Passive,
            sentence: "Carries out what was chosen, in the order of the slots.",
        },
    ],
    messages: &[
        MessageWord {
            name: "Prepare",
            shape: Shape::Triangle,
            reply: false,
            sentence: "Phase 1: a leader asks for a promise of its ballot.",
        },
        MessageWord {
            name: "Promise",
            shape: Shape::Triangle,
            reply: true,
            sentence: "An acceptor promises, and tells what it has accepted.",
        },
        MessageWord {
            name: "Reject",
            shape: Shape::Triangle,
            reply: true,
            sentence: "An acceptor has promised a higher ballot.",
        },
        MessageWord {
            name: "Accept",
            shape: Shape::Square,
            reply: false,
            sentence: "Phase 2: a leader proposes a command for a slot.",
        },
        MessageWord {
            name: "Accepted",
            shape: Shape::Square,
            reply: true,
            sentence: "An acceptor has accepted the command.",
        },
        MessageWord {
            name: "Commit",
            shape: Shape::Diamond,
            reply: false,
            sentence: "A command is chosen: replicas may carry it out.",
        },
        MessageWord {
            name: "Leads",
            shape: Shape::Dot,
            reply: false,
            sentence: "A leader tells leaders and replicas that it is at work, and how far it is.",
        },
        MessageWord {
            name: "Learn",
            shape: Shape::Diamond,
            reply: true,
            sentence: "Somebody has missed a Commit and asks for it.",
        },
        MessageWord { name: "request", shape: Shape::Tag, reply: false, sentence: "A client asks for something." },
        MessageWord {
            name: "answer",
            shape: Shape::Tag,
            reply: true,
            sentence: "A leader tells what it came to, or who leads.",
        },
    ],
    orders: &[],
    reads: &[],
    grows: false,
    standings: &[],
};

/// The ballot to be shown; none as long as there was none.
fn epoch(ballot: Ballot) -> Option<Epoch> {
    (ballot != Ballot::default()).then(|| ballot.into())
}

fn kind_of(request: &Request) -> SlotKind {
    if request.command == Command::Noop { SlotKind::Empty } else { SlotKind::Command }
}

impl Acceptor {
    pub(super) fn picture(&self, window: Window) -> NodeView {
        let shown = self.accepted.range(SlotId(window.from.max(1))).take_while(|(slot, _)| window.shows(slot.0));
        let slots = shown.map(|(slot, (ballot, request))| Slot {
            index: slot.0,
            epoch: (*ballot).into(),
            kind: kind_of(request),
            text: request.command.to_string(),
            digest: format!("{:016x}", request.digest()),
        });
        NodeView {
            epoch: epoch(self.promised),
            slots: slots.collect(),
            last_slot: self.accepted.last().0,
            facts: vec![Fact::new("promised", self.promised), Fact::new("slots accepted", self.accepted.len())],
            // An acceptor does not know what is chosen.
            ..NodeView::new("acceptor", RoleMark::Plain)
        }
    }
}

impl Leader {
    pub(super) fn picture(&self, config: &Config, window: Window) -> NodeView {
        let voters: NodeSet = config.all(Kind::Acceptor).collect();
        let (role, mark) = match self.phase {
            Phase::Waiting => ("waiting", RoleMark::Plain),
            Phase::Preparing { .. } => ("preparing", RoleMark::Seeking),
            Phase::Leading { .. } => ("leader", RoleMark::Crown),
        };
        let mut view = self.learned.picture(role, mark, window, self.highest);
        view.leader = (self.highest.leader > 0).then(|| config.leader(self.highest.leader));
        match &self.phase {
            Phase::Waiting => view.facts.insert(0, Fact::new("highest ballot seen", self.highest)),
            Phase::Preparing { ballot, promised, .. } => {
                view.facts.insert(0, Fact::new("ballot", ballot));
                let needed = majority(u32::from(config.acceptors));
                view.tally = Some(Tally { voters, granted: *promised, refused: NodeSet::EMPTY, needed });
            }
            Phase::Leading { ballot, next, open } => {
                view.facts.insert(0, Fact::new("ballot", ballot));
                view.facts.push(Fact::new("next slot", next));
                view.facts.push(Fact::new("slots waiting for acceptors", open.len()));
            }
        }
        view
    }
}

impl Replica {
    pub(super) fn picture(&self, window: Window) -> NodeView {
        self.learned.picture("replica", RoleMark::Passive, window, Ballot::default())
    }
}

impl Learned {
    fn picture(&self, role: &'static str, mark: RoleMark, window: Window, ballot: Ballot) -> NodeView {
        let shown = self.chosen.range(SlotId(window.from.max(1))).take_while(|(slot, _)| window.shows(slot.0));
        let slots = shown.map(|(slot, request)| Slot {
            index: slot.0,
            // In which ballot a command was chosen is of no interest any more.
            epoch: Epoch { number: 0, text: String::new() },
            kind: kind_of(request),
            text: request.command.to_string(),
            digest: format!("{:016x}", request.digest()),
        });
        NodeView {
            epoch: epoch(ballot),
            slots: slots.collect(),
            last_slot: self.chosen.last().0,
            committed: self.chosen.last().0,
            applied: self.applied.0,
            store: Some(self.store.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()),
            facts: vec![
                Fact::new("slots chosen", self.chosen.len()),
                Fact::new("carried out up to slot", self.applied),
            ],
            ..NodeView::new(role, mark)
        }
    }
}
