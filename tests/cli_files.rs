//! What the command line writes into files: histories, saved runs, traces, and runs in the words of raft.tla.
#![cfg(not(target_arch = "wasm32"))]

#[path = "common/cli.rs"]
mod cli;

use std::process::Output;

use cli::{folder, out, run, text_of};

#[test]
fn a_history_has_one_row_for_a_request_with_all_its_retries() {
    let folder = folder("history");
    let (file, history) = (text_of(&folder.join("s.toml")), folder.join("h.jsonl"));
    let script = "script = '''\nput c1 a val_1\nwhen answered c1 1 get c1 b\nwhen answered c1 2 isolate n5\nget c1 a to n5\n\
                  put c2 a x to n5\n'''\nlength = \"450ms\"\n";
    std::fs::write(&file, script).expect("a file");
    let output = run(&["run", &file, "--history", &text_of(&history)]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let told = out(&output);
    assert!(told.contains("to put a val_1 (attempt 2)"), "a retry is no row of its own:\n{told}");
    let rows = std::fs::read_to_string(&history).expect("a history");
    let expected = [
        r#"{"client":1,"op":"put","key":"a","value":"val_1","call":1,"return":2,"result":{"ok":true,"value":null,"error":null}}"#,
        r#"{"client":1,"op":"get","key":"b","value":null,"call":3,"return":4,"result":{"ok":false,"value":null,"error":"key not found: b"}}"#,
    ];
    assert_eq!(rows.lines().take(2).collect::<Vec<_>>(), expected);
    let open: Vec<&str> = rows.lines().skip(2).collect();
    let expected = [
        r#"{"client":1,"op":"get","key":"a","value":null,"call":5,"return":null,"result":null}"#,
        r#"{"client":2,"op":"put","key":"a","value":"x","call":6,"return":null,"result":null}"#,
    ];
    assert_eq!(open, expected, "nobody answers so soon after the leader was cut off");
}

#[test]
fn a_saved_run_is_the_same_when_it_is_played_again_and_another_seed_is_not() {
    let folder = folder("replay");
    let saved = text_of(&folder.join("run.toml"));
    for name in ["leader_crash", "figure_8_overwritten", "lossy_network", "acceptor_crash"] {
        assert_eq!(run(&["run", name, "--save", &saved]).status.code(), Some(0));
        let output = run(&["replay", &saved]);
        assert_eq!(output.status.code(), Some(0), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(out(&output).starts_with("the same run: hash "));
        // A run that is told message by message has no chance in it.
        if name == "figure_8_overwritten" {
            continue;
        }
        let text = std::fs::read_to_string(&saved).expect("a saved run");
        std::fs::write(&saved, text.replace("seed = 1\n", "seed = 3\n").replace("seed = 7\n", "seed = 3\n"))
            .expect("a file");
        assert_eq!(run(&["replay", &saved]).status.code(), Some(1), "{name} with another seed is another run");
    }
}

#[test]
fn a_trace_has_every_message_once_sent_and_once_ended_and_every_change_with_before_and_after() {
    let folder = folder("trace");
    for name in ["lossy_network", "figure_7", "gap", "kv_store", "leader_crash"] {
        let out = folder.join("t.jsonl");
        assert_eq!(run(&["run", name, "--trace", &text_of(&out)]).status.code(), Some(0));
        let text = std::fs::read_to_string(&out).expect("a trace");
        let mut flying = std::collections::BTreeSet::new();
        let mut nodes = std::collections::BTreeMap::<String, serde_json::Value>::new();
        let mut logs =
            std::collections::BTreeMap::<String, std::collections::BTreeMap<Option<u64>, serde_json::Value>>::new();
        let mut writes = 0;
        for (number, line) in text.lines().enumerate() {
            let line: serde_json::Value = serde_json::from_str(line).expect("an object on each line");
            assert_eq!(line["step"].as_u64(), u64::try_from(number).ok(), "{name}: no step is left out");
            assert_eq!(line["cause"].is_null(), number == 0);
            for ended in ["delivered", "lost"] {
                for message in line[ended].as_array().expect("a list") {
                    assert!(flying.remove(message["id"].as_str().expect("a name")), "{name}: {message} was never sent");
                }
            }
            for message in line["sent"].as_array().expect("a list") {
                assert!(flying.insert(message["id"].as_str().expect("a name").to_string()), "{name}: {message} twice");
            }
            writes += line["persisted"].as_array().map_or(0, Vec::len);
            for (node, differences) in line["changed"].as_object().expect("an object") {
                let known = nodes.entry(node.clone()).or_insert(serde_json::Value::Object(Default::default()));
                for (field, difference) in differences.as_object().expect("an object") {
                    if field == "slots" {
                        let list = |when: &str| difference[when].as_array().expect("a list").clone();
                        let log = logs.entry(node.clone()).or_default();
                        for slot in list("before") {
                            assert!(log.remove(&slot["index"].as_u64()) == Some(slot.clone()), "{name} {node}: {slot}");
                        }
                        log.extend(list("after").into_iter().map(|slot| (slot["index"].as_u64(), slot)));
                    } else {
                        assert_eq!(
                            known.get(field).unwrap_or(&serde_json::Value::Null),
                            &difference["before"],
                            "{name} {node} {field}"
                        );
                        known[field] = difference["after"].clone();
                    }
                }
            }
        }
        assert!(writes > 0, "{name} writes something");
        // What the changes add up to is how the nodes ended.
        let end = out_of_last_line(&run(&["run", name, "--json"]));
        for card in end["nodes"].as_array().expect("nodes") {
            let told = &nodes[card["id"].as_str().expect("a name")];
            for field in ["role", "vote", "committed", "applied", "last_slot", "store"] {
                assert_eq!(told[field], card["node"][field], "{name}: {field} of {}", card["id"]);
            }
            let log = logs.get(card["id"].as_str().expect("a name"));
            let last = log.and_then(|log| log.keys().last().copied().flatten()).unwrap_or(0);
            assert_eq!(Some(last), card["node"]["last_slot"].as_u64(), "{name}: the log of {}", card["id"]);
        }
    }
}

fn out_of_last_line(output: &Output) -> serde_json::Value {
    serde_json::from_str(out(output).lines().last().expect("a last line")).expect("an object")
}

#[test]
fn a_run_of_raft_can_be_written_in_the_words_of_its_specification_and_no_other_can() {
    let folder = folder("tla");
    let (file, out_file) = (text_of(&folder.join("s.toml")), folder.join("t.ndjson"));
    let tla = text_of(&out_file);
    assert_eq!(run(&["run", "replication", "--tla", &tla]).status.code(), Some(0));
    let text = std::fs::read_to_string(&out_file).expect("a trace");
    let first: Vec<&str> = text.lines().take(3).collect();
    let expected = [
        r#"{"nodes":["n1","n2","n3"],"term":0,"allow":["anyprev","monotonic"]}"#,
        r#"{"e":"timeout","n":"n1","state":{"term":1,"role":"Candidate","vote":"n1","commit":0,"len":0,"lastTerm":0}}"#,
        r#"{"e":"send","n":"n1","m":{"type":"RV","from":"n1","to":"n2","term":1,"lastIndex":0,"lastTerm":0}}"#,
    ];
    assert_eq!(first, expected);
    assert!(text.ends_with("}\n") && !text.contains("null"), "{text}");
    // What does not go as expected is written as far as it went.
    std::fs::write(&file, "script = '''\ntimeout n1\nexpect leader n2\n'''\n").expect("a file");
    assert_eq!(run(&["run", &file, "--tla", &tla]).status.code(), Some(1));
    assert_eq!(std::fs::read_to_string(&out_file).expect("a trace").lines().count(), 6);
    std::fs::remove_file(&out_file).expect("it is there");
    let raft_only =
        |protocol: &str| format!("a run of {protocol} cannot be matched to raft.tla: expected protocol = \"raft\"");
    let init = "in raft.tla all nodes start in one term, without votes or entries";
    for (name, sentence) in [
        ("multipaxos_kv", raft_only("multi_paxos")),
        ("kv_store", raft_only("single_server")),
        ("figure_7", format!("n1 starts with entries in its log, which raft.tla cannot express: {init}")),
    ] {
        let output = run(&["run", name, "--tla", &tla]);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!((output.status.code(), told), (Some(2), format!("raft-playground: {sentence}\n")));
        assert_eq!((out(&output).as_str(), out_file.exists()), ("", false), "nothing has run");
    }
    let output = run(&["run", "learner", "--tla", &tla]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let sentence = "raft-playground: n4 is a new node, which raft.tla does not know\n";
    assert_eq!((output.status.code(), told.as_str(), out_file.exists()), (Some(2), sentence, false));
    assert!(out(&output).contains("How the processes ended"), "the schedule is told all the same");
    let nowhere = run(&["run", "replication", "--tla", &text_of(&folder.join("no/t.ndjson"))]);
    assert_eq!(nowhere.status.code(), Some(2));
}
