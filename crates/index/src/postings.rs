//! All segments of an index, with their norms and the weights of the epoch.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use vector::{Bag, Damping, Matrix, SparseVector};

use crate::best::Best;
use crate::bits::Bits;
use crate::footprint::Footprint;
use crate::plan::Plan;
use crate::pruned::Pruned;
use crate::scales::{Scales, TermWeight};
use crate::segment::{DocId, Segment};
use crate::weights::Weights;
use crate::window::WINDOW;

mod merging;
mod saved;
mod weighing;

pub use merging::{Merge, Merged};

/// A segment of fewer rows is scored in full: it costs less than to plan what to leave out.
const PRUNED_ROWS_MIN: usize = 1_024;
/// From this many results on most of what is left out would be scored after all.
const PRUNED_K_MAX: usize = 512;

thread_local! {
    /// One sum per row of the window at hand; all zero between queries.
    static SUMS: RefCell<Vec<f64>> = const { RefCell::new(Vec::new()) };
}

/// How large an index is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Size {
    /// Its segments.
    pub n_segments: usize,
    /// The rows of all segments, those of removed documents among them until their segment is merged.
    pub n_rows: usize,
    /// The terms of all segments; one that is in several counts in each.
    pub n_terms: usize,
}

/// The postings of an index. Cloning copies pointers, so a clone is a snapshot.
#[derive(Debug, Clone)]
pub struct Postings {
    slope: f64,
    damping: Damping,
    parts: Vec<Part>,
    dead: Arc<Bits>,
    weights: Arc<Weights>,
}

/// A segment and the scales of its rows under the weights of the epoch.
#[derive(Debug, Clone)]
struct Part {
    segment: Arc<Segment>,
    scales: Arc<Scales>,
}

impl Postings {
    /// No documents; `slope` is that of the pivot, in (0, 1].
    #[must_use]
    pub fn new(slope: f64, damping: Damping) -> Self {
        Self { slope, damping, parts: Vec::new(), dead: Arc::default(), weights: Arc::default() }
    }

    /// The weights of the epoch.
    #[must_use]
    pub fn weights(&self) -> &Weights {
        &self.weights
    }

    /// The slope of the pivot, which every score has as a factor.
    #[must_use]
    pub fn slope(&self) -> f64 {
        self.slope
    }

    /// What stands for the norm of a document of the norm `norm`: `(1 - slope) * mean norm + slope * norm`.
    #[must_use]
    pub fn pivoted(&self, norm: f64) -> f64 {
        (1.0 - self.slope) * self.weights.mean_norm + self.slope * norm
    }

    /// Weighs a query or a document by the weights of the epoch.
    #[must_use]
    pub fn embed(&self, bag: &Bag) -> SparseVector {
        SparseVector::embed_with(bag, self.damping, |term| self.idf(term))
    }

    /// What [`Self::embed`] weighs the terms of `bag` by, in their order.
    pub fn weigh<'b>(&'b self, bag: &'b Bag) -> impl Iterator<Item = (&'b str, f64)> {
        bag.iter().map(|(term, frequency)| (term, self.damping.weight(frequency) * self.idf(term)))
    }

    /// Calls `visit` for each live document that shares a term with `query`, in ascending order, with
    /// its score in [0, 1]: `slope * q.d / (|q| * ((1 - slope) * mean norm + slope * |d|))`, which is
    /// the cosine where the slope is 1, and at most the cosine elsewhere.
    pub fn for_each_score(&self, query: &SparseVector, mut visit: impl FnMut(DocId, f64)) {
        for part in &self.parts {
            self.score_all(part, query, &mut visit);
        }
    }

    /// Offers every document that can be among the best and that `accepts` lets through, all of which are among the
    /// `candidates` where there are some; where `stop` says so, no
    /// further one.
    pub(crate) fn search(
        &self,
        query: &SparseVector,
        candidates: Option<&Bits>,
        best: &mut Best<'_>,
        accepts: impl Fn(DocId) -> bool,
        stop: &dyn Fn() -> bool,
    ) {
        let may_have =
            |part: &&Part| candidates.is_none_or(|some| some.may_have_any(part.segment.docs()));
        for part in self.parts.iter().filter(may_have) {
            if stop() {
                return;
            }
            self.search_part(part, query, candidates, best, &accepts, stop);
        }
    }

    fn search_part(
        &self,
        part: &Part,
        query: &SparseVector,
        candidates: Option<&Bits>,
        best: &mut Best<'_>,
        accepts: &impl Fn(DocId) -> bool,
        stop: &dyn Fn() -> bool,
    ) {
        if part.segment.len() < PRUNED_ROWS_MIN || best.k() > PRUNED_K_MAX {
            let is_meant = |doc| candidates.is_none_or(|some| some.has(doc)) && accepts(doc);
            let offer = |doc, score| best.offer(doc, score, || is_meant(doc));
            self.score_all(part, query, &mut { offer });
            return;
        }
        let plan = Plan::new(query, &part.segment, &part.scales);
        let accepts = |doc| self.is_live(doc) && accepts(doc);
        self.pruned(part, &plan, query, accepts).search(candidates, best, stop);
    }

    /// Offers every live document of `docs` that shares a term with `query`; they ascend.
    pub(crate) fn search_among(
        &self,
        query: &SparseVector,
        docs: impl Iterator<Item = DocId>,
        best: &mut Best<'_>,
    ) {
        let mut docs = docs.filter(|doc| self.is_live(*doc)).peekable();
        for part in &self.parts {
            let last = part.segment.docs().last().copied();
            if docs.peek().is_none_or(|next| Some(*next) > last) {
                continue;
            }
            let here = std::iter::from_fn(|| docs.next_if(|doc| Some(*doc) <= last));
            self.pruned(part, &Plan::new(query, &part.segment, &part.scales), query, |_| true)
                .search_among(here, best);
        }
    }

    /// What each term of `query` brings to the score of a document of these terms, in the order of the
    /// terms' bytes; the parts sum to the score. Empty where they share none.
    #[must_use]
    pub fn parts<'q>(&self, query: &'q SparseVector, document: &Bag) -> Vec<(&'q str, f64)> {
        let held: HashMap<&str, u16> = document.iter().collect();
        let scale = self.scale(self.embed(document).norm(), query);
        query
            .iter()
            .filter_map(|(term, weight)| {
                let frequency = held.get(term)?;
                Some((term, weight * self.idf(term) * self.damping.weight(*frequency) * scale))
            })
            .collect()
    }

    /// The terms of `query` that stand in `doc`, with their weights in the query, in the order of the
    /// terms' bytes.
    #[must_use]
    pub fn shared_terms<'q>(&self, query: &'q SparseVector, doc: DocId) -> Vec<(&'q str, f64)> {
        let Some((part, row)) = self.locate(doc) else {
            return Vec::new();
        };
        let mut held = part.segment.terms_of(row).map(|(term, _)| term).peekable();
        let mut stands = |term: &str| {
            while held.next_if(|held| *held < term).is_some() {}
            held.next_if_eq(&term).is_some()
        };
        query.iter().filter(|(term, _)| stands(term)).collect()
    }

    /// The terms of `doc`, as they were added; none where it is not here.
    #[must_use]
    pub fn bag(&self, doc: DocId) -> Bag {
        let mut bag = Bag::default();
        if let Some((part, row)) = self.locate(doc) {
            for (term, frequency) in part.segment.terms_of(row) {
                let pushed = bag.push(term, frequency);
                pushed.expect("the terms of a segment are in the order of their bytes");
            }
        }
        bag
    }

    /// The unit vectors of `docs`, in that order, over the terms they hold, numbered in the order of
    /// the terms' bytes: shape `(docs.len(), n_terms)`. A document that is not here is an empty row.
    #[must_use]
    pub fn matrix(&self, docs: &[DocId]) -> Matrix {
        let located: Vec<Option<(&Part, usize)>> =
            docs.iter().map(|doc| self.locate(*doc)).collect();
        let mut terms: Vec<&str> = located
            .iter()
            .flatten()
            .flat_map(|(part, row)| part.segment.terms_of(*row).map(|(term, _)| term))
            .collect();
        terms.sort_unstable();
        terms.dedup();
        let numbers: HashMap<&str, (u32, f64)> =
            (0..).zip(&terms).map(|(number, term)| (*term, (number, self.idf(term)))).collect();
        let rows = located.iter().map(|at| match at {
            None => Vec::new(),
            Some((part, row)) => {
                let norm = part.scales.norms()[*row];
                let cell = |(term, frequency)| {
                    let (number, idf) = numbers[term];
                    (number, self.damping.weight(frequency) * idf / norm)
                };
                part.segment.terms_of(*row).map(cell).collect()
            }
        });
        Matrix::from_rows(terms.len(), rows)
    }

    /// How large it is.
    #[must_use]
    pub fn size(&self) -> Size {
        let segments = self.parts.iter().map(|part| &part.segment);
        segments.fold(Size::default(), |size, segment| Size {
            n_segments: size.n_segments + 1,
            n_rows: size.n_rows + segment.len(),
            n_terms: size.n_terms + segment.dictionary().len(),
        })
    }

    /// What it takes, by part.
    pub(crate) fn footprint(&self) -> Footprint {
        let weights = self.weights.frequencies.n_bytes() + self.dead.n_bytes();
        let mut all = Footprint { weights, ..Footprint::default() };
        for part in &self.parts {
            all += Footprint { scales: part.scales.n_bytes(), ..part.segment.footprint() };
        }
        all
    }

    /// Whether `doc` has not been removed.
    #[must_use]
    pub fn is_live(&self, doc: DocId) -> bool {
        !self.dead.has(doc)
    }

    /// Every live document, ascending.
    pub fn live_docs(&self) -> impl Iterator<Item = DocId> + '_ {
        let all = self.parts.iter().flat_map(|part| part.segment.docs().iter().copied());
        all.filter(|doc| self.is_live(*doc))
    }

    /// Adds documents, numbered above all that are here and ascending. Segments that are small are merged
    /// with them; larger ones wait for [`Merge`].
    pub(crate) fn add(&mut self, documents: impl Iterator<Item = (DocId, Bag)>) {
        let mut segment = Segment::build(documents);
        let mut sizes: Vec<usize> = self.parts.iter().map(|part| part.segment.len()).collect();
        sizes.push(segment.len());
        let n_before = merging::small(&sizes[merging::due(&sizes)]).saturating_sub(1);
        if n_before > 0 {
            let before = self.parts.split_off(self.parts.len() - n_before);
            let before = before.iter().map(|part| &*part.segment);
            let segments: Vec<&Segment> = before.chain([&segment]).collect();
            segment = Segment::merge(&segments, |doc| self.is_live(doc));
        }
        if segment.len() > 0 {
            let part = self.part(Arc::new(segment));
            self.parts.push(part);
        }
    }

    /// Takes `doc` out of every answer from now on.
    pub(crate) fn remove(&mut self, doc: DocId) {
        Arc::make_mut(&mut self.dead).insert(doc);
    }

    /// Forgets the document frequency of every term that a removed document was the last to hold, so
    /// that a deletion leaves no word behind. Only queries that hold such a word see a difference.
    pub(crate) fn forget_terms_of(&mut self, doc: DocId) {
        let Some((part, row)) = self.locate(doc) else {
            return;
        };
        let terms = part.segment.terms_of(row).map(|(term, _)| term);
        let gone: Vec<String> =
            terms.filter(|term| !self.is_held(term)).map(str::to_owned).collect();
        let frequencies = &mut Arc::make_mut(&mut self.weights).frequencies;
        for term in gone {
            frequencies.forget(&term);
            let weight = TermWeight::of(&term, frequencies);
            for part in &mut self.parts {
                if let Some(number) = part.segment.dictionary().find(&term) {
                    part.scales = Arc::new(part.scales.with_term(number, weight));
                }
            }
        }
    }

    fn pruned<'a, A: Fn(DocId) -> bool>(
        &'a self,
        part: &'a Part,
        plan: &'a Plan<'a>,
        query: &'a SparseVector,
        accepts: A,
    ) -> Pruned<'a, impl Fn(f64, f64) -> f64, A> {
        Pruned {
            scales: &part.scales,
            plan,
            damping: self.damping,
            factor: self.slope / query.norm(),
            score: |dot, norm| dot * self.scale(norm, query),
            accepts,
        }
    }

    /// Calls `visit` for each live document of a part that shares a term with the query.
    fn score_all(&self, part: &Part, query: &SparseVector, visit: &mut impl FnMut(DocId, f64)) {
        let plan = Plan::new(query, &part.segment, &part.scales);
        let (docs, norms) = (part.segment.docs(), part.scales.norms());
        SUMS.with_borrow_mut(|sums| {
            sums.resize(sums.len().max(docs.len().min(WINDOW)), 0.0);
            for (number, docs) in docs.chunks(WINDOW).enumerate() {
                plan.add_up(number, self.damping, sums);
                let rows = docs.iter().zip(&norms[number * WINDOW..]);
                for (sum, (doc, norm)) in sums.iter_mut().zip(rows) {
                    let dot = std::mem::take(sum);
                    if dot > 0.0 && self.is_live(*doc) {
                        visit(*doc, dot * self.scale(*norm, query));
                    }
                }
            }
        });
    }

    /// What turns the dot product with a document of the norm `norm` into a score.
    fn scale(&self, norm: f64, query: &SparseVector) -> f64 {
        self.slope / (query.norm() * self.pivoted(norm))
    }

    /// The inverse document frequency of `term` in the epoch.
    #[must_use]
    pub fn idf(&self, term: &str) -> f64 {
        // Nearly all terms are in the first segment, and a search looks there anyway.
        let known = self.parts.first().and_then(|part| {
            let number = part.segment.dictionary().find(term)?;
            Some(part.scales.term(number).idf)
        });
        known.unwrap_or_else(|| self.weights.frequencies.idf(term))
    }

    fn locate(&self, doc: DocId) -> Option<(&Part, usize)> {
        let after = self.parts.partition_point(|part| part.segment.docs().first() <= Some(&doc));
        let part = self.parts.get(after.checked_sub(1)?)?;
        part.segment.row_of(doc).map(|row| (part, row))
    }

    /// Whether any live document holds `term`.
    fn is_held(&self, term: &str) -> bool {
        self.parts.iter().any(|part| {
            let number = part.segment.dictionary().find(term);
            let docs = number.map(|number| part.segment.docs_with(number)).unwrap_or_default();
            docs.into_iter().any(|doc| self.is_live(doc))
        })
    }
}
