//! How many incidents there were from week to week, and how many of them had been seen before.

use engine::Reported;
use incident::Moment;
use jiff::Timestamp;
use jiff::civil::Date;
use recurrence::Period;

use super::axis::{Label, days_after, days_between};

/// Where the bars begin and end, from left to right and from top to bottom.
const LEFT: i64 = 48;
const RIGHT: i64 = 940;
const TOP: i64 = 16;
const BOTTOM: i64 = 176;
/// The most bars.
const BARS_MAX: i64 = 40;
/// The most labels below them.
const LABELS_MAX: usize = 8;

/// A bar for each stretch of time; the lower part of it recurs, the upper does not.
#[derive(Debug)]
pub(super) struct Traffic {
    pub(super) bars: Vec<Bar>,
    pub(super) labels: Vec<Label>,
    /// The lines across, with their numbers.
    pub(super) lines: Vec<Line>,
    /// How long a bar is, in words: `a week`.
    pub(super) step: &'static str,
    /// The picture in words.
    pub(super) told: String,
}

#[derive(Debug)]
pub(super) struct Bar {
    pub(super) x: i64,
    pub(super) width: i64,
    pub(super) recurring_y: i64,
    pub(super) recurring_height: i64,
    pub(super) one_off_y: i64,
    pub(super) one_off_height: i64,
    pub(super) what: String,
}

#[derive(Debug)]
pub(super) struct Line {
    pub(super) y: i64,
    pub(super) text: String,
}

/// The incidents of one stretch of time.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    recurring: u32,
    one_offs: u32,
}

/// How long a bar is.
const STEPS: [(i64, &str); 8] = [
    (1, "a day"),
    (7, "a week"),
    (28, "four weeks"),
    (91, "13 weeks"),
    (364, "52 weeks"),
    (3_640, "ten years"),
    (36_400, "a hundred years"),
    (364_000, "a thousand years"),
];

impl Traffic {
    /// `None` where nothing in the period is dated.
    pub(super) fn of(reported: &Reported) -> Option<Self> {
        let period = reported.report.period;
        let (recurring, one_offs) = starts(reported);
        let first = recurring.iter().chain(&one_offs).min()?;
        let from = Moment::exact(period.since.unwrap_or(*first)).date();
        let days = days_between(Moment::day(from).at, period.until) + 1;
        let &(step_days, step) = STEPS
            .iter()
            .find(|(step, _)| stretches(days, *step) <= BARS_MAX)
            .unwrap_or(&STEPS[STEPS.len() - 1]);
        let n_bars = usize::try_from(stretches(days, step_days).max(1)).unwrap_or(1);
        let mut counts = vec![Counts::default(); n_bars];
        let nth = |at: &Timestamp| {
            let nth = days_between(Moment::day(from).at, *at).div_euclid(step_days);
            usize::try_from(nth).unwrap_or(0).min(n_bars - 1)
        };
        recurring.iter().for_each(|at| counts[nth(at)].recurring += 1);
        one_offs.iter().for_each(|at| counts[nth(at)].one_offs += 1);
        let day = |nth: usize| days_after(from, nth as i64 * step_days);
        Some(Self::drawn(&counts, step, day))
    }

    fn drawn(counts: &[Counts], step: &'static str, day: impl Fn(usize) -> Date) -> Self {
        let most = counts.iter().map(|count| count.recurring + count.one_offs).max().unwrap_or(1);
        let most = most.max(1);
        let y = |count: u32| BOTTOM - (BOTTOM - TOP) * i64::from(count) / i64::from(most);
        let left = |nth: usize| LEFT + (RIGHT - LEFT) * nth as i64 / counts.len() as i64;
        let bar = |(nth, count): (usize, &Counts)| {
            let (low, high) = (y(count.recurring), y(count.recurring + count.one_offs));
            Bar {
                x: left(nth) + 2,
                width: (left(nth + 1) - left(nth) - 4).max(1),
                recurring_y: low,
                recurring_height: BOTTOM - low,
                one_off_y: high,
                one_off_height: low - high,
                what: format!(
                    "from {}: {} of failures that keep coming back, {} one-offs",
                    day(nth),
                    count.recurring,
                    count.one_offs
                ),
            }
        };
        let every = counts.len().div_ceil(LABELS_MAX);
        let labels = (0..counts.len()).step_by(every);
        let labels = labels.map(|nth| Label { x: left(nth), text: day(nth).to_string() }).collect();
        let bars: Vec<Bar> = counts.iter().enumerate().map(bar).collect();
        let told: Vec<&str> = bars.iter().map(|bar| bar.what.as_str()).collect();
        let told = told.join("; ");
        Self {
            labels,
            lines: lines(most).map(|at| Line { y: y(at), text: at.to_string() }).collect(),
            step,
            told,
            bars,
        }
    }
}

/// How many stretches of `step` days it takes to cover `days`.
fn stretches(days: i64, step: i64) -> i64 {
    (days + step - 1).div_euclid(step)
}

/// The starts within the period: of incidents of a class, and of those of none.
fn starts(Reported { report, classes, .. }: &Reported) -> (Vec<Timestamp>, Vec<Timestamp>) {
    let within = |start: &Moment| Period::contains(&report.period, Some(*start));
    let recurring = classes.iter().flat_map(|class| &class.starts).filter(|start| within(start));
    let one_offs = report.one_offs.iter().filter_map(|one_off| one_off.started_at);
    (recurring.map(|start| start.at).collect(), one_offs.map(|start| start.at).collect())
}

/// Round numbers up to `most`, at most five.
fn lines(most: u32) -> impl Iterator<Item = u32> {
    let step = (0..).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_u64.pow(power)));
    let step = step.take(28).find(|step| u64::from(most) / step <= 4).unwrap_or(1);
    let step = u32::try_from(step).unwrap_or(u32::MAX);
    (0..=most / step).map(move |nth| nth * step)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{incident, reported, sample};

    #[test]
    fn every_dated_incident_of_the_period_is_in_a_bar() {
        let traffic = Traffic::of(&sample()).expect("three incidents");
        assert_eq!((traffic.step, traffic.bars.len()), ("a week", 9));
        assert!(
            traffic.bars[0].what.starts_with("from 2026-01-01: 1 of failures"),
            "{:?}",
            traffic.bars[0]
        );
        let heights = traffic.bars.iter().map(|bar| bar.recurring_height + bar.one_off_height);
        assert_eq!(heights.filter(|height| *height > 0).count(), 3);
        assert_eq!(traffic.lines.len(), 2);
    }

    #[test]
    fn a_century_has_not_more_bars_than_fit() {
        let old = vec![incident("1926-01-01", 5), incident("2026-01-01", 5)];
        let traffic = Traffic::of(&reported(old, Vec::new(), None)).expect("two incidents");
        assert!(traffic.bars.len() <= 40 && traffic.bars.len() > 5, "{}", traffic.bars.len());
    }

    #[test]
    fn without_a_dated_incident_there_is_nothing_to_draw() {
        assert!(Traffic::of(&reported(Vec::new(), Vec::new(), None)).is_none());
    }

    #[test]
    fn lines_are_round() {
        assert_eq!(lines(3).collect::<Vec<_>>(), [0, 1, 2, 3]);
        assert_eq!(lines(47).collect::<Vec<_>>(), [0, 10, 20, 30, 40]);
        assert_eq!(lines(u32::MAX).count(), 5);
    }
}
