//! `relapse demo`: the sample incidents in a temporary store, and what an on-call engineer sees of them.

use std::ops::ControlFlow;

use jiff::Timestamp;
use relapse::config::Config;
use relapse::proto::find_similar_request::Query;
use relapse::proto::{FindSimilarRequest, ListFailureClassesRequest};
use relapse::service::Service;

use crate::args::{DemoArgs, Global, Output as Form};
use crate::error::{Error, Result};
use crate::output::{Output, to_stdout};
use crate::render;
use crate::samples;
use crate::serve::{refuse_a_server, until_told};

/// The failures that came back at least this often are listed.
const OCCURRENCES_MIN: u32 = 2;
/// How many matches each answer shows.
const MATCHES: u32 = 3;

/// What the pages say. The first failure came before and its fix did not hold; the second is new.
const PAGES: [&str; 2] = [
    "Customers cannot log in: TLS handshake failures on auth-gateway, unknown issuer",
    "Forklift charging station reports a ground fault, breaker trips",
];

/// Noon of the day after the last sample, so that the demo tells the same story for ever.
fn clock() -> Timestamp {
    Timestamp::constant(1_795_176_000, 0)
}

/// `relapse demo`.
pub fn demo(arguments: DemoArgs, global: &Global) -> Result<()> {
    refuse_a_server(global, "demo")?;
    if global.data.is_some() || global.output == Form::Json {
        let message = "`relapse demo` has a store of its own and speaks to people: leave --data and --output out";
        return Err(Error::Usage(message.into()));
    }
    let folder = tempfile::tempdir().map_err(Error::Start)?;
    let service = Service::open(folder.path(), clock)?;
    tell(&service, Output::new(global))?;
    if arguments.once {
        return to_stdout(b"\nNow with your own: relapse ingest FOLDER, then relapse similar \"what the page says\"\n");
    }
    to_stdout(
        b"\nServing the samples until Ctrl-C: open the HTTP address in a browser. In another terminal, with the gRPC address:\n\
        relapse similar --server URL \"disk full on ledger-db\"\n\n",
    )?;
    until_told(&Config::default(), service)
}

fn tell(service: &Service, output: Output) -> Result<()> {
    let receipts = service.ingest(samples::requests())?;
    service.calibrate(|_, _| ControlFlow::Continue(()))?;
    let stored = receipts.iter().filter(|receipt| !receipt.incident_id.is_empty()).count();
    to_stdout(
        format!(
            "{stored} sample incidents of an invented grocer, two years of them. It is noon on {}.\n",
            clock().strftime("%Y-%m-%d")
        )
        .as_bytes(),
    )?;
    heading("What keeps coming back?", "relapse classes")?;
    let request = ListFailureClassesRequest {
        min_occurrences: Some(OCCURRENCES_MIN),
        ..ListFailureClassesRequest::default()
    };
    output.show(&service.list_failure_classes(request)?, render::classes)?;
    for page in PAGES {
        heading("A page. Seen before?", &format!("relapse similar \"{page}\""))?;
        let request = FindSimilarRequest {
            query: Some(Query::Text(page.to_owned())),
            k: MATCHES,
            ..FindSimilarRequest::default()
        };
        output.show(&service.find_similar(request)?, |answer, look| {
            render::answer(answer, look, false)
        })?;
    }
    Ok(())
}

fn heading(question: &str, command: &str) -> Result<()> {
    to_stdout(format!("\n{question}\n$ {command}\n\n").as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_of_the_demo_stands_after_its_last_incident() {
        assert_eq!(clock().to_string(), "2026-11-20T12:00:00Z");
    }
}
