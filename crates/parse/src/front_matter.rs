//! YAML front matter: the block between two `---` at the top of a page.

use serde_json::{Map, Value};

use crate::inline::pattern;
use crate::meaning::{Meaning, of_name};
use crate::problem::Warning;
use crate::when::duration_minutes;

/// The longest front matter that is read, in bytes.
const BYTES_MAX: usize = 64 << 10;

/// A page, parted from its front matter.
#[derive(Debug, PartialEq)]
pub(crate) struct Page<'a> {
    /// The keys of the front matter, under the names that records use.
    pub(crate) fields: Map<String, Value>,
    /// The front matter as written.
    yaml: &'a str,
    /// The page below it.
    pub(crate) body: &'a str,
    /// The line of the file that the body begins on, from 1.
    pub(crate) body_line: u32,
    pub(crate) warnings: Vec<Warning>,
}

impl Page<'_> {
    /// The line of the file on which `key` is stated.
    pub(crate) fn line_of(&self, key: &str) -> u32 {
        let states = |line: &str| {
            line.split_once(':').is_some_and(|(name, _)| record_key(name.trim()) == key)
        };
        let at = self.yaml.lines().position(states).unwrap_or(0);
        // The first line of the front matter is the second of the file.
        u32::try_from(at).map_or(1, |at| at.saturating_add(2))
    }
}

/// Parts `text` from its front matter. Front matter that is no YAML is a warning: the lines that are
/// read by themselves count, and so does the page below.
pub(crate) fn split(text: &str) -> Page<'_> {
    let mut page =
        Page { fields: Map::new(), yaml: "", body: text, body_line: 1, warnings: Vec::new() };
    let Some((yaml, body, closed)) = parts(text) else {
        return page;
    };
    (page.yaml, page.body) = (yaml, body);
    let head_lines = text[..text.len() - body.len()].lines().count();
    page.body_line = u32::try_from(head_lines).map_or(u32::MAX, |lines| lines.saturating_add(1));
    if !closed {
        page.warn(1, "the front matter is not closed by `---`; it is taken to end at the first blank line or heading");
    }
    match parse(yaml) {
        Ok(fields) => page.fields = fields,
        Err((line, reason)) => {
            let line = line.saturating_add(1).min(page.body_line);
            page.warn(line, &format!("not read as YAML: {reason}"));
            page.fields = salvage(yaml);
        }
    }
    page.fields = with_record_keys(std::mem::take(&mut page.fields));
    page
}

impl Page<'_> {
    fn warn(&mut self, line: u32, message: &str) {
        self.warnings.push(Warning::new(line, "front_matter", message));
    }
}

/// The front matter, what follows it, and whether it is closed; `None` where there is none.
fn parts(text: &str) -> Option<(&str, &str, bool)> {
    let rest = pattern!(r"^---[ \t]*\r?\n").find(text).map(|fence| &text[fence.end()..])?;
    if let Some(close) = pattern!(r"(?m)^(?:---|\.\.\.)[ \t]*\r?(?:\n|$)").find(rest) {
        return Some((&rest[..close.start()], &rest[close.end()..], true));
    }
    // A rule opens some pages; keys tell it from front matter that was never closed.
    pattern!(r"^[A-Za-z_-]+:\s").find(rest)?;
    let end = pattern!(r"(?m)^(?:\s*$|#)").find(rest).map_or(rest.len(), |end| end.start());
    Some((&rest[..end], &rest[end..], false))
}

/// Reads YAML under a tight budget: no alias, little depth. On failure: the line from 1, and why.
fn parse(yaml: &str) -> Result<Map<String, Value>, (u32, String)> {
    if yaml.len() > BYTES_MAX {
        return Err((1, "longer than 64 KiB".into()));
    }
    if yaml.trim().is_empty() {
        return Ok(Map::new());
    }
    let options = serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_nodes: 10_000,
            max_events: 30_000,
            max_aliases: 0,
            max_anchors: 0,
            max_depth: 32,
            flow_nesting_limit: 32,
            max_documents: 1,
            max_merge_keys: 0,
        },
        strict_booleans: true,
        with_snippet: false,
    };
    match serde_saphyr::from_str_with_options::<Value>(yaml, options) {
        Ok(Value::Object(map)) => Ok(map),
        Ok(_) => Err((1, "expected keys and values".into())),
        Err(error) => {
            let line = error.location().map_or(1, |at| at.line());
            let reason = error.to_string();
            let reason = reason.lines().next().unwrap_or_default().to_owned();
            Err((u32::try_from(line).unwrap_or(1), reason))
        }
    }
}

/// The lines of broken front matter that can be read by themselves; of a known key the text counts as
/// it stands.
fn salvage(yaml: &str) -> Map<String, Value> {
    let mut fields = Map::new();
    let top_level = pattern!(r"^([A-Za-z][\w -]*):\s+(\S.*)$");
    for line in yaml.get(..BYTES_MAX).unwrap_or(yaml).lines().take(200) {
        let Some(found) = top_level.captures(line) else {
            continue;
        };
        if let Ok(read) = parse(line) {
            fields.extend(read);
        } else if let (Some(key), Some(value)) = (found.get(1), found.get(2))
            && !value.as_str().contains(['*', '&', '[', '{'])
        {
            let text = value.as_str().trim().trim_matches(['"', '\'']);
            fields.insert(key.as_str().to_owned(), Value::String(text.to_owned()));
        }
    }
    fields
}

/// The same fields under the keys that records use; a key that is taken already keeps its own name.
fn with_record_keys(fields: Map<String, Value>) -> Map<String, Value> {
    let mut known = Map::new();
    let (own, other): (Vec<_>, Vec<_>) =
        fields.into_iter().partition(|(key, _)| record_key(key) == *key);
    known.extend(own);
    for (key, value) in other {
        let renamed = record_key(&key);
        let free = !known.contains_key(renamed);
        known.insert(if free { renamed.to_owned() } else { key }, value);
    }
    state_duration(&mut known);
    known
}

/// `duration: 2h 17m` states minutes.
fn state_duration(fields: &mut Map<String, Value>) {
    let stated = fields.get("duration").and_then(Value::as_str).and_then(duration_minutes);
    if let (Some(minutes), false) = (stated, fields.contains_key("duration_minutes")) {
        fields.remove("duration");
        fields.insert("duration_minutes".into(), minutes.into());
    }
}

/// The key that records use for what `key` means; `key` itself where it has no other name.
fn record_key(key: &str) -> &str {
    match of_name(key).map(|sense| sense.meaning) {
        _ if key == "date" => key,
        Some(Meaning::Services) => "services",
        Some(Meaning::Start) => "started_at",
        Some(Meaning::End) => "resolved_at",
        Some(Meaning::Date) => "date",
        Some(Meaning::Severity) => "severity",
        Some(Meaning::Status) => "status",
        Some(Meaning::Author) => "author",
        Some(Meaning::Team) => "team",
        Some(Meaning::Title) => "title",
        Some(Meaning::Responders) => "responders",
        _ => key,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn keys_and_values_are_read_with_their_lines() {
        let page = split("---\ntitle: \"A: b\"\ndate: 2025-10-03\nservices: [a, b]\n---\n\n# A\n");
        assert_eq!(page.fields.get("date"), Some(&json!("2025-10-03")));
        assert_eq!(page.fields.get("services"), Some(&json!(["a", "b"])));
        assert_eq!((page.line_of("services"), page.body_line), (4, 6));
        assert_eq!(page.body, "\n# A\n");
        assert_eq!(page.warnings, []);
    }

    #[test]
    fn keys_may_have_other_names() {
        let page = split(
            "---\naffected_services: a\nstart_time: 2025-10-03T10:00:00Z\nduration: 2h 17m\n---\n",
        );
        assert_eq!(page.fields.get("services"), Some(&json!("a")));
        assert_eq!(page.fields.get("duration_minutes"), Some(&json!(137)));
        assert_eq!(page.line_of("started_at"), 3);
    }

    #[test]
    fn broken_yaml_is_a_warning_and_its_sound_lines_count() {
        let page = split("---\ntitle: Auth: down again\nseverity: P2\nservices: [a\n---\nbody\n");
        assert_eq!(page.warnings.len(), 1);
        assert!((2..=5).contains(&page.warnings[0].line), "{:?}", page.warnings);
        assert_eq!(page.fields.get("title"), Some(&json!("Auth: down again")));
        assert_eq!(page.fields.get("severity"), Some(&json!("P2")));
        assert_eq!(page.body, "body\n");
    }

    #[test]
    fn unclosed_front_matter_ends_at_the_first_blank_line() {
        let page = split("---\ntitle: A\n\n# B\n");
        assert_eq!((page.warnings.len(), page.body), (1, "\n# B\n"));
        assert_eq!(page.fields.get("title"), Some(&json!("A")));
    }

    #[test]
    fn a_rule_is_no_front_matter() {
        let page = split("---\n\nText: none\n");
        assert_eq!((page.fields.len(), page.body_line, page.warnings.len()), (0, 1, 0));
    }

    #[test]
    fn an_alias_bomb_is_a_warning() {
        let mut bomb = String::from("---\na: &a [x,x,x,x,x,x,x,x,x]\n");
        for (name, of) in ["b", "c", "d", "e", "f", "g", "h", "i"]
            .iter()
            .zip(["a", "b", "c", "d", "e", "f", "g", "h"])
        {
            bomb.push_str(&format!(
                "{name}: &{name} [*{of},*{of},*{of},*{of},*{of},*{of},*{of},*{of},*{of}]\n"
            ));
        }
        bomb.push_str("title: Still here\n---\nbody\n");
        let page = split(&bomb);
        assert_eq!(page.warnings.len(), 1);
        assert_eq!(page.fields.get("title"), Some(&json!("Still here")));
        assert_eq!((page.fields.len(), page.body), (1, "body\n"));
    }

    #[test]
    fn deep_nesting_is_a_warning() {
        let (open, close) = ("[".repeat(20_000), "]".repeat(20_000));
        let deep = format!("---\na: {open}{close}\n---\nbody\n");
        let page = split(&deep);
        assert_eq!((page.warnings.len(), page.fields.len()), (1, 0));
    }

    #[test]
    fn long_front_matter_is_a_warning() {
        let long = format!("---\na: {}\n---\nbody\n", "x".repeat(BYTES_MAX));
        let page = split(&long);
        assert!(page.warnings[0].message.contains("64 KiB"), "{:?}", page.warnings);
    }
}
