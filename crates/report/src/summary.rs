//! A report in a few sentences.

use engine::Reported;
use recurrence::{ClassInPeriod, OverdueFollowUp, Period, Report, Totals};

use crate::words::{cost, counted, minutes, one_line};

/// The most sentences of a summary.
pub const SUMMARY_LINES_MAX: usize = 5;
/// The names told before the rest is counted.
const NAMES_MAX: usize = 3;
/// The longest name or action in a sentence, in characters.
const NAME_CHARS_MAX: usize = 70;

/// What has to be known of a report, in at most [`SUMMARY_LINES_MAX`] sentences: how much of what happened
/// had happened before, what that cost, what came back after a fix or gets worse, what is overdue, and what
/// held or is new. Texts of incidents stand in it as they are, on one line.
#[must_use]
pub fn summary(Reported { report, .. }: &Reported) -> Vec<String> {
    let lines =
        [how_much(report), at_what_cost(report), not_held(report), overdue(report), held(report)];
    lines.into_iter().flatten().collect()
}

fn how_much(report: &Report) -> Option<String> {
    let Totals { incidents, classes, recurring_incidents, .. } = report.totals;
    let all = match incidents {
        0 => "No incident in this period".to_owned(),
        _ => {
            let failures = counted(
                classes,
                "failure that keeps coming back",
                "failures that keep coming back",
            );
            let incidents = counted(incidents, "incident", "incidents");
            format!("{incidents}, {recurring_incidents} of them of {failures}")
        }
    };
    Some(format!("{all}{}.", against_before(report).unwrap_or_default()))
}

/// `; 3 more than in the 90 days before`.
fn against_before(report: &Report) -> Option<String> {
    let before = report.previous_totals?.incidents;
    let Period { since, until } = report.period;
    let days = (since?.duration_until(until).as_secs() + 1).div_euclid(86_400).max(1);
    let days = counted(u32::try_from(days).unwrap_or(u32::MAX), "day", "days");
    let now = report.totals.incidents;
    let than = match now.abs_diff(before) {
        0 => "as many as".to_owned(),
        more if now > before => format!("{more} more than"),
        fewer => format!("{fewer} fewer than"),
    };
    Some(format!("; {than} in the {days} before"))
}

fn at_what_cost(report: &Report) -> Option<String> {
    let Totals { cost: all, recurring_cost: recurring, .. } = report.totals;
    if recurring == recurrence::Cost::default() {
        return None;
    }
    let share = (recurring.minutes.sum * 100).checked_div(all.minutes.sum);
    let share = share.map(|share| format!(", {share} % of all the time lost")).unwrap_or_default();
    Some(format!("What came back cost {}{share}.", cost(&recurring)))
}

fn not_held(report: &Report) -> Option<String> {
    let came_back = named("Came back after a fix", &report.came_back_after_fix);
    let worse = named("Getting worse", &report.getting_worse);
    sentences([came_back, worse])
}

fn overdue(report: &Report) -> Option<String> {
    let OverdueFollowUp { item, .. } = report.overdue.first()?;
    let number = u32::try_from(report.overdue.len()).unwrap_or(u32::MAX);
    let all = match number {
        1 => "1 follow-up is overdue".to_owned(),
        several => format!("{several} follow-ups are overdue"),
    };
    let by = [item.priority.as_deref(), item.owner.as_deref()].into_iter().flatten();
    let by: Vec<String> = by.map(|name| one_line(name, NAME_CHARS_MAX)).collect();
    let by = if by.is_empty() { String::new() } else { format!(" ({})", by.join(", ")) };
    let back = match (item.recurrences_since, item.minutes_since) {
        (0, _) => String::new(),
        (times, 0) => format!(", and it came back {} since", counted(times, "time", "times")),
        (times, lost) => {
            let times = counted(times, "time", "times");
            format!(", and it came back {times} since, for {}", minutes(lost))
        }
    };
    let action = one_line(&item.action, NAME_CHARS_MAX);
    Some(format!(
        "{all}; the costliest is \u{201c}{action}\u{201d}{by}: {} d late{back}.",
        item.days_overdue
    ))
}

fn held(report: &Report) -> Option<String> {
    sentences([named("Fixed, and held so far", &report.held), named("New", &report.new_classes)])
}

/// `Getting worse: disk full, queue backlog and 3 more.`
fn named(what: &str, rows: &[ClassInPeriod]) -> Option<String> {
    let names: Vec<String> =
        rows.iter().take(NAMES_MAX).map(|row| one_line(&row.name, NAME_CHARS_MAX)).collect();
    let more = match rows.len().saturating_sub(NAMES_MAX) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    (!rows.is_empty()).then(|| format!("{what}: {}{more}.", names.join(", ")))
}

fn sentences(told: [Option<String>; 2]) -> Option<String> {
    let told: Vec<String> = told.into_iter().flatten().collect();
    (!told.is_empty()).then(|| told.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{reported, sample};

    #[test]
    fn it_says_what_a_reader_must_know() {
        let expected = [
            "3 incidents, 2 of them of 1 failure that keeps coming back; 2 more than in the 57 days before.",
            "What came back cost 4 h 45 min, 76 % of all the time lost.",
            "1 follow-up is overdue; the costliest is \u{201c}stagger the `expiry` | all of it\u{201d} (platform): \
             42 d late, and it came back 2 times since, for 4 h 45 min.",
        ];
        assert_eq!(summary(&sample()), expected);
    }

    #[test]
    fn a_period_without_incidents_says_so() {
        let nothing = reported(Vec::new(), Vec::new(), Some("2026-02-01T00:00:00Z"));
        assert_eq!(
            summary(&nothing),
            ["No incident in this period; as many as in the 26 days before."]
        );
        let never = reported(Vec::new(), Vec::new(), None);
        assert_eq!(summary(&never), ["No incident in this period."]);
    }
}
