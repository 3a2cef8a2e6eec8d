//! Why things stand as they do: entries that are not committed, terms without a leader, and the rules behind what a
//! node notes.

use crate::kv::Command;
use crate::observe::Carried;
use crate::protocol::{Reason, Standing, listed};
use crate::raft::state::{Candidate, Role};
use crate::raft::{Applied, Config, Note, Raft, Refusal};
use crate::types::{ClientId, LogIndex, NodeId, NodeSet};

impl Raft {
    /// The last entry of the log that holds a client's request.
    pub(super) fn entry_of(&self, origin: (ClientId, u64)) -> Option<u64> {
        let all = (self.log.base().index.0 + 1..=self.log.last_index().0).rev();
        let asks = |index: &u64| {
            self.log
                .get(LogIndex(*index))
                .and_then(|entry| entry.request())
                .is_some_and(|request| request.origin == Some(origin))
        };
        all.into_iter().find(asks)
    }
}

/// The leader that counts: that node where it leads, or else that of the latest term.
fn counting(nodes: &[Option<Raft>], of: Option<NodeId>) -> Option<&Raft> {
    let leads = |node: &&Raft| node.is_leader();
    let own = of.and_then(|id| nodes.get(id.slot())?.as_ref()).filter(leads);
    own.or_else(|| nodes.iter().flatten().filter(leads).max_by_key(|node| node.term))
}

/// Why an entry is not committed.
pub(super) fn undecided(config: &Config, nodes: &[Option<Raft>], slot: u64, of: Option<NodeId>) -> Standing {
    let index = LogIndex(slot);
    let Some(node) = counting(nodes, of) else {
        let mut standing = leaderless(config, nodes);
        let text = "Only a leader commits entries, by counting who holds them, and nobody leads.";
        standing.reasons.insert(0, Reason::new("Raft §5.3", text));
        return standing;
    };
    let Role::Leader(leader) = &node.role else { return Standing::default() };
    let (id, term) = (node.id, node.term);
    let mut standing = Standing { waits: Some(id), ..Standing::default() };
    let Some(of_term) = node.log.term_at(index) else {
        let last = node.log.last_index();
        let text = format!("{id}, which leads term {term}, has no entry {index}: its log ends with entry {last}.");
        standing.reasons.push(Reason::new("Raft §5.3", text));
        if let Some(other) =
            of.and_then(|id| nodes.get(id.slot())?.as_ref()).filter(|other| other.log.last_index() >= index)
        {
            let text = format!(
                "What {} has there gives way to what {id} will have there: a follower's log becomes its leader's.",
                other.id
            );
            standing.reasons.push(Reason::new("Raft §5.3", text));
        }
        return standing;
    };
    let other = of
        .and_then(|id| nodes.get(id.slot())?.as_ref())
        .filter(|other| other.log.term_at(index).is_some_and(|term| term != of_term));
    if let Some(other) = other {
        let text = format!(
            "{id}, which leads term {term}, has another entry there, of term {of_term}: that of {} will be overwritten, since a follower's log becomes its leader's.",
            other.id
        );
        standing.reasons.push(Reason::new("Raft §5.3", text));
    }
    let holds = |voter: NodeId| index <= if voter == id { node.flushed } else { leader.matched(voter) };
    let mut enough = true;
    for voters in node.members().quorums() {
        let (have, lack): (NodeSet, NodeSet) =
            (voters.iter().filter(|v| holds(*v)).collect(), voters.iter().filter(|v| !holds(*v)).collect());
        let needed = config.needed(voters);
        standing.lacks = standing.lacks.or(lack);
        if have.len() < needed {
            enough = false;
            let count = have.len();
            let text = format!(
                "As far as {id}, which leads term {term}, knows, entry {index} is safe on {} alone: {count} of the {needed} of {voters} that it takes.",
                listed(have.iter())
            );
            standing.reasons.push(Reason::new("Raft §5.3", text));
        }
    }
    if of_term < term && config.own_term_only {
        let begins = if enough { format!("A majority holds entry {index}, but it") } else { "Besides, it".to_string() };
        let text = format!(
            "{begins} is of term {of_term}, and a leader counts the holders of entries of its own term alone: it will be committed together with the first of term {term}."
        );
        standing.reasons.push(Reason::new("Raft §5.4.2", text));
    }
    if node.flushed < index {
        standing.reasons.push(Reason::new(
            "dissertation §10.2.1",
            format!("It is not on {id}'s own disk yet, so {id} does not count itself."),
        ));
    }
    if let Some(later) = nodes.iter().flatten().filter(|node| node.term > term).max_by_key(|node| node.term) {
        let text = format!(
            "{} is in term {} already, and {id} has not heard of it: what {id} leads is over.",
            later.id, later.term
        );
        standing.reasons.push(Reason::new("Raft §5.1", text));
    }
    standing
}

/// Why nobody leads.
pub(super) fn leaderless(config: &Config, nodes: &[Option<Raft>]) -> Standing {
    let running: NodeSet = nodes.iter().flatten().map(|node| node.id).collect();
    let mut standing = Standing::default();
    let Some(latest) = nodes.iter().flatten().max_by_key(|node| node.term) else {
        return Standing::because("", "No node runs.");
    };
    for voters in latest.members().quorums() {
        let needed = config.needed(voters);
        if voters.and(running).len() < needed {
            let text = format!(
                "Of {voters} only {} run, and it takes the votes of {needed} to lead.",
                listed(voters.and(running).iter())
            );
            standing.reasons.push(Reason::new("Raft §5.2", text));
        }
    }
    let mut asking: Vec<(&Raft, &Candidate)> = Vec::new();
    for node in nodes.iter().flatten() {
        if let Role::Candidate(candidate) = &node.role {
            asking.push((node, candidate));
        }
    }
    for (node, candidate) in &asking {
        standing.reasons.push(tally(config, node, candidate));
    }
    // Whoever has the most votes of the latest term is nearest to leading.
    if let Some((node, candidate)) = asking.iter().max_by_key(|(node, candidate)| (node.term, candidate.granted.len()))
    {
        standing.waits = Some(node.id);
        standing.lacks = node.members().electorate().minus(candidate.granted).minus(candidate.refused).without(node.id);
    }
    let rivals = asking.iter().filter(|(node, candidate)| node.term == latest.term && !candidate.pre).count();
    if rivals > 1 {
        let text = format!(
            "{rivals} candidates split the votes of term {}, and a node votes once in a term: whoever times out first will ask for votes in the next.",
            latest.term
        );
        standing.reasons.push(Reason::new("Raft §5.2", text));
    }
    if asking.is_empty() {
        let text = if latest.term.0 == 0 {
            "Nobody has asked for votes yet: every node waits to hear of a leader until its election timer runs out."
                .to_string()
        } else {
            format!(
                "Nobody asks for votes at the moment, the latest term is {}: every node waits to hear of a leader until its election timer runs out.",
                latest.term
            )
        };
        standing.reasons.push(Reason::new("Raft §5.2", text));
    }
    standing
}

/// Who has granted a candidate its vote, and who has not.
fn tally(config: &Config, node: &Raft, candidate: &Candidate) -> Reason {
    let members = node.members();
    let Candidate { pre, granted, refused, .. } = *candidate;
    let silent = members.electorate().minus(granted).minus(refused);
    let (what, section) = if pre {
        (format!("{} asks who would vote for it in term {}", node.id, node.term.next()), "dissertation §9.6")
    } else {
        (format!("{} asks for votes in term {}", node.id, node.term), "Raft §5.2")
    };
    let mut parts: Vec<String> = Vec::new();
    for voters in members.quorums() {
        parts.push(format!("{} of the {} that it needs of {voters}", granted.and(voters).len(), config.needed(voters)));
    }
    let mut text = format!("{what} and has {}", parts.join(", and "));
    for (nodes, verb) in [(granted, "granted"), (refused, "refused"), (silent, "not answered")] {
        if !nodes.is_empty() {
            let have = if nodes.len() == 1 { "has" } else { "have" };
            text += &format!("; {} {have} {verb}", listed(nodes.iter()));
        }
    }
    Reason::new(section, text + ".")
}

/// Whether a node refuses what another one asked of it.
pub(super) fn refuses(note: &Note) -> bool {
    matches!(
        note,
        Note::VoteRefused { .. }
            | Note::AppendOfOldTerm { .. }
            | Note::Mismatch { .. }
            | Note::Busy { .. }
            | Note::Held { .. }
            | Note::Disobeys { .. }
            | Note::Unsound { .. }
    )
}

/// The rule behind what a node notes.
pub(super) fn rule(note: &Note) -> Option<&'static str> {
    Some(match note {
        Note::VoteRefused { why, .. } => match why {
            Refusal::OldTerm(_) => {
                "A request of a term that has passed is refused, and the answer says which term it is."
            }
            Refusal::VotedFor(_) => {
                "A node votes at most once in a term, for whoever asks first: so no two can win the same term."
            }
            Refusal::LogBehind { .. } => {
                "A vote goes to nobody whose log is less up to date than the voter's (the later last term wins, of equal ones the longer log): so whoever wins has every committed entry."
            }
            Refusal::LeaderHeard => "Whoever has just heard a leader helps nobody to depose it.",
            Refusal::LessPreferred { .. } => "Of equal logs the node with the higher priority is to lead.",
        },
        Note::AppendOfOldTerm { .. } => "A leader of a term that has passed leads no more, and is told so.",
        Note::Mismatch { .. } => {
            "A follower takes entries only behind one that it has just as the leader has it; the leader then tries an earlier place."
        }
        Note::Conflict { .. } => {
            "Where a follower's log contradicts its leader's, the leader's is right; what is removed was never committed."
        }
        Note::Campaign { .. } => {
            "Who does not hear a leader for as long as its election timer lasts asks for votes in the next term."
        }
        Note::Elected { .. } => "Whoever has the votes of a majority leads that term.",
        Note::SteppedDown { .. } => "Whoever hears of a later term follows.",
        Note::Committed { led: true, .. } => {
            "What is on the disks of a majority is never lost: every later leader needs the vote of one of them."
        }
        Note::Follows { .. } => "Whoever hears the leader of its term follows it.",
        Note::Busy { .. } => "A leader takes in no more than it may hold uncommitted.",
        Note::NoQuorum { .. } => {
            "A leader that hears no majority for an election timeout could commit nothing, and steps down."
        }
        _ => return None,
    })
}

/// What a node has carried out.
pub(super) fn carried(note: &Note) -> Option<Carried> {
    match note {
        Note::Applied { index, request, applied } if request.command != Command::Noop => {
            let outcome = match applied {
                Applied::Fresh(outcome) => Some(outcome.clone()),
                Applied::Again(_) | Applied::Passed | Applied::Expired => None,
            };
            Some(Carried { slot: index.0, stands: true, request: request.clone(), outcome })
        }
        Note::Reads { request, index, outcome, .. } => {
            Some(Carried { slot: index.0, stands: false, request: request.clone(), outcome: Some(outcome.clone()) })
        }
        _ => None,
    }
}
