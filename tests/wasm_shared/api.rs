//! The class `Playground`, method by method; bad input comes back as an `Error` with a sentence and changes nothing.

use js_sys::{Array, JSON};
use raft_playground::scenario::{Run, Scenario};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

use super::js::{ask, call, construct, dig, get, playground, tell, value};

fn text(object: &JsValue, path: &str) -> String {
    dig(object, path).as_string().unwrap_or_else(|| panic!("{path} is not a text"))
}

fn number(object: &JsValue, path: &str) -> f64 {
    dig(object, path).as_f64().unwrap_or_else(|| panic!("{path} is not a number"))
}

fn view(cluster: &JsValue) -> JsValue {
    ask(cluster, "view", &[])
}

fn length(value: JsValue) -> u32 {
    Array::from(&value).length()
}

#[wasm_bindgen_test]
fn a_cluster_is_made_of_nothing_of_settings_and_of_texts() {
    for (settings, title_count, clients) in [
        ("undefined", 5, 3),
        ("{}", 5, 3),
        ("{ seed: 7, num_nodes: 3, num_clients: 1 }", 3, 1),
        ("{ protocol: 'raft', num_nodes: '9', traffic: true, noop: false, requests_per_client: 10 }", 9, 3),
        (
            "{ protocol: 'multi_paxos', num_acceptors: 5, num_leaders: 2, num_replicas: 0, num_clients: undefined }",
            7,
            3,
        ),
        ("{ protocol: 'single_server', seed: '18446744073709551615' }", 1, 3),
    ] {
        let picture = view(&playground(settings));
        let counts = (length(get(&picture, "nodes")), length(get(&picture, "clients")));
        assert_eq!(counts, (title_count, clients), "nodes and clients with {settings}");
    }
    let largest = view(&playground("{ seed: '18446744073709551615' }"));
    assert_eq!(text(&largest, "seed"), "18446744073709551615", "a seed beyond 2^53 is a text");
}

#[wasm_bindgen_test]
fn settings_that_cannot_be_are_refused_with_a_sentence() {
    for (settings, part) in [
        ("{ protocol: 'chord' }", "`chord` is not a protocol: expected raft, multi_paxos, single_server"),
        ("{ protocol: 5 }", "`5` is not a protocol"),
        ("{ num_nodes: 0 }", "`num_nodes = 0` is out of range: expected 1 to 9 nodes"),
        ("{ num_nodes: 10 }", "expected 1 to 9 nodes"),
        ("{ num_clients: 256 }", "expected 1 to 9 clients"),
        ("{ protocol: 'single_server', num_servers: 2 }", "out of range"),
        ("{ num_acceptors: 3 }", "`num_acceptors` means nothing to raft"),
        ("{ num_nodes: -1 }", "a whole number"),
        ("{ num_nodes: 2.5 }", "a whole number"),
        ("{ num_nodes: NaN }", "a whole number"),
        ("{ num_nodes: 'five' }", "a whole number"),
        ("{ num_nodes: null }", "a whole number"),
        ("{ num_nodes: {} }", "a whole number"),
        ("{ num_nodes: [] }", "a whole number"),
        ("{ num_nodes: Symbol('x') }", "a whole number"),
        ("{ num_nodes: Object.create(null) }", "a whole number"),
        ("{ seed: -1 }", "seed"),
        ("{ seed: '18446744073709551616' }", "seed"),
        ("{ seed: 1e300 }", "seed"),
        ("{ traffic: 'yes' }", "expected true or false"),
        ("{ traffic: 1 }", "expected true or false"),
        ("{ noop: 'no' }", "expected true or false"),
        ("{ nodes: 5 }", "`nodes` is not a setting: expected protocol, seed, num_nodes"),
        ("{ '': 5 }", "is not a setting"),
        ("['raft']", "is not a setting"),
        ("'raft'", "settings"),
        ("7", "settings"),
        ("null", "settings"),
    ] {
        match construct(&value(settings)) {
            Ok(_) => panic!("a cluster was made of {settings}"),
            Err(why) => assert!(why.contains(part), "{settings}: expected `{part}` in `{why}`"),
        }
    }
}

#[wasm_bindgen_test]
fn bad_input_changes_nothing_whatever_it_is() {
    let cluster = playground("{ seed: 5, traffic: true }");
    tell(&cluster, "tick 1500; crash n5; cut n1->n2");
    let moment = || (text(&view(&cluster), "hash"), number(&view(&cluster), "steps"), number(&view(&cluster), "now"));
    let before = moment();
    let word = "x".repeat(65);
    let long = format!("put c1 {word} y");
    let lines = [
        "",
        " ",
        "explode n1",
        "crash",
        "crash n0",
        "crash n6",
        "crash n5",
        "crash n1 n2",
        "restart n1",
        "heal n1",
        "cut n1->n1",
        "deliver n1->n2#99999",
        "deliver x",
        "drop n1->n9#1",
        "delay n1->n2#1",
        "timeout n1 tea",
        "timeout n5",
        "partition",
        "partition n1 | n1",
        "partition n1 |",
        "put c1 a",
        "put c9 a b",
        "get c1",
        "get c1 a to n9",
        "loss all 101%",
        "loss all 5",
        "latency all 20ms..10ms",
        "latency all 0ms..18446744073709551615us",
        "disk all 1000000.1s",
        "drift n1 +51%",
        "disk n9 1ms",
        "traffic maybe",
        "until 0ms",
        "align now",
        "\u{0}",
        "🦀",
        &long,
    ];
    let apply = lines.iter().map(|line| ("apply", vec![JsValue::from(*line)]));
    let submit = [
        ["c0", "put", "a", "b"],
        ["c4", "get", "a", ""],
        ["c1", "swap", "a", "b"],
        ["c1", "", "a", ""],
        ["c1", "put", "", "b"],
        ["c1", "put", "a b", "c"],
        ["c1", "put", "a", "b\nc"],
        ["c1", "put", &word, "b"],
        ["c1", "put", "a", &word],
        ["n1", "get", "a", ""],
    ];
    let submit = submit.iter().map(|words| ("submit", words.iter().map(|word| JsValue::from(*word)).collect()));
    let numbers = ["-1", "NaN", "Infinity", "-Infinity", "1e300", "2**53"].map(value);
    let numbers =
        ["tick", "events", "view"].into_iter().flat_map(|name| numbers.iter().map(move |n| (name, vec![n.clone()])));
    let others = [
        ("submit", ["c1", "put", "a"].map(JsValue::from).to_vec()),
        ("submit", ["c1", "get", "a", "", "n9"].map(JsValue::from).to_vec()),
        ("message", vec!["n1->n2#99999".into()]),
        ("message", vec!["hello".into()]),
    ];
    for (method, arguments) in apply.chain(submit).chain(numbers).chain(others) {
        match call(&cluster, method, &arguments) {
            Ok(got) => panic!("{method}({arguments:?}) was taken: {got:?}"),
            Err(why) => assert!(why.len() > 10, "{method}({arguments:?}) is refused without a sentence: {why}"),
        }
        assert_eq!(moment(), before, "after {method}({arguments:?})");
    }
    tell(&cluster, "restart n5; tick 500");
    assert!(moment().1 > before.1, "the cluster is as well as ever");
}

#[wasm_bindgen_test]
fn time_goes_on_by_steps_and_by_ticks() {
    let (stepped, ticked) = (playground("{ seed: 3, traffic: true }"), playground("{ seed: 3, traffic: true }"));
    let mut events = 0.0;
    while number(&view(&stepped), "due") <= 1_000_000.0 {
        assert_eq!(ask(&stepped, "step", &[]), JsValue::TRUE, "something is always due");
        events += 1.0;
    }
    assert_eq!(
        ask(&ticked, "tick", &[1_000_000.0.into()]).as_f64(),
        Some(events),
        "tick tells how many events there were"
    );
    assert_eq!((number(&view(&ticked), "now"), number(&view(&ticked), "steps")), (1_000_000.0, events));
    assert_eq!(text(&view(&stepped), "hash"), text(&view(&ticked), "hash"));
    assert_eq!(ask(&ticked, "tick", &[0.0.into()]).as_f64(), Some(0.0));
    let before = text(&view(&ticked), "hash");
    let refused = call(&ticked, "tick", &[3_600_000_001.0.into()]).expect_err("more than an hour");
    assert_eq!(refused, "3600.000001s at once would freeze the page: expected at most 3600s");
    assert_eq!(text(&view(&ticked), "hash"), before);
}

#[wasm_bindgen_test]
fn nothing_is_ever_due_where_nobody_asks_for_anything() {
    let cluster = playground("{ protocol: 'single_server' }");
    assert_eq!(ask(&cluster, "step", &[]), JsValue::FALSE);
    assert!(dig(&view(&cluster), "due").is_undefined());
}

#[wasm_bindgen_test]
fn a_client_is_answered_and_the_answer_can_be_seen() {
    for protocol in ["raft", "multi_paxos", "single_server"] {
        let cluster = playground(&format!("{{ protocol: '{protocol}', seed: 2 }}"));
        tell(&cluster, "tick 1000");
        for (op, expected) in [("put", "OK"), ("put", "key already exists: a"), ("get", "\"val_1\""), ("delete", "OK")]
        {
            let given = if op == "put" { "val_1".into() } else { JsValue::UNDEFINED };
            ask(&cluster, "submit", &["c1".into(), op.into(), "a".into(), given]);
            tell(&cluster, "tick 1000");
            assert_eq!(text(&view(&cluster), "clients.0.last.answer"), expected, "{protocol}: {op}");
        }
    }
}

#[wasm_bindgen_test]
fn events_are_numbered_and_come_since_a_number() {
    let cluster = playground("{ seed: 1 }");
    tell(&cluster, "tick 1000; crash n1");
    let told = number(&view(&cluster), "told");
    let all = Array::from(&ask(&cluster, "events", &[0.0.into()]));
    assert_eq!(f64::from(all.length()), told, "all that were told so far");
    let last = ask(&cluster, "events", &[(told - 1.0).into()]);
    assert_eq!((length(last.clone()), number(&last, "0.number")), (1, told));
    assert!(text(&last, "0.text").contains("crash") && text(&last, "0.who") == "n1", "{last:?}");
    assert_eq!(length(ask(&cluster, "events", &[told.into()])), 0);
}

#[wasm_bindgen_test]
fn a_message_on_its_way_shows_what_it_carries() {
    let cluster = playground("{ seed: 1 }");
    tell(&cluster, "timeout n1");
    let id = text(&view(&cluster), "messages.0.id");
    assert!(dig(&view(&cluster), "messages.0.facts").is_undefined(), "a view has no room for these");
    let details = ask(&cluster, "message", &[id.as_str().into()]);
    assert_eq!(text(&details, "id"), id);
    assert!(length(get(&details, "facts")) > 0, "{details:?}");
}

#[wasm_bindgen_test]
fn what_each_node_has_done_is_told_of_the_moment_that_is_shown() {
    let cluster = playground("{ seed: 1, traffic: true }");
    let told = || JSON::stringify(&ask(&cluster, "metrics", &[])).map(String::from).expect("plain data");
    ask(&cluster, "tick", &[1_100_000.0.into()]);
    let (at_first, now) = (told(), number(&ask(&cluster, "metrics", &[]), "now"));
    assert_eq!(now, 1_100_000.0);
    let metrics = ask(&cluster, "metrics", &[]);
    assert_eq!((length(get(&metrics, "times")), length(dig(&metrics, "nodes.0.past.sent"))), (5, 5));
    assert!(number(&metrics, "answer.count") > 0.0 && number(&metrics, "commit.median") > 0.0);
    ask(&cluster, "tick", &[1_000_000.0.into()]);
    assert_ne!(told(), at_first);
    ask(&cluster, "seek_time", &[now.into()]);
    assert_eq!(told(), at_first);
}

#[wasm_bindgen_test]
fn the_script_gives_the_run_again() {
    let cluster = playground("{ seed: '42', num_nodes: 3 }");
    tell(&cluster, "tick 700; put c1 a val_1; tick 300; crash n2; tick 1000");
    let script = ask(&cluster, "script", &[]).as_string().expect("a text");
    for line in ["protocol = \"raft\"", "seed = 42", "num_nodes = 3", "at 700ms put c1 a val_1", "at 1s crash n2"] {
        assert!(script.lines().any(|other| other == line), "`{line}` is not in the script:\n{script}");
    }
    // It is a scenario, and whoever plays it gets the run again.
    let scenario = Scenario::parse(&script).unwrap_or_else(|mistake| panic!("{}", mistake.in_file("script")));
    let mut run = Run::new(&scenario).expect("a run");
    run.go(&mut |_| ()).expect("a run without surprises");
    assert_eq!(format!("{:016x}", run.cluster().hash()), text(&view(&cluster), "hash"));
    assert_eq!(scenario.hash, Some(run.cluster().hash()));
}

#[wasm_bindgen_test]
fn a_window_of_the_log_can_be_chosen() {
    let cluster = playground("{ protocol: 'single_server', traffic: true }");
    tell(&cluster, "tick 5000");
    let first = |from: JsValue| number(&ask(&cluster, "view", &[from]), "nodes.0.node.slots.0.index");
    assert_eq!((first(1.0.into()), first(7.0.into())), (1.0, 7.0));
    assert!(first(JsValue::UNDEFINED) > 7.0, "the end of the log, where nothing is said");
}

#[wasm_bindgen_test]
fn what_was_freed_can_no_longer_be_used() {
    let cluster = playground("{}");
    ask(&cluster, "free", &[]);
    assert!(call(&cluster, "view", &[]).is_err());
}
