//! What happens around every call: its deadline, its time, its place in the metrics and in the log.
//!
//! A call that outlives its deadline ends with `DEADLINE_EXCEEDED`, a stream too: in its trailers, after what it has
//! sent. The time taken travels in a trailer and so never changes an answer.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;
use http_body::Frame;
use tokio::time::{Instant, Sleep, sleep_until, timeout_at};
use tonic::{Code, Status};
use tracing::Span;

use super::methods::{self, Method};
use super::{Patience, deadline};
use crate::dispatch::Dispatch;
use crate::{access, elapsed};

const GRPC_STATUS: &str = "grpc-status";

/// What every call needs.
#[derive(Clone)]
pub(super) struct Calls {
    pub(super) dispatch: Arc<Dispatch>,
    pub(super) patience: Patience,
}

/// Serves one call.
pub(super) async fn serve(
    State(Calls { dispatch, patience }): State<Calls>,
    request: Request,
    next: Next,
) -> Response {
    let method = methods::of(request.uri().path());
    let record = Record::begin(dispatch, method);
    let asked = match deadline::asked(request.headers()) {
        Ok(asked) => asked,
        Err(status) => return record.refused(status),
    };
    let patience = if method.streams { patience.stream } else { patience.call };
    let deadline = record.begun + asked.map_or(patience, |asked| asked.min(patience));
    let Ok(mut response) = timeout_at(deadline, next.run(request)).await else {
        return record.refused(out_of_time());
    };
    if let Some(code) = code_of(response.headers()) {
        record.end(code, response.headers_mut());
        return response;
    }
    response.map(|body| {
        let deadline = Box::pin(sleep_until(deadline));
        Body::new(CallBody { body, deadline, record: Some(record) })
    })
}

fn out_of_time() -> Status {
    Status::deadline_exceeded("the deadline passed before the answer was ready")
}

fn code_of(headers: &HeaderMap) -> Option<Code> {
    Some(Code::from_bytes(headers.get(GRPC_STATUS)?.as_bytes()))
}

/// A call that has begun. Dropped before its end, it was given up by its caller.
struct Record {
    dispatch: Arc<Dispatch>,
    method: &'static Method,
    begun: Instant,
    is_counted: bool,
    /// That of the request, which the body of a stream outlives.
    span: Span,
}

impl Record {
    fn begin(dispatch: Arc<Dispatch>, method: &'static Method) -> Self {
        Self { dispatch, method, begun: Instant::now(), is_counted: false, span: Span::current() }
    }

    /// The response of a call that never got to its service.
    fn refused(self, status: Status) -> Response {
        let code = status.code();
        let mut response = status.into_http::<Body>();
        self.end(code, response.headers_mut());
        response
    }

    /// Counts the call, and notes its time among the `trailers`.
    fn end(mut self, code: Code, trailers: &mut HeaderMap) {
        let took = self.count(code);
        elapsed::note(took, trailers);
    }

    fn count(&mut self, code: Code) -> Duration {
        let took = self.begun.elapsed();
        self.is_counted = true;
        self.dispatch.metrics.ended("grpc", &self.method.name, code, took);
        self.span.in_scope(|| access::tell("grpc", &self.method.name, code, took));
        took
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        if !self.is_counted {
            self.count(Code::Cancelled);
        }
    }
}

/// The messages of a response and its trailers.
struct CallBody {
    body: Body,
    deadline: Pin<Box<Sleep>>,
    /// `None` once the call has ended.
    record: Option<Record>,
}

impl CallBody {
    /// The last frame: `trailers`, and what is noted among them.
    fn last(&mut self, mut trailers: HeaderMap) -> Frame<Bytes> {
        if let Some(record) = self.record.take() {
            record.end(code_of(&trailers).unwrap_or(Code::Unknown), &mut trailers);
        }
        Frame::trailers(trailers)
    }

    /// Ends the call at once; what its service still does is given up.
    fn time_out(&mut self) -> Frame<Bytes> {
        self.body = Body::empty();
        let status = out_of_time().into_http::<()>();
        self.last(status.headers().clone())
    }
}

impl HttpBody for CallBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        if self.record.is_none() {
            return Poll::Ready(None);
        }
        if self.deadline.as_mut().poll(context).is_ready() {
            return Poll::Ready(Some(Ok(self.time_out())));
        }
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        Poll::Ready(frame.map(|frame| {
            Ok(match frame?.into_trailers() {
                Ok(trailers) => self.last(trailers),
                Err(frame) => frame,
            })
        }))
    }
}

#[cfg(test)]
mod tests;
