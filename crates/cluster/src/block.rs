//! The postings of some vectors.

use std::mem;
use std::ops::Range;

use crate::starts::Starts;
use crate::vectors::{Vectors, number, ranked, ranked_cells, rounded_up};

/// How many vectors a block has: so few that their sums and most of their postings stay in the caches of a core, so many that
/// a table of all terms is small beside them.
pub(crate) const BLOCK: usize = if cfg!(test) { 4 } else { 1 << 15 };

/// How many bits of a posting its weight has.
const WEIGHT_BITS: u32 = 12;

/// A weight of 1 in a posting.
const ONE: f64 = ((1 << WEIGHT_BITS) - 1) as f64;

/// A sum of 1; twice as much fits.
pub(crate) const UNIT: f64 = 32_768.0;

/// A weight of 1 of a vector asked about: times [`ONE`], without the last [`WEIGHT_BITS`], it is [`UNIT`].
const WEIGHT: f64 = UNIT * (ONE + 1.0) / ONE;

/// Terms of a vector are not posted for as long as they could bring this much of the cut to another that is no
/// longer in them.
const LEFT_OUT: f64 = 0.8;

/// Where fewer than one sum in so many was added to, those are set to 0 one by one.
const CLEARED_ONE_BY_ONE: usize = 16;

/// The postings of so many vectors in a row.
#[derive(Debug)]
pub(crate) struct Block {
    /// The place of its first vector.
    pub(crate) first: u32,
    /// How many vectors it has.
    pub(crate) len: u32,
    /// All their terms below this rank are posted.
    pub(crate) posted: u32,
    /// None from this rank on is.
    posted_last: u32,
    /// No vector is longer in what of it is not posted.
    pub(crate) rest: f32,
    /// By the rank of a term where its postings stand.
    starts: Starts,
    /// The place of a vector in the block, and in the last [`WEIGHT_BITS`] its weight rounded up.
    postings: Vec<u32>,
    /// By place where the cells begin that are not posted; then where the last ones end.
    rest_starts: Vec<u32>,
    /// How many terms are commoner, and in the last [`WEIGHT_BITS`] the weight rounded up.
    rests: Vec<u32>,
}

/// A vector that is compared with those before it.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) place: u32,
    /// The ranks of its terms, ascending, with their weights.
    pub(crate) terms: Vec<(u32, u32)>,
    /// By how many of them are left out: its length in the others.
    pub(crate) rests: Vec<f32>,
}

/// What a search holds.
#[derive(Debug)]
pub(crate) struct Scratch {
    /// The sums of a block, all 0 in between.
    pub(crate) sums: Box<[u16; BLOCK]>,
    /// Which postings were added to them.
    added: Vec<Range<u32>>,
    /// By how many terms are commoner, 0 in between: the weights of what is not posted for a block of the vector asked about.
    pub(crate) spread: Vec<u16>,
    /// Whose sum has come to what was asked for.
    pub(crate) crossed: Vec<u32>,
    /// The vectors that may be near, each with a bound of the cosine.
    pub(crate) found: Vec<(u32, f32)>,
}

impl Default for Scratch {
    fn default() -> Self {
        Self {
            sums: Box::new([0; BLOCK]),
            added: Vec::new(),
            spread: Vec::new(),
            crossed: Vec::new(),
            found: Vec::new(),
        }
    }
}

/// How far a vector is posted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reach {
    pub(crate) vector: u32,
    /// The first rank it is not posted under.
    pub(crate) posted: u32,
    /// How long it is from there on.
    pub(crate) rest: f32,
}

impl Asked {
    /// The vector at `place`, of which these are the cells by the ranks of their terms.
    pub(crate) fn new(place: u32, cells: Vec<(u32, f64)>) -> Self {
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
        Self { place, terms, rests }
    }
}

impl Reach {
    pub(crate) fn of(vectors: &impl Vectors, vector: u32, cut: f64) -> Self {
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
    /// The postings of the vectors that have these reaches, whose places count from `first`.
    pub(crate) fn new(vectors: &impl Vectors, first: usize, own: &[Reach]) -> Self {
        let (starts, postings) = postings(vectors, own);
        let (rest_starts, rests) = rests(vectors, own);
        Self {
            first: number(first),
            len: number(own.len()),
            posted: own.last().map_or(0, |last| last.posted),
            posted_last: own.first().map_or(0, |first| first.posted),
            rest: own.iter().fold(0.0, |rest, reach| rest.max(reach.rest)),
            starts,
            postings,
            rest_starts,
            rests,
        }
    }

    /// What the vector at `place` has in common, in what of it is not posted, with that of which `spread` has the weights.
    pub(crate) fn unposted(&self, place: usize, spread: &[u16]) -> u32 {
        let own = self.rest_starts[place] as usize..self.rest_starts[place + 1] as usize;
        let product = |cell: &u32| {
            let weight = cell % (1 << WEIGHT_BITS);
            let product = u32::from(spread[(cell >> WEIGHT_BITS) as usize]).wrapping_mul(weight);
            product.wrapping_add((1 << WEIGHT_BITS) - 1) >> WEIGHT_BITS
        };
        self.rests[own].iter().map(product).fold(0, u32::wrapping_add)
    }

    /// Takes out of the sums what was added.
    pub(crate) fn clear(&self, scratch: &mut Scratch) {
        let n_added: u32 = scratch.added.iter().map(|range| range.end - range.start).sum();
        if n_added as usize > BLOCK / CLEARED_ONE_BY_ONE {
            scratch.sums.fill(0);
            scratch.added.clear();
        }
        for range in scratch.added.drain(..) {
            for posting in &self.postings[range.start as usize..range.end as usize] {
                scratch.sums[(posting >> WEIGHT_BITS) as usize % BLOCK] = 0;
            }
        }
    }

    /// Adds up what the terms of a vector bring those before `end`; notes whose sum has come to `reach`.
    pub(crate) fn add_up(&self, asked: &Asked, end: u32, reach: u16, scratch: &mut Scratch) {
        let Scratch { sums, crossed, added, .. } = scratch;
        let terms = asked.terms.iter().take_while(|(rank, _)| *rank < self.posted_last);
        for (rank, weight) in terms {
            let range = self.starts.of(*rank);
            if range.is_empty() {
                continue;
            }
            let own = &self.postings[range.start as usize..range.end as usize];
            for posting in own.iter().take_while(|posting| *posting >> WEIGHT_BITS < end) {
                let place = posting >> WEIGHT_BITS;
                let theirs = posting % (1 << WEIGHT_BITS);
                // Rounded up, so that no sum is less than it should be.
                let product = weight.wrapping_mul(theirs).wrapping_add((1 << WEIGHT_BITS) - 1);
                let sum = &mut sums[place as usize % BLOCK];
                let before = *sum;
                *sum = before.saturating_add((product >> WEIGHT_BITS) as u16);
                if before < reach && *sum >= reach {
                    crossed.push(place);
                }
            }
            added.push(range);
        }
    }
}

/// By rank where the postings stand; and the postings.
fn postings(vectors: &impl Vectors, own: &[Reach]) -> (Starts, Vec<u32>) {
    let posted = |reach: &Reach| {
        let end = reach.posted;
        ranked_cells(vectors, reach.vector).filter(move |(rank, _)| *rank < end)
    };
    let mut counts = vec![0_u32; vectors.ranks().len()];
    for reach in own {
        posted(reach).for_each(|(rank, _)| counts[rank as usize] += 1);
    }
    let starts = Starts::new(&counts);
    let mut end = 0;
    let mut next = counts;
    next.iter_mut().for_each(|count| end += mem::replace(count, end));
    let mut postings = vec![0; end as usize];
    for (place, reach) in (0_u32..).zip(own) {
        for (rank, weight) in posted(reach) {
            let at = &mut next[rank as usize];
            postings[*at as usize] = packed(place, weight);
            *at += 1;
        }
    }
    (starts, postings)
}

/// By place where the cells begin that are not posted, then where the last ones end; and the cells.
fn rests(vectors: &impl Vectors, own: &[Reach]) -> (Vec<u32>, Vec<u32>) {
    let last = number(vectors.ranks().len()).saturating_sub(1);
    let (mut starts, mut rests) = (vec![0], Vec::new());
    for reach in own {
        let cells = ranked_cells(vectors, reach.vector).filter(|(rank, _)| *rank >= reach.posted);
        rests.extend(cells.map(|(rank, weight)| packed(last - rank, weight)));
        starts.push(number(rests.len()));
    }
    (starts, rests)
}

/// A place, and a weight rounded up.
fn packed(place: u32, weight: f64) -> u32 {
    (place << WEIGHT_BITS) | (weight * ONE).ceil().min(ONE) as u32
}
