//! A failure class: what its members have in common, in figures.

use std::borrow::Borrow;

use incident::{AsOf, Incident, IncidentId, Moment};

use crate::burst::Burst;
use crate::class_id::ClassId;
use crate::cost::Cost;
use crate::fix_status::{Aftermath, FixStatus, aftermath_of};
use crate::follow_up::FollowUp;
use crate::occurrences::Occurrences;
use crate::statistics::{Counted, Spread, TimeToResolve, Together, count, counted, together};
use crate::sub_group::{SubGroup, sub_groups};
use crate::trend::Trend;
use crate::trend_test::TrendTest;

/// The longest window of [`Counts`].
const YEAR_DAYS: i64 = 365;
/// The middle window of [`Counts`], and the stretch of time a [`Trend`] compares.
pub(crate) const QUARTER_DAYS: i64 = 90;
/// The shorter window of [`Counts`].
pub(crate) const MONTH_DAYS: i64 = 30;

/// What a class is called; decided before it is described.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClassLabel {
    /// Its stable id.
    pub id: ClassId,
    /// Its name: given by a person, else by [`crate::name`], else its heaviest terms unstemmed.
    pub name: String,
    /// Its heaviest terms, heaviest first.
    pub terms: Vec<String>,
    /// Whether somebody pinned it.
    pub pinned: bool,
}

/// How often a class occurred.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// All members, undated ones too.
    pub total: u32,
    /// Those that started in the 30 days up to the as-of.
    pub in_30d: u32,
    /// Those that started in the 90 days up to the as-of.
    pub in_90d: u32,
    /// Those that started in the 365 days up to the as-of.
    pub in_365d: u32,
}

/// A class of recurring incidents with its statistics at an as-of. Days are whole days between dates, UTC.
#[derive(Debug, Clone, PartialEq)]
pub struct FailureClass {
    /// Its stable id.
    pub id: ClassId,
    /// Its name.
    pub name: String,
    /// Its heaviest terms, heaviest first.
    pub terms: Vec<String>,
    /// How often it occurred.
    pub occurrences: Counts,
    /// The last 90 days against the 90 days before.
    pub trend: Trend,
    /// Whether they come closer together over their whole history; `None` below
    /// [`crate::TREND_CASES_MIN`] dated members.
    pub trend_test: Option<TrendTest>,
    /// The last 30 days against all days before; `None` where there is too little before.
    pub burst: Option<Burst>,
    /// The first dated start; `None` where no member is dated.
    pub first_seen: Option<Moment>,
    /// The last dated start; `None` where no member is dated.
    pub last_seen: Option<Moment>,
    /// The dated starts, chronological.
    pub starts: Vec<Moment>,
    /// The days between consecutive dated starts, chronological.
    pub gaps_days: Vec<f64>,
    /// The spread of the gaps; `None` below two dated members.
    pub gap_days: Option<Spread>,
    /// The days since the last start; `None` where no member is dated.
    pub quiet_days: Option<f64>,
    /// How many usual gaps it has been quiet for: `quiet_days` over the median gap; `None` where there is
    /// no gap, or the usual one is 0 days.
    pub quiet_ratio: Option<f64>,
    /// Over the members whose duration is known; `None` where there is none.
    pub time_to_resolve: Option<TimeToResolve>,
    /// What all members cost, where they state it.
    pub cost: Cost,
    /// The services of the members: those of the most members first, then by name.
    pub services: Vec<Counted>,
    /// The pairs of services that at least two members name together: the most frequent first, then by
    /// name; at most ten.
    pub services_together: Vec<Together>,
    /// The severities as stated: the most frequent first, then by name.
    pub severities: Vec<Counted>,
    /// Whether the fix held.
    pub fix_status: FixStatus,
    /// The same in a sentence with its figures: `came back 34 d after a follow-up was done on 2026-10-05`.
    pub fix_summary: String,
    /// The promised follow-ups: by the start of their incidents, then as in the document.
    pub action_items: Vec<FollowUp>,
    /// Chronological; undated ones last; equals by id.
    pub members: Vec<IncidentId>,
    /// The members by title: the largest group first, then the one seen first.
    pub sub_groups: Vec<SubGroup>,
    /// Whether somebody pinned it: no clustering takes a member from it.
    pub pinned: bool,
}

/// Describes the class of `members`: incidents as they were known at `as_of`
/// ([`Incident::as_known_at`]), in any order.
#[must_use]
pub fn describe<I: Borrow<Incident>>(
    label: ClassLabel,
    members: &[I],
    as_of: AsOf,
) -> FailureClass {
    let class = Occurrences::of(members);
    let gaps_days = class.gaps_days();
    let gap_days = Spread::of(&gaps_days);
    let quiet_days = class.quiet_days(as_of);
    let Aftermath { fix_status, fix_summary, action_items } = aftermath_of(&class, as_of);
    FailureClass {
        id: label.id,
        name: label.name,
        terms: label.terms,
        occurrences: counts(&class, as_of),
        trend: trend(&class, as_of),
        trend_test: TrendTest::of(class.starts(), as_of),
        burst: Burst::of(class.starts(), as_of),
        first_seen: class.first_seen(),
        last_seen: class.last_seen(),
        starts: class.starts().to_vec(),
        gaps_days,
        gap_days,
        quiet_days,
        quiet_ratio: quiet_ratio(quiet_days, gap_days),
        time_to_resolve: TimeToResolve::of(class.members()),
        cost: Cost::of(class.members()),
        services: services(class.members()),
        services_together: together(class.members()),
        severities: severities(class.members()),
        fix_status,
        fix_summary,
        action_items,
        members: ids(class.members()),
        sub_groups: sub_groups(class.members()),
        pinned: label.pinned,
    }
}

fn counts(class: &Occurrences, as_of: AsOf) -> Counts {
    Counts {
        total: count(class.members().len()),
        in_30d: class.count_within(MONTH_DAYS, 0, as_of),
        in_90d: class.count_within(QUARTER_DAYS, 0, as_of),
        in_365d: class.count_within(YEAR_DAYS, 0, as_of),
    }
}

fn trend(class: &Occurrences, as_of: AsOf) -> Trend {
    let before = class.count_within(QUARTER_DAYS, QUARTER_DAYS, as_of);
    Trend::between(before, class.count_within(QUARTER_DAYS, 0, as_of))
}

fn quiet_ratio(quiet_days: Option<f64>, gap_days: Option<Spread>) -> Option<f64> {
    let (quiet, gap) = (quiet_days?, gap_days?.median);
    (gap > 0.0).then(|| quiet / gap)
}

fn services(members: &[&Incident]) -> Vec<Counted> {
    counted(members.iter().flat_map(|member| member.services.iter().map(String::as_str)))
}

fn severities(members: &[&Incident]) -> Vec<Counted> {
    counted(
        members
            .iter()
            .filter_map(|member| member.severity.as_ref())
            .map(|severity| severity.verbatim.trim()),
    )
}

fn ids(members: &[&Incident]) -> Vec<IncidentId> {
    members.iter().map(|member| member.id.clone()).collect()
}

#[cfg(test)]
mod tests {
    use incident::{ActionItem, Severity, Status};
    use proptest::prelude::*;

    use super::*;

    fn label() -> ClassLabel {
        ClassLabel {
            id: ClassId::new(12),
            name: "Cache stampede".into(),
            terms: vec!["cache".into()],
            pinned: false,
        }
    }

    fn as_of(text: &str) -> AsOf {
        AsOf::parse(text).expect("a time")
    }

    fn occurrence(day: &str, services: &[&str], dues: [&str; 4]) -> Incident {
        let mut incident = Incident::new("markdown", day, format!("{day} - Cache stampede"));
        incident.started_at = Moment::parse(day).ok();
        incident.status = Some(Status::Resolved);
        incident.severity = Some(Severity::new("P2"));
        incident.services = services.iter().map(|&name| name.to_owned()).collect();
        incident.action_items = dues
            .map(|due| ActionItem {
                priority: Some("P1".into()),
                action: "stagger the expiry".into(),
                owner: Some("Storage".into()),
                due: due.parse().ok(),
                ..ActionItem::default()
            })
            .to_vec();
        incident
    }

    /// Three resolved incidents with four promises each, none of which was ever marked as done.
    fn three() -> Vec<Incident> {
        vec![
            occurrence(
                "2025-10-03",
                &["web", "api"],
                ["2025-10-10", "2025-10-17", "2025-10-24", "2025-11-02"],
            ),
            occurrence(
                "2025-11-07",
                &["api"],
                ["2025-11-14", "2025-11-21", "2025-11-28", "2025-12-07"],
            ),
            occurrence(
                "2025-12-28",
                &["db"],
                ["2026-01-04", "2026-01-11", "2026-01-18", "2026-01-27"],
            ),
        ]
    }

    #[test]
    fn gaps_and_quiet_are_counted_in_days() {
        let class = describe(label(), &three(), as_of("2026-02-26"));
        assert_eq!(class.gaps_days, [35.0, 51.0]);
        let gap = class.gap_days.expect("two gaps");
        assert_eq!((gap.p25, gap.median, gap.p75), (39.0, 43.0, 47.0));
        assert_eq!(class.quiet_days, Some(60.0));
        assert_eq!(class.quiet_ratio, Some(60.0 / 43.0));
    }

    #[test]
    fn occurrences_are_counted_in_their_windows() {
        let class = describe(label(), &three(), as_of("2026-01-05"));
        let expected = Counts { total: 3, in_30d: 1, in_90d: 2, in_365d: 3 };
        assert_eq!(class.occurrences, expected);
        assert_eq!(class.trend, Trend::Steady);
    }

    #[test]
    fn promises_without_a_record_are_overdue_and_counted_against_what_followed() {
        let class = describe(label(), &three(), as_of("2026-02-26"));
        assert_eq!(class.fix_status, FixStatus::Overdue);
        assert_eq!(class.action_items.len(), 12);
        let since: Vec<u32> =
            class.action_items.iter().map(|item| item.recurrences_since).collect();
        assert_eq!(since, [2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0]);
        assert!(
            class
                .action_items
                .iter()
                .all(|item| !item.state_recorded && item.owner.is_some() && item.due.is_some())
        );
        let overdue = |index: usize| class.action_items[index].days_overdue;
        assert_eq!((overdue(0), overdue(3), overdue(11)), (139, 116, 30));
    }

    #[test]
    fn services_and_severities_are_counted_by_member() {
        let class = describe(label(), &three(), as_of("2026-02-26"));
        let shown: Vec<(&str, u32)> =
            class.services.iter().map(|service| (service.name.as_str(), service.count)).collect();
        assert_eq!(shown, [("api", 2), ("db", 1), ("web", 1)]);
        assert_eq!(class.severities[0].count, 3);
    }

    #[test]
    fn an_undated_member_counts_in_the_total_only() {
        let mut members = three();
        members.push(Incident::new("jsonl", "0-undated", "Cache stampede"));
        let with = describe(label(), &members, as_of("2026-02-26"));
        let without = describe(label(), &three(), as_of("2026-02-26"));
        assert_eq!(with.occurrences.total, 4);
        assert_eq!(with.occurrences.in_90d, without.occurrences.in_90d);
        assert_eq!(with.gaps_days, without.gaps_days);
        assert_eq!(with.members[3].as_str(), "0-undated");
    }

    #[test]
    fn a_usual_gap_of_no_days_gives_no_ratio() {
        let same_day = [
            Incident {
                started_at: Moment::parse("2025-10-03T01:00:00Z").ok(),
                ..Incident::new("jsonl", "a", "Cache stampede")
            },
            Incident {
                started_at: Moment::parse("2025-10-03T09:00:00Z").ok(),
                ..Incident::new("jsonl", "b", "Cache stampede")
            },
        ];
        let class = describe(label(), &same_day, as_of("2025-10-05"));
        assert_eq!(class.gaps_days, [0.0]);
        assert_eq!((class.quiet_days, class.quiet_ratio), (Some(2.0), None));
    }

    prop_compose! {
        fn any_incident()(
            id in 0..40_u32,
            day in prop::option::of(0..200_i64),
            minutes in prop::option::of(0..500_u32),
            item in prop::option::of((0..200_i64, prop::option::of(0..200_i64))),
        ) -> Incident {
            let moment = |days: i64| {
                let epoch = Moment::parse("2025-01-01").expect("a day");
                epoch.at.checked_add(jiff::SignedDuration::from_hours(24 * days)).map(Moment::exact).ok()
            };
            let mut incident = Incident::new("jsonl", format!("i-{id}"), format!("Failure {}", id % 3));
            incident.started_at = day.and_then(moment);
            incident.duration_minutes = minutes;
            incident.services = vec![format!("svc-{}", id % 4)];
            if let Some((due, closed)) = item {
                incident.action_items.push(ActionItem {
                    action: "mend it".into(),
                    due: moment(due).map(Moment::date),
                    closed_at: closed.and_then(moment),
                    ..ActionItem::default()
                });
            }
            incident
        }
    }

    fn with_own_ids(mut members: Vec<Incident>) -> Vec<Incident> {
        members.sort_by(|a, b| a.id.cmp(&b.id));
        members.dedup_by(|a, b| a.id == b.id);
        members
    }

    fn known_at(members: &[Incident], at: AsOf) -> Vec<Incident> {
        members.iter().filter_map(|member| member.as_known_at(at)).collect()
    }

    proptest! {
        #[test]
        fn the_order_of_members_does_not_matter(
            members in prop::collection::vec(any_incident(), 0..12).prop_map(with_own_ids),
            turn in 0..12_usize,
        ) {
            let mut turned = members.clone();
            turned.reverse();
            let turn = turn % turned.len().max(1);
            turned.rotate_left(turn);
            let at = as_of("2025-06-01");
            prop_assert_eq!(describe(label(), &members, at), describe(label(), &turned, at));
        }

        #[test]
        fn the_total_never_falls_as_time_goes_on(
            members in prop::collection::vec(any_incident(), 0..12).prop_map(with_own_ids),
        ) {
            let totals: Vec<u32> = (1..10)
                .map(|month| as_of(&format!("2025-{month:02}-15")))
                .map(|at| describe(label(), &known_at(&members, at), at).occurrences.total)
                .collect();
            prop_assert!(totals.is_sorted(), "{:?}", totals);
        }
    }
}
