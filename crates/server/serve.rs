//! Both doors, from the first connection to the last.
//!
//! Once asked to stop the server says so first (health `NOT_SERVING`, `/readyz` 503), takes no new gRPC connection, lets
//! what is under way end, and closes HTTP last, so that whoever watches sees it drain.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{Instant, timeout_at};
use tonic::Status;
use tonic_health::ServingStatus;
use tonic_health::server::{HealthReporter, health_reporter};

use self::door::Door;
use self::learning::keep_learning;
use self::saving::load_and_keep_saved;
use self::tls::Tls;
use self::warming::keep_warm;
use crate::config::Config;
use crate::dispatch::Dispatch;
use crate::grpc::{self, Patience};
use crate::guard::Guard;
use crate::guard::tokens::Tokens;
use crate::http::{self, Reach, Slack, Web, Webhooks};
use crate::limits::DRAIN_SECS;
use crate::outgoing::Outgoing;
use crate::proto::incident_service_server::SERVICE_NAME as INCIDENTS;
use crate::proto::recurrence_service_server::SERVICE_NAME as RECURRENCE;
use crate::proto::similarity_service_server::SERVICE_NAME as SIMILARITY;
use crate::service::Service;

mod calendar;
mod door;
mod learning;
mod passes;
mod saving;
mod tls;
mod warming;

/// Where the server listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bound {
    /// The gRPC door.
    pub grpc: SocketAddr,
    /// The HTTP door.
    pub http: SocketAddr,
    /// Whether callers have to speak TLS.
    pub is_tls: bool,
}

/// Serves until `shutdown` is over and what was under way has ended, or [`DRAIN_SECS`] have passed. `bound` is told the
/// addresses once both doors are open.
///
/// # Errors
/// `UNAVAILABLE` where an address cannot be taken, or the data folder cannot be written; those of a certificate, a key
/// or tokens that cannot be read, or are none.
pub async fn serve(
    config: &Config,
    service: Service,
    bound: impl FnOnce(Bound),
    shutdown: impl Future<Output = ()>,
) -> Result<(), Status> {
    let tls = config.tls.as_ref().map(Tls::read).transpose()?;
    let guard = Guard::new(config.tokens.as_deref().map(Tokens::read).transpose()?);
    let reach = if config.is_public() { Reach::Network } else { Reach::ThisMachine };
    let webhooks = Webhooks::read(config)?;
    let slack = Slack::read(config)?;
    let outgoing = Arc::new(Outgoing::read(config)?);
    let (grpc, grpc_address) = listen(config.grpc).await?;
    let (http, http_address) = listen(config.http).await?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    service.announce(&format!("{scheme}://{grpc_address}"))?;
    let (health, health_service) = health_reporter();
    report_health(&health, ServingStatus::Serving).await;
    let draining = Arc::new(AtomicBool::new(false));
    let learning = tokio::spawn(keep_learning(service.clone(), Arc::clone(&draining)));
    let saving = tokio::spawn(load_and_keep_saved(service.clone()));
    let dispatch = Arc::new(Dispatch::new(service));
    let warming = tokio::spawn(keep_warm(Arc::clone(&dispatch)));
    let patience = Patience { call: config.call_max, stream: config.stream_max };
    let web = Web {
        dispatch: Arc::clone(&dispatch),
        draining: Arc::clone(&draining),
        patience: config.call_max,
        guard: guard.clone(),
        reach,
        webhooks: Arc::new(webhooks),
        slack: Arc::new(slack),
        outgoing: Arc::clone(&outgoing),
    };
    let calls = grpc::router(&dispatch, health_service, patience, guard);
    let (grpc_tls, http_tls) = tls.map(|Tls { grpc, http }| (grpc, http)).unzip();
    let http_router = http::router(web, grpc::web_router(calls.clone()));
    let grpc = Door::grpc(grpc, calls, grpc_tls).open();
    let http = Door::http(http, http_router, http_tls).open();
    tracing::info!(grpc = %grpc_address, http = %http_address, "serving {}", config.reach());
    bound(Bound { grpc: grpc_address, http: http_address, is_tls: config.tls.is_some() });

    let mut senders = outgoing.start(&dispatch);
    let passes = tokio::spawn(passes::on_schedule(Arc::clone(&dispatch), config.recluster_every));
    let calendar = tokio::spawn(calendar::watch_the_calendar(Arc::clone(&dispatch)));

    shutdown.await;
    passes.abort();
    calendar.abort();
    tracing::info!("asked to stop; finishing what is under way");
    draining.store(true, Ordering::Relaxed);
    dispatch.stop();
    learning.abort();
    warming.abort();
    saving.abort();
    report_health(&health, ServingStatus::NotServing).await;
    let deadline = Instant::now() + Duration::from_secs(DRAIN_SECS);
    // What is not sent by then is looked for by the next server.
    let sent = timeout_at(deadline, async { while senders.join_next().await.is_some() {} });
    let (grpc_drained, _) = tokio::join!(grpc.close(deadline), sent);
    let http_drained = http.close(deadline).await;
    tracing::info!(in_time = grpc_drained && http_drained, "stopped");
    Ok(())
}

/// Ends when the process is asked to stop: by SIGTERM or SIGINT.
///
/// # Errors
/// `UNAVAILABLE` where the system does not let signals be caught.
pub fn stop_signal() -> Result<impl Future<Output = ()>, Status> {
    let caught = |kind| {
        let refused = |error| Status::unavailable(format!("cannot wait for signals: {error}"));
        signal(kind).map_err(refused)
    };
    let mut terminate = caught(SignalKind::terminate())?;
    let mut interrupt = caught(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Status> {
    let refused =
        |error: std::io::Error| Status::unavailable(format!("cannot listen on {address}: {error}"));
    let listener = TcpListener::bind(address).await.map_err(refused)?;
    let bound = listener.local_addr().map_err(refused)?;
    Ok((listener, bound))
}

/// Of the server as a whole, whose name is empty, and of each service.
async fn report_health(health: &HealthReporter, status: ServingStatus) {
    for service in ["", INCIDENTS, SIMILARITY, RECURRENCE] {
        health.set_service_status(service, status).await;
    }
}
