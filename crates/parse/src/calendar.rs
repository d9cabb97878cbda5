//! What a document says about the day, the year and the zone of the times in it.

use incident::Moment;
use jiff::ToSpan;
use jiff::civil::Date;

use crate::inline::{pattern, plain};
use crate::when::{Clock, Day, Found, Zone, clocks, days, zone_in};

/// How many pairs of times in a text are looked at for a stretch.
const PAIRS_MAX: usize = 100;

/// What times of day in a document are relative to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Calendar {
    /// The day of the incident.
    pub(crate) day: Option<Date>,
    /// The year of days that state none.
    pub(crate) year: Option<i16>,
    /// The zone of times that state none.
    pub(crate) zone: Zone,
}

/// From when to when something lasted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Period {
    pub(crate) start: Moment,
    pub(crate) end: Option<Moment>,
}

impl Calendar {
    /// The date of `day`.
    pub(crate) fn date(&self, day: Day) -> Option<Date> {
        day.date(self.year.or(self.day.map(Date::year)))
    }

    /// The one moment that `text` states: an exact time, or a day.
    pub(crate) fn moment(&self, text: &str) -> Option<Moment> {
        if let Ok(moment) = Moment::parse(text) {
            return Some(moment);
        }
        let stated = days(text).first().and_then(|day| self.date(day.value));
        match (stated.or(self.day), clocks(text).first()) {
            (Some(date), Some(clock)) => Some(clock.value.on(date, &self.zone)),
            (_, None) => stated.map(Moment::day),
            (None, Some(_)) => None,
        }
    }

    /// The first stretch in `text` with a time of day at both ends: `March 15, 2023, from 14:32 to 17:45
    /// UTC`, `Sep 6 at 05:25 to Sep 7 at 10:48`.
    pub(crate) fn period(&self, text: &str) -> Option<Period> {
        let (clocks, days) = (clocks(text), days(text));
        let pairs = clocks.windows(2).take(PAIRS_MAX);
        pairs
            .filter_map(|pair| match pair {
                [from, to] => self.stretch(text, &days, from, to),
                _ => None,
            })
            .next()
    }

    fn stretch(
        &self,
        text: &str,
        days: &[Found<Day>],
        from: &Found<Clock>,
        to: &Found<Clock>,
    ) -> Option<Period> {
        let last_day = |from: usize, to: usize| {
            let inside = |day: &&Found<Day>| from <= day.start && day.end <= to;
            days.iter().rfind(inside).map(|day| (day.start, day.end, day.value))
        };
        let between = last_day(from.end, to.start);
        let gap = match between {
            Some((start, end, _)) => format!("{}{}", &text[from.end..start], &text[end..to.start]),
            None => text[from.end..to.start].to_owned(),
        };
        if !joins_two_ends(&gap) {
            return None;
        }
        let day_after = days.iter().find(|day| day.start >= to.end && day.start - to.end < 8);
        let first =
            last_day(0, from.start).map(|(_, _, day)| day).or(day_after.map(|day| day.value));
        let first = first.map_or(self.day, |day| self.date(day))?;
        let zone = from.value.zone.or(&to.value.zone).or(&self.zone);
        let start = from.value.on(first, zone);
        let last = between.map_or(Some(first), |(_, _, day)| self.date(day))?;
        Some(Period {
            start,
            end: Some(not_before(start, to.value.on(last, zone), between.is_some())),
        })
    }
}

/// `end`, moved on where it would lie before `start`: by a day where its day is taken from the start,
/// by a year where its year is.
fn not_before(start: Moment, end: Moment, own_day: bool) -> Moment {
    if end >= start {
        return end;
    }
    let later = if own_day { 1.year() } else { 1.day() };
    let civil = end.at.to_zoned(jiff::tz::TimeZone::UTC).datetime();
    civil.checked_add(later).map_or(end, Moment::civil)
}

/// Whether what stands between two times makes them the ends of one stretch.
fn joins_two_ends(gap: &str) -> bool {
    pattern!(r"(?i)^[\s,)~]*(?:-{1,2}|\u{2013}|\u{2014}|\u{2192}|->|to|until|till|through|and)[\s,~]*(?:about\s*|approximately\s*|around\s*)?(?:at\s*|on\s*|at around\s*)?,?\s*$")
        .is_match(gap)
}

/// The zone that `text` states for all times: `All times in CET`, a heading `Timeline (times in BST)`,
/// a column `Time (UTC)`. A note whose zone is not known gives its words.
pub(crate) fn zone_note(text: &str) -> Zone {
    let text = plain(text);
    let note =
        pattern!(r"\b(?i:times?)\b[^.|]{0,60}?(?:\bin\s+|\bare\s+|\()(?:in\s+)?(\p{Lu}[^.|]*)");
    let Some(note) = note.captures(&text) else {
        return zone_in(&text);
    };
    let words = note.get(1).map_or("", |words| words.as_str());
    match zone_in(words) {
        Zone::Unstated => Zone::Unknown(words.trim_matches(['*', '_', ' ']).to_owned()),
        zone => zone,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar() -> Calendar {
        Calendar { day: Some(jiff::civil::date(2024, 9, 6)), year: None, zone: Zone::Unstated }
    }

    #[track_caller]
    fn check(text: &str, start: &str, end: &str) {
        let shown = calendar().period(text).map(|period| {
            (period.start.to_string(), period.end.map(|end| end.to_string()).unwrap_or_default())
        });
        let expect = (!start.is_empty()).then(|| (start.to_owned(), end.to_owned()));
        assert_eq!(shown, expect, "{text}");
    }

    #[test]
    fn stretches_are_read_in_the_usual_forms() {
        check("March 15, 2023, from 14:32 to 17:45 UTC", "2023-03-15 14:32", "2023-03-15 17:45");
        check("August 22, 2024, 15:00 - 17:00 UTC", "2024-08-22 15:00", "2024-08-22 17:00");
        check("Sep 6 at 05:25 to Sep 7 at 10:48", "2024-09-06 05:25", "2024-09-07 10:48");
        check(
            "an outage on September 2, 2025, from 16:58 to 18:46 UTC",
            "2025-09-02 16:58",
            "2025-09-02 18:46",
        );
        check("2h 5m (10:45 \u{2013} 12:50 CET)", "2024-09-06 09:45", "2024-09-06 11:50");
        check("between 21:45 and 23:28 on Oct 21", "2024-10-21 21:45", "2024-10-21 23:28");
    }

    #[test]
    fn an_end_before_its_start_lies_past_midnight_or_new_year() {
        check("23:30 to 00:15", "2024-09-06 23:30", "2024-09-07 00:15");
        check("Dec 31 at 23:00 to Jan 1 at 02:00", "2024-12-31 23:00", "2025-01-01 02:00");
    }

    #[test]
    fn two_times_that_are_no_stretch_are_not_joined() {
        check("at 10:00 it broke, at 11:00 it worked", "", "");
        check("from 10:00 on", "", "");
    }

    #[test]
    fn a_moment_may_lack_year_or_day() {
        let shown = |text| calendar().moment(text).map(|moment| moment.to_string());
        assert_eq!(shown("Sep 5, 14:00").as_deref(), Some("2024-09-05 14:00"));
        assert_eq!(shown("14:00").as_deref(), Some("2024-09-06 14:00"));
        assert_eq!(shown("3 May 2021").as_deref(), Some("2021-05-03"));
        assert_eq!(shown("soon"), None);
    }

    #[test]
    fn notes_state_the_zone_of_all_times() {
        assert_eq!(zone_note("All times in PST"), Zone::Offset(-480));
        assert_eq!(zone_note("_All times in CET (GMT+1)_"), Zone::Offset(60));
        assert_eq!(zone_note("Timeline (times in BST)"), Zone::Offset(60));
        assert_eq!(zone_note("Time (UTC)"), Zone::Offset(0));
        assert_eq!(
            zone_note("*All times listed are in Mars Time."),
            Zone::Unknown("Mars Time".into())
        );
        let long = "All times listed in this report are in Pluto Time (East).";
        assert_eq!(zone_note(long), Zone::Unknown("Pluto Time (East)".into()));
        assert_eq!(zone_note("Time"), Zone::Unstated);
    }
}
