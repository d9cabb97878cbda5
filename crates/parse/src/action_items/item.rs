//! What a follow-up says of itself.

use incident::{ActionItem, Moment};
use regex::Regex;

use super::entry::Entry;
use crate::calendar::Calendar;
use crate::inline::{first_url, pattern, plain};

/// Reads the entries of one list. Where each of several ends in a name in brackets, those are the owners.
pub(super) fn items(entries: &[Entry], calendar: &Calendar) -> Vec<ActionItem> {
    let mut items: Vec<ActionItem> =
        entries.iter().filter_map(|entry| item(entry, calendar)).collect();
    let signature = pattern!(r"\s*\((\p{Lu}[\p{L}&/-]*(?: [\p{L}&/-]+){0,2})\)\.?$");
    let is_signed = |item: &ActionItem| {
        item.owner.is_none() && item.url.is_none() && signature.is_match(&item.action)
    };
    if items.len() > 1 && items.iter().all(is_signed) {
        for item in &mut items {
            item.owner = take(&mut item.action, signature);
        }
    }
    items
}

/// Reads `[P1] Add an alert (owner: SRE, due 2025-01-02) https://...`; `None` for a placeholder.
fn item(entry: &Entry, calendar: &Calendar) -> Option<ActionItem> {
    let mut action = plain(&entry.text);
    let priority = take(
        &mut action,
        pattern!(r"^\s*[\[(]?((?:P|SEV-?)[0-5])[\])]?\s*[:\u{2013}\u{2014}-]?\s+"),
    );
    let notes = Notes::taken_from(&mut action);
    let state = state_taken_from(&mut action, entry.ticked);
    let mention = take(&mut action, pattern!(r"(?:^|\s)@([\w/-]+)\s*$"));
    says_something(&action).then(|| ActionItem {
        priority: priority.or_else(|| notes.value(pattern!(r"(?i)\bpriority:?\s*([^,;]+)"))),
        owner: notes.owner().or(mention),
        due: notes.due(calendar),
        status: notes.value(pattern!(r"(?i)\bstatus:?\s*([^,;]+)")).or(state),
        closed_at: None,
        url: first_url(&entry.text),
        action,
        told: None,
    })
}

/// What stands in brackets about an item: `owner: SRE, due 2025-01-02`.
struct Notes(String);

impl Notes {
    fn taken_from(action: &mut String) -> Self {
        let bracket = pattern!(
            r"(?i)\s*[\[(]((?:owner|assignee|assigned to|team|due|deadline|status|priority)\b[^()\[\]]*)[\])]"
        );
        Self(take(action, bracket).unwrap_or_default())
    }

    fn value(&self, pattern: &Regex) -> Option<String> {
        let found = pattern.captures(&self.0)?.get(1)?;
        Some(found.as_str().trim().to_owned())
    }

    fn owner(&self) -> Option<String> {
        self.value(pattern!(r"(?i)\b(?:owner|assignee|assigned to|team):?\s*([^,;]+)"))
    }

    fn due(&self, calendar: &Calendar) -> Option<jiff::civil::Date> {
        let due = self.value(pattern!(r"(?i)\b(?:due|deadline)(?:\s+date|\s+by)?:?\s*([^;)]+)"))?;
        calendar.moment(&due).map(Moment::date)
    }
}

/// The state that a word in brackets, a tick or a box tells.
fn state_taken_from(action: &mut String, ticked: Option<bool>) -> Option<String> {
    let word = pattern!(
        r"(?i)\s*[\[(](done|completed?|closed|in[ -]progress|open|wip|todo|merged|fixed)[\])]\.?"
    );
    let tick = pattern!(r"^\s*(\u{2705}|\u{2714}|\u{2611})\u{fe0f}?\s*");
    let ticked = take(action, tick).map(|_| true).or(ticked);
    let told = ticked.map(|ticked| if ticked { "done" } else { "open" });
    take(action, word).or(told.map(str::to_owned))
}

fn says_something(action: &str) -> bool {
    let placeholder = matches!(
        action.to_lowercase().as_str(),
        "none" | "n/a" | "tbd" | "todo" | "no comments added"
    );
    !placeholder && action.contains(char::is_alphanumeric)
}

/// Takes the first match of `pattern` out of `text`, and gives its group.
fn take(text: &mut String, pattern: &Regex) -> Option<String> {
    let found = pattern.captures(text)?;
    let (whole, group) = (found.get(0)?.range(), found.get(1)?.as_str().to_owned());
    text.replace_range(whole, " ");
    *text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(group)
}
