//! Places on a picture: where a time or a number of days stands.

use incident::{Moment, SECS_PER_DAY};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

/// Where the names at the left end, in the units of a picture, which is 960 of them wide.
pub(super) const LEFT: i64 = 240;
/// Where the drawing ends at the right.
pub(super) const RIGHT: i64 = 940;
/// The height of a row.
pub(super) const ROW: i64 = 24;
/// The room above the first row.
pub(super) const TOP: i64 = 28;
/// The most labels of a time axis.
const LABELS_MAX: i32 = 8;

/// A label on an axis.
#[derive(Debug)]
pub(super) struct Label {
    pub(super) x: i64,
    pub(super) text: String,
}

/// A stretch of time along a line.
#[derive(Debug, Clone, Copy)]
pub(super) struct TimeAxis {
    from: Timestamp,
    until: Timestamp,
}

impl TimeAxis {
    /// `None` where no time passes.
    pub(super) fn new(from: Timestamp, until: Timestamp) -> Option<Self> {
        (from < until).then_some(Self { from, until })
    }

    /// Where `at` stands; what lies outside stands at the end it is beyond.
    pub(super) fn x(&self, at: Timestamp) -> i64 {
        let secs = |at: Timestamp| at.as_second() as f64;
        let share = (secs(at) - secs(self.from)) / (secs(self.until) - secs(self.from));
        LEFT + ((RIGHT - LEFT) as f64 * share.clamp(0.0, 1.0)).round() as i64
    }

    /// The first days of months, or of years, at most eight of them; of a short stretch its first day.
    pub(super) fn labels(&self) -> Vec<Label> {
        let (from, until) = (Moment::exact(self.from).date(), Moment::exact(self.until).date());
        let months = (until.year() - from.year()) as i32 * 12 + i32::from(until.month())
            - i32::from(from.month());
        let steps = [1, 3, 6, 12, 24, 60, 120, 600, 1_200, 6_000, 12_000];
        let step = steps.into_iter().find(|step| months / step < LABELS_MAX).unwrap_or(24_000);
        let mut labels: Vec<Label> = first_days(from, until, step)
            .map(|day| Label { x: self.x(Moment::day(day).at), text: month(day, step) })
            .collect();
        if labels.is_empty() {
            labels.push(Label { x: self.x(self.from), text: from.to_string() });
        }
        labels
    }
}

/// The first days of every `step`th month, counted from a January, within the two days.
fn first_days(from: Date, until: Date, step: i32) -> impl Iterator<Item = Date> {
    let months = i32::from(from.year()) * 12 + i32::from(from.month()) - 1;
    let begin = months.div_euclid(step) * step;
    let day = move |months: i32| {
        let year = i16::try_from(months.div_euclid(12)).ok()?;
        let month = i8::try_from(months.rem_euclid(12) + 1).ok()?;
        Date::new(year, month, 1).ok()
    };
    (0..)
        .map_while(move |nth| day(begin + nth * step))
        .take_while(move |day| *day <= until)
        .filter(move |day| *day >= from)
}

fn month(day: Date, step: i32) -> String {
    if step % 12 == 0 { day.strftime("%Y").to_string() } else { day.strftime("%Y-%m").to_string() }
}

/// Days along a line on which each tenfold takes the same room, from 1 on.
#[derive(Debug, Clone, Copy)]
pub(super) struct DaysAxis {
    days_max: f64,
}

impl DaysAxis {
    pub(super) fn new(days_max: f64) -> Self {
        Self { days_max: days_max.max(10.0) }
    }

    /// Where so many days stand; less than one stands at one.
    pub(super) fn x(&self, days: f64) -> i64 {
        let share = days.max(1.0).ln() / self.days_max.ln();
        LEFT + ((RIGHT - LEFT) as f64 * share.min(1.0)).round() as i64
    }

    /// Days, weeks, months and years that people think in.
    pub(super) fn labels(&self) -> Vec<Label> {
        let known =
            [(1.0, "1 d"), (7.0, "1 week"), (30.0, "30 d"), (90.0, "90 d"), (365.0, "1 year")];
        let known = known.into_iter().filter(|(days, _)| *days <= self.days_max);
        known.map(|(days, text)| Label { x: self.x(days), text: text.to_owned() }).collect()
    }
}

/// The middle of the `nth` row.
pub(super) fn row_y(nth: usize) -> i64 {
    TOP + ROW * nth as i64 + ROW / 2
}

/// Where the rows end.
pub(super) fn rows_end(rows: usize) -> i64 {
    TOP + ROW * rows as i64
}

/// Days since 1970, for lengths of time in days.
pub(super) fn days_between(from: Timestamp, until: Timestamp) -> i64 {
    (until.as_second() - from.as_second()).div_euclid(SECS_PER_DAY)
}

/// The day so many days after `day`, at most the last there is.
pub(super) fn days_after(day: Date, days: i64) -> Date {
    day.checked_add(SignedDuration::from_hours(24 * days)).unwrap_or(Date::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(from: &str, until: &str) -> TimeAxis {
        let at = |day: &str| Moment::parse(day).expect("a day").at;
        TimeAxis::new(at(from), at(until)).expect("time passes")
    }

    #[test]
    fn both_ends_stand_at_the_ends_and_nothing_beyond_them() {
        let axis = axis("2025-01-01", "2025-12-31");
        let x = |day: &str| axis.x(Moment::parse(day).expect("a day").at);
        assert_eq!((x("2025-01-01"), x("2025-12-31")), (LEFT, RIGHT));
        assert_eq!((x("1990-01-01"), x("2030-01-01")), (LEFT, RIGHT));
        assert_eq!(x("2025-07-02"), (LEFT + RIGHT) / 2);
    }

    #[test]
    fn labels_are_few_and_round() {
        let shown = |from, until| {
            let labels = axis(from, until).labels();
            labels.into_iter().map(|label| label.text).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(shown("2025-10-15", "2026-01-20"), "2025-11 2025-12 2026-01");
        assert_eq!(shown("2024-11-19", "2026-02-26"), "2025-01 2025-04 2025-07 2025-10 2026-01");
        assert_eq!(shown("2021-03-01", "2026-02-26"), "2022 2023 2024 2025 2026");
        assert_eq!(shown("2025-10-02", "2025-10-20"), "2025-10-02");
        assert!((1..=9).contains(&shown("-009000-01-01", "9999-01-01").split(' ').count()));
    }

    #[test]
    fn each_tenfold_of_days_takes_the_same_room() {
        let axis = DaysAxis::new(100.0);
        assert_eq!((axis.x(0.0), axis.x(1.0), axis.x(100.0)), (LEFT, LEFT, RIGHT));
        assert_eq!(axis.x(10.0), (LEFT + RIGHT) / 2);
    }
}
