//! A judge of traces for `raft.tla`, made from the description of the format and from the specification, and from nothing
//! of what writes them: it keeps the variables of the specification, carries out each line as the action that it names, and
//! refuses a line that is none, or after which a node's state is another than the line says.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

/// What the specification keeps of a server.
#[derive(Clone, Debug, Default)]
pub(crate) struct Server {
    pub(crate) term: u64,
    pub(crate) role: String,
    pub(crate) vote: String,
    pub(crate) log: Vec<(u64, String)>,
    pub(crate) commit: u64,
    responded: BTreeSet<String>,
    granted: BTreeSet<String>,
    next: BTreeMap<String, u64>,
    matched: BTreeMap<String, u64>,
    /// The log as of its last line with a state.
    told: Vec<(u64, String)>,
}

/// The variables of the specification, and what the next line has to be.
#[derive(Debug, Default)]
pub(crate) struct Judge {
    pub(crate) servers: BTreeMap<String, Server>,
    /// The messages on their way, each with how often.
    pub(crate) messages: BTreeMap<String, usize>,
    allow: BTreeSet<String>,
    values: BTreeSet<String>,
    /// The reply that has to be sent next.
    owed: Option<Value>,
    /// The node whose last line has no state.
    untold: Option<String>,
    /// How many lines of each kind there were.
    pub(crate) seen: BTreeMap<String, usize>,
}

type Judged<T> = Result<T, String>;

/// Judges a whole trace.
pub(crate) fn judge(text: &str) -> Judged<Judge> {
    let mut judge = Judge::default();
    for (number, line) in text.lines().enumerate() {
        let told = |why: String| format!("line {}: {why}: {line}", number + 1);
        let value: Value = serde_json::from_str(line).map_err(|error| told(error.to_string()))?;
        if has_null(&value) {
            return Err(told("a null".to_string()));
        }
        let object = value.as_object().ok_or_else(|| told("no object".to_string()))?;
        let done = if number == 0 { judge.start(object) } else { judge.line(object) };
        done.map_err(told)?;
    }
    ensure(judge.untold.is_none() && judge.owed.is_none(), "the trace ends in the midst of something")?;
    Ok(judge)
}

fn ensure(holds: bool, what: &str) -> Judged<()> {
    if holds { Ok(()) } else { Err(what.to_string()) }
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.iter().any(has_null),
        Value::Object(object) => object.values().any(has_null),
        _ => false,
    }
}

/// An object has these fields and no others, but maybe some of those that may be left out.
fn fields(object: &Map<String, Value>, all: &str, maybe: &str) -> Judged<()> {
    let missing = all.split_whitespace().find(|name| !object.contains_key(*name));
    ensure(missing.is_none(), &format!("the field {missing:?} is missing"))?;
    let known = |name: &str| all.split_whitespace().chain(maybe.split_whitespace()).any(|known| known == name);
    let other = object.keys().find(|name| !known(name));
    ensure(other.is_none(), &format!("there is no field {other:?}"))
}

fn number(object: &Value, name: &str) -> Judged<u64> {
    object[name].as_u64().ok_or_else(|| format!("`{name}` is no number"))
}

fn text(object: &Value, name: &str) -> Judged<String> {
    object[name].as_str().map(str::to_string).ok_or_else(|| format!("`{name}` is no text"))
}

fn flag(object: &Value, name: &str) -> Judged<bool> {
    object[name].as_bool().ok_or_else(|| format!("`{name}` is neither true nor false"))
}

fn log_of(list: &Value) -> Judged<Vec<(u64, String)>> {
    let entry = |entry: &Value| match entry.as_array().map(Vec::as_slice) {
        Some([term, value]) => Some((term.as_u64()?, value.as_str()?.to_string())),
        _ => None,
    };
    let entries = list.as_array().and_then(|list| list.iter().map(entry).collect());
    entries.ok_or_else(|| "no list of entries".to_string())
}

fn place(index: u64) -> usize {
    usize::try_from(index).expect("a log fits into memory")
}

impl Server {
    fn len(&self) -> u64 {
        self.log.len() as u64
    }

    /// The term of the entry at an index, 0 before the first; none beyond the last.
    fn term_at(&self, index: u64) -> Option<u64> {
        if index == 0 { Some(0) } else { self.log.get(place(index) - 1).map(|entry| entry.0) }
    }

    fn last_term(&self) -> u64 {
        self.term_at(self.len()).unwrap_or(0)
    }
}

impl Judge {
    fn start(&mut self, header: &Map<String, Value>) -> Judged<()> {
        fields(header, "nodes term allow", "")?;
        let list = |name: &str| -> Judged<Vec<String>> {
            let texts =
                header[name].as_array().and_then(|all| all.iter().map(|one| Some(one.as_str()?.into())).collect());
            texts.ok_or_else(|| format!("`{name}` is no list of texts"))
        };
        let term = header["term"].as_u64().ok_or("`term` is no number")?;
        for name in list("nodes")? {
            let new = Server { term, role: "Follower".into(), vote: "none".into(), ..Server::default() };
            ensure(self.servers.insert(name, new).is_none(), "a node twice")?;
        }
        self.allow = list("allow")?.into_iter().collect();
        let known = ["anyprev", "monotonic", "stepdown", "keepcommit"];
        ensure(self.allow.iter().all(|name| known.contains(&name.as_str())), "an unknown liberty")
    }

    fn may(&self, liberty: &str) -> bool {
        self.allow.contains(liberty)
    }

    fn line(&mut self, line: &Map<String, Value>) -> Judged<()> {
        let whole = Value::Object(line.clone());
        let event = text(&whole, "e")?;
        *self.seen.entry(event.clone()).or_default() += 1;
        match event.as_str() {
            "drop" | "dup" => fields(line, "e m", "")?,
            "send" => fields(line, "e n m", "")?,
            "recv" => fields(line, "e n m", "state")?,
            "propose" => fields(line, "e n value", "state")?,
            "timeout" | "leader" | "commit" | "restart" | "stepdown" => fields(line, "e n", "state")?,
            _ => return Err("no such event".to_string()),
        }
        let transition = !matches!(event.as_str(), "send" | "drop" | "dup");
        let name = if line.contains_key("n") { text(&whole, "n")? } else { String::new() };
        if let Some(untold) = self.untold.take() {
            ensure(
                transition && untold == name,
                "the line before has no state, and this is no transition of that node",
            )?;
        }
        if let Some(owed) = self.owed.take() {
            ensure(event == "send" && line["m"] == owed, &format!("the reply is missing: {owed}"))?;
            return self.put(&owed);
        }
        if let Some(m) = line.get("m") {
            self.well_formed(m)?;
        }
        match event.as_str() {
            "drop" => return self.take(&line["m"]),
            "dup" => {
                self.take(&line["m"])?;
                self.put(&line["m"])?;
                return self.put(&line["m"]);
            }
            "send" => {
                self.request(&name, &line["m"])?;
                return self.put(&line["m"]);
            }
            _ => {}
        }
        let mut server = self.servers.remove(&name).ok_or("no such node")?;
        let done = self.act(&event, &name, &mut server, &whole).and_then(|()| match line.get("state") {
            Some(state) => Self::compare(&mut server, &self.servers, &name, state),
            None => {
                self.untold = Some(name.clone());
                Ok(())
            }
        });
        self.servers.insert(name, server);
        done
    }

    fn act(&mut self, event: &str, name: &str, server: &mut Server, line: &Value) -> Judged<()> {
        let quorum = |count: usize, others: usize| count * 2 > others + 1;
        let myself = BTreeSet::from([name.to_string()]);
        match event {
            "timeout" => {
                ensure(server.role != "Leader", "a leader has no election timer")?;
                (server.term, server.role, server.vote) = (server.term + 1, "Candidate".into(), name.into());
                (server.responded, server.granted) = (myself.clone(), myself);
            }
            "leader" => {
                ensure(server.role == "Candidate", "only a candidate becomes leader")?;
                ensure(quorum(server.granted.len(), self.servers.len()), "no majority has granted its vote")?;
                server.role = "Leader".into();
                let all = || self.servers.keys().cloned().chain([name.to_string()]);
                server.matched = all().map(|other| (other, 0)).collect();
                server.next = all().map(|other| (other, server.len() + 1)).collect();
            }
            "propose" => {
                ensure(server.role == "Leader", "only a leader proposes")?;
                let value = text(line, "value")?;
                ensure(self.values.insert(value.clone()), "this value was proposed before")?;
                server.log.push((server.term, value));
            }
            "commit" => {
                ensure(server.role == "Leader", "only a leader commits by itself")?;
                let agree = |index: &u64| 1 + server.matched.values().filter(|matched| *matched >= index).count();
                let agreed = (1..=server.len()).filter(|index| quorum(agree(index), self.servers.len())).max();
                let agreed = agreed.ok_or("no majority has any entry")?;
                ensure(server.term_at(agreed) == Some(server.term), "this entry is of an earlier term")?;
                ensure(agreed > server.commit, "there is nothing new to commit")?;
                server.commit = agreed;
            }
            "restart" => {
                let (term, vote, log, told) =
                    (server.term, server.vote.clone(), server.log.clone(), server.told.clone());
                *server = Server { term, role: "Follower".into(), vote, log, told, ..Server::default() };
            }
            "stepdown" => {
                ensure(self.may("stepdown") && server.role != "Follower", "nobody may step down by itself")?;
                server.role = "Follower".into();
            }
            _ => {
                let m = &line["m"];
                ensure(text(m, "to")? == name, "it is addressed to somebody else")?;
                self.take(m)?;
                self.receive(name, server, m)?;
            }
        }
        Ok(())
    }

    fn receive(&mut self, name: &str, server: &mut Server, m: &Value) -> Judged<()> {
        let (from, term) = (text(m, "from")?, number(m, "term")?);
        if term > server.term {
            (server.term, server.role, server.vote) = (term, "Follower".into(), "none".into());
        }
        match text(m, "type")?.as_str() {
            "RV" => {
                let up_to_date =
                    (number(m, "lastTerm")?, number(m, "lastIndex")?) >= (server.last_term(), server.len());
                let free = server.vote == "none" || server.vote == from;
                let granted = term == server.term && up_to_date && free;
                if granted {
                    server.vote.clone_from(&from);
                }
                self.owed =
                    Some(json!({ "type": "RVR", "from": name, "to": from, "term": server.term, "granted": granted }));
            }
            "AE" => {
                let (success, matched) = self.append(server, term, m)?;
                self.owed = Some(json!({ "type": "AER", "from": name, "to": from, "term": server.term,
                    "success": success, "match": matched }));
            }
            _ if term < server.term => {}
            "RVR" => {
                server.responded.insert(from.clone());
                if flag(m, "granted")? {
                    server.granted.insert(from);
                }
            }
            _ if flag(m, "success")? => {
                let (matched, monotonic) = (number(m, "match")?, self.may("monotonic"));
                let old = server.matched.entry(from.clone()).or_default();
                *old = if monotonic { matched.max(*old) } else { matched };
                server.next.insert(from, *old + 1);
            }
            _ => {
                let next = server.next.entry(from).or_insert(1);
                *next = (*next - 1).max(1);
            }
        }
        Ok(())
    }

    /// A follower's part of AppendEntries: success, and up to where the logs agree.
    fn append(&self, server: &mut Server, term: u64, m: &Value) -> Judged<(bool, u64)> {
        if term < server.term {
            return Ok((false, 0));
        }
        ensure(server.role != "Leader", "two leaders in one term")?;
        server.role = "Follower".into();
        let (prev, commit) = (number(m, "prevIndex")?, number(m, "commit")?);
        if server.term_at(prev) != Some(number(m, "prevTerm")?) {
            return Ok((false, 0));
        }
        let mut index = prev;
        for entry in log_of(&m["entries"])? {
            index += 1;
            if server.term_at(index).is_some_and(|own| own != entry.0) {
                server.log.truncate(place(index) - 1);
            }
            match server.log.get(place(index) - 1) {
                Some(own) => ensure(*own == entry, "two different entries of one index and term")?,
                None => server.log.push(entry),
            }
        }
        server.commit = if self.may("monotonic") { commit.max(server.commit) } else { commit };
        ensure(server.commit <= server.len(), "more is committed than there is")?;
        Ok((true, index))
    }

    /// What a node sends that is no reply.
    fn request(&self, name: &str, m: &Value) -> Judged<()> {
        let server = self.servers.get(name).ok_or("no such node")?;
        let to = text(m, "to")?;
        ensure(text(m, "from")? == name && to != name, "nobody sends for another, or to itself")?;
        ensure(number(m, "term")? == server.term, "another term")?;
        match text(m, "type")?.as_str() {
            "RV" => {
                ensure(server.role == "Candidate", "only a candidate asks for votes")?;
                ensure(!server.responded.contains(&to), "it has answered already")?;
                let last = (number(m, "lastIndex")?, number(m, "lastTerm")?);
                ensure(last == (server.len(), server.last_term()), "its log ends elsewhere")
            }
            "AE" => {
                ensure(server.role == "Leader", "only a leader sends entries")?;
                let (prev, entries) = (number(m, "prevIndex")?, log_of(&m["entries"])?);
                let last = prev + entries.len() as u64;
                ensure(server.term_at(prev) == Some(number(m, "prevTerm")?), "prevTerm is not that of its log")?;
                ensure(last <= server.len() && server.log[place(prev)..place(last)] == entries, "not its entries")?;
                ensure(number(m, "commit")? == server.commit.min(last), "another commit index")?;
                let letter = prev + 1 == server.next[&to] && (entries.len() == 1 || prev == server.len());
                ensure(letter || self.may("anyprev"), "not the entry at nextIndex")
            }
            _ => Err("a reply that nobody waits for".to_string()),
        }
    }

    fn well_formed(&self, m: &Value) -> Judged<()> {
        let object = m.as_object().ok_or("`m` is no object")?;
        let (all, maybe) = match text(m, "type")?.as_str() {
            "RV" => ("type from to term lastIndex lastTerm", ""),
            "RVR" => ("type from to term granted", ""),
            "AE" => ("type from to term prevIndex prevTerm entries commit", ""),
            "AER" if flag(m, "success")? => ("type from to term success match", ""),
            "AER" => ("type from to term success match", "hint"),
            _ => return Err("no such message".to_string()),
        };
        fields(object, all, maybe)?;
        let known = |end: &str| text(m, end).is_ok_and(|name| self.servers.contains_key(&name));
        ensure(known("from") && known("to"), "it comes from nowhere, or goes there")
    }

    fn put(&mut self, m: &Value) -> Judged<()> {
        *self.messages.entry(m.to_string()).or_default() += 1;
        Ok(())
    }

    fn take(&mut self, m: &Value) -> Judged<()> {
        let name = m.to_string();
        let count = self.messages.get_mut(&name).ok_or("no such message is on its way")?;
        *count -= 1;
        if *count == 0 {
            self.messages.remove(&name);
        }
        Ok(())
    }

    /// The state of a line is that of the node.
    fn compare(server: &mut Server, others: &BTreeMap<String, Server>, name: &str, state: &Value) -> Judged<()> {
        let object = state.as_object().ok_or("`state` is no object")?;
        let changed = server.log != server.told;
        let more = [("match", server.role == "Leader"), ("log", changed)];
        let more: Vec<&str> = more.iter().filter(|(_, there)| *there).map(|(field, _)| *field).collect();
        fields(object, &format!("term role vote commit len lastTerm {}", more.join(" ")), "")?;
        let mut is = json!({ "term": server.term, "role": server.role, "vote": server.vote, "commit": server.commit,
            "len": server.len(), "lastTerm": server.last_term() });
        if server.role == "Leader" {
            ensure(state["match"].get(name).is_none_or(|own| own == 0), "nobody answers itself")?;
            for other in others.keys() {
                ensure(state["match"][other] == server.matched[other], &format!("matchIndex of {other} is another"))?;
            }
            is["match"] = state["match"].clone();
        }
        if changed {
            ensure(log_of(&state["log"])? == server.log, &format!("the log is {:?}", server.log))?;
            is["log"] = state["log"].clone();
            server.told.clone_from(&server.log);
        }
        ensure(*state == is, &format!("the node's state is {is}"))
    }
}
