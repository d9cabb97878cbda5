//! What would have been shown at each page of the stored history?

use std::ops::ControlFlow;

use incident::AsOf;

use super::{Result, Service, answered};
use crate::convert::backtest::{asked, wire_backtest};
use crate::json::to_json;
use crate::proto::{BacktestRequest, BacktestResponse, ReportFormat};
use crate::status;
use crate::violations::Violations;

impl Service {
    /// Replays the stored history. `progress` is told how many pages are done, of how many, and says whether to go on.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT`; `NOT_FOUND` for a class that is not known; `DEADLINE_EXCEEDED` where `progress` ended it;
    /// `UNIMPLEMENTED` for a format that a backtest is not written in.
    pub fn backtest(
        &self,
        request: BacktestRequest,
        progress: impl FnMut(usize, usize) -> ControlFlow<()>,
    ) -> Result<BacktestResponse> {
        let mut found = Violations::new();
        let (mut request, format) = asked(request, self.now(), &mut found);
        let format = ReportFormat::try_from(format).unwrap_or_else(|_| {
            found.add("format", format, "a number that names a format");
            ReportFormat::Unspecified
        });
        found.finish()?;
        if matches!(format, ReportFormat::Markdown | ReportFormat::Csv) {
            let instead = "use REPORT_FORMAT_JSON or REPORT_FORMAT_HTML";
            return Err(status::not_yet("a backtest as Markdown or CSV", instead));
        }
        self.settle(&mut request.filter)?;
        let backtest = answered(self.engine.backtest(&request, progress))?;
        let mut response = wire_backtest(&backtest, request.as_of);
        match format {
            ReportFormat::Html => {
                response.content = Some(report::backtest(&backtest, request.as_of));
                response.media_type = "text/html; charset=utf-8".to_owned();
            }
            ReportFormat::Json => {
                let json = to_json(&response);
                let json = json.map_err(|error| tonic::Status::internal(error.to_string()))?;
                response.content = Some(json);
                response.media_type = "application/json".to_owned();
            }
            _ => {}
        }
        Ok(response)
    }

    /// Whether the history has grown by a quarter since it was last learnt from.
    #[must_use]
    pub fn is_outgrown(&self) -> bool {
        self.engine.is_outgrown()
    }

    /// Learns from the stored history how sure answers are; returns how many judged cases stand behind confidence from
    /// now on, 0 for too few. `progress` is told how many pages are done, of how many, and says whether to go on.
    ///
    /// # Errors
    /// `DEADLINE_EXCEEDED` where `progress` ended it; `UNAVAILABLE` where incidents changed meanwhile, or the store
    /// cannot be written.
    pub fn calibrate(&self, progress: impl FnMut(usize, usize) -> ControlFlow<()>) -> Result<u32> {
        answered(self.engine.calibrate(AsOf::now(self.now()), progress))
    }
}
