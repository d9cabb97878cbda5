//! What is asked and changes nothing, as JSON: each is a call of gRPC with its request in the query of the URL.

use axum::extract::{Path, Query, Request, State};
use axum::response::Response;

use super::parameters::Parameters;
use super::reply::{error, reply, too_large};
use super::{Pairs, Shared, body_of, posted};
use crate::proto::{GetFailureClassRequest, GetIncidentRequest};
use crate::service::Service;

pub(super) async fn similar(State(web): Shared, Query(pairs): Pairs) -> Response {
    match Parameters::new(pairs).find_similar() {
        Ok(request) => reply(web.dispatch.find_similar(request).await),
        Err(status) => error(&status),
    }
}

pub(super) async fn similar_posted(State(web): Shared, request: Request) -> Response {
    let Some(body) = body_of(request).await else {
        return too_large();
    };
    match posted(&body) {
        Ok(request) => reply(web.dispatch.find_similar(request).await),
        Err(status) => error(&status),
    }
}

pub(super) async fn classes(State(web): Shared, Query(pairs): Pairs) -> Response {
    match Parameters::new(pairs).list_failure_classes() {
        Ok(request) => reply(web.dispatch.read(Service::list_failure_classes, request).await),
        Err(status) => error(&status),
    }
}

pub(super) async fn class(
    State(web): Shared,
    Path(id): Path<String>,
    Query(pairs): Pairs,
) -> Response {
    match Parameters::new(pairs).only_as_of() {
        Ok(as_of) => {
            let request = GetFailureClassRequest { class_id: id, as_of };
            reply(web.dispatch.read(Service::get_failure_class, request).await)
        }
        Err(status) => error(&status),
    }
}

pub(super) async fn incident(
    State(web): Shared,
    Path(id): Path<String>,
    Query(pairs): Pairs,
) -> Response {
    match Parameters::new(pairs).only_as_of() {
        Ok(as_of) => {
            let request = GetIncidentRequest { incident_id: id, as_of };
            reply(web.dispatch.read(Service::get_incident, request).await)
        }
        Err(status) => error(&status),
    }
}

pub(super) async fn incidents(State(web): Shared, Query(pairs): Pairs) -> Response {
    match Parameters::new(pairs).list_incidents() {
        Ok(request) => reply(web.dispatch.read(Service::list_incidents, request).await),
        Err(status) => error(&status),
    }
}

pub(super) async fn decisions(State(web): Shared, Query(pairs): Pairs) -> Response {
    match Parameters::new(pairs).list_decisions() {
        Ok(request) => reply(web.dispatch.read(Service::list_decisions, request).await),
        Err(status) => error(&status),
    }
}

pub(super) async fn backtest(State(web): Shared, Query(pairs): Pairs) -> Response {
    match Parameters::new(pairs).backtest() {
        Ok(request) => reply(web.dispatch.backtest(request).await),
        Err(status) => error(&status),
    }
}

pub(super) async fn report(State(web): Shared, Query(pairs): Pairs) -> Response {
    match Parameters::new(pairs).get_report() {
        Ok(request) => reply(web.dispatch.read(Service::get_report, request).await),
        Err(status) => error(&status),
    }
}
