//! What a node notes, in sentences.

use crate::kv::{Command, Read, schedule_text};
use crate::observe::{Bid, Carried, Landmark, Tell, Told, Weight};
use crate::raft::note::Why;
use crate::raft::{Applied, Note, Refusal, why};
use crate::types::{LogIndex, NodeId};

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
            Refusal::LeaderHeard => ("it has heard the leader a moment ago".to_string(), "dissertation §4.2.3"),
            Refusal::LessPreferred { own, other } => {
                (format!("it is preferred itself, with {own} to {other}"), "raft-rs: priority")
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
    /// Who only asks in advance does not campaign yet.
    fn bid(&self) -> Option<Bid> {
        match self {
            Note::Campaign { .. } => Some(Bid::Begun),
            Note::Elected { .. } => Some(Bid::Won),
            _ => None,
        }
    }

    fn refuses(&self) -> bool {
        why::refuses(self)
    }

    fn rule(&self) -> Option<&'static str> {
        why::rule(self)
    }

    fn carried(&self) -> Option<Carried> {
        why::carried(self)
    }

    fn tell(&self) -> Told {
        use Weight::{Detail, Story, Turn};
        match self {
            Note::Campaign { term, why } => {
                let (why, section) = match why {
                    Why::Timeout => ("its election timer has run out".to_string(), "Raft §5.2"),
                    Why::Again => ("nobody has won in time".to_string(), "Raft §5.2"),
                    Why::Promised => ("a majority would vote for it".to_string(), "dissertation §9.6"),
                    Why::HandedOver(leader) => (format!("{leader} asks it to take over"), "dissertation §3.10"),
                };
                Told::new(Turn, section, format!("asks for votes in term {term}: {why}"))
            }
            Note::AsksInAdvance { term, again } => {
                let why = if *again { "nobody has won in time" } else { "its election timer has run out" };
                Told::new(Story, "dissertation §9.6", format!("asks who would vote for it in term {term}: {why}"))
            }
            Note::WouldVote { candidate, term } => {
                Told::new(Story, "dissertation §9.6", format!("would vote for {candidate} in term {term}"))
            }
            Note::Lost { term, pre } => {
                let what = if *pre { "stays where it is" } else { "gives up" };
                Told::new(Story, "Raft §5.2", format!("{what}: it cannot win term {term}"))
            }
            Note::VoteGranted { candidate, term, again } => {
                let what = if *again { "says again that it votes" } else { "votes" };
                let weight = if *again { Detail } else { Story };
                Told::new(weight, "Raft §5.2", format!("{what} for {candidate} in term {term}"))
            }
            Note::VoteRefused { candidate, why, pre } => {
                let (why, section) = why.tell(*candidate);
                let what = if *pre { "would refuse its vote" } else { "refuses its vote" };
                Told::new(Story, section, format!("{what} to {candidate}: {why}"))
            }
            Note::VoteCounted { from, granted, votes, needed, old, pre } => {
                let what = match (granted, pre) {
                    (true, false) => "has the vote of",
                    (true, true) => "would have the vote of",
                    (false, _) => "is refused by",
                };
                let (text, section) = match old {
                    None => (format!("{votes} of the {needed} votes it needs"), "Raft §5.2"),
                    Some((had, needs)) => {
                        let sides = format!("{votes} of the {needed} it needs of the new members");
                        (format!("{sides}, {had} of the {needs} it needs of the old"), "Raft §6")
                    }
                };
                Told::new(Story, section, format!("{what} {from}: {text}"))
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
            Note::Forwards { leader, request } => {
                Told::new(Story, "Raft §8", format!("passes `{}` on to {leader}, who leads", request.command))
            }
            Note::Busy { bytes } => {
                let text = format!("takes nothing more in: {bytes} bytes of entries are not committed yet");
                Told::new(Story, "back-pressure", text)
            }
            Note::Held { request, target } => {
                let text = format!("holds `{}` back until {target} has taken over", request.command);
                Told::new(Story, "dissertation §3.10", text)
            }
            Note::HandsOver { target, lacks: 0 } => {
                Told::new(Turn, "dissertation §3.10", format!("wants {target} to lead, who has all of its log"))
            }
            Note::HandsOver { target, lacks } => {
                let entries = if *lacks == 1 { "1 entry".to_string() } else { format!("{lacks} entries") };
                Told::new(Turn, "dissertation §3.10", format!("wants {target} to lead, who lacks {entries} as yet"))
            }
            Note::AsksToTakeOver { target } => {
                Told::new(Turn, "dissertation §3.10", format!("asks {target} to campaign at once"))
            }
            Note::GivesUpTransfer { target, held: 0 } => {
                Told::new(Turn, "dissertation §3.10", format!("leads on: {target} has not taken over in time"))
            }
            Note::GivesUpTransfer { target, held } => {
                let text = format!("leads on, with {held} held back: {target} has not taken over in time");
                Told::new(Turn, "dissertation §3.10", text)
            }
            Note::NoQuorum { heard } => {
                let text =
                    format!("no longer leads: for an election timeout it has heard of nobody but {heard}, no majority");
                Told::new(Turn, "dissertation §6.2", text)
            }
            Note::LeaseEnded => {
                Told::new(Story, "dissertation §6.4.1", "has no lease any more: no majority has renewed it".to_string())
            }
            Note::Forgets { leader } => {
                let whom = leader.map_or("its leader".to_string(), |leader| leader.to_string());
                Told::new(Story, "etcd: ForgetLeader", format!("forgets {whom}, and votes for whoever asks"))
            }
            Note::Disobeys { why } => Told::new(Story, "", format!("does not do what it is told: {why}")),
            Note::AsksWhetherItLeads { round, reads } => {
                let reads = if *reads == 1 { "a read".to_string() } else { format!("{reads} reads") };
                Told::new(
                    Story,
                    "dissertation §6.4",
                    format!("asks whether it still leads, for {reads} (round {round})"),
                )
            }
            Note::ReadWaits { request } => {
                let text = format!("lets `{}` wait: nothing of its own term is committed yet", request.command);
                Told::new(Story, "dissertation §6.4", text)
            }
            Note::AsksHowFar { leader, request } => {
                let text = format!("asks {leader} how far it must have come to answer `{}`", request.command);
                Told::new(Story, "dissertation §6.4", text)
            }
            Note::Reads { request, how, index, outcome } => {
                let (why, section) = match how {
                    Read::Log | Read::Index => ("a majority has said that it leads", "dissertation §6.4"),
                    Read::Lease => ("it has a lease", "dissertation §6.4.1"),
                    Read::Follower => ("it has come as far as its leader said", "dissertation §6.4"),
                    Read::Local => ("it was to ask nobody, so this may be old", "unsafe"),
                };
                let text = format!("{} at entry {index}: {why}", schedule_text(&request.command, outcome));
                Told::new(Story, section, text)
            }
            Note::ChangesMembers { index, members } => {
                let text = if members.is_joint() {
                    let (old, new) = (members.outgoing, members.voters);
                    format!("says in entry {index}: from now on a majority of {old} and one of {new} must agree")
                } else {
                    format!("says in entry {index} who takes part from now on: {members}")
                };
                Told::new(Turn, "Raft §6", text)
            }
            Note::MembersCommitted { index, members } => {
                Told::new(Detail, "Raft §6", format!("knows entry {index} to be committed: {members}"))
            }
            Note::Retires { successor } => {
                let text = match successor {
                    Some(successor) => format!("no longer votes, so it leads no longer: {successor} is to take over"),
                    None => "no longer votes, so it leads no longer".to_string(),
                };
                Told::new(Turn, "dissertation §4.2.2", text)
            }
            Note::Removed { index } => {
                Told::new(Turn, "dissertation §4.2.2", format!("takes no part any more, by entry {index}"))
            }
            Note::Compacted { index, bytes, .. } => {
                let text = format!("puts a snapshot of {bytes} bytes in the place of its log up to entry {index}");
                Told::new(Story, "Raft §7", text)
            }
            Note::SendsSnapshot { to, index } => {
                let text = format!("sends {to} its snapshot up to entry {index}: the entries it lacks are gone");
                Told::new(Turn, "Raft §7", text)
            }
            Note::PartArrived { from, have, total } => {
                let text = format!("has {have} of the {total} bytes of {from}'s snapshot");
                Told::new(Story, "Raft §7, Figure 13", text)
            }
            Note::Installed { index, from, kept } => {
                let kept = if *kept { ", and keeps what follows it" } else { "" };
                Told::new(Turn, "Raft §7", format!("takes over {from}'s snapshot up to entry {index}{kept}"))
            }
            Note::TornWrite { last } => {
                let text = format!("finds a write that the crash cut short: its log is whole up to entry {last}");
                Told::new(Story, "", text)
            }
            Note::Unsound { from, what } => Told::new(Story, "", format!("ignores a message: {from} {what}")),
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
            Note::SendsAgain { peer, next } => {
                Told::new(Story, "Raft §5.3", format!("sends {peer} once more what is lost, from entry {next} on"))
            }
            Note::Committed { first, last, led: true, joint } => {
                let it = if first == last { "it" } else { "them" };
                let whoever = if *joint { "both majorities hold" } else { "a majority holds" };
                let text = format!("commits {}: {whoever} {it}", entries(*first, *last));
                Told::new(Turn, "Raft §5.3", text).mark(Landmark::Commit)
            }
            Note::Committed { first, last, led: false, .. } => {
                Told::new(Detail, "Raft §5.3", format!("learns that {} is committed", entries(*first, *last)))
            }
            Note::Applied { request, .. } if request.command == Command::Noop => {
                Told::new(Detail, "Raft §8", "applies an entry that does nothing".to_string())
            }
            Note::Applied { index, request, applied } => tell_applied(*index, &request.command, applied),
        }
    }
}

fn tell_applied(index: LogIndex, command: &Command, applied: &Applied) -> Told {
    let (text, section) = match applied {
        Applied::Fresh(outcome) => (format!("applies entry {index}: {}", schedule_text(command, outcome)), "Raft §5.3"),
        Applied::Again(outcome) => {
            let was = schedule_text(command, outcome);
            (format!("passes over entry {index}, which it has carried out before: {was}"), "dissertation §6.3")
        }
        Applied::Passed => {
            (format!("passes over entry {index}: the client has asked for more since"), "dissertation §6.3")
        }
        Applied::Expired => {
            (format!("passes over entry {index}: the client's session has expired"), "dissertation §6.3")
        }
    };
    Told::new(Weight::Story, section, text)
}
