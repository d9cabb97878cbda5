//! How a call ends, side by side: the engine's kinds of error, gRPC codes, HTTP statuses and the exit codes of the
//! command line; and what travels with a status.
//!
//! | engine | gRPC | HTTP | exit |
//! | --- | --- | --- | --- |
//! | `Invalid` | `INVALID_ARGUMENT` | 400 | 2 |
//! | `NotFound` | `NOT_FOUND` | 404 | 3 |
//! | `Conflict` | `ABORTED` | 409 | 6 |
//! | `Precondition` | `FAILED_PRECONDITION` | 400 | 6 |
//! | `Exists` | `ALREADY_EXISTS` | 409 | 6 |
//! | `Exhausted` | `RESOURCE_EXHAUSTED` with `RetryInfo` | 503 | 4 |
//! | `Corrupt` | `DATA_LOSS` | 500 | 5 |
//! | `Unavailable` | `UNAVAILABLE`, with `RetryInfo` where it passes | 503 | 4 |
//! | `DeadlineExceeded` | `DEADLINE_EXCEEDED` | 504 | 4 |
//! | `Internal` | `INTERNAL` | 500 | 70 |
//!
//! Overload is 503 and never 429: senders of alerts repeat only what ended with 5xx.

use std::time::Duration;

use engine::Kind;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, HelpLink, StatusExt};

/// When a caller that was turned away may come again.
const RETRY_DELAY: Duration = Duration::from_secs(1);

/// What the command line ends with, by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ExitCode {
    /// Done.
    Done = 0,
    /// Done, but records were refused.
    Refused = 1,
    /// Asked for wrongly.
    Usage = 2,
    /// There is no such thing.
    NotFound = 3,
    /// Not reachable, out of room or time, or held by another process.
    Unavailable = 4,
    /// What is stored is damaged.
    Corrupt = 5,
    /// Against something that stands.
    Conflict = 6,
    /// Not built yet.
    NotImplemented = 7,
    /// A promise inside Relapse was broken.
    Internal = 70,
    /// The user ended it; 128 and the number of SIGINT, as shells have it.
    Interrupted = 130,
}

/// The exit code of a call that ended with `code`.
#[must_use]
pub fn exit_code(code: Code) -> ExitCode {
    ending(code).1
}

/// The HTTP status of a call that ended with `code`.
#[must_use]
pub fn http_status(code: Code) -> u16 {
    ending(code).0
}

fn ending(code: Code) -> (u16, ExitCode) {
    match code {
        Code::Ok => (200, ExitCode::Done),
        Code::InvalidArgument | Code::OutOfRange => (400, ExitCode::Usage),
        Code::NotFound => (404, ExitCode::NotFound),
        Code::AlreadyExists | Code::Aborted => (409, ExitCode::Conflict),
        Code::FailedPrecondition => (400, ExitCode::Conflict),
        Code::ResourceExhausted | Code::Unavailable => (503, ExitCode::Unavailable),
        Code::DeadlineExceeded => (504, ExitCode::Unavailable),
        Code::PermissionDenied => (403, ExitCode::Unavailable),
        Code::Unauthenticated => (401, ExitCode::Unavailable),
        Code::DataLoss => (500, ExitCode::Corrupt),
        Code::Unimplemented => (501, ExitCode::NotImplemented),
        Code::Cancelled => (499, ExitCode::Interrupted),
        Code::Unknown | Code::Internal => (500, ExitCode::Internal),
    }
}

fn code_of(kind: Kind) -> Code {
    match kind {
        Kind::Invalid => Code::InvalidArgument,
        Kind::NotFound => Code::NotFound,
        Kind::Conflict => Code::Aborted,
        Kind::Precondition => Code::FailedPrecondition,
        Kind::Exists => Code::AlreadyExists,
        Kind::Exhausted => Code::ResourceExhausted,
        Kind::Corrupt => Code::DataLoss,
        Kind::Unavailable => Code::Unavailable,
        Kind::DeadlineExceeded => Code::DeadlineExceeded,
        Kind::Internal => Code::Internal,
    }
}

/// How a call ends that failed with `error`.
#[must_use]
pub fn of_engine(error: &engine::Error) -> Status {
    let code = code_of(error.kind());
    let message = error.to_string();
    match (error, code) {
        (engine::Error::Invalid { field, reason }, _) => {
            let details = ErrorDetails::with_bad_request_violation(*field, reason.as_str());
            Status::with_error_details(code, "wrong request", details)
        }
        // A folder that is held or cannot be used, data of a newer format: the message says what to do first.
        (engine::Error::Store(error), _) if !error.passes() => Status::new(code, message),
        (engine::Error::Contradiction { .. }, _) => {
            let hint = "see `relapse class history`, and take a decision back with `relapse class undo D-7`";
            with_hint(code, message, hint)
        }
        (_, Code::ResourceExhausted | Code::Unavailable) => come_again(code, message),
        _ => Status::new(code, message),
    }
}

/// A status that tells the caller when to come again, as `google.rpc.RetryInfo`.
#[must_use]
pub fn come_again(code: Code, message: impl Into<String>) -> Status {
    let details = ErrorDetails::with_retry_info(Some(RETRY_DELAY));
    Status::with_error_details(code, message, details)
}

/// The end of a call whose time has not come: what was asked for, and what does the job today.
#[must_use]
pub fn not_yet(what: &str, instead: &str) -> Status {
    Status::unimplemented(format!("{what} is not implemented yet; {instead}"))
}

/// When the caller may come again, if the status says so.
#[must_use]
pub fn retry_delay(status: &Status) -> Option<Duration> {
    status.get_details_retry_info().and_then(|info| info.retry_delay)
}

/// The name of a code as protobuf has it: `INVALID_ARGUMENT`.
#[must_use]
pub fn name(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

/// A status that tells a person what to do about it, as `google.rpc.Help` without an address.
#[must_use]
pub fn with_hint(code: Code, message: impl Into<String>, hint: impl Into<String>) -> Status {
    let links = vec![HelpLink::new(hint, "")];
    Status::with_error_details(code, message, ErrorDetails::with_help(links))
}

/// What the status says a person can do about it: its `google.rpc.Help`, else its `google.rpc.RetryInfo`.
#[must_use]
pub fn hint(status: &Status) -> Option<String> {
    let details = status.get_error_details();
    let help = details.help().and_then(|help| help.links.first());
    let retry = details.retry_info().and_then(|retry| retry.retry_delay);
    help.map(|link| link.description.clone())
        .or_else(|| retry.map(|delay| format!("try again in {} s", delay.as_secs().max(1))))
}

/// The fields of the request that broke a rule and how, as its `google.rpc.BadRequest` lists them.
#[must_use]
pub fn violations(status: &Status) -> Vec<(String, String)> {
    let details = status.get_error_details();
    let found = details.bad_request().map(|bad| &bad.field_violations);
    found
        .into_iter()
        .flatten()
        .map(|violation| (violation.field.clone(), violation.description.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::time::Duration;

    use super::*;

    #[test]
    fn codes_have_the_exit_codes_of_the_contract() {
        for (code, exit) in [
            (Code::Ok, 0),
            (Code::InvalidArgument, 2),
            (Code::NotFound, 3),
            (Code::Unavailable, 4),
            (Code::ResourceExhausted, 4),
            (Code::DeadlineExceeded, 4),
            (Code::DataLoss, 5),
            (Code::AlreadyExists, 6),
            (Code::Aborted, 6),
            (Code::FailedPrecondition, 6),
            (Code::Unimplemented, 7),
            (Code::Internal, 70),
            (Code::Unknown, 70),
        ] {
            assert_eq!(exit_code(code) as u8, exit, "{code:?}");
        }
    }

    #[test]
    fn kinds_of_error_end_as_the_table_says() {
        for (kind, name_expected, http) in [
            (Kind::Invalid, "INVALID_ARGUMENT", 400),
            (Kind::NotFound, "NOT_FOUND", 404),
            (Kind::Conflict, "ABORTED", 409),
            (Kind::Precondition, "FAILED_PRECONDITION", 400),
            (Kind::Exists, "ALREADY_EXISTS", 409),
            (Kind::Exhausted, "RESOURCE_EXHAUSTED", 503),
            (Kind::Corrupt, "DATA_LOSS", 500),
            (Kind::Unavailable, "UNAVAILABLE", 503),
            (Kind::DeadlineExceeded, "DEADLINE_EXCEEDED", 504),
            (Kind::Internal, "INTERNAL", 500),
        ] {
            let code = code_of(kind);
            assert_eq!((name(code), http_status(code)), (name_expected, http));
        }
    }

    #[test]
    fn an_invalid_field_of_the_engine_is_a_violation() {
        let error = engine::Error::Invalid { field: "k", reason: "0 is too few".into() };
        let status = of_engine(&error);
        assert_eq!(violations(&status), [("k".to_owned(), "0 is too few".to_owned())]);
    }

    #[test]
    fn only_what_passes_by_itself_is_worth_asking_again() {
        let retry = |error: store::Error| {
            let status = of_engine(&error.into());
            assert_eq!(status.code(), Code::Unavailable);
            retry_delay(&status)
        };
        let locked = store::Error::Locked { dir: "data".into(), pid: None, holder: None };
        let path = || PathBuf::from("data/relapse.db");
        let newer = store::Error::NewerFormat { path: path(), found: 9, supported: 1 };
        let source = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        let unusable = store::Error::Io { doing: "create the folder", path: path(), source };
        for lasting in [locked, newer, unusable] {
            assert_eq!(retry(lasting), None);
        }
        let busy = store::Error::Unavailable { message: "database is locked".into() };
        assert_eq!(retry(busy), Some(RETRY_DELAY));
        assert_eq!(retry_delay(&of_engine(&engine::Error::Overtaken)), Some(RETRY_DELAY));
    }

    #[test]
    fn whoever_is_turned_away_is_told_when_to_come_again() {
        let status = come_again(Code::ResourceExhausted, "too many");
        assert_eq!(retry_delay(&status), Some(RETRY_DELAY));
        assert_eq!(retry_delay(&Status::internal("broken")), None);
    }

    #[test]
    fn a_hint_travels_with_its_status() {
        let status = with_hint(Code::Unavailable, "the store is locked", "use --server");
        assert_eq!(hint(&status).as_deref(), Some("use --server"));
        assert_eq!(hint(&Status::internal("broken")), None);
    }

    #[test]
    fn a_retry_delay_is_a_hint_of_at_least_a_second() {
        let details = ErrorDetails::with_retry_info(Some(Duration::from_millis(200)));
        let status = Status::with_error_details(Code::ResourceExhausted, "too many", details);
        assert_eq!(hint(&status).as_deref(), Some("try again in 1 s"));
    }

    #[test]
    fn violations_come_in_the_order_of_the_request() {
        let mut details = ErrorDetails::new();
        details.add_bad_request_violation("k", "101; expected 1 to 100");
        details.add_bad_request_violation("filter.statuses", "unspecified");
        let status = Status::with_error_details(Code::InvalidArgument, "wrong", details);
        let fields: Vec<_> = violations(&status).into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["k", "filter.statuses"]);
    }
}
