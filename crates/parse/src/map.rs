//! Records of any program, by a map of where their fields are.

use std::collections::BTreeMap;
use std::io::BufRead;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::columns::KEYS;
use crate::cut::Cutter;
use crate::discover::InputFile;
use crate::error::{Error, Result};
use crate::format::{Extension, Format, FormatChoice, extension};
use crate::problem::Problem;
use crate::record::{Record, open};
use crate::sniff;
use crate::tracker::{Members, known_value};

/// Where the fields of an incident are in a record, and what holds where they are nowhere. Written in TOML or JSON:
///
/// ```
/// let map = parse::RecordMap::read(r#"
///     source = "opsgenie"
///     records = "data"                    # where the list is; also `alerts`
///     [fields]
///     id = "tinyId"                       # a dotted path in JSON, the name of a column in CSV
///     title = "message"
///     started_at = "createdAt"
///     services = "details.service"
///     [defaults]
///     severity = "SEV-3"
///     [words]                             # what words of the program's own mean for the status
///     resolved = ["closed"]
///     ignored = ["test"]
/// "#).expect("a map");
/// assert_eq!(map.source(), "opsgenie");
/// ```
///
/// Fields are the known keys of a JSONL record; `starts_at` and `ends_at`, as maps for webhooks have them, are
/// `started_at` and `resolved_at`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordMap {
    source: String,
    #[serde(alias = "alerts")]
    records: Option<String>,
    fields: BTreeMap<String, String>,
    #[serde(default)]
    defaults: Map<String, Value>,
    #[serde(default)]
    words: Words,
}

/// What words of the status mean, besides the usual ones; case does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Words {
    open: Vec<String>,
    mitigated: Vec<String>,
    resolved: Vec<String>,
    /// Records of this status are passed over.
    ignored: Vec<String>,
}

/// Known keys that are not columns of a table.
const MORE_KEYS: [&str; 3] = ["id", "labels", "action_items"];

impl RecordMap {
    /// Reads a map: JSON where it begins with `{`, else TOML.
    ///
    /// # Errors
    /// [`Error::Map`] with what is wrong, where, and what is known.
    pub fn read(text: &str) -> Result<Self> {
        let read: std::result::Result<Self, String> = match text.trim_start().starts_with('{') {
            true => serde_json::from_str(text).map_err(|error| error.to_string()),
            false => toml::from_str(text).map_err(|error| error.to_string()),
        };
        let mut map = read.map_err(Error::Map)?;
        let fields = std::mem::take(&mut map.fields).into_iter();
        map.fields = fields.map(|(key, path)| (known_key(&key).to_owned(), path)).collect();
        let defaults = std::mem::take(&mut map.defaults).into_iter();
        map.defaults = defaults.map(|(key, value)| (known_key(&key).to_owned(), value)).collect();
        map.check()?;
        Ok(map)
    }

    fn check(&self) -> Result<()> {
        let is_known = |key: &str| KEYS.contains(&key) || MORE_KEYS.contains(&key);
        let keys = self.fields.keys().chain(self.defaults.keys());
        if let Some(key) = keys.into_iter().find(|key| !is_known(key)) {
            let known = [&MORE_KEYS[..], &KEYS].concat().join(", ");
            return Err(Error::Map(format!("unknown field `{key}`; expected one of {known}")));
        }
        if self.source.trim().is_empty() {
            return Err(Error::Map("`source` is empty; expected the name of the program".into()));
        }
        match self.fields.contains_key("id") {
            true => Ok(()),
            false => Err(Error::Map("`fields` has no `id`; expected where it is".into())),
        }
    }

    /// The source of the incidents, unless the user names another.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The record as JSONL has it: its known keys, and what the map does not name under its own names.
    fn apply(&self, members: Members) -> std::result::Result<Map<String, Value>, String> {
        let whole = members.into_object();
        let mut record = Map::new();
        for (key, path) in &self.fields {
            if let Some(value) = at(&whole, path) {
                record.insert(key.clone(), known_value(key, value.clone()));
            }
        }
        for (key, value) in &self.defaults {
            record.entry(key.clone()).or_insert_with(|| value.clone());
        }
        if let Some(status) = record.get("status").and_then(Value::as_str).map(str::to_owned) {
            record.insert("status".into(), self.status(&status)?.into());
        }
        for (name, value) in whole {
            let is_taken = self
                .fields
                .values()
                .any(|path| *path == name || path.starts_with(&format!("{name}.")));
            if !is_taken
                && known_key(&name) == name
                && !KEYS.contains(&name.as_str())
                && !record.contains_key(&name)
            {
                record.insert(name, value);
            }
        }
        Ok(record)
    }

    /// What a word for the status means; the reason where records of it are passed over.
    fn status(&self, word: &str) -> std::result::Result<String, String> {
        let is_one_of =
            |words: &[String]| words.iter().any(|one| one.to_lowercase() == word.to_lowercase());
        let Words { open, mitigated, resolved, ignored } = &self.words;
        if is_one_of(ignored) {
            return Err(format!("status {word} is passed over, as the map says"));
        }
        let meant = [("open", open), ("mitigated", mitigated), ("resolved", resolved)];
        let meant = meant.into_iter().find(|(_, words)| is_one_of(words));
        Ok(meant.map_or(word, |(status, _)| status).to_owned())
    }
}

/// The known key that `key` stands for.
fn known_key(key: &str) -> &str {
    match key {
        "starts_at" => "started_at",
        "ends_at" => "resolved_at",
        other => other,
    }
}

/// What a name, else a dotted path such as `event.tags.0`, leads to; `None` for nothing and for null.
fn at<'a>(members: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    let named = members.get(path);
    let walked = || {
        let mut keys = path.split('.');
        let first = members.get(keys.next()?)?;
        keys.try_fold(first, |value, key| match value {
            Value::Array(items) => items.get(key.parse::<usize>().ok()?),
            other => other.get(key),
        })
    };
    named.or_else(walked).filter(|value| !value.is_null())
}

/// What became of a record that was read by a map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mapped {
    /// A line of JSONL that says the same.
    Record(Record),
    /// Passed over, as the map says.
    Ignored(Problem),
    /// Not a record.
    Refused(Problem),
}

/// The records of one file, read by a map.
#[derive(Debug)]
pub struct MappedRecords {
    cutter: Cutter,
    map: RecordMap,
    file: InputFile,
    source: String,
}

/// Opens `file`, whose fields are where `map` says. `source` defaults to that of the map.
///
/// # Errors
/// [`Error::Unreadable`] where the file cannot be opened, [`Error::Map`] where `choice` is a format that has no fields.
pub fn mapped(
    file: &InputFile,
    choice: FormatChoice,
    map: &RecordMap,
    source: Option<&str>,
) -> Result<MappedRecords> {
    let mut reader = open(file)?;
    let head = reader
        .fill_buf()
        .map_err(|source| Error::Unreadable { path: file.path.clone(), source })?;
    let is_json = sniff::shape(head) == sniff::Shape::Json;
    let is_lines = extension(&file.path) == Extension::Names(Format::Jsonl);
    let lists = map.records.iter().cloned().collect();
    let cutter = match choice {
        FormatChoice::Fixed(Format::Jsonl) => Cutter::lines(reader),
        FormatChoice::Fixed(Format::Json) => Cutter::elements(reader, lists),
        FormatChoice::Fixed(Format::Csv) => Cutter::rows(reader),
        FormatChoice::Auto if is_lines => Cutter::lines(reader),
        FormatChoice::Auto if is_json => Cutter::elements(reader, lists),
        FormatChoice::Auto => Cutter::rows(reader),
        FormatChoice::Fixed(other) => {
            let name = other.name();
            return Err(Error::Map(format!(
                "a map is for json, jsonl and csv; `{name}` has a reader of its own"
            )));
        }
    };
    let source = source.unwrap_or(&map.source).to_owned();
    Ok(MappedRecords { cutter, map: map.clone(), file: file.clone(), source })
}

impl Iterator for MappedRecords {
    type Item = Mapped;

    fn next(&mut self) -> Option<Mapped> {
        let (line, content) = self.cutter.next()?;
        let problem = |field: &str, reason: String| Problem {
            file: self.file.shown.clone(),
            line,
            field: field.to_owned(),
            reason,
        };
        let read = content.map_err(|reason| ("record".to_owned(), reason));
        let read = read.and_then(|content| Members::read(&content));
        let members = match read {
            Ok(members) => members,
            Err((field, reason)) => return Some(Mapped::Refused(problem(&field, reason))),
        };
        Some(match self.map.apply(members) {
            Err(reason) => Mapped::Ignored(problem("status", reason)),
            Ok(record) => Mapped::Record(Record {
                source: self.source.clone(),
                format: Format::Jsonl,
                file: self.file.shown.clone(),
                line,
                path_id: self.file.path_id.clone(),
                content: serde_json::to_vec(&record).expect("texts, numbers and lists are JSON"),
            }),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn apply(map: &str, record: Value) -> std::result::Result<Value, String> {
        let map = RecordMap::read(map).expect("a map");
        let members = Members::read(record.to_string().as_bytes()).expect("an object");
        map.apply(members).map(Value::Object)
    }

    const MAP: &str = "source = 'x'\n[fields]\nid = 'key'\nstarted_at = 'at'\nservices = 'host.names'\nstatus = 'state'\n\
                       [defaults]\nteam = 'edge'\n[words]\nresolved = ['0']\nignored = ['probe']\n";

    #[test]
    fn fields_are_taken_from_their_paths_and_the_rest_is_kept() {
        let record = json!({"key": 7, "at": 1_771_971_420, "host": {"names": "a, b"}, "state": "0", "x": [1], "title": "t"});
        let expect = json!({"id": 7, "services": ["a", "b"], "started_at": "2026-02-24T22:17:00Z", "status": "resolved",
            "team": "edge", "x": [1]});
        assert_eq!(apply(MAP, record), Ok(expect));
        assert!(apply(MAP, json!({"key": 7, "state": "Probe"})).is_err());
    }

    #[test]
    fn the_map_of_a_webhook_serves_too() {
        let map = "source = 'z'\nalerts = 'list'\n[fields]\nid = 'a'\ntitle = 'b'\nstarts_at = 'c'\nends_at = 'd'\n";
        let record = json!({"a": "1", "b": "t", "c": "2026-01-02", "d": "2026-01-03"});
        let read = apply(map, record).expect("a record");
        assert_eq!(
            (&read["started_at"], &read["resolved_at"]),
            (&json!("2026-01-02"), &json!("2026-01-03"))
        );
    }

    #[test]
    fn a_map_may_be_json_and_a_mistake_in_it_is_named() {
        assert!(RecordMap::read(r#"{"source": "x", "fields": {"id": "a"}}"#).is_ok());
        for (map, said) in [
            ("source = 'x'\n[fields]\nid = 'a'\nrootcause = 'b'", "`rootcause`"),
            ("source = 'x'\n[fields]\ntitle = 'a'", "`id`"),
            ("source = ''\n[fields]\nid = 'a'", "`source`"),
            ("[fields]\nid = 'a'", "source"),
            ("{", "EOF"),
        ] {
            let error = RecordMap::read(map).expect_err(said).to_string();
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn a_path_may_be_the_name_of_a_column() {
        let map =
            "source = 'x'\n[fields]\nid = 'No.'\ntitle = 'What happened?'\nservices = 'Where'\n";
        let map = RecordMap::read(map).expect("a map");
        let row = b"No.,What happened?,Where,Where\n7,Disk full,db-1,db-2\n";
        let record = map.apply(Members::read(row).expect("a row"));
        let expect = json!({"id": "7", "services": ["db-1", "db-2"], "title": "Disk full"});
        assert_eq!(record.map(Value::Object), Ok(expect));
    }
}
