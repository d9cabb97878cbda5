//! Slack: a slash command is answered in its response, a button by the response address that comes with it.
//!
//! Slack waits three seconds. What takes longer is acknowledged, and the answer follows at the response address.

use std::sync::Arc;
use std::time::Duration;

use alerts::slack_is_signed;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chat::{Message, Press, SlashCommand, block_kit, parse_named, press, slash_command};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tonic::Status;

use super::{Shared, Web, body_of, reply};
use crate::config::Config;
use crate::files::secrets;
use crate::guard::policy::Access;
use crate::outgoing::{Address, Client, Hosts};
use crate::talk::{answer, misunderstood, refusal};

const SIGNATURE: &str = "x-slack-signature";
const TIMESTAMP: &str = "x-slack-request-timestamp";
const FORM: &str = "application/x-www-form-urlencoded";
/// The hosts of response addresses, on the internet and in its part for governments.
const RESPONSE_HOSTS: [&str; 2] = ["hooks.slack.com", "hooks.slack-gov.com"];
/// Two of the three seconds: the rest is for the way.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// How Slack is listened to.
pub(crate) struct Slack {
    /// Those it signs with; empty: it shows a token.
    secrets: Vec<String>,
    answer_within: Duration,
    hosts: Hosts,
    client: Client,
}

impl Slack {
    /// As `config` has it.
    ///
    /// # Errors
    /// `UNAVAILABLE` where the file of secrets cannot be read, `INVALID_ARGUMENT` where there is none in it.
    pub(crate) fn read(config: &Config) -> Result<Self, Status> {
        let secrets = config.slack_secrets.as_deref().map(secrets).transpose()?.unwrap_or_default();
        let (hosts, client) = (Hosts::new(&config.outgoing_hosts), Client::new());
        Ok(Self { secrets, answer_within: ANSWER_WITHIN, hosts, client })
    }

    /// The answer, where it comes in time; else what to say until it follows.
    async fn in_time(
        self: &Arc<Self>,
        mut answered: JoinHandle<Message>,
        response_url: Option<&str>,
    ) -> Message {
        if let Ok(answered) = timeout(self.answer_within, &mut answered).await {
            return answered.unwrap_or_else(|_| broke_down());
        }
        match self.response_address(response_url) {
            Some(address) => {
                self.follow(answered, address);
                Message::new("This takes a moment; the answer follows.")
            }
            None => Message::new("This takes longer than Slack waits: ask again in a moment."),
        }
    }

    /// Ends when what a button asked for is done, or is not in time. What it led to is told at the response address:
    /// Slack shows no response to a button.
    async fn done(self: &Arc<Self>, mut answered: JoinHandle<Message>, response_url: Option<&str>) {
        let in_time = timeout(self.answer_within, &mut answered).await;
        let Some(address) = self.response_address(response_url) else {
            return;
        };
        let answered = match in_time {
            Ok(done) => tokio::spawn(async { done.unwrap_or_else(|_| broke_down()) }),
            Err(_) => answered,
        };
        self.follow(answered, address);
    }

    /// Posts the answer once it is there.
    fn follow(self: &Arc<Self>, answered: JoinHandle<Message>, address: Address) {
        let slack = Arc::clone(self);
        tokio::spawn(async move {
            let message = answered.await.unwrap_or_else(|_| broke_down());
            slack.follow_up(&address, &message).await;
        });
    }

    /// The response address of a request; `None` where there is none that may be called.
    fn response_address(&self, url: Option<&str>) -> Option<Address> {
        let address = Address::read(url?, &self.hosts).ok()?;
        let is_slack = address.is_tls
            && address.port == 443
            && RESPONSE_HOSTS.contains(&address.host.as_str());
        (is_slack || address.is_trusted).then_some(address)
    }

    /// Posts `message` at a response address. What fails is told in the log: whoever asked can ask again.
    async fn follow_up(&self, address: &Address, message: &Message) {
        let mut body = shown(message);
        body["replace_original"] = false.into();
        let posted = self.client.post(address, HeaderMap::new(), body.to_string().into()).await;
        match posted {
            Ok(reply) if reply.status.is_success() => {}
            Ok(reply) => tracing::warn!(status = %reply.status, "Slack refused a late answer"),
            Err(error) => tracing::warn!(%error, "a late answer did not reach Slack"),
        }
    }
}

/// `POST /slack/command`.
pub(super) async fn command(State(web): Shared, request: Request) -> Response {
    let headers = request.headers().clone();
    let Some(body) = body_of(request).await else {
        return reply::too_large();
    };
    if let Err(status) = check(&web, &headers, &body) {
        return reply::error(&status);
    }
    match slash_command(&body) {
        Ok(Some(typed)) => obey(&web, typed).await,
        // Slack looks whether the certificate is good.
        Ok(None) => StatusCode::OK.into_response(),
        Err(error) => reply::error(&Status::invalid_argument(error.to_string())),
    }
}

/// `POST /slack/interactivity`.
pub(super) async fn interactivity(State(web): Shared, request: Request) -> Response {
    let headers = request.headers().clone();
    let Some(body) = body_of(request).await else {
        return reply::too_large();
    };
    if let Err(status) = check(&web, &headers, &body) {
        return reply::error(&status);
    }
    match press(&body) {
        Ok(Some(Press { command: Some(command), user_id, response_url })) => {
            let answered = tokio::spawn(answer(Arc::clone(&web.dispatch), command, user_id));
            web.slack.done(answered, response_url.as_deref()).await;
            StatusCode::OK.into_response()
        }
        // Nothing of ours was pressed.
        Ok(_) => StatusCode::OK.into_response(),
        Err(error) => reply::error(&Status::invalid_argument(error.to_string())),
    }
}

/// Whether a request is what Slack sends, from Slack, now.
fn check(web: &Web, headers: &HeaderMap, body: &Bytes) -> Result<(), Status> {
    let secrets = &web.slack.secrets;
    if secrets.is_empty() {
        web.guard.admit(Access::Token, headers)?;
    } else {
        let (sent_at, signature) = (only(headers, TIMESTAMP), only(headers, SIGNATURE));
        let now = web.dispatch.service().received_at().as_second();
        if !slack_is_signed(secrets, sent_at.unwrap_or(""), signature.unwrap_or(""), body, now) {
            let message =
                "the body is not signed with a secret known here, within the last five minutes";
            return Err(Status::unauthenticated(message));
        }
    }
    let media_type = only(headers, header::CONTENT_TYPE.as_str()).unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    match media_type.eq_ignore_ascii_case(FORM) {
        true => Ok(()),
        false => {
            let message = format!("the body is `{media_type}`; expected `{FORM}`");
            Err(Status::invalid_argument(message))
        }
    }
}

/// The value of a header that is there once.
fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?;
    values.next().is_none().then_some(value)
}

async fn obey(web: &Web, typed: SlashCommand) -> Response {
    let SlashCommand { name, text, user_id, response_url } = typed;
    let message = match parse_named(&name, &text) {
        Ok(command) => {
            let answered = tokio::spawn(answer(Arc::clone(&web.dispatch), command, user_id));
            web.slack.in_time(answered, response_url.as_deref()).await
        }
        Err(why) => misunderstood(&why),
    };
    ([(header::CONTENT_TYPE, "application/json")], shown(&message).to_string()).into_response()
}

fn broke_down() -> Message {
    refusal(&Status::internal("This broke down; the log of the server says why."))
}

/// A message for whoever asked, and nobody else.
fn shown(message: &Message) -> Value {
    let mut body = block_kit(message);
    body["response_type"] = json!("ephemeral");
    body
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::routing::post;
    use tokio::sync::{mpsc, oneshot};

    use super::*;
    use crate::outgoing::stand_in;

    fn slack(answer_within: Duration, host: &str) -> Arc<Slack> {
        let (hosts, client) = (Hosts::new(&[host.into()]), Client::new());
        Arc::new(Slack { secrets: Vec::new(), answer_within, hosts, client })
    }

    #[tokio::test]
    async fn what_takes_longer_is_acknowledged_and_follows() {
        let (tell, mut told) = mpsc::unbounded_channel();
        let take = async move |body: String| tell.send(body).expect("somebody listens");
        let address = stand_in::serve(Router::new().route("/1", post(take))).await;
        let slack = slack(Duration::ZERO, &address.to_string());
        let (release, held) = oneshot::channel();
        let answered = tokio::spawn(async { held.await.expect("it is released") });
        let at_once = slack.in_time(answered, Some(&format!("http://{address}/1"))).await;
        assert!(at_once.headline.contains("follows"), "{at_once:?}");
        release.send(Message::new("NEW: nothing close")).expect("it waits");
        let followed: Value =
            serde_json::from_str(&told.recv().await.expect("it follows")).expect("JSON");
        assert_eq!(followed["text"], "NEW: nothing close");
        assert_eq!(
            (&followed["replace_original"], &followed["response_type"]),
            (&json!(false), &json!("ephemeral"))
        );
    }

    #[tokio::test]
    async fn where_nothing_can_follow_that_is_said() {
        let slack = slack(Duration::ZERO, "127.0.0.1:1");
        for url in
            [None, Some("https://hooks.slack.com.evil.example/1"), Some("http://hooks.slack.com/1")]
        {
            let never = tokio::spawn(std::future::pending());
            let at_once = slack.in_time(never, url).await;
            assert!(at_once.headline.contains("ask again"), "{at_once:?}");
        }
    }

    #[tokio::test]
    async fn answers_follow_to_slack_alone() {
        let slack = slack(ANSWER_WITHIN, "127.0.0.1:1");
        let may = |url: &str| slack.response_address(Some(url)).is_some();
        assert!(may("https://hooks.slack.com/commands/T1/2/abc"));
        assert!(may("https://hooks.slack-gov.com/actions/T1/2/abc"));
        assert!(may("http://127.0.0.1:1/x"), "it is named");
        for url in [
            "https://hooks.slack.com:8443/x",
            "https://hooks.slack.com@evil.example/x",
            "https://evil.example/hooks.slack.com",
            "https://169.254.169.254/latest",
            "http://127.0.0.1:2/x",
            "file:///etc/passwd",
            "",
        ] {
            assert!(!may(url), "{url}");
        }
    }
}
