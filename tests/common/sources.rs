//! A small reader of sources, for the tests that hold the code to its layers: it blanks comments and strings, drops
//! what is only compiled for tests, and lists every path, written out or in a group. It does not expand macros.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Whether the character is part of a word.
pub(crate) fn word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The text with comments, strings and characters blanked, so that braces and paths can be trusted.
pub(crate) fn without_prose(source: &str) -> String {
    let text: Vec<char> = source.chars().collect();
    let at = |place: usize| text.get(place).copied().unwrap_or('\0');
    let mut out = String::new();
    let mut i = 0;
    while i < text.len() {
        let hashes = (i + 1..).take_while(|&j| at(j) == '#').count();
        let end = if at(i) == '/' && at(i + 1) == '/' {
            (i..text.len()).find(|&j| at(j) == '\n').unwrap_or(text.len())
        } else if at(i) == '/' && at(i + 1) == '*' {
            end_of_block_comment(&text, i)
        } else if at(i) == 'r' && at(i + 1 + hashes) == '"' && !(i > 0 && word(at(i - 1)) && at(i - 1) != 'b') {
            let close: String = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
            let from = i + hashes + 2;
            let closes = |&j: &usize| close.chars().enumerate().all(|(n, c)| at(j + n) == c);
            (from..text.len()).find(closes).map_or(text.len(), |j| j + close.len())
        } else if at(i) == '"' {
            end_of_string(&text, i, '"')
        } else if at(i) == '\'' && (at(i + 1) == '\\' || at(i + 2) == '\'') {
            end_of_string(&text, i, '\'')
        } else {
            out.push(at(i));
            i += 1;
            continue;
        };
        out.extend((i..end).map(|j| if at(j) == '\n' { '\n' } else { ' ' }));
        i = end;
    }
    out
}

fn end_of_block_comment(text: &[char], start: usize) -> usize {
    let mut depth = 0;
    let mut i = start;
    while i < text.len() {
        match (text[i], text.get(i + 1)) {
            ('/', Some('*')) => (depth, i) = (depth + 1, i + 1),
            ('*', Some('/')) => (depth, i) = (depth - 1, i + 1),
            _ => {}
        }
        i += 1;
        if depth == 0 {
            break;
        }
    }
    i
}

fn end_of_string(text: &[char], start: usize, quote: char) -> usize {
    let mut i = start + 1;
    while i < text.len() && text[i] != quote {
        i += if text[i] == '\\' { 2 } else { 1 };
    }
    (i + 1).min(text.len())
}

/// The code without the items that are compiled for tests only.
pub(crate) fn without_tests(code: &str) -> String {
    let mut rest = code;
    let mut out = String::new();
    while let Some(start) = rest.find("#[cfg(test)]") {
        out.push_str(&rest[..start]);
        let mut depth = 0;
        let ends = |(_, c): &(usize, char)| {
            depth += i32::from(*c == '{') - i32::from(*c == '}');
            depth == 0 && (*c == '}' || *c == ';')
        };
        let end = rest[start..].char_indices().find(ends).map_or(rest.len(), |(place, _)| start + place + 1);
        rest = &rest[end..];
    }
    out + rest
}

/// Every path of the code, its parts joined by `::`; `use a::{b, c::d}` is `a::b` and `a::c::d`.
pub(crate) fn paths(code: &str) -> Vec<String> {
    let text: Vec<char> = code.chars().collect();
    let mut found = Vec::new();
    let mut i = 0;
    while i < text.len() {
        if word(text[i]) { read_path(&text, &mut i, "", &mut found) } else { i += 1 }
    }
    found
}

fn skip_spaces(text: &[char], i: &mut usize) {
    while text.get(*i).is_some_and(|c| c.is_whitespace()) {
        *i += 1;
    }
}

fn read_path(text: &[char], i: &mut usize, before: &str, found: &mut Vec<String>) {
    let mut path = before.to_string();
    loop {
        let start = *i;
        while text.get(*i).copied().is_some_and(word) {
            *i += 1;
        }
        path.extend(&text[start..*i]);
        let colons = text.get(*i) == Some(&':') && text.get(*i + 1) == Some(&':');
        match text.get(*i + 2) {
            Some(c) if colons && word(*c) => *i += 2,
            Some('{') if colons => {
                *i += 3;
                return read_group(text, i, &(path + "::"), found);
            }
            _ => break,
        }
        path.push_str("::");
    }
    found.push(path);
}

fn read_group(text: &[char], i: &mut usize, before: &str, found: &mut Vec<String>) {
    while *i < text.len() && text[*i] != '}' {
        skip_spaces(text, i);
        if text.get(*i).copied().is_some_and(word) {
            read_path(text, i, before, found);
        } else {
            *i += 1;
        }
        while text.get(*i).is_some_and(|c| *c != ',' && *c != '}') {
            *i += 1;
        }
        *i += usize::from(text.get(*i) == Some(&','));
        skip_spaces(text, i);
    }
    *i += 1;
}

/// The text without its comments; strings, templates and regular expressions stay.
pub(crate) fn without_js_comments(source: &str) -> String {
    let text: Vec<char> = source.chars().collect();
    let at = |place: usize| text.get(place).copied().unwrap_or('\0');
    let mut out = String::new();
    // A backtick for each template that we are inside of, an opening brace for each brace.
    let mut nest: Vec<char> = Vec::new();
    let mut i = 0;
    while i < text.len() {
        let in_template = nest.last() == Some(&'`');
        let end = match at(i) {
            '\\' if in_template => i + 2,
            '$' if in_template && at(i + 1) == '{' => {
                nest.push('{');
                i + 2
            }
            '`' if in_template => {
                nest.pop();
                i + 1
            }
            _ if in_template => i + 1,
            '/' if at(i + 1) == '/' => {
                i = (i..text.len()).find(|&j| at(j) == '\n').unwrap_or(text.len());
                continue;
            }
            '/' if at(i + 1) == '*' => {
                i = (i + 2..text.len()).find(|&j| at(j) == '*' && at(j + 1) == '/').map_or(text.len(), |j| j + 2);
                out.push(' ');
                continue;
            }
            '/' if out.trim_end().ends_with(|c| "(,=:[!&|?{};".contains(c)) => end_of_string(&text, i, '/'),
            quote @ ('"' | '\'') => end_of_string(&text, i, quote),
            open @ ('{' | '`') => {
                nest.push(open);
                i + 1
            }
            '}' => {
                nest.pop();
                i + 1
            }
            _ => i + 1,
        };
        out.extend(&text[i..end.min(text.len())]);
        i = end;
    }
    out
}

/// The names of all public fields of a Rust source.
pub(crate) fn public_fields(source: &str) -> BTreeSet<String> {
    let name = |line: &str| {
        let (name, _) = line.trim().strip_prefix("pub ")?.split_once(':')?;
        name.chars().all(word).then(|| name.to_string())
    };
    without_prose(source).lines().filter_map(name).collect()
}

/// Every file below a folder of the project with this ending: its path from that folder, and its text.
pub(crate) fn files(folder: &str, ending: &str, deep: bool) -> Vec<(String, String)> {
    fn walk(root: &Path, below: &str, ending: &str, deep: bool, found: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(root.join(below)).expect("a folder of the project") {
            let path = entry.expect("an entry of a folder").path();
            let name = path.file_name().and_then(|name| name.to_str()).expect("a name in UTF-8");
            let inside = if below.is_empty() { name.to_string() } else { format!("{below}/{name}") };
            if path.is_dir() && deep {
                walk(root, &inside, ending, deep, found);
            } else if path.is_file() && name.ends_with(ending) {
                found.push((inside, fs::read_to_string(&path).expect("a text")));
            }
        }
    }
    let mut found = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), "", ending, deep, &mut found);
    found.sort();
    found
}

/// The text of one file of the project.
pub(crate) fn file(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).expect("a file of the project")
}
