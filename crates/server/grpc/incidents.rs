//! `IncidentService`.

use std::sync::Arc;

use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, Streaming};

use super::{Door, ingest_stream};
use crate::proto::incident_service_server::IncidentService;
use crate::proto::{
    DeleteIncidentRequest, DeleteIncidentResponse, GetIncidentRequest, GetIncidentResponse,
    ImportTicketsRequest, ImportTicketsResponse, IngestIncidentsRequest, IngestIncidentsResponse,
    ListIncidentsRequest, ListIncidentsResponse, UpdateActionItemsRequest,
    UpdateActionItemsResponse, UpsertIncidentRequest, UpsertIncidentResponse,
};
use crate::service::Service;

#[tonic::async_trait]
impl IncidentService for Door {
    type IngestIncidentsStream = ReceiverStream<Result<IngestIncidentsResponse, Status>>;

    async fn ingest_incidents(
        &self,
        request: Request<Streaming<IngestIncidentsRequest>>,
    ) -> Result<Response<Self::IngestIncidentsStream>, Status> {
        let receipts = ingest_stream::receipts(Arc::clone(&self.0), request.into_inner());
        Ok(Response::new(receipts))
    }

    async fn upsert_incident(
        &self,
        request: Request<UpsertIncidentRequest>,
    ) -> Result<Response<UpsertIncidentResponse>, Status> {
        self.0.upsert(request.into_inner()).await.map(Response::new)
    }

    async fn get_incident(
        &self,
        request: Request<GetIncidentRequest>,
    ) -> Result<Response<GetIncidentResponse>, Status> {
        self.0.read(Service::get_incident, request.into_inner()).await.map(Response::new)
    }

    async fn list_incidents(
        &self,
        request: Request<ListIncidentsRequest>,
    ) -> Result<Response<ListIncidentsResponse>, Status> {
        self.0.read(Service::list_incidents, request.into_inner()).await.map(Response::new)
    }

    async fn delete_incident(
        &self,
        request: Request<DeleteIncidentRequest>,
    ) -> Result<Response<DeleteIncidentResponse>, Status> {
        self.0.write(Service::delete_incident, request.into_inner()).await.map(Response::new)
    }

    async fn update_action_items(
        &self,
        request: Request<UpdateActionItemsRequest>,
    ) -> Result<Response<UpdateActionItemsResponse>, Status> {
        self.decide(Service::update_action_items, request).await
    }

    async fn import_tickets(
        &self,
        request: Request<ImportTicketsRequest>,
    ) -> Result<Response<ImportTicketsResponse>, Status> {
        self.decide(Service::import_tickets, request).await
    }
}
