//! What whoever watches is told of.

use incident::IncidentId;

use crate::class_id::ClassId;
use crate::tally::Figures;

/// A change of a class that an incident brought: it joined, a newer version of it says more, or a due date passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The incident.
    pub incident: IncidentId,
    /// The class, as it was numbered then.
    pub class: ClassId,
    /// Whether the incident joined; else it was a member already.
    pub joined: bool,
    /// The class before.
    pub before: Figures,
    /// The class after. Both are at its last start after the change, or at `reckoned_at`.
    pub after: Figures,
    /// The moment by which follow-ups of the incident had become overdue because time passed, in seconds since 1970,
    /// UTC; `None` where the record changed.
    pub reckoned_at: Option<i64>,
}

/// Why an event is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// The incident joined the class.
    Joined,
    /// It was the first to start after a follow-up of the class had been done.
    FixDidNotHold,
    /// So many follow-ups of the class are overdue.
    Overdue,
    /// So many occurrences lie within 30 days.
    In30d,
    /// So many occurrences lie within 90 days.
    In90d,
    /// The class has cost so many minutes.
    Minutes,
    /// The class has hurt so many users.
    UsersAffected,
    /// The class has cost so much revenue.
    Revenue,
}

/// From which figures on a class is told of. One that is `None` is not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// Occurrences; below nothing is told of the class.
    pub occurrences: u32,
    /// Occurrences within 30 days.
    pub in_30d: Option<u32>,
    /// Occurrences within 90 days.
    pub in_90d: Option<u32>,
    /// Minutes in all.
    pub minutes: Option<u64>,
    /// Users hurt in all.
    pub users_affected: Option<u64>,
    /// Revenue in all, in hundredths.
    pub revenue_hundredths: Option<i64>,
    /// Overdue follow-ups.
    pub overdue: Option<u32>,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            occurrences: 2,
            in_30d: None,
            in_90d: None,
            minutes: None,
            users_affected: None,
            revenue_hundredths: None,
            overdue: Some(1),
        }
    }
}

impl Event {
    /// Whether anybody could want to hear of it: a second or later occurrence joined, or a figure rose.
    #[must_use]
    pub fn matters(&self) -> bool {
        let (before, after) = (&self.before, &self.after);
        let rose = after.in_30d > before.in_30d
            || after.in_90d > before.in_90d
            || after.minutes > before.minutes
            || after.users_affected > before.users_affected
            || after.revenue_hundredths > before.revenue_hundredths
            || after.overdue > before.overdue
            || after.failed_fixes > before.failed_fixes;
        after.occurrences > 1 && (self.joined || rose)
    }

    /// Why it is told to whoever asked for `thresholds`, in the order of [`EventKind`]; empty where it is not.
    #[must_use]
    pub fn kinds(&self, thresholds: &Thresholds) -> Vec<EventKind> {
        let (before, after) = (&self.before, &self.after);
        if after.occurrences < thresholds.occurrences {
            return Vec::new();
        }
        let kinds = [
            (EventKind::Joined, self.joined),
            (EventKind::FixDidNotHold, after.failed_fixes > before.failed_fixes),
            (EventKind::Overdue, crossed(thresholds.overdue, before.overdue, after.overdue)),
            (EventKind::In30d, crossed(thresholds.in_30d, before.in_30d, after.in_30d)),
            (EventKind::In90d, crossed(thresholds.in_90d, before.in_90d, after.in_90d)),
            (EventKind::Minutes, crossed(thresholds.minutes, before.minutes, after.minutes)),
            (
                EventKind::UsersAffected,
                crossed(thresholds.users_affected, before.users_affected, after.users_affected),
            ),
            (
                EventKind::Revenue,
                crossed(
                    thresholds.revenue_hundredths,
                    before.revenue_hundredths,
                    after.revenue_hundredths,
                ),
            ),
        ];
        kinds.into_iter().filter_map(|(kind, holds)| holds.then_some(kind)).collect()
    }
}

/// Whether a figure rose to the threshold or beyond.
fn crossed<N: PartialOrd>(threshold: Option<N>, before: N, after: N) -> bool {
    threshold.is_some_and(|threshold| before < threshold && after >= threshold)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(before: Figures, after: Figures) -> Event {
        let (incident, class) = (IncidentId::new("INC-3"), ClassId::new(1));
        Event { incident, class, joined: false, before, after, reckoned_at: None }
    }

    fn figures(occurrences: u32) -> Figures {
        Figures { occurrences, ..Figures::default() }
    }

    #[test]
    fn a_threshold_is_told_once_when_it_is_crossed() {
        let minutes = |before, after| {
            let before = Figures { minutes: before, ..figures(3) };
            let thresholds = Thresholds { minutes: Some(100), ..Thresholds::default() };
            event(before, Figures { minutes: after, ..before }).kinds(&thresholds)
        };
        assert_eq!(minutes(99, 100), [EventKind::Minutes]);
        assert_eq!(minutes(0, 300), [EventKind::Minutes]);
        assert_eq!(minutes(100, 130), []);
        assert_eq!(minutes(130, 99), []);
    }

    #[test]
    fn nothing_is_told_of_a_class_below_its_least_occurrences() {
        let joined = Event { joined: true, ..event(figures(2), figures(3)) };
        let from = |occurrences| joined.kinds(&Thresholds { occurrences, ..Thresholds::default() });
        assert_eq!(from(3), [EventKind::Joined]);
        assert_eq!(from(4), []);
        assert!(!Event { joined: true, ..event(figures(0), figures(1)) }.matters());
    }

    #[test]
    fn only_what_joined_or_rose_matters() {
        let more = Figures { users_affected: 7, ..figures(2) };
        assert!(event(figures(2), more).matters());
        assert!(!event(more, figures(2)).matters());
        assert!(Event { joined: true, ..event(more, more) }.matters());
    }

    #[test]
    fn an_overdue_follow_up_and_a_failed_fix_are_told_unasked() {
        let after = Figures { overdue: 2, failed_fixes: 1, ..figures(2) };
        let told = event(figures(2), after).kinds(&Thresholds::default());
        assert_eq!(told, [EventKind::FixDidNotHold, EventKind::Overdue]);
    }
}
