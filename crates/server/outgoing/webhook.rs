//! A request to whoever wants one: the answer as JSON, under a key that makes a repetition harmless.
//!
//! Source of the key: "The Idempotency-Key HTTP Header Field" (draft-ietf-httpapi-idempotency-key-header). Who does not
//! look at it may see a note twice.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use chat::plain;
use serde_json::json;

use super::address::Address;
use super::client::Client;
use super::note::Note;
use super::trouble::{Trouble, judged};
use crate::card::Buttons;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// Somebody who takes JSON.
#[derive(Debug)]
pub(crate) struct Webhook {
    pub(crate) url: Address,
    /// The value of `Authorization`.
    pub(crate) token: Option<HeaderValue>,
}

impl Webhook {
    pub(crate) async fn send(&self, client: &Client, note: &Note) -> Result<(), Trouble> {
        let mut headers = HeaderMap::new();
        let key = HeaderValue::from_str(&format!("\"{}\"", note.key));
        headers.insert(IDEMPOTENCY_KEY, key.expect("a key is letters, digits and a hyphen"));
        headers.extend(self.token.clone().map(|token| (header::AUTHORIZATION, token)));
        let body = json!({
            "key": note.key,
            "incident_id": note.incident.id.as_str(),
            "title": note.incident.title,
            "text": plain(&note.message(Buttons::Hidden)),
            "answer": note.answer_json(),
        });
        judged(&client.post(&self.url, headers, body.to_string().into()).await?)
    }
}
