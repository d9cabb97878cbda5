//! All pairs of vectors that may be near.

use std::cmp;
use std::ops::Range;

use crate::block::{Asked, BLOCK, Block, Reach, Scratch, UNIT};
use crate::parallel::{in_parallel, in_parallel_with};
use crate::vectors::{Vectors, number, ranked, rounded_up};

/// An inverted index over vectors that stay as they are, which says of any two whether they may have a cosine of at least
/// some cut. All roundings err on the side of yes.
///
/// What two vectors share from some rank on is at most the product of their lengths there, so it is far from the cut where
/// both are short (Anastasiu and Karypis, "L2AP: Fast cosine similarity search with prefix L-2 norm bounds", 2014). Each
/// vector is posted under its rarest terms, up to the rank from which on it is short. Vectors stand in the order of these
/// ranks, the highest first; each is compared only with those before it, which are posted at least as far as it is not
/// short. So every pair is looked at once, and common terms have next to no postings.
#[derive(Debug)]
pub(crate) struct Windows<'a, V> {
    vectors: &'a V,
    /// By place which vector stands there.
    order: Vec<u32>,
    /// By place how long a vector is in what of it is not posted.
    rests: Vec<f32>,
    blocks: Vec<Block>,
}

/// What of a vector asked about is not posted for the vectors of a block.
#[derive(Debug)]
struct Rest<'a> {
    terms: &'a [(u32, u32)],
    length: f64,
}

impl<'a, V: Vectors> Windows<'a, V> {
    /// Indexes `vectors`, to be searched at `cut` and above.
    pub(crate) fn new(vectors: &'a V, cut: f64) -> Self {
        let numbers: Vec<u32> = (0..).take(vectors.len()).collect();
        let mut reaches = in_parallel(&numbers, |vector| Reach::of(vectors, *vector, cut));
        reaches.sort_unstable_by_key(|reach| (cmp::Reverse(reach.posted), reach.vector));
        let chunks: Vec<_> = (0..).step_by(BLOCK).zip(reaches.chunks(BLOCK)).collect();
        let new = |(): &mut (), (first, own): &(usize, &[Reach])| Block::new(vectors, *first, own);
        let blocks = in_parallel_with(&chunks, 1, &mut Vec::new(), new);
        let order = reaches.iter().map(|reach| reach.vector).collect();
        let rests = reaches.iter().map(|reach| reach.rest).collect();
        Self { vectors, order, rests, blocks }
    }

    /// Compares the vectors at `places` with all before them; tells `each` which may have a cosine of `least`, which is not
    /// below the cut, with a bound of it. What one vector may be near to comes in parts.
    pub(crate) fn near(
        &self,
        places: Range<usize>,
        least: f64,
        scratch: &mut Scratch,
        mut each: impl FnMut(u32, &[(u32, f32)]),
    ) {
        let asked: Vec<Asked> = places
            .map(|place| Asked::new(number(place), ranked(self.vectors, self.order[place])))
            .collect();
        let Some(last) = asked.last() else { return };
        for block in self.blocks.iter().take_while(|block| block.first < last.place) {
            for asked in asked.iter().filter(|asked| asked.place > block.first) {
                let end = block.len.min(asked.place - block.first);
                let n_posted = asked.terms.partition_point(|(rank, _)| *rank < block.posted);
                let length = f64::from(asked.rests[n_posted]);
                let reach = ((least - length * f64::from(block.rest)) * UNIT) as u16;
                block.add_up(asked, end, reach.max(1), scratch);
                let rest = Rest { terms: &asked.terms[n_posted..], length };
                self.collect(block, &rest, least, scratch);
                block.clear(scratch);
                if !scratch.found.is_empty() {
                    each(self.order[asked.place as usize], &scratch.found);
                }
            }
        }
    }

    /// Of those whose sum was enough which may be near: first by their lengths in what is not posted, then by their cells.
    fn collect(&self, block: &Block, rest: &Rest<'_>, least: f64, scratch: &mut Scratch) {
        let Scratch { sums, crossed, spread, found, .. } = scratch;
        let first = block.first as usize;
        found.clear();
        crossed.retain(|place| {
            let seen = f64::from(sums[*place as usize]) / UNIT;
            let length = f64::from(self.rests[first + *place as usize]);
            seen + length * rest.length >= least
        });
        if crossed.is_empty() {
            return;
        }
        let n_terms = self.vectors.ranks().len();
        spread.resize(n_terms, 0);
        let commoner = |rank: u32| n_terms - 1 - rank as usize;
        rest.terms.iter().for_each(|(rank, weight)| spread[commoner(*rank)] = *weight as u16);
        for place in crossed.drain(..) {
            let unseen = block.unposted(place as usize, spread);
            let bound = f64::from(u32::from(sums[place as usize]) + unseen) / UNIT;
            if bound >= least {
                found.push((self.order[first + place as usize], rounded_up(bound)));
            }
        }
        rest.terms.iter().for_each(|(rank, _)| spread[commoner(*rank)] = 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{rows, seeded, unit_matrix};
    use crate::tiers::ranks_of;
    use crate::vectors::Rows;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #![proptest_config(seeded())]
        #[test]
        fn whatever_two_are_at_the_cut_is_found_once_within_its_bound(
            rows in rows(),
            cut in 0.01..1.0,
            more in 0.0..0.2,
            at_once in 1..20_usize,
        ) {
            let matrix = unit_matrix(&rows);
            let ranks = ranks_of(&matrix);
            let rows = Rows::new(&matrix, &ranks);
            let windows = Windows::new(&rows, cut);
            let (least, n) = (cut + more, matrix.n_rows());
            let mut scratch = Scratch::default();
            let mut found: BTreeMap<(u32, u32), f32> = BTreeMap::new();
            for first in (0..n).step_by(at_once) {
                windows.near(first..n.min(first + at_once), least, &mut scratch, |row, others| {
                    for (other, bound) in others {
                        let pair = (row.min(*other), row.max(*other));
                        assert_eq!(found.insert(pair, *bound), None);
                    }
                });
            }
            for (left, right) in (0..n).flat_map(|right| (0..right).map(move |left| (left, right))) {
                let cosine = matrix.cosine(left, right);
                let bound = found.get(&(left as u32, right as u32));
                prop_assert!(cosine < least || bound.is_some_and(|it| f64::from(*it) >= cosine));
            }
            prop_assert!(scratch.sums.iter().all(|sum| *sum == 0));
        }
    }
}
