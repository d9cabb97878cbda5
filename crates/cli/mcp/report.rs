//! Which failures keep coming back, at what cost, and which follow-ups were never done?

use relapse::proto::{GetReportRequest, Report, ReportFormat, ReportScope};
use rmcp::schemars::JsonSchema;
use serde::Deserialize;

use super::question::{Question, time};
use crate::args::{since, until};
use crate::backend::Backend;
use crate::error::Result;

/// The arguments of `recurrence_report`.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
#[serde(deny_unknown_fields)]
pub struct ReportQuestion {
    /// The beginning of the period: YYYY-MM-DD, or a time in RFC 3339. Default: the whole history.
    since: Option<String>,
    /// The end of the period; of a date, the end of that day. Default: now.
    until: Option<String>,
    /// Only incidents of one of these services.
    #[serde(default)]
    services: Vec<String>,
    /// Only incidents of one of these teams.
    #[serde(default)]
    teams: Vec<String>,
    /// Only incidents with one of these tags.
    #[serde(default)]
    tags: Vec<String>,
    /// As known then: YYYY-MM-DD, or a time in RFC 3339. Default: the end of the period.
    as_of: Option<String>,
    /// The most rows of each list, 1 to 50. Default 10.
    limit: Option<i64>,
}

impl Question for ReportQuestion {
    type Answer = Report;
    const NAME: &'static str = "recurrence_report";
    const TITLE: &'static str = "Recurrence report";
    const DESCRIPTION: &'static str = "\
Which failures kept coming back in a period, at what cost, which came back in spite of a fix, and which promised \
follow-ups are overdue? Begin with summary and totals; counts says how long each list is before it is cut.";
    const FIELDS: &'static [&'static str] = &[
        "scope",
        "as_of",
        "totals",
        "classes.failure_class.id",
        "classes.failure_class.name",
        "classes.failure_class.occurrences.total",
        "classes.failure_class.last_seen",
        "classes.failure_class.fix_status",
        "classes.failure_class.fix_summary",
        "classes.in_period",
        "classes.in_previous_period",
        "classes.cost",
        "came_back.failure_class.id",
        "came_back.failure_class.name",
        "came_back.failure_class.last_seen",
        "came_back.failure_class.fix_summary",
        "came_back.in_period",
        "getting_worse.failure_class.id",
        "getting_worse.failure_class.name",
        "getting_worse.failure_class.last_seen",
        "getting_worse.in_period",
        "getting_worse.in_previous_period",
        "fixed_and_held.failure_class.id",
        "fixed_and_held.failure_class.name",
        "fixed_and_held.failure_class.last_seen",
        "fixed_and_held.failure_class.fix_summary",
        "new_classes.failure_class.id",
        "new_classes.failure_class.name",
        "new_classes.failure_class.last_seen",
        "new_classes.in_period",
        "overdue.follow_up.action",
        "overdue.follow_up.owner",
        "overdue.follow_up.due",
        "overdue.follow_up.days_overdue",
        "overdue.follow_up.recurrences_since",
        "overdue.follow_up.url",
        "overdue.follow_up.incident_id",
        "overdue.class_id",
        "overdue.class_name",
        "one_offs.id",
        "one_offs.title",
        "one_offs.url",
        "one_offs.started_at",
        "one_offs.started_at_date_only",
        "summary",
        "previous_totals",
        "owners",
        "services",
        "counts",
    ];
    const ROWS_DEFAULT: usize = 10;
    const ROWS_MAX: usize = 50;

    fn limit(&self) -> Option<i64> {
        self.limit
    }

    async fn ask(self, _: usize, backend: &mut Backend) -> Result<Report> {
        let request = GetReportRequest {
            scope: Some(ReportScope {
                since: time("since", self.since.as_deref(), since)?,
                until: time("until", self.until.as_deref(), until)?,
                services: self.services,
                teams: self.teams,
                tags: self.tags,
            }),
            as_of: time("as_of", self.as_of.as_deref(), until)?,
            format: ReportFormat::Unspecified.into(),
        };
        Ok(backend.get_report(request).await?.report.unwrap_or_default())
    }
}
