//! What Prometheus is told. Names begin with `relapse_`.
//!
//! Source of the form: the OpenMetrics specification 1.0.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};
use tonic::Code;

use crate::proto::{IngestResult, Verdict};
use crate::service::Service;
use crate::status::name;

/// The media type of [`Metrics::text`].
pub(crate) const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper ends of the latency classes, in seconds: around the 10 ms of a query and the 100 ms of a report.
const BUCKETS: [f64; 12] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

type Labels<const N: usize> = [(&'static str, String); N];
type Count = Gauge<u64, AtomicU64>;

/// Counters and gauges; the same for all doors.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<Labels<3>, Counter>,
    seconds: Family<Labels<2>, Histogram, fn() -> Histogram>,
    verdicts: Family<Labels<1>, Counter>,
    ingested: Family<Labels<1>, Counter>,
    incidents: Count,
    epoch: Count,
    position: Count,
    notes: Family<Labels<2>, Count>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("relapse"),
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            verdicts: Family::default(),
            ingested: Family::default(),
            incidents: Count::default(),
            epoch: Count::default(),
            position: Count::default(),
            notes: Family::default(),
        };
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register("requests", "Calls that ended", self.requests.clone());
        let took = "How long calls took";
        registry.register_with_unit("request", took, Unit::Seconds, self.seconds.clone());
        registry.register("verdicts", "Answers by verdict", self.verdicts.clone());
        registry.register("ingested", "Records by what became of them", self.ingested.clone());
        registry.register("incidents", "Incidents stored", self.incidents.clone());
        registry.register("epoch", "The epoch whose weights are used", self.epoch.clone());
        let position = "The last position of the log that answers take into account";
        registry.register("log_position", position, self.position.clone());
        let notes = "Answers that went out or are to, by destination and how far they are";
        registry.register("notes", notes, self.notes.clone());
    }

    /// A call came to its end.
    pub(crate) fn ended(&self, door: &'static str, method: &str, code: Code, took: Duration) {
        let labels = [("door", door.to_owned()), ("method", method.to_owned())];
        self.seconds.get_or_create(&labels).observe(took.as_secs_f64());
        let [door, method] = labels;
        let code = ("code", name(code).to_owned());
        self.requests.get_or_create(&[door, method, code]).inc();
    }

    /// A query was answered.
    pub(crate) fn answered(&self, verdict: Verdict) {
        let verdict = verdict.as_str_name().trim_start_matches("VERDICT_").to_lowercase();
        self.verdicts.get_or_create(&[("verdict", verdict)]).inc();
    }

    /// A record was stored, or not.
    pub(crate) fn ingested(&self, result: IngestResult) {
        let outcome = result.as_str_name().trim_start_matches("INGEST_RESULT_").to_lowercase();
        self.ingested.get_or_create(&[("outcome", outcome)]).inc();
    }

    /// What cannot be read is left out: the metrics of the rest are still true.
    fn count_notes(&self, service: &Service) {
        self.notes.clear();
        for (destination, state, count) in service.note_counts().unwrap_or_default() {
            let labels = [("destination", destination), ("state", state.name().to_owned())];
            self.notes.get_or_create(&labels).set(count);
        }
    }

    /// All of it, with the state of `service`.
    pub(crate) fn text(&self, service: &Service) -> String {
        self.incidents.set(service.n_incidents() as u64);
        self.epoch.set(service.epoch());
        self.position.set(service.position());
        self.count_notes(service);
        let mut text = String::new();
        encode(&mut text, &self.registry).expect("a string takes all that is written to it");
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_begins_with_relapse() {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let service = Service::open(dir.path(), || jiff::Timestamp::UNIX_EPOCH).expect("a folder");
        let metrics = Metrics::new();
        metrics.ended("http", "/v1/similar", Code::NotFound, Duration::from_millis(3));
        metrics.answered(Verdict::New);
        metrics.ingested(IngestResult::Refused);
        let text = metrics.text(&service);
        for line in text.lines() {
            assert!(line.starts_with('#') || line.starts_with("relapse_"), "{line}");
        }
        for expected in [
            "relapse_requests_total{door=\"http\",method=\"/v1/similar\",code=\"NOT_FOUND\"} 1",
            "relapse_request_seconds_bucket{le=\"0.005\",door=\"http\",method=\"/v1/similar\"} 1",
            "relapse_verdicts_total{verdict=\"new\"} 1",
            "relapse_ingested_total{outcome=\"refused\"} 1",
            "relapse_incidents 0",
            "relapse_log_position 0",
        ] {
            assert!(text.lines().any(|line| line == expected), "{expected}\n{text}");
        }
    }
}
