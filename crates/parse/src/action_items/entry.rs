//! The entries of a list of follow-ups, with the lines that continue them.

use crate::block::{Kind, Line};
use crate::inline::{first_url, pattern};

/// An entry, not read yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) text: String,
    /// Whether its box is ticked; `None` without a box.
    pub(super) ticked: Option<bool>,
}

/// The entries of a list. Items deeper than the first level are details, except below one that only
/// names a group; so are bullets between numbered items, however they are indented.
pub(super) fn list_entries(lines: &[Line<'_>]) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    // Of the first item: its column, and whether it is numbered.
    let mut first: Option<(usize, bool)> = None;
    let mut open = false;
    for (at, line) in lines.iter().enumerate() {
        match line.kind {
            Kind::Item { text, ticked } => {
                let own = (line.indent, is_numbered(line));
                let (column, numbered) = *first.get_or_insert(own);
                let is_detail = own.0 > column || own.1 != numbered;
                open = !is_detail && !names_group(&lines[at..]);
                if open {
                    let text = text.to_owned();
                    entries.push(Entry { text, ticked });
                } else if !is_detail {
                    first = None;
                }
            }
            Kind::Prose if open => {
                if let Some(entry) = entries.last_mut() {
                    join(&mut entry.text, line.text());
                }
            }
            _ => open = false,
        }
    }
    entries
}

fn is_numbered(line: &Line<'_>) -> bool {
    let mark = line.raw.trim_start();
    mark.starts_with(|c: char| c.is_ascii_digit())
}

/// Whether the first of `lines` is only the name of the items below it.
fn names_group(lines: &[Line<'_>]) -> bool {
    let [name, below @ ..] = lines else {
        return false;
    };
    let next = below.iter().find(|line| !line.is_blank());
    let ends_open = name.text().trim_end_matches('*').ends_with(':');
    ends_open && next.is_some_and(|next| next.indent > name.indent)
}

/// Lines without bullets, one entry each: those that begin small continue the one above, short ones in
/// title case are headings, and prose is no entry.
pub(super) fn line_entries(lines: &[Line<'_>]) -> Vec<Entry> {
    let mut entries = Vec::new();
    for paragraph in lines.split(Line::is_blank) {
        let mut texts: Vec<String> = Vec::new();
        for line in paragraph.iter().filter(|line| line.is_prose()) {
            let text = line.text();
            let continues = text.starts_with(|c: char| c.is_lowercase() || c == '(');
            match texts.last_mut() {
                Some(last) if continues => join(last, text),
                _ => texts.push(text.to_owned()),
            }
        }
        texts.retain(|text| !is_title(text) && !is_prose(text));
        entries.extend(texts.into_iter().map(|text| Entry { text, ticked: None }));
    }
    entries
}

/// Joins a line to the one it continues; words and addresses broken at `-` or `/` are made whole.
fn join(text: &mut String, more: &str) {
    let broken = text.ends_with(['-', '/']) || (more.starts_with('/') && text.contains("://"));
    if !broken {
        text.push(' ');
    }
    text.push_str(more.trim());
}

fn is_title(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let high = |word: &&str| word.starts_with(|c: char| c.is_uppercase() || !c.is_alphabetic());
    let small = |word: &&str| matches!(*word, "and" | "of" | "the" | "for" | "in" | "to" | "&");
    words.len() <= 5
        && !text.ends_with('.')
        && first_url(text).is_none()
        && words.iter().all(|word| high(word) || small(word))
}

/// Running text: two sentences or more, or one that speaks of the document.
fn is_prose(text: &str) -> bool {
    pattern!(r"[.!?]\s+\p{Lu}").is_match(text)
        || pattern!(r"(?i)^(?:this|these|those|in conclusion|overall|below|the following|here)\b")
            .is_match(text)
        || pattern!(r"^(?:We|Our|The|It)\b.*\.$").is_match(text)
        || text.ends_with(':')
}
