//! A candidate whose hubness is worked out when it matters.

use std::cell::{Cell, OnceCell};
use std::cmp::Ordering;
use std::sync::Arc;

use incident::Incident;
use index::{Catalog, DocId, Filter};
use rank::{Blend, Nearest, Parts, Signals};
use vector::Bag;

use crate::best_first::Value;
use crate::error::{Error, Result};
use crate::features::Known;
use crate::neighbourhoods::Recalled;
use crate::state::State;
use crate::stop::Stop;

/// A candidate whose hubness may not be known yet.
#[derive(Debug)]
pub(crate) struct Contender {
    pub(crate) doc: DocId,
    pub(crate) known: Known,
    /// Hubness left out.
    pub(crate) signals: Signals,
    /// What was known of an incident that was going on at an explicit as-of.
    pub(crate) in_flight: Option<Arc<Incident>>,
    /// Its terms as the index counts them.
    bag: OnceCell<Bag>,
    /// Parts of at least its score and its likeness: with no more hubness than is known without looking for any.
    at_most: Cell<Parts>,
    /// Whether what is remembered of its hubness is in there; of what was going on at an explicit as-of nothing is.
    is_recalled: Cell<bool>,
    /// The parts of its score, once its place in an order is known.
    parts: OnceCell<Parts>,
}

/// What an order goes by.
#[derive(Debug, Clone, Copy)]
pub(crate) enum By {
    Score,
    Likeness,
}

/// Where hubness is looked for.
#[derive(Clone, Copy)]
pub(crate) struct Surroundings<'a> {
    pub(crate) state: &'a State,
    /// The documents that count.
    pub(crate) others: &'a Filter,
    pub(crate) stop: Stop<'a>,
}

impl Contender {
    pub(crate) fn new(
        doc: DocId,
        known: Known,
        signals: Signals,
        in_flight: Option<(Arc<Incident>, Bag)>,
    ) -> Self {
        let (in_flight, bag) = in_flight.unzip();
        let bag = bag.map_or_else(OnceCell::new, OnceCell::from);
        let at_most = Cell::new(Blend::DOCUMENTED.parts(&signals));
        let (is_recalled, parts) = (Cell::new(in_flight.is_some()), OnceCell::new());
        Self { doc, known, signals, in_flight, bag, at_most, is_recalled, parts }
    }

    /// Its terms as the index counts them.
    pub(crate) fn bag(&self, state: &State) -> &Bag {
        self.bag.get_or_init(|| state.snapshot.postings().bag(self.doc))
    }

    /// What the order goes by is at most this, by what is known so far.
    pub(crate) fn at_most(&self, by: By) -> f64 {
        by.of(&self.at_most.get())
    }

    /// The parts of its score, once its place in an order is known.
    pub(crate) fn parts(&self) -> Parts {
        *self.parts.get().expect("it came up in an order")
    }

    /// What the order goes by, hubness among it; when it is first asked for, by what is remembered of that: what it is
    /// at most, where that is out of date or nothing.
    ///
    /// # Errors
    /// [`Error::DeadlineExceeded`] where the answer is no longer wanted.
    pub(crate) fn value(&self, by: By, surroundings: Surroundings<'_>) -> Result<Value> {
        if self.parts.get().is_none() {
            if self.is_recalled.replace(true) {
                let parts = self.parts_at(self.looked_up(surroundings)?);
                self.parts.get_or_init(|| parts);
            } else {
                self.recall(surroundings);
            }
        }
        let known = self.parts.get().map(|parts| Value::Is(by.of(parts)));
        Ok(known.unwrap_or_else(|| Value::AtMost(self.at_most(by))))
    }

    fn parts_at(&self, hubness: f64) -> Parts {
        Blend::DOCUMENTED.parts(&Signals { hubness, ..self.signals })
    }

    /// Takes what is remembered of its hubness. It only grows by what came since, and so the score only falls.
    fn recall(&self, Surroundings { state, others, .. }: Surroundings<'_>) {
        let snapshot = &state.snapshot;
        let Some(Recalled { nearest, is_current }) =
            state.neighbourhoods.recalled(self.doc, snapshot)
        else {
            return;
        };
        let Some(hubness) = nearest.hubness(snapshot.passing(others)) else {
            return;
        };
        let parts = self.parts_at(hubness);
        self.at_most.set(parts);
        if is_current {
            self.parts.get_or_init(|| parts);
        }
    }

    fn looked_up(&self, surroundings: Surroundings<'_>) -> Result<f64> {
        let Surroundings { state, others, stop } = surroundings;
        let snapshot = &state.snapshot;
        if self.in_flight.is_none() {
            let nearest = state.neighbourhoods.of(self.doc, snapshot, stop)?;
            if let Some(hubness) = nearest.hubness(snapshot.passing(others)) {
                return Ok(hubness);
            }
        }
        let vector = snapshot.postings().embed(self.bag(state));
        let found = Nearest::find(self.doc, &vector, others, snapshot, stop);
        let nearest = found.ok_or(Error::DeadlineExceeded)?;
        Ok(nearest.hubness(|_| true).expect("all that were found count"))
    }
}

impl By {
    fn of(self, parts: &Parts) -> f64 {
        match self {
            Self::Score => parts.sum(),
            Self::Likeness => parts.without_recency().sum(),
        }
    }
}

/// What decides between contenders of one score, looked up where there are two: newer first, then by id.
pub(crate) struct Newness<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) doc: DocId,
}

impl Ord for Newness<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.catalog.newer_first(other.doc, self.doc)
    }
}

impl PartialOrd for Newness<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Newness<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Newness<'_> {}
