//! Tells what happens, a line each, as soon as it has happened: the execution schedule.

use std::io::Write;

use anstyle::Style;
use raft_playground::observe::Weight;
use raft_playground::playground::Playground;
use raft_playground::scenario::{self, Act, Line};
use raft_playground::sim::Refused;
use raft_playground::timeline::When;
use raft_playground::types::Process;

const STRONG: Style = Style::new().bold();
const QUIET: Style = Style::new().dimmed();

/// Prints the schedule of one run.
pub(crate) struct Teller {
    /// Takes the colours out again where the output is no terminal.
    out: anstream::AutoStream<std::io::StdoutLock<'static>>,
    /// What each node is called among people.
    names: Vec<(Process, String)>,
    /// How wide the column of the names is.
    width: usize,
    /// Whether details are told, too.
    all: bool,
    /// Whether a program reads: a JSON object for each line.
    json: bool,
    /// The number of the last event that was told.
    told: u64,
    /// How many lines of the script were played by then.
    played: usize,
}

impl Teller {
    pub(crate) fn new(cluster: &dyn Playground, all: bool, json: bool) -> Teller {
        let names: Vec<(Process, String)> =
            cluster.view(None).nodes.into_iter().map(|card| (card.id.into(), card.name)).collect();
        let width = names.iter().map(|(_, name)| name.len()).max().unwrap_or(2) + 2;
        Teller {
            out: anstream::AutoStream::auto(std::io::stdout().lock()),
            names,
            width,
            all,
            json,
            told: 0,
            played: 0,
        }
    }

    /// Event by event, so that none is forgotten before it is told.
    pub(crate) fn reach(&mut self, cluster: &mut dyn Playground, when: When) -> Result<(), Refused> {
        self.tell(cluster);
        scenario::reach(cluster, when, &mut |cluster| self.tell(cluster))
    }

    /// Tells what has happened since it was told last.
    pub(crate) fn tell(&mut self, cluster: &dyn Playground) {
        for line in cluster.events(self.told) {
            self.told = line.number;
            if !self.all && line.told.weight == Weight::Detail {
                continue;
            }
            if self.json {
                let text = serde_json::to_string(&line).expect("an event is plain data");
                self.line(format_args!("{text}"));
                continue;
            }
            let who = line.who.map(|who| format!("[{}]", self.name_of(who))).unwrap_or_default();
            let section = Some(line.told.section).filter(|section| !section.is_empty());
            let section = section.map(|section| format!("  ({section})")).unwrap_or_default();
            let (at, width, text) = (line.at.to_string(), self.width, line.told.text);
            let strong = if line.told.weight == Weight::Turn { Style::new().bold() } else { Style::new() };
            let who = format!("{STRONG}{who}{STRONG:#}{:>1$}", "", width.saturating_sub(who.len()));
            self.line(format_args!(
                "{QUIET}{at:>12}{QUIET:#}  {who} {strong}{text}{strong:#}{QUIET}{section}{QUIET:#}"
            ));
        }
    }

    /// Tells of the lines of a script that were played since, what was tried and refused: no event comes of that.
    pub(crate) fn tell_refusals(&mut self, cluster: &dyn Playground, script: &[Line]) {
        let cues = cluster.cues();
        let fresh = cues.iter().skip(std::mem::replace(&mut self.played, cues.len()));
        for cue in fresh {
            let act = script.get(cue.line).and_then(|line| line.act.as_ref());
            let Some(Act::Refused { step, because }) = act else { continue };
            let why = because.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
            let (at, width) = (cue.at.to_string(), self.width);
            if !self.json {
                self.line(format_args!("{QUIET}{at:>12}{QUIET:#}  {:>width$} Refused: {step}{why}", ""));
            }
        }
    }

    fn name_of(&self, who: Process) -> String {
        let known = self.names.iter().find(|(id, _)| *id == who);
        known.map_or_else(|| who.to_string(), |(_, name)| name.clone())
    }

    /// Whoever reads may go before the end (`| head`): then there is nobody left to tell.
    pub(crate) fn line(&mut self, text: std::fmt::Arguments<'_>) {
        if writeln!(self.out, "{text}").is_err() {
            std::process::exit(0);
        }
    }
}
