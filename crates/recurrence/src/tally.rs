//! What a class stands at, kept up incident by incident.
//!
//! [`crate::describe`] looks at all members each time; this follows a stream of them. All sums are of integers, so no
//! figure depends on the order in which members came.

use std::collections::BTreeMap;

use incident::{ActionItem, Incident, IncidentId, ItemState, Moment, SECS_PER_DAY};
use serde::{Deserialize, Serialize};

use crate::class::{MONTH_DAYS, QUARTER_DAYS};
use crate::follow_up::{closed_since, settled};
use crate::statistics::count;

/// Hundredths in one.
const HUNDRED: f64 = 100.0;

/// The figures of a class, at a moment.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// All members, undated ones too.
    pub occurrences: u32,
    /// Those that started in the 30 days up to the moment.
    pub in_30d: u32,
    /// Those that started in the 90 days up to the moment.
    pub in_90d: u32,
    /// The minutes that all members lasted, as far as stated.
    pub minutes: u64,
    /// The users that all members hurt, as far as stated.
    pub users_affected: u64,
    /// The revenue that all members cost, in hundredths of the currency of the documents.
    pub revenue_hundredths: i64,
    /// Follow-ups that were open and past their due date at the moment.
    pub overdue: u32,
    /// How often a member was the first to start after a follow-up had been done.
    pub failed_fixes: u32,
}

/// The members of a class, as far as [`Figures`] need to know of them.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    members: BTreeMap<IncidentId, Facts>,
    /// Ascending.
    starts: Vec<i64>,
    /// When follow-ups were done; ascending.
    fixes: Vec<i64>,
    promises: Vec<Promise>,
    minutes: u64,
    users_affected: u64,
    revenue_hundredths: i64,
}

/// What counts of one incident. Times are seconds since 1970, UTC.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Facts {
    started_at: Option<i64>,
    minutes: u64,
    users_affected: u64,
    revenue_hundredths: i64,
    promises: Vec<Promise>,
}

/// A follow-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Promise {
    /// The last second of the day it was promised for.
    due: Option<i64>,
    state: ItemState,
    /// Since then for certain; `None` where it is open, or nobody knows since when.
    closed_since: Option<i64>,
}

impl Facts {
    /// What counts of `incident`.
    #[must_use]
    pub fn of(incident: &Incident) -> Self {
        let revenue = incident.revenue.unwrap_or_default() * HUNDRED;
        let promise = |item: &ActionItem| Promise::of(item, incident);
        Self {
            started_at: incident.started_at.map(Moment::secs),
            minutes: incident.time_to_resolve_minutes().map_or(0, u64::from),
            users_affected: incident.users_affected.unwrap_or_default(),
            // What is no number, or beyond all money there is, counts as nothing or as much as can be counted.
            revenue_hundredths: revenue.round() as i64,
            promises: incident.action_items.iter().map(promise).collect(),
        }
    }

    /// How many of its follow-ups are open and past their due date at `at`, in seconds since 1970, UTC; of those alone
    /// that were not at `since`, where that is given.
    #[must_use]
    pub fn overdue(&self, since: Option<i64>, at: i64) -> u32 {
        let is_new = |due: i64| since.is_none_or(|since| due >= since);
        let overdue =
            |promise: &&Promise| promise.is_overdue(at) && promise.due.is_some_and(is_new);
        count(self.promises.iter().filter(overdue).count())
    }

    /// When it began, in seconds since 1970, UTC; `None` where it is undated.
    #[must_use]
    pub fn started_at(&self) -> Option<i64> {
        self.started_at
    }
}

impl Promise {
    fn of(item: &ActionItem, incident: &Incident) -> Self {
        let closed_since = closed_since(item, incident).map(|since| settled(since).as_second());
        let due = item.due.map(|due| Moment::day(due).end_of_day().as_second());
        Self { due, state: item.state(), closed_since }
    }

    /// When it was done, where that is known.
    fn done_at(self) -> Option<i64> {
        self.closed_since.filter(|_| self.state == ItemState::Done)
    }

    fn is_overdue(self, at: i64) -> bool {
        let is_open = !self.state.is_closed() || self.closed_since.is_some_and(|since| since > at);
        is_open && self.due.is_some_and(|due| due < at)
    }
}

impl Tally {
    /// How many members it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Whether `id` is a member.
    #[must_use]
    pub fn contains(&self, id: &IncidentId) -> bool {
        self.members.contains_key(id)
    }

    /// Adds a member, or its newer version.
    pub fn put(&mut self, id: IncidentId, facts: Facts) {
        let added = facts.clone();
        if self.members.insert(id, facts).is_some() {
            self.count_anew();
        } else {
            self.count_in(&added);
        }
    }

    /// Takes a member out.
    pub fn remove(&mut self, id: &IncidentId) {
        if self.members.remove(id).is_some() {
            self.count_anew();
        }
    }

    /// The last start, in seconds since 1970, UTC; `None` where no member is dated.
    #[must_use]
    pub fn last_start(&self) -> Option<i64> {
        self.starts.last().copied()
    }

    /// The figures at a moment, in seconds since 1970, UTC; without one nothing is within a window or overdue.
    #[must_use]
    pub fn figures(&self, at: Option<i64>) -> Figures {
        let within = |days: i64| at.map_or(0, |at| self.within(at - days * SECS_PER_DAY, at));
        let overdue = at
            .map_or(0, |at| self.promises.iter().filter(|promise| promise.is_overdue(at)).count());
        Figures {
            occurrences: count(self.members.len()),
            in_30d: within(MONTH_DAYS),
            in_90d: within(QUARTER_DAYS),
            minutes: self.minutes,
            users_affected: self.users_affected,
            revenue_hundredths: self.revenue_hundredths,
            overdue: count(overdue),
            failed_fixes: self.failed_fixes(),
        }
    }

    /// The starts after `from` and up to `to`.
    fn within(&self, from: i64, to: i64) -> u32 {
        let position = |bound: i64| self.starts.partition_point(|start| *start <= bound);
        count(position(to) - position(from))
    }

    /// Starts with a fix between them and the start before.
    fn failed_fixes(&self) -> u32 {
        if self.fixes.is_empty() {
            return 0;
        }
        let fixed_within = |pair: &&[i64]| {
            let first = self.fixes.partition_point(|fixed| *fixed < pair[0]);
            self.fixes.get(first).is_some_and(|fixed| *fixed < pair[1])
        };
        count(self.starts.windows(2).filter(fixed_within).count())
    }

    fn count_in(&mut self, facts: &Facts) {
        facts.started_at.into_iter().for_each(|start| insert(&mut self.starts, start));
        let done = facts.promises.iter().filter_map(|promise| promise.done_at());
        done.for_each(|fixed| insert(&mut self.fixes, fixed));
        self.promises.extend(&facts.promises);
        self.minutes = self.minutes.saturating_add(facts.minutes);
        self.users_affected = self.users_affected.saturating_add(facts.users_affected);
        self.revenue_hundredths = self.revenue_hundredths.saturating_add(facts.revenue_hundredths);
    }

    fn count_anew(&mut self) {
        let members = std::mem::take(self).members;
        members.values().for_each(|facts| self.count_in(facts));
        self.members = members;
    }
}

/// Keeps the times ascending; most come last.
fn insert(times: &mut Vec<i64>, time: i64) {
    let place = times.partition_point(|earlier| *earlier <= time);
    times.insert(place, time);
}

#[cfg(test)]
mod tests {
    use incident::AsOf;
    use proptest::prelude::*;

    use super::*;
    use crate::{ClassId, ClassLabel, FixStatus, describe};

    fn incident(id: usize, day: u32, item: Option<(u32, Option<u32>)>) -> Incident {
        let date = |day: u32| {
            Moment::exact(incident::Moment::parse("2025-01-01").expect("a day").at)
                .plus_minutes(day * 24 * 60)
        };
        let mut incident = Incident::new("jsonl", format!("INC-{id}"), "Cache stampede");
        incident.started_at = date(day);
        incident.duration_minutes = Some(30);
        incident.revenue = Some(0.1);
        incident.action_items = item
            .map(|(due, closed)| ActionItem {
                action: "stagger the expiry".into(),
                due: date(due).map(Moment::date),
                closed_at: closed.and_then(date),
                ..ActionItem::default()
            })
            .into_iter()
            .collect();
        incident
    }

    fn tally(incidents: &[Incident]) -> Tally {
        let mut tally = Tally::default();
        for incident in incidents {
            tally.put(incident.id.clone(), Facts::of(incident));
        }
        tally
    }

    #[test]
    fn a_fix_failed_where_a_start_is_the_first_after_it() {
        let failed = |items: &[(u32, Option<u32>)]| {
            let incidents: Vec<Incident> = items
                .iter()
                .enumerate()
                .map(|(id, (day, closed))| incident(id, *day, closed.map(|day| (400, Some(day)))))
                .collect();
            tally(&incidents).figures(None).failed_fixes
        };
        assert_eq!(failed(&[(1, Some(5)), (9, None)]), 1);
        assert_eq!(failed(&[(1, Some(5)), (9, None), (10, None)]), 1);
        assert_eq!(failed(&[(1, Some(5)), (9, Some(9)), (12, None)]), 2);
        assert_eq!(failed(&[(1, Some(5)), (3, None)]), 0);
        assert_eq!(failed(&[(1, None), (3, None)]), 0);
    }

    #[test]
    fn money_is_counted_to_the_hundredth() {
        let incidents: Vec<Incident> = (0..10).map(|id| incident(id, 1, None)).collect();
        assert_eq!(tally(&incidents).figures(None).revenue_hundredths, 100);
    }

    proptest! {
        #[test]
        fn the_figures_are_those_of_a_description_whatever_came_first(
            days in proptest::collection::vec((0..200_u32, 0..200_u32, proptest::option::of(0..250_u32)), 1..12),
            seed in any::<usize>(),
        ) {
            let incidents: Vec<Incident> = days
                .iter()
                .enumerate()
                .map(|(id, (day, due, closed))| incident(id, *day, Some((*due, *closed))))
                .collect();
            let mut shuffled = incidents.clone();
            shuffled.rotate_left(seed % incidents.len());
            let mut rotated = tally(&shuffled);
            let whole = tally(&incidents);
            let last = whole.last_start();
            let figures = whole.figures(last);
            prop_assert_eq!(rotated.figures(last), figures);

            let as_of = AsOf::instant(jiff::Timestamp::from_second(last.expect("dated")).expect("a time"));
            let label = ClassLabel { id: ClassId::new(1), name: "c".into(), terms: Vec::new(), pinned: false };
            let class = describe(label, &incidents, as_of);
            let overdue = class.action_items.iter().filter(|item| item.is_overdue()).count();
            let counts = class.occurrences;
            prop_assert_eq!(
                (figures.occurrences, figures.in_30d, figures.in_90d, figures.overdue as usize),
                (counts.total, counts.in_30d, counts.in_90d, overdue)
            );
            prop_assert!(class.fix_status != FixStatus::Held || figures.failed_fixes == 0);

            let gone = incidents[0].id.clone();
            rotated.remove(&gone);
            prop_assert_eq!(rotated.figures(last), tally(&incidents[1..]).figures(last));
            rotated.put(gone, Facts::of(&incidents[0]));
            rotated.put(incidents[0].id.clone(), Facts::of(&incidents[0]));
            prop_assert_eq!(rotated.figures(last), figures);
        }
    }
}
