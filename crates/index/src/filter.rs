//! Which documents may answer.

use incident::{AsOf, IncidentId, Status};

use crate::catalog::Catalog;
use crate::segment::DocId;

/// Which documents may answer. Within a list one match is enough; every list that is not empty must
/// match. The default lets every document through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Names of services, in any case.
    pub services: Vec<String>,
    /// Severities as the documents have them, in any case, or levels `1` to `5`.
    pub severities: Vec<String>,
    /// Statuses.
    pub statuses: Vec<Status>,
    /// Tags, in any case.
    pub tags: Vec<String>,
    /// Numbers of classes.
    pub classes: Vec<u32>,
    /// Not of this class.
    pub not_class: Option<u32>,
    /// Began at this second or later; leaves undated documents out.
    pub since: Option<i64>,
    /// Began at this second or earlier; leaves undated documents out.
    pub until: Option<i64>,
    /// Began before this second; leaves undated documents out.
    pub before: Option<i64>,
    /// Begun then; with an explicit one also wholly known, and not undated.
    pub as_of: Option<AsOf>,
    /// Not this incident.
    pub exclude: Option<IncidentId>,
}

impl Filter {
    /// Whether it lets every document through.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A filter with its names numbered, ready to be asked many times.
#[derive(Debug)]
pub(crate) struct Selector<'a> {
    filter: &'a Filter,
    catalog: &'a Catalog,
    services: Vec<u32>,
    severities: Vec<u32>,
    levels: Vec<u8>,
    tags: Vec<u32>,
    lets_all: bool,
}

impl<'a> Selector<'a> {
    pub(crate) fn new(filter: &'a Filter, catalog: &'a Catalog) -> Self {
        let level =
            |text: &String| text.trim().parse().ok().filter(|level| (1..=5).contains(level));
        let found = |names: &[String], known: &crate::names::Names| -> Vec<u32> {
            names.iter().filter_map(|name| known.find(name)).collect()
        };
        Self {
            services: found(&filter.services, &catalog.services),
            severities: found(&filter.severities, &catalog.severities),
            levels: filter.severities.iter().filter_map(level).collect(),
            tags: found(&filter.tags, &catalog.tags),
            lets_all: filter.is_empty(),
            filter,
            catalog,
        }
    }

    pub(crate) fn lets_all(&self) -> bool {
        self.lets_all
    }

    /// A short list of documents, ascending, outside of which none is accepted, where the filter names
    /// what few documents have: at most `n_max` of them.
    pub(crate) fn narrowed(&self, n_max: usize) -> Option<Vec<DocId>> {
        let (filter, catalog) = (self.filter, self.catalog);
        let lists = [
            (filter.services.is_empty(), &catalog.of_service, self.services.as_slice()),
            (filter.tags.is_empty(), &catalog.of_tag, self.tags.as_slice()),
            (filter.classes.is_empty(), &catalog.of_class, filter.classes.as_slice()),
        ];
        let asked = lists.iter().filter(|(is_any, ..)| !is_any);
        let counted = asked.map(|(_, holders, numbers)| (holders.count(numbers), holders, numbers));
        let (count, holders, numbers) = counted.min_by_key(|(count, ..)| *count)?;
        (count <= n_max).then(|| holders.of(numbers))
    }

    pub(crate) fn accepts(&self, doc: DocId) -> bool {
        self.lets_all || (self.fits_in_time(doc) && self.has_the_names(doc))
    }

    fn fits_in_time(&self, doc: DocId) -> bool {
        let entry = self.catalog.entry(doc);
        let holds = |bound: Option<i64>, test: fn(i64, i64) -> bool| {
            bound.is_none_or(|bound| entry.started_at.is_some_and(|at| test(at, bound)))
        };
        let known = self.filter.as_of.is_none_or(|as_of| {
            let by_then = |at: Option<i64>| at.is_some_and(|at| at <= as_of.secs());
            if as_of.explicit {
                by_then(entry.started_at) && by_then(entry.known_from)
            } else {
                entry.started_at.is_none() || by_then(entry.started_at)
            }
        });
        known
            && holds(self.filter.since, |at, bound| at >= bound)
            && holds(self.filter.until, |at, bound| at <= bound)
            && holds(self.filter.before, |at, bound| at < bound)
            && self.filter.exclude.as_ref() != Some(&entry.id)
    }

    fn has_the_names(&self, doc: DocId) -> bool {
        let facts = self.catalog.facts(doc);
        let (filter, entry) = (self.filter, &facts.entry);
        let any = |asked: &[String], numbers: &[u32], held: &[u32]| {
            asked.is_empty() || held.iter().any(|number| numbers.contains(number))
        };
        let level = entry.severity.as_ref().and_then(|severity| severity.level);
        let severe = filter.severities.is_empty()
            || facts.severity.is_some_and(|number| self.severities.contains(&number))
            || level.is_some_and(|level| self.levels.contains(&level));
        let in_class = filter.classes.is_empty()
            || self.catalog.class_of(doc).is_some_and(|class| filter.classes.contains(&class));
        let not_in_class =
            filter.not_class.is_none_or(|class| self.catalog.class_of(doc) != Some(class));
        let in_status = filter.statuses.is_empty()
            || entry.status.is_some_and(|status| filter.statuses.contains(&status));
        severe
            && in_class
            && not_in_class
            && in_status
            && any(&filter.services, &self.services, &facts.services)
            && any(&filter.tags, &self.tags, &facts.tags)
    }
}
