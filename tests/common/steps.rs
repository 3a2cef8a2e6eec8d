//! Any step whatever, for tests with random inputs.

use proptest::prelude::*;
use raft_playground::chance::Ratio;
use raft_playground::kv::{Command, Read};
use raft_playground::protocol::Order;
use raft_playground::raft::OPTIONS;
use raft_playground::sim::{Drift, Links, Rule, Step};
use raft_playground::types::{ClientId, MessageId, NodeId, NodeSet, Process, Span, Spread, Text, Time};

/// The timers of Raft.
pub(crate) const TIMERS: &[&str] = &["election", "heartbeat", "retry"];

fn nodes() -> impl Strategy<Value = NodeId> {
    (1..=16u8).prop_map(NodeId)
}

fn clients() -> impl Strategy<Value = ClientId> {
    (1..=9u8).prop_map(ClientId)
}

fn processes() -> impl Strategy<Value = Process> {
    prop_oneof![nodes().prop_map(Process::Node), clients().prop_map(Process::Client)]
}

/// Any time, and often such as people write.
fn spans() -> impl Strategy<Value = Span> {
    let any = (0..=Span::LONGEST.0).prop_map(Span);
    prop_oneof![any, Just(Span::LONGEST), (0..100_000u64).prop_map(Span::millis), (0..5_000_000u64).prop_map(Span)]
}

fn spreads() -> impl Strategy<Value = Spread> {
    (spans(), spans()).prop_map(|(a, b)| Spread { min: a.min(b), max: a.max(b) })
}

/// `N.NNNN%`, as a share of `most` percent.
fn ratios(most: u32) -> impl Strategy<Value = String> {
    (0..=most * 10_000).prop_map(|ppm| format!("{}.{:04}%", ppm / 10_000, ppm % 10_000))
}

fn messages() -> impl Strategy<Value = MessageId> {
    let copies = prop_oneof![Just(0u8), 1..=255u8];
    (processes(), processes(), any::<u32>(), copies).prop_map(|(from, to, serial, copy)| MessageId {
        from,
        to,
        serial,
        copy,
    })
}

fn links() -> impl Strategy<Value = Links> {
    let ends = (processes(), processes()).prop_filter("two different ends", |(a, b)| a != b);
    let pairs = (ends, any::<bool>());
    prop_oneof![
        Just(Links::All),
        pairs.prop_map(|((a, b), one_way)| if one_way { Links::One(a, b) } else { Links::Both(a, b) }),
    ]
}

fn words() -> impl Strategy<Value = Text> {
    prop_oneof!["[a-e]", "[!-~]{1,64}", "[ä-ü]{1,20}", Just("to".to_string())].prop_map(Text::from)
}

fn groups() -> impl Strategy<Value = Vec<NodeSet>> {
    let sides = proptest::collection::vec(proptest::option::of(0..3usize), 16);
    let groups = sides.prop_map(|sides| {
        let group = |side: usize| NodeId::all(16).filter(|id| sides[id.slot()] == Some(side)).collect::<NodeSet>();
        (0..3).map(group).filter(|group| !group.is_empty()).collect::<Vec<_>>()
    });
    groups.prop_filter("some group", |groups| !groups.is_empty())
}

fn rules() -> impl Strategy<Value = Rule> {
    let ratio = || ratios(100).prop_map(|text| text.parse::<Ratio>().expect("a share"));
    prop_oneof![
        spreads().prop_map(Rule::Latency),
        ratio().prop_map(Rule::Loss),
        ratio().prop_map(Rule::Duplication),
        ratio().prop_map(Rule::Reordering),
    ]
}

fn commands() -> impl Strategy<Value = Command> {
    prop_oneof![
        (words(), words()).prop_map(|(key, value)| Command::Put { key, value }),
        words().prop_map(|key| Command::Get { key }),
        words().prop_map(|key| Command::Delete { key }),
    ]
}

fn drifts() -> impl Strategy<Value = Drift> {
    (prop_oneof!["\\+", "-"], ratios(50)).prop_map(|(sign, share)| format!("{sign}{share}").parse().expect("a drift"))
}

fn sets() -> impl Strategy<Value = NodeSet> {
    proptest::collection::vec(nodes(), 0..6).prop_map(|ids| ids.into_iter().collect())
}

fn orders() -> impl Strategy<Value = Order> {
    let some = sets().prop_filter("somebody", |set| !set.is_empty());
    prop_oneof![
        Just(Order::Campaign),
        Just(Order::Forget),
        Just(Order::Compact),
        Just(Order::Leave),
        nodes().prop_map(Order::Transfer),
        nodes().prop_map(Order::Add),
        nodes().prop_map(Order::Learn),
        nodes().prop_map(Order::Remove),
        (some, sets(), any::<bool>()).prop_map(|(voters, learners, stay)| Order::Members { voters, learners, stay }),
    ]
}

/// Any step, of which most name nodes, clients or messages that a small cluster does not have.
pub(crate) fn steps() -> impl Strategy<Value = Step> {
    let on_messages = prop_oneof![
        messages().prop_map(Step::Deliver),
        messages().prop_map(Step::Drop),
        messages().prop_map(Step::Duplicate),
        (messages(), spans()).prop_map(|(id, span)| Step::Delay(id, span)),
    ];
    let on_nodes = prop_oneof![
        (nodes(), proptest::sample::select(TIMERS)).prop_map(|(id, timer)| Step::Timeout(id, timer)),
        nodes().prop_map(Step::Flush),
        nodes().prop_map(Step::Crash),
        nodes().prop_map(Step::Restart),
        nodes().prop_map(Step::Pause),
        nodes().prop_map(Step::Resume),
        nodes().prop_map(Step::Isolate),
        (nodes(), drifts()).prop_map(|(id, drift)| Step::Drift(id, drift)),
        (proptest::option::of(nodes()), spreads()).prop_map(|(id, takes)| Step::Disk(id, takes)),
        groups().prop_map(Step::Partition),
    ];
    let on_links = prop_oneof![
        links().prop_map(Step::Cut),
        links().prop_map(Step::Heal),
        (links(), rules()).prop_map(|(links, rule)| Step::Rule(links, rule)),
    ];
    let read = proptest::option::of(proptest::sample::select(Read::ALL.map(|(_, read)| read).to_vec()));
    let request = (clients(), commands(), proptest::option::of(nodes()), read);
    let option = proptest::sample::select(OPTIONS.iter().map(|choice| choice.name).collect::<Vec<_>>());
    let by_operators = prop_oneof![
        (nodes(), orders()).prop_map(|(id, order)| Step::Order(id, order)),
        nodes().prop_map(Step::Start),
        nodes().prop_map(Step::Tear),
        (option, "(true|false|[0-9]{1,4}|index|lease|local|none|5%|[1-9]ms)")
            .prop_map(|(name, value)| Step::Set(name.into(), value.into())),
    ];
    prop_oneof![
        on_messages,
        on_nodes,
        on_links,
        by_operators,
        request.prop_map(|(client, command, to, read)| {
            let read = read.filter(|_| matches!(command, Command::Get { .. }));
            Step::Request { client, command, to, read }
        }),
        spans().prop_map(|span| Step::Until(Time(span.0))),
        clients().prop_map(Step::Wake),
        any::<bool>().prop_map(Step::Traffic),
        Just(Step::ResumeAll),
        Just(Step::Align),
        Just(Step::Spread),
    ]
}
