//! The gRPC door.
//!
//! All three services, `grpc.health.v1` and reflection on one router. Each call passes through [`call`], which keeps
//! its deadline and its time; messages are bounded both ways.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use tonic::service::Routes;
use tonic::{Request, Response, Status};
use tonic_health::pb::health_server::{Health, HealthServer};
use tonic_reflection::server::Builder;
use tonic_web::GrpcWebLayer;

use crate::dispatch::Dispatch;
use crate::guard::attributed::{Attributed, sign};
use crate::guard::{self, Caller, Guard};
use crate::limits::{MESSAGE_BYTES, RESPONSE_BYTES};
use crate::proto::DESCRIPTORS;
use crate::proto::incident_service_server::IncidentServiceServer;
use crate::proto::recurrence_service_server::RecurrenceServiceServer;
use crate::proto::similarity_service_server::SimilarityServiceServer;
use crate::request_id;
use crate::service::{self, Service};

mod call;
mod deadline;
mod incidents;
mod ingest_stream;
mod methods;
mod recurrence;
mod similarity;
mod watch;

/// How long calls may take, whatever their caller allows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// A call with one response.
    pub(crate) call: Duration,
    /// A stream, from its first message to its last.
    pub(crate) stream: Duration,
}

/// The services themselves.
#[derive(Debug)]
struct Door(Arc<Dispatch>);

impl Door {
    /// Makes a call that changes something in the name of its caller.
    ///
    /// # Errors
    /// `PERMISSION_DENIED` where it speaks for somebody else; else those of the call.
    async fn decide<Q: Attributed + Send + 'static, R: Send + 'static>(
        &self,
        call: fn(&Service, Q) -> service::Result<R>,
        request: Request<Q>,
    ) -> Result<Response<R>, Status> {
        let caller = request.extensions().get::<Caller>().cloned();
        let mut request = request.into_inner();
        sign(caller.as_ref(), &mut request)?;
        self.0.write(call, request).await.map(Response::new)
    }
}

/// Everything that answers on the gRPC port.
pub(crate) fn router(
    dispatch: &Arc<Dispatch>,
    health: HealthServer<impl Health>,
    patience: Patience,
    guard: Guard,
) -> Router {
    let incidents = IncidentServiceServer::new(Door(Arc::clone(dispatch)))
        .max_decoding_message_size(MESSAGE_BYTES)
        .max_encoding_message_size(RESPONSE_BYTES);
    let similarity = SimilarityServiceServer::new(Door(Arc::clone(dispatch)))
        .max_decoding_message_size(MESSAGE_BYTES)
        .max_encoding_message_size(RESPONSE_BYTES);
    let recurrence = RecurrenceServiceServer::new(Door(Arc::clone(dispatch)))
        .max_decoding_message_size(MESSAGE_BYTES)
        .max_encoding_message_size(RESPONSE_BYTES);
    let calls = call::Calls { dispatch: Arc::clone(dispatch), patience };
    Routes::new(incidents)
        .add_service(similarity)
        .add_service(recurrence)
        .add_service(health)
        .add_service(reflection().build_v1().expect(DESCRIBED))
        .add_service(reflection().build_v1alpha().expect(DESCRIBED))
        .into_axum_router()
        .layer(from_fn_with_state(guard, guard::check_call))
        .layer(from_fn_with_state(calls, call::serve))
        .layer(from_fn(request_id::carry))
}

/// The same for browsers, which speak gRPC-Web over HTTP/1.1.
pub(crate) fn web_router(router: Router) -> Router {
    router.reset_fallback().layer(GrpcWebLayer::new())
}

const DESCRIBED: &str = "the build wrote a complete descriptor set";

fn reflection<'a>() -> Builder<'a> {
    Builder::configure()
        .register_encoded_file_descriptor_set(DESCRIPTORS)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
}
