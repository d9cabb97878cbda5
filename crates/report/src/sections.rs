//! The sections of a report, in the order a reader asks for them.

use std::collections::BTreeMap;

use engine::Reported;
use recurrence::{
    ClassId, ClassInPeriod, DecidedClass, FailureClass, OneOff, OverdueFollowUp, OwnerRecord,
    ServiceRecord,
};

use crate::outline::{Body, Cell, Column, Line, ROWS_MAX, Section, Table};
use crate::words::{counted, day, days, fix_status, getting_worse, minutes, number};

/// Every section that has something to tell.
pub(crate) fn sections(reported: &Reported) -> Vec<Section> {
    let Reported { report, classes, decided, .. } = reported;
    let known = classes.iter().map(|class| (class.id, class)).collect();
    let sections = [
        section(
            "classes",
            "Failures of this period",
            CLASSES,
            classes_table(&report.classes, &known),
        ),
        lines("came-back", "Came back after a fix", &report.came_back_after_fix, came_back),
        lines("worse", "Getting worse", &report.getting_worse, getting_worse),
        lines("new", "New in this period", &report.new_classes, new),
        lines("held", "Fixed, and held so far", &report.held, |row| row.fix_summary.clone()),
        decided_lines(decided),
        section("overdue", "Overdue follow-ups", OVERDUE, overdue_table(&report.overdue, &known)),
        section("owners", "Repeat offenders by owner", OWNERS, owners_table(&report.owners)),
        section(
            "services",
            "Repeat offenders by service",
            SERVICES,
            services_table(&report.services),
        ),
        section("one-offs", "One-offs", "", one_offs_table(&report.one_offs)),
    ];
    sections.into_iter().flatten().collect()
}

type Known<'a> = BTreeMap<ClassId, &'a FailureClass>;

const CLASSES: &str =
    "Usual gap: the median between two occurrences, with the middle half of the gaps behind it.";
const OVERDUE: &str = "Ranked by what came back since they were promised, and what that cost.";
const OWNERS: &str =
    "What came back after the incident of a follow-up that was not done, or after one that was.";
const SERVICES: &str = "Services on which failures of this period keep coming back.";

/// A table with its rows, and how many more there are.
type Cut = (Table, usize);

fn section(
    anchor: &'static str,
    title: &'static str,
    note: &'static str,
    (table, more): Cut,
) -> Option<Section> {
    let some = !table.rows.is_empty();
    some.then_some(Section { anchor, title, note, body: Body::Table(table), more })
}

fn lines(
    anchor: &'static str,
    title: &'static str,
    rows: &[ClassInPeriod],
    text: fn(&ClassInPeriod) -> String,
) -> Option<Section> {
    let line = |row: &ClassInPeriod| Line::new(&row.name, row.id.to_string(), &text(row));
    let body = Body::Lines(rows.iter().take(ROWS_MAX).map(line).collect());
    let more = rows.len().saturating_sub(ROWS_MAX);
    (!rows.is_empty()).then_some(Section { anchor, title, note: "", body, more })
}

fn decided_lines(rows: &[DecidedClass]) -> Option<Section> {
    let line = |row: &DecidedClass| Line::new(&row.name, row.id.to_string(), &row.told);
    let body = Body::Lines(rows.iter().take(ROWS_MAX).map(line).collect());
    let more = rows.len().saturating_sub(ROWS_MAX);
    let title = "Put together or taken apart by people";
    (!rows.is_empty()).then_some(Section { anchor: "decided", title, note: "", body, more })
}

fn came_back(row: &ClassInPeriod) -> String {
    let times = counted(row.in_period, "time", "times");
    format!("{}; {times} in this period, {} in all", row.fix_summary, row.total)
}

fn new(row: &ClassInPeriod) -> String {
    let times = counted(row.in_period, "time", "times");
    format!("first on {}, {times} since; {}", day(row.first_seen), row.fix_summary)
}

/// The first of `rows` as a table.
fn table<T, const N: usize>(
    headings: [(&'static str, bool); N],
    rows: &[T],
    cells: impl Fn(&T) -> [Cell; N],
) -> Cut {
    let columns =
        headings.into_iter().map(|(heading, numeric)| Column { heading, numeric }).collect();
    let shown = rows.iter().take(ROWS_MAX).map(|row| Vec::from(cells(row))).collect();
    (Table { columns, rows: shown }, rows.len().saturating_sub(ROWS_MAX))
}

fn classes_table(rows: &[ClassInPeriod], known: &Known) -> Cut {
    let headings = [
        ("failure", false),
        ("times", true),
        ("before", true),
        ("in all", true),
        ("last seen", false),
        ("usual gap", true),
        ("did the fix hold?", false),
        ("time lost", true),
        ("users", true),
        ("revenue", true),
    ];
    table(headings, rows, |row| {
        [
            Cell::name(format!("{} ({})", row.name, row.id)),
            Cell::count(row.in_period),
            row.in_previous.map_or_else(absent, Cell::count),
            Cell::count(row.total),
            Cell::text(day(row.last_seen)),
            usual_gap(known.get(&row.id)),
            Cell::text(format!("{}: {}", fix_status(row.fix_status), row.fix_summary)),
            stated(
                row.cost.minutes.incidents,
                minutes(row.cost.minutes.sum),
                row.cost.minutes.sum as f64,
            ),
            stated(
                row.cost.users.incidents,
                number(row.cost.users.sum as f64),
                row.cost.users.sum as f64,
            ),
            stated(row.cost.revenue.incidents, number(row.cost.revenue.sum), row.cost.revenue.sum),
        ]
    })
}

fn absent() -> Cell {
    Cell::text("-")
}

/// A sum, where any incident states it.
fn stated(incidents: u32, text: String, value: f64) -> Cell {
    if incidents == 0 { absent() } else { Cell::figure(text, value) }
}

/// `34.5 d (24 to 49)`.
fn usual_gap(class: Option<&&FailureClass>) -> Cell {
    let Some(gap) = class.and_then(|class| class.gap_days) else {
        return absent();
    };
    let band = if gap.p25 < gap.p75 {
        format!(" ({} to {})", number(gap.p25.round()), number(gap.p75.round()))
    } else {
        String::new()
    };
    Cell::figure(format!("{}{band}", days(gap.median)), gap.median)
}

fn overdue_table(rows: &[OverdueFollowUp], known: &Known) -> Cut {
    let headings = [
        ("follow-up", false),
        ("owner", false),
        ("priority", false),
        ("due", false),
        ("days overdue", true),
        ("came back since", true),
        ("time lost since", true),
        ("failure", false),
        ("promised after", false),
        ("state", false),
    ];
    table(headings, rows, |OverdueFollowUp { class, item }| {
        let failure = class.and_then(|class| known.get(&class));
        let since = item.minutes_since;
        [
            Cell::name(&item.action).linked(item.url.as_deref()),
            Cell::text(item.owner.as_deref().unwrap_or("-")),
            Cell::text(item.priority.as_deref().unwrap_or("-")),
            Cell::text(item.due.map(|due| due.to_string()).unwrap_or_default()),
            Cell::count(item.days_overdue),
            Cell::count(item.recurrences_since),
            stated(u32::from(since > 0), minutes(since), since as f64),
            Cell::text(failure.map_or("a one-off", |class| class.name.as_str())),
            Cell::text(item.incident_id.as_str()),
            Cell::text(item.state_words()),
        ]
    })
}

fn owners_table(rows: &[OwnerRecord]) -> Cut {
    let headings = [
        ("owner", false),
        ("follow-ups", true),
        ("overdue", true),
        ("done in vain", true),
        ("came back", true),
        ("time lost", true),
    ];
    table(headings, rows, |row| {
        [
            Cell::name(&row.owner),
            Cell::count(row.promised),
            Cell::count(row.overdue),
            Cell::count(row.in_vain),
            Cell::count(row.recurrences),
            Cell::figure(minutes(row.minutes), row.minutes as f64),
        ]
    })
}

fn services_table(rows: &[ServiceRecord]) -> Cut {
    let headings = [
        ("service", false),
        ("incidents", true),
        ("failures", true),
        ("of these fixed in vain", true),
        ("time lost", true),
    ];
    table(headings, rows, |row| {
        [
            Cell::name(&row.service),
            Cell::count(row.incidents),
            Cell::count(row.classes),
            Cell::count(row.in_vain),
            Cell::figure(minutes(row.minutes), row.minutes as f64),
        ]
    })
}

fn one_offs_table(rows: &[OneOff]) -> Cut {
    let headings = [("date", false), ("incident", false), ("title", false), ("time lost", true)];
    table(headings, rows, |row| {
        let took = row.time_to_resolve_minutes;
        [
            Cell::text(day(row.started_at)),
            Cell::text(row.incident_id.as_str()),
            Cell::name(&row.title),
            took.map_or_else(absent, |took| Cell::figure(minutes(took.into()), f64::from(took))),
        ]
    })
}
