//! A server to call.

use std::future::Future;

use relapse::config::Config;
use relapse::proto::incident_service_client::IncidentServiceClient;
use relapse::proto::recurrence_service_client::RecurrenceServiceClient;
use relapse::proto::similarity_service_client::SimilarityServiceClient;
use relapse::proto::{IngestIncidentsRequest, IngestIncidentsResponse, IngestResult};
use relapse::serve::{Bound, serve};
use relapse::service::Service;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::Status;
use tonic::transport::Channel;

/// A server of its own on free ports, with a temporary data folder.
pub struct Server {
    pub bound: Bound,
    pub channel: Channel,
    /// The service behind the doors, to compare answers with.
    pub service: Service,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<Result<(), Status>>,
    _dir: tempfile::TempDir,
}

/// The day every server believes it is.
pub fn today() -> jiff::Timestamp {
    "2026-11-20T12:00:00Z".parse().expect("a time")
}

impl Server {
    /// An empty server.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// An empty server that serves as `change` wants.
    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        Self::start_at(today, change).await
    }

    /// The same, on another day.
    pub async fn start_at(
        clock: fn() -> jiff::Timestamp,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let service = Service::open(dir.path(), clock).expect("an empty folder");
        let any = "127.0.0.1:0".parse().expect("an address");
        let mut config = Config { grpc: any, http: any, ..Config::default() };
        change(&mut config);
        let (stop, stopped) = oneshot::channel();
        let (tell, told) = oneshot::channel();
        let behind = service.clone();
        let ended = tokio::spawn(async move {
            let bound = |bound| tell.send(bound).expect("somebody waits for it");
            // A test that ends drops its end, which stops the server too.
            serve(&config, behind, bound, async { drop(stopped.await) }).await
        });
        let bound: Bound = told.await.expect("it opens its doors");
        let endpoint = Channel::from_shared(format!("http://{}", bound.grpc)).expect("an address");
        let channel = endpoint.connect_lazy();
        Self { bound, channel, service, stop, ended, _dir: dir }
    }

    /// A server that knows the sample incidents.
    pub async fn with_samples() -> Self {
        Self::with_samples_and(|_| {}).await
    }

    /// The same, which serves as `change` wants.
    pub async fn with_samples_and(change: impl FnOnce(&mut Config)) -> Self {
        let server = Self::start_with(change).await;
        let receipts = server.ingest(crate::samples::records()).await;
        let refused = receipts.iter().find(|receipt| receipt.result() == IngestResult::Refused);
        assert_eq!(refused, None);
        server
    }

    pub fn incidents(&self) -> IncidentServiceClient<Channel> {
        IncidentServiceClient::new(self.channel.clone())
    }

    pub fn similarity(&self) -> SimilarityServiceClient<Channel> {
        SimilarityServiceClient::new(self.channel.clone())
    }

    pub fn recurrence(&self) -> RecurrenceServiceClient<Channel> {
        RecurrenceServiceClient::new(self.channel.clone())
    }

    /// Streams `records`; the receipts.
    pub async fn ingest(
        &self,
        records: Vec<IngestIncidentsRequest>,
    ) -> Vec<IngestIncidentsResponse> {
        let stream = self.incidents().ingest_incidents(tokio_stream::iter(records)).await;
        let mut stream = stream.expect("the stream begins").into_inner();
        let mut receipts = Vec::new();
        while let Some(receipt) = stream.message().await.expect("the stream goes on") {
            receipts.push(receipt);
        }
        receipts
    }

    /// Asks the server to stop; how it ended.
    pub fn stop(self) -> impl Future<Output = Result<(), Status>> {
        self.stop.send(()).expect("it runs");
        let (ended, dir) = (self.ended, self._dir);
        async move {
            let ended = ended.await.expect("it does not break down");
            drop(dir);
            ended
        }
    }
}
