//! Whether a cut that was chosen on earlier pages carries to later ones.

use crate::curve::{count, expected_error};
use crate::model::{Calibration, Case};
use crate::standing::Standing;

/// The share of the pages that are learnt from, the oldest.
const LEARNT_SHARE: f64 = 0.6;

/// A page, and what its best match was.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Page {
    /// How its best match stood; `None` where nothing was found.
    pub standing: Option<Standing>,
    /// Whether its failure was seen before.
    pub seen: bool,
    /// Whether its best match is right.
    pub right: bool,
}

/// What was shown of the pages after those that were learnt from.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct HeldOut {
    /// The pages that a calibration was learnt from.
    pub learnt_from: u32,
    /// The later pages that it was applied to.
    pub pages: u32,
    /// Those of them whose failure was seen before.
    pub seen: u32,
    /// Those that had a match shown.
    pub shown: u32,
    /// Those whose match was shown and is right.
    pub right: u32,
    /// The expected calibration error of the probabilities told of them, in [0, 1]; `None` where no later page found
    /// anything.
    pub expected_error: Option<f64>,
}

impl HeldOut {
    /// The share of right ones among the shown, in [0, 1]; `None` where none was shown.
    #[must_use]
    pub fn precision(&self) -> Option<f64> {
        share(self.right, self.shown)
    }

    /// The share of those with a right match shown among those whose failure was seen before, in [0, 1]; `None` where
    /// there is none.
    #[must_use]
    pub fn coverage(&self) -> Option<f64> {
        share(self.right, self.seen)
    }
}

/// Learns from the older three fifths of `pages`, which are in the order of time, and applies that to the rest.
/// `None` where they teach nothing, for being too few or of one kind.
#[must_use]
pub fn held_out(pages: &[Page]) -> Option<HeldOut> {
    let (older, newer) = pages.split_at((pages.len() as f64 * LEARNT_SHARE) as usize);
    let calibration = Calibration::learn(&cases(older))?;
    let is_shown = |page: &&Page| page.standing.is_some_and(|one| calibration.shows(&one));
    let shown = || newer.iter().filter(is_shown);
    Some(HeldOut {
        learnt_from: calibration.cases,
        pages: count(newer.len()),
        seen: count(newer.iter().filter(|page| page.seen).count()),
        shown: count(shown().count()),
        right: count(shown().filter(|page| page.right).count()),
        expected_error: expected_error(&calibration.judged(&cases(newer))),
    })
}

/// The cases that `pages` are: those that found something.
#[must_use]
pub fn cases(pages: &[Page]) -> Vec<Case> {
    let case = |page: &Page| Some(Case { standing: page.standing?, right: page.right });
    pages.iter().filter_map(case).collect()
}

fn share(part: u32, of: u32) -> Option<f64> {
    (of > 0).then(|| f64::from(part) / f64::from(of))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pages whose best match is right where it stands clear, and in the older part only.
    fn pages(n: usize, right_until: usize) -> Vec<Page> {
        let page = |nth: usize| {
            let clear = nth.is_multiple_of(2);
            let standing = Standing::among(if clear { 0.8 } else { 0.3 }, [0.25, 0.2]);
            Page { standing: Some(standing), seen: clear, right: clear && nth < right_until }
        };
        (0..n).map(page).collect()
    }

    #[test]
    fn the_cut_is_chosen_on_the_older_and_measured_on_the_newer() {
        let told = held_out(&pages(1_000, 800)).expect("there are enough");
        assert_eq!((told.learnt_from, told.pages, told.seen), (600, 400, 200));
        assert_eq!((told.shown, told.right), (200, 100));
        assert_eq!((told.precision(), told.coverage()), (Some(0.5), Some(0.5)));
    }

    #[test]
    fn where_nothing_can_be_learnt_nothing_is_measured() {
        assert_eq!(held_out(&pages(1_000, 0)), None);
        assert_eq!(held_out(&pages(60, 60)), None);
        assert_eq!(held_out(&[]), None);
    }

    #[test]
    fn a_page_that_found_nothing_is_shown_nothing() {
        let mut all = pages(1_000, 1_000);
        all.iter_mut().skip(900).for_each(|page| page.standing = None);
        let told = held_out(&all).expect("there are enough");
        assert_eq!((told.shown, told.seen), (150, 200));
    }
}
