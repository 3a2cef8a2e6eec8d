//! What is left out of a search must not change what it comes to.

use std::collections::BTreeSet;

use super::*;
use crate::chance::StableHasher;
use crate::multi_paxos::{self, MultiPaxos};
use crate::protocol::Order;
use crate::raft::{self, Raft};
use crate::sim::Setup;
use crate::types::{Names, NodeId};

fn raft(nodes: u8, change: impl FnOnce(&mut raft::Config)) -> Cluster<Raft> {
    let mut config = raft::Config::new(nodes);
    change(&mut config);
    Cluster::new(Setup::new(1, config))
}

fn explorer<P: Explored>(cluster: Cluster<P>, bounds: Bounds) -> Explorer<P> {
    Explorer::new(cluster, Auditor::default(), bounds, Search::Breadth).expect("these bounds can be")
}

fn exhaust<P: Explored>(cluster: Cluster<P>, bounds: Bounds) -> Explorer<P> {
    let mut explorer = explorer(cluster, bounds);
    assert_ne!(explorer.advance(u64::MAX), Status::Running);
    explorer
}

/// What the nodes and the disks of every state are that was reached: messages left out, and names.
fn nodes_reached<P: Explored>(explorer: &Explorer<P>) -> BTreeSet<u64> {
    let namings = super::state::namings(&explorer.root.cluster, &Bounds::default());
    let nodes = |cluster: &Cluster<P>, names: &Names| {
        let each = crate::types::NodeId::all(cluster.count()).map(|id| {
            let (mut hasher, disk) = (StableHasher::default(), cluster.host(id).disk.durable());
            hasher.fold(u64::from(names.of(id).0));
            if let Some(node) = &cluster.states()[id.slot()] {
                node.fold_node(0, &mut hasher);
                node.fold_names(names, &mut hasher);
            }
            P::fold_disk(disk, &mut hasher);
            P::fold_disk_names(disk, names, &mut hasher);
            std::hash::Hasher::finish(&hasher)
        });
        each.fold(0, u64::wrapping_add)
    };
    let reached = (0..u32::try_from(explorer.visited.len()).expect("few"))
        .map(|id| explorer.follow(&explorer.visited.path(id), &mut None).0);
    reached.map(|state| namings.iter().map(|names| nodes(&state.cluster, names)).min().expect("a name")).collect()
}

fn same_with_and_without<P: Explored>(cluster: &Cluster<P>, bounds: &Bounds) -> [usize; 3] {
    let all = exhaust(cluster.kept(), Bounds { symmetry: false, reduction: false, ..bounds.clone() });
    let alike = exhaust(cluster.kept(), Bounds { reduction: false, ..bounds.clone() });
    let both = exhaust(cluster.kept(), bounds.clone());
    assert_eq!([all.status, alike.status, both.status], [Status::Exhausted; 3]);
    let expected = nodes_reached(&all);
    assert_eq!(nodes_reached(&alike), expected, "symmetry leaves out what no names explain");
    assert_eq!(nodes_reached(&both), expected, "the reduction leaves out states of nodes");
    [all.visited.len(), alike.visited.len(), both.visited.len()]
}

#[test]
fn symmetry_and_reduction_reach_the_same_nodes_with_fewer_states() {
    let bounds = Bounds { epochs: 1, requests: 1, ..Bounds::default() };
    let [all, alike, both] = same_with_and_without(&raft(3, |_| ()), &bounds);
    println!("raft, term 1, one request: {all} states, {alike} with symmetry, {both} with the reduction, too");
    assert!(all > 5 * alike && alike > both, "{all} {alike} {both}");
    // Two terms, without a request: stale answers are on their way.
    let bounds = Bounds { epochs: 2, slots: 0, requests: 0, crashes: 1, ..Bounds::default() };
    let [all, alike, both] = same_with_and_without(&raft(2, |config| config.noop = false), &bounds);
    println!(
        "raft, two nodes, two terms, a crash: {all} states, {alike} with symmetry, {both} with the reduction, too"
    );
    assert!(all > alike && alike > both, "{all} {alike} {both}");
}

#[test]
fn acceptors_and_replicas_are_alike_and_leaders_are_not() {
    let cluster = Cluster::<MultiPaxos>::new(Setup::new(1, multi_paxos::Config::new(3, 1, 1)));
    let bounds = Bounds { epochs: 1, slots: 1, requests: 1, crashes: 1, ..Bounds::default() };
    let [all, alike, both] = same_with_and_without(&cluster, &bounds);
    assert!(all > 3 * alike && alike == both, "{all} {alike} {both}");
}

#[test]
fn what_links_keep_in_order_is_a_part_of_what_they_may_mix() {
    let bounds = Bounds { epochs: 1, requests: 1, ..Bounds::default() };
    let any = nodes_reached(&exhaust(raft(3, |_| ()), bounds.clone()));
    let ordered = nodes_reached(&exhaust(raft(3, |_| ()), Bounds { in_order: true, ..bounds }));
    assert!(ordered.is_subset(&any) && ordered.len() < any.len(), "{} of {}", ordered.len(), any.len());
}

#[test]
fn without_late_messages_there_is_less_and_none_of_it_new() {
    // A crash, so that a node can be behind what it was.
    let bounds = Bounds { epochs: 2, slots: 0, requests: 0, crashes: 1, ..Bounds::default() };
    let cluster = raft(2, |config| config.noop = false);
    let all = exhaust(cluster.clone(), bounds.clone());
    let none_late = exhaust(cluster, Bounds { late: false, ..bounds });
    let (most, fewer) = (nodes_reached(&all), nodes_reached(&none_late));
    println!("{} states, {} of them without late messages", all.progress().states, none_late.progress().states);
    assert!(fewer.is_subset(&most), "{} of {}", fewer.len(), most.len());
    assert!(2 * none_late.progress().states < all.progress().states);
}

/// A node that is started by a wish is there in some states and not in others, whichever one comes from.
#[test]
fn a_cluster_may_grow_while_it_is_explored() {
    let wishes = vec![Step::Start(NodeId(4)), Step::Order(NodeId(1), Order::Learn(NodeId(4)))];
    let bounds = Bounds { epochs: 1, slots: 2, requests: 0, late: false, wishes, ..Bounds::default() };
    let grows = exhaust(raft(3, |_| ()), bounds.clone());
    let mut many = explorer(raft(3, |_| ()), bounds.clone());
    assert_eq!(many.advance_with(u64::MAX, 3), Status::Exhausted);
    assert_eq!((many.progress().states, many.moves), (grows.progress().states, grows.moves));
    let mut lean = explorer(raft(3, |_| ()), bounds);
    lean.kept += KEPT;
    assert_eq!(lean.advance(u64::MAX), Status::Exhausted);
    assert_eq!(lean.progress().states, grows.progress().states);
    let counts = (0..u32::try_from(grows.visited.len()).expect("few"))
        .map(|id| grows.follow(&grows.visited.path(id), &mut None).0)
        .map(|state| state.cluster.count());
    let (three, four): (Vec<u8>, Vec<u8>) = counts.partition(|count| *count == 3);
    println!("{} states with three nodes, {} with four", three.len(), four.len());
    assert!(three.len() > 5 && four.len() > three.len());
}

#[test]
fn neither_threads_nor_pauses_change_anything() {
    let bounds = Bounds { epochs: 2, slots: 1, requests: 0, ..Bounds::default() };
    let one = exhaust(raft(3, |_| ()), bounds.clone());
    let mut slowly = explorer(raft(3, |_| ()), bounds.clone());
    while slowly.advance(7) == Status::Running {}
    let mut many = explorer(raft(3, |_| ()), bounds);
    assert_eq!(many.advance_with(u64::MAX, 3), Status::Exhausted);
    assert_eq!(slowly.progress(), one.progress());
    assert_eq!((many.progress().states, many.moves), (one.progress().states, one.moves));
    let paths = |explorer: &Explorer<Raft>| (0..1_000).map(|id| explorer.visited.path(id)).collect::<Vec<_>>();
    assert_eq!(paths(&many), paths(&one));
}

#[test]
fn a_broken_promise_is_found_by_the_shortest_way_and_happens_again() {
    let forgets = || raft(3, |config| config.keep_vote = false);
    let bounds = Bounds { crashes: 1, requests: 0, ..Bounds::default() };
    let bounds = Bounds { properties: vec!["election-safety".to_string()], epochs: 1, ..bounds };
    let mut found = Vec::new();
    for (symmetry, reduction) in [(false, false), (true, false), (true, true)] {
        let explorer = exhaust(forgets(), Bounds { symmetry, reduction, ..bounds.clone() });
        found.push(explorer.found().expect("a vote is forgotten").clone());
    }
    // n1 wins with its own vote and n2's; n2 forgets; n3 wins with n2's.
    assert!(found.iter().all(|one| one.moves == found[0].moves), "{found:?}");
    let mut many = explorer(forgets(), bounds.clone());
    assert_eq!((many.advance_with(u64::MAX, 3), many.found()), (Status::Found, Some(&found[2])));
    let (mut cluster, mut auditor) = (forgets(), Auditor::default());
    let (last, before) = found[2].steps.split_last().expect("some steps");
    for step in before {
        cluster.apply(step).expect("it can be done again");
        assert_eq!(
            auditor.look(&cluster).map_err(|broken| broken.property).err().filter(|name| *name == "election-safety"),
            None
        );
    }
    cluster.apply(last).expect("it can be done again");
    let mut only = Auditor::<Raft>::default();
    only.check_only(&["election-safety"]).expect("there is such a property");
    let mut again = forgets();
    let looks = found[2].steps.iter().map(|step| {
        again.apply(step).expect("it can be done again");
        only.look(&again)
    });
    assert_eq!(looks.last().expect("some steps").expect_err("two leaders").property, "election-safety");
}

#[test]
fn depth_first_and_random_walks_find_it_too() {
    let bounds = Bounds { crashes: 1, epochs: 1, requests: 0, depth: 40, ..Bounds::default() };
    for search in [Search::Depth, Search::Random(3)] {
        let cluster = raft(3, |config| config.keep_vote = false);
        let mut explorer = Explorer::new(cluster, Auditor::default(), bounds.clone(), search).expect("it can be");
        assert_eq!(explorer.advance(100_000), Status::Found, "{search:?}");
    }
}

#[test]
fn states_that_wait_need_not_be_kept() {
    let bounds = Bounds { epochs: 1, requests: 1, ..Bounds::default() };
    let expected = exhaust(raft(3, |_| ()), bounds.clone());
    let mut lean = explorer(raft(3, |_| ()), bounds);
    let place = lean.frontier.front().map(size_of_val);
    assert!(place.is_some_and(|place| place <= 16), "a place for a state that waits takes {place:?} bytes");
    // As if very many were kept already.
    lean.kept += KEPT;
    lean.advance(u64::MAX);
    assert_eq!(
        (lean.status, lean.moves, lean.visited.len()),
        (Status::Exhausted, expected.moves, expected.visited.len())
    );
}

#[test]
fn bounds_that_cannot_be_are_refused_with_a_sentence() {
    let wishes = vec![Step::ResumeAll; 17];
    let many =
        Explorer::new(raft(3, |_| ()), Auditor::default(), Bounds { wishes, ..Bounds::default() }, Search::Breadth);
    assert_eq!(many.expect_err("too many"), "17 things may be done besides: expected at most 16");
    let bounds = Bounds { properties: vec!["luck".to_string()], ..Bounds::default() };
    let unknown = Explorer::new(raft(3, |_| ()), Auditor::default(), bounds, Search::Breadth);
    let why = unknown.expect_err("no such property");
    assert!(why.starts_with("Raft has no property `luck`: expected election-safety, "), "{why}");
}
