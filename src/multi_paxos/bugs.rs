//! Mistakes that a Multi-Paxos cluster can be told to make, each at the one place where somebody has made it.
//!
//! Without the feature `bugs` nothing of this is compiled.

use crate::kv::{Command, Outcome, Store};
use crate::multi_paxos::Config;
use crate::observe::Kind;
#[cfg(feature = "bugs")]
use crate::protocol::Need;
use crate::protocol::{Bug, Bugs, Choice};

/// Every mistake, in the order of [`ALL`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Mistake {
    ApplyRejectedPut,
    IgnorePhase1,
    ForgetPromise,
}

#[cfg(not(feature = "bugs"))]
pub(super) const ALL: &[Bug] = &[];

/// Every mistake, in the words for people.
#[cfg(feature = "bugs")]
pub(super) const ALL: &[Bug] = &[
    Bug {
        name: "apply_rejected_put",
        label: "a replica applies a rejected put",
        sentence: "A replica puts a value in the place of another, where the leader's store has refused the put.",
        section: "the store: a put of a key that is there is refused",
        seen_in: "",
        needs: &[],
        with: &[],
        breaks: "same-outcomes",
        right: "if store.get(key).is_ok() { reject }",
        wrong: "store.insert(key, value)",
    },
    Bug {
        name: "ignore_phase_1",
        label: "ignore what Phase 1 has learned",
        sentence: "A new leader proposes its own commands for slots in which acceptors have accepted others.",
        section: "Paxos Made Simple §2.2, §3",
        seen_in: "",
        needs: &[Need::Crash, Need::Loss],
        with: &[("num_leaders", "2")],
        breaks: "one-value-per-slot",
        right: "accepted.get(slot).unwrap_or(Noop)",
        wrong: "Noop",
    },
    Bug {
        name: "forget_promise",
        label: "forget the promise in a crash",
        sentence: "An acceptor that restarts knows nothing of the ballot that it has promised.",
        section: "Paxos Made Simple §2.5",
        seen_in: "",
        needs: &[Need::Crash],
        with: &[("num_leaders", "2")],
        breaks: "one-value-per-slot",
        right: "promised: disk.promised",
        wrong: "promised: Ballot(0, 0)",
    },
];

/// The choice of mistakes.
pub(super) const CHOICE: Choice<Config> = Choice {
    name: "bug",
    label: "mistake",
    sentence: "A rule is broken on purpose, as somebody has broken it by mistake.",
    section: "",
    group: "mistakes",
    kind: Kind::Text,
    safety: true,
    get: |config| config.bugs.names(ALL),
    set: |config, text| {
        config.bugs = Bugs::named(ALL, text)?;
        Ok(())
    },
};

impl Config {
    /// Whether this mistake is made.
    pub(super) const fn makes(&self, mistake: Mistake) -> bool {
        self.bugs.has(mistake as u8)
    }
}

/// Carries out a command whatever the store says against it: what it refuses takes the place of what was there.
pub(super) fn force(store: &mut Store, command: &Command) -> Outcome {
    if let Command::Put { key, .. } = command {
        let _ = store.apply(&Command::Delete { key: key.clone() });
    }
    store.apply(command)
}
