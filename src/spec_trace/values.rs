//! The names of commands in a trace, each a unique text.

use std::collections::BTreeMap;

use crate::raft::Entry;
use crate::spec_trace::line;
use crate::types::{LogIndex, Text};

/// What every entry is called that a leader has proposed.
///
/// An entry is named when it is proposed and is known by its term and index from then on, in whatever message or log it
/// is found. A client that has waited in vain asks again, and its request may become a second entry: that has a name of
/// its own, for only so can a reader tell the two apart.
#[derive(Clone, Debug, Default)]
pub(super) struct Values {
    names: BTreeMap<(u64, u64), Text>,
    /// How often each command was proposed.
    proposed: BTreeMap<String, u64>,
}

impl Values {
    /// Names an entry: `put a val_1 c1#3`, and `put a val_1 c1#3 again 1` where a leader takes that request into its
    /// log a second time.
    pub(super) fn propose(&mut self, index: u64, entry: &Entry) -> Text {
        let Some(request) = entry.request() else { return entry.text().into() };
        let command = &request.command;
        let mut name = match request.origin {
            Some((client, seq)) => format!("{command} {client}#{seq}"),
            // A leader proposes on its own only once, when it is elected, and there is one leader in a term.
            None => format!("{command} term {}", entry.term),
        };
        let before = self.proposed.entry(name.clone()).or_default();
        if *before > 0 {
            name = format!("{name} again {before}");
        }
        *before += 1;
        let name = Text::from(name);
        self.names.insert((entry.term.0, index), name.clone());
        name
    }

    /// The terms and names of entries that stand behind `after`.
    pub(super) fn entries<'a>(&self, after: LogIndex, entries: impl Iterator<Item = &'a Entry>) -> Vec<line::Entry> {
        let name = |index: u64, term: u64| self.names.get(&(term, index)).expect("every entry was proposed").clone();
        (after.0 + 1..).zip(entries).map(|(index, entry)| (entry.term.0, name(index, entry.term.0))).collect()
    }
}
