//! `relapse export`, `import`, `backup`, `restore` and `verify`.

use std::path::PathBuf;

use clap::Args;

const EXPORT_EXAMPLES: &str = "\
One JSON object per line: what it is, every row of every table, and a checksum. A server may go on writing meanwhile.

Examples:
  relapse export history.jsonl
  relapse export | zstd > history.jsonl.zst";

const IMPORT_EXAMPLES: &str = "\
The folder must be empty or new. All of the export goes in, or nothing of it.

Examples:
  relapse import history.jsonl --data /srv/relapse
  zstd -dc history.jsonl.zst | relapse import - --data /srv/relapse";

const BACKUP_EXAMPLES: &str = "\
The copy is of one moment and checked row by row. A server may go on writing meanwhile.

Example:
  relapse backup relapse-2026-11-20.db && relapse restore relapse-2026-11-20.db --data /srv/relapse";

const VERIFY_NOTES: &str = "\
Reads every row and goes on where something is damaged. Works beside a running server. Ends with 5 where anything is
damaged.";

/// Where the history goes.
#[derive(Debug, Args)]
#[command(after_help = EXPORT_EXAMPLES)]
pub struct ExportArgs {
    /// The new file; without one, or with -, stdout
    pub file: Option<PathBuf>,
}

/// Where the history comes from.
#[derive(Debug, Args)]
#[command(after_help = IMPORT_EXAMPLES)]
pub struct ImportArgs {
    /// What `relapse export` wrote; - for stdin
    pub file: PathBuf,
}

/// Where the copy goes.
#[derive(Debug, Args)]
#[command(after_help = BACKUP_EXAMPLES)]
pub struct BackupArgs {
    /// The new file
    pub file: PathBuf,
}

/// Where the copy is.
#[derive(Debug, Args)]
#[command(after_help = BACKUP_EXAMPLES)]
pub struct RestoreArgs {
    /// What `relapse backup` wrote
    pub file: PathBuf,
}

/// Nothing but the folder.
#[derive(Debug, Args)]
#[command(after_help = VERIFY_NOTES)]
pub struct VerifyArgs {}
