//! Who may call, by whatever door: the table of every call and route, without, with a wrong and with a right token.

use std::collections::BTreeSet;

use prost::Message;
use prost_types::FileDescriptorSet;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use relapse::guard::tokens::issue;
use relapse::proto::DESCRIPTORS;
use relapse::proto::find_similar_request::Query;
use relapse::proto::similarity_service_client::SimilarityServiceClient;
use relapse::proto::{FindSimilarRequest, ListFailureClassesRequest};
use tempfile::TempDir;
use tonic::body::Body;
use tonic::codegen::Service as _;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Identity};
use tonic::{Code, Request};

use crate::http::send;
use crate::server::Server;

/// The paths of all calls the server answers, ours and those of health and reflection.
fn calls() -> Vec<String> {
    let ours = FileDescriptorSet::decode(DESCRIPTORS).expect("the build wrote it").file;
    let ours = ours.iter().flat_map(|file| {
        file.service.iter().flat_map(move |service| {
            let path = move |name: &str| format!("/{}.{}/{name}", file.package(), service.name());
            service.method.iter().map(move |method| path(method.name()))
        })
    });
    let others = [
        "/grpc.health.v1.Health/Check",
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
        "/relapse.v1.IncidentService/NoSuchCall",
    ];
    ours.chain(others.map(str::to_owned)).collect()
}

/// The code a call without a message ends with.
async fn code(channel: &mut Channel, path: &str, authorization: Option<&str>) -> Code {
    let mut request = http::Request::post(path).header("content-type", "application/grpc");
    if let Some(authorization) = authorization {
        request = request.header("authorization", authorization);
    }
    let request = request.body(Body::empty()).expect("a request");
    std::future::poll_fn(|context| channel.poll_ready(context)).await.expect("it listens");
    let response = channel.call(request).await.expect("it answers");
    let status =
        response.headers().get("grpc-status").map(|value| Code::from_bytes(value.as_bytes()));
    // A stream that was let in says how it ends later.
    status.unwrap_or(Code::Ok)
}

struct Guarded {
    server: Server,
    token: String,
    _folder: TempDir,
}

impl Guarded {
    async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (token, line) = issue("pager", [3; 32]).expect("a good name");
        let file = folder.path().join("tokens");
        std::fs::write(&file, line).expect("it is written");
        let server = Server::start_with(|config| config.tokens = Some(file)).await;
        Self { server, token, _folder: folder }
    }
}

#[tokio::test]
async fn no_call_is_answered_without_a_token_but_health() {
    let guarded = Guarded::start().await;
    let mut channel = guarded.server.channel.clone();
    let right = format!("Bearer {}", guarded.token);
    for path in calls() {
        let open = path.starts_with("/grpc.health.");
        for wrong in [None, Some("Bearer rlp_wrong"), Some("Basic cmxwXw=="), Some(&*guarded.token)]
        {
            let found = code(&mut channel, &path, wrong).await;
            assert_eq!(found == Code::Unauthenticated, !open, "{path} with {wrong:?}: {found:?}");
        }
        let found = code(&mut channel, &path, Some(&right)).await;
        assert_ne!(found, Code::Unauthenticated, "{path}");
    }
}

#[tokio::test]
async fn no_route_is_answered_without_a_token_but_health() {
    let guarded = Guarded::start().await;
    let http = guarded.server.bound.http;
    let right = format!("authorization: Bearer {}\r\n", guarded.token);
    let mut refused = BTreeSet::new();
    for path in [
        "/",
        "/healthz",
        "/readyz",
        "/metrics",
        "/v1/similar?text=disk%20full",
        "/v1/classes",
        "/v1/classes/FC-1",
        "/v1/incidents",
        "/v1/incidents/INC-1",
        "/v1/decisions",
        "/v1/report",
        "/v1/backtest",
        "/relapse.v1.SimilarityService/FindSimilar",
    ] {
        for wrong in ["", "authorization: Bearer rlp_wrong\r\n"] {
            let reply = send(http, "GET", path, &format!("host: {http}\r\n{wrong}"), "").await;
            if reply.code == 401 {
                refused.insert(path);
                assert!(reply.headers.contains("www-authenticate: bearer"), "{}", reply.headers);
            }
        }
        let reply = send(http, "GET", path, &format!("host: {http}\r\n{right}"), "").await;
        assert_ne!(reply.code, 401, "{path}");
    }
    assert_eq!(
        refused.len(),
        9,
        "all but health, the page, and gRPC-Web, which has its own answer: {refused:?}"
    );
    for path in [
        "/v1/similar",
        "/v1/chat",
        "/slack/command",
        "/slack/interactivity",
        "/webhooks/alertmanager",
        "/webhooks/pagerduty",
    ] {
        let host = format!("host: {http}\r\n");
        let reply = send(http, "POST", path, &host, "").await;
        assert_eq!(reply.code, 401, "{path}");
        let reply = send(http, "POST", path, &format!("{host}{right}"), "").await;
        assert_ne!(reply.code, 401, "{path}");
    }
}

#[tokio::test]
async fn a_browser_asks_the_same_over_grpc_web() {
    let server = Server::with_samples().await;
    let question = FindSimilarRequest {
        query: Some(Query::Text("disk full on ledger-db".into())),
        ..FindSimilarRequest::default()
    };
    let expected = server.similarity().find_similar(question.clone()).await.expect("an answer");
    let message = question.encode_to_vec();
    let length = u32::try_from(message.len()).expect("it is short").to_be_bytes();
    let mut body = vec![0];
    body.extend_from_slice(&length);
    body.extend_from_slice(&message);
    let http = server.bound.http;
    let head = format!("host: {http}\r\ncontent-type: application/grpc-web+proto\r\n");
    let reply =
        crate::http::send_bytes(http, "/relapse.v1.SimilarityService/FindSimilar", &head, &body)
            .await;
    let answer = expected.into_inner().encode_to_vec();
    let found = reply.windows(answer.len()).any(|window| window == answer);
    assert!(found, "the message is in the body as it is");
    assert!(String::from_utf8_lossy(&reply).contains("grpc-status:0"));
}

/// An authority, and what it has certified for `localhost` and for a caller.
struct Authority {
    pem: String,
    server: (String, String),
    caller: (String, String),
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no name");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("it signs itself");
        let certified = |name: &str| {
            let key = KeyPair::generate().expect("a key");
            let params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
            let certificate = params.signed_by(&key, &issuer).expect("it signs");
            (certificate.pem(), key.serialize_pem())
        };
        Self { pem: issuer.pem(), server: certified("localhost"), caller: certified("caller") }
    }

    /// A server that shows its certificate, and lets in callers of this authority alone where `ask` is set.
    async fn serve(&self, folder: &TempDir, ask: bool) -> Server {
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).expect("it is written");
            path
        };
        let tls = relapse::config::TlsFiles {
            cert: file("cert.pem", &self.server.0),
            key: file("key.pem", &self.server.1),
            client_ca: ask.then(|| file("ca.pem", &self.pem)),
        };
        Server::start_with(|config| config.tls = Some(tls)).await
    }

    fn trust(&self) -> ClientTlsConfig {
        ClientTlsConfig::new()
            .ca_certificate(Certificate::from_pem(&self.pem))
            .domain_name("localhost")
    }
}

/// Whether a call over TLS is answered.
async fn answers(server: &Server, tls: ClientTlsConfig) -> bool {
    let address = format!("https://{}", server.bound.grpc);
    let endpoint = Channel::from_shared(address).expect("an address");
    let Ok(channel) = endpoint.tls_config(tls).expect("it is well formed").connect().await else {
        return false;
    };
    let mut recurrence =
        relapse::proto::recurrence_service_client::RecurrenceServiceClient::new(channel);
    recurrence.list_failure_classes(ListFailureClassesRequest::default()).await.is_ok()
}

#[tokio::test]
async fn over_tls_the_server_proves_itself_and_plain_text_is_cut_off() {
    let (authority, folder) = (Authority::new(), tempfile::tempdir().expect("a folder"));
    let server = authority.serve(&folder, false).await;
    assert!(answers(&server, authority.trust()).await);
    assert!(!answers(&server, Authority::new().trust()).await, "another authority");
    let mut plain = SimilarityServiceClient::new(server.channel.clone());
    let question = Request::new(FindSimilarRequest::default());
    plain.find_similar(question).await.expect_err("plain text");
}

#[tokio::test]
async fn where_callers_need_a_certificate_none_comes_without() {
    let (authority, folder) = (Authority::new(), tempfile::tempdir().expect("a folder"));
    let server = authority.serve(&folder, true).await;
    let with =
        |(cert, key): &(String, String)| authority.trust().identity(Identity::from_pem(cert, key));
    assert!(answers(&server, with(&authority.caller)).await);
    assert!(!answers(&server, authority.trust()).await, "no certificate");
    assert!(!answers(&server, with(&Authority::new().caller)).await, "of another authority");
}
