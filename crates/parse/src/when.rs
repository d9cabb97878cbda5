//! Days, hours and zones as people write them.

use incident::Moment;
use jiff::SignedDuration;
use jiff::civil::{Date, Time};
use regex::{Captures, Regex};

use crate::inline::pattern;

const MONTH: &str = "Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?";

/// A day; the year may have to come from elsewhere in the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Day {
    pub(crate) year: Option<i16>,
    month: i8,
    day: i8,
}

impl Day {
    /// The date, in `year` where the day states none.
    pub(crate) fn date(self, year: Option<i16>) -> Option<Date> {
        Date::new(self.year.or(year)?, self.month, self.day).ok()
    }
}

/// What is known of the zone of a time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Zone {
    /// Nothing.
    #[default]
    Unstated,
    /// Minutes east of UTC.
    Offset(i32),
    /// A name that stands for no single offset; times are taken as UTC.
    Unknown(String),
}

impl Zone {
    /// This zone where it is stated, else `other`.
    pub(crate) fn or<'a>(&'a self, other: &'a Self) -> &'a Self {
        if *self == Self::Unstated { other } else { self }
    }

    fn offset_minutes(&self) -> i32 {
        match self {
            Self::Offset(minutes) => *minutes,
            Self::Unstated | Self::Unknown(_) => 0,
        }
    }
}

/// A time of day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clock {
    pub(crate) time: Time,
    pub(crate) zone: Zone,
}

impl Clock {
    /// The moment of this time on `date`, in `zone` where it states none.
    pub(crate) fn on(&self, date: Date, zone: &Zone) -> Moment {
        let east = i64::from(self.zone.or(zone).offset_minutes());
        let civil = date.to_datetime(self.time);
        Moment::civil(civil.saturating_sub(SignedDuration::from_mins(east)))
    }
}

/// Something found in a text, and where: from `start` to `end`, in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found<T> {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) value: T,
}

/// The days in `text`, in order.
pub(crate) fn days(text: &str) -> Vec<Found<Day>> {
    let pattern: &Regex = {
        static PATTERN: std::sync::LazyLock<Regex> = std::sync::LazyLock::new(|| {
            Regex::new(&format!(
                r"(?x)
                \b(?P<y1>(?:19|20)\d\d)[-/.](?P<m1>\d{{1,2}})[-/.](?P<d1>\d{{1,2}})(?:\b|T)
                | \b(?P<m2>{MONTH})\b\.?\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?:\s*[-\u{{2013}}]\s*\d{{1,2}}\b)?(?:,?\s+(?P<y2>(?:19|20)\d\d)\b)?
                | \b(?P<d3>\d{{1,2}})(?:st|nd|rd|th)?\.?\s+(?:of\s+)?(?P<m3>{MONTH})\b\.?,?(?:\s+(?P<y3>(?:19|20)\d\d)\b)?
                "
            ))
            .expect("a valid pattern")
        });
        &PATTERN
    };
    pattern.captures_iter(text).filter_map(|found| day(&found)).collect()
}

fn day(found: &Captures<'_>) -> Option<Found<Day>> {
    let whole = found.get(0)?;
    let part = |name: &str| found.name(name).map(|part| part.as_str());
    let form = ["1", "2", "3"].into_iter().find(|form| part(&format!("d{form}")).is_some())?;
    let month = part(&format!("m{form}"))?;
    let value = Day {
        year: part(&format!("y{form}")).and_then(|year| year.parse().ok()),
        month: month.parse().ok().or_else(|| month_number(month))?,
        day: part(&format!("d{form}"))?.parse().ok()?,
    };
    // The 29th of February needs a year that has one; any other day is checked in one that has all.
    Date::new(value.year.unwrap_or(2024), value.month, value.day).ok()?;
    Some(Found { start: whole.start(), end: whole.end(), value })
}

fn month_number(name: &str) -> Option<i8> {
    let months =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let start = name.get(..3)?.to_lowercase();
    let at = months.iter().position(|month| **month == start)?;
    i8::try_from(at + 1).ok()
}

/// The times of day in `text`, in order, each with the zone written after it.
pub(crate) fn clocks(text: &str) -> Vec<Found<Clock>> {
    let mut found: Vec<Found<Clock>> = Vec::new();
    let times = pattern!(
        r"(?x)
        (?:^|[^\d:.\w-]|[-~]|(?P<iso>T))
        (?P<clock>
            (?P<h>[01]?\d|2[0-3]):(?P<m>[0-5]\d)(?::(?P<s>[0-5]\d)(?:[.,]\d+)?)?(?:\s?(?P<half>[AaPp]\.?[Mm])\b)?
          | (?P<hour>1[0-2]|0?[1-9])\s?(?P<half_only>[AaPp]\.?[Mm])\b
        )"
    );
    for captures in times.captures_iter(text) {
        // The hours of a zone (`+05:30`) look like a time of day.
        let free = |clock: &Found<Clock>| found.last().is_none_or(|last| last.end <= clock.start);
        if let Some(clock) = clock(text, &captures).filter(free) {
            found.push(clock);
        }
    }
    found
}

fn clock(text: &str, captures: &Captures<'_>) -> Option<Found<Clock>> {
    let whole = captures.name("clock")?;
    let rest = &text[whole.end()..];
    if pattern!(r"^:?\d").is_match(rest) {
        return None;
    }
    let part = |name: &str| captures.name(name).map(|part| part.as_str());
    let number = |name: &str| part(name).and_then(|digits| digits.parse::<i8>().ok());
    let half = part("half").or_else(|| part("half_only"));
    let hour = in_half(number("h").or_else(|| number("hour"))?, half);
    let time = Time::new(hour, number("m").unwrap_or(0), number("s").unwrap_or(0), 0).ok()?;
    let (zone, zone_len) = zone_after(rest, captures.name("iso").is_some());
    Some(Found { start: whole.start(), end: whole.end() + zone_len, value: Clock { time, zone } })
}

/// The zone at the start of `rest`, and its length. Bare hours east or west are a zone only in the
/// ISO form, `10:00-11:00` is a stretch of time.
fn zone_after(rest: &str, iso: bool) -> (Zone, usize) {
    let named = pattern!(r"^\s*\(?(?:(?:UTC|GMT)[+-]\d{1,2}(?::?\d\d)?\b|[A-Z]{1,5}\b)\)?");
    let bare = pattern!(r"^[+-]\d\d(?::?\d\d)?\b");
    let written = named.find(rest).or_else(|| bare.find(rest).filter(|_| iso));
    match written.map(|written| (zone_named(written.as_str()), written.len())) {
        None | Some((Zone::Unstated, _)) => (Zone::Unstated, 0),
        Some(zone) => zone,
    }
}

/// The hour of 0 to 23; a half of the day is ignored where the hour already tells (`17:14pm`).
fn in_half(hour: i8, half: Option<&str>) -> i8 {
    match half.and_then(|half| half.chars().next()) {
        Some('p' | 'P') if hour < 12 => hour + 12,
        Some('a' | 'A') if hour == 12 => 0,
        _ => hour,
    }
}

/// The zone written right after a time; unstated where the word is no zone.
fn zone_named(written: &str) -> Zone {
    let name = written.trim_matches(|c: char| c.is_whitespace() || matches!(c, '(' | ')'));
    let letters = name.trim_end_matches(|c: char| !c.is_ascii_alphabetic());
    let shift = &name[letters.len()..];
    match (letters, shift) {
        ("" | "UTC" | "GMT", "") if name.is_empty() => Zone::Unstated,
        ("" | "UTC" | "GMT", shift) if !shift.is_empty() => {
            shift_minutes(shift).map_or(Zone::Unstated, Zone::Offset)
        }
        (letters, _) => abbreviation(letters),
    }
}

fn shift_minutes(shift: &str) -> Option<i32> {
    let found = pattern!(r"^([+-])(\d{1,2}):?(\d\d)?$").captures(shift)?;
    let number =
        |group: usize| found.get(group).map_or(Some(0), |part| part.as_str().parse::<i32>().ok());
    let minutes = number(2)? * 60 + number(3)?;
    let sign = if found.get(1)?.as_str() == "-" { -1 } else { 1 };
    (minutes <= 14 * 60).then_some(sign * minutes)
}

/// The zone of an abbreviation. Those that several zones share (`IST`, `CST`), or that change with
/// the season (`ET`), stand for no offset.
fn abbreviation(letters: &str) -> Zone {
    let hours = match letters {
        "Z" | "UTC" | "GMT" | "WET" => 0,
        "BST" | "WEST" | "CET" => 1,
        "CEST" | "EET" => 2,
        "EEST" | "MSK" => 3,
        "SGT" | "HKT" | "AWST" => 8,
        "JST" | "KST" => 9,
        "AEST" => 10,
        "AEDT" => 11,
        "NZST" => 12,
        "NZDT" => 13,
        "BRT" => -3,
        "EDT" => -4,
        "EST" | "CDT" => -5,
        "MDT" => -6,
        "MST" | "PDT" => -7,
        "PST" => -8,
        "IST" | "CST" | "ET" | "CT" | "MT" | "PT" => return Zone::Unknown(letters.into()),
        _ => return Zone::Unstated,
    };
    Zone::Offset(hours * 60)
}

/// The first zone named in `text`, where a note or a column states it: `Time (UTC)`, `All times in CET`.
pub(crate) fn zone_in(text: &str) -> Zone {
    pattern!(r"\b(?:(?:UTC|GMT)[+-]\d{1,2}(?::?\d\d)?|[A-Z]{2,4})\b")
        .find_iter(text)
        .map(|word| zone_named(word.as_str()))
        .find(|zone| *zone != Zone::Unstated)
        .unwrap_or_default()
}

/// A stretch of time in minutes, as in `2h 17m`, `5 hours 26 minutes`, `1d 14h 48m 54s`; seconds are
/// dropped. `None` where the text does not begin with one.
pub(crate) fn duration_minutes(text: &str) -> Option<u32> {
    let stated = pattern!(
        r"(?i)^(?:(?:about|approx(?:imately|\.)?|around|roughly|nearly|almost|over|~|\u{2248})\s*)*((?:\d+(?:\.\d+)?\s*(?:d|days?|h|hrs?|hours?|m|mins?|minutes?|s|secs?|seconds?)\b[,\s]*(?:and\s+)?)+)"
    )
    .captures(text.trim())?;
    let mut minutes = 0.0_f64;
    for part in pattern!(r"(?i)(\d+(?:\.\d+)?)\s*([dhms])").captures_iter(stated.get(1)?.as_str()) {
        let count: f64 = part.get(1)?.as_str().parse().ok()?;
        minutes += count
            * match part.get(2)?.as_str() {
                "d" | "D" => 1440.0,
                "h" | "H" => 60.0,
                "m" | "M" => 1.0,
                _ => 1.0 / 60.0,
            };
    }
    // Casting a float to an integer saturates; the product of bounded text is never negative.
    (minutes < f64::from(u32::MAX)).then_some((minutes + 1e-9) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_day(text: &str, year: Option<i16>, expect: &str) {
        let found = days(text);
        let date = found.first().and_then(|day| day.value.date(year));
        assert_eq!(date.map(|date| date.to_string()).unwrap_or_default(), expect, "{text}");
    }

    #[track_caller]
    fn check_clock(text: &str, expect: &str) {
        let noon = jiff::civil::date(2025, 6, 15);
        let shown =
            clocks(text).first().map(|clock| clock.value.on(noon, &Zone::Unstated).to_string());
        assert_eq!(shown.unwrap_or_default(), expect, "{text}");
    }

    #[test]
    fn days_are_read_in_the_usual_forms() {
        check_day("2025-10-03-auth-down", None, "2025-10-03");
        check_day("on March 15, 2023, from", None, "2023-03-15");
        check_day("Sep 27 2017 13:06", None, "2017-09-27");
        check_day("On 28th February, it", Some(2024), "2024-02-28");
        check_day("15. April", Some(2019), "2019-04-15");
        check_day("January 14-19, 2026", None, "2026-01-14");
    }

    #[test]
    fn what_is_no_day_is_not_read_as_one() {
        check_day("2025-13-40", None, "");
        check_day("it may 12 times", Some(2025), "");
        check_day("Marching 12 miles", Some(2025), "");
        check_day("Sep 6", None, "");
    }

    #[test]
    fn times_are_read_with_their_zones() {
        check_clock("15:05 UTC: down", "2025-06-15 15:05");
        check_clock("8:46 AM Alert", "2025-06-15 08:46");
        check_clock("12:58 AM", "2025-06-15 00:58");
        check_clock("07:30am - report", "2025-06-15 07:30");
        check_clock("17:14pm", "2025-06-15 17:14");
        check_clock("16:22 PST", "2025-06-16 00:22");
        check_clock("10:00 (UTC+2)", "2025-06-15 08:00");
        check_clock("2025-06-15T10:00+05:30", "2025-06-15 04:30");
        check_clock("ca. 5 PM", "2025-06-15 17:00");
    }

    #[test]
    fn what_is_no_time_is_not_read_as_one() {
        check_clock("ratio 25:61", "");
        check_clock("10.0.0.1:8080", "");
        check_clock("https://x.test:12:345", "");
        check_clock("5 mins", "");
    }

    #[test]
    fn a_stretch_has_two_times() {
        assert_eq!(clocks("10:45-11:00 and 5 PM").len(), 3);
        assert_eq!(clocks("T10:45+01:00").len(), 1);
    }

    #[test]
    fn a_shared_abbreviation_is_no_offset() {
        assert_eq!(zone_in("All times in IST"), Zone::Unknown("IST".into()));
        assert_eq!(zone_in("All times in CET (GMT+1)"), Zone::Offset(60));
        assert_eq!(zone_in("Time (UTC)"), Zone::Offset(0));
        assert_eq!(zone_in("Time"), Zone::Unstated);
    }

    #[test]
    fn durations_are_counted_in_minutes() {
        assert_eq!(duration_minutes("2h 17m"), Some(137));
        assert_eq!(duration_minutes("1d 14h 48m 54s"), Some(2328));
        assert_eq!(duration_minutes("5 hours 26 minutes of impact"), Some(326));
        assert_eq!(duration_minutes("about 1.5 hours"), Some(90));
        assert_eq!(duration_minutes("a while"), None);
        assert_eq!(duration_minutes("3 machines"), None);
    }
}
