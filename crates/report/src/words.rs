//! Figures as people write them.

use incident::Moment;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use recurrence::{ClassInPeriod, Cost, FixStatus};

/// `1 incident`, `2 incidents`.
pub(crate) fn counted(count: u32, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

/// `35 min`, `5 h 20 min`, `3 d 4 h`.
pub(crate) fn minutes(minutes: u64) -> String {
    let (days, hours, rest) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    match (days, hours, rest) {
        (0, 0, rest) => format!("{rest} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, rest) => format!("{hours} h {rest} min"),
        (days, 0, _) => format!("{days} d"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

/// Days with at most one digit after the point: `70 d`, `12.5 d`.
pub(crate) fn days(days: f64) -> String {
    let rounded = format!("{days:.1}");
    format!("{} d", rounded.strip_suffix(".0").unwrap_or(&rounded))
}

/// The day of a point in time; `undated` where there is none.
pub(crate) fn day(moment: Option<Moment>) -> String {
    moment.map_or_else(|| "undated".to_owned(), |moment| moment.date().to_string())
}

/// The first second of something: its day, with the time unless it is that day's first.
pub(crate) fn beginning(at: Timestamp) -> String {
    instant(at, "00:00:00")
}

/// The last second of something: its day, with the time unless it is that day's last.
pub(crate) fn end(at: Timestamp) -> String {
    instant(at, "23:59:59")
}

fn instant(at: Timestamp, implied: &str) -> String {
    let utc = at.to_zoned(TimeZone::UTC);
    let time = utc.strftime("%H:%M:%S").to_string();
    let day = utc.date();
    if time == implied { day.to_string() } else { format!("{day} {time} UTC") }
}

/// A whole number with its thousands apart, and two digits after the point where it is none: `28,145.50`.
pub(crate) fn number(value: f64) -> String {
    let text = if value.fract() == 0.0 { format!("{value:.0}") } else { format!("{value:.2}") };
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut apart = String::with_capacity(text.len() + 4);
    for (place, digit) in whole.chars().enumerate() {
        let behind_a_digit = apart.ends_with(|c: char| c.is_ascii_digit());
        if behind_a_digit && (whole.len() - place).is_multiple_of(3) {
            apart.push(',');
        }
        apart.push(digit);
    }
    apart + rest
}

/// What is stated of a cost, `-` where nothing is: `5 h 20 min, 9,000 users, revenue 28,145.50`.
pub(crate) fn cost(cost: &Cost) -> String {
    let stated = [
        (cost.minutes.incidents, minutes(cost.minutes.sum)),
        (cost.users.incidents, format!("{} users", number(cost.users.sum as f64))),
        (cost.revenue.incidents, format!("revenue {}", number(cost.revenue.sum))),
    ];
    let stated = stated.into_iter().filter(|(incidents, _)| *incidents > 0);
    let words: Vec<String> = stated.map(|(_, words)| words).collect();
    if words.is_empty() { "-".to_owned() } else { words.join(", ") }
}

/// `text` on one line, without characters that steer anything, cut at `chars_max` characters.
pub(crate) fn one_line(text: &str, chars_max: usize) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line: String = words.join(" ").chars().filter(|c| !steers(*c)).collect();
    match line.char_indices().nth(chars_max) {
        None => line,
        Some((end, _)) => format!("{}\u{2026}", &line[..end]),
    }
}

/// Control characters, and those that turn the direction of text (Unicode TR9).
fn steers(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Why a class gets worse.
pub(crate) fn getting_worse(row: &ClassInPeriod) -> String {
    let mut why = Vec::new();
    if row.increase() > 0 {
        let before = row.in_previous.unwrap_or_default();
        let times = counted(row.in_period, "time", "times");
        why.push(format!("{times}, after {before} in the period before"));
    }
    if let Some(test) = row.trend_test.filter(|_| row.is_rising()) {
        let cases = test.cases;
        why.push(format!(
            "comes closer and closer together ({} over {cases})",
            p_value(test.p_value)
        ));
    }
    if let Some(burst) = row.burst.filter(|_| row.is_in_burst()) {
        let (times, expected) = (burst.in_window, burst.expected);
        why.push(format!("a burst: {times} in 30 d where {expected:.1} were to be expected"));
    }
    why.join("; ")
}

/// `p = 0.03`, `p < 0.01`.
fn p_value(value: f64) -> String {
    if value < 0.01 { "p < 0.01".to_owned() } else { format!("p = {value:.2}") }
}

/// Whether the fix held.
pub(crate) fn fix_status(status: FixStatus) -> &'static str {
    match status {
        FixStatus::RecurredAfterFix => "no",
        FixStatus::Overdue => "overdue",
        FixStatus::Open => "open",
        FixStatus::Held => "yes",
        FixStatus::NoneFiled => "no follow-up",
        FixStatus::Unknown => "not known",
    }
}

#[cfg(test)]
mod tests {
    use recurrence::Stated;

    use super::*;

    #[test]
    fn durations_have_two_units_at_most() {
        let shown = [0, 35, 60, 320, 1440, 4560].map(minutes);
        assert_eq!(shown, ["0 min", "35 min", "1 h", "5 h 20 min", "1 d", "3 d 4 h"]);
        assert_eq!([days(70.0), days(12.5), days(0.0)], ["70 d", "12.5 d", "0 d"]);
    }

    #[test]
    fn the_time_is_shown_where_it_says_something() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a time");
        assert_eq!(beginning(at("2026-04-01T00:00:00Z")), "2026-04-01");
        assert_eq!(end(at("2026-06-30T23:59:59Z")), "2026-06-30");
        assert_eq!(end(at("2026-06-30T12:00:00Z")), "2026-06-30 12:00:00 UTC");
    }

    #[test]
    fn only_what_is_stated_of_a_cost_is_shown() {
        let mut some = Cost { minutes: Stated { sum: 320, incidents: 2 }, ..Cost::default() };
        assert_eq!(cost(&some), "5 h 20 min");
        some.revenue = Stated { sum: 28_145.5, incidents: 1 };
        assert_eq!(cost(&some), "5 h 20 min, revenue 28,145.50");
        assert_eq!(cost(&Cost::default()), "-");
    }

    #[test]
    fn thousands_stand_apart() {
        let shown = [0.0, 999.0, 1_000.0, 82_900.0, 1_234_567.5].map(number);
        assert_eq!(shown, ["0", "999", "1,000", "82,900", "1,234,567.50"]);
        assert_eq!([number(-1_000.0), number(-100.0)], ["-1,000", "-100"]);
    }

    #[test]
    fn a_text_of_many_lines_becomes_one_and_steers_nothing() {
        assert_eq!(one_line("a\r\n\n| b |\n# c", 99), "a | b | # c");
        assert_eq!(one_line("a\u{1b}[31mb\u{0}\u{202e}c", 99), "a[31mbc");
        assert_eq!(one_line("\u{e4}\u{e4}\u{e4}\u{e4}", 3), "\u{e4}\u{e4}\u{e4}\u{2026}");
    }
}
