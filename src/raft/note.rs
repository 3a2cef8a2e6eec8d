//! What a Raft node notes for whoever watches: facts with their reasons and sections.

use std::sync::Arc;

use crate::kv::{Command, Outcome, Request, schedule_text};
use crate::observe::{Landmark, Tell, Told, Weight};
use crate::types::{LogIndex, NodeId, Term};

/// A fact that a node noted about itself.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Note {
    /// It asks for votes in a new term.
    Campaign {
        /// The new term.
        term: Term,
        /// Whether it was a candidate already.
        again: bool,
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
    /// Entries are known to be committed.
    Committed {
        /// The first.
        first: LogIndex,
        /// The last.
        last: LogIndex,
        /// Whether this node decided it, as leader.
        led: bool,
    },
    /// An entry was carried out.
    Applied {
        /// Which.
        index: LogIndex,
        /// What it asks.
        request: Arc<Request>,
        /// What it came to.
        outcome: Outcome,
    },
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
}

impl Refusal {
    fn tell(self, candidate: NodeId) -> (String, &'static str) {
        match self {
            Refusal::OldTerm(term) => (format!("{candidate} is still in term {term}"), "Raft §5.1"),
            Refusal::VotedFor(other) => (format!("in this term it has voted for {other}"), "Raft §5.2"),
            Refusal::LogBehind { theirs, .. } if theirs.1 == LogIndex::ZERO => {
                (format!("{candidate}'s log is empty"), "Raft §5.4.1")
            }
            Refusal::LogBehind { theirs, ours } if theirs.0 == ours.0 => {
                (format!("{candidate}'s log is shorter ({} of {} entries)", theirs.1, ours.1), "Raft §5.4.1")
            }
            Refusal::LogBehind { theirs, ours } => {
                (format!("{candidate}'s log ends in term {}, its own in term {}", theirs.0, ours.0), "Raft §5.4.1")
            }
        }
    }
}

/// `entry 3` or `entries 3 to 5`.
fn entries(first: LogIndex, last: LogIndex) -> String {
    if first == last { format!("entry {first}") } else { format!("entries {first} to {last}") }
}

impl Tell for Note {
    fn tell(&self) -> Told {
        use Weight::{Detail, Story, Turn};
        match self {
            Note::Campaign { term, again } => {
                let why = if *again { "nobody has won in time" } else { "its election timer has run out" };
                Told::new(Turn, "Raft §5.2", format!("asks for votes in term {term}: {why}"))
            }
            Note::VoteGranted { candidate, term, again } => {
                let what = if *again { "says again that it votes" } else { "votes" };
                let weight = if *again { Detail } else { Story };
                Told::new(weight, "Raft §5.2", format!("{what} for {candidate} in term {term}"))
            }
            Note::VoteRefused { candidate, why } => {
                let (why, section) = why.tell(*candidate);
                Told::new(Story, section, format!("refuses its vote to {candidate}: {why}"))
            }
            Note::VoteCounted { from, granted, votes, needed } => {
                let what = if *granted { "has the vote of" } else { "is refused by" };
                Told::new(Story, "Raft §5.2", format!("{what} {from}: {votes} of the {needed} votes it needs"))
            }
            Note::Elected { term, votes, of } => {
                let text = format!("is leader of term {term}, with {votes} of {of} votes");
                Told::new(Turn, "Raft §5.2", text).mark(Landmark::Leader)
            }
            Note::SteppedDown { from, old, new, led } => {
                let what = if *led { "no longer leads" } else { "gives up its candidacy" };
                let weight = if *led { Turn } else { Story };
                Told::new(weight, "Raft §5.1", format!("{what}: {from} is in term {new}, later than its own {old}"))
            }
            Note::Follows { leader, term } => {
                Told::new(Story, "Raft §5.2", format!("follows {leader}, the leader of term {term}"))
            }
            Note::Redirected { leader: Some(leader) } => {
                Told::new(Detail, "Raft §8", format!("does not lead and names {leader}"))
            }
            Note::Redirected { leader: None } => {
                Told::new(Detail, "Raft §8", "does not lead and knows nobody who does".to_string())
            }
            Note::Proposed { index, request } => {
                let text = format!("takes `{}` into its log as entry {index}", request.command);
                Told::new(Story, "Raft §5.3", text)
            }
            Note::AppendOfOldTerm { from, term } => {
                Told::new(Story, "Raft §5.1", format!("refuses {from}'s AppendEntries: term {term} has passed"))
            }
            Note::Mismatch { from, at, own: None } => {
                Told::new(Story, "Raft §5.3", format!("cannot take {from}'s entries: it has no entry {at}"))
            }
            Note::Mismatch { from, at, own: Some(term) } => {
                let text = format!("cannot take {from}'s entries: its own entry {at} is of term {term}");
                Told::new(Story, "Raft §5.3", text)
            }
            Note::Conflict { first, last, leader } => {
                let text = format!("removes {}: {leader}, who leads, has others there", entries(*first, *last));
                Told::new(Turn, "Raft §5.3", text)
            }
            Note::Stored { first, last, leader } => {
                Told::new(Story, "Raft §5.3", format!("stores {} from {leader}", entries(*first, *last)))
            }
            Note::BackedUp { peer, next } => {
                Told::new(Story, "Raft §5.3", format!("goes back for {peer}: sends from entry {next} next"))
            }
            Note::Committed { first, last, led: true } => {
                let text = format!("commits {}: a majority holds it", entries(*first, *last));
                let text = if first == last { text } else { text.replace("holds it", "holds them") };
                Told::new(Turn, "Raft §5.3", text).mark(Landmark::Commit)
            }
            Note::Committed { first, last, led: false } => {
                Told::new(Detail, "Raft §5.3", format!("learns that {} is committed", entries(*first, *last)))
            }
            Note::Applied { request, .. } if request.command == Command::Noop => {
                Told::new(Detail, "Raft §8", "applies an entry that does nothing".to_string())
            }
            Note::Applied { index, request, outcome } => {
                let text = format!("applies entry {index}: {}", schedule_text(&request.command, outcome));
                Told::new(Story, "Raft §5.3", text)
            }
        }
    }
}
