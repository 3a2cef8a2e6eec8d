//! What a change of role takes along and leaves behind: timers, the leader's name, votes and flushes of earlier terms.

use raft_playground::protocol::{Answer, Effect, Input};
use raft_playground::raft::{Config, Disk, Message, Receipt, Timer};
use raft_playground::types::{LogIndex, NodeId, Term};

use crate::nodes::{Node, Wants, append, disk, matched, mismatch, request, request_vote, sent, vote, voter, written};

/// What becomes of the timers: `+election -retry`; of several words about one timer the last holds.
fn timers(wants: &Wants) -> String {
    let mut said: Vec<(Timer, char)> = Vec::new();
    for effect in wants {
        let (timer, sign) = match effect {
            Effect::Arm { timer, .. } => (*timer, '+'),
            Effect::Disarm(timer) => (*timer, '-'),
            _ => continue,
        };
        said.retain(|(other, _)| *other != timer);
        said.push((timer, sign));
    }
    said.sort_unstable();
    said.iter().map(|(timer, sign)| format!("{sign}{timer:?} ").to_lowercase()).collect::<String>().trim().to_string()
}

/// Node 1 of three as candidate of term 2.
fn candidate() -> Node {
    let mut node = voter(1, None, "1");
    node.tell_and_flush(Input::Timeout(Timer::Election));
    node
}

/// Who is redirected where, in what a node wants.
fn redirect(wants: &Wants) -> Option<NodeId> {
    wants.iter().find_map(|effect| match effect {
        Effect::Reply { answer: Answer::Redirect(leader), .. } => *leader,
        _ => None,
    })
}

fn answers(wants: &Wants) -> usize {
    wants.iter().filter(|effect| matches!(effect, Effect::Reply { answer: Answer::Done(_), .. })).count()
}

#[test]
fn each_role_has_its_timers() {
    let leader = || Node::leader(3, 1, "1");
    for (what, mut node, input, expected) in [
        ("a follower's timer runs out", voter(1, None, "1"), Input::Timeout(Timer::Election), "+election +retry"),
        ("a candidate's timer runs out", candidate(), Input::Timeout(Timer::Election), "+election +retry"),
        ("a candidate asks again", candidate(), Input::Timeout(Timer::Retry), "+retry"),
        ("a candidate wins", candidate(), deliver(2, vote(2, true)), "-election +heartbeat -retry"),
        ("a candidate hears the winner", candidate(), deliver(2, append(2, (1, 1), "", 0)), "+election -retry"),
        ("a candidate hears of a later term", candidate(), deliver(2, vote(3, false)), "-retry"),
        ("a leader makes itself heard", leader(), Input::Timeout(Timer::Heartbeat), "+heartbeat"),
        (
            "a leader hears of a later term",
            leader(),
            deliver(2, matched(3, 1)),
            "+election -heartbeat -quorum -transfer -leasea -leaseb",
        ),
        ("a follower hears its leader", voter(1, None, "1"), deliver(2, append(1, (1, 1), "", 0)), "+election"),
        ("a follower hears of a later term", voter(1, None, "1"), deliver(2, vote(3, false)), ""),
    ] {
        assert_eq!(timers(&node.tell_and_flush(input)), expected, "{what}");
    }
}

fn deliver(from: u8, message: Message) -> Input<raft_playground::raft::Raft> {
    Input::Deliver { from: NodeId(from), message }
}

#[test]
fn any_message_of_a_later_term_ends_a_role_and_is_remembered() {
    for message in [request_vote(5, 0, 0), vote(5, true), append(5, (0, 0), "", 0), matched(5, 1), mismatch(5, 1)] {
        for mut node in [candidate(), Node::leader(3, 1, "1"), voter(2, Some(1), "1")] {
            node.hear_and_flush(2, message.clone());
            let view = node.view();
            assert_eq!(view.epoch.map(|epoch| epoch.number), Some(5), "after {message:?}");
            assert_eq!(view.role, "follower", "after {message:?}");
            node.restart();
            assert_eq!(node.view().epoch.map(|epoch| epoch.number), Some(5), "on disk, after {message:?}");
        }
    }
}

#[test]
fn what_one_message_changes_is_one_write() {
    for (message, left) in [
        (request_vote(5, 9, 9), "follower t5 12 c0"),
        (request_vote(5, 1, 1), "follower t5 12 c0"),
        (vote(5, false), "follower t5 12 c0"),
        (matched(5, 1), "follower t5 12 c0"),
        (append(5, (1, 1), "5", 0), "follower t5 15 c0"),
        (append(5, (2, 2), "", 0), "follower t5 12 c0"),
        (append(5, (9, 5), "5", 0), "follower t5 12 c0"),
    ] {
        let mut node = voter(2, Some(3), "12");
        let wants = node.hear(2, message);
        assert_eq!(written(&wants).len(), 1, "a crash must not come between two halves: {wants:?}");
        node.flush(wants);
        node.restart();
        assert_eq!(node.show(), left);
    }
}

#[test]
fn the_leader_of_an_earlier_term_is_nobody_s_leader() {
    let mut node = voter(1, None, "1");
    node.hear_and_flush(2, append(1, (1, 1), "", 0));
    assert_eq!(redirect(&node.tell(Input::Request(request(1)))), Some(NodeId(2)));
    node.hear_and_flush(3, request_vote(2, 0, 0));
    assert_eq!((node.view().leader, redirect(&node.tell(Input::Request(request(2))))), (None, None));
}

#[test]
fn whoever_leads_when_a_request_is_committed_answers_it() {
    // A follower applies the entry and leaves the answer to its leader.
    let taken = Node::leader(3, 0, "").tell(Input::Request(request(1)));
    let [message] = &sent(&taken, 2)[..] else { panic!("the entry is sent at once: {taken:?}") };
    let mut follower = Node::boot(2, &Config::new(3), Disk::default());
    follower.hear_and_flush(1, message.clone());
    let wants = follower.hear_and_flush(1, append(1, (1, 1), "", 1));
    assert_eq!((follower.view().applied, answers(&wants)), (1, 0));
    // As leader of a later term it commits the entry, and the client may still wait for it.
    let mut heir = Node::boot(2, &Config::new(3), follower.disk.clone());
    heir.tell_and_flush(Input::Timeout(Timer::Election));
    heir.hear_and_flush(1, vote(2, true));
    let wants = heir.hear_and_flush(1, matched(2, 2));
    assert_eq!((heir.view().applied, answers(&wants)), (2, 1));
}

#[test]
fn a_vote_of_its_own_that_is_flushed_late_does_not_count_in_the_next_term() {
    let mut node = Node::boot(1, &Config::new(3), Disk::default());
    node.tell(Input::Timeout(Timer::Election));
    node.tell(Input::Timeout(Timer::Election));
    node.tell(Input::Flushed(Receipt::Ballot(Term(1))));
    node.hear(2, vote(2, true));
    assert_eq!(node.view().role, "candidate", "of its votes only that in term 1 is on disk");
    node.tell(Input::Flushed(Receipt::Ballot(Term(2))));
    assert_eq!(node.view().role, "leader");
}

/// A follower of five that has taken entries and become leader, though only what `flushes` says is on its disk; then
/// two of the others have everything. Whether it commits says whether it counted itself.
fn counts_itself(log: &str, taken: &[(u64, (u64, u64), &str)], flushes: &[(u64, u64)]) -> bool {
    let config = Config { noop: false, ..Config::new(5) };
    let mut node = Node::boot(1, &config, disk(1, None, log));
    for (term, prev, more) in taken {
        node.hear(2, append(*term, *prev, more, 0));
    }
    node.tell(Input::Timeout(Timer::Election));
    let term = node.view().epoch.map_or(0, |epoch| epoch.number);
    (3..=5).for_each(|id| drop(node.hear(id, vote(term, true))));
    assert_eq!(node.view().role, "leader", "three others have voted for it");
    let own = node.tell(Input::Request(request(1)));
    assert_eq!(sent(&own, 3).len(), 1);
    for (index, term) in flushes {
        node.tell(Input::Flushed(Receipt::Entries(LogIndex(*index), Term(*term))));
    }
    let last = node.view().last_slot;
    (3..=4).for_each(|id| drop(node.hear(id, matched(term, last))));
    node.committed() > 0
}

#[test]
fn what_was_replaced_before_it_was_flushed_does_not_count() {
    // Its own entry is the third, of term 4.
    let replaced = [(3, (1, 1), "3")];
    assert!(!counts_itself("12", &replaced, &[]), "entry 2 of term 2 is on disk, and entry 2 of term 3 is not");
    assert!(!counts_itself("12", &replaced, &[(3, 2)]), "another entry 3 than the one that is in the log");
    assert!(!counts_itself("12", &replaced, &[(2, 3)]), "all but its own entry");
    assert!(!counts_itself("1222", &replaced, &[]), "four entries were on disk, of which one is left");
    assert!(counts_itself("12", &replaced, &[(2, 3), (3, 4)]));
    assert!(counts_itself("12", &replaced, &[(3, 4), (2, 3)]), "a receipt that comes late takes nothing back");
}

#[test]
fn no_message_carries_more_entries_than_a_batch() {
    let mut node = Node::leader(3, 1, "11111");
    node.config.batch = 2;
    let sizes = |wants: &Wants| {
        let entries = |message: &Message| match message {
            Message::AppendEntries(append) => Some(append.entries.len()),
            _ => None,
        };
        sent(wants, 2).iter().filter_map(entries).collect::<Vec<_>>()
    };
    node.hear(2, mismatch(2, 5));
    let wants = node.hear(2, mismatch(2, 4));
    assert_eq!(sizes(&wants), [2], "entries 4 and 5 would be all, and two are sent");
    node.hear(2, mismatch(2, 3));
    node.hear(2, mismatch(2, 2));
    assert_eq!(sizes(&node.hear(2, matched(2, 3))), [2], "entries 4 and 5");
    assert_eq!(sizes(&node.hear(2, matched(2, 5))), [0; 0], "nothing is left");
}
