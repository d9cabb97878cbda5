//! The store as a whole: out and in again, copied, checked.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use relapse::folder;
use relapse::proto::TransferSummary;
use relapse::status::{ExitCode, with_hint};
use tonic::Code;

use crate::args::{BackupArgs, ExportArgs, Global, ImportArgs, RestoreArgs, VerifyArgs};
use crate::data_folder::data_folder;
use crate::error::{Error, Result};
use crate::output::{Output, note};
use crate::render;

const BUFFER_BYTES: usize = 1 << 20;

/// `relapse export`: to a file with a summary on stdout, or to stdout with the summary on stderr.
pub fn export(arguments: ExportArgs, global: &Global) -> Result<()> {
    let dir = folder_of(global, "export")?;
    match arguments.file.filter(|file| !is_dash(file)) {
        Some(file) => show("exported", &to_file(&dir, &file)?, global),
        None => to_stdout(&dir),
    }
}

fn to_file(dir: &Path, path: &Path) -> Result<TransferSummary> {
    let file = created(path)?;
    let written = written_through(dir, &file, path);
    if written.is_err() {
        // Half an export helps nobody.
        let _ = fs::remove_file(path);
    }
    written
}

fn created(path: &Path) -> Result<File> {
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    file.map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => {
            let message = format!("{} exists already", path.display());
            with_hint(Code::Aborted, message, "name another file, or remove it first").into()
        }
        _ => Error::Write { path: path.to_owned(), source },
    })
}

fn written_through(dir: &Path, file: &File, path: &Path) -> Result<TransferSummary> {
    let mut out = BufWriter::with_capacity(BUFFER_BYTES, file);
    let summary = folder::export(dir, &mut out, path)?;
    let cannot = |source| Error::Write { path: path.to_owned(), source };
    out.flush().and_then(|()| file.sync_all()).map_err(cannot)?;
    Ok(summary)
}

/// That nobody reads it any more ends it quietly.
fn to_stdout(dir: &Path) -> Result<()> {
    let mut out =
        Quiet { out: BufWriter::with_capacity(BUFFER_BYTES, io::stdout().lock()), closed: false };
    let summary = folder::export(dir, &mut out, Path::new("standard output"));
    if !out.closed {
        note(render::transferred("exported", &summary?).trim_end());
    }
    Ok(())
}

/// Remembers that its reader went away, which no error code of a call can tell.
struct Quiet<W> {
    out: W,
    closed: bool,
}

impl<W: Write> Quiet<W> {
    fn noticed<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        self.closed |= matches!(&result, Err(error) if error.kind() == io::ErrorKind::BrokenPipe);
        result
    }
}

impl<W: Write> Write for Quiet<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes);
        self.noticed(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.out.flush();
        self.noticed(flushed)
    }
}

/// `relapse import`.
pub fn import(arguments: ImportArgs, global: &Global) -> Result<()> {
    let dir = folder_of(global, "import")?;
    let path = arguments.file;
    let summary = if is_dash(&path) {
        folder::import(&dir, &mut io::stdin().lock(), Path::new("standard input"))?
    } else {
        let file =
            File::open(&path).map_err(|source| Error::Read { path: path.clone(), source })?;
        folder::import(&dir, &mut BufReader::with_capacity(BUFFER_BYTES, file), &path)?
    };
    show("imported", &summary, global)
}

/// `relapse backup`.
pub fn backup(arguments: BackupArgs, global: &Global) -> Result<()> {
    let summary = folder::backup(&folder_of(global, "backup")?, &arguments.file)?;
    show("backed up", &summary, global)
}

/// `relapse restore`.
pub fn restore(arguments: RestoreArgs, global: &Global) -> Result<()> {
    let path = &arguments.file;
    if let Err(source) = File::open(path) {
        return Err(Error::Read { path: path.clone(), source });
    }
    let summary = folder::restore(path, &folder_of(global, "restore")?)?;
    show("restored", &summary, global)
}

/// `relapse verify`.
pub fn verify(_: VerifyArgs, global: &Global) -> Result<ExitCode> {
    let dir = folder_of(global, "verify")?;
    let found = folder::verify(&dir)?;
    Output::new(global).show(&found, render::verified)?;
    Ok(if found.sound { ExitCode::Done } else { ExitCode::Corrupt })
}

fn show(done: &str, summary: &TransferSummary, global: &Global) -> Result<()> {
    Output::new(global).show(summary, |summary, _| render::transferred(done, summary))
}

fn is_dash(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// The data folder; a server is asked for none of this.
fn folder_of(global: &Global, command: &str) -> Result<PathBuf> {
    match &global.server {
        None => data_folder(global.data.clone()),
        Some(_) => Err(Error::Usage(format!(
            "`relapse {command}` works on the folder of a store: give --data DIR in place of --server"
        ))),
    }
}
