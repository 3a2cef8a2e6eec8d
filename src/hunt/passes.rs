//! The ways in which a case may be made smaller: each names one variant after another.

use crate::check::shrink::{Deed, Handling, Numbered, Renumber};
use crate::hunt::Case;
use crate::hunt::plainer::{calm, copies, dry, straight};
use crate::hunt::simpler;
use crate::kv::Command;
use crate::sim::{Links, Step};
use crate::types::{ClientId, NodeId, Process, SortedMap, Text, Time};

/// A way of making a case smaller.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Pass {
    /// Deeds are left out: half of them, a quarter, .. one.
    Leave,
    /// Nodes are left out.
    Nodes,
    /// Clients are left out, or others do what they did.
    Clients,
    /// Settings are left as they are where nothing is said.
    Settings,
    /// A deed is put more simply, and the end comes sooner.
    Deeds,
    /// Keys and values have the first names that there are.
    Words,
    /// Two deeds are left out at once that stand anywhere.
    Pairs,
    /// In the place of a part of the deeds, whatever they are, everything arrives.
    Settle,
    /// In a part of the deeds everything arrives, whatever else is done, before the next is done.
    Calm,
    /// A copy that arrives is the message itself, which needs none.
    Copies,
    /// A client asks somebody at once whom it asks later.
    Straight,
    /// Writes take no time.
    Dry,
    /// One line that lets many messages arrive takes the place of many.
    Hands,
}

/// How far a pass has come.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Cursor {
    /// The place of the next variant; where parts are left out, how many deeds at the end have been tried.
    pub(super) at: usize,
    /// How many deeds are left out at once.
    pub(super) size: usize,
    /// Whether something was left out while that many were.
    pub(super) left: bool,
}

/// What a pass has next.
pub(super) enum Next {
    /// Try this.
    Try(Box<Case>),
    /// Nothing at this place.
    Nothing,
    /// It has tried everything.
    End,
}

impl Pass {
    /// The variant at the cursor.
    pub(super) fn variant(self, case: &Case, cursor: &mut Cursor) -> Next {
        let found = match self {
            Pass::Leave => return leave(case, cursor, 1, None),
            Pass::Settle => return leave(case, cursor, 2, Some(&Deed::Settle)),
            Pass::Calm => part(case.deeds.len(), 3, cursor).map(|(start, end)| calm(case, start, end)),
            Pass::Copies => copies(case, cursor.at),
            Pass::Straight => straight(case, cursor.at),
            Pass::Dry => dry(case, cursor.at),
            Pass::Pairs => pairs(case, cursor.at),
            Pass::Nodes => nodes(case, cursor.at),
            Pass::Clients => clients(case, cursor.at),
            Pass::Settings => settings(case, cursor.at),
            Pass::Deeds => deeds(case, cursor.at),
            Pass::Words => words(case, cursor.at),
            Pass::Hands => hands(case, cursor.at),
        };
        match found {
            None => Next::End,
            Some(None) => Next::Nothing,
            Some(Some(case)) => Next::Try(Box::new(case)),
        }
    }

    /// Goes on after a variant that came to the goal, or did not.
    pub(super) fn go_on(self, cursor: &mut Cursor, kept: bool) {
        match (self, kept) {
            // What followed the deeds that were left out is at their place now.
            (Pass::Leave, true) => cursor.left = true,
            (Pass::Settle | Pass::Calm, true) => {
                cursor.left = true;
                // The one that stands there now.
                cursor.at += 1;
            }
            (Pass::Leave | Pass::Settle | Pass::Calm, false) => cursor.at += cursor.size,
            // Whoever is left out makes others superfluous.
            (_, true) => *cursor = Cursor::default(),
            (_, false) => cursor.at += 1,
        }
    }
}

/// Delta debugging: parts of the deeds are left out from the end on, first great ones, then small ones, and the single
/// ones until none can be. Something may take their place; `least` is the smallest part that is tried.
fn leave(case: &Case, cursor: &mut Cursor, least: usize, instead: Option<&Deed>) -> Next {
    let Some((start, end)) = part(case.deeds.len(), least, cursor) else { return Next::End };
    let number = case.deeds[start].number;
    let instead: Vec<Numbered> = instead.into_iter().map(|deed| Numbered { number, deed: deed.clone() }).collect();
    let deeds = [&case.deeds[..start], &instead, &case.deeds[end..]].concat();
    Next::Try(Box::new(Case { deeds, ..case.clone() }))
}

/// The part of the deeds that the cursor is at; none once all have been tried, and the smallest of them in vain.
fn part(count: usize, least: usize, cursor: &mut Cursor) -> Option<(usize, usize)> {
    if count < least {
        return None;
    }
    if cursor.size == 0 {
        *cursor = Cursor { at: 0, size: (count / 2).max(least), left: false };
    }
    while cursor.at + least > count {
        if cursor.size == least && !cursor.left {
            return None;
        }
        *cursor = Cursor { at: 0, size: (cursor.size / 2).max(least), left: false };
    }
    let end = count - cursor.at;
    Some((end.saturating_sub(cursor.size), end))
}

/// The most deeds of which every two are left out together.
const FEW: usize = 80;

fn pairs(case: &Case, at: usize) -> Option<Option<Case>> {
    let count = case.deeds.len();
    let (first, second) = (at.checked_div(count)?, at % count);
    if count > FEW || first >= count {
        return None;
    }
    if second >= first {
        return Some(None);
    }
    let mut deeds = case.deeds.clone();
    deeds.remove(first);
    deeds.remove(second);
    Some(Some(Case { deeds, ..case.clone() }))
}

/// One node or two of a kind are left out: a majority often shrinks only with the second.
fn nodes(case: &Case, at: usize) -> Option<Option<Case>> {
    let count = simpler::nodes(&case.settings);
    let pairs = count * count;
    let (first, second) = match at {
        _ if at < pairs => (at / count, Some(at % count)),
        _ if at < pairs + count => (at - pairs, None),
        _ => return None,
    };
    if second.is_some_and(|second| second >= first) {
        return Some(None);
    }
    // Nodes are numbered kind by kind; of two the higher goes first, so that the lower keeps its number.
    let mut smaller = case.clone();
    for place in [Some(first), second].into_iter().flatten() {
        match without_node(&smaller, place) {
            Some(without) => smaller = without,
            None => return Some(None),
        }
    }
    Some(Some(smaller))
}

fn without_node(case: &Case, place: usize) -> Option<Case> {
    let sizes = simpler::sizes(&case.settings);
    let mut end = 0;
    let kind = sizes.iter().filter(|size| size.name != "num_clients").find(|size| {
        end += size.value;
        (place as u64) < end
    })?;
    if kind.value <= kind.least {
        return None;
    }
    let renumber = Renumber::WithoutNode(NodeId(u8::try_from(place + 1).ok()?));
    let settings = simpler::fewer(&case.settings, kind, renumber);
    Some(Case { settings, deeds: renumber.deeds(&case.deeds), ..case.clone() })
}

fn clients(case: &Case, at: usize) -> Option<Option<Case>> {
    let sizes = simpler::sizes(&case.settings);
    let clients = sizes.iter().find(|size| size.name == "num_clients")?;
    let count = usize::try_from(clients.value).ok()?;
    let (out, other) = (at / count, at % count);
    if out >= count {
        return None;
    }
    if clients.value <= clients.least || other > out {
        return Some(None);
    }
    let id = |place: usize| ClientId(u8::try_from(place + 1).unwrap_or(u8::MAX));
    // A client beside itself stands for nobody: it is left out.
    let renumber = if other == out { Renumber::WithoutClient(id(out)) } else { Renumber::Merge(id(out), id(other)) };
    let settings = simpler::fewer(&case.settings, clients, renumber);
    Some(Some(Case { settings, deeds: renumber.deeds(&case.deeds), ..case.clone() }))
}

fn settings(case: &Case, at: usize) -> Option<Option<Case>> {
    let settings = simpler::all(&case.settings).into_iter().nth(at)?;
    Some(Some(Case { settings, ..case.clone() }))
}

fn deeds(case: &Case, at: usize) -> Option<Option<Case>> {
    const WAYS: usize = 3;
    let (place, way) = (at / WAYS, at % WAYS);
    // Behind the last deed is the end.
    if at == WAYS * case.deeds.len() {
        return Some(case.sooner());
    }
    let numbered = case.deeds.get(place)?;
    let deed = match (&numbered.deed, way) {
        (Deed::Step(step), _) => plainer(step, way).map(Deed::Step),
        (Deed::Wait(time), 0) => rounded(*time).map(Deed::Wait),
        _ => None,
    };
    Some(deed.map(|deed| {
        let mut simpler = case.clone();
        simpler.deeds[place] = Numbered { deed, ..*numbered };
        simpler
    }))
}

/// A step that asks for less.
fn plainer(step: &Step, way: usize) -> Option<Step> {
    match (step, way) {
        (Step::Tear(node), 1) => Some(Step::Crash(*node)),
        (Step::Request { client, command, to: Some(_), read }, 1) => {
            Some(Step::Request { client: *client, command: command.clone(), to: None, read: *read })
        }
        (Step::Request { client, command, to, read: Some(_) }, 2) => {
            Some(Step::Request { client: *client, command: command.clone(), to: *to, read: None })
        }
        _ => None,
    }
}

/// The time with a digit the less.
fn rounded(time: Time) -> Option<Time> {
    let units = [1_000_000_000, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000];
    // What is rounded to one unit already is tried with the next greater.
    let unit = units.into_iter().rev().find(|unit| !time.0.is_multiple_of(*unit))?;
    Some(Time(time.0 - time.0 % unit)).filter(|rounded| *rounded != Time::START)
}

/// First all keys and values have new names in the order in which they come; then one key takes the place of another.
fn words(case: &Case, at: usize) -> Option<Option<Case>> {
    let commands = case.deeds.iter().filter_map(|numbered| match &numbered.deed {
        Deed::Step(Step::Request { command, .. }) => Some(command),
        _ => None,
    });
    let (mut keys, mut values) = (Vec::<Text>::new(), Vec::<Text>::new());
    for command in commands {
        for (word, known) in [(command.key(), &mut keys), (command.value(), &mut values)] {
            let new = word.filter(|word| !known.contains(word)).cloned();
            known.extend(new);
        }
    }
    let mut names: SortedMap<Text, Text> = SortedMap::default();
    let letter = |place: usize| -> Text { char::from(b'a' + u8::try_from(place % 26).unwrap_or(0)).to_string().into() };
    let mut value_names: SortedMap<Text, Text> = SortedMap::default();
    if at == 0 {
        keys.iter().enumerate().for_each(|(place, key)| drop(names.insert(key.clone(), letter(place))));
        let new = |place: usize| -> Text { format!("val_{}", place + 1).into() };
        values.iter().enumerate().for_each(|(place, value)| drop(value_names.insert(value.clone(), new(place))));
    } else {
        names.insert(keys.get(at)?.clone(), keys.first()?.clone());
    }
    let renamed = |names: &SortedMap<Text, Text>, word: &Text| names.get(word).unwrap_or(word).clone();
    let rename = |command: &Command| match command {
        Command::Put { key, value } => Command::Put { key: renamed(&names, key), value: renamed(&value_names, value) },
        Command::Get { key } => Command::Get { key: renamed(&names, key) },
        Command::Delete { key } => Command::Delete { key: renamed(&names, key) },
        Command::Noop => Command::Noop,
    };
    let step = |step: &Step| match step {
        Step::Request { client, command, to, read } => {
            Step::Request { client: *client, command: rename(command), to: *to, read: *read }
        }
        other => other.clone(),
    };
    let deeds = case.deeds.iter().map(|numbered| {
        let deed = match &numbered.deed {
            Deed::Step(asked) => Deed::Step(step(asked)),
            other => other.clone(),
        };
        Numbered { deed, ..*numbered }
    });
    let renamed = Case { deeds: deeds.collect(), ..case.clone() };
    Some(Some(renamed).filter(|renamed| renamed != case))
}

/// The most deeds among which every stretch is tried; of more, only whole stretches of arrivals.
const MANY: usize = 120;

/// A stretch of deeds that only let messages arrive becomes one: everything settles, or all messages arrive, or those of one link.
fn hands(case: &Case, at: usize) -> Option<Option<Case>> {
    let arrives = |numbered: &Numbered| match &numbered.deed {
        Deed::Message(handling, _) | Deed::Oldest { handling, .. } => *handling == Handling::Deliver,
        Deed::All(_) => true,
        Deed::Step(step) => matches!(step, Step::Deliver(_)),
        _ => false,
    };
    let count = case.deeds.len();
    let mut stretches = Vec::new();
    let mut start = 0;
    for (place, numbered) in case.deeds.iter().enumerate() {
        if !arrives(numbered) {
            start = place + 1;
            continue;
        }
        let last = case.deeds.get(place + 1).is_none_or(|next| !arrives(next));
        if count <= MANY {
            stretches.extend((start..place).map(|from| (from, place + 1)));
        } else if last && start < place {
            stretches.push((start, place + 1));
        }
    }
    stretches.sort_by_key(|(from, to)| (usize::MAX - (to - from), *from));
    const WAYS: usize = 4;
    let (from, to) = *stretches.get(at / WAYS)?;
    let ends = case.deeds[from..to].iter().find_map(|numbered| match &numbered.deed {
        Deed::Oldest { from, to, .. } => Some((*from, *to)),
        _ => None,
    });
    let link = |both: bool| {
        let (a, b): (Process, Process) = ends?;
        Some(Deed::All(if both { Links::Both(a, b) } else { Links::One(a, b) }))
    };
    let deed = match at % WAYS {
        0 => link(false),
        1 => link(true),
        2 => Some(Deed::All(Links::All)),
        _ => Some(Deed::Settle),
    };
    Some(deed.map(|deed| {
        let number = case.deeds[from].number;
        let deeds = [&case.deeds[..from], &[Numbered { number, deed }], &case.deeds[to..]].concat();
        Case { deeds, ..case.clone() }
    }))
}
