//! Incidents of requests.

use incident::{ActionItem, Incident, Link, Severity, TimelineEvent};

use super::extra::extra;
use super::filter::status;
use super::time::moment;
use crate::limits::{
    ACTION_BYTES, EXTERNAL_ID_BYTES, INCIDENT_VALUES_MAX, SOURCE_BYTES, TITLE_BYTES,
};
use crate::proto;
use crate::violations::Violations;

/// The source of an incident that names none.
const SOURCE: &str = "api";

/// An incident to be stored, which needs an id of its own. What breaks a rule is noted below `path`.
pub(crate) fn to_store(path: &str, incident: proto::Incident, found: &mut Violations) -> Incident {
    found.required(&format!("{path}.external_id"), &incident.external_id, EXTERNAL_ID_BYTES);
    checked(path, incident, found)
}

/// An incident to ask about; it needs no id.
pub(crate) fn to_ask(path: &str, incident: proto::Incident, found: &mut Violations) -> Incident {
    let field = format!("{path}.external_id");
    found.at_most(&field, incident.external_id.len(), EXTERNAL_ID_BYTES, "bytes");
    checked(path, incident, found)
}

fn checked(path: &str, incident: proto::Incident, found: &mut Violations) -> Incident {
    let lengths = [
        ("source", incident.source.len(), SOURCE_BYTES, "bytes"),
        ("title", incident.title.len(), TITLE_BYTES, "bytes"),
        ("labels", incident.labels.len(), INCIDENT_VALUES_MAX, "values"),
    ];
    for (name, length, max, unit) in lengths {
        found.at_most(&format!("{path}.{name}"), length, max, unit);
    }
    found.printable(&format!("{path}.source"), &incident.source);
    found.printable(&format!("{path}.external_id"), &incident.external_id);
    let mut taken = taken(path, incident, found);
    title_of(path, &mut taken, found);
    taken
}

fn taken(path: &str, incident: proto::Incident, found: &mut Violations) -> Incident {
    let proto::Incident {
        id: _, // Output only.
        source,
        external_id,
        title,
        started_at,
        started_at_date_only,
        resolved_at,
        resolved_at_date_only,
        updated_at,
        updated_at_date_only,
        duration_minutes,
        severity,
        severity_level: _, // Output only.
        status: status_number,
        services,
        tags,
        team,
        summary,
        symptoms,
        root_cause,
        resolution,
        impact,
        users_affected,
        revenue,
        text,
        url,
        author,
        responders,
        labels,
        timeline,
        action_items,
        links,
        extra: unknown,
    } = incident;
    let at = |name: &str| format!("{path}.{name}");
    let source = if source.trim().is_empty() { SOURCE.to_owned() } else { source };
    Incident {
        started_at: moment(&at("started_at"), (started_at, started_at_date_only), found),
        resolved_at: moment(&at("resolved_at"), (resolved_at, resolved_at_date_only), found),
        updated_at: moment(&at("updated_at"), (updated_at, updated_at_date_only), found),
        duration_minutes,
        severity: stated(severity).map(Severity::new),
        status: status(&at("status"), status_number, found),
        services: list(&at("services"), services, found),
        tags: list(&at("tags"), tags, found),
        team: stated(team),
        summary: stated(summary),
        symptoms: stated(symptoms),
        root_cause: stated(root_cause),
        resolution: stated(resolution),
        impact: stated(impact),
        users_affected: users_affected.map(u64::from),
        revenue: finite(&at("revenue"), revenue, found),
        text: stated(text),
        url: stated(url),
        author: stated(author),
        responders: list(&at("responders"), responders, found),
        labels,
        timeline: events(&at("timeline"), timeline, found),
        action_items: items(&at("action_items"), action_items, found),
        links: wiki_links(&at("links"), links, found),
        extra: extra(unknown),
        ..Incident::new(source, external_id, title)
    }
}

/// Gives an incident without a title the first line of its texts.
fn title_of(path: &str, incident: &mut Incident, found: &mut Violations) {
    if !incident.title.trim().is_empty() {
        return;
    }
    let texts = [&incident.text, &incident.summary, &incident.symptoms, &incident.root_cause];
    let lines = texts.into_iter().flatten().flat_map(|text| text.lines());
    match lines.map(str::trim).find(|line| !line.is_empty()) {
        Some(line) => {
            incident.title = line[..line.floor_char_boundary(TITLE_BYTES)].to_owned();
            incident.untitled = true;
        }
        None => {
            let field = format!("{path}.title");
            found.add(field, "empty", "one of title, text, summary, symptoms, root_cause");
        }
    }
}

fn stated(text: String) -> Option<String> {
    (!text.trim().is_empty()).then_some(text)
}

/// A list in its order, without repeats and empty values.
fn list(field: &str, values: Vec<String>, found: &mut Violations) -> Vec<String> {
    found.at_most(field, values.len(), INCIDENT_VALUES_MAX, "values");
    let mut kept: Vec<String> = Vec::new();
    for value in values.into_iter().take(INCIDENT_VALUES_MAX) {
        if !value.trim().is_empty() && !kept.contains(&value) {
            kept.push(value);
        }
    }
    kept
}

fn finite(field: &str, value: Option<f64>, found: &mut Violations) -> Option<f64> {
    let value = value?;
    if !value.is_finite() {
        found.add(field, value, "a finite number");
        return None;
    }
    Some(value)
}

fn events(
    field: &str,
    events: Vec<proto::TimelineEvent>,
    found: &mut Violations,
) -> Vec<TimelineEvent> {
    found.at_most(field, events.len(), INCIDENT_VALUES_MAX, "values");
    let numbered = events.into_iter().take(INCIDENT_VALUES_MAX).enumerate();
    let read = numbered.map(|(number, event)| {
        let proto::TimelineEvent { at, at_date_only, time, event } = event;
        let at = moment(&format!("{field}[{number}].at"), (at, at_date_only), found);
        TimelineEvent { at, time, event }
    });
    read.collect()
}

fn items(field: &str, items: Vec<proto::ActionItem>, found: &mut Violations) -> Vec<ActionItem> {
    found.at_most(field, items.len(), INCIDENT_VALUES_MAX, "values");
    let numbered = items.into_iter().take(INCIDENT_VALUES_MAX).enumerate();
    numbered.map(|(number, item)| action_item(&format!("{field}[{number}]"), item, found)).collect()
}

fn action_item(path: &str, item: proto::ActionItem, found: &mut Violations) -> ActionItem {
    let proto::ActionItem {
        priority,
        action,
        owner,
        due,
        status,
        closed_at,
        closed_at_date_only,
        url,
    } = item;
    found.required(&format!("{path}.action"), &action, ACTION_BYTES);
    let day = due.parse().ok();
    if day.is_none() && !due.is_empty() {
        found.add(format!("{path}.due"), format_args!("`{due}`"), "YYYY-MM-DD");
    }
    ActionItem {
        priority: stated(priority),
        action,
        owner: stated(owner),
        due: day,
        status: stated(status),
        closed_at: moment(&format!("{path}.closed_at"), (closed_at, closed_at_date_only), found),
        url: stated(url),
        told: None,
    }
}

fn wiki_links(field: &str, links: Vec<proto::Link>, found: &mut Violations) -> Vec<Link> {
    found.at_most(field, links.len(), INCIDENT_VALUES_MAX, "values");
    let links = links.into_iter().take(INCIDENT_VALUES_MAX);
    links.map(|proto::Link { target, label }| Link { target, label: stated(label) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minimal() -> proto::Incident {
        proto::Incident {
            external_id: "INC-1".into(),
            title: "Disk full".into(),
            ..proto::Incident::default()
        }
    }

    #[track_caller]
    fn check_refused(change: impl FnOnce(&mut proto::Incident), field: &str, expected: &str) {
        let mut incident = minimal();
        change(&mut incident);
        let mut found = Violations::new();
        to_store("incident", incident, &mut found);
        let (named, reason) = found.summary().expect("a rule is broken");
        assert_eq!(named, field);
        assert!(reason.contains(expected), "{reason}");
    }

    #[test]
    fn an_id_and_a_title_are_enough() {
        let mut found = Violations::new();
        let taken = to_store("incident", minimal(), &mut found);
        assert!(found.is_empty());
        assert_eq!(taken, Incident::new("api", "INC-1", "Disk full"));
        let blank = proto::Incident { source: " ".into(), ..minimal() };
        assert_eq!(to_store("incident", blank, &mut found).source, "api");
    }

    #[test]
    fn each_limit_names_its_field() {
        check_refused(|one| one.external_id = " ".into(), "incident.external_id", "1 to 512");
        check_refused(|one| one.external_id = "x".repeat(513), "incident.external_id", "512");
        check_refused(|one| one.external_id = "a\nb".into(), "incident.external_id", "U+000A");
        check_refused(|one| one.source = "a\u{1b}b".into(), "incident.source", "control");
        check_refused(|one| one.source = "x".repeat(257), "incident.source", "at most 256");
        check_refused(|one| one.title = "x".repeat(4097), "incident.title", "at most 4096");
        check_refused(|one| one.title.clear(), "incident.title", "root_cause");
        check_refused(|one| one.status = 7, "incident.status", "names a status");
        check_refused(|one| one.revenue = Some(f64::NAN), "incident.revenue", "finite");
        check_refused(|one| one.tags = vec!["x".into(); 1001], "incident.tags", "at most 1000");
        let item = proto::ActionItem { due: "soon".into(), ..Default::default() };
        check_refused(
            |one| one.action_items = vec![item],
            "incident.action_items[0].action",
            "YYYY-MM-DD",
        );
    }

    #[test]
    fn the_longest_values_pass() {
        let longest = proto::Incident {
            external_id: "x".repeat(EXTERNAL_ID_BYTES),
            source: "x".repeat(SOURCE_BYTES),
            title: "x".repeat(TITLE_BYTES),
            responders: (0..INCIDENT_VALUES_MAX).map(|number| number.to_string()).collect(),
            ..proto::Incident::default()
        };
        let mut found = Violations::new();
        let taken = to_store("incident", longest, &mut found);
        assert!(found.finish().is_ok());
        assert_eq!(taken.responders.len(), INCIDENT_VALUES_MAX);
    }

    #[test]
    fn a_query_needs_no_id_and_a_text_lends_its_first_line() {
        let asked = proto::Incident { text: "\n Disk full\nagain".into(), ..Default::default() };
        let mut found = Violations::new();
        let taken = to_ask("incident", asked, &mut found);
        assert!(found.finish().is_ok());
        assert_eq!((taken.title.as_str(), taken.untitled), ("Disk full", true));
    }

    #[test]
    fn lists_have_no_repeats_and_no_empty_values() {
        let values = ["b", "", "a", "b"].map(String::from).to_vec();
        assert_eq!(list("tags", values, &mut Violations::new()), ["b", "a"]);
    }
}
