//! Stories of Raft as scripts: each is a list of steps as a person would write them, with what must have come of it
//! in between. They are those that Raft is taught with (election, split vote, crash, partition), and what networks,
//! disks and clocks do to it.
//!
//! Beside the steps that a cluster knows, a script has `run 300ms` (the schedule goes on for so long), `deliver all
//! n1 n3` (everything on its way between these two arrives, first sent first), `drop all n1 n3` likewise, and
//! `settle` (every message between nodes arrives, and every answer to it, but no timer runs out).
#![cfg(not(target_arch = "wasm32"))]

use raft_playground::check::Auditor;
use raft_playground::observe::{NodeView, Window};
use raft_playground::protocol::{Protocol, TimerName};
use raft_playground::raft::{Config, Raft, Timer};
use raft_playground::settings::Settings;
use raft_playground::sim::{Cluster, Payload, Step, schedule};
use raft_playground::types::{MessageId, NodeId, Process, Span, Time};

/// A cluster that is told a story, and every line of it so far.
struct Story {
    cluster: Cluster<Raft>,
    auditor: Auditor<Raft>,
    told: Vec<String>,
    seed: u64,
}

impl Story {
    fn of(nodes: u64) -> Story {
        Story::with(nodes, 1, |_| {})
    }

    fn with(nodes: u64, seed: u64, choose: impl FnOnce(&mut Config)) -> Story {
        let settings = Settings { seed, ..Settings::default() }.with("num_nodes", nodes);
        let mut setup = settings.raft().expect("these settings are valid");
        choose(&mut setup.protocol);
        Story { cluster: Cluster::new(setup), auditor: Auditor::default(), told: Vec::new(), seed }
    }

    /// What shows a failure again.
    fn again(&self) -> String {
        let nodes = self.cluster.count();
        let script = self.told.join("\n  ");
        format!("\nnum_nodes = {nodes}, seed = {}, in tests/raft_stories.rs:\n  {script}\n{}\n", self.seed, self.show())
    }

    fn apply(&mut self, step: &Step) {
        if let Err(why) = self.cluster.apply(step) {
            panic!("`{step}` was refused: {why}{}", self.again());
        }
        self.audit();
    }

    fn audit(&mut self) {
        if let Err(violation) = self.auditor.look(&self.cluster) {
            panic!("{}: {}{}", violation.property, violation.text, self.again());
        }
    }

    fn between_nodes(&self, meant: impl Fn(NodeId, NodeId) -> bool) -> Vec<MessageId> {
        let awake = NodeId::all(self.cluster.count()).map(|id| self.cluster.host(id)).filter(|host| !host.paused);
        let flights = self.cluster.network().flights().chain(awake.flat_map(|host| &host.held));
        let flights = flights.filter(|flight| matches!(flight.payload, Payload::Protocol(_)));
        let mut ids: Vec<(Time, MessageId)> = flights.map(|flight| (flight.sent, flight.id)).collect();
        ids.sort();
        let pair = |id: &MessageId| match (id.from, id.to) {
            (Process::Node(from), Process::Node(to)) => meant(from, to),
            _ => false,
        };
        ids.into_iter().map(|(_, id)| id).filter(pair).collect()
    }

    /// Tells a few lines, separated by `;` or line breaks.
    fn tell(&mut self, lines: &str) -> &mut Self {
        for line in lines.split([';', '\n']).map(str::trim).filter(|line| !line.is_empty()) {
            self.told.push(line.to_string());
            self.tell_line(line);
        }
        self
    }

    fn tell_line(&mut self, line: &str) {
        let words: Vec<&str> = line.split(' ').collect();
        let node = |text: &str| text.parse::<NodeId>().unwrap_or_else(|why| panic!("{why}"));
        match words[..] {
            ["run", span] => {
                let span: Span = span.parse().unwrap_or_else(|why: String| panic!("{why}"));
                let until = self.cluster.now() + span;
                while schedule::next(&self.cluster).is_some_and(|(due, _)| due <= until) {
                    schedule::step(&mut self.cluster).unwrap_or_else(|why| panic!("{why}{}", self.again()));
                    self.audit();
                }
                self.apply(&Step::Until(until));
            }
            ["settle"] => {
                while let Some(id) = self.between_nodes(|_, _| true).first().copied() {
                    // What is sent over a cut link is lost, as the schedule would have it.
                    let lost = self.cluster.network().links.get(id.from, id.to).cut;
                    self.apply(&if lost { Step::Drop(id) } else { Step::Deliver(id) });
                }
            }
            [verb @ ("deliver" | "drop"), "all", from, to] => {
                for id in self.between_nodes(|a, b| (a, b) == (node(from), node(to))) {
                    self.apply(&if verb == "drop" { Step::Drop(id) } else { Step::Deliver(id) });
                }
            }
            _ => {
                let timers: Vec<&'static str> = Timer::ALL.iter().map(|timer| timer.name()).collect();
                let step = Step::parse(line, &timers).unwrap_or_else(|why| panic!("{why}"));
                self.apply(&step);
            }
        }
    }

    fn view(&self, node: u8) -> Option<NodeView> {
        let all = Window { from: 1, count: 1_000 };
        let state = self.cluster.states()[NodeId(node).slot()].as_ref();
        state.map(|state| state.observe(&self.cluster.setup().protocol, all))
    }

    /// `L2 12 c1`: role, term, terms of the log, commit index; a dash for a node that is down.
    fn node(&self, node: u8) -> String {
        let Some(view) = self.view(node) else { return "-".to_string() };
        let log: String = view.slots.iter().map(|slot| slot.epoch.text.as_str()).collect();
        let role = view.role[..1].to_uppercase();
        format!("{role}{} {log} c{}", view.epoch.map_or(0, |epoch| epoch.number), view.committed).replace("  ", " ")
    }

    fn show(&self) -> String {
        (1..=self.cluster.count()).map(|id| self.node(id)).collect::<Vec<_>>().join(" | ")
    }

    /// Every node, in one line.
    fn check(&mut self, expected: &str) -> &mut Self {
        assert_eq!(self.show(), expected, "{}", self.again());
        self
    }

    /// The last answer that a client has got, and how many it has got so far.
    fn check_client(&mut self, client: usize, answered: u64, expected: &str) -> &mut Self {
        let client = &self.cluster.clients()[client - 1];
        let last = client
            .last
            .as_ref()
            .map_or(String::new(), |(_, command, answer, _)| format!("{command}: {}", answer.text()));
        assert_eq!((client.answered, last.as_str()), (answered, expected), "{}{}", client.id, self.again());
        self
    }

    /// The contents of every store that runs.
    fn check_stores(&mut self, expected: &str) -> &mut Self {
        for node in 1..=self.cluster.count() {
            let Some(view) = self.view(node) else { continue };
            let pairs: Vec<String> =
                view.store.into_iter().flatten().map(|(key, value)| format!("{key}={value}")).collect();
            assert_eq!(pairs.join(" "), expected, "the store of n{node}{}", self.again());
        }
        self
    }

    fn leaders(&self) -> Vec<(u8, u64)> {
        let views = (1..=self.cluster.count()).filter_map(|id| Some((id, self.view(id)?)));
        let leaders = views.filter(|(_, view)| view.role == "leader");
        leaders.map(|(id, view)| (id, view.epoch.map_or(0, |epoch| epoch.number))).collect()
    }
}

/// Without an entry of its own a leader's log is what the story says.
fn plain(nodes: u64) -> Story {
    Story::with(nodes, 1, |config| config.noop = false)
}

// ------------------------------------------------------------------------------------------------ the protocol

#[test]
fn an_election_is_won_with_the_third_vote_of_five() {
    let mut story = plain(5);
    story.check("F0 c0 | F0 c0 | F0 c0 | F0 c0 | F0 c0");
    story.tell("timeout n1").check("C1 c0 | F0 c0 | F0 c0 | F0 c0 | F0 c0");
    story.tell("deliver all n1 n2; deliver all n2 n1").check("C1 c0 | F1 c0 | F0 c0 | F0 c0 | F0 c0");
    story.tell("deliver all n1 n3; deliver all n3 n1").check("L1 c0 | F1 c0 | F1 c0 | F0 c0 | F0 c0");
    story.tell("settle").check("L1 c0 | F1 c0 | F1 c0 | F1 c0 | F1 c0");
}

#[test]
fn a_split_vote_is_resolved_in_the_next_term() {
    let mut story = plain(4);
    story.tell("timeout n1; timeout n2; deliver all n1 n3; deliver all n2 n4; settle");
    story.check("F1 c0 | F1 c0 | F1 c0 | F1 c0");
    assert_eq!([3, 4].map(|id| story.view(id).and_then(|view| view.vote)), [Some(NodeId(1)), Some(NodeId(2))]);
    story.tell("timeout n1; settle").check("L2 c0 | F2 c0 | F2 c0 | F2 c0");
}

#[test]
fn timers_that_run_out_together_split_the_vote_and_chance_resolves_it() {
    for seed in 1..=20 {
        let mut story = Story::with(5, seed, |_| {});
        story.tell("align; run 5ms");
        let due = schedule::next(&story.cluster).map_or(Span::ZERO, |(due, _)| due.since(story.cluster.now()));
        story.tell(&format!("run {due}")).check("C1 c0 | C1 c0 | C1 c0 | C1 c0 | C1 c0");
        story.tell("run 140ms");
        assert_eq!(story.leaders(), [], "everybody has voted for itself in term 1{}", story.again());
        story.tell("run 5s");
        assert_eq!(story.leaders().len(), 1, "{}", story.again());
    }
}

#[test]
fn timers_that_run_out_one_after_another_elect_the_first() {
    for seed in 1..=20 {
        let mut story = Story::with(5, seed, |_| {});
        story.tell("spread; run 1s");
        assert_eq!(story.leaders().iter().map(|(_, term)| *term).collect::<Vec<_>>(), [1], "{}", story.again());
    }
}

#[test]
fn only_a_log_that_holds_what_is_committed_can_win() {
    let mut story = plain(3);
    story.tell("timeout n1; settle; put c1 a 1 to n1; deliver c1->n1#1; settle");
    story.tell("put c2 b 2 to n1; deliver c2->n1#1; deliver all n1 n2; drop all n1 n3; settle; crash n1");
    story.check("- | F1 11 c1 | F1 1 c0");
    story.tell("timeout n3; settle").check("- | F2 11 c1 | C2 1 c0");
    story.tell("timeout n2; settle").check("- | L3 11 c1 | F3 11 c1");
}

#[test]
fn a_write_is_answered_before_the_followers_know_that_it_is_committed() {
    let mut story = plain(3);
    story.tell("timeout n1; settle; put c1 x 1 to n1; deliver c1->n1#1; settle");
    story.check("L1 1 c1 | F1 1 c0 | F1 1 c0").check_client(1, 0, "");
    story.tell("deliver n1->c1#1").check_client(1, 1, "put x 1: OK");
    story.tell("timeout n1 heartbeat; settle").check("L1 1 c1 | F1 1 c1 | F1 1 c1").check_stores("x=1");
}

#[test]
fn without_a_majority_nothing_is_committed_until_one_is_back() {
    let mut story = plain(5);
    story.tell("timeout n1; settle; crash n3; crash n4; crash n5");
    for client in 1..=3 {
        story.tell(&format!("put c{client} k{client} 1 to n1; deliver c{client}->n1#1"));
    }
    story.tell("settle").check("L1 111 c0 | F1 111 c0 | - | - | -");
    story.tell("restart n3; timeout n1 heartbeat; settle");
    story.tell("timeout n1 heartbeat; settle").check("L1 111 c3 | F1 111 c3 | F1 111 c3 | - | -");
}

#[test]
fn what_only_a_crashed_leader_had_is_overwritten_and_never_acknowledged() {
    let mut story = plain(3);
    story.tell("timeout n1; settle; put c1 a 1 to n1; deliver c1->n1#1; drop all n1 n2; drop all n1 n3; crash n1");
    story.check("- | F1 c0 | F1 c0").tell("timeout n2; settle; put c2 b 2 to n2; deliver c2->n2#1; settle");
    story.tell("restart n1; timeout n2 heartbeat; settle; timeout n2 heartbeat; settle");
    story.check("F2 2 c1 | L2 2 c1 | F2 2 c1").check_stores("b=2").check_client(1, 0, "");
}

#[test]
fn what_a_majority_holds_of_an_earlier_term_waits_for_an_entry_of_the_new_one() {
    let mut story = plain(5);
    story.tell("timeout n1; settle; put c1 a 1 to n1; deliver c1->n1#1; deliver all n1 n2; deliver all n1 n3");
    story.tell("drop all n1 n4; drop all n1 n5; crash n1; timeout n2; settle; timeout n2 heartbeat; settle");
    story.check("- | L2 1 c0 | F2 1 c0 | F2 1 c0 | F2 1 c0");
    story.tell("put c2 b 2 to n2; deliver c2->n2#1; settle");
    story.check("- | L2 12 c2 | F2 12 c0 | F2 12 c0 | F2 12 c0");
}

#[test]
fn a_partition_has_two_leaders_in_different_terms_and_one_history() {
    let mut story = plain(5);
    story.tell("timeout n2; settle; partition n1 n2 | n3 n4 n5; put c1 x 3 to n2; deliver c1->n2#1; settle");
    story.check("F1 1 c0 | L1 1 c0 | F1 c0 | F1 c0 | F1 c0");
    story.tell("timeout n3; settle; put c2 x 8 to n3; deliver c2->n3#1; settle; deliver n3->c2#1");
    story.check("F1 1 c0 | L1 1 c0 | L2 2 c1 | F2 2 c0 | F2 2 c0").check_client(2, 1, "put x 8: OK");
    assert_eq!(story.leaders(), [(2, 1), (3, 2)]);
    story.tell("heal; timeout n3 heartbeat; settle; timeout n3 heartbeat; settle");
    story.check("F2 2 c1 | F2 2 c1 | L2 2 c1 | F2 2 c1 | F2 2 c1").check_stores("x=8").check_client(1, 0, "");
}

#[test]
fn a_cluster_left_to_itself_recovers_from_the_crash_of_its_leader() {
    for seed in 1..=10 {
        let mut story = Story::with(5, seed, |_| {});
        story.tell("run 1s; put c1 a val_1; run 1s; get c1 a; run 1s").check_client(1, 2, "get a: \"val_1\"");
        let (leader, term) = story.leaders()[0];
        story.tell(&format!("crash n{leader}; run 2s; get c1 a; run 2s")).check_client(1, 3, "get a: \"val_1\"");
        let (next, next_term) = story.leaders()[0];
        assert!(next != leader && next_term > term, "{}", story.again());
        story.tell(&format!("restart n{leader}; run 1s")).check_stores("a=val_1");
    }
}

// ------------------------------------------------------------------------------------------------ networks, disks, clocks

/// With these rules of the network requests are still answered and all stores become equal.
fn check_network(rules: &str) {
    for seed in 1..=5 {
        let mut story = Story::with(5, seed, |_| {});
        story.tell(rules).tell("traffic on; run 20s; traffic off");
        let answered: u64 = story.cluster.clients().iter().map(|client| client.answered).sum();
        assert!(answered > 20, "only {answered} requests were answered in 20 s{}", story.again());
        story.tell("loss all 0%; duplication all 0%; reordering all 0%; run 3s");
        let store = story.view(1).and_then(|view| view.store).into_iter().flatten();
        let store: Vec<String> = store.map(|(key, value)| format!("{key}={value}")).collect();
        story.check_stores(&store.join(" "));
        let logs: Vec<_> = (1..=5).filter_map(|id| story.view(id)).map(|view| (view.slots, view.committed)).collect();
        assert!(logs.windows(2).all(|pair| pair[0] == pair[1]), "the logs differ{}", story.again());
    }
}

#[test]
fn loss_slows_a_cluster_down_and_breaks_nothing() {
    check_network("loss all 20%");
}

#[test]
fn messages_that_arrive_twice_break_nothing() {
    check_network("duplication all 15%");
}

#[test]
fn messages_that_all_arrive_twice_do_not_multiply() {
    for seed in 1..=3 {
        let mut story = Story::with(5, seed, |_| {});
        story.tell("run 1s; duplication all 100%; traffic on");
        let before = story.cluster.steps();
        while story.cluster.now() < Time(6_000_000) {
            schedule::step(&mut story.cluster).unwrap_or_else(|why| panic!("{why}{}", story.again()));
            // Without copies there are about 600 steps in a second.
            let steps = story.cluster.steps() - before;
            assert!(
                steps < 30_000,
                "{steps} steps by {}: one answer causes many{}",
                story.cluster.now(),
                story.again()
            );
        }
    }
}

#[test]
fn messages_that_overtake_each_other_break_nothing() {
    check_network("reordering all 50%; latency all 1ms..40ms");
}

#[test]
fn loss_duplication_and_reordering_together_break_nothing() {
    check_network("loss all 10%; duplication all 10%; reordering all 20%");
}

#[test]
fn all_messages_are_lost_where_the_rule_says_so_and_none_where_it_does_not() {
    let mut story = Story::of(3);
    story.tell("loss n1->n2 100%; timeout n1; run 100ms");
    assert_eq!(story.leaders(), [(1, 1)], "n3 has heard it{}", story.again());
    let term = |id| story.view(id).and_then(|view| view.epoch).map(|epoch| epoch.number);
    assert_eq!((term(2), term(3)), (Some(0), Some(1)), "{}", story.again());
}

#[test]
fn a_leader_that_nobody_can_reach_keeps_its_followers_and_commits_nothing() {
    let mut story = Story::of(3);
    story.tell("timeout n1; run 200ms; cut n2->n1; cut n3->n1; put c1 a 1 to n1; run 5s");
    assert_eq!(story.leaders(), [(1, 1)], "its heartbeats keep elections away{}", story.again());
    let committed = [1, 2, 3].map(|id| story.view(id).map(|view| view.committed));
    assert_eq!(committed, [Some(1); 3], "{}", story.again());
    story.check_client(1, 0, "");
    story.tell("heal; run 1s").check_client(1, 1, "put a 1: OK");
}

#[test]
fn a_node_cut_off_for_a_while_catches_up() {
    let mut story = Story::of(3);
    story.tell("timeout n1; run 200ms; isolate n3; put c1 a 1 to n1; run 200ms").check_client(1, 1, "put a 1: OK");
    let behind = story.view(3).map(|view| (view.role, view.committed));
    assert_ne!(behind.map(|(_, committed)| committed), Some(2), "{}", story.again());
    story.tell("heal; run 3s").check_stores("a=1");
}

#[test]
fn a_crash_loses_exactly_what_was_not_flushed() {
    let mut story = plain(3);
    story.tell(
        "timeout n1; settle; disk n2 20ms; put c1 a 1 to n1; deliver c1->n1#1; deliver all n1 n2; deliver all n1 n3",
    );
    story.check("L1 1 c0 | F1 1 c0 | F1 1 c0");
    assert_eq!(story.between_nodes(|from, _| from == NodeId(2)), [], "n2 waits for its disk before it answers");
    story.tell("crash n2; restart n2").check("L1 1 c0 | F1 c0 | F1 1 c0");
    story
        .tell("timeout n1 heartbeat; deliver all n1 n2; deliver all n2 n1; deliver all n1 n2; flush n2; crash n2; restart n2")
        .check("L1 1 c0 | F1 1 c0 | F1 1 c0");
}

#[test]
fn a_vote_that_was_not_flushed_was_never_sent() {
    let mut story = plain(3);
    story.tell("disk n2 20ms; timeout n1; deliver all n1 n2").check("C1 c0 | F1 c0 | F0 c0");
    assert_eq!(story.between_nodes(|from, _| from == NodeId(2)), [], "n2 waits for its disk before it answers");
    story.tell("crash n2; restart n2").check("C1 c0 | F0 c0 | F0 c0");
    story.tell("timeout n3; deliver all n3 n2; flush n2; settle").check("F1 c0 | F1 c0 | L1 c0");
}

#[test]
fn a_cluster_with_slow_disks_elects_commits_and_survives_crashes() {
    let mut story = Story::of(5);
    story.tell("disk all 5ms..20ms; traffic on; run 2s");
    for node in [1, 2, 3, 4, 5] {
        story.tell(&format!("crash n{node}; run 700ms; restart n{node}; run 700ms"));
    }
    story.tell("traffic off; run 3s");
    let answered: u64 = story.cluster.clients().iter().map(|client| client.answered).sum();
    assert!(answered > 50, "only {answered} requests were answered{}", story.again());
    assert_eq!(story.leaders().len(), 1, "{}", story.again());
}

#[test]
fn a_paused_node_gets_its_messages_when_it_goes_on() {
    let mut story = plain(3);
    story.tell("timeout n1; settle; pause n2; put c1 a 1 to n1; deliver c1->n1#1; deliver all n1 n2");
    assert_eq!(story.cluster.host(NodeId(2)).held.len(), 1, "it waits at the door{}", story.again());
    story.tell("resume n2; deliver all n1 n2").check("L1 1 c0 | F1 1 c0 | F1 c0");
    story.tell("deliver all n2 n1").check("L1 1 c1 | F1 1 c0 | F1 c0");
}

#[test]
fn a_paused_leader_comes_back_into_a_later_term() {
    let mut story = Story::of(5);
    story.tell("timeout n1; run 300ms; pause n1; run 2s");
    assert_eq!(story.leaders().len(), 2, "one is paused, the other does not know it{}", story.again());
    story.tell("resume n1; run 1s");
    let leaders = story.leaders();
    assert!(leaders.len() == 1 && leaders[0].0 != 1, "{leaders:?}{}", story.again());
}

#[test]
fn the_fastest_clock_campaigns_first_and_a_slow_one_never() {
    for seed in 1..=10 {
        let mut story = Story::with(3, seed, |_| {});
        story.tell("drift n1 +50%; drift n2 -50%; crash n1; crash n2; crash n3; restart n1; restart n2; restart n3");
        let now = story.cluster.now();
        let due = |id: u8| story.cluster.host(NodeId(id)).timers.next().map(|(due, _)| due.since(now));
        let within = |id, min, max| due(id).is_some_and(|due| (Span::millis(min)..=Span::millis(max)).contains(&due));
        assert!(within(1, 100, 200) && within(2, 300, 600) && within(3, 150, 300), "{}", story.again());
        story.tell("run 1s");
        assert_ne!(story.leaders().first().map(|(id, _)| *id), Some(2), "{}", story.again());
    }
}
