//! When weights change, and how they are kept.

use std::borrow::Cow;

use cluster::{Cut, Thresholds};
use index::Weights;
use serde::{Deserialize, Serialize};
use store::EpochRecord;
use vector::DocumentFrequencies;

/// Up to this position of the log every position begins an epoch;
const ALWAYS_UP_TO: u64 = 100;
/// then one begins when the log has grown by a tenth since the last;
const OFTEN: u64 = 10;
/// and, if that was here or later, by a quarter: to weigh everything anew costs more by then, and a
/// quarter more incidents of the same kind add no more than ln 1.25 = 0.22 to any inverse frequency.
const SELDOM_FROM: u64 = 2_000;
const SELDOM: u64 = 4;

/// Whether an epoch begins at `position`, the last one having begun at `last`. A function of the log
/// position alone, so every process that reads the same log changes its weights at the same place.
pub(crate) fn begins(last: u64, position: u64) -> bool {
    position <= ALWAYS_UP_TO || position >= grown(last)
}

/// How many positions from `position` on there are up to the next at which an epoch begins, that one included; the last
/// one began at `last`.
pub(crate) fn until(last: u64, position: u64) -> u64 {
    match position < ALWAYS_UP_TO {
        true => 1,
        false => grown(last).saturating_sub(position).max(1),
    }
}

/// The position at which the log has grown by enough since `last`.
fn grown(last: u64) -> u64 {
    let share = if last < SELDOM_FROM { OFTEN } else { SELDOM };
    last + last.div_ceil(share)
}

/// The weights of an epoch: what a search and the classes go by.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Epoch {
    pub(crate) number: u64,
    pub(crate) search: Weights,
    pub(crate) classes: Thresholds,
    pub(crate) pass: Pass,
}

/// A batch pass: all incidents grouped anew.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pass {
    /// How many there were, itself included; 0 before the first.
    pub number: u64,
    /// The log position it was made at.
    pub position: u64,
}

/// The form on disk: JSON, floats by their bits so that they come back exactly.
#[derive(Debug, Serialize, Deserialize)]
struct Payload<'a> {
    search: Counts<'a>,
    mean_norm_bits: u64,
    classes: Counts<'a>,
    cut_bits: [u64; 3],
    /// Absent in records of format 1, whose passes nobody counted.
    #[serde(default)]
    pass: Pass,
}

#[derive(Debug, Serialize, Deserialize)]
struct Counts<'a> {
    n_docs: u32,
    terms: Vec<(Cow<'a, str>, u32)>,
}

impl Epoch {
    /// The record that the store keeps of an epoch of these parts.
    pub(crate) fn record(
        number: u64,
        search: &Weights,
        classes: &Thresholds,
        pass: Pass,
    ) -> EpochRecord {
        let cut = classes.cut;
        let payload = Payload {
            search: Counts::of(&search.frequencies),
            mean_norm_bits: search.mean_norm.to_bits(),
            classes: Counts::of(&classes.frequencies),
            cut_bits: [cut.value, cut.null, cut.floor].map(f64::to_bits),
            pass,
        };
        let payload = serde_json::to_vec(&payload).expect("counts have a JSON form");
        EpochRecord { number, position: search.position, payload }
    }

    /// Reads a record back.
    ///
    /// # Errors
    /// [`store::Error::Corrupt`] where the payload is none of [`Epoch::record`].
    pub(crate) fn from_record(record: &EpochRecord) -> store::Result<Self> {
        let payload: Payload<'_> =
            serde_json::from_slice(&record.payload).map_err(|error| store::Error::Corrupt {
                message: format!("the weights of epoch {}: {error}", record.number),
            })?;
        let [value, null, floor] = payload.cut_bits.map(f64::from_bits);
        Ok(Self {
            number: record.number,
            search: Weights {
                position: record.position,
                frequencies: payload.search.into_frequencies(),
                mean_norm: f64::from_bits(payload.mean_norm_bits),
            },
            classes: Thresholds {
                frequencies: payload.classes.into_frequencies(),
                cut: Cut { value, null, floor },
            },
            pass: payload.pass,
        })
    }
}

impl<'a> Counts<'a> {
    fn of(frequencies: &'a DocumentFrequencies) -> Self {
        let terms = frequencies.sorted().into_iter().map(|(term, count)| (term.into(), count));
        Self { n_docs: frequencies.n_docs(), terms: terms.collect() }
    }

    fn into_frequencies(self) -> DocumentFrequencies {
        DocumentFrequencies::new(self.n_docs, self.terms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_early_position_begins_an_epoch() {
        assert!((1..=100).all(|position| begins(position - 1, position)));
    }

    #[test]
    fn later_a_tenth_of_growth_does_and_then_a_quarter() {
        assert!(!begins(100, 109));
        assert!(begins(100, 110));
        assert!(!begins(1_001, 1_101));
        assert!(begins(1_001, 1_102));
        assert!(!begins(2_001, 2_501));
        assert!(begins(2_001, 2_502));
    }

    #[test]
    fn the_next_epoch_is_foreseen() {
        for (last, position) in [(0, 0), (99, 99), (100, 100), (100, 105), (2_001, 2_400), (7, 900)]
        {
            let next = position + until(last, position);
            assert!(begins(last, next), "{last} {position}");
            assert!((position + 1..next).all(|before| !begins(last, before)), "{last} {position}");
        }
    }

    #[test]
    fn weights_come_back_to_the_last_bit() {
        let counts = [("tls", 3), ("\"auth\"", 1)];
        let frequencies = DocumentFrequencies::new(7, counts);
        let epoch = Epoch {
            number: 4,
            search: Weights { position: 9, frequencies: frequencies.clone(), mean_norm: 0.1 + 0.2 },
            classes: Thresholds {
                frequencies,
                cut: Cut { value: 0.5, null: 1.0 / 3.0, floor: 0.5 },
            },
            pass: Pass { number: 3, position: 8 },
        };
        let record = Epoch::record(epoch.number, &epoch.search, &epoch.classes, epoch.pass);
        assert_eq!(Epoch::from_record(&record).expect("it was just written"), epoch);
    }

    #[test]
    fn a_damaged_record_says_so() {
        let record = EpochRecord { number: 1, position: 1, payload: b"{".to_vec() };
        assert!(matches!(Epoch::from_record(&record), Err(store::Error::Corrupt { .. })));
    }
}
