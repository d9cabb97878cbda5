//! Fewer and larger segments.

use std::ops::Range;
use std::sync::Arc;

use super::{Part, Postings};
use crate::segment::Segment;
use crate::weights::Weights;

/// A segment is merged with all after it when it has less than this many times their rows: so a document is
/// merged `O(log n)` times, and a search looks into `O(log n)` segments.
const FACTOR: usize = 2;
/// Up to this many rows a merge is done at once: it takes milliseconds. A larger one is given away.
const AT_ONCE_MAX: usize = 2_048;

/// Segments that are to become one, as they are now. Merging them takes seconds where they are large, so it
/// is done beside the writer: it needs nothing but this.
#[derive(Debug)]
pub struct Merge {
    postings: Postings,
    run: Range<usize>,
}

/// What came of a [`Merge`], to be taken up by [`crate::Index::take_merged`].
#[derive(Debug)]
pub struct Merged {
    /// The segments that it was made of.
    of: Vec<Arc<Segment>>,
    /// `None` where none of their documents was live.
    part: Option<Part>,
    weights: Arc<Weights>,
}

impl Merge {
    /// Merges them; on one thread.
    #[must_use]
    pub fn run(self) -> Merged {
        let Self { postings, run } = self;
        Merged {
            of: postings.parts[run.clone()].iter().map(|part| Arc::clone(&part.segment)).collect(),
            part: postings.merged(run),
            weights: postings.weights,
        }
    }
}

impl Postings {
    /// The merge that is due, if any is: without the last segments, which may be merged at once before it is
    /// done.
    pub(crate) fn due_merge(&self) -> Option<Merge> {
        let sizes: Vec<usize> = self.parts.iter().map(|part| part.segment.len()).collect();
        let run = due(&sizes[..sizes.len() - small(&sizes)]);
        (run.len() > 1).then(|| Merge { postings: self.clone(), run })
    }

    /// Puts a merged segment in the place of those that it was made of, where all of them are still here.
    /// Documents that were removed meanwhile stay removed.
    pub(crate) fn take_merged(&mut self, merged: Merged) {
        let Merged { of, part, weights } = merged;
        let is_first = |part: &Part| Arc::ptr_eq(&part.segment, &of[0]);
        let Some(first) = self.parts.iter().position(is_first) else {
            return;
        };
        let here = self.parts[first..].iter().map(|part| &part.segment);
        if here.len() < of.len() || !here.zip(&of).all(|(here, of)| Arc::ptr_eq(here, of)) {
            return;
        }
        let is_weighed = Arc::ptr_eq(&weights, &self.weights);
        let part = part.map(|part| if is_weighed { part } else { self.part(part.segment) });
        self.parts.splice(first..first + of.len(), part);
    }

    /// One part of the parts of `run`; `None` where no document of theirs is live.
    fn merged(&self, run: Range<usize>) -> Option<Part> {
        let segments: Vec<&Segment> = self.parts[run].iter().map(|part| &*part.segment).collect();
        let segment = Segment::merge(&segments, |doc| self.is_live(doc));
        (segment.len() > 0).then(|| self.part(Arc::new(segment)))
    }
}

/// Which of the segments of these sizes, up to the last, are to become one; a single one where none are.
pub(super) fn due(sizes: &[usize]) -> Range<usize> {
    let is_small =
        |first: &usize| sizes[*first] < FACTOR * sizes[first + 1..].iter().sum::<usize>();
    let first = (0..sizes.len()).find(is_small).unwrap_or(sizes.len().saturating_sub(1));
    first..sizes.len()
}

/// How many of the last segments of these sizes can be merged at once.
pub(super) fn small(sizes: &[usize]) -> usize {
    let mut n_rows = 0;
    let fits = |size: &&usize| {
        n_rows += **size;
        n_rows <= AT_ONCE_MAX
    };
    sizes.iter().rev().take_while(fits).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_is_due_when_those_after_it_have_half_its_rows() {
        assert_eq!(due(&[]), 0..0);
        assert_eq!(due(&[7]), 0..1);
        assert_eq!(due(&[100, 50]), 1..2);
        assert_eq!(due(&[100, 51]), 0..2);
        assert_eq!(due(&[1_000, 100, 30, 30]), 1..4);
        assert_eq!(due(&[2_000, 400, 150, 60]), 1..4);
    }

    #[test]
    fn only_the_last_and_small_are_merged_at_once() {
        assert_eq!(small(&[4_000, 1_000, 1_000, 48]), 3);
        assert_eq!(small(&[4_000, 1_000, 1_000, 49]), 2);
        assert_eq!(small(&[5_000]), 0);
    }
}
