//! The command line, run as a person runs it: what it prints, and its exit status (0 all went as
//! expected, 1 a promise was broken, 2 bad input with one clear sentence).

#![cfg(not(target_arch = "wasm32"))]

#[path = "common/cli.rs"]
mod cli;

use std::process::{Command, Stdio};

use cli::{folder, out, run, text_of};

#[test]
fn watch_tells_the_story_and_ends_with_the_hash() {
    let output = run(&["watch", "--seed", "1", "--for", "900ms", "400ms put c1 a val_1", "600ms crash n5"]);
    assert_eq!(output.status.code(), Some(0));
    let told = out(&output);
    for line in [
        "[n5] is leader of term 1, with 3 of 5 votes  (Raft §5.2)",
        "[n5] takes `put a val_1` into its log as entry 2  (Raft §5.3)",
        "[c1] is answered: put a val_1 → OK",
        "600ms  [n5] crashes and loses all but its disk",
    ] {
        assert!(told.contains(line), "`{line}` is missing in:\n{told}");
    }
    let last = told.lines().last().expect("some lines");
    assert!(last.starts_with("hash ") && last.len() == 21, "the last line is `{last}`");
    assert_eq!(
        told,
        out(&run(&["watch", "--for", "900ms", "400ms put c1 a val_1", "600ms crash n5"])),
        "again the same"
    );
}

#[test]
fn a_moment_in_the_midst_of_several_events_is_told_by_the_number_of_steps() {
    let hash = |crash: &str| {
        let output = run(&["watch", "--set", "seed=1", "--for", "600ms", "173389us align", crash]);
        assert_eq!(output.status.code(), Some(0));
        out(&output).lines().last().map(str::to_string)
    };
    // All five timers run out at one time: the crash comes after the fourth of them, or after all.
    assert_ne!(hash("183389us#5 crash n5"), hash("183389us crash n5"));
    assert_eq!(hash("183389us#6 crash n5"), hash("183389us crash n5"));
}

#[test]
fn a_seed_is_a_setting_like_any_other() {
    let hash = |arguments: &[&str]| out(&run(arguments)).lines().last().map(str::to_string);
    assert_eq!(hash(&["watch", "--set", "seed=7"]), hash(&["watch", "--seed", "7"]));
    assert_ne!(hash(&["watch", "--set", "seed=7"]), hash(&["watch"]));
}

#[test]
fn processes_have_the_names_that_their_protocol_gives_them() {
    let told = out(&run(&["watch", "--set", "protocol=multi_paxos", "--for", "700ms", "500ms put c1 a 1"]));
    assert!(told.contains("[leader 1]   Phase 2 for slot 1: 2/3 accepted (2 needed)"), "{told}");
}

#[test]
fn swarm_sums_up_what_its_runs_came_to() {
    let output = run(&["swarm", "--seeds", "1..4", "--for", "5s"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(out(&output).starts_with("3 runs of 5s under faults: every promise kept, every cluster recovered\n"));
}

#[test]
fn shrink_writes_a_scenario_that_goes_as_it_says() {
    let story = text_of(&folder("shrink").join("story.toml"));
    let output = run(&["shrink", "direct_change", "--out", &story]);
    assert_eq!(output.status.code(), Some(0));
    let told = out(&output);
    assert!(told.contains(" both lead term 2: election-safety falls in "), "{told}");
    assert!(told.ends_with(&format!("run it with: raft-playground run {story}\n")), "{told}");
    assert_eq!(run(&["run", &story]).status.code(), Some(0), "the file expects the violation");
    // Without --out it is what is printed; for programs it is one value of an object.
    assert_eq!(out(&run(&["shrink", "direct_change"])), std::fs::read_to_string(&story).expect("a file"));
    let object: serde_json::Value =
        serde_json::from_str(&out(&run(&["shrink", "direct_change", "--json"]))).expect("JSON");
    assert_eq!(object["property"], "election-safety");
    assert!(object["steps"].as_u64() < object["from"].as_u64(), "{object}");
}

#[test]
fn what_a_swarm_finds_is_written_into_a_folder_that_is_made() {
    let found = folder("swarm").join("night").join("found");
    let bug = ["swarm", "--bug", "half_quorum", "--seeds", "1..2", "--for", "10s", "--shrink", "--out"];
    let output = run(&[&bug[..], &[&text_of(&found)]].concat());
    assert_eq!(output.status.code(), Some(1));
    let story = text_of(&found.join("swarm-1.toml"));
    assert_eq!(run(&["run", &story]).status.code(), Some(0), "the file expects the violation");
    let taken = run(&[&bug[..], &[&story]].concat());
    assert_eq!(taken.status.code(), Some(2), "a file stands in the place of the folder");
}

#[test]
fn bad_input_gets_one_sentence_and_status_2() {
    for (arguments, sentence) in [
        (&["watch", "--set", "nodes"][..], "`--set nodes` is not complete: expected NAME=VALUE"),
        (&["watch", "--set", "num_nodes=0"], "`num_nodes = 0` is out of range: expected 1 to 9 nodes"),
        (&["watch", "--for", "soon"], "`soon` is not a time: expected a number and us, ms or s, such as 150ms or 1.5s"),
        (&["watch", "x"], "`x` is not complete: expected a time and a step, such as `400ms crash n3`"),
        (&["watch", "5ms crash n9"], "there is no n9: expected n1 to n5"),
        (&["watch", "9ms crash n1", "5ms crash n2"], "`5ms crash n2` comes after a later step: expected 9ms or later"),
        (
            &["watch", "5ms#x crash n1"],
            "`5ms#x` is not a moment: expected a time and a number of steps, such as 250ms#312",
        ),
        (&["watch", "5ms#3 crash n1"], "this run never is at `5ms#3`: by 5ms it has 0 steps, not 3"),
        (&["watch", "9ms crash n1", "9ms#0 crash n2"], "`9ms#0` has passed: it is 9ms#1 already"),
        (&["shrink", "election"], "election: no promise is broken in this run: expected one that ends in a violation"),
        (&["swarm", "--shard", "5/4"], "`--shard 5/4` is not a part: expected such as 3/16, the third of sixteen"),
        (
            &["swarm", "--seeds", "1..3", "--shard", "3/3"],
            "`--shard 3/3` of `--seeds 1..3` is empty: expected more seeds",
        ),
        (&["swarm", "--seeds", "5"], "`--seeds 5` is not a range: expected such as 1..1001"),
        (&["swarm", "--seeds", "5..5"], "`--seeds 5..5` is not a range: expected such as 1..1001"),
        (&["swarm", "--set", "protocol=zab"], "`zab` is not a protocol: expected raft, multi_paxos, single_server"),
    ] {
        let output = run(arguments);
        let told = String::from_utf8(output.stderr.clone()).expect("the program prints text");
        assert_eq!((told.as_str(), output.status.code()), (format!("raft-playground: {sentence}\n").as_str(), Some(2)));
    }
}

#[test]
fn run_prints_the_schedule_what_each_client_got_and_how_each_process_ended() {
    let told = out(&run(&["run", "replication"]));
    assert!(told.starts_with("A write, message by message\n\n"), "{told}");
    for line in [
        "         0ms  [n1] asks for votes in term 1",
        "[n1] commits entry 1: a majority holds it  (Raft §5.3)",
        "What each client got\n  [c1] put x 1 -> OK\n",
        "How the processes ended\n  [n1] leader; term 1; 1 of 1 slots committed; store x = 1\n",
    ] {
        assert!(told.contains(line), "`{line}` is missing in:\n{told}");
    }
    assert_eq!(out(&run(&["run", "raft_kv", "--seed", "2"])), out(&run(&["run", "raft_kv", "--seed", "2"])));
    assert_ne!(out(&run(&["run", "raft_kv", "--seed", "2"])), out(&run(&["run", "raft_kv"])));
    let longer = out(&run(&["run", "raft_kv", "--for", "3s"]));
    assert!(longer.trim_end().ends_with(" at 3s"), "{longer}");
}

#[test]
fn what_a_script_tries_and_is_refused_is_told_where_it_happens() {
    let told = out(&run(&["run", "joint_explicit"]));
    let (refused, next) = (
        "         0ms       Refused: tell n1 remove n5: expected `leave` before any other change\n",
        "asks n1 to put a 1",
    );
    let behind = told.split_once(refused).unwrap_or_else(|| panic!("`{refused}` is missing in:\n{told}")).1;
    assert!(behind.lines().next().is_some_and(|line| line.contains(next)), "{told}");
}

#[test]
fn for_programs_run_prints_an_object_a_line() {
    let told = out(&run(&["run", "kv_store", "--json"]));
    let lines: Vec<serde_json::Value> =
        told.lines().map(|line| serde_json::from_str(line).expect("an object on each line")).collect();
    let end = lines.last().expect("a last line");
    assert_eq!(end["failure"], serde_json::Value::Null);
    assert_eq!(end["requests"].as_array().map(Vec::len), Some(30));
    assert!(lines.len() > 90 && lines[0]["text"].is_string(), "{told}");
}

#[test]
fn what_each_node_has_done_is_told_as_a_table_and_to_programs_as_an_object() {
    let steps = ["0ms timeout n1", "45ms put c1 a val_1 to n1"];
    let settings = ["num_nodes=3", "num_clients=1", "network.latency=10ms", "pre_vote=false"];
    let sets = settings.iter().flat_map(|set| ["--set", set]);
    let arguments: Vec<&str> = ["watch", "--metrics", "--for", "85ms"].into_iter().chain(sets).chain(steps).collect();
    let told = out(&run(&arguments));
    // What stands here is counted in tests/common/figures.rs.
    let cells = |row: &str| row.split_whitespace().map(str::to_string).collect::<Vec<_>>();
    for row in [
        "elections led messages bytes slots a commit took",
        "node begun won for share sent received sent received committed 50% 99%",
        "n1 1 1 65ms 76% 9 7 450 181 2 20ms 20ms",
        "n2 0 0 0ms 0% 4 4 113 220 1 - -",
        "n3 0 0 0ms 0% 4 4 113 220 1 - -",
        "Answers to clients: 1. Half came within 40ms, 99 in 100 within 40ms, the last after 40ms.",
    ] {
        assert!(told.lines().any(|line| cells(line) == cells(row)), "`{row}` is missing in:\n{told}");
    }
    let json = |arguments: &[&str]| -> serde_json::Value {
        serde_json::from_str(out(&run(arguments)).lines().last().expect("a last line")).expect("an object")
    };
    let told = json(&["run", "--json", "--metrics", "kv_store"]);
    assert_eq!(told["metrics"]["nodes"][0]["totals"]["tried"], 0);
    assert_eq!(told["metrics"]["answer"]["count"].as_u64(), told["requests"].as_array().map(|rows| rows.len() as u64));
    assert!(json(&["run", "--json", "kv_store"]).get("metrics").is_none());
}

#[test]
fn new_writes_a_file_that_runs_and_overwrites_none() {
    let file = text_of(&folder("new").join("mine.toml"));
    assert_eq!(run(&["new", &file]).status.code(), Some(0));
    assert_eq!(run(&["run", &file]).status.code(), Some(0));
    let again = run(&["new", &file]);
    let told = String::from_utf8_lossy(&again.stderr).into_owned();
    assert_eq!(
        (again.status.code(), told),
        (Some(2), format!("raft-playground: {file} is there already: expected a new name\n"))
    );
}

#[test]
fn list_shows_every_scenario_with_its_title_under_its_theme() {
    let told = out(&run(&["list"]));
    let lines: Vec<&str> = told.lines().collect();
    for (theme, names) in raft_playground::scenario::themes() {
        let at = lines.iter().position(|line| line == theme).unwrap_or_else(|| panic!("no `{theme}` in:\n{told}"));
        for (name, line) in names.iter().zip(&lines[at + 1..]) {
            let title = line.strip_prefix(&format!("  {name} ")).map(str::trim);
            assert!(title.is_some_and(|title| !title.is_empty()), "`{name}` is not in its place in:\n{told}");
        }
    }
    assert!(told.contains("  figure_7               Figure 7: the leader's log becomes everybody's log\n"), "{told}");
}

#[test]
fn what_does_not_go_as_expected_is_told_with_the_command_that_shows_it_again() {
    let folder = folder("failures");
    for (script, told) in [
        ("timeout n1\nexpect leader n2", "at 0ms, `expect leader n2` does not hold: no node leads"),
        ("expect waits c1", "at 0ms, `expect waits c1` does not hold: c1 waits for nothing"),
        (
            "expect members n1 = n1 n2 | n1 n2 n3",
            "at 0ms, `expect members n1 = n1 n2 | n1 n2 n3` does not hold: those who vote, as n1 has it, are n1 n2 n3 n4 n5",
        ),
        (
            "expect learners n1 = n4",
            "at 0ms, `expect learners n1 = n4` does not hold: without a vote, as n1 has it: nobody",
        ),
        (
            "expect joint n1",
            "at 0ms, `expect joint n1` does not hold: those who vote, as n1 has it, are n1 n2 n3 n4 n5",
        ),
        ("expect snapshot n1 = 6", "at 0ms, `expect snapshot n1 = 6` does not hold: snapshot n1 is none"),
        ("expect state n1 n3 = probe", "at 0ms, `expect state n1 n3 = probe` does not hold: n1 knows nothing of n3"),
        ("expect fact n1 lease = held", "at 0ms, `expect fact n1 lease = held` does not hold: n1 has no such thing"),
        ("expect refused crash n1", "at 0ms, `expect refused crash n1` does not hold: it can be done"),
        (
            "expect refused restart n1 because n1 is tired",
            "at 0ms, `expect refused restart n1 because n1 is tired` does not hold: it is refused because n1 runs already: \
             expected a node that is down",
        ),
        (
            "when leader crash n9",
            "at 217.595ms, `when leader crash n9` cannot be done: there is no n9: expected n1 to n5",
        ),
        (
            "deliver n1->n2 RequestVote",
            "at 0ms, `deliver n1->n2 RequestVote` cannot be done: no RequestVote is on its way from n1 to n2",
        ),
        (
            "when committed 9",
            "at 59.997456s, `when committed 9` does not hold: the most that any node has committed is 1, and that is so for 60s",
        ),
        (
            "at 5ms crash n1\nat 2ms crash n2",
            "at 5ms, `at 2ms crash n2` cannot be done: `2ms` has passed: it is 5ms#1 already",
        ),
    ] {
        let file = text_of(&folder.join("s.toml"));
        std::fs::write(&file, format!("script = '''\n{script}\n'''\n")).expect("a file");
        let output = run(&["run", &file]);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        assert!(stderr.starts_with(&format!("raft-playground: {told}\nseed 1, step ")), "{stderr}");
        assert!(stderr.ends_with(&format!("; again with: raft-playground run {file} --seed 1\n")), "{stderr}");
    }
}

#[test]
fn a_broken_promise_is_told_before_anything_that_follows_from_it_unless_it_is_expected() {
    let file = text_of(&folder("broken").join("s.toml"));
    // Two entries of one index and term: no run of Raft comes to this.
    let given = "[given.n1]\nlog = \"1 put a 1, 1\"\n[given.n2]\nlog = \"1 put a 2, 1\"\n";
    for (expected, status) in [("leader n9", 1), ("no violation", 1), ("violation log-matching", 0)] {
        std::fs::write(&file, format!("script = 'expect {expected}'\n{given}")).expect("a file");
        let output = run(&["run", &file]);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(status), "{stderr}");
        assert!(status == 0 || stderr.starts_with("raft-playground: at 0ms, log-matching is broken: "), "{stderr}");
    }
}

#[test]
fn a_scenario_that_cannot_be_read_is_status_2_and_nothing_runs() {
    let file = text_of(&folder("mistakes").join("s.toml"));
    std::fs::write(&file, "script = '''\nput c1 a val_1\ncrush n1\n'''\n").expect("a file");
    let output = run(&["run", &file]);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), out(&output).as_str()), (Some(2), ""));
    assert!(stderr.starts_with(&format!("raft-playground: {file}:3:1: `crush` is not a step: expected ")), "{stderr}");
    assert!(stderr.ends_with("\n  |\n3 | crush n1\n  | ^^^^^^^^\n"), "{stderr}");
    let absent = run(&["run", "nowhere.toml"]);
    let stderr = String::from_utf8_lossy(&absent.stderr).into_owned();
    assert!(absent.status.code() == Some(2) && stderr.contains("expected a scenario file, or a name that"), "{stderr}");
    let no_hash = run(&["replay", "raft_kv"]);
    assert_eq!(no_hash.status.code(), Some(2));
}

#[test]
fn explore_looks_at_every_schedule_or_writes_the_one_that_breaks_a_promise() {
    let small = ["explore", "-s", "num_nodes=3", "--terms", "1", "--log", "1", "--requests", "1"];
    let output = run(&small);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(out(&output).contains("every state within the bounds was looked at: no promise is broken"));
    let file = folder("explore").join("found.toml");
    let forgets = ["-s", "keep_vote=false", "--crashes", "1", "--property", "election-safety"];
    let written = ["--out", file.to_str().expect("a path of letters")];
    let output = run(&[&small[..], &forgets[..], &written[..]].concat());
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(out(&output).contains("election-safety is broken after"), "{}", out(&output));
    let again = run(&["run", written[1]]);
    assert_eq!(again.status.code(), Some(0), "the scenario expects what it breaks: {}", out(&again));
    let refused = run(&["explore", written[1], "--property", "election-safety"]);
    assert_eq!(refused.status.code(), Some(2));
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(why.contains("is broken at this moment already: expected an earlier one"), "{why}");
    let wrong = run(&[&small[..], &["--may", "jump n1"]].concat());
    assert_eq!(wrong.status.code(), Some(2), "{wrong:?}");
}

#[test]
#[cfg(feature = "bugs")]
fn bugs_lists_every_mistake_and_tells_all_of_one() {
    let told = out(&run(&["bugs"]));
    for row in ["Raft\n", "\nMulti-Paxos\n", "  forget_vote    ", "  ignore_phase_1 "] {
        assert!(told.contains(row), "{row:?} in:\n{told}");
    }
    assert_eq!(told.lines().filter(|line| line.starts_with("  ")).count(), 36);
    let one = out(&run(&["bugs", "lease_without_drift_bound"]));
    for row in ["  is         lease = election_timeout\n", "  needs      clock skew, a partition or loss\n"] {
        assert!(one.contains(row), "{row:?} in:\n{one}");
    }
    let list: serde_json::Value = serde_json::from_str(&out(&run(&["bugs", "--json"]))).expect("JSON");
    assert_eq!(list.as_array().map(Vec::len), Some(36));
    let one: serde_json::Value =
        serde_json::from_str(&out(&run(&["bugs", "pre_vote_answers_dropped", "--json"]))).expect("JSON");
    assert_eq!(one[0]["protocol"], "raft");
    assert_eq!(one[0]["with"], serde_json::json!({ "pre_vote": "true" }));
    let refused = run(&["bugs", "forget_votes"]);
    assert_eq!(refused.status.code(), Some(2));
    let why = String::from_utf8_lossy(&refused.stderr).to_string();
    assert!(why.contains("there is no mistake `forget_votes`: expected forget_vote, "), "{why}");
}

#[test]
fn check_judges_the_history_of_a_run_and_tells_which_line_is_wrong() {
    let file = folder("check").join("history.jsonl");
    let name = text_of(&file);
    let ends = |scenario: &str| {
        run(&["run", scenario, "--history", &name]);
        let output = run(&["check", &name]);
        (output.status.code(), out(&output))
    };
    let (code, told) = ends("raft_kv");
    assert!(code == Some(0) && told.starts_with("linearizable: "), "{told}");
    let (code, told) = ends("stale_read");
    assert!(code == Some(1) && told.contains("not linearizable: no order of these 2 requests about x"), "{told}");
    let judged: serde_json::Value = serde_json::from_str(&out(&run(&["check", &name, "--json"]))).expect("an object");
    assert_eq!(judged["verdict"], "refused");
    for (line, why) in [
        (
            r#"{"client":1,"op":"put","key":"a","value":"1","call":3,"return":2,"result":{"ok":true}}"#,
            ":1: it returns at 2",
        ),
        (
            r#"{"client":1,"op":"push","key":"a","call":3}"#,
            ":1: `push` is not an operation: expected put, get or delete",
        ),
        (r#"{"client":1,"op":"get","key":"a","call":3,"return":4}"#, ":1: it has one of `return` and `result`"),
        ("put a 1", ":1: expected value at line 1"),
    ] {
        std::fs::write(&file, line).expect("a file can be written");
        let output = run(&["check", &name]);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(2) && told.contains(why), "{line}: {told}");
    }
}

#[test]
fn where_nobody_reads_on_the_program_ends_without_a_panic() {
    let explore = ["explore", "-s", "num_nodes=3", "--terms", "1", "--log", "1", "--requests", "1"];
    let mut child = Command::new(env!("CARGO_BIN_EXE_raft-playground"))
        .args(explore)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!((output.status.code(), stderr.as_str()), (Some(141), ""), "as one that SIGPIPE has ended");
}

#[test]
fn the_histories_of_the_documentation_are_judged_as_it_says() {
    let page = std::fs::read_to_string("docs/checking.md").expect("it is there");
    let block = |begin: &str| {
        let (_, rest) = page.split_once(begin).expect("it has such a block");
        rest.split_once("\n```").expect("it ends").0.to_string()
    };
    let folder = folder("checking");
    let judged = |name: &str, lines: &str| {
        let file = folder.join(name);
        std::fs::write(&file, lines).expect("a file can be written");
        let output = run(&["check", file.to_str().expect("a path of letters")]);
        (output.status.code(), out(&output))
    };
    let example = block("```json\n");
    let (code, told) = judged("fine.jsonl", &example);
    assert!(code == Some(0) && told.contains("linearizable: 3 requests about 1 key,"), "{told}");
    // The same with a put behind the delete, whose outcome is known: then the get is stale, as the page shows it.
    let line = |n: usize| example.lines().nth(n).expect("three lines").to_string();
    let known = line(2).replace("\"call\":5", "\"call\":3,\"return\":4,\"result\":{\"ok\":true}");
    let late = line(1).replace("\"call\":3,\"return\":4", "\"call\":7,\"return\":8");
    let put = line(0).replace("\"value\":\"1\",\"call\":1,\"return\":2", "\"value\":\"2\",\"call\":5,\"return\":6");
    let (code, told) = judged("stale.jsonl", &[line(0), known, put, late].join("\n"));
    assert_eq!((code, told.trim_end()), (Some(1), block("```text\n").as_str()));
}
