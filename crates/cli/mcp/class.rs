//! One failure that keeps coming back.

use relapse::proto::{GetFailureClassRequest, GetFailureClassResponse};
use rmcp::schemars::JsonSchema;
use serde::Deserialize;

use super::question::{Question, time};
use crate::args::until;
use crate::backend::Backend;
use crate::error::Result;

/// The arguments of `get_failure_class`.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
#[serde(deny_unknown_fields)]
pub struct ClassQuestion {
    /// The id of the class, such as FC-12.
    class_id: String,
    /// The most rows of each list, 1 to 50; of members and follow-ups the newest. Default 20.
    limit: Option<i64>,
    /// As it was known then: YYYY-MM-DD, or a time in RFC 3339.
    as_of: Option<String>,
}

impl Question for ClassQuestion {
    type Answer = GetFailureClassResponse;
    const NAME: &'static str = "get_failure_class";
    const TITLE: &'static str = "Get a failure class";
    const DESCRIPTION: &'static str = "\
One failure that keeps coming back: how often and when it occurred, what it cost, whether its fixes held, its incidents \
and the follow-ups promised for it. Ids of classes come from find_similar_incidents and recurrence_report.";
    const FIELDS: &'static [&'static str] = &[
        "failure_class.id",
        "failure_class.name",
        "failure_class.terms",
        "failure_class.occurrences",
        "failure_class.first_seen",
        "failure_class.first_seen_date_only",
        "failure_class.last_seen",
        "failure_class.last_seen_date_only",
        "failure_class.gap_days.median",
        "failure_class.gap_days.p25",
        "failure_class.gap_days.p75",
        "failure_class.trend",
        "failure_class.time_to_resolve",
        "failure_class.services",
        "failure_class.severities",
        "failure_class.fix_status",
        "failure_class.fix_summary",
        "failure_class.quiet_days",
        "failure_class.quiet_ratio",
        "failure_class.burst.is_burst",
        "failure_class.cost",
        "members.id",
        "members.title",
        "members.url",
        "members.started_at",
        "members.started_at_date_only",
        "members.services",
        "members.severity",
        "members.status",
        "members.time_to_resolve_minutes",
        "members.class_provisional",
        "sub_groups",
        "action_items.action",
        "action_items.owner",
        "action_items.due",
        "action_items.days_overdue",
        "action_items.priority",
        "action_items.state",
        "action_items.state_recorded",
        "action_items.outcome",
        "action_items.closed_at",
        "action_items.recurrences_since",
        "action_items.url",
        "action_items.incident_id",
        "redirected_from",
    ];
    const ROWS_DEFAULT: usize = 20;
    const ROWS_MAX: usize = 50;

    fn limit(&self) -> Option<i64> {
        self.limit
    }

    async fn ask(self, _: usize, backend: &mut Backend) -> Result<GetFailureClassResponse> {
        let request = GetFailureClassRequest {
            as_of: time("as_of", self.as_of.as_deref(), until)?,
            class_id: self.class_id,
        };
        Ok(backend.get_failure_class(request).await?)
    }
}
