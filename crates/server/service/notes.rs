//! Answers that go out on their own.

use engine::{NoteRecord, NoteState};
use incident::{Incident, IncidentId};
use jiff::Timestamp;

use super::{Result, Service, answered};
use crate::proto::{FindSimilarResponse, Verdict};

/// Where answers to alerts go, and which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listener {
    /// The destination.
    pub(crate) name: String,
    /// The verdicts it is told of.
    pub(crate) verdicts: Vec<Verdict>,
    /// The source of the incidents it knows; `None`: it takes any.
    pub(crate) source: Option<&'static str>,
}

impl Listener {
    fn takes(&self, source: &str) -> bool {
        self.source.is_none_or(|known| known == source)
    }
}

impl Service {
    /// Whether one of `listeners` may yet be told of an incident of `source`.
    pub(super) fn is_awaited(
        &self,
        listeners: &[Listener],
        source: &str,
        id: &IncidentId,
    ) -> Result<bool> {
        for listener in listeners.iter().filter(|listener| listener.takes(source)) {
            if self.note(&listener.name, id)?.is_none() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Has `answer` go to those of `listeners` that want it and were not told of the incident before.
    pub(super) fn tell(
        &self,
        listeners: &[Listener],
        source: &str,
        id: &IncidentId,
        answer: &FindSimilarResponse,
    ) -> Result<()> {
        let wants = |listener: &&Listener| {
            listener.takes(source) && listener.verdicts.contains(&answer.verdict())
        };
        let names: Vec<&str> =
            listeners.iter().filter(wants).map(|listener| listener.name.as_str()).collect();
        answered(self.engine.queue_notes(&names, id, self.precise_now()))
    }

    /// The note for `destination` on an incident.
    pub(crate) fn note(&self, destination: &str, id: &IncidentId) -> Result<Option<NoteRecord>> {
        answered(self.engine.note(destination, id))
    }

    /// The note for `destination` that is due first.
    pub(crate) fn next_note(&self, destination: &str) -> Result<Option<NoteRecord>> {
        answered(self.engine.next_note(destination))
    }

    /// Keeps how far a note is.
    pub(crate) fn keep_note(&self, note: NoteRecord) -> Result<()> {
        answered(self.engine.keep_note(note))
    }

    /// An incident as it is stored.
    pub(crate) fn stored(&self, id: &IncidentId) -> Result<Option<Incident>> {
        answered(self.engine.incident_as_stored(id))
    }

    /// How many notes of each destination are in each state.
    pub(crate) fn note_counts(&self) -> Result<Vec<(String, NoteState, u64)>> {
        answered(self.engine.note_counts())
    }

    /// Now, to the fraction of a second: what waits for something outside goes by it, and no answer does.
    pub(crate) fn precise_now(&self) -> Timestamp {
        (self.clock)()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use alerts::{Labels, Notice, Sender, read};
    use serde_json::json;

    use super::super::Taken;
    use super::*;

    const PLACE: &str = "room";

    /// A message of Alertmanager, which has no id of its own: `alerts` by their names, and when they end.
    fn message(alerts: &[(&str, Option<&str>)], summary: &str) -> Notice {
        let alerts: Vec<_> = alerts
            .iter()
            .map(|(name, ends)| {
                let status = if ends.is_some() { "resolved" } else { "firing" };
                json!({"status": status, "fingerprint": name, "startsAt": "2026-11-20T03:00:00Z",
                    "endsAt": ends.unwrap_or("0001-01-01T00:00:00Z"), "labels": {"alertname": "Queue", "service": name},
                    "annotations": {"summary": summary}})
            })
            .collect();
        let body = json!({"version": "4", "groupKey": "g", "alerts": alerts}).to_string();
        read(Sender::Alertmanager, body.as_bytes(), &Labels::default()).expect("well formed")
    }

    fn listener(verdict: Verdict, source: Option<&'static str>) -> Listener {
        Listener { name: PLACE.into(), verdicts: vec![verdict], source }
    }

    struct World {
        service: Service,
        _dir: tempfile::TempDir,
    }

    impl World {
        fn new() -> Self {
            let dir = tempfile::tempdir().expect("a folder");
            let service =
                Service::open(dir.path(), || "2026-11-20T12:00:00Z".parse().expect("a time"));
            Self { service: service.expect("an empty folder"), _dir: dir }
        }

        fn take(&self, notice: Notice, listeners: &[Listener]) {
            let taken = Taken { notices: vec![notice], listeners: Arc::from(listeners) };
            self.service.take_alerts(taken).expect("it is kept");
        }

        /// Whether anything is to go out.
        fn is_queued(&self) -> bool {
            self.service.next_note(PLACE).expect("read").is_some()
        }
    }

    #[test]
    fn what_was_stored_and_not_queued_is_queued_when_it_is_repeated() {
        let world = World::new();
        let told = || message(&[("orders", None)], "The queue is not emptied");
        // As where the process ended in between.
        world.take(told(), &[]);
        assert!(!world.is_queued());
        world.take(told(), &[listener(Verdict::New, None)]);
        assert!(world.is_queued());
    }

    #[test]
    fn only_what_is_wanted_goes_out_and_nothing_that_is_over() {
        for (listener, queued) in [
            (listener(Verdict::New, None), true),
            (listener(Verdict::Recurrence, None), false),
            (listener(Verdict::New, Some("alertmanager")), true),
            (listener(Verdict::New, Some("pagerduty")), false),
        ] {
            let world = World::new();
            world.take(
                message(&[("orders", None)], "The queue is not emptied"),
                std::slice::from_ref(&listener),
            );
            assert_eq!(world.is_queued(), queued, "{listener:?}");
        }
        let over =
            || message(&[("orders", Some("2026-11-20T04:00:00Z"))], "The queue is not emptied");
        let wanted = [listener(Verdict::New, None)];
        for was_known in [false, true] {
            let world = World::new();
            if was_known {
                world.take(message(&[("orders", None)], "The queue is not emptied"), &[]);
            }
            world.take(over(), &wanted);
            world.take(over(), &wanted);
            assert!(!world.is_queued(), "{was_known}");
        }
    }

    #[test]
    fn an_answer_that_changes_to_what_is_wanted_goes_out_then() {
        let world = World::new();
        let wanted = [listener(Verdict::Recurrence, None)];
        let record = |number: u32| crate::proto::Incident {
            external_id: format!("INC-{number}"),
            title: "Certificate of the billing gateway expired".into(),
            root_cause: "The certificate expired, renewal had failed silently.".into(),
            started_at: Some(prost_types::Timestamp {
                seconds: 1_700_000_000 + i64::from(number),
                nanos: 0,
            }),
            ..Default::default()
        };
        let record = |number| crate::proto::IngestIncidentsRequest {
            record: Some(crate::proto::ingest_incidents_request::Record::Incident(Box::new(
                record(number),
            ))),
        };
        world.service.ingest((0..5).map(record).collect()).expect("stored");
        world.take(message(&[("orders", None)], "Zzz"), &wanted);
        assert!(!world.is_queued(), "nothing is known of it yet");
        let more = "Certificate of the billing gateway expired, renewal had failed silently";
        world.take(message(&[("orders", None), ("billing", None)], more), &wanted);
        assert!(world.is_queued());
    }
}
