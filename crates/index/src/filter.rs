//! Which documents may answer.

use incident::{AsOf, IncidentId, Status};

use crate::catalog::Catalog;
use crate::facts::Facts;
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
            names.iter().flat_map(|name| known.find(name)).copied().collect()
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
        if self.lets_all {
            return true;
        }
        let (facts, at) = self.catalog.facts(doc);
        self.fits_in_time(facts, at) && self.has_the_names(facts, at) && self.fits_in_class(doc)
    }

    fn fits_in_time(&self, facts: &Facts, at: usize) -> bool {
        let filter = self.filter;
        let started_at = facts.started_at(at);
        let holds = |bound: Option<i64>, test: fn(i64, i64) -> bool| {
            bound.is_none_or(|bound| started_at.is_some_and(|at| test(at, bound)))
        };
        let known = filter.as_of.is_none_or(|as_of| {
            let by_then = |at: Option<i64>| at.is_some_and(|at| at <= as_of.secs());
            if as_of.explicit {
                by_then(started_at) && by_then(facts.known_from(at))
            } else {
                started_at.is_none() || by_then(started_at)
            }
        });
        known
            && holds(filter.since, |at, bound| at >= bound)
            && holds(filter.until, |at, bound| at <= bound)
            && holds(filter.before, |at, bound| at < bound)
    }

    fn has_the_names(&self, facts: &Facts, at: usize) -> bool {
        let filter = self.filter;
        let severe = filter.severities.is_empty()
            || facts.severity(at).is_some_and(|number| self.severities.contains(&number))
            || facts.level(at).is_some_and(|level| self.levels.contains(&level));
        let in_status = filter.statuses.is_empty()
            || facts.status(at).is_some_and(|status| filter.statuses.contains(&status));
        let on_service = filter.services.is_empty()
            || facts.services(at).any(|number| self.services.contains(&number));
        let tagged =
            filter.tags.is_empty() || facts.tags(at).any(|number| self.tags.contains(&number));
        let other = filter.exclude.as_ref().is_none_or(|id| id.as_str() != facts.id(at));
        severe && in_status && on_service && tagged && other
    }

    fn fits_in_class(&self, doc: DocId) -> bool {
        let (filter, class) = (self.filter, self.catalog.class_of(doc));
        let in_class =
            filter.classes.is_empty() || class.is_some_and(|class| filter.classes.contains(&class));
        in_class && filter.not_class.is_none_or(|not| class != Some(not))
    }
}
