//! What a leader does by the clock: it makes itself heard (paper, §5.2), counts whom it hears (dissertation, §6.2),
//! and measures how long it may rely on that (§6.4.1).

use crate::raft::bugs::Mistake;
use crate::raft::reconfigure::everybody;
use crate::raft::state::{Leader, Lease, Role};
use crate::raft::{AppendEntries, Config, Message, Note, Out, Raft, Timer};
use crate::types::{LogIndex, NodeId, NodeSet, Spread};

impl Raft {
    /// A new leader makes itself heard at once, with an entry of its own term where it may (§8).
    pub(super) fn take_office(&mut self, config: &Config, out: Out<'_>) {
        if config.noop {
            self.append_noop(out);
        }
        self.watch_quorum(config, out);
        self.begin_round(config, true, out);
        out.arm(Timer::Heartbeat, Spread::exactly(config.heartbeat));
        // Whoever is the only voter has nobody to wait for.
        self.learn_round(config, self.id, 0, out);
    }

    /// A leader says to everybody that it is there, and sends again what may have been lost.
    pub(super) fn beat(&mut self, config: &Config, out: Out<'_>) {
        let Some(leader) = self.led() else { return };
        leader.clock.0 = leader.clock.0.saturating_add(config.heartbeat.0);
        let round = leader.round;
        leader.leaving.retain(|leaving| leaving.until > round);
        out.arm(Timer::Heartbeat, Spread::exactly(config.heartbeat));
        self.begin_round(config, true, out);
        self.learn_round(config, self.id, 0, out);
    }

    /// Asks everybody whether this node still leads. `again`: and sends again what has not been answered.
    pub(super) fn begin_round(&mut self, config: &Config, again: bool, out: Out<'_>) {
        let Some(leader) = self.led() else { return };
        leader.round += 1;
        self.measure_lease(config, out);
        for peer in self.audience() {
            self.make_heard(config, peer, again, out);
        }
    }

    /// Everybody who is sent the log: who takes part, and who takes part no longer and does not know it yet.
    pub(super) fn audience(&self) -> impl Iterator<Item = NodeId> + use<> {
        let leaving: NodeSet = match &self.role {
            Role::Leader(leader) => everybody(&leader.leaving),
            _ => NodeSet::EMPTY,
        };
        self.members().all().or(leaving).without(self.id).iter()
    }

    /// An AppendEntries without entries, behind what the follower is known to have; it lets the follower commit no more
    /// than that.
    pub(super) fn send_heartbeat(&mut self, config: &Config, to: NodeId, out: Out<'_>) {
        let Role::Leader(leader) = &self.role else { return };
        let Some(peer) = leader.progress.get(to.slot()) else { return };
        let prev_index = peer.matched;
        let known = self.log.term_at(prev_index).map(|prev_term| (prev_index, prev_term));
        // Where the log does not reach back so far, the place before the first entry fits every log.
        let (prev_index, prev_term) = known.unwrap_or_default();
        let (commit, round) = (self.commit.min(peer.matched), leader.round);
        let commit = if config.makes(Mistake::CommitWithoutMinimum) { self.commit } else { commit };
        let entries = std::sync::Arc::new([]);
        let append = AppendEntries { term: self.term, prev_index, prev_term, entries, commit, round };
        self.send_as_leader(config, to, Message::AppendEntries(append), out);
    }

    /// A follower has answered a message of some round.
    pub(super) fn learn_round(&mut self, config: &Config, from: NodeId, round: u64, out: Out<'_>) {
        if config.makes(Mistake::ReadIndexAcksKeyedByCaller) {
            self.learn_by_caller(config, from, round, out);
        }
        let members = *self.members();
        let me = self.id;
        let Some(leader) = self.led() else { return };
        let latest = leader.round;
        if let Some(peer) = leader.progress.get_mut(from.slot()) {
            peer.heard = true;
            // Most answers are of a round that is known already. What this node answers itself is of the latest.
            if from != me && round <= peer.round {
                return;
            }
            peer.round = round.min(latest);
        }
        let peers = &leader.progress;
        let answered = |id: NodeId| if id == me { latest } else { peers.get(id.slot()).map_or(0, |peer| peer.round) };
        let confirmed = config.reached(&members, answered);
        if confirmed > leader.confirmed {
            leader.confirmed = confirmed;
            for lease in &mut leader.leases {
                if let Lease::Asked(round) = *lease {
                    *lease = if round <= confirmed { Lease::Held(round) } else { *lease };
                }
            }
            self.answer_reads(config, out);
        }
    }

    /// From here on time runs for whoever answers this round: until it is over, a majority votes for nobody else, if
    /// one answers. Of the two measures one is always free, or may be given up for a later one.
    fn measure_lease(&mut self, config: &Config, out: Out<'_>) {
        let Some(Leader { leases, round, handed_over, .. }) = self.led() else { return };
        if config.reads != crate::kv::Read::Lease || !config.withhold_votes || *handed_over {
            return;
        }
        let free = match leases {
            [Lease::None, _] => 0,
            [_, Lease::None] => 1,
            [Lease::Held(one), Lease::Held(other)] => usize::from(one > other),
            _ => return,
        };
        leases[free] = Lease::Asked(*round);
        out.arm([Timer::LeaseA, Timer::LeaseB][free], Spread::exactly(config.lease()));
    }

    /// A promise has run out.
    pub(super) fn end_lease(&mut self, which: usize, out: Out<'_>) {
        let Some(leader) = self.led() else { return };
        let held = leader.has_lease();
        leader.leases[which] = Lease::None;
        if held && !leader.has_lease() {
            out.note(Note::LeaseEnded);
        }
    }

    /// Where a leader must hear of a majority, it counts whom it has heard from time to time.
    pub(super) fn watch_quorum(&mut self, config: &Config, out: Out<'_>) {
        if config.check_quorum {
            out.arm(Timer::Quorum, Spread::exactly(config.election.min));
        }
    }

    /// A leader that has not heard of a majority for an election timeout leads nobody: it gives up, so that clients
    /// look for another (dissertation, §6.2).
    pub(super) fn count_who_is_heard(&mut self, config: &Config, out: Out<'_>) {
        let (members, me) = (*self.members(), self.id);
        let Some(leader) = self.led() else { return };
        let heard = |id: &NodeId| *id == me || leader.progress.get(id.slot()).is_some_and(|peer| peer.heard);
        let heard: NodeSet = members.all().with(me).iter().filter(heard).collect();
        leader.progress.iter_mut().for_each(|peer| peer.heard = false);
        if config.standing(&members, (heard, NodeSet::EMPTY), NodeSet::EMPTY) == crate::quorum::Standing::Won {
            return self.watch_quorum(config, out);
        }
        out.note(Note::NoQuorum { heard: heard.and(members.electorate()) });
        self.become_follower(config, self.term, None, out);
    }

    /// Whether everything up to `index` was committed in a term of this node's as leader, so that it knows all that is.
    pub(super) fn has_committed_in_its_term(&self) -> bool {
        self.log.term_at(self.commit) == Some(self.term)
    }

    /// What was led is over: whoever waited for something is told, as far as this node knows who leads now.
    pub(super) fn dismiss(&mut self, led: Leader, leader: Option<NodeId>, out: Out<'_>) {
        let hint = leader.or(led.transfer.map(|transfer| transfer.target));
        let waiting = led.reads.into_iter().filter_map(|read| read.request());
        for request in led.held.into_iter().map(|(request, _)| request).chain(waiting) {
            self.redirect(&request, hint, out);
        }
    }
}

impl Leader {
    /// Whether a majority votes for nobody else at the moment.
    pub(super) fn has_lease(&self) -> bool {
        !self.handed_over && self.leases.iter().any(|lease| matches!(lease, Lease::Held(_)))
    }

    /// The commit index that a follower may be told of at most: what is known to be there.
    pub(super) fn matched(&self, id: NodeId) -> LogIndex {
        self.progress.get(id.slot()).map_or(LogIndex::ZERO, |peer| peer.matched)
    }
}
