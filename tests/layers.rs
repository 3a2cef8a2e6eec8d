//! The layers of the code, read from the sources: who may import whom, what the core may not touch, and which words
//! the front end may not know.
//!
//! Samples at the end show that each rule can fail. The reader is in `common/sources.rs`.
#![cfg(not(target_arch = "wasm32"))]

#[path = "common/sources.rs"]
mod sources;

use std::collections::BTreeSet;

use sources::{file, files, paths, public_fields, without_js_comments, without_prose, without_tests, word};

/// From below to above. A module may use what stands in lines before its own; those of one line do not know each other.
const LAYERS: &[&[&str]] = &[
    &["types"],
    &["chance"],
    &["kv", "quorum"],
    &["observe"],
    &["protocol"],
    &["explored"],
    PROTOCOLS,
    &["sim"],
    &["check", "meter", "spec_trace"],
    &["timeline"],
    &["view"],
    &["why"],
    &["settings"],
    &["playground"],
    &["scenario"],
    &["hunt"],
    &["bench"],
    &["wasm", "bin"],
];

/// Known to nobody but the facade (what can be chosen, and what opens it), the benchmark, and what writes a run of Raft in
/// the words of its specification.
const PROTOCOLS: &[&str] = &["raft", "multi_paxos", "single_server"];
const KNOW_PROTOCOLS: [&str; 4] = ["settings", "playground", "bench", "spec_trace"];

/// What must give the same run everywhere.
const CORE: [&str; 11] = [
    "types",
    "chance",
    "kv",
    "quorum",
    "observe",
    "protocol",
    "explored",
    "raft",
    "multi_paxos",
    "single_server",
    "sim",
];

/// Clocks, threads, input and output, chance and order from outside, floats.
const NOT_IN_THE_CORE: &str = "std::time std::thread std::fs std::io std::net std::env std::process std::sync::mpsc \
     rand getrandom web_sys js_sys wasm_bindgen f32 f64 HashMap HashSet RandomState Instant SystemTime println print \
     eprintln dbg";

/// Words of one protocol or another, in lower case.
const PROTOCOL_WORDS: &str = "term terms vote votes voted appendentries requestvote nextindex matchindex ballot ballots \
     acceptor proposer candidate follower followers election elections heartbeat commitindex";

/// The layer that a file of `src/` belongs to, and how deep in the tree of modules it is.
fn module_of(file: &str) -> (&str, usize) {
    let parts: Vec<&str> = file.trim_end_matches(".rs").trim_end_matches("/mod").split('/').collect();
    (parts[0], parts.len())
}

/// The layers that a file names.
fn used_layers(file: &str, source: &str) -> BTreeSet<String> {
    let (own, depth) = module_of(file);
    let layer = |path: String| {
        let parts: Vec<&str> = path.split("::").collect();
        let supers = parts.iter().take_while(|part| **part == "super").count();
        match parts[0] {
            // The command line is a crate of its own.
            "crate" if own == "bin" => None,
            "crate" => parts.get(1).map(|part| (*part).to_string()),
            "raft_playground" if own == "bin" => parts.get(1).map(|part| (*part).to_string()),
            _ if supers >= depth => parts.get(supers).map(|part| (*part).to_string()),
            _ => None,
        }
    };
    paths(&without_tests(&without_prose(source))).into_iter().filter_map(layer).filter(|used| used != own).collect()
}

/// What a file imports and should not.
fn wrong_imports(file: &str, source: &str) -> Vec<String> {
    let rank = |name: &str| LAYERS.iter().position(|line| line.contains(&name));
    let (own, _) = module_of(file);
    let own_rank = rank(own).unwrap_or_else(|| panic!("src/{file} is in no layer: give `{own}` a place in LAYERS"));
    let allowed = |used: &String| {
        rank(used).is_some_and(|rank| rank < own_rank)
            && (!PROTOCOLS.contains(&used.as_str()) || KNOW_PROTOCOLS.contains(&own))
    };
    let wrong = used_layers(file, source).into_iter().filter(|used| !allowed(used));
    wrong.map(|used| format!("src/{file} uses crate::{used}, which `{own}` may not know")).collect()
}

/// What a file of the core touches and should not.
fn impurities(file: &str, source: &str) -> Vec<String> {
    let code = without_tests(&without_prose(source));
    let named = paths(&code).into_iter().filter_map(|path| {
        let banned = |&banned: &&str| match banned.split_once("::") {
            Some(_) => path == banned || path.starts_with(&format!("{banned}::")),
            None => path.split("::").any(|part| part == banned),
        };
        NOT_IN_THE_CORE.split(' ').find(banned).map(|banned| format!("src/{file}: `{path}` ({banned})"))
    });
    let numbers = code.split(|c: char| !word(c) && c != '.').filter(|token| {
        let (whole, fraction) = token.split_once('.').unwrap_or((token, ""));
        let digits = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
        digits(whole) && digits(fraction)
    });
    let floats = numbers.map(|number| format!("src/{file}: `{number}` is a float"));
    named.chain(floats).collect()
}

/// The words of protocols that a script has, with their lines. `fields` may be read of an object: `node.vote`.
fn protocol_words(file: &str, source: &str, fields: &BTreeSet<String>) -> Vec<String> {
    let text = without_js_comments(source);
    let mut found = Vec::new();
    let mut start = None;
    for (place, c) in text.char_indices().chain([(text.len(), ' ')]) {
        match (word(c) || c == '$', start) {
            (true, None) => start = Some(place),
            (false, Some(from)) => {
                let name = &text[from..place];
                let is_field = text[..from].ends_with('.') && fields.contains(name);
                if !is_field && PROTOCOL_WORDS.split(' ').any(|word| word == name.to_lowercase()) {
                    found.push(format!("{file}: `{name}` in {:?}", text[from.saturating_sub(20)..].lines().next()));
                }
                start = None;
            }
            _ => {}
        }
    }
    found
}

fn check(what: &str, wrong: Vec<String>) {
    assert!(wrong.is_empty(), "{what}:\n  {}\nSee the tables at the top of tests/layers.rs.", wrong.join("\n  "));
}

#[test]
fn no_module_imports_upwards_and_only_the_facade_names_the_protocols() {
    let sources = files("src", ".rs", true);
    assert!(sources.len() > 30, "only {} files were read", sources.len());
    // What is called `tests.rs` is compiled for tests alone, which may know what they like.
    let inner = sources.iter().filter(|(file, _)| file != "lib.rs" && !file.ends_with("/tests.rs"));
    check("imports that the layers forbid", inner.flat_map(|(file, text)| wrong_imports(file, text)).collect());
}

#[test]
fn the_core_has_no_clock_no_thread_no_input_no_floats_and_no_unordered_map() {
    let sources = files("src", ".rs", true);
    let core = sources.iter().filter(|(file, _)| CORE.contains(&module_of(file).0));
    check("what the core may not touch", core.flat_map(|(file, text)| impurities(file, text)).collect());
}

#[test]
fn the_front_end_knows_no_word_of_a_protocol() {
    let fields = ["src/observe.rs", "src/view/mod.rs"].map(|name| public_fields(&file(name)));
    let fields: BTreeSet<String> = fields.into_iter().flatten().collect();
    assert!(fields.contains("vote") && !fields.contains("term"), "the fields of the view are {fields:?}");
    let scripts: [Vec<String>; 2] = ["www", "www/panels"].map(|folder| {
        let scripts = files(folder, ".js", false);
        assert!(scripts.len() > 5, "only {} scripts in {folder}", scripts.len());
        scripts
            .into_iter()
            .flat_map(|(name, text)| protocol_words(&format!("{folder}/{name}"), &text, &fields))
            .collect()
    });
    check("words of a protocol in the front end", scripts.concat());
}

// ------------------------------------------------------------------------------------------------ that the rules can fail

#[test]
fn the_reader_sees_imports_in_every_form() {
    for (file, source, expected) in [
        ("kv.rs", "use crate::types::Text;", "types"),
        ("kv.rs", "use crate::{types::{Text, Span}, sim::Step, chance};", "chance sim types"),
        ("kv.rs", "fn f() -> crate::sim::Step { crate::view::View::of() }", "sim view"),
        ("kv.rs", "use super::sim::Step;", "sim"),
        ("sim/disk.rs", "use super::schedule; use super::super::raft::Raft;", "raft"),
        ("sim/mod.rs", "pub use super::raft;", "raft"),
        ("bin/tool.rs", "use raft_playground::playground::open;", "playground"),
        ("kv.rs", "// use crate::sim;\n/* crate::view /* crate::raft */ */ //! [`crate::timeline`]", ""),
        ("kv.rs", "const A: &str = \"crate::sim\"; const B: &str = r#\"\"crate::view\"#; const C: char = '\"';", ""),
        (
            "kv.rs",
            "fn f<'a>(x: &'a str) {} #[cfg(test)] mod tests { use crate::sim; fn f() { {} } } use crate::raft;",
            "raft",
        ),
        ("kv.rs", "use crate::kv::Store;", ""),
    ] {
        let used: Vec<String> = used_layers(file, source).into_iter().collect();
        assert_eq!(used.join(" "), expected, "in {file}: {source}");
    }
}

#[test]
fn every_kind_of_wrong_import_is_found() {
    for (file, source) in [
        ("kv.rs", "use crate::sim::Step;"),
        ("quorum.rs", "use crate::kv::Store;"),
        ("raft/mod.rs", "use crate::multi_paxos::MultiPaxos;"),
        ("raft/log.rs", "use crate::sim::Cluster;"),
        ("sim/cluster.rs", "use crate::raft::Raft;"),
        ("view.rs", "use crate::raft::Raft;"),
        ("wasm.rs", "use crate::raft::Raft;"),
        ("timeline/mod.rs", "use crate::playground::open;"),
        ("types.rs", "use crate::no_such_layer::X;"),
    ] {
        assert_eq!(wrong_imports(file, source).len(), 1, "nothing was found in {file}: {source}");
    }
    for (file, source) in [
        ("playground.rs", "use crate::raft::Raft; use crate::timeline::Timeline;"),
        ("bench.rs", "use crate::raft::Raft;"),
        ("chance.rs", "use crate::types::Span;"),
        ("sim/chores.rs", "use crate::protocol::Protocol;"),
    ] {
        assert_eq!(wrong_imports(file, source), Vec::<String>::new());
    }
}

#[test]
fn every_kind_of_impurity_is_found() {
    for source in [
        "use std::collections::HashMap;",
        "use std::{collections::{BTreeMap, HashSet}};",
        "use std::time::Duration;",
        "fn f() { let t = std::time::Instant::now(); }",
        "use std::{thread, sync::Arc};",
        "fn f(x: f64) {}",
        "const HALF: u8 = 0.5;",
        "fn f() { println!(); }",
        "fn f() { rand::random(); }",
    ] {
        assert!(!impurities("sim/mod.rs", source).is_empty(), "nothing was found in {source}");
    }
    let clean =
        "// f64\nfn f(x: (u8, (u8,))) -> u8 { for i in 0..9 {} x.1.0 + \"f64 0.5\".len() } #[cfg(test)] use std::fs;";
    assert_eq!(impurities("sim/mod.rs", clean), Vec::<String>::new());
}

#[test]
fn every_kind_of_protocol_word_is_found() {
    let fields =
        public_fields("pub struct View {\n    /// pub term: u8\n    pub vote: u8,\n    pub fn term(x: u8) {}\n}");
    assert_eq!(fields.iter().map(String::as_str).collect::<Vec<_>>(), ["vote"]);
    for bad in [
        "const term = 1;",
        "say('the candidate')",
        "say(`asks ${count} votes`)",
        "x = `a ${`b ${c}`} leader's heartbeat`;",
        "message.kind === \"AppendEntries\"",
        "node.ballot",
        "const { vote } = node;",
        "x = /follower/;",
        "a = b / c; d = 'term';",
        "url = 'http://x'; term",
    ] {
        assert_eq!(protocol_words("www/x.js", bad, &fields).len(), 1, "nothing was found in {bad}");
    }
    for good in ["node.vote", "// the term\nx", "/* votes */ y", "determine(terminal)", "a?.vote ?? `${b.vote}`"] {
        assert_eq!(protocol_words("www/x.js", good, &fields), Vec::<String>::new());
    }
}
