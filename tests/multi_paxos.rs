//! Stories of Multi-Paxos: Phase 1 once, a slot each, and nothing chosen is ever lost.
//!
//! Three acceptors (n1 to n3), leaders from n4 on, replicas behind them.

#![cfg(not(target_arch = "wasm32"))]

use raft_playground::check::Auditor;
use raft_playground::multi_paxos::MultiPaxos;
use raft_playground::observe::{NodeView, RoleMark, Window};
use raft_playground::protocol::TimerName;
use raft_playground::settings::Settings;
use raft_playground::sim::{Cluster, Payload, Step, schedule};
use raft_playground::types::{NodeId, Span, Time};

struct Story {
    cluster: Cluster<MultiPaxos>,
    auditor: Auditor<MultiPaxos>,
}

impl Story {
    fn new(leaders: u64) -> Self {
        let settings = Settings::default().with("num_leaders", leaders);
        let setup = settings.multi_paxos().expect("settings that can be");
        Story { cluster: Cluster::new(setup), auditor: Auditor::default() }
    }

    fn apply(&mut self, line: &str) {
        let timers: Vec<&str> =
            <MultiPaxos as raft_playground::protocol::Protocol>::Timer::ALL.iter().map(|timer| timer.name()).collect();
        let step = Step::parse(line, &timers).expect("a step");
        self.cluster.apply(&step).unwrap_or_else(|why| panic!("`{line}` is refused: {why}"));
        self.auditor.look(&self.cluster).expect("every promise is kept");
    }

    fn run(&mut self, span: Span) {
        let until = self.cluster.now() + span;
        while schedule::next(&self.cluster).is_some_and(|(due, _)| due <= until) {
            schedule::step(&mut self.cluster).expect("what is due can be done");
            self.auditor.look(&self.cluster).expect("every promise is kept");
        }
    }

    /// Goes on until `kind` is about to arrive at `to`, which it does not.
    fn until_sent(&mut self, kind: &str, to: NodeId) {
        while self.cluster.now() < Time(10_000_000) {
            let found = self.cluster.network().flights().any(|flight| {
                let Payload::Protocol(message) = &flight.payload else { return false };
                raft_playground::observe::Show::kind(message) == kind && flight.id.to == to.into()
            });
            if found {
                return;
            }
            schedule::step(&mut self.cluster).expect("what is due can be done");
            self.auditor.look(&self.cluster).expect("every promise is kept");
        }
        panic!("no {kind} was ever sent to {to}");
    }

    fn view(&self, id: u8) -> NodeView {
        let window = Window { from: 1, count: 100 };
        let state = self.cluster.states()[usize::from(id) - 1].as_ref().expect("the node runs");
        raft_playground::protocol::Protocol::observe(state, &self.cluster.setup().protocol, window)
    }

    fn texts(&self, id: u8) -> Vec<String> {
        self.view(id).slots.into_iter().map(|slot| slot.text).collect()
    }

    fn answer(&self, client: usize) -> String {
        let last = self.cluster.clients()[client - 1].last.as_ref().expect("an answer");
        last.2.text()
    }
}

#[test]
fn a_leader_wins_phase_1_and_everybody_applies_the_same() {
    let mut story = Story::new(1);
    story.run(Span::secs(1));
    assert_eq!(story.view(4).mark, RoleMark::Crown);
    for (line, answer) in [
        ("put c1 a 1", "OK"),
        ("put c1 a 2", "key already exists: a"),
        ("get c1 a", "\"1\""),
        ("delete c1 a", "OK"),
        ("get c1 a", "key not found: a"),
    ] {
        story.apply(line);
        story.run(Span::secs(1));
        assert_eq!(story.answer(1), answer, "{line}");
    }
    // The replicas have carried out the refused put too, with the leader's outcome: they agree.
    for replica in [5, 6] {
        assert_eq!(story.texts(replica), story.texts(4));
        assert_eq!(story.view(replica).store, story.view(4).store);
        assert_eq!(story.view(replica).applied, 5);
    }
}

#[test]
fn what_a_quorum_accepted_survives_the_leader_that_proposed_it() {
    let mut story = Story::new(2);
    story.run(Span::secs(1));
    assert_eq!(story.view(4).mark, RoleMark::Crown, "leader 1 is the more impatient one");
    story.apply("put c1 a 1 to n4");
    // Both acceptors that make a quorum have accepted; the leader dies before it hears of it.
    story.until_sent("Accepted", NodeId(4));
    story.run(Span::millis(9));
    story.apply("crash n4");
    story.run(Span::secs(3));
    assert_eq!(story.view(5).mark, RoleMark::Crown, "leader 2 takes over");
    assert_eq!(story.texts(5).first().map(String::as_str), Some("put a 1"));
    story.apply("get c2 a to n5");
    story.run(Span::secs(1));
    assert_eq!(story.answer(2), "\"1\"");
    // The old leader comes back, learns of the higher ballot and gives way or takes over in a still
    // higher one; either way the store is the same.
    story.apply("restart n4");
    story.run(Span::secs(3));
    story.apply("get c3 a");
    story.run(Span::secs(2));
    assert_eq!(story.answer(3), "\"1\"");
}

#[test]
fn a_gap_is_filled_and_a_replica_waits_at_it() {
    let mut story = Story::new(2);
    story.run(Span::secs(1));
    // The Accepts for the first slot are lost on their way to all acceptors, the second slot's are not.
    for acceptor in 1..=3 {
        story.apply(&format!("cut n4->n{acceptor}"));
    }
    story.apply("put c1 a 1 to n4");
    story.run(Span::millis(40));
    story.apply("heal");
    story.apply("put c2 b 2 to n4");
    story.run(Span::millis(38));
    story.apply("crash n4");
    story.run(Span::secs(3));
    let texts = story.texts(5);
    assert!(texts.contains(&"put b 2".to_string()), "{texts:?}");
    // Whatever stood in the first slot, every copy holds the same, without a gap.
    let indexes: Vec<u64> = story.view(5).slots.iter().map(|slot| slot.index).collect();
    assert_eq!(indexes, (1..=indexes.len() as u64).collect::<Vec<_>>());
    story.run(Span::secs(2));
    let common = story.view(6).applied.min(story.view(5).applied);
    assert!(common >= 2, "the replica has gone on past the gap");
}

#[test]
fn without_a_quorum_of_acceptors_nothing_is_chosen() {
    let mut story = Story::new(1);
    story.run(Span::secs(1));
    story.apply("crash n1");
    story.apply("crash n2");
    story.apply("put c1 a 1");
    story.run(Span::secs(2));
    assert_eq!(story.answer(1), "consensus failed");
    assert_eq!((story.cluster.clients()[0].answered, story.view(4).applied), (1, 0));
    // The slot stays open: the command is chosen as soon as there is a quorum again.
    story.apply("restart n1");
    story.run(Span::secs(1));
    assert_eq!(story.view(4).store, Some(vec![("a".to_string(), "1".to_string())]));
    story.apply("put c1 b 2");
    story.run(Span::secs(1));
    assert_eq!((story.answer(1).as_str(), story.view(5).store), ("OK", story.view(4).store));
}

#[test]
fn over_a_network_that_loses_every_third_message_everybody_comes_to_the_same() {
    let mut story = Story::new(2);
    story.apply("loss all 33%");
    story.apply("traffic on");
    story.run(Span::secs(20));
    assert!(story.view(6).applied.max(story.view(4).applied) > 20, "the network does not stop them");
    story.apply("traffic off");
    story.apply("loss all 0%");
    story.run(Span::secs(5));
    let ends: Vec<_> = (4..=7).map(|id| (story.view(id).applied, story.view(id).store)).collect();
    assert!(ends.iter().all(|end| *end == ends[0]), "{ends:?}");
}

#[test]
fn a_replica_that_was_cut_off_catches_up_with_what_it_missed() {
    let mut story = Story::new(1);
    story.run(Span::secs(1));
    story.apply("isolate n6");
    story.apply("traffic on");
    story.run(Span::secs(3));
    assert_eq!(story.view(6).applied, 0);
    let missed = story.view(4).applied;
    assert!(missed > 20, "only {missed} slots were missed");
    story.apply("traffic off");
    story.apply("heal");
    story.run(Span::secs(3));
    assert_eq!(story.view(6).applied, story.view(4).applied);
    assert_eq!(story.view(6).store, story.view(4).store);
}
