//! Have we seen this before, what fixed it, and did the fix hold?

use relapse::limits::QUERY_TEXT_BYTES;
use relapse::proto::find_similar_request::Query;
use relapse::proto::{self, Filter, FindSimilarRequest, FindSimilarResponse};
use rmcp::schemars::JsonSchema;
use serde::Deserialize;

use super::bounds::beginning;
use super::question::{Question, time};
use crate::args::{since, until};
use crate::backend::Backend;
use crate::error::{Error, Result};

/// The arguments of `find_similar_incidents`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars")]
#[serde(deny_unknown_fields)]
pub struct SimilarQuestion {
    /// What is going wrong, in words: the title of an alert is enough, its text and error messages are better. Either
    /// this or incident_id.
    text: Option<String>,
    /// The id of a stored incident to find others like it. Either this or text.
    incident_id: Option<String>,
    /// The most rows of each list, 1 to 20. Default 5.
    limit: Option<i64>,
    /// Only incidents of one of these services.
    #[serde(default)]
    services: Vec<String>,
    /// Only incidents of one of these severities: a level, 1 (worst) to 5, or the text of the documents, such as SEV-1.
    #[serde(default)]
    severities: Vec<String>,
    /// Only incidents of one of these statuses.
    #[serde(default)]
    statuses: Vec<Status>,
    /// Only incidents with one of these tags.
    #[serde(default)]
    tags: Vec<String>,
    /// Only incidents of this failure class, such as FC-12.
    class_id: Option<String>,
    /// Only incidents that began then or later: YYYY-MM-DD, or a time in RFC 3339.
    since: Option<String>,
    /// Only incidents that began then or earlier: YYYY-MM-DD, or a time in RFC 3339.
    until: Option<String>,
    /// Answer as if only what was known then existed: YYYY-MM-DD, or a time in RFC 3339.
    as_of: Option<String>,
}

/// How far an incident has come.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[schemars(crate = "rmcp::schemars", inline)]
#[serde(rename_all = "lowercase")]
enum Status {
    Open,
    Mitigated,
    Resolved,
}

impl Question for SimilarQuestion {
    type Answer = FindSimilarResponse;
    const NAME: &'static str = "find_similar_incidents";
    const TITLE: &'static str = "Find similar incidents";
    const DESCRIPTION: &'static str = "\
Have we seen this failure before, what fixed it, and did the fix hold? Call it first when something breaks, with the text \
of the alert. The verdict says RECURRENCE, SIMILAR, NEW or INSUFFICIENT_TEXT; next_steps quote what was done before.";
    const FIELDS: &'static [&'static str] = &[
        "query_id",
        "verdict",
        "confidence",
        "calibration_cases",
        "headline",
        "failure_class.id",
        "failure_class.name",
        "failure_class.occurrences",
        "failure_class.first_seen",
        "failure_class.last_seen",
        "failure_class.gap_days.median",
        "failure_class.trend",
        "failure_class.time_to_resolve",
        "failure_class.fix_status",
        "failure_class.fix_summary",
        "fix_status",
        "action_items.action",
        "action_items.owner",
        "action_items.due",
        "action_items.days_overdue",
        "action_items.state",
        "action_items.state_recorded",
        "action_items.closed_at",
        "action_items.recurrences_since",
        "action_items.url",
        "action_items.incident_id",
        "matches.incident_id",
        "matches.title",
        "matches.url",
        "matches.started_at",
        "matches.started_at_date_only",
        "matches.age_days",
        "matches.services",
        "matches.severity",
        "matches.status",
        "matches.score",
        "matches.differs",
        "matches.root_cause",
        "matches.resolution",
        "matches.time_to_resolve_minutes",
        "matches.class_id",
        "matches.collapsed_count",
        "next_steps",
        "nearest_miss.incident_id",
        "nearest_miss.title",
        "nearest_miss.url",
        "nearest_miss.started_at",
        "nearest_miss.started_at_date_only",
        "nearest_miss.score",
        "nearest_miss.differs",
        "warnings",
        "searched",
    ];
    const ROWS_DEFAULT: usize = 5;
    const ROWS_MAX: usize = 20;

    fn limit(&self) -> Option<i64> {
        self.limit
    }

    async fn ask(self, rows: usize, backend: &mut Backend) -> Result<FindSimilarResponse> {
        let request = self.request(rows)?;
        Ok(backend.find_similar(request).await?)
    }
}

impl SimilarQuestion {
    fn request(&self, rows: usize) -> Result<FindSimilarRequest> {
        Ok(FindSimilarRequest {
            query: Some(self.query()?),
            k: u32::try_from(rows).unwrap_or(u32::MAX),
            filter: Some(self.filter()?),
            as_of: time("as_of", self.as_of.as_deref(), until)?,
            explain: false,
            min_cursor: String::new(),
        })
    }

    fn query(&self) -> Result<Query> {
        match (&self.text, &self.incident_id) {
            // A little more than is looked at, so that the answer can say that it was cut.
            (Some(text), None) => Ok(Query::Text(beginning(text, 2 * QUERY_TEXT_BYTES).to_owned())),
            (None, Some(id)) => Ok(Query::IncidentId(id.clone())),
            (None, None) => {
                Err(Error::Usage("nothing to look for: give text or incident_id".into()))
            }
            (Some(_), Some(_)) => Err(Error::Usage("give text or incident_id, not both".into())),
        }
    }

    fn filter(&self) -> Result<Filter> {
        let statuses = self.statuses.iter().map(|status| match status {
            Status::Open => proto::Status::Open.into(),
            Status::Mitigated => proto::Status::Mitigated.into(),
            Status::Resolved => proto::Status::Resolved.into(),
        });
        Ok(Filter {
            services: self.services.clone(),
            severities: self.severities.clone(),
            statuses: statuses.collect(),
            tags: self.tags.clone(),
            class_id: self.class_id.clone().unwrap_or_default(),
            since: time("since", self.since.as_deref(), since)?,
            until: time("until", self.until.as_deref(), until)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(change: impl FnOnce(&mut SimilarQuestion)) -> Result<FindSimilarRequest> {
        let mut question = SimilarQuestion::default();
        change(&mut question);
        question.request(3)
    }

    #[test]
    fn a_question_is_a_text_or_an_incident() {
        let by_text = asked(|q| q.text = Some("disk full".into())).expect("a text");
        assert_eq!((by_text.query, by_text.k), (Some(Query::Text("disk full".into())), 3));
        let by_id = asked(|q| q.incident_id = Some("INC-1".into())).expect("an id");
        assert_eq!(by_id.query, Some(Query::IncidentId("INC-1".into())));
        assert!(asked(|_| ()).is_err());
        let both = |q: &mut SimilarQuestion| {
            (q.text, q.incident_id) = (Some("x".into()), Some("INC-1".into()));
        };
        assert!(asked(both).is_err_and(|error| error.to_string().contains("not both")));
    }

    #[test]
    fn a_huge_text_is_sent_no_further_than_it_is_looked_at() {
        let request = asked(|q| q.text = Some("é".repeat(5_000_000))).expect("a text");
        let Some(Query::Text(text)) = request.query else { unreachable!("it is a text") };
        assert!((QUERY_TEXT_BYTES..=2 * QUERY_TEXT_BYTES).contains(&text.len()), "{}", text.len());
    }

    #[test]
    fn a_time_that_is_none_is_told_by_name() {
        let error = asked(|q| (q.text, q.since) = (Some("x".into()), Some("lately".into())));
        let error = error.expect_err("no time").to_string();
        assert!(error.starts_with("since: ") && error.contains("lately"), "{error}");
    }
}
