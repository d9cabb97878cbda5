//! One document's facts, as they come in and go out.

use std::cmp::Ordering;

use incident::{Incident, IncidentId, Severity, Status};

/// The facts of a document that a search looks at besides its terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The incident's id.
    pub id: IncidentId,
    /// Seconds since 1970, UTC; `None` for an undated incident.
    pub started_at: Option<i64>,
    /// From when all of it is known, in seconds since 1970, UTC; `None` for an undated incident.
    pub known_from: Option<i64>,
    /// How bad it was.
    pub severity: Option<Severity>,
    /// How far it has come.
    pub status: Option<Status>,
    /// The affected services.
    pub services: Vec<String>,
    /// Its tags.
    pub tags: Vec<String>,
}

/// What decides between documents of equal score: greater is newer, undated ones are the oldest; then the
/// smaller id is greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recency<'a> {
    /// Seconds since 1970, UTC; `None` for an undated incident.
    pub started_at: Option<i64>,
    /// The incident's id.
    pub id: &'a str,
}

impl Entry {
    /// The facts of `incident`.
    #[must_use]
    pub fn of(incident: &Incident) -> Self {
        Self {
            id: incident.id.clone(),
            started_at: incident.started_at.map(incident::Moment::secs),
            known_from: incident.known_from().map(|at| at.as_second()),
            severity: incident.severity.clone(),
            status: incident.status,
            services: incident.services.clone(),
            tags: incident.tags.clone(),
        }
    }

    /// What decides where scores are equal.
    #[must_use]
    pub fn recency(&self) -> Recency<'_> {
        Recency { started_at: self.started_at, id: self.id.as_str() }
    }
}

impl Ord for Recency<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.started_at.cmp(&other.started_at).then_with(|| other.id.cmp(self.id))
    }
}

impl PartialOrd for Recency<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
