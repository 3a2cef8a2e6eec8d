//! How the members change: by an entry of the log that counts as soon as it is there (paper, §6; dissertation, §4).
//!
//! One change at a time: the next one may begin once the entry of the last is committed, and once the leader has
//! committed an entry of its own term, without which two leaders in turn could begin changes that know nothing of
//! each other (Ongaro on raft-dev, July 2015).

use crate::protocol::Order;
use crate::raft::bugs::Mistake;
use crate::raft::progress::Progress;
use crate::raft::{Config, Content, Members, Note, Out, Raft};
use crate::types::{LogIndex, NodeId, NodeSet};

/// For how many rounds a node that takes part no longer is told so, if it does not answer.
const ROUNDS_TO_LEAVE: u64 = 100;

impl Raft {
    /// Why a leader cannot change the members in this way, as things stand.
    pub(super) fn refusal_of_change(&self, config: &Config, order: Order) -> Option<String> {
        let (at, now) = self.roll.last();
        let transfer = match &self.role {
            crate::raft::state::Role::Leader(leader) => leader.transfer,
            _ => None,
        };
        if let Some(transfer) = transfer {
            return Some(format!("{} hands over to {}: expected an end of that first", self.id, transfer.target));
        }
        if *at > self.commit {
            return Some(format!("a change is under way: its entry {at}, `{now}`, is not committed yet"));
        }
        if now.is_joint() != (order == Order::Leave) {
            let one = format!("the members are `{now}`: expected `leave` before any other change");
            return Some(if now.is_joint() { one } else { "no change is half done".to_string() });
        }
        if config.own_term_first
            && !config.makes(Mistake::SingleServerBeforeOwnTerm)
            && !self.has_committed_in_its_term()
        {
            return Some(format!("{} has committed nothing in term {} yet: expected that first", self.id, self.term));
        }
        let why = match order {
            Order::Add(id) if now.voters.contains(id) => format!("{id} votes already"),
            Order::Learn(id) if now.learners.contains(id) => format!("{id} is a learner already"),
            Order::Remove(id) if !now.all().contains(id) => {
                format!("{id} takes no part: expected one of {}", now.all())
            }
            Order::Members { voters, learners, .. } if !voters.and(learners).is_empty() => {
                format!("{} cannot both vote and not vote", voters.and(learners))
            }
            Order::Members { voters, learners, .. } if (voters, learners) == (now.voters, now.learners) => {
                format!("the members are `{now}` already")
            }
            _ if self.changed(config, order).voters.is_empty() => "nobody would vote: expected one voter".to_string(),
            _ => return None,
        };
        Some(why)
    }

    /// Who takes part after an order is carried out, or half carried out.
    fn changed(&self, config: &Config, order: Order) -> Members {
        let now = *self.members();
        let (voters, learners) = match order {
            Order::Add(id) => (now.voters.with(id), now.learners.without(id)),
            Order::Learn(id) => (now.voters.without(id), now.learners.with(id)),
            Order::Remove(id) => (now.voters.without(id), now.learners.without(id)),
            Order::Members { voters, learners, stay } => {
                let joint = config.joint && !config.makes(Mistake::OneStepSwap);
                if joint && !voters.is_empty() && (stay || now.is_far_from(voters)) {
                    return now.joint_with(voters, learners, stay);
                }
                (voters, learners)
            }
            _ => return now.left(),
        };
        Members { voters, learners, ..Members::default() }
    }

    /// A leader puts the new members into its log, where they count at once.
    pub(super) fn change_members(&mut self, config: &Config, order: Order, out: Out<'_>) {
        let members = self.changed(config, order);
        self.put_members(config, members, out);
    }

    fn put_members(&mut self, config: &Config, members: Members, out: Out<'_>) {
        let before = self.members().all();
        let batch = self.append_counted(Content::Members(members), out);
        let index = batch.last();
        self.roll.say(index, members);
        let me = self.id;
        let Some(leader) = self.led() else { return };
        let until = leader.round + ROUNDS_TO_LEAVE;
        for id in members.all().minus(before).iter() {
            while leader.progress.len() <= id.slot() {
                leader.progress.push(Progress::new(index));
            }
            leader.progress[id.slot()] = Progress::new(index);
        }
        leader.leaving.retain(|leaving| !members.all().contains(leaving.node));
        let gone = before.minus(members.all()).without(me).iter();
        leader.leaving.extend(gone.map(|node| Leaving { node, index, until }));
        out.note(Note::ChangesMembers { index, members });
        self.send_to_all(config, &batch, out);
    }

    /// More is committed: a joint configuration is ended once it is, unless that waits for an operator (§6).
    pub(super) fn go_on_with_change(&mut self, config: &Config, out: Out<'_>) {
        let (at, members) = *self.roll.last();
        if self.is_leader() && at <= self.commit && members.is_joint() && !members.stays {
            self.put_members(config, members.left(), out);
        }
    }

    /// A node that takes part no longer, and that has heard so, is let go once it knows that this is committed.
    pub(super) fn let_go(&mut self, config: &Config, from: NodeId, out: Out<'_>) {
        let commit = self.commit;
        let Some(leader) = self.led() else { return };
        let Some(place) = leader.leaving.iter().position(|leaving| leaving.node == from) else { return };
        let index = leader.leaving[place].index;
        if index <= commit && leader.matched(from) >= index {
            leader.leaving.remove(place);
            self.send_heartbeat(config, from, out);
        }
    }

    /// Once it is committed that this node does not vote any more, it leads no longer: whoever has most of its log takes
    /// over (§6; dissertation, §4.2.2). A node that takes no part at all stops.
    pub(super) fn retire_if_removed(&mut self, config: &Config, before: LogIndex, out: Out<'_>) {
        let (at, members) = *self.roll.last();
        if at > self.commit || members.electorate().contains(self.id) {
            return;
        }
        if let Some(leader) = self.led() {
            let ahead = |id: &NodeId| (leader.matched(*id), std::cmp::Reverse(*id));
            let successor = members.electorate().iter().max_by_key(ahead);
            out.note(Note::Retires { successor });
            if let Some(successor) = successor {
                self.ask_to_take_over(config, successor, out);
            }
            self.become_follower(config, self.term, None, out);
        } else if at > before && !members.all().contains(self.id) {
            out.note(Note::Removed { index: at });
            self.become_follower(config, self.term, None, out);
        }
        self.await_leader(config, out);
    }

    /// Whether this node takes no part, as far as its log says.
    pub(super) fn is_outsider(&self) -> bool {
        !self.members().all().contains(self.id)
    }

    /// Who takes part without a vote.
    pub(super) fn is_learner(&self) -> bool {
        !self.members().electorate().contains(self.id) && self.members().learners.contains(self.id)
    }
}

/// A node that takes part no longer and does not know it yet.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) struct Leaving {
    /// Which.
    pub node: NodeId,
    /// The entry that says so.
    pub index: LogIndex,
    /// The round in which it is given up.
    pub until: u64,
}

/// Everybody who is leaving.
pub(super) fn everybody(leaving: &[Leaving]) -> NodeSet {
    leaving.iter().map(|leaving| leaving.node).collect()
}
