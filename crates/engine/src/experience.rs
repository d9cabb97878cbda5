//! What the corpus and its people have taught.

use std::sync::Arc;

use calibration::{CASES_MIN, Calibration};
use incident::IncidentId;
use serde::{Deserialize, Serialize};
use store::{CalibrationRecord, RatingRecord, Store};

use crate::ratings::Ratings;

/// A calibration is made anew once there are this many times as many incidents as when the last was made.
const GROWTH: f64 = 1.25;

/// What answers take into account beyond the incidents. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Experience {
    /// `None` before the first replay of the history.
    learnt: Option<Arc<Learnt>>,
    ratings: Arc<Ratings>,
}

/// What a replay of the history taught.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Learnt {
    /// How many incidents there were.
    pub(crate) n_incidents: usize,
    /// `None` where there was too little to learn from.
    pub(crate) calibration: Option<Calibration>,
}

impl Experience {
    /// Reads what `store` holds.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub(crate) fn load(store: &Store) -> store::Result<Self> {
        let learnt = store.calibration()?.map(|record| Learnt::from_record(&record)).transpose()?;
        let ratings = Ratings::of(store.ratings()?);
        Ok(Self { learnt: learnt.map(Arc::new), ratings: Arc::new(ratings) })
    }

    /// What is known about confidence; `None` where nothing is.
    pub(crate) fn calibration(&self) -> Option<&Calibration> {
        self.learnt.as_ref()?.calibration.as_ref()
    }

    /// What people said of matches.
    pub(crate) fn ratings(&self) -> &Ratings {
        &self.ratings
    }

    /// Whether there is more to learn from, now that there are `n_incidents`.
    pub(crate) fn is_outgrown(&self, n_incidents: usize) -> bool {
        let then = self.learnt.as_ref().map_or(0, |learnt| learnt.n_incidents);
        n_incidents >= CASES_MIN && n_incidents as f64 >= then as f64 * GROWTH
    }

    pub(crate) fn learn(&mut self, learnt: Learnt) {
        self.learnt = Some(Arc::new(learnt));
    }

    pub(crate) fn rate(&mut self, position: u64, rating: RatingRecord) {
        Arc::make_mut(&mut self.ratings).put(position, rating);
    }

    /// Drops what was said of an incident that is gone.
    pub(crate) fn forget(&mut self, id: &IncidentId) {
        if !self.ratings.is_empty() {
            Arc::make_mut(&mut self.ratings).forget(id);
        }
    }
}

impl Learnt {
    /// The record that the store keeps: JSON, whose floats come back to the last bit.
    pub(crate) fn to_record(&self, position: u64) -> CalibrationRecord {
        let payload = serde_json::to_vec(self).expect("numbers have a JSON form");
        CalibrationRecord { position, payload }
    }

    /// Reads a record back.
    ///
    /// # Errors
    /// [`store::Error::Corrupt`] where the payload is none of [`Learnt::to_record`].
    pub(crate) fn from_record(record: &CalibrationRecord) -> store::Result<Self> {
        serde_json::from_slice(&record.payload).map_err(|error| store::Error::Corrupt {
            message: format!("the calibration at position {}: {error}", record.position),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quarter_of_growth_is_worth_learning_from() {
        let mut experience = Experience::default();
        assert!(!experience.is_outgrown(CASES_MIN - 1) && experience.is_outgrown(CASES_MIN));
        experience.learn(Learnt { n_incidents: 100, calibration: None });
        assert!(!experience.is_outgrown(124) && experience.is_outgrown(125));
        assert_eq!(experience.calibration(), None);
    }

    #[test]
    fn a_record_reads_back_and_a_broken_one_is_corrupt() {
        let learnt = Learnt { n_incidents: 7, calibration: None };
        let record = learnt.to_record(3);
        assert_eq!(record.position, 3);
        assert_eq!(Learnt::from_record(&record).expect("it reads back"), learnt);
        let broken = CalibrationRecord { position: 3, payload: b"{".to_vec() };
        let error = Learnt::from_record(&broken).expect_err("it is cut short");
        assert!(matches!(error, store::Error::Corrupt { .. }), "{error}");
    }
}
