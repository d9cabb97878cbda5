//! What would have been shown at each page of the stored history?

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use calibration::{
    Calibration, HeldOut, Judged, PRECISION_MIN, PROBABILITY_MIN, Page, Point, cases, curve,
    held_out, suggested,
};
use incident::AsOf;
use index::Filter;
use recurrence::{ClassId, Verdict};

use crate::engine::Engine;
use crate::error::{Error, Result};
use crate::replay::{PAGES_MAX, Replayed, replay};
use crate::similar::MATCHES_MAX;

/// The most numbers of matches that are looked at.
pub const DEPTHS_MAX: usize = 10;
/// How many cuts a curve has besides 0.
const CUTS: u32 = 100;

/// Which pages to replay.
#[derive(Debug, Clone)]
pub struct BacktestRequest {
    /// Which incidents are replayed; what they are asked against is not narrowed.
    pub filter: Filter,
    /// The numbers of matches to look at, 1 to 100 each; at most [`DEPTHS_MAX`].
    pub depths: Vec<usize>,
    /// The classes as known then say what is right; later incidents are left out.
    pub as_of: AsOf,
}

/// What came out.
#[derive(Debug, Clone, PartialEq)]
pub struct Backtest {
    /// All pages.
    pub all: Hits,
    /// The pages that were answered RECURRENCE.
    pub shown: usize,
    /// Those of them whose first match was right.
    pub shown_right: usize,
    /// The pages that were new then and not answered RECURRENCE.
    pub new_not_shown: usize,
    /// By class, with its name: most recurrences first, then by id.
    pub by_class: Vec<(ClassId, String, Hits)>,
    /// By service: most recurrences first, then by name.
    pub by_service: Vec<(String, Hits)>,
    /// What each cut would have shown.
    pub curve: Curve,
    /// What a cut learnt on the older 60 % of the pages showed on the rest; `None` where nothing could be learnt.
    pub held_out: Option<HeldOut>,
    /// Whether a calibration decided the verdicts; else the documented cuts did.
    pub is_calibrated: bool,
    /// Older pages that were not replayed.
    pub older: usize,
    /// Incidents without a date, which cannot be replayed.
    pub undated: usize,
    /// How many ratings say that a match was of use, and how many that it was not.
    pub ratings: (usize, usize),
}

/// How often the right match was among the first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Hits {
    /// The pages replayed.
    pub cases: usize,
    /// Those that had an older incident of their class.
    pub recurrences: usize,
    /// By number of matches, ascending: the recurrences with a right match among so many.
    pub at: Vec<(usize, usize)>,
    /// The sum over the recurrences of one over the place of the first right match.
    reciprocals: f64,
}

/// What each cut would have shown.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// One point for every hundredth from 0 to 1.
    pub points: Vec<Point>,
    /// The lowest cut that keeps the precision; `None` where none does.
    pub suggested: Option<Point>,
    /// The cases that the probability behind the cuts was learnt from; 0: there was too little to learn from, and the
    /// cuts are of the likeness of the best match.
    pub calibration_cases: u32,
    /// How far the probabilities were from how often they came true; `None` for a likeness.
    pub expected_error: Option<f64>,
}

impl Engine {
    /// Replays the stored history in time order: what would have been shown at each page? Each page is asked by what was
    /// written at page time, against what was known strictly before it. Of a long history the newest pages are replayed,
    /// [`crate::PAGES_MAX`] at most.
    ///
    /// A present calibration was learnt on these same pages; how it would carry to later ones is what `held_out` says.
    /// `progress` is told how many pages are done, of how many, and says whether to go on.
    ///
    /// # Errors
    /// [`Error::Invalid`] where a depth is out of range, [`Error::DeadlineExceeded`] where `progress` ended it,
    /// [`Error::Overtaken`] where an incident changed meanwhile, [`Error::Store`] where the record cannot be read.
    pub fn backtest(
        &self,
        request: &BacktestRequest,
        progress: impl FnMut(usize, usize) -> ControlFlow<()>,
    ) -> Result<Backtest> {
        let depths = checked(&request.depths)?;
        let state = self.state();
        let replay = replay(self, &state, &request.filter, request.as_of, PAGES_MAX, progress)?;
        let pages = &replay.pages;
        let shown = || pages.iter().filter(|page| page.verdict == Verdict::Recurrence);
        let is_new = |page: &&Replayed| !page.seen && page.verdict != Verdict::Recurrence;
        let to_learn: Vec<Page> = pages.iter().map(Replayed::page).collect();
        Ok(Backtest {
            all: Hits::of(pages.iter(), &depths),
            shown: shown().count(),
            shown_right: shown().filter(|page| page.is_right()).count(),
            new_not_shown: pages.iter().filter(is_new).count(),
            by_class: self.by_class(pages, &depths, request.as_of)?,
            by_service: by_service(pages, &depths),
            curve: Curve::of(&to_learn),
            held_out: held_out(&to_learn),
            is_calibrated: state.experience.calibration().is_some(),
            older: replay.older,
            undated: replay.undated,
            ratings: state.experience.ratings().counted(),
        })
    }

    fn by_class(
        &self,
        pages: &[Replayed],
        depths: &[usize],
        as_of: AsOf,
    ) -> Result<Vec<(ClassId, String, Hits)>> {
        let mut groups: BTreeMap<ClassId, Vec<&Replayed>> = BTreeMap::new();
        for page in pages {
            if let Some(class) = page.class {
                groups.entry(class).or_default().push(page);
            }
        }
        let mut found = Vec::new();
        for (class, hits) in ordered(groups, depths) {
            // A class that went meanwhile has no name any more.
            let name = match self.class(class, as_of) {
                Ok(described) => described.name,
                Err(Error::NoClass { .. }) => String::new(),
                Err(error) => return Err(error),
            };
            found.push((class, name, hits));
        }
        Ok(found)
    }
}

fn by_service(pages: &[Replayed], depths: &[usize]) -> Vec<(String, Hits)> {
    let mut groups: BTreeMap<String, Vec<&Replayed>> = BTreeMap::new();
    for page in pages {
        for service in &page.services {
            groups.entry(service.clone()).or_default().push(page);
        }
    }
    ordered(groups, depths)
}

/// The groups that had a recurrence: most recurrences first, then by key.
fn ordered<K: Ord>(groups: BTreeMap<K, Vec<&Replayed>>, depths: &[usize]) -> Vec<(K, Hits)> {
    let hits = |pages: Vec<&Replayed>| Hits::of(pages.into_iter(), depths);
    let mut found: Vec<(K, Hits)> =
        groups.into_iter().map(|(key, pages)| (key, hits(pages))).collect();
    found.retain(|(_, hits)| hits.recurrences > 0);
    found.sort_by_key(|(_, hits)| std::cmp::Reverse(hits.recurrences));
    found
}

/// The depths, ascending, each once.
fn checked(depths: &[usize]) -> Result<Vec<usize>> {
    let wrong = depths.iter().find(|depth| !(1..=MATCHES_MAX).contains(*depth));
    let reason = match wrong {
        Some(depth) => format!("{depth} is not between 1 and {MATCHES_MAX}"),
        None if depths.is_empty() || depths.len() > DEPTHS_MAX => {
            format!("{} numbers; expected 1 to {DEPTHS_MAX}", depths.len())
        }
        None => {
            let mut depths = depths.to_vec();
            depths.sort_unstable();
            depths.dedup();
            return Ok(depths);
        }
    };
    Err(Error::Invalid { field: "k", reason })
}

impl Hits {
    fn of<'a>(pages: impl Iterator<Item = &'a Replayed>, depths: &[usize]) -> Self {
        let mut hits =
            Self { at: depths.iter().map(|depth| (*depth, 0)).collect(), ..Self::default() };
        for page in pages {
            hits.cases += 1;
            hits.recurrences += usize::from(page.seen);
            let Some(place) = page.place.filter(|_| page.seen) else {
                continue;
            };
            hits.reciprocals += 1.0 / place as f64;
            for (depth, count) in &mut hits.at {
                *count += usize::from(place <= *depth);
            }
        }
        hits
    }

    /// The mean reciprocal rank of the first right match, in [0, 1]; `None` without a recurrence.
    #[must_use]
    pub fn mrr(&self) -> Option<f64> {
        (self.recurrences > 0).then(|| self.reciprocals / self.recurrences as f64)
    }
}

impl Curve {
    fn of(pages: &[Page]) -> Self {
        let cases = cases(pages);
        let calibration = Calibration::learn(&cases);
        let judged: Vec<Judged> = match &calibration {
            Some(learnt) => learnt.judged(&cases),
            None => cases
                .iter()
                .map(|case| Judged { probability: case.standing.likeness, right: case.right })
                .collect(),
        };
        let all = curve(&judged);
        let threshold_min = if calibration.is_some() { PROBABILITY_MIN } else { 0.0 };
        let shown_from = |cut: u32| {
            let threshold = f64::from(cut) / f64::from(CUTS);
            let from = all.partition_point(|point| point.threshold < threshold);
            let (shown, right) = all.get(from).map_or((0, 0), |point| (point.shown, point.right));
            Point { threshold, shown, right }
        };
        Self {
            points: (0..=CUTS).map(shown_from).collect(),
            suggested: suggested(&all, PRECISION_MIN, threshold_min),
            calibration_cases: calibration.as_ref().map_or(0, |learnt| learnt.cases),
            expected_error: calibration.map(|learnt| learnt.expected_error),
        }
    }
}

#[cfg(test)]
mod tests {
    use calibration::Standing;

    use super::*;

    fn page(class: u32, seen: bool, place: Option<usize>) -> Replayed {
        Replayed {
            class: Some(ClassId::new(class)),
            services: vec![format!("service-{class}")],
            seen,
            verdict: Verdict::Similar,
            standing: Some(Standing::among(0.5, [0.25])),
            place,
        }
    }

    #[test]
    fn hits_are_counted_over_the_recurrences() {
        let pages = [
            page(1, false, None),
            page(1, true, Some(1)),
            page(1, true, Some(4)),
            page(1, true, None),
        ];
        let hits = Hits::of(pages.iter(), &[1, 5]);
        assert_eq!((hits.cases, hits.recurrences), (4, 3));
        assert_eq!(hits.at, [(1, 1), (5, 2)]);
        assert_eq!(hits.mrr(), Some(1.25 / 3.0));
        assert_eq!(Hits::default().mrr(), None);
    }

    #[test]
    fn groups_go_by_their_recurrences_and_those_without_are_left_out() {
        let pages = [
            page(2, true, None),
            page(1, true, None),
            page(3, true, None),
            page(3, true, None),
            page(4, false, None),
        ];
        let names: Vec<String> =
            by_service(&pages, &[1]).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["service-3", "service-1", "service-2"]);
    }

    #[test]
    fn without_enough_cases_the_curve_is_over_the_likeness() {
        let pages: Vec<Page> =
            [page(1, true, Some(1)), page(1, true, Some(2))].iter().map(Replayed::page).collect();
        let curve = Curve::of(&pages);
        assert_eq!((curve.calibration_cases, curve.points.len()), (0, 101));
        let at = |cut: usize| (curve.points[cut].shown, curve.points[cut].right);
        assert_eq!([at(0), at(50), at(51)], [(2, 1), (2, 1), (0, 0)]);
    }

    #[test]
    fn depths_out_of_range_are_refused() {
        assert_eq!(checked(&[5, 1, 5]).expect("in range"), [1, 5]);
        for wrong in [&[0][..], &[101], &[], &[1; 11]] {
            assert!(matches!(checked(wrong), Err(Error::Invalid { field: "k", .. })), "{wrong:?}");
        }
    }
}
