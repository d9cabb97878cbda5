//! What would have been shown at each page of the stored history.

use relapse::proto::{BacktestGroup, BacktestResponse, HitAtK, ThresholdPoint};

use super::page::{Look, Page};
use super::paint::Tone;
use super::table::{Column, Table};
use super::words::{count, date};

/// The rows of a table; what is beyond is counted.
const ROWS_MAX: usize = 12;
/// One column of the curve stands for so many of its points.
const POINTS_PER_COLUMN: usize = 2;
/// Below this many shown cases a precision jumps about and is not drawn.
const SHOWN_MIN: u32 = 5;
/// An eighth more with each.
const BARS: [char; 8] = [
    '\u{2581}', '\u{2582}', '\u{2583}', '\u{2584}', '\u{2585}', '\u{2586}', '\u{2587}', '\u{2588}',
];

/// The figures, the curve, and the classes and services that came back most.
pub fn backtest(told: &BacktestResponse, look: Look) -> String {
    let mut page = Page::new(look);
    write_scope(&mut page, told);
    if told.cases == 0 {
        return page.finish();
    }
    page.gap();
    figures(told).write(&mut page);
    write_curve(&mut page, told);
    write_groups(&mut page, "Classes that came back most", &told.by_class, true);
    write_groups(&mut page, "Services they hit", &told.by_service, false);
    page.finish()
}

/// What became of a rating.
pub fn rated(incident: &str, useful: bool, look: Look) -> String {
    let mut page = Page::new(look);
    let word = if useful { "the same failure" } else { "not the same failure" };
    page.say(&format!("{incident} is marked as {word}; it is shown when the same is asked again."));
    page.finish()
}

fn write_scope(page: &mut Page, told: &BacktestResponse) {
    let cases = count(told.cases as usize, "incident", "incidents");
    let as_of = date(told.as_of.as_ref(), true);
    page.tell(Tone::Strong, &format!("{cases} up to {as_of} replayed, oldest first"));
    let by =
        if told.calibrated { "a calibration" } else { "fixed cuts: nothing is calibrated yet" };
    page.say(&format!(
        "Each was asked by what its page said, against what was known before it. Answers by {by}."
    ));
    for (number, what) in
        [(told.older, "older ones left out"), (told.undated, "without a date, and so not replayed")]
    {
        if number > 0 {
            page.tell(Tone::Faint, &format!("{number} {what}"));
        }
    }
}

fn figures(told: &BacktestResponse) -> Table<2> {
    let new = told.cases - told.recurrences;
    let mut table = Table::new(["Value", "Measure"].map(Column::new));
    let mut row = |value: String, name: String| table.row(Tone::Plain, [value, name]);
    row(told.recurrences.to_string(), "had been seen before".into());
    for HitAtK { k, rate, .. } in &told.hit_at_k {
        row(percent(*rate), format!("of these: right match among the first {k}"));
    }
    row(told.mrr.map_or("-".into(), |mrr| format!("{mrr:.3}")), "mean reciprocal rank".into());
    row(percent(told.precision), "of the answers RECURRENCE were right".into());
    row(percent(told.coverage), "of those seen before got a right RECURRENCE".into());
    row(
        percent(told.novelty_accuracy),
        format!("of the {new} new ones were not called RECURRENCE"),
    );
    let (useful, not_useful) = (told.ratings_useful, told.ratings_not_useful);
    if useful + not_useful > 0 {
        row(format!("{useful}, {not_useful}"), "ratings: of use, not of use".into());
    }
    table
}

fn write_curve(page: &mut Page, told: &BacktestResponse) {
    page.heading(match told.calibration_cases {
        0 => "By how alike the first match is (too few cases for a probability)",
        _ => "By the probability that the first match is right",
    });
    let recurrences = told.recurrences;
    let points = told.threshold_curve.iter().step_by(POINTS_PER_COLUMN);
    let precision =
        points.clone().map(|point| point.precision.filter(|_| point.shown >= SHOWN_MIN));
    page.row(&format!("precision {}", bars(precision)));
    page.row(&format!("coverage  {}", bars(points.map(|point| coverage(point, recurrences)))));
    page.row("cut       0         .2        .4        .6        .8        1");
    match (told.suggested_threshold, told.held_out.as_ref()) {
        (None, _) => page.say("No cut keeps a precision of 80 % with some certainty."),
        (Some(cut), None) => page.say(&format!("Suggested cut: {cut:.2}")),
        (Some(cut), Some(held_out)) => page.say(&format!(
            "Suggested cut: {cut:.2}. Learnt on the older {} and applied to the newer {}: {} right of {} shown, {} of \
             those seen before.",
            held_out.learnt_from,
            held_out.cases,
            percent(held_out.precision),
            held_out.shown,
            percent(held_out.coverage)
        )),
    }
}

fn coverage(point: &ThresholdPoint, recurrences: u32) -> Option<f64> {
    (recurrences > 0).then(|| f64::from(point.correct) / f64::from(recurrences))
}

/// A bar for each share; a blank where there is none.
fn bars(shares: impl Iterator<Item = Option<f64>>) -> String {
    let bar = |share: f64| BARS[((share * BARS.len() as f64) as usize).min(BARS.len() - 1)];
    shares.map(|share| share.map_or(' ', bar)).collect()
}

fn write_groups(page: &mut Page, heading: &str, groups: &[BacktestGroup], named: bool) {
    if groups.is_empty() {
        return;
    }
    page.heading(heading);
    let mut table =
        Table::new(["Incidents", "Seen before", "Right first", "MRR", "Name"].map(Column::new));
    for group in groups.iter().take(ROWS_MAX) {
        let first = group.hit_at_k.first().map_or("-".into(), |hit| hit.hits.to_string());
        let name = if named { format!("{} {}", group.key, group.name) } else { group.name.clone() };
        let mrr = group.mrr.map_or("-".into(), |mrr| format!("{mrr:.2}"));
        let (cases, seen) = (group.cases.to_string(), group.recurrences.to_string());
        table.row(Tone::Plain, [cases, seen, first, mrr, name]);
    }
    table.write(page);
    if groups.len() > ROWS_MAX {
        let more = groups.len() - ROWS_MAX;
        page.tell(Tone::Faint, &format!("... and {more} more (--output json has them all)"));
    }
}

fn percent(share: Option<f64>) -> String {
    share.map_or("-".into(), |share| format!("{:.0} %", share * 100.0))
}

#[cfg(test)]
mod tests {
    use relapse::proto::HeldOut;

    use super::*;

    fn told() -> BacktestResponse {
        let point = |cut: u32| ThresholdPoint {
            threshold: f64::from(cut) / 100.0,
            shown: 100 - cut,
            correct: 50 - cut / 2,
            precision: (cut < 100).then_some(0.5),
            coverage: None,
        };
        BacktestResponse {
            cases: 100,
            recurrences: 60,
            hit_at_k: vec![HitAtK { k: 1, hits: 45, rate: Some(0.75) }],
            mrr: Some(0.8131),
            novelty_accuracy: Some(0.9),
            by_class: vec![BacktestGroup {
                key: "FC-3".into(),
                name: "disk full".into(),
                cases: 5,
                recurrences: 4,
                hit_at_k: vec![HitAtK { k: 1, hits: 3, rate: Some(0.75) }],
                mrr: Some(0.9),
            }],
            threshold_curve: (0..=100).map(point).collect(),
            calibration_cases: 95,
            suggested_threshold: Some(0.62),
            held_out: Some(HeldOut {
                learnt_from: 57,
                cases: 40,
                shown: 20,
                precision: Some(0.85),
                coverage: Some(0.5),
                ..HeldOut::default()
            }),
            ..BacktestResponse::default()
        }
    }

    #[test]
    fn the_page_tells_figures_curve_and_groups() {
        let text = backtest(&told(), Look::plain(100));
        for part in [
            "75 %   of these: right match among the first 1",
            "0.813  mean reciprocal rank",
            "90 %   of the 40 new ones",
            "Suggested cut: 0.62. Learnt on the older 57 and",
            "FC-3 disk full",
        ] {
            assert!(text.contains(part), "`{part}` is missing in\n{text}");
        }
    }

    #[test]
    fn the_curve_is_as_long_as_its_scale() {
        let text = backtest(&told(), Look::plain(100));
        let line = |name: &str| text.lines().find(|line| line.starts_with(name)).expect(name);
        assert_eq!(line("precision ").chars().count(), line("cut ").chars().count() - 3);
        assert!(line("precision ").contains('\u{2585}'), "a half is half as high");
    }

    #[test]
    fn it_is_readable_at_forty_columns_but_for_the_curve() {
        let text = backtest(&told(), Look::plain(40));
        let wide = text.lines().filter(|line| line.chars().count() > 62).count();
        assert_eq!(wide, 0, "{text}");
    }

    #[test]
    fn an_empty_history_is_said_to_be_empty() {
        let text = backtest(&BacktestResponse::default(), Look::plain(80));
        assert!(text.starts_with("0 incidents up to"), "{text}");
    }
}
