//! `relapse backtest` and `relapse useful`.

use relapse::proto::{self, BacktestRequest, RateMatchRequest};

use crate::args::{BacktestArgs, BacktestFormat, Global, UsefulArgs, YesOrNo};
use crate::backend::Backend;
use crate::commands::write_file;
use crate::decide::attribution;
use crate::error::Result;
use crate::output::{Output, to_stdout};
use crate::pages_bar::pages_bar;
use crate::render;

/// `relapse backtest`: text goes to stdout; what is written out goes there too, or to the file.
pub async fn backtest(arguments: BacktestArgs, global: &Global) -> Result<()> {
    let output = Output::new(global);
    let request = BacktestRequest {
        filter: arguments.filter.filter()?,
        k: arguments.k.clone(),
        as_of: arguments.as_of,
        format: format(&arguments).into(),
    };
    let mut backend = Backend::open(global).await?;
    let mut response = backend.backtest(request, pages_bar("replaying")).await?;
    let content = response.content.take();
    match (&arguments.out, content) {
        (Some(out), Some(content)) => write_file(out, &content)?,
        (Some(out), None) => write_file(out, &render::backtest(&response, output.for_a_file()))?,
        (None, Some(content)) if !output.is_json() => to_stdout(content.as_bytes())?,
        (None, None) if !output.is_json() => output.show(&response, render::backtest)?,
        (None, _) => {}
    }
    match output.is_json() {
        true => output.show(&response, |_, _| String::new()),
        false => Ok(()),
    }
}

fn format(arguments: &BacktestArgs) -> proto::ReportFormat {
    match arguments.format {
        BacktestFormat::Text => proto::ReportFormat::Unspecified,
        BacktestFormat::Json => proto::ReportFormat::Json,
        BacktestFormat::Html => proto::ReportFormat::Html,
    }
}

/// `relapse useful`.
pub async fn useful(arguments: UsefulArgs, global: &Global) -> Result<()> {
    let UsefulArgs { query_id, incident, useful, who, why } = arguments;
    let useful = useful == YesOrNo::Yes;
    let request = RateMatchRequest {
        query_id,
        incident_id: incident.clone(),
        useful,
        attribution: Some(attribution(who, why, global)),
    };
    let response = Backend::open(global).await?.rate_match(request).await?;
    Output::new(global).show(&response, |_, look| render::rated(&incident, useful, look))
}
