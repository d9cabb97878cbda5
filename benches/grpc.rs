//! What the door adds to an answer.
//!
//! * **Measured**: the same questions answered by the service in this process, and over gRPC on
//!   loopback, a hundred, one after another. The difference is what the wire, the server and the client add. The
//!   number at the end of an id says how many incidents are stored.
//! * **Corpus**: `testkit::corpus`, seed 7: 1,000 classes and 35 % one-offs, about 60 words an
//!   incident; the questions are the titles of incidents held out of it.
//! * **Notes**: server and client share the machine, so each has about half of it. The connection
//!   stays open; requests are made outside the timed part and cloned inside it.

mod sample;
mod served;

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput};
use relapse::proto::FindSimilarRequest;
use relapse::proto::find_similar_request::Query;
use relapse::proto::similarity_service_client::SimilarityServiceClient;
use relapse::service::Service;
use tokio::runtime::Runtime;

use crate::sample::{QUESTIONS, Sample, sample};
use crate::served::{filled, started};

const STORED: usize = 10_000;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let Sample { history, questions } = sample(STORED, QUESTIONS);
    let service = filled(folder.path(), history);
    let titles = questions.into_iter().map(|it| Some(Query::Text(it.incident.title)));
    let request = |query| FindSimilarRequest { query, ..FindSimilarRequest::default() };
    let requests: Vec<FindSimilarRequest> = titles.map(request).collect();
    in_process(&mut criterion, &service, &requests);
    over_grpc(&mut criterion, service, &requests);
    criterion.final_summary();
}

fn in_process(criterion: &mut Criterion, service: &Service, requests: &[FindSimilarRequest]) {
    similar(criterion, "service", requests, |request| {
        service.find_similar(request).expect("every question is answered")
    });
}

fn over_grpc(criterion: &mut Criterion, service: Service, requests: &[FindSimilarRequest]) {
    let (bound, stop) = started(service);
    let runtime = Runtime::new().expect("threads can be started");
    let address = format!("http://{}", bound.grpc);
    let mut client =
        runtime.block_on(SimilarityServiceClient::connect(address)).expect("the server listens");
    similar(criterion, "grpc", requests, |request| {
        runtime.block_on(client.find_similar(request)).expect("every question is answered")
    });
    drop(stop);
}

fn similar<R>(
    criterion: &mut Criterion,
    way: &str,
    requests: &[FindSimilarRequest],
    mut ask: impl FnMut(FindSimilarRequest) -> R,
) {
    let mut group = criterion.benchmark_group("similar");
    group.throughput(Throughput::Elements(requests.len() as u64));
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.bench_function(BenchmarkId::new(way, STORED), |bench| {
        bench.iter(|| requests.iter().for_each(|request| drop(black_box(ask(request.clone())))));
    });
    group.finish();
}
