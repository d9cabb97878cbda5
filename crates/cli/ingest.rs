//! `relapse ingest`: files are read ahead while the batch before them is stored.

use std::fs;

use parse::{InputFile, RecordMap};
use relapse::proto::IngestSummary;
use relapse::status::ExitCode;
use tonic::Status;

use self::batch::{Batch, Reading, read_ahead};
use self::find::{Found, find};
use self::interrupt::Interrupt;
use self::progress::Progress;
use self::tally::Tally;
use crate::args::{Global, IngestArgs};
use crate::backend::Backend;
use crate::error::{Error, Result};
use crate::output::{Output, note};
use crate::pages_bar::pages_bar;
use crate::render;

pub use self::find::is_special;

mod batch;
mod find;
mod interrupt;
mod progress;
mod settling;
mod tally;
mod watch;

/// Stores what is found below the paths, and says what became of it.
pub async fn ingest(arguments: IngestArgs, global: &Global) -> Result<ExitCode> {
    let reading = reading(&arguments)?;
    if arguments.watch {
        return watch::watch(&arguments, reading, global).await;
    }
    let Found { discovery: found, refused } = find(&arguments.paths)?;
    let mut backend = Backend::open_or_create(global).await?;
    let progress = Progress::over(&found.files);
    let mut tally = Tally::new(&found.ignored, refused);
    let mut interrupt = Interrupt::listen();
    let work = Work { files: found.files, reading, progress: &progress };
    let ending = store(&mut backend, work, &mut tally, &mut interrupt).await;
    progress.clear();
    if global.verbose == 0 {
        tally.clashes().iter().for_each(|clash| note(&render::warning(clash)));
    }
    let is_complete = matches!(ending, Ok(Ending::Complete));
    let told = finish(tally.finish(), ending, global);
    if is_complete {
        // All of it is stored and found by now, whether or not whoever asked could be told.
        learn(&mut backend).await;
    }
    told
}

/// How the files are to be read.
fn reading(arguments: &IngestArgs) -> Result<Reading> {
    let map = match &arguments.map {
        None => None,
        Some(path) => {
            let text = fs::read_to_string(path)
                .map_err(|source| Error::Read { path: path.clone(), source })?;
            let wrong = |error| Error::Usage(format!("{}: {error}", path.display()));
            Some(RecordMap::read(&text).map_err(wrong)?)
        }
    };
    Ok(Reading { choice: arguments.format.parse()?, source: arguments.source.clone(), map })
}

/// How an ingest came to its end, other than by a failure.
enum Ending {
    Complete,
    Interrupted,
}

/// What is to be read, and how.
struct Work<'a> {
    files: Vec<InputFile>,
    reading: Reading,
    progress: &'a Progress,
}

async fn store(
    backend: &mut Backend,
    work: Work<'_>,
    tally: &mut Tally,
    interrupt: &mut Interrupt,
) -> std::result::Result<Ending, Status> {
    let mut batches = read_ahead(work.files, work.reading, backend.read_ahead());
    while let Some(batch) = batches.recv().await {
        let Batch { places, records, passed, bytes } = batch;
        let responses = match places.is_empty() {
            true => Vec::new(),
            false => backend.keep(records).await?,
        };
        tally.add(places, responses, passed)?;
        work.progress.advance(bytes, tally.documents());
        if interrupt.came() {
            return Ok(Ending::Interrupted);
        }
    }
    Ok(Ending::Complete)
}

/// Learns anew how sure answers are, where the history has outgrown what was learnt.
async fn learn(backend: &mut Backend) {
    // What was stored stays stored whatever becomes of this.
    if let Err(status) = backend.calibrate(pages_bar("learning from the history")).await {
        note(&format!("answers carry no new confidence: {}", status.message()));
    }
}

fn finish(
    summary: IngestSummary,
    ending: std::result::Result<Ending, Status>,
    global: &Global,
) -> Result<ExitCode> {
    match ending {
        Err(status) => {
            let documents = render::count(summary.documents as usize, "document", "documents");
            note(&format!("it failed after {documents}"));
            Err(status.into())
        }
        Ok(Ending::Interrupted) => {
            show(&summary, global)?;
            note("interrupted: run it again to go on, what is stored already is unchanged");
            Ok(ExitCode::Interrupted)
        }
        Ok(Ending::Complete) => {
            show(&summary, global)?;
            Ok(code_of(&summary))
        }
    }
}

fn show(summary: &IngestSummary, global: &Global) -> Result<()> {
    let detail = detail(global);
    Output::new(global).show(summary, |summary, look| render::summary(summary, look, detail))
}

fn detail(global: &Global) -> render::Detail {
    match global.verbose {
        0 => render::Detail::Few,
        _ => render::Detail::All,
    }
}

fn code_of(summary: &IngestSummary) -> ExitCode {
    if summary.refused > 0 { ExitCode::Refused } else { ExitCode::Done }
}
