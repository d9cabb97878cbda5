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
    PinFailureClassRequest, PinFailureClassResponse, ReclusterRequest, ReclusterResponse,
    RenameFailureClassRequest, RenameFailureClassResponse, SplitFailureClassRequest,
    SplitFailureClassResponse, UndoDecisionRequest, UndoDecisionResponse, UnlinkIncidentsRequest,
    UnlinkIncidentsResponse, WatchRecurrencesRequest, WatchRecurrencesResponse,
};
use crate::service::Service;

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
        self.0.report(request.into_inner()).await.map(Response::new)
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
        request: Request<RenameFailureClassRequest>,
    ) -> Result<Response<RenameFailureClassResponse>, Status> {
        self.decide(Service::rename_failure_class, request).await
    }

    async fn pin_failure_class(
        &self,
        request: Request<PinFailureClassRequest>,
    ) -> Result<Response<PinFailureClassResponse>, Status> {
        self.decide(Service::pin_failure_class, request).await
    }

    async fn merge_failure_classes(
        &self,
        request: Request<MergeFailureClassesRequest>,
    ) -> Result<Response<MergeFailureClassesResponse>, Status> {
        self.decide(Service::merge_failure_classes, request).await
    }

    async fn split_failure_class(
        &self,
        request: Request<SplitFailureClassRequest>,
    ) -> Result<Response<SplitFailureClassResponse>, Status> {
        self.decide(Service::split_failure_class, request).await
    }

    async fn list_decisions(
        &self,
        request: Request<ListDecisionsRequest>,
    ) -> Result<Response<ListDecisionsResponse>, Status> {
        self.0.read(Service::list_decisions, request.into_inner()).await.map(Response::new)
    }

    async fn undo_decision(
        &self,
        request: Request<UndoDecisionRequest>,
    ) -> Result<Response<UndoDecisionResponse>, Status> {
        self.decide(Service::undo_decision, request).await
    }

    async fn link_incidents(
        &self,
        request: Request<LinkIncidentsRequest>,
    ) -> Result<Response<LinkIncidentsResponse>, Status> {
        self.decide(Service::link_incidents, request).await
    }

    async fn unlink_incidents(
        &self,
        request: Request<UnlinkIncidentsRequest>,
    ) -> Result<Response<UnlinkIncidentsResponse>, Status> {
        self.decide(Service::unlink_incidents, request).await
    }

    async fn recluster(
        &self,
        request: Request<ReclusterRequest>,
    ) -> Result<Response<ReclusterResponse>, Status> {
        self.0.write(Service::recluster, request.into_inner()).await.map(Response::new)
    }

    async fn backtest(
        &self,
        request: Request<BacktestRequest>,
    ) -> Result<Response<BacktestResponse>, Status> {
        self.0.backtest(request.into_inner()).await.map(Response::new)
    }
}
