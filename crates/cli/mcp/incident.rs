//! One incident as its document tells it.

use relapse::proto::{GetIncidentRequest, GetIncidentResponse};
use rmcp::schemars::JsonSchema;
use serde::Deserialize;

use super::question::{Question, time};
use crate::args::until;
use crate::backend::Backend;
use crate::error::Result;

/// The arguments of `get_incident`.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
#[serde(deny_unknown_fields)]
pub struct IncidentQuestion {
    /// The id of the incident, as find_similar_incidents gives it.
    incident_id: String,
    /// As it was known then: YYYY-MM-DD, or a time in RFC 3339.
    as_of: Option<String>,
}

impl Question for IncidentQuestion {
    type Answer = GetIncidentResponse;
    const NAME: &'static str = "get_incident";
    const TITLE: &'static str = "Get an incident";
    const DESCRIPTION: &'static str = "\
One incident in full: cause, resolution, impact, timeline, follow-ups and the text of its document. Call it to read what \
was done in a match that find_similar_incidents found.";
    const FIELDS: &'static [&'static str] = &[
        "incident.id",
        "incident.source",
        "incident.title",
        "incident.url",
        "incident.started_at",
        "incident.started_at_date_only",
        "incident.resolved_at",
        "incident.resolved_at_date_only",
        "incident.duration_minutes",
        "incident.severity",
        "incident.severity_level",
        "incident.status",
        "incident.services",
        "incident.tags",
        "incident.team",
        "incident.summary",
        "incident.symptoms",
        "incident.root_cause",
        "incident.resolution",
        "incident.impact",
        "incident.users_affected",
        "incident.revenue",
        "incident.text",
        "incident.author",
        "incident.responders",
        "incident.labels",
        "incident.timeline",
        "incident.action_items",
        "class_id",
        "class_name",
        "class_provisional",
        "aliases",
    ];
    const ROWS_DEFAULT: usize = 50;
    const ROWS_MAX: usize = 50;
    const TEXT_CHARS: usize = 8_000;

    fn limit(&self) -> Option<i64> {
        None
    }

    async fn ask(self, _: usize, backend: &mut Backend) -> Result<GetIncidentResponse> {
        let request = GetIncidentRequest {
            as_of: time("as_of", self.as_of.as_deref(), until)?,
            incident_id: self.incident_id,
        };
        Ok(backend.get_incident(request).await?)
    }
}
