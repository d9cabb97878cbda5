//! Follow-up work promised after an incident.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::as_of::AsOf;
use crate::item_update::Told;
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
    /// What was told of it outside its document; `None`: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Told>,
}

/// What became of a follow-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemState {
    /// Not closed, or no state was ever recorded.
    Open,
    /// Closed because what was promised was done.
    Done,
    /// Closed without it: will not be done, is no longer needed, or is kept elsewhere. No fix.
    Dropped,
}

impl ItemState {
    /// The state that a tracker's word stands for, in any case; a word that is not known is
    /// [`ItemState::Open`].
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        let word = word.trim().to_lowercase().replace(['_', '-'], " ");
        let word = word.replace(['\'', '\u{2019}'], "");
        if DONE.contains(&word.as_str()) {
            Self::Done
        } else if DROPPED.contains(&word.as_str()) {
            Self::Dropped
        } else {
            Self::Open
        }
    }

    /// Whether nobody works on it any more.
    #[must_use]
    pub fn is_closed(self) -> bool {
        self != Self::Open
    }
}

/// The words for [`ItemState::Done`], in lower case, with blanks for hyphens and without apostrophes.
const DONE: [&str; 14] = [
    "done",
    "closed",
    "resolved",
    "complete",
    "completed",
    "fixed",
    "finished",
    "shipped",
    "merged",
    "deployed",
    "verified",
    "\u{2705}",
    "x",
    "[x]",
];
/// The words for [`ItemState::Dropped`], written alike.
const DROPPED: [&str; 12] = [
    "abandoned",
    "cancelled",
    "canceled",
    "declined",
    "dropped",
    "duplicate",
    "not planned",
    "obsolete",
    "rejected",
    "wont do",
    "wont fix",
    "wontfix",
];

impl ActionItem {
    /// Whether any state was ever recorded for it.
    #[must_use]
    pub fn state_recorded(&self) -> bool {
        self.status.is_some() || self.closed_at.is_some()
    }

    /// What its status says; where that says nothing of the kind but a closing time is recorded, it is
    /// done.
    #[must_use]
    pub fn state(&self) -> ItemState {
        match self.status.as_deref().map_or(ItemState::Open, ItemState::from_word) {
            ItemState::Open if self.closed_at.is_some() => ItemState::Done,
            stated => stated,
        }
    }

    /// Whether nobody works on it any more.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.state().is_closed()
    }

    /// Days past the due date at `as_of`, 0 where it is not overdue: closed, without a due date, or due
    /// today or later.
    #[must_use]
    pub fn days_overdue(&self, as_of: AsOf) -> u32 {
        match (self.state(), self.due) {
            (ItemState::Open, Some(due)) => {
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
        assert_eq!(closed.state(), ItemState::Dropped);
        assert_eq!(closed.days_overdue(as_of("2026-02-26")), 0);
    }

    #[test]
    fn a_closure_is_known_only_from_its_time() {
        let closed_at = Moment::parse("2025-11-01").ok();
        let closed = ActionItem { closed_at, status: Some("done".into()), ..item("2025-10-10") };
        let then = closed.as_known_at(as_of("2025-10-20"));
        assert_eq!(then.state(), ItemState::Open);
        assert_eq!(then.days_overdue(as_of("2025-10-20")), 10);
        assert_eq!(closed.as_known_at(as_of("2025-11-01")).state(), closed.state());
    }

    #[test]
    fn without_a_state_it_counts_as_open() {
        assert!(!item("2025-10-10").state_recorded());
        assert_eq!(item("2025-10-10").state(), ItemState::Open);
    }

    #[test]
    fn words_of_trackers_tell_done_from_dropped() {
        let state = |word| ItemState::from_word(word);
        assert_eq!([state("Done"), state(" CLOSED "), state("[x]")], [ItemState::Done; 3]);
        let dropped = ["Won\u{2019}t do", "wont-fix", "not_planned", "Duplicate"];
        assert_eq!(dropped.map(state), [ItemState::Dropped; 4]);
        assert_eq!([state("in progress"), state("")], [ItemState::Open; 2]);
    }

    #[test]
    fn a_closing_time_without_a_closing_word_means_done() {
        let closed_at = Moment::parse("2025-11-01").ok();
        let closed = |status: &str| ActionItem {
            closed_at,
            status: Some(status.into()),
            ..ActionItem::default()
        };
        assert_eq!(closed("in review").state(), ItemState::Done);
        assert_eq!(closed("won't do").state(), ItemState::Dropped);
    }
}
