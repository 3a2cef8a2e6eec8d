//! Scenario files as texts: what the document says of them, the parser takes; what the program prints reads as the same
//! scenario again; what is wrong is shown at its place; and nothing that anybody writes makes the parser panic.
//!
//! `FUZZ=1000000 cargo test --release --test scenario_files` tries so many damaged files.
#![cfg(not(target_arch = "wasm32"))]

#[path = "common/grammar.rs"]
mod grammar;

use grammar::{Choices, Grammar, blocks};
use proptest::prelude::*;
use raft_playground::playground;
use raft_playground::raft;
use raft_playground::scenario::{Line, Scenario, shipped, themes};
use raft_playground::settings::Settings;

const DOCUMENT: &str = include_str!("../docs/scenarios.md");
const TEMPLATE: &str = include_str!("../src/bin/raft-playground/cli/template.toml");

/// Reads a line as one of a Raft scenario.
fn read(line: &str) -> Result<Option<Line>, String> {
    Line::parse(line, &playground::card("raft").expect("there is Raft"))
}

/// A word in capitals of the grammar.
fn terminal(name: &str, choices: &mut Choices<'_>) -> String {
    let number = choices.next();
    let node = |choices: &mut Choices<'_>| format!("n{}", choices.next() % 5 + 1);
    match name {
        "NODE" => node(choices),
        "CLIENT" => format!("c{}", number % 3 + 1),
        "COUNT" => number.to_string(),
        "SPAN" => format!("{}{}", number % 1_000_000, choices.of(&["us", "ms", "s"])),
        "MOMENT" if number.is_multiple_of(2) => format!("{number}us"),
        "MOMENT" => format!("{}ms#{number}", choices.next() % 1_000_000),
        "SPREAD" => format!("{}ms..{}ms", number % 100, number % 100 + choices.next() % 100),
        "SHARE" => format!("{}.{}%", number % 100, choices.next() % 100),
        "DRIFT" => format!("{}{}%", choices.of(&["+", "-"]), number % 51),
        "LINK" => (*choices.of(&["n1->n2", "c1->n5", "n3->c2"])).to_string(),
        "LINKS" => (*choices.of(&["all", "n1->n2", "n4--n5", "c1->n3", "c2--n1"])).to_string(),
        "GROUPS" => (*choices.of(&["n1", "n1 n2 | n3", "n5 | n1 n2 | n3 n4"])).to_string(),
        "MESSAGE" => (*choices.of(&["n1->n2#7", "c3->n1#1.2", "n4->c1#99"])).to_string(),
        "WAY" => (*choices.of(&["log", "index", "lease", "follower", "local"])).to_string(),
        "OPTION" => (*choices.of(&["pre_vote true", "reads lease", "priority n1=2 n3=1", "chunk 20"])).to_string(),
        "STATE" => (*choices.of(&["probe", "replicate", "snapshot"])).to_string(),
        "NAME" => (*choices.of(&["requests held", "lease", "snapshot on its way", "because"])).to_string(),
        "TIMER" => (*choices.of(&["election", "heartbeat", "retry"])).to_string(),
        "KIND" => (*choices.of(&[
            "RequestVote",
            "RequestVoteReply",
            "AppendEntries",
            "AppendEntriesReply",
            "InstallSnapshot",
            "TimeoutNow",
            "request",
            "answer",
        ]))
        .to_string(),
        "KEY" | "VALUE" => {
            (*choices.of(&["a", "val_1", "#", "=", "'''", "\"", "\\", "ü", "to_", "at", "because"])).to_string()
        }
        "ROLE" => (*choices.of(&["follower", "leader", "down"])).to_string(),
        "PROPERTY" => "election-safety".to_string(),
        "TEXT" => (*choices.of(&["OK", "\"val_1\"", "key not found: a", "a change is under way: because"])).to_string(),
        other => panic!("the document has no kind of word `{other}`"),
    }
}

fn choices() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(any::<u32>(), 1..30)
}

#[test]
fn the_document_names_every_word_that_the_parser_knows() {
    let known = Grammar::of(DOCUMENT).words();
    for (line, beginning) in [
        ("explode", "`explode` is not a step: expected "),
        ("expect x", "`x` is not a condition: expected "),
        ("tell n1 x", "`x` is not an order: expected "),
    ] {
        let refusal = read(line).expect_err("no such word");
        let list = refusal.strip_prefix(beginning).unwrap_or_else(|| panic!("{refusal}")).replace(" or ", ", ");
        for word in list.split(", ").flat_map(str::split_whitespace) {
            // Time goes on with `at`; the step of that name is the schedule's own.
            assert!(word == "until" || known.iter().any(|other| other == word), "`{word}` is not in the document");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_grammar_makes_is_a_line_and_is_read_as_it_is_written(choices in choices()) {
        let line = Grammar::of(DOCUMENT).line(&mut Choices(&choices), &terminal);
        let read_once = read(&line).map_err(|why| TestCaseError::fail(format!("`{line}`: {why}")))?;
        let written = read_once.as_ref().map(ToString::to_string).unwrap_or_default();
        prop_assert_eq!(read(&written).map_err(TestCaseError::fail)?, read_once, "`{}` from `{}`", written, line);
    }
}

/// The cells of a row of a table, without what only sets them apart.
fn cells(row: &str) -> Vec<String> {
    row.trim().trim_matches('|').split('|').map(|cell| cell.trim().to_string()).collect()
}

#[test]
fn the_document_says_of_every_option_what_it_is_and_what_it_does() {
    let (paper, practice) = (raft::Config::new(5), raft::Config::in_practice(5));
    let rows: Vec<Vec<String>> = DOCUMENT.lines().filter(|line| line.starts_with("| `")).map(cells).collect();
    for choice in raft::OPTIONS {
        let name = format!("`{}`", choice.name);
        let row = rows.iter().find(|row| row[0] == name).unwrap_or_else(|| panic!("no row for {name}"));
        let (value, other) = ((choice.get)(&paper), (choice.get)(&practice));
        let other = if other == value { String::new() } else { format!("`{other}`") };
        let expected = [&format!("`{value}`"), &other, choice.sentence, choice.section];
        assert_eq!(row[2..], expected, "{name}");
    }
}

#[test]
fn the_document_lists_every_scenario_under_its_theme() {
    for (theme, names) in themes() {
        let row = DOCUMENT.lines().map(cells).find(|row| row[0] == *theme).unwrap_or_else(|| panic!("no `{theme}`"));
        let broken = |name: &str| {
            let (_, text) = shipped().iter().find(|(known, _)| *known == name).expect("it is shipped");
            text.contains("expect violation")
        };
        let list: Vec<String> =
            names.iter().map(|name| format!("`{name}`{}", if broken(name) { " \\*" } else { "" })).collect();
        assert_eq!(row[1], list.join(", "), "{theme}");
    }
}

/// A scenario with these texts, settings and lines.
fn scenario(title: String, story: String, settings: &[u32], lines: &[Vec<u32>]) -> Scenario {
    let grammar = Grammar::of(DOCUMENT);
    let script: Vec<Line> = lines
        .iter()
        .filter_map(|choices| read(&grammar.line(&mut Choices(choices), &terminal)).expect("a line of the grammar"))
        .collect();
    let mut chosen = Settings { seed: u64::MAX - u64::from(settings[0]), ..Settings::default() };
    let mut from = Choices(&settings[1..]);
    for (name, values) in [
        ("num_nodes", &["5", "7", "9"][..]),
        ("num_clients", &["3", "9"]),
        ("requests_per_client", &["0", "10"]),
        ("traffic", &["true", "false"]),
        ("deletes", &["true", "false"]),
        ("noop", &["true", "false"]),
        ("election", &["150ms..300ms", "1us"]),
        ("heartbeat", &["50ms"]),
        ("preset", &["paper", "practice"]),
        ("bug", &["none", "forget_vote", "commit_old_term local_read"]),
        ("pre_vote", &["true", "false"]),
        ("priority", &["n1=2 n3=1", "none"]),
        ("snapshot_every", &["0", "50"]),
        ("reads", &["log", "lease"]),
        ("drift_bound", &["2.5%"]),
        ("session_timeout", &["1s"]),
        ("joint", &["false"]),
        ("network.latency", &["0ms..5ms", "1s"]),
        ("network.loss", &["0%", "3.3333%"]),
        ("network.duplication", &["100%"]),
        ("network.reordering", &["25%"]),
        ("disk.all", &["0ms", "500us..15ms"]),
        ("disk.n2", &["1ms"]),
        ("clocks.n1", &["+12.5%", "-50%", "0%"]),
        ("given.n1.term", &["9"]),
        ("given.n1.vote", &["n2"]),
        ("given.n3.log", &["", "1 1 2", "1, 2 put a ''', 3 get \\"]),
    ] {
        if from.next().is_multiple_of(2) {
            let value: &&str = from.of(values);
            chosen.set(name, value).expect("a setting");
        }
    }
    // Nobody votes in term 0.
    if let Some(given) = chosen.world.given.iter_mut().find(|(node, _)| node.0 == 1).map(|(_, given)| given) {
        given.epoch = given.epoch.or(Some(1));
    }
    let length = (from.next().is_multiple_of(2)).then(|| "2.5s#17".parse().expect("a moment"));
    let hash = (from.next().is_multiple_of(2)).then_some(0x0123_4567_89ab_cdef);
    let opens_at = (from.next().is_multiple_of(2)).then(|| "1s#9".parse().expect("a moment"));
    Scenario { title, story, settings: chosen, opens_at, length, script, hash }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn what_is_printed_reads_as_the_same_scenario(
        title in "[^\n\r]*",
        story in "(?s).*",
        settings in prop::collection::vec(any::<u32>(), 80),
        lines in prop::collection::vec(choices(), 0..6),
    ) {
        let scenario = scenario(title, story, &settings, &lines);
        let text = scenario.to_string();
        match Scenario::parse(&text) {
            Ok(again) => prop_assert_eq!(again, scenario, "{}", text),
            Err(mistake) => prop_assert!(false, "{}\n\n{}", mistake.in_file("printed.toml"), text),
        }
    }
}

#[test]
fn every_example_in_the_document_and_the_file_to_start_from_are_scenarios() {
    for file in blocks(DOCUMENT, "toml").into_iter().chain([TEMPLATE]) {
        Scenario::parse(file).unwrap_or_else(|mistake| panic!("{}", mistake.in_file("docs/scenarios.md")));
    }
    for script in blocks(DOCUMENT, "script") {
        for line in script.lines() {
            read(line).unwrap_or_else(|why| panic!("`{line}`: {why}"));
        }
    }
}

#[test]
fn sizes_alone_are_a_scenario_in_which_clients_ask() {
    let scenario = Scenario::parse("num_nodes = 5\nnum_clients = 3\n").expect("a scenario");
    assert_eq!((scenario.settings.traffic, scenario.settings.requests_per_client), (true, Some(10)));
    let told = Scenario::parse("num_nodes = 5\ntraffic = false\n").expect("a scenario");
    assert_eq!((told.settings.traffic, told.settings.requests_per_client), (false, None));
}

#[test]
fn a_mistake_is_shown_at_its_place() {
    for (file, shown) in [
        (
            "num_nodes = 5\nscript = '''\nwhen leader\n  at 250ms crush n1\n'''\n",
            "x.toml:4:3: `crush` is not a step: expected crash, restart, pause, resume, timeout, isolate, partition, cut, \
             heal, deliver, drop, duplicate, delay, put, get, delete, tell, set, start, tear, traffic, latency, loss, duplication, reordering, \
             drift, disk, align, spread, until, flush or wake\n  |\n4 |   at 250ms crush n1\n  |   ^^^^^^^^^^^^^^^^^",
        ),
        (
            "num_nodes = 10",
            "x.toml:1:13: `num_nodes = 10` is out of range: expected 1 to 9 nodes\n  |\n1 | num_nodes = 10\n  |             ^^",
        ),
        (
            "seed = -1\n",
            "x.toml:1:8: `seed = -1` cannot be: expected a whole number from 0 to 18446744073709551615\n  |\n1 | seed = -1\n  \
             |        ^^",
        ),
        (
            "\n[network]\nloss = \"ü\"\n",
            "x.toml:3:8: `ü` is not a share: expected 0% to 100%, such as 5% or 0.25%\n  |\n3 | loss = \"ü\"\n  |        ^^^",
        ),
        (
            "title = 5",
            "x.toml:1:9: `title` is not a text: expected one in quotation marks\n  |\n1 | title = 5\n  |         ^",
        ),
        (
            "protocol = \"zab\"",
            "x.toml:1:12: `zab` is not a protocol: expected raft, multi_paxos, single_server\n  |\n1 | protocol = \"zab\"\n  \
             |            ^^^^^",
        ),
        (
            "protocol = \"single_server\"\nscript = 'timeout n1'\n",
            "x.toml:2:11: this protocol has no timers\n  |\n2 | script = 'timeout n1'\n  |           ^^^^^^^^^^",
        ),
        (
            "script = \"\"\"\\tput c1 a\"\"\"\n",
            "x.toml:1:10: `put c1 a` is not a request: expected `put c1 KEY VALUE`\n  |\n1 | script = \"\"\"\\tput c1 a\"\"\"\n  \
             |          ^^^^^^^^^^^^^^^^",
        ),
        (
            "script = 'when leader at 5ms'",
            "x.toml:1:11: `at 5ms` stands behind another `at` or `when`: expected what is to be done\n  |\n1 | script = 'when \
             leader at 5ms'\n  |           ^^^^^^^^^^^^^^^^^^",
        ),
        (
            "script = 'deliver n1->n3 Vote'",
            "x.toml:1:11: `Vote` is not a message: expected RequestVote, RequestVoteReply, AppendEntries, \
             AppendEntriesReply, PreVote, PreVoteReply, InstallSnapshot, InstallSnapshotReply, TimeoutNow, ReadIndex, \
             ReadIndexReply, Forward, request, answer\n  |\n1 | script = 'deliver n1->n3 Vote'\n  |           ^^^^^^^^^^^^^^^^^^^",
        ),
        (
            "[given.n1]\nlog = \"2 1\"\n",
            "x.toml:2:7: `given.n1`: an entry of term 1 follows one of term 2: terms never fall\n  |\n2 | log = \"2 1\"\n  \
             |       ^^^^^",
        ),
        (
            "hash = \"12\"",
            "x.toml:1:8: `12` is not a hash: expected 16 digits of 0 to f\n  |\n1 | hash = \"12\"\n  |        ^^^^",
        ),
        (
            "length = \"soon\"",
            "x.toml:1:10: `soon` is not a time: expected a number and us, ms or s, such as 150ms or 1.5s\n  |\n1 | length = \
             \"soon\"\n  |          ^^^^^^",
        ),
    ] {
        let mistake = Scenario::parse(file).expect_err("a mistake");
        assert_eq!(mistake.in_file("x.toml"), shown);
    }
    let unknown = Scenario::parse("nodes = 5").expect_err("a mistake").in_file("x.toml");
    assert!(
        unknown.starts_with("x.toml:1:1: `nodes` is not a setting: expected protocol, seed, num_nodes"),
        "{unknown}"
    );
    let toml = Scenario::parse("title = \"\nx").expect_err("a mistake").in_file("x.toml");
    assert!(toml.starts_with("x.toml:2:2: this is not TOML: "), "{toml}");
}

/// A damaged copy of a text: some bytes taken out, put in, doubled or changed.
fn damaged(text: &str, choices: &[u32]) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let mut from = Choices(choices);
    for _ in 0..=from.next() % 4 {
        let place = from.next() as usize % (bytes.len() + 1);
        let width = from.next() as usize % 12;
        let end = (place + width).min(bytes.len());
        match from.next() % 4 {
            0 => drop(bytes.drain(place..end)),
            1 => drop(bytes.splice(place..place, from.next().to_le_bytes())),
            2 => {
                let again = bytes[place..end].to_vec();
                drop(bytes.splice(place..place, again));
            }
            _ => {
                let word = *from.of(&[
                    "at",
                    "when",
                    "expect",
                    "no",
                    "=",
                    "\"",
                    "'''",
                    "[",
                    "]",
                    "\n",
                    "n9",
                    "99999999999999999999",
                ]);
                drop(bytes.splice(place..end, word.bytes()));
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn no_file_makes_the_parser_panic() {
    let tries: u32 = std::env::var("FUZZ").ok().and_then(|text| text.parse().ok()).unwrap_or(3_000);
    // Numbers that look random and are the same in each run: a failure is found again.
    let mut state = 1_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from(state >> 32).expect("32 bits")
    };
    let mut read = 0_u32;
    for number in 0..tries {
        let (_, text) = shipped()[number as usize % shipped().len()];
        let choices: Vec<u32> = (0..24).map(|_| next()).collect();
        let file = damaged(text, &choices);
        match Scenario::parse(&file) {
            // Whatever it still says, it says the same when it is printed.
            Ok(scenario) => {
                read += 1;
                assert_eq!(Scenario::parse(&scenario.to_string()), Ok(scenario), "file {number}:\n{file}");
            }
            Err(mistake) => assert!(!mistake.in_file("x.toml").is_empty(), "file {number}"),
        }
    }
    println!("{tries} damaged files, of which {read} were still scenarios");
    assert!(read > tries / 20, "only {read} of {tries} were still scenarios: the damage is too great to find anything");
}
