//! Top-k search.

use vector::SparseVector;

use crate::best::Best;
use crate::bits::Bits;
use crate::catalog::Catalog;
use crate::filter::{Filter, Selector};
use crate::footprint::Footprint;
use crate::postings::Postings;
use crate::segment::DocId;

mod saved;

/// Where a filter leaves less than one in this many documents, and these few, they are scored one by one:
/// that takes less time than to add up postings of all.
const NARROW_SHARE: usize = 2_000;
const NARROW_MIN: usize = 40;
/// Where it leaves out less than one in this many, those that can be among the best are asked one by one.
const WIDE_SHARE: usize = 4;

/// A document that answers a query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Hit {
    /// Which.
    pub doc: DocId,
    /// In (0, 1].
    pub score: f64,
}

/// The state of an index at one moment. It never changes; cloning it copies pointers.
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub(crate) catalog: Catalog,
    pub(crate) postings: Postings,
    pub(crate) all: Extent,
}

/// How many documents, and when they began.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Extent {
    /// How many.
    pub n_docs: usize,
    /// The starts of the oldest and the newest, in seconds since 1970, UTC; `None` where none is
    /// dated.
    pub span: Option<(i64, i64)>,
}

impl Extent {
    pub(crate) fn add(&mut self, started_at: Option<i64>) {
        self.n_docs += 1;
        if let Some(at) = started_at {
            let (first, last) = self.span.unwrap_or((at, at));
            self.span = Some((first.min(at), last.max(at)));
        }
    }
}

impl Snapshot {
    /// What filters and ties look at.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    /// The terms.
    #[must_use]
    pub fn postings(&self) -> &Postings {
        &self.postings
    }

    /// How many documents are live.
    #[must_use]
    pub fn n_docs(&self) -> usize {
        self.all.n_docs
    }

    /// How many numbers of documents were given, those of removed ones among them.
    #[must_use]
    pub fn n_numbers(&self) -> u32 {
        self.catalog.n_docs()
    }

    /// What it takes, by part.
    #[must_use]
    pub fn footprint(&self) -> Footprint {
        Footprint { facts: self.catalog.n_bytes(), ..self.postings.footprint() }
    }

    /// The `k` best documents that `filter` lets through, best first; ties: newer `started_at`, then
    /// the smaller id. Documents that share no term with the query are not among them.
    #[must_use]
    pub fn search(&self, query: &SparseVector, filter: &Filter, k: usize) -> Vec<Hit> {
        self.search_until(query, filter, k, &|| false).expect("nobody stops it")
    }

    /// The same; `None` where `stop`, which is asked before each window of documents, ended it.
    #[must_use]
    pub fn search_until(
        &self,
        query: &SparseVector,
        filter: &Filter,
        k: usize,
        stop: &dyn Fn() -> bool,
    ) -> Option<Vec<Hit>> {
        if k == 0 {
            return Some(Vec::new());
        }
        let selector = Selector::new(filter, &self.catalog);
        let mut best = Best::new(k, &self.catalog);
        let candidates = selector.candidates();
        let n_left = candidates.as_ref().map_or(self.all.n_docs, Bits::count);
        match &candidates {
            Some(few) if n_left <= self.all.n_docs / NARROW_SHARE + NARROW_MIN => {
                let docs = few.iter().filter(|doc| selector.accepts_candidate(*doc));
                self.postings.search_among(query, docs, &mut best);
            }
            Some(_) if n_left < self.all.n_docs - self.all.n_docs / WIDE_SHARE => {
                let accepts = |doc| selector.accepts_candidate(doc);
                self.postings.search(query, candidates.as_ref(), &mut best, accepts, stop);
            }
            _ => self.postings.search(query, None, &mut best, |doc| selector.accepts(doc), stop),
        }
        (!stop()).then(|| best.into_hits())
    }

    /// The `k` best of the documents numbered `first` and above whose score is at least `floor`, as
    /// [`Self::search_until`] finds them.
    #[must_use]
    pub fn search_from(
        &self,
        query: &SparseVector,
        first: DocId,
        k: usize,
        floor: f64,
        stop: &dyn Fn() -> bool,
    ) -> Option<Vec<Hit>> {
        if k == 0 {
            return Some(Vec::new());
        }
        let mut best = Best::new(k, &self.catalog).not_below(floor);
        let candidates = Bits::from(first, self.catalog.n_docs() as usize);
        self.postings.search(query, Some(&candidates), &mut best, |_| true, stop);
        (!stop()).then(|| best.into_hits())
    }

    /// The `k` best of `docs`, which ascend, as [`Self::search`] finds them.
    #[must_use]
    pub fn search_among(
        &self,
        query: &SparseVector,
        docs: impl Iterator<Item = DocId>,
        k: usize,
    ) -> Vec<Hit> {
        if k == 0 {
            return Vec::new();
        }
        let mut best = Best::new(k, &self.catalog);
        self.postings.search_among(query, docs, &mut best);
        best.into_hits()
    }

    /// Tells which live documents `filter` lets through.
    pub fn passing<'s>(&'s self, filter: &'s Filter) -> impl Fn(DocId) -> bool + 's {
        let selector = Selector::new(filter, &self.catalog);
        move |doc| self.postings.is_live(doc) && selector.accepts(doc)
    }

    /// The live documents that `filter` lets through, counted.
    #[must_use]
    pub fn extent(&self, filter: &Filter) -> Extent {
        let selector = Selector::new(filter, &self.catalog);
        if selector.lets_all() {
            return self.all;
        }
        let mut extent = Extent::default();
        for doc in self.accepted(&selector) {
            extent.add(self.catalog.started_at(doc));
        }
        extent
    }

    /// The live documents that `filter` lets through, ascending.
    #[must_use]
    pub fn docs(&self, filter: &Filter) -> Vec<DocId> {
        self.accepted(&Selector::new(filter, &self.catalog)).collect()
    }

    /// The same, newest first: undated last, ties by id.
    #[must_use]
    pub fn select(&self, filter: &Filter) -> Vec<DocId> {
        let mut docs = self.docs(filter);
        docs.sort_by(|left, right| self.catalog.newer_first(*left, *right));
        docs
    }

    /// The live documents that `selector` accepts, ascending.
    fn accepted<'s>(&'s self, selector: &'s Selector<'s>) -> Box<dyn Iterator<Item = DocId> + 's> {
        let accepts = move |doc: &DocId| self.postings.is_live(*doc) && selector.accepts(*doc);
        match selector.candidates() {
            Some(candidates) => {
                let docs: Vec<DocId> = candidates.iter().filter(accepts).collect();
                Box::new(docs.into_iter())
            }
            None => Box::new(self.postings.live_docs().filter(accepts)),
        }
    }
}
