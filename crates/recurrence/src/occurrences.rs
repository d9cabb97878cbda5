//! The occurrences of a class in the order of time.

use std::borrow::Borrow;

use incident::{AsOf, Incident, Moment, SECS_PER_DAY};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::statistics::{Spread, count};

/// The members of a class: dated ones by start, then undated ones; equals by id.
#[derive(Debug, Clone)]
pub(crate) struct Occurrences<'a> {
    members: Vec<&'a Incident>,
    /// The starts of the dated members, ascending.
    starts: Vec<Moment>,
    /// The minutes that each dated member and all after it took, where known; one more, 0, behind the last.
    minutes_from: Vec<u64>,
    usual_gap_days: Option<f64>,
}

impl<'a> Occurrences<'a> {
    /// Takes `members` in any order.
    pub(crate) fn of<I: Borrow<Incident>>(members: &'a [I]) -> Self {
        let mut members: Vec<&Incident> = members.iter().map(Borrow::borrow).collect();
        members.sort_by_key(|member| {
            let start = member.started_at.map(|started| started.at);
            (start.is_none(), start, &member.id)
        });
        let starts: Vec<Moment> = members.iter().filter_map(|member| member.started_at).collect();
        let minutes_from = minutes_from(&members[..starts.len()]);
        let usual_gap_days = Spread::of(&gaps_days(&starts)).map(|gap| gap.median);
        Self { members, starts, minutes_from, usual_gap_days }
    }

    pub(crate) fn members(&self) -> &[&'a Incident] {
        &self.members
    }

    pub(crate) fn first_seen(&self) -> Option<Moment> {
        self.starts.first().copied()
    }

    pub(crate) fn last_seen(&self) -> Option<Moment> {
        self.starts.last().copied()
    }

    /// The whole days between the dates (UTC) of consecutive starts. Dates, not instants: many documents
    /// give only the day, and its midnight says nothing about the hour.
    pub(crate) fn gaps_days(&self) -> Vec<f64> {
        gaps_days(&self.starts)
    }

    /// The whole days from the date of the last start to that of `as_of`; never negative.
    pub(crate) fn quiet_days(&self, as_of: AsOf) -> Option<f64> {
        let last = self.last_seen()?;
        Some(days_between(last.date(), as_of.date()).max(0.0))
    }

    /// The whole days from the date of the `nth` member to that of the next one, for the last to that of
    /// `as_of`; never negative. `None` where it is undated.
    pub(crate) fn quiet_after_days(&self, nth: usize, as_of: AsOf) -> Option<f64> {
        let start = self.starts.get(nth)?;
        let until = self.starts.get(nth + 1).map_or(as_of.date(), |next| next.date());
        Some(days_between(start.date(), until).max(0.0))
    }

    /// The dated occurrences of the `days` days that end `days_back` days before `as_of`: its own second
    /// is in, that of the window's begin is out.
    pub(crate) fn count_within(&self, days: i64, days_back: i64, as_of: AsOf) -> u32 {
        let end = as_of.secs() - days_back * SECS_PER_DAY;
        let begin = end - days * SECS_PER_DAY;
        let from = self.starts.partition_point(|start| start.secs() <= begin);
        let to = self.starts.partition_point(|start| start.secs() <= end);
        count(to - from)
    }

    /// The starts of the dated members, ascending.
    pub(crate) fn starts(&self) -> &[Moment] {
        &self.starts
    }

    /// The median gap in days; `None` below two dated members.
    pub(crate) fn usual_gap_days(&self) -> Option<f64> {
        self.usual_gap_days
    }

    /// The dated occurrences that started after `at`.
    pub(crate) fn count_after(&self, at: Timestamp) -> u32 {
        count(self.starts.len() - self.first_after(at))
    }

    /// The minutes that these took until they were over, where known.
    pub(crate) fn minutes_after(&self, at: Timestamp) -> u64 {
        self.minutes_from[self.first_after(at)]
    }

    /// The first start after `at`.
    pub(crate) fn next_after(&self, at: Timestamp) -> Option<Moment> {
        self.starts.get(self.first_after(at)).copied()
    }

    fn first_after(&self, at: Timestamp) -> usize {
        self.starts.partition_point(|start| start.at <= at)
    }
}

fn gaps_days(starts: &[Moment]) -> Vec<f64> {
    starts.windows(2).map(|pair| days_between(pair[0].date(), pair[1].date())).collect()
}

fn minutes_from(members: &[&Incident]) -> Vec<u64> {
    let mut sums = vec![0_u64];
    for member in members.iter().rev() {
        let minutes = member.time_to_resolve_minutes().map_or(0, u64::from);
        sums.push(sums[sums.len() - 1].saturating_add(minutes));
    }
    sums.reverse();
    sums
}

/// The whole days from one date to another, negative where the other is earlier.
pub(crate) fn days_between(from: Date, to: Date) -> f64 {
    f64::from((to - from).get_days())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn incident(id: &str, start: &str) -> Incident {
        let mut incident = Incident::new("jsonl", id, "Cache stampede");
        incident.started_at = Moment::parse(start).ok();
        incident
    }

    fn as_of(text: &str) -> AsOf {
        AsOf::parse(text).expect("a time")
    }

    #[test]
    fn members_stand_in_the_order_of_time_and_undated_ones_last() {
        let members = [
            incident("z", ""),
            incident("c", "2025-10-03"),
            incident("b", "2025-10-03"),
            incident("d", "2025-09-01T08:00:00Z"),
            incident("a", ""),
        ];
        let occurrences = Occurrences::of(&members);
        let ids: Vec<&str> =
            occurrences.members().iter().map(|member| member.id.as_str()).collect();
        assert_eq!(ids, ["d", "b", "c", "a", "z"]);
    }

    #[test]
    fn gaps_are_differences_of_dates() {
        let members = [
            incident("a", "2025-10-03T23:59:00Z"),
            incident("b", "2025-10-04T00:01:00Z"),
            incident("c", "2025-10-04T20:00:00Z"),
            incident("d", "2025-12-28"),
        ];
        assert_eq!(Occurrences::of(&members).gaps_days(), [1.0, 0.0, 85.0]);
    }

    #[test]
    fn the_begin_of_a_window_is_out_and_its_end_is_in() {
        let members = [incident("a", "2025-10-03T12:00:00Z")];
        let occurrences = Occurrences::of(&members);
        let within = |at: &str| occurrences.count_within(30, 0, as_of(at));
        assert_eq!(within("2025-10-03T12:00:00Z"), 1);
        assert_eq!(within("2025-11-02T11:59:59Z"), 1);
        assert_eq!(within("2025-11-02T12:00:00Z"), 0);
        assert_eq!(within("2025-10-03T11:59:59Z"), 0);
    }

    #[test]
    fn after_each_it_is_quiet_until_the_next_and_after_the_last_until_the_as_of() {
        let members = [incident("a", "2025-10-03"), incident("b", "2025-10-13"), incident("c", "")];
        let quiet = |nth| Occurrences::of(&members).quiet_after_days(nth, as_of("2025-10-20"));
        assert_eq!([quiet(0), quiet(1), quiet(2)], [Some(10.0), Some(7.0), None]);
    }

    #[test]
    fn a_window_further_back_ends_where_the_nearer_begins() {
        let members = [incident("a", "2025-10-03T12:00:00Z")];
        let occurrences = Occurrences::of(&members);
        let at = as_of("2025-11-02T12:00:00Z");
        assert_eq!(occurrences.count_within(30, 0, at), 0);
        assert_eq!(occurrences.count_within(30, 30, at), 1);
    }

    #[test]
    fn an_undated_member_enters_no_gap_and_no_window() {
        let members = [incident("a", "2025-10-03"), incident("b", "")];
        let occurrences = Occurrences::of(&members);
        assert!(occurrences.gaps_days().is_empty());
        assert_eq!(occurrences.count_within(90, 0, as_of("2025-10-04")), 1);
    }

    #[test]
    fn only_later_starts_count_as_after() {
        let members = [incident("a", "2025-10-03"), incident("b", "2025-11-07"), incident("c", "")];
        let occurrences = Occurrences::of(&members);
        let after = |day: &str| occurrences.count_after(at(day));
        assert_eq!((after("2025-10-02"), after("2025-10-03")), (2, 1));
        assert_eq!(after("2025-11-07"), 0);
        assert_eq!(occurrences.next_after(at("2025-10-03")), Moment::parse("2025-11-07").ok());
        assert_eq!(occurrences.next_after(at("2025-11-07")), None);
    }

    #[test]
    fn minutes_after_are_those_of_the_dated_ones_that_state_them() {
        let mut members =
            [incident("a", "2025-10-03"), incident("b", "2025-11-07"), incident("c", "2025-12-01")];
        members[0].duration_minutes = Some(7);
        members[2].duration_minutes = Some(30);
        let mut undated = incident("d", "");
        undated.duration_minutes = Some(1_000);
        let members = [&members[0], &members[1], &members[2], &undated];
        let after = |day: &str| Occurrences::of(&members).minutes_after(at(day));
        assert_eq!((after("2025-10-02"), after("2025-10-03"), after("2025-12-01")), (37, 30, 0));
    }

    fn at(day: &str) -> Timestamp {
        Moment::parse(day).expect("a day").at
    }
}
