//! A serialisable picture of one moment of a cluster: everything that may be drawn, and nothing that
//! is not.
//!
//! The picture speaks the neutral words of [`crate::observe`] and carries times in place of positions:
//! whoever draws it derives where a message is from when it was sent, when it arrives and what time
//! it is. Numbers are virtual microseconds; processes, links and messages are named by the texts that
//! the steps use, so what is seen can be said.

mod past;
mod picture;
mod transition;

use serde::Serialize;

use crate::observe::{Epoch, Fact, Kind, NodeView, Shape, Sign};
use crate::protocol::{Choice, Claim, Protocol};
use crate::sim::Cluster;
use crate::types::{ClientId, MessageId, NodeId, Process, Time};

pub use past::{Contrast, Difference, Past};
pub use picture::WINDOW;
pub use transition::{Lost, Message, Persisted, Transition};

pub use crate::timeline::EventLine;

/// One moment of a cluster.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct View {
    /// What time it is.
    pub now: Time,
    /// When the next event is due, if any ever is.
    pub due: Option<Time>,
    /// The seed of the run. A text, since JavaScript's numbers end at 2^53.
    pub seed: String,
    /// How many steps have been carried out since the start.
    pub steps: u64,
    /// How many events have been told since the start; see `events(since)`.
    pub told: u64,
    /// The hash of everything that has happened so far.
    pub hash: String,
    /// Whether the clients send requests of their own.
    pub traffic: bool,
    /// Every node, in order.
    pub nodes: Vec<NodeCard>,
    /// Messages lost a moment ago, those that wait at the doors of paused nodes, and those on their way in order of
    /// arrival.
    pub messages: Vec<Flight>,
    /// The links that differ from the ordinary one.
    pub links: Vec<LinkCard>,
    /// What an ordinary link is like.
    pub network: LinkWords,
    /// Every client, in order.
    pub clients: Vec<ClientCard>,
    /// The highest slot that any node has.
    pub last_slot: u64,
    /// The first broken promise, if any was.
    pub violation: Option<ViolationCard>,
    /// The names of all that were broken.
    pub broken: Vec<&'static str>,
    /// Where this moment stands in what is kept of the run.
    pub past: Past,
}

/// A node and what the simulation knows of its machine.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct NodeCard {
    /// The node, as steps name it: `n3`.
    pub id: NodeId,
    /// The node, as people name it: `n3`, `acceptor 2`.
    pub name: String,
    /// Whether it runs. A crashed node is shown as its disk would bring it back.
    pub up: bool,
    /// Whether it is up but paused.
    pub paused: bool,
    /// Whether every link to and from other nodes is cut.
    pub isolated: bool,
    /// Whether a client may turn to it.
    pub door: bool,
    /// How fast its clock runs, when not true: `+5%`.
    pub drift: Option<String>,
    /// How many writes have not reached its disk yet.
    pub unflushed: u64,
    /// The timers that are running.
    pub timers: Vec<TimerCard>,
    /// What the protocol shows.
    pub node: NodeView,
}

/// A running timer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct TimerCard {
    /// Its name, as steps write it.
    pub name: &'static str,
    /// When it was armed.
    pub armed: Time,
    /// When it will run out.
    pub due: Time,
}

/// A message on its way. What the protocol shows of it is written out here rather than flattened into
/// it: there are hundreds of these, and the names of flattened fields cross to JavaScript one by one.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Flight {
    /// Which message, as steps name it: `n1->n3#17`.
    pub id: MessageId,
    /// Who sent it.
    pub from: Process,
    /// Whom it is for.
    pub to: Process,
    /// When it was sent.
    pub sent: Time,
    /// When it arrives, or would have arrived.
    pub arrives: Time,
    /// Whether it waits at the door of a paused node.
    pub held: bool,
    /// When it was lost, if it was.
    pub lost: Option<Time>,
    /// The protocol's name for its kind: `AppendEntries`.
    pub kind: &'static str,
    /// How it is drawn.
    pub shape: Shape,
    /// Whether it answers another message.
    pub reply: bool,
    /// Whether it says yes or no.
    pub sign: Option<Sign>,
    /// The epoch of its sender when it was sent.
    pub epoch: Option<Epoch>,
    /// A few characters that may stand beside it: `put a`. What it carries is told by `message(id)`.
    pub label: String,
}

/// A link that is not as the others.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct LinkCard {
    /// Who sends.
    pub from: Process,
    /// Who receives.
    pub to: Process,
    /// Whether nothing gets through.
    pub cut: bool,
    /// What it is like.
    #[serde(flatten)]
    pub words: LinkWords,
}

/// What a link does to messages, in the texts that steps use.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct LinkWords {
    /// How long messages travel: `10ms..20ms`.
    pub latency: String,
    /// The share that is lost: `5%`.
    pub loss: String,
    /// The share that arrives twice.
    pub duplication: String,
    /// The share that later messages may overtake.
    pub reordering: String,
}

/// A client and its running request.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ClientCard {
    /// The client: `c1`.
    pub id: ClientId,
    /// Whom it takes for the leader.
    pub leader: Option<NodeId>,
    /// The request that it waits for.
    pub running: Option<Running>,
    /// How many more requests wait behind that one.
    pub queued: u64,
    /// How many have been answered.
    pub answered: u64,
    /// The last answer.
    pub last: Option<Answered>,
}

/// A request that has no answer yet.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Running {
    /// The how manyth request of the client.
    pub seq: u64,
    /// What is asked: `put a val_7`.
    pub text: String,
    /// Whom the client asked last; none while it waits to try again.
    pub to: Option<NodeId>,
    /// How often it has asked.
    pub attempts: u64,
    /// When it asked first.
    pub since: Time,
    /// When it will give up waiting and try again.
    pub retry: Time,
    /// Whether it was turned away a moment ago, since whom it asked has too much to do.
    pub busy: bool,
}

/// A request that has been answered.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Answered {
    /// The how manyth request of the client.
    pub seq: u64,
    /// What was asked.
    pub text: String,
    /// The answer: `OK`, `"val_7"`, `key not found: a`.
    pub answer: String,
    /// Whether the store carried it out rather than refused it.
    pub ok: bool,
    /// When the answer came.
    pub at: Time,
}

/// Something that can be chosen anew while the cluster runs, with its value.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ChoiceCard {
    /// The name, as steps and files write it: `pre_vote`.
    pub name: &'static str,
    /// What it is called among people.
    pub label: &'static str,
    /// What it does, in one sentence.
    pub sentence: &'static str,
    /// Where it is described.
    pub section: &'static str,
    /// Under which heading it stands.
    pub group: &'static str,
    /// What it may be.
    pub kind: Kind,
    /// Whether safety rests on the value that it has by default.
    pub safety: bool,
    /// What it is now.
    pub value: String,
    /// What it was when the run began.
    pub began: String,
    /// What it is where nobody has chosen.
    pub usual: String,
}

impl ChoiceCard {
    /// Everything that can be chosen for a cluster, as it is at the moment; first what chooses all of it at once.
    pub fn all<P: Protocol>(cluster: &Cluster<P>) -> Vec<ChoiceCard> {
        let mut usual = cluster.config().clone();
        if let Some(preset) = P::preset()
            && let Kind::Word([first, ..]) = preset.kind
        {
            // One of its own words can be chosen.
            let _ = preset.choose(&mut usual, first);
        }
        let card = |choice: &Choice<P::Config>| ChoiceCard {
            name: choice.name,
            label: choice.label,
            sentence: choice.sentence,
            section: choice.section,
            group: choice.group,
            kind: choice.kind,
            safety: choice.safety,
            value: (choice.get)(cluster.config()),
            began: (choice.get)(&cluster.setup().protocol),
            usual: (choice.get)(&usual),
        };
        P::preset().into_iter().chain(P::options()).map(card).collect()
    }
}

/// A broken promise.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct ViolationCard {
    /// The name of the property: `election-safety`.
    pub property: &'static str,
    /// What it says.
    pub sentence: &'static str,
    /// Where it is stated.
    pub section: &'static str,
    /// Who contradicts whom.
    pub text: String,
    /// The same as data: what cannot be true together.
    pub claims: Vec<Claim>,
    /// When it was broken.
    pub at: Time,
    /// After how many steps.
    pub steps: u64,
}

/// Something that is checked at every event.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct CheckCard {
    /// The name of the property: `election-safety`.
    pub property: &'static str,
    /// What it says.
    pub sentence: &'static str,
    /// Where it is stated.
    pub section: &'static str,
    /// How often it was checked, until it fell: whenever an event had changed something that it is about.
    pub checked: u64,
    /// How it fell; none as long as it holds.
    pub violation: Option<ViolationCard>,
}

/// Everything about one message, for the inspector.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct MessageDetails {
    /// The message: `n1->n3#17`.
    pub id: MessageId,
    /// Its kind: `AppendEntries`.
    pub kind: &'static str,
    /// What it carries.
    pub facts: Vec<Fact>,
}
