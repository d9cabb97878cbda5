//! A server, over gRPC.

use std::error::Error as _;
use std::time::Duration;

use relapse::limits::RESPONSE_BYTES;
use relapse::proto::incident_service_client::IncidentServiceClient;
use relapse::proto::recurrence_service_client::RecurrenceServiceClient;
use relapse::proto::similarity_service_client::SimilarityServiceClient;
use relapse::proto::{
    BacktestRequest, BacktestResponse, DeleteIncidentRequest, DeleteIncidentResponse,
    FindSimilarRequest, FindSimilarResponse, GetFailureClassRequest, GetFailureClassResponse,
    GetIncidentRequest, GetIncidentResponse, GetReportRequest, GetReportResponse,
    ImportTicketsRequest, ImportTicketsResponse, IngestIncidentsRequest, IngestIncidentsResponse,
    LinkIncidentsRequest, LinkIncidentsResponse, ListDecisionsRequest, ListDecisionsResponse,
    ListFailureClassesRequest, ListFailureClassesResponse, ListIncidentsRequest,
    ListIncidentsResponse, MergeFailureClassesRequest, MergeFailureClassesResponse,
    PinFailureClassRequest, PinFailureClassResponse, RateMatchRequest, RateMatchResponse,
    ReclusterRequest, ReclusterResponse, RenameFailureClassRequest, RenameFailureClassResponse,
    SplitFailureClassRequest, SplitFailureClassResponse, UndoDecisionRequest, UndoDecisionResponse,
    UnlinkIncidentsRequest, UnlinkIncidentsResponse, WatchRecurrencesRequest,
    WatchRecurrencesResponse,
};
use relapse::status::with_hint;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status, Streaming};

use super::access::{Access, Bearer};
use crate::args::Global;
use crate::error::{Error, Result};

const CONNECT_SECS: u64 = 10;

/// A connection that says whose it is with every call.
type Line = InterceptedService<Channel, Bearer>;

/// A connection to a server.
pub struct Remote {
    incidents: IncidentServiceClient<Line>,
    similarity: SimilarityServiceClient<Line>,
    recurrence: RecurrenceServiceClient<Line>,
}

impl Remote {
    /// Connects to `url` with what the command line shows a server.
    ///
    /// # Errors
    /// As [`Remote::connect`], and those of [`Access::read`].
    pub async fn open(url: &str, global: &Global) -> Result<Self> {
        Self::connect(url, Access::read(global)?).await
    }

    /// Connects to `url`, such as `http://127.0.0.1:7700` or `https://relapse.example.com:7700`; `http://` may be left
    /// out.
    ///
    /// # Errors
    /// A wrong URL, or nobody there.
    pub async fn connect(url: &str, access: Access) -> Result<Self> {
        let channel = endpoint(url, &access)?.connect().await.map_err(|error| {
            let reason = error.source().map_or_else(|| error.to_string(), innermost);
            not_reached(url, &reason)
        })?;
        let line = InterceptedService::new(channel, access.bearer);
        let incidents = IncidentServiceClient::new(line.clone());
        let similarity = SimilarityServiceClient::new(line.clone());
        let recurrence = RecurrenceServiceClient::new(line);
        Ok(Self {
            incidents: incidents.max_decoding_message_size(RESPONSE_BYTES),
            similarity: similarity.max_decoding_message_size(RESPONSE_BYTES),
            recurrence: recurrence.max_decoding_message_size(RESPONSE_BYTES),
        })
    }
}

/// A certificate that is not trusted comes as a connection that fails, and nothing but its text tells it from others.
fn not_reached(url: &str, reason: &str) -> Status {
    if reason.contains("peer certificate") {
        let hint = "name the authority of its certificate with --ca FILE; one that signs itself must not be an \
                    authority too (openssl req -x509 -addext basicConstraints=CA:FALSE)";
        return with_hint(
            Code::Unavailable,
            format!("the server at {url} cannot be trusted: {reason}"),
            hint,
        );
    }
    let hint = "start one with `relapse serve`, or leave --server out to open the store itself";
    with_hint(Code::Unavailable, format!("no server at {url}: {reason}"), hint)
}

fn endpoint(url: &str, access: &Access) -> Result<Endpoint> {
    let full = match url.contains("://") {
        true => url.to_owned(),
        false => format!("http://{url}"),
    };
    let wrong = |error: tonic::transport::Error| Error::Usage(format!("--server {url}: {error}"));
    let mut endpoint = Endpoint::from_shared(full).map_err(wrong)?;
    if url.starts_with("https://") {
        endpoint = endpoint.tls_config(access.tls.clone()).map_err(wrong)?;
    }
    Ok(endpoint.connect_timeout(Duration::from_secs(CONNECT_SECS)))
}

/// What the system said, below the layers it came through.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

/// A connection that breaks during a call comes as UNKNOWN with a source; no answer of a server has one.
pub fn lost(status: Status) -> Status {
    match (status.code(), status.source()) {
        (Code::Unknown, Some(source)) => {
            let message = format!("the server went away: {}", innermost(source));
            with_hint(Code::Unavailable, message, "ask again once it is back")
        }
        _ => status,
    }
}

/// Sends the request of one call and takes the response out of its envelope.
macro_rules! calls {
    ($($client:ident.$method:ident: $request:ty => $response:ty;)*) => {
        impl Remote {
            $(
            /// The call of this name.
            pub async fn $method(&mut self, request: $request) -> std::result::Result<$response, Status> {
                let response = self.$client.$method(request).await;
                Ok(response.map_err(lost)?.into_inner())
            })*
        }
    };
}

calls! {
    similarity.find_similar: FindSimilarRequest => FindSimilarResponse;
    recurrence.list_failure_classes: ListFailureClassesRequest => ListFailureClassesResponse;
    recurrence.get_failure_class: GetFailureClassRequest => GetFailureClassResponse;
    recurrence.backtest: BacktestRequest => BacktestResponse;
    similarity.rate_match: RateMatchRequest => RateMatchResponse;
    recurrence.get_report: GetReportRequest => GetReportResponse;
    recurrence.watch_recurrences: WatchRecurrencesRequest => Streaming<WatchRecurrencesResponse>;
    recurrence.rename_failure_class: RenameFailureClassRequest => RenameFailureClassResponse;
    recurrence.pin_failure_class: PinFailureClassRequest => PinFailureClassResponse;
    recurrence.merge_failure_classes: MergeFailureClassesRequest => MergeFailureClassesResponse;
    recurrence.split_failure_class: SplitFailureClassRequest => SplitFailureClassResponse;
    recurrence.list_decisions: ListDecisionsRequest => ListDecisionsResponse;
    recurrence.undo_decision: UndoDecisionRequest => UndoDecisionResponse;
    recurrence.link_incidents: LinkIncidentsRequest => LinkIncidentsResponse;
    recurrence.unlink_incidents: UnlinkIncidentsRequest => UnlinkIncidentsResponse;
    recurrence.recluster: ReclusterRequest => ReclusterResponse;
    incidents.get_incident: GetIncidentRequest => GetIncidentResponse;
    incidents.list_incidents: ListIncidentsRequest => ListIncidentsResponse;
    incidents.import_tickets: ImportTicketsRequest => ImportTicketsResponse;
    incidents.delete_incident: DeleteIncidentRequest => DeleteIncidentResponse;
}

impl Remote {
    /// Streams the records; the responses come in the same order.
    pub async fn ingest(
        &mut self,
        records: Vec<IngestIncidentsRequest>,
    ) -> std::result::Result<Vec<IngestIncidentsResponse>, Status> {
        let mut responses = Vec::with_capacity(records.len());
        let stream = self.incidents.ingest_incidents(tokio_stream::iter(records));
        let mut stream = stream.await.map_err(lost)?.into_inner();
        while let Some(response) = stream.message().await.map_err(lost)? {
            responses.push(response);
        }
        Ok(responses)
    }
}

#[cfg(test)]
mod tests {
    use relapse::limits::{DOCUMENT_BYTES, MESSAGE_BYTES};
    use relapse::proto::incident_service_server::{IncidentService, IncidentServiceServer};
    use relapse::proto::{
        UpdateActionItemsRequest, UpdateActionItemsResponse, UpsertIncidentRequest,
        UpsertIncidentResponse, ingest_incidents_request,
    };
    use tokio_stream::StreamExt;
    use tokio_stream::wrappers::TcpListenerStream;
    use tonic::{Request, Response};

    use super::*;

    type Answered<T> = std::result::Result<Response<T>, Status>;
    type Responses = dyn tokio_stream::Stream<Item = std::result::Result<IngestIncidentsResponse, Status>>
        + Send;

    /// Answers each record by its external id, and nothing else.
    struct Echo;

    #[tonic::async_trait]
    impl IncidentService for Echo {
        type IngestIncidentsStream = std::pin::Pin<Box<Responses>>;

        async fn ingest_incidents(
            &self,
            records: Request<Streaming<IngestIncidentsRequest>>,
        ) -> Answered<Self::IngestIncidentsStream> {
            let responses = records.into_inner().map(|record| record.map(echo));
            Ok(Response::new(Box::pin(responses)))
        }

        async fn upsert_incident(
            &self,
            _: Request<UpsertIncidentRequest>,
        ) -> Answered<UpsertIncidentResponse> {
            Err(Status::unimplemented(""))
        }

        async fn get_incident(
            &self,
            _: Request<GetIncidentRequest>,
        ) -> Answered<GetIncidentResponse> {
            Err(Status::not_found("no such incident"))
        }

        async fn list_incidents(
            &self,
            _: Request<ListIncidentsRequest>,
        ) -> Answered<ListIncidentsResponse> {
            Err(Status::unimplemented(""))
        }

        async fn delete_incident(
            &self,
            _: Request<DeleteIncidentRequest>,
        ) -> Answered<DeleteIncidentResponse> {
            Err(Status::unimplemented(""))
        }

        async fn update_action_items(
            &self,
            _: Request<UpdateActionItemsRequest>,
        ) -> Answered<UpdateActionItemsResponse> {
            Err(Status::unimplemented(""))
        }

        async fn import_tickets(
            &self,
            _: Request<ImportTicketsRequest>,
        ) -> Answered<ImportTicketsResponse> {
            Err(Status::unimplemented(""))
        }
    }

    fn echo(request: IngestIncidentsRequest) -> IngestIncidentsResponse {
        let Some(ingest_incidents_request::Record::Document(document)) = request.record else {
            return IngestIncidentsResponse::default();
        };
        IngestIncidentsResponse { incident_id: document.path_id, ..Default::default() }
    }

    fn record(path_id: String, bytes: usize) -> IngestIncidentsRequest {
        let content = vec![b'x'; bytes];
        let document = relapse::proto::Document { path_id, content, ..Default::default() };
        let record = Some(ingest_incidents_request::Record::Document(document));
        IngestIncidentsRequest { record }
    }

    async fn connected() -> Remote {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("it is bound").to_string();
        let echo = IncidentServiceServer::new(Echo).max_decoding_message_size(MESSAGE_BYTES);
        let server = tonic::transport::Server::builder().add_service(echo);
        tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
        Remote::connect(&address, Access::default()).await.expect("it listens")
    }

    #[tokio::test]
    async fn records_are_answered_in_order_however_many_and_however_large() {
        let mut remote = connected().await;
        let mut records: Vec<_> = (0..1000).map(|n| record(format!("r/{n}"), 4096)).collect();
        records.push(record("r/1000".into(), DOCUMENT_BYTES));
        let responses = remote.ingest(records).await.expect("all are answered");
        let expected: Vec<_> = (0..=1000).map(|n| format!("r/{n}")).collect();
        let ids: Vec<_> = responses.into_iter().map(|response| response.incident_id).collect();
        assert_eq!(ids, expected);
    }

    #[tokio::test]
    async fn a_refusal_of_the_server_stays_what_it_is() {
        let request = GetIncidentRequest::default();
        let status = connected().await.get_incident(request).await.expect_err("it has none");
        assert_eq!((status.code(), status.message()), (Code::NotFound, "no such incident"));
    }

    #[test]
    fn the_scheme_may_be_left_out() {
        let endpoint = endpoint("127.0.0.1:7700", &Access::default()).expect("an address");
        assert_eq!(endpoint.uri().to_string(), "http://127.0.0.1:7700/");
    }

    #[test]
    fn what_is_no_address_is_a_wrong_request() {
        let error = endpoint("http://", &Access::default()).map(drop).expect_err("no host");
        assert!(matches!(error, Error::Usage(_)), "{error}");
    }

    #[test]
    fn a_connection_that_breaks_is_unavailable_and_an_answer_stays() {
        let broken: Box<dyn std::error::Error + Send + Sync> = "broken pipe".into();
        let status = lost(Status::from_error(broken));
        assert_eq!(status.code(), Code::Unavailable);
        assert!(status.message().contains("broken pipe"), "{status}");
        assert_eq!(lost(Status::unknown("odd")).code(), Code::Unknown);
    }

    #[tokio::test]
    async fn nobody_there_is_unavailable_and_says_what_to_do() {
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = free.local_addr().expect("it is bound").to_string();
        drop(free);
        let error = Remote::connect(&address, Access::default()).await;
        let error = error.map(drop).expect_err("nobody listens");
        assert_eq!(error.exit_code() as u8, 4);
        assert!(error.to_string().contains(&address), "{error}");
        assert!(error.hint().is_some_and(|hint| hint.contains("relapse serve")));
    }
}
