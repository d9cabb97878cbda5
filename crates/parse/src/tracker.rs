//! Records that trackers and tables hold: each is translated into the known keys, a text that is read as a page, and
//! notes.

use incident::{Incident, IncidentId, Moment, Status, TimelineEvent};
use serde_json::{Map, Value};

use crate::calendar::Calendar;
use crate::columns::LISTS;
use crate::fields;
use crate::format::Format;
use crate::id;
use crate::inline::headline;
use crate::page::{self, Body};
use crate::problem::{Outcome, Parsed, Problem, Warning};
use crate::record::Record;
use crate::refusal::Refusal;
use members::Member;
pub(crate) use members::Members;
use note::Note;

mod adf;
mod facets;
mod github;
pub(crate) mod jira;
mod members;
mod note;
mod pagerduty;
mod servicenow;
mod sheet;
mod times;
mod wiki_markup;

/// Reads one record.
pub(crate) fn read(record: &Record) -> Outcome {
    let read = Members::read(&record.content).and_then(|members| match record.format {
        Format::PagerDuty => pagerduty::read(members),
        Format::ServiceNow => servicenow::read(members),
        Format::Jira => jira::read(members),
        Format::GitHub => github::read(members),
        _ => sheet::read(members),
    });
    let outcome = read.and_then(|drafted| match drafted {
        Drafted::Incident(draft) => {
            draft.finish(record).map(|parsed| Outcome::Parsed(Box::new(parsed)))
        }
        Drafted::Other(reason) => Ok(Outcome::Skipped { reason }),
    });
    outcome.unwrap_or_else(|(field, reason)| {
        Outcome::Refused(Problem { file: record.file.clone(), line: record.line, field, reason })
    })
}

/// What a record was taken for.
enum Drafted {
    Incident(Box<Draft>),
    /// No incident, and why.
    Other(String),
}

/// An incident as a record tells it.
#[derive(Debug, Default)]
struct Draft {
    id: Option<String>,
    /// Known keys.
    fields: Map<String, Value>,
    /// The columns of a table that keys were taken from: key, number from 1, name.
    columns: Vec<(String, usize, String)>,
    /// A text that is read as a page.
    body: String,
    /// When the record was opened and closed, which counts where nothing says when the incident began and ended.
    lifetime: (Option<Moment>, Option<Moment>),
    /// What was written while it went on and afterwards.
    notes: Vec<Note>,
    /// Work that follows and is kept beside the text, as records have action items.
    follow_ups: Vec<Value>,
    /// What has no field.
    rest: Map<String, Value>,
    warnings: Vec<(String, String)>,
}

impl Draft {
    /// Takes a member for a known key; nothing where it says nothing.
    fn put(&mut self, key: &str, member: Option<Member>) {
        let Some(Member { name, column, value }) = member else {
            return;
        };
        if let Some(column) = column {
            self.columns.push((key.to_owned(), column, name));
        }
        self.set(key, value);
    }

    /// States a known key, unless it is stated already or the value says nothing.
    fn set(&mut self, key: &str, value: impl Into<Value>) {
        let value = known_value(key, value.into());
        let says_nothing = match &value {
            Value::Null => true,
            Value::String(text) => text.trim().is_empty(),
            Value::Array(items) => items.is_empty(),
            _ => false,
        };
        if !says_nothing && !self.fields.contains_key(key) {
            self.fields.insert(key.to_owned(), value);
        }
    }

    /// States the status, where the word is one that is known.
    fn set_status(&mut self, word: &str) {
        match Status::from_word(word) {
            Some(status) => self.set("status", status.name()),
            None if word.is_empty() => {}
            None => {
                self.rest.insert("status".to_owned(), word.into());
            }
        }
    }

    /// The moment that a member states; a warning where it states none.
    fn moment(&mut self, member: Option<Member>) -> Option<Moment> {
        let Member { name, column, value } = member?;
        let text = members::text(&value)?;
        let stated = moment(&text);
        if stated.is_none() {
            let place = column.map(|number| format!(" (column {number}, `{name}`)"));
            let expected = "expected a date YYYY-MM-DD or an RFC 3339 time; kept as it came";
            self.warn(&name, format!("{expected}{}", place.unwrap_or_default()));
            self.rest.insert(name, text.into());
        }
        stated
    }

    fn warn(&mut self, field: &str, message: impl Into<String>) {
        self.warnings.push((field.to_owned(), message.into()));
    }

    /// Adds to the text that is read as a page.
    fn tell(&mut self, text: &str) {
        if !text.trim().is_empty() {
            self.body.push_str(text.trim());
            self.body.push_str("\n\n");
        }
    }

    /// Keeps what no field was found for, where it is a plain value.
    fn keep_rest(&mut self, members: Members) {
        for Member { name, value, .. } in members {
            if matches!(value, Value::String(_) | Value::Number(_) | Value::Bool(_)) {
                self.rest.insert(name, value);
            }
        }
    }

    fn finish(mut self, record: &Record) -> Result<Parsed, Refusal> {
        let id = self.id.take().unwrap_or_default();
        if id.is_empty() {
            return Err((
                "id".to_owned(),
                "none found; expected a text or number that is not empty".to_owned(),
            ));
        }
        id::check(&id).map_err(|reason| ("id".to_owned(), reason))?;
        let mut incident = Incident::new(record.source.as_str(), id.as_str(), "");
        incident.id = IncidentId::new(id.as_str());
        let mut warnings =
            fields::fill(&mut incident, std::mem::take(&mut self.fields), |_| record.line);
        self.name_columns(&mut warnings);
        let told = self
            .warnings
            .drain(..)
            .map(|(field, message)| Warning::new(record.line, &field, message));
        warnings.extend(told);
        self.fill_from_texts(&mut incident, record, &mut warnings);
        incident.extra.extend(std::mem::take(&mut self.rest));
        name(&mut incident)?;
        Ok(Parsed { incident, warnings })
    }

    /// Says in which column of a table a warning was found.
    fn name_columns(&self, warnings: &mut [Warning]) {
        for warning in warnings {
            if let Some((_, number, name)) =
                self.columns.iter().find(|(key, ..)| *key == warning.field)
            {
                warning.message.push_str(&format!(" (column {number}, `{name}`)"));
            }
        }
    }

    fn fill_from_texts(
        &mut self,
        incident: &mut Incident,
        record: &Record,
        warnings: &mut Vec<Warning>,
    ) {
        let title = incident.title.clone();
        if !self.body.is_empty() {
            let body = Body { text: &self.body, first_line: record.line, path_id: "" };
            let mut told = Vec::new();
            page::tell(incident, &body, &mut told);
            // The text stands in one member, whose lines are none of the file.
            warnings
                .extend(told.into_iter().map(|warning| Warning { line: record.line, ..warning }));
        }
        if title.trim().is_empty() {
            incident.title = title;
        }
        incident.action_items.extend(self.follow_ups.iter().filter_map(fields::action_item));
        let (opened, closed) = self.lifetime;
        if incident.started_at.is_none() {
            incident.started_at = opened;
            incident.resolved_at = incident.resolved_at.or(closed);
        }
        self.add_notes(incident);
    }

    /// The notes are events; what people said in them is text, and where nothing else tells cause or resolution, they may.
    fn add_notes(&mut self, incident: &mut Incident) {
        self.notes.sort_by_key(|note| note.at.map(|at| at.at));
        let said = self.notes.iter().filter(|note| !note.is_logged);
        let said: Vec<&str> = said.map(|note| note.text.trim()).collect();
        let said = said.join("\n\n");
        incident.timeline.extend(self.notes.drain(..).map(TimelineEvent::from));
        if said.is_empty() {
            return;
        }
        let mut told = Incident::new("", "", "");
        let body = Body { text: &said, first_line: 1, path_id: "" };
        page::tell(&mut told, &body, &mut Vec::new());
        incident.root_cause = incident.root_cause.take().or(told.root_cause);
        incident.resolution = incident.resolution.take().or(told.resolution);
        let before = incident.text.take().map(|text| format!("{text}\n\n")).unwrap_or_default();
        incident.text = Some(format!("{before}{said}"));
    }
}

/// A value as the known key has it: one text of a list as the list, a list of texts as one, a time in a form that is read.
pub(crate) fn known_value(key: &str, value: Value) -> Value {
    let is_time = key.ends_with("_at") || key == "date";
    match value {
        Value::String(text) if LISTS.contains(&key) => listed(&text),
        Value::Array(items) if LISTS.contains(&key) => {
            items.iter().filter_map(members::text).collect()
        }
        Value::Array(_) if key != "action_items" => members::texts(&value).join("\n\n").into(),
        Value::String(text) if is_time => times::readable(&text).into(),
        Value::Number(number) if is_time => times::since_1970(&number),
        Value::Object(_) if !["labels", "mitigation"].contains(&key) => {
            members::text(&value).into()
        }
        other => other,
    }
}

/// Gives an incident without a title the first line of its text.
fn name(incident: &mut Incident) -> Result<(), Refusal> {
    if !incident.title.trim().is_empty() {
        return Ok(());
    }
    let texts = [&incident.summary, &incident.symptoms, &incident.root_cause, &incident.text];
    let title = texts.into_iter().flatten().find_map(|text| headline(text));
    incident.untitled = true;
    let missing = || {
        (
            "title".to_owned(),
            "none found; expected a title, or a text that tells what happened".to_owned(),
        )
    };
    incident.title = title.ok_or_else(missing)?;
    Ok(())
}

/// A list written in one cell.
fn listed(text: &str) -> Value {
    let items = text.split([',', ';', '|', '\n']).map(str::trim).filter(|item| !item.is_empty());
    items.map(Value::from).collect()
}

/// The moment that a text states.
fn moment(text: &str) -> Option<Moment> {
    Calendar::default().moment(&times::readable(text))
}
