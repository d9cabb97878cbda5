//! One request to another machine.
//!
//! No redirect is followed, and no address is connected to that was not looked at first. What failed tells whether the
//! other side may have got the request: who repeats one has to know.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::address::Address;
use super::hosts::is_public;

/// How long a connection may take,
const CONNECT_MAX: Duration = Duration::from_secs(5);
/// and the reply once there is one.
const REPLY_MAX: Duration = Duration::from_secs(10);
/// The bytes of a reply that are read: more than two thousand notes of PagerDuty.
const REPLY_BYTES: usize = 8 * 1024 * 1024;

/// Sends requests. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Client {
    /// Made when it is first needed: to read all authorities takes a moment.
    tls: Arc<OnceLock<TlsConnector>>,
    reply_max: Duration,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// Empty where it broke off.
    pub(crate) body: Bytes,
}

/// Why nothing came back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failure {
    /// The request never left.
    #[error("{0}")]
    NotSent(String),
    /// It may have arrived, and may have been carried out.
    #[error("{0}")]
    Unsure(String),
}

impl Client {
    /// A client that trusts the authorities this machine trusts.
    pub(crate) fn new() -> Self {
        Self { tls: Arc::default(), reply_max: REPLY_MAX }
    }

    /// The same with another patience for replies.
    #[cfg(test)]
    pub(crate) fn with_patience(self, reply_max: Duration) -> Self {
        Self { reply_max, ..self }
    }

    /// Posts `body`, which is JSON.
    ///
    /// # Errors
    /// [`Failure`].
    pub(crate) async fn post(
        &self,
        to: &Address,
        headers: HeaderMap,
        body: Vec<u8>,
    ) -> Result<Reply, Failure> {
        self.send(Method::POST, to, headers, body).await
    }

    /// Sends a request, and reads the reply.
    ///
    /// # Errors
    /// [`Failure`].
    pub(crate) async fn send(
        &self,
        method: Method,
        to: &Address,
        headers: HeaderMap,
        body: Vec<u8>,
    ) -> Result<Reply, Failure> {
        let request = request(method, to, headers, body)?;
        let connected = timeout(CONNECT_MAX, connect(to)).await;
        let stream = connected.unwrap_or_else(|_| {
            Err(not_sent(to, format!("no connection within {} s", CONNECT_MAX.as_secs())))
        })?;
        if !to.is_tls {
            return self.exchange(stream, request).await;
        }
        let name = ServerName::try_from(to.host.clone())
            .map_err(|_| not_sent(to, "a certificate can have no such name"))?;
        let tls = self.tls.get_or_init(trusting);
        let shaken = timeout(CONNECT_MAX, tls.connect(name, stream)).await;
        let stream = shaken.map_err(|_| not_sent(to, "the TLS handshake took too long"))?;
        let stream = stream.map_err(|error| not_sent(to, format!("TLS: {error}")))?;
        self.exchange(stream, request).await
    }

    async fn exchange<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
        &self,
        stream: S,
        request: Request<Full<Bytes>>,
    ) -> Result<Reply, Failure> {
        let exchanged = timeout(self.reply_max, exchange(stream, request)).await;
        exchanged.unwrap_or_else(|_| {
            Err(Failure::Unsure(format!("no reply within {} s", self.reply_max.as_secs())))
        })
    }
}

/// Trusts the authorities that are installed on this machine.
fn trusting() -> TlsConnector {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    let (usable, _) = roots.add_parsable_certificates(found.certs);
    if usable == 0 {
        tracing::warn!("no authority of certificates is installed: nothing is called over https");
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring knows the versions of TLS that rustls does")
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

fn not_sent(to: &Address, reason: impl std::fmt::Display) -> Failure {
    Failure::NotSent(format!("{}: {reason}", to.authority()))
}

fn request(
    method: Method,
    to: &Address,
    headers: HeaderMap,
    body: Vec<u8>,
) -> Result<Request<Full<Bytes>>, Failure> {
    let mut builder = Request::builder()
        .method(&method)
        .uri(to.path.as_str())
        .header(header::HOST, to.authority())
        .header(header::USER_AGENT, concat!("relapse/", env!("CARGO_PKG_VERSION")));
    if method == Method::POST {
        builder = builder.header(header::CONTENT_TYPE, "application/json; charset=utf-8");
    }
    let built = builder.body(Full::new(Bytes::from(body)));
    let mut request = built.map_err(|error| not_sent(to, error))?;
    request.headers_mut().extend(headers);
    Ok(request)
}

/// Connects to the first address of the host that may be called.
async fn connect(to: &Address) -> Result<TcpStream, Failure> {
    let found = lookup_host((to.host.as_str(), to.port)).await;
    let found: Vec<SocketAddr> = found.map_err(|error| not_sent(to, error))?.collect();
    let may = |address: &&SocketAddr| to.is_trusted || is_public(address.ip());
    let mut last = not_sent(to, "its address is private, and `outgoing_hosts` does not name it");
    for address in found.iter().filter(may) {
        match TcpStream::connect(address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => last = not_sent(to, error),
        }
    }
    Err(last)
}

async fn exchange<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    request: Request<Full<Bytes>>,
) -> Result<Reply, Failure> {
    let unsure =
        |error: hyper::Error| Failure::Unsure(format!("the connection broke off: {error}"));
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(unsure)?;
    // Ends with this function, whoever stops waiting for it.
    let mut driver = JoinSet::new();
    driver.spawn(connection);
    let reply = sender.send_request(request).await.map_err(unsure)?;
    let (head, body) = reply.into_parts();
    let body = Limited::new(body, REPLY_BYTES).collect().await;
    let body = body.map(|body| body.to_bytes()).unwrap_or_default();
    Ok(Reply { status: head.status, headers: head.headers, body })
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::response::Redirect;
    use axum::routing::{get, post};
    use tokio::io::AsyncReadExt;
    use tokio::net::TcpListener;

    use super::super::hosts::Hosts;
    use super::super::stand_in;
    use super::*;

    async fn listener() -> (TcpListener, SocketAddr) {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        (listener, address)
    }

    fn to(address: SocketAddr, path: &str) -> Address {
        let hosts = Hosts::new(&["127.0.0.1".into()]);
        Address::read(&format!("http://{address}{path}"), &hosts).expect("an address")
    }

    async fn sent(address: &Address) -> Result<Reply, Failure> {
        let client = Client::new().with_patience(Duration::from_millis(300));
        client.post(address, HeaderMap::new(), b"{}".to_vec()).await
    }

    #[tokio::test]
    async fn a_reply_is_read_and_no_redirect_followed() {
        let router = Router::new()
            .route("/echo", post(async |body: String| body))
            .route("/away", post(async || Redirect::temporary("/echo")))
            .route("/never", get(async || "not asked"));
        let address = stand_in::serve(router).await;
        let reply = sent(&to(address, "/echo")).await.expect("a reply");
        assert_eq!((reply.status, &reply.body[..]), (StatusCode::OK, &b"{}"[..]));
        let reply = sent(&to(address, "/away")).await.expect("a reply");
        assert_eq!(reply.status, StatusCode::TEMPORARY_REDIRECT);
    }

    #[tokio::test]
    async fn where_nobody_listens_nothing_was_sent() {
        let (listener, address) = listener().await;
        drop(listener);
        let failure = sent(&to(address, "/")).await.expect_err("nobody listens");
        assert!(matches!(failure, Failure::NotSent(_)), "{failure}");
    }

    #[tokio::test]
    async fn a_private_address_is_not_called_unless_it_is_named() {
        let (listener, address) = listener().await;
        let private = Address { is_trusted: false, ..to(address, "/") };
        let failure = sent(&private).await.expect_err("it is private");
        assert!(failure.to_string().contains("outgoing_hosts"), "{failure}");
        let came = timeout(Duration::from_millis(50), listener.accept()).await;
        assert!(came.is_err(), "nobody connected");
    }

    #[tokio::test]
    async fn who_hangs_up_or_keeps_silent_may_have_done_it() {
        for silent in [false, true] {
            let (listener, address) = listener().await;
            let other = tokio::spawn(async move {
                let (mut stream, _) = listener.accept().await.expect("a connection");
                let read = stream.read(&mut [0; 4096]).await.expect("a request");
                assert!(read > 0);
                if silent {
                    std::future::pending::<()>().await;
                }
            });
            let failure = sent(&to(address, "/")).await.expect_err("no reply");
            assert!(matches!(failure, Failure::Unsure(_)), "{failure}");
            other.abort();
        }
    }
}
