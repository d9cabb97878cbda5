//! Terms by how common they are.

use vector::Matrix;

/// How many tiers there are.
pub(crate) const TIERS: usize = 8;

/// The greatest share of the rows that a term of each tier but the last stands in.
const SHARES: [f64; TIERS - 1] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1];

/// The tier of a term that stands in `frequency` of `n_rows` rows, from 0 for the rarest.
pub(crate) fn tier(frequency: u32, n_rows: u32) -> u8 {
    let share = f64::from(frequency) / f64::from(n_rows.max(1));
    SHARES.iter().fold(0, |tier, most| tier + u8::from(share > *most))
}

/// The tier of each term of `matrix`.
pub(crate) fn tiers_of(matrix: &Matrix) -> Vec<u8> {
    let n_rows = u32::try_from(matrix.n_rows()).expect("rows are counted in 32 bits");
    frequencies(matrix).into_iter().map(|frequency| tier(frequency, n_rows)).collect()
}

/// Of each term of `matrix` how many come before it, the rarest first.
pub(crate) fn ranks_of(matrix: &Matrix) -> Vec<u32> {
    ranks(&frequencies(matrix))
}

/// The same of terms that stand in so many rows each.
pub(crate) fn ranks(frequencies: &[u32]) -> Vec<u32> {
    let mut terms: Vec<u32> = (0..).take(frequencies.len()).collect();
    terms.sort_unstable_by_key(|term| (frequencies[*term as usize], *term));
    let mut ranks = vec![0; terms.len()];
    (0..).zip(terms).for_each(|(rank, term)| ranks[term as usize] = rank);
    ranks
}

/// In how many rows of `matrix` each term stands.
fn frequencies(matrix: &Matrix) -> Vec<u32> {
    let mut frequencies = vec![0; matrix.n_terms()];
    for row in 0..matrix.n_rows() {
        matrix.row(row).0.iter().for_each(|term| frequencies[*term as usize] += 1);
    }
    frequencies
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rarest_are_in_the_first_tier_and_the_commonest_in_the_last() {
        let check = |frequency, expect| assert_eq!(tier(frequency, 1_000), expect);
        check(0, 0);
        check(1, 0);
        check(2, 1);
        check(10, 3);
        check(11, 4);
        check(101, 7);
        check(1_000, 7);
        assert_eq!(tier(0, 0), 0);
    }

    #[test]
    fn terms_of_a_matrix_are_counted_by_rows() {
        let rows =
            (0..100).map(|row| if row < 2 { vec![(0, 0.6), (1, 0.8)] } else { vec![(1, 1.0)] });
        assert_eq!(tiers_of(&Matrix::from_rows(3, rows)), [4, 7, 0]);
    }
}
