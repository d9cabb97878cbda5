//! Incidents of ServiceNow: as its table API gives them, with values, display values or both, and as rows of a list,
//! under the labels or the names of the columns.
//!
//! Source: the reference of the Table API (`sysparm_display_value`), and the incident form. Times are those in the
//! database (UTC) where they are given, else those displayed.

use serde_json::Value;

use super::members::{Member, Members, text};
use super::note;
use super::{Draft, Drafted, moment};
use crate::inline::pattern;
use crate::refusal::Refusal;
use crate::when::clocks;

/// The states by their numbers in the database.
const STATES: [(&str, &str); 6] = [
    ("1", "open"),
    ("2", "open"),
    ("3", "open"),
    ("6", "resolved"),
    ("7", "resolved"),
    ("8", "resolved"),
];

pub(super) fn read(mut members: Members) -> Result<Drafted, Refusal> {
    let mut draft = Box::new(Draft { id: members.text(&["number"]), ..Draft::default() });
    draft.set("title", members.text(&["shortdescription"]));
    let ahead = members.iter().find_map(|member| ahead_minutes(&member.value)).unwrap_or(0);
    draft.put("started_at", time(&mut members, &["openedat", "opened", "syscreatedon", "created"]));
    let resolved_at = time(&mut members, &["resolvedat", "resolved"]);
    let closed_at = time(&mut members, &["closedat", "closed"]);
    let state = members.text(&["state", "incidentstate"]).unwrap_or_default();
    draft.set_status(status(&state));
    draft.put("resolved_at", resolved_at.or(closed_at));
    draft.put("updated_at", time(&mut members, &["sysupdatedon", "updated"]));
    draft.set("severity", members.text(&["priority", "severity"]));
    draft.set("root_cause", members.text(&["urootcause", "rootcause", "causenotes", "cause"]));
    let fix = members.text(&["closenotes", "resolutionnotes", "fixnotes"]);
    let workaround = members.text(&["workaround"]);
    draft.set("resolution", fix.or(workaround));
    for (key, names) in NAMED {
        let value = name(&mut members, names, &mut draft);
        draft.set(key, value);
    }
    draft.set("tags", members.text(&["category", "subcategory"]));
    draft.tell(&members.text(&["description"]).unwrap_or_default());
    for journal in ["worknotes", "comments", "additionalcomments", "commentsandworknotes"] {
        if let Some(text) = members.text(&[journal]) {
            let notes = note::of_journal(&text).into_iter();
            draft.notes.extend(notes.map(|note| note.told_ahead(ahead)));
        }
    }
    draft.keep_rest(members);
    Ok(Drafted::Incident(draft))
}

/// Fields that refer to records of other tables.
const NAMED: [(&str, &[&str]); 4] = [
    ("services", &["businessservice", "service", "cmdbci", "configurationitem"]),
    ("team", &["assignmentgroup"]),
    ("responders", &["assignedto", "resolvedby"]),
    ("author", &["openedby", "caller", "callerid"]),
];

/// The name that a reference displays. A reference without one is a number that means nothing to people.
fn name(members: &mut Members, names: &[&str], draft: &mut Draft) -> Option<String> {
    for wanted in names {
        let Some(Member { name, value, .. }) = members.take(&[wanted]) else {
            continue;
        };
        let shown = text(&value)?;
        if !pattern!(r"^[0-9a-f]{32}$").is_match(&shown) {
            return Some(shown);
        }
        let message = format!("`{shown}` is no name; export with sysparm_display_value=all");
        draft.warn(&name, message);
        draft.rest.insert(name, shown.into());
    }
    None
}

/// The time in the database, where it is given, else as displayed.
fn time(members: &mut Members, names: &[&str]) -> Option<Member> {
    let mut member = members.take(names)?;
    let stored = member.value.get("value").and_then(text);
    let stored = stored.filter(|stored| moment(stored).is_some());
    member.value = stored.or_else(|| text(&member.value))?.into();
    Some(member)
}

/// By how much the clock of whoever exported it is ahead of UTC, told by a time that is given both ways. Journals are
/// written by that clock alone.
fn ahead_minutes(value: &Value) -> Option<i64> {
    let stored = value
        .get("value")?
        .as_str()
        .filter(|stored| moment(stored).is_some_and(|at| !at.date_only))?;
    let displayed = value.get("display_value")?.as_str()?;
    let clock = |text: &str| {
        let first = clocks(text).into_iter().next()?.value.time;
        Some(i64::from(first.hour()) * 60 + i64::from(first.minute()))
    };
    let ahead = clock(displayed)? - clock(stored)?;
    // Clocks are between 12 hours behind and 14 hours ahead.
    Some((ahead + 12 * 60).rem_euclid(24 * 60) - 12 * 60)
}

fn status(state: &str) -> &str {
    let lower = state.to_lowercase();
    let of_number = STATES.iter().find(|(number, _)| *number == state).map(|(_, status)| *status);
    match lower.as_str() {
        "on hold" | "awaiting" | "pending" => "open",
        "canceled" | "cancelled" => "resolved",
        _ => of_number.unwrap_or(state),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_are_known_by_number_and_by_label() {
        assert_eq!(
            (status("6"), status("Canceled"), status("In Progress")),
            ("resolved", "resolved", "In Progress")
        );
        assert_eq!(status("On Hold"), "open");
    }

    #[test]
    fn the_time_in_the_database_counts() {
        let object = serde_json::json!({"opened_at": {"display_value": "03/04/2026 05:00", "value": "2026-04-03 03:00:00"}});
        let Value::Object(object) = object else { unreachable!("it is one") };
        let mut members = Members::from(object);
        let opened = time(&mut members, &["openedat"]).expect("it is stated");
        assert_eq!(opened.value, "2026-04-03 03:00:00");
    }

    #[test]
    fn the_clock_of_the_journal_is_told_by_a_time_given_both_ways() {
        let ahead = |shown: &str, stored: &str| {
            ahead_minutes(&serde_json::json!({"display_value": shown, "value": stored}))
        };
        assert_eq!(ahead("09/15/2026 07:10:44 AM", "2026-09-15 05:10:44"), Some(120));
        assert_eq!(ahead("2026-09-14 19:10:44", "2026-09-15 02:10:44"), Some(-420));
        assert_eq!(ahead("Closed", "7"), None);
    }
}
