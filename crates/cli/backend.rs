//! Who answers: the store of this machine, or a server.

use std::ops::ControlFlow;
use std::path::PathBuf;

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
    UnlinkIncidentsRequest, UnlinkIncidentsResponse,
};
use relapse::service::{Read, Service};
use tonic::Status;

use self::local::Local;
pub use self::remote::{Remote, lost};
use crate::args::Global;
use crate::data_folder::data_folder;
use crate::error::Result;

mod access;
mod local;
mod remote;

/// Whoever answers; both speak the messages of the wire.
pub enum Backend {
    /// Opens the store itself.
    Local(Local),
    /// Asks a server.
    Remote(Box<Remote>),
}

/// Calls the method of the same name at whoever answers.
macro_rules! ask {
    ($($(#[$doc:meta])* $method:ident: $request:ty => $response:ty;)*) => {
        impl Backend {
            $($(#[$doc])*
            pub async fn $method(&mut self, request: $request) -> std::result::Result<$response, Status> {
                match self {
                    Self::Local(local) => local.ask(move |service| service.$method(request)).await,
                    Self::Remote(remote) => remote.$method(request).await,
                }
            })*
        }
    };
}

ask! {
    /// Answers one query.
    find_similar: FindSimilarRequest => FindSimilarResponse;
    /// Returns one page of classes.
    list_failure_classes: ListFailureClassesRequest => ListFailureClassesResponse;
    /// Returns one class.
    get_failure_class: GetFailureClassRequest => GetFailureClassResponse;
    /// Returns a report.
    get_report: GetReportRequest => GetReportResponse;
    /// Returns one incident.
    get_incident: GetIncidentRequest => GetIncidentResponse;
    /// Returns one page of incidents.
    list_incidents: ListIncidentsRequest => ListIncidentsResponse;
    /// Names a class.
    rename_failure_class: RenameFailureClassRequest => RenameFailureClassResponse;
    /// Pins a class, or releases it.
    pin_failure_class: PinFailureClassRequest => PinFailureClassResponse;
    /// Makes several classes one.
    merge_failure_classes: MergeFailureClassesRequest => MergeFailureClassesResponse;
    /// Moves members of a class into a new one.
    split_failure_class: SplitFailureClassRequest => SplitFailureClassResponse;
    /// Returns one page of decisions.
    list_decisions: ListDecisionsRequest => ListDecisionsResponse;
    /// Takes a decision back.
    undo_decision: UndoDecisionRequest => UndoDecisionResponse;
    /// Decides that two incidents are the same failure.
    link_incidents: LinkIncidentsRequest => LinkIncidentsResponse;
    /// Decides that two incidents are not the same failure.
    unlink_incidents: UnlinkIncidentsRequest => UnlinkIncidentsResponse;
    /// Groups all incidents anew.
    recluster: ReclusterRequest => ReclusterResponse;
    /// Closes and reopens follow-ups.
    import_tickets: ImportTicketsRequest => ImportTicketsResponse;
    /// Removes an incident.
    delete_incident: DeleteIncidentRequest => DeleteIncidentResponse;
    /// Keeps what a person says of a match.
    rate_match: RateMatchRequest => RateMatchResponse;
    /// Stores records; one response per record, in the same order.
    ingest: Vec<IngestIncidentsRequest> => Vec<IngestIncidentsResponse>;
}

/// Records on their way to whoever stores them.
pub enum Records {
    /// As they came: a server reads them.
    Sent(Vec<IngestIncidentsRequest>),
    /// Read already.
    Read(Read),
}

/// What is done to records before the records before them are stored.
pub type ReadAhead = Box<dyn Fn(Vec<IngestIncidentsRequest>) -> Records + Send>;

impl Backend {
    /// How to prepare records for [`Backend::keep`], on a thread of their own.
    pub fn read_ahead(&self) -> ReadAhead {
        match self {
            Self::Local(local) => {
                let service = local.service();
                Box::new(move |requests| Records::Read(service.read(requests)))
            }
            Self::Remote(_) => Box::new(Records::Sent),
        }
    }

    /// Stores records; one response per record, in the same order.
    pub async fn keep(
        &mut self,
        records: Records,
    ) -> std::result::Result<Vec<IngestIncidentsResponse>, Status> {
        match (self, records) {
            (Self::Local(local), Records::Read(read)) => {
                local.ask(move |service| service.keep(read)).await
            }
            (backend, Records::Sent(requests)) => backend.ingest(requests).await,
            (Self::Remote(_), Records::Read(_)) => {
                Err(Status::internal("what was read here cannot be sent to a server"))
            }
        }
    }
}

impl Backend {
    /// Replays the history. The store of this machine tells `progress` how many pages are done, of how many.
    pub async fn backtest(
        &mut self,
        request: BacktestRequest,
        progress: impl FnMut(usize, usize) -> ControlFlow<()> + Send + 'static,
    ) -> std::result::Result<BacktestResponse, Status> {
        match self {
            Self::Local(local) => {
                local.ask(move |service| service.backtest(request, progress)).await
            }
            Self::Remote(remote) => remote.backtest(request).await,
        }
    }

    /// Learns anew how sure answers are, where the history of this machine has grown by a quarter; a server does so by
    /// itself.
    pub async fn calibrate(
        &mut self,
        progress: impl FnMut(usize, usize) -> ControlFlow<()> + Send + 'static,
    ) -> std::result::Result<(), Status> {
        match self {
            Self::Local(local) => {
                let learn = move |service: &Service| match service.is_outgrown() {
                    true => service.calibrate(progress).map(drop),
                    false => Ok(()),
                };
                local.ask(learn).await
            }
            Self::Remote(_) => Ok(()),
        }
    }

    /// The server given, else the store in the data folder.
    pub async fn open(global: &Global) -> Result<Self> {
        Self::choose(global, Local::open).await
    }

    /// The server given, else the store in the data folder, which is created where there is none.
    pub async fn open_or_create(global: &Global) -> Result<Self> {
        Self::choose(global, Local::open_or_create).await
    }

    async fn choose<F: Future<Output = std::result::Result<Local, Status>>>(
        global: &Global,
        open: impl FnOnce(PathBuf) -> F,
    ) -> Result<Self> {
        match &global.server {
            Some(url) => Ok(Self::Remote(Box::new(Remote::open(url, global).await?))),
            None => {
                let folder = data_folder(global.data.clone())?;
                Ok(Self::Local(open(folder).await?))
            }
        }
    }
}

/// The most entries a page may have; fewer pages, fewer calls.
const PAGE_SIZE: u32 = relapse::limits::PAGE_SIZE_MAX;

/// Every incident the request asks for, as one page.
pub async fn all_incidents(
    backend: &mut Backend,
    mut request: ListIncidentsRequest,
) -> std::result::Result<ListIncidentsResponse, Status> {
    request.page_size = PAGE_SIZE;
    let mut all = backend.list_incidents(request.clone()).await?;
    while !all.next_page_token.is_empty() {
        request.page_token = std::mem::take(&mut all.next_page_token);
        let page = backend.list_incidents(request.clone()).await?;
        all.incidents.extend(page.incidents);
        all.next_page_token = page.next_page_token;
    }
    Ok(all)
}

/// Every class the request asks for, as one page.
pub async fn all_classes(
    backend: &mut Backend,
    mut request: ListFailureClassesRequest,
) -> std::result::Result<ListFailureClassesResponse, Status> {
    request.page_size = PAGE_SIZE;
    let mut all = backend.list_failure_classes(request.clone()).await?;
    while !all.next_page_token.is_empty() {
        request.page_token = std::mem::take(&mut all.next_page_token);
        let page = backend.list_failure_classes(request.clone()).await?;
        all.classes.extend(page.classes);
        all.next_page_token = page.next_page_token;
    }
    Ok(all)
}

/// Every decision the request asks for, as one page.
pub async fn all_decisions(
    backend: &mut Backend,
    mut request: ListDecisionsRequest,
) -> std::result::Result<ListDecisionsResponse, Status> {
    request.page_size = PAGE_SIZE;
    let mut all = backend.list_decisions(request.clone()).await?;
    while !all.next_page_token.is_empty() {
        request.page_token = std::mem::take(&mut all.next_page_token);
        let page = backend.list_decisions(request.clone()).await?;
        all.decisions.extend(page.decisions);
        all.next_page_token = page.next_page_token;
    }
    Ok(all)
}
