//! What Slack sends: slash commands, and buttons that were pressed.
//!
//! Source: "Implementing slash commands" and "Interaction payloads: block_actions" of Slack's documentation.

use serde_json::Value;

use crate::block_kit::{NOT_THE_SAME, USEFUL};
use crate::command::Command;
use crate::error::{Error, Result};
use crate::form::Form;

/// A slash command that somebody typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlashCommand {
    /// Its name: `/similar`.
    pub name: String,
    /// What stands behind it; may be empty.
    pub text: String,
    /// Who typed it: `U2147483697`.
    pub user_id: String,
    /// Where an answer goes that takes longer; `None`: nowhere.
    pub response_url: Option<String>,
}

/// A button that somebody pressed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Press {
    /// What it asks for; `None` for a button that is none of ours.
    pub command: Option<Command>,
    /// Who pressed it.
    pub user_id: String,
    /// Where the answer goes; `None`: nowhere.
    pub response_url: Option<String>,
}

/// Reads the body of a slash command; `None` for Slack's check of the certificate, which asks for nothing.
///
/// # Errors
/// [`Error`], where it is no such body.
pub fn slash_command(body: &[u8]) -> Result<Option<SlashCommand>> {
    let mut form = Form::read(body)?;
    if form.take("ssl_check").is_some_and(|value| value == "1") {
        return Ok(None);
    }
    Ok(Some(SlashCommand {
        name: form.need("command", "a name such as /similar")?,
        text: form.take("text").unwrap_or_default(),
        user_id: form.need("user_id", "the id of whoever typed it")?,
        response_url: form.take("response_url").filter(|url| !url.is_empty()),
    }))
}

/// Reads the body of an interaction; `None` for one that is no button of a message.
///
/// # Errors
/// [`Error`], where it is no such body.
pub fn press(body: &[u8]) -> Result<Option<Press>> {
    let payload = Form::read(body)?.need("payload", "a JSON object")?;
    let wrong = |field, expected| Error::Field { field, expected };
    let payload: Value =
        serde_json::from_str(&payload).map_err(|_| wrong("payload", "a JSON object"))?;
    let kind = payload["type"].as_str().ok_or(wrong("payload.type", "a kind of interaction"))?;
    if kind != "block_actions" {
        return Ok(None);
    }
    let user_id = payload["user"]["id"].as_str().filter(|id| !id.is_empty());
    let user_id = user_id.ok_or(wrong("payload.user.id", "the id of whoever pressed it"))?;
    let action = payload["actions"].get(0).ok_or(wrong("payload.actions", "the button"))?;
    Ok(Some(Press {
        command: pressed(action),
        user_id: user_id.to_owned(),
        response_url: payload["response_url"].as_str().map(str::to_owned),
    }))
}

fn pressed(action: &Value) -> Option<Command> {
    let useful = match action["action_id"].as_str()? {
        USEFUL => true,
        NOT_THE_SAME => false,
        _ => return None,
    };
    let (query_id, incident_id) = action["value"].as_str()?.split_once(' ')?;
    let (query_id, incident_id) = (query_id.to_owned(), incident_id.to_owned());
    Some(Command::Useful { query_id, incident_id, useful })
}

#[cfg(test)]
mod tests {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::block_kit;
    use crate::message::{Message, Part};

    fn interaction(payload: &str) -> Vec<u8> {
        format!("payload={}", utf8_percent_encode(payload, NON_ALPHANUMERIC)).into_bytes()
    }

    #[test]
    fn a_slash_command_is_read() {
        let body = b"token=t&user_id=U1&command=%2Fsimilar&text=disk+full&response_url=https%3A%2F%2Fhooks.slack.com%2F1";
        let read = slash_command(body).expect("well formed").expect("a command");
        assert_eq!(
            (read.name.as_str(), read.text.as_str(), read.user_id.as_str()),
            ("/similar", "disk full", "U1")
        );
        assert_eq!(read.response_url.as_deref(), Some("https://hooks.slack.com/1"));
        assert_eq!(slash_command(b"ssl_check=1&token=t"), Ok(None));
    }

    #[test]
    fn a_body_that_lacks_something_is_told_what() {
        for (body, named) in [
            (&b"user_id=U1"[..], "`command`"),
            (b"command=%2Fx", "`user_id`"),
            (b"command=%2Fx&command=%2Fy&user_id=U1", "`command` is there more than once"),
        ] {
            let error = slash_command(body).expect_err("it lacks something").to_string();
            assert!(error.starts_with(named), "{error}");
        }
        let lacking = json!({"type": "block_actions", "actions": [{}]}).to_string();
        for (payload, named) in [
            ("{", "`payload`"),
            ("[]", "`payload.type`"),
            (&*lacking, "`payload.user.id`"),
            (
                r#"{"type": "block_actions", "user": {"id": "U1"}, "actions": []}"#,
                "`payload.actions`",
            ),
        ] {
            let error = press(&interaction(payload)).expect_err(payload).to_string();
            assert!(error.starts_with(named), "{payload}: {error}");
        }
    }

    #[test]
    fn what_our_buttons_send_is_understood() {
        let rate = Part::Rate { query_id: "q-1-2".into(), incident_id: "post mortems/7".into() };
        let shown = block_kit(&Message::new("x").with(rate));
        for (place, useful) in [(0, true), (1, false)] {
            let button = &shown["blocks"][1]["elements"][place];
            let payload =
                json!({"type": "block_actions", "user": {"id": "U1"}, "actions": [button]});
            let press = press(&interaction(&payload.to_string())).expect("read").expect("a button");
            let (query_id, incident_id) = ("q-1-2".into(), "post mortems/7".into());
            assert_eq!(press.command, Some(Command::Useful { query_id, incident_id, useful }));
        }
    }

    proptest! {
        #[test]
        fn no_body_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "[a-z&=%{}\\[\\]\":,+]{0,80}") {
            for body in [bytes.as_slice(), text.as_bytes(), &interaction(&text)] {
                let (_, _) = (slash_command(body), press(body));
            }
        }
    }

    #[test]
    fn other_interactions_and_buttons_are_passed_over() {
        assert_eq!(press(&interaction(r#"{"type": "view_closed"}"#)), Ok(None));
        let other = json!({"type": "block_actions", "user": {"id": "U1"},
            "actions": [{"action_id": "deploy", "value": "now"}]});
        let press = press(&interaction(&other.to_string())).expect("read").expect("a button");
        assert_eq!(press.command, None);
    }
}
