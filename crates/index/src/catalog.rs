//! What filters and ties look at.

use std::cmp::Ordering;

use incident::{Incident, IncidentId, Severity, Status};

use crate::column::Column;
use crate::names::{Holders, Names};
use crate::segment::DocId;

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

    /// The order of ties: newer first, undated last, then by id.
    #[must_use]
    pub fn newer_first(&self, other: &Self) -> Ordering {
        other.started_at.cmp(&self.started_at).then_with(|| self.id.cmp(&other.id))
    }
}

/// A document's facts, its names numbered.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    pub(crate) entry: Entry,
    pub(crate) severity: Option<u32>,
    pub(crate) services: Vec<u32>,
    pub(crate) tags: Vec<u32>,
}

/// The facts of every document, by [`DocId`]. Cloning copies a pointer per 512 documents.
#[derive(Debug, Clone)]
pub struct Catalog {
    facts: Column<Facts>,
    /// 0 for a one-off.
    classes: Column<u32>,
    pub(crate) severities: Names,
    pub(crate) services: Names,
    pub(crate) tags: Names,
    pub(crate) of_service: Holders,
    pub(crate) of_tag: Holders,
    /// Some of a class may have left it since.
    pub(crate) of_class: Holders,
}

impl Catalog {
    pub(crate) fn new() -> Self {
        Self {
            facts: Column::new(),
            classes: Column::new(),
            severities: Names::default(),
            services: Names::default(),
            tags: Names::default(),
            of_service: Holders::new(),
            of_tag: Holders::new(),
            of_class: Holders::new(),
        }
    }

    /// The facts of `doc`.
    ///
    /// # Panics
    /// Where `doc` is not of this index.
    #[must_use]
    pub fn entry(&self, doc: DocId) -> &Entry {
        &self.facts(doc).entry
    }

    /// The number of the class `doc` is in; `None` for a one-off.
    ///
    /// # Panics
    /// Where `doc` is not of this index.
    #[must_use]
    pub fn class_of(&self, doc: DocId) -> Option<u32> {
        match *self.classes.get(doc.0 as usize) {
            0 => None,
            class => Some(class),
        }
    }

    /// How many numbers were given.
    pub(crate) fn n_docs(&self) -> u32 {
        u32::try_from(self.facts.len()).expect("fewer than 2^32 documents")
    }

    pub(crate) fn facts(&self, doc: DocId) -> &Facts {
        self.facts.get(doc.0 as usize)
    }

    pub(crate) fn push(&mut self, entry: Entry) -> DocId {
        let doc = DocId(u32::try_from(self.facts.len()).expect("fewer than 2^32 documents"));
        let severity =
            entry.severity.as_ref().map(|severity| self.severities.intern(&severity.verbatim));
        let services: Vec<u32> =
            entry.services.iter().map(|name| self.services.intern(name)).collect();
        let tags: Vec<u32> = entry.tags.iter().map(|name| self.tags.intern(name)).collect();
        services.iter().for_each(|service| self.of_service.add(*service, doc));
        tags.iter().for_each(|tag| self.of_tag.add(*tag, doc));
        self.facts.push(Facts { entry, severity, services, tags });
        self.classes.push(0);
        doc
    }

    pub(crate) fn set_class(&mut self, doc: DocId, class: Option<u32>) {
        if self.class_of(doc) == class {
            return;
        }
        self.classes.set(doc.0 as usize, class.unwrap_or(0));
        if let Some(class) = class {
            self.of_class.add(class, doc);
        }
    }
}
