//! Clusters that make mistakes on purpose: whatever comes of it is seen, and nothing falls over.
#![cfg(all(not(target_arch = "wasm32"), feature = "bugs"))]

use raft_playground::kv::{Command, Request};
use raft_playground::multi_paxos::{self, Ballot, Message, MultiPaxos, SlotId};
use raft_playground::observe::{RoleMark, Window};
use raft_playground::playground::{self, Playground};
use raft_playground::protocol::{Bug, Durable, Effect, Effects, Input, Protocol};
use raft_playground::raft::{self, Raft};
use raft_playground::scenario::{Run, Scenario, shipped};
use raft_playground::settings::Settings;
use raft_playground::sim::{Cluster, Setup, faults, schedule};
use raft_playground::types::{ClientId, NodeId, Span, Time};
use raft_playground::view::ViolationCard;

/// A run of a cluster that makes this mistake, with what it needs for that.
fn settings(protocol: &str, bug: &Bug, seed: u64) -> Settings {
    let mut settings = Settings { protocol: protocol.to_string(), seed, traffic: true, ..Settings::default() };
    let pairs = [("bug", bug.name), ("disk.all", "0ms..20ms"), ("deletes", "true")];
    for (name, value) in bug.with.iter().chain(&pairs) {
        settings.set(name, value).expect("a setting");
    }
    settings
}

/// Faults of every kind, and whatever operators come up with, without anybody who stops at a broken promise.
fn play<P: Protocol>(setup: Setup<P>, span: Span) -> u64 {
    let mut cluster = Cluster::new(setup);
    let end = Time::START + span;
    for (at, step) in faults::plan::<P>(cluster.setup().seed, cluster.count(), end) {
        while schedule::step_until(&mut cluster, at).expect("what is due can be done") {}
        schedule::run(&mut cluster, at).expect("nothing is due before");
        let _ = cluster.apply(&step);
    }
    cluster.steps()
}

const SEEDS: std::ops::Range<u64> = 0..12;

#[test]
fn no_mistake_of_raft_makes_the_program_fall_over() {
    for bug in Raft::bugs() {
        for seed in SEEDS {
            let mut settings = settings("raft", bug, seed);
            if seed % 2 == 1 {
                settings.set("preset", "practice").expect("a preset");
            }
            let setup = settings.raft().expect("a cluster");
            let steps = std::panic::catch_unwind(|| play(setup, Span::secs(12)));
            assert!(steps.is_ok_and(|steps| steps > 1_000), "{} with seed {seed}", bug.name);
        }
    }
}

#[test]
fn no_mistake_of_multi_paxos_makes_the_program_fall_over() {
    for bug in MultiPaxos::bugs() {
        for seed in SEEDS {
            let setup = settings("multi_paxos", bug, seed).multi_paxos().expect("a cluster");
            let steps = std::panic::catch_unwind(|| play(setup, Span::secs(12)));
            assert!(steps.is_ok_and(|steps| steps > 500), "{} with seed {seed}", bug.name);
        }
    }
}

#[test]
fn a_mistake_is_chosen_like_any_rule_and_no_other_choice_takes_it_back() {
    let mut config = raft::Config::new(3);
    let choice = Raft::bug().expect("there are mistakes");
    choice.choose(&mut config, "forget_vote").expect("one of them");
    Raft::preset().expect("a preset").choose(&mut config, "practice").expect("one of two");
    assert_eq!((choice.get)(&config), "forget_vote");
    assert_eq!((Raft::preset().expect("a preset").get)(&config), "practice", "a mistake is no rule of its own");
    choice.choose(&mut config, "none").expect("none of them");
    assert_eq!(config, raft::Config::in_practice(3));
    let why = choice.choose(&mut config, "forget_votes").expect_err("no such mistake");
    assert!(why.starts_with("`bug = forget_votes` cannot be: expected none, or some of forget_vote, "), "{why}");
    let paxos = MultiPaxos::bug().expect("there are mistakes");
    let mut config = multi_paxos::Config::new(3, 1, 2);
    let why = paxos.choose(&mut config, "forget_vote").expect_err("one of Raft's");
    assert!(why.ends_with("expected none, or some of apply_rejected_put, ignore_phase_1, forget_promise"), "{why}");
}

/// What one process of Multi-Paxos makes of inputs, one after another: what it sends at the last one.
fn sends(bug: &str, id: u8, disk: &multi_paxos::Disk, inputs: &[Input<MultiPaxos>]) -> (Vec<Message>, MultiPaxos) {
    let mut config = multi_paxos::Config::new(3, 1, 1);
    MultiPaxos::bug().expect("there are mistakes").choose(&mut config, bug).expect("one of them");
    let mut node = MultiPaxos::boot(NodeId(id), &config, disk, &mut Effects::default());
    let mut out = Effects::default();
    for input in inputs {
        out = Effects::default();
        node.handle(&config, input.clone(), &mut out);
    }
    let message = |effect: Effect<MultiPaxos>| match effect {
        Effect::Send { message, .. } => Some(message),
        _ => None,
    };
    (out.drain().filter_map(message).collect(), node)
}

fn from(from: u8, message: Message) -> Input<MultiPaxos> {
    Input::Deliver { from: NodeId(from), message }
}

#[test]
fn each_mistake_of_multi_paxos_does_the_wrong_thing_and_nothing_else_does() {
    let ballot = |round| Ballot { round, leader: 1 };
    let put = |value: &str| Request::new(ClientId(1), 1, Command::Put { key: "a".into(), value: value.into() });
    // An acceptor that has promised ballot 2 before it crashed is asked for a promise of ballot 1.
    let mut disk = multi_paxos::Disk::default();
    disk.write(&multi_paxos::Write::Promised(ballot(2)));
    for (bug, forgets) in [("none", false), ("forget_promise", true)] {
        let (told, _) = sends(bug, 1, &disk, &[from(4, Message::Prepare { ballot: ballot(1) })]);
        assert_eq!(matches!(told[..], [Message::Promise { .. }]), forgets, "{bug}");
        assert_eq!(matches!(told[..], [Message::Reject { .. }]), !forgets, "{bug}");
    }
    // A leader wins Phase 1, in which an acceptor told of what it had accepted.
    let mut accepted = multi_paxos::Accepted::default();
    accepted.insert(SlotId(1), (Ballot::default(), put("1")));
    let promises =
        [accepted, multi_paxos::Accepted::default()].map(|accepted| Message::Promise { ballot: ballot(1), accepted });
    let [one, other] = promises;
    let inputs = [Input::Timeout(multi_paxos::Timer::Phase1), from(1, one), from(2, other)];
    for (bug, proposes) in [("none", 3), ("ignore_phase_1", 0)] {
        let (told, node) = sends(bug, 4, &multi_paxos::Disk::default(), &inputs);
        let again =
            told.iter().filter(|message| matches!(message, Message::Accept { request, .. } if *request == put("1")));
        assert_eq!((again.count(), node.leads()), (proposes, true), "{bug}");
    }
    // A replica carries out two puts of one key.
    let commits =
        [(1, "1"), (2, "2")].map(|(slot, value)| from(4, Message::Commit { slot: SlotId(slot), request: put(value) }));
    for (bug, value) in [("none", "1"), ("apply_rejected_put", "2")] {
        let (_, node) = sends(bug, 5, &multi_paxos::Disk::default(), &commits);
        let store = node.observe(&multi_paxos::Config::new(3, 1, 1), Window { from: 1, count: 9 }).store;
        let held: Vec<String> = store.into_iter().flatten().map(|(key, value)| format!("{key}={value}")).collect();
        assert_eq!(held, [format!("a={value}")], "{bug}");
    }
}

const DOCUMENT: &str = include_str!("../docs/bugs.md");

/// A row of the document's table for each mistake of a protocol.
fn rows(bugs: &[Bug]) -> Vec<String> {
    let code = |text: &str| format!("`{text}`");
    let row = |bug: &Bug| {
        let needs: Vec<&str> = bug.needs.iter().map(|need| need.text()).collect();
        let with: Vec<String> = bug.with.iter().map(|(name, value)| code(&format!("{name} = {value}"))).collect();
        let (needs, with) = (needs.join(", "), with.join(", "));
        let (name, right, wrong, breaks) = (code(bug.name), code(bug.right), code(bug.wrong), code(bug.breaks));
        let cells = [&name, bug.sentence, &right, &wrong, &breaks, &needs, &with, bug.seen_in, bug.section];
        assert!(cells.iter().all(|cell| !cell.contains('|')), "{name}: a table has its own use for that sign");
        format!("| {} |", cells.join(" | "))
    };
    bugs.iter().map(row).collect()
}

/// `ACCEPT_BUGS=1` writes the rows as they are now into the document.
#[test]
fn the_document_has_a_row_for_every_mistake() {
    let mut text = DOCUMENT.to_string();
    for (heading, bugs) in [("## Raft\n", Raft::bugs()), ("## Multi-Paxos\n", MultiPaxos::bugs())] {
        let start = text.find(heading).expect("a heading for each protocol");
        let is_row = |line: &&str| line.starts_with("| `");
        let there: Vec<String> =
            text[start..].lines().skip_while(|line| !is_row(line)).take_while(is_row).map(str::to_string).collect();
        let expected = rows(bugs);
        if std::env::var_os("ACCEPT_BUGS").is_some() {
            let after = start + text[start..].find("| --- |").expect("a table");
            let first = after + text[after..].find('\n').expect("a line") + 1;
            let length: usize = there.iter().map(|row| row.len() + 1).sum();
            let all: String = expected.iter().map(|row| format!("{row}\n")).collect();
            text.replace_range(first..first + length, &all);
        } else {
            assert_eq!(there, expected, "to write the rows as they are now: ACCEPT_BUGS=1 cargo test --test bugs");
        }
    }
    if text != DOCUMENT {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/bugs.md");
        std::fs::write(file, text).expect("the document can be written");
    }
}

#[test]
fn a_run_tells_which_mistakes_it_makes_and_they_come_and_go_like_any_choice() {
    let mut settings = Settings::default();
    settings.set("bug", "forget_vote").expect("a setting");
    let mut run = playground::open(&settings).expect("a cluster");
    assert_eq!(run.bug(), "forget_vote");
    run.apply("set bug skip_up_to_date local_read").expect("a step");
    assert_eq!(run.bug(), "skip_up_to_date local_read");
    run.undo().expect("a step to take back");
    assert_eq!(run.bug(), "forget_vote");
    run.apply("set bug none").expect("a step");
    assert_eq!(run.bug(), "none");
    let why = run.apply("set bug forget_promise").expect_err("one of another protocol").0;
    assert!(why.starts_with("`bug = forget_promise` cannot be: expected none, or some of forget_vote"), "{why}");
    settings.set("protocol", "single_server").expect("a setting");
    assert_eq!(playground::open(&settings).err().map(|why| why.0), Some("`bug` means nothing to single_server".into()));
    assert!(playground::bugs("single_server").is_ok_and(<[Bug]>::is_empty));
    assert_eq!(playground::bugs("raft").map(<[Bug]>::len), Ok(33));
    assert_eq!(playground::bugs("multi_paxos").map(<[Bug]>::len), Ok(3));
}

#[test]
fn every_mistake_of_multi_paxos_breaks_something_that_is_checked() {
    let known: Vec<&str> = MultiPaxos::properties().iter().map(|property| property.name).collect();
    for bug in MultiPaxos::bugs() {
        assert!(known.contains(&bug.breaks), "{}", bug.name);
        assert!(bug.sentence.ends_with('.') && ![bug.label, bug.section, bug.right, bug.wrong].contains(&""));
    }
}

#[test]
fn a_mistake_of_a_file_is_shown_at_its_place() {
    let fault = Scenario::parse("seed = 3\nbug = \"forget_votes\"\n").expect_err("no such mistake");
    let told = fault.to_string();
    assert!(told.contains("`bug = forget_votes` cannot be: expected none, or some of forget_vote"), "{told}");
}

/// Who leads at any of these moments, ten milliseconds apart.
fn led(bug: &str) -> bool {
    let mut settings = Settings::default();
    for (name, value) in [("num_nodes", "3"), ("seed", "3"), ("bug", bug)] {
        settings.set(name, value).expect("a setting");
    }
    let mut run = playground::open(&settings).expect("a cluster");
    let leader = |run: &dyn Playground| {
        let view = run.view(None);
        view.nodes.iter().find(|card| card.up && card.node.mark == RoleMark::Crown).map(|card| card.id)
    };
    let wait = |run: &mut dyn Playground, millis| {
        (0..millis / 10).any(|_| {
            run.advance(Span::millis(10)).expect("time goes on");
            leader(run).is_some()
        })
    };
    assert!(wait(&mut *run, 2_000));
    let first = leader(&*run).expect("somebody leads");
    let [deaf, other] = [1, 2, 3].map(NodeId).into_iter().filter(|id| *id != first).collect::<Vec<_>>()[..] else {
        panic!("there are three")
    };
    // One of them lacks an entry, and hears nobody any more; the leader's term ends.
    let steps = [format!("isolate {deaf}"), "put c1 a 1".to_string()];
    steps.iter().for_each(|step| run.apply(step).expect("a step"));
    run.advance(Span::millis(140)).expect("time goes on");
    let steps = [
        "heal".to_string(),
        format!("cut {first}->{deaf}"),
        format!("cut {other}->{deaf}"),
        format!("timeout {deaf} election"),
    ];
    steps.iter().for_each(|step| run.apply(step).expect("a step"));
    run.advance(Span::millis(30)).expect("time goes on");
    assert_eq!(leader(&*run), None, "a later term has begun");
    wait(&mut *run, 20_000)
}

/// What a mistake breaks that lets nothing wrong happen, and nothing good either: whoever hears nobody asks again and again,
/// is refused, and keeps everybody else from asking.
#[test]
fn nobody_ever_leads_where_every_message_makes_a_node_wait_anew() {
    assert!(led("none"));
    assert!(!led("timer_reset_on_any_rpc"));
}

/// The property of a broken promise, which says who contradicts whom: a node at least, and two things that cannot both be.
fn named(violation: &ViolationCard) -> &'static str {
    let claims = &violation.claims;
    assert!(claims.len() > 1 && claims.iter().any(|claim| claim.node.is_some()), "{violation:?}");
    violation.property
}

/// Plays a script to its end, or up to the promise that is broken there; which one, if any.
fn broken_by(text: &str) -> Option<&'static str> {
    let mut run = Run::new(&Scenario::parse(text).unwrap_or_else(|fault| panic!("{fault}"))).expect("a cluster");
    let played = run.go(&mut |_| {});
    let broken = run.cluster().view(None).violation.map(|violation| named(&violation));
    assert!(played.is_ok() || broken.is_some(), "{played:?}");
    broken
}

/// n3's answer to the first read comes late, when n2 leads and has committed more.
const LATE_ANSWER: &str = "
timeout n1
settle
put c1 x 1 to n1
settle
get c1 x to n1 by index
deliver c1->n1
deliver n1->n2
deliver n1->n3
deliver n2->n1
deliver n1->c1
expect answer c1 = \"1\"
timeout n2
deliver n2->n3 RequestVote
deliver n3->n2 RequestVoteReply
deliver n2->n3 AppendEntries
deliver n3->n2 AppendEntriesReply
delete c2 x to n2
deliver c2->n2
deliver n2->n3 AppendEntries
deliver n3->n2 AppendEntriesReply
expect leader n1
expect leader n2
get c1 x to n1 by index
deliver c1->n1
deliver n3->n1 AppendEntriesReply";

#[test]
fn an_answer_to_an_earlier_read_is_taken_for_one_to_the_next() {
    let of = |bug| format!("num_nodes = 3\nbug = \"{bug}\"\nscript = '''{LATE_ANSWER}\n'''\n");
    assert_eq!(broken_by(&of("none")), None);
    assert_eq!(broken_by(&of("read_index_acks_keyed_by_caller")), Some("fresh-reads"));
}

/// What the scenarios show that turn a rule off is the same that the mistake does.
#[test]
fn members_that_change_at_once_or_too_early_break_what_the_scenarios_show() {
    for (name, rule, bug) in [
        ("direct_change", "joint = false", "one_step_swap"),
        ("single_server_bug", "own_term_first = false", "single_server_before_own_term"),
    ] {
        let (_, text) = shipped().iter().find(|(known, _)| *known == name).expect("it is shipped");
        assert!(text.contains(rule), "{name}");
        let broken = broken_by(&text.replace(rule, &format!("bug = \"{bug}\"")));
        assert!(broken.is_some() && broken == broken_by(text), "{name}: {broken:?}");
    }
}

/// The clocks are off by no more than is allowed for. n1 is cut off; so long after that n2 asks for votes, has x deleted, and
/// n1 is asked for x.
fn read_after(bug: &str, millis: u64) -> Option<&'static str> {
    let mut settings = Settings::default();
    let (slow, fast) = ("-5%", "+5%");
    for (name, value) in [
        ("num_nodes", "3"),
        ("reads", "lease"),
        ("withhold_votes", "true"),
        ("network.latency", "1ms"),
        ("clocks.n1", slow),
        ("clocks.n2", fast),
        ("clocks.n3", fast),
        ("bug", bug),
    ] {
        settings.set(name, value).expect("a setting");
    }
    let mut run = playground::open(&settings).expect("a cluster");
    let start = 400;
    for (at, step) in [
        (0, "timeout n1"),
        (20, "put c1 x 1 to n1"),
        (start, "isolate n1"),
        (start + millis, "timeout n2"),
        (start + millis + 4, "delete c2 x to n2"),
        (start + millis + 8, "get c3 x to n1"),
    ] {
        let wait = Time::START + Span::millis(at);
        run.advance(wait.since(run.view(None).now)).expect("time goes on");
        if run.apply(step).is_err() {
            // n2 may have asked by itself, or lead already.
            assert_eq!(step, "timeout n2");
        }
    }
    run.advance(Span::millis(5)).expect("time goes on");
    run.view(None).violation.map(|violation| named(&violation))
}

#[test]
fn a_lease_that_trusts_all_clocks_outlasts_the_promises_it_rests_on() {
    let broken = |bug| (60..170).filter_map(|millis| read_after(bug, millis)).collect::<Vec<_>>();
    assert_eq!(broken("none"), Vec::<&str>::new());
    let broken = broken("lease_without_drift_bound");
    assert!(!broken.is_empty() && broken.iter().all(|name| *name == "fresh-reads"), "{broken:?}");
}
