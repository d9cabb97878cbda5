//! A report, as it is read on a terminal.

use relapse::proto::{
    DecidedClass, FixStatus, GetReportResponse, IncidentSummary, OverdueFollowUp, Report,
    ReportScope, ReportedClass, Trend,
};

use super::page::{Look, Page};
use super::paint::Tone;
use super::table::{Column, DAY_COLUMNS, Table};
use super::words::{count, date, days, fix_in_short, joined, minutes, trend_test};

/// The columns of a report that goes into a file: it is read there, not searched.
const COLUMNS_MAX: usize = 100;
/// The rows of a list.
const ROWS_MAX: usize = 20;
/// The rows of a list of repeat offenders.
const REPEATS_MAX: usize = 10;
/// The columns of an owner such as `Platform team`.
const OWNER_COLUMNS: usize = 14;

/// The whole report: what has to be known, then its lists.
pub fn report(response: &GetReportResponse, look: Look) -> String {
    let mut page = Page::new(Look { table_columns: look.table_columns.min(COLUMNS_MAX), ..look });
    let report = response.report.clone().unwrap_or_default();
    page.tell(Tone::Strong, "What keeps coming back");
    page.say(&covered(&report));
    page.gap();
    for line in &report.summary {
        page.item(Tone::Plain, "- ", line);
    }
    write_classes(&mut page, &report.classes);
    write_list(&mut page, "Came back after a fix", &report.came_back, fix);
    write_list(
        &mut page,
        "Came back, and a follow-up is overdue",
        &overdue_of(&report.classes),
        fix,
    );
    write_list(&mut page, "Getting worse", &report.getting_worse, worse);
    write_list(&mut page, "New in this period", &report.new_classes, fix);
    write_list(&mut page, "Fixed, and held so far", &report.fixed_and_held, fix);
    write_decided(&mut page, &report.decided);
    write_overdue(&mut page, &report.overdue);
    write_repeats(&mut page, &report);
    write_one_offs(&mut page, &report.one_offs);
    page.gap();
    page.tell(Tone::Faint, "Whole lists and pictures: --format html, markdown, csv or json.");
    page.finish()
}

/// `From 2026-08-01 to 2026-11-20, as known on 2026-11-20; services edge, auth.`
fn covered(report: &Report) -> String {
    let ReportScope { since, until, services, teams, tags } =
        report.scope.clone().unwrap_or_default();
    let until = date(until.as_ref(), true);
    let period = match since {
        Some(since) => format!("From {} to {until}", date(Some(&since), true)),
        None => format!("The whole history up to {until}"),
    };
    let known = format!("as known on {}", date(report.as_of.as_ref(), true));
    let only = [("services", services), ("teams", teams), ("tags", tags)];
    let only = only.into_iter().filter(|(_, values)| !values.is_empty());
    let only: Vec<String> =
        only.map(|(what, values)| format!("; {what} {}", values.join(", "))).collect();
    format!("{period}, {known}{}.", only.concat())
}

fn write_classes(page: &mut Page, rows: &[ReportedClass]) {
    if rows.is_empty() {
        return;
    }
    page.heading("Failures of this period");
    let mut table = Table::new([
        Column::new("Class").labelled(""),
        Column::new("Times"),
        Column::new("Before").dispensable(),
        Column::new("Last seen"),
        Column::new("Usual gap").dispensable(),
        Column::new("Lost").dispensable(),
        Column::new("Fix").labelled("fix:"),
        Column::new("Name"),
    ]);
    for row in rows.iter().take(ROWS_MAX) {
        table.row(Tone::Plain, class_cells(row));
    }
    table.write(page);
    say_more(page, rows.len(), ROWS_MAX);
}

fn class_cells(row: &ReportedClass) -> [String; 8] {
    let class = row.failure_class.clone().unwrap_or_default();
    let lost = row.cost.unwrap_or_default();
    [
        class.id.clone(),
        row.in_period.to_string(),
        row.in_previous_period.map(|before| before.to_string()).unwrap_or_default(),
        date(class.last_seen.as_ref(), true),
        class.gap_days.as_ref().map(|gap| days(gap.median)).unwrap_or_default(),
        some_minutes(lost.minutes_to_resolve),
        fix_in_short(class.fix_status()).to_owned(),
        class.name.clone(),
    ]
}

fn write_list(
    page: &mut Page,
    title: &str,
    rows: &[ReportedClass],
    told: fn(&ReportedClass) -> String,
) {
    if rows.is_empty() {
        return;
    }
    page.heading(title);
    for row in rows.iter().take(ROWS_MAX) {
        let class = row.failure_class.clone().unwrap_or_default();
        page.item(Tone::Plain, "- ", &format!("{} ({}): {}", class.name, class.id, told(row)));
    }
    say_more(page, rows.len(), ROWS_MAX);
}

fn write_decided(page: &mut Page, rows: &[DecidedClass]) {
    if rows.is_empty() {
        return;
    }
    page.heading("Put together or taken apart by people");
    for DecidedClass { class_id, class_name, text, .. } in rows.iter().take(ROWS_MAX) {
        page.item(Tone::Plain, "- ", &format!("{class_name} ({class_id}): {text}"));
    }
    say_more(page, rows.len(), ROWS_MAX);
}

/// The classes whose follow-ups are overdue.
fn overdue_of(rows: &[ReportedClass]) -> Vec<ReportedClass> {
    let status = |row: &&ReportedClass| {
        row.failure_class.as_ref().is_some_and(|class| class.fix_status() == FixStatus::Overdue)
    };
    rows.iter().filter(status).cloned().collect()
}

fn fix(row: &ReportedClass) -> String {
    row.failure_class.as_ref().map(|class| class.fix_summary.clone()).unwrap_or_default()
}

fn worse(row: &ReportedClass) -> String {
    let times = count(row.in_period as usize, "time", "times");
    let before = row.in_previous_period.map(|before| format!("{before} in the period before"));
    let class = row.failure_class.clone().unwrap_or_default();
    let tested = class.trend_test.is_some_and(|test| test.direction() == Trend::Rising);
    let is_burst = class.burst.is_some_and(|burst| burst.is_burst);
    let tested = if tested || is_burst { trend_test(&class) } else { String::new() };
    joined([&times, &before.unwrap_or_default(), &tested])
}

fn write_overdue(page: &mut Page, rows: &[OverdueFollowUp]) {
    if rows.is_empty() {
        return;
    }
    page.heading("Overdue follow-ups, by what came back since");
    let mut table = Table::new([
        Column::new("Back"),
        Column::new("Lost").dispensable(),
        Column::new("Overdue"),
        Column::new("Prio").labelled("").words_within(4).dispensable(),
        Column::new("Owner").words_within(OWNER_COLUMNS),
        Column::new("Class").labelled("").dispensable(),
        Column::new("Follow-up"),
    ]);
    for row in rows.iter().take(ROWS_MAX) {
        let item = row.follow_up.clone().unwrap_or_default();
        let tone = if item.recurrences_since > 0 { Tone::Bad } else { Tone::Warning };
        let back = format!("{} x", item.recurrences_since);
        let overdue = days(f64::from(item.days_overdue));
        let lost = some_minutes(item.minutes_since);
        let class = row.class_id.clone();
        table.row(tone, [back, lost, overdue, item.priority, item.owner, class, item.action]);
    }
    table.write(page);
    say_more(page, rows.len(), ROWS_MAX);
}

fn write_repeats(page: &mut Page, report: &Report) {
    if !report.owners.is_empty() {
        page.heading("Repeat offenders: owners, and what came back in spite of their follow-ups");
        let headings = ["Back", "Lost", "Follow-ups", "Overdue", "In vain", "Owner"];
        let mut table = Table::new(headings.map(Column::new));
        for row in report.owners.iter().take(REPEATS_MAX) {
            let back = format!("{} x", row.recurrences);
            let [promised, overdue, in_vain] =
                [row.promised, row.overdue, row.done_in_vain].map(some);
            let lost = some_minutes(row.minutes);
            table.row(Tone::Plain, [back, lost, promised, overdue, in_vain, row.owner.clone()]);
        }
        table.write(page);
        say_more(page, report.owners.len(), REPEATS_MAX);
    }
    if !report.services.is_empty() {
        page.heading("Repeat offenders: services on which it keeps coming back");
        let headings = ["Incidents", "Lost", "Failures", "In vain", "Service"];
        let mut table = Table::new(headings.map(Column::new));
        for row in report.services.iter().take(REPEATS_MAX) {
            let [incidents, failures, in_vain] =
                [row.incidents, row.classes, row.fixed_in_vain].map(some);
            let lost = some_minutes(row.minutes);
            table.row(Tone::Plain, [incidents, lost, failures, in_vain, row.service.clone()]);
        }
        table.write(page);
        say_more(page, report.services.len(), REPEATS_MAX);
    }
}

/// A count; nothing where there is none.
fn some(number: u32) -> String {
    if number == 0 { String::new() } else { number.to_string() }
}

fn some_minutes(taken: u32) -> String {
    if taken == 0 { String::new() } else { minutes(taken.into()) }
}

fn write_one_offs(page: &mut Page, rows: &[IncidentSummary]) {
    if rows.is_empty() {
        return;
    }
    page.heading("One-offs");
    let mut table = Table::new([
        Column::new("Date").labelled("").words_within(DAY_COLUMNS),
        Column::new("Took").dispensable(),
        Column::id("Incident").labelled(""),
        Column::new("Title"),
    ]);
    for row in rows.iter().take(ROWS_MAX) {
        let day = date(row.started_at.as_ref(), true);
        let took = row.time_to_resolve_minutes.map_or_else(String::new, some_minutes);
        table.row(Tone::Plain, [day, took, row.id.clone(), row.title.clone()]);
    }
    table.write(page);
    say_more(page, rows.len(), ROWS_MAX);
}

fn say_more(page: &mut Page, rows: usize, shown: usize) {
    match rows.saturating_sub(shown) {
        0 => {}
        more => page.tell(Tone::Faint, &format!("and {more} more")),
    }
}

#[cfg(test)]
mod tests {
    use prost_types::Timestamp;
    use relapse::proto::{FailureClass, FollowUp, OwnerRecord, ServiceRecord};

    use super::super::wrap::columns;
    use super::*;

    fn response(rows: usize) -> GetReportResponse {
        let class = FailureClass {
            id: "FC-3".into(),
            name: "handshake failure with the token service".into(),
            fix_status: FixStatus::RecurredAfterFix.into(),
            fix_summary: "came back 34 d after a follow-up was done on 2026-10-05".into(),
            ..FailureClass::default()
        };
        let row = ReportedClass {
            failure_class: Some(class),
            in_period: 4,
            in_previous_period: Some(1),
            ..ReportedClass::default()
        };
        let overdue = OverdueFollowUp {
            follow_up: Some(FollowUp {
                action: "Check the chain before it is rolled out to every listener".into(),
                owner: "Platform".into(),
                days_overdue: 345,
                recurrences_since: 3,
                minutes_since: 200,
                ..FollowUp::default()
            }),
            class_id: "FC-3".into(),
            ..OverdueFollowUp::default()
        };
        let report = Report {
            scope: Some(ReportScope {
                until: Some(Timestamp { seconds: 1_759_460_220, nanos: 0 }),
                services: vec!["edge".into()],
                ..ReportScope::default()
            }),
            summary: vec!["12 incidents, 11 of them of 7 failures that keep coming back.".into()],
            classes: vec![row.clone(); rows],
            came_back: vec![row.clone()],
            getting_worse: vec![row],
            overdue: vec![overdue],
            owners: vec![OwnerRecord {
                owner: "Platform".into(),
                promised: 4,
                overdue: 2,
                recurrences: 3,
                minutes: 200,
                ..OwnerRecord::default()
            }],
            services: vec![ServiceRecord {
                service: "edge".into(),
                incidents: 3,
                classes: 1,
                ..ServiceRecord::default()
            }],
            ..Report::default()
        };
        GetReportResponse { report: Some(report), ..GetReportResponse::default() }
    }

    #[test]
    fn what_must_be_known_comes_first_and_each_list_follows() {
        let text = report(&response(1), Look::plain(100));
        let begin = "What keeps coming back\nThe whole history up to 2025-10-03, as known on undated; \
                     services edge.\n\n- 12 incidents";
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(
            flat.starts_with(&begin.split_whitespace().collect::<Vec<_>>().join(" ")),
            "{text}"
        );
        for part in [
            "came back 34 d after a follow-up was done on 2026-10-05",
            "4 times, 1 in the period before",
            "3 x 3 h 20 min 4 2 Platform",
            "3 1 edge",
        ] {
            assert!(flat.contains(part), "{part}: {text}");
        }
    }

    #[test]
    fn no_line_is_wider_than_the_screen_or_a_hundred_columns() {
        for width in [40, 80, 100, usize::MAX] {
            let text = report(&response(3), Look::plain(width));
            let widest = text.lines().map(columns).max();
            assert!(widest <= Some(width.min(COLUMNS_MAX)), "{widest:?}: {text}");
        }
    }

    #[test]
    fn what_is_left_out_is_counted() {
        let text = report(&response(ROWS_MAX + 2), Look::plain(100));
        assert!(text.contains("\nand 2 more\n"), "{text}");
    }
}
