//! The same run told more plainly: what only makes it longer is left out together with what hangs on it.

use crate::check::shrink::{Deed, Handling, Numbered};
use crate::hunt::{Case, simpler};
use crate::sim::Step;
use crate::types::{NodeId, Process, SortedMap};

/// What people and timers do in this part of the deeds stays, and after each of these everything arrives; none where that
/// would be no shorter.
pub(super) fn calm(case: &Case, start: usize, end: usize) -> Option<Case> {
    let part = case.deeds[start..end].iter();
    let (arrivals, others): (Vec<&Numbered>, Vec<&Numbered>) = part.partition(|numbered| is_arrival(&numbered.deed));
    // Each `settle` stands for an arrival, and has its number.
    if arrivals.len() <= others.len() {
        return None;
    }
    let settle = |arrival: &Numbered| Numbered { number: arrival.number, deed: Deed::Settle };
    let pairs = others.into_iter().zip(arrivals);
    let calm: Vec<Numbered> = pairs.flat_map(|(deed, arrival)| [deed.clone(), settle(arrival)]).collect();
    let deeds = [&case.deeds[..start], &calm, &case.deeds[end..]].concat();
    Some(Case { deeds, ..case.clone() })
}

/// Whether it is about messages on their way and writes, and nothing else.
fn is_arrival(deed: &Deed) -> bool {
    match deed {
        Deed::Message(..) | Deed::Oldest { .. } | Deed::All(_) | Deed::Settle => true,
        Deed::Step(step) => matches!(step, Step::Deliver(_) | Step::Duplicate(_) | Step::Drop(_) | Step::Flush(_)),
        Deed::Wait(_) => false,
    }
}

/// A copy that arrives is the message itself, which is not doubled.
pub(super) fn copies(case: &Case, at: usize) -> Option<Option<Case>> {
    let numbered = case.deeds.get(at)?;
    let Deed::Message(Handling::Duplicate, original) = numbered.deed else { return Some(None) };
    let copy = |deed: &Deed| matches!(deed, Deed::Message(_, origin) if origin.deed == numbered.number);
    let mut single = case.clone();
    single.deeds.retain(|other| other.number != numbered.number);
    let arrives = single.deeds.iter_mut().find(|other| copy(&other.deed));
    let Some(Numbered { deed: Deed::Message(_, origin), .. }) = arrives else { return Some(None) };
    *origin = original;
    Some(Some(single))
}

/// A client asks the node at once that it asks later.
pub(super) fn straight(case: &Case, at: usize) -> Option<Option<Case>> {
    let nodes = simpler::nodes(&case.settings).max(1);
    let (place, node) = (at / nodes, at % nodes);
    let numbered = case.deeds.get(place)?;
    let Deed::Step(Step::Wake(again)) = numbered.deed else { return Some(None) };
    let mut straight = case.clone();
    let asked = straight.deeds[..place].iter_mut().rev().find_map(|other| match &mut other.deed {
        Deed::Step(Step::Request { client, to, .. }) if *client == again => Some((other.number, to)),
        _ => None,
    });
    let Some((asked, to)) = asked else { return Some(None) };
    *to = Some(NodeId(u8::try_from(node + 1).ok()?));
    straight.deeds.remove(place);
    for other in &mut straight.deeds {
        if let Deed::Message(_, origin) = &mut other.deed
            && origin.deed == numbered.number
        {
            origin.deed = asked;
        }
    }
    Some(Some(straight))
}

/// Writes take no time: what was sent after one is sent by what was written.
pub(super) fn dry(case: &Case, at: usize) -> Option<Option<Case>> {
    if at > 0 {
        return None;
    }
    let mut dry = case.clone();
    (dry.settings.world.disk, dry.settings.world.disks) = (None, Vec::new());
    // The last deed at each node, and which deed stands for that which a write was.
    let (mut last, mut instead) = (SortedMap::<NodeId, u32>::default(), SortedMap::<u32, u32>::default());
    dry.deeds.retain_mut(|Numbered { number, deed }| {
        if let Deed::Message(_, origin) = deed {
            origin.deed = instead.get(&origin.deed).copied().unwrap_or(origin.deed);
        }
        match deed {
            Deed::Step(Step::Flush(node)) => {
                if let Some(before) = last.get(node) {
                    instead.insert(*number, *before);
                }
                return false;
            }
            Deed::Step(Step::Disk(..)) => return false,
            Deed::Message(Handling::Deliver, origin) => {
                if let Process::Node(node) = origin.to {
                    last.insert(node, *number);
                }
            }
            Deed::Step(Step::Timeout(node, _) | Step::Order(node, _) | Step::Restart(node)) => {
                last.insert(*node, *number);
            }
            _ => {}
        }
        true
    });
    Some(Some(dry).filter(|dry| dry.deeds.len() < case.deeds.len()))
}
