//! The HTTP door: the same answers as JSON, the page that shows them, and what operators ask.
//!
//! Errors are JSON too: `{"code": "INVALID_ARGUMENT", "message": ..., "violations": [{"field", "description"}]}`.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Bytes, HttpBody, to_bytes};
use axum::extract::{Query, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use prost::{Message, Name};
use tonic::Status;

use crate::dispatch::Dispatch;
use crate::guard::Guard;
use crate::guard::policy::Access::{self, Open, Signature, Token};
use crate::json::from_json;
use crate::limits::MESSAGE_BYTES;
use crate::metrics;
use crate::outgoing::Outgoing;
use crate::request_id;
use crate::service::Service;
use crate::violations::Violations;

mod answers;
mod around;
mod chat;
mod decisions;
mod headers;
mod origin;
mod page;
mod parameters;
mod reply;
mod slack;
mod webhooks;

use decisions::decide;
pub(crate) use origin::Reach;
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
    /// Where answers to alerts go.
    pub(crate) outgoing: Arc<Outgoing>,
}

type Pairs = Query<Vec<(String, String)>>;
type Shared = State<Web>;

/// The routes, and what each needs: there is no other way to add one.
fn routes() -> [(&'static str, Access, MethodRouter<Web>); 29] {
    [
        ("/", Open, get(page::index)),
        ("/page/{version}/{name}", Open, get(page::file)),
        ("/healthz", Open, get(async || "ok\n")),
        ("/readyz", Open, get(readyz)),
        ("/metrics", Token, get(metrics)),
        ("/v1/similar", Token, get(answers::similar).post(answers::similar_posted)),
        ("/v1/useful", Token, decide(Service::rate_match)),
        ("/v1/incidents", Token, get(answers::incidents)),
        ("/v1/incidents/{*id}", Token, get(answers::incident)),
        ("/v1/link", Token, decide(Service::link_incidents)),
        ("/v1/unlink", Token, decide(Service::unlink_incidents)),
        ("/v1/classes", Token, get(answers::classes)),
        ("/v1/classes/{id}", Token, get(answers::class)),
        ("/v1/classes/rename", Token, decide(Service::rename_failure_class)),
        ("/v1/classes/pin", Token, decide(Service::pin_failure_class)),
        ("/v1/classes/merge", Token, decide(Service::merge_failure_classes)),
        ("/v1/classes/split", Token, decide(Service::split_failure_class)),
        ("/v1/decisions", Token, get(answers::decisions)),
        ("/v1/decisions/undo", Token, decide(Service::undo_decision)),
        ("/v1/report", Token, get(answers::report)),
        ("/v1/backtest", Token, get(answers::backtest)),
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
        .layer(from_fn(request_id::carry))
        .layer(from_fn(headers::guarded))
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
    match web.dispatch.scrape().await {
        Ok(text) => ([(header::CONTENT_TYPE, metrics::MEDIA_TYPE)], text).into_response(),
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

/// The message that a body is the JSON form of.
fn posted<M: Message + Name + Default>(body: &[u8]) -> Result<M, Status> {
    let text = std::str::from_utf8(body).map_err(|error| error.to_string());
    text.and_then(|text| from_json(text).map_err(|error| error.to_string())).map_err(|reason| {
        let mut found = Violations::new();
        found.note("body", reason);
        found.finish().expect_err("a rule was broken")
    })
}
