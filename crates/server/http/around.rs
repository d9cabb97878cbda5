//! What happens around every request: its time, its place in the metrics and in the log.

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use tokio::time::{Instant, timeout};
use tonic::Status;

use super::Web;
use super::reply::{code_of, error};
use crate::{access, elapsed};

/// Serves one request.
pub(super) async fn serve(State(web): State<Web>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let path = request.extensions().get::<MatchedPath>().cloned();
    let served = timeout(web.patience, next.run(request)).await;
    let mut response = served.unwrap_or_else(|_| {
        error(&Status::deadline_exceeded("the answer took longer than a request may"))
    });
    let took = begun.elapsed();
    elapsed::note(took, response.headers_mut());
    let path = path.as_ref().map_or("other", MatchedPath::as_str);
    let code = code_of(&response);
    web.dispatch.metrics.ended("http", path, code, took);
    access::tell("http", path, code, took);
    response
}
