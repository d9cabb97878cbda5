//! What incidents cost.

use incident::Incident;

/// What incidents cost, where they state it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Cost {
    /// Minutes until they were over.
    pub minutes: Stated<u64>,
    /// Users affected.
    pub users: Stated<u64>,
    /// Revenue lost, in the currency of the documents.
    pub revenue: Stated<f64>,
}

/// A sum over the incidents that state a value.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Stated<T> {
    /// The sum of the values stated; a sum of counts stops at the largest there is.
    pub sum: T,
    /// How many incidents state one.
    pub incidents: u32,
}

impl Cost {
    /// Summed in the order given: a sum of doubles depends on it.
    pub(crate) fn of(incidents: &[&Incident]) -> Self {
        let mut cost = Self::default();
        for incident in incidents {
            let minutes = incident.time_to_resolve_minutes().map(u64::from);
            cost.minutes.add(minutes, u64::saturating_add);
            cost.users.add(incident.users_affected, u64::saturating_add);
            cost.revenue.add(incident.revenue, |sum, value| sum + value);
        }
        cost
    }
}

impl<T: Copy> Stated<T> {
    fn add(&mut self, value: Option<T>, plus: impl Fn(T, T) -> T) {
        if let Some(value) = value {
            self.sum = plus(self.sum, value);
            self.incidents = self.incidents.saturating_add(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_stated_is_summed_and_counted() {
        let stated = |minutes, users, revenue| Incident {
            duration_minutes: minutes,
            users_affected: users,
            revenue,
            ..Incident::new("jsonl", "a", "Cache stampede")
        };
        let all = [
            stated(Some(30), None, Some(0.5)),
            stated(Some(12), Some(9_000), None),
            stated(None, None, Some(2.0)),
        ];
        let cost = Cost::of(&all.iter().collect::<Vec<_>>());
        assert_eq!((cost.minutes.sum, cost.minutes.incidents), (42, 2));
        assert_eq!((cost.users.sum, cost.users.incidents), (9_000, 1));
        assert_eq!((cost.revenue.sum, cost.revenue.incidents), (2.5, 2));
    }

    #[test]
    fn counts_beyond_measure_do_not_overflow() {
        let absurd = Incident {
            users_affected: Some(u64::MAX),
            ..Incident::new("jsonl", "a", "Cache stampede")
        };
        assert_eq!(Cost::of(&[&absurd, &absurd]).users.sum, u64::MAX);
    }
}
