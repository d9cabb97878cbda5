//! A message in a channel of Slack.
//!
//! Source: "chat.postMessage", "conversations.history", "Message metadata" and "Sending messages using incoming webhooks"
//! of Slack's documentation. A message of a bot carries its key as metadata, which the history of the channel is looked
//! through for. An incoming webhook cannot be asked what was posted.

use axum::http::{HeaderMap, HeaderValue, Method, header};
use chat::block_kit;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::address::Address;
use super::client::{Client, Reply};
use super::note::Note;
use super::trouble::{Trouble, judged};
use crate::card::Buttons;

/// Where the API is.
pub(crate) const API: &str = "https://slack.com/api";

const EVENT_TYPE: &str = "relapse_answer";
/// The messages of a page of the history, and the pages looked through.
const PAGE: u32 = 200;
const PAGES_MAX: u32 = 20;
/// How far the clocks may be apart.
const SKEW_SECS: i64 = 60;
/// Errors after which part of it may have been done, by Slack's own words.
const UNSURE: [&str; 4] =
    ["fatal_error", "internal_error", "request_timeout", "service_unavailable"];

/// A channel, as a bot sees it.
#[derive(Debug)]
pub(crate) struct Channel {
    pub(crate) api: Address,
    /// The value of `Authorization`.
    pub(crate) token: HeaderValue,
    /// Its id: `C0123456789`.
    pub(crate) id: String,
}

impl Channel {
    pub(crate) async fn send(&self, client: &Client, note: &Note) -> Result<(), Trouble> {
        let mut body = block_kit(&note.message(Buttons::Shown));
        body["channel"] = json!(self.id);
        body["unfurl_links"] = false.into();
        body["metadata"] = json!({"event_type": EVENT_TYPE, "event_payload": {"key": note.key}});
        let reply = self.ask(client, Method::POST, "/chat.postMessage", body.to_string()).await?;
        judged(&reply)?;
        obeyed(&reply).map(drop)
    }

    /// Whether the message is there.
    pub(crate) async fn has(&self, client: &Client, note: &Note) -> Result<bool, Trouble> {
        let mut cursor = String::new();
        for _ in 0..PAGES_MAX {
            let oldest = note.queued_at_secs - SKEW_SECS;
            let path = format!(
                "/conversations.history?channel={}&oldest={oldest}&limit={PAGE}&include_all_metadata=true&cursor={}",
                utf8_percent_encode(&self.id, NON_ALPHANUMERIC),
                utf8_percent_encode(&cursor, NON_ALPHANUMERIC),
            );
            let reply = self.ask(client, Method::GET, &path, String::new()).await?;
            judged(&reply)?;
            let page = obeyed(&reply)?;
            let messages = page["messages"].as_array().map(Vec::as_slice).unwrap_or_default();
            let is_it = |one: &Value| one["metadata"]["event_payload"]["key"] == *note.key;
            if messages.iter().any(is_it) {
                return Ok(true);
            }
            match page["response_metadata"]["next_cursor"].as_str() {
                Some(next) if !next.is_empty() => next.clone_into(&mut cursor),
                _ => return Ok(false),
            }
        }
        Err(Trouble::Refused { reason: "the channel says too much to look through".into() })
    }

    async fn ask(
        &self,
        client: &Client,
        method: Method,
        path: &str,
        body: String,
    ) -> Result<Reply, Trouble> {
        let to = self.api.below(path).map_err(|reason| Trouble::Refused { reason })?;
        let headers = HeaderMap::from_iter([(header::AUTHORIZATION, self.token.clone())]);
        Ok(client.send(method, &to, headers, body.into()).await?)
    }
}

/// The body of a reply that says `ok`. Slack tells most errors in the body of a 200.
fn obeyed(reply: &Reply) -> Result<Value, Trouble> {
    let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    if body["ok"] == true {
        return Ok(body);
    }
    let reason = match body["error"].as_str() {
        Some(error) => error.to_owned(),
        None => return Err(Trouble::Unsure { reason: "an unreadable reply".into(), after: None }),
    };
    match reason.as_str() {
        "ratelimited" | "rate_limited" => Err(Trouble::Later { reason, after: None }),
        error if UNSURE.contains(&error) => Err(Trouble::Unsure { reason, after: None }),
        _ => Err(Trouble::Refused { reason }),
    }
}

/// Posts to an incoming webhook.
pub(crate) async fn post(client: &Client, to: &Address, note: &Note) -> Result<(), Trouble> {
    let body = block_kit(&note.message(Buttons::Shown)).to_string();
    judged(&client.post(to, HeaderMap::new(), body.into()).await?)
}

#[cfg(test)]
mod tests {
    use axum::body::Bytes;
    use axum::http::StatusCode;

    use super::*;

    #[test]
    fn an_error_in_the_body_says_what_is_to_be_done_next() {
        let obeyed = |body: &'static str| {
            let body = Bytes::from_static(body.as_bytes());
            obeyed(&Reply { status: StatusCode::OK, headers: HeaderMap::new(), body })
        };
        assert!(obeyed(r#"{"ok": true}"#).is_ok());
        assert!(matches!(
            obeyed(r#"{"ok": false, "error": "ratelimited"}"#),
            Err(Trouble::Later { .. })
        ));
        assert!(matches!(
            obeyed(r#"{"ok": false, "error": "fatal_error"}"#),
            Err(Trouble::Unsure { .. })
        ));
        assert!(matches!(
            obeyed(r#"{"ok": false, "error": "not_in_channel"}"#),
            Err(Trouble::Refused { .. })
        ));
        assert!(
            matches!(obeyed("<html>"), Err(Trouble::Unsure { .. })),
            "what broke off may have worked"
        );
    }
}
