//! `--trace`: one JSON object for each transition, with what it changed in the nodes.

use std::collections::BTreeMap;
use std::fmt::Write;

use raft_playground::playground::Playground;
use raft_playground::view::{NodeCard, WINDOW};
use serde_json::{Map, Value, json};

/// A node's slots, by their places.
type Log = BTreeMap<u64, Value>;

/// What is written of a run, transition by transition.
#[derive(Default)]
pub(crate) struct Trace {
    text: String,
    /// The nodes as they were after the last transition, each with its log.
    nodes: Vec<(Value, Log)>,
    /// The number of the last transition; none before the first.
    step: Option<u64>,
}

impl Trace {
    /// A line for what has happened since, if anything has.
    pub(crate) fn take_note(&mut self, cluster: &dyn Playground) {
        if self.step == Some(cluster.steps()) {
            return;
        }
        self.step = Some(cluster.steps());
        let mut line = serde_json::to_value(cluster.transition()).expect("a transition is plain data");
        let cards = cluster.view(None).nodes;
        let states: Vec<Value> = cards.iter().map(state).collect();
        self.nodes.resize(states.len(), (Value::Null, Log::new()));
        // What is committed does not change, so that logs need not be read from their beginning.
        let settled =
            |before: &Value, now: &Value| before["committed"].as_u64().min(now["committed"].as_u64()).unwrap_or(0);
        let from: Vec<u64> = self.nodes.iter().zip(&states).map(|((old, _), now)| settled(old, now) + 1).collect();
        let ends = logs(cluster, &from);
        let mut changed = Map::new();
        for (((state, log), (now, end)), from) in self.nodes.iter_mut().zip(states.into_iter().zip(ends)).zip(from) {
            let mut differences = differences(state, &now);
            let old_end = log.split_off(&from);
            let gone: Vec<&Value> =
                old_end.iter().filter(|(at, slot)| end.get(at) != Some(slot)).map(|(_, slot)| slot).collect();
            let fresh: Vec<&Value> =
                end.iter().filter(|(at, slot)| old_end.get(at) != Some(slot)).map(|(_, slot)| slot).collect();
            if !gone.is_empty() || !fresh.is_empty() {
                differences.insert("slots".to_string(), json!({ "before": gone, "after": fresh }));
            }
            if !differences.is_empty() {
                changed.insert(now["id"].as_str().unwrap_or_default().to_string(), Value::Object(differences));
            }
            log.extend(end);
            *state = now;
        }
        line["changed"] = Value::Object(changed);
        let _ = writeln!(self.text, "{line}");
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }
}

/// What can change in a node, apart from its log, how it is drawn, and its timers, which every message sets anew.
fn state(card: &NodeCard) -> Value {
    let node = &card.node;
    json!({
        "id": card.id,
        "up": card.up,
        "paused": card.paused,
        "unflushed": card.unflushed,
        "role": node.role,
        "epoch": node.epoch.as_ref().map(|epoch| &epoch.text),
        "vote": node.vote,
        "leader": node.leader,
        "tally": node.tally,
        "last_slot": node.last_slot,
        "committed": node.committed,
        "applied": node.applied,
        "peers": node.peers,
        "store": node.store,
    })
}

/// For each thing that differs what it was and what it is.
fn differences(before: &Value, now: &Value) -> Map<String, Value> {
    let mut found = Map::new();
    for (name, value) in now.as_object().into_iter().flatten() {
        let old = before.get(name).unwrap_or(&Value::Null);
        if old != value && name != "id" {
            found.insert(name.clone(), json!({ "before": old, "after": value }));
        }
    }
    found
}

/// Each node's log from its place in `from` on, read window by window.
fn logs(cluster: &dyn Playground, from: &[u64]) -> Vec<Log> {
    let mut logs = vec![Log::new(); from.len()];
    let mut first = from.iter().copied().min().unwrap_or(1);
    loop {
        let view = cluster.view(Some(first));
        for ((log, card), from) in logs.iter_mut().zip(&view.nodes).zip(from) {
            for slot in card.node.slots.iter().filter(|slot| slot.index >= *from) {
                let text = json!({ "index": slot.index, "epoch": slot.epoch.text, "text": slot.text });
                log.insert(slot.index, text);
            }
        }
        first += WINDOW;
        if first > view.last_slot {
            return logs;
        }
    }
}
