//! Figures as people write them.

use incident::Moment;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use recurrence::{Cost, FixStatus};

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

/// What is stated of a cost, `-` where nothing is: `5 h 20 min, 9000 users, revenue 28145.50`.
pub(crate) fn cost(cost: &Cost) -> String {
    let stated = [
        (cost.minutes.incidents, minutes(cost.minutes.sum)),
        (cost.users.incidents, format!("{} users", cost.users.sum)),
        (cost.revenue.incidents, format!("revenue {:.2}", cost.revenue.sum)),
    ];
    let stated = stated.into_iter().filter(|(incidents, _)| *incidents > 0);
    let words: Vec<String> = stated.map(|(_, words)| words).collect();
    if words.is_empty() { "-".to_owned() } else { words.join(", ") }
}

/// Whether the fix held.
pub(crate) fn fix_status(status: FixStatus) -> &'static str {
    match status {
        FixStatus::RecurredAfterFix => "no: it came back after a fix",
        FixStatus::Overdue => "a follow-up is overdue",
        FixStatus::Open => "a follow-up is open",
        FixStatus::Held => "yes, so far",
        FixStatus::NoneFiled => "no follow-up was filed",
        FixStatus::Unknown => "too early or too little to say",
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
        assert_eq!(cost(&some), "5 h 20 min, revenue 28145.50");
        assert_eq!(cost(&Cost::default()), "-");
    }
}
