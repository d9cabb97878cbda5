//! What ends a command.

use std::io;
use std::path::PathBuf;

use relapse::status::{self, ExitCode};
use tonic::Status;

/// Why a command did not do what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The service refused, or cannot be reached.
    #[error("{}", explained(.0))]
    Service(#[from] Status),
    /// Options that do not fit together, or a value out of range.
    #[error("{0}")]
    Usage(String),
    /// The input cannot be found or read.
    #[error(transparent)]
    Input(#[from] parse::Error),
    /// An evaluation cannot read, understand or write a file.
    #[error("{}", with_causes(.0))]
    Evaluation(#[from] eval::Error),
    /// A file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Standard input cannot be read.
    #[error("cannot read standard input: {0}")]
    Stdin(io::Error),
    /// Standard output cannot be written, for another reason than that nobody reads it.
    #[error("cannot write to standard output: {0}")]
    Stdout(io::Error),
    /// No folder for the store is known.
    #[error(
        "no folder for the store: none of --data, $RELAPSE_DATA, $XDG_DATA_HOME and $HOME is set"
    )]
    NoDataFolder,
    /// A message that has no JSON form.
    #[error(transparent)]
    Json(#[from] relapse::Error),
    /// An assistant does not speak its protocol.
    #[error("the conversation with the assistant ended: {0}")]
    Conversation(String),
    /// The system gives no threads or timers.
    #[error("cannot start: {0}")]
    Start(io::Error),
}

/// The result of a command.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// What the process ends with.
    pub fn exit_code(&self) -> ExitCode {
        match self {
            Self::Service(status) => status::exit_code(status.code()),
            Self::Usage(_) | Self::NoDataFolder | Self::Conversation(_) => ExitCode::Usage,
            Self::Input(parse::Error::UnreadFormat { .. }) => ExitCode::NotImplemented,
            Self::Input(parse::Error::Unreadable { source, .. })
            | Self::Read { source, .. }
            | Self::Write { source, .. } => of_the_system(source),
            Self::Stdin(source) | Self::Stdout(source) | Self::Start(source) => {
                of_the_system(source)
            }
            Self::Evaluation(
                eval::Error::Read { source, .. } | eval::Error::Write { source, .. },
            )
            | Self::Evaluation(eval::Error::Documents(parse::Error::Unreadable {
                source, ..
            })) => of_the_system(source),
            Self::Input(_) | Self::Evaluation(_) => ExitCode::Usage,
            Self::Json(_) => ExitCode::Internal,
        }
    }

    /// What the user can do about it; `None` where the error says it all.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Service(status) => status::hint(status),
            Self::NoDataFolder => Some("say where the store is with --data DIR".into()),
            _ => None,
        }
    }
}

fn of_the_system(source: &io::Error) -> ExitCode {
    match source.kind() {
        io::ErrorKind::NotFound => ExitCode::NotFound,
        _ => ExitCode::Unavailable,
    }
}

/// What an error says, and what was behind it.
fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// The message of a status, and which fields are to blame.
fn explained(status: &Status) -> String {
    let mut text = match status.message() {
        "" => status.code().description().to_owned(),
        message => message.to_owned(),
    };
    for (field, description) in status::violations(status) {
        text.push_str(&format!("; {field}: {description}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use tonic::Code;
    use tonic_types::{ErrorDetails, StatusExt};

    use super::*;

    #[test]
    fn a_format_without_a_reader_says_what_to_use() {
        let error = Error::from("opsgenie".parse::<parse::FormatChoice>().expect_err("none"));
        assert_eq!(error.exit_code(), ExitCode::NotImplemented);
        assert!(error.to_string().contains("--map"), "{error}");
    }

    #[test]
    fn a_refused_request_names_the_fields() {
        let details = ErrorDetails::with_bad_request_violation("k", "expected 1 to 100");
        let status = Status::with_error_details(Code::InvalidArgument, "wrong request", details);
        let error = Error::from(status);
        assert_eq!(error.to_string(), "wrong request; k: expected 1 to 100");
        assert_eq!(error.exit_code(), ExitCode::Usage);
    }

    #[test]
    fn a_missing_file_is_not_found_and_a_closed_one_is_unavailable() {
        for (kind, code) in [
            (io::ErrorKind::NotFound, ExitCode::NotFound),
            (io::ErrorKind::PermissionDenied, ExitCode::Unavailable),
        ] {
            let error = Error::Read { path: "a.md".into(), source: kind.into() };
            assert_eq!(error.exit_code(), code);
        }
    }

    #[test]
    fn a_status_without_a_message_is_told_by_its_code() {
        let error = Error::from(Status::not_found(""));
        assert!(!error.to_string().is_empty());
    }
}
