//! A state of an exploration: a cluster, what the checks remember, and what of the bounds was used; and its fingerprint.
//!
//! A fingerprint is a sum of hashes: one for each node with its disk, one for each client, one for each message on its way,
//! and one for what the checks remember. So when a move has changed one node, only that node is hashed anew, and the order
//! of the messages, which may overtake each other, does not matter. Each hash is made once for every way of naming the
//! nodes, and the fingerprint is the least of the sums: the same for states that differ in names alone.
//!
//! Time and the numbers of messages are in none of them, since nothing that can happen asks for either.

use std::hash::Hash;

use crate::chance::StableHasher;
use crate::check::{Auditor, Violation};
use crate::explored::Explored;
use crate::sim::{Away, Cluster, Fact, Happening, Payload, Step};
use crate::types::{MessageId, Names, NodeSet, Process};

use super::bounds::{Bounds, Used};
use super::moves::Move;

/// What is the same for all states of an exploration.
#[derive(Clone, Debug)]
pub(super) struct Rules {
    pub bounds: Bounds,
    /// The ways of naming the nodes, everybody's own first.
    pub namings: Vec<Names>,
}

/// A message that is on its way.
#[derive(Clone, Copy, Debug)]
struct Letter {
    id: MessageId,
    /// The hash of what it says.
    says: u64,
    /// Whether it was sent in this very move: nobody has asked yet whether it will ever change anything.
    fresh: bool,
    /// Whether it will never change anything any more: from then on it is as if it were not there.
    heard: bool,
}

/// A state of an exploration.
#[derive(Clone, Debug)]
pub(super) struct State<P: Explored> {
    pub cluster: Cluster<P>,
    pub used: Used,
    auditor: Auditor<P>,
    letters: Vec<Letter>,
    /// Of each node, and then of each client, a hash under each naming.
    hashes: Vec<u64>,
    /// The nodes that were changed since the hashes were made.
    dirty: NodeSet,
    /// Whether a client was.
    asked: bool,
    /// The nodes that were changed since this was taken up.
    changed: NodeSet,
}

/// A state that waits to be gone on from. What it has in common with the state before it is there once.
#[derive(Clone, Debug)]
pub(super) struct Waiting<P: Explored> {
    cluster: Away<P>,
    used: Used,
    auditor: Auditor<P>,
    letters: Vec<Letter>,
    hashes: Vec<u64>,
}

impl<P: Explored> State<P> {
    /// Where an exploration begins.
    pub(super) fn new(cluster: Cluster<P>, auditor: Auditor<P>) -> Self {
        let all = NodeSet::first(cluster.count());
        let letters = cluster.network().flights().map(|flight| Letter::new(flight.id, &flight.payload)).collect();
        let (hashes, used, changed) = (Vec::new(), Used::default(), NodeSet::EMPTY);
        let mut state = State { cluster, used, auditor, letters, hashes, dirty: all, asked: true, changed };
        // Whatever waits at a client's door is heard before anything else happens.
        state.let_clients_hear(&mut None).expect("what clients hear breaks no promise");
        state
    }

    /// A copy to go on from, where nothing need be shared.
    pub(super) fn kept(&self) -> Self {
        State {
            cluster: self.cluster.kept(),
            used: self.used,
            auditor: self.auditor.clone(),
            letters: self.letters.clone(),
            hashes: self.hashes.clone(),
            dirty: self.dirty,
            asked: self.asked,
            changed: NodeSet::EMPTY,
        }
    }

    /// Puts this away, after its fingerprint was asked for. `before` is what it was taken up from, with which it shares what it can.
    pub(super) fn put_away(&self, before: Option<&Waiting<P>>) -> Waiting<P> {
        debug_assert!(self.dirty.is_empty() && !self.asked, "hashes are put away with what they are of");
        Waiting {
            cluster: self.cluster.put_away(before.map(|before| &before.cluster), self.changed),
            used: self.used,
            auditor: self.auditor.clone(),
            letters: self.letters.clone(),
            hashes: self.hashes.clone(),
        }
    }

    /// Goes on from there. `before` is what this was taken up from last.
    pub(super) fn take_up(&mut self, from: &Waiting<P>, before: &Waiting<P>) {
        self.cluster.take_up(&from.cluster, &before.cluster, self.changed);
        self.used = from.used;
        self.auditor.clone_from(&from.auditor);
        self.letters.clone_from(&from.letters);
        self.hashes.clone_from(&from.hashes);
        (self.dirty, self.asked, self.changed) = (NodeSet::EMPTY, false, NodeSet::EMPTY);
    }

    /// The messages that can arrive next: of those that say the same on one link only one, and where links keep their
    /// order, the first of each.
    pub(super) fn to_arrive(&self, in_order: bool) -> impl Iterator<Item = MessageId> {
        let same = move |one: &Letter, other: &Letter| {
            (one.id.from, one.id.to) == (other.id.from, other.id.to) && (in_order || one.says == other.says)
        };
        let waits = self.letters.iter().enumerate().filter(|(_, letter)| !letter.heard);
        waits
            .filter(move |(place, letter)| {
                !self.letters[..*place].iter().any(|other| !other.heard && same(other, letter))
            })
            .map(|(_, letter)| letter.id)
    }

    /// Does a move, and lets clients hear what they are answered. `told` takes the steps down.
    ///
    /// # Errors
    ///
    /// `Err(Some)`: a promise was broken. `Err(None)`: it cannot be done, as a wish may turn out; the state is then of no
    /// use any more but to be taken back.
    pub(super) fn carry_out(
        &mut self,
        rules: &Rules,
        next: Move,
        told: &mut Option<Vec<Step>>,
    ) -> Result<(), Option<Violation>> {
        for step in next.steps::<P>(rules, &self.used) {
            self.step(step, told)?;
        }
        if let Move::Ask(client, node) = next {
            // Only now is it known which message the request is.
            let sent = self
                .letters
                .iter()
                .rev()
                .find(|letter| (letter.id.from, letter.id.to) == (Process::Client(client), Process::Node(node)));
            let id = sent.map(|letter| letter.id).ok_or(None)?;
            self.step(Step::Deliver(id), told)?;
        }
        next.charge::<P>(&mut self.used);
        self.let_clients_hear(told)?;
        if rules.bounds.reduction || !rules.bounds.late {
            self.put_aside(&rules.bounds);
        }
        Ok(())
    }

    fn let_clients_hear(&mut self, told: &mut Option<Vec<Step>>) -> Result<(), Option<Violation>> {
        while let Some(letter) = self.letters.iter().find(|letter| matches!(letter.id.to, Process::Client(_))) {
            self.step(Step::Deliver(letter.id), told)?;
        }
        Ok(())
    }

    fn step(&mut self, step: Step, told: &mut Option<Vec<Step>>) -> Result<(), Option<Violation>> {
        self.cluster.apply(&step).map_err(|_| None)?;
        if let Some(told) = told {
            told.push(step);
        }
        for fact in self.cluster.facts() {
            match fact {
                Fact::Happened(Happening::Sent(id) | Happening::Duplicated { copy: id, .. }) => {
                    let flight = self.cluster.network().flight(*id);
                    self.letters.extend(flight.map(|flight| Letter::new(*id, &flight.payload)));
                }
                Fact::Delivered(flight) | Fact::Lost(flight, _) => {
                    self.letters.retain(|letter| letter.id != flight.id);
                }
                Fact::Happened(Happening::Asked { .. } | Happening::Answered(..) | Happening::Waited(..)) => {
                    self.asked = true;
                }
                _ => {}
            }
        }
        let touched = self.cluster.touched();
        (self.dirty, self.changed) = (self.dirty.or(touched), self.changed.or(touched));
        self.auditor.look(&self.cluster).map_err(Some)
    }

    /// Puts messages aside that will never change anything.
    ///
    /// **Why nothing is missed.** Let `m` be such a message in a state `s`. Whatever happens from `s` on, delivering `m`
    /// changes no node, sends nothing and lets no property see anything ([`Explored::has_heard`]), so it commutes with
    /// every other move: a schedule that delivers `m` somewhere leads through the same states as the one that leaves it
    /// out, but for `m` itself being on its way; and `m` enables nothing, since a message on its way can only be delivered,
    /// lost or doubled, and none of these does anything. So the delivery of `m` alone is a persistent set of `s` (Godefroid,
    /// *Partial-Order Methods*, 1996, §4), it is invisible to the properties, and it cannot be postponed for ever, as each
    /// such delivery leaves one message less. Exploring it alone and first reaches every state that matters; and as it
    /// changes nothing, it need not even be carried out.
    fn put_aside(&mut self, bounds: &Bounds) {
        let State { cluster, letters, dirty, .. } = self;
        for letter in letters.iter_mut().filter(|letter| !letter.heard) {
            let (Process::Node(to), from) = (letter.id.to, letter.id.from) else { continue };
            if !std::mem::take(&mut letter.fresh) && !dirty.contains(to) {
                continue;
            }
            let (Some(node), Some(flight)) = (&cluster.states()[to.slot()], cluster.network().flight(letter.id)) else {
                continue;
            };
            if let Payload::Protocol(message) = &flight.payload {
                let disk = cluster.host(to).disk.durable();
                let is_late = |from| matches!(from, Process::Node(from) if node.is_late(disk, from, message));
                letter.heard = bounds.reduction && node.has_heard(cluster.config(), disk, message)
                    || !bounds.late && is_late(from);
            }
        }
    }

    /// What tells this state from all others with another future.
    pub(super) fn fingerprint(&mut self, rules: &Rules) -> u64 {
        self.hash_what_changed(rules);
        let mut same = StableHasher::default();
        self.used.hash(&mut same);
        P::fold_witness(self.auditor.witness(), &mut same);
        if !rules.bounds.wishes.is_empty() {
            // Only a wish can cut links or choose something anew.
            self.cluster.fold_world(&mut same);
        }
        let same = std::hash::Hasher::finish(&same);
        let width = rules.namings.len();
        let sum = |(place, names): (usize, &Names)| {
            let own = self.hashes.iter().skip(place).step_by(width).copied().fold(0, u64::wrapping_add);
            let letters = self.letters.iter().enumerate().filter(|(_, letter)| !letter.heard);
            let letters = letters.map(|(at, letter)| {
                let before = if rules.bounds.in_order { self.earlier(at) } else { 0 };
                letter.hash(names, before)
            });
            let mut whose = StableHasher::default();
            P::fold_witness_names(self.auditor.witness(), names, &mut whose);
            whose.fold(same);
            letters.fold(own, u64::wrapping_add).wrapping_add(std::hash::Hasher::finish(&whose))
        };
        // The least of some numbers is small: hashed once more, it is spread over all of them again.
        StableHasher::of(&rules.namings.iter().enumerate().map(sum).min())
    }

    /// How many messages on its link are before a message.
    fn earlier(&self, at: usize) -> u64 {
        let link = |letter: &Letter| (letter.id.from, letter.id.to);
        let before = self.letters[..at].iter().filter(|other| !other.heard && link(other) == link(&self.letters[at]));
        before.count() as u64
    }

    fn hash_what_changed(&mut self, rules: &Rules) {
        let width = rules.namings.len();
        let State { cluster, hashes, dirty, asked, .. } = self;
        let room = (usize::from(cluster.count()) + cluster.clients().len()) * width;
        if hashes.len() != room {
            // A node is new: the clients have other places.
            (*dirty, *asked) = (NodeSet::first(cluster.count()), true);
            *hashes = vec![0; room];
        }
        for node in std::mem::take(dirty).iter() {
            let (host, state) = (cluster.host(node), cluster.states()[node.slot()].as_ref());
            let durable = host.disk.durable();
            let mut plain = StableHasher::default();
            if let Some(state) = state {
                state.fold_node(host.disk.unflushed() as u64, &mut plain);
            }
            P::fold_disk(durable, &mut plain);
            host.fold(&mut plain);
            host.disk.fold_waiting(&mut plain);
            let places = &mut hashes[node.slot() * width..][..width];
            for (names, place) in rules.namings.iter().zip(places) {
                let mut named = plain;
                named.fold(u64::from(names.of(node).0));
                if let Some(state) = state {
                    state.fold_names(names, &mut named);
                }
                P::fold_disk_names(durable, names, &mut named);
                *place = std::hash::Hasher::finish(&named);
            }
        }
        if std::mem::take(asked) {
            let before = usize::from(cluster.count());
            for client in cluster.clients() {
                let places = &mut hashes[(before + client.id.slot()) * width..][..width];
                for (names, place) in rules.namings.iter().zip(places) {
                    let mut hasher = StableHasher::default();
                    client.id.hash(&mut hasher);
                    client.fold(names, &mut hasher);
                    *place = std::hash::Hasher::finish(&hasher);
                }
            }
        }
    }
}

impl Letter {
    fn new<M: Hash>(id: MessageId, payload: &Payload<M>) -> Letter {
        Letter { id, says: StableHasher::of(payload), fresh: true, heard: false }
    }

    fn hash(&self, names: &Names, before: u64) -> u64 {
        let end = |process| match process {
            Process::Node(id) => u64::from(names.of(id).0),
            Process::Client(id) => 0x80 | u64::from(id.0),
        };
        let mut hasher = StableHasher::default();
        hasher.fold(self.says);
        hasher.fold(before << 16 | end(self.id.from) << 8 | end(self.id.to));
        std::hash::Hasher::finish(&hasher)
    }
}

/// The nodes that could take each other's names, if any may.
pub(super) fn namings<P: Explored>(cluster: &Cluster<P>, bounds: &Bounds) -> Vec<Names> {
    // Each way costs a hash of whatever changes: more than these cost more than they save.
    const MOST: usize = 24;
    let even = cluster.is_even();
    let groups = if even && bounds.name_nobody() { P::alike(cluster.config(), cluster.states()) } else { Vec::new() };
    Names::among(&groups, MOST)
}
