//! What a Raft node notes for whoever watches: facts with their reasons and sections.

use std::sync::Arc;

use crate::kv::{Outcome, Read, Request};
use crate::raft::{Applied, Members};
use crate::types::{LogIndex, NodeId, NodeSet, Term};

/// A fact that a node noted about itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Note {
    /// It asks for votes in a new term.
    Campaign {
        /// The new term.
        term: Term,
        /// For what reason.
        why: Why,
    },
    /// It asks whether it would get votes.
    AsksInAdvance {
        /// For which term.
        term: Term,
        /// Whether it has tried before.
        again: bool,
    },
    /// It says that it would vote for a candidate.
    WouldVote {
        /// For whom.
        candidate: NodeId,
        /// In which term.
        term: Term,
    },
    /// So many have refused that it cannot win.
    Lost {
        /// Which term.
        term: Term,
        /// Whether it had only asked in advance.
        pre: bool,
    },
    /// It gave its vote.
    VoteGranted {
        /// To whom.
        candidate: NodeId,
        /// In which term.
        term: Term,
        /// Whether it had said so before.
        again: bool,
    },
    /// It refused its vote.
    VoteRefused {
        /// To whom.
        candidate: NodeId,
        /// For what reason.
        why: Refusal,
        /// Whether it was only asked in advance.
        pre: bool,
    },
    /// A candidate got an answer.
    VoteCounted {
        /// Whose.
        from: NodeId,
        /// Which.
        granted: bool,
        /// How many have granted by now, itself included.
        votes: u32,
        /// How many it needs.
        needed: u32,
        /// While the members change: the same of those who have voted until now.
        old: Option<(u32, u32)>,
        /// Whether it was only promised.
        pre: bool,
    },
    /// It leads.
    Elected {
        /// In which term.
        term: Term,
        /// With how many votes.
        votes: u32,
        /// Of how many voters.
        of: u32,
    },
    /// It was candidate or leader and follows now, since it heard of a later term.
    SteppedDown {
        /// From whom.
        from: NodeId,
        /// Its term before.
        old: Term,
        /// Its term now.
        new: Term,
        /// Whether it led.
        led: bool,
    },
    /// It follows a leader that it had not known.
    Follows {
        /// The leader.
        leader: NodeId,
        /// Its term.
        term: Term,
    },
    /// A client asked somebody who does not lead.
    Redirected {
        /// Whom it was sent to.
        leader: Option<NodeId>,
    },
    /// A leader took a request into its log.
    Proposed {
        /// Where.
        index: LogIndex,
        /// What.
        request: Arc<Request>,
    },
    /// A follower passed a request on.
    Forwards {
        /// To whom.
        leader: NodeId,
        /// Which.
        request: Arc<Request>,
    },
    /// A leader has too much to do to take a request.
    Busy {
        /// How many bytes of entries are not committed.
        bytes: u64,
    },
    /// A leader that hands over does not take a request yet.
    Held {
        /// Which.
        request: Arc<Request>,
        /// Whom it hands over to.
        target: NodeId,
    },
    /// A leader wants to hand over.
    HandsOver {
        /// To whom.
        target: NodeId,
        /// How many entries the other lacks.
        lacks: u64,
    },
    /// It asks a node to take over.
    AsksToTakeOver {
        /// Whom.
        target: NodeId,
    },
    /// It has waited too long for that.
    GivesUpTransfer {
        /// Whom it had chosen.
        target: NodeId,
        /// How many requests it had held.
        held: u64,
    },
    /// A leader does not hear of a majority, and leads no longer.
    NoQuorum {
        /// Of whom it has heard.
        heard: NodeSet,
    },
    /// What a majority had promised has run out before it promised more.
    LeaseEnded,
    /// An operator wants it to believe in no leader.
    Forgets {
        /// In whom it believed.
        leader: Option<NodeId>,
    },
    /// It cannot do what an operator wants.
    Disobeys {
        /// Why.
        why: String,
    },
    /// A leader asks everybody whether it still leads.
    AsksWhetherItLeads {
        /// The how manyth time.
        round: u64,
        /// For how many reads.
        reads: u64,
    },
    /// A leader knows too little as yet to answer a `get`.
    ReadWaits {
        /// Which.
        request: Arc<Request>,
    },
    /// A follower asks its leader how far it must have come.
    AsksHowFar {
        /// Whom.
        leader: NodeId,
        /// For which request.
        request: Arc<Request>,
    },
    /// It answers a `get` from its store.
    Reads {
        /// Which.
        request: Arc<Request>,
        /// What lets it.
        how: Read,
        /// Up to where it has applied the log.
        index: LogIndex,
        /// What it came to.
        outcome: Outcome,
    },
    /// A leader changes the members.
    ChangesMembers {
        /// The entry that says so.
        index: LogIndex,
        /// Who they are from then on.
        members: Members,
    },
    /// A change of the members is committed.
    MembersCommitted {
        /// The entry that says so.
        index: LogIndex,
        /// Who they are.
        members: Members,
    },
    /// A leader that does not vote any more leads no longer.
    Retires {
        /// Who is to follow it.
        successor: Option<NodeId>,
    },
    /// It takes no part any more.
    Removed {
        /// The entry that says so.
        index: LogIndex,
    },
    /// A snapshot took the place of entries.
    Compacted {
        /// The last entry that is in it.
        index: LogIndex,
        /// The last entry that is gone.
        base: LogIndex,
        /// How large it is.
        bytes: u64,
    },
    /// A leader sends a snapshot to a follower that lacks what is gone.
    SendsSnapshot {
        /// To whom.
        to: NodeId,
        /// The last entry that is in it.
        index: LogIndex,
    },
    /// A part of a leader's snapshot is here, and not yet all of it.
    PartArrived {
        /// Whose.
        from: NodeId,
        /// How many bytes are here, from the beginning on.
        have: u64,
        /// How many there are.
        total: u64,
    },
    /// A leader's snapshot took the place of its state.
    Installed {
        /// The last entry that is in it.
        index: LogIndex,
        /// Whose.
        from: NodeId,
        /// Whether entries behind it stayed.
        kept: bool,
    },
    /// It found a write that a crash had cut short.
    TornWrite {
        /// The last entry that is whole.
        last: LogIndex,
    },
    /// It received what no node could have sent.
    Unsound {
        /// From whom.
        from: NodeId,
        /// What is wrong with that.
        what: &'static str,
    },
    /// A message of a leader of an earlier term was refused.
    AppendOfOldTerm {
        /// Whose.
        from: NodeId,
        /// Of which term.
        term: Term,
    },
    /// The leader's entries do not fit.
    Mismatch {
        /// Whose entries.
        from: NodeId,
        /// The entry that is missing or different here.
        at: LogIndex,
        /// Its term here.
        own: Option<Term>,
    },
    /// Entries were removed, since they contradict the leader's.
    Conflict {
        /// The first.
        first: LogIndex,
        /// The last.
        last: LogIndex,
        /// Whose entries replace them.
        leader: NodeId,
    },
    /// Entries of the leader were stored.
    Stored {
        /// The first.
        first: LogIndex,
        /// The last.
        last: LogIndex,
        /// Whose.
        leader: NodeId,
    },
    /// A leader will send a follower an earlier entry next.
    BackedUp {
        /// Whom.
        peer: NodeId,
        /// Which entry.
        next: LogIndex,
    },
    /// A leader sends a follower once more what it has not received.
    SendsAgain {
        /// Whom.
        peer: NodeId,
        /// From which entry on.
        next: LogIndex,
    },
    /// Entries are known to be committed.
    Committed {
        /// The first.
        first: LogIndex,
        /// The last.
        last: LogIndex,
        /// Whether this node decided it, as leader.
        led: bool,
        /// Whether two majorities had to hold them, since the members change.
        joint: bool,
    },
    /// An entry was carried out.
    Applied {
        /// Which.
        index: LogIndex,
        /// What it asks.
        request: Arc<Request>,
        /// What it came to.
        applied: Applied,
    },
}

/// Why a node campaigns.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// Nobody was heard.
    Timeout,
    /// It, or somebody else, has tried before, and nobody has won.
    Again,
    /// A majority has said that it would vote for it.
    Promised,
    /// The leader has asked it to.
    HandedOver(NodeId),
}

/// Why a vote is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// The candidate is in an earlier term.
    OldTerm(Term),
    /// The vote of this term is given.
    VotedFor(NodeId),
    /// The candidate's log is less up to date; (term, index) of the last entries.
    LogBehind {
        /// The candidate's.
        theirs: (Term, LogIndex),
        /// The voter's.
        ours: (Term, LogIndex),
    },
    /// A leader has been heard a moment ago.
    LeaderHeard,
    /// The voter has the same log, and is preferred as leader itself.
    LessPreferred {
        /// The voter's number.
        own: u64,
        /// The candidate's.
        other: u64,
    },
}
