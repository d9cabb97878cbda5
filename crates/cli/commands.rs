//! The commands that ask one question and show the answer.

use std::fs;
use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};

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
use crate::output::{Output, note, to_stdout};
use crate::question_file;
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
        return question_file::question(file);
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

/// `relapse report`: written out it goes to the file, or as it is to stdout; the JSON of the answer always to stdout.
pub async fn report(arguments: ReportArgs, global: &Global) -> Result<()> {
    let output = Output::new(global);
    let request = GetReportRequest {
        scope: arguments.scope(),
        as_of: arguments.as_of,
        format: format(&arguments)?.into(),
    };
    let response = Backend::open(global).await?.get_report(request).await?;
    match (&arguments.out, response.content.as_deref()) {
        (Some(out), Some(content)) => write_file(out, content)?,
        (None, Some(content)) if !output.is_json() => return to_stdout(content.as_bytes()),
        _ => {}
    }
    match (&arguments.out, output.is_json()) {
        (Some(_), false) => Ok(()),
        _ => output.show(&response, render::report),
    }
}

/// Writes a file, and says so on stderr.
pub fn write_file(path: &Path, content: &str) -> Result<()> {
    fs::write(path, content).map_err(|source| Error::Write { path: path.to_owned(), source })?;
    note(&format!("wrote {}", path.display()));
    Ok(())
}

/// The format given, else that of the file; none where the answer alone is enough.
fn format(arguments: &ReportArgs) -> Result<proto::ReportFormat> {
    let of_file = |out: &PathBuf| {
        ReportFormat::of_file(out).ok_or_else(|| {
            let name = out.display();
            Error::Usage(format!(
                "the name {name} tells no format: end it in .html, .md, .csv or .json, or give --format"
            ))
        })
    };
    let format = match arguments.format {
        Some(format) => Some(format),
        None => arguments.out.as_ref().map(of_file).transpose()?,
    };
    Ok(match format {
        None => proto::ReportFormat::Unspecified,
        Some(ReportFormat::Html) => proto::ReportFormat::Html,
        Some(ReportFormat::Markdown) => proto::ReportFormat::Markdown,
        Some(ReportFormat::Json) => proto::ReportFormat::Json,
        Some(ReportFormat::Csv) => proto::ReportFormat::Csv,
    })
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
    fn a_report_is_written_out_as_told_or_as_its_file_is_called() {
        let format = |line| format(&report_args(line));
        let is = |line, expected| assert_eq!(format(line).expect("a format"), expected, "{line}");
        is("relapse report", proto::ReportFormat::Unspecified);
        is("relapse report --out r.md", proto::ReportFormat::Markdown);
        is("relapse report --out R.HTML", proto::ReportFormat::Html);
        is("relapse report --out r.txt --format csv", proto::ReportFormat::Csv);
        is("relapse report --format json", proto::ReportFormat::Json);
        let error = format("relapse report --out r.txt").expect_err("no format is called that");
        assert!(error.to_string().contains(".html"), "{error}");
    }
}
