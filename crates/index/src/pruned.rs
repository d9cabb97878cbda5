//! The best documents of a segment, without looking at every posting of frequent terms.
//!
//! Rows are taken in windows. The rare tiers of the query are added up in 16 bits for all rows of a
//! window; what the other tiers can add is bounded by two norms, see [`Scales`]. Rows whose bound
//! reaches the score of the `k`-th best are scored exactly, the highest bound first. Where too many do,
//! the next tier is added to the same sums.

use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::RangeInclusive;

use vector::Damping;

use crate::best::Best;
use crate::bits::Bits;
use crate::lookup::Lookup;
use crate::plan::Plan;
use crate::scales::{FIRST_TIER, FIRST_TIER_MAX, LAST_TIER, Scales};
use crate::segment::DocId;
use crate::sums::{Impact, Sums};
use crate::wide::{BLOCK, Hurdle, Taken};
use crate::window::{Posting, WINDOW};

/// The rest of a query, as a share of its norm, at which to begin while no score is known. Where the
/// `k`-th best score is `s`, the square of the rest should be below `s` times this.
const REST: f64 = 0.3;
/// The rest from which on the bound is worth nothing.
const REST_MAX: f64 = 0.99;
/// How many postings are added up in the time in which one document is scored exactly.
const POSTINGS_PER_DOCUMENT: usize = 200;
/// A window in which a filter leaves no more rows than this has them scored one by one.
const FEW: usize = 64;

thread_local! {
    /// Taken out by a search and put back at its end: what a search leaves behind that panicked is not used again.
    static SCRATCH: Cell<Option<Box<Scratch>>> = const { Cell::new(None) };
}

/// Room that is used again by the next query of the thread.
#[derive(Debug)]
struct Scratch {
    sums: Sums,
    lookup: Lookup,
    taken: Vec<Taken>,
    candidates: Vec<(u64, Reverse<u16>)>,
    /// Rows of the window at hand that were scored already.
    scored: Vec<u16>,
}

/// What there is of the planned terms in a window, in their order.
#[derive(Debug, Clone, Copy)]
struct Terms<'a> {
    /// `None` for a rare one.
    postings: &'a [Option<Posting<'a>>],
    impacts: &'a [Impact],
}

/// A search in one segment.
pub(crate) struct Pruned<'a, S, A> {
    pub(crate) scales: &'a Scales,
    pub(crate) plan: &'a Plan<'a>,
    pub(crate) damping: Damping,
    /// The slope over the norm of the query: times a dot product over a pivoted norm it is a score.
    pub(crate) factor: f64,
    /// Turns a dot product and the norm of a document into a score.
    pub(crate) score: S,
    pub(crate) accepts: A,
}

impl<S: Fn(f64, f64) -> f64, A: Fn(DocId) -> bool> Pruned<'_, S, A> {
    /// Offers every document that can be among the best, as long as `stop`, asked before each window, does not say so.
    /// Where there are `candidates`, all others are passed over.
    pub(crate) fn search(
        &self,
        candidates: Option<&Bits>,
        best: &mut Best<'_>,
        stop: &dyn Fn() -> bool,
    ) {
        let impacts: Vec<Impact> = self
            .plan
            .terms
            .iter()
            .map(|term| Impact::new(term.weight * self.factor * self.scales.unit(), self.damping))
            .collect();
        let mut scratch = Scratch::take();
        scratch.lookup.fill(self.plan.segment().dictionary().len(), &self.plan.terms);
        let windows = 0..self.plan.segment().inverted().windows().len();
        let mut postings = Vec::with_capacity(self.plan.terms.len());
        for number in windows.take_while(|_| !stop()) {
            scratch.scored.clear();
            match scratch.sums.begin(self.docs(number), candidates) {
                n_left if candidates.is_none() || n_left > FEW => {
                    self.plan.postings(number, &mut postings);
                    let terms = Terms { postings: &postings, impacts: &impacts };
                    self.search_window(number, terms, &mut scratch, best);
                }
                _ => self.offer_left(number, &mut scratch, best),
            }
        }
        scratch.lookup.clear(&self.plan.terms);
        scratch.put_back();
    }

    /// Offers these documents, as far as they are here.
    pub(crate) fn search_among(&self, docs: impl Iterator<Item = DocId>, best: &mut Best<'_>) {
        let mut scratch = Scratch::take();
        let lookup = &mut scratch.lookup;
        lookup.fill(self.plan.segment().dictionary().len(), &self.plan.terms);
        for doc in docs {
            if let Some(row) = self.plan.segment().row_of(doc) {
                self.offer_row(row, doc, lookup, best);
            }
        }
        lookup.clear(&self.plan.terms);
        scratch.put_back();
    }

    /// Offers the rows of window `number` that are left.
    fn offer_left(&self, number: usize, scratch: &mut Scratch, best: &mut Best<'_>) {
        let Scratch { sums, lookup, .. } = scratch;
        sums.left().for_each(|row| self.offer(number, row, lookup, best));
    }

    fn search_window(
        &self,
        number: usize,
        terms: Terms<'_>,
        scratch: &mut Scratch,
        best: &mut Best<'_>,
    ) {
        let mut tier = self.first_tier(best.threshold());
        self.add(number, terms, 0..=tier, &mut scratch.sums);
        if best.threshold().is_none() {
            self.seed(number, n_seeds(best.k()), scratch, best);
        }
        if best.threshold().is_none() {
            self.add(number, terms, tier + 1..=LAST_TIER, &mut scratch.sums);
            tier = LAST_TIER;
            self.seed(number, WINDOW / BLOCK, scratch, best);
        }
        // What was not known at first may tell that this is too little.
        let next = self.first_tier(best.threshold());
        if next > tier {
            self.add(number, terms, tier + 1..=next, &mut scratch.sums);
            tier = next;
        }
        loop {
            let hurdle = self.hurdle(number, tier, best.threshold());
            let n_taken = scratch.sums.scan(&hurdle, &mut scratch.taken);
            if tier == LAST_TIER || n_taken <= self.worth(number, terms, tier + 1, best.k()) {
                return self.rescore(number, &hurdle, scratch, best);
            }
            tier += 1;
            self.add(number, terms, tier..=tier, &mut scratch.sums);
        }
    }

    /// Up to which tier to add before the bound is tried.
    fn first_tier(&self, threshold: Option<f64>) -> usize {
        let rests = &self.plan.rests;
        let rest_max = threshold.map_or(REST, |threshold| (REST * threshold).sqrt());
        let first = (FIRST_TIER..FIRST_TIER_MAX).find(|tier| rests[*tier] <= rest_max);
        let first = first.unwrap_or(FIRST_TIER_MAX);
        (first..LAST_TIER).find(|tier| rests[*tier] < REST_MAX).unwrap_or(LAST_TIER)
    }

    fn add(&self, number: usize, terms: Terms<'_>, tiers: RangeInclusive<usize>, sums: &mut Sums) {
        let mut layers = Vec::new();
        let found = self.plan.terms.iter().zip(terms.postings).zip(terms.impacts);
        for ((term, posting), impact) in found.filter(|((term, _), _)| tiers.contains(&term.tier)) {
            match posting {
                Some(posting) => sums.add_listed(posting, impact, &mut layers),
                None => self.plan.for_each_in(term, number, |row, frequency| {
                    sums.add(row, impact.of(frequency));
                }),
            }
        }
        sums.add_layers(&layers);
    }

    /// Scores up to `n` of those exactly that look best so far, until there are as many as asked for.
    fn seed(&self, number: usize, n: usize, scratch: &mut Scratch, best: &mut Best<'_>) {
        let Scratch { sums, lookup, scored, .. } = scratch;
        let floors = &self.scales.floors()[number * WINDOW..];
        for (place, row) in sums.promising(n, floors).iter().enumerate() {
            if place >= n_seeds(best.k()) && best.is_full() {
                return;
            }
            if let Err(at) = scored.binary_search(row) {
                scored.insert(at, *row);
                self.offer(number, *row, lookup, best);
            }
        }
    }

    fn hurdle(&self, number: usize, tier: usize, threshold: Option<f64>) -> Hurdle<'_> {
        let n_rows = self.plan.segment().inverted().windows()[number].n_rows();
        let from = number * WINDOW;
        let rows = from..from + n_rows.next_multiple_of(BLOCK);
        let rest = self.plan.rests[tier];
        Hurdle {
            floors: &self.scales.floors()[rows.clone()],
            rests: &self.scales.rests(tier.min(LAST_TIER - 1))[rows],
            threshold: (threshold.unwrap_or(0.0) * 65_536.0) as u16,
            rest: if rest > 0.0 { (rest * 65_536.0 / 255.0) as u16 + 1 } else { 0 },
            sum_min: u16::from(rest == 0.0),
        }
    }

    /// How many documents to score exactly rather than to add `tier` and to look again.
    fn worth(&self, number: usize, terms: Terms<'_>, tier: usize, k: usize) -> usize {
        let found = self.plan.terms.iter().zip(terms.postings);
        let postings = found.filter(|(term, _)| term.tier == tier).filter_map(|(_, it)| *it);
        let scan = self.plan.segment().inverted().windows()[number].n_rows() / 32;
        2 * k / (number + 1)
            + (scan + postings.map(|it| it.cost()).sum::<usize>()) / POSTINGS_PER_DOCUMENT
    }

    /// Scores those exactly that took the hurdle, as long as their bound reaches the threshold.
    fn rescore(
        &self,
        number: usize,
        hurdle: &Hurdle<'_>,
        scratch: &mut Scratch,
        best: &mut Best<'_>,
    ) {
        let Scratch { sums, lookup, taken, candidates, scored } = scratch;
        let mut found = std::mem::take(candidates);
        sums.taken(hurdle, taken, |row, bound| {
            if scored.binary_search(&row).is_err() {
                // Of numbers that are not negative the bits are in the order of the numbers.
                found.push((bound.to_bits(), Reverse(row)));
            }
        });
        // Few of them are looked at, so they are not sorted.
        let mut found = BinaryHeap::from(found);
        while let Some((bound, Reverse(row))) = found.pop() {
            let bound = f64::from_bits(bound);
            if best.threshold().is_some_and(|threshold| bound < threshold) {
                break;
            }
            self.offer(number, row, lookup, best);
        }
        *candidates = found.into_vec();
        candidates.clear();
    }

    /// The documents of window `number`.
    fn docs(&self, number: usize) -> &[DocId] {
        let docs = &self.plan.segment().docs()[number * WINDOW..];
        &docs[..docs.len().min(WINDOW)]
    }

    fn offer(&self, number: usize, row: u16, lookup: &mut Lookup, best: &mut Best<'_>) {
        let row = number * WINDOW + usize::from(row);
        let Some(doc) = self.plan.segment().docs().get(row).copied() else {
            return;
        };
        if (self.accepts)(doc) {
            self.offer_row(row, doc, lookup, best);
        }
    }

    fn offer_row(&self, row: usize, doc: DocId, lookup: &mut Lookup, best: &mut Best<'_>) {
        let dot = lookup.dot(self.plan.segment().cells(row), self.damping);
        if dot > 0.0 {
            let score = (self.score)(dot, self.scales.norms()[row]);
            best.offer(doc, score, || true);
        }
    }
}

/// How many documents to score, where `k` are asked for, to learn a first threshold.
fn n_seeds(k: usize) -> usize {
    k + k / 2 + 1
}

impl Scratch {
    fn new() -> Self {
        Self {
            sums: Sums::new(),
            lookup: Lookup::default(),
            taken: Vec::new(),
            candidates: Vec::new(),
            scored: Vec::new(),
        }
    }

    fn take() -> Box<Self> {
        SCRATCH.take().unwrap_or_else(|| Box::new(Self::new()))
    }

    fn put_back(self: Box<Self>) {
        SCRATCH.set(Some(self));
    }
}
