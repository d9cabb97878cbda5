//! The most of everything a caller may send or ask for. Whoever asks for more is told the field and the limit.
//!
//! Lengths of texts are in bytes of UTF-8 unless the name says otherwise.

/// One mebibyte.
const MIB: usize = 1024 * 1024;

/// A document: one file or record, in the format of its source.
pub const DOCUMENT_BYTES: usize = 4 * MIB;
/// A message received over gRPC, or the body of an HTTP request: a document and what surrounds it.
pub const MESSAGE_BYTES: usize = DOCUMENT_BYTES + MIB;
/// A message sent over gRPC; a report written out is the largest.
pub const RESPONSE_BYTES: usize = 64 * MIB;

/// The text of a query; what lies beyond is not looked at, and the answer says so.
pub const QUERY_TEXT_BYTES: usize = 64 * 1024;
/// The matches shown where the caller names no number.
pub const MATCHES_DEFAULT: u32 = 5;
/// The matches shown at most.
pub const MATCHES_MAX: u32 = 100;
/// The parts of a score that are listed one by one where no explanation is asked for.
pub const CONTRIBUTIONS_SHOWN: usize = 10;
/// The phrases on how a match differs from the query.
pub const DIFFERENCES_MAX: usize = 10;
/// The next steps of an answer.
pub const NEXT_STEPS_MAX: usize = 3;
/// The headline of an answer, in characters.
pub const HEADLINE_CHARS: usize = 140;
/// The terms that describe a class.
pub const CLASS_TERMS_MAX: usize = 10;

/// The classes of a report.
pub const REPORT_CLASSES_MAX: usize = 5_000;
/// The rows of each other list of a report.
pub const REPORT_ROWS_MAX: usize = 1_000;
/// The values of one list of a filter or a report's scope.
pub const FILTER_VALUES_MAX: usize = 100;
/// The entries of a page where the caller names no number.
pub const PAGE_SIZE_DEFAULT: u32 = 100;
/// The entries of a page at most.
pub const PAGE_SIZE_MAX: u32 = 1000;

/// The name of a source.
pub const SOURCE_BYTES: usize = 256;
/// The id of an incident within its source, whether its document states it or its sender does.
pub const EXTERNAL_ID_BYTES: usize = parse::ID_BYTES_MAX;
/// The id of an incident: a source, a slash and an external id.
pub const INCIDENT_ID_BYTES: usize = SOURCE_BYTES + 1 + EXTERNAL_ID_BYTES;
/// The title of an incident.
pub const TITLE_BYTES: usize = 4096;
/// The values of one list or map of an incident.
pub const INCIDENT_VALUES_MAX: usize = 1000;
/// The text of a promised follow-up.
pub const ACTION_BYTES: usize = 4096;
/// How deep the unknown keys of an incident nest. Each level takes three of the hundred message levels that protobuf
/// readers accept.
pub const EXTRA_DEPTH: usize = 24;
/// The name of the file a record was read from.
pub const FILE_BYTES: usize = 4096;
/// The follow-ups updated by one request.
pub const UPDATES_MAX: usize = 100;

/// The name of an answer.
pub const QUERY_ID_BYTES: usize = 64;
/// The tickets imported by one request.
pub const TICKETS_MAX: usize = 1000;
/// The state or the owner of a ticket.
pub const TICKET_TEXT_BYTES: usize = 256;

/// The name of whoever decides.
pub const WHO_BYTES: usize = 256;
/// The reason of a decision.
pub const WHY_BYTES: usize = 4096;
/// The id that makes a request repeatable.
pub const REQUEST_ID_BYTES: usize = 64;
/// The name a person gives a class.
pub const CLASS_NAME_BYTES: usize = 256;
/// The classes merged by one decision.
pub const MERGED_CLASSES_MAX: usize = 100;
/// The incidents split off by one decision.
pub const SPLIT_INCIDENTS_MAX: usize = 1000;
/// The numbers of matches one backtest looks at.
pub const BACKTEST_KS_MAX: usize = 10;

/// The calls open at once on one connection.
pub const STREAMS_PER_CONNECTION: u32 = 200;
/// The bytes of one call that are received but not yet read; the sender waits beyond.
pub const STREAM_WINDOW_BYTES: u32 = 64 * 1024;
/// The bytes that all calls of a connection may have received but not yet read: as many as HTTP/2 lets one say. What
/// bounds the memory is [`STREAM_WINDOW_BYTES`] for each of the [`STREAMS_PER_CONNECTION`].
///
/// The HTTP/2 library takes a connection for an attack and cuts it off once the frames that wait to be read fall short
/// of 256 bytes each by half of this window in sum. Messages may be as small as queries and JSON lines are, and have a
/// frame each: where the sender is faster than the disk, they fill the window of their call, and that must be no attack.
pub const CONNECTION_WINDOW_BYTES: u32 = i32::MAX as u32;
/// The records of an ingest stream that share a commit.
pub const BATCH_RECORDS: usize = 1000;
/// The bytes of these, as received; a batch takes the record that goes beyond, and no further one.
pub const BATCH_BYTES: usize = 4 * MIB;
/// The calls that wait for a processor; whoever comes beyond is turned away.
pub const WAITING_CALLS: usize = 512;
/// The writes that wait for a commit; whoever comes beyond is turned away.
pub const WAITING_WRITES: usize = 256;
/// The header of a request.
pub const HEADER_BYTES: u32 = 16 * 1024;
/// How long a caller may take to send the header of an HTTP request, in seconds.
pub const HEADER_SECS: u64 = 10;
/// The silence after which a gRPC connection is asked for a sign of life, in seconds.
pub const KEEPALIVE_SECS: u64 = 30;
/// How long that sign may take, in seconds.
pub const KEEPALIVE_TIMEOUT_SECS: u64 = 20;
/// How long calls under way may go on once the server is asked to stop, in seconds.
pub const DRAIN_SECS: u64 = 10;
/// The silence after which a watcher is sent a sign of life, in seconds.
pub const SIGN_OF_LIFE_SECS: u64 = 15;
/// The recurrences that are read for a watcher and not yet taken by it; the rest waits in the store.
pub const WATCH_BUFFER: usize = 16;
/// The callers that watch for recurrences at once.
pub const WATCHERS_MAX: usize = 100;

// A document fits into a message.
const _: () =
    assert!(DOCUMENT_BYTES + SOURCE_BYTES + FILE_BYTES + EXTERNAL_ID_BYTES < MESSAGE_BYTES);

// Messages of eight bytes in frames of their own fill the windows of all calls of a connection without being taken for
// an attack; a query or a record is longer.
const _: () = {
    let frames_per_call = STREAM_WINDOW_BYTES as u64 / 8;
    let shortfall = STREAMS_PER_CONNECTION as u64 * frames_per_call * (256 - 8);
    assert!(shortfall <= CONNECTION_WINDOW_BYTES as u64 / 2);
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engine_has_the_limits_that_callers_are_told() {
        assert_eq!(QUERY_TEXT_BYTES, engine::QUESTION_BYTES_MAX);
        assert_eq!(MATCHES_MAX as usize, engine::MATCHES_MAX);
        assert_eq!(HEADLINE_CHARS, recurrence::HEADLINE_CHARS_MAX);
        assert_eq!(REPORT_ROWS_MAX, engine::ONE_OFF_LINES_MAX);
    }
}
