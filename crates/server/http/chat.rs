//! Any other chat: a line of plain text in, plain text out.

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Query, Request, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use tonic::Status;

use super::{Pairs, Shared, body_of, reply};
use crate::guard::Caller;
use crate::talk::{answer, misunderstood};

/// `POST /v1/chat?who=NAME`. The name of a token stands for whoever comes with one.
pub(super) async fn chat(
    State(web): Shared,
    caller: Option<Extension<Caller>>,
    Query(pairs): Pairs,
    request: Request,
) -> Response {
    let Some(body) = body_of(request).await else {
        return reply::too_large();
    };
    let Ok(line) = std::str::from_utf8(&body) else {
        return reply::error(&Status::invalid_argument(
            "the body is no UTF-8; expected plain text",
        ));
    };
    let said = match pairs.as_slice() {
        [] => String::new(),
        [(name, who)] if name == "who" => who.clone(),
        _ => return reply::error(&Status::invalid_argument("expected no parameter but one `who`")),
    };
    let who = caller.map_or(said, |Extension(Caller(name))| name);
    let message = match chat::parse(line) {
        Ok(command) => answer(Arc::clone(&web.dispatch), command, who).await,
        Err(why) => misunderstood(&why),
    };
    let text = chat::plain(&message);
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}
