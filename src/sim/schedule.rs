//! The schedule: the chooser of steps that follows virtual time.
//!
//! What is due first comes first. Of things that are due at one moment, disks come before messages
//! that wait at a door, those before messages that arrive, messages before timers, timers before
//! clients, and then the lower number: a rule, so that no run depends on the order in which anything
//! is stored. What is overdue, such as the timer of a node that was paused, is due now. Only a timer that
//! bounds what its node may rely on comes before all else once it is overdue: whoever goes on after a stop looks at
//! the clock first.

use crate::protocol::{Protocol, TimerName};
use crate::sim::{Cluster, Host, Refused, Step};
use crate::types::{ClientId, NodeId, Time};

/// What can be due, in the order in which it comes where it is due at one moment.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    /// A timer, by its place, that has run out while its node stood still, and that bounds what the node may rely on.
    Deadline(NodeId, usize),
    Flush(NodeId),
    Door(NodeId),
    Message,
    Timer(NodeId, usize),
    Client(ClientId),
}

/// What is due next, and when; none where nothing ever will be.
pub fn next<P: Protocol>(cluster: &Cluster<P>) -> Option<(Time, Step)> {
    // This is asked for every step, and the compiler inlines little for the page: there one pass in plain loops, in place
    // of chained iterators, lets a third more events happen in a second.
    let now = cluster.now();
    let mut first = (Time::END, Turn::Message);
    let mut offer = |due: Time, turn: Turn| {
        let due = due.max(now);
        if due < first.0 || due == first.0 && turn < first.1 {
            first = (due, turn);
        }
    };
    for (id, host) in NodeId::all(cluster.count()).zip(&cluster.hosts) {
        if host.paused {
            continue;
        }
        if !host.held.is_empty() {
            offer(now, Turn::Door(id));
            if let Some(place) = overdue_deadline(host, now) {
                offer(now, Turn::Deadline(id, place));
            }
        }
        if let Some(due) = host.disk.next_flush() {
            offer(due, Turn::Flush(id));
        }
        if let Some((due, place)) = host.timers.next() {
            offer(due, Turn::Timer(id, place));
        }
    }
    if let Some(flight) = cluster.network().next() {
        offer(flight.due(), Turn::Message);
    }
    for client in cluster.clients() {
        if let Some(due) = client.due() {
            offer(due, Turn::Client(client.id));
        }
    }
    let (due, turn) = first;
    let step = match turn {
        _ if due >= Time::END => return None,
        Turn::Flush(id) => Step::Flush(id),
        Turn::Door(id) => Step::Deliver(cluster.host(id).held.first()?.id),
        Turn::Deadline(id, place) | Turn::Timer(id, place) => Step::Timeout(id, P::Timer::ALL[place].name()),
        Turn::Client(id) => Step::Wake(id),
        Turn::Message => {
            let flight = cluster.network().next()?;
            let cut = cluster.network().links.get(flight.id.from, flight.id.to).cut;
            if cut || flight.lost.is_some() { Step::Drop(flight.id) } else { Step::Deliver(flight.id) }
        }
    };
    Some((due, step))
}

/// The first timer of a node, by its place, that ran out before now and bounds what the node may rely on.
fn overdue_deadline<P: Protocol>(host: &Host<P>, now: Time) -> Option<usize> {
    let overdue = |place: usize| host.timers.get(place).is_some_and(|armed| armed.due < now);
    (0..P::Timer::ALL.len()).find(|place| P::Timer::ALL[*place].is_deadline() && overdue(*place))
}

/// Carries out what is due next, at its time; false where nothing ever will be.
///
/// # Errors
///
/// Never, as long as the schedule and the cluster agree; a refusal is passed on rather than hidden.
pub fn step<P: Protocol>(cluster: &mut Cluster<P>) -> Result<bool, Refused> {
    step_until(cluster, Time(u64::MAX))
}

/// The same, where that time is not after `until`; false where nothing is due by then.
///
/// # Errors
///
/// As [`step`].
pub fn step_until<P: Protocol>(cluster: &mut Cluster<P>, until: Time) -> Result<bool, Refused> {
    let Some((due, step)) = next(cluster).filter(|(due, _)| *due <= until) else { return Ok(false) };
    // Nothing is due before, so the clock may go on without asking again.
    cluster.now = due;
    cluster.apply(&step)?;
    Ok(true)
}

/// Carries out everything that is due up to `until`, which is then the time; returns the number of
/// steps that were due.
///
/// # Errors
///
/// As [`step`]; or where `until` has passed already.
pub fn run<P: Protocol>(cluster: &mut Cluster<P>, until: Time) -> Result<u64, Refused> {
    let mut done = 0;
    while step_until(cluster, until)? {
        done += 1;
    }
    cluster.apply(&Step::Until(until))?;
    Ok(done)
}
