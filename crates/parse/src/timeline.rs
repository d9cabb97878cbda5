//! Timelines: tables, lists, headings or lines that begin with a time.

use incident::TimelineEvent;
use jiff::civil::Date;

use crate::block::{Kind, Line};
use crate::calendar::{Calendar, zone_note};
use crate::inline::plain;
use crate::table::{Table, tables};
use crate::when::{Clock, clocks, days};
use dating::dated;

mod dating;

/// The longest text of one event, in characters; lists of logs follow some.
const EVENT_CHARS_MAX: usize = 500;
/// An event whose moment is not known yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Entry {
    time: String,
    clock: Option<Clock>,
    /// The day, where one is stated at the event or above it.
    day: Option<Date>,
    text: String,
    complete: bool,
}

/// Reads the body of a timeline whose heading is `heading`. Events come in the order of the document.
pub(crate) fn timeline(
    heading: &str,
    lines: &[Line<'_>],
    calendar: &Calendar,
) -> Vec<TimelineEvent> {
    let mut calendar = calendar.clone();
    calendar.zone = zone_note(heading).or(&calendar.zone).clone();
    let mut entries: Vec<Entry> =
        tables(lines).iter().flat_map(|table| rows(table, &calendar)).collect();
    if entries.is_empty() {
        entries = running(lines, &calendar);
    }
    dated(entries, &calendar)
}

/// The events of a table: a column of times, perhaps one of days, and one of events.
fn rows(table: &Table, calendar: &Calendar) -> Vec<Entry> {
    let time = table.column(&["time", "when", "hour", "clock"]);
    let date = table.column(&["date", "day"]);
    let Some(time) = time.or(date).or(table.head.is_empty().then_some(0)) else {
        return Vec::new();
    };
    let named = table.column(&[
        "event", "descr", "what", "action", "detail", "activity", "happen", "note", "update",
    ]);
    let event = named.filter(|event| *event != time).unwrap_or(time + 1);
    let zone = zone_note(table.head.get(time).map_or("", String::as_str).to_uppercase().as_str());
    let read = |row: &crate::table::Row| {
        let written = row.text(Some(time))?;
        let own_day = date.filter(|date| *date != time).and_then(|date| row.text(Some(date)));
        let dated = format!("{} {written}", own_day.unwrap_or_default());
        let mut clock = clocks(&written).into_iter().next().map(|found| found.value);
        if let Some(clock) = &mut clock {
            clock.zone = clock.zone.or(&zone).clone();
        }
        let day = days(&dated).first().and_then(|day| calendar.date(day.value));
        (clock.is_some() || day.is_some()).then(|| Entry {
            time: written,
            clock,
            day,
            text: row.text(Some(event)).unwrap_or_default(),
            complete: true,
        })
    };
    table.rows.iter().filter_map(read).collect()
}

/// The events of lines that begin with a time. A line that is only a day dates those below it; lines
/// without a time continue the event above them, to the end of its first paragraph.
fn running(lines: &[Line<'_>], calendar: &Calendar) -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut day = None;
    let mut under_event = false;
    for line in lines {
        let is_heading = matches!(line.kind, Kind::Heading { .. });
        if let Some(mut entry) = starting_time(line.text(), calendar) {
            day = entry.day.or(day);
            entry.day = day;
            entries.push(entry);
            under_event = true;
        } else if let Some(date) = lone_day(line, calendar) {
            day = Some(date);
            under_event = is_heading;
            entries.extend(is_heading.then(|| Entry::of_day(date, line)));
        } else if is_heading {
            under_event = false;
        } else if let Some(entry) = entries.last_mut().filter(|_| under_event) {
            entry.continue_with(line);
        }
    }
    // A heading that is a day is an event of its own only where text follows, not times.
    entries.retain(|entry| entry.clock.is_some() || !entry.text.is_empty());
    entries
}

impl Entry {
    fn of_day(day: Date, line: &Line<'_>) -> Self {
        Self { time: plain(line.text()), day: Some(day), ..Self::default() }
    }

    fn continue_with(&mut self, line: &Line<'_>) {
        self.complete |= line.is_blank() && !self.text.is_empty();
        let more = plain(line.text());
        if self.complete || more.is_empty() || self.text.len() > EVENT_CHARS_MAX {
            return;
        }
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        self.text.push_str(&more);
    }
}

/// The event of a line that begins with a time of day, perhaps after a day.
fn starting_time(text: &str, calendar: &Calendar) -> Option<Entry> {
    if !text.bytes().take(60).any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let text = plain(text);
    let mut times = clocks(&text).into_iter();
    let first = times.next()?;
    let day = days(&text).into_iter().find(|day| day.end <= first.start + 1);
    let before = match &day {
        Some(day) => {
            format!("{}{}", &text[..day.start], text.get(day.end..first.start).unwrap_or(""))
        }
        None => text[..first.start].to_owned(),
    };
    if !is_filler(&before) {
        return None;
    }
    // The second time of `10:45 - 11:00: text` belongs to the first.
    let close = |second: &crate::when::Found<Clock>| {
        matches!(text[first.end..second.start].trim(), "-" | "\u{2013}" | "\u{2014}" | "to")
    };
    let end = times.next().filter(close).map_or(first.end, |second| second.end);
    let rest = text[end..].trim_start_matches(|c: char| {
        c.is_whitespace()
            || matches!(c, ':' | '-' | '\u{2013}' | '\u{2014}' | '|' | ')' | ']' | ',' | '.')
    });
    Some(Entry {
        time: text[..end].trim_start_matches(['(', '[', ' ']).to_owned(),
        day: day.and_then(|day| calendar.date(day.value)),
        clock: Some(first.value),
        text: rest.to_owned(),
        complete: false,
    })
}

/// What may stand before a time: blanks, brackets, and words such as `at` and `ca.`.
fn is_filler(before: &str) -> bool {
    before.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).all(|word| {
        matches!(
            word.to_lowercase().as_str(),
            "at" | "ca" | "circa" | "around" | "approx" | "approximately" | "about" | "t"
        )
    })
}

/// The date of a line that is only a day, or a heading that begins with one.
fn lone_day(line: &Line<'_>, calendar: &Calendar) -> Option<Date> {
    let text = plain(line.text());
    let day = days(&text).into_iter().next()?;
    let rest = text[day.end..].trim_matches(|c: char| !c.is_alphanumeric());
    let heads = matches!(line.kind, Kind::Heading { .. }) || rest.is_empty();
    (heads && is_filler(&text[..day.start])).then(|| calendar.date(day.value))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::block::scan;

    /// The events as `moment | time | text`.
    fn read(page: &str) -> Vec<String> {
        let calendar =
            Calendar { day: Some(jiff::civil::date(2025, 2, 24)), ..Calendar::default() };
        let shown = |event: TimelineEvent| {
            let at = event.at.map(|at| at.to_string()).unwrap_or_default();
            format!("{at} | {} | {}", event.time, event.event)
        };
        timeline("Timeline", &scan(page, 1), &calendar).into_iter().map(shown).collect()
    }

    #[test]
    fn tables_are_read_by_the_names_of_their_columns() {
        assert_eq!(
            read("| Time (CET) | Event |\n|---|---|\n| 22:03 | down |\n| 00:11 | up |\n"),
            ["2025-02-24 21:03 | 22:03 | down", "2025-02-24 23:11 | 00:11 | up"]
        );
        assert_eq!(
            read("| Event | Date | Time |\n|---|---|---|\n| down | Feb 23 | 10:00 AM |\n"),
            ["2025-02-23 10:00 | 10:00 AM | down"]
        );
    }

    #[test]
    fn lists_and_lines_begin_with_their_time() {
        assert_eq!(
            read("- **15:05 UTC:** an alert\n- 15:10 - `db` down\n  for all\n"),
            [
                "2025-02-24 15:05 | 15:05 UTC | an alert",
                "2025-02-24 15:10 | 15:10 | db down for all"
            ]
        );
        assert_eq!(
            read("Feb 26, 2025\n8:46 AM Alert\nassigned\n10:00 AM Fixed\n"),
            ["2025-02-26 08:46 | 8:46 AM | Alert assigned", "2025-02-26 10:00 | 10:00 AM | Fixed"]
        );
        assert_eq!(
            read("2025-02-23 14:32: down\n14:40-14:45 - up\n"),
            ["2025-02-23 14:32 | 2025-02-23 14:32 | down", "2025-02-23 14:40 | 14:40-14:45 | up"]
        );
    }

    #[test]
    fn headings_may_be_times() {
        assert_eq!(
            read("### Feb 22 13:06 PST\n\nPods died.\n\nMore.\n\n### 13:35 - fixed\n"),
            [
                "2025-02-22 21:06 | Feb 22 13:06 PST | Pods died.",
                "2025-02-22 21:35 | 13:35 | fixed"
            ]
        );
        assert_eq!(
            read("## Feb 22\n\n10:00\nfirst\n\n## Feb 23\n\nA mail came.\n"),
            ["2025-02-22 10:00 | 10:00 | first", "2025-02-23 | Feb 23 | A mail came."]
        );
    }

    #[test]
    fn a_heading_states_the_zone() {
        let calendar =
            Calendar { day: Some(jiff::civil::date(2025, 2, 24)), ..Calendar::default() };
        let events = timeline("Timeline (times in CET)", &scan("- 10:00 down\n", 1), &calendar);
        assert_eq!(events[0].at.map(|at| at.to_string()).as_deref(), Some("2025-02-24 09:00"));
    }

    #[test]
    fn midnight_passes_where_times_fall_back() {
        let days: Vec<String> =
            read("- 22:00 a\n- 21:50 b\n- 00:11 c\n- 09:00 d\n- 08:00 e\n- 01:00 f\n")
                .iter()
                .map(|event| event[..10].to_owned())
                .collect();
        assert_eq!(
            days,
            ["2025-02-24", "2025-02-24", "2025-02-25", "2025-02-25", "2025-02-25", "2025-02-26"]
        );
    }

    #[test]
    fn a_timeline_may_run_backwards() {
        let read = read("- 17:00 c\n- 15:00 b\n- 12:00 a\n");
        assert!(read.iter().all(|event| event.starts_with("2025-02-24")), "{read:?}");
    }

    #[test]
    fn text_without_times_holds_no_events() {
        assert_eq!(read("We saw 3 alerts at 10:00.\n- one\n"), [""; 0]);
    }
}
