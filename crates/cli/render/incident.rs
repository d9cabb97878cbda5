//! The page of one incident.

use relapse::proto::{
    ActionItem, DeleteIncidentResponse, GetIncidentResponse, Incident, TimelineEvent,
};

use super::page::{Look, Page};
use super::paint::Tone;
use super::words::{date, joined, minutes, status};

/// Everything the incident states.
pub fn incident(response: &GetIncidentResponse, look: Look) -> String {
    let mut page = Page::new(look);
    let incident = response.incident.clone().unwrap_or_default();
    page.tell(Tone::Strong, &format!("{}: {}", incident.id, incident.title));
    write_facts(&mut page, &incident);
    fact(&mut page, "class", &class(response));
    fact(&mut page, "aliases", &response.aliases.join(", "));
    write_texts(&mut page, &incident);
    write_timeline(&mut page, &incident.timeline);
    write_action_items(&mut page, &incident.action_items);
    if let Some(extra) = &incident.extra {
        let keys: Vec<_> = extra.fields.keys().map(String::as_str).collect();
        fact(&mut page, "other keys", &keys.join(", "));
    }
    page.finish()
}

/// What became of the incident `id`.
pub fn deleted(id: &str, response: &DeleteIncidentResponse, look: Look) -> String {
    let mut page = Page::new(look);
    let what = if response.deleted { "Deleted" } else { "Not there:" };
    page.say(&format!("{what} {id}"));
    page.finish()
}

fn write_facts(page: &mut Page, incident: &Incident) {
    let stated =
        |at: &Option<_>, day| at.as_ref().map(|at| date(Some(at), day)).unwrap_or_default();
    let started = date(incident.started_at.as_ref(), incident.started_at_date_only);
    fact(page, "started", &started);
    fact(page, "resolved", &stated(&incident.resolved_at, incident.resolved_at_date_only));
    let lasted = incident.duration_minutes.map(|taken| minutes(taken.into()));
    fact(page, "lasted", &lasted.unwrap_or_default());
    fact(page, "severity", &incident.severity);
    fact(page, "status", status(incident.status()));
    fact(page, "services", &incident.services.join(", "));
    fact(page, "tags", &incident.tags.join(", "));
    fact(page, "team", &incident.team);
    fact(page, "responders", &incident.responders.join(", "));
    let users = incident.users_affected.map(|users| users.to_string());
    fact(page, "users", &users.unwrap_or_default());
    let revenue = incident.revenue.map(|revenue| revenue.to_string());
    fact(page, "revenue", &revenue.unwrap_or_default());
    fact(page, "author", &incident.author);
    fact(page, "url", &incident.url);
    fact(page, "source", &joined([&incident.source, &incident.external_id]));
    fact(page, "updated", &stated(&incident.updated_at, incident.updated_at_date_only));
    let labels: Vec<_> =
        incident.labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
    fact(page, "labels", &labels.join(", "));
    let links: Vec<_> = incident.links.iter().map(|link| link.target.as_str()).collect();
    fact(page, "links", &links.join(", "));
}

/// `name: value`, nothing where the incident does not state it.
fn fact(page: &mut Page, name: &str, value: &str) {
    page.item(Tone::Plain, &format!("{:<12}", format!("{name}:")), value);
}

fn class(response: &GetIncidentResponse) -> String {
    let provisional = if response.class_provisional { "provisionally" } else { "" };
    match response.class_id.as_str() {
        "" => "none, a one-off".into(),
        id => joined([&format!("{id} {}", response.class_name), provisional]),
    }
}

/// The sections; the whole text only where the document has no sections.
fn write_texts(page: &mut Page, incident: &Incident) {
    let sections = [
        ("Summary", &incident.summary),
        ("Symptoms", &incident.symptoms),
        ("Impact", &incident.impact),
        ("Root cause", &incident.root_cause),
        ("Resolution", &incident.resolution),
    ];
    let stated = sections.iter().filter(|(_, text)| !text.trim().is_empty());
    for (name, text) in stated.clone() {
        page.heading(name);
        page.say(text);
    }
    if stated.count() == 0 && !incident.text.trim().is_empty() {
        page.heading("Text");
        page.say(&incident.text);
    }
}

fn write_timeline(page: &mut Page, timeline: &[TimelineEvent]) {
    if !timeline.is_empty() {
        page.heading("Timeline");
    }
    for event in timeline {
        let at = match event.time.as_str() {
            "" => date(event.at.as_ref(), event.at_date_only),
            time => time.to_owned(),
        };
        page.item(Tone::Plain, "- ", &format!("{at}  {}", event.event));
    }
}

fn write_action_items(page: &mut Page, items: &[ActionItem]) {
    if !items.is_empty() {
        page.heading("Action items");
    }
    for item in items {
        page.item(Tone::Plain, "- ", &item.action);
        page.item(Tone::Plain, "  ", &standing(item));
    }
}

fn standing(item: &ActionItem) -> String {
    let labelled = |label: &str, value: &str| match value {
        "" => String::new(),
        value => format!("{label} {value}"),
    };
    let closed = item.closed_at.as_ref().map(|at| date(Some(at), item.closed_at_date_only));
    let state = match item.status.as_str() {
        "" => "no record that it was done",
        status => status,
    };
    let due = labelled("due", &item.due);
    let closed = labelled("closed", &closed.unwrap_or_default());
    joined([&item.priority, &item.owner, &due, state, &closed, &item.url])
}

#[cfg(test)]
mod tests {
    use super::super::wrap::columns;
    use super::*;

    fn response() -> GetIncidentResponse {
        GetIncidentResponse {
            incident: Some(Incident {
                id: "INC-7".into(),
                title: "Disk full".into(),
                severity: "P2".into(),
                root_cause:
                    "Logs were never rotated, so the volume of the primary filled up over a month."
                        .into(),
                text: "The whole page".into(),
                action_items: vec![ActionItem {
                    action: "Rotate the logs".into(),
                    owner: "SRE".into(),
                    due: "2025-09-01".into(),
                    ..ActionItem::default()
                }],
                ..Incident::default()
            }),
            ..GetIncidentResponse::default()
        }
    }

    #[test]
    fn what_is_not_stated_is_left_out() {
        let text = incident(&response(), Look::plain(80));
        assert!(
            text.starts_with("INC-7: Disk full\nstarted:    undated\nseverity:   P2\n"),
            "{text}"
        );
        assert!(!text.contains("team"), "{text}");
        assert!(text.contains("class:      none, a one-off"), "{text}");
    }

    #[test]
    fn the_whole_text_is_shown_only_where_there_are_no_sections() {
        let mut given = response();
        assert!(!incident(&given, Look::plain(80)).contains("The whole page"));
        let stored = given.incident.as_mut().expect("it was given");
        stored.root_cause.clear();
        assert!(incident(&given, Look::plain(80)).contains("\nText\nThe whole page\n"));
    }

    #[test]
    fn long_texts_are_wrapped() {
        for width in [40, 80] {
            let text = incident(&response(), Look::plain(width));
            assert!(text.lines().all(|line| columns(line) <= width), "{text}");
        }
    }

    #[test]
    fn an_item_without_a_state_has_no_record() {
        let text = incident(&response(), Look::plain(80));
        assert!(
            text.contains("- Rotate the logs\n  SRE, due 2025-09-01, no record that it was done\n"),
            "{text}"
        );
    }

    #[test]
    fn deleting_says_whether_it_was_there() {
        let gone = DeleteIncidentResponse { deleted: true, ..DeleteIncidentResponse::default() };
        assert_eq!(deleted("INC-7", &gone, Look::plain(80)), "Deleted INC-7\n");
    }
}
