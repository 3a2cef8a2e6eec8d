//! What clients see, judged answer by answer: one server could have given them all of it.
//!
//! It is looked at only where it is promised ([`Protocol::forgoes`]): from the first step on which it is not, nothing more is
//! said of the run. A get that wants less than that (`by local`, `by lease`) is left out, as it changes nothing. A run that
//! starts with something on its disks is not judged, since nobody knows what came of that.

use super::linearizability::{Online, Op};
use crate::kv::{Read, outcome_text};
use crate::protocol::{Answer, Protocol};
use crate::sim::{Cluster, Fact, Happening};
use crate::types::{ClientId, SortedMap, Text};

use super::requests;

/// The name of the property.
pub(super) const NAME: &str = "linearizability";
/// What it says.
pub(super) const SENTENCE: &str =
    "One server could have given clients all their answers, each at a moment while it was asked for.";
/// Where it is stated.
pub(super) const SECTION: &str = "Herlihy and Wing 1990";

/// What is known of all requests so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Clients {
    keys: SortedMap<Text, Online>,
    /// The running request of each client: the number of the request, and that under which it is judged.
    running: SortedMap<ClientId, (u64, u64)>,
    asked: u64,
    /// How many answers were judged.
    looks: u64,
    begun: bool,
    /// Whether it is not promised, or was not at some step before.
    forgone: bool,
}

impl Clients {
    /// Whether it is promised, and was at every step before.
    pub(super) fn is_promised(&self) -> bool {
        !self.forgone
    }

    /// How many answers were judged.
    pub(super) fn looks(&self) -> u64 {
        self.looks
    }

    /// Takes note of the last step.
    ///
    /// # Errors
    ///
    /// The answer that no order explains, in a sentence.
    pub(super) fn look<P: Protocol>(&mut self, cluster: &Cluster<P>) -> Result<(), String> {
        if !self.begun {
            self.begun = true;
            self.forgone = cluster.states().iter().flatten().any(|state| state.last_slot() > 0);
        }
        if self.forgone {
            return Ok(());
        }
        if P::forgoes(cluster.config()).is_some() {
            *self = Clients { begun: true, forgone: true, ..Clients::default() };
            return Ok(());
        }
        if !cluster.concerns_clients() {
            return Ok(());
        }
        for fact in cluster.facts() {
            match fact {
                Fact::Happened(Happening::Asked { client, request, attempt: 1, .. }) => {
                    let less = matches!(request.read, Some(Read::Local | Read::Lease));
                    let (Some((_, seq)), Some(key), Some(op)) =
                        (request.origin, request.command.key(), Op::of(&request.command))
                    else {
                        continue;
                    };
                    self.running.remove(client);
                    if less {
                        continue;
                    }
                    self.asked += 1;
                    self.running.insert(*client, (seq, self.asked));
                    let id = self.asked;
                    self.key(key).asked(id, op);
                }
                Fact::Happened(Happening::Answered(client, request, _, answer)) => {
                    let running = self.running.get(client).copied();
                    let Some((_, id)) = running.filter(|(seq, _)| request.origin == Some((*client, *seq))) else {
                        continue;
                    };
                    let Some(key) = request.command.key() else { continue };
                    match answer {
                        Answer::Done(outcome) => {
                            self.running.remove(client);
                            self.looks += 1;
                            if !self.key(key).answered(id, &requests::answer(outcome)) {
                                let (asked, told) = (&request.command, outcome_text(outcome));
                                return Err(format!(
                                    "{client} is told {told} to `{asked}`, which no order of all requests about {key} \
                                     explains together with what clients were told before"
                                ));
                            }
                        }
                        Answer::Failed | Answer::Expired => {
                            self.running.remove(client);
                            self.key(key).lost(id);
                        }
                        Answer::Redirect(_) | Answer::Busy => {}
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn key(&mut self, key: &Text) -> &mut Online {
        if self.keys.get(key).is_none() {
            self.keys.insert(key.clone(), Online::default());
        }
        self.keys.get_mut(key).expect("it is there")
    }
}
