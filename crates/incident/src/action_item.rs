//! Follow-up work promised after an incident.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::as_of::AsOf;
use crate::time::Moment;

/// One promised follow-up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionItem {
    /// Verbatim: `P1`, `high`; `None` where none is stated.
    pub priority: Option<String>,
    /// What was promised.
    pub action: String,
    /// The team or role that promised it.
    pub owner: Option<String>,
    /// The day it was promised for.
    pub due: Option<Date>,
    /// The state verbatim: `done`, `In Progress`; `None` where none was ever recorded.
    pub status: Option<String>,
    /// When it was closed.
    pub closed_at: Option<Moment>,
    /// Where it is tracked.
    pub url: Option<String>,
}

/// Whether a follow-up was done with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActionState {
    /// Not closed, or no state was ever recorded.
    Open,
    /// Closed; since when, where that is recorded.
    Closed(Option<Moment>),
}

impl ActionItem {
    /// Whether any state was ever recorded for it.
    #[must_use]
    pub fn state_recorded(&self) -> bool {
        self.status.is_some() || self.closed_at.is_some()
    }

    /// Closed where a closing time is recorded, or the status is one of the words trackers use for it.
    #[must_use]
    pub fn state(&self) -> ActionState {
        let closed =
            self.closed_at.is_some() || self.status.as_deref().is_some_and(is_closing_word);
        if closed { ActionState::Closed(self.closed_at) } else { ActionState::Open }
    }

    /// Days past the due date at `as_of`, 0 where it is not overdue: closed, without a due date, or due
    /// today or later.
    #[must_use]
    pub fn days_overdue(&self, as_of: AsOf) -> u32 {
        match (self.state(), self.due) {
            (ActionState::Open, Some(due)) => {
                let days = (as_of.date() - due).get_days();
                u32::try_from(days).unwrap_or(0)
            }
            _ => 0,
        }
    }

    /// The item as it was known at `as_of`: a closure that came later is not seen.
    #[must_use]
    pub fn as_known_at(&self, as_of: AsOf) -> Self {
        let mut known = self.clone();
        if self.closed_at.is_some_and(|closed| closed.at > as_of.at) {
            known.closed_at = None;
            known.status = None;
        }
        known
    }
}

fn is_closing_word(status: &str) -> bool {
    let word = status.trim().to_lowercase().replace(['_', '-', '\u{2019}'], " ").replace('\'', "");
    matches!(
        word.as_str(),
        "done"
            | "closed"
            | "resolved"
            | "complete"
            | "completed"
            | "fixed"
            | "finished"
            | "shipped"
            | "merged"
            | "deployed"
            | "verified"
            | "cancelled"
            | "canceled"
            | "wont do"
            | "wont fix"
            | "wontfix"
            | "obsolete"
            | "duplicate"
            | "rejected"
            | "\u{2705}"
            | "x"
            | "[x]"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(due: &str) -> ActionItem {
        ActionItem { action: "add an alert".into(), due: due.parse().ok(), ..ActionItem::default() }
    }

    fn as_of(day: &str) -> AsOf {
        AsOf::parse(day).expect("a day")
    }

    #[test]
    fn due_today_is_not_overdue() {
        assert_eq!(item("2025-10-10").days_overdue(as_of("2025-10-10")), 0);
        assert_eq!(item("2025-10-10").days_overdue(as_of("2025-10-11")), 1);
        assert_eq!(item("2025-10-10").days_overdue(as_of("2026-02-26")), 139);
    }

    #[test]
    fn a_closed_item_is_never_overdue() {
        let closed = ActionItem { status: Some("Won't do".into()), ..item("2025-10-10") };
        assert_eq!(closed.state(), ActionState::Closed(None));
        assert_eq!(closed.days_overdue(as_of("2026-02-26")), 0);
    }

    #[test]
    fn a_closure_is_known_only_from_its_time() {
        let closed_at = Moment::parse("2025-11-01").ok();
        let closed = ActionItem { closed_at, status: Some("done".into()), ..item("2025-10-10") };
        let then = closed.as_known_at(as_of("2025-10-20"));
        assert_eq!(then.state(), ActionState::Open);
        assert_eq!(then.days_overdue(as_of("2025-10-20")), 10);
        assert_eq!(closed.as_known_at(as_of("2025-11-01")).state(), closed.state());
    }

    #[test]
    fn without_a_state_it_counts_as_open() {
        assert!(!item("2025-10-10").state_recorded());
        assert_eq!(item("2025-10-10").state(), ActionState::Open);
    }
}
