//! The known keys of a record: of a JSONL line, and of front matter.

use incident::{ActionItem, Incident, Moment, Severity, Status};
use serde_json::{Map, Value};

use crate::calendar::Calendar;
use crate::problem::Warning;

/// What came of a value.
enum Reading {
    Taken,
    /// Taken, though it is not quite of its type; what was found.
    Tolerated(String),
    /// Not taken; what was expected.
    Misfit(&'static str),
}

/// Fills `incident` from the known keys of `map`. Unknown keys, and values that do not fit, are kept in
/// `extra`, the latter with a warning; null is absent. `line_of` gives the line of a key.
pub(crate) fn fill(
    incident: &mut Incident,
    mut map: Map<String, Value>,
    line_of: impl Fn(&str) -> u32,
) -> Vec<Warning> {
    map.retain(|_, value| !value.is_null());
    let mut warnings = Vec::new();
    for (key, value) in rank_aliases(&map) {
        let (message, kept) = match read(incident, key, value) {
            None => (None, true),
            Some(Reading::Taken) => (None, false),
            Some(Reading::Tolerated(found)) => (Some(found), value.is_object()),
            Some(Reading::Misfit(expected)) => {
                (Some(format!("expected {expected}; kept as it came")), true)
            }
        };
        warnings.extend(message.map(|message| Warning::new(line_of(key), key, message)));
        if kept {
            incident.extra.insert(key.clone(), value.clone());
        }
    }
    warnings
}

/// The entries of `map` in order, without the second of two names for one field: that goes to
/// `extra`, last.
fn rank_aliases(map: &Map<String, Value>) -> Vec<(&String, &Value)> {
    let mut entries: Vec<(&String, &Value)> = map.iter().collect();
    entries.sort_by_key(|(key, _)| matches!(key.as_str(), "date" | "mitigation"));
    entries
}

/// Reads one key; `None` where it is unknown, or its field was filled under its other name.
fn read(incident: &mut Incident, key: &str, value: &Value) -> Option<Reading> {
    let reading = match key {
        "title" => {
            let mut title = None;
            let reading = text(&mut title, value);
            incident.title = title.unwrap_or_default();
            reading
        }
        "date" if incident.started_at.is_some() => return None,
        "started_at" | "date" => moment(&mut incident.started_at, value),
        "resolved_at" => moment(&mut incident.resolved_at, value),
        "updated_at" => moment(&mut incident.updated_at, value),
        "duration_minutes" => number(&mut incident.duration_minutes, value, whole_u32),
        "severity" => severity(&mut incident.severity, value),
        "status" => status(&mut incident.status, value),
        "services" => list(&mut incident.services, value),
        "tags" => list(&mut incident.tags, value),
        "team" => text(&mut incident.team, value),
        "summary" => text(&mut incident.summary, value),
        "symptoms" => text(&mut incident.symptoms, value),
        "root_cause" => text(&mut incident.root_cause, value),
        "resolution" => text(&mut incident.resolution, value),
        "mitigation" if incident.resolution.is_some() => return None,
        "mitigation" => mitigation(&mut incident.resolution, value),
        "impact" => text(&mut incident.impact, value),
        "users_affected" => number(&mut incident.users_affected, value, whole_u64),
        "revenue" => number(&mut incident.revenue, value, Some),
        "text" => text(&mut incident.text, value),
        "url" => text(&mut incident.url, value),
        "author" => text(&mut incident.author, value),
        "responders" => list(&mut incident.responders, value),
        "labels" => labels(incident, value),
        "action_items" => action_items(&mut incident.action_items, value),
        _ => return None,
    };
    Some(reading)
}

fn text(field: &mut Option<String>, value: &Value) -> Reading {
    match value {
        Value::String(text) => {
            *field = (!text.trim().is_empty()).then(|| text.clone());
            Reading::Taken
        }
        Value::Number(_) | Value::Bool(_) => {
            *field = Some(value.to_string());
            Reading::Tolerated(format!("expected text; `{value}` is taken as one"))
        }
        _ => Reading::Misfit("text"),
    }
}

fn moment(field: &mut Option<Moment>, value: &Value) -> Reading {
    let expected = Reading::Misfit("a date YYYY-MM-DD or an RFC 3339 time");
    let Value::String(text) = value else {
        return expected;
    };
    if text.trim().is_empty() {
        return Reading::Taken;
    }
    match Calendar::default().moment(text) {
        Some(moment) => {
            *field = Some(moment);
            Reading::Taken
        }
        None => expected,
    }
}

fn number<T>(field: &mut Option<T>, value: &Value, narrow: fn(f64) -> Option<T>) -> Reading {
    let (number, as_text) = match value {
        Value::Number(number) => (number.as_f64(), false),
        Value::String(text) => (text.trim().replace([',', '_'], "").parse().ok(), true),
        _ => (None, false),
    };
    match number.filter(|number: &f64| number.is_finite()).and_then(narrow) {
        None => Reading::Misfit("a number that is not negative"),
        narrowed => {
            *field = narrowed;
            if as_text {
                Reading::Tolerated(format!("expected a number; the text {value} is taken as one"))
            } else {
                Reading::Taken
            }
        }
    }
}

fn whole_u32(number: f64) -> Option<u32> {
    // Within the range checked, the cast drops the fraction and nothing else.
    (0.0..=f64::from(u32::MAX)).contains(&number).then_some(number as u32)
}

fn whole_u64(number: f64) -> Option<u64> {
    (0.0..=9.0e15).contains(&number).then_some(number as u64)
}

fn severity(field: &mut Option<Severity>, value: &Value) -> Reading {
    let mut verbatim = None;
    let reading = text(&mut verbatim, value);
    *field = verbatim.map(Severity::new);
    reading
}

fn status(field: &mut Option<Status>, value: &Value) -> Reading {
    *field = value.as_str().and_then(Status::from_word);
    match (&field, value.as_str()) {
        (Some(_), _) | (None, Some("")) => Reading::Taken,
        (None, _) => Reading::Misfit("open, mitigated or resolved"),
    }
}

/// A list of texts; one text stands for a list of one.
fn list(field: &mut Vec<String>, value: &Value) -> Reading {
    let members = match value {
        Value::Array(members) => members.as_slice(),
        one => std::slice::from_ref(one),
    };
    let mut tolerated = None;
    let mut texts = Vec::new();
    for member in members.iter().filter(|member| !member.is_null()) {
        let mut read = None;
        match text(&mut read, member) {
            Reading::Misfit(_) => return Reading::Misfit("a list of texts"),
            Reading::Tolerated(found) => tolerated = Some(found),
            Reading::Taken => {}
        }
        texts.extend(read);
    }
    for text in texts {
        if !field.contains(&text) {
            field.push(text);
        }
    }
    tolerated.map_or(Reading::Taken, Reading::Tolerated)
}

/// Some trackers keep an object here; its `details` tell what was done.
fn mitigation(field: &mut Option<String>, value: &Value) -> Reading {
    match value.get("details") {
        Some(Value::String(details)) if !details.trim().is_empty() => {
            *field = Some(details.clone());
            Reading::Tolerated("expected text; the `details` of the object are taken".into())
        }
        _ => text(field, value),
    }
}

fn labels(incident: &mut Incident, value: &Value) -> Reading {
    let Value::Object(map) = value else {
        return Reading::Misfit("an object of texts");
    };
    for (name, value) in map {
        let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        incident.labels.insert(name.clone(), shown);
    }
    Reading::Taken
}

fn action_items(field: &mut Vec<ActionItem>, value: &Value) -> Reading {
    let expected = Reading::Misfit("a list of objects with an `action`");
    let Value::Array(members) = value else {
        return expected;
    };
    let read: Vec<ActionItem> = members.iter().filter_map(action_item).collect();
    let complete = read.len() == members.len();
    field.extend(read);
    if complete { Reading::Taken } else { expected }
}

/// A text, or an object with an `action`; `None` for anything else.
pub(crate) fn action_item(value: &Value) -> Option<ActionItem> {
    if let Value::String(action) = value {
        return Some(ActionItem { action: action.clone(), ..ActionItem::default() });
    }
    let member = |key: &str| {
        let mut read = None;
        text(&mut read, value.get(key)?);
        read
    };
    let time = |key: &str| Calendar::default().moment(&member(key)?);
    Some(ActionItem {
        priority: member("priority"),
        action: member("action")?,
        owner: member("owner"),
        due: time("due").map(Moment::date),
        status: member("status"),
        closed_at: time("closed_at"),
        url: member("url"),
        told: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read_all(value: &Value) -> (Incident, Vec<Warning>) {
        let mut incident = Incident::new("jsonl", "a", "");
        let map = value.as_object().expect("an object").clone();
        let warnings = fill(&mut incident, map, |_| 7);
        (incident, warnings)
    }

    #[track_caller]
    fn check_kept(value: &Value, key: &str) {
        let (incident, warnings) = read_all(value);
        assert_eq!(incident.extra.get(key), value.get(key));
        assert_eq!((warnings.len(), warnings[0].line, warnings[0].field.as_str()), (1, 7, key));
    }

    #[test]
    fn known_keys_fill_their_fields() {
        let (incident, warnings) = read_all(&json!({
            "title": "Disk full", "date": "2025-10-03", "resolved_at": "2025-10-03T05:14:00Z",
            "duration_minutes": 137, "severity": "P2", "status": "closed", "services": ["a", "b", "a"],
            "labels": {"env": "prod", "n": 3}, "revenue": 12.5, "users_affected": 10,
            "action_items": [{"action": "add an alert", "due": "2025-11-01", "priority": "P1"}],
        }));
        assert_eq!(warnings, []);
        assert!(incident.started_at.is_some_and(|start| start.date_only));
        assert_eq!(incident.duration_minutes, Some(137));
        assert_eq!(incident.services, ["a", "b"]);
        assert_eq!(incident.labels["n"], "3");
        assert_eq!(incident.status, Some(Status::Resolved));
        assert_eq!(incident.action_items[0].due, Some(jiff::civil::date(2025, 11, 1)));
        assert!(incident.extra.is_empty());
    }

    #[test]
    fn unknown_keys_are_kept_without_a_word() {
        let (incident, warnings) = read_all(&json!({"title": "a", "company": "x", "end": null}));
        assert_eq!(incident.extra.get("company"), Some(&json!("x")));
        assert_eq!((incident.extra.len(), warnings.len()), (1, 0));
    }

    #[test]
    fn what_does_not_fit_is_kept_with_a_warning() {
        check_kept(&json!({"title": ["a"]}), "title");
        check_kept(&json!({"date": "yesterday"}), "date");
        check_kept(&json!({"duration_minutes": "long"}), "duration_minutes");
        check_kept(&json!({"duration_minutes": -1}), "duration_minutes");
        check_kept(&json!({"services": [{"name": "a"}]}), "services");
        check_kept(&json!({"status": "banana"}), "status");
        check_kept(&json!({"action_items": [{"task": "x"}]}), "action_items");
        check_kept(&json!({"mitigation": {"label": "x"}}), "mitigation");
    }

    #[test]
    fn numbers_as_text_are_taken_with_a_warning() {
        let (incident, warnings) = read_all(&json!({"duration_minutes": "1,137", "services": "a"}));
        assert_eq!((incident.duration_minutes, warnings.len()), (Some(1137), 1));
        assert_eq!(incident.services, ["a"]);
    }

    #[test]
    fn of_two_names_for_one_field_the_first_choice_wins() {
        let (incident, _) = read_all(&json!({
            "date": "2025-01-01", "started_at": "2025-01-02T10:00:00Z",
            "mitigation": "restart", "resolution": "fix",
        }));
        assert_eq!(
            incident.started_at.map(|at| at.to_string()).as_deref(),
            Some("2025-01-02 10:00")
        );
        assert_eq!(incident.resolution.as_deref(), Some("fix"));
        assert_eq!(incident.extra.len(), 2);
    }

    #[test]
    fn the_details_of_a_mitigation_are_its_text() {
        let (incident, warnings) =
            read_all(&json!({"mitigation": {"details": "restart", "label": "x"}}));
        assert_eq!(incident.resolution.as_deref(), Some("restart"));
        assert_eq!((incident.extra.len(), warnings.len()), (1, 1));
    }
}
