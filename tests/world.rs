//! What steps do to machines, links and messages, one small scene each; and in which order things happen that are due
//! at one time.
#![cfg(not(target_arch = "wasm32"))]

use raft_playground::protocol::{Protocol, TimerName};
use raft_playground::raft::Raft;
use raft_playground::settings::Settings;
use raft_playground::sim::{Cluster, Fact, Flight, Happening, LossReason, Step, schedule};
use raft_playground::types::{MessageId, NodeId, Process, Span, Time};

/// Five Raft nodes, seed 1: n5 leads from 218 ms on.
struct World(Cluster<Raft>);

impl World {
    fn at(millis: u64) -> World {
        let mut world = World(Cluster::new(Settings::default().raft().expect("these settings are valid")));
        world.run_to(Time(millis * 1_000));
        world
    }

    fn run_to(&mut self, time: Time) {
        schedule::run(&mut self.0, time).expect("what is due can be done");
    }

    fn step(&mut self) -> &[Fact<Raft>] {
        schedule::step(&mut self.0).expect("what is due can be done");
        self.0.facts()
    }

    fn try_take(&mut self, line: &str) -> Result<(), String> {
        let timers: Vec<&'static str> = <Raft as Protocol>::Timer::ALL.iter().map(|timer| timer.name()).collect();
        let step = Step::parse(line, &timers).unwrap_or_else(|why| panic!("{why}"));
        self.0.apply(&step).map_err(|refused| refused.0)
    }

    fn take(&mut self, lines: &str) {
        for line in lines.split("; ") {
            self.try_take(line).unwrap_or_else(|why| panic!("`{line}` is refused: {why}"));
        }
    }

    fn flights(&self) -> Vec<Flight<<Raft as Protocol>::Message>> {
        self.0.network().flights().cloned().collect()
    }

    /// The only message on a link.
    fn flight(&self, from: u8, to: u8) -> Flight<<Raft as Protocol>::Message> {
        let (from, to): (Process, Process) = (NodeId(from).into(), NodeId(to).into());
        let mut all = self.flights().into_iter().filter(|flight| (flight.id.from, flight.id.to) == (from, to));
        let one = all.next().unwrap_or_else(|| panic!("nothing is on its way from {from} to {to}"));
        assert_eq!(all.count(), 0, "more than one message from {from} to {to}");
        one
    }

    /// When the election timer of a node runs out.
    fn due(&self, node: u8) -> Option<Time> {
        self.0.host(NodeId(node)).timers.get(0).map(|armed| armed.due)
    }

    fn cuts(&self) -> Vec<(u8, u8)> {
        let ids = || (1..=5u8).flat_map(|from| (1..=5u8).map(move |to| (from, to)));
        let links = &self.0.network().links;
        ids().filter(|(from, to)| links.get(NodeId(*from).into(), NodeId(*to).into()).cut).collect()
    }
}

/// A world in which a heartbeat is on its way from n5 to each other node, and nothing else.
fn heartbeats() -> World {
    let mut world = World::at(255);
    world.take("timeout n5 heartbeat");
    let receivers: Vec<String> = world.flights().iter().map(|flight| flight.id.to.to_string()).collect();
    assert_eq!(receivers.len(), 4, "one each: {receivers:?}");
    world
}

// ------------------------------------------------------------------------------------------------ machines

#[test]
fn a_crash_of_a_paused_node_forgets_that_it_was_paused_and_what_waited_at_its_door() {
    let mut world = heartbeats();
    world.take("pause n2");
    let id = world.flight(5, 2).id;
    world.take(&format!("deliver {id}"));
    assert_eq!(world.0.host(NodeId(2)).held.len(), 1);
    world.take("crash n2");
    assert!(world.0.touched().contains(NodeId(2)), "whoever checks the cluster has to look at n2");
    assert!(world.0.facts().iter().any(|fact| matches!(fact, Fact::Lost(flight, _) if flight.id == id)));
    world.take("restart n2");
    let host = world.0.host(NodeId(2));
    assert_eq!((host.paused, host.held.len()), (false, 0));
}

#[test]
fn what_waits_at_the_door_of_a_paused_node_arrives_when_it_goes_on() {
    let mut world = World::at(255);
    // The heartbeat to n2 is doomed, and delivered by hand all the same.
    world.take("loss all 100%; timeout n5 heartbeat; loss all 0%; pause n2");
    let flight = world.flight(5, 2);
    assert!(flight.lost.is_some());
    world.take(&format!("deliver {}", flight.id));
    world.run_to(Time(350_000));
    let waiting: Vec<MessageId> = world.0.host(NodeId(2)).held.iter().map(|held| held.id).collect();
    assert!(waiting.len() > 1 && waiting[0] == flight.id, "what came first is the first: {waiting:?}");
    // That the way is cut by now is nothing to those who have arrived.
    world.take("cut all; resume n2");
    for id in waiting {
        assert!(matches!(world.step()[0], Fact::Delivered(Flight { id: it, .. }) if it == id), "{id} is read next");
        assert_eq!(world.0.now(), Time(350_000), "and at once");
    }
}

#[test]
fn what_waits_at_a_door_can_be_dropped_but_has_arrived_for_good() {
    let mut world = heartbeats();
    let id = world.flight(5, 2).id;
    world.take(&format!("duplicate {id}; pause n2; deliver {id}.2"));
    for line in [format!("deliver {id}.2"), format!("delay {id}.2 5ms"), format!("duplicate {id}.2")] {
        assert_eq!(world.try_take(&line), Err(format!("{id}.2 has arrived, and waits for n2 to go on")));
    }
    // Its name is taken as long as it waits.
    world.take(&format!("duplicate {id}; deliver {id}.3; drop {id}.2"));
    let waiting: Vec<String> = world.0.host(NodeId(2)).held.iter().map(|held| held.id.to_string()).collect();
    assert_eq!(waiting, [format!("{id}.3")]);
}

#[test]
fn a_paused_node_has_no_flush_and_no_timeout_not_even_by_hand() {
    let mut world = World::at(255);
    world.take("disk all 5ms; put c1 a 1 to n5");
    while world.0.host(NodeId(5)).disk.unflushed() == 0 {
        world.step();
    }
    world.take("pause n5");
    for line in ["flush n5", "timeout n5 heartbeat"] {
        assert_eq!(world.try_take(line), Err("n5 is paused: expected a node that runs".to_string()));
    }
    world.run_to(Time(world.0.now().0 + 100_000));
    assert_eq!(world.0.host(NodeId(5)).disk.unflushed(), 1, "nor by the schedule");
    world.take("resume n5; flush n5");
}

#[test]
fn a_disk_step_for_all_is_for_each() {
    let mut world = World::at(0);
    world.take("disk n2 1ms; disk all 3ms..4ms");
    assert!((1..=5).all(|id| world.0.host(NodeId(id)).disk.takes.to_string() == "3ms..4ms"));
    world.take("disk n2 1ms");
    let takes: Vec<String> = (1..=3).map(|id| world.0.host(NodeId(id)).disk.takes.to_string()).collect();
    assert_eq!(takes, ["3ms..4ms", "1ms", "3ms..4ms"]);
}

#[test]
fn a_timer_that_is_forced_says_so_and_one_that_is_due_does_not() {
    let forced = |facts: &[Fact<Raft>]| {
        let fired = facts.iter().find_map(|fact| match fact {
            Fact::Happened(Happening::Fired { forced, .. }) => Some(*forced),
            _ => None,
        });
        fired.expect("a timer has run out")
    };
    let mut world = World::at(100);
    world.take("timeout n2");
    assert!(forced(world.0.facts()));
    let mut world = World::at(100);
    assert!(!forced(world.step()));
}

#[test]
fn timers_that_are_aligned_run_out_together_and_spread_ones_far_apart() {
    let mut world = World::at(100);
    let first = (1..=5).filter_map(|id| world.due(id)).min().expect("timers are running");
    world.take("pause n5");
    let alone = world.due(5);
    let first_running = (1..=4).filter_map(|id| world.due(id)).min().expect("timers are running");
    assert!(alone == Some(first) && first < first_running, "n5 would have been the first");
    world.take("align");
    assert_eq!((1..=4).filter_map(|id| world.due(id)).collect::<Vec<_>>(), [first_running; 4]);
    assert_eq!(world.due(5), alone, "a frozen clock stands still");
    world.take("spread");
    let mut dues: Vec<u64> = (1..=4).filter_map(|id| world.due(id)).map(|due| due.0).collect();
    dues.sort_unstable();
    let gaps: Vec<u64> = dues.windows(2).map(|pair| pair[1] - pair[0]).collect();
    // There and back takes 40 ms at most.
    assert_eq!((dues[0], gaps), (first_running.0, vec![50_000; 3]));
    assert_eq!(world.due(5), alone);
}

#[test]
fn timers_that_are_overdue_are_set_from_now_on() {
    let mut world = World::at(100);
    world.take("pause n1; pause n2; pause n3; pause n4; pause n5");
    world.run_to(Time(900_000));
    world.take("resume; align");
    assert_eq!((1..=5).filter_map(|id| world.due(id)).collect::<Vec<_>>(), [Time(900_000); 5]);
}

// ------------------------------------------------------------------------------------------------ links

#[test]
fn an_isolated_node_is_cut_off_both_ways_and_a_deaf_one_is_not_isolated() {
    let mut world = World::at(0);
    world.take("isolate n1");
    assert_eq!(world.cuts(), [(1, 2), (1, 3), (1, 4), (1, 5), (2, 1), (3, 1), (4, 1), (5, 1)]);
    let isolated = |world: &World| world.0.network().links.isolated(NodeId(1));
    assert!(isolated(&world));
    world.take("heal n1->n4");
    assert!(!isolated(&world), "it can be heard");
    world.take("cut n1->n4; heal n3->n1");
    assert!(!isolated(&world), "it can hear");
}

#[test]
fn a_partition_cuts_between_its_groups_and_heals_within_them() {
    let mut world = World::at(0);
    world.take("isolate n1; partition n2 n3 | n4");
    // n1 and n5 are in none of the groups: they form one more.
    let between = [(1, 2), (1, 3), (1, 4), (2, 4), (2, 5), (3, 4), (3, 5), (4, 5)];
    let mut expected: Vec<(u8, u8)> = between.iter().flat_map(|&(a, b)| [(a, b), (b, a)]).collect();
    expected.sort_unstable();
    assert_eq!(world.cuts(), expected);
}

#[test]
fn what_is_sent_over_a_cut_link_is_lost_half_way_though_it_is_healed_meanwhile() {
    let mut world = World::at(255);
    world.take("cut n5->n1; timeout n5 heartbeat; heal");
    let flight = world.flight(5, 1);
    let half = (flight.arrives.0 + flight.sent.0) / 2;
    assert_eq!(flight.lost, Some((Time(half), LossReason::Cut)));
    assert_eq!(world.flight(5, 2).lost, None);
    world.run_to(Time(half));
    assert!(world.flights().iter().all(|other| other.id != flight.id));
}

#[test]
fn what_arrives_while_its_link_is_cut_is_lost() {
    let mut world = heartbeats();
    let flight = world.flight(5, 1);
    world.take("cut n5->n1");
    while world.0.now() < flight.arrives {
        let lost = world.step().iter().any(|fact| matches!(fact, Fact::Lost(it, _) if it.id == flight.id));
        assert_eq!(lost, world.0.now() == flight.arrives);
        if lost {
            return;
        }
    }
    panic!("{} was not lost", flight.id);
}

// ------------------------------------------------------------------------------------------------ messages

#[test]
fn a_copy_of_a_message_travels_on_its_own_a_little_later_under_a_name_of_its_own() {
    let mut world = heartbeats();
    let original = world.flight(5, 2);
    for _ in 0..3 {
        world.take(&format!("duplicate {}", original.id));
    }
    world.take(&format!("duplicate {}", MessageId { copy: 3, ..original.id }));
    let copies: Vec<_> = world.flights().into_iter().filter(|f| f.id.to == original.id.to && f.id.copy > 0).collect();
    let mut names: Vec<u8> = copies.iter().map(|flight| flight.id.copy).collect();
    names.sort_unstable();
    assert_eq!(names, [2, 3, 4, 5], "four names for four copies");
    let later: Vec<u64> = copies.iter().map(|flight| flight.arrives.since(original.arrives).0).collect();
    // Half of the shortest latency; the copy of a copy comes later than that copy.
    assert_eq!(later, [5_000, 5_000, 5_000, 10_000]);
}

#[test]
fn who_copies_or_delays_a_doomed_message_saves_it() {
    let mut world = World::at(255);
    world.take("loss all 100%; timeout n5 heartbeat");
    let (to_2, to_3) = (world.flight(5, 2), world.flight(5, 3));
    assert!(to_2.lost.is_some() && to_3.lost.is_some());
    world.take(&format!("delay {} 7ms; duplicate {}", to_2.id, to_3.id));
    let delayed = world.flight(5, 2);
    assert_eq!((delayed.lost, delayed.arrives), (None, to_2.arrives + Span::millis(7)));
    let copy = world.flights().into_iter().find(|flight| flight.id == MessageId { copy: 2, ..to_3.id });
    assert_eq!(copy.map(|flight| flight.lost), Some(None));
}

#[test]
fn copies_that_the_network_makes_have_a_latency_of_their_own() {
    let mut world = World::at(255);
    world.take("duplication all 100%; timeout n5 heartbeat");
    let flights = world.flights();
    assert_eq!(flights.len(), 8, "four heartbeats, and a copy of each");
    let arrives = |to: u8, copy: u8| {
        let found = flights.iter().find(|f| f.id.to == NodeId(to).into() && f.id.copy == copy);
        found.map(|flight| flight.arrives)
    };
    assert!((1..=4).any(|to| arrives(to, 0) != arrives(to, 2)));
}

#[test]
fn a_client_that_is_asked_for_more_while_it_waits_sends_nothing_more() {
    let mut world = World::at(255);
    world.take("put c1 a 1 to n5; put c1 b 2 to n5; get c1 a");
    let requests: Vec<MessageId> =
        world.flights().iter().map(|f| f.id).filter(|id| matches!(id.from, Process::Client(_))).collect();
    assert_eq!(requests.len(), 1, "{requests:?}");
    world.run_to(Time(1_000_000));
    assert_eq!(world.0.clients()[0].answered, 3);
}

// ------------------------------------------------------------------------------------------------ order

#[test]
fn of_messages_that_arrive_at_one_time_the_lower_name_comes_first() {
    let mut world = World::at(100);
    world.take("latency all 10ms; timeout n5; timeout n4");
    let names: Vec<String> = world.flights().iter().map(|flight| flight.id.to_string()).collect();
    let expected = ["n4->n1#1", "n4->n2#1", "n4->n3#1", "n4->n5#1", "n5->n1#1", "n5->n2#1", "n5->n3#1", "n5->n4#1"];
    assert_eq!(names, expected);
}

/// Every step that is due by a time, in the order in which they are taken.
fn taken_by(world: &mut World, time: Time) -> Vec<String> {
    let mut taken = Vec::new();
    while let Some((_, step)) = schedule::next(&world.0).filter(|(due, _)| *due <= time) {
        taken.push(step.to_string());
        world.step();
    }
    taken
}

#[test]
fn messages_come_before_timers_that_are_due_at_the_same_time() {
    let mut world = World::at(100);
    world.take("align; latency all 10ms");
    let due = world.due(1).expect("its timer runs");
    world.run_to(Time(due.0 - 10_000));
    // When the timers of n1 to n4 run out n5's requests arrive, and each vote puts the voter's timer off.
    world.take("timeout n5");
    let expected = ["deliver n5->n1#1", "deliver n5->n2#1", "deliver n5->n3#1", "deliver n5->n4#1"];
    assert_eq!(taken_by(&mut world, due), expected);
}

#[test]
fn disks_come_before_messages_that_arrive_at_the_same_time() {
    let mut world = World::at(100);
    // n5's request arrives when n1's vote for itself reaches the disk.
    world.take("latency all 10ms; disk n1 10ms; timeout n1; timeout n5");
    let taken = taken_by(&mut world, Time(110_000));
    assert_eq!(taken[..2], ["flush n1", "deliver n5->n1#1"], "{taken:?}");
}
