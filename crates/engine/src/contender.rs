//! A candidate whose hubness is worked out when it matters.

use std::cell::OnceCell;
use std::sync::Arc;

use incident::Incident;
use index::{DocId, Filter};
use rank::{Blend, Nearest, Parts, Signals};
use vector::Bag;

use crate::error::{Error, Result};
use crate::features::Known;
use crate::state::State;
use crate::stop::Stop;

/// A candidate whose hubness may not be known yet.
#[derive(Debug)]
pub(crate) struct Contender {
    pub(crate) doc: DocId,
    pub(crate) known: Arc<Known>,
    /// Hubness left out.
    pub(crate) signals: Signals,
    /// What was known of an incident that was going on at an explicit as-of.
    pub(crate) in_flight: Option<Incident>,
    /// Its terms as the index counts them.
    bag: OnceCell<Bag>,
    hubness: OnceCell<f64>,
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
        known: Arc<Known>,
        signals: Signals,
        in_flight: Option<(Incident, Bag)>,
    ) -> Self {
        let (in_flight, bag) = in_flight.unzip();
        let bag = bag.map_or_else(OnceCell::new, OnceCell::from);
        Self { doc, known, signals, in_flight, bag, hubness: OnceCell::new() }
    }

    /// Its terms as the index counts them.
    pub(crate) fn bag(&self, state: &State) -> &Bag {
        self.bag.get_or_init(|| state.snapshot.postings().bag(self.doc))
    }

    /// What the order goes by is at most this, before anything is looked for.
    pub(crate) fn at_most(&self, by: By) -> f64 {
        by.of(&Blend::DOCUMENTED.parts(&self.signals))
    }

    /// The parts of its score, once its place in an order is known.
    pub(crate) fn parts(&self) -> Parts {
        let hubness = *self.hubness.get().expect("it came up in an order");
        Blend::DOCUMENTED.parts(&Signals { hubness, ..self.signals })
    }

    /// What the order goes by, hubness among it.
    ///
    /// # Errors
    /// [`Error::DeadlineExceeded`] where the answer is no longer wanted.
    pub(crate) fn value(&self, by: By, surroundings: Surroundings<'_>) -> Result<f64> {
        if self.hubness.get().is_none() {
            let hubness = self.looked_up(surroundings)?;
            self.hubness.get_or_init(|| hubness);
        }
        Ok(by.of(&self.parts()))
    }

    fn looked_up(&self, surroundings: Surroundings<'_>) -> Result<f64> {
        let Surroundings { state, others, stop } = surroundings;
        let snapshot = &state.snapshot;
        if self.in_flight.is_none() {
            let nearest = match state.neighbourhoods.remembered(self.doc, snapshot) {
                Some(nearest) => nearest,
                None => state.neighbourhoods.find(self.doc, snapshot, stop)?,
            };
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
