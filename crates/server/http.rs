//! The HTTP door: the same answers as JSON, and what operators ask.
//!
//! Errors are JSON too: `{"code": "INVALID_ARGUMENT", "message": ..., "violations": [{"field", "description"}]}`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Bytes, HttpBody, to_bytes};
use axum::extract::{Path, Query, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use tonic::Status;

use self::parameters::Parameters;
use crate::dispatch::Dispatch;
use crate::guard::Guard;
use crate::guard::policy::Access::{self, Open, Signature, Token};
use crate::json::from_json;
use crate::limits::MESSAGE_BYTES;
use crate::metrics;
use crate::proto::{FindSimilarRequest, GetFailureClassRequest, GetIncidentRequest};
use crate::service::Service;
use crate::violations::Violations;

mod around;
mod chat;
mod origin;
mod parameters;
mod reply;
mod secrets;
mod slack;
mod webhooks;

pub(crate) use origin::Reach;
use reply::reply;
pub(crate) use slack::Slack;
pub(crate) use webhooks::Webhooks;

/// What the handlers need.
#[derive(Clone)]
pub(crate) struct Web {
    pub(crate) dispatch: Arc<Dispatch>,
    /// Set once the server was asked to stop.
    pub(crate) draining: Arc<AtomicBool>,
    /// How long a request may take.
    pub(crate) patience: Duration,
    /// Who may call.
    pub(crate) guard: Guard,
    /// Who the server serves.
    pub(crate) reach: Reach,
    /// How alerts are read.
    pub(crate) webhooks: Arc<Webhooks>,
    /// How Slack is listened to.
    pub(crate) slack: Arc<Slack>,
}

type Pairs = Query<Vec<(String, String)>>;
type Shared = State<Web>;

/// The routes, and what each needs: there is no other way to add one.
fn routes() -> [(&'static str, Access, MethodRouter<Web>); 16] {
    [
        ("/healthz", Open, get(async || "ok\n")),
        ("/readyz", Open, get(readyz)),
        ("/metrics", Token, get(metrics)),
        ("/v1/similar", Token, get(similar).post(similar_posted)),
        ("/v1/classes", Token, get(classes)),
        ("/v1/classes/{id}", Token, get(class)),
        ("/v1/incidents/{*id}", Token, get(incident)),
        ("/v1/report", Token, get(report)),
        ("/webhooks/alertmanager", Token, post(webhooks::alertmanager)),
        ("/webhooks/grafana", Token, post(webhooks::grafana)),
        ("/webhooks/opsgenie", Token, post(webhooks::opsgenie)),
        ("/webhooks/generic", Token, post(webhooks::generic)),
        ("/webhooks/pagerduty", Signature, post(webhooks::pagerduty)),
        ("/v1/chat", Token, post(chat::chat)),
        ("/slack/command", Signature, post(slack::command)),
        ("/slack/interactivity", Signature, post(slack::interactivity)),
    ]
}

/// Everything that answers on the HTTP port: the routes, and `grpc_web`, which checks its callers itself.
pub(crate) fn router(web: Web, grpc_web: Router) -> Router {
    let mut router = Router::new();
    for (path, access, methods) in routes() {
        let check = from_fn_with_state((web.guard.clone(), access), admit);
        router = router.route(path, methods.route_layer(check));
    }
    router
        .method_not_allowed_fallback(reply::method_not_allowed)
        .with_state(web.clone())
        .merge(grpc_web)
        .fallback(async || reply::error(&Status::not_found("there is nothing at this path")))
        .layer(from_fn_with_state(web.reach, origin::check))
        .layer(from_fn_with_state(web, around::serve))
}

/// Serves the request, or refuses it for want of a token.
async fn admit(
    State((guard, access)): State<(Guard, Access)>,
    mut request: Request,
    next: Next,
) -> Response {
    match guard.admit(access, request.headers()) {
        Ok(caller) => {
            caller.map(|caller| request.extensions_mut().insert(caller));
            next.run(request).await
        }
        Err(status) => reply::error(&status),
    }
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
    let Some(body) = body_of(request).await else {
        return reply::too_large();
    };
    match posted(&body) {
        Ok(request) => reply(web.dispatch.find_similar(request).await),
        Err(status) => reply::error(&status),
    }
}

/// The body of a request; `None` where it is too large.
async fn body_of(request: Request) -> Option<Bytes> {
    let body = request.into_body();
    if body.size_hint().lower() > MESSAGE_BYTES as u64 {
        return None;
    }
    to_bytes(body, MESSAGE_BYTES).await.ok()
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
