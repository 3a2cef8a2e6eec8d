//! `--tla`: one JSON object for each action of `raft.tla`, behind a header.

use std::fmt::Write;

use raft_playground::playground::Playground;
use raft_playground::sim::Refused;
use raft_playground::spec_trace::SpecTrace;

/// What is written of a run, action by action.
pub(crate) struct Tla {
    trace: SpecTrace,
    text: String,
}

impl Tla {
    /// The header; or one sentence, where such a run cannot be written.
    pub(crate) fn start(cluster: &dyn Playground) -> Result<Tla, Refused> {
        let mut tla = Tla { trace: SpecTrace::default(), text: String::new() };
        cluster.specify(&mut tla.trace)?;
        tla.write();
        Ok(tla)
    }

    /// The lines for what has happened since, if anything has.
    pub(crate) fn take_note(&mut self, cluster: &dyn Playground) {
        cluster.specify(&mut self.trace).expect("only a start is refused");
        self.write();
    }

    fn write(&mut self) {
        for line in self.trace.take_lines() {
            let line = serde_json::to_string(&line).expect("a line is plain data");
            let _ = writeln!(self.text, "{line}");
        }
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }
}
