//! Failure classes.

use recurrence::{
    Burst, Cost, Counted, Counts, FailureClass, Spread, SubGroup, TimeToResolve, Together, Trend,
    TrendTest,
};

use super::capped;
use super::follow_up::wire_fix_status;
use super::time::wire_moment;
use crate::limits::CLASS_TERMS_MAX;
use crate::proto;

/// A class and its figures; its members, sub-groups and follow-ups travel beside it.
pub(crate) fn wire_class(class: &FailureClass) -> proto::FailureClass {
    let (first_seen, first_seen_date_only) = wire_moment(class.first_seen);
    let (last_seen, last_seen_date_only) = wire_moment(class.last_seen);
    let Counts { total, in_30d, in_90d, in_365d } = class.occurrences;
    proto::FailureClass {
        id: class.id.to_string(),
        name: class.name.clone(),
        terms: class.terms.iter().take(CLASS_TERMS_MAX).cloned().collect(),
        occurrences: Some(proto::Occurrences { total, in_30d, in_90d, in_365d }),
        first_seen,
        first_seen_date_only,
        last_seen,
        last_seen_date_only,
        gap_days: class.gap_days.map(|spread| wire_gaps(spread, &class.gaps_days)),
        trend: wire_trend(class.trend).into(),
        time_to_resolve: class.time_to_resolve.map(wire_time_to_resolve),
        services: class.services.iter().map(wire_counted).collect(),
        severities: class.severities.iter().map(wire_counted).collect(),
        fix_status: wire_fix_status(class.fix_status).into(),
        quiet_days: class.quiet_days,
        quiet_ratio: class.quiet_ratio,
        pinned: class.pinned,
        trend_test: class.trend_test.map(wire_trend_test),
        burst: class.burst.map(wire_burst),
        cost: Some(wire_cost(&class.cost)),
        services_together: class.services_together.iter().map(wire_together).collect(),
        fix_summary: class.fix_summary.clone(),
    }
}

/// Members whose titles read alike.
pub(crate) fn wire_sub_group(group: SubGroup) -> proto::SubGroup {
    let SubGroup { title, members } = group;
    let incident_ids = members.iter().map(ToString::to_string).collect();
    proto::SubGroup { title, incident_ids }
}

fn wire_gaps(spread: Spread, gaps: &[f64]) -> proto::GapDays {
    let Spread { median, p25, p75 } = spread;
    proto::GapDays { median, p25, p75, gaps: gaps.to_vec() }
}

fn wire_time_to_resolve(time: TimeToResolve) -> proto::TimeToResolve {
    let TimeToResolve { median, p90, cases } = time;
    proto::TimeToResolve { median, p90, cases }
}

fn wire_counted(counted: &Counted) -> proto::Counted {
    let Counted { name, count } = counted;
    proto::Counted { name: name.clone(), count: *count }
}

/// What incidents cost.
pub(crate) fn wire_cost(cost: &Cost) -> proto::Cost {
    let Cost { minutes, users, revenue } = cost;
    proto::Cost {
        minutes_to_resolve: capped(minutes.sum),
        minutes_cases: minutes.incidents,
        users_affected: capped(users.sum),
        users_cases: users.incidents,
        revenue: revenue.sum,
        revenue_cases: revenue.incidents,
    }
}

fn wire_trend_test(test: TrendTest) -> proto::TrendTest {
    let TrendTest { direction, statistic, p_value, cases } = test;
    proto::TrendTest { direction: wire_trend(direction).into(), statistic, p_value, cases }
}

fn wire_burst(burst: Burst) -> proto::Burst {
    let Burst { in_window, expected, p_value, is_burst } = burst;
    proto::Burst { in_window, expected, p_value, is_burst }
}

fn wire_together(pair: &Together) -> proto::ServicesTogether {
    let Together { services, count } = pair;
    proto::ServicesTogether { services: services.to_vec(), count: *count }
}

fn wire_trend(trend: Trend) -> proto::Trend {
    match trend {
        Trend::Rising => proto::Trend::Rising,
        Trend::Steady => proto::Trend::Steady,
        Trend::Falling => proto::Trend::Falling,
    }
}
