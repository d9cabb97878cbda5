//! A note on an incident of PagerDuty.
//!
//! Source: "PagerDuty REST API: create a note on an incident, list notes for an incident". Neither knows a key that
//! makes a repetition harmless, so the key stands in the note, and notes are looked through for it.

use alerts::group_of;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use chat::{cut, plain};
use serde_json::{Value, json};

use super::address::Address;
use super::client::{Client, Reply};
use super::note::Note;
use super::trouble::{Trouble, judged};
use crate::card::Buttons;

/// Where the API is, outside its service region of the European Union.
pub(crate) const API: &str = "https://api.pagerduty.com";
/// The source of incidents that came from PagerDuty.
pub(crate) const SOURCE: &str = "pagerduty";

const MEDIA_TYPE: HeaderValue =
    HeaderValue::from_static("application/vnd.pagerduty+json;version=2");
/// The characters of a note, its key left out: what can be read during a page.
const NOTE_CHARS: usize = 4000;

/// An account of PagerDuty.
#[derive(Debug)]
pub(crate) struct Pagerduty {
    pub(crate) api: Address,
    /// The value of `Authorization`.
    pub(crate) token: HeaderValue,
    /// The e-mail address of the user who writes the notes.
    pub(crate) from: HeaderValue,
}

impl Pagerduty {
    pub(crate) async fn send(&self, client: &Client, note: &Note) -> Result<(), Trouble> {
        let message = plain(&note.message(Buttons::Hidden));
        let content = format!("{}\n{}", cut(&message, NOTE_CHARS), note.key);
        let body = json!({"note": {"content": content}}).to_string();
        judged(&self.ask(client, Method::POST, note, body.into()).await?)
    }

    /// Whether the note is there.
    pub(crate) async fn has(&self, client: &Client, note: &Note) -> Result<bool, Trouble> {
        let reply = self.ask(client, Method::GET, note, Vec::new()).await?;
        judged(&reply)?;
        let unreadable =
            || Trouble::Later { reason: "unreadable list of notes".into(), after: None };
        let listed: Value = serde_json::from_slice(&reply.body).map_err(|_| unreadable())?;
        let notes = listed["notes"].as_array().ok_or_else(unreadable)?;
        let is_it =
            |one: &Value| one["content"].as_str().is_some_and(|text| text.contains(&note.key));
        Ok(notes.iter().any(is_it))
    }

    async fn ask(
        &self,
        client: &Client,
        method: Method,
        note: &Note,
        body: Vec<u8>,
    ) -> Result<Reply, Trouble> {
        let headers = HeaderMap::from_iter([
            (header::AUTHORIZATION, self.token.clone()),
            (header::FROM, self.from.clone()),
            (header::ACCEPT, MEDIA_TYPE),
        ]);
        let to = self.notes_of(note).ok_or_else(|| Trouble::Refused {
            reason: format!("`{}` is no incident of PagerDuty", note.incident.external_id),
        })?;
        Ok(client.send(method, &to, headers, body).await?)
    }

    fn notes_of(&self, note: &Note) -> Option<Address> {
        let id = group_of(&note.incident.external_id)?;
        let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        is_id.then(|| self.api.below(&format!("/incidents/{id}/notes")).ok())?
    }
}
