//! What clients make of answers, of silence and of being sent around.

use super::*;
use crate::kv::KvError;

const DOORS: [NodeId; 3] = [NodeId(1), NodeId(2), NodeId(3)];

fn client(rules: ClientRules, seed: u64) -> Client {
    let habits = Habits { rules, chance: Chance::new(seed), doors: DOORS.to_vec() };
    Client::new(ClientId(1), Arc::new(habits), true)
}

/// A client that has asked `to` for the value of `a`, at time zero.
fn asking(to: u8, seed: u64) -> Client {
    let mut client = client(ClientRules::default(), seed);
    client.queue.push_back(Asked { command: Command::Get { key: "a".into() }, to: Some(NodeId(to)), read: None });
    assert!(matches!(client.wake(Time::START), Move::Ask(node) if node == NodeId(to)));
    client
}

fn done() -> Answer {
    Answer::Done(Err(KvError::KeyNotFound("a".into())))
}

/// Whom a client asks last, if it waits for an answer.
fn asked(client: &Client) -> Option<u8> {
    if let ClientState::Asking { to, .. } = client.state { Some(to.0) } else { None }
}

#[test]
fn who_gets_no_answer_asks_somebody_else_the_same_again() {
    let mut asked_next = std::collections::BTreeSet::new();
    for seed in 0..50 {
        let mut client = asking(2, seed);
        let before = client.pending.clone().expect("a request is running");
        let until = client.due().expect("it does not wait for ever");
        assert_eq!(until, Time::START + ClientRules::default().timeout);
        client.wake(until);
        asked_next.insert(asked(&client));
        let after = client.pending.expect("the request is running");
        assert_eq!((after.request, after.seq, after.attempts), (before.request, before.seq, 2));
    }
    assert_eq!(asked_next.into_iter().collect::<Vec<_>>(), [Some(1), Some(3)], "anybody but n2");
}

#[test]
fn who_has_an_answer_knows_the_leader_and_asks_it_first_the_next_time() {
    let mut client = asking(1, 7);
    client.hear(NodeId(1), 1, &Answer::Redirect(Some(NodeId(3))), Time::START);
    assert_eq!((asked(&client), client.pending.as_ref().map(|p| p.attempts)), (Some(3), Some(2)));
    client.hear(NodeId(3), 1, &done(), Time::START);
    assert_eq!((client.leader, client.answered, client.pending.is_none()), (Some(NodeId(3)), 1, true));
    client.wake(Time::START);
    assert_eq!(asked(&client), Some(3));
    // Whoever does not answer is not believed to lead any longer.
    client.wake(Time(300_000));
    assert_ne!(asked(&client), Some(3));
    assert_eq!(client.leader, None);
}

#[test]
fn answers_that_are_not_to_the_last_question_change_nothing() {
    let fresh = asking(1, 7);
    for (from, seq, answer) in [
        (NodeId(1), 2, done()),
        (NodeId(1), 0, done()),
        (NodeId(1), 2, Answer::Redirect(Some(NodeId(3)))),
        (NodeId(2), 1, Answer::Redirect(Some(NodeId(3)))),
        (NodeId(2), 1, Answer::Redirect(None)),
    ] {
        let mut client = fresh.clone();
        assert!(matches!(client.hear(from, seq, &answer, Time::START), Move::Rest));
        assert_eq!(client, fresh, "{answer:?} of {from} to request {seq}");
    }
    // An outcome is one, whoever tells it.
    let mut client = fresh;
    client.hear(NodeId(2), 1, &done(), Time::START);
    assert_eq!((client.answered, client.leader), (1, Some(NodeId(2))));
}

#[test]
fn who_is_sent_in_circles_rests_a_while() {
    let mut client = asking(1, 7);
    let mut places = vec![1];
    while let Some(at) = asked(&client) {
        let next = NodeId(at % 3 + 1);
        client.hear(NodeId(at), 1, &Answer::Redirect(Some(next)), Time::START);
        places.extend(asked(&client));
    }
    assert_eq!(places, [1, 2, 3, 1], "the fourth that knows better is not followed at once");
    let spread = ClientRules::default().backoff;
    let rest = client.due().expect("it tries again").since(Time::START);
    assert!((spread.min..=spread.max).contains(&rest), "{rest}");
    client.wake(Time::START + rest);
    assert_eq!(asked(&client), Some(2), "whom it was sent to last");
}

#[test]
fn who_is_told_that_nobody_leads_rests_and_asks_anybody() {
    let mut client = asking(1, 7);
    client.hear(NodeId(1), 1, &Answer::Redirect(None), Time::START);
    assert_eq!((asked(&client), client.leader), (None, None));
    client.wake(client.due().expect("it tries again"));
    assert!(asked(&client).is_some());
}

#[test]
fn a_client_sends_as_many_requests_of_its_own_as_it_may_and_then_is_done() {
    let mut client = client(ClientRules { requests: Some(3), ..ClientRules::default() }, 7);
    client.think(Time::START);
    for seq in 1..=3 {
        assert!(!client.is_done());
        client.wake(client.due().expect("it wants to ask"));
        client.hear(NodeId(1), seq, &done(), Time::START);
    }
    assert_eq!((client.due(), client.is_done(), client.answered), (None, true, 3));
}

#[test]
fn requests_of_a_person_wait_for_the_running_one_and_come_at_once_after_it() {
    let mut client = asking(1, 7);
    for key in ["b", "c"] {
        client.queue.push_back(Asked { command: Command::Get { key: key.into() }, to: None, read: None });
    }
    for key in ["b", "c"] {
        let seq = client.begun;
        client.hear(NodeId(1), seq, &done(), Time(5_000));
        assert_eq!(client.due(), Some(Time(5_000)), "nobody is kept waiting");
        client.wake(Time(5_000));
        let running = client.pending.as_ref().expect("the next one").request.command.clone();
        assert_eq!(running, Command::Get { key: key.into() });
    }
}

#[test]
fn what_a_client_thinks_of_by_itself_has_few_keys_and_every_operation_that_it_may_have() {
    for (deletes, expected) in [(true, vec!["delete", "get", "put"]), (false, vec!["get", "put"])] {
        let mut client = client(ClientRules { deletes, ..ClientRules::default() }, 7);
        let mut verbs = std::collections::BTreeSet::new();
        let mut keys = std::collections::BTreeSet::new();
        for own in 0..200 {
            client.own = own;
            let command = client.random_command();
            verbs.insert(command.to_string().split(' ').next().unwrap_or_default().to_string());
            keys.extend(command.key().map(ToString::to_string));
            if let Command::Put { value, .. } = command {
                let number = value.strip_prefix("val_").and_then(|number| number.parse::<u64>().ok());
                assert!(number.is_some_and(|number| number < 100), "{value}");
            }
        }
        assert_eq!(verbs.into_iter().collect::<Vec<_>>(), expected);
        assert_eq!(keys.into_iter().collect::<Vec<_>>(), ["a", "b", "c", "d", "e"]);
    }
}
