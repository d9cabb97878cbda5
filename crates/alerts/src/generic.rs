//! Any JSON, by a map of where its fields are.

use std::collections::BTreeMap;

use incident::Status;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::content::Content;
use crate::error::{Error, Result};
use crate::fact::{Fact, Notice};
use crate::value::Place;

/// The alerts of one message.
const ALERTS_MAX: usize = 1_000;

/// Where the fields of an alert are in a body, as dotted paths such as `event.tags.0`, and what holds where a path leads
/// nowhere. Written in TOML:
///
/// ```
/// let map = alerts::FieldMap::read_toml(r#"
///     source = "zabbix"
///     [fields]
///     id = "event.id"
///     title = "event.name"
///     status = "event.value"
///     starts_at = "event.clock"
///     services = "host.name"
///     [defaults]
///     severity = "SEV-3"
///     [words]
///     resolved = ["0", "ok"]
/// "#).expect("a map");
/// let body = br#"{"event": {"id": 7, "name": "Disk full", "value": 1, "clock": 1795143600}, "host": {"name": "db"}}"#;
/// let notices = alerts::read_by(&map, body, jiff::Timestamp::UNIX_EPOCH).expect("an alert");
/// assert_eq!(notices.len(), 1);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldMap {
    /// The source of the incidents.
    pub source: String,
    /// The list of alerts, where a body has several; paths then begin at an alert.
    pub alerts: Option<String>,
    /// Where each field is.
    pub fields: Paths,
    /// What a field holds where its path leads nowhere.
    #[serde(default)]
    pub defaults: Defaults,
    /// What the sender's words for the status mean.
    #[serde(default)]
    pub words: Words,
}

/// Where each field is; those without a path are empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Paths {
    /// The alert: the same from when it fires until it is resolved.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// Whether it fires.
    pub status: Option<String>,
    /// When it began to fire; without it, when the message came.
    pub starts_at: Option<String>,
    /// When it was resolved; without it, when the message came that says so.
    pub ends_at: Option<String>,
    /// What was seen.
    pub symptoms: Option<String>,
    /// Where: a text or a list.
    pub services: Option<String>,
    /// How bad it is.
    pub severity: Option<String>,
    /// Whose it is.
    pub team: Option<String>,
    /// Where to read more.
    pub url: Option<String>,
    /// Words it is filed under: a text or a list.
    pub tags: Option<String>,
}

/// What a field holds where its path leads nowhere.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Defaults {
    /// The title.
    pub title: Option<String>,
    /// The services.
    pub services: Vec<String>,
    /// The severity.
    pub severity: Option<String>,
    /// The team.
    pub team: Option<String>,
}

/// What the sender's words for the status mean, besides the usual ones; case does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Words {
    /// It is over.
    pub resolved: Vec<String>,
    /// Messages of this status are passed over.
    pub ignored: Vec<String>,
}

/// What most senders call the end of an alert.
const RESOLVED: [&str; 8] =
    ["resolved", "resolve", "ok", "recovered", "recovery", "closed", "close", "normal"];

impl FieldMap {
    /// Reads a map written in TOML.
    ///
    /// # Errors
    /// [`Error::Map`] with the line and what is wrong there.
    pub fn read_toml(text: &str) -> Result<Self> {
        toml::from_str(text).map_err(|error| Error::Map(error.to_string()))
    }

    pub(crate) fn read(&self, body: &Value, received_at: Timestamp) -> Result<Vec<Notice>> {
        let body = Place::top(body);
        let Some(list) = &self.alerts else {
            return Ok(vec![self.notice(&body, received_at)?]);
        };
        let list = body.at(list).ok_or_else(|| missing(list, "a list of alerts"))?;
        let alerts = list.items()?;
        if alerts.len() > ALERTS_MAX {
            return Err(list.wrong("at most 1000 alerts"));
        }
        alerts.iter().map(|alert| self.notice(alert, received_at)).collect()
    }

    fn notice(&self, alert: &Place<'_>, received_at: Timestamp) -> Result<Notice> {
        let Paths { id, status, starts_at, ends_at, .. } = &self.fields;
        let id = text(alert, Some(id)).ok_or_else(|| missing(id, "the id of the alert"))?;
        let status = text(alert, status.as_ref()).unwrap_or_default().to_lowercase();
        let is_one_of = |words: &[String]| words.iter().any(|word| word.to_lowercase() == status);
        if is_one_of(&self.words.ignored) {
            return Ok(Notice::Nothing { reason: format!("status {status} is passed over") });
        }
        let is_over = is_one_of(&self.words.resolved)
            || RESOLVED.contains(&status.as_str())
            || Status::from_word(&status) == Some(Status::Resolved);
        let began_at = time(alert, starts_at.as_ref())?;
        let starts_at = began_at.unwrap_or(received_at);
        let ended_at = time(alert, ends_at.as_ref())?.unwrap_or(received_at);
        let fact = Fact {
            alert: id.clone(),
            starts_at,
            is_undated: began_at.is_none(),
            ends_at: is_over.then(|| ended_at.max(starts_at)),
            told_at: None,
            content: self.content(alert)?,
        };
        let group = crate::alertmanager::slug(&id);
        Ok(Notice::Facts { source: self.source.clone(), group, message: None, facts: vec![fact] })
    }

    fn content(&self, alert: &Place<'_>) -> Result<Content> {
        let Self { fields, defaults, .. } = self;
        let title = text(alert, Some(&fields.title)).or_else(|| defaults.title.clone());
        let or = |found: Vec<String>, default: &Vec<String>| match found.is_empty() {
            true => default.clone(),
            false => found,
        };
        Ok(Content {
            title: title.ok_or_else(|| missing(&fields.title, "a title, or a default for it"))?,
            symptoms: text(alert, fields.symptoms.as_ref()),
            services: or(texts(alert, fields.services.as_ref()), &defaults.services),
            severity: text(alert, fields.severity.as_ref()).or_else(|| defaults.severity.clone()),
            team: text(alert, fields.team.as_ref()).or_else(|| defaults.team.clone()),
            url: text(alert, fields.url.as_ref()),
            runbook: None,
            responders: Vec::new(),
            tags: texts(alert, fields.tags.as_ref()),
            labels: BTreeMap::new(),
        })
    }
}

fn missing(path: &str, expected: &'static str) -> Error {
    Error::Field { path: path.to_owned(), found: "missing".to_owned(), expected }
}

fn text(alert: &Place<'_>, path: Option<&String>) -> Option<String> {
    alert.at(path?)?.text()
}

/// The texts of a list, or the one text.
fn texts(alert: &Place<'_>, path: Option<&String>) -> Vec<String> {
    let Some(place) = path.and_then(|path| alert.at(path)) else {
        return Vec::new();
    };
    match place.items() {
        Ok(items) => items.iter().filter_map(Place::text).collect(),
        Err(_) => place.text().into_iter().collect(),
    }
}

fn time(alert: &Place<'_>, path: Option<&String>) -> Result<Option<Timestamp>> {
    path.and_then(|path| alert.at(path)).map_or(Ok(None), |place| place.time())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAP: &str = "source = 'probe'\nalerts = 'checks'\n[fields]\nid = 'key'\ntitle = 'what'\nstatus = 'state'\n\
                       services = 'where'\n[defaults]\nservices = ['edge']\n[words]\nresolved = ['GREEN']\nignored = ['grey']\n";

    fn read(body: &str) -> Result<Vec<Notice>> {
        let map = FieldMap::read_toml(MAP).expect("a map");
        crate::read_by(&map, body.as_bytes(), "2026-11-20T03:00:00Z".parse().expect("a time"))
    }

    #[test]
    fn each_alert_of_a_list_is_read() {
        let body = r#"{"checks": [{"key": 1, "what": "Slow", "state": "red", "where": ["a", "b"]},
            {"key": 2, "what": "Down", "state": "green"}, {"key": 3, "what": "Odd", "state": "grey"}]}"#;
        let notices = read(body).expect("alerts");
        let told: Vec<_> = notices
            .iter()
            .map(|notice| match notice {
                Notice::Facts { facts, .. } => {
                    Some((facts[0].content.services.join(","), facts[0].ends_at.is_some()))
                }
                Notice::Nothing { .. } => None,
            })
            .collect();
        assert_eq!(told, [Some(("a,b".to_owned(), false)), Some(("edge".to_owned(), true)), None]);
    }

    #[test]
    fn a_map_and_a_body_that_do_not_fit_are_told_where() {
        let error = read(r#"{"checks": [{"what": "Slow"}]}"#).expect_err("no id").to_string();
        assert!(error.contains("`key` is missing"), "{error}");
        let error = read("{}").expect_err("no list").to_string();
        assert!(error.contains("`checks` is missing"), "{error}");
        let error = FieldMap::read_toml("source = 'x'\n[fields]\nidd = 'a'").expect_err("a typo");
        assert!(error.to_string().contains("idd"), "{error}");
    }
}
