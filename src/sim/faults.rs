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
    of_menu::<P>(seed, nodes, end, &Menu::everything())
}

/// The same with only what is on the menu.
pub fn of_menu<P: Protocol>(seed: u64, nodes: u8, end: Time, menu: &Menu) -> Vec<Planned> {
    let choices: Vec<_> =
        P::WHIMS.iter().filter(|(name, _)| !menu.fixed.iter().any(|fixed| fixed == name)).copied().collect();
    let mut plan = draw(seed, nodes, &choices, end, menu);
    let chosen = P::MENDED.iter().map(|(name, value)| Step::Set((*name).into(), (*value).into()));
    plan.extend(chosen.chain(menu.usual.iter().cloned()).map(|step| (end, step)));
    plan
}

/// The same without operators: machines and links alone go wrong.
pub fn mishaps(seed: u64, nodes: u8, end: Time) -> Vec<Planned> {
    draw(seed, nodes, &[], end, &Menu::everything())
}

/// What may go wrong in a run. Where half of it cannot, the other half goes further: a queue that is never emptied by a
/// crash grows longer (Groce and others, Swarm Testing, ISSTA 2012).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Menu {
    kinds: u32,
    /// What operators leave as it is.
    fixed: Vec<String>,
    /// Whether things follow each other quickly.
    hasty: bool,
    /// What is so again once everything is mended.
    usual: Vec<Step>,
}

/// A kind of thing that may go wrong.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Nodes crash, in the midst of a write too.
    Crash,
    /// Nodes are paused.
    Pause,
    /// Links are cut.
    Cut,
    /// Messages are lost.
    Loss,
    /// Messages arrive twice.
    Duplication,
    /// Messages overtake each other.
    Reordering,
    /// Links are slow.
    Latency,
    /// Disks are slow.
    Disk,
    /// Clocks drift.
    Drift,
    /// Timers run out together, or far apart.
    Timers,
    /// Operators change the members, with new machines.
    Members,
    /// Operators give other orders.
    Orders,
    /// Operators choose otherwise.
    Choices,
}

/// Every kind.
const KINDS: [Kind; 13] = [
    Kind::Crash,
    Kind::Pause,
    Kind::Cut,
    Kind::Loss,
    Kind::Duplication,
    Kind::Reordering,
    Kind::Latency,
    Kind::Disk,
    Kind::Drift,
    Kind::Timers,
    Kind::Members,
    Kind::Orders,
    Kind::Choices,
];

impl Menu {
    /// All that there is.
    pub fn everything() -> Menu {
        Menu { kinds: u32::MAX, fixed: Vec::new(), hasty: false, usual: Vec::new() }
    }

    /// Each kind or not, as the seed has it; what is `needed` in any case.
    pub fn drawn(seed: u64, needed: &[Kind]) -> Menu {
        let chance = Chance::new(seed);
        // The draws of a plan are counted from 1.
        let on = |kind: &Kind| needed.contains(kind) || chance.below(Purpose::Fault, [0, *kind as u64], 2) == 0;
        let kinds = KINDS.iter().filter(|kind| on(kind)).fold(0, |kinds, kind| kinds | 1 << *kind as u32);
        Menu { kinds, fixed: Vec::new(), hasty: false, usual: Vec::new() }
    }

    /// The same where things follow each other quickly.
    #[must_use]
    pub fn hasty(self) -> Menu {
        Menu { hasty: true, ..self }
    }

    /// The same where this is so again once everything is mended: what is usual in this cluster.
    #[must_use]
    pub fn usually(self, usual: Vec<Step>) -> Menu {
        Menu { usual, ..self }
    }

    /// The same where operators leave these options as they are.
    #[must_use]
    pub fn fixing(self, names: Vec<String>) -> Menu {
        Menu { fixed: names, ..self }
    }

    /// Whether things of this kind may happen.
    pub fn has(&self, kind: Kind) -> bool {
        self.kinds >> kind as u32 & 1 == 1
    }

    /// Whether this may happen; what mends something always may.
    fn allows(&self, step: &Step) -> bool {
        let kind = match step {
            Step::Crash(_) | Step::Tear(_) => Kind::Crash,
            Step::Pause(_) => Kind::Pause,
            Step::Isolate(_) | Step::Partition(_) | Step::Cut(_) => Kind::Cut,
            Step::Rule(_, Rule::Loss(_)) => Kind::Loss,
            Step::Rule(_, Rule::Duplication(_)) => Kind::Duplication,
            Step::Rule(_, Rule::Reordering(_)) => Kind::Reordering,
            Step::Rule(_, Rule::Latency(_)) => Kind::Latency,
            Step::Disk(..) => Kind::Disk,
            Step::Drift(..) => Kind::Drift,
            Step::Align | Step::Spread => Kind::Timers,
            Step::Start(_) => Kind::Members,
            Step::Order(_, Order::Transfer(_) | Order::Compact | Order::Campaign | Order::Forget) => Kind::Orders,
            Step::Order(..) => Kind::Members,
            Step::Set(..) => Kind::Choices,
            _ => return true,
        };
        self.has(kind)
    }
}

fn draw(seed: u64, nodes: u8, choices: &[(&'static str, &'static str)], end: Time, menu: &Menu) -> Vec<Planned> {
    let mut draws = Draws { chance: Chance::new(seed), count: 0 };
    let first = nodes;
    let mut nodes = nodes;
    let mut plan = Vec::new();
    let calm = if menu.hasty { [10, 25, 60] } else { [40, 150, 600] };
    let calm = calm[usize::try_from(draws.below(3)).unwrap_or(0)];
    let mut now = Time::START;
    loop {
        now = now + Span::millis(10 + draws.below(calm));
        if now >= end {
            break;
        }
        if !choices.is_empty() && draws.below(5) == 0 {
            let steps = operators(&mut draws, nodes, choices);
            let room = nodes < first.saturating_add(NEWCOMERS).min(MAX_NODES) && menu.has(Kind::Members);
            if room && draws.below(20) == 0 {
                nodes += 1;
                plan.push((now, Step::Start(NodeId(nodes))));
            }
            plan.extend(steps.into_iter().filter(|step| menu.allows(step)).map(|step| (now, step)));
            continue;
        }
        let step = fault(&mut draws, nodes);
        if !menu.allows(&step) {
            continue;
        }
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
pub fn mended(nodes: u8) -> Vec<Step> {
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

    #[test]
    fn a_menu_has_half_of_the_kinds_and_all_that_is_needed() {
        let count = |seed| KINDS.iter().filter(|kind| Menu::drawn(seed, &[]).has(**kind)).count();
        let all: usize = (1..=200).map(count).sum();
        assert!((1100..1500).contains(&all), "{all} of 2600 kinds are on");
        assert!((1..=200).all(|seed| Menu::drawn(seed, &[Kind::Drift]).has(Kind::Drift)));
        let end = Time(60_000_000);
        let quiet = Menu { kinds: 1 << Kind::Crash as u32, ..Menu::drawn(1, &[]) };
        let plan = draw(7, 5, &[("noop", "true")], end, &quiet);
        let before = |step: &Planned| step.0 < end;
        let allowed = |step: &Step| matches!(step, Step::Crash(_) | Step::Tear(_) | Step::Restart(_)) || mends(step);
        assert!(plan.iter().filter(|step| before(step)).all(|(_, step)| allowed(step)), "{plan:?}");
        assert!(plan.iter().any(|(_, step)| matches!(step, Step::Crash(_))));
    }

    fn mends(step: &Step) -> bool {
        matches!(step, Step::Heal(_) | Step::Resume(_) | Step::ResumeAll)
    }
}
