//! How a run ended: what each client got, and each process's final state and store.

use std::fmt::Write;

use raft_playground::playground::{self, Playground};
use raft_playground::scenario::Failure;
use raft_playground::sim::LastAnswer;
use raft_playground::timeline::RequestRow;
use raft_playground::view::NodeCard;
use serde_json::{Value, json};

/// How many of a client's requests are listed; of more, the last ones.
const LISTED: usize = 20;

/// For people.
pub(crate) fn text(cluster: &dyn Playground) -> String {
    let view = cluster.view(None);
    let mut text = "What each client got\n".to_string();
    for client in &view.clients {
        let rows: Vec<&RequestRow> = cluster.requests().into_iter().filter(|row| row.client == client.id).collect();
        let earlier = rows.len().saturating_sub(LISTED);
        if rows.is_empty() {
            let _ = writeln!(text, "  [{}] asked nothing", client.id);
        }
        if earlier > 0 {
            let _ = writeln!(text, "  [{}] {earlier} requests before these", client.id);
        }
        for row in &rows[earlier..] {
            let _ = writeln!(text, "  [{}] {}", client.id, request(row));
        }
    }
    text.push_str("How the processes ended\n");
    let epoch = playground::card(&cluster.settings().protocol).map_or("epoch", |card| card.words.epoch);
    for card in &view.nodes {
        let _ = writeln!(text, "  [{}] {}", card.name, state(card, epoch));
    }
    let _ = write!(text, "hash {} at {}", view.hash, cluster.moment());
    text
}

fn request(row: &RequestRow) -> String {
    let got = row.answer.as_ref().map_or("no answer yet".to_string(), LastAnswer::text);
    format!("{} -> {got}", row.command)
}

fn state(card: &NodeCard, word: &str) -> String {
    let node = &card.node;
    let mut parts = vec![if card.up { node.role.to_string() } else { "down".to_string() }];
    parts.extend(node.epoch.as_ref().map(|epoch| format!("{word} {}", epoch.text)));
    parts.push(format!("{} of {} slots committed", node.committed, node.last_slot));
    parts.extend(node.snapshot.as_ref().map(|snapshot| format!("snapshot up to {}", snapshot.slot)));
    let store = node.store.as_ref().map(|store| {
        let pairs: Vec<String> = store.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        if pairs.is_empty() { "store empty".to_string() } else { format!("store {}", pairs.join(", ")) }
    });
    parts.extend(store);
    parts.join("; ")
}

/// For programs: one object.
pub(crate) fn json(cluster: &dyn Playground, failure: Option<&Failure>) -> Value {
    let view = cluster.view(None);
    json!({
        "end": cluster.moment().to_string(),
        "hash": view.hash,
        "failure": failure.map(ToString::to_string),
        "requests": cluster.requests(),
        "nodes": view.nodes,
    })
}

/// Every request, a JSON object a line.
pub(crate) fn history(cluster: &dyn Playground) -> String {
    let line = |row: &RequestRow| serde_json::to_string(row).expect("a row is plain data") + "\n";
    cluster.requests().into_iter().map(line).collect()
}
