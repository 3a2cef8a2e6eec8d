//! How far an exploration goes: what may happen, and how often.

use crate::sim::Step;

/// How far an exploration goes. Within these bounds every schedule is tried.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Bounds {
    /// The last epoch that a node may begin: a term, or the round of a ballot.
    pub epochs: u64,
    /// How many slots a log may have for anything more to be tried.
    pub slots: u64,
    /// How many requests clients make, each to a node that leads.
    pub requests: u8,
    /// How often a node crashes and starts again, together.
    pub crashes: u8,
    /// How many messages are lost. Where messages may overtake each other, one that never comes is as good as lost.
    pub losses: u8,
    /// How many messages are doubled.
    pub duplicates: u8,
    /// How often a node repeats itself or counts whom it has heard: heartbeats, retries.
    pub beats: u8,
    /// How often a client that has no answer asks somebody else.
    pub retries: u8,
    /// Whether each link keeps the order of its messages.
    pub in_order: bool,
    /// Whether messages may come late: of an epoch that their receiver has left behind. Otherwise such are lost.
    pub late: bool,
    /// What else may be done at any moment, each once: orders, requests, cuts. At most 16.
    pub wishes: Vec<Step>,
    /// The names of the properties that are to hold; none for all of them. Whoever wants to see one of them broken need not
    /// be stopped by another that tells the same mistake earlier.
    pub properties: Vec<String>,
    /// How many moves a schedule may have.
    pub depth: u16,
    /// How many states are remembered; the exploration stops when there are more.
    pub states: u32,
    /// Whether states that differ in nothing but the names of nodes count as one.
    pub symmetry: bool,
    /// Whether messages that will never change anything are put aside.
    pub reduction: bool,
}

impl Default for Bounds {
    /// What a small cluster is explored in within seconds: terms and logs up to 2, two requests, nothing fails.
    fn default() -> Self {
        Bounds {
            epochs: 2,
            slots: 2,
            requests: 2,
            crashes: 0,
            losses: 0,
            duplicates: 0,
            beats: 0,
            retries: 0,
            in_order: false,
            late: true,
            wishes: Vec::new(),
            properties: Vec::new(),
            depth: u16::MAX,
            states: 10_000_000,
            symmetry: true,
            reduction: true,
        }
    }
}

impl Bounds {
    /// The most wishes that there can be.
    pub const MOST_WISHES: usize = 16;

    /// Whether it is this property above all that is to fall.
    pub fn looks_for(&self, property: &str) -> bool {
        self.properties.iter().any(|name| name == property)
    }

    /// Whether nodes may take each other's names: not where a wish names one, or where a client's choice of whom to ask
    /// next is drawn.
    pub(super) fn name_nobody(&self) -> bool {
        let anybody = |wish: &Step| matches!(wish, Step::Request { to: None, read: None, .. });
        self.symmetry && self.retries == 0 && self.wishes.iter().all(anybody)
    }
}

/// What of the bounds was used on the way to a state.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(super) struct Used {
    pub requests: u8,
    pub crashes: u8,
    pub losses: u8,
    pub duplicates: u8,
    pub beats: u8,
    pub retries: u8,
    /// Which wishes have come true.
    pub wishes: u16,
}
