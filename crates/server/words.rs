//! Values of the wire in words, the same in the terminal and in a chat.

use incident::Moment;
use prost_types::Timestamp;

use crate::proto::{Cost, FailureClass, FixStatus, Status, Trend, Verdict, Warning};

/// `2025-10-03 02:57`, `2025-10-03`, or `undated`.
#[must_use]
pub fn date(at: Option<&Timestamp>, date_only: bool) -> String {
    let at = at.and_then(|at| jiff::Timestamp::from_second(at.seconds).ok());
    let moment = at.map(|at| Moment { at, date_only });
    moment.map_or_else(|| "undated".into(), |moment| moment.to_string())
}

/// `1.5 d`, and `12 d` where it is whole.
#[must_use]
pub fn days(days: f64) -> String {
    format!("{} d", short(days))
}

/// `45 min`, `3 h 20 min`, `2 d 4 h`.
#[must_use]
pub fn minutes(minutes: u64) -> String {
    let with_rest = |whole: u64, unit: &str, rest: u64, rest_unit: &str| match rest {
        0 => format!("{whole} {unit}"),
        _ => format!("{whole} {unit} {rest} {rest_unit}"),
    };
    match (minutes / 1440, minutes / 60) {
        (0, 0) => format!("{minutes} min"),
        (0, hours) => with_rest(hours, "h", minutes % 60, "min"),
        (days, hours) => with_rest(days, "d", hours % 24, "h"),
    }
}

/// Minutes that are a quantile, to the nearest whole one.
#[must_use]
pub fn about_minutes(value: f64) -> String {
    minutes(value.round().max(0.0) as u64)
}

/// At most one decimal, none where it is 0.
#[must_use]
pub fn short(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

/// So many times the usual gap: `3.1 x`.
#[must_use]
pub fn times_the_gap(ratio: f64) -> String {
    match ratio < 0.1 {
        true => "<0.1 x".into(),
        false => format!("{} x", short(ratio)),
    }
}

/// `1 incident`, `2 incidents`.
#[must_use]
pub fn count(number: usize, one: &str, many: &str) -> String {
    let noun = if number == 1 { one } else { many };
    format!("{number} {noun}")
}

/// The texts that are not empty, behind each other.
#[must_use]
pub fn joined<const N: usize>(texts: [&str; N]) -> String {
    let texts: Vec<_> = texts.into_iter().filter(|text| !text.is_empty()).collect();
    texts.join(", ")
}

/// The first service, and how many more there are: `auth +2`.
#[must_use]
pub fn services(services: &[String]) -> String {
    match services {
        [] => String::new(),
        [one] => one.clone(),
        [first, others @ ..] => format!("{first} +{}", others.len()),
    }
}

/// How far an incident has come; empty where it is not stated.
#[must_use]
pub fn status(status: Status) -> &'static str {
    match status {
        Status::Unspecified => "",
        Status::Open => "open",
        Status::Mitigated => "mitigated",
        Status::Resolved => "resolved",
    }
}

/// The verdict.
#[must_use]
pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Unspecified => "NO VERDICT",
        Verdict::Recurrence => "RECURRENCE",
        Verdict::Similar => "SIMILAR",
        Verdict::New => "NEW",
        Verdict::InsufficientText => "INSUFFICIENT TEXT",
    }
}

/// How sure an answer is, by how many judged cases.
#[must_use]
pub fn sureness(confidence: f64, cases: u32) -> String {
    let cases = count(cases as usize, "judged case", "judged cases");
    // Nothing learnt from some cases is certain.
    match confidence * 100.0 {
        percent if percent >= 99.5 => format!("over 99 % sure, by {cases}"),
        percent => format!("{percent:.0} % sure, by {cases}"),
    }
}

/// Whether the fix held.
#[must_use]
pub fn fix_status(status: FixStatus) -> &'static str {
    match status {
        FixStatus::Unspecified => "",
        FixStatus::RecurredAfterFix => "did not hold, the failure came back",
        FixStatus::Overdue => "follow-up overdue",
        FixStatus::Open => "follow-up open",
        FixStatus::Held => "held",
        FixStatus::NoneFiled => "no follow-up filed",
        FixStatus::Unknown => "not known whether it held",
    }
}

/// Whether the fix held, for a column.
#[must_use]
pub fn fix_in_short(status: FixStatus) -> &'static str {
    match status {
        FixStatus::Unspecified => "",
        FixStatus::RecurredAfterFix => "did not hold",
        FixStatus::Overdue => "overdue",
        FixStatus::Open => "open",
        FixStatus::Held => "held",
        FixStatus::NoneFiled => "none filed",
        FixStatus::Unknown => "not known",
    }
}

/// Whether a class comes more or less often than before; empty where it is not said.
#[must_use]
pub fn trend(trend: Trend) -> &'static str {
    match trend {
        Trend::Unspecified => "",
        Trend::Rising => "rising",
        Trend::Steady => "steady",
        Trend::Falling => "falling",
    }
}

/// What limits an answer.
#[must_use]
pub fn warning(warning: Warning) -> &'static str {
    match warning {
        Warning::Unspecified => "a limit this version has no words for",
        Warning::StaleFix => "the fix shown is old, or another one followed it",
        Warning::FieldEmpty => "the best match leaves its root cause or its resolution out",
        Warning::AllTermsUnknown => "no word of the query occurs in any incident",
        Warning::Truncated => "the query is long: only its beginning was looked at",
        Warning::NotCalibrated => "not calibrated: fixed cuts decided the verdict",
    }
}

/// `11 in all, 8 in 365 d, 5 in 90 d, 2 in 30 d, rising`.
#[must_use]
pub fn occurrences(class: &FailureClass) -> String {
    let counted = class.occurrences.unwrap_or_default();
    joined([
        &format!("{} in all", counted.total),
        &format!("{} in 365 d", counted.in_365d),
        &format!("{} in 90 d", counted.in_90d),
        &format!("{} in 30 d", counted.in_30d),
        trend(class.trend()),
    ])
}

/// Whether it comes closer together by more than chance, and whether there is a burst; empty where neither is known.
#[must_use]
pub fn trend_test(class: &FailureClass) -> String {
    let tested = class.trend_test.map_or_else(String::new, |test| {
        let what = match test.direction() {
            Trend::Rising => "comes closer and closer together",
            Trend::Falling => "comes further and further apart, or has stopped",
            Trend::Steady | Trend::Unspecified => "no trend beyond chance",
        };
        format!("{what} (p = {}, {} cases)", probability(test.p_value), test.cases)
    });
    let burst = class.burst.filter(|burst| burst.is_burst).map(|burst| {
        let (number, expected) = (burst.in_window, short(burst.expected));
        format!("a burst: {number} in 30 d where {expected} were to be expected")
    });
    joined([&tested, &burst.unwrap_or_default()])
}

/// Two digits behind the point, `<0.01` below that.
fn probability(value: f64) -> String {
    if value < 0.01 { "<0.01".into() } else { format!("{value:.2}") }
}

/// `4 h 30 min (3 stated), 10900 users (1 stated), revenue 4400 (2 stated)`; empty where nothing is stated.
#[must_use]
pub fn cost(cost: Option<&Cost>) -> String {
    let Cost {
        minutes_to_resolve,
        minutes_cases,
        users_affected,
        users_cases,
        revenue,
        revenue_cases,
    } = cost.copied().unwrap_or_default();
    let stated = |cases: u32, words: String| match cases {
        0 => String::new(),
        cases => format!("{words} ({cases} stated)"),
    };
    joined([
        &stated(minutes_cases, minutes(minutes_to_resolve.into())),
        &stated(users_cases, format!("{users_affected} users")),
        &stated(revenue_cases, format!("revenue {}", short(revenue))),
    ])
}

/// `last 2025-10-03 02:57, usual gap 12 d (8 to 20), quiet for 3.1 x its usual gap`.
#[must_use]
pub fn rhythm(class: &FailureClass) -> String {
    let gap = class.gap_days.as_ref().map(|gap| {
        let (median, p25, p75) = (days(gap.median), short(gap.p25), short(gap.p75));
        format!("usual gap {median} ({p25} to {p75})")
    });
    let quiet = match (class.quiet_ratio, class.quiet_days) {
        (Some(ratio), _) => format!("quiet for {} its usual gap", times_the_gap(ratio)),
        (None, Some(quiet)) => format!("quiet for {}", days(quiet)),
        (None, None) => String::new(),
    };
    let last = date(class.last_seen.as_ref(), class.last_seen_date_only);
    joined([&format!("last {last}"), &gap.unwrap_or_default(), &quiet])
}

/// `median 45 min, 90 % within 2 h (9 known)`; empty where none is known.
#[must_use]
pub fn time_to_resolve(class: &FailureClass) -> String {
    class.time_to_resolve.map_or_else(String::new, |time| {
        let (median, p90) = (about_minutes(time.median), about_minutes(time.p90));
        format!("median {median}, 90 % within {p90} ({} known)", time.cases)
    })
}

#[cfg(test)]
mod tests {
    use crate::proto::{Burst, GapDays, Occurrences, TrendTest};

    use super::*;

    #[test]
    fn minutes_are_told_in_two_units_at_most() {
        assert_eq!(minutes(45), "45 min");
        assert_eq!(minutes(180), "3 h");
        assert_eq!(minutes(200), "3 h 20 min");
        assert_eq!(minutes(3125), "2 d 4 h");
        assert_eq!(about_minutes(44.6), "45 min");
    }

    #[test]
    fn whole_days_have_no_decimals() {
        assert_eq!((days(12.0), days(1.25)), ("12 d".into(), "1.2 d".into()));
    }

    #[test]
    fn a_quiet_of_hardly_anything_is_not_nothing() {
        assert_eq!((times_the_gap(0.004), times_the_gap(0.1)), ("<0.1 x".into(), "0.1 x".into()));
        assert_eq!((times_the_gap(3.12), times_the_gap(2.0)), ("3.1 x".into(), "2 x".into()));
    }

    #[test]
    fn a_time_that_is_not_known_is_undated() {
        let day = Timestamp { seconds: 1_759_449_600, nanos: 0 };
        assert_eq!(date(None, false), "undated");
        assert_eq!(date(Some(&day), true), "2025-10-03");
        assert_eq!(date(Some(&day), false), "2025-10-03 00:00");
    }

    #[test]
    fn a_class_is_told_with_bands() {
        let class = FailureClass {
            occurrences: Some(Occurrences { total: 11, in_30d: 2, in_90d: 5, in_365d: 8 }),
            gap_days: Some(GapDays { median: 12.0, p25: 8.0, p75: 20.5, gaps: Vec::new() }),
            quiet_ratio: Some(3.12),
            trend: Trend::Rising.into(),
            ..FailureClass::default()
        };
        assert_eq!(occurrences(&class), "11 in all, 8 in 365 d, 5 in 90 d, 2 in 30 d, rising");
        assert_eq!(
            rhythm(&class),
            "last undated, usual gap 12 d (8 to 20.5), quiet for 3.1 x its usual gap"
        );
    }

    #[test]
    fn a_trend_is_told_with_its_probability_and_a_burst_with_what_was_expected() {
        let mut class = FailureClass::default();
        assert_eq!(trend_test(&class), "");
        class.trend_test = Some(TrendTest {
            direction: Trend::Rising.into(),
            statistic: 2.3,
            p_value: 0.019,
            cases: 7,
        });
        class.burst = Some(Burst { in_window: 4, expected: 0.25, p_value: 0.001, is_burst: true });
        assert_eq!(
            trend_test(&class),
            "comes closer and closer together (p = 0.02, 7 cases), a burst: 4 in 30 d where 0.2 were to be expected"
        );
    }

    #[test]
    fn a_cost_says_how_many_state_it() {
        assert_eq!(cost(None), "");
        let stated = Cost { minutes_to_resolve: 270, minutes_cases: 3, ..Cost::default() };
        assert_eq!(cost(Some(&stated)), "4 h 30 min (3 stated)");
    }
}
