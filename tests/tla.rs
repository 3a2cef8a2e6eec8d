//! Traces for `raft.tla`: every line is an action of the specification, in the stories that come with the project, under
//! random faults, and where messages arrive in any order whatever. The judge, `common/raft_tla.rs`, knows nothing of what
//! writes them.
#![cfg(not(target_arch = "wasm32"))]

#[path = "common/raft_tla.rs"]
mod raft_tla;

use std::collections::BTreeMap;
use std::fmt::Write;

use raft_playground::playground::Playground;
use raft_playground::raft::Raft;
use raft_playground::scenario::{Run, Scenario, shipped};
use raft_playground::settings::Settings;
use raft_playground::sim::{Cluster, Payload, Refused, Step, faults, schedule};
use raft_playground::spec_trace::SpecTrace;
use raft_playground::types::{MessageId, NodeId, Span, Time};
use raft_tla::{Judge, judge};
use serde_json::{Value, json};

/// A cluster of Raft whose trace is written.
struct Traced {
    cluster: Cluster<Raft>,
    trace: SpecTrace,
    text: String,
}

impl Traced {
    fn start(settings: &str, seed: u64) -> Traced {
        let mut all = Settings { seed, ..Settings::default() };
        for pair in settings.split_whitespace() {
            let (name, value) = pair.split_once('=').expect("NAME=VALUE");
            all.set(name, value).expect("a setting");
        }
        let mut cluster = Cluster::new(all.raft().expect("settings that can be"));
        cluster.record();
        let mut traced = Traced { cluster, trace: SpecTrace::default(), text: String::new() };
        traced.take_note();
        traced
    }

    fn take_note(&mut self) {
        self.trace.take_note(&self.cluster).expect("the run can be traced");
        write(&mut self.trace, &mut self.text);
    }

    /// Does something, if it can be done as things stand.
    fn take(&mut self, step: &Step) -> bool {
        let done = self.cluster.apply(step).is_ok();
        self.take_note();
        done
    }

    fn advance(&mut self, until: Time) {
        while schedule::step_until(&mut self.cluster, until).expect("what is due can be done") {
            self.take_note();
        }
        self.take(&Step::Until(until));
    }

    /// Judges the trace, and compares how it ends with how the cluster ends.
    fn judge(&self, run: &str) -> Judge {
        let judge = judge(&self.text).unwrap_or_else(|why| panic!("{run}: {why}"));
        let flushed = |node: &NodeId| self.cluster.host(*node).disk.unflushed() == 0;
        let nodes = || NodeId::all(self.cluster.count());
        for node in nodes().filter(flushed) {
            let Some(state) = &self.cluster.states()[node.slot()] else { continue };
            let (own, told) = (state.variables(), &judge.servers[&node.to_string()]);
            let vote = own.vote.map_or("none".to_string(), |vote| vote.to_string());
            // Whoever has lost an election waits as a follower does; the specification calls it a candidate still.
            let lost = own.state == "Follower" && told.role == "Candidate" && vote == node.to_string();
            let role = if lost { "Candidate" } else { own.state };
            let own = (own.term.0, role, vote.as_str(), own.log.last_index().0, own.commit.0);
            assert_eq!((told.term, &*told.role, &*told.vote, told.log.len() as u64, told.commit), own, "{run}: {node}");
        }
        if nodes().all(|node| flushed(&node)) {
            let held = nodes().flat_map(|node| &self.cluster.host(node).held);
            let flying = self.cluster.network().flights().chain(held);
            let flying = flying.filter(|flight| matches!(flight.payload, Payload::Protocol(_))).count();
            assert_eq!(judge.messages.values().sum::<usize>(), flying, "{run}: messages on their way");
        }
        judge
    }
}

fn write(trace: &mut SpecTrace, text: &mut String) {
    for line in trace.take_lines() {
        let line = serde_json::to_string(&line).expect("plain data");
        writeln!(text, "{line}").expect("memory");
    }
}

/// The trace of a scenario; or why there is none.
fn trace_of(scenario: &Scenario) -> Result<String, Refused> {
    let mut run = Run::new(scenario).expect("settings that can be");
    run.record();
    let (mut trace, mut text) = (SpecTrace::default(), String::new());
    run.cluster().specify(&mut trace)?;
    let mut known = Ok(());
    run.go(&mut |cluster: &dyn Playground| {
        if known.is_ok() {
            known = cluster.specify(&mut trace);
            write(&mut trace, &mut text);
        }
    })
    .expect("all goes as expected");
    known.map(|()| text)
}

#[test]
fn every_story_of_the_papers_raft_that_starts_at_the_beginning_is_a_run_of_the_specification() {
    let mut refused = Vec::new();
    for (name, text) in shipped() {
        match trace_of(&Scenario::parse(text).expect("a scenario")) {
            Ok(text) => drop(judge(&text).unwrap_or_else(|why| panic!("{name}: {why}"))),
            Err(Refused(why)) => refused.push((*name, why)),
        }
    }
    let init = "in raft.tla all nodes start in one term, without votes or entries";
    let given = |what: &str| format!("{what}, which raft.tla cannot express: {init}");
    let unwritten = || "in raft.tla a leader sends what it has written: expected `async_writes = false`".to_string();
    let beyond = |what: &str| format!("{what}, which raft.tla does not know");
    let other =
        |protocol: &str| format!("a run of {protocol} cannot be matched to raft.tla: expected protocol = \"raft\"");
    let expected = [
        ("multipaxos_kv", other("multi_paxos")),
        ("kv_store", other("single_server")),
        ("raft_practice", unwritten()),
        ("election_restriction", given("n1 starts with entries in its log")),
        ("later_term_wins", given("n1 starts with entries in its log")),
        ("priority", beyond("n1 refuses a vote since it is preferred itself")),
        ("campaign_and_forget", beyond("n3 does not look at a vote that it is asked for")),
        ("check_quorum", beyond("n1 gives up the lead in its own term")),
        ("figure_7", given("n1 starts with entries in its log")),
        ("figure_7_hints", given("n1 starts with entries in its log")),
        ("figure_8_overwritten", given("n1 starts with entries in its log")),
        ("figure_8_committed", given("n1 starts with entries in its log")),
        ("figure_8_b", given("n1 starts with entries in its log")),
        ("slow_disk", unwritten()),
        ("torn_write", beyond("n2 crashes in the midst of a write")),
        ("install_snapshot", beyond("n1 takes a snapshot")),
        ("snapshot_in_parts", beyond("n1 takes a snapshot")),
        ("snapshot_extended", beyond("n1 takes a snapshot")),
        ("learner", beyond("n4 is a new node")),
        ("joint_consensus", beyond("n4 is a new node")),
        ("joint_explicit", beyond("n4 is a new node")),
        ("joint_election", beyond("n4 is a new node")),
        ("direct_change", beyond("n4 is a new node")),
        ("single_server_change", beyond("n5 is a new node")),
        ("single_server_bug", beyond("n5 is a new node")),
        ("removed_leader", beyond("n1 changes the members")),
        ("removed_server", beyond("n1 changes the members")),
        ("lease_read", beyond("n3 does not look at a vote that it is asked for")),
        ("acceptor_crash", other("multi_paxos")),
        ("duel", other("multi_paxos")),
        ("gap", other("multi_paxos")),
    ];
    assert_eq!(refused, expected);
}

#[test]
fn what_disks_hold_at_the_start_is_refused_but_for_one_term_that_all_have() {
    let header = |given: &str| {
        let given = format!("num_nodes = 2\ntraffic = false\nlength = \"0ms\"\n[given]\n{given}");
        trace_of(&Scenario::parse(&given).expect("a scenario"))
    };
    let nodes = r#"{"nodes":["n1","n2"],"term":7,"allow":["anyprev","monotonic"]}"#;
    assert_eq!(header("n1.term = 7\nn2.term = 7"), Ok(format!("{nodes}\n")));
    for (given, told) in [
        ("n1.term = 7", "n2 starts in term 0, n1 in term 7"),
        ("n1.term = 7\nn2.term = 7\nn2.vote = \"n1\"", "n2 starts with a vote for n1"),
        ("n1.term = 7\nn2.log = \"7\"", "n2 starts with entries in its log"),
    ] {
        let refused = header(given).expect_err("this start cannot be told").0;
        assert!(refused.starts_with(&format!("{told}, which raft.tla cannot express: ")), "{refused}");
    }
}

/// How often each event was seen in some runs.
fn count(seen: &mut BTreeMap<String, usize>, judge: &Judge) {
    judge.seen.iter().for_each(|(event, count)| *seen.entry(event.clone()).or_default() += count);
}

const EVENTS: [&str; 9] = ["commit", "drop", "dup", "leader", "propose", "recv", "restart", "send", "timeout"];

#[test]
fn random_faults_make_only_runs_of_the_specification() {
    let mut seen = BTreeMap::new();
    for seed in 1..=60 {
        let nodes = [3, 5, 3, 4, 1, 2, 7][usize::try_from(seed).expect("a few seeds") % 7];
        let disk = ["0ms", "0ms..30ms", "1ms..5ms"][usize::try_from(seed).expect("a few seeds") % 3];
        let settings = format!("num_nodes={nodes} disk.all={disk} traffic=true requests_per_client=40");
        let mut run = Traced::start(&settings, seed);
        for (at, step) in faults::mishaps(seed, nodes, Time::START + Span::secs(6)) {
            run.advance(at);
            run.take(&step);
        }
        run.advance(Time::START + Span::secs(8));
        count(&mut seen, &run.judge(&format!("seed {seed}, {settings}")));
    }
    assert_eq!(seen.keys().collect::<Vec<_>>(), EVENTS, "each event was met");
    assert!(seen.values().all(|count| *count > 100), "{seen:?}");
}

#[test]
fn a_crash_comes_before_or_after_what_a_message_does_to_a_node_and_never_in_its_midst() {
    // A leader's first entry, and a candidate's request, each with a term that is new to n3, whose disk is slow.
    for (before, message) in [
        ("timeout n1 election; drop n1->n3#1; deliver n1->n2#1; deliver n2->n1#1", "n1->n3#2"),
        ("timeout n1 election", "n1->n3#1"),
    ] {
        for flushes in 0..3 {
            let mut run = Traced::start("num_nodes=3 disk.n3=10ms", 1);
            let script = format!("{before}; deliver {message}{}", "; flush n3".repeat(flushes));
            for step in script.split("; ").chain(["crash n3", "restart n3"]) {
                let step = Step::parse(step, &["election"]).expect("a step");
                let done = run.take(&step);
                assert!(done || step == Step::Flush(NodeId(3)), "{script}: `{step}`");
            }
            let judge = run.judge(&script);
            let lost = flushes == 0;
            assert_eq!(judge.servers["n3"].term, u64::from(!lost), "{script}");
            assert_eq!(run.text.contains(r#""e":"recv","n":"n3""#), !lost, "{script}:\n{}", run.text);
            assert_eq!(
                judge.seen.get("drop").copied().unwrap_or(0),
                script.matches("drop").count() + usize::from(lost)
            );
        }
    }
}

/// Numbers in a row that look like chance.
struct Draws(u64);

impl Draws {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).expect("below the bound")
    }
}

/// Any of the messages on their way.
fn any_message(cluster: &Cluster<Raft>, draws: &mut Draws) -> Option<MessageId> {
    let flights = cluster.network().flights();
    let count = flights.len();
    flights.map(|flight| flight.id).nth(if count == 0 { 0 } else { draws.below(count) })
}

#[test]
fn messages_in_any_order_and_crashes_at_any_moment_make_only_runs_of_the_specification() {
    let (mut seen, mut torn, mut retried) = (BTreeMap::new(), 0, 0);
    for seed in 1..=40_u64 {
        let mut draws = Draws(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let nodes = [3, 5, 2][draws.below(3)];
        let disk = ["0ms", "0ms..20ms", "40ms"][draws.below(3)];
        let settings = format!("num_nodes={nodes} disk.all={disk} traffic=true requests_per_client=60");
        let mut run = Traced::start(&settings, seed);
        for _ in 0..2_500 {
            let node = NodeId(u8::try_from(1 + draws.below(nodes)).expect("a few nodes"));
            let message = any_message(&run.cluster, &mut draws);
            let step = match (draws.below(60), message) {
                (0, _) => Step::Crash(node),
                (1..=3, _) => Step::Restart(node),
                (4, _) => Step::Pause(node),
                (5, _) => Step::Resume(node),
                (6, _) => Step::ResumeAll,
                (7, _) if draws.below(4) == 0 => Step::Timeout(node, "election"),
                (8..=18, _) => Step::Flush(node),
                (19..=35, Some(id)) => Step::Deliver(id),
                (36..=37, Some(id)) => Step::Drop(id),
                (38..=40, Some(id)) => Step::Duplicate(id),
                (41..=42, Some(id)) => Step::Delay(id, Span::millis(90)),
                _ => {
                    schedule::step(&mut run.cluster).expect("what is due can be done");
                    run.take_note();
                    continue;
                }
            };
            let unflushed = run.cluster.host(node).disk.unflushed();
            torn += usize::from(run.take(&step) && step == Step::Crash(node) && unflushed > 1);
        }
        let judge = run.judge(&format!("seed {seed}, {settings}"));
        count(&mut seen, &judge);
        retried += usize::from(run.text.contains(" again 1"));
    }
    assert_eq!(seen.keys().collect::<Vec<_>>(), EVENTS, "each event was met");
    assert!(torn > 20, "{torn} crashes took back several writes");
    assert!(retried > 5, "in {retried} runs a leader took a request into its log twice");
}

/// The first line of this event of which something holds.
fn line<'a>(lines: &'a mut [Value], event: &str, holds: impl Fn(&Value) -> bool) -> &'a mut Value {
    lines.iter_mut().find(|line| line["e"] == event && holds(line)).expect("such a line")
}

#[test]
fn the_judge_refuses_what_no_run_of_the_specification_does() {
    let mut run = Traced::start("num_nodes=3 network.loss=5% network.duplication=10% traffic=true", 5);
    run.advance(Time::START + Span::secs(2));
    for step in [Step::Crash(NodeId(1)), Step::Restart(NodeId(1)), Step::Crash(NodeId(2)), Step::Restart(NodeId(2))] {
        assert!(run.take(&step));
    }
    run.advance(Time::START + Span::secs(4));
    run.judge("the run that is spoilt");
    let lines: Vec<Value> = run.text.lines().map(|line| serde_json::from_str(line).expect("an object")).collect();
    let kind = |name: &'static str| move |line: &Value| line["m"]["type"] == name;
    type Spoil<'a> = &'a dyn Fn(&mut Vec<Value>);
    let cases: &[(&str, Spoil<'_>)] = &[
        ("an unknown liberty", &|all| all[0]["allow"] = json!(["anything"])),
        ("not the entry at nextIndex", &|all| all[0]["allow"] = json!(["monotonic"])),
        ("a null", &|all| all[0]["hash"] = Value::Null),
        ("there is no field Some(\"hint\")", &|all| line(all, "send", kind("AE"))["m"]["hint"] = json!(1)),
        ("the field Some(\"n\") is missing", &|all| {
            line(all, "timeout", |_| true).as_object_mut().expect("an object").remove("n");
        }),
        ("and this is no transition of that node", &|all| {
            line(all, "timeout", |_| true).as_object_mut().expect("an object").remove("state");
        }),
        ("the node's state is", &|all| line(all, "timeout", |_| true)["state"]["term"] = json!(2)),
        ("the node's state is", &|all| line(all, "timeout", |_| true)["state"]["vote"] = json!("none")),
        ("the node's state is", &|all| line(all, "recv", kind("AE"))["state"]["commit"] = json!(1)),
        ("the node's state is", &|all| line(all, "restart", |_| true)["state"]["term"] = json!(0)),
        ("the log is", &|all| {
            line(all, "recv", |line| line["state"]["log"].is_array())["state"]["log"][0][1] = json!("put a other");
        }),
        ("matchIndex of", &|all| {
            let state = &mut line(all, "recv", |line| line["state"]["match"].is_object())["state"];
            let map = state["match"].as_object_mut().expect("an object");
            map.values_mut().for_each(|matched| *matched = json!(matched.as_u64().map(|matched| matched + 1)));
            map.insert(state_of(&lines), json!(0));
        }),
        ("another term", &|all| line(all, "send", kind("RV"))["m"]["term"] = json!(9)),
        ("its log ends elsewhere", &|all| line(all, "send", kind("RV"))["m"]["lastIndex"] = json!(9)),
        ("the reply is missing", &|all| {
            let reply = line(all, "send", kind("RVR"));
            reply["m"]["granted"] = json!(reply["m"]["granted"] == json!(false));
        }),
        ("the reply is missing", &|all| all.retain(|line| line["e"] != "send" || line["m"]["type"] != "AER")),
        ("no such message is on its way", &|all| all.retain(|line| line["e"] != "dup")),
        ("no such message is on its way", &|all| {
            let place = all.iter().position(|line| line["e"] == "recv").expect("a message arrives");
            all.insert(place + 2, json!({ "e": "drop", "m": all[place]["m"] }));
        }),
        ("no majority has granted its vote", &|all| {
            let place = all.iter().position(|line| line["e"] == "timeout").expect("a candidate");
            let leader = all[place]["n"].clone();
            all.insert(place + 1, json!({ "e": "leader", "n": leader, "state": {} }));
        }),
        ("not its entries", &|all| {
            line(all, "send", |line| line["m"]["entries"][0].is_array())["m"]["entries"][0][1] = json!("another");
        }),
        ("prevTerm is not that of its log", &|all| line(all, "send", kind("AE"))["m"]["prevTerm"] = json!(8)),
        ("this value was proposed before", &|all| {
            let proposals: Vec<Value> = all.iter().filter(|line| line["e"] == "propose").cloned().collect();
            let second = all.iter_mut().filter(|line| line["e"] == "propose").nth(1).expect("two of them");
            second["value"] = proposals[0]["value"].clone();
        }),
        ("there is nothing new to commit", &|all| {
            let place = all.iter().position(|line| line["e"] == "commit").expect("an entry is committed");
            all.insert(place + 1, all[place].clone());
        }),
        ("no majority has any entry", &|all| {
            let place = all.iter().position(|line| line["e"] == "propose").expect("an entry");
            all.insert(place + 1, json!({ "e": "commit", "n": all[place]["n"], "state": {} }));
        }),
        ("nobody may step down by itself", &|all| {
            let place = all.iter().position(|line| line["e"] == "timeout").expect("a candidate");
            let candidate = all[place]["n"].clone();
            all.insert(place + 1, json!({ "e": "stepdown", "n": candidate, "state": {} }));
        }),
        ("a leader has no election timer", &|all| {
            let place = all.iter().rposition(|line| line["e"] == "commit").expect("an entry is committed");
            let leader = all[place]["n"].clone();
            all.insert(place + 1, json!({ "e": "timeout", "n": leader, "state": {} }));
        }),
        ("the trace ends in the midst of something", &|all| {
            let place = all.iter().position(|line| line["e"] == "leader").expect("a leader");
            all.truncate(place + 1);
        }),
    ];
    for (told, spoil) in cases {
        let mut spoilt = lines.clone();
        spoil(&mut spoilt);
        let text: String = spoilt.iter().map(|line| format!("{line}\n")).collect();
        let why = judge(&text).expect_err(told);
        assert!(why.contains(told), "expected `{told}`, and it said {why}");
    }
}

/// The first leader.
fn state_of(lines: &[Value]) -> String {
    let leader = lines.iter().find(|line| line["e"] == "leader").expect("a leader");
    leader["n"].as_str().expect("a name").to_string()
}
