//! The list of incidents.

use relapse::proto::{IncidentSummary, ListIncidentsResponse};

use super::page::{Look, Page};
use super::paint::Tone;
use super::table::{Column, DAY_COLUMNS, SEVERITY_COLUMNS, Table};
use super::words::{count, date, services, status};

/// The incidents as a table, in the order of the message.
pub fn incidents(listed: &ListIncidentsResponse, look: Look) -> String {
    let mut page = Page::new(look);
    let mut table = Table::new([
        Column::new("Date").labelled("").words_within(DAY_COLUMNS),
        Column::new("Severity").labelled("").words_within(SEVERITY_COLUMNS).dispensable(),
        Column::new("Status").labelled("").dispensable(),
        Column::new("Services").labelled("on").dispensable(),
        Column::id("Incident").labelled(""),
        Column::new("Class"),
        Column::new("Title"),
    ]);
    for incident in &listed.incidents {
        table.row(Tone::Plain, cells(incident));
    }
    table.write(&mut page);
    page.gap();
    page.tell(Tone::Faint, &count(listed.incidents.len(), "incident", "incidents"));
    page.finish()
}

fn cells(incident: &IncidentSummary) -> [String; 7] {
    [
        date(incident.started_at.as_ref(), incident.started_at_date_only),
        incident.severity.clone(),
        status(incident.status()).to_owned(),
        services(&incident.services),
        incident.id.clone(),
        incident.class_id.clone(),
        incident.title.clone(),
    ]
}

#[cfg(test)]
mod tests {
    use relapse::proto::Status;

    use super::super::wrap::columns;
    use super::*;

    fn listed() -> ListIncidentsResponse {
        let incident = IncidentSummary {
            id: "INC-7".into(),
            title: "Handshakes with the\u{1b}[31m token service fail".into(),
            severity: "SEV-1".into(),
            status: Status::Resolved.into(),
            services: vec!["auth".into(), "gateway".into()],
            ..IncidentSummary::default()
        };
        ListIncidentsResponse { incidents: vec![incident], ..ListIncidentsResponse::default() }
    }

    #[test]
    fn an_incident_is_one_row() {
        let text = incidents(&listed(), Look::plain(120));
        let row = "undated  SEV-1     resolved  auth +1   INC-7     Handshakes with the[31m token service fail";
        assert!(text.lines().any(|line| line == row), "{text}");
        assert!(text.ends_with("\n\n1 incident\n"), "{text}");
    }

    #[test]
    fn an_empty_list_is_counted() {
        let text = incidents(&ListIncidentsResponse::default(), Look::plain(80));
        assert_eq!(text, "0 incidents\n");
    }

    #[test]
    fn it_is_readable_at_forty_columns() {
        let text = incidents(&listed(), Look::plain(40));
        assert!(text.lines().all(|line| columns(line) <= 40), "{text}");
    }
}
