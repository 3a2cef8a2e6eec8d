//! What a person chooses before a run: names and values, as texts.
//!
//! The page's fields, a link's query and the command line all set the same names, so there is one
//! place that knows which there are, what each may be, and what to say of anything else.

mod world;

pub use world::World;

use std::fmt;

use crate::multi_paxos;
use crate::protocol::{NO_BUG, Protocol};
use crate::raft::{self, Raft};
use crate::sim::{Refused, Setup};
use crate::types::MAX_CLIENTS;

/// What a person chooses before a run. What is left out has the protocol's own default.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings {
    /// `raft`, `multi_paxos` or `single_server`.
    pub protocol: String,
    /// Where all chance comes from.
    pub seed: u64,
    /// How many processes of each kind, by the names of [`Count`].
    pub counts: [Option<u64>; COUNTS.len()],
    /// How many requests each client sends on its own; none for no end.
    pub requests_per_client: Option<u64>,
    /// Whether clients send requests of their own from the start.
    pub traffic: bool,
    /// Whether the requests that clients think of delete, too.
    pub deletes: Option<bool>,
    /// Whether Raft starts with everything on that a cluster in practice has on, rather than as the paper has it.
    pub practice: bool,
    /// What is chosen of what Raft lets be chosen, by the names of [`raft::OPTIONS`] and in their order.
    pub options: Vec<(&'static str, String)>,
    /// Which mistakes are made on purpose, by their names.
    pub bug: Option<String>,
    /// What links, disks and clocks are like, and what the disks hold.
    pub world: World,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            protocol: "raft".to_string(),
            seed: 1,
            counts: [None; COUNTS.len()],
            requests_per_client: None,
            traffic: false,
            deletes: None,
            practice: false,
            options: Vec::new(),
            bug: None,
            world: World::default(),
        }
    }
}

/// Every size that any protocol has.
pub const COUNTS: [&str; 6] =
    ["num_nodes", "num_acceptors", "num_leaders", "num_replicas", "num_servers", "num_clients"];

/// A number field of a protocol: how many of one kind of process.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Count {
    /// Its name: `num_nodes`.
    pub name: &'static str,
    /// Its name for people: `nodes`.
    pub label: &'static str,
    /// The fewest.
    pub min: u8,
    /// The most.
    pub max: u8,
    /// How many there are where nothing is said.
    pub value: u8,
}

const CLIENTS: Count = Count { name: "num_clients", label: "clients", min: 1, max: MAX_CLIENTS, value: 3 };

/// The sizes of a Raft cluster.
pub const RAFT: &[Count] = &[Count { name: "num_nodes", label: "nodes", min: 1, max: 9, value: 5 }, CLIENTS];

/// The sizes of a Multi-Paxos cluster.
pub const MULTI_PAXOS: &[Count] = &[
    Count { name: "num_acceptors", label: "acceptors", min: 1, max: 9, value: 3 },
    Count { name: "num_leaders", label: "leaders", min: 1, max: 3, value: 1 },
    Count { name: "num_replicas", label: "replicas", min: 0, max: 4, value: 2 },
    CLIENTS,
];

/// The sizes of the single server.
pub const SINGLE_SERVER: &[Count] =
    &[Count { name: "num_servers", label: "servers", min: 1, max: 1, value: 1 }, CLIENTS];

impl Settings {
    /// Sets one thing by its name.
    ///
    /// # Errors
    ///
    /// One sentence, where there is no such name or the value cannot be read. Whether a number is in
    /// range depends on the protocol and is said when a cluster is opened.
    pub fn set(&mut self, name: &str, value: &str) -> Result<(), Refused> {
        let wrong = |expected: &str| Refused(format!("`{name} = {value}` cannot be: expected {expected}"));
        let number = || value.trim().parse::<u64>().map_err(|_| wrong("a whole number from 0 to 18446744073709551615"));
        let switch = || value.trim().parse::<bool>().map_err(|_| wrong("true or false"));
        match name {
            "protocol" => self.protocol = value.to_string(),
            "seed" => self.seed = number()?,
            "requests_per_client" => self.requests_per_client = Some(number()?),
            "traffic" => self.traffic = switch()?,
            "deletes" => self.deletes = Some(switch()?),
            "preset" => {
                let known = ["paper", "practice"].iter().position(|preset| *preset == value.trim());
                self.practice = known.ok_or_else(|| wrong("paper or practice"))? == 1;
            }
            "bug" => self.bug = Some(value.trim().to_string()).filter(|bug| bug != NO_BUG),
            _ if raft::OPTIONS.iter().any(|choice| choice.name == name) => {
                self.choose(name, value.trim())?;
            }
            _ => match COUNTS.iter().position(|count| *count == name) {
                Some(place) => self.counts[place] = Some(number()?),
                None if self.world.set(name, value)? => {}
                None => return Err(Refused(format!("`{name}` is not a setting: expected {}", names()))),
            },
        }
        Ok(())
    }

    /// Chooses something of what Raft lets be chosen.
    fn choose(&mut self, name: &str, value: &str) -> Result<(), String> {
        // Whether it can be shows where it is tried.
        let mut trial = raft::Config::new(1);
        let place = |name: &str| raft::OPTIONS.iter().position(|choice| choice.name == name);
        let Some(at) = place(name) else { return Ok(()) };
        let choice = &raft::OPTIONS[at];
        choice.choose(&mut trial, value)?;
        self.options.retain(|(chosen, _)| *chosen != name);
        let before = self.options.partition_point(|(chosen, _)| place(chosen) < Some(at));
        self.options.insert(before, (choice.name, (choice.get)(&trial)));
        Ok(())
    }

    /// The same with a number of processes of one kind.
    ///
    /// # Panics
    ///
    /// Where there is no kind of this name.
    #[must_use]
    pub fn with(mut self, name: &str, count: u64) -> Self {
        let place = COUNTS.iter().position(|known| *known == name).expect("a name of COUNTS");
        self.counts[place] = Some(count);
        self
    }

    /// The names and values that fit on a page's form: all but those of links, disks and clocks.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = vec![("protocol", self.protocol.clone()), ("seed", self.seed.to_string())];
        pairs.extend(COUNTS.iter().filter_map(|name| Some((*name, self.chosen(name)?.to_string()))));
        if self.traffic {
            pairs.push(("traffic", "true".to_string()));
        }
        pairs.extend(self.bug.clone().map(|bug| ("bug", bug)));
        pairs
    }

    /// The same with what a cluster in practice has on spelled out, an option each; what was chosen apart from that stays.
    #[must_use]
    pub fn spelled_out(mut self) -> Self {
        if std::mem::take(&mut self.practice) {
            let (paper, practice) = (raft::Config::new(1), raft::Config::in_practice(1));
            for choice in raft::OPTIONS {
                let value = (choice.get)(&practice);
                let said = self.options.iter().any(|(name, _)| *name == choice.name);
                if !said && (choice.get)(&paper) != value {
                    self.choose(choice.name, &value).expect("a value that the option has");
                }
            }
        }
        self
    }

    /// The same without what safety does not allow for: a run that breaks a promise with these settings, too, breaks it for
    /// another reason.
    #[must_use]
    pub fn innocent(mut self) -> Self {
        self.options.retain(|(name, _)| !Settings::is_guilty(name));
        self.bug = None;
        self
    }

    /// Whether safety does not allow for what a step chooses by this name: a mistake, or another value of a rule.
    pub fn is_guilty(name: &str) -> bool {
        name == "bug" || raft::OPTIONS.iter().any(|choice| choice.safety && choice.name == name)
    }

    /// The number that was chosen for a kind of process, by its name of [`COUNTS`].
    pub fn chosen(&self, name: &str) -> Option<u64> {
        COUNTS.iter().zip(self.counts).find_map(|(known, count)| count.filter(|_| *known == name))
    }

    /// The number that was chosen for a field of the protocol.
    fn count(&self, counts: &[Count], name: &str) -> Result<u8, Refused> {
        let count = counts.iter().find(|count| count.name == name).expect("a field of the protocol");
        let Some(chosen) = self.chosen(name) else { return Ok(count.value) };
        u8::try_from(chosen).ok().filter(|n| (count.min..=count.max).contains(n)).ok_or_else(|| {
            let expected = format!("expected {} to {} {}", count.min, count.max, count.label);
            Refused(format!("`{name} = {chosen}` is out of range: {expected}"))
        })
    }

    /// Refuses a number that the protocol has no use for, rather than ignore it.
    fn refuse_others(&self, counts: &[Count]) -> Result<(), Refused> {
        let known = |name: &str| counts.iter().any(|count| count.name == name);
        match COUNTS.iter().find(|name| self.chosen(name).is_some() && !known(name)) {
            None => Ok(()),
            Some(name) => {
                let expected: Vec<&str> = counts.iter().map(|count| count.name).collect();
                Err(Refused(format!("`{name}` means nothing to {}: expected {}", self.protocol, expected.join(", "))))
            }
        }
    }

    /// Refuses what only Raft can be told.
    fn refuse_what_is_rafts(&self) -> Result<(), Refused> {
        match self.practice.then_some("preset").or(self.options.first().map(|(name, _)| *name)) {
            None => Ok(()),
            Some(name) => Err(Refused(format!("`{name}` means nothing to {}", self.protocol))),
        }
    }

    /// Has the mistakes made that are chosen.
    fn make_mistakes<P: Protocol>(&self, config: &mut P::Config) -> Result<(), Refused> {
        match (&self.bug, P::bug()) {
            (None, _) => Ok(()),
            (Some(bug), Some(choice)) => Ok(choice.choose(config, bug)?),
            (Some(_), None) if cfg!(feature = "bugs") => {
                Err(Refused(format!("`bug` means nothing to {}", self.protocol)))
            }
            (Some(_), None) => {
                Err(Refused("`bug` cannot be chosen: this build was made without the feature `bugs`".to_string()))
            }
        }
    }

    fn setup<P: Protocol>(&self, counts: &[Count], mut protocol: P::Config) -> Result<Setup<P>, Refused> {
        self.make_mistakes::<P>(&mut protocol)?;
        self.refuse_others(counts)?;
        let mut setup = Setup::new(self.seed, protocol);
        setup.clients = self.count(counts, "num_clients")?;
        setup.client.requests = self.requests_per_client;
        setup.client.deletes = self.deletes.unwrap_or(setup.client.deletes);
        setup.traffic = self.traffic;
        self.world.put_into(&mut setup)?;
        Ok(setup)
    }

    /// The setup of a Raft cluster.
    ///
    /// # Errors
    ///
    /// One sentence, where a number is out of range or has no meaning here.
    pub fn raft(&self) -> Result<Setup<Raft>, Refused> {
        let nodes = self.count(RAFT, "num_nodes")?;
        let mut config = if self.practice { raft::Config::in_practice(nodes) } else { raft::Config::new(nodes) };
        for choice in raft::OPTIONS {
            let chosen = self.options.iter().find(|(name, _)| *name == choice.name);
            chosen.map_or(Ok(()), |(_, value)| choice.choose(&mut config, value))?;
        }
        self.setup(RAFT, config)
    }

    /// The setup of a Multi-Paxos cluster.
    ///
    /// # Errors
    ///
    /// As [`Settings::raft`].
    pub fn multi_paxos(&self) -> Result<Setup<multi_paxos::MultiPaxos>, Refused> {
        self.refuse_what_is_rafts()?;
        let count = |name| self.count(MULTI_PAXOS, name);
        let config = multi_paxos::Config::new(count("num_acceptors")?, count("num_leaders")?, count("num_replicas")?);
        self.setup(MULTI_PAXOS, config)
    }

    /// The setup of a single server.
    ///
    /// # Errors
    ///
    /// As [`Settings::raft`].
    pub fn single_server(&self) -> Result<Setup<crate::single_server::SingleServer>, Refused> {
        self.refuse_what_is_rafts()?;
        self.count(SINGLE_SERVER, "num_servers")?;
        self.setup(SINGLE_SERVER, crate::single_server::Config)
    }
}

/// A line for each setting that was chosen, as a scenario file says it; the tables of its `world` are apart, since what
/// belongs to the file as a whole stands before its tables.
impl fmt::Display for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "protocol = {}\nseed = {}", Quoted(&self.protocol), self.seed)?;
        for name in COUNTS {
            self.chosen(name).map_or(Ok(()), |n| writeln!(f, "{name} = {n}"))?;
        }
        self.requests_per_client.map_or(Ok(()), |n| writeln!(f, "requests_per_client = {n}"))?;
        if self.traffic {
            writeln!(f, "traffic = true")?;
        }
        self.deletes.map_or(Ok(()), |deletes| writeln!(f, "deletes = {deletes}"))?;
        if self.practice {
            writeln!(f, "preset = \"practice\"")?;
        }
        self.bug.as_ref().map_or(Ok(()), |bug| writeln!(f, "bug = {}", Quoted(bug)))?;
        self.options.iter().try_for_each(|(name, value)| {
            let bare = value.parse::<u64>().is_ok() || value.parse::<bool>().is_ok();
            if bare { writeln!(f, "{name} = {value}") } else { writeln!(f, "{name} = {}", Quoted(value)) }
        })
    }
}

/// A text as TOML has it: between quotation marks, on several lines where it has them.
pub(crate) struct Quoted<'a>(pub(crate) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let long = self.0.contains('\n');
        f.write_str(if long { "\"\"\"\n" } else { "\"" })?;
        for c in self.0.chars() {
            match c {
                '"' => f.write_str("\\\"")?,
                '\\' => f.write_str("\\\\")?,
                '\n' => f.write_str("\n")?,
                c if c.is_control() => write!(f, "\\u{:04X}", u32::from(c))?,
                c => write!(f, "{c}")?,
            }
        }
        f.write_str(if long { "\"\"\"" } else { "\"" })
    }
}

/// Every setting, for the sentence that refuses another name.
fn names() -> String {
    let options: Vec<&str> = raft::OPTIONS.iter().map(|choice| choice.name).collect();
    let rest = "network.latency (loss, duplication, reordering), disk.all, disk.n3, clocks.n3 or given.n3.term \
                (vote, log)";
    let (counts, options) = (COUNTS.join(", "), options.join(", "));
    format!("protocol, seed, {counts}, requests_per_client, traffic, deletes, preset, bug, {options}, {rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(pairs: &[(&str, &str)]) -> String {
        let mut settings = Settings::default();
        let all = pairs.iter().try_for_each(|(name, value)| settings.set(name, value));
        let opened = all.and_then(|()| crate::playground::open(&settings).map(|_| ()));
        opened.expect_err("these settings cannot be").0
    }

    #[test]
    #[cfg_attr(not(feature = "contrast"), ignore = "some of these are settings of other protocols than Raft")]
    fn what_cannot_be_is_refused_with_a_sentence() {
        for (pairs, told) in [
            (&[("protocol", "zab")][..], "`zab` is not a protocol: expected raft, multi_paxos, single_server"),
            (&[("seed", "-1")], "`seed = -1` cannot be: expected a whole number from 0 to 18446744073709551615"),
            (
                &[("seed", "18446744073709551616")],
                "`seed = 18446744073709551616` cannot be: expected a whole number from 0 to 18446744073709551615",
            ),
            (&[("protocol", "multi_paxos"), ("noop", "false")], "`noop` means nothing to multi_paxos"),
            (&[("traffic", "yes")], "`traffic = yes` cannot be: expected true or false"),
            (&[("num_nodes", "10")], "`num_nodes = 10` is out of range: expected 1 to 9 nodes"),
            (&[("num_nodes", "0")], "`num_nodes = 0` is out of range: expected 1 to 9 nodes"),
            (&[("num_acceptors", "3")], "`num_acceptors` means nothing to raft: expected num_nodes, num_clients"),
            (
                &[("nodes", "3")],
                "`nodes` is not a setting: expected protocol, seed, num_nodes, num_acceptors, num_leaders, num_replicas, \
                 num_servers, num_clients, requests_per_client, traffic, deletes, preset, bug, election, heartbeat, noop, pre_vote, \
                 withhold_votes, check_quorum, growing_timeouts, priority, window, window_bytes, batch, batch_bytes, hints, \
                 ack_committed, uncommitted_bytes, forwarding, async_writes, snapshot_every, snapshot_keep, chunk, reads, drift_bound, \
                 sessions, session_timeout, joint, own_term_first, own_term_only, keep_vote, network.latency (loss, duplication, reordering), disk.all, disk.n3, clocks.n3 or given.n3.term (vote, log)",
            ),
            (&[("election", "0ms")], "`election = 0ms` cannot be: expected more than no time"),
            (&[("clocks.n6", "+5%")], "there is no n6: expected n1 to n5"),
            (&[("given.n1.log", "2 1")], "`given.n1`: an entry of term 1 follows one of term 2: terms never fall"),
            (
                &[("given.n1.term", "1"), ("given.n1.log", "2")],
                "`given.n1`: term 1 is below 2, the term of the last entry",
            ),
            (
                &[("protocol", "single_server"), ("given.n1.log", "1")],
                "`given.n1`: Single server starts with empty disks only",
            ),
        ] {
            assert_eq!(refusal(pairs), told);
        }
    }

    #[test]
    fn settings_are_written_down_as_they_were_chosen() {
        let mut settings = Settings { traffic: true, ..Settings::default() }.with("num_nodes", 7);
        settings.set("noop", "false").expect("a switch");
        let text = "protocol = \"raft\"\nseed = 1\nnum_nodes = 7\ntraffic = true\nnoop = false\n";
        assert_eq!(settings.to_string(), text);
    }
}
