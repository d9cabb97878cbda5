//! What a note says.

use chat::{Message, Part};
use data_encoding::HEXLOWER;
use engine::NoteRecord;
use incident::Incident;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::card::{self, Buttons};
use crate::json::to_json;
use crate::proto::FindSimilarResponse;

/// The bytes of a hash that tell a note from every other.
const KEY_BYTES: usize = 12;

/// A note as it is sent.
#[derive(Debug, Clone)]
pub(crate) struct Note {
    /// Tells it from every other, at its destination too: the same incident and destination have the same key.
    pub(crate) key: String,
    /// Since when it is to go out, in seconds since 1970.
    pub(crate) queued_at_secs: i64,
    /// The incident it answers.
    pub(crate) incident: Incident,
    /// The answer.
    pub(crate) answer: FindSimilarResponse,
}

impl Note {
    pub(crate) fn new(
        record: &NoteRecord,
        incident: Incident,
        answer: FindSimilarResponse,
    ) -> Self {
        let queued_at_secs = record.queued_at_ms.div_euclid(1000);
        Self { key: key(record), queued_at_secs, incident, answer }
    }

    /// For people: the answer, and what it answers.
    pub(crate) fn message(&self, buttons: Buttons) -> Message {
        let mut message = card::answer(&self.answer, buttons);
        let Incident { title, url, id, .. } = &self.incident;
        let detail = id.as_str().to_owned();
        let asked = Part::Entry { title: title.clone(), url: url.clone(), detail };
        message.parts.insert(0, asked);
        message
    }

    /// For programs: the same JSON as at every door.
    pub(crate) fn answer_json(&self) -> Value {
        let written = to_json(&self.answer).ok();
        written.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or(Value::Null)
    }
}

fn key(record: &NoteRecord) -> String {
    let hash = Sha256::new()
        .chain_update(record.destination.as_bytes())
        .chain_update([0])
        .chain_update(record.incident.as_str().as_bytes())
        .finalize();
    format!("relapse-{}", HEXLOWER.encode(&hash[..KEY_BYTES]))
}
