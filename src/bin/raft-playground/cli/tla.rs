//! `--tla`: one JSON object for each action of `raft.tla`, behind a header.

use std::fmt::Write;

use raft_playground::playground::Playground;
use raft_playground::sim::Refused;
use raft_playground::spec_trace::SpecTrace;

/// What is written of a run, action by action.
pub(crate) struct Tla {
    trace: SpecTrace,
    text: String,
    /// Why the rest of the run cannot be written, once that is so.
    refused: Option<Refused>,
}

impl Tla {
    /// The header; or one sentence, where such a run cannot be written.
    pub(crate) fn start(cluster: &dyn Playground) -> Result<Tla, Refused> {
        let mut tla = Tla { trace: SpecTrace::default(), text: String::new(), refused: None };
        cluster.specify(&mut tla.trace)?;
        tla.write();
        Ok(tla)
    }

    /// The lines for what has happened since, if anything has and the specification knows it.
    pub(crate) fn take_note(&mut self, cluster: &dyn Playground) {
        if self.refused.is_none() {
            self.refused = cluster.specify(&mut self.trace).err();
            self.write();
        }
    }

    fn write(&mut self) {
        for line in self.trace.take_lines() {
            let line = serde_json::to_string(&line).expect("a line is plain data");
            let _ = writeln!(self.text, "{line}");
        }
    }

    /// All of it; or one sentence, where the run did what the specification does not know.
    pub(crate) fn into_text(self) -> Result<String, Refused> {
        self.refused.map_or(Ok(self.text), Err)
    }
}
