//! Slack at the door: its own example, what people type and press, and whatever else may come.

use std::fs;

use axum::Router;
use axum::routing::post;
use hmac::{Hmac, KeyInit, Mac};
use jiff::Timestamp;
use relapse::limits::MESSAGE_BYTES;
use relapse::proto::FindSimilarRequest;
use relapse::proto::find_similar_request::Query;
use serde_json::{Value, json};
use sha2::Sha256;
use testkit::shared;
use tokio::sync::mpsc;

use crate::http::send_bytes;
use crate::server::{Server, today};
use crate::stand_in;

const SECRET: &str = "a secret of the tests";
const FORM: &str = "application/x-www-form-urlencoded";

/// A response: its code, and its body where that is JSON.
async fn post_at(server: &Server, path: &str, headers: &str, body: &[u8]) -> (u16, Value) {
    let http = server.bound.http;
    let reply = send_bytes(http, path, &format!("host: {http}\r\n{headers}"), body).await;
    let reply = String::from_utf8_lossy(&reply).into_owned();
    let (head, body) = reply.split_once("\r\n\r\n").expect("a head and a body");
    let code = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a code");
    (code, serde_json::from_str(body).unwrap_or(Value::Null))
}

fn signature(secret: &str, sent_at: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length");
    for part in [b"v0:", sent_at.as_bytes(), b":", body] {
        mac.update(part);
    }
    let bytes = mac.finalize().into_bytes();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("v0={hex}")
}

fn headers(media_type: &str, sent_at: &str, signature: &str) -> String {
    format!(
        "content-type: {media_type}\r\nx-slack-request-timestamp: {sent_at}\r\nx-slack-signature: {signature}\r\n"
    )
}

/// The headers of a body that Slack signed `secs` from now.
fn signed(body: &[u8], secs: i64) -> String {
    let sent_at = (today().as_second() + secs).to_string();
    headers(FORM, &sent_at, &signature(SECRET, &sent_at, body))
}

async fn with_secret(outgoing_hosts: Vec<String>) -> (Server, tempfile::TempDir) {
    let dir = tempfile::tempdir().expect("a folder");
    let secrets = dir.path().join("slack");
    fs::write(&secrets, format!("the old one\n{SECRET}\n")).expect("written");
    let server = Server::with_samples_and(|config| {
        config.slack_secrets = Some(secrets);
        config.outgoing_hosts = outgoing_hosts;
    })
    .await;
    (server, dir)
}

/// The body of `/relapse TEXT`.
fn typed(text: &str) -> Vec<u8> {
    let text = text.replace('%', "%25").replace('&', "%26").replace('+', "%2B");
    format!("command=%2Frelapse&user_id=U1&text={text}").into_bytes()
}

fn the_time_of_the_example() -> Timestamp {
    Timestamp::from_second(1_531_420_618).expect("a time")
}

fn the_time_of_the_others() -> Timestamp {
    Timestamp::from_second(1_760_000_000).expect("a time")
}

#[tokio::test]
async fn the_signed_examples_are_taken_and_no_bit_of_them_may_change() {
    let Some(folder) = shared::path("corpora/alert_payloads/slack") else { return };
    for (name, clock, begins) in [
        ("signed_vector", the_time_of_the_example as fn() -> Timestamp, "Have we seen this"),
        ("similar_plain", the_time_of_the_others, "INSUFFICIENT TEXT: "),
        ("similar_empty", the_time_of_the_others, "Have we seen this"),
        ("similar_help", the_time_of_the_others, "Have we seen this"),
    ] {
        let text = fs::read_to_string(folder.join(format!("{name}.json"))).expect("it is there");
        let vector: Value = serde_json::from_str(&text).expect("JSON");
        let header = |name: &str| vector["headers"][name].as_str().expect("a text").to_owned();
        let (sent_at, signature) =
            (header("X-Slack-Request-Timestamp"), header("X-Slack-Signature"));
        let body = fs::read(folder.join(format!("{name}.body"))).expect("it is there");
        let dir = tempfile::tempdir().expect("a folder");
        let secret = vector["signing_secret"].as_str().expect("a text").to_owned();
        fs::write(dir.path().join("s"), &secret).expect("written");
        let secrets = dir.path().join("s");
        let server = Server::start_at(clock, |config| config.slack_secrets = Some(secrets)).await;
        let head = headers(&header("Content-Type"), &sent_at, &signature);
        let (code, answer) = post_at(&server, "/slack/command", &head, &body).await;
        assert_eq!(
            (code, &answer["response_type"]),
            (200, &json!("ephemeral")),
            "{name}: {answer}"
        );
        assert!(answer["text"].as_str().is_some_and(|text| text.starts_with(begins)), "{answer}");

        let now = clock().as_second();
        for bit in 0..8 * body.len() {
            let mut changed = body.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let secrets = [secret.clone()];
            let is_signed = alerts::slack_is_signed(&secrets, &sent_at, &signature, &changed, now);
            assert!(!is_signed, "{name}: bit {bit} of the body");
        }
    }
}

/// What is sent, and what comes back: the code, and what is said.
struct Case {
    name: &'static str,
    headers: String,
    body: Vec<u8>,
    code: u16,
    says: &'static str,
}

fn case(name: &'static str, headers: String, body: Vec<u8>, code: u16, says: &'static str) -> Case {
    Case { name, headers, body, code, says }
}

/// What nobody but a stranger sends.
fn forged() -> Vec<Case> {
    let body = typed("help");
    let now = today().as_second().to_string();
    let right = signature(SECRET, &now, &body);
    let of = |sent_at: &str, signature: &str| headers(FORM, sent_at, signature);
    let (media_type, stamp) =
        (format!("content-type: {FORM}\r\n"), format!("x-slack-request-timestamp: {now}\r\n"));
    let mut changed = body.clone();
    changed[0] ^= 1;
    let refused =
        |name, headers, body: &[u8]| case(name, headers, body.to_vec(), 401, "not signed");
    vec![
        refused("no signature", format!("{media_type}{stamp}"), &body),
        refused("no timestamp", format!("{media_type}x-slack-signature: {right}\r\n"), &body),
        refused("neither", media_type.clone(), &body),
        refused(
            "two signatures",
            format!("{}x-slack-signature: {right}\r\n", of(&now, &right)),
            &body,
        ),
        refused("two timestamps", format!("{}{stamp}", of(&now, &right)), &body),
        refused("another secret", of(&now, &signature("wrong", &now, &body)), &body),
        refused("no secret at all", of(&now, &signature("", &now, &body)), &body),
        refused("another version", of(&now, &right.replace("v0=", "v1=")), &body),
        refused("no version", of(&now, &right[3..]), &body),
        refused("half a signature", of(&now, &right[..35]), &body),
        refused("an empty signature", of(&now, "v0="), &body),
        refused("a signature that is no hex", of(&now, &format!("v0={}", "z".repeat(64))), &body),
        refused(
            "the time of another signature",
            of(&(today().as_second() - 1).to_string(), &right),
            &body,
        ),
        refused("a body that was changed", of(&now, &right), &changed),
        refused("a body that is longer", of(&now, &right), &[&body[..], b"&x=1"].concat()),
        refused("301 s old", signed(&body, -301), &body),
        refused("301 s ahead", signed(&body, 301), &body),
        refused("no number for a time", of("soon", &signature(SECRET, "soon", &body)), &body),
        refused(
            "a time beyond all",
            of("9223372036854775808", &signature(SECRET, "9223372036854775808", &body)),
            &body,
        ),
        refused(
            "a year before all",
            of("-9223372036854775808", &signature(SECRET, "-9223372036854775808", &body)),
            &body,
        ),
    ]
}

/// What Slack signed, and yet is no command; and what is one, but not to be done.
fn odd() -> Vec<Case> {
    let signed_as =
        |name, body: Vec<u8>, code, says| case(name, signed(&body, 0), body, code, says);
    let flood = (0..101).map(|n| format!("f{n}=&")).collect::<String>().into_bytes();
    let help = typed("help");
    let now = today().as_second().to_string();
    let as_json = headers("application/json", &now, &signature(SECRET, &now, &help));
    let untyped = format!(
        "x-slack-request-timestamp: {now}\r\nx-slack-signature: {}\r\n",
        signature(SECRET, &now, &help)
    );
    vec![
        case("JSON for a form", as_json, help.clone(), 400, "expected `application/x-www-form"),
        case("no media type", untyped, help.clone(), 400, "expected `application/x-www-form"),
        signed_as("an empty body", Vec::new(), 400, "`command` is missing"),
        signed_as(
            "a field twice",
            b"command=%2Fx&user_id=U1&text=a&text=b".to_vec(),
            400,
            "`text` is there more than once",
        ),
        signed_as(
            "no UTF-8",
            b"command=%2Fx&user_id=U1&text=%ff%fe".to_vec(),
            400,
            "`text` is no UTF-8",
        ),
        signed_as("no command", b"user_id=U1&text=help".to_vec(), 400, "`command` is missing"),
        signed_as("nobody", b"command=%2Fx&text=help".to_vec(), 400, "`user_id` is missing"),
        signed_as("a flood of fields", flood, 400, "more than 100 fields"),
        signed_as("no command of ours", typed("deploy everything"), 200, "`deploy` is no command"),
        signed_as("markup", typed("<!channel>"), 200, "`&lt;!channel&gt;` is no command"),
        signed_as("no text", typed(""), 200, "Have we seen this before"),
        signed_as(
            "similar to nothing",
            typed("similar"),
            200,
            "similar: expected what the alert says",
        ),
        signed_as("a class without an id", typed("class"), 200, "class: expected one id"),
        signed_as("a class that is none", typed("class FC-999"), 200, "FC-999"),
        signed_as("an id that is none", typed("class ../../etc"), 200, "`../../etc`"),
        signed_as(
            "a report of never",
            typed("report 0d"),
            200,
            "report: expected nothing, a number",
        ),
        signed_as(
            "a report that ends before it begins",
            typed("report 2026-08-01 2026-07-01"),
            200,
            "expected a time not before",
        ),
        signed_as("a rating of nothing", typed("useful q-1 yes"), 200, "useful: expected"),
        signed_as(
            "a rating of no incident",
            typed("useful q-0123456789abcdef-01234567 NO-SUCH yes"),
            200,
            "NO-SUCH",
        ),
        signed_as("300 s old is not too old", help.clone(), 200, "Have we seen this before"),
        case("300 s ahead neither", signed(&help, 300), help, 200, "Have we seen this before"),
    ]
}

#[tokio::test]
async fn whatever_else_comes_is_refused_or_told_what_to_say() {
    let (server, _dir) = with_secret(Vec::new()).await;
    let (forged, odd) = (forged(), odd());
    assert!(forged.len() >= 20 && odd.len() >= 20);
    for Case { name, headers, body, code, says } in forged.iter().chain(&odd) {
        let (found, answer) = post_at(&server, "/slack/command", headers, body).await;
        assert_eq!(found, *code, "{name}: {answer}");
        let told = answer["text"].as_str().or(answer["message"].as_str()).unwrap_or_default();
        assert!(told.contains(says), "{name}: {answer}");
    }
    // Both doors look at the same signature.
    for Case { name, headers, body, code, .. } in &forged {
        let (found, answer) = post_at(&server, "/slack/interactivity", headers, body).await;
        assert_eq!(found, *code, "{name}: {answer}");
    }
    let large = vec![b'a'; MESSAGE_BYTES + 1];
    assert_eq!(post_at(&server, "/slack/command", &signed(&large, 0), &large).await.0, 413);
}

#[tokio::test]
async fn slack_may_look_at_the_certificate() {
    let (server, _dir) = with_secret(Vec::new()).await;
    let body = b"ssl_check=1&token=x".to_vec();
    let (code, answer) = post_at(&server, "/slack/command", &signed(&body, 0), &body).await;
    assert_eq!((code, answer), (200, Value::Null));
}

#[tokio::test]
async fn without_a_secret_whoever_may_call_may_say_anything() {
    let server = Server::start().await;
    let head = format!("content-type: {FORM}\r\n");
    assert_eq!(post_at(&server, "/slack/command", &head, &typed("help")).await.0, 200);
}

/// The elements of a kind anywhere in `value`.
fn all<'a>(value: &'a Value, kind: &str, found: &mut Vec<&'a Value>) {
    if value["type"] == kind {
        found.push(value);
    }
    match value {
        Value::Array(values) => values.iter().for_each(|value| all(value, kind, found)),
        Value::Object(fields) => fields.values().for_each(|value| all(value, kind, found)),
        _ => {}
    }
}

#[tokio::test]
async fn a_button_rates_the_match_it_stands_under() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let take = async move |body: String| tell.send(body).expect("somebody listens");
    let slack = stand_in::serve(Router::new().route("/actions/1", post(take))).await;
    let (server, _dir) = with_secret(vec![slack.to_string()]).await;

    let question = "disk full on ledger-db";
    let body = typed(&format!("similar {question}"));
    let (code, card) = post_at(&server, "/slack/command", &signed(&body, 0), &body).await;
    assert_eq!(code, 200);
    assert!(card["text"].as_str().is_some_and(|text| text.starts_with("RECURRENCE: ")), "{card}");
    let mut buttons = Vec::new();
    all(&card["blocks"], "button", &mut buttons);
    assert_eq!(buttons.len(), 6, "two for each of three matches: {card}");

    let payload = json!({"type": "block_actions", "user": {"id": "U2147483697"}, "actions": [buttons[1]],
        "response_url": format!("http://{slack}/actions/1")});
    let payload: String = payload.to_string().bytes().map(|byte| format!("%{byte:02x}")).collect();
    let body = format!("payload={payload}").into_bytes();
    let (code, answer) = post_at(&server, "/slack/interactivity", &signed(&body, 0), &body).await;
    assert_eq!((code, answer), (200, Value::Null));
    let request = FindSimilarRequest {
        query: Some(Query::Text(question.into())),
        ..FindSimilarRequest::default()
    };
    let rated = server.service.find_similar(request).expect("an answer").matches;
    let rating = rated[0].ratings.first().expect("what was acknowledged is kept");
    assert_eq!((rating.who.as_str(), rating.useful), ("U2147483697", false));
    let followed: Value =
        serde_json::from_str(&told.recv().await.expect("it follows")).expect("JSON");
    assert_eq!(followed["text"], format!("Noted: {} is not the same.", rated[0].incident_id));
}
