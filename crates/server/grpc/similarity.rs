//! `SimilarityService`.

use std::pin::Pin;
use std::sync::Arc;

use futures_util::{Stream, StreamExt};
use tonic::{Request, Response, Status, Streaming};

use super::Door;
use crate::dispatch::Dispatch;
use crate::proto::find_similar_stream_response::Outcome;
use crate::proto::similarity_service_server::SimilarityService;
use crate::proto::{
    FieldViolation, FindSimilarRequest, FindSimilarResponse, FindSimilarStreamRequest,
    FindSimilarStreamResponse, RateMatchRequest, RateMatchResponse, Refusal,
};
use crate::service::Service;
use crate::status::violations;
use crate::violations::Violations;

type Answers = Pin<Box<dyn Stream<Item = Result<FindSimilarStreamResponse, Status>> + Send>>;

#[tonic::async_trait]
impl SimilarityService for Door {
    type FindSimilarStreamStream = Answers;

    async fn find_similar(
        &self,
        request: Request<FindSimilarRequest>,
    ) -> Result<Response<FindSimilarResponse>, Status> {
        self.0.find_similar(request.into_inner()).await.map(Response::new)
    }

    async fn find_similar_stream(
        &self,
        request: Request<Streaming<FindSimilarStreamRequest>>,
    ) -> Result<Response<Answers>, Status> {
        let dispatch = Arc::clone(&self.0);
        let in_flight = dispatch.stream_in_flight();
        let answers = request
            .into_inner()
            .map(move |request| answer(Arc::clone(&dispatch), request))
            .buffered(in_flight);
        Ok(Response::new(Box::pin(answers)))
    }

    async fn rate_match(
        &self,
        request: Request<RateMatchRequest>,
    ) -> Result<Response<RateMatchResponse>, Status> {
        self.decide(Service::rate_match, request).await
    }
}

/// The answer to one query of a stream, or its refusal. A stream that cannot be read any further ends there.
async fn answer(
    dispatch: Arc<Dispatch>,
    request: Result<FindSimilarStreamRequest, Status>,
) -> Result<FindSimilarStreamResponse, Status> {
    let FindSimilarStreamRequest { request } = request?;
    let answered = match request {
        Some(request) => dispatch.find_similar_in_turn(request).await,
        None => Err(nothing_asked()),
    };
    let outcome = match answered {
        Ok(response) => Outcome::Response(Box::new(response)),
        Err(status) => Outcome::Refusal(refusal(&status)),
    };
    Ok(FindSimilarStreamResponse { outcome: Some(outcome) })
}

fn nothing_asked() -> Status {
    let mut found = Violations::new();
    found.add("request", "nothing", "a query");
    found.finish().expect_err("a rule was broken")
}

fn refusal(status: &Status) -> Refusal {
    let violations = violations(status).into_iter();
    Refusal {
        code: i32::from(status.code()).unsigned_abs(),
        message: status.message().to_owned(),
        violations: violations
            .map(|(field, description)| FieldViolation { field, description })
            .collect(),
    }
}
