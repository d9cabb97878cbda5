//! `RecurrenceService`.

use std::pin::Pin;
use std::sync::Arc;

use tokio_stream::Stream;
use tonic::{Request, Response, Status};

use super::{Door, watch};
use crate::proto::recurrence_service_server::RecurrenceService;
use crate::proto::{
    BacktestRequest, BacktestResponse, GetFailureClassRequest, GetFailureClassResponse,
    GetReportRequest, GetReportResponse, LinkIncidentsRequest, LinkIncidentsResponse,
    ListDecisionsRequest, ListDecisionsResponse, ListFailureClassesRequest,
    ListFailureClassesResponse, MergeFailureClassesRequest, MergeFailureClassesResponse,
    PinFailureClassRequest, PinFailureClassResponse, RenameFailureClassRequest,
    RenameFailureClassResponse, SplitFailureClassRequest, SplitFailureClassResponse,
    UndoDecisionRequest, UndoDecisionResponse, UnlinkIncidentsRequest, UnlinkIncidentsResponse,
    WatchRecurrencesRequest, WatchRecurrencesResponse,
};
use crate::service::Service;
use crate::status::not_yet;

/// What does the job of a decision today.
const CLUSTERING_DECIDES: &str =
    "classes follow the clustering alone; GetFailureClass shows the members of one";

#[tonic::async_trait]
impl RecurrenceService for Door {
    type WatchRecurrencesStream =
        Pin<Box<dyn Stream<Item = Result<WatchRecurrencesResponse, Status>> + Send>>;

    async fn list_failure_classes(
        &self,
        request: Request<ListFailureClassesRequest>,
    ) -> Result<Response<ListFailureClassesResponse>, Status> {
        self.0.read(Service::list_failure_classes, request.into_inner()).await.map(Response::new)
    }

    async fn get_failure_class(
        &self,
        request: Request<GetFailureClassRequest>,
    ) -> Result<Response<GetFailureClassResponse>, Status> {
        self.0.read(Service::get_failure_class, request.into_inner()).await.map(Response::new)
    }

    async fn get_report(
        &self,
        request: Request<GetReportRequest>,
    ) -> Result<Response<GetReportResponse>, Status> {
        self.0.read(Service::get_report, request.into_inner()).await.map(Response::new)
    }

    async fn watch_recurrences(
        &self,
        request: Request<WatchRecurrencesRequest>,
    ) -> Result<Response<Self::WatchRecurrencesStream>, Status> {
        let (watcher, place) = self.0.watch(request.into_inner()).await?;
        let told = watch::recurrences(Arc::clone(&self.0), watcher, place);
        Ok(Response::new(Box::pin(told)))
    }

    async fn rename_failure_class(
        &self,
        _: Request<RenameFailureClassRequest>,
    ) -> Result<Response<RenameFailureClassResponse>, Status> {
        Err(not_yet("RenameFailureClass", CLUSTERING_DECIDES))
    }

    async fn pin_failure_class(
        &self,
        _: Request<PinFailureClassRequest>,
    ) -> Result<Response<PinFailureClassResponse>, Status> {
        Err(not_yet("PinFailureClass", CLUSTERING_DECIDES))
    }

    async fn merge_failure_classes(
        &self,
        _: Request<MergeFailureClassesRequest>,
    ) -> Result<Response<MergeFailureClassesResponse>, Status> {
        Err(not_yet("MergeFailureClasses", CLUSTERING_DECIDES))
    }

    async fn split_failure_class(
        &self,
        _: Request<SplitFailureClassRequest>,
    ) -> Result<Response<SplitFailureClassResponse>, Status> {
        Err(not_yet("SplitFailureClass", CLUSTERING_DECIDES))
    }

    async fn list_decisions(
        &self,
        _: Request<ListDecisionsRequest>,
    ) -> Result<Response<ListDecisionsResponse>, Status> {
        Err(not_yet("ListDecisions", CLUSTERING_DECIDES))
    }

    async fn undo_decision(
        &self,
        _: Request<UndoDecisionRequest>,
    ) -> Result<Response<UndoDecisionResponse>, Status> {
        Err(not_yet("UndoDecision", CLUSTERING_DECIDES))
    }

    async fn link_incidents(
        &self,
        _: Request<LinkIncidentsRequest>,
    ) -> Result<Response<LinkIncidentsResponse>, Status> {
        Err(not_yet("LinkIncidents", CLUSTERING_DECIDES))
    }

    async fn unlink_incidents(
        &self,
        _: Request<UnlinkIncidentsRequest>,
    ) -> Result<Response<UnlinkIncidentsResponse>, Status> {
        Err(not_yet("UnlinkIncidents", CLUSTERING_DECIDES))
    }

    async fn backtest(
        &self,
        _: Request<BacktestRequest>,
    ) -> Result<Response<BacktestResponse>, Status> {
        let instead = "ask FindSimilar with the `as_of` of each incident of the past";
        Err(not_yet("Backtest", instead))
    }
}
