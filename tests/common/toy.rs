//! A protocol that breaks its promise, for tests of those who have to notice: each node counts its timeouts, and none
//! may come to more than the configuration says. It has one client's door and never answers.

use raft_playground::observe::{
    Epoch, Fact, MessageView, NodeView, RoleMark, Shape, Show, Tell, Told, Vocabulary, Weight, Window,
};
use raft_playground::protocol::{
    ANYTHING, Contradiction, Durable, Effects, Found, Input, Moment, Property, Protocol, TimerName,
};
use raft_playground::sim::Setup;
use raft_playground::types::{NodeId, Span, Spread};

/// A node that counts.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Toy {
    count: u64,
    config: Config,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Config {
    /// How many timeouts a node should have at most.
    pub(crate) most: u64,
    /// Whether the nodes say that they lead.
    pub(crate) leads: bool,
    /// The node falls over at this count.
    pub(crate) panics_at: u64,
    /// What the second node has counted when it starts.
    pub(crate) from: u64,
}

/// Two nodes that time out every ten milliseconds.
pub(crate) fn setup(config: Config) -> Setup<Toy> {
    Setup::new(1, config)
}

/// What a node has counted is what it should have at most, from the beginning.
pub(crate) const WELL: Config = Config { most: u64::MAX, leads: true, panics_at: u64::MAX, from: 0 };

#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Disk;

impl Durable for Disk {
    type Write = ();
    type Receipt = ();

    fn write(&mut self, (): &()) {}

    fn say((): &()) -> String {
        "nothing".to_string()
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Tick;

impl TimerName for Tick {
    const ALL: &'static [Self] = &[Tick];

    fn name(self) -> &'static str {
        "tick"
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Nothing;

impl Show for Nothing {
    fn kind(&self) -> &'static str {
        "nothing"
    }

    fn bytes(&self) -> u64 {
        1
    }

    fn show(&self) -> MessageView {
        let (kind, shape, label) = (self.kind(), Shape::Dot, String::new());
        MessageView { kind, shape, reply: false, sign: None, epoch: None::<Epoch>, label, facts: Vec::<Fact>::new() }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Counts(u64);

impl Tell for Counts {
    fn tell(&self) -> Told {
        Told::new(Weight::Story, "", format!("counts to {}", self.0))
    }
}

/// The highest count that was seen of any node: the checks compare with it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    most: u64,
}

fn bounded(_: &Seen, moment: &Moment<'_, Toy>) -> Found {
    match moment.state() {
        Some(toy) if toy.count > toy.config.most => {
            let found = Contradiction::new(format_args!("{} counts to {}", moment.changed, toy.count));
            Err(found.has(moment.changed, toy.count, format_args!("counted")))
        }
        _ => Ok(()),
    }
}

/// Fails where the witness was not told of every step.
fn one_by_one(seen: &Seen, moment: &Moment<'_, Toy>) -> Found {
    match moment.state() {
        Some(toy) if toy.count > seen.most + 1 => {
            let (from, to) = (seen.most, toy.count);
            Err(Contradiction::new(format_args!("{} goes from {from} to {to}", moment.changed)))
        }
        _ => Ok(()),
    }
}

impl Protocol for Toy {
    type Config = Config;
    type Durable = Disk;
    type Message = Nothing;
    type Timer = Tick;
    type Note = Counts;
    type Witness = Seen;

    const WORDS: Vocabulary = raft_playground::raft::Raft::WORDS;

    fn nodes(_: &Config) -> u8 {
        2
    }

    fn name(_: &Config, id: NodeId) -> String {
        format!("toy {}", id.0)
    }

    fn doors(_: &Config) -> Vec<NodeId> {
        vec![NodeId(1)]
    }

    fn boot(id: NodeId, config: &Config, _: &Disk, out: &mut Effects<Self>) -> Self {
        out.arm(Tick, Spread::exactly(Span::millis(10)));
        Toy { count: if id.0 == 2 { config.from } else { 0 }, config: config.clone() }
    }

    fn handle(&mut self, config: &Config, input: Input<Self>, out: &mut Effects<Self>) {
        let Input::Timeout(Tick) = input else { return };
        self.count += 1;
        assert_ne!(self.count, config.panics_at, "this node was to fall over");
        out.note(Counts(self.count));
        out.arm(Tick, Spread::exactly(Span::millis(10)));
    }

    fn last_slot(&self) -> u64 {
        0
    }

    fn committed(&self) -> u64 {
        0
    }

    fn leads(&self) -> bool {
        self.config.leads
    }

    fn epoch(&self) -> u64 {
        0
    }

    fn observe(&self, _: &Config, _: Window) -> NodeView {
        NodeView::new("toy", if self.config.leads { RoleMark::Crown } else { RoleMark::Plain })
    }

    fn properties() -> &'static [Property<Self>] {
        &[
            Property {
                name: "bounded",
                sentence: "No node counts too far.",
                section: "§1",
                about: ANYTHING,
                check: bounded,
            },
            Property {
                name: "one-by-one",
                sentence: "No count is skipped.",
                section: "§2",
                about: ANYTHING,
                check: one_by_one,
            },
        ]
    }

    fn remember(seen: &mut Seen, moment: &Moment<'_, Self>) {
        seen.most = seen.most.max(moment.state().map_or(0, |toy| toy.count));
    }
}
