//! A report as Markdown.

use std::collections::BTreeMap;
use std::fmt::{self, Write};

use engine::{Reported, Scope};
use recurrence::{ClassId, ClassInPeriod, OneOff, OverdueFollowUp, Period, Report, Totals};

use crate::escape::inline;
use crate::words::{beginning, cost, counted, day, days, end, fix_status, minutes};

/// The rows of a list; a reader of more wants the data.
const ROWS_MAX: usize = 100;

/// The whole page.
pub(crate) fn page(reported: &Reported, scope: &Scope) -> String {
    let Reported { report, classes } = reported;
    let names = classes.iter().map(|class| (class.id, class.name.as_str())).collect();
    let mut page = Page { text: String::new(), names };
    page.write(report, scope).expect("a string takes all that is written to it");
    page.text
}

/// A page under way.
struct Page<'a> {
    text: String,
    names: BTreeMap<ClassId, &'a str>,
}

impl Page<'_> {
    fn write(&mut self, report: &Report, scope: &Scope) -> fmt::Result {
        writeln!(self.text, "# What keeps coming back\n")?;
        self.coverage(report, scope)?;
        self.totals(&report.totals)?;
        self.classes(report)?;
        self.list("Came back after a fix", &report.came_back_after_fix, came_back)?;
        self.list("Getting worse", &report.getting_worse, getting_worse)?;
        self.list("Fixed, and held so far", &report.held, held)?;
        self.overdue(&report.overdue)?;
        self.list("New in this period", &report.new_classes, new)?;
        self.one_offs(&report.one_offs)
    }

    fn coverage(&mut self, report: &Report, scope: &Scope) -> fmt::Result {
        let Period { since, until } = report.period;
        match since {
            Some(since) => write!(self.text, "From {} to {}", beginning(since), end(until))?,
            None => write!(self.text, "The whole history up to {}", end(until))?,
        }
        writeln!(self.text, ", as known on {}.", end(report.as_of.at))?;
        for (what, values) in
            [("Services", &scope.services), ("Teams", &scope.teams), ("Tags", &scope.tags)]
        {
            if !values.is_empty() {
                let values: Vec<String> = values.iter().map(|value| inline(value)).collect();
                writeln!(self.text, "{what}: {}.", values.join(", "))?;
            }
        }
        Ok(())
    }

    fn totals(&mut self, totals: &Totals) -> fmt::Result {
        let incidents = counted(totals.incidents, "incident", "incidents");
        let classes = "failures that keep coming back";
        let classes = counted(totals.classes, "failure that keeps coming back", classes);
        let recurring = totals.recurring_incidents;
        writeln!(self.text, "\n**{incidents}, {recurring} of them of {classes}.**")?;
        writeln!(self.text, "\n- All of them cost: {}", cost(&totals.cost))?;
        writeln!(self.text, "- Those that recur cost: {}", cost(&totals.recurring_cost))
    }

    fn classes(&mut self, report: &Report) -> fmt::Result {
        if report.classes.is_empty() {
            return writeln!(self.text, "\nNothing came back in this period.");
        }
        writeln!(
            self.text,
            "\n| failure | times | before | last seen | usual gap | did the fix hold? | cost |"
        )?;
        writeln!(self.text, "| --- | ---: | ---: | --- | ---: | --- | --- |")?;
        for row in report.classes.iter().take(ROWS_MAX) {
            let before =
                row.in_previous.map_or_else(|| "-".to_owned(), |before| before.to_string());
            let gap = row.usual_gap_days.map_or_else(|| "-".to_owned(), days);
            writeln!(
                self.text,
                "| {} | {} | {before} | {} | {gap} | {} | {} |",
                named(row),
                row.in_period,
                day(row.last_seen),
                fix_status(row.fix_status),
                cost(&row.cost)
            )?;
        }
        self.more(report.classes.len())
    }

    /// A section of lines about classes; none where there are no classes.
    fn list(
        &mut self,
        title: &str,
        rows: &[ClassInPeriod],
        line: fn(&ClassInPeriod) -> String,
    ) -> fmt::Result {
        if rows.is_empty() {
            return Ok(());
        }
        writeln!(self.text, "\n## {title}\n")?;
        for row in rows.iter().take(ROWS_MAX) {
            writeln!(self.text, "- {}: {}", named(row), line(row))?;
        }
        self.more(rows.len())
    }

    fn overdue(&mut self, overdue: &[OverdueFollowUp]) -> fmt::Result {
        if overdue.is_empty() {
            return Ok(());
        }
        writeln!(self.text, "\n## Overdue follow-ups\n")?;
        writeln!(
            self.text,
            "| follow-up | owner | due | days overdue | back since | failure | promised after | state |"
        )?;
        writeln!(self.text, "| --- | --- | --- | ---: | ---: | --- | --- | --- |")?;
        for OverdueFollowUp { class, item } in overdue.iter().take(ROWS_MAX) {
            let owner = item.owner.as_deref().map_or_else(|| "-".to_owned(), inline);
            let due = item.due.map(|due| due.to_string()).unwrap_or_default();
            let failure = class.and_then(|class| self.names.get(&class)).copied();
            writeln!(
                self.text,
                "| {} | {owner} | {due} | {} | {} | {} | {} | {} |",
                inline(&item.action),
                item.days_overdue,
                item.recurrences_since,
                failure.map_or_else(|| "a one-off".to_owned(), inline),
                inline(item.incident_id.as_str()),
                item.state_words()
            )?;
        }
        self.more(overdue.len())
    }

    fn one_offs(&mut self, one_offs: &[OneOff]) -> fmt::Result {
        if one_offs.is_empty() {
            return Ok(());
        }
        writeln!(self.text, "\n## One-offs\n")?;
        for one_off in one_offs.iter().take(ROWS_MAX) {
            let took = one_off.time_to_resolve_minutes;
            let took = took.map(|took| format!(", over in {}", minutes(u64::from(took))));
            writeln!(
                self.text,
                "- {}: {} ({}){}",
                day(one_off.started_at),
                inline(&one_off.title),
                inline(one_off.incident_id.as_str()),
                took.unwrap_or_default()
            )?;
        }
        self.more(one_offs.len())
    }

    /// Says how many rows were left out.
    fn more(&mut self, rows: usize) -> fmt::Result {
        match rows.checked_sub(ROWS_MAX) {
            None | Some(0) => Ok(()),
            Some(more) => writeln!(self.text, "\nAnd {more} more."),
        }
    }
}

fn named(row: &ClassInPeriod) -> String {
    format!("**{}** ({})", inline(&row.name), row.id)
}

fn came_back(row: &ClassInPeriod) -> String {
    let times = counted(row.in_period, "time", "times");
    format!("{times} in this period, {} in all, last on {}", row.total, day(row.last_seen))
}

fn getting_worse(row: &ClassInPeriod) -> String {
    let before = row.in_previous.unwrap_or_default();
    format!("{}, after {before} in the period before", counted(row.in_period, "time", "times"))
}

fn held(row: &ClassInPeriod) -> String {
    let last = day(row.last_seen);
    match (row.quiet_ratio, row.usual_gap_days) {
        (Some(ratio), Some(gap)) => {
            format!("last on {last}, quiet for {ratio:.1} x its usual gap of {}", days(gap))
        }
        _ => format!("last on {last}"),
    }
}

fn new(row: &ClassInPeriod) -> String {
    let times = counted(row.in_period, "time", "times");
    format!("first on {}, {times} since", day(row.first_seen))
}

#[cfg(test)]
mod tests;
