//! One listener and its connections.

use std::time::Duration;

use axum::Router;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, sleep, timeout_at};

use super::tls::Handshake;
use crate::limits::{
    CONNECTION_WINDOW_BYTES, HEADER_BYTES, HEADER_SECS, KEEPALIVE_SECS, KEEPALIVE_TIMEOUT_SECS,
    STREAM_WINDOW_BYTES, STREAMS_PER_CONNECTION,
};

/// The pause after a connection could not be taken, say because no file descriptor is left.
const PAUSE: Duration = Duration::from_millis(50);

/// A listener that knows its protocol and who answers.
pub(super) struct Door {
    listener: TcpListener,
    protocol: Builder<TokioExecutor>,
    router: Router,
    /// `None`: plain text.
    tls: Option<Handshake>,
}

impl Door {
    /// A door for HTTP/2 alone, as gRPC has it. Silent connections are asked for a sign of life. The windows are such
    /// that a long stream of small messages is held up and not cut off: see [`CONNECTION_WINDOW_BYTES`].
    pub(super) fn grpc(listener: TcpListener, router: Router, tls: Option<Handshake>) -> Self {
        let mut protocol = Builder::new(TokioExecutor::new()).http2_only();
        protocol
            .http2()
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS_PER_CONNECTION)
            .initial_stream_window_size(STREAM_WINDOW_BYTES)
            .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
            .max_header_list_size(HEADER_BYTES)
            .keep_alive_interval(Duration::from_secs(KEEPALIVE_SECS))
            .keep_alive_timeout(Duration::from_secs(KEEPALIVE_TIMEOUT_SECS));
        Self { listener, protocol, router, tls }
    }

    /// A door for HTTP/1.1 alone. Headers must come in time and stay small.
    pub(super) fn http(listener: TcpListener, router: Router, tls: Option<Handshake>) -> Self {
        let mut protocol = Builder::new(TokioExecutor::new()).http1_only();
        protocol
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(Duration::from_secs(HEADER_SECS))
            .max_buf_size(HEADER_BYTES as usize);
        Self { listener, protocol, router, tls }
    }

    /// Takes connections from here on.
    pub(super) fn open(self) -> Open {
        let (close, closed) = oneshot::channel();
        Open { close, taking: tokio::spawn(self.take_until(closed)) }
    }

    async fn take_until(self, mut closed: oneshot::Receiver<Instant>) -> bool {
        let connections = GracefulShutdown::new();
        let mut tasks = JoinSet::new();
        let deadline = loop {
            tokio::select! {
                deadline = &mut closed => break deadline,
                Some(_) = tasks.join_next() => {}
                taken = self.listener.accept() => match taken {
                    Ok((stream, _)) => self.serve(stream, &connections, &mut tasks),
                    Err(error) => {
                        tracing::warn!(%error, "a connection could not be taken");
                        sleep(PAUSE).await;
                    }
                },
            }
        };
        drop(self.listener);
        // Whoever forgets to say until when wants it closed at once.
        let deadline = deadline.unwrap_or_else(|_| Instant::now());
        timeout_at(deadline, connections.shutdown()).await.is_ok()
    }

    fn serve(&self, stream: TcpStream, connections: &GracefulShutdown, tasks: &mut JoinSet<()>) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "small answers may be held back");
        }
        let (protocol, router) = (self.protocol.clone(), self.router.clone());
        let watcher = connections.watcher();
        match self.tls.clone() {
            None => tasks.spawn(converse(stream, protocol, router, watcher)),
            Some(tls) => tasks.spawn(async move {
                if let Some(stream) = tls.done(stream).await {
                    converse(stream, protocol, router, watcher).await;
                }
            }),
        };
    }
}

/// Answers on one connection until it ends.
async fn converse(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    protocol: Builder<TokioExecutor>,
    router: Router,
    watcher: Watcher,
) {
    let service = TowerToHyperService::new(router);
    let connection = protocol.serve_connection(TokioIo::new(stream), service);
    if let Err(error) = watcher.watch(connection.into_owned()).await {
        tracing::debug!(error, "a connection ended badly");
    }
}

/// A door that takes connections. Dropped, it goes on.
pub(super) struct Open {
    close: oneshot::Sender<Instant>,
    taking: JoinHandle<bool>,
}

impl Open {
    /// Takes no more connections, and waits until what is under way has ended; at `deadline` it is cut off. Says whether
    /// all of it ended in time.
    pub(super) async fn close(self, deadline: Instant) -> bool {
        // A door that broke down has nothing under way.
        let _ = self.close.send(deadline);
        self.taking.await.unwrap_or(false)
    }
}
