//! What crosses to JavaScript, held to what `src/wasm.d.ts` declares: each object has exactly the fields of its
//! interface, and each value is of the declared type. So types and data cannot drift apart.

use std::collections::{BTreeMap, BTreeSet};

use js_sys::Array;
use raft_playground::wasm::{Explorer, Hunt, explorable, judge};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use super::js::{ask, dig, get, names, open, playground, tell, value};

/// An interface's fields: name, whether it may be absent, type.
type Fields = Vec<(String, bool, String)>;

/// The declarations: interfaces with their fields, and names for other types.
struct Declared {
    interfaces: BTreeMap<String, Fields>,
    aliases: BTreeMap<String, String>,
    seen: BTreeSet<String>,
}

impl Declared {
    fn read() -> Declared {
        let (mut interfaces, mut aliases) = (BTreeMap::<String, Fields>::new(), BTreeMap::new());
        let mut open: Option<String> = None;
        for line in include_str!("../../src/wasm.d.ts").lines().map(str::trim) {
            if let Some(head) = line.strip_prefix("export interface ") {
                let (name, base) =
                    head.trim_end_matches(" {").split_once(" extends ").unwrap_or((head.trim_end_matches(" {"), ""));
                interfaces.insert(name.to_string(), interfaces.get(base).cloned().unwrap_or_default());
                open = Some(name.to_string());
            } else if let Some((name, meaning)) =
                line.strip_prefix("export type ").and_then(|rest| rest.split_once(" = "))
            {
                aliases.insert(name.to_string(), meaning.trim_end_matches(';').to_string());
            } else if line == "}" {
                open = None;
            } else if let (Some(name), Some((field, kind))) = (&open, line.split_once(": "))
                && field.chars().all(|c| c.is_alphanumeric() || "_?".contains(c))
            {
                let field = (
                    field.trim_end_matches('?').to_string(),
                    field.ends_with('?'),
                    kind.trim_end_matches(';').to_string(),
                );
                interfaces.get_mut(name).expect("an open interface").push(field);
            }
        }
        Declared { interfaces, aliases, seen: BTreeSet::new() }
    }

    /// Holds a value to a type; `place` says where it was found.
    fn check(&mut self, value: &JsValue, kind: &str, place: &str) {
        if let Some(fields) = self.interfaces.get(kind).cloned() {
            self.seen.insert(kind.to_string());
            let mut expected: Vec<&str> = fields.iter().map(|(name, ..)| name.as_str()).collect();
            expected.sort_unstable();
            assert_eq!(names(value), expected, "the fields of {place}, which is declared as {kind}");
            for (name, optional, kind) in &fields {
                let inner = get(value, name);
                if !(*optional && inner.is_undefined()) {
                    self.check(&inner, kind, &format!("{place}.{name}"));
                }
            }
        } else if let Some(inner) = kind.strip_suffix("[]") {
            assert!(Array::is_array(value), "{place} is {value:?}, declared as {kind}");
            for (number, item) in Array::from(value).iter().enumerate() {
                self.check(&item, inner, &format!("{place}[{number}]"));
            }
        } else if let Some(meaning) = self.aliases.get(kind).cloned() {
            self.check(value, &meaning, place);
        } else if let Some(tuple) = kind.strip_prefix('[') {
            let parts: Vec<&str> = tuple.trim_end_matches(']').split(", ").collect();
            assert_eq!(Array::from(value).length() as usize, parts.len(), "{place} is {value:?}, declared as {kind}");
            for (part, item) in parts.into_iter().zip(Array::from(value).iter()) {
                self.check(&item, part.split(": ").last().unwrap_or(part), place);
            }
        } else if let Some(words) = kind.strip_suffix(" | { word: string[] }")
            && value.is_object()
        {
            assert_eq!(names(value), ["word"], "{place} is declared as {words} or one of some words");
            self.check(&get(value, "word"), "string[]", place);
        } else {
            let kind = kind.split(" | {").next().unwrap_or(kind);
            let fits = match kind {
                "string" => value.is_string(),
                "number" => value.as_f64().is_some_and(f64::is_finite),
                "boolean" => value.as_bool().is_some(),
                // 'one' | 'other'
                words => {
                    value.as_string().is_some_and(|text| words.split(" | ").any(|word| word.trim_matches('\'') == text))
                }
            };
            assert!(fits, "{place} is {value:?}, declared as {kind}");
        }
    }
}

/// Runs that show every field at least once: votes that are counted, leaders, losses, cuts, freezes, drift.
const SCRIPTS: [(&str, &str); 4] = [
    (
        "raft",
        "timeout n1; VIEW; tick 1000; put c1 a val_1; put c1 b val_2; tick 5; VIEW; tick 500; cut n1->n2; drift n3 +5%; latency n1--n3 \
         5ms..9ms; disk all 5ms..9ms; put c1 c val_3; crash n5; tick 20; VIEW; pause n2; pause n4; heal; tick 80; VIEW; resume; \
         isolate n1; isolate n2; isolate n3; get c2 a; tick 1000; VIEW; loss all 100%; tick 200",
    ),
    (
        "raft",
        "timeout n1; tick 1000; put c1 a val_1; tick 500; tell n1 compact; start n6; tell n1 learn n6; tick 100; VIEW; \
         set chunk 1; tick 20; crash n5; set uncommitted_bytes 1; put c1 b val_2; put c2 c val_3; tick 15; VIEW; \
         tell n1 members n1 n2 n3 learners n4 stay; tick 300; VIEW; tell n1 transfer n2; tick 5",
    ),
    (
        "multi_paxos",
        "tick 1000; put c1 a val_1; tick 20; VIEW; crash n4; tick 500; get c2 a; tick 100; VIEW; restart n4; tick 1000",
    ),
    ("single_server", "put c1 a val_1; VIEW; tick 1000; VIEW; crash n1; get c1 a; tick 100"),
];

#[wasm_bindgen_test]
fn the_objects_that_cross_are_as_they_are_declared() {
    let mut declared = Declared::read();
    assert!(declared.interfaces.len() > 20 && declared.aliases.len() > 8, "the declarations were not understood");
    let cards = raft_playground::wasm::protocols().unwrap_or_else(|_| panic!("the protocols"));
    declared.check(&cards.into(), "ProtocolCard[]", "protocols()");
    for protocol in ["raft", "multi_paxos"] {
        let bugs = raft_playground::wasm::bugs(protocol).unwrap_or_else(|_| panic!("the mistakes"));
        declared.check(&bugs.into(), "Bug[]", "bugs()");
        let fields = explorable(protocol).unwrap_or_else(|_| panic!("what can be asked"));
        declared.check(&fields.into(), "Explorable", "explorable()");
    }
    for (protocol, script) in SCRIPTS {
        let cluster = playground(&format!("{{ protocol: '{protocol}', seed: 1 }}"));
        for part in script.split("; VIEW") {
            tell(&cluster, part.trim_start_matches("; "));
            let view = ask(&cluster, "view", &[]);
            declared.check(&view, "View", &format!("view() of {protocol} after `{part}`"));
            declared.check(&ask(&cluster, "choices", &[]), "ChoiceCard[]", "choices()");
            declared.check(&ask(&cluster, "events", &[0.0.into()]), "EventLine[]", "events(0)");
            declared.check(&ask(&cluster, "metrics", &[]), "Metrics", "metrics()");
            declared.check(&ask(&cluster, "checks", &[]), "CheckCard[]", "checks()");
            for question in ["leader", "entry 1", "node n1", "client c1", "violation"] {
                declared.check(&ask(&cluster, "why", &[question.into()]), "Answer", &format!("why({question})"));
            }
            for message in Array::from(&get(&view, "messages")).iter() {
                let details = ask(&cluster, "message", &[get(&message, "id")]);
                declared.check(&details, "MessageDetails", "message()");
            }
        }
    }
    travelled(&mut declared);
    hunted(&mut declared);
    explored(&mut declared);
    fallen(&mut declared);
    judged(&mut declared);
    // Settings go the other way; views of messages are parts of flights.
    let never = ["MessageView", "Settings", "Vocabulary"];
    let unseen: Vec<&String> = declared.interfaces.keys().filter(|name| !declared.seen.contains(*name)).collect();
    assert_eq!(unseen, never, "interfaces that no run has shown");
}

/// A scenario in which somebody walks back and acts, so that there is a second branch.
fn travelled(declared: &mut Declared) {
    let entries = "[['num_nodes', '3', false], ['title', 'A title', true], ['script', 'when leader\\ncrash n1\\nexpect leader n9', true]]";
    let cluster = open(entries).unwrap_or_else(|thrown| panic!("{thrown:?}"));
    declared.check(&ask(&cluster, "story", &[]), "Story", "story()");
    declared.check(&ask(&cluster, "place", &[]), "Place", "place() at the start");
    tell(&cluster, "tick 2000");
    declared.check(&ask(&cluster, "place", &[]), "Place", "place() before a line by hand");
    assert_eq!(ask(&cluster, "step", &[]), JsValue::TRUE);
    declared.check(&ask(&cluster, "place", &[]), "Place", "place() after a line that failed");
    tell(&cluster, "put c1 a val_1; tick 1000");
    ask(&cluster, "seek_time", &[100_000.0.into()]);
    tell(&cluster, "put c1 b val_2; tick 1000");
    declared.check(&ask(&cluster, "branches", &[]), "Branch[]", "branches()");
    declared.check(&ask(&cluster, "compare", &[1.into(), 2.into()]), "Difference", "compare(1, 2)");
    declared.check(&ask(&cluster, "strip", &[50.into()]), "Strip", "strip(50)");
    ask(&cluster, "undo", &[]);
    let view = ask(&cluster, "view", &[]);
    declared.check(&view, "View", "view() after undo");
    assert_eq!(get(&get(&view, "past"), "redo"), JsValue::TRUE);
    for pair in Array::from(&ask(&cluster, "saved", &[])).iter() {
        declared.check(&pair, "[name: string, text: string]", "saved()");
    }
}

/// A run in which a property does not hold.
fn fallen(declared: &mut Declared) {
    let cluster = playground("{ protocol: 'raft', num_nodes: 3, bug: 'half_quorum' }");
    tell(&cluster, "timeout n1; timeout n2");
    for _ in 0..40 {
        ask(&cluster, "step", &[]);
    }
    let view = ask(&cluster, "view", &[]);
    assert!(!get(&view, "violation").is_undefined(), "two lead, and none of them by a majority");
    declared.check(&view, "View", "view() of what is broken");
    declared.check(&ask(&cluster, "checks", &[]), "CheckCard[]", "checks() of what is broken");
}

/// What clients saw, where one server could have answered so, and where it could not.
fn judged(declared: &mut Declared) {
    for (script, verdict) in [
        ("when leader\\nput c1 a x\\nget c2 a", "linearizable"),
        // A node that answers at once, whatever others have decided.
        ("timeout n1\\nsettle\\nisolate n3\\nput c1 a x to n1\\nsettle\\nget c2 a to n3 by local\\nsettle", "refused"),
    ] {
        let entries =
            value(&format!("[['num_nodes', '3', false], ['opens_at', '5s', true], ['script', '{script}', true]]"));
        let judgement = judge(&entries.unchecked_into()).unwrap_or_else(|_| panic!("a scenario")).into();
        declared.check(&judgement, "Judgement", "judge()");
        assert_eq!(dig(&judgement, "keys.0.verdict").as_string().as_deref(), Some(verdict));
    }
}

/// A hunt that finds something.
fn hunted(declared: &mut Declared) {
    let settings = value("{ protocol: 'raft', bug: 'half_quorum' }").unchecked_into();
    let mut hunt = Hunt::new(settings, 1).unwrap_or_else(|_| panic!("settings that can be"));
    let mut look = |hunt: &Hunt| {
        let standing = hunt.standing().unwrap_or_else(|_| panic!("how it stands")).into();
        declared.check(&standing, "Standing", "standing()");
        get(&standing, "found")
    };
    assert!(look(&hunt).is_undefined());
    while hunt.advance(50_000).unwrap_or_else(|_| panic!("it goes on")) {}
    let found = look(&hunt);
    let scenario = get(&found, "scenario").as_string().expect("a text");
    assert!(scenario.contains("bug = \"half_quorum\"") && scenario.contains("expect violation election-safety"));
    hunt.pass().unwrap_or_else(|_| panic!("it goes on behind it"));
    assert!(look(&hunt).is_undefined());
}

/// An exploration that finds something, after it has stopped for want of room.
fn explored(declared: &mut Declared) {
    let from = || {
        let entries = "[['num_nodes', '3', false], ['bug', 'skip_up_to_date', true], ['opens_at', '100ms', true]]";
        value(entries).unchecked_into()
    };
    let begin = |reach: &str| Explorer::new(&from(), value(reach).unchecked_into());
    let mut explorer = begin("{ epochs: 2, slots: 1, requests: 0, property: 'leader-completeness', states: 500 }")
        .unwrap_or_else(|_| panic!("bounds that can be"));
    let mut look = |explorer: &Explorer| {
        let standing = explorer.standing().unwrap_or_else(|_| panic!("how it stands")).into();
        declared.check(&standing, "Outlook", "standing()");
        standing
    };
    let status = |standing: &JsValue| get(standing, "status").as_string().expect("a word");
    assert_eq!(status(&look(&explorer)), "running");
    while explorer.advance(50_000).unwrap_or_else(|_| panic!("it goes on")) {}
    assert_eq!(status(&look(&explorer)), "full");
    while status(&look(&explorer)) == "full" {
        explorer.pass();
        while explorer.advance(50_000).unwrap_or_else(|_| panic!("it goes on")) {}
    }
    let standing = look(&explorer);
    assert_eq!(status(&standing), "found");
    let scenario = get(&get(&standing, "found"), "scenario").as_string().expect("a text");
    assert!(scenario.contains("opens_at = \"100ms") && scenario.contains("expect violation leader-completeness"));
    assert!(explorer.memory() >= 65_536.0);
    let refused = begin("{ epochs: 'x' }").err().map(|error| get(&error, "message").as_string());
    let expected = "`epochs = x` cannot be: expected a whole number from 0 to 9";
    assert_eq!(refused.flatten().as_deref(), Some(expected));
}

#[wasm_bindgen_test]
fn a_fault_in_a_scenario_says_where_it_is() {
    for (entries, entry, line) in [
        ("[['seed', '1', false], ['num_nodes', '99', false]]", Some(1.0), None),
        ("[['script', '\\nat 1s crash n1\\nat 2s crush n1', true]]", Some(0.0), Some(2.0)),
        ("[['nodes', '3', false]]", Some(0.0), None),
    ] {
        let thrown = open(entries).err().unwrap_or_else(|| panic!("{entries} was opened"));
        let place = |name: &str| get(&thrown, name).as_f64();
        assert_eq!((place("entry"), place("line")), (entry, line), "{entries}");
    }
}
