//! What filters and ties look at.

use std::cmp::Ordering;
use std::sync::Arc;

use incident::{IncidentId, Severity};

use crate::column::Column;
use crate::entry::{Entry, Recency};
use crate::facts::{Facts, Row};
use crate::names::{Holders, Names};
use crate::segment::DocId;

mod saved;

/// The facts of every document, by [`DocId`]. Cloning copies a pointer per run of documents.
#[derive(Debug, Clone)]
pub struct Catalog {
    runs: Vec<Arc<Facts>>,
    n_docs: usize,
    /// 0 for a one-off.
    classes: Column<u32>,
    pub(crate) severities: Names,
    pub(crate) services: Names,
    pub(crate) tags: Names,
    pub(crate) of_severity: Holders,
    pub(crate) of_level: Holders,
    /// By status, in their order.
    pub(crate) of_status: Holders,
    pub(crate) of_service: Holders,
    pub(crate) of_tag: Holders,
    /// Some of a class may have left it since.
    pub(crate) of_class: Holders,
}

impl Catalog {
    pub(crate) fn new() -> Self {
        Self {
            runs: Vec::new(),
            n_docs: 0,
            classes: Column::new(),
            severities: Names::default(),
            services: Names::default(),
            tags: Names::default(),
            of_severity: Holders::new(),
            of_level: Holders::new(),
            of_status: Holders::new(),
            of_service: Holders::new(),
            of_tag: Holders::new(),
            of_class: Holders::new(),
        }
    }

    /// The facts of `doc`, put together; where one of them is enough, ask for it alone.
    ///
    /// # Panics
    /// Where `doc` is not of this index; so do all that follow.
    #[must_use]
    pub fn entry(&self, doc: DocId) -> Entry {
        let (facts, at) = self.facts(doc);
        let severity = facts.severity(at).map(|number| Severity {
            verbatim: self.severities.text(number).to_owned(),
            level: facts.level(at),
        });
        let named = |names: &Names, number| names.text(number).to_owned();
        Entry {
            id: IncidentId::new(facts.id(at)),
            started_at: facts.started_at(at),
            known_from: facts.known_from(at),
            severity,
            status: facts.status(at),
            services: facts.services(at).map(|number| named(&self.services, number)).collect(),
            tags: facts.tags(at).map(|number| named(&self.tags, number)).collect(),
        }
    }

    /// The id of `doc`.
    #[must_use]
    pub fn id(&self, doc: DocId) -> &str {
        let (facts, at) = self.facts(doc);
        facts.id(at)
    }

    /// When `doc` began, in seconds since 1970, UTC; `None` for an undated one.
    #[must_use]
    pub fn started_at(&self, doc: DocId) -> Option<i64> {
        let (facts, at) = self.facts(doc);
        facts.started_at(at)
    }

    /// From when all of `doc` is known, in seconds since 1970, UTC; `None` for an undated one.
    #[must_use]
    pub fn known_from(&self, doc: DocId) -> Option<i64> {
        let (facts, at) = self.facts(doc);
        facts.known_from(at)
    }

    /// The services of `doc`, as it has them.
    pub fn services(&self, doc: DocId) -> impl Iterator<Item = &str> {
        let (facts, at) = self.facts(doc);
        facts.services(at).map(|number| self.services.text(number))
    }

    /// What decides between `doc` and others of its score.
    #[must_use]
    pub fn recency(&self, doc: DocId) -> Recency<'_> {
        let (facts, at) = self.facts(doc);
        Recency { started_at: facts.started_at(at), id: facts.id(at) }
    }

    /// The order of ties: newer first, undated last, then by id.
    #[must_use]
    pub fn newer_first(&self, left: DocId, right: DocId) -> Ordering {
        self.recency(right).cmp(&self.recency(left))
    }

    /// The number of the class `doc` is in; `None` for a one-off.
    #[must_use]
    pub fn class_of(&self, doc: DocId) -> Option<u32> {
        match *self.classes.get(doc.0 as usize) {
            0 => None,
            class => Some(class),
        }
    }

    /// How many numbers were given.
    pub(crate) fn n_docs(&self) -> u32 {
        u32::try_from(self.n_docs).expect("fewer than 2^32 documents")
    }

    /// The runs, [`Facts::ROWS`] documents each but the last.
    pub(crate) fn runs(&self) -> impl Iterator<Item = &Facts> {
        self.runs.iter().map(|run| &**run)
    }

    /// The run that `doc` is in, and its place there.
    pub(crate) fn facts(&self, doc: DocId) -> (&Facts, usize) {
        let row = doc.0 as usize;
        (&self.runs[row / Facts::ROWS], row % Facts::ROWS)
    }

    pub(crate) fn push(&mut self, entry: &Entry) -> DocId {
        let doc = DocId(u32::try_from(self.n_docs).expect("fewer than 2^32 documents"));
        let severity = entry.severity.as_ref();
        let services: Vec<u32> =
            entry.services.iter().map(|name| self.services.intern(name)).collect();
        let tags: Vec<u32> = entry.tags.iter().map(|name| self.tags.intern(name)).collect();
        services.iter().for_each(|service| self.of_service.add(*service, doc));
        tags.iter().for_each(|tag| self.of_tag.add(*tag, doc));
        let row = Row {
            id: entry.id.as_str(),
            started_at: entry.started_at,
            known_from: entry.known_from,
            severity: severity.map(|severity| self.severities.intern(&severity.verbatim)),
            level: severity.and_then(|severity| severity.level),
            status: entry.status,
            services: &services,
            tags: &tags,
        };
        row.severity.into_iter().for_each(|number| self.of_severity.add(number, doc));
        row.level.into_iter().for_each(|level| self.of_level.add(u32::from(level), doc));
        row.status.into_iter().for_each(|status| self.of_status.add(status as u32, doc));
        if self.n_docs.is_multiple_of(Facts::ROWS) {
            self.runs.push(Arc::default());
        }
        let last = self.runs.last_mut().expect("a run was added when the last was full");
        Arc::make_mut(last).push(&row);
        self.classes.push(0);
        self.n_docs += 1;
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

    /// How many bytes it takes, the names about.
    pub(crate) fn n_bytes(&self) -> usize {
        let runs: usize = self.runs.iter().map(|run| size_of::<Facts>() + run.n_bytes()).sum();
        let names = [&self.severities, &self.services, &self.tags].map(Names::n_bytes);
        let marks = [&self.of_severity, &self.of_level, &self.of_status].map(Holders::n_bytes);
        let holders = [&self.of_service, &self.of_tag, &self.of_class].map(Holders::n_bytes);
        let numbered = names.into_iter().chain(marks).chain(holders).sum::<usize>();
        runs + self.classes.n_bytes() + numbered
    }
}

#[cfg(test)]
mod tests {
    use incident::{Incident, Moment, Status};

    use super::*;

    fn entry(number: usize) -> Entry {
        let mut incident = Incident::new("test", format!("i-{number}"), "t");
        if number.is_multiple_of(3) {
            let day = format!("2025-01-{:02}", number % 28 + 1);
            incident.started_at = Moment::parse(&day).ok();
            incident.severity = Some(Severity::new(["SEV-1", "sev-1", "purple"][number % 7 % 3]));
            incident.status = Some(Status::ALL[number % 9 / 3]);
        }
        let names = ["Auth", "auth", " Pay ", "pay"];
        incident.services = names[..number % 5].iter().map(|name| (*name).to_owned()).collect();
        incident.tags = names[number % 4..].iter().map(|name| (*name).to_owned()).collect();
        Entry::of(&incident)
    }

    #[test]
    fn facts_come_back_as_they_went_in() {
        let mut catalog = Catalog::new();
        let n_docs = Facts::ROWS + 50;
        let docs: Vec<DocId> = (0..n_docs).map(|number| catalog.push(&entry(number))).collect();
        for (number, doc) in docs.iter().enumerate() {
            let expect = entry(number);
            assert_eq!(catalog.id(*doc), expect.id.as_str());
            assert_eq!(catalog.recency(*doc), expect.recency());
            assert!(catalog.services(*doc).eq(expect.services.iter()));
            assert_eq!(catalog.entry(*doc), expect);
        }
    }

    #[test]
    fn a_clone_does_not_see_what_comes_later() {
        let mut catalog = Catalog::new();
        let first = catalog.push(&entry(0));
        let before = catalog.clone();
        catalog.push(&entry(1));
        catalog.set_class(first, Some(4));
        assert_eq!((before.n_docs, before.class_of(first)), (1, None));
        assert_eq!((catalog.n_docs, catalog.class_of(first)), (2, Some(4)));
    }

    #[test]
    fn newer_documents_come_first_undated_last_then_by_id() {
        let mut catalog = Catalog::new();
        let dated =
            |id: &str, started_at| Entry { id: IncidentId::new(id), started_at, ..entry(1) };
        let given = [("c", None), ("b", Some(5)), ("a", Some(5)), ("d", Some(9)), ("b", None)];
        let mut docs: Vec<DocId> =
            given.iter().map(|(id, at)| catalog.push(&dated(id, *at))).collect();
        docs.sort_by(|left, right| catalog.newer_first(*left, *right));
        assert_eq!(docs, [3, 2, 1, 4, 0].map(DocId));
    }
}
