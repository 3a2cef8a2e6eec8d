//! Each property is shown to bite: a broken picture is put together by hand, as no run of the protocol would ever come
//! to it.

use super::{ALL, Witness, figure_3::FIGURE_3};
use crate::kv::{Command, Read, Request};
use crate::protocol::{Effects, Moment, Property, World};
use crate::raft::progress::{Flow, Progress};
use crate::raft::state::{Leader, Role};
use crate::raft::{
    AppendEntries, Applied, Config, Content, Disk, Entry, Log, Members, Message, Note, Raft, RequestVote, Verdict,
};
use crate::types::{ClientId, LogIndex, NodeId, NodeSet, Span, Term};

/// A node in `term` whose log has entries of these terms, of which `commit` are committed.
pub(super) fn node(id: u8, term: u64, log: &[u64], commit: u64, leads: bool) -> Option<Raft> {
    let disk = Disk { term: Term(term), log: Log::of(log), ..Disk::default() };
    let mut node = Raft::start(NodeId(id), &Config::new(2), &disk, &mut Effects::default());
    (node.commit, node.applied) = (LogIndex(commit), LogIndex(commit));
    if leads {
        node.role = Role::Leader(Box::default());
    }
    Some(node)
}

/// What is around the nodes.
#[derive(Clone, Default)]
pub(super) struct Around {
    disks: Vec<Disk>,
    sent: Vec<(NodeId, Message)>,
    pub(super) notes: Vec<Note>,
    /// Whether nothing is noted of what a node applies but what is in `notes`.
    silent: bool,
    asked: Vec<(ClientId, u64)>,
}

impl Around {
    /// Disks that hold what the nodes have, and nothing else.
    pub(super) fn of(nodes: &[Option<Raft>]) -> Around {
        let disk = |node: &Raft| Disk { term: node.term, vote: node.vote, log: node.log.clone(), ..Disk::default() };
        Around {
            disks: nodes.iter().map(|node| node.as_ref().map(disk).unwrap_or_default()).collect(),
            ..Around::default()
        }
    }
}

/// What all of them go by.
static RULES: std::sync::LazyLock<Config> = std::sync::LazyLock::new(|| Config::new(3));

impl World<Raft> for Around {
    fn config(&self) -> &Config {
        &RULES
    }

    fn disk(&self, id: NodeId) -> &Disk {
        &self.disks[id.slot()]
    }

    fn notes(&self, _: NodeId, each: &mut dyn FnMut(&Note)) {
        self.notes.iter().for_each(each);
    }

    fn sent(&self, _: NodeId, each: &mut dyn FnMut(NodeId, &Message)) {
        self.sent.iter().for_each(|(to, message)| each(*to, message));
    }

    fn asked(&self, each: &mut dyn FnMut(ClientId, u64)) {
        self.asked.iter().for_each(|(client, seq)| each(*client, *seq));
    }
}

/// What a node notes when it has applied an entry.
fn applies(index: LogIndex) -> Note {
    Note::Applied { index, request: Request::noop(), applied: Applied::Fresh(Ok(None)) }
}

/// Those of the properties that do not hold. Whatever each is about has changed then, or it would not have been asked.
fn broken(among: &[Property<Raft>], witness: &Witness, moment: &Moment<'_, Raft>) -> Vec<&'static str> {
    let what = witness.changed(moment);
    let fails = |property: &&Property<Raft>| {
        let fails = (property.check)(witness, moment).is_err();
        assert!(!fails || property.about & what != 0, "{} would not have been looked at", property.name);
        fails
    };
    among.iter().filter(fails).map(|property| property.name).collect()
}

/// Shows one picture after another, each with the node that has changed; returns the properties of Figure 3 that do
/// not hold of the last one.
fn check(pictures: &[(u8, &[Option<Raft>])]) -> Vec<&'static str> {
    let mut witness = Witness::default();
    let mut found = Vec::new();
    for (changed, nodes) in pictures {
        let around = Around::of(nodes);
        let moment = Moment::new(NodeId(*changed), nodes, &around);
        found = broken(&FIGURE_3, &witness, &moment);
        witness.remember(&moment);
    }
    found
}

/// Shows one picture after another of node 1, each with what is around it; returns the properties that do not hold of
/// the last one.
fn watch(pictures: &[(&[Option<Raft>], &Around)]) -> Vec<&'static str> {
    let mut witness = Witness::default();
    let mut found = Vec::new();
    for (nodes, around) in pictures {
        // Whatever it has applied since it was seen last, it notes, as nodes do.
        let applied = nodes[0].as_ref().map_or(LogIndex::ZERO, |node| node.applied);
        let seen = if around.silent { applied } else { witness.nodes[0].applied };
        let fresh = seen.0 + 1..=applied.0;
        let notes = fresh.map(|index| applies(LogIndex(index))).chain(around.notes.iter().cloned()).collect();
        let around = Around { notes, ..(*around).clone() };
        let moment = Moment::new(NodeId(1), nodes, &around);
        found = broken(ALL, &witness, &moment);
        witness.remember(&moment);
    }
    found
}

/// One picture of node 1 alone with its surroundings.
fn watch_one(nodes: &[Option<Raft>], change: impl FnOnce(&mut Around)) -> Vec<&'static str> {
    let mut around = Around::of(nodes);
    change(&mut around);
    watch(&[(nodes, &around)])
}

#[test]
fn two_leaders_of_one_term_break_election_safety() {
    let one = [node(1, 2, &[], 0, true), node(2, 2, &[], 0, false)];
    let both = [node(1, 2, &[], 0, true), node(2, 2, &[], 0, true)];
    assert_eq!(check(&[(1, &one), (2, &both)]), ["election-safety"]);
    let later = [node(1, 2, &[], 0, true), node(2, 3, &[], 0, true)];
    assert_eq!(check(&[(1, &one), (2, &later)]), [""; 0], "leaders of different terms may coexist");
}

#[test]
fn a_second_leader_is_noticed_even_after_the_first_has_gone() {
    let one = [node(1, 2, &[], 0, true), node(2, 2, &[], 0, false)];
    let gone = [None, node(2, 2, &[], 0, false)];
    let other = [None, node(2, 2, &[], 0, true)];
    assert_eq!(check(&[(1, &one), (1, &gone), (2, &other)]), ["election-safety"]);
}

#[test]
fn a_second_leader_is_noticed_however_many_terms_have_passed() {
    let second = [node(1, 2, &[], 0, true), node(2, 2, &[], 0, false), node(3, 2, &[], 0, false)];
    let third = [node(1, 3, &[], 0, false), node(2, 3, &[], 0, true), node(3, 2, &[], 0, false)];
    let late = [node(1, 3, &[], 0, false), node(2, 3, &[], 0, true), node(3, 2, &[], 0, true)];
    assert_eq!(check(&[(1, &second), (2, &third), (3, &late)]), ["election-safety"]);
}

#[test]
fn a_leader_that_drops_an_entry_breaks_append_only() {
    let before = [node(1, 2, &[1, 2], 0, true)];
    assert_eq!(check(&[(1, &before), (1, &[node(1, 2, &[1], 0, true)])]), ["leader-append-only"]);
    assert_eq!(check(&[(1, &before), (1, &[node(1, 2, &[1, 2, 2], 0, true)])]), [""; 0]);
    assert_eq!(check(&[(1, &before), (1, &[node(1, 3, &[1], 0, false)])]), [""; 0], "a follower may");
}

#[test]
fn equal_entries_behind_different_ones_break_log_matching() {
    let first = [node(1, 3, &[1, 3], 0, false), node(2, 3, &[], 0, false)];
    let second = [node(1, 3, &[1, 3], 0, false), node(2, 3, &[2, 3], 0, false)];
    assert_eq!(check(&[(1, &first), (2, &second)]), ["log-matching"]);
    let same = [node(1, 3, &[1, 3], 0, false), node(2, 3, &[1, 3], 0, false)];
    assert_eq!(check(&[(1, &first), (2, &same)]), [""; 0]);
}

#[test]
fn a_leader_without_a_committed_entry_breaks_completeness() {
    let committed = [node(1, 2, &[1, 2], 2, true), node(2, 2, &[1], 0, false)];
    let elected = [None, node(2, 3, &[1], 0, true)];
    assert_eq!(
        check(&[(1, &committed), (1, &[None, node(2, 2, &[1], 0, false)]), (2, &elected)]),
        ["leader-completeness"]
    );
    // A leader of an earlier term that is noticed late need not have what was committed after it.
    let stale = [node(1, 2, &[1, 2], 2, true), node(2, 1, &[1], 0, true)];
    assert_eq!(check(&[(1, &committed), (2, &stale)]), [""; 0]);
}

#[test]
fn committing_behind_the_back_of_a_later_leader_breaks_completeness() {
    let before = [node(1, 2, &[1, 2], 0, true), node(2, 3, &[1], 0, true)];
    let after = [node(1, 2, &[1, 2], 2, true), node(2, 3, &[1], 0, true)];
    assert_eq!(check(&[(1, &before), (2, &before), (1, &after)]), ["leader-completeness"]);
    let same_term = [before[0].clone(), node(2, 2, &[1], 0, true)];
    let after = [after[0].clone(), same_term[1].clone()];
    assert_eq!(check(&[(1, &same_term), (1, &after)]), [""; 0], "two leaders of one term are another mistake");
    let follows = [node(1, 2, &[1, 2], 2, false), before[1].clone()];
    assert_eq!(check(&[(1, &before), (2, &before), (1, &follows)]), [""; 0], "who only follows has not decided it");
}

#[test]
fn applying_another_entry_breaks_state_machine_safety() {
    let first = [node(1, 2, &[1, 2], 2, false), node(2, 3, &[1, 3], 0, false)];
    let second = [node(1, 2, &[1, 2], 2, false), node(2, 3, &[1, 3], 2, false)];
    assert_eq!(check(&[(1, &first), (2, &second)]), ["state-machine-safety"]);
    let ahead = [node(1, 2, &[1, 2], 2, false), node(2, 3, &[1, 3, 3], 3, false)];
    assert_eq!(check(&[(1, &first), (2, &ahead)]), ["state-machine-safety"], "though it has applied more");
    let behind = [node(1, 2, &[1, 2], 2, false), node(2, 3, &[3], 1, false)];
    assert_eq!(check(&[(1, &first), (2, &behind)]), ["state-machine-safety"], "though it has applied less");
}

#[test]
fn a_second_vote_is_noticed_across_a_crash() {
    let nodes = [node(1, 3, &[], 0, false)];
    let voted = |whom: u8| {
        let mut around = Around::of(&nodes);
        around.disks[0].vote = Some(NodeId(whom));
        around
    };
    assert_eq!(watch(&[(&nodes, &voted(2)), (&[None], &voted(2)), (&nodes, &voted(3))]), ["vote-once"]);
    assert_eq!(watch(&[(&nodes, &voted(2)), (&[None], &voted(2)), (&nodes, &voted(2))]), [""; 0]);
}

#[test]
fn a_term_that_falls_is_noticed_across_a_crash() {
    let (three, two) = ([node(1, 3, &[], 0, false)], [node(1, 2, &[], 0, false)]);
    let pictures: [(&[Option<Raft>], &Around); 3] =
        [(&three, &Around::of(&three)), (&[None], &Around::of(&three)), (&two, &Around::of(&two))];
    assert_eq!(watch(&pictures), ["term-monotone"]);
    assert_eq!(watch_one(&[node(1, 2, &[1, 3], 0, false)], |_| ()), ["term-monotone"], "an entry of a later term");
    assert_eq!(watch_one(&[node(1, 3, &[1, 3, 2], 0, false)], |_| ()), ["term-monotone"], "terms fall in its log");
    assert_eq!(watch_one(&[node(1, 3, &[1, 1, 2, 3], 0, false)], |_| ()), [""; 0]);
    for (term, expected) in [(1, &[][..]), (2, &[]), (3, &["term-monotone"])] {
        let found = watch_one(&[node(1, 2, &[1], 0, false)], |around| around.disks[0].term = Term(term));
        assert_eq!(found, expected, "in term 2, on disk {term}");
    }
}

#[test]
fn a_commit_index_never_falls_while_a_node_runs() {
    let (two, one) = ([node(1, 2, &[2, 2], 2, false)], [node(1, 2, &[2, 2], 1, false)]);
    let down: [Option<Raft>; 1] = [None];
    let (around, gone) = (Around::of(&two), Around::of(&two));
    assert_eq!(watch(&[(&two, &around), (&one, &around)]), ["order"]);
    assert_eq!(watch(&[(&two, &around), (&down, &gone), (&one, &around)]), [""; 0], "after a crash it does");
    let mut forgets = two.clone();
    forgets[0].as_mut().expect("it is there").applied = LogIndex(1);
    assert_eq!(watch(&[(&two, &around), (&forgets, &around)]), ["order"], "what is applied stays applied");
    let mut ahead = node(1, 2, &[2, 2], 1, false);
    ahead.as_mut().expect("it is there").applied = LogIndex(2);
    assert_eq!(watch_one(&[ahead], |_| ()), ["order"], "applied before it is committed");
}

#[test]
fn entries_are_applied_one_after_another_each_once() {
    let (start, end) = ([node(1, 2, &[1, 2, 2], 1, false)], [node(1, 2, &[1, 2, 2], 3, false)]);
    let found = |notes: &[u64]| {
        let notes = notes.iter().map(|index| applies(LogIndex(*index))).collect();
        watch(&[(&start, &Around::of(&start)), (&end, &Around { notes, silent: true, ..Around::of(&end) })])
    };
    assert_eq!(found(&[2, 3]), [""; 0]);
    assert_eq!(found(&[2, 2, 3]), ["order"], "twice");
    assert_eq!(found(&[3, 2, 3]), ["order"], "not yet");
    assert_eq!(found(&[3]), ["order"], "one is left out");
    assert_eq!(found(&[2]), ["order"], "the last is left out");
    assert_eq!(found(&[1, 2, 3]), ["order"], "one was applied before");
}

#[test]
fn committing_another_entry_breaks_state_machine_safety_before_anybody_applies_it() {
    let first = [node(1, 2, &[1, 2], 2, false), node(2, 3, &[1, 3], 0, false)];
    let mut second = [first[0].clone(), node(2, 3, &[1, 3], 2, false)];
    second[1].as_mut().expect("it is there").applied = LogIndex::ZERO;
    assert_eq!(check(&[(1, &first), (2, &second)]), ["state-machine-safety"]);
}

#[test]
fn what_turns_out_to_be_committed_in_an_earlier_term_must_be_in_the_logs_of_the_leaders_since() {
    // n1 learns of the entry in term 4 first; n2 knows in term 2. Who leads term 3 must have it, then.
    let late = [node(1, 4, &[2], 1, false), node(2, 2, &[2], 0, false), node(3, 3, &[], 0, true)];
    let early = [late[0].clone(), node(2, 2, &[2], 1, false), late[2].clone()];
    assert_eq!(check(&[(1, &late), (3, &late)]), [""; 0], "nobody knows of an earlier term");
    assert_eq!(check(&[(1, &late), (3, &late), (2, &early), (3, &early)]), ["leader-completeness"]);
}

#[test]
fn how_far_the_log_was_committed_in_each_term_is_known_as_early_as_possible() {
    let mut witness = Witness::default();
    let mut known = |term, count| {
        witness.remember_committed(Term(term), count);
        (1..=6).map(|term| witness.committed_before(Term(term))).collect::<Vec<_>>()
    };
    assert_eq!(known(4, 3), [0, 0, 0, 0, 3, 3]);
    assert_eq!(known(4, 5), [0, 0, 0, 0, 5, 5]);
    assert_eq!(known(5, 4), [0, 0, 0, 0, 5, 5], "known already");
    assert_eq!(known(2, 3), [0, 0, 3, 3, 5, 5], "in an earlier term");
    assert_eq!(known(3, 7), [0, 0, 3, 7, 7, 7], "more than in a later one");
    assert_eq!(known(1, 3), [0, 3, 3, 7, 7, 7]);
}

#[test]
fn an_entry_of_an_earlier_term_is_not_committed_by_counting() {
    let before = [node(1, 3, &[2, 3], 0, true), node(2, 3, &[2, 3], 0, false)];
    let (old, own) =
        ([node(1, 3, &[2, 3], 1, true), before[1].clone()], [node(1, 3, &[2, 3], 2, true), before[1].clone()]);
    let around = Around::of(&before);
    assert_eq!(watch(&[(&before, &around), (&old, &around)]), ["own-term-commit"]);
    assert_eq!(watch(&[(&before, &around), (&own, &around)]), [""; 0]);
}

#[test]
fn what_is_committed_is_on_a_majority_of_disks() {
    let nodes = [node(1, 2, &[2], 1, true), node(2, 2, &[2], 0, false)];
    assert_eq!(watch_one(&nodes, |_| ()), [""; 0]);
    assert_eq!(watch_one(&nodes, |around| around.disks[1].log = Log::default()), ["committed-on-quorum"]);
    assert_eq!(watch_one(&nodes, |around| around.disks[1].log = Log::of(&[1])), ["committed-on-quorum"]);
}

#[test]
fn whatever_is_said_is_on_disk() {
    let vote = Message::RequestVoteReply { term: Term(2), granted: true, pre: false };
    let promise = Message::RequestVoteReply { term: Term(3), granted: true, pre: true };
    let ack = |index| {
        let verdict = Verdict::Matched(LogIndex(index));
        Message::AppendEntriesReply { term: Term(2), round: 1, last: LogIndex(index), verdict }
    };
    let ask = |pre| {
        let (term, last_index, last_term) = (Term(2), LogIndex(1), Term(2));
        Message::RequestVote(RequestVote { term, last_index, last_term, pre, handed_over: false })
    };
    let append = Message::AppendEntries(AppendEntries {
        term: Term(2),
        prev_index: LogIndex::ZERO,
        prev_term: Term(0),
        entries: std::sync::Arc::new([]),
        commit: LogIndex::ZERO,
        round: 1,
    });
    let (kept, unkept) = (&[][..], &["durable-before-send"][..]);
    // Each in term 2, with what the disk has: its term and whom it has voted for in it.
    for (message, term, vote, expected) in [
        (vote.clone(), 2, None, unkept),
        (vote.clone(), 2, Some(3), unkept),
        (vote.clone(), 2, Some(2), kept),
        (vote.clone(), 1, Some(2), unkept),
        (vote, 3, None, kept),
        (promise, 2, None, kept),
        (ask(false), 2, None, unkept),
        (ask(false), 2, Some(2), unkept),
        (ask(false), 2, Some(1), kept),
        (ask(true), 1, None, kept),
        (append.clone(), 2, None, kept),
        (append, 1, None, unkept),
        (ack(2), 2, None, unkept),
        (ack(1), 2, None, kept),
        (ack(1), 1, None, unkept),
        (ack(2), 3, None, kept),
    ] {
        let nodes = [node(1, 3, &[2], 0, false)];
        let found = watch_one(&nodes, |around| {
            (around.disks[0].term, around.disks[0].vote) = (Term(term), vote.map(NodeId));
            around.sent = vec![(NodeId(2), message.clone())];
        });
        assert_eq!(found, expected, "{message:?}, on disk term {term} and a vote for {vote:?}");
    }
}

#[test]
fn what_a_leader_believes_of_a_follower_is_true() {
    let believing = |matched, next| {
        let flow = Flow::Replicate(Default::default());
        let peer = Progress { matched: LogIndex(matched), next: LogIndex(next), flow, ..Progress::new(LogIndex(1)) };
        let mut leader = node(1, 2, &[2, 2], 0, true);
        let state = leader.as_mut().expect("it is there");
        let progress = vec![Progress::new(LogIndex(1)), peer];
        state.role = Role::Leader(Box::new(Leader { progress, ..Leader::default() }));
        [leader, node(2, 2, &[2], 0, false)]
    };
    assert_eq!(watch_one(&believing(1, 2), |_| ()), [""; 0]);
    assert_eq!(watch_one(&believing(2, 3), |_| ()), ["progress"], "more than it has");
    assert_eq!(watch_one(&believing(1, 1), |_| ()), ["progress"], "what is sent next is there already");
    assert_eq!(
        watch_one(&believing(2, 3), |around| around.disks[1].term = Term(3)),
        [""; 0],
        "a later leader's follower"
    );
}

#[test]
fn there_is_one_change_of_the_members_at_a_time() {
    let changing = |count: u64| {
        let mut leader = node(1, 2, &[2], 0, true).expect("it is there");
        for at in 2..2 + count {
            let members = Members::first(u8::try_from(at).expect("a few"));
            leader.log.append(Entry { term: Term(2), time: Span::ZERO, content: Content::Members(members) });
            leader.roll.say(LogIndex(at), members);
        }
        [Some(leader)]
    };
    assert_eq!(watch_one(&changing(1), |_| ()), [""; 0]);
    assert_eq!(watch_one(&changing(2), |_| ()), ["one-change"]);
    let [Some(mut forgetful)] = changing(1) else { unreachable!("it is there") };
    forgetful.roll.truncate(LogIndex(1));
    forgetful.roll.say(LogIndex(2), Members { learners: NodeSet::EMPTY.with(NodeId(7)), ..Members::first(2) });
    assert_eq!(watch_one(&[Some(forgetful)], |_| ()), ["one-change"], "its log says something else");
}

#[test]
fn a_read_is_as_fresh_as_what_was_committed_when_it_was_asked() {
    let read = |seq, how, index| {
        let request = Request::new(ClientId(1), seq, Command::Get { key: "a".into() });
        vec![Note::Reads { request, how, index: LogIndex(index), outcome: Ok(None) }]
    };
    let nodes = [node(1, 2, &[2, 2], 2, false)];
    let start = Around::of(&nodes);
    let mut asked = Around::of(&nodes);
    asked.asked = vec![(ClientId(1), 7)];
    // By the log a read is an entry, and whoever asked for another one is not known any more.
    for (seq, how, index, expected) in [
        (7, Read::Index, 2, &[][..]),
        (7, Read::Index, 1, &["fresh-reads"]),
        (7, Read::Local, 1, &["fresh-reads"]),
        (7, Read::Log, 1, &[]),
        (6, Read::Index, 1, &[]),
    ] {
        let mut answered = Around::of(&nodes);
        answered.notes = read(seq, how, index);
        let found = watch(&[(&nodes, &start), (&nodes, &asked), (&nodes, &answered)]);
        assert_eq!(found, expected, "{seq} {how} at {index}");
    }
}
