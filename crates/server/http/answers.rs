//! What is asked and changes nothing, as JSON: each is a call of gRPC with its request in the query of the URL.

use axum::extract::{Path, Query, Request, State};
use axum::response::Response;
use prost::{Message, Name};

use super::parameters::Parameters;
use super::reply::{error, reply, too_large};
use super::{Pairs, Shared, Web, body_of, posted};
use crate::proto::{GetFailureClassRequest, GetIncidentRequest};
use crate::service::{Result, Service};

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
    read(&web, Service::list_failure_classes, Parameters::new(pairs).list_failure_classes()).await
}

pub(super) async fn class(
    State(web): Shared,
    Path(class_id): Path<String>,
    Query(pairs): Pairs,
) -> Response {
    let as_of = Parameters::new(pairs).only_as_of();
    let request = as_of.map(|as_of| GetFailureClassRequest { class_id, as_of });
    read(&web, Service::get_failure_class, request).await
}

pub(super) async fn incident(
    State(web): Shared,
    Path(incident_id): Path<String>,
    Query(pairs): Pairs,
) -> Response {
    let as_of = Parameters::new(pairs).only_as_of();
    let request = as_of.map(|as_of| GetIncidentRequest { incident_id, as_of });
    read(&web, Service::get_incident, request).await
}

pub(super) async fn incidents(State(web): Shared, Query(pairs): Pairs) -> Response {
    read(&web, Service::list_incidents, Parameters::new(pairs).list_incidents()).await
}

pub(super) async fn decisions(State(web): Shared, Query(pairs): Pairs) -> Response {
    read(&web, Service::list_decisions, Parameters::new(pairs).list_decisions()).await
}

pub(super) async fn backtest(State(web): Shared, Query(pairs): Pairs) -> Response {
    match Parameters::new(pairs).backtest() {
        Ok(request) => reply(web.dispatch.backtest(request).await),
        Err(status) => error(&status),
    }
}

pub(super) async fn report(State(web): Shared, Query(pairs): Pairs) -> Response {
    match Parameters::new(pairs).get_report() {
        Ok(request) => reply(web.dispatch.report(request).await),
        Err(status) => error(&status),
    }
}

/// What `call` answers to a request, if it is one.
async fn read<Q, R>(web: &Web, call: fn(&Service, Q) -> Result<R>, request: Result<Q>) -> Response
where
    Q: Send + 'static,
    R: Message + Name + Send + 'static,
{
    match request {
        Ok(request) => reply(web.dispatch.read(call, request).await),
        Err(status) => error(&status),
    }
}
