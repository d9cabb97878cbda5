//! The incident itself.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::action_item::ActionItem;
use crate::as_of::AsOf;
use crate::field::Field;
use crate::id::IncidentId;
use crate::severity::Severity;
use crate::status::Status;
use crate::time::Moment;

/// One incident, as its documents tell it. `None` and empty lists mean: not stated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// The name it is known by everywhere; equal to `external_id` unless two sources clash.
    pub id: IncidentId,
    /// Where it came from: the `--source` given, else the name of the format.
    pub source: String,
    /// Its id within the source.
    pub external_id: String,
    /// One line; never empty (a record without one gets the first line of its text).
    pub title: String,
    /// Whether the record has no title of its own and `title` repeats the beginning of its text.
    #[serde(default)]
    pub untitled: bool,
    /// When it began.
    pub started_at: Option<Moment>,
    /// When it was over.
    pub resolved_at: Option<Moment>,
    /// When the record was last changed at its source.
    pub updated_at: Option<Moment>,
    /// How long it lasted, in minutes.
    pub duration_minutes: Option<u32>,
    /// How bad it was.
    pub severity: Option<Severity>,
    /// How far it has come.
    pub status: Option<Status>,
    /// The affected services, in the order of the document, without repeats.
    pub services: Vec<String>,
    /// Tags, in the order of the document, without repeats.
    pub tags: Vec<String>,
    /// The team that owns it.
    pub team: Option<String>,
    /// What happened, in short.
    pub summary: Option<String>,
    /// What was seen from outside.
    pub symptoms: Option<String>,
    /// Why it happened.
    pub root_cause: Option<String>,
    /// What ended it.
    pub resolution: Option<String>,
    /// Whom and what it hurt.
    pub impact: Option<String>,
    /// How many users it hurt.
    pub users_affected: Option<u64>,
    /// The revenue it cost, in the currency of the document.
    pub revenue: Option<f64>,
    /// The whole text of the document, without its front matter.
    pub text: Option<String>,
    /// Where the document lives.
    pub url: Option<String>,
    /// Who wrote it.
    pub author: Option<String>,
    /// Who answered the page.
    pub responders: Vec<String>,
    /// Labels of an alert.
    pub labels: BTreeMap<String, String>,
    /// What happened when, in the order of the document.
    pub timeline: Vec<TimelineEvent>,
    /// Promised follow-ups, in the order of the document.
    pub action_items: Vec<ActionItem>,
    /// Wiki links to other documents.
    pub links: Vec<Link>,
    /// Keys that Relapse does not know, and known ones of another type, kept as they came.
    pub extra: BTreeMap<String, Value>,
}

/// One line of a timeline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineEvent {
    /// When, where the document lets the day be known too.
    pub at: Option<Moment>,
    /// The time as written: `15:05 UTC`.
    pub time: String,
    /// What happened.
    pub event: String,
}

/// A wiki link, `[[target|label]]`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The document it points to.
    pub target: String,
    /// The text shown; `None` where it is the target itself.
    pub label: Option<String>,
}

impl Incident {
    /// An incident of which nothing is known but its name and title.
    #[must_use]
    pub fn new(
        source: impl Into<String>,
        external_id: impl Into<String>,
        title: impl Into<String>,
    ) -> Self {
        let external_id = external_id.into();
        Self {
            id: IncidentId::new(external_id.clone()),
            source: source.into(),
            external_id,
            title: title.into(),
            untitled: false,
            started_at: None,
            resolved_at: None,
            updated_at: None,
            duration_minutes: None,
            severity: None,
            status: None,
            services: Vec::new(),
            tags: Vec::new(),
            team: None,
            summary: None,
            symptoms: None,
            root_cause: None,
            resolution: None,
            impact: None,
            users_affected: None,
            revenue: None,
            text: None,
            url: None,
            author: None,
            responders: Vec::new(),
            labels: BTreeMap::new(),
            timeline: Vec::new(),
            action_items: Vec::new(),
            links: Vec::new(),
            extra: BTreeMap::new(),
        }
    }

    /// The text of `field`; `None` where it is not stated. [`Field::Services`] has no text of its own:
    /// read [`Incident::services`].
    #[must_use]
    pub fn text_of(&self, field: Field) -> Option<&str> {
        match field {
            Field::Title => Some(&self.title),
            Field::Summary => self.summary.as_deref(),
            Field::Symptoms => self.symptoms.as_deref(),
            Field::RootCause => self.root_cause.as_deref(),
            Field::Resolution => self.resolution.as_deref(),
            Field::Impact => self.impact.as_deref(),
            Field::Text => self.text.as_deref(),
            Field::Services => None,
        }
    }

    /// The same to be changed.
    pub fn text_mut(&mut self, field: Field) -> Option<&mut String> {
        match field {
            Field::Title => Some(&mut self.title),
            Field::Summary => self.summary.as_mut(),
            Field::Symptoms => self.symptoms.as_mut(),
            Field::RootCause => self.root_cause.as_mut(),
            Field::Resolution => self.resolution.as_mut(),
            Field::Impact => self.impact.as_mut(),
            Field::Text => self.text.as_mut(),
            Field::Services => None,
        }
    }

    /// Takes the text of `field` away, as if it had never been stated. A title that repeated the beginning of a text
    /// stands for itself once the text is gone.
    pub fn forget(&mut self, field: Field) {
        match field {
            Field::Title => (self.title, self.untitled) = (String::new(), true),
            Field::Summary => self.summary = None,
            Field::Symptoms => self.symptoms = None,
            Field::RootCause => self.root_cause = None,
            Field::Resolution => self.resolution = None,
            Field::Impact => self.impact = None,
            Field::Text => (self.text, self.untitled) = (None, self.title.is_empty()),
            Field::Services => self.services.clear(),
        }
    }

    /// From when its cause, resolution and action items are known: the time it was resolved, else the
    /// end of the day it began. `None` for an undated incident.
    #[must_use]
    pub fn known_from(&self) -> Option<Timestamp> {
        match (self.resolved_at, self.started_at) {
            (Some(resolved), _) if resolved.date_only => Some(resolved.end_of_day()),
            (Some(resolved), _) => Some(resolved.at),
            (None, Some(started)) => Some(started.end_of_day()),
            (None, None) => None,
        }
    }

    /// Minutes from start to resolution: as stated, else between two exact times; `None` where neither
    /// is known.
    #[must_use]
    pub fn time_to_resolve_minutes(&self) -> Option<u32> {
        if self.duration_minutes.is_some() {
            return self.duration_minutes;
        }
        let (start, end) = (self.started_at?, self.resolved_at?);
        if start.date_only || end.date_only {
            return None;
        }
        u32::try_from((end.secs() - start.secs()) / crate::SECS_PER_MINUTE).ok()
    }

    /// The incident as it was known at `as_of`; `None` where it had not begun, or is undated and the
    /// as-of is explicit. At the default as-of, which is now, all of what has begun is known.
    ///
    /// Before [`Incident::known_from`] it is open, and has no cause, resolution, impact or action
    /// items; its whole text counts as written afterwards where the record holds any of these.
    #[must_use]
    pub fn as_known_at(&self, as_of: AsOf) -> Option<Self> {
        self.is_seen_at(as_of).then(|| self.clone().known_at(as_of))
    }

    /// The same without a copy.
    #[must_use]
    pub fn into_known_at(self, as_of: AsOf) -> Option<Self> {
        self.is_seen_at(as_of).then(|| self.known_at(as_of))
    }

    /// Whether anything was known of it at `as_of`: it had begun; an undated one where the as-of is the default.
    #[must_use]
    pub fn is_seen_at(&self, as_of: AsOf) -> bool {
        self.started_at.map_or(!as_of.explicit, |started| started.at <= as_of.at)
    }

    /// What was known of it, once it is seen.
    fn known_at(mut self, as_of: AsOf) -> Self {
        if !as_of.explicit {
            return self;
        }
        if self.known_from().is_some_and(|from| from > as_of.at) {
            self.forget_the_aftermath(as_of);
        }
        for item in &mut self.action_items {
            *item = item.as_known_at(as_of);
        }
        self
    }

    fn forget_the_aftermath(&mut self, as_of: AsOf) {
        let written_afterwards = self.root_cause.is_some()
            || self.resolution.is_some()
            || !self.action_items.is_empty()
            || !self.timeline.is_empty();
        if written_afterwards {
            self.text = None;
        }
        self.root_cause = None;
        self.resolution = None;
        self.impact = None;
        self.users_affected = None;
        self.revenue = None;
        self.resolved_at = None;
        self.duration_minutes = None;
        self.action_items.clear();
        self.timeline.retain(|event| event.at.is_some_and(|at| at.at <= as_of.at));
        self.status = self.status.map(|_| Status::Open);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_forgotten_was_never_stated() {
        let mut incident = Incident::new("jsonl", "1", "Disk full");
        incident.text = Some("Disk full on db-3".to_owned());
        incident.untitled = true;
        incident.services = vec!["ledger".to_owned()];
        incident.forget(Field::Text);
        incident.forget(Field::Services);
        let bare = Incident { untitled: false, ..Incident::new("jsonl", "1", "Disk full") };
        assert_eq!(incident, bare);
        incident.forget(Field::Title);
        assert!(incident.untitled && incident.title.is_empty());
    }

    fn resolved() -> Incident {
        let mut incident = Incident::new("markdown", "a", "TLS handshake failure");
        incident.started_at = Moment::parse("2025-10-03T02:57:00Z").ok();
        incident.resolved_at = Moment::parse("2025-10-03T05:14:00Z").ok();
        incident.status = Some(Status::Resolved);
        incident.summary = Some("handshakes failed".into());
        incident.root_cause = Some("an incomplete chain".into());
        incident.text = Some("handshakes failed. an incomplete chain".into());
        incident
    }

    fn instant(text: &str) -> AsOf {
        AsOf::parse(text).expect("a time")
    }

    #[test]
    fn before_it_began_it_is_not_known() {
        assert_eq!(resolved().as_known_at(instant("2025-10-02")), None);
    }

    #[test]
    fn while_it_lasts_its_cause_is_not_known() {
        let known = resolved().as_known_at(instant("2025-10-03T03:30:00Z")).expect("it had begun");
        assert_eq!((known.root_cause, known.text), (None, None));
        assert_eq!(known.summary.as_deref(), Some("handshakes failed"));
        assert_eq!(known.status, Some(Status::Open));
    }

    #[test]
    fn after_it_all_is_known() {
        assert_eq!(resolved().as_known_at(instant("2025-10-03T05:14:00Z")), Some(resolved()));
    }

    #[test]
    fn an_undated_one_is_not_seen_under_an_explicit_as_of() {
        let undated = Incident::new("jsonl", "b", "x");
        assert_eq!(undated.as_known_at(instant("2030-01-01")), None);
        let now = AsOf::now("2026-01-01T00:00:00Z".parse().expect("a time"));
        assert_eq!(undated.as_known_at(now), Some(undated.clone()));
    }

    #[test]
    fn the_time_to_resolve_is_stated_or_counted() {
        assert_eq!(resolved().time_to_resolve_minutes(), Some(137));
        let stated = Incident { duration_minutes: Some(9), ..resolved() };
        assert_eq!(stated.time_to_resolve_minutes(), Some(9));
    }

    #[test]
    fn it_survives_its_json_form() {
        let json = serde_json::to_string(&resolved()).expect("it serialises");
        assert_eq!(serde_json::from_str::<Incident>(&json).expect("it reads back"), resolved());
    }
}
