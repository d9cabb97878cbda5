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

use std::hint::black_box;
use std::path::Path;
use std::sync::mpsc;
use std::thread;

use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput};
use engine::{Engine, Item};
use jiff::Timestamp;
use relapse::config::Config;
use relapse::proto::FindSimilarRequest;
use relapse::proto::find_similar_request::Query;
use relapse::proto::similarity_service_client::SimilarityServiceClient;
use relapse::serve::{Bound, serve};
use relapse::service::Service;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

use crate::sample::{Sample, sample};

const STORED: usize = 10_000;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let requests = filled(folder.path());
    let service = Service::open(folder.path(), now).expect("no one holds the folder");
    in_process(&mut criterion, &service, &requests);
    over_grpc(&mut criterion, service, &requests);
    criterion.final_summary();
}

/// Stores the history in `folder`; what is to be asked of it.
fn filled(folder: &Path) -> Vec<FindSimilarRequest> {
    let Sample { history, questions } = sample(STORED);
    let items = history.into_iter().map(|it| Item::Incident(Box::new(it.incident)));
    let engine = Engine::open(folder).expect("an empty folder opens");
    engine.ingest(items.collect()).expect("there is room");
    let titles = questions.into_iter().map(|it| Some(Query::Text(it.incident.title)));
    titles.map(|query| FindSimilarRequest { query, ..FindSimilarRequest::default() }).collect()
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

/// A server on free ports and threads of its own; it stops when the sender is dropped.
fn started(service: Service) -> (Bound, oneshot::Sender<()>) {
    let (tell, told) = mpsc::channel();
    let (stop, stopped) = oneshot::channel();
    thread::spawn(move || {
        let any = "127.0.0.1:0".parse().expect("an address");
        let config = Config { grpc: any, http: any, ..Config::default() };
        let bound = |bound| tell.send(bound).expect("somebody waits for it");
        let runtime = Runtime::new().expect("threads can be started");
        runtime.block_on(serve(&config, service, bound, async { drop(stopped.await) }))
    });
    (told.recv().expect("it opens its doors"), stop)
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

/// The day after the last incident of the corpus.
fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().expect("a time")
}
