//! Seeds: each is a cluster of its own, with what is on in it and what goes wrong in it drawn.
//!
//! "Swarm testing": a run in which everything may happen hardly ever comes to where only a few things happen often. So each
//! seed has each option and each kind of fault with a chance of a half, and the runs together see more.

use crate::chance::{Chance, Purpose};
use crate::check::LIVENESS;
use crate::check::swarm::{Failed, Passed};
use crate::hunt::Case;
use crate::hunt::{simpler, told};
use crate::playground::{self, Ordeal};
use crate::protocol::{Bug, Need};
use crate::scenario::{Act, Condition, Line, Scenario, Wait};
use crate::settings::Settings;
use crate::sim::faults::{Kind, Menu};
use crate::sim::{Links, Refused, Rule, Step};
use crate::types::{Span, Time};

/// The name of a property that stands for all of them.
pub const ANY: &str = "any";

/// Where seeds are looked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Field {
    /// What every run has; what is said here is drawn for none.
    pub settings: Settings,
    /// How long the faults last.
    pub span: Span,
    /// Which property is looked for; none for all. Where a mistake is made that breaks one, it is that one.
    pub property: Option<String>,
    /// Whether anything is drawn: else every run has these settings, and all may go wrong in it.
    pub drawn: bool,
}

impl Field {
    /// The mistake that is made, with what it needs to do harm.
    fn bug(&self) -> Option<Bug> {
        let chosen = self.settings.bug.as_ref()?;
        let bugs = playground::bugs(&self.settings.protocol).ok()?;
        bugs.iter().find(|bug| chosen.split_whitespace().any(|name| name == bug.name)).copied()
    }

    /// How the run of a seed starts, and what may go wrong in it.
    ///
    /// # Errors
    ///
    /// One sentence, where the settings ask for what cannot be.
    pub fn draw(&self, seed: u64) -> Result<(Settings, Menu), Refused> {
        let bug = self.bug();
        let mut base = self.settings.clone();
        let names = |settings: &Settings| -> Vec<String> {
            settings.options.iter().map(|(name, _)| (*name).to_string()).collect()
        };
        for (name, value) in bug.iter().flat_map(|bug| bug.with) {
            let said = names(&base).iter().any(|said| said == name) || base.chosen(name).is_some();
            if !said {
                base.set(name, value)?;
            }
        }
        if !self.drawn {
            let menu = Menu::everything().fixing(names(&base)).usually(usual(&base));
            return Ok((Settings { seed, traffic: true, ..base }, menu));
        }
        let mut draws = Draws { chance: Chance::new(seed), count: 0 };
        if bug.is_some_and(|bug| bug.breaks == LIVENESS) && draws.below(2) == 0 {
            let chosen = names(&base);
            let open = |name: &str, said: bool| !said && !chosen.iter().any(|chosen| chosen == name);
            let said = |name: &str| match name {
                "network.latency" => base.world.latency.is_some(),
                "clocks.n1" => !base.world.clocks.is_empty(),
                _ => false,
            };
            let open: Vec<_> = ALWAYS_FIRST.iter().filter(|(name, _)| open(name, said(name))).collect();
            open.into_iter().try_for_each(|(name, value)| base.set(name, value))?;
        }
        let mut settings = Settings { seed, traffic: true, ..base.clone() };
        for size in simpler::sizes(&base).iter().filter(|size| base.chosen(size.name).is_none()) {
            // Three and five are what most are; sizes that are drawn stay small, so that a run is quick.
            let most = size.most.min(if size.name == "num_clients" { 5 } else { 7 });
            let drawn = size.least + draws.below(most - size.least + 1);
            let usual = [3, 5].into_iter().filter(|n| (size.least..=most).contains(n));
            let usual: Vec<u64> = usual.chain([size.value]).collect();
            let place = usize::try_from(draws.below(usual.len() as u64)).unwrap_or(0);
            settings = settings.with(size.name, if draws.below(3) == 0 { drawn } else { usual[place] });
        }
        let whims = playground::whims(&settings.protocol)?;
        let mut before = "";
        for (name, _) in whims {
            let next = std::mem::replace(&mut before, name) != *name;
            if next && draws.below(2) == 0 && !names(&base).iter().any(|said| said == name) {
                let values: Vec<&str> =
                    whims.iter().filter(|(other, _)| other == name).map(|(_, value)| *value).collect();
                let place = usize::try_from(draws.below(values.len() as u64)).unwrap_or(0);
                settings.set(name, values[place])?;
            }
        }
        draws.world(&base, &mut settings)?;
        let needed: Vec<Kind> = bug.iter().flat_map(|bug| bug.needs).flat_map(|need| kinds(*need)).copied().collect();
        let menu = Menu::drawn(seed, &needed).fixing(names(&base)).usually(usual(&base));
        // What has to come together for a mistake to show comes together rarely.
        let menu = if bug.is_some() && draws.below(2) == 0 { menu.hasty() } else { menu };
        Ok((settings, menu))
    }

    /// Starts the run of a seed.
    ///
    /// # Errors
    ///
    /// As [`Field::draw`].
    pub fn start(&self, seed: u64) -> Result<Attempt, Refused> {
        self.begin(self.draw(seed)?)
    }

    /// Starts the same run as it is without the mistake: all else that was drawn for this seed is so.
    ///
    /// # Errors
    ///
    /// As [`Field::draw`].
    pub fn start_without(&self, seed: u64) -> Result<Attempt, Refused> {
        let (settings, menu) = self.draw(seed)?;
        self.begin((Settings { bug: None, ..settings }, menu))
    }

    fn begin(&self, (settings, menu): (Settings, Menu)) -> Result<Attempt, Refused> {
        let property = self.property.as_deref().or(self.bug().map(|bug| bug.breaks));
        let property = property.filter(|property| ![ANY, LIVENESS].contains(property));
        let ordeal = playground::ordeal(&settings, self.span, &menu, property)?;
        Ok(Attempt { settings, ordeal })
    }

    /// Runs a seed to its end.
    ///
    /// # Errors
    ///
    /// As [`Field::draw`]. What became of the run is in the result within.
    pub fn run(&self, seed: u64) -> Result<Result<Passed, Found>, Refused> {
        let mut attempt = self.start(seed)?;
        loop {
            if let Some(end) = attempt.advance(u64::MAX) {
                return Ok(end);
            }
        }
    }
}

/// Where a mistake costs time, this has it cost all of it: the same node comes first each time, and whatever it does reaches the
/// others before they do anything themselves.
const ALWAYS_FIRST: [(&str, &str); 3] =
    [("election", "150ms..155ms"), ("network.latency", "1ms"), ("clocks.n1", "+20%")];

/// What is said of links, disks and clocks holds again once the faults have ended.
fn usual(settings: &Settings) -> Vec<Step> {
    let world = &settings.world;
    let latency = world.latency.map(|latency| Step::Rule(Links::All, Rule::Latency(latency)));
    let disk = world.disk.map(|takes| Step::Disk(None, takes));
    let disks = world.disks.iter().map(|(node, takes)| Step::Disk(Some(*node), *takes));
    let clocks = world.clocks.iter().map(|(node, drift)| Step::Drift(*node, *drift));
    latency.into_iter().chain(disk).chain(disks).chain(clocks).collect()
}

/// What may go wrong where a mistake needs this.
fn kinds(need: Need) -> &'static [Kind] {
    match need {
        Need::Crash => &[Kind::Crash],
        Need::Loss => &[Kind::Cut, Kind::Loss],
        Need::Reorder => &[Kind::Reordering, Kind::Latency],
        Need::Duplicate => &[Kind::Duplication],
        Need::Skew => &[Kind::Drift],
        Need::Order => &[Kind::Members],
    }
}

/// The run of a seed, under way.
pub struct Attempt {
    settings: Settings,
    ordeal: Box<dyn Ordeal>,
}

/// A run that did not keep its promises.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Found {
    /// How it started.
    pub settings: Settings,
    /// What was done to it.
    pub taken: Vec<crate::check::shrink::Taken>,
    /// What came of it.
    pub failed: Failed,
}

impl Attempt {
    /// Goes on for about so many steps; what became of the run, once it has ended.
    pub fn advance(&mut self, steps: u64) -> Option<Result<Passed, Found>> {
        let end = self.ordeal.advance(steps)?;
        Some(end.map_err(|failed| Found {
            settings: self.settings.clone(),
            taken: self.ordeal.taken().to_vec(),
            failed,
        }))
    }

    /// How many steps there were.
    pub fn steps(&self) -> u64 {
        self.ordeal.steps()
    }
}

impl Found {
    /// The name of what fell: a property, `liveness`, or `assertion` where the program itself fell over.
    pub fn property(&self) -> &str {
        match &self.failed {
            Failed::Broken(violation) => violation.property,
            Failed::Stuck { .. } => LIVENESS,
            Failed::Panicked(_) => "assertion",
        }
    }

    /// The run as it was, as a scenario: what was done, when, and what came of it.
    pub fn scenario(&self, span: Span) -> Scenario {
        let at = |when: Time, act| Line { wait: Some(Wait::At(when.into())), act: Some(act) };
        let mut script: Vec<Line> =
            self.taken.iter().map(|taken| at(taken.at, Act::Step(taken.step.clone()))).collect();
        let seed = self.settings.seed;
        let mut title = format!("Seed {seed}: {}", self.failed);
        match &self.failed {
            Failed::Broken(violation) => {
                script.push(at(violation.at, Act::Expect(Condition::Violation(Some(violation.property.to_string())))));
            }
            Failed::Stuck { what, at: end } => {
                script.push(at(*end, Act::Expect(told::without_progress(what))));
            }
            Failed::Panicked(_) => title = format!("Seed {seed}, {span} of faults: {}", self.failed),
        }
        Scenario { title, settings: self.settings.clone(), script, ..Scenario::default() }
    }

    /// The run as a case to be shrunk. None where the program itself fell over; and where there was no progress, and would
    /// be none without a mistake either: then whatever keeps everybody down is as good a reason.
    ///
    /// # Errors
    ///
    /// As [`Case::recorded`].
    pub fn case(&self) -> Option<Result<Case, Refused>> {
        let recorded = |end| Case::recorded(&self.settings, &self.taken, end, self.property());
        match &self.failed {
            Failed::Broken(violation) => Some(recorded(violation.at)),
            Failed::Stuck { at, .. } => recorded(*at).ok().filter(Case::is_guilty).map(Ok),
            Failed::Panicked(_) => None,
        }
    }
}

/// Draws in a row, keyed by their count, apart from those of faults.
struct Draws {
    chance: Chance,
    count: u64,
}

impl Draws {
    fn below(&mut self, bound: u64) -> u64 {
        self.count += 1;
        self.chance.below(Purpose::Fault, [self.count, 1], bound)
    }

    /// Links, disks and clocks, each as usual or otherwise.
    fn world(&mut self, base: &Settings, settings: &mut Settings) -> Result<(), Refused> {
        let world = &base.world;
        let mut one = |said: bool, name: &str, values: &[&str]| {
            let place = usize::try_from(self.below(2 * values.len() as u64)).unwrap_or(0);
            match values.get(place) {
                Some(value) if !said => settings.set(name, value),
                _ => Ok(()),
            }
        };
        one(world.latency.is_some(), "network.latency", &["1ms", "1ms..5ms", "5ms..60ms", "20ms..40ms"])?;
        one(world.loss.is_some(), "network.loss", &["1%", "5%", "10%"])?;
        one(world.duplication.is_some(), "network.duplication", &["1%", "5%", "20%"])?;
        one(world.reordering.is_some(), "network.reordering", &["5%", "20%", "50%"])?;
        one(world.disk.is_some(), "disk.all", &["0ms..5ms", "0ms..20ms", "5ms..10ms"])?;
        one(!world.clocks.is_empty(), "clocks.n1", &["+5%", "-5%"])
    }
}
