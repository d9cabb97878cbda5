//! What people and machines wrote beside a record: comments, work notes, entries of a log.

use incident::{Moment, TimelineEvent};
use jiff::SignedDuration;
use serde_json::Value;

use super::members::{inner, items};
use super::moment;
use crate::inline::pattern;

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) at: Option<Moment>,
    /// The time as written.
    pub(super) time: String,
    pub(super) text: String,
    /// Whether a machine wrote it: an event, and nothing that somebody said.
    pub(super) is_logged: bool,
}

impl Note {
    pub(super) fn new(time: &str, text: impl Into<String>) -> Self {
        Self { at: moment(time), time: time.to_owned(), text: text.into(), is_logged: false }
    }

    /// The same note, whose time was told by a clock so many minutes ahead of UTC.
    pub(super) fn told_ahead(self, minutes: i64) -> Self {
        let ahead = SignedDuration::from_mins(minutes);
        let utc = |at: Moment| Moment::exact(at.at.checked_sub(ahead).unwrap_or(at.at));
        Self { at: self.at.map(utc), ..self }
    }
}

impl From<Note> for TimelineEvent {
    fn from(note: Note) -> Self {
        let words: Vec<&str> = note.text.split_whitespace().collect();
        Self { at: note.at, time: note.time, event: words.join(" ") }
    }
}

/// The notes in a list of objects, whose times and texts are under one of the names given.
pub(super) fn of_objects(
    list: &Value,
    times: &[&str],
    told: impl Fn(&Value) -> Option<String>,
) -> Vec<Note> {
    let read = |entry: &Value| {
        let text = told(entry)?;
        let time = times.iter().find_map(|name| inner(entry, name)).unwrap_or_default();
        Some(Note::new(&time, text))
    };
    items(list).iter().filter_map(read).collect()
}

/// The notes of a journal in one text: each begins with a line such as `2026-03-24 02:10:35 - Ann Lee (Work notes)`.
/// Text without such a line is one note without a time.
pub(super) fn of_journal(text: &str) -> Vec<Note> {
    let head = pattern!(
        r"(?m)^(\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}[ T]\d{1,2}:\d{2}(?::\d{2})?(?: ?[AP]M)?) - .{1,100}? \([^()\n]{1,60}\)\s*$"
    );
    let heads: Vec<_> = head.captures_iter(text).collect();
    if heads.is_empty() {
        return vec![Note::new("", text.trim())];
    }
    let ends = heads.iter().skip(1).map(|next| next.get(0).map_or(text.len(), |next| next.start()));
    let read = |(head, end): (&regex::Captures<'_>, usize)| {
        let told = text[head.get(0)?.end()..end].trim();
        (!told.is_empty()).then(|| Note::new(&head[1], told))
    };
    heads.iter().zip(ends.chain([text.len()])).filter_map(read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_journal_is_cut_at_its_heads() {
        let notes = of_journal(
            "2026-03-24 02:40:35 - Ann Lee (Work notes)\nFailed over.\nAll well.\n\n2026-03-24 02:10:35 - System (Additional comments)\nDisk full\n\n",
        );
        let told: Vec<_> =
            notes.iter().map(|note| (note.time.as_str(), note.text.as_str())).collect();
        assert_eq!(
            told,
            [
                ("2026-03-24 02:40:35", "Failed over.\nAll well."),
                ("2026-03-24 02:10:35", "Disk full")
            ]
        );
        assert!(notes.iter().all(|note| note.at.is_some()));
    }

    #[test]
    fn a_text_without_heads_is_one_note() {
        assert_eq!(of_journal("Restarted it."), [Note::new("", "Restarted it.")]);
    }
}
