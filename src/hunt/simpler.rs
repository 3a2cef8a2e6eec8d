//! Settings that say less, or speak of fewer.

use crate::check::shrink::Renumber;
use crate::playground;
use crate::settings::Settings;
use crate::types::NodeId;

/// A number of processes that a protocol lets be chosen.
pub(super) struct Size {
    pub(super) name: &'static str,
    pub(super) value: u64,
    pub(super) least: u64,
    pub(super) most: u64,
}

/// What this cluster consists of, clients included.
pub(super) fn sizes(settings: &Settings) -> Vec<Size> {
    let Ok(card) = playground::card(&settings.protocol) else { return Vec::new() };
    let size = |count: &crate::settings::Count| Size {
        name: count.name,
        value: settings.chosen(count.name).unwrap_or(u64::from(count.value)),
        least: u64::from(count.min),
        most: u64::from(count.max),
    };
    card.counts.iter().map(size).collect()
}

/// How many nodes there are, of whatever kind.
pub(super) fn nodes(settings: &Settings) -> usize {
    let nodes: u64 = sizes(settings).iter().filter(|size| size.name != "num_clients").map(|size| size.value).sum();
    usize::try_from(nodes).unwrap_or(usize::MAX)
}

/// The same settings for a cluster of fewer: one of this kind is left out, or renumbered.
pub(super) fn fewer(settings: &Settings, size: &Size, renumber: Renumber) -> Settings {
    let mut fewer = settings.clone().with(size.name, size.value - 1);
    let world = &mut fewer.world;
    renumber_all(&mut world.disks, renumber);
    renumber_all(&mut world.clocks, renumber);
    renumber_all(&mut world.given, renumber);
    for (_, given) in &mut world.given {
        given.vote = given.vote.and_then(|node| renumber.node(node));
    }
    fewer
}

fn renumber_all<T: Clone>(said: &mut Vec<(NodeId, T)>, renumber: Renumber) {
    let kept = said.iter().filter_map(|(id, what)| Some((renumber.node(*id)?, what.clone())));
    *said = kept.collect();
}

/// The same settings with one thing the less, each such; the greatest first.
pub(super) fn all(settings: &Settings) -> Vec<Settings> {
    let mut all = Vec::new();
    let mut offer = |change: &dyn Fn(&mut Settings)| {
        let mut simpler = settings.clone();
        change(&mut simpler);
        if simpler != *settings {
            all.push(simpler);
        }
    };
    offer(&|s| s.bug = None);
    offer(&|s| s.practice = false);
    if settings.practice {
        offer(&|s| *s = s.clone().spelled_out());
    }
    offer(&|s| s.options.clear());
    for place in 0..settings.options.len() {
        offer(&|s| drop(s.options.remove(place)));
    }
    let world = &settings.world;
    offer(&|s| s.world.disk = None);
    offer(&|s| s.world.disks.clear());
    offer(&|s| s.world.clocks.clear());
    offer(&|s| s.world.given.clear());
    for place in 0..world.disks.len() {
        offer(&|s| _ = s.world.disks.remove(place));
    }
    for place in 0..world.clocks.len() {
        offer(&|s| _ = s.world.clocks.remove(place));
    }
    for place in 0..world.given.len() {
        offer(&|s| drop(s.world.given.remove(place)));
        // A shorter log, or nobody voted for.
        offer(&|s| drop(s.world.given[place].1.slots.pop()));
        offer(&|s| s.world.given[place].1.vote = None);
        offer(&|s| s.world.given[place].1.epoch = None);
    }
    offer(&|s| s.world.latency = None);
    offer(&|s| s.world.loss = None);
    offer(&|s| s.world.duplication = None);
    offer(&|s| s.world.reordering = None);
    offer(&|s| s.requests_per_client = None);
    offer(&|s| s.deletes = None);
    offer(&|s| s.traffic = false);
    offer(&|s| s.seed = 1);
    all
}
