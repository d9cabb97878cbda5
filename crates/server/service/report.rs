//! Which failures keep coming back, at what cost.

use engine::{Reported, Scope, Stop};
use incident::{AsOf, Moment};
use recurrence::Period;

use super::{Result, Service, answered};
use crate::convert::filter::{ReportScope, report_scope};
use crate::convert::report::wire_report;
use crate::convert::time::instant;
use crate::json::to_json;
use crate::proto::{self, GetReportRequest, GetReportResponse, ReportFormat};
use crate::violations::Violations;

/// How a report is written out, and as what.
type Content = (Option<String>, &'static str);

impl Service {
    /// Returns the recurrence report of a period.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT`.
    pub fn get_report(&self, request: GetReportRequest) -> Result<GetReportResponse> {
        self.get_report_until(request, &|| false)
    }

    /// The same for as long as `stop`, which is asked again and again, does not say that nobody waits any more.
    ///
    /// # Errors
    /// `DEADLINE_EXCEEDED` where it does, else as [`Service::get_report`].
    pub fn get_report_until(
        &self,
        request: GetReportRequest,
        stop: Stop<'_>,
    ) -> Result<GetReportResponse> {
        let GetReportRequest { scope, as_of, format } = request;
        let mut found = Violations::new();
        let ReportScope { since, until, mut scope } = report_scope(scope, &mut found);
        let as_of = instant("as_of", as_of, &mut found).or(until).map(AsOf::instant);
        // The end of the day, so that the same day prints the same report.
        let as_of = as_of.unwrap_or_else(|| AsOf::now(Moment::exact(self.now()).end_of_day()));
        let until = until.unwrap_or(as_of.at);
        if let Some(since) = since
            && since > until
            && found.is_empty()
        {
            found.add("scope.since", since, format_args!("a time not after {until}"));
        }
        let format = format_of(format, &mut found);
        found.finish()?;
        scope.services = self.engine.by_all_names(&scope.services);
        let period = Period { since, until };
        let reported = answered(self.engine.report_until(period, &scope, as_of, stop))?;
        let report = wire_report(&reported, &scope);
        let (content, media_type) = content(format, &report, &reported, &scope)?;
        let media_type = media_type.to_owned();
        Ok(GetReportResponse { report: Some(report), content, media_type })
    }
}

fn format_of(number: i32, found: &mut Violations) -> ReportFormat {
    ReportFormat::try_from(number).unwrap_or_else(|_| {
        found.add("format", number, "a number that names a format");
        ReportFormat::Unspecified
    })
}

fn content(
    format: ReportFormat,
    wire: &proto::Report,
    reported: &Reported,
    scope: &Scope,
) -> Result<Content> {
    let written = |format| Some(report::render(reported, scope, format));
    Ok(match format {
        ReportFormat::Html => (written(report::Format::Html), "text/html; charset=utf-8"),
        ReportFormat::Markdown => {
            (written(report::Format::Markdown), "text/markdown; charset=utf-8")
        }
        ReportFormat::Csv => (written(report::Format::Csv), "text/csv; charset=utf-8"),
        ReportFormat::Json => {
            let json = to_json(wire).map_err(|error| tonic::Status::internal(error.to_string()))?;
            (Some(json), "application/json")
        }
        ReportFormat::Unspecified => (None, ""),
    })
}
