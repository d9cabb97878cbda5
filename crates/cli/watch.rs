//! `relapse watch`.

use std::time::Duration;

use relapse::json;
use relapse::proto::{WatchRecurrencesRequest, WatchRecurrencesResponse};
use tonic::{Code, Status, Streaming};

use crate::args::{Global, WatchArgs};
use crate::backend::{Remote, lost};
use crate::error::{Error, Result};
use crate::output::{Output, note, to_stdout};
use crate::render;

/// Where a server is unless it was told otherwise.
const SERVER: &str = "http://127.0.0.1:7700";
/// The pause before a server that went away is looked for again.
const PAUSE: Duration = Duration::from_secs(1);

/// `relapse watch`: prints what happens until it is ended, over as many connections as it takes.
pub async fn watch(arguments: WatchArgs, global: &Global) -> Result<()> {
    if global.data.is_some() {
        return Err(Error::Usage(
            "`relapse watch` asks the server that writes: give --server URL in place of --data"
                .into(),
        ));
    }
    let server = global.server.clone().unwrap_or_else(|| SERVER.to_owned());
    let mut request = arguments.request()?;
    let mut stream = opened(&server, &request, global).await?;
    note(&format!("watching {server}"));
    let mut left = arguments.events.unwrap_or(u64::MAX);
    while left > 0 {
        match next(&mut stream).await {
            Ok(told) => {
                request.resume_token.clone_from(&told.resume_token);
                left -= u64::from(told.incident.is_some());
                show(&told, global)?;
            }
            Err(status) => stream = resumed(&server, &request, global, status).await?,
        }
    }
    Ok(())
}

/// A stream that ends without a word was cut off.
async fn next(
    stream: &mut Streaming<WatchRecurrencesResponse>,
) -> std::result::Result<WatchRecurrencesResponse, Status> {
    stream
        .message()
        .await
        .map_err(lost)?
        .ok_or_else(|| Status::unavailable("the server ended the stream"))
}

async fn opened(
    server: &str,
    request: &WatchRecurrencesRequest,
    global: &Global,
) -> Result<Streaming<WatchRecurrencesResponse>> {
    let mut remote = Remote::open(server, global).await?;
    Ok(remote.watch_recurrences(request.clone()).await?)
}

/// The stream behind the last token, once the server is back; any other end is the end.
async fn resumed(
    server: &str,
    request: &WatchRecurrencesRequest,
    global: &Global,
    mut ended: Status,
) -> Result<Streaming<WatchRecurrencesResponse>> {
    let mut told = false;
    loop {
        if !passes(&ended) {
            return Err(ended.into());
        }
        if !told && ended.code() != Code::DeadlineExceeded {
            note(&format!("{}; waiting for {server}", ended.message()));
            told = true;
        }
        tokio::time::sleep(PAUSE).await;
        match opened(server, request, global).await {
            Ok(stream) => return Ok(stream),
            Err(Error::Service(status)) => ended = status,
            Err(error) => return Err(error),
        }
    }
}

/// Whether a stream that ended like this can be resumed: the server stops or is gone, or the longest time for a stream
/// has passed.
fn passes(status: &Status) -> bool {
    matches!(status.code(), Code::Unavailable | Code::DeadlineExceeded | Code::ResourceExhausted)
}

fn show(told: &WatchRecurrencesResponse, global: &Global) -> Result<()> {
    let output = Output::new(global);
    if output.is_json() {
        return to_stdout(format!("{}\n", json::to_json(told)?).as_bytes());
    }
    match told.incident {
        Some(_) => output.show(told, render::event),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_passes_is_waited_for() {
        for (code, expected) in [
            (Code::Unavailable, true),
            (Code::DeadlineExceeded, true),
            (Code::OutOfRange, false),
            (Code::InvalidArgument, false),
            (Code::Unimplemented, false),
        ] {
            assert_eq!(passes(&Status::new(code, "")), expected, "{code:?}");
        }
    }
}
