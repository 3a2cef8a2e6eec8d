//! `raft-playground check`: whether one server could have answered what clients saw.

use std::io::Read;
use std::process::ExitCode;

use clap::Args;
use raft_playground::check::linearizability::{Answer, History, Op, Request, Verdict, judge, reason};
use raft_playground::sim::Refused;
use serde::Deserialize;
use serde_json::json;

/// Exit status: 0 the history is linearizable; 1 it is not; 2 it cannot be read, or the search was given up.
#[derive(Args)]
pub(crate) struct Check {
    /// A history, a JSON object a line, as `raft-playground run --history` writes it; `-` for the standard input.
    #[arg(value_name = "HISTORY")]
    file: String,
    /// How many steps the search may take for a key before it is given up.
    #[arg(long, value_name = "N", default_value_t = 200_000_000)]
    steps: u64,
    /// For programs: one JSON object.
    #[arg(long)]
    json: bool,
}

/// A line of a history.
#[derive(Deserialize)]
struct Row {
    client: u64,
    op: String,
    key: String,
    #[serde(default)]
    value: Option<String>,
    call: u64,
    #[serde(default)]
    r#return: Option<u64>,
    #[serde(default)]
    result: Option<Outcome>,
}

/// What a request came to.
#[derive(Deserialize)]
struct Outcome {
    ok: bool,
    #[serde(default)]
    value: Option<String>,
}

impl Row {
    fn request(self) -> Result<Request, String> {
        let op = match (self.op.as_str(), self.value) {
            ("put", Some(value)) => Op::Put(value.into()),
            ("put", None) => return Err("a put has no value: expected `\"value\":\"..\"`".to_string()),
            ("get", _) => Op::Get,
            ("delete", _) => Op::Delete,
            (other, _) => return Err(format!("`{other}` is not an operation: expected put, get or delete")),
        };
        let returned = match (self.r#return, self.result) {
            (None, None) => None,
            (Some(end), Some(_)) if end < self.call => {
                return Err(format!("it returns at {end}, before its call at {}: expected a later time", self.call));
            }
            (Some(end), Some(result)) => Some((end, result.answer(&op)?)),
            _ => return Err("it has one of `return` and `result`: expected both, or neither".to_string()),
        };
        Ok(Request { client: self.client, key: self.key.into(), op, call: self.call, returned })
    }
}

impl Outcome {
    fn answer(self, op: &Op) -> Result<Answer, String> {
        match (op, self.ok, self.value) {
            (Op::Get, true, Some(value)) => Ok(Answer::Value(value.into())),
            (Op::Get, true, None) => Err("a get that went well has no value: expected one in its `result`".to_string()),
            (Op::Put(_), false, _) => Ok(Answer::Exists),
            (Op::Get | Op::Delete, false, _) => Ok(Answer::NotFound),
            (Op::Put(_) | Op::Delete, true, _) => Ok(Answer::Done),
        }
    }
}

impl Check {
    pub(crate) fn run(&self) -> Result<ExitCode, Refused> {
        let text = self.read()?;
        let history = self.parse(&text)?;
        let count = history.requests.len();
        let verdict = judge(&history, self.steps);
        if self.json {
            println!("{}", in_json(&history, &verdict));
        }
        match verdict {
            Verdict::Linearizable { orders } => {
                if !self.json {
                    let counted =
                        |count: usize, one: &str| format!("{count} {one}{}", if count == 1 { "" } else { "s" });
                    let (requests, keys) = (counted(count, "request"), counted(orders.len(), "key"));
                    println!("linearizable: {requests} about {keys}, each key in an order that explains all answers");
                }
                Ok(ExitCode::SUCCESS)
            }
            Verdict::Refused { key, stretch } => {
                if !self.json {
                    println!(
                        "not linearizable: no order of these {} requests about {key} explains what they were answered,",
                        stretch.len()
                    );
                    println!("whatever became of all others:");
                    stretch.iter().for_each(|place| println!("  {}", tell(*place, &history.requests[*place])));
                    println!("{}", reason(&history, &stretch));
                }
                Ok(ExitCode::from(1))
            }
            Verdict::Undecided { key } => {
                let steps = self.steps;
                Err(Refused(format!(
                    "undecided: {steps} steps did not do for key {key}: expected more of them, --steps"
                )))
            }
        }
    }

    fn read(&self) -> Result<String, Refused> {
        let mut text = String::new();
        let read = match self.file.as_str() {
            "-" => std::io::stdin().read_to_string(&mut text).map(|_| text),
            file => std::fs::read_to_string(file),
        };
        read.map_err(|error| Refused(format!("{} cannot be read ({error}): expected a history", self.file)))
    }

    fn parse(&self, text: &str) -> Result<History, Refused> {
        let mut requests = Vec::new();
        for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
            let row: Result<Row, _> = serde_json::from_str(line);
            let request = row.map_err(|error| error.to_string()).and_then(Row::request);
            requests.push(request.map_err(|why| Refused(format!("{}:{number}: {why}", self.file)))?);
        }
        Ok(History { requests })
    }
}

/// A request and its answer in a line: `c1 put a 1, asked 3, answered 4: OK`.
fn tell(place: usize, request: &Request) -> String {
    let Request { client, key, op, call, returned } = request;
    let asked = match op {
        Op::Put(value) => format!("put {key} {value}"),
        Op::Get => format!("get {key}"),
        Op::Delete => format!("delete {key}"),
    };
    let answered = returned.as_ref().map_or("never answered".to_string(), |(end, answer)| {
        let text = match answer {
            Answer::Done => "OK".to_string(),
            Answer::Value(value) => format!("\"{value}\""),
            Answer::Exists => format!("key already exists: {key}"),
            Answer::NotFound => format!("key not found: {key}"),
        };
        format!("answered {end}: {text}")
    });
    format!("line {}: c{client} {asked}, asked {call}, {answered}", place + 1)
}

fn in_json(history: &History, verdict: &Verdict) -> serde_json::Value {
    let requests = history.requests.len();
    match verdict {
        Verdict::Linearizable { orders } => {
            let orders: serde_json::Map<String, serde_json::Value> =
                orders.iter().map(|(key, order)| (key.to_string(), json!(order))).collect();
            json!({ "verdict": "linearizable", "requests": requests, "orders": orders })
        }
        Verdict::Refused { key, stretch } => {
            json!({ "verdict": "refused", "requests": requests, "key": &**key, "stretch": stretch, "why": reason(history, stretch) })
        }
        Verdict::Undecided { key } => json!({ "verdict": "undecided", "requests": requests, "key": &**key }),
    }
}
