//! Sparse rows over a numbered vocabulary.

/// A sparse matrix of shape `(n_rows, n_terms)` in compressed rows: one unit vector per document,
/// term ids ascending within a row. An empty document is an empty row.
#[derive(Debug, Clone, PartialEq)]
pub struct Matrix {
    n_terms: usize,
    offsets: Vec<usize>,
    terms: Vec<u32>,
    weights: Vec<f64>,
}

impl Matrix {
    /// Builds the matrix from `rows` of `(term id, weight)`.
    ///
    /// # Panics
    /// Where a row's ids do not ascend, or reach `n_terms`: the caller numbers the terms.
    #[must_use]
    pub fn from_rows<R>(n_terms: usize, rows: impl IntoIterator<Item = R>) -> Self
    where
        R: IntoIterator<Item = (u32, f64)>,
    {
        let mut matrix = Self { n_terms, offsets: vec![0], terms: Vec::new(), weights: Vec::new() };
        for row in rows {
            let start = matrix.terms.len();
            for (term, weight) in row {
                let ascends = matrix.terms[start..].last().is_none_or(|last| *last < term);
                assert!(ascends, "term {term} follows {:?}", matrix.terms.last());
                assert!((term as usize) < n_terms, "term {term} of {n_terms}");
                matrix.terms.push(term);
                matrix.weights.push(weight);
            }
            matrix.offsets.push(matrix.terms.len());
        }
        matrix
    }

    /// How many rows.
    #[must_use]
    pub fn n_rows(&self) -> usize {
        self.offsets.len() - 1
    }

    /// How many terms the vocabulary has.
    #[must_use]
    pub fn n_terms(&self) -> usize {
        self.n_terms
    }

    /// How many non-zero cells in all.
    #[must_use]
    pub fn n_cells(&self) -> usize {
        self.terms.len()
    }

    /// The term ids and weights of row `row`.
    ///
    /// # Panics
    /// Where there is no such row.
    #[must_use]
    pub fn row(&self, row: usize) -> (&[u32], &[f64]) {
        let cells = self.offsets[row]..self.offsets[row + 1];
        (&self.terms[cells.clone()], &self.weights[cells])
    }

    /// The cells of row `row` in order.
    ///
    /// # Panics
    /// Where there is no such row.
    pub fn cells(&self, row: usize) -> impl Iterator<Item = (u32, f64)> + '_ {
        let (terms, weights) = self.row(row);
        terms.iter().copied().zip(weights.iter().copied())
    }

    /// The rows `rows`, in that order, over the same terms.
    ///
    /// # Panics
    /// Where there is no such row.
    #[must_use]
    pub fn select(&self, rows: &[usize]) -> Self {
        Self::from_rows(self.n_terms, rows.iter().map(|row| self.cells(*row)))
    }

    /// The same cells by column: shape `(n_terms, n_rows)`, row ids ascending in each.
    #[must_use]
    pub fn transposed(&self) -> Self {
        let mut offsets = vec![0; self.n_terms + 1];
        for term in &self.terms {
            offsets[*term as usize + 1] += 1;
        }
        for term in 0..self.n_terms {
            offsets[term + 1] += offsets[term];
        }
        let mut next = offsets.clone();
        let mut rows = vec![0; self.terms.len()];
        let mut weights = vec![0.0; self.terms.len()];
        for row in 0..self.n_rows() {
            let id = u32::try_from(row).expect("rows are counted in 32 bits");
            for (term, weight) in self.cells(row) {
                let cell = &mut next[term as usize];
                rows[*cell] = id;
                weights[*cell] = weight;
                *cell += 1;
            }
        }
        Self { n_terms: self.n_rows(), offsets, terms: rows, weights }
    }

    /// The cosine of two rows, summed in ascending order of term ids.
    ///
    /// # Panics
    /// Where there is no such row.
    #[must_use]
    pub fn cosine(&self, left: usize, right: usize) -> f64 {
        let (left_terms, left_weights) = self.row(left);
        let (right_terms, right_weights) = self.row(right);
        let (mut l, mut r, mut sum) = (0, 0, 0.0);
        while l < left_terms.len() && r < right_terms.len() {
            match left_terms[l].cmp(&right_terms[r]) {
                std::cmp::Ordering::Less => l += 1,
                std::cmp::Ordering::Greater => r += 1,
                std::cmp::Ordering::Equal => {
                    sum += left_weights[l] * right_weights[r];
                    l += 1;
                    r += 1;
                }
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Matrix {
        Matrix::from_rows(3, [vec![(0, 0.6), (2, 0.8)], vec![], vec![(2, 1.0)]])
    }

    #[test]
    fn rows_come_back_as_they_went_in() {
        let matrix = sample();
        assert_eq!((matrix.n_rows(), matrix.n_terms(), matrix.n_cells()), (3, 3, 3));
        assert_eq!(matrix.cells(0).collect::<Vec<_>>(), [(0, 0.6), (2, 0.8)]);
        assert_eq!(matrix.cells(1).count(), 0);
    }

    #[test]
    fn transposing_twice_changes_nothing() {
        assert_eq!(sample().transposed().cells(2).collect::<Vec<_>>(), [(0, 0.8), (2, 1.0)]);
        assert_eq!(sample().transposed().transposed(), sample());
    }

    #[test]
    fn the_cosine_counts_shared_terms_only() {
        assert!((sample().cosine(0, 2) - 0.8).abs() < 1e-12);
        assert_eq!(sample().cosine(0, 1), 0.0);
    }
}
