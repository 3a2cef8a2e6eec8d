//! One server: it answers what is on its disk, and comes back from a crash with all that it has answered.
#![cfg(not(target_arch = "wasm32"))]

use raft_playground::playground::{Playground, open};
use raft_playground::settings::Settings;
use raft_playground::types::Span;

fn server() -> Box<dyn Playground> {
    let settings = Settings { protocol: "single_server".to_string(), ..Settings::default() };
    open(&settings).expect("these settings are valid")
}

/// Does one thing after another, each with half a second for what follows.
fn take(run: &mut dyn Playground, lines: &[&str]) {
    for line in lines {
        run.apply(line).unwrap_or_else(|why| panic!("`{line}`: {why}"));
        run.advance(Span::millis(500)).expect("time goes on");
    }
}

fn answer(run: &dyn Playground, client: usize) -> Option<String> {
    run.view(None).clients[client - 1].last.as_ref().map(|last| last.answer.clone())
}

#[test]
fn a_server_comes_back_from_a_crash_with_all_that_it_has_answered() {
    let mut run = server();
    take(&mut *run, &["put c1 a 1", "put c1 b 2", "delete c1 a"]);
    let before = run.view(Some(1)).nodes.remove(0).node;
    take(&mut *run, &["crash n1"]);
    let down = run.view(Some(1)).nodes.remove(0).node;
    take(&mut *run, &["restart n1"]);
    let after = run.view(Some(1)).nodes.remove(0).node;
    let kept = |node: &raft_playground::observe::NodeView| (node.slots.clone(), node.store.clone(), node.committed);
    assert_eq!(kept(&before), kept(&after));
    assert_eq!(kept(&before), kept(&down), "while it is down, what its disk would bring back is shown");
    assert_eq!(before.store, Some(vec![("b".to_string(), "2".to_string())]));
    take(&mut *run, &["get c1 b", "get c2 a", "put c3 b 3"]);
    assert_eq!(answer(&*run, 1).as_deref(), Some("\"2\""));
    assert_eq!(answer(&*run, 2).as_deref(), Some("key not found: a"));
    assert_eq!(answer(&*run, 3).as_deref(), Some("key already exists: b"));
}

#[test]
fn what_has_not_reached_the_disk_is_neither_answered_nor_kept() {
    let mut run = server();
    take(&mut *run, &["disk n1 200ms"]);
    run.apply("put c1 a 1").expect("a request");
    run.advance(Span::millis(100)).expect("time goes on");
    let view = run.view(Some(1));
    assert_eq!((view.nodes[0].unflushed, view.nodes[0].node.last_slot), (1, 1), "it has read the request");
    assert_eq!((answer(&*run, 1), view.nodes[0].node.committed), (None, 0));
    run.apply("crash n1").expect("it runs");
    run.apply("restart n1").expect("it is down");
    assert_eq!(run.view(Some(1)).nodes[0].node.last_slot, 0);
    // The client asks again, and then the value is safe.
    run.advance(Span::secs(2)).expect("time goes on");
    assert_eq!(answer(&*run, 1).as_deref(), Some("OK"));
    assert_eq!(run.view(Some(1)).nodes[0].node.committed, 1);
}
