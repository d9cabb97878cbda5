//! What becomes known of a follow-up after its document was written.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::action_item::ActionItem;
use crate::time::Moment;

/// That something was told of a follow-up outside its document: by a tracker, or by a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// When it was told.
    pub at: Timestamp,
    /// Whether the item itself was told of, and its document does not have it.
    pub added: bool,
}

/// News of a follow-up. What is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ItemUpdate {
    /// The state verbatim; an empty one: none is recorded any more.
    pub status: Option<String>,
    /// When it was closed.
    pub closed_at: Option<Moment>,
    /// The team or role that owns it; an empty one: nobody.
    pub owner: Option<String>,
    /// The day it is promised for.
    pub due: Option<DueUpdate>,
}

/// News of the day a follow-up is promised for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueUpdate {
    /// None any more.
    Cleared,
    /// That day.
    On(Date),
}

impl ActionItem {
    /// Takes in what was told at `at`. A state that does not close the item opens it again: a closing time
    /// of before is forgotten then.
    pub fn tell(&mut self, news: &ItemUpdate, at: Timestamp) {
        let ItemUpdate { status, closed_at, owner, due } = news.clone();
        if let Some(status) = status {
            self.status = Some(status).filter(|status| !status.trim().is_empty());
            let closing = ActionItem { status: self.status.clone(), ..ActionItem::default() };
            self.closed_at = self.closed_at.filter(|_| closing.is_closed());
        }
        self.closed_at = closed_at.or(self.closed_at);
        if let Some(owner) = owner {
            self.owner = Some(owner).filter(|owner| !owner.trim().is_empty());
        }
        match due {
            Some(DueUpdate::On(day)) => self.due = Some(day),
            Some(DueUpdate::Cleared) => self.due = None,
            None => {}
        }
        let added = self.told.is_some_and(|told| told.added);
        self.told = Some(Told { at, added });
    }

    /// Whether it is the follow-up `other`: by its address where both have one, else by what was
    /// promised, whatever the case and the blanks.
    #[must_use]
    pub fn is_same_as(&self, other: &Self) -> bool {
        match (&self.url, &other.url) {
            (Some(one), Some(other)) => one == other,
            _ => folded(&self.action) == folded(&other.action),
        }
    }
}

/// Takes over into `items`, those of a version of a document that just came, what was told of the items
/// `kept` of the version before.
///
/// Later knowledge wins: what was told of an item counts until a version that was written after it
/// (`updated_at`) states another state. So a document that says nothing of when it was written, and an
/// old one that is read again, close and open nothing. Items that only were told of stay.
pub fn carry_over(kept: &[ActionItem], items: &mut Vec<ActionItem>, updated_at: Option<Moment>) {
    for old in kept {
        let Some(told) = old.told else { continue };
        match items.iter_mut().find(|item| item.is_same_as(old)) {
            Some(item) => {
                let is_later = updated_at.is_some_and(|written| written.at > told.at);
                if !(is_later && item.state_recorded()) {
                    (item.status, item.closed_at) = (old.status.clone(), old.closed_at);
                    item.owner = item.owner.take().or_else(|| old.owner.clone());
                    item.due = item.due.or(old.due);
                    item.told = Some(Told { added: false, ..told });
                }
            }
            None if told.added => items.push(old.clone()),
            None => {}
        }
    }
}

fn folded(action: &str) -> String {
    action.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLD: &str = "2026-03-01T12:00:00Z";

    fn item(status: &str) -> ActionItem {
        ActionItem {
            action: "Add an alert".into(),
            status: (!status.is_empty()).then(|| status.into()),
            ..ActionItem::default()
        }
    }

    fn news(status: &str, closed_at: &str) -> ItemUpdate {
        ItemUpdate {
            status: Some(status.into()),
            closed_at: Moment::parse(closed_at).ok(),
            ..ItemUpdate::default()
        }
    }

    fn told(mut item: ActionItem, news: &ItemUpdate) -> ActionItem {
        item.tell(news, TOLD.parse().expect("a time"));
        item
    }

    /// What stays of a closed ticket when the page, whose item has `status`, comes again.
    fn after(status: &str, updated_at: &str) -> ActionItem {
        let kept = told(item(""), &news("Done", "2026-02-20"));
        let mut items = vec![item(status)];
        carry_over(&[kept], &mut items, Moment::parse(updated_at).ok());
        items.remove(0)
    }

    #[test]
    fn a_state_that_does_not_close_opens_again() {
        let closed = told(item(""), &news("done", "2026-02-20"));
        assert!(closed.is_closed() && closed.closed_at.is_some());
        let reopened = told(closed, &news("Reopened", ""));
        assert!(!reopened.is_closed());
        assert_eq!((reopened.closed_at, reopened.state_recorded()), (None, true));
    }

    #[test]
    fn a_closed_state_without_a_time_keeps_the_time_known() {
        let closed = told(item(""), &news("done", "2026-02-20"));
        let again = told(closed.clone(), &news("Won't do", ""));
        assert_eq!(again.closed_at, closed.closed_at);
    }

    #[test]
    fn an_old_page_does_not_open_what_a_ticket_closed() {
        for (status, updated_at) in
            [("", ""), ("open", ""), ("open", "2026-02-28"), ("", "2026-04-01")]
        {
            let item = after(status, updated_at);
            assert_eq!(item.status.as_deref(), Some("Done"), "{status} {updated_at}");
            assert!(item.told.is_some());
        }
    }

    #[test]
    fn a_page_written_later_that_states_a_state_counts() {
        let item = after("in progress", "2026-04-01");
        assert_eq!((item.status.as_deref(), item.told), (Some("in progress"), None));
    }

    #[test]
    fn an_owner_and_a_day_that_were_told_stay_where_the_page_says_none() {
        let news = ItemUpdate {
            owner: Some("SRE".into()),
            due: "2026-05-01".parse().ok().map(DueUpdate::On),
            ..ItemUpdate::default()
        };
        let kept = told(item("open"), &news);
        let mut items = vec![item("open"), ActionItem { owner: Some("DBA".into()), ..item("") }];
        carry_over(&[kept], &mut items, None);
        assert_eq!(items[0].owner.as_deref(), Some("SRE"));
        assert!(items[0].due.is_some());
        let none = ItemUpdate {
            owner: Some(String::new()),
            due: Some(DueUpdate::Cleared),
            ..ItemUpdate::default()
        };
        let cleared = told(items.remove(0), &none);
        assert_eq!((cleared.owner, cleared.due), (None, None));
    }

    #[test]
    fn an_item_that_only_was_told_of_stays_and_one_that_left_its_page_goes() {
        let mut added = told(item(""), &news("done", ""));
        added.told = Some(Told { at: TOLD.parse().expect("a time"), added: true });
        let gone = ActionItem { action: "Tidy up".into(), ..told(item(""), &news("done", "")) };
        let mut items = Vec::new();
        carry_over(&[added.clone(), gone], &mut items, None);
        assert_eq!(items, [added]);
    }

    #[test]
    fn two_items_are_one_by_address_else_by_what_was_promised() {
        let at = |url: &str, action: &str| ActionItem {
            url: Some(url.into()),
            action: action.into(),
            ..ActionItem::default()
        };
        assert!(at("https://t/1", "a").is_same_as(&at("https://t/1", "b")));
        assert!(!at("https://t/1", "a").is_same_as(&at("https://t/2", "a")));
        assert!(item("").is_same_as(&ActionItem { action: " add  AN alert".into(), ..item("") }));
    }
}
