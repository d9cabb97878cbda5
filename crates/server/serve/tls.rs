//! TLS in front of a door: rustls, with ring.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};
use tokio_rustls::server::TlsStream;
use tonic::Status;

use crate::config::TlsFiles;
use crate::limits::HEADER_SECS;

/// How the protocol of each door is called in the handshake (RFC 7301, and 7540 for `h2`).
const GRPC: &[u8] = b"h2";
const HTTP: &[u8] = b"http/1.1";

/// What both doors shake hands with.
pub(super) struct Tls {
    pub(super) grpc: Handshake,
    pub(super) http: Handshake,
}

/// What one door shakes hands with.
#[derive(Clone)]
pub(super) struct Handshake(TlsAcceptor);

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// `UNAVAILABLE` where one cannot be read, `INVALID_ARGUMENT` where it holds something else, or where key and
    /// certificate do not belong together.
    pub(super) fn read(files: &TlsFiles) -> Result<Self, Status> {
        let config = server_config(files)?;
        let speaking = |protocol: &[u8]| {
            let mut config = config.clone();
            config.alpn_protocols = vec![protocol.to_vec()];
            Handshake(TlsAcceptor::from(Arc::new(config)))
        };
        Ok(Self { grpc: speaking(GRPC), http: speaking(HTTP) })
    }
}

impl Handshake {
    /// The connection once its handshake is done; `None` for one that failed or took too long.
    pub(super) async fn done(&self, stream: TcpStream) -> Option<TlsStream<TcpStream>> {
        let done = timeout(Duration::from_secs(HEADER_SECS), self.0.accept(stream)).await;
        match done {
            Ok(Ok(stream)) => Some(stream),
            Ok(Err(error)) => {
                tracing::debug!(%error, "a handshake failed");
                None
            }
            Err(_) => {
                tracing::debug!("a handshake took too long");
                None
            }
        }
    }
}

fn server_config(files: &TlsFiles) -> Result<ServerConfig, Status> {
    let chain = certificates(&files.cert)?;
    let key = PrivateKeyDer::from_pem_file(&files.key)
        .map_err(|error| unusable(&files.key, "a private key", error))?;
    let provider = Arc::new(ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| Status::internal(error.to_string()))?;
    let builder = match &files.client_ca {
        None => builder.with_no_client_auth(),
        Some(file) => {
            let roots = Arc::new(roots(file)?);
            let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider).build();
            let verifier = verifier.map_err(|error| unusable(file, "an authority", error))?;
            builder.with_client_cert_verifier(verifier)
        }
    };
    builder.with_single_cert(chain, key).map_err(|error| {
        let message = format!(
            "{} and {} do not go together: {error}",
            files.cert.display(),
            files.key.display()
        );
        Status::invalid_argument(message)
    })
}

fn roots(file: &Path) -> Result<RootCertStore, Status> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(file)? {
        roots.add(certificate).map_err(|error| unusable(file, "an authority", error))?;
    }
    Ok(roots)
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, Status> {
    let read = CertificateDer::pem_file_iter(file).and_then(Iterator::collect);
    let chain: Vec<_> = read.map_err(|error| unusable(file, "certificates", error))?;
    match chain.is_empty() {
        true => Err(unusable(file, "certificates", "there is none in it")),
        false => Ok(chain),
    }
}

fn unusable(file: &Path, expected: &str, error: impl std::fmt::Display) -> Status {
    let message = format!("{}: expected {expected} in PEM: {error}", file.display());
    match file.exists() {
        true => Status::invalid_argument(message),
        false => Status::not_found(message),
    }
}
