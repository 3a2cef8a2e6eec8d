//! What no node of this protocol could have sent: it is noted and changes nothing, so that no rule has to ask again.

use crate::raft::{Content, Entry, InstallSnapshot, Message, Raft};
use crate::types::{LogIndex, NodeId, Term};

/// Far more than any run reaches, and far from where counting on would overflow.
const MOST: u64 = 1 << 60;

impl Raft {
    /// What is wrong with a message, if anything is.
    pub(super) fn unsound(&self, from: NodeId, message: &Message) -> Option<&'static str> {
        if !from.is_possible() || from == self.id {
            return Some("is nobody who could send anything");
        }
        if message.term().0 > MOST {
            return Some("is in a term that no run reaches");
        }
        match message {
            Message::RequestVote(ask) if ask.term.0 == 0 => Some("asks for votes in term 0"),
            Message::AppendEntries(append)
                if !is_run(append.prev_index, append.prev_term, &append.entries, append.term) =>
            {
                Some("sends entries that cannot follow each other")
            }
            Message::AppendEntries(append) if append.term.0 == 0 => Some("leads term 0"),
            Message::InstallSnapshot(part) if !is_part(part) => Some("sends a part that no snapshot has"),
            Message::AppendEntriesReply { round, .. } | Message::InstallSnapshotReply { round, .. }
                if *round > MOST =>
            {
                Some("answers what was never asked")
            }
            _ => None,
        }
    }
}

/// Whether terms never fall from one entry to the next, nor rise above that of the leader.
fn is_run(prev_index: LogIndex, prev_term: Term, entries: &[Entry], term: Term) -> bool {
    let mut last = prev_term;
    let mut follows = |entry: &Entry| entry.term >= std::mem::replace(&mut last, entry.term);
    prev_index.0 <= MOST
        && (prev_index != LogIndex::ZERO || prev_term == Term::default())
        && entries.iter().all(|entry| follows(entry) && entry.term.0 > 0 && says_what_can_be(entry))
        && last <= term
}

/// Whether its times are such as a run reaches, and its members such as there can be.
fn says_what_can_be(entry: &Entry) -> bool {
    let lasts = match &entry.content {
        Content::Members(members) if !members.is_sound() => return false,
        Content::Command { session: Some(lasts), .. } => lasts.0,
        _ => 0,
    };
    entry.time.0.max(lasts) <= MOST
}

fn is_part(part: &InstallSnapshot) -> bool {
    let end = part.offset.checked_add(part.part.len() as u64);
    part.term.0 > 0
        && (1..=MOST).contains(&part.base.index.0)
        && part.base.term <= part.term
        && part.base.time.0 <= MOST
        && part.total <= MOST
        && end.is_some_and(|end| end <= part.total)
        && part.members.is_sound()
}
