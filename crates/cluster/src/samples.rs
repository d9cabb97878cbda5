//! Random sparse rows for the property tests.

use std::collections::{BTreeMap, BTreeSet};

use crate::labels::Labels;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use vector::Matrix;

/// Properties are tried on the same cases on every run.
pub(crate) fn seeded() -> ProptestConfig {
    ProptestConfig {
        cases: 1_000,
        rng_seed: RngSeed::Fixed(1),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// How many terms [`rows`] draws from.
const N_TERMS: u32 = 8;

/// The cells of one row before it is made a unit vector.
pub(crate) type Row = BTreeMap<u32, f64>;

/// Up to 16 rows drawn from a pool of 12, so that some are equal; a few are empty.
pub(crate) fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = prop::collection::btree_map(0..N_TERMS, 0.1..1.0, 0..5);
    let pool = prop::collection::vec(row, 1..12);
    pool.prop_flat_map(|pool| prop::collection::vec(prop::sample::select(pool), 0..16))
}

/// Up to 12 rows of two terms or more, whose weights are drawn so finely that nothing ties.
pub(crate) fn distinct_rows() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec(prop::collection::btree_map(0..N_TERMS, 0.1..1.0, 2..6), 1..12)
}

/// The matrix of `rows`, each scaled to length 1.
pub(crate) fn unit_matrix(rows: &[Row]) -> Matrix {
    Matrix::from_rows(
        N_TERMS as usize,
        rows.iter().map(|row| {
            let length = row.values().map(|weight| weight * weight).sum::<f64>().sqrt();
            row.iter().map(move |(term, weight)| (*term, weight / length))
        }),
    )
}

/// The groups of `labels` as sets of rows, where `names` says which row each label is of.
pub(crate) fn partition(labels: &Labels, names: &[usize]) -> BTreeSet<BTreeSet<usize>> {
    let mut groups: BTreeMap<_, BTreeSet<usize>> = BTreeMap::new();
    for (label, name) in labels.iter().zip(names) {
        if let Some(id) = label {
            groups.entry(id).or_default().insert(*name);
        }
    }
    groups.into_values().collect()
}
