//! Vectors over terms that are ranked by rarity.

use vector::Matrix;

/// Vectors no longer than 1 whose terms are ranked by rarity, the rarest first.
pub(crate) trait Vectors: Sync {
    /// How many there are.
    fn len(&self) -> usize;

    /// The terms of one with their weights, which are positive, each term once.
    fn cells(&self, vector: u32) -> impl Iterator<Item = (u32, f64)>;

    /// Of each term how many are rarer.
    fn ranks(&self) -> &[u32];
}

/// The rows of a matrix.
#[derive(Debug)]
pub(crate) struct Rows<'a> {
    matrix: &'a Matrix,
    ranks: &'a [u32],
}

impl<'a> Rows<'a> {
    /// `ranks` are those of the terms. Any order of them will do; by rarity least is looked at.
    pub(crate) fn new(matrix: &'a Matrix, ranks: &'a [u32]) -> Self {
        Self { matrix, ranks }
    }
}

impl Vectors for Rows<'_> {
    fn len(&self) -> usize {
        self.matrix.n_rows()
    }

    fn cells(&self, row: u32) -> impl Iterator<Item = (u32, f64)> {
        self.matrix.cells(row as usize)
    }

    fn ranks(&self) -> &[u32] {
        self.ranks
    }
}

/// The cells of a vector by the ranks of their terms, ascending.
pub(crate) fn ranked(vectors: &impl Vectors, vector: u32) -> Vec<(u32, f64)> {
    let mut cells: Vec<(u32, f64)> = ranked_cells(vectors, vector).collect();
    cells.sort_unstable_by_key(|(rank, _)| *rank);
    cells
}

/// The same in no order.
pub(crate) fn ranked_cells(
    vectors: &impl Vectors,
    vector: u32,
) -> impl Iterator<Item = (u32, f64)> + '_ {
    let ranks = vectors.ranks();
    vectors.cells(vector).map(|(term, weight)| (ranks[term as usize], weight))
}

/// The same in 32 bits, never less.
pub(crate) fn rounded_up(value: f64) -> f32 {
    (value as f32).next_up()
}

/// A place in 32 bits.
pub(crate) fn number(place: usize) -> u32 {
    u32::try_from(place).expect("vectors are counted in 32 bits")
}
