//! Deadlines, and what a call leaves behind.

use axum::Router;
use axum::http::HeaderValue;
use axum::middleware::from_fn_with_state;
use futures_util::{StreamExt, stream};
use tower::ServiceExt;

use super::*;
use crate::service::Service;

const METHOD: &str = "relapse.v1.SimilarityService/FindSimilar";

/// A door behind which one service answers after a while.
struct Slow {
    _dir: tempfile::TempDir,
    dispatch: Arc<Dispatch>,
    router: Router,
}

impl Slow {
    /// `answer` is given after `wait`; calls may take a minute.
    fn new(wait: Duration, answer: fn() -> Response) -> Self {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let service = Service::open(dir.path(), || jiff::Timestamp::UNIX_EPOCH).expect("a folder");
        let dispatch = Arc::new(Dispatch::new(service));
        let minute = Duration::from_secs(60);
        let patience = Patience { call: minute, stream: minute };
        let calls = Calls { dispatch: Arc::clone(&dispatch), patience };
        let after = move || async move {
            tokio::time::sleep(wait).await;
            answer()
        };
        let router = Router::new().fallback(after).layer(from_fn_with_state(calls, serve));
        Self { _dir: dir, dispatch, router }
    }

    async fn ask(&self, timeout: Option<&'static str>) -> Response {
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = format!("/{METHOD}").parse().expect("a path");
        if let Some(timeout) = timeout {
            request.headers_mut().insert("grpc-timeout", HeaderValue::from_static(timeout));
        }
        self.router.clone().oneshot(request).await.expect("a router never fails")
    }

    #[track_caller]
    fn check_counted(&self, code: &str) {
        let text = self.dispatch.metrics.text(self.dispatch.service());
        let labels = format!("door=\"grpc\",method=\"{METHOD}\",code=\"{code}\"");
        let line = format!("relapse_requests_total{{{labels}}} 1");
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
}

fn at_once() -> Response {
    let mut trailers = HeaderMap::new();
    trailers.insert(GRPC_STATUS, HeaderValue::from_static("0"));
    let frames = [Ok(Frame::data(Bytes::from_static(b"x"))), Ok(Frame::trailers(trailers))];
    Response::new(Body::new(Frames(stream::iter(frames).boxed())))
}

fn never_ending() -> Response {
    let first = stream::iter([Ok(Frame::data(Bytes::from_static(b"x")))]);
    Response::new(Body::new(Frames(first.chain(stream::pending()).boxed())))
}

/// A body of the frames given.
struct Frames(stream::BoxStream<'static, Result<Frame<Bytes>, axum::Error>>);

impl HttpBody for Frames {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        self.0.poll_next_unpin(context)
    }
}

async fn trailers_of(response: Response) -> HeaderMap {
    let mut body = response.into_body();
    let mut trailers = HeaderMap::new();
    while let Some(frame) = std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        if let Ok(last) = frame.expect("a frame").into_trailers() {
            trailers = last;
        }
    }
    trailers
}

#[tokio::test(start_paused = true)]
async fn an_answer_in_time_carries_the_time_it_took() {
    let door = Slow::new(Duration::from_millis(30), at_once);
    let trailers = trailers_of(door.ask(Some("1S")).await).await;
    assert_eq!(code_of(&trailers), Some(Code::Ok));
    let millis = trailers.get(elapsed::HEADER).expect("the time taken").to_str().expect("a number");
    let millis: f64 = millis.parse().expect("a number");
    assert!((30.0..1000.0).contains(&millis), "{millis}");
    door.check_counted("OK");
}

#[tokio::test(start_paused = true)]
async fn the_deadline_of_the_caller_ends_a_call() {
    let door = Slow::new(Duration::from_secs(5), at_once);
    let response = door.ask(Some("50m")).await;
    assert_eq!(code_of(response.headers()), Some(Code::DeadlineExceeded));
    assert!(response.headers().contains_key(elapsed::HEADER));
    door.check_counted("DEADLINE_EXCEEDED");
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_sets_no_deadline_or_too_late_a_one_waits_no_longer_than_others() {
    let begun = Instant::now();
    for timeout in [None, Some("99H")] {
        let door = Slow::new(Duration::from_secs(3600), at_once);
        let response = door.ask(timeout).await;
        assert_eq!(code_of(response.headers()), Some(Code::DeadlineExceeded));
    }
    assert!(begun.elapsed() < Duration::from_secs(130), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_stream_past_its_deadline_ends_in_its_trailers() {
    let door = Slow::new(Duration::ZERO, never_ending);
    let response = door.ask(Some("2S")).await;
    assert_eq!(code_of(response.headers()), None, "it had begun");
    let trailers = trailers_of(response).await;
    assert_eq!(code_of(&trailers), Some(Code::DeadlineExceeded));
    door.check_counted("DEADLINE_EXCEEDED");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_given_up_is_counted_as_cancelled() {
    let door = Slow::new(Duration::ZERO, never_ending);
    drop(door.ask(None).await);
    door.check_counted("CANCELLED");
    let door = Slow::new(Duration::from_secs(5), at_once);
    let given_up = tokio::time::timeout(Duration::from_secs(1), door.ask(None)).await;
    assert!(given_up.is_err(), "it takes longer");
    door.check_counted("CANCELLED");
}

#[tokio::test(start_paused = true)]
async fn a_deadline_that_says_no_time_is_refused() {
    let door = Slow::new(Duration::ZERO, at_once);
    let response = door.ask(Some("soon")).await;
    assert_eq!(code_of(response.headers()), Some(Code::InvalidArgument));
    door.check_counted("INVALID_ARGUMENT");
}
