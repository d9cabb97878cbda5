//! Cuts an answer to what an assistant can use, and says what was cut.
//!
//! Texts are cut to so many characters, lists to so many rows. Where the answer is still too large, the largest list
//! loses rows one by one, and where no list has two left, texts are cut shorter still.

use std::collections::BTreeMap;

use chat::clean;
use serde_json::{Map, Value};

/// The bytes of an answer at most, as JSON.
pub const ANSWER_BYTES: usize = 32 * 1024;

/// The entries of a list within a row, and of a map.
const ENTRIES_MAX: usize = 40;
/// Texts are cut no shorter than this; every name of a field is shorter.
const CHARS_MIN: usize = 64;
/// Lists that come oldest first: of these the last rows stay.
const NEWEST_LAST: [&str; 2] = ["members", "action_items"];

/// How much is shown at first.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// The rows of each list.
    pub rows: usize,
    /// The characters of each text.
    pub chars: usize,
}

/// Cuts `answer`, and says what was cut.
pub fn bound(answer: &mut Value, bounds: Bounds) -> Vec<String> {
    let had = lengths(answer);
    let mut chars = bounds.chars;
    let mut has_cut = cut_texts(answer, chars);
    for (name, rows) in lists(answer) {
        shorten(&name, rows, bounds.rows);
    }
    while answer.to_string().len() > ANSWER_BYTES {
        if !drop_row(answer) {
            if chars <= CHARS_MIN {
                break;
            }
            chars = (chars / 2).max(CHARS_MIN);
            has_cut |= cut_texts(answer, chars);
        }
    }
    let mut notes = missing_rows(&had, &lengths(answer));
    if has_cut {
        notes.push(format!("texts end with … where they were cut, at {chars} characters"));
    }
    notes
}

/// The beginning of a text, at most so many bytes.
pub fn beginning(text: &str, bytes: usize) -> &str {
    &text[..text.floor_char_boundary(bytes)]
}

/// Cleans every text and cuts it; lists within rows and maps are cut too. Tells whether anything was.
fn cut_texts(value: &mut Value, chars: usize) -> bool {
    match value {
        Value::String(text) => {
            let (shown, was_cut) = cut(&clean(text), chars);
            *text = shown;
            was_cut
        }
        Value::Array(items) => {
            items.iter_mut().fold(false, |was_cut, item| was_cut | cut_row(item, chars))
        }
        Value::Object(object) => cut_entries(object, chars, cut_texts),
        _ => false,
    }
}

fn cut_row(value: &mut Value, chars: usize) -> bool {
    match value {
        Value::Array(items) => {
            let is_long = items.len() > ENTRIES_MAX;
            items.truncate(ENTRIES_MAX);
            items.iter_mut().fold(is_long, |was_cut, item| was_cut | cut_row(item, chars))
        }
        Value::Object(object) => cut_entries(object, chars, cut_row),
        other => cut_texts(other, chars),
    }
}

/// The names of fields are few and short; those of a map are texts of an incident.
fn cut_entries(
    object: &mut Map<String, Value>,
    chars: usize,
    within: fn(&mut Value, usize) -> bool,
) -> bool {
    let mut was_cut = object.len() > ENTRIES_MAX;
    let entries = std::mem::take(object).into_iter().take(ENTRIES_MAX);
    for (name, mut value) in entries {
        was_cut |= within(&mut value, chars);
        let (name, name_cut) = cut(&clean(&name), chars);
        was_cut |= name_cut;
        object.insert(name, value);
    }
    was_cut
}

fn cut(text: &str, chars: usize) -> (String, bool) {
    match text.char_indices().nth(chars) {
        None => (text.to_owned(), false),
        Some((end, _)) if text[end..] == *"…" => (text.to_owned(), false),
        Some((end, _)) => (format!("{}…", &text[..end]), true),
    }
}

/// The lists of an answer by their paths, not those within rows.
fn lists(answer: &mut Value) -> Vec<(String, &mut Vec<Value>)> {
    let mut found = Vec::new();
    collect(answer, "", &mut found);
    found
}

fn collect<'a>(value: &'a mut Value, path: &str, found: &mut Vec<(String, &'a mut Vec<Value>)>) {
    match value {
        Value::Array(rows) => found.push((path.to_owned(), rows)),
        Value::Object(object) => {
            for (name, inner) in object {
                let dot = if path.is_empty() { "" } else { "." };
                collect(inner, &format!("{path}{dot}{name}"), found);
            }
        }
        _ => {}
    }
}

fn lengths(answer: &mut Value) -> BTreeMap<String, usize> {
    lists(answer).into_iter().map(|(name, rows)| (name, rows.len())).collect()
}

fn newest_last(name: &str) -> bool {
    name.rsplit('.').next().is_some_and(|name| NEWEST_LAST.contains(&name))
}

fn shorten(name: &str, rows: &mut Vec<Value>, rows_max: usize) {
    let excess = rows.len().saturating_sub(rows_max);
    match newest_last(name) {
        true => drop(rows.drain(..excess)),
        false => rows.truncate(rows_max),
    }
}

/// Takes a row from the largest list that has two; `false` where none has.
fn drop_row(answer: &mut Value) -> bool {
    let bytes = |rows: &[Value]| rows.iter().map(|row| row.to_string().len()).sum::<usize>();
    let long = lists(answer).into_iter().filter(|(_, rows)| rows.len() > 1);
    let Some((name, rows)) = long.max_by_key(|(_, rows)| bytes(rows)) else { return false };
    let fewer = rows.len() - 1;
    shorten(&name, rows, fewer);
    true
}

fn missing_rows(had: &BTreeMap<String, usize>, has: &BTreeMap<String, usize>) -> Vec<String> {
    let told = |name: &str, had: usize, has: usize| {
        let which = if newest_last(name) { "newest" } else { "first" };
        format!("{name}: the {which} {has} of {had} are shown")
    };
    had.iter()
        .filter_map(|(name, &had)| {
            let has = has.get(name).copied().unwrap_or(0);
            (has < had).then(|| told(name, had, has))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn size(value: &Value) -> usize {
        value.to_string().len()
    }

    #[test]
    fn an_answer_that_fits_stays_as_it_is() {
        let mut answer =
            json!({"verdict": "VERDICT_NEW", "matches": [{"title": "a"}], "score": 0.5});
        let whole = answer.clone();
        assert_eq!(bound(&mut answer, Bounds { rows: 5, chars: 100 }), Vec::<String>::new());
        assert_eq!(answer, whole);
    }

    #[test]
    fn the_first_matches_stay_and_the_newest_members() {
        let rows: Vec<_> = (0..9).map(|n| json!({"n": n})).collect();
        let mut answer = json!({"matches": rows, "members": rows, "inner": {"action_items": rows}});
        let notes = bound(&mut answer, Bounds { rows: 2, chars: 100 });
        assert_eq!(answer["matches"], json!([{"n": 0}, {"n": 1}]));
        assert_eq!(answer["members"], json!([{"n": 7}, {"n": 8}]));
        assert_eq!(answer["inner"]["action_items"], json!([{"n": 7}, {"n": 8}]));
        assert_eq!(
            notes,
            [
                "inner.action_items: the newest 2 of 9 are shown",
                "matches: the first 2 of 9 are shown",
                "members: the newest 2 of 9 are shown",
            ]
        );
    }

    #[test]
    fn a_text_is_cut_between_characters_and_said_to_be() {
        let mut answer = json!({"text": "é".repeat(101), "title": "é".repeat(100)});
        let notes = bound(&mut answer, Bounds { rows: 5, chars: 100 });
        assert_eq!(answer["text"], format!("{}…", "é".repeat(100)));
        assert_eq!(answer["title"], "é".repeat(100));
        assert_eq!(notes, ["texts end with … where they were cut, at 100 characters"]);
    }

    #[test]
    fn rows_go_before_texts_are_cut_shorter() {
        let rows: Vec<_> = (0..50).map(|n| json!({"id": n, "text": "x".repeat(1000)})).collect();
        let mut answer = json!({"matches": rows, "summary": ["short"]});
        bound(&mut answer, Bounds { rows: 50, chars: 1000 });
        let left = answer["matches"].as_array().expect("a list");
        assert!((20..=32).contains(&left.len()), "{}", left.len());
        assert_eq!(left[0]["text"], "x".repeat(1000));
        assert!(size(&answer) <= ANSWER_BYTES);
    }

    #[test]
    fn nothing_is_too_large_to_be_cut() {
        let long = "\"\\𝔘".repeat(5_000);
        let nested = vec![long.clone(); 100];
        let labels: Map<String, Value> =
            (0..100).map(|n| (format!("{n}{long}"), long.clone().into())).collect();
        let row = json!({"title": long, "services": nested, "parts": [nested]});
        let mut answer = json!({"incident": {"text": long, "labels": labels}, "matches": [row]});
        let notes = bound(&mut answer, Bounds { rows: 20, chars: 8_000 });
        assert!(size(&answer) <= ANSWER_BYTES, "{} bytes", size(&answer));
        assert_eq!(notes, ["texts end with … where they were cut, at 64 characters"]);
    }

    #[test]
    fn what_could_steer_or_hide_is_gone() {
        let mut answer = json!({"title": "a\u{1b}[2J\u{202e}b\u{e0041}c"});
        bound(&mut answer, Bounds { rows: 1, chars: 100 });
        assert_eq!(answer["title"], "a[2Jbc");
    }
}
