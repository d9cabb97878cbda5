//! `relapse ingest`: files are read ahead while the batch before them is stored.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use relapse::proto::IngestSummary;
use relapse::status::ExitCode;
use tonic::Status;

use self::batch::{Batch, read_ahead};
use self::find::{Found, find};
use self::progress::Progress;
use self::tally::Tally;
use crate::args::{Global, IngestArgs};
use crate::backend::Backend;
use crate::error::Result;
use crate::not_yet::not_yet;
use crate::output::{Output, note};
use crate::pages_bar::pages_bar;
use crate::render;

pub use self::find::is_special;

mod batch;
mod find;
mod progress;
mod tally;

/// Stores what is found below the paths, and says what became of it.
pub async fn ingest(arguments: IngestArgs, global: &Global) -> Result<ExitCode> {
    refuse_what_is_not_built(&arguments)?;
    let choice = arguments.format.parse()?;
    let Found { discovery: found, refused } = find(&arguments.paths)?;
    let mut backend = Backend::open_or_create(global).await?;
    let progress = Progress::over(&found.files);
    let mut tally = Tally::new(&found.ignored, refused);
    let batches = read_ahead(found.files, choice, arguments.source, backend.read_ahead());
    let ending = store(&mut backend, batches, &mut tally, &progress).await;
    progress.clear();
    if matches!(ending, Ok(Ending::Complete)) {
        // What was stored stays stored whatever becomes of this.
        if let Err(status) = backend.calibrate(pages_bar("learning from the history")).await {
            note(&format!("answers carry no new confidence: {}", status.message()));
        }
    }
    if global.verbose == 0 {
        tally.clashes().iter().for_each(|clash| note(&render::warning(clash)));
    }
    finish(tally.finish(), ending, global)
}

fn refuse_what_is_not_built(arguments: &IngestArgs) -> Result<()> {
    if arguments.watch {
        return Err(not_yet(
            "--watch",
            "run `relapse ingest` again: what is stored already is unchanged",
        ));
    }
    if arguments.map.is_some() {
        return Err(not_yet("--map", "convert to JSONL, one incident per line with an `id`"));
    }
    Ok(())
}

/// How an ingest came to its end, other than by a failure.
enum Ending {
    Complete,
    Interrupted,
}

async fn store(
    backend: &mut Backend,
    mut batches: tokio::sync::mpsc::Receiver<Batch>,
    tally: &mut Tally,
    progress: &Progress,
) -> std::result::Result<Ending, Status> {
    let interrupted = interrupted();
    while let Some(batch) = batches.recv().await {
        let Batch { places, records, refused, bytes } = batch;
        let responses = match places.is_empty() {
            true => Vec::new(),
            false => backend.keep(records).await?,
        };
        tally.add(places, responses, refused)?;
        progress.advance(bytes, tally.documents());
        if interrupted.load(Ordering::Relaxed) {
            return Ok(Ending::Interrupted);
        }
    }
    Ok(Ending::Complete)
}

/// Becomes true at the first Ctrl-C; the second ends the process, which leaves the store whole.
fn interrupted() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&flag);
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            seen.store(true, Ordering::Relaxed);
            note("stopping after the records under way; Ctrl-C again stops at once");
        }
        if tokio::signal::ctrl_c().await.is_ok() {
            std::process::exit(ExitCode::Interrupted as i32);
        }
    });
    flag
}

fn finish(
    summary: IngestSummary,
    ending: std::result::Result<Ending, Status>,
    global: &Global,
) -> Result<ExitCode> {
    let detail = match global.verbose {
        0 => render::Detail::Few,
        _ => render::Detail::All,
    };
    let show = || {
        Output::new(global).show(&summary, |summary, look| render::summary(summary, look, detail))
    };
    match ending {
        Err(status) => {
            let documents = render::count(summary.documents as usize, "document", "documents");
            note(&format!("it failed after {documents}"));
            Err(status.into())
        }
        Ok(Ending::Interrupted) => {
            show()?;
            note("interrupted: run it again to go on, what is stored already is unchanged");
            Ok(ExitCode::Interrupted)
        }
        Ok(Ending::Complete) => {
            show()?;
            Ok(if summary.refused > 0 { ExitCode::Refused } else { ExitCode::Done })
        }
    }
}
