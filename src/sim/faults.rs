//! Random faults: a chooser of steps that means ill.
//!
//! A plan is a list of timed steps drawn from a seed: crashes and restarts, pauses, cuts of every
//! kind, loss, duplication, reordering, slow links, slow disks, clocks that drift; and where a protocol takes orders,
//! operators who hand over, change the members, start new machines and choose otherwise, all at the worst of times. It
//! ends with everything mended, so that a run can be held to make progress again.

use crate::chance::{Chance, Purpose, Ratio};
use crate::protocol::{Order, Protocol};
use crate::sim::{Drift, Links, Rule, Step};
use crate::types::{MAX_NODES, NodeId, NodeSet, Span, Spread, Time};

/// A step, and when it is to be taken.
pub type Planned = (Time, Step);

/// Faults for a cluster of `nodes` until `end`, and what operators do meanwhile, who choose of `P::WHIMS`: three in a virtual
/// second for some seeds, thirty for others; what they broke is mended at `end`. Some of the steps may be refused as
/// things stand then (a node that is down cannot crash): they are to be passed over.
pub fn plan<P: Protocol>(seed: u64, nodes: u8, end: Time) -> Vec<Planned> {
    let mut plan = draw(seed, nodes, P::WHIMS, end);
    let chosen = P::MENDED.iter().map(|(name, value)| Step::Set((*name).into(), (*value).into()));
    plan.extend(chosen.map(|step| (end, step)));
    plan
}

/// The same without operators: machines and links alone go wrong.
pub fn mishaps(seed: u64, nodes: u8, end: Time) -> Vec<Planned> {
    draw(seed, nodes, &[], end)
}

fn draw(seed: u64, nodes: u8, choices: &[(&'static str, &'static str)], end: Time) -> Vec<Planned> {
    let mut draws = Draws { chance: Chance::new(seed), count: 0 };
    let first = nodes;
    let mut nodes = nodes;
    let mut plan = Vec::new();
    let calm = [40, 150, 600][usize::try_from(draws.below(3)).unwrap_or(0)];
    let mut now = Time::START;
    loop {
        now = now + Span::millis(10 + draws.below(calm));
        if now >= end {
            break;
        }
        if !choices.is_empty() && draws.below(5) == 0 {
            let steps = operators(&mut draws, nodes, choices);
            if nodes < first.saturating_add(NEWCOMERS).min(MAX_NODES) && draws.below(20) == 0 {
                nodes += 1;
                plan.push((now, Step::Start(NodeId(nodes))));
            }
            plan.extend(steps.into_iter().map(|step| (now, step)));
            continue;
        }
        let step = fault(&mut draws, nodes);
        // Half of the nodes that crash are back before anybody has noticed: what they forgot, they
        // forgot in the middle of things.
        let back = match step {
            Step::Crash(node) if draws.below(2) == 0 => Some(Step::Restart(node)),
            _ => None,
        };
        plan.push((now, step));
        if let Some(back) = back {
            now = now + Span::millis(draws.below(12));
            plan.push((now.min(end), back));
        }
    }
    plan.extend(mended(nodes).into_iter().map(|step| (end, step)));
    plan
}

/// How many machines are added at most.
const NEWCOMERS: u8 = 2;

/// What operators do. Who leads they do not know: they tell everybody, and whoever leads obeys.
fn operators(draws: &mut Draws, nodes: u8, choices: &[(&'static str, &'static str)]) -> Vec<Step> {
    let node = |draws: &mut Draws| NodeId(u8::try_from(1 + draws.below(u64::from(nodes))).unwrap_or(1));
    let some = |draws: &mut Draws| NodeId::all(nodes).filter(|_| draws.below(2) == 0).collect::<NodeSet>();
    let order = match draws.below(22) {
        0..=3 => Order::Transfer(node(draws)),
        4..=6 => Order::Add(node(draws)),
        7..=8 => Order::Learn(node(draws)),
        9..=10 => Order::Remove(node(draws)),
        11..=13 => {
            let voters = some(draws).with(node(draws));
            Order::Members { voters, learners: some(draws).minus(voters), stay: draws.below(3) == 0 }
        }
        14 => Order::Leave,
        15 => Order::Compact,
        16 => return vec![Step::Order(node(draws), Order::Campaign)],
        17 => return vec![Step::Order(node(draws), Order::Forget)],
        18..=19 => return vec![Step::Tear(node(draws))],
        _ => {
            let place = usize::try_from(draws.below(choices.len() as u64)).unwrap_or(0);
            let (name, value) = choices[place];
            return vec![Step::Set(name.into(), value.into())];
        }
    };
    NodeId::all(nodes).map(|node| Step::Order(node, order)).collect()
}

/// One fault, or the end of one.
fn fault(draws: &mut Draws, nodes: u8) -> Step {
    let node = |draws: &mut Draws| NodeId(u8::try_from(1 + draws.below(u64::from(nodes))).unwrap_or(1));
    match draws.below(29) {
        0..=2 => Step::Crash(node(draws)),
        3..=6 => Step::Restart(node(draws)),
        7 => Step::Pause(node(draws)),
        8 => Step::Resume(node(draws)),
        9 => Step::ResumeAll,
        10 => Step::Isolate(node(draws)),
        11 => {
            // Whoever is not drawn forms the other side; the first is, so that no side is without a name.
            let side: NodeSet = NodeId::all(nodes).filter(|id| draws.below(2) == 0 || id.0 == 1).collect();
            Step::Partition(vec![side])
        }
        12..=13 => Step::Cut(ends(draws, nodes)),
        14 => Step::Heal(ends(draws, nodes)),
        15..=18 => Step::Heal(Links::All),
        19 => Step::Rule(Links::All, Rule::Loss(Ratio::percent(draws.small(25)))),
        20 => Step::Rule(Links::All, Rule::Duplication(Ratio::percent(draws.small(25)))),
        21 => Step::Rule(Links::All, Rule::Reordering(Ratio::percent(draws.small(50)))),
        22 => {
            let least = draws.below(20);
            Step::Rule(ends(draws, nodes), Rule::Latency(Spread::millis(least, least + draws.below(120))))
        }
        23 => Step::Disk(Some(node(draws)), Spread::millis(0, draws.below(40))),
        24 => Step::Drift(node(draws), Drift::percent(i32::try_from(draws.below(41)).unwrap_or(0) - 20)),
        25..=26 => Step::Align,
        _ => Step::Spread,
    }
}

/// A link between two nodes, one way or both; all links where there is only one node.
fn ends(draws: &mut Draws, nodes: u8) -> Links {
    if nodes < 2 {
        return Links::All;
    }
    let a = draws.below(u64::from(nodes));
    let b = (a + 1 + draws.below(u64::from(nodes) - 1)) % u64::from(nodes);
    let id = |place: u64| NodeId(u8::try_from(place + 1).unwrap_or(1)).into();
    if draws.below(2) == 0 { Links::One(id(a), id(b)) } else { Links::Both(id(a), id(b)) }
}

/// The steps that mend everything.
fn mended(nodes: u8) -> Vec<Step> {
    let rules = crate::sim::LinkRules::default();
    let mut steps = vec![Step::Heal(Links::All), Step::ResumeAll];
    steps.extend([
        Step::Rule(Links::All, Rule::Latency(rules.latency)),
        Step::Rule(Links::All, Rule::Loss(rules.loss)),
        Step::Rule(Links::All, Rule::Duplication(rules.duplication)),
        Step::Rule(Links::All, Rule::Reordering(rules.reordering)),
        Step::Disk(None, Spread::exactly(Span::ZERO)),
    ]);
    steps.extend(NodeId::all(nodes).map(|id| Step::Drift(id, Drift::default())));
    steps
}

/// Draws in a row, keyed by their count.
struct Draws {
    chance: Chance,
    count: u64,
}

impl Draws {
    fn below(&mut self, bound: u64) -> u64 {
        self.count += 1;
        self.chance.below(Purpose::Fault, [self.count, 0], bound)
    }

    fn small(&mut self, bound: u32) -> u32 {
        u32::try_from(self.below(u64::from(bound) + 1)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_is_drawn_from_its_seed_and_ends_with_everything_mended() {
        let end = Time(60_000_000);
        let plan_of = |seed| mishaps(seed, 5, end);
        assert_eq!(plan_of(7), plan_of(7));
        assert_ne!(plan_of(7), plan_of(8));
        let plan = plan_of(7);
        assert!(plan.len() > 100, "{} faults in a minute", plan.len());
        assert!(plan.windows(2).all(|pair| pair[0].0 <= pair[1].0), "in order of time");
        assert!(plan.iter().filter(|(at, _)| *at == end).any(|(_, step)| *step == Step::ResumeAll));
        let crashes = plan.iter().filter(|(_, step)| matches!(step, Step::Crash(_))).count();
        assert!(crashes > 5, "{crashes} crashes in a minute");
    }
}
