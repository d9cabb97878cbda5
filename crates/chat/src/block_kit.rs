//! A message as Slack shows it.
//!
//! Source: "Block Kit" and "Formatting message text" of Slack's documentation. All texts stand in elements that Slack
//! shows as they are, `rich_text` and `plain_text`, so there is no markup to escape and what people copy is what was
//! written. Only `text`, which notifications show, is read as markup: there `&`, `<` and `>` are escaped, and
//! `mrkdwn` is off.

use serde_json::{Value, json};

use crate::clean::{clean, line};
use crate::cut::{cut, length};
use crate::message::{Message, Part};

/// The blocks of a message; Slack takes no more.
const BLOCKS_MAX: usize = 50;
/// The characters of a text, the limit of a section.
const TEXT_CHARS: usize = 3000;
/// The characters of all texts of a message; Slack refuses some more than this.
const MESSAGE_CHARS: usize = 12_000;
/// The characters of a notification.
const NOTIFICATION_CHARS: usize = 300;
/// The characters of an address.
const URL_CHARS: usize = 3000;
/// The characters of what a button sends.
const VALUE_CHARS: usize = 2000;

/// What the button sends that says "the same failure",
pub(crate) const USEFUL: &str = "relapse_useful";
/// and the one that says "not the same".
pub(crate) const NOT_THE_SAME: &str = "relapse_not_the_same";

/// Writes `message` with `text` and `blocks`, as `chat.postMessage`, incoming webhooks, slash commands and response
/// addresses take it. What does not fit is left out from the end, and the last line says so.
#[must_use]
pub fn block_kit(message: &Message) -> Value {
    let headline = line(&message.headline);
    let mut room = MESSAGE_CHARS - NOTIFICATION_CHARS;
    let mut blocks = Vec::new();
    let heading = Part::Heading(headline.clone());
    let parts = std::iter::once(&heading).chain(&message.parts);
    let n_parts = message.parts.len() + 1;
    for (place, part) in parts.enumerate() {
        let Some(block) = block(part) else { continue };
        let taken = chars_of(&block);
        if taken > room || blocks.len() + 1 == BLOCKS_MAX && place + 1 < n_parts {
            blocks.push(note("This is not all: the rest does not fit into a message."));
            break;
        }
        room -= taken;
        blocks.push(block);
    }
    json!({"text": escaped(&cut(&headline, NOTIFICATION_CHARS)), "mrkdwn": false, "blocks": blocks})
}

/// The block of a part; `None` where there is nothing in it to show.
fn block(part: &Part) -> Option<Value> {
    match part {
        Part::Heading(text) => Some(rich("rich_text_section", vec![bold(&line(text))?])),
        Part::Line(text) => Some(rich("rich_text_section", vec![text_element(&line(text))?])),
        Part::Quote(text) => Some(rich("rich_text_quote", vec![text_element(clean(text).trim())?])),
        Part::Entry { title, url, detail } => entry(&line(title), url.as_deref(), &line(detail)),
        Part::Rate { query_id, incident_id } => buttons(query_id, incident_id),
        Part::Note(text) => {
            Some(line(text)).filter(|text| !text.is_empty()).map(|text| note(&text))
        }
    }
}

fn rich(kind: &str, elements: Vec<Value>) -> Value {
    json!({"type": "rich_text", "elements": [{"type": kind, "elements": elements}]})
}

/// `None` for an empty text, which Slack refuses.
fn text_element(text: &str) -> Option<Value> {
    (!text.is_empty()).then(|| json!({"type": "text", "text": cut(text, TEXT_CHARS)}))
}

fn bold(text: &str) -> Option<Value> {
    let mut element = text_element(text)?;
    element["style"] = json!({"bold": true});
    Some(element)
}

fn entry(title: &str, url: Option<&str>, detail: &str) -> Option<Value> {
    let title = text_element(title)?;
    let linked = url
        .filter(|url| is_address(url))
        .map(|url| json!({"type": "link", "url": url, "text": title["text"]}));
    let mut elements = vec![linked.unwrap_or(title)];
    elements.extend(text_element(detail).map(|_| json!({"type": "text", "text": "\n"})));
    elements.extend(text_element(detail));
    Some(rich("rich_text_section", elements))
}

fn is_address(url: &str) -> bool {
    let is_web = ["https://", "http://"].iter().any(|scheme| url.starts_with(scheme));
    is_web && length(url) <= URL_CHARS && line(url) == url && !url.contains(' ')
}

/// Two buttons; none for an incident whose id is longer than a button sends.
fn buttons(query_id: &str, incident_id: &str) -> Option<Value> {
    let value = format!("{query_id} {incident_id}");
    let button = |label: &str, action: &str| {
        let text = json!({"type": "plain_text", "text": label, "emoji": false});
        json!({"type": "button", "text": text, "action_id": action, "value": value})
    };
    let elements = [button("The same failure", USEFUL), button("Not the same", NOT_THE_SAME)];
    (length(&value) <= VALUE_CHARS).then(|| json!({"type": "actions", "elements": elements}))
}

fn note(text: &str) -> Value {
    let text = json!({"type": "plain_text", "text": cut(text, TEXT_CHARS), "emoji": false});
    json!({"type": "context", "elements": [text]})
}

/// The characters of all strings in `value`, names left out.
fn chars_of(value: &Value) -> usize {
    match value {
        Value::String(text) => length(text),
        Value::Array(values) => values.iter().map(chars_of).sum(),
        Value::Object(fields) => fields.values().map(chars_of).sum(),
        _ => 0,
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn blocks(message: &Message) -> Vec<Value> {
        block_kit(message)["blocks"].as_array().expect("blocks").clone()
    }

    #[test]
    fn texts_are_shown_as_they_are_and_nothing_in_them_is_markup() {
        let hostile = "<!channel> *bold* _x_ `rm -rf *` <https://evil.example|bank> & :fire: @here";
        let message = Message::new(hostile)
            .with(Part::Line(hostile.into()))
            .with(Part::Quote(hostile.into()));
        let written = block_kit(&message);
        let text = written["text"].as_str().expect("a text");
        assert!(!text.contains(['<', '>']), "{text}");
        assert!(text.starts_with("&lt;!channel&gt;") && text.contains("&amp; :fire:"), "{text}");
        assert_eq!(written["mrkdwn"], false);
        let shown = &written["blocks"][1]["elements"][0];
        assert_eq!(shown["type"], "rich_text_section");
        assert_eq!(shown["elements"], json!([{"type": "text", "text": hostile}]));
        assert!(!written.to_string().contains(r#""mrkdwn","#), "no element is read as markup");
    }

    #[test]
    fn only_addresses_of_the_web_are_links() {
        let entry = |url: &str| {
            let part =
                Part::Entry { title: "Disk".into(), url: Some(url.into()), detail: String::new() };
            blocks(&Message::new("x").with(part))[1]["elements"][0]["elements"][0]["type"].clone()
        };
        assert_eq!(entry("https://wiki.example/1?a=b&c=d"), "link");
        for url in
            ["javascript:alert(1)", "https://a b", "slack://user?id=U1", "", "https://x\n.example"]
        {
            assert_eq!(entry(url), "text", "{url:?}");
        }
    }

    #[test]
    fn a_match_is_judged_by_two_buttons() {
        let rate = |incident_id: String| Part::Rate { query_id: "q-1-2".into(), incident_id };
        let shown = blocks(&Message::new("x").with(rate("INC 7".into())));
        let (same, other) = (&shown[1]["elements"][0], &shown[1]["elements"][1]);
        assert_eq!((&same["action_id"], &same["value"]), (&json!(USEFUL), &json!("q-1-2 INC 7")));
        assert_eq!(other["action_id"], NOT_THE_SAME);
        assert_eq!(blocks(&Message::new("x").with(rate("I".repeat(1994)))).len(), 2);
        assert_eq!(blocks(&Message::new("x").with(rate("I".repeat(1995)))).len(), 1);
    }

    #[test]
    fn a_message_has_fifty_blocks_at_most_and_says_when_there_is_more() {
        let of = |parts: usize| Message {
            headline: "x".into(),
            parts: vec![Part::Line("y".into()); parts],
        };
        let last = |shown: Vec<Value>| shown.last().expect("a block")["type"].clone();
        assert_eq!((blocks(&of(49)).len(), last(blocks(&of(49)))), (50, json!("rich_text")));
        assert_eq!((blocks(&of(50)).len(), last(blocks(&of(50)))), (50, json!("context")));
    }

    #[test]
    fn what_is_empty_has_no_block() {
        let message =
            Message::new("x").with(Part::Line("\u{202e} ".into())).with(Part::Quote("\n".into()));
        assert_eq!(blocks(&message).len(), 1);
    }

    proptest! {
        #[test]
        fn no_text_and_no_message_is_longer_than_slack_takes(lengths in prop::collection::vec(0usize..8000, 0..60)) {
            let parts = lengths.iter().map(|length| Part::Quote("🔥x".repeat(*length / 3))).collect();
            let written = block_kit(&Message { headline: "y".repeat(5000), parts });
            let shown = written["blocks"].as_array().expect("blocks");
            prop_assert!(shown.len() <= BLOCKS_MAX);
            prop_assert!(shown.iter().all(|block| chars_of(block) <= TEXT_CHARS + 50));
            prop_assert!(chars_of(&written) <= MESSAGE_CHARS + 100);
        }
    }
}
