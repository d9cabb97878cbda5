//! The commands that ask one question and show the answer.

use std::fs;
use std::io::{IsTerminal, Read};
use std::path::Path;

use relapse::limits::QUERY_TEXT_BYTES;
use relapse::proto::find_similar_request::Query;
use relapse::proto::{
    self, DeleteIncidentRequest, FindSimilarRequest, GetFailureClassRequest, GetIncidentRequest,
    GetReportRequest, ListFailureClassesRequest, ListIncidentsRequest,
};

use crate::args::{
    ClassArgs, ClassesArgs, Global, IncidentArgs, IncidentCommand, IncidentsArgs, ReportArgs,
    ReportFormat, SimilarArgs,
};
use crate::backend::{Backend, all_classes, all_incidents};
use crate::decide;
use crate::error::{Error, Result};
use crate::not_yet::not_yet;
use crate::output::{Output, note, to_stdout};
use crate::render;

/// `relapse similar`.
pub async fn similar(arguments: SimilarArgs, global: &Global) -> Result<()> {
    let request = FindSimilarRequest {
        query: Some(query(&arguments)?),
        k: arguments.matches,
        filter: arguments.filter.filter()?,
        as_of: arguments.as_of,
        explain: arguments.explain,
        min_cursor: String::new(),
    };
    let answer = Backend::open(global).await?.find_similar(request).await?;
    Output::new(global)
        .show(&answer, |answer, look| render::answer(answer, look, arguments.explain))
}

fn query(arguments: &SimilarArgs) -> Result<Query> {
    if let Some(id) = &arguments.id {
        return Ok(Query::IncidentId(id.clone()));
    }
    if let Some(file) = &arguments.file {
        let read = fs::File::open(file).and_then(beginning);
        return read.map(Query::Text).map_err(|source| unreadable(file, source));
    }
    match arguments.text.as_slice() {
        [] if std::io::stdin().is_terminal() => Err(Error::Usage(
            "nothing to look for: give a TEXT, --id ID, --file FILE, or - for stdin".into(),
        )),
        [] => from_stdin(),
        [dash] if dash == "-" => from_stdin(),
        words => Ok(Query::Text(words.join(" "))),
    }
}

fn from_stdin() -> Result<Query> {
    beginning(std::io::stdin().lock()).map(Query::Text).map_err(Error::Stdin)
}

/// As much as is looked at and a little more, so that the answer can say that it was cut.
fn beginning(reader: impl Read) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    reader.take(2 * QUERY_TEXT_BYTES as u64).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
}

fn unreadable(path: &Path, source: std::io::Error) -> Error {
    Error::Read { path: path.to_owned(), source }
}

/// `relapse incidents`.
pub async fn incidents(arguments: IncidentsArgs, global: &Global) -> Result<()> {
    let request = ListIncidentsRequest {
        filter: arguments.filter.filter()?,
        as_of: arguments.as_of,
        ..ListIncidentsRequest::default()
    };
    let listed = all_incidents(&mut Backend::open(global).await?, request).await?;
    Output::new(global).show(&listed, render::incidents)
}

/// `relapse incident`.
pub async fn incident(arguments: IncidentArgs, global: &Global) -> Result<()> {
    if let Some(IncidentCommand::Delete { id }) = arguments.command {
        return delete_incident(id, global).await;
    }
    let request = GetIncidentRequest {
        incident_id: arguments.id.unwrap_or_default(),
        as_of: arguments.as_of,
    };
    let response = Backend::open(global).await?.get_incident(request).await?;
    Output::new(global).show(&response, render::incident)
}

async fn delete_incident(id: String, global: &Global) -> Result<()> {
    let request = DeleteIncidentRequest { incident_id: id.clone(), allow_missing: false };
    let response = Backend::open(global).await?.delete_incident(request).await?;
    Output::new(global).show(&response, |response, look| render::deleted(&id, response, look))
}

/// `relapse classes`.
pub async fn classes(arguments: ClassesArgs, global: &Global) -> Result<()> {
    let request = ListFailureClassesRequest {
        min_occurrences: Some(arguments.min_occurrences),
        as_of: arguments.as_of,
        ..ListFailureClassesRequest::default()
    };
    let listed = all_classes(&mut Backend::open(global).await?, request).await?;
    Output::new(global).show(&listed, render::classes)
}

/// `relapse class`.
pub async fn class(arguments: ClassArgs, global: &Global) -> Result<()> {
    if let Some(command) = arguments.command {
        return decide::class(command, global).await;
    }
    let request = GetFailureClassRequest {
        class_id: arguments.id.unwrap_or_default(),
        as_of: arguments.as_of,
    };
    let response = Backend::open(global).await?.get_failure_class(request).await?;
    Output::new(global).show(&response, render::class)
}

/// `relapse report`: the content as it is goes to stdout or the file; the JSON of the answer always to stdout.
pub async fn report(arguments: ReportArgs, global: &Global) -> Result<()> {
    let output = Output::new(global);
    let request = GetReportRequest {
        scope: arguments.scope(),
        as_of: arguments.as_of,
        format: format(&arguments, output.is_json())?.into(),
    };
    let response = Backend::open(global).await?.get_report(request).await?;
    let content = response.content.as_deref().unwrap_or_default();
    match &arguments.out {
        Some(out) => write_file(out, content)?,
        None if output.is_json() => {}
        None => to_stdout(content.as_bytes())?,
    }
    match output.is_json() {
        true => output.show(&response, |_, _| String::new()),
        false => Ok(()),
    }
}

/// Writes a file, and says so on stderr.
pub fn write_file(path: &Path, content: &str) -> Result<()> {
    fs::write(path, content).map_err(|source| Error::Write { path: path.to_owned(), source })?;
    note(&format!("wrote {}", path.display()));
    Ok(())
}

/// The format given, else Markdown; none where only the JSON of the answer is wanted.
fn format(arguments: &ReportArgs, json: bool) -> Result<proto::ReportFormat> {
    let instead = "use --format markdown or --format json";
    match arguments.format {
        None if json && arguments.out.is_none() => Ok(proto::ReportFormat::Unspecified),
        None | Some(ReportFormat::Markdown) => Ok(proto::ReportFormat::Markdown),
        Some(ReportFormat::Json) => Ok(proto::ReportFormat::Json),
        Some(ReportFormat::Html) => Err(not_yet("--format html", instead)),
        Some(ReportFormat::Csv) => Err(not_yet("--format csv", instead)),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::args::{Cli, Command};

    #[test]
    fn a_long_text_is_read_far_enough_to_be_told_long() {
        let long = vec![b'x'; 10 * QUERY_TEXT_BYTES];
        let text = beginning(long.as_slice()).expect("bytes can be read");
        assert!(text.len() > QUERY_TEXT_BYTES && text.len() < long.len());
    }

    #[test]
    fn words_need_no_quotation_marks() {
        let line = Cli::try_parse_from(["relapse", "similar", "disk", "full"]);
        let Command::Similar(arguments) = line.expect("a query").command else {
            unreachable!("it is `similar`");
        };
        let query = query(&arguments).expect("a text");
        assert_eq!(query, Query::Text("disk full".into()));
    }

    fn report_args(line: &str) -> ReportArgs {
        match Cli::try_parse_from(line.split(' ')).expect(line).command {
            Command::Report(arguments) => arguments,
            other => unreachable!("`{line}` is {other:?}"),
        }
    }

    #[test]
    fn a_report_is_markdown_unless_only_its_message_is_wanted() {
        let format = |line, json| format(&report_args(line), json).expect("it is built");
        assert_eq!(format("relapse report", false), proto::ReportFormat::Markdown);
        assert_eq!(format("relapse report", true), proto::ReportFormat::Unspecified);
        assert_eq!(format("relapse report --out r.md", true), proto::ReportFormat::Markdown);
        assert_eq!(format("relapse report --format json", true), proto::ReportFormat::Json);
    }

    #[test]
    fn formats_that_are_not_built_say_which_are() {
        let arguments = report_args("relapse report --format html");
        let error = format(&arguments, false).expect_err("not built");
        assert_eq!(error.exit_code() as u8, 7);
        assert!(error.hint().is_some_and(|hint| hint.contains("markdown")));
    }
}
