//! Which documents may answer.

use std::ops::RangeInclusive;

use incident::{AsOf, IncidentId, Status};

use crate::bits::Bits;
use crate::catalog::Catalog;
use crate::facts::Facts;
use crate::names::{Holders, Names};
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
        let found = |names: &[String], known: &Names| -> Vec<u32> {
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

    /// Documents outside of which none is accepted; `None` where that would be nearly all. Of what it leaves out
    /// nothing but a class that a document has left, and what is not of a class, is left to [`Self::accepts`].
    pub(crate) fn candidates(&self) -> Option<Bits> {
        let (filter, catalog) = (self.filter, self.catalog);
        let n_docs = catalog.n_docs() as usize;
        let mut candidates = None;
        let mut narrow = |is_asked: bool, lists: &[(&Holders, &[u32])]| {
            if !is_asked {
                return;
            }
            let mut held = Bits::none(n_docs);
            lists.iter().for_each(|(holders, numbers)| holders.add_to(&mut held, numbers));
            match &mut candidates {
                None => candidates = Some(held),
                Some(candidates) => candidates.keep(&held),
            }
        };
        let levels: Vec<u32> = self.levels.iter().map(|level| u32::from(*level)).collect();
        let statuses: Vec<u32> = filter.statuses.iter().map(|status| *status as u32).collect();
        let severities = [
            (&catalog.of_severity, self.severities.as_slice()),
            (&catalog.of_level, levels.as_slice()),
        ];
        narrow(!filter.services.is_empty(), &[(&catalog.of_service, &self.services)]);
        narrow(!filter.tags.is_empty(), &[(&catalog.of_tag, &self.tags)]);
        narrow(!filter.classes.is_empty(), &[(&catalog.of_class, &filter.classes)]);
        narrow(!filter.severities.is_empty(), &severities);
        narrow(!filter.statuses.is_empty(), &[(&catalog.of_status, &statuses)]);
        if let Some(times) = Times::of(filter) {
            let candidates = candidates.get_or_insert_with(|| Bits::all(n_docs));
            let words = candidates.words_mut().chunks_mut(Facts::ROWS / 64);
            words.zip(catalog.runs()).for_each(|(words, run)| times.keep(run, words));
        }
        candidates
    }

    pub(crate) fn accepts(&self, doc: DocId) -> bool {
        if self.lets_all {
            return true;
        }
        let (facts, at) = self.catalog.facts(doc);
        self.fits_in_time(facts, at) && self.has_the_names(facts, at) && self.fits_in_class(doc)
    }

    /// The same of one of the [`Self::candidates`], which are exact in all but these two.
    pub(crate) fn accepts_candidate(&self, doc: DocId) -> bool {
        let is_other = |id: &IncidentId| {
            let (facts, at) = self.catalog.facts(doc);
            id.as_str() != facts.id(at)
        };
        self.filter.exclude.as_ref().is_none_or(is_other) && self.fits_in_class(doc)
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

/// When documents may have begun, and be known.
struct Times {
    started_at: RangeInclusive<i64>,
    undated_fits: bool,
    /// The second by which all of them has to be known.
    known_by: Option<i64>,
}

impl Times {
    /// `None` where the filter says nothing of them.
    fn of(filter: &Filter) -> Option<Self> {
        let as_of = filter.as_of.map(AsOf::secs);
        let before = filter.before.map(|before| before.saturating_sub(1));
        let is_bounded = filter.since.is_some() || filter.until.is_some() || before.is_some();
        if !is_bounded && as_of.is_none() {
            return None;
        }
        let first = filter.since.unwrap_or(i64::MIN);
        let last = [filter.until, before, as_of].into_iter().flatten().min().unwrap_or(i64::MAX);
        let is_explicit = filter.as_of.is_some_and(|as_of| as_of.explicit);
        Some(Self {
            started_at: first..=last,
            undated_fits: !is_bounded && !is_explicit,
            known_by: as_of.filter(|_| is_explicit),
        })
    }

    /// Clears the bits of the documents of `run` that do not fit.
    fn keep(&self, run: &Facts, words: &mut [u64]) {
        run.all_started_at().keep_fitting(&self.started_at, self.undated_fits, words);
        if let Some(known_by) = self.known_by {
            run.all_known_from().keep_fitting(&(i64::MIN..=known_by), false, words);
        }
    }
}
