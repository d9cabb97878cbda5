//! Server reflection, in both versions.

use crate::server::Server;

/// Lists the services by the version of reflection in the given module.
macro_rules! services {
    ($server:expr, $version:ident) => {{
        use tonic_reflection::pb::$version::ServerReflectionRequest;
        use tonic_reflection::pb::$version::server_reflection_client::ServerReflectionClient;
        use tonic_reflection::pb::$version::server_reflection_request::MessageRequest;
        use tonic_reflection::pb::$version::server_reflection_response::MessageResponse;

        let request = ServerReflectionRequest {
            host: String::new(),
            message_request: Some(MessageRequest::ListServices(String::new())),
        };
        let mut client = ServerReflectionClient::new($server.channel.clone());
        let stream = client.server_reflection_info(tokio_stream::iter([request])).await;
        let mut stream = stream.expect("it begins").into_inner();
        let response = stream.message().await.expect("it goes on").expect("one response");
        let Some(MessageResponse::ListServicesResponse(list)) = response.message_response else {
            unreachable!("the services were asked for");
        };
        list.service.into_iter().map(|service| service.name).collect::<Vec<String>>()
    }};
}

#[tokio::test]
async fn both_versions_list_every_service() {
    let server = Server::start().await;
    for names in [services!(server, v1), services!(server, v1alpha)] {
        for service in [
            "relapse.v1.IncidentService",
            "relapse.v1.SimilarityService",
            "relapse.v1.RecurrenceService",
            "grpc.health.v1.Health",
        ] {
            assert!(names.iter().any(|name| name == service), "{service} in {names:?}");
        }
    }
}
