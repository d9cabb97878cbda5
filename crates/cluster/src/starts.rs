//! Where the postings of each term begin.

use std::ops::Range;

/// How many terms a word has.
const TERMS: usize = u32::BITS as usize;

/// Where the postings of terms begin that stand one after another. Most terms have none in a block; such a term costs two bits,
/// so that what says so stays in the caches of a core.
#[derive(Debug)]
pub(crate) struct Starts {
    words: Vec<Word>,
    /// Of each term that has postings where they begin; then where the last ones end.
    starts: Vec<u32>,
}

#[derive(Debug, Clone, Copy)]
struct Word {
    /// Which of its terms have postings.
    held: u32,
    /// How many terms before these have.
    before: u32,
}

impl Starts {
    /// By term how many postings it has.
    pub(crate) fn new(counts: &[u32]) -> Self {
        let mut words = Vec::with_capacity(counts.len().div_ceil(TERMS));
        let (mut starts, mut end) = (Vec::new(), 0);
        for counts in counts.chunks(TERMS) {
            let mut word = Word { held: 0, before: starts.len() as u32 };
            for (at, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
                word.held |= 1 << at;
                starts.push(end);
                end += count;
            }
            words.push(word);
        }
        starts.push(end);
        starts.shrink_to_fit();
        Self { words, starts }
    }

    /// Where the postings of `term` stand; nowhere where it has none.
    pub(crate) fn of(&self, term: u32) -> Range<u32> {
        let word = self.words[term as usize / TERMS];
        let own = 1 << (term % u32::BITS);
        if word.held & own == 0 {
            return 0..0;
        }
        let at = (word.before + (word.held & (own - 1)).count_ones()) as usize;
        self.starts[at]..self.starts[at + 1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::seeded;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(seeded())]
        #[test]
        fn postings_stand_one_after_another(counts in prop::collection::vec(0..3_u32, 0..100)) {
            let starts = Starts::new(&counts);
            let mut end = 0;
            for (term, count) in (0..).zip(&counts) {
                let own = starts.of(term);
                prop_assert_eq!(own.len(), *count as usize);
                prop_assert!(own.is_empty() || own.start == end);
                end += count;
            }
        }
    }
}
