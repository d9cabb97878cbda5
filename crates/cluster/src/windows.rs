//! All pairs of vectors that may be near.

use std::ops::Range;

use crate::parallel::in_parallel;

/// How many vectors a block has, so that a posting of it fits 32 bits. Tests have several, with a few vectors each.
const BLOCK: usize = if cfg!(test) { 8 } else { 1 << (32 - WEIGHT_BITS) };

/// How many vectors of a block are looked at together: their sums stay in the first-level cache of a core, and most of
/// their postings in the second.
const WINDOW: usize = if cfg!(test) { 4 } else { 1 << 14 };

/// How many bits of a posting its weight has.
const WEIGHT_BITS: u32 = 12;

/// A weight of 1 in a posting.
const ONE: f64 = ((1 << WEIGHT_BITS) - 1) as f64;

/// A sum of 1; twice as much fits.
const UNIT: f64 = 32_768.0;

/// A weight of 1 of a vector asked about: times [`ONE`], without the last [`WEIGHT_BITS`], it is [`UNIT`].
const WEIGHT: f64 = UNIT * (ONE + 1.0) / ONE;

/// Terms of a vector are not posted for as long as they could bring this much of the cut to another that is no
/// longer in them.
const LEFT_OUT: f64 = 0.8;

/// Where fewer than one sum in so many was added to, those are set to 0 one by one.
const CLEARED_ONE_BY_ONE: usize = 16;

/// Vectors no longer than 1 whose terms are ranked by rarity, the rarest first.
pub(crate) trait Vectors: Sync {
    /// How many there are.
    fn len(&self) -> usize;

    /// The terms of one with their weights, which are positive, each term once.
    fn cells(&self, vector: u32) -> impl Iterator<Item = (u32, f64)>;

    /// Of each term how many are rarer.
    fn ranks(&self) -> &[u32];
}

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

/// The postings of so many vectors in a row.
#[derive(Debug)]
struct Block {
    /// By the rank of a term where its postings begin; then where the last ones end.
    starts: Vec<u32>,
    /// The place of a vector in the block, and in the last [`WEIGHT_BITS`] its weight rounded up.
    postings: Vec<u32>,
    /// By place where the cells begin that are not posted; then where the last ones end.
    rest_starts: Vec<u32>,
    /// How many terms are commoner, and in the last [`WEIGHT_BITS`] the weight rounded up.
    rests: Vec<u32>,
    windows: Vec<Window>,
}

/// Some vectors of a block in a row.
#[derive(Debug)]
struct Window {
    /// Their places in the block.
    begin: u32,
    end: u32,
    /// All their terms below this rank are posted.
    posted: u32,
    /// None is longer in what is not posted.
    rest: f32,
}

/// A vector that is compared with those before it.
#[derive(Debug)]
struct Asked {
    place: u32,
    /// The ranks of its terms, ascending, with their weights.
    terms: Vec<(u32, u32)>,
    /// By how many of them are left out: its length in the others.
    rests: Vec<f32>,
}

/// How far a block was read for a vector asked about.
#[derive(Debug)]
struct Reading {
    terms: Vec<Cursor>,
    /// How many of its terms are posted for all vectors of the window.
    n_posted: usize,
}

/// What of a vector asked about is not posted for the vectors of a window.
#[derive(Debug)]
struct Rest<'a> {
    terms: &'a [(u32, u32)],
    length: f32,
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

/// What a search holds.
#[derive(Debug)]
pub(crate) struct Scratch {
    /// The sums of a window, all 0 in between.
    sums: Box<[u16; WINDOW]>,
    /// Which postings were added to them.
    added: Vec<Range<u32>>,
    /// By how many terms are commoner, 0 in between: the weights of what is not posted for a window of the vector asked about.
    spread: Vec<u16>,
    /// Whose sum has come to what was asked for.
    crossed: Vec<u32>,
    /// The vectors that may be near, each with a bound of the cosine.
    found: Vec<(u32, f32)>,
}

impl Default for Scratch {
    fn default() -> Self {
        Self {
            sums: Box::new([0; WINDOW]),
            added: Vec::new(),
            spread: Vec::new(),
            crossed: Vec::new(),
            found: Vec::new(),
        }
    }
}

/// How far a vector is posted.
#[derive(Debug, Clone, Copy)]
struct Reach {
    vector: u32,
    /// The first rank it is not posted under.
    posted: u32,
    /// How long it is from there on.
    rest: f32,
}

impl<'a, V: Vectors> Windows<'a, V> {
    /// Indexes `vectors`, to be searched at `cut` and above.
    pub(crate) fn new(vectors: &'a V, cut: f64) -> Self {
        let numbers: Vec<u32> = (0..).take(vectors.len()).collect();
        let mut reaches = in_parallel(&numbers, |vector| Reach::of(vectors, *vector, cut));
        reaches.sort_unstable_by_key(|reach| (std::cmp::Reverse(reach.posted), reach.vector));
        let blocks = reaches.chunks(BLOCK).map(|own| Block::new(vectors, own)).collect();
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
        let asked: Vec<Asked> = places.map(|place| self.asked(place)).collect();
        let Some(last) = asked.last() else { return };
        let mut first = 0;
        for block in &self.blocks {
            let mut readings: Vec<Reading> = asked.iter().map(|it| block.reading(it)).collect();
            let until_last = |window: &&Window| first + window.begin < last.place;
            for window in block.windows.iter().take_while(until_last) {
                for (asked, reading) in asked.iter().zip(&mut readings) {
                    let end = window.end.min(asked.place.saturating_sub(first));
                    if end > window.begin {
                        let length = reading.advance(asked, window.posted);
                        let reach = ((least - f64::from(length * window.rest)) * UNIT) as u16;
                        block.add_up(&mut reading.terms, end, reach.max(1), scratch);
                        let rest = Rest { terms: &asked.terms[reading.n_posted..], length };
                        self.collect(block, (first, window.begin), &rest, least, scratch);
                        block.clear(scratch);
                        if !scratch.found.is_empty() {
                            each(self.order[asked.place as usize], &scratch.found);
                        }
                    }
                }
            }
            first += block.n_vectors();
        }
    }

    fn asked(&self, place: usize) -> Asked {
        let cells = ranked(self.vectors, self.order[place]);
        let mut rests: Vec<f32> = Vec::with_capacity(cells.len() + 1);
        rests.push(0.0);
        let mut squares = 0.0;
        for (_, weight) in cells.iter().rev() {
            squares += weight * weight;
            rests.push(rounded_up(squares.sqrt()));
        }
        rests.reverse();
        let weight = |weight: f64| (weight * WEIGHT).ceil() as u32;
        let terms = cells.into_iter().map(|(rank, own)| (rank, weight(own))).collect();
        Asked { place: number(place), terms, rests }
    }

    /// Of those whose sum was enough which may be near.
    fn collect(
        &self,
        block: &Block,
        (first, begin): (u32, u32),
        rest: &Rest<'_>,
        least: f64,
        scratch: &mut Scratch,
    ) {
        let Scratch { sums, crossed, spread, found, .. } = scratch;
        found.clear();
        crossed.retain(|place| {
            let at = (first + begin) as usize + *place as usize;
            let seen = f64::from(sums[*place as usize]) / UNIT;
            seen + f64::from(self.rests[at]) * f64::from(rest.length) >= least
        });
        if crossed.is_empty() {
            return;
        }
        let commoner = |rank: u32| self.vectors.ranks().len() - 1 - rank as usize;
        spread.resize(self.vectors.ranks().len(), 0);
        rest.terms.iter().for_each(|(rank, weight)| spread[commoner(*rank)] = *weight as u16);
        for place in crossed.drain(..) {
            let unseen = block.unposted(begin as usize + place as usize, spread);
            let bound = f64::from(u32::from(sums[place as usize]) + unseen) / UNIT;
            if bound >= least {
                let vector = self.order[(first + begin) as usize + place as usize];
                found.push((vector, rounded_up(bound)));
            }
        }
        rest.terms.iter().for_each(|(rank, _)| spread[commoner(*rank)] = 0);
    }
}

impl Reach {
    fn of(vectors: &impl Vectors, vector: u32, cut: f64) -> Self {
        let mut squares = 0.0;
        let mut posted = u32::MAX;
        // What is rarer than all that a cell has room for is posted.
        let rarest = number(vectors.ranks().len()).saturating_sub(1 << (32 - WEIGHT_BITS));
        for (rank, weight) in ranked(vectors, vector).into_iter().rev() {
            let more = squares + weight * weight;
            if more > cut * LEFT_OUT || rank < rarest {
                break;
            }
            (squares, posted) = (more, rank);
        }
        Self { vector, posted, rest: rounded_up(squares.sqrt()) }
    }
}

impl Block {
    fn new(vectors: &impl Vectors, own: &[Reach]) -> Self {
        let ranks = vectors.ranks();
        let posted = |reach: &Reach| {
            let posted = reach.posted;
            let cells = vectors.cells(reach.vector).map(|(term, own)| (ranks[term as usize], own));
            cells.filter(move |(rank, _)| *rank < posted)
        };
        let mut starts = vec![0_u32; ranks.len() + 1];
        for reach in own {
            posted(reach).for_each(|(rank, _)| starts[rank as usize + 1] += 1);
        }
        for rank in 0..ranks.len() {
            starts[rank + 1] += starts[rank];
        }
        let mut next = starts.clone();
        let mut postings = vec![0; starts[ranks.len()] as usize];
        for (place, reach) in (0_u32..).zip(own) {
            for (rank, weight) in posted(reach) {
                let rounded = (weight * ONE).ceil().min(ONE) as u32;
                postings[next[rank as usize] as usize] = (place << WEIGHT_BITS) | rounded;
                next[rank as usize] += 1;
            }
        }
        let window = |(begin, own): (usize, &[Reach])| Window {
            begin: number(begin * WINDOW),
            end: number(begin * WINDOW + own.len()),
            posted: own.last().map_or(0, |last| last.posted),
            rest: own.iter().fold(0.0, |rest, reach| rest.max(reach.rest)),
        };
        let windows = own.chunks(WINDOW).enumerate().map(window).collect();
        let (mut rest_starts, mut rests) = (vec![0], Vec::new());
        for reach in own {
            for (term, weight) in vectors.cells(reach.vector) {
                let rank = ranks[term as usize];
                if rank >= reach.posted {
                    let rounded = (weight * ONE).ceil().min(ONE) as u32;
                    let commoner = number(ranks.len()) - 1 - rank;
                    rests.push((commoner << WEIGHT_BITS) | rounded);
                }
            }
            rest_starts.push(number(rests.len()));
        }
        Self { starts, postings, rest_starts, rests, windows }
    }

    /// What the vector at `place` has in common, in what of it is not posted, with that of which `spread` has the weights.
    fn unposted(&self, place: usize, spread: &[u16]) -> u32 {
        let own = self.rest_starts[place] as usize..self.rest_starts[place + 1] as usize;
        let product = |cell: &u32| {
            let weight = cell % (1 << WEIGHT_BITS);
            let product = u32::from(spread[(cell >> WEIGHT_BITS) as usize]).wrapping_mul(weight);
            product.wrapping_add((1 << WEIGHT_BITS) - 1) >> WEIGHT_BITS
        };
        self.rests[own].iter().map(product).fold(0, u32::wrapping_add)
    }

    /// Takes out of the sums what was added.
    fn clear(&self, scratch: &mut Scratch) {
        let n_added: u32 = scratch.added.iter().map(|range| range.end - range.start).sum();
        if n_added as usize > WINDOW / CLEARED_ONE_BY_ONE {
            scratch.sums.fill(0);
            scratch.added.clear();
        }
        for range in scratch.added.drain(..) {
            for posting in &self.postings[range.start as usize..range.end as usize] {
                scratch.sums[(posting >> WEIGHT_BITS) as usize % WINDOW] = 0;
            }
        }
    }

    fn n_vectors(&self) -> u32 {
        self.windows.last().map_or(0, |last| last.end)
    }

    fn reading(&self, asked: &Asked) -> Reading {
        let cursor = |(rank, weight): &(u32, u32)| {
            let (at, end) = (self.starts[*rank as usize], self.starts[*rank as usize + 1]);
            let next = self.postings[at as usize..end as usize].first();
            next.map(|next| Cursor { at, end, next: next >> WEIGHT_BITS, weight: *weight })
        };
        let terms = asked.terms.iter().filter_map(cursor).collect();
        Reading { terms, n_posted: asked.terms.len() }
    }

    /// Adds up what the terms bring the vectors of the window before `end`; notes whose sum has come to `reach`.
    fn add_up(&self, cursors: &mut [Cursor], end: u32, reach: u16, scratch: &mut Scratch) {
        let Scratch { sums, crossed, added, .. } = scratch;
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
                    crossed.push(place);
                }
                false
            });
            let read = cursor.end - own.len() as u32 - u32::from(next.is_some());
            added.push(cursor.at..read);
            cursor.at = read;
            cursor.next = next.map_or(u32::MAX, |posting| posting >> WEIGHT_BITS);
        }
    }
}

impl Reading {
    /// Goes on to a window whose terms below the rank `posted` are posted; how long the vector is from there on.
    fn advance(&mut self, asked: &Asked, posted: u32) -> f32 {
        let is_posted = |n_posted: usize| asked.terms[n_posted - 1].0 < posted;
        while self.n_posted > 0 && !is_posted(self.n_posted) {
            self.n_posted -= 1;
        }
        asked.rests[self.n_posted]
    }
}

/// The cells of a vector by the ranks of their terms, ascending.
fn ranked(vectors: &impl Vectors, vector: u32) -> Vec<(u32, f64)> {
    let ranks = vectors.ranks();
    let cells = vectors.cells(vector).map(|(term, weight)| (ranks[term as usize], weight));
    let mut cells: Vec<(u32, f64)> = cells.collect();
    cells.sort_unstable_by_key(|(rank, _)| *rank);
    cells
}

/// The same in 32 bits, never less.
fn rounded_up(value: f64) -> f32 {
    (value as f32).next_up()
}

fn number(place: usize) -> u32 {
    u32::try_from(place).expect("vectors are counted in 32 bits")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{rows, seeded, unit_matrix};
    use crate::tiers::ranks_of;
    use proptest::prelude::*;
    use std::collections::BTreeMap;
    use vector::Matrix;

    struct Rows<'a>(&'a Matrix, Vec<u32>);

    impl Vectors for Rows<'_> {
        fn len(&self) -> usize {
            self.0.n_rows()
        }

        fn cells(&self, row: u32) -> impl Iterator<Item = (u32, f64)> {
            self.0.cells(row as usize)
        }

        fn ranks(&self) -> &[u32] {
            &self.1
        }
    }

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
            let rows = Rows(&matrix, ranks_of(&matrix));
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
