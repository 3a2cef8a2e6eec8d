//! The schedule: the chooser of steps that follows virtual time.
//!
//! What is due first comes first. Of things that are due at one moment, disks come before messages
//! that wait at a door, those before messages that arrive, messages before timers, timers before
//! clients, and then the lower number: a rule, so that no run depends on the order in which anything
//! is stored. What is overdue, such as the timer of a node that was paused, is due now. Only a timer that
//! bounds what its node may rely on comes before all else once it is overdue: whoever goes on after a stop looks at
//! the clock first.

use crate::protocol::{Protocol, TimerName};
use crate::sim::{Cluster, Refused, Step};
use crate::types::{ClientId, NodeId, Time};

/// What is due next, and when; none where nothing ever will be.
pub fn next<P: Protocol>(cluster: &Cluster<P>) -> Option<(Time, Step)> {
    let mut best: Option<(Time, Chosen)> = None;
    let mut offer = |due: Time, chosen: Chosen| {
        let due = due.max(cluster.now());
        if due < Time::END && best.as_ref().is_none_or(|(first, _)| due < *first) {
            best = Some((due, chosen));
        }
    };
    // Offered in order of rank: a later offer must be strictly earlier to be taken.
    let running = || NodeId::all(cluster.count()).filter(|id| !cluster.host(*id).paused);
    for id in running().filter(|id| !cluster.host(*id).held.is_empty()) {
        overdue_deadline(cluster, id).into_iter().for_each(|place| offer(cluster.now(), Chosen::Timer(id, place)));
    }
    for id in running() {
        cluster.host(id).disk.next_flush().into_iter().for_each(|due| offer(due, Chosen::Flush(id)));
    }
    for id in running().filter(|id| !cluster.host(*id).held.is_empty()) {
        offer(cluster.now(), Chosen::Door(id));
    }
    cluster.network().next().into_iter().for_each(|flight| offer(flight.due(), Chosen::Message));
    for id in running() {
        cluster.host(id).timers.next().into_iter().for_each(|(due, timer)| offer(due, Chosen::Timer(id, timer)));
    }
    for client in cluster.clients() {
        client.due().into_iter().for_each(|due| offer(due, Chosen::Client(client.id)));
    }
    let (due, chosen) = best?;
    let step = match chosen {
        Chosen::Flush(id) => Step::Flush(id),
        Chosen::Door(id) => Step::Deliver(cluster.host(id).held.first()?.id),
        Chosen::Timer(id, place) => Step::Timeout(id, P::Timer::ALL[place].name()),
        Chosen::Client(id) => Step::Wake(id),
        Chosen::Message => {
            let flight = cluster.network().next()?;
            let cut = cluster.network().links.get(flight.id.from, flight.id.to).cut;
            if cut || flight.lost.is_some() { Step::Drop(flight.id) } else { Step::Deliver(flight.id) }
        }
    };
    Some((due, step))
}

/// A timer that has run out before now, while its node stood still, and that bounds what the node may rely on.
fn overdue_deadline<P: Protocol>(cluster: &Cluster<P>, id: NodeId) -> Option<usize> {
    let timers = &cluster.host(id).timers;
    let overdue = |place: &usize| timers.get(*place).is_some_and(|armed| armed.due < cluster.now());
    (0..P::Timer::ALL.len()).find(|place| P::Timer::ALL[*place].is_deadline() && overdue(place))
}

enum Chosen {
    Flush(NodeId),
    Door(NodeId),
    Message,
    Timer(NodeId, usize),
    Client(ClientId),
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
