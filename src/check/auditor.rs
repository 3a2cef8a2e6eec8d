//! The auditor looks at a cluster after each step and holds it to the protocol's properties.

use super::clients::{self, Clients};
use crate::protocol::{Claim, Contradiction, Moment, Property, Protocol};
use crate::sim::Cluster;
use crate::types::{NodeId, Time};

/// A property that does not hold, and what contradicts it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Violation {
    /// The name of the property: `election-safety`.
    pub property: &'static str,
    /// What it says.
    pub sentence: &'static str,
    /// Where it is stated.
    pub section: &'static str,
    /// Who contradicts whom.
    pub text: String,
    /// The same as data: which nodes, in which slots, and what they have there.
    pub claims: Vec<Claim>,
    /// When.
    pub at: Time,
    /// After how many steps.
    pub steps: u64,
    /// The how manyth time that the property was checked.
    pub looks: u64,
}

/// How many properties a protocol may have.
const MOST: usize = 16;

/// Remembers what the checks need of the past, and checks.
#[derive(Clone, Debug)]
pub struct Auditor<P: Protocol> {
    witness: P::Witness,
    /// Which properties are checked: a bit for each, in the order of [`Protocol::properties`].
    checked: u64,
    /// Which are about each kind of thing, a bit for each: all are asked at every step, and few are to be looked at.
    about: [u16; 32],
    /// How often each was looked at. Whoever explores keeps an auditor with each state that waits, so it is small.
    looks: [u32; MOST],
    /// Whether each is looked at whatever has changed.
    thorough: bool,
    /// What clients saw, judged; none where that is not looked at.
    clients: Option<Box<Clients>>,
}

/// Whether what clients see is judged: the package that a page loads first is to be small, and breaks no rule.
const JUDGES: bool = cfg!(any(feature = "contrast", not(target_arch = "wasm32")));

impl<P: Protocol> Default for Auditor<P> {
    fn default() -> Self {
        let clients = JUDGES.then(Box::default);
        let is_about = |kind: usize, property: &Property<P>| property.about >> kind & 1 != 0;
        let about = std::array::from_fn(|kind| {
            let all = P::properties().iter().enumerate();
            all.fold(0, |bits, (place, property)| bits | u16::from(is_about(kind, property)) << place)
        });
        let witness = P::Witness::default();
        Auditor { witness, checked: u64::MAX, about, looks: [0; MOST], thorough: false, clients }
    }
}

impl<P: Protocol> Auditor<P> {
    /// What it remembers.
    pub fn witness(&self) -> &P::Witness {
        &self.witness
    }

    /// How often each property was checked, in the order of [`Protocol::properties`]: whenever something that it is about
    /// had changed.
    pub fn looks(&self) -> &[u32] {
        &self.looks[..P::properties().len()]
    }

    /// What clients see, as a property: its name, its sentence, its section, and how many answers were judged; none where it
    /// is not promised, or not looked at any more.
    pub fn judged(&self) -> Option<(&'static str, &'static str, &'static str, u64)> {
        let clients = self.clients.as_ref().filter(|clients| JUDGES && clients.is_promised())?;
        Some((clients::NAME, clients::SENTENCE, clients::SECTION, clients.looks()))
    }

    /// From now on each property is checked whatever has changed: the same is found, and slower. So whoever doubts can
    /// compare.
    pub fn look_at_everything(&mut self) {
        self.thorough = true;
    }

    /// From now on what clients see is not judged: an explorer keeps an auditor with every state.
    pub fn leave_clients(&mut self) {
        self.clients = None;
    }

    /// From now on only these properties are checked: whoever wants to see one of them broken need not be stopped by
    /// another that tells the same mistake earlier.
    ///
    /// # Errors
    ///
    /// One sentence, where the protocol has no such property.
    pub fn check_only(&mut self, names: &[impl AsRef<str>]) -> Result<(), String> {
        let bit = |name: &str| {
            let place = P::properties().iter().position(|property| property.name == name);
            let bit = place.map(|place| 1 << place).or_else(|| (name == clients::NAME).then_some(0));
            bit.ok_or_else(|| {
                let known = P::properties().iter().map(|property| property.name).chain([clients::NAME]);
                let known: Vec<&str> = known.collect();
                format!("{} has no property `{name}`: expected {}", P::WORDS.title, known.join(", "))
            })
        };
        if names.iter().all(|name| name.as_ref() != clients::NAME) {
            self.clients = None;
        }
        self.checked =
            names.iter().map(|name| bit(name.as_ref())).try_fold(0, |bits, one| Ok::<_, String>(bits | one?))?;
        Ok(())
    }

    /// From now on this property is not checked any more.
    pub fn leave_out(&mut self, name: &str) {
        if name == clients::NAME {
            self.clients = None;
        }
        let place = P::properties().iter().position(|property| property.name == name);
        self.checked &= !place.map_or(0, |place| 1 << place);
    }

    /// Looks at what the cluster's last step has changed. To be called after every step: a check
    /// compares with what was seen before.
    ///
    /// # Errors
    ///
    /// The first property that does not hold.
    pub fn look(&mut self, cluster: &Cluster<P>) -> Result<(), Violation> {
        for changed in cluster.touched().iter() {
            self.look_at(cluster, changed)?;
        }
        if cluster.touched().is_empty() {
            P::remember_asked(&mut self.witness, cluster);
        }
        if JUDGES && let Some(clients) = &mut self.clients {
            let (at, steps) = (cluster.now(), cluster.steps());
            let (property, sentence, section) = (clients::NAME, clients::SENTENCE, clients::SECTION);
            if let Err(text) = clients.look(cluster) {
                let (claims, looks) = (Vec::new(), clients.looks());
                return Err(Violation { property, sentence, section, text, claims, at, steps, looks });
            }
        }
        Ok(())
    }

    fn look_at(&mut self, cluster: &Cluster<P>, changed: NodeId) -> Result<(), Violation> {
        let mut moment = Moment::new(changed, cluster.states(), cluster);
        if !self.thorough {
            moment.what = P::changed(&self.witness, &moment);
        }
        let (mut what, mut due) = (moment.what, 0);
        while what != 0 {
            due |= u64::from(self.about[what.trailing_zeros() as usize]);
            what &= what - 1;
        }
        due &= self.checked;
        while due != 0 {
            let place = due.trailing_zeros() as usize;
            due &= due - 1;
            let property = &P::properties()[place];
            self.looks[place] = self.looks[place].saturating_add(1);
            (property.check)(&self.witness, &moment).map_err(|found| {
                let Contradiction { text, claims } = *found;
                let (at, steps, looks) = (cluster.now(), cluster.steps(), u64::from(self.looks[place]));
                let Property { name: property, sentence, section, .. } = *property;
                Violation { property, sentence, section, text, claims, at, steps, looks }
            })?;
        }
        P::remember(&mut self.witness, &moment);
        Ok(())
    }
}
