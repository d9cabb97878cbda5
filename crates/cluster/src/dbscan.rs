//! DBSCAN by linfa over a sparse inverted index.

use std::sync::{Arc, Mutex};

use crate::groups::{Groups, by_mean};
use crate::labels::{Labels, numbered};
use crate::search::Search;
use linfa::Float;
use linfa::prelude::{ParamGuard, Transformer};
use linfa_clustering::Dbscan;
use linfa_nn::distance::{Distance, L2Dist};
use linfa_nn::{BuildError, NearestNeighbour, NearestNeighbourIndex, NnError};
use ndarray::{Array2, ArrayBase, ArrayView1, ArrayView2, Axis, Data, Ix2};
use vector::Matrix;

/// The least distance linfa is asked for: it wants one above 0, and the cosine of two equal rows
/// is only 1 up to rounding.
const DISTANCE_MIN: f64 = 1e-12;

/// Groups rows that are at a cosine of at least `cut` to the core of a group.
pub(crate) fn dbscan(matrix: &Matrix, min_points: usize, cut: f64) -> Labels {
    let neighbours = Neighbours(Arc::new(SparseIndex::new(matrix)));
    // Rows travel through linfa by number; in f64 every number of a row is exact.
    let numbers: Array2<f64> = Array2::from_shape_fn((matrix.n_rows(), 1), |(row, _)| row as f64);
    let groups = Dbscan::params_with(min_points.max(2), L2Dist, neighbours)
        .tolerance((1.0 - cut).max(DISTANCE_MIN))
        .check()
        .expect("two points or more and a distance above 0 are what linfa asks for")
        .transform(&numbers);
    let number = |group: usize| u32::try_from(group).expect("groups are counted in 32 bits");
    let groups: Vec<Option<u32>> = groups.iter().map(|group| group.map(number)).collect();
    numbered(&groups)
}

/// All rows, found by their terms.
#[derive(Debug)]
struct SparseIndex {
    /// Each row as a group of its own.
    rows: Groups,
    /// linfa asks through a shared reference, hence the lock.
    search: Mutex<Search>,
}

impl SparseIndex {
    fn new(matrix: &Matrix) -> Self {
        Self { rows: Groups::of_rows(matrix), search: Mutex::default() }
    }

    /// The rows at a cosine of `least` or more to `row`, itself at exactly 1, and perhaps others.
    fn cosines(&self, row: u32, least: f64) -> Vec<(u32, f64)> {
        let mut search = self.search.lock().expect("no query panics while it counts");
        let mut cosines = search.candidates(&self.rows, &self.rows.total(row), least);
        cosines.retain(|(other, _)| *other != row);
        cosines.push((row, 1.0));
        cosines
    }
}

/// What linfa asks for neighbours.
#[derive(Debug, Clone)]
struct Neighbours(Arc<SparseIndex>);

impl NearestNeighbour for Neighbours {
    fn from_batch_with_leaf_size<'a, F: Float, DT: Data<Elem = F>, D: 'a + Distance<F>>(
        &self,
        batch: &'a ArrayBase<DT, Ix2>,
        _leaf_size: usize,
        _distance: D,
    ) -> Result<Box<dyn 'a + Send + Sync + NearestNeighbourIndex<F>>, BuildError> {
        Ok(Box::new(View { numbers: batch.view(), index: Arc::clone(&self.0) }))
    }
}

/// The index beside the row numbers linfa holds; its distance is 1 - cosine.
struct View<'a, F> {
    numbers: ArrayView2<'a, F>,
    index: Arc<SparseIndex>,
}

impl<F: Float> View<'_, F> {
    fn cosines(&self, point: ArrayView1<'_, F>, least: f64) -> Result<Vec<(u32, f64)>, NnError> {
        let row = point.first().and_then(|number| number.to_u32());
        let row = row.filter(|row| (*row as usize) < self.numbers.nrows());
        Ok(self.index.cosines(row.ok_or(NnError::WrongDimension)?, least))
    }

    fn point(&self, row: u32) -> (ArrayView1<'_, F>, usize) {
        let row = row as usize;
        (self.numbers.index_axis(Axis(0), row), row)
    }
}

impl<F: Float> NearestNeighbourIndex<F> for View<'_, F> {
    fn k_nearest(
        &self,
        point: ArrayView1<'_, F>,
        k: usize,
    ) -> Result<Vec<(ArrayView1<'_, F>, usize)>, NnError> {
        let mut cosines = self.cosines(point, 0.0)?;
        cosines.sort_by(|left, right| by_mean(right, left));
        let nearest = cosines.into_iter().take(k);
        Ok(nearest.map(|(row, _)| self.point(row)).collect())
    }

    fn within_range(
        &self,
        point: ArrayView1<'_, F>,
        range: F,
    ) -> Result<Vec<(ArrayView1<'_, F>, usize)>, NnError> {
        let least = 1.0 - range.to_f64().unwrap_or(1.0);
        let mut cosines = self.cosines(point, least)?;
        cosines.retain(|(_, cosine)| F::cast(1.0 - cosine) <= range);
        Ok(cosines.into_iter().map(|(row, _)| self.point(row)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{rows, seeded, unit_matrix};
    use proptest::prelude::*;

    /// DBSCAN on a dense table of cosines: the cores joined, then each border row given to the
    /// first group that reaches it.
    fn textbook(matrix: &Matrix, min_points: usize, cut: f64) -> Labels {
        let n = matrix.n_rows();
        let near = |l: usize, r: usize| l == r || matrix.cosine(l, r) >= cut;
        let core = |row: usize| (0..n).filter(|other| near(row, *other)).count() >= min_points;
        let mut groups = vec![None; n];
        for (name, start) in (0..).zip(0..n) {
            if groups[start].is_some() || !core(start) {
                continue;
            }
            let mut reached = vec![start];
            while let Some(row) = reached.pop() {
                groups[row] = Some(name);
                if core(row) {
                    reached.extend((0..n).filter(|to| near(row, *to) && groups[*to].is_none()));
                }
            }
        }
        numbered(&groups)
    }

    proptest! {
        #![proptest_config(seeded())]
        #[test]
        fn the_labels_are_those_of_the_textbook(
            rows in rows(),
            min_points in 2..5_usize,
            cut in 0.2..0.9,
        ) {
            let matrix = unit_matrix(&rows);
            prop_assert_eq!(dbscan(&matrix, min_points, cut), textbook(&matrix, min_points, cut));
        }
    }

    #[test]
    fn the_nearest_come_first_and_no_more_than_asked_for() {
        let matrix = Matrix::from_rows(
            3,
            [vec![(0, 1.0)], vec![(0, 0.6), (1, 0.8)], vec![(2, 1.0)], vec![(0, 0.8), (1, 0.6)]],
        );
        let numbers = Array2::from_shape_fn((4, 1), |(row, _)| row as f64);
        let neighbours = Neighbours(Arc::new(SparseIndex::new(&matrix)));
        let view = neighbours.from_batch(&numbers, L2Dist).unwrap();
        let nearest = |k| -> Vec<usize> {
            let found = view.k_nearest(numbers.row(0), k).unwrap();
            found.into_iter().map(|(_, row)| row).collect()
        };
        assert_eq!(nearest(2), [0, 3]);
        assert_eq!(nearest(4), [0, 3, 1]);
    }
}
