//! What each node has done, as a table: `--metrics`.

use std::fmt::Write;

use raft_playground::meter::{Distribution, Metrics, NodeMetrics};
use raft_playground::playground::{self, Playground};
use raft_playground::types::Span;

/// Columns under one heading: its title, the names of the columns, and the cells of a row.
struct Group {
    title: String,
    columns: Vec<&'static str>,
    cells: fn(&NodeMetrics, &Metrics) -> Vec<String>,
}

/// For people: the table, and what its columns mean.
pub(crate) fn text(cluster: &dyn Playground) -> String {
    let metrics = cluster.metrics();
    let bids = playground::card(&cluster.settings().protocol).map_or("", |card| card.words.bids);
    let mut text = format!("What each node did in {}\n", metrics.now);
    let groups = groups(bids);
    for line in table(&groups, &metrics) {
        let _ = writeln!(text, "  {line}");
    }
    if !bids.is_empty() {
        let _ = writeln!(text, "  {bids}: how often the node began to try to lead, and how often it came to lead.");
    }
    text.push_str(
        "  led: for how long it took itself for the leader, and what share of the time that is.\n  \
         messages, bytes: all that it sent and handled, with the requests and answers of clients.\n  \
         committed: the slots of the log that it knew to be decided for good.\n  \
         a commit took: from when a leader took something in until it knew it to be committed. Half of them took no\n    \
         longer than the first time, 99 in 100 no longer than the second.\n",
    );
    let answers = &metrics.answer;
    if let (Some(median), Some(most), Some(longest)) = (answers.median, answers.most, answers.longest) {
        let (median, most) = (rough(median), rough(most));
        let _ = writeln!(
            text,
            "Answers to clients: {}. Half came within {median}, 99 in 100 within {most}, the last after {longest}.",
            answers.count
        );
    } else {
        text.push_str("No client has been answered.\n");
    }
    text
}

fn groups(bids: &str) -> Vec<Group> {
    let mut groups =
        vec![Group { title: String::new(), columns: vec!["node"], cells: |node, _| vec![node.name.clone()] }];
    if !bids.is_empty() {
        let cells = |node: &NodeMetrics, _: &Metrics| vec![number(node.totals.tried), number(node.totals.won)];
        groups.push(Group { title: bids.to_string(), columns: vec!["begun", "won"], cells });
    }
    let mut group = |title: &str, columns, cells| groups.push(Group { title: title.to_string(), columns, cells });
    group("led", vec!["for", "share"], |node, metrics| {
        let (led, all) = (node.totals.led, metrics.now.0);
        vec![rough(led).to_string(), format!("{}%", (led.0 * 100).checked_div(all).unwrap_or(0))]
    });
    group("messages", vec!["sent", "received"], |node, _| vec![number(node.totals.sent), number(node.totals.received)]);
    group("bytes", vec!["sent", "received"], |node, _| {
        vec![number(node.totals.sent_bytes), number(node.totals.received_bytes)]
    });
    group("slots", vec!["committed"], |node, _| vec![number(node.totals.committed)]);
    group("a commit took", vec!["50%", "99%"], |node, _| {
        let Distribution { median, most, .. } = node.commit;
        [median, most].map(|took| took.map_or("-".to_string(), |took| rough(took).to_string())).to_vec()
    });
    groups
}

/// Two lines of headings, and one for each node; columns of a group stand closer together than groups.
fn table(groups: &[Group], metrics: &Metrics) -> Vec<String> {
    let (mut titles, mut names) = (String::new(), String::new());
    let mut rows = vec![String::new(); metrics.nodes.len()];
    for group in groups {
        let cells: Vec<Vec<String>> = metrics.nodes.iter().map(|node| (group.cells)(node, metrics)).collect();
        let widths = group.columns.iter().enumerate().map(|(at, name)| {
            let widest = cells.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
            widest.max(name.len())
        });
        let mut widths: Vec<usize> = widths.collect();
        let total: usize = widths.iter().sum::<usize>() + 2 * (widths.len() - 1);
        // A title that is wider than its columns makes the first of them wider.
        widths[0] += group.title.len().saturating_sub(total);
        // Who it is stands on the left, figures stand under each other.
        let first = names.is_empty();
        let line = |cells: &[String]| {
            let padded = cells
                .iter()
                .zip(&widths)
                .map(|(cell, width)| if first { format!("{cell:<width$}") } else { format!("{cell:>width$}") });
            padded.collect::<Vec<_>>().join("  ")
        };
        let gap = if first { "" } else { "    " };
        let heads: Vec<String> = group.columns.iter().map(|name| (*name).to_string()).collect();
        let _ = write!(titles, "{gap}{:>1$}", group.title, total.max(group.title.len()));
        let _ = write!(names, "{gap}{}", line(&heads));
        for (row, cells) in rows.iter_mut().zip(&cells) {
            let _ = write!(row, "{gap}{}", line(cells));
        }
    }
    [titles, names].into_iter().chain(rows).map(|line| line.trim_end().to_string()).collect()
}

/// `12,345`.
fn number(number: u64) -> String {
    let digits = number.to_string();
    let parts = digits.as_bytes().rchunks(3).rev().map(|part| String::from_utf8_lossy(part).into_owned());
    parts.collect::<Vec<_>>().join(",")
}

/// A length of time to three digits, rounded up: what is said to be the most stays the most.
fn rough(Span(micros): Span) -> Span {
    let mut scale = 1;
    while micros / scale >= 1_000 {
        scale *= 10;
    }
    Span(micros.div_ceil(scale) * scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_parted_by_thousands_and_times_have_three_digits() {
        for (given, text) in [(0, "0"), (999, "999"), (1_000, "1,000"), (12_345_678, "12,345,678")] {
            assert_eq!(number(given), text);
        }
        for (given, text) in [(0, "0ms"), (999, "999us"), (20_479, "20.5ms"), (1_863_001, "1.87s")] {
            assert_eq!(rough(Span(given)).to_string(), text);
        }
    }
}
