//! "Why?": what is answered to each kind of question, and that what led there really did.
#![cfg(not(target_arch = "wasm32"))]

use raft_playground::playground::{Playground, open};
use raft_playground::scenario::{Run, Scenario, shipped};
use raft_playground::settings::Settings;
use raft_playground::types::Span;
use raft_playground::view::View;
use raft_playground::why::{Answer, LINKS};

/// A scenario that comes with the project, at its end.
fn played(name: &str) -> Box<dyn Playground> {
    let text = shipped().iter().find(|(known, _)| *known == name).expect("a scenario that comes along").1;
    let mut run = Run::new(&Scenario::parse(text).expect("it is one")).expect("its settings are valid");
    run.go(&mut |_| ()).unwrap_or_else(|failure| panic!("{name}: {failure}"));
    run.into_cluster()
}

/// The same at the first moment that is such.
fn played_until(name: &str, such: impl Fn(&View) -> bool) -> Box<dyn Playground> {
    let mut run = played(name);
    for steps in 0..=run.end().0 {
        run.seek(steps).expect("it is known");
        if such(&run.view(Some(1))) {
            return run;
        }
    }
    panic!("{name} has no such moment");
}

fn three_nodes() -> Box<dyn Playground> {
    let mut settings = Settings::default();
    settings.set("num_nodes", "3").expect("a size that can be");
    open(&settings).expect("a cluster")
}

fn ask(run: &dyn Playground, question: &str) -> Answer {
    run.why(&question.parse().expect("a question")).unwrap_or_else(|why| panic!("{question}: {why}"))
}

/// All sentences of an answer, each with its section.
fn said(answer: &Answer) -> String {
    answer.reasons.iter().map(|reason| format!("{} ({})\n", reason.text, reason.section)).collect()
}

fn chain(answer: &Answer) -> String {
    answer.past.chain.iter().map(|link| format!("{} {}\n", link.moment, link.text)).collect()
}

fn says(answer: &Answer, sentences: &[&str]) {
    let all = said(answer);
    for sentence in sentences {
        assert!(all.contains(sentence), "{}: `{sentence}` is missing in:\n{all}", answer.question);
    }
}

fn shows(answer: &Answer, events: &[&str]) {
    let all = chain(answer);
    let mut from = 0;
    for event in events {
        let found = all[from..].find(event);
        from += found
            .unwrap_or_else(|| panic!("{}: `{event}` is missing, or not in this order, in:\n{all}", answer.question));
    }
}

fn leads(view: &View, node: usize) -> bool {
    view.nodes[node].up && view.nodes[node].node.role == "leader"
}

// ------------------------------------------------------------------------------------------------------- entries

#[test]
fn an_entry_in_a_minority_waits_for_those_beyond_the_cut() {
    let settled = |view: &View| leads(view, 2) && view.nodes[1].node.last_slot == 1 && view.clients[1].answered == 1;
    let run = played_until("partition", settled);
    let answer = ask(&*run, "entry n2 1");
    says(
        &answer,
        &[
            "n3 knows entry 1 to be committed, n2 does not.",
            "n2 has something else there, `put x 3`, which was never committed and gives way to `put x 8`.",
            "n2 is cut off from n3.",
        ],
    );
    shows(&answer, &["The network splits: n1 n2 | n3 n4 n5", "n2 takes `put x 3`", "n3 commits entry 1"]);
}

#[test]
fn before_the_others_have_a_leader_the_old_one_counts_two_of_three() {
    let run = played_until("partition", |view| {
        view.nodes[1].node.peers.iter().any(|peer| peer.node.0 == 1 && peer.matched == 1)
    });
    let answer = ask(&*run, "entry 1");
    says(
        &answer,
        &[
            "As far as n2, which leads term 1, knows, entry 1 is safe on n1 and n2 alone: 2 of the 3 of \
             n1 n2 n3 n4 n5 that it takes. (Raft §5.3)",
            "n3, n4 and n5 are cut off from n2.",
        ],
    );
    shows(&answer, &["The network splits", "n2 takes `put x 3`"]);
}

#[test]
fn without_a_majority_it_is_said_who_is_down() {
    let run = played_until("no_quorum", |view| view.nodes[0].node.peers.iter().any(|peer| peer.matched == 3));
    says(&ask(&*run, "entry 3"), &["is safe on n1 and n2 alone: 2 of the 3", "n3, n4 and n5 are down."]);
    shows(&ask(&*run, "entry 3"), &["n3 crashes", "n5 crashes", "n1 takes `put c 3`"]);
}

#[test]
fn an_entry_of_an_earlier_term_is_not_counted() {
    let held = |view: &View| {
        leads(view, 0) && view.nodes[0].node.peers.iter().any(|peer| peer.node.0 == 3 && peer.matched == 2)
    };
    let run = played_until("figure_8_overwritten", held);
    let answer = ask(&*run, "entry 2");
    says(
        &answer,
        &["A majority holds entry 2, but it is of term 2, and a leader counts the holders of entries of its own term \
             alone: it will be committed together with the first of term 4. (Raft §5.4.2)"],
    );
    assert!(!said(&answer).contains("is safe on"), "{}", said(&answer));
}

#[test]
fn a_committed_entry_tells_who_counted_and_who_held_it() {
    let run = played("no_quorum");
    let answer = ask(&*run, "entry 2");
    says(&answer, &["Entry 2 is committed.", "n1 commits entries 1 to 3: a majority holds them. (Raft §5.3)"]);
    shows(&answer, &["n3 restarts", "n3 stores entries 1 to 3 from n1", "n1 commits entries 1 to 3"]);
    says(&ask(&*run, "entry n4 2"), &["n1 knows entry 2 to be committed, n4 does not.", "n4 is down."]);
    says(&ask(&*run, "entry 9"), &["Nobody has an entry 9 at this moment: the last that anybody has is 3."]);
}

#[test]
fn slots_and_positions_are_answered_for_as_well() {
    let run = played_until("multipaxos_kv", |view| {
        view.nodes[3].node.last_slot == 2 && view.nodes[..3].iter().any(|card| card.node.last_slot == 3)
    });
    says(
        &ask(&*run, "entry 3"),
        &["leader 1, which leads with ballot 1.1, proposes `delete c` for slot 3: accepted by"],
    );
    let run = played("kv_store");
    says(&ask(&*run, "entry 3"), &["Entry 3 is committed."]);
    let mut run = played("acceptor_crash");
    for node in ["n1", "n2", "n3"] {
        let _ = run.apply(&format!("crash {node}"));
    }
    run.apply("put c1 zz 1").expect("a client asks");
    run.advance(Span::millis(100)).expect("time goes on");
    let last = run.view(None).last_slot;
    says(
        &ask(&*run, "client c1"),
        &["0 of the 2 acceptors of 3 that it takes.", "acceptor 1, acceptor 2 and acceptor 3 are down."],
    );
    assert!(last > 0);
}

// ------------------------------------------------------------------------------------------------------- leaders

#[test]
fn a_split_vote_says_who_has_whose_vote() {
    let split = |view: &View| {
        let two = view.nodes[..2].iter().all(|card| card.node.role == "candidate");
        two && view.nodes[0].node.tally.as_ref().is_some_and(|tally| tally.granted.len() == 2)
    };
    let run = played_until("split_vote", split);
    let answer = ask(&*run, "leader");
    says(
        &answer,
        &[
            "n1 asks for votes in term 1 and has 2 of the 3 that it needs of n1 n2 n3 n4; n1 and n3 have granted; n2 has \
             refused; n4 has not answered. (Raft §5.2)",
            "2 candidates split the votes of term 1",
            "The next to try is n",
        ],
    );
    shows(&answer, &["n1 asks for votes in term 1", "n3 votes for n1", "n2 refuses its vote to n1"]);
}

#[test]
fn a_leader_that_is_cut_off_reaches_nobody() {
    let mut run = open(&Settings::default()).expect("a cluster");
    run.advance(Span::millis(500)).expect("time goes on");
    says(&ask(&*run, "leader"), &["n5 is leader of term 1, with 3 of 5 votes. (Raft §5.2)"]);
    run.apply("isolate n5").expect("it can be cut off");
    says(&ask(&*run, "leader"), &["Nothing that n5 sends reaches n1, n2, n3 and n4: the links are cut."]);
    run.advance(Span::secs(2)).expect("time goes on");
    let answer = ask(&*run, "leader");
    says(&answer, &["n5 still takes itself for the leader of term 1: it has not heard of term "]);
    // That nothing was heard of it is why somebody else wanted to lead.
    shows(&answer, &["n5 is cut off from all other nodes", "asks for votes in term 2", "is leader of term 2"]);
}

#[test]
fn without_a_leader_it_is_said_who_led_last_and_how_that_ended() {
    let mut run = three_nodes();
    run.advance(Span::millis(500)).expect("time goes on");
    let leader = run.view(None).nodes.iter().find(|card| card.node.role == "leader").expect("a leader").id;
    run.apply(&format!("crash {leader}")).expect("it can crash");
    let answer = ask(&*run, "leader");
    says(&answer, &[&format!("{leader} led last; then: {leader} crashes"), "Nobody asks for votes at the moment"]);
    for node in run.view(None).nodes.iter().filter(|card| card.up).map(|card| card.id).take(1) {
        run.apply(&format!("crash {node}")).expect("it can crash");
    }
    says(&ask(&*run, "leader"), &["and it takes the votes of 2 to lead. (Raft §5.2)"]);
    says(&ask(&*run, &format!("node {leader}")), &[&format!("{leader} is down.")]);
}

// ------------------------------------------------------------------------------------------- refusals and clients

#[test]
fn a_refusal_tells_the_rule_behind_it() {
    let answer = ask(&*played("election_restriction"), "refusal n2");
    says(
        &answer,
        &[
            "n2 refuses its vote to n3: n3's log is shorter (1 of 2 entries). (Raft §5.4.1)",
            "A vote goes to nobody whose log is less up to date than the voter's",
        ],
    );
    shows(&answer, &["n3 asks for votes in term 2", "n2 refuses its vote to n3"]);
    says(&ask(&*played("leader_crash"), "refusal n4"), &["in this term it has voted for n4. (Raft §5.2)"]);
    says(&ask(&*played("replication"), "refusal n1"), &["n1 has refused nothing."]);
    says(&ask(&*played("duel"), "refusal n1"), &["ballot 1.2 -> rejected: 2.1 is promised. (Paxos Made Simple §2.2)"]);
}

#[test]
fn an_answer_of_the_store_is_traced_to_the_command_that_made_it_so() {
    let run = played("raft_kv");
    let answer = ask(&*run, "request c2#4");
    says(
        &answer,
        &[
            "c2 is answered: put b val_2 → key already exists: b.",
            "It was committed as entry 11, and n5 was the first to carry it out",
            "`put b val_66` by c1 stands before it, as entry 10 (OK), and a put never overwrites.",
        ],
    );
    shows(&answer, &["n5 takes `put b val_66`", "n5 commits entry 10", "n5 commits entry 11", "c2 is answered"]);
    says(&ask(&*run, "request c2#1"), &["key not found: c", "there is nothing under that key"]);
    says(&ask(&*run, "client c2"), &["c2 is answered: delete b → OK."]);
}

#[test]
fn what_a_deposed_leader_had_taken_is_told_to_whoever_waits_for_it() {
    says(
        &ask(&*played("partition"), "client c1"),
        &[
            "c1 waits for the answer to `put x 3`",
            "n2 takes `put x 3` into its log",
            "Nobody that runs has it any more",
        ],
    );
    let mut run = open(&Settings::default()).expect("a cluster");
    says(&ask(&*run, "client c3"), &["c3 has not asked for anything yet."]);
    run.apply("put c1 a 1").expect("a client asks");
    says(&ask(&*run, "client c1"), &["Its request is on its way to n"]);
    while run.view(None).clients[0].running.as_ref().is_some_and(|running| running.to.is_some()) {
        run.step().expect("an event");
    }
    says(&ask(&*run, "client c1"), &["it was told that nobody leads", "Nobody has asked for votes yet"]);
}

// ------------------------------------------------------------------------------------ nodes, messages, violations

#[test]
fn nodes_messages_and_broken_promises() {
    let run = played("partition");
    says(
        &ask(&*run, "node n2"),
        &["n2 is follower in term 2, and takes n3 for the leader.", "n2 no longer leads: n3 is in term 2"],
    );
    let answer = ask(&*run, "message n3->n4#1");
    says(
        &answer,
        &["n3 sent n4 RequestVote at 0ms: n3 asks for votes in term 2", "It arrived at 0ms: n4 votes for n3"],
    );
    assert_eq!(answer.past.chain.last().map(|link| link.steps), Some(29), "{}", chain(&answer));
    says(&ask(&*run, "violation"), &["No promise is broken at this moment."]);
    let broken = ask(&*played("single_server_bug"), "violation");
    says(
        &broken,
        &["leader-completeness is broken: n1 leads term 3 without the committed entries up to 1. (Raft §5.4)"],
    );
    shows(&broken, &["n1 asks for votes in term 3", "n1 is leader of term 3"]);
}

#[test]
fn what_is_not_there_is_refused_with_a_sentence() {
    let run = played("raft_kv");
    for (question, sentence) in [
        ("node n9", "there is no n9: expected n1 to n5"),
        ("entry n9 1", "there is no n9: expected n1 to n5"),
        ("refusal n8", "there is no n8: expected n1 to n5"),
        ("client c9", "there is no c9: expected c1 to c3"),
        ("request c1#99", "c1 has made no request 99 by this moment"),
        (
            "message n1->n2#999",
            "no message n1->n2#999 was sent lately: expected one that is on its way or was a moment ago",
        ),
    ] {
        let refused = run.why(&question.parse().expect("a question")).expect_err(question);
        assert_eq!(refused.to_string(), sentence);
    }
}

#[test]
fn asking_changes_nothing_and_the_past_can_be_asked_about() {
    let mut run = played("raft_kv");
    let (hash, moment) = (run.hash(), run.exact());
    ask(&*run, "leader");
    assert_eq!((run.hash(), run.exact()), (hash, moment));
    run.seek(9).expect("it is known");
    assert_eq!(ask(&*run, "leader").moment, run.exact().to_string());
    says(&ask(&*run, "leader"), &["The next to try is n"]);
}

#[test]
fn each_branch_has_a_past_of_its_own() {
    let mut run = open(&Settings::default()).expect("a cluster");
    run.advance(Span::millis(500)).expect("time goes on");
    run.apply("crash n5").expect("it can crash");
    run.advance(Span::secs(1)).expect("time goes on");
    let first = run.branch();
    shows(&ask(&*run, "leader"), &["n5 crashes", "is leader of term 2"]);
    run.undo().expect("the crash is undone");
    run.advance(Span::secs(1)).expect("time goes on");
    let answer = ask(&*run, "leader");
    says(&answer, &["n5 is leader of term 1"]);
    assert!(!chain(&answer).contains("crashes"), "{}", chain(&answer));
    run.switch(first).expect("it is there");
    shows(&ask(&*run, "leader"), &["n5 crashes", "is leader of term 2"]);
}

// ------------------------------------------------------------------------------------------------- causal pasts

/// Every question that can be asked of a picture.
fn questions(view: &View) -> Vec<String> {
    let mut all = vec!["leader".to_string(), "violation".to_string()];
    for card in &view.nodes {
        all.push(format!("node {}", card.id));
        all.push(format!("refusal {}", card.id));
        all.extend((1..=view.last_slot).step_by(3).map(|slot| format!("entry {} {slot}", card.id)));
    }
    all.extend((1..=view.last_slot + 1).map(|slot| format!("entry {slot}")));
    all.extend(view.clients.iter().map(|card| format!("client {}", card.id)));
    all.extend(view.messages.iter().map(|flight| format!("message {}", flight.id)));
    all
}

#[test]
fn causes_come_before_what_they_cause_and_no_message_comes_from_nowhere() {
    let mut chains = 0;
    for (name, _) in shipped() {
        let run = played(name);
        for question in questions(&run.view(None)) {
            let answer = ask(&*run, &question);
            assert!(!answer.reasons.is_empty(), "{name}: {question} has no answer");
            let past = &answer.past;
            assert!(past.chain.len() <= LINKS);
            assert!(past.chain.is_sorted_by_key(|link| link.steps), "{name}: {question}");
            assert!(past.chain.iter().all(|link| link.steps <= run.steps()));
            for link in &past.chain {
                let Some(id) = link.message else { continue };
                // These runs are short: all of their past is looked at.
                let sent = link.sent.unwrap_or_else(|| panic!("{name}: {question}: nobody has sent {id}"));
                assert!(sent < link.steps, "{name}: {question}: {id} arrives before it is sent");
                assert!(past.all.is_empty() || past.all.contains(&sent), "{name}: {question}: {id} has no sender");
                chains += 1;
            }
            assert!(past.all.is_empty() || past.chain.iter().all(|link| past.all.contains(&link.steps)));
            assert!(past.all.is_empty() || past.chain.len() as u64 + past.more <= past.all.len() as u64);
        }
    }
    assert!(chains > 1_000, "only {chains} messages were looked at");
}

/// Two of three nodes elect a leader, which takes the vote of both.
fn narrow() -> Box<dyn Playground> {
    let mut run = three_nodes();
    run.apply("crash n3").expect("it can crash");
    while run.view(None).nodes.iter().all(|card| card.node.role != "leader") {
        run.step().expect("an event");
    }
    run
}

#[test]
fn without_a_message_of_the_chain_it_would_not_have_come_about() {
    let answer = ask(&*narrow(), "leader");
    let messages: Vec<_> = answer.past.chain.iter().filter_map(|link| Some((link.steps, link.message?))).collect();
    assert!(messages.len() >= 2, "a request and a vote at least:\n{}", chain(&answer));
    for (steps, id) in messages {
        let mut run = narrow();
        let end = run.exact();
        run.seek(steps - 1).expect("it is known");
        run.apply(&format!("drop {id}")).expect("it is on its way");
        run.seek_time(end.at).expect("time goes on");
        assert!(
            run.view(None).nodes.iter().all(|card| card.node.role != "leader"),
            "without {id} there is a leader, too"
        );
    }
}

#[test]
fn what_is_not_in_the_past_has_no_part_in_it() {
    let elected = || {
        let mut run = open(&Settings { seed: 4, ..Settings::default() }).expect("a cluster");
        while run.view(None).nodes.iter().all(|card| card.node.role != "leader") {
            run.step().expect("an event");
        }
        run
    };
    let answer = ask(&*elected(), "leader");
    assert!(!answer.past.all.is_empty(), "the past of the first election is small");
    let (end, leader) = (elected().exact(), elected().view(None));
    let mut tried = 0;
    for steps in 1..end.steps.unwrap_or(0) {
        let mut run = elected();
        run.seek(steps).expect("it is known");
        let delivered = run.transition().delivered.first().map(|message| message.id);
        let Some(id) = delivered.filter(|_| !answer.past.all.contains(&steps)) else { continue };
        run.seek(steps - 1).expect("it is known");
        run.apply(&format!("drop {id}")).expect("it is on its way");
        run.seek_time(end.at).expect("time goes on");
        let leading = |view: &View| (0..5).map(|node| leads(view, node)).collect::<Vec<_>>();
        assert_eq!(leading(&run.view(None)), leading(&leader), "without {id}, at step {steps}");
        tried += 1;
    }
    assert!(tried > 0, "every message of this run is in the past of its election");
}

#[test]
fn in_a_long_run_only_its_end_is_looked_at() {
    let mut run = open(&Settings { traffic: true, ..Settings::default() }).expect("a cluster");
    run.advance(Span::secs(60)).expect("time goes on");
    assert!(run.steps() > 25_000, "{} steps are no long run", run.steps());
    let answer = ask(&*run, "leader");
    says(&answer, &["n5 has led before ", ", further back than is looked."]);
    let last = run.view(None).last_slot;
    says(&ask(&*run, &format!("entry {}", last - 5)), &["is committed."]);
}
