//! Messages and errors as JSON.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use prost::{Message, Name};
use serde_json::json;
use tonic::{Code, Status};

use crate::json::to_json;
use crate::limits::MESSAGE_BYTES;
use crate::status::{http_status, name, retry_delay, violations};

const JSON: &str = "application/json";

/// The response of a call.
pub(super) fn reply<M: Message + Name>(result: Result<M, Status>) -> Response {
    let written = result
        .and_then(|message| to_json(&message).map_err(|error| Status::internal(error.to_string())));
    match written {
        Ok(text) => ([(header::CONTENT_TYPE, JSON)], text).into_response(),
        Err(status) => error(&status),
    }
}

/// The response of a call that ended with `status`. Its code goes along for the metrics.
pub(super) fn error(status: &Status) -> Response {
    let code = StatusCode::from_u16(http_status(status.code()));
    with_code(code.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), status)
}

/// The response to a method the path does not know.
pub(super) async fn method_not_allowed() -> Response {
    let status = Status::unimplemented("this path does not know that method");
    with_code(StatusCode::METHOD_NOT_ALLOWED, &status)
}

/// The response to a body beyond the limit.
pub(super) fn too_large() -> Response {
    let status = Status::out_of_range(format!("the body is larger than {MESSAGE_BYTES} bytes"));
    with_code(StatusCode::PAYLOAD_TOO_LARGE, &status)
}

/// The response to a body of another media type.
pub(super) fn not_json() -> Response {
    let status = Status::invalid_argument("send the request as `content-type: application/json`");
    with_code(StatusCode::UNSUPPORTED_MEDIA_TYPE, &status)
}

fn with_code(http: StatusCode, status: &Status) -> Response {
    let violations: Vec<_> = violations(status)
        .into_iter()
        .map(|(field, description)| json!({"field": field, "description": description}))
        .collect();
    let body = json!({
        "code": name(status.code()),
        "message": status.message(),
        "violations": violations,
    });
    let mut response = (http, [(header::CONTENT_TYPE, JSON)], body.to_string()).into_response();
    if let Some(delay) = retry_delay(status) {
        let secs = HeaderValue::from(delay.as_secs().max(1));
        response.headers_mut().insert(header::RETRY_AFTER, secs);
    }
    if http == StatusCode::UNAUTHORIZED {
        let scheme = HeaderValue::from_static("Bearer");
        response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
    }
    response.extensions_mut().insert(status.code());
    response
}

/// How the call of a response ended.
pub(super) fn code_of(response: &Response) -> Code {
    response.extensions().get().copied().unwrap_or(Code::Ok)
}
