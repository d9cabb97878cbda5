//! Start, end and duration of an incident, out of all that its document says about them.

use incident::{Incident, Moment};

use crate::calendar::{Calendar, Period};
use crate::meaning::Meaning;
use crate::problem::Warning;
pub(crate) use clues::Clues;

mod clues;

/// How far a stated duration may lie from the time between start and end, in minutes, without being a
/// contradiction; longer ones may be off by a twentieth.
const SLACK_MINUTES: i64 = 2;

/// Fills `started_at`, `resolved_at`, `duration_minutes` and the timeline where they are not stated yet.
/// What is stated explicitly beats what is inferred; a contradiction is a warning. Gives the calendar
/// that other dates in the document are read by.
pub(crate) fn settle(
    incident: &mut Incident,
    clues: &Clues<'_, '_>,
    warnings: &mut Vec<Warning>,
) -> Calendar {
    let explicit =
        incident.started_at.or_else(|| clues.stated(Meaning::Date, &Calendar::default()));
    let mut calendar = clues.calendar(explicit, warnings);
    let period = clues.labelled_period(&calendar);
    calendar.day =
        explicit.or(period.map(|period| period.start)).map(Moment::date).or(calendar.day);
    incident.timeline = clues.timeline(&calendar, warnings);
    let stated_end = incident.resolved_at.or_else(|| clues.stated(Meaning::End, &calendar));
    let stretch = Stretch {
        explicit: clues.stated(Meaning::Start, &calendar).or(explicit),
        period,
        timeline: span(incident),
        prose: calendar.period(clues.summary),
    };
    let mut contradictions = Contradictions { line: clues.time_line(), warnings };
    let (start, end) = stretch.settle(&mut contradictions);
    incident.started_at = start.or_else(|| clues.inferred_day(&calendar));
    incident.duration_minutes = incident.duration_minutes.or_else(|| clues.duration());
    settle_end(incident, (stated_end, end), &mut contradictions);
    incident.duration_minutes = incident.time_to_resolve_minutes();
    calendar
}

/// Where to tell of contradictions: at the line of the first time in the document.
struct Contradictions<'w> {
    line: u32,
    warnings: &'w mut Vec<Warning>,
}

impl Contradictions<'_> {
    fn tell(&mut self, field: &str, message: String) {
        self.warnings.push(Warning::new(self.line, field, message));
    }
}

/// Where start and end may come from.
struct Stretch {
    /// A start, or a day, that front matter or a label states.
    explicit: Option<Moment>,
    /// A label that states both ends.
    period: Option<Period>,
    timeline: Option<Period>,
    prose: Option<Period>,
}

impl Stretch {
    /// The start, and an end that belongs to it.
    fn settle(&self, contradictions: &mut Contradictions<'_>) -> (Option<Moment>, Option<Moment>) {
        let candidates = || [self.period, self.timeline, self.prose].into_iter().flatten();
        let mut exact = candidates().filter(|period| !period.start.date_only);
        let Some(explicit) = self.explicit else {
            let found = exact.next().or(self.timeline);
            return found.map_or((None, None), |found| (Some(found.start), found.end));
        };
        let near = |period: &Period| (period.start.date() - explicit.date()).get_days().abs() <= 1;
        if !explicit.date_only {
            let end = candidates().find(near).and_then(|period| period.end);
            return (Some(explicit), end);
        }
        for period in exact {
            if near(&period) {
                return (Some(period.start), period.end);
            }
            let times = period.start;
            let message = format!(
                "the date {explicit} is stated, and times from {times} on; the date counts"
            );
            contradictions.tell("started_at", message);
        }
        (Some(explicit), None)
    }
}

/// From the earliest event to the latest.
fn span(incident: &Incident) -> Option<Period> {
    let moments = || incident.timeline.iter().filter_map(|event| event.at);
    // On the same day an hour tells more than the day alone.
    let start = moments().min_by_key(|moment| (moment.date(), moment.date_only, moment.at))?;
    let last = moments().filter(|moment| !moment.date_only).max();
    Some(Period { start, end: last.filter(|end| *end > start) })
}

/// Settles the end: stated, or a stated duration after the start, or what belongs to the start.
fn settle_end(
    incident: &mut Incident,
    (stated, inferred): (Option<Moment>, Option<Moment>),
    contradictions: &mut Contradictions<'_>,
) {
    let found = stated.or(inferred);
    incident.resolved_at = found;
    let Some(start) = incident.started_at else {
        return;
    };
    if let Some(minutes) = incident.duration_minutes {
        let after = start.plus_minutes(minutes);
        let counted = found.and_then(|end| minutes_between(start, end));
        if let Some(counted) = counted.filter(|counted| disagree(*counted, minutes)) {
            let message = format!("{minutes} minutes are stated, and {counted} from start to end");
            contradictions.tell("duration_minutes", message);
            incident.resolved_at = stated.or(after);
        }
        incident.resolved_at = incident.resolved_at.or(after);
    }
    if let Some(end) = incident.resolved_at.filter(|end| ends_before(*end, start)) {
        let message = format!("{end} lies before the start, {start}; it is left out");
        contradictions.tell("resolved_at", message);
        incident.resolved_at = None;
    }
}

fn ends_before(end: Moment, start: Moment) -> bool {
    let latest = if end.date_only { end.end_of_day() } else { end.at };
    latest < start.at
}

/// Minutes between two exact times.
fn minutes_between(start: Moment, end: Moment) -> Option<i64> {
    let exact = !start.date_only && !end.date_only;
    exact.then(|| (end.secs() - start.secs()) / incident::SECS_PER_MINUTE)
}

fn disagree(counted: i64, stated: u32) -> bool {
    let stated = i64::from(stated);
    (counted - stated).abs() > SLACK_MINUTES.max(stated / 20)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::scan;
    use crate::outline::Outline;

    /// Start, end and minutes of a page, and the fields warned about.
    fn read(page: &str, title: &str, path_id: &str, date: &str) -> (String, Vec<String>) {
        let lines = scan(page, 1);
        let outline = Outline::new(&lines);
        let mut incident = Incident::new("markdown", path_id, title);
        incident.started_at = Moment::parse(date).ok();
        let mut warnings = Vec::new();
        let clues = Clues { outline: &outline, summary: page, title, path_id };
        settle(&mut incident, &clues, &mut warnings);
        let shown = |moment: Option<Moment>| moment.map_or("-".into(), |moment| moment.to_string());
        let minutes = incident.duration_minutes.map_or("-".into(), |minutes| minutes.to_string());
        let text =
            format!("{} | {} | {minutes}", shown(incident.started_at), shown(incident.resolved_at));
        (text, warnings.into_iter().map(|warning| warning.field).collect())
    }

    #[track_caller]
    fn check(page: &str, title: &str, path_id: &str, expect: &str) {
        assert_eq!(read(page, title, path_id, ""), (expect.to_owned(), vec![]));
    }

    #[test]
    fn the_day_comes_from_title_or_file_name() {
        let page = "## Timeline\n- 10:00 down\n- 11:30 up\n";
        check(page, "2025-02-03, down", "x/a", "2025-02-03 10:00 | 2025-02-03 11:30 | 90");
        check(page, "Down", "x/2025-02-03-down", "2025-02-03 10:00 | 2025-02-03 11:30 | 90");
        check(page, "Down", "x/a", "- | - | -");
    }

    #[test]
    fn a_label_beats_the_timeline() {
        check(
            "**Duration:** March 15, 2023, from 10:05 to 11:00 UTC\n\n**Timeline:**\n- 10:00 down\n- 12:00 all quiet\n",
            "Down",
            "x/a",
            "2023-03-15 10:05 | 2023-03-15 11:00 | 55",
        );
    }

    #[test]
    fn prose_counts_where_nothing_else_does() {
        check(
            "On May 2, 2024 we were down from 10:00 to 10:30 UTC.\n",
            "Down",
            "x/a",
            "2024-05-02 10:00 | 2024-05-02 10:30 | 30",
        );
        check("It fell on May 2, 2024.\n", "Down", "x/a", "2024-05-02 | - | -");
    }

    #[test]
    fn the_end_lies_a_stated_duration_after_the_start() {
        check(
            "Start: 2024-05-02 10:00 UTC\nDuration: 1h 5m\n",
            "Down",
            "x/a",
            "2024-05-02 10:00 | 2024-05-02 11:05 | 65",
        );
    }

    #[test]
    fn a_contradiction_is_a_warning_and_what_is_stated_counts() {
        let (text, fields) = read(
            "Duration: 30 minutes\n\nTimeline\n10:00 down\n12:00 up\n",
            "2025-02-03",
            "x/a",
            "",
        );
        assert_eq!(
            (text.as_str(), fields),
            ("2025-02-03 10:00 | 2025-02-03 10:30 | 30", vec!["duration_minutes".into()])
        );
        let (text, fields) =
            read("## Timeline\n- 2025-02-01 10:00 down\n", "A", "x/a", "2025-06-07");
        assert_eq!((text.as_str(), fields), ("2025-06-07 | - | -", vec!["started_at".into()]));
        let (_, fields) = read("", "2025-02-03 down", "x/2025-02-08-down", "");
        assert_eq!(fields, ["started_at"]);
    }

    #[test]
    fn an_end_before_the_start_is_left_out() {
        let (text, fields) =
            read("Start: 2024-05-02 10:00\nEnd: 2024-05-02 09:00\n", "A", "x/a", "");
        assert_eq!(
            (text.as_str(), fields),
            ("2024-05-02 10:00 | - | -", vec!["resolved_at".into()])
        );
    }

    #[test]
    fn a_zone_without_an_offset_is_a_warning() {
        let (text, fields) = read("## Timeline\n- 10:00 IST down\n", "2025-02-03", "x/a", "");
        assert_eq!((text.as_str(), fields), ("2025-02-03 10:00 | - | -", vec!["timeline".into()]));
        let (text, fields) =
            read("All times in Mars Time\n\n## Timeline\n- 10:00 down\n", "2025-02-03", "x/a", "");
        assert_eq!((text.as_str(), fields), ("2025-02-03 10:00 | - | -", vec!["timeline".into()]));
    }
}
