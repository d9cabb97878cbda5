//! What would have been shown, by a cut that was chosen on earlier pages alone.

use calibration::{Calibration, Case, Standing};

/// The share of the pages that a calibration learns from, the oldest.
const LEARNT_SHARE: f64 = 0.6;

/// A page, and what its best match was.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page<'a> {
    /// When it began, in seconds since 1970, UTC.
    pub(crate) began: i64,
    /// Its id.
    pub(crate) id: &'a str,
    /// How its best match stood; `None` where nothing was found.
    pub(crate) standing: Option<Standing>,
    /// Whether its failure was seen before.
    pub(crate) seen: bool,
    /// Whether its best match is relevant.
    pub(crate) right: bool,
}

/// What was shown of the pages after those that were learnt from.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Abstention {
    /// How many pages the calibration was learnt from.
    pub cases: usize,
    /// The pages it was applied to whose failure was seen before.
    pub seen: usize,
    /// The pages it was applied to that had a match shown.
    pub shown: usize,
    /// Those of them whose best match is relevant.
    pub right: usize,
    /// How far the probabilities told were from how often they came true: [`calibration::expected_error`].
    pub expected_error: Option<f64>,
}

/// Learns from the older three fifths of the `pages`, in the order of their start, ties by id, and applies that to the
/// rest. `None` where they teach nothing, for being too few or of one kind.
pub(crate) fn abstention(mut pages: Vec<Page<'_>>) -> Option<Abstention> {
    pages.sort_by_key(|page| (page.began, page.id));
    let learnt_from = (pages.len() as f64 * LEARNT_SHARE) as usize;
    let (older, newer) = pages.split_at(learnt_from);
    let calibration = Calibration::learn(&cases(older))?;
    let is_shown = |page: &&Page<'_>| page.standing.is_some_and(|one| calibration.shows(&one));
    let shown = || newer.iter().filter(is_shown);
    Some(Abstention {
        cases: calibration.cases as usize,
        seen: newer.iter().filter(|page| page.seen).count(),
        shown: shown().count(),
        right: shown().filter(|page| page.right).count(),
        expected_error: calibration::expected_error(&calibration.judged(&cases(newer))),
    })
}

fn cases(pages: &[Page<'_>]) -> Vec<Case> {
    let case = |page: &Page<'_>| Some(Case { standing: page.standing?, right: page.right });
    pages.iter().filter_map(case).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pages whose best match is right where it stands clear, and in the older part only.
    fn pages(n: usize, right_until: usize) -> Vec<Page<'static>> {
        let page = |nth: usize| {
            let clear = nth.is_multiple_of(2);
            let standing = Standing::among(if clear { 0.8 } else { 0.3 }, [0.25, 0.2]);
            let right = clear && nth < right_until;
            Page { began: nth as i64, id: "", standing: Some(standing), seen: clear, right }
        };
        (0..n).map(page).collect()
    }

    #[test]
    fn the_cut_is_chosen_on_the_older_and_measured_on_the_newer() {
        let told = abstention(pages(1_000, 800)).expect("there are enough");
        assert_eq!((told.cases, told.seen, told.shown, told.right), (600, 200, 200, 100));
        let backwards = pages(1_000, 800).into_iter().rev().collect();
        assert_eq!(abstention(backwards), Some(told), "the order they come in says nothing");
    }

    #[test]
    fn where_nothing_can_be_learnt_nothing_is_measured() {
        assert_eq!(abstention(pages(1_000, 0)), None);
        assert_eq!(abstention(pages(60, 60)), None);
        assert_eq!(abstention(Vec::new()), None);
    }

    #[test]
    fn a_page_that_found_nothing_is_shown_nothing() {
        let mut all = pages(1_000, 1_000);
        all.iter_mut().skip(900).for_each(|page| page.standing = None);
        let told = abstention(all).expect("there are enough");
        assert_eq!((told.shown, told.seen), (150, 200));
    }
}
