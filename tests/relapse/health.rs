//! `grpc.health.v1`.

use tonic::Code;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

use crate::server::Server;

#[tokio::test]
async fn the_server_and_each_service_say_that_they_serve() {
    let server = Server::start().await;
    let mut health = HealthClient::new(server.channel.clone());
    let mut check = async |service: &str| {
        let request = HealthCheckRequest { service: service.into() };
        health.check(request).await.map(|response| response.into_inner().status())
    };
    for service in [
        "",
        "relapse.v1.IncidentService",
        "relapse.v1.SimilarityService",
        "relapse.v1.RecurrenceService",
    ] {
        assert_eq!(check(service).await.expect(service), ServingStatus::Serving, "{service}");
    }
    let unknown = check("relapse.v1.TeaService").await.expect_err("no such service");
    assert_eq!(unknown.code(), Code::NotFound);
}
