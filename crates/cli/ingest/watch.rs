//! `relapse ingest --watch`: new and changed files are taken in until Ctrl-C.
//!
//! Folders are looked through every so often, rather than waiting to be told of changes: that is the same on every file
//! system, network shares and containers among them, where the notices of the kernel do not come, and it shows which
//! files have stopped changing.

use std::time::Duration;

use relapse::proto::IngestSummary;
use relapse::status::ExitCode;
use tonic::{Code, Status};

use super::batch::Reading;
use super::find::{Found, find};
use super::interrupt::Interrupt;
use super::progress::Progress;
use super::settling::Settling;
use super::tally::Tally;
use super::{Ending, Work, code_of, detail, learn, show, store};
use crate::args::{Global, IngestArgs};
use crate::backend::Backend;
use crate::error::Result;
use crate::output::{Output, note};
use crate::render;

/// Watches the paths. Says on stderr what became of each round's files, and at the end on stdout what became of all.
pub async fn watch(arguments: &IngestArgs, reading: Reading, global: &Global) -> Result<ExitCode> {
    find(&arguments.paths)?;
    let mut backend = Backend::open_or_create(global).await?;
    let mut interrupt = Interrupt::listen();
    let every = Duration::from_secs(u64::from(arguments.every));
    note(&format!("watching every {} s; Ctrl-C ends it", arguments.every));
    let (mut settling, mut total) = (Settling::default(), IngestSummary::default());
    while !interrupt.came() {
        // A folder that is gone for a while is looked for again.
        if let Ok(Found { discovery, .. }) = find(&arguments.paths) {
            let files = settling.ready(discovery.files);
            if !files.is_empty() {
                let mut round = Round { backend: &mut backend, reading: &reading, global };
                let stored = round.store(files.clone(), &mut interrupt).await;
                match stored {
                    Ok(summary) => add(&mut total, &summary),
                    Err(status) if is_passing(&status) => {
                        note(&format!(
                            "{}; trying again in {} s",
                            status.message(),
                            arguments.every
                        ));
                        settling.again(&files);
                    }
                    Err(status) => return Err(status.into()),
                }
            }
        }
        tokio::select! {
            () = tokio::time::sleep(every) => {}
            () = interrupt.wait() => {}
        }
    }
    show(&total, global)?;
    Ok(code_of(&total))
}

/// Whether the same may be stored later.
fn is_passing(status: &Status) -> bool {
    let passing =
        [Code::Unavailable, Code::ResourceExhausted, Code::DeadlineExceeded, Code::Aborted];
    passing.contains(&status.code())
}

/// What the files of one round are stored with.
struct Round<'a> {
    backend: &'a mut Backend,
    reading: &'a Reading,
    global: &'a Global,
}

impl Round<'_> {
    async fn store(
        &mut self,
        files: Vec<parse::InputFile>,
        interrupt: &mut Interrupt,
    ) -> std::result::Result<IngestSummary, Status> {
        let progress = Progress::over(&files);
        let work = Work { files, reading: self.reading.clone(), progress: &progress };
        let mut tally = Tally::default();
        let ending = store(self.backend, work, &mut tally, interrupt).await;
        progress.clear();
        if matches!(ending?, Ending::Complete) {
            learn(self.backend).await;
        }
        let summary = tally.finish();
        let look = Output::new(self.global).for_a_file();
        note(render::summary(&summary, look, detail(self.global)).trim_end());
        Ok(summary)
    }
}

/// Adds the counts of a round; its lists were told when it ended, and would grow for as long as the folder is watched.
fn add(total: &mut IngestSummary, round: &IngestSummary) {
    let counts = [
        (&mut total.documents, round.documents),
        (&mut total.new, round.new),
        (&mut total.updated, round.updated),
        (&mut total.unchanged, round.unchanged),
        (&mut total.identical, round.identical),
        (&mut total.refused, round.refused),
        (&mut total.skipped, round.skipped),
    ];
    for (sum, count) in counts {
        *sum = sum.saturating_add(count);
    }
}
