//! What Prometheus is told. Names begin with `relapse_`; `docs/operations.md` lists them.
//!
//! Source of the form: the OpenMetrics specification 1.0.

use std::fs;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use engine::Inventory;
use jiff::Timestamp;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use tonic::Code;

use crate::proto::{IngestResult, MaskedSecrets, Verdict};
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
    masked: Family<Labels<1>, Counter>,
    running: Family<Labels<1>, Count>,
    waiting: Family<Labels<1>, Count>,
    watchers: Count,
    /// Answers that go out.
    notes: Family<Labels<2>, Count>,
    held: Held,
    resident_bytes: Count,
}

/// What the store holds.
#[derive(Debug, Default)]
struct Held {
    incidents: Count,
    classes: Count,
    classified: Count,
    position: Count,
    epoch: Count,
    pass: Count,
    calibration_cases: Count,
    index_segments: Count,
    index_rows: Count,
    index_terms: Count,
    store_bytes: Count,
}

/// How much is under way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Load {
    /// Calls that run.
    pub(crate) running: usize,
    /// Calls that wait for room.
    pub(crate) waiting: usize,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("relapse"),
            requests: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(BUCKETS)),
            verdicts: Family::default(),
            ingested: Family::default(),
            masked: Family::default(),
            running: Family::default(),
            waiting: Family::default(),
            watchers: Count::default(),
            notes: Family::default(),
            held: Held::default(),
            resident_bytes: Count::default(),
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
        let masked = "Credentials masked in records, by kind";
        registry.register("masked_secrets", masked, self.masked.clone());
        registry.register("calls_running", "Calls that are worked on", self.running.clone());
        registry.register("calls_waiting", "Calls that wait for room", self.waiting.clone());
        registry.register("watchers", "Callers that watch for recurrences", self.watchers.clone());
        let notes = "Answers that went out or are to, by destination and how far they are";
        registry.register("notes", notes, self.notes.clone());
        self.held.register(registry);
        let resident = "Memory of the process; 0 but on Linux";
        registry.register_with_unit(
            "resident_memory",
            resident,
            Unit::Bytes,
            self.resident_bytes.clone(),
        );
        let started = Count::default();
        started.set(u64::try_from(Timestamp::now().as_second()).unwrap_or(0));
        let since = "When the process began to serve, since 1970";
        registry.register_with_unit("start_time", since, Unit::Seconds, started);
        let build = Info::new([("version", env!("CARGO_PKG_VERSION"))]);
        registry.register("build", "The version that runs", build);
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

    /// A record was stored, or not; credentials in it were masked.
    pub(crate) fn ingested(&self, result: IngestResult, masked: &[MaskedSecrets]) {
        for MaskedSecrets { kind, count } in masked {
            self.masked.get_or_create(&[("kind", kind.clone())]).inc_by(u64::from(*count));
        }
        let outcome = result.as_str_name().trim_start_matches("INGEST_RESULT_").to_lowercase();
        self.ingested.get_or_create(&[("outcome", outcome)]).inc();
    }

    /// How much of each kind of work is under way, and how many watch.
    pub(crate) fn under_way(&self, loads: [(&'static str, Load); 2], watchers: usize) {
        for (kind, Load { running, waiting }) in loads {
            let labels = [("kind", kind.to_owned())];
            self.running.get_or_create(&labels).set(running as u64);
            self.waiting.get_or_create(&labels).set(waiting as u64);
        }
        self.watchers.set(watchers as u64);
    }

    /// What cannot be read is left out: the metrics of the rest are still true.
    fn count_notes(&self, service: &Service) {
        self.notes.clear();
        for (destination, state, count) in service.note_counts().unwrap_or_default() {
            let labels = [("destination", destination), ("state", state.name().to_owned())];
            self.notes.get_or_create(&labels).set(count);
        }
    }

    /// All of it, with the state of `service`. It takes time in proportion to the incidents.
    pub(crate) fn text(&self, service: &Service) -> String {
        self.held.set(service);
        self.resident_bytes.set(resident_bytes());
        self.count_notes(service);
        let mut text = String::new();
        encode(&mut text, &self.registry).expect("a string takes all that is written to it");
        text
    }
}

impl Held {
    fn register(&self, registry: &mut Registry) {
        let position = "The last position of the log that answers take into account";
        let cases = "Judged cases behind confidence; 0: not calibrated";
        for (name, help, gauge) in [
            ("incidents", "Incidents stored", &self.incidents),
            ("classes", "Failure classes of two members or more", &self.classes),
            ("classified_incidents", "Incidents in such a class", &self.classified),
            ("log_position", position, &self.position),
            ("epoch", "The epoch whose weights are used", &self.epoch),
            ("pass", "The batch pass that the classes come from", &self.pass),
            ("calibration_cases", cases, &self.calibration_cases),
            ("index_segments", "Segments of the index", &self.index_segments),
            ("index_rows", "Documents in the segments, removed ones too", &self.index_rows),
            ("index_terms", "Terms of the segments", &self.index_terms),
        ] {
            registry.register(name, help, gauge.clone());
        }
        let bytes = "What the files of the data folder take";
        registry.register_with_unit("store", bytes, Unit::Bytes, self.store_bytes.clone());
    }

    fn set(&self, service: &Service) {
        let Inventory {
            n_incidents,
            n_classes,
            n_classified,
            index,
            n_calibration_cases,
            n_store_bytes,
        } = service.inventory();
        for (gauge, count) in [
            (&self.incidents, n_incidents as u64),
            (&self.classes, n_classes as u64),
            (&self.classified, n_classified as u64),
            (&self.position, service.position()),
            (&self.epoch, service.epoch()),
            (&self.pass, service.pass()),
            (&self.calibration_cases, u64::from(n_calibration_cases)),
            (&self.index_segments, index.n_segments as u64),
            (&self.index_rows, index.n_rows as u64),
            (&self.index_terms, index.n_terms as u64),
            (&self.store_bytes, n_store_bytes),
        ] {
            gauge.set(count);
        }
    }
}

/// The memory of this process, as Linux tells it; 0 elsewhere.
fn resident_bytes() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0) * 1024
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
        let masked = MaskedSecrets { kind: "jwt".into(), count: 2 };
        metrics.ingested(IngestResult::Refused, &[masked]);
        metrics
            .under_way([("read", Load { running: 1, waiting: 2 }), ("write", Load::default())], 3);
        let text = metrics.text(&service);
        for line in text.lines() {
            assert!(line.starts_with('#') || line.starts_with("relapse_"), "{line}");
        }
        for expected in [
            "relapse_requests_total{door=\"http\",method=\"/v1/similar\",code=\"NOT_FOUND\"} 1",
            "relapse_request_seconds_bucket{le=\"0.005\",door=\"http\",method=\"/v1/similar\"} 1",
            "relapse_verdicts_total{verdict=\"new\"} 1",
            "relapse_ingested_total{outcome=\"refused\"} 1",
            "relapse_masked_secrets_total{kind=\"jwt\"} 2",
            "relapse_calls_waiting{kind=\"read\"} 2",
            "relapse_watchers 3",
            "relapse_incidents 0",
            "relapse_log_position 0",
        ] {
            assert!(text.lines().any(|line| line == expected), "{expected}\n{text}");
        }
    }
}
