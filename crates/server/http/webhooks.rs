//! The webhooks of alerting systems: an alert comes in, the answer card goes back.
//!
//! Senders decide by the status whether they try again, so it says what is true for each: 200 for what was taken or has
//! nothing to take, 400 for what nobody could read, 401 for what is not from whom it says, 503 with `Retry-After` for
//! what will be taken later. PagerDuty shuts off a receiver that answers 4xx: whatever it signed is answered 200.

use std::path::Path;

use alerts::{FieldMap, Labels, Notice, Sender, pagerduty_is_signed, read, read_by};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tonic::{Code, Status};

use super::{Shared, Web, body_of, reply};
use crate::config::Config;
use crate::files::{secrets, text_of};
use crate::guard::policy::Access;
use crate::json::to_json;
use crate::service::{Became, Service, Taken, Told};
use crate::status::retry_delay;

const SIGNATURE: &str = "x-pagerduty-signature";

/// How alerts are read.
#[derive(Debug, Default)]
pub(crate) struct Webhooks {
    labels: Labels,
    map: Option<FieldMap>,
    /// Those PagerDuty signs with; empty: it shows a token.
    pagerduty_secrets: Vec<String>,
}

impl Webhooks {
    /// Reads the files that `config` names.
    ///
    /// # Errors
    /// `UNAVAILABLE` where one cannot be read, `INVALID_ARGUMENT` where it is wrong.
    pub(crate) fn read(config: &Config) -> Result<Self, Status> {
        let labels = match config.service_labels.as_slice() {
            [] => Labels::default(),
            named => Labels { service: named.to_vec() },
        };
        let map = config.field_map.as_deref().map(field_map).transpose()?;
        let secrets = config.pagerduty_secrets.as_deref().map(secrets).transpose()?;
        Ok(Self { labels, map, pagerduty_secrets: secrets.unwrap_or_default() })
    }
}

/// Reads a field map.
///
/// # Errors
/// As [`Webhooks::read`].
fn field_map(path: &Path) -> Result<FieldMap, Status> {
    let map = FieldMap::read_toml(&text_of(path)?);
    map.map_err(|error| Status::invalid_argument(format!("{}: {error}", path.display())))
}

pub(super) async fn alertmanager(State(web): Shared, request: Request) -> Response {
    take(web, Sender::Alertmanager, request).await
}

pub(super) async fn grafana(State(web): Shared, request: Request) -> Response {
    take(web, Sender::Grafana, request).await
}

pub(super) async fn opsgenie(State(web): Shared, request: Request) -> Response {
    take(web, Sender::Opsgenie, request).await
}

async fn take(web: Web, sender: Sender, request: Request) -> Response {
    let Some(body) = body_of(request).await else {
        return reply::too_large();
    };
    match read(sender, &body, &web.webhooks.labels) {
        Ok(notice) => answer(&web, vec![notice]).await,
        Err(error) => unreadable(&error),
    }
}

pub(super) async fn generic(State(web): Shared, request: Request) -> Response {
    let Some(map) = &web.webhooks.map else {
        let message = "this server has no field map for alerts of other senders: name one as `field_map` in its \
                       settings, after trying it with `relapse map test`";
        return reply::error(&Status::failed_precondition(message));
    };
    let Some(body) = body_of(request).await else {
        return reply::too_large();
    };
    match read_by(map, &body, web.dispatch.service().received_at()) {
        Ok(notices) => answer(&web, notices).await,
        Err(error) => unreadable(&error),
    }
}

pub(super) async fn pagerduty(State(web): Shared, request: Request) -> Response {
    let headers = request.headers().clone();
    let Some(body) = body_of(request).await else {
        return reply::too_large();
    };
    if let Err(status) = is_from_pagerduty(&web, &headers, &body) {
        return reply::error(&status);
    }
    let notice = read(Sender::Pagerduty, &body, &web.webhooks.labels).unwrap_or_else(|error| {
        tracing::warn!(%error, "a message of PagerDuty cannot be read");
        Notice::Nothing { reason: error.to_string() }
    });
    answer(&web, vec![notice]).await
}

fn is_from_pagerduty(web: &Web, headers: &HeaderMap, body: &[u8]) -> Result<(), Status> {
    let secrets = &web.webhooks.pagerduty_secrets;
    if secrets.is_empty() {
        return web.guard.admit(Access::Token, headers).map(drop);
    }
    let mut signatures = headers.get_all(SIGNATURE).iter().filter_map(|value| value.to_str().ok());
    match signatures.any(|signature| pagerduty_is_signed(secrets, signature, body)) {
        true => Ok(()),
        false => Err(Status::unauthenticated("the body is not signed with a secret known here")),
    }
}

fn unreadable(error: &alerts::Error) -> Response {
    reply::error(&Status::invalid_argument(error.to_string()))
}

/// Stores what was told; the answer cards.
async fn answer(web: &Web, notices: Vec<Notice>) -> Response {
    let taken = Taken { notices, listeners: web.outgoing.listeners() };
    match web.dispatch.write(Service::take_alerts, taken).await {
        Ok(told) => {
            web.outgoing.ring();
            let results: Vec<Value> = told.iter().map(result).collect();
            let body = json!({ "results": results }).to_string();
            ([(header::CONTENT_TYPE, "application/json")], body).into_response()
        }
        Err(status) => later(&status),
    }
}

fn result(told: &Told) -> Value {
    match told {
        Told::Ignored { reason } => {
            json!({"incident_id": "", "result": "ignored", "reason": reason, "answer": null})
        }
        Told::Incident { id, became, answer } => {
            let answer = answer.as_ref().and_then(|answer| to_json(answer.as_ref()).ok());
            let answer: Value =
                answer.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or(Value::Null);
            json!({"incident_id": id, "result": name(*became), "reason": "", "answer": answer})
        }
    }
}

fn name(became: Became) -> &'static str {
    match became {
        Became::Created => "created",
        Became::Updated => "updated",
        Became::Resolved => "resolved",
        Became::Unchanged => "unchanged",
    }
}

/// Overload is told as 503: Alertmanager does not repeat what was answered 429.
fn later(status: &Status) -> Response {
    let mut response = reply::error(status);
    if status.code() == Code::ResourceExhausted {
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        let secs = retry_delay(status).map_or(1, |delay| delay.as_secs().max(1));
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(secs));
    }
    response
}
