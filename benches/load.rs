//! How many calls a server bears, and what each of them waits.
//!
//! `cargo bench --bench load -- [INCIDENTS]` (100,000 where no number is given)
//!
//! * **Measured**, one row each, in microseconds: a question as the index alone answers it, ten best of one thread; the same
//!   as the service in this process answers it; the same over gRPC on loopback with 1, 4, 16 and 64 calls in flight, and how
//!   many a second that makes; incidents stored one by one, each asked for as soon as it is acknowledged, and questions
//!   while that goes on; questions while 5,000 incidents a second come in as a stream, and how many of them were taken.
//! * **Corpus**: `testkit::corpus`, seed 7: 1,000 classes and 35 % one-offs, about 60 words an incident; the
//!   questions are the titles of 1,000 incidents held out of it, the incidents stored later are others.
//! * **Notes**: client and server share the machine. `new` asks each question for the first time, `again` all of them once
//!   more: what was worked out for the first is remembered.

mod sample;
mod served;

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use engine::{Filter, Method, Retriever};
use incident::Incident;
use index::{Entry, Index};
use relapse::proto::find_similar_request::Query;
use relapse::proto::incident_service_client::IncidentServiceClient;
use relapse::proto::similarity_service_client::SimilarityServiceClient;
use relapse::proto::{
    FindSimilarRequest, IngestIncidentsRequest, UpsertIncidentRequest, ingest_incidents_request,
    upsert_incident_request,
};
use relapse::service::Service;
use tokio::runtime::Runtime;
use tokio::sync::mpsc::channel;
use tokio::time::{MissedTickBehavior, interval, sleep};
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::{Channel, Endpoint};

use crate::sample::{QUESTIONS, Sample, sample};
use crate::served::{filled, started};

const TITLES: usize = 10 * QUESTIONS;
const STORED_LATER: usize = 300;
/// How many incidents are streamed ...
const STREAMED: usize = 25_000;
/// ... of them so many at once ...
const STREAMED_AT_ONCE: usize = 50;
/// ... so often.
const STREAMED_EVERY: Duration = Duration::from_millis(10);
const BEST: usize = 10;
/// How long the server is left to itself before it is asked: it loads what changes need once its doors are open.
const LOADING: Duration = Duration::from_secs(5);
const IN_FLIGHT: [usize; 4] = [1, 4, 16, 64];

fn main() {
    let asked = std::env::args().find_map(|argument| argument.replace(['_', ','], "").parse().ok());
    let n_incidents: usize = asked.unwrap_or(100_000);
    let Sample { history, questions } = sample(n_incidents, TITLES + STORED_LATER + STREAMED);
    let mut titles: Vec<Incident> = questions.into_iter().map(|it| it.incident).collect();
    let mut later = titles.split_off(TITLES);
    let streamed = later.split_off(STORED_LATER);
    println!("{n_incidents} incidents          p50 µs    p99 µs   calls/s");

    let incidents: Vec<&Incident> = history.iter().map(|it| &it.incident).collect();
    bare_index(&incidents, &titles);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let service = filled(folder.path(), history);
    service.warm().expect("the folder is readable");
    let requests: Arc<Vec<FindSimilarRequest>> = Arc::new(titles.iter().map(asking).collect());
    in_process(&service, &requests);

    let (bound, stop) = started(service);
    let runtime = Runtime::new().expect("threads can be started");
    runtime.block_on(async {
        let address = format!("http://{}", bound.grpc);
        let channel = Endpoint::from_shared(address).expect("an address").connect().await;
        let channel = channel.expect("the server listens");
        sleep(LOADING).await;
        for in_flight in IN_FLIGHT {
            over_grpc(&channel, &requests, in_flight).await;
        }
        beside_a_writer(&channel, &requests, &later).await;
        beside_a_stream(&channel, &requests, &streamed).await;
    });
    drop(stop);
}

fn asking(incident: &Incident) -> FindSimilarRequest {
    let query = Some(Query::Text(incident.title.clone()));
    FindSimilarRequest { query, ..FindSimilarRequest::default() }
}

fn bare_index(incidents: &[&Incident], titles: &[Incident]) {
    let retriever = Retriever::new(Method::Default);
    let mut index = Index::new(retriever.slope());
    index.add(incidents.iter().map(|one| (Entry::of(one), retriever.search_bag(one))));
    index.refresh(1);
    let snapshot = index.snapshot();
    let texts = titles.iter().map(|one| Incident::new("bench", "", one.title.as_str()));
    let queries = texts.map(|one| retriever.query(&one, snapshot.postings()));
    let queries: Vec<_> = queries.collect();
    let mut taken = Taken::default();
    for query in &queries {
        taken.time(|| black_box(snapshot.search(query, &Filter::default(), BEST)));
    }
    taken.tell("index alone");
}

fn in_process(service: &Service, requests: &[FindSimilarRequest]) {
    for round in ["new", "again"] {
        let mut taken = Taken::default();
        for request in requests {
            let answer = taken.time(|| service.find_similar(request.clone()));
            black_box(answer.expect("every question is answered"));
        }
        taken.tell(&format!("service, {round}"));
    }
}

/// Asks all `requests`, so many at once.
async fn over_grpc(channel: &Channel, requests: &Arc<Vec<FindSimilarRequest>>, in_flight: usize) {
    let next = Arc::new(AtomicUsize::new(0));
    let begun = Instant::now();
    let callers = (0..in_flight).map(|_| {
        let (next, requests) = (Arc::clone(&next), Arc::clone(requests));
        let mut client = SimilarityServiceClient::new(channel.clone());
        tokio::spawn(async move {
            let mut taken = Taken::default();
            while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
                let begun = Instant::now();
                let answer = client.find_similar(request.clone()).await;
                taken.note(begun);
                black_box(answer.expect("every question is answered"));
            }
            taken
        })
    });
    let mut all = Taken::default();
    for caller in callers.collect::<Vec<_>>() {
        all.0.extend(caller.await.expect("no caller breaks down").0);
    }
    all.tell_rate(&format!("gRPC, {in_flight} in flight"), begun.elapsed());
}

/// Stores `later` one by one and asks for each, while others go on asking `requests`.
async fn beside_a_writer(
    channel: &Channel,
    requests: &Arc<Vec<FindSimilarRequest>>,
    later: &[Incident],
) {
    let done = Arc::new(AtomicBool::new(false));
    let (asked, until) = (Arc::clone(requests), Arc::clone(&done));
    let mut client = SimilarityServiceClient::new(channel.clone());
    let others = tokio::spawn(async move {
        let mut taken = Taken::default();
        for request in asked.iter().cycle().take_while(|_| !until.load(Ordering::Relaxed)) {
            let begun = Instant::now();
            client.find_similar(request.clone()).await.expect("every question is answered");
            taken.note(begun);
        }
        taken
    });
    let mut stored = Taken::default();
    let mut incidents = IncidentServiceClient::new(channel.clone());
    let mut similar = SimilarityServiceClient::new(channel.clone());
    for (number, incident) in later.iter().enumerate() {
        let begun = Instant::now();
        let receipt = incidents.upsert_incident(put(number, incident)).await;
        stored.note(begun);
        let min_cursor = receipt.expect("there is room").into_inner().cursor;
        let asked = FindSimilarRequest { min_cursor, ..asking(incident) };
        similar.find_similar(asked).await.expect("what is acknowledged is searched");
    }
    done.store(true, Ordering::Relaxed);
    stored.tell("one incident, stored");
    others.await.expect("it does not break down").tell("gRPC, while stored");
}

/// Streams `streamed` while somebody asks `requests`.
async fn beside_a_stream(
    channel: &Channel,
    requests: &Arc<Vec<FindSimilarRequest>>,
    streamed: &[Incident],
) {
    let records =
        streamed.iter().zip(STORED_LATER..).map(|(incident, number)| record(number, incident));
    let records = at_a_pace(records.collect());
    let mut incidents = IncidentServiceClient::new(channel.clone());
    let begun = Instant::now();
    let receipts = tokio::spawn(async move {
        let stream = incidents.ingest_incidents(records).await;
        let mut stream = stream.expect("the server takes streams").into_inner();
        while stream.message().await.expect("every record is kept").is_some() {}
        begun.elapsed()
    });
    let mut client = SimilarityServiceClient::new(channel.clone());
    let mut taken = Taken::default();
    for request in requests.iter().cycle().take_while(|_| !receipts.is_finished()) {
        let begun = Instant::now();
        client.find_similar(request.clone()).await.expect("every question is answered");
        taken.note(begun);
    }
    taken.tell("gRPC, while streamed");
    let rate = streamed.len() as f64 / receipts.await.expect("it ends").as_secs_f64();
    println!("{:24} {rate:28.0}", "incidents streamed");
}

/// Hands `records` out no faster than [`STREAMED_AT_ONCE`] every [`STREAMED_EVERY`].
fn at_a_pace(records: Vec<IngestIncidentsRequest>) -> ReceiverStream<IngestIncidentsRequest> {
    let (sender, paced) = channel(STREAMED_AT_ONCE);
    tokio::spawn(async move {
        let mut ticks = interval(STREAMED_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for (number, record) in records.into_iter().enumerate() {
            if number.is_multiple_of(STREAMED_AT_ONCE) {
                ticks.tick().await;
            }
            sender.send(record).await.expect("the server reads the stream");
        }
    });
    ReceiverStream::new(paced)
}

fn record(number: usize, incident: &Incident) -> IngestIncidentsRequest {
    let incident = Box::new(wire(number, incident));
    let record = Some(ingest_incidents_request::Record::Incident(incident));
    IngestIncidentsRequest { record }
}

fn put(number: usize, incident: &Incident) -> UpsertIncidentRequest {
    let incident = Box::new(wire(number, incident));
    UpsertIncidentRequest { record: Some(upsert_incident_request::Record::Incident(incident)) }
}

fn wire(number: usize, incident: &Incident) -> relapse::proto::Incident {
    relapse::proto::Incident {
        source: "later".to_owned(),
        external_id: number.to_string(),
        title: format!("{} number {number}", incident.title),
        summary: incident.summary.clone().unwrap_or_default(),
        root_cause: incident.root_cause.clone().unwrap_or_default(),
        services: incident.services.clone(),
        ..Default::default()
    }
}

/// Times, in microseconds.
#[derive(Default)]
struct Taken(Vec<u128>);

impl Taken {
    fn time<R>(&mut self, work: impl FnOnce() -> R) -> R {
        let begun = Instant::now();
        let result = work();
        self.note(begun);
        result
    }

    fn note(&mut self, begun: Instant) {
        self.0.push(begun.elapsed().as_micros());
    }

    fn tell(self, what: &str) {
        let all = Duration::from_micros(self.0.iter().sum::<u128>() as u64);
        self.tell_rate(what, all);
    }

    fn tell_rate(mut self, what: &str, all: Duration) {
        self.0.sort_unstable();
        let at = |share: f64| self.0[((self.0.len() - 1) as f64 * share) as usize];
        let rate = self.0.len() as f64 / all.as_secs_f64();
        println!("{what:24} {:8} {:9} {rate:9.0}", at(0.50), at(0.99));
    }
}
