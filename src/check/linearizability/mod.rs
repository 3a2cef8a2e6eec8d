//! Whether what clients saw can be explained by one server: linearizability of the key-value store (Herlihy and Wing, 1990).
//!
//! A history is what every client asked and was answered, each with the time of asking and the time of the answer. It is
//! linearizable where every request can be given a point between these two, so that one server to which they come in the
//! order of these points answers the same. A request whose outcome nobody learned may take effect at any time after it was
//! asked, or never.
//!
//! Each key is judged by itself, since a history is linearizable exactly where each part of it is that concerns one key.
//! The search is that of Wing and Gong (1993) with the memory of Lowe (2017), see `search.rs`; where it fails,
//! `contradiction.rs` finds a few requests that cannot be reconciled.
//!
//! ```
//! use raft_playground::check::linearizability::{Answer, History, Op, Request, Verdict, judge};
//!
//! let put = Request { client: 1, key: "a".into(), op: Op::Put("1".into()), call: 1, returned: Some((2, Answer::Done)) };
//! let get = Request { client: 2, key: "a".into(), op: Op::Get, call: 3, returned: Some((4, Answer::NotFound)) };
//! let verdict = judge(&History { requests: vec![put, get] }, u64::MAX);
//! let Verdict::Refused { key, stretch } = verdict else { panic!("a lost put: {verdict:?}") };
//! assert_eq!((&*key, stretch), ("a", vec![0, 1]));
//! ```

mod contradiction;
mod history;
mod online;
#[cfg(all(test, not(target_arch = "wasm32")))]
mod oracle;
mod part;
mod reason;
mod search;
#[cfg(test)]
mod tests;

pub use history::{Answer, History, Op, Request};
pub use online::Online;
pub use reason::reason;

use crate::types::{SortedMap, Text};
use part::Part;
use search::{Outcome, search};

/// What a history is found to be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// One server could have answered all of it.
    Linearizable {
        /// For each key, in order: the requests, by their places in the history, in an order that explains the answers. Of
        /// those of unknown outcome only the ones are in it that took effect.
        orders: Vec<(Text, Vec<usize>)>,
    },
    /// No server could have.
    Refused {
        /// The first key of which that is so.
        key: Text,
        /// The requests, by their places in the history, that cannot be put in any order that explains their answers,
        /// whatever became of all others. Without any one of them, they can.
        stretch: Vec<usize>,
    },
    /// The search was given up: it would have taken more steps than it was allowed.
    Undecided {
        /// The key at which that happened.
        key: Text,
    },
}

/// What the requests about one key are found to be.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Finding {
    /// One server could have answered them: the requests, by their places in the history, in an order that explains the
    /// answers. Of those of unknown outcome only the ones are in it that took effect.
    Order(Vec<usize>),
    /// No server could have; the requests that cannot be reconciled, as in [`Verdict::Refused`].
    Stretch(Vec<usize>),
    /// The search was given up.
    Undecided,
}

/// Judges a history. `steps`: how many places in an order are tried at most for a key.
///
/// The time is proportional to the length of the history where few requests overlap; in the worst case it grows
/// exponentially with how many overlap, as the problem is NP-complete.
pub fn judge(history: &History, steps: u64) -> Verdict {
    let mut orders = Vec::new();
    for (key, places) in by_key(history).iter() {
        let key = key.clone();
        match judge_key(history, places, steps) {
            Finding::Order(order) => orders.push((key, order)),
            Finding::Stretch(stretch) => return Verdict::Refused { key, stretch },
            Finding::Undecided => return Verdict::Undecided { key },
        }
    }
    Verdict::Linearizable { orders }
}

/// Judges each key of a history, whatever is found of the others; `steps` as in [`judge`].
pub fn judge_each(history: &History, steps: u64) -> Vec<(Text, Finding)> {
    by_key(history).iter().map(|(key, places)| (key.clone(), judge_key(history, places, steps))).collect()
}

/// The requests about each key, by their places.
fn by_key(history: &History) -> SortedMap<Text, Vec<usize>> {
    let mut keys: SortedMap<Text, Vec<usize>> = SortedMap::default();
    for (place, request) in history.requests.iter().enumerate() {
        match keys.get_mut(&request.key) {
            Some(places) => places.push(place),
            None => {
                keys.insert(request.key.clone(), vec![place]);
            }
        }
    }
    keys
}

fn judge_key(history: &History, places: &[usize], steps: u64) -> Finding {
    match search(&Part::new(history, places), steps) {
        Outcome::Order(order) => Finding::Order(order),
        Outcome::None => Finding::Stretch(contradiction::shortest(history, places, steps)),
        Outcome::GivenUp => Finding::Undecided,
    }
}
