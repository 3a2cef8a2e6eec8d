//! All schedules: from any state of a cluster, every order in which things can happen, within bounds.
//!
//! A *move* is something that can happen: a message arrives, a timer runs out, a client asks, a node crashes. From each
//! state every move is tried, whatever virtual time it is, and after each the auditor looks. States are told apart by a
//! fingerprint of 64 bits that leaves out time and the numbers of messages (see `state.rs`), so each is gone on from
//! once; of `n` states two are taken for one with a probability of about n²/2⁶⁵, less than 3 in a million for ten million.
//!
//! Breadth first, the first violation that is found has the fewest moves. Depth first needs less memory. Random walks
//! reach far behind what can be exhausted, and prove nothing.
//!
//! ```
//! use raft_playground::check::Auditor;
//! use raft_playground::check::explore::{Bounds, Explorer, Search, Status};
//! use raft_playground::raft::{Config, Raft};
//! use raft_playground::sim::{Cluster, Setup};
//!
//! let cluster = Cluster::<Raft>::new(Setup::new(1, Config::new(3)));
//! let bounds = Bounds { epochs: 1, requests: 1, ..Bounds::default() };
//! let mut explorer = Explorer::new(cluster, Auditor::default(), bounds, Search::Breadth)?;
//! while explorer.advance(10_000) == Status::Running {}
//! assert_eq!(explorer.status(), Status::Exhausted);
//! # Ok::<(), String>(())
//! ```

mod bounds;
mod moves;
#[cfg(not(target_arch = "wasm32"))]
mod parallel;
mod state;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
mod trial;
mod visited;
mod walk;

use std::collections::VecDeque;

use crate::check::{Auditor, Violation};
use crate::explored::Explored;
use crate::sim::{Cluster, Step};

pub use bounds::Bounds;

use moves::{Move, enabled};
use state::{Rules, State, Waiting, namings};
use trial::{Trail, Trial};
use visited::{ROOT, Visited};
use walk::Walk;

/// In which order states are gone on from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Search {
    /// What was found first comes first: a violation that is found has the fewest moves.
    Breadth,
    /// What was found last comes first. Where the number of moves is bounded, what was first found by a detour may be cut
    /// short by it.
    Depth,
    /// One walk after another from the start, each move drawn from this seed, until there is no other or the bound of
    /// depth is met. It never ends by itself.
    Random(u64),
}

/// How an exploration stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    /// There is more to look at.
    Running,
    /// Every state within the bounds was looked at, and every promise kept.
    Exhausted,
    /// A promise was broken: see [`Explorer::found`].
    Found,
    /// As many states were seen as may be remembered.
    Full,
}

impl Status {
    /// The name for programs.
    pub fn name(self) -> &'static str {
        match self {
            Status::Running => "running",
            Status::Exhausted => "exhausted",
            Status::Found => "found",
            Status::Full => "full",
        }
    }
}

/// How far an exploration has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Progress {
    /// How many different states were seen.
    pub states: u64,
    /// How many moves were tried.
    pub moves: u64,
    /// How many moves from the start the state is that was looked at last.
    pub depth: u16,
    /// How many states wait to be gone on from.
    pub waiting: u64,
    /// How much memory the states take that were seen, in bytes, beside those that wait.
    pub bytes: u64,
}

/// A schedule that breaks a promise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// The promise.
    pub violation: Violation,
    /// What to do from the state that the exploration began in, step by step: the last one breaks it.
    pub steps: Vec<Step>,
    /// How many moves these are.
    pub moves: u64,
}

/// An exploration, to be gone on with as long as somebody wants.
#[derive(Debug)]
pub struct Explorer<P: Explored> {
    rules: Rules,
    search: Search,
    root: State<P>,
    visited: Visited,
    /// States that were found and not gone on from, by number. The states themselves are kept of so many only; the others
    /// are come to again on the way on which they were found. In a box: a place for one that is not kept takes no more than
    /// 16 bytes.
    frontier: VecDeque<(u32, Option<Box<Waiting<P>>>)>,
    kept: usize,
    /// The way on which a state was come to last, see `trail.rs`.
    trail: Trail<P>,
    /// Where moves are tried, and what it was taken up from.
    trial: Trial<P>,
    walk: Walk,
    moves: u64,
    depth: u16,
    status: Status,
    found: Option<Found>,
    /// Room for the moves of one state.
    room: Vec<Move>,
}

/// How many waiting states are kept whole: each takes some ten thousand bytes. A page has less room: there a tenth of the
/// memory costs a tenth of the speed.
const KEPT: usize = if cfg!(target_arch = "wasm32") { 4_000 } else { 50_000 };

impl<P: Explored> Explorer<P> {
    /// An exploration from this state on. The auditor knows what has happened up to it.
    ///
    /// # Errors
    ///
    /// One sentence, where schedules cannot be explored from this state or within these bounds.
    pub fn new(
        mut cluster: Cluster<P>,
        mut auditor: Auditor<P>,
        bounds: Bounds,
        search: Search,
    ) -> Result<Self, String> {
        if bounds.wishes.len() > Bounds::MOST_WISHES {
            let count = bounds.wishes.len();
            return Err(format!("{count} things may be done besides: expected at most {}", Bounds::MOST_WISHES));
        }
        if cluster.network().links.duplicates() {
            return Err(
                "links double messages by chance: expected `duplication` 0%, as every copy is a move".to_string()
            );
        }
        if !bounds.properties.is_empty() {
            auditor.check_only(&bounds.properties)?;
        }
        auditor.leave_clients();
        if bounds.properties.iter().any(|name| name == super::clients::NAME) {
            let name = super::clients::NAME;
            return Err(format!(
                "{name} is judged along one run, not in states: expected a property of nodes, or a swarm"
            ));
        }
        cluster.stop_recording();
        let namings = namings(&cluster, &bounds);
        let rules = Rules { bounds, namings };
        let mut root = State::new(cluster, auditor);
        let mut visited = Visited::default();
        visited.insert(root.fingerprint(&rules), ROOT, 0, 0);
        let trial = Trial::new(&root);
        let (frontier, trail) = (VecDeque::from([(ROOT, Some(Box::new(trial.put_away())))]), Trail::new(&trial));
        let (walk, status) = (Walk::default(), Status::Running);
        let room = Vec::new();
        Ok(Explorer {
            rules,
            search,
            root,
            visited,
            frontier,
            kept: 1,
            trail,
            trial,
            walk,
            moves: 0,
            depth: 0,
            status,
            found: None,
            room,
        })
    }

    /// Goes on until at least so many moves were tried, or the exploration is over; says how it stands.
    pub fn advance(&mut self, moves: u64) -> Status {
        let until = self.moves.saturating_add(moves);
        while self.status == Status::Running && self.moves < until {
            match self.search {
                Search::Random(seed) => self.go_on_walking(seed),
                Search::Breadth | Search::Depth => self.expand_next(),
            }
        }
        self.status
    }

    /// From now on so many states may be remembered; where it had stopped for want of room, it can go on.
    pub fn remember(&mut self, states: u32) {
        self.rules.bounds.states = states;
        if self.status == Status::Full && self.visited.len() < states as usize {
            self.status = Status::Running;
        }
    }

    /// How it stands.
    pub fn status(&self) -> Status {
        self.status
    }

    /// How far it has come.
    pub fn progress(&self) -> Progress {
        Progress {
            states: self.visited.len() as u64,
            moves: self.moves,
            depth: self.depth,
            waiting: self.frontier.len() as u64,
            bytes: self.visited.bytes(),
        }
    }

    /// What was found, once [`Status::Found`].
    pub fn found(&self) -> Option<&Found> {
        self.found.as_ref()
    }

    /// In how many ways the nodes may be named without anybody noticing.
    pub fn namings(&self) -> usize {
        self.rules.namings.len()
    }

    /// The next state to be gone on from, with its number.
    fn next_waiting(&mut self) -> Option<(u32, Waiting<P>)> {
        let next = match self.search {
            Search::Depth => self.frontier.pop_back(),
            Search::Breadth | Search::Random(_) => self.frontier.pop_front(),
        };
        let Some((id, state)) = next else {
            self.status = Status::Exhausted;
            return None;
        };
        self.depth = self.visited.depth(id);
        let state = match state {
            Some(state) => {
                self.kept -= 1;
                *state
            }
            None => self.trail.come_to(id, &self.rules, &self.visited, &mut self.trial),
        };
        Some((id, state))
    }

    /// Follows a path from the start; says what it breaks at its end.
    fn follow(&self, path: &[u16], told: &mut Option<Vec<Step>>) -> (State<P>, Option<Violation>) {
        let (mut state, mut room) = (self.root.kept(), Vec::new());
        for by in path {
            enabled(&self.rules, &state, &mut room);
            if let Err(broken) = state.carry_out(&self.rules, room[usize::from(*by)], told) {
                return (state, broken);
            }
        }
        (state, None)
    }

    fn expand_next(&mut self) {
        let Some((id, waiting)) = self.next_waiting() else { return };
        if self.depth >= self.rules.bounds.depth {
            return;
        }
        let depth = self.depth.saturating_add(1);
        self.trial.take_up(waiting);
        let mut room = std::mem::take(&mut self.room);
        enabled(&self.rules, &self.trial.state, &mut room);
        for (by, next) in (0..).zip(&room) {
            self.moves += 1;
            match self.trial.state.carry_out(&self.rules, *next, &mut None) {
                Ok(()) => {
                    let fingerprint = self.trial.state.fingerprint(&self.rules);
                    if let Some(new) = self.visited.insert(fingerprint, id, by, depth) {
                        let keep = self.kept < KEPT;
                        self.kept += usize::from(keep);
                        self.frontier.push_back((new, keep.then(|| Box::new(self.trial.put_away()))));
                    }
                }
                Err(Some(_)) => {
                    let mut path = self.visited.path(id);
                    path.push(by);
                    self.report(&path);
                    return;
                }
                // A wish that cannot come true as things stand.
                Err(None) => {}
            }
            self.trial.take_back();
        }
        self.room = room;
        if self.visited.len() >= self.rules.bounds.states as usize {
            self.status = Status::Full;
        }
    }

    /// A path has broken a promise: it is gone once more, and taken down.
    fn report(&mut self, path: &[u16]) {
        let mut told = Some(Vec::new());
        let violation = self.follow(path, &mut told).1.expect("the same way breaks the same promise");
        self.found = Some(Found { violation, steps: told.unwrap_or_default(), moves: path.len() as u64 });
        self.status = Status::Found;
    }
}
