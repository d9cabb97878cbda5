//! The HTTP door: the same answers as JSON, and what operators ask.
//!
//! Errors are JSON too: `{"code": "INVALID_ARGUMENT", "message": ..., "violations": [{"field", "description"}]}`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{HttpBody, to_bytes};
use axum::extract::{Path, Query, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tonic::Status;

use self::parameters::Parameters;
use crate::dispatch::Dispatch;
use crate::json::from_json;
use crate::limits::MESSAGE_BYTES;
use crate::metrics;
use crate::proto::{FindSimilarRequest, GetFailureClassRequest, GetIncidentRequest};
use crate::service::Service;
use crate::violations::Violations;

mod around;
mod parameters;
mod reply;
mod same_machine;

use reply::reply;

/// What the handlers need.
#[derive(Clone)]
pub(crate) struct Web {
    pub(crate) dispatch: Arc<Dispatch>,
    /// Set once the server was asked to stop.
    pub(crate) draining: Arc<AtomicBool>,
    /// How long a request may take.
    pub(crate) patience: Duration,
}

type Pairs = Query<Vec<(String, String)>>;
type Shared = State<Web>;

/// Everything that answers on the HTTP port.
pub(crate) fn router(web: Web) -> Router {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .route("/v1/similar", get(similar).post(similar_posted))
        .route("/v1/classes", get(classes))
        .route("/v1/classes/{id}", get(class))
        .route("/v1/incidents/{*id}", get(incident))
        .route("/v1/report", get(report))
        .fallback(async || reply::error(&Status::not_found("there is nothing at this path")))
        .method_not_allowed_fallback(reply::method_not_allowed)
        .layer(from_fn(same_machine::check))
        .layer(from_fn_with_state(web.clone(), around::serve))
        .with_state(web)
}

async fn readyz(State(web): Shared) -> (StatusCode, &'static str) {
    if web.draining.load(Ordering::Relaxed) {
        (StatusCode::SERVICE_UNAVAILABLE, "draining\n")
    } else {
        (StatusCode::OK, "ready\n")
    }
}

async fn metrics(State(web): Shared) -> Response {
    let text = web.dispatch.metrics.text(web.dispatch.service());
    ([(header::CONTENT_TYPE, metrics::MEDIA_TYPE)], text).into_response()
}

async fn similar(State(web): Shared, Query(pairs): Pairs) -> Response {
    match Parameters::new(pairs).find_similar() {
        Ok(request) => reply(web.dispatch.find_similar(request).await),
        Err(status) => reply::error(&status),
    }
}

async fn similar_posted(State(web): Shared, request: Request) -> Response {
    let body = request.into_body();
    if body.size_hint().lower() > MESSAGE_BYTES as u64 {
        return reply::too_large();
    }
    let Ok(body) = to_bytes(body, MESSAGE_BYTES).await else {
        return reply::too_large();
    };
    match posted(&body) {
        Ok(request) => reply(web.dispatch.find_similar(request).await),
        Err(status) => reply::error(&status),
    }
}

fn posted(body: &[u8]) -> Result<FindSimilarRequest, Status> {
    let text = std::str::from_utf8(body).map_err(|error| error.to_string());
    text.and_then(|text| from_json(text).map_err(|error| error.to_string())).map_err(|reason| {
        let mut found = Violations::new();
        found.note("body", reason);
        found.finish().expect_err("a rule was broken")
    })
}

async fn classes(State(web): Shared, Query(pairs): Pairs) -> Response {
    match Parameters::new(pairs).list_failure_classes() {
        Ok(request) => reply(web.dispatch.read(Service::list_failure_classes, request).await),
        Err(status) => reply::error(&status),
    }
}

async fn class(State(web): Shared, Path(id): Path<String>, Query(pairs): Pairs) -> Response {
    match Parameters::new(pairs).only_as_of() {
        Ok(as_of) => {
            let request = GetFailureClassRequest { class_id: id, as_of };
            reply(web.dispatch.read(Service::get_failure_class, request).await)
        }
        Err(status) => reply::error(&status),
    }
}

async fn incident(State(web): Shared, Path(id): Path<String>, Query(pairs): Pairs) -> Response {
    match Parameters::new(pairs).only_as_of() {
        Ok(as_of) => {
            let request = GetIncidentRequest { incident_id: id, as_of };
            reply(web.dispatch.read(Service::get_incident, request).await)
        }
        Err(status) => reply::error(&status),
    }
}

async fn report(State(web): Shared, Query(pairs): Pairs) -> Response {
    match Parameters::new(pairs).get_report() {
        Ok(request) => reply(web.dispatch.read(Service::get_report, request).await),
        Err(status) => reply::error(&status),
    }
}
