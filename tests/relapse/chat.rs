//! Any other chat.

use relapse::guard::tokens::issue;
use relapse::limits::MESSAGE_BYTES;

use crate::http::{Reply, send, send_bytes};
use crate::server::Server;

async fn say(server: &Server, query: &str, headers: &str, line: &str) -> Reply {
    let http = server.bound.http;
    let headers = format!("host: {http}\r\ncontent-type: text/plain\r\n{headers}");
    send(http, "POST", &format!("/v1/chat{query}"), &headers, line).await
}

#[tokio::test]
async fn each_command_is_answered_in_plain_text() {
    let server = Server::with_samples().await;
    for (line, begins) in [
        (
            "similar TLS handshake failures on auth-gateway, unknown issuer",
            "RECURRENCE: 3rd TLS handshake",
        ),
        ("class FC-2", "FC-2: "),
        ("class FC-999", "there is no failure class FC-999"),
        (
            "report 2026-08-01 2026-11-20",
            "What kept coming back from 2026-08-01 to 2026-11-20\n12 incidents",
        ),
        ("report", "What kept coming back from 2026-08-22 to 2026-11-20\n"),
        ("useful q-0123456789abcdef-01234567 NO-SUCH yes", "there is no incident"),
        ("", "Have we seen this before"),
        ("disk full", "`disk` is no command"),
    ] {
        let reply = say(&server, "", "", line).await;
        assert_eq!(reply.code, 200, "{line}: {}", reply.body);
        assert!(
            reply.body.to_lowercase().starts_with(&begins.to_lowercase()),
            "{line}: {}",
            reply.body
        );
        assert!(
            reply.headers.contains("content-type: text/plain; charset=utf-8"),
            "{}",
            reply.headers
        );
    }
}

#[tokio::test]
async fn a_rating_is_kept_with_the_name_of_who_gave_it() {
    let server = Server::with_samples().await;
    let asked = "similar disk full on ledger-db";
    let answer = say(&server, "", "", asked).await.body;
    let rating =
        answer.lines().find_map(|line| line.trim().strip_prefix("the same? ")).expect("it asks");
    let said = rating.replace("yes|no", "yes");
    assert!(say(&server, "?who=ann", "", &said).await.body.starts_with("Noted: "));
    let again = server.service.find_similar(relapse::proto::FindSimilarRequest {
        query: Some(relapse::proto::find_similar_request::Query::Text(
            "disk full on ledger-db".into(),
        )),
        ..Default::default()
    });
    let ratings = &again.expect("an answer").matches[0].ratings;
    assert_eq!((ratings.len(), ratings[0].who.as_str(), ratings[0].useful), (1, "ann", true));
}

#[tokio::test]
async fn a_token_speaks_for_its_own_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let (token, line) = issue("chatbot", [5; 32]).expect("a good name");
    let file = folder.path().join("tokens");
    std::fs::write(&file, line).expect("it is written");
    let server = Server::start_with(|config| config.tokens = Some(file)).await;
    assert_eq!(say(&server, "", "", "help").await.code, 401);
    let header = format!("authorization: Bearer {token}\r\n");
    assert_eq!(say(&server, "?who=ann", &header, "help").await.code, 200);
}

#[tokio::test]
async fn what_is_no_text_is_refused() {
    let server = Server::start().await;
    let http = server.bound.http;
    let host = format!("host: {http}\r\n");
    for (path, body, code) in [
        ("/v1/chat", vec![b'h', 0xff], "400"),
        ("/v1/chat?whom=ann", b"help".to_vec(), "400"),
        ("/v1/chat?who=a&who=b", b"help".to_vec(), "400"),
        ("/v1/chat", vec![b' '; MESSAGE_BYTES + 1], "413"),
    ] {
        let reply = send_bytes(http, path, &host, &body).await;
        let head = String::from_utf8_lossy(&reply[..reply.len().min(12)]).into_owned();
        assert_eq!(head, format!("HTTP/1.1 {code}"), "{path}");
    }
}
