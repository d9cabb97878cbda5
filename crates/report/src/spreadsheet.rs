//! A report as CSV: a row for each class.

use std::collections::BTreeMap;

use engine::Reported;
use incident::Moment;
use recurrence::{ClassId, ClassInPeriod, FailureClass, Stated};

use crate::words::{fix_status, one_line};

/// The longest text of a cell, in characters.
const CELL_CHARS_MAX: usize = 1_000;

const COLUMNS: [&str; 35] = [
    "class_id",
    "name",
    "fix_held",
    "fix_summary",
    "in_period",
    "in_previous_period",
    "is_new",
    "total",
    "in_30d",
    "in_90d",
    "in_365d",
    "first_seen",
    "last_seen",
    "gap_days_median",
    "gap_days_p25",
    "gap_days_p75",
    "quiet_days",
    "quiet_ratio",
    "trend_p_value",
    "is_rising",
    "is_in_burst",
    "time_to_resolve_median",
    "time_to_resolve_p90",
    "minutes_in_period",
    "minutes_cases",
    "users_in_period",
    "users_cases",
    "revenue_in_period",
    "revenue_cases",
    "services",
    "severities",
    "follow_ups",
    "follow_ups_overdue",
    "terms",
    "decided",
];

/// A row of names, then a row for each class of the scope: those of the period in its order, then the others
/// by id.
pub(crate) fn rows(reported: &Reported) -> String {
    let Reported { report, classes, decided, .. } = reported;
    let seen: BTreeMap<ClassId, &ClassInPeriod> =
        report.classes.iter().map(|row| (row.id, row)).collect();
    let known: BTreeMap<ClassId, &FailureClass> =
        classes.iter().map(|class| (class.id, class)).collect();
    let of_period = report.classes.iter().map(|row| row.id);
    let others = known.keys().copied().filter(|id| !seen.contains_key(id));
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let mut write = |cells: Vec<String>| {
        writer.write_record(cells).expect("memory takes every row, and all are of one length");
    };
    write(COLUMNS.map(str::to_owned).to_vec());
    for id in of_period.chain(others) {
        if let Some(class) = known.get(&id) {
            let is_new = report.new_classes.iter().any(|row| row.id == id);
            let mut cells = cells(class, seen.get(&id).copied(), is_new);
            let told = decided.iter().filter(|one| one.id == id).map(|one| one.told.as_str());
            cells.push(names(told));
            write(cells);
        }
    }
    let bytes = writer.into_inner().expect("memory can be flushed");
    String::from_utf8(bytes).expect("cells are text")
}

fn cells(class: &FailureClass, row: Option<&ClassInPeriod>, is_new: bool) -> Vec<String> {
    let mut cells = vec![
        class.id.to_string(),
        text(&class.name),
        text(fix_status(class.fix_status)),
        text(&class.fix_summary),
        row.map_or(0, |row| row.in_period).to_string(),
        some(row.and_then(|row| row.in_previous)),
        is_new.to_string(),
    ];
    cells.extend(times(class));
    cells.extend(spent(row));
    let overdue = class.action_items.iter().filter(|item| item.is_overdue()).count();
    cells.extend([
        names(class.services.iter().map(|service| service.name.as_str())),
        names(class.severities.iter().map(|severity| severity.name.as_str())),
        class.action_items.len().to_string(),
        overdue.to_string(),
        names(class.terms.iter().map(String::as_str)),
    ]);
    cells
}

fn times(class: &FailureClass) -> [String; 16] {
    let day = |moment: Option<Moment>| some(moment.map(Moment::date));
    let (gap, test, taken) = (class.gap_days, class.trend_test, class.time_to_resolve);
    [
        class.occurrences.total.to_string(),
        class.occurrences.in_30d.to_string(),
        class.occurrences.in_90d.to_string(),
        class.occurrences.in_365d.to_string(),
        day(class.first_seen),
        day(class.last_seen),
        some(gap.map(|gap| gap.median)),
        some(gap.map(|gap| gap.p25)),
        some(gap.map(|gap| gap.p75)),
        some(class.quiet_days),
        some(class.quiet_ratio),
        some(test.map(|test| test.p_value)),
        test.is_some_and(|test| test.direction == recurrence::Trend::Rising).to_string(),
        class.burst.is_some_and(|burst| burst.is_burst).to_string(),
        some(taken.map(|taken| taken.median)),
        some(taken.map(|taken| taken.p90)),
    ]
}

/// What it cost in the period; sums are empty where no incident states a value.
fn spent(row: Option<&ClassInPeriod>) -> [String; 6] {
    let cost = row.map(|row| row.cost).unwrap_or_default();
    let [minutes, minutes_cases] = stated(cost.minutes);
    let [users, users_cases] = stated(cost.users);
    let [revenue, revenue_cases] = stated(cost.revenue);
    [minutes, minutes_cases, users, users_cases, revenue, revenue_cases]
}

fn stated<T: Copy + ToString>(stated: Stated<T>) -> [String; 2] {
    let sum = (stated.incidents > 0).then_some(stated.sum);
    [some(sum), stated.incidents.to_string()]
}

fn some(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn names<'a>(names: impl Iterator<Item = &'a str>) -> String {
    text(&names.collect::<Vec<_>>().join("; "))
}

/// A text on one line that no spreadsheet takes for a formula: one that begins like one gets an apostrophe
/// before it. Source: OWASP, "CSV Injection".
fn text(text: &str) -> String {
    let line = one_line(text, CELL_CHARS_MAX);
    if line.starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}']) {
        format!("'{line}")
    } else {
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{hostile, incident, reported, sample};

    fn read(reported: &Reported) -> Vec<BTreeMap<String, String>> {
        let text = rows(reported);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let read: Result<Vec<_>, _> = reader.deserialize().collect();
        read.expect("it is CSV")
    }

    #[test]
    fn each_class_is_a_row_with_its_figures() {
        let rows = read(&sample());
        assert_eq!((rows.len(), rows[0].len()), (1, COLUMNS.len()));
        let cell = |name: &str| rows[0][name].as_str();
        assert_eq!((cell("class_id"), cell("name")), ("FC-3", "Cache | stampede"));
        assert_eq!((cell("in_period"), cell("in_previous_period"), cell("total")), ("2", "1", "3"));
        assert_eq!((cell("gap_days_median"), cell("last_seen")), ("34.5", "2026-02-10"));
        assert_eq!((cell("minutes_in_period"), cell("minutes_cases")), ("285", "2"));
        assert_eq!((cell("users_in_period"), cell("users_cases")), ("", "0"));
        assert!(cell("fix_summary").starts_with("a follow-up due on 2026-01-15 is 42 d overdue"));
    }

    #[test]
    fn a_class_that_did_not_occur_in_the_period_has_its_row_too() {
        let quiet = vec![incident("2025-06-01", 5), incident("2025-07-01", 5)];
        let rows = read(&reported(quiet, Vec::new(), Some("2026-02-01T00:00:00Z")));
        assert_eq!((rows[0]["in_period"].as_str(), rows[0]["total"].as_str()), ("0", "2"));
    }

    #[test]
    fn no_cell_is_a_formula_and_no_row_breaks() {
        let payloads = [
            "=HYPERLINK(\"http://evil.example\",\"x\")",
            "+1+cmd|' /C calc'!A0",
            "-2+3",
            "@SUM(A1)",
            "\t=1+1",
            "\r\n=1+1",
            "a\",=1+1,\"\n=2",
        ];
        for payload in payloads {
            let text = rows(&hostile(payload));
            assert_eq!(text.matches("\r\n").count(), text.lines().count(), "{text}");
            let rows = read(&hostile(payload));
            assert_eq!((rows.len(), rows[0].len()), (1, COLUMNS.len()), "{payload:?}");
            for cell in rows[0].values() {
                assert!(
                    !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
                    "{payload:?}: {cell:?}"
                );
            }
        }
    }
}
