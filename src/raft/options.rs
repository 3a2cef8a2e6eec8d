//! Everything that can be chosen for a Raft cluster, also while it runs, with a sentence each: the page, scenario
//! files, links and the command line know of it from here.

use crate::kv::Read;
use crate::observe::Kind;
use crate::protocol::Choice;
use crate::raft::Config;
use crate::types::{NodeId, SortedMap, Span, Spread};

const ELECTIONS: &str = "elections";
const REPLICATION: &str = "replication";
const STORAGE: &str = "storage";
const READS: &str = "clients";
const RULES: &str = "safety";

/// A choice that safety does not rest on.
const fn choice(
    group: &'static str,
    (name, label): (&'static str, &'static str),
    kind: Kind,
    (sentence, section): (&'static str, &'static str),
    get: fn(&Config) -> String,
    set: fn(&mut Config, &str) -> Result<(), String>,
) -> Choice<Config> {
    Choice { name, label, sentence, section, group, kind, safety: false, get, set }
}

/// A rule without which something breaks.
const fn rule(
    names: (&'static str, &'static str),
    words: (&'static str, &'static str),
    get: fn(&Config) -> String,
    set: fn(&mut Config, &str) -> Result<(), String>,
) -> Choice<Config> {
    Choice { safety: true, ..choice(RULES, names, Kind::Switch, words, get, set) }
}

/// What is read from a value's text and written as such.
macro_rules! field {
    ($field:ident, $read:expr) => {
        (
            |config: &Config| config.$field.to_string(),
            |config: &mut Config, text: &str| {
                config.$field = $read(text)?;
                Ok(())
            },
        )
    };
}

/// A choice whose value is a field of its own name.
macro_rules! of {
    ($group:expr, $field:ident, $label:literal, $kind:expr, $read:expr, $sentence:literal, $section:literal) => {{
        const GET_SET: (fn(&Config) -> String, fn(&mut Config, &str) -> Result<(), String>) = field!($field, $read);
        choice($group, (stringify!($field), $label), $kind, ($sentence, $section), GET_SET.0, GET_SET.1)
    }};
    (rule $field:ident, $label:literal, $sentence:literal, $section:literal) => {{
        const GET_SET: (fn(&Config) -> String, fn(&mut Config, &str) -> Result<(), String>) = field!($field, switch);
        rule((stringify!($field), $label), ($sentence, $section), GET_SET.0, GET_SET.1)
    }};
}

/// Every choice, in the order in which a person reads it.
pub const OPTIONS: &[Choice<Config>] = &[
    of!(
        ELECTIONS,
        election,
        "election timeout",
        Kind::Spread,
        positive_spread,
        "A follower that hears no leader for so long asks for votes.",
        "Raft §5.2"
    ),
    of!(
        ELECTIONS,
        heartbeat,
        "heartbeat",
        Kind::Span,
        positive_span,
        "A leader makes itself heard so often.",
        "Raft §5.2"
    ),
    of!(
        ELECTIONS,
        noop,
        "first entry",
        Kind::Switch,
        switch,
        "A new leader writes an entry that does nothing, and so commits what earlier leaders left.",
        "Raft §8"
    ),
    of!(
        ELECTIONS,
        pre_vote,
        "pre-vote",
        Kind::Switch,
        switch,
        "Who wants to campaign asks first whether it would win, and else leaves its term as it is.",
        "dissertation §9.6"
    ),
    of!(
        ELECTIONS,
        withhold_votes,
        "withhold votes",
        Kind::Switch,
        switch,
        "Who has heard a leader a moment ago votes for nobody.",
        "dissertation §4.2.3"
    ),
    of!(
        ELECTIONS,
        check_quorum,
        "check quorum",
        Kind::Switch,
        switch,
        "A leader that does not hear of a majority for an election timeout gives up.",
        "dissertation §6.2"
    ),
    of!(
        ELECTIONS,
        growing_timeouts,
        "growing timeouts",
        Kind::Switch,
        switch,
        "After each election that nobody has won, the next timeout is drawn from a wider spread.",
        "Raft §9.3"
    ),
    choice(
        ELECTIONS,
        ("priority", "priority"),
        Kind::Text,
        ("With equal logs, a node votes for nobody of a lower number than its own: n1=2 n3=1.", "raft-rs: priority"),
        priority_text,
        set_priority,
    ),
    of!(
        REPLICATION,
        window,
        "messages on their way",
        Kind::Number,
        at_least_one,
        "So many AppendEntries may be on their way to a follower without an answer.",
        "dissertation §10.2.1"
    ),
    of!(
        REPLICATION,
        window_bytes,
        "bytes on their way",
        Kind::Number,
        number,
        "So many bytes of entries may be on their way to a follower; one message always may.",
        "dissertation §10.2.1"
    ),
    of!(
        REPLICATION,
        batch,
        "entries in a message",
        Kind::Number,
        at_least_one,
        "One AppendEntries carries at most so many entries.",
        "dissertation §10.2.2"
    ),
    of!(
        REPLICATION,
        batch_bytes,
        "bytes in a message",
        Kind::Number,
        number,
        "One AppendEntries carries at most so many bytes of entries; one entry it always may.",
        "dissertation §10.2.2"
    ),
    of!(
        REPLICATION,
        hints,
        "conflict hints",
        Kind::Switch,
        switch,
        "A follower whose log does not fit says where it may, so that the leader need not go back entry by entry.",
        "Raft §5.3"
    ),
    of!(
        REPLICATION,
        ack_committed,
        "answer with what is committed",
        Kind::Switch,
        switch,
        "A follower answers a message that lies behind its commitIndex with that, which agrees with every leader's log.",
        "etcd"
    ),
    of!(
        REPLICATION,
        uncommitted_bytes,
        "uncommitted bytes",
        Kind::Number,
        number,
        "A leader takes nothing more in while so many bytes of entries are not committed; 0 is no limit.",
        "back-pressure"
    ),
    of!(
        REPLICATION,
        forwarding,
        "forwarding",
        Kind::Switch,
        switch,
        "A follower passes requests on to the leader, in place of naming it to the client.",
        "Raft §8"
    ),
    of!(
        STORAGE,
        async_writes,
        "writes apart from sends",
        Kind::Switch,
        switch,
        "What is sent waits only for the write it rests on: a leader sends entries while its own disk still writes them.",
        "dissertation §10.2.1"
    ),
    of!(
        STORAGE,
        snapshot_every,
        "snapshot after",
        Kind::Number,
        number,
        "A snapshot takes the place of the log each time so many entries have been applied; 0 is never.",
        "Raft §7"
    ),
    of!(
        STORAGE,
        snapshot_keep,
        "entries kept",
        Kind::Number,
        number,
        "So many entries stay in the log though they are in the snapshot, for followers that lag a little.",
        "Raft §7"
    ),
    of!(
        STORAGE,
        chunk,
        "bytes in a part",
        Kind::Number,
        at_least_one,
        "One InstallSnapshot carries so many bytes of a snapshot.",
        "Raft §7, Figure 13"
    ),
    of!(
        READS,
        reads,
        "reads",
        Kind::Word(Read::NAMES),
        str::parse::<Read>,
        "How a get is answered: through the log, after asking a majority, by a lease, by a follower, or by whoever is asked.",
        "dissertation §6.4"
    ),
    of!(
        READS,
        drift_bound,
        "drift bound",
        Kind::Share,
        share,
        "A lease ends early enough to hold while no clock is off by more than this.",
        "dissertation §6.4.1"
    ),
    of!(
        READS,
        sessions,
        "sessions",
        Kind::Switch,
        switch,
        "A command that a client sends again is carried out once, and answered alike.",
        "dissertation §6.3"
    ),
    of!(
        READS,
        session_timeout,
        "session timeout",
        Kind::Span,
        positive_span,
        "What a client was answered last is forgotten when nothing is heard of it for so long.",
        "dissertation §6.3"
    ),
    of!(rule joint, "joint consensus",
        "More than one voter changes by way of a configuration that needs both majorities; else in one step.", "Raft §6"),
    of!(rule own_term_first, "own term before changes",
        "A leader changes members only once it has committed an entry of its own term.",
        "raft-dev, July 2015"),
    of!(rule own_term_only, "own term by counting",
        "Only entries of the leader's own term are committed by counting who holds them.", "Raft §5.4.2, Figure 8"),
    of!(rule keep_vote, "votes survive crashes",
        "A node remembers after a crash whom it has voted for.", "Raft §5.2"),
];

/// Everything at once; `own` where what is chosen is neither.
pub(super) const PRESET: Choice<Config> = choice(
    "all",
    ("preset", "all rules at once"),
    Kind::Word(&["paper", "practice"]),
    ("As the paper has it, or with all on that a cluster in practice has on.", "etcd, dissertation"),
    |config| {
        let known = [("paper", Config::new as fn(u8) -> Config), ("practice", Config::in_practice)];
        let found = known.iter().find(|(_, make)| Config { bugs: config.bugs, ..make(config.nodes) } == *config);
        found.map_or("own", |(name, _)| name).to_string()
    },
    |config, text| {
        let bugs = config.bugs;
        *config = match text {
            "paper" => Config::new(config.nodes),
            "practice" => Config::in_practice(config.nodes),
            _ => return Err("paper or practice".to_string()),
        };
        config.bugs = bugs;
        Ok(())
    },
);

/// What random operators choose: all that safety does not rest on, at one end and the other.
pub(super) const WHIMS: &[(&str, &str)] = &[
    ("noop", "true"),
    ("pre_vote", "true"),
    ("pre_vote", "false"),
    ("withhold_votes", "true"),
    ("withhold_votes", "false"),
    ("check_quorum", "true"),
    ("check_quorum", "false"),
    ("growing_timeouts", "true"),
    ("growing_timeouts", "false"),
    ("priority", "n1=2 n2=1"),
    ("priority", "none"),
    ("window", "1"),
    ("window", "64"),
    ("window_bytes", "100"),
    ("window_bytes", "100000"),
    ("batch", "1"),
    ("batch", "64"),
    ("batch_bytes", "100"),
    ("batch_bytes", "100000"),
    ("hints", "true"),
    ("hints", "false"),
    ("ack_committed", "true"),
    ("ack_committed", "false"),
    ("uncommitted_bytes", "200"),
    ("uncommitted_bytes", "0"),
    ("forwarding", "true"),
    ("forwarding", "false"),
    ("async_writes", "true"),
    ("async_writes", "false"),
    ("snapshot_every", "1"),
    ("snapshot_every", "5"),
    ("snapshot_every", "50"),
    ("snapshot_every", "0"),
    ("snapshot_keep", "0"),
    ("snapshot_keep", "3"),
    ("chunk", "1"),
    ("chunk", "40"),
    ("chunk", "1000"),
    ("reads", "log"),
    ("reads", "index"),
    ("reads", "follower"),
    ("sessions", "true"),
    ("session_timeout", "1s"),
    ("session_timeout", "3600s"),
];

/// What must be on for progress: a node that was removed and does not know it must not depose leaders for ever
/// (dissertation, §4.2.3), nor a leader need longer to find out where logs agree than it leads; nor a follower that lags
/// longer to catch up than anybody waits, with an entry for each round trip; nor clients ask a leader for ever whom nobody
/// hears (§6.2).
pub(super) const MENDED: &[(&str, &str)] = &[
    ("pre_vote", "true"),
    ("withhold_votes", "true"),
    ("check_quorum", "true"),
    ("hints", "true"),
    ("window", "64"),
    ("window_bytes", "100000"),
    ("batch", "64"),
    ("batch_bytes", "100000"),
    ("chunk", "1000"),
];

fn switch(text: &str) -> Result<bool, String> {
    text.parse().map_err(|_| "true or false".to_string())
}

fn number(text: &str) -> Result<u64, String> {
    let most = 1_000_000_000;
    text.parse().ok().filter(|number| *number <= most).ok_or_else(|| format!("a whole number from 0 to {most}"))
}

fn at_least_one(text: &str) -> Result<u64, String> {
    number(text).ok().filter(|number| *number > 0).ok_or_else(|| "a whole number from 1 to 1000000000".to_string())
}

fn positive_span(text: &str) -> Result<Span, String> {
    let span: Span = text.parse()?;
    if span.0 > 0 { Ok(span) } else { Err("more than no time".to_string()) }
}

fn positive_spread(text: &str) -> Result<Spread, String> {
    let spread: Spread = text.parse()?;
    if spread.min.0 > 0 { Ok(spread) } else { Err("more than no time".to_string()) }
}

fn share(text: &str) -> Result<crate::chance::Ratio, String> {
    text.parse()
}

/// `n1=2 n3=1`; `none` where nobody is preferred.
fn priority_text(config: &Config) -> String {
    let texts: Vec<String> = config.priority.iter().map(|(id, number)| format!("{id}={number}")).collect();
    if texts.is_empty() { "none".to_string() } else { texts.join(" ") }
}

fn set_priority(config: &mut Config, text: &str) -> Result<(), String> {
    let mut priority = SortedMap::default();
    for word in text.split_whitespace().filter(|word| *word != "none") {
        let wrong = || "nodes with numbers, such as n1=2 n3=1, or none".to_string();
        let (id, value) = word.split_once('=').ok_or_else(wrong)?;
        priority.insert(id.parse::<NodeId>()?, number(value).map_err(|_| wrong())?);
    }
    config.priority = priority;
    Ok(())
}
