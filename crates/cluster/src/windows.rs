//! An inverted index over vectors that stay as they are.

use crate::parallel::in_parallel;
use crate::tiers::TIERS;

/// How many vectors a block has, so that a posting of it fits 32 bits. Tests have several, with a few vectors each.
const BLOCK: usize = if cfg!(test) { 8 } else { 1 << (32 - WEIGHT_BITS) };

/// How many vectors of a block are looked at together: their sums stay in the first-level cache of a core, and most of
/// their postings in the second.
const WINDOW: usize = if cfg!(test) { 4 } else { 1 << 13 };

/// How many bits of a posting its weight has.
const WEIGHT_BITS: u32 = 12;

/// A weight of 1 in a posting.
const ONE: f64 = ((1 << WEIGHT_BITS) - 1) as f64;

/// A sum of 1; twice as much fits.
const UNIT: f64 = 32_768.0;

/// A weight of 1 of a vector asked about: times [`ONE`], without the last [`WEIGHT_BITS`], it is [`UNIT`].
const WEIGHT: f64 = UNIT * (ONE + 1.0) / ONE;

/// A length of 1 in a byte.
const WHOLE: f64 = 255.0;

/// Terms are looked up for as long as those that are not could bring this much of what is asked for.
const LEFT_OUT: f64 = 0.8;

/// Vectors no longer than 1, numbered from 0, by the terms they have; asked which may have a cosine of
/// at least some cut to another. All roundings err on the side of yes.
///
/// What two vectors share in the terms of a tier and all commoner ones is at most the product of their lengths there
/// (Anastasiu and Karypis, "L2AP: Fast cosine similarity search with prefix L-2 norm bounds", 2014). So
/// common terms are not looked up, and those that can never matter at the cut are not even posted.
#[derive(Debug, Default)]
pub(crate) struct Windows {
    blocks: Vec<Block>,
    /// Of each vector by tier: its length in it and all commoner ones, rounded up.
    lengths: Vec<[u8; TIERS]>,
    /// By tier the greatest of these lengths; then 0.
    longest: [f64; TIERS + 1],
}

/// The postings of a block, term by term, in the order of the vectors.
#[derive(Debug, Default)]
struct Block {
    /// By term where its postings begin; then where the last ones end.
    starts: Vec<u32>,
    /// The place of a vector in the block, and in the last [`WEIGHT_BITS`] its weight rounded up.
    postings: Vec<u32>,
    n_vectors: usize,
}

/// A vector to ask about.
#[derive(Debug)]
pub(crate) struct Asked {
    /// The terms that are looked up, with their weights.
    terms: Vec<(u32, u32)>,
    /// The first tier that is not.
    depth: usize,
    /// How long it is in that tier and all commoner ones.
    rest: f64,
    /// The cosine from which on a vector is near.
    least: f64,
    /// What the terms looked up bring at least where one is.
    reach: u16,
}

/// The vectors that may be near to one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Found {
    /// Each with a bound of the cosine.
    pub(crate) vectors: Vec<(u32, f32)>,
    /// A bound of the cosines of those that were left out; 0 where none was.
    pub(crate) beyond: f32,
}

/// How far the postings of a term were read.
#[derive(Debug)]
struct Cursor {
    /// Where those that were not begin, and end.
    at: u32,
    end: u32,
    /// The place of the next; beyond all places at the end.
    next: u32,
    weight: u32,
}

/// What a search holds: the sums of a window, all 0 in between.
#[derive(Debug)]
pub(crate) struct Sums(Vec<u16>);

impl Default for Sums {
    fn default() -> Self {
        Self(vec![0; WINDOW])
    }
}

impl Windows {
    /// Indexes `vectors`, whose `cells` are ascending by term, each term in the tier that `tiers` says.
    pub(crate) fn new<V, C>(vectors: &[V], cells: C, tiers: &[u8], cut: f64) -> Self
    where
        V: Sync,
        C: Fn(&V, &mut dyn FnMut(u32, f64)) + Sync,
    {
        let tier = |term: u32| usize::from(tiers[term as usize]);
        let length = |vector: &V| {
            let mut squares = [0.0; TIERS];
            cells(vector, &mut |term, weight| squares[tier(term)] += weight * weight);
            rests(squares).map(|rest| (rest * WHOLE).ceil().min(WHOLE) as u8)
        };
        let lengths = in_parallel(vectors, length);
        let mut longest = [0.0_f64; TIERS + 1];
        for (longest, tier) in longest.iter_mut().zip(0..TIERS) {
            let greatest = lengths.iter().map(|lengths| lengths[tier]).max();
            *longest = f64::from(greatest.unwrap_or(0)) / WHOLE;
        }
        let n_posted = (0..TIERS).find(|tier| longest[*tier].powi(2) <= cut * LEFT_OUT);
        let is_posted = |term: u32| tier(term) < n_posted.unwrap_or(TIERS);
        let block = |own| Block::new(own, &cells, tiers.len(), &is_posted);
        let blocks = vectors.chunks(BLOCK).map(block).collect();
        Self { blocks, lengths, longest }
    }

    /// How many vectors there are.
    pub(crate) fn len(&self) -> usize {
        self.lengths.len()
    }

    /// A vector to ask about, in no tier longer than the longest of those indexed: which others are at a cosine of `least`,
    /// which is not below the cut?
    pub(crate) fn asked(
        &self,
        cells: impl Iterator<Item = (u32, f64)>,
        tiers: &[u8],
        least: f64,
    ) -> Asked {
        let cells: Vec<(u32, f64)> = cells.collect();
        let tier = |term: u32| usize::from(tiers[term as usize]);
        let mut squares = [0.0; TIERS];
        cells.iter().for_each(|(term, weight)| squares[tier(*term)] += weight * weight);
        let rests = rests(squares);
        let left = |tier: usize| rests.get(tier).map_or(0.0, |rest| rest * self.longest[tier]);
        let depth = (0..TIERS).find(|tier| left(*tier) <= least * LEFT_OUT).unwrap_or(TIERS);
        let terms = cells.into_iter().filter(|(term, _)| tier(*term) < depth);
        Asked {
            terms: terms.map(|(term, weight)| (term, (weight * WEIGHT).ceil() as u32)).collect(),
            depth,
            rest: rests.get(depth).copied().unwrap_or(0.0),
            least,
            reach: (((least - left(depth)) * UNIT) as u16).max(1),
        }
    }

    /// For each of `asked` what may be near; of more than twice as many as `most` at least the best so many.
    pub(crate) fn near(&self, asked: &[Asked], most: usize, sums: &mut Sums) -> Vec<Found> {
        let mut found = vec![Found::default(); asked.len()];
        let mut crossed = Vec::new();
        let mut first = 0;
        for block in &self.blocks {
            let mut cursors: Vec<Vec<Cursor>> = asked.iter().map(|it| block.cursors(it)).collect();
            for begin in (0..block.n_vectors).step_by(WINDOW) {
                let end = block.n_vectors.min(begin + WINDOW);
                let sums = &mut sums.0[..end - begin];
                for ((asked, cursors), found) in asked.iter().zip(&mut cursors).zip(&mut found) {
                    block.add_up(cursors, end as u32, asked.reach, sums, &mut crossed);
                    for place in crossed.drain(..) {
                        let vector = first + (begin + usize::from(place)) as u32;
                        let seen = f64::from(sums[usize::from(place)]) / UNIT;
                        let bound = seen + self.unseen(vector, asked);
                        if bound >= asked.least {
                            found.push(vector, bound, most);
                        }
                    }
                    sums.fill(0);
                }
            }
            first += block.n_vectors as u32;
        }
        found
    }

    /// The most that the terms that were not looked up bring.
    fn unseen(&self, vector: u32, asked: &Asked) -> f64 {
        let length = self.lengths[vector as usize].get(asked.depth);
        asked.rest * length.map_or(0.0, |length| f64::from(*length) / WHOLE)
    }
}

impl Found {
    fn push(&mut self, vector: u32, bound: f64, most: usize) {
        self.vectors.push((vector, (bound as f32).next_up()));
        if self.vectors.len() > most.saturating_mul(2) {
            let higher = |left: &(u32, f32), right: &(u32, f32)| right.1.total_cmp(&left.1);
            let (_, left_out, _) = self.vectors.select_nth_unstable_by(most, higher);
            self.beyond = self.beyond.max(left_out.1);
            self.vectors.truncate(most);
        }
    }
}

impl Block {
    fn new<V, C>(vectors: &[V], cells: &C, n_terms: usize, is_posted: &dyn Fn(u32) -> bool) -> Self
    where
        C: Fn(&V, &mut dyn FnMut(u32, f64)),
    {
        let mut starts = vec![0_u32; n_terms + 1];
        for vector in vectors {
            cells(vector, &mut |term, _| starts[term as usize + 1] += u32::from(is_posted(term)));
        }
        for term in 0..n_terms {
            starts[term + 1] += starts[term];
        }
        let mut next = starts.clone();
        let mut postings = vec![0; starts[n_terms] as usize];
        for (place, vector) in (0_u32..).zip(vectors) {
            cells(vector, &mut |term, weight| {
                if is_posted(term) {
                    let rounded = (weight * ONE).ceil().min(ONE) as u32;
                    postings[next[term as usize] as usize] = (place << WEIGHT_BITS) | rounded;
                    next[term as usize] += 1;
                }
            });
        }
        Self { starts, postings, n_vectors: vectors.len() }
    }

    fn cursors(&self, asked: &Asked) -> Vec<Cursor> {
        let cursor = |(term, weight): &(u32, u32)| {
            let (at, end) = (self.starts[*term as usize], self.starts[*term as usize + 1]);
            let next = self.postings[at as usize..end as usize].first();
            next.map(|next| Cursor { at, end, next: next >> WEIGHT_BITS, weight: *weight })
        };
        asked.terms.iter().filter_map(cursor).collect()
    }

    /// Adds up what the terms looked up bring the vectors of the window before `end`; notes whose sum has come to
    /// `reach`.
    fn add_up(
        &self,
        cursors: &mut [Cursor],
        end: u32,
        reach: u16,
        sums: &mut [u16],
        crossed: &mut Vec<u16>,
    ) {
        for cursor in cursors.iter_mut().filter(|cursor| cursor.next < end) {
            let rest = &self.postings[cursor.at as usize..cursor.end as usize];
            let mut own = rest.iter().copied();
            let next = own.by_ref().find(|posting| {
                if posting >> WEIGHT_BITS >= end {
                    return true;
                }
                let place = (posting >> WEIGHT_BITS) % WINDOW as u32;
                let weight = posting % (1 << WEIGHT_BITS);
                // Rounded up, so that no sum is less than it should be.
                let product =
                    cursor.weight.wrapping_mul(weight).wrapping_add((1 << WEIGHT_BITS) - 1);
                let sum = &mut sums[place as usize];
                let before = *sum;
                *sum = before.saturating_add((product >> WEIGHT_BITS) as u16);
                if before < reach && *sum >= reach {
                    crossed.push(place as u16);
                }
                false
            });
            cursor.at = cursor.end - own.len() as u32 - u32::from(next.is_some());
            cursor.next = next.map_or(u32::MAX, |posting| posting >> WEIGHT_BITS);
        }
    }
}

/// By tier the length in it and all commoner ones, from the squares of each.
fn rests(squares: [f64; TIERS]) -> [f64; TIERS] {
    let mut sum = 0.0;
    let mut rests = squares;
    for rest in rests.iter_mut().rev() {
        sum += *rest;
        *rest = sum.sqrt();
    }
    rests
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{rows, seeded, unit_matrix};
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(seeded())]
        #[test]
        fn whatever_is_at_the_cut_is_found_or_within_the_bound_of_what_was_left_out(
            rows in rows(),
            tiers in prop::collection::vec(0..TIERS as u8, 8),
            cut in 0.01..1.0,
            most in 1..8_usize,
        ) {
            let matrix = unit_matrix(&rows);
            let numbers: Vec<usize> = (0..matrix.n_rows()).collect();
            let cells = |row: &usize, each: &mut dyn FnMut(u32, f64)| {
                matrix.cells(*row).for_each(|(term, weight)| each(term, weight));
            };
            let windows = Windows::new(&numbers, cells, &tiers, cut);
            let asked: Vec<Asked> =
                numbers.iter().map(|row| windows.asked(matrix.cells(*row), &tiers, cut)).collect();
            let mut sums = Sums::default();
            for (row, found) in windows.near(&asked, most, &mut sums).into_iter().enumerate() {
                for other in (0..matrix.n_rows()).filter(|other| matrix.cosine(row, *other) >= cut) {
                    let bound = found.vectors.iter().find(|(it, _)| *it as usize == other);
                    let bound = f64::from(bound.map_or(found.beyond, |(_, bound)| *bound));
                    prop_assert!(bound >= matrix.cosine(row, other));
                }
            }
            prop_assert!(sums.0.iter().all(|sum| *sum == 0));
        }
    }
}
