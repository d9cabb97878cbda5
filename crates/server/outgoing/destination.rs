//! Where answers go: the file of destinations, read as a whole and told all that is wrong with it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use axum::http::HeaderValue;
use serde::Deserialize;
use tonic::Status;

use super::address::Address;
use super::client::Client;
use super::hosts::Hosts;
use super::note::Note;
use super::pagerduty::{self, Pagerduty};
use super::slack::{self, Channel};
use super::trouble::Trouble;
use super::webhook::Webhook;
use crate::files::{secrets, text_of};
use crate::proto::Verdict;
use crate::service::Listener;
use crate::violations::Violations;

/// The bytes of a name.
const NAME_BYTES_MAX: usize = 64;

/// The kinds of destinations, and what can be said of each besides its verdicts.
const KEYS: [(&str, &[&str]); 4] = [
    ("pagerduty", &["api", "token_file", "from"]),
    ("slack", &["api", "token_file", "channel"]),
    ("slack-webhook", &["url_file"]),
    ("webhook", &["url_file", "token_file"]),
];

/// Somewhere answers go.
#[derive(Debug)]
pub(crate) struct Destination {
    /// What it is called; notes are kept by it.
    pub(crate) name: String,
    verdicts: Vec<Verdict>,
    way: Way,
}

/// How answers get there.
#[derive(Debug)]
enum Way {
    Pagerduty(Pagerduty),
    Slack(Channel),
    SlackWebhook(Address),
    Webhook(Webhook),
}

/// What to do where nobody knows whether a note arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repetition {
    /// Look for it first.
    Looked,
    /// Send it again.
    Harmless,
    /// Nothing: it might be there twice.
    Never,
}

/// A destination as the file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    kind: String,
    api: Option<String>,
    token_file: Option<PathBuf>,
    url_file: Option<PathBuf>,
    channel: Option<String>,
    from: Option<String>,
    verdicts: Option<Vec<String>>,
}

/// Reads the destinations of the file at `path`.
///
/// # Errors
/// `UNAVAILABLE` where it cannot be read, `INVALID_ARGUMENT` with all that is wrong with it.
pub(crate) fn read(path: &Path, hosts: &Hosts) -> Result<Vec<Destination>, Status> {
    let text = text_of(path)?;
    let said: BTreeMap<String, Said> = toml::from_str(&text)
        .map_err(|error| Status::invalid_argument(format!("{}: {error}", path.display())))?;
    let mut found = Violations::new();
    let mut destinations = Vec::new();
    for (name, said) in said {
        let mut reading = Reading { name: &name, hosts, found: &mut found };
        destinations.extend(reading.destination(said));
    }
    found.finish_as(&format!("wrong destinations in {}", path.display()))?;
    Ok(destinations)
}

impl Destination {
    /// What it wants to be told of.
    pub(crate) fn listener(&self) -> Listener {
        let source = match self.way {
            Way::Pagerduty(_) => Some(pagerduty::SOURCE),
            Way::Slack(_) | Way::SlackWebhook(_) | Way::Webhook(_) => None,
        };
        Listener { name: self.name.clone(), verdicts: self.verdicts.clone(), source }
    }

    /// What to do with a note that may have arrived.
    pub(crate) fn repetition(&self) -> Repetition {
        match self.way {
            Way::Pagerduty(_) | Way::Slack(_) => Repetition::Looked,
            Way::Webhook(_) => Repetition::Harmless,
            Way::SlackWebhook(_) => Repetition::Never,
        }
    }

    /// Sends `note`, once.
    ///
    /// # Errors
    /// [`Trouble`].
    pub(crate) async fn send(&self, client: &Client, note: &Note) -> Result<(), Trouble> {
        match &self.way {
            Way::Pagerduty(account) => account.send(client, note).await,
            Way::Slack(channel) => channel.send(client, note).await,
            Way::SlackWebhook(url) => slack::post(client, url, note).await,
            Way::Webhook(webhook) => webhook.send(client, note).await,
        }
    }

    /// Whether `note` is there; `false` where nobody can be asked.
    ///
    /// # Errors
    /// [`Trouble`].
    pub(crate) async fn has(&self, client: &Client, note: &Note) -> Result<bool, Trouble> {
        match &self.way {
            Way::Pagerduty(account) => account.has(client, note).await,
            Way::Slack(channel) => channel.has(client, note).await,
            Way::SlackWebhook(_) | Way::Webhook(_) => Ok(false),
        }
    }
}

/// A destination that is being read.
struct Reading<'a> {
    name: &'a str,
    hosts: &'a Hosts,
    found: &'a mut Violations,
}

impl Reading<'_> {
    fn destination(&mut self, said: Said) -> Option<Destination> {
        let name = self.name.to_owned();
        self.found.at_most("name", name.len(), NAME_BYTES_MAX, "bytes");
        self.found.printable("name", &name);
        self.only_its_keys(&said);
        let Said { kind, api, token_file, url_file, channel, from, verdicts } = said;
        let verdicts = self.verdicts(verdicts);
        let way = match kind.as_str() {
            "pagerduty" => self.pagerduty(api, token_file, from),
            "slack" => self.slack(api, token_file, channel),
            "slack-webhook" => self.secret_url(url_file).map(Way::SlackWebhook),
            "webhook" => self.webhook(url_file, token_file),
            other => {
                let kinds = KEYS.map(|(kind, _)| kind).join(", ");
                let expected = format!("one of {kinds}");
                self.found.add(self.key("kind"), format_args!("`{other}`"), expected);
                None
            }
        };
        Some(Destination { name, verdicts, way: way? })
    }

    /// Notes the keys that are not for the kind it has.
    fn only_its_keys(&mut self, said: &Said) {
        let Some((kind, keys)) = KEYS.iter().find(|(kind, _)| *kind == said.kind) else {
            return;
        };
        for (key, is_said) in [
            ("api", said.api.is_some()),
            ("token_file", said.token_file.is_some()),
            ("url_file", said.url_file.is_some()),
            ("channel", said.channel.is_some()),
            ("from", said.from.is_some()),
        ] {
            if is_said && !keys.contains(&key) {
                self.found.note(self.key(key), format!("not for a destination of kind `{kind}`"));
            }
        }
    }

    fn pagerduty(
        &mut self,
        api: Option<String>,
        token_file: Option<PathBuf>,
        from: Option<String>,
    ) -> Option<Way> {
        let api = self.address("api", api.as_deref().unwrap_or(pagerduty::API));
        let token = self.token("Token token=", token_file);
        let from = self.needed("from", from, "the e-mail address of the user who writes the notes");
        let from = from.and_then(|from| self.header("from", &from));
        Some(Way::Pagerduty(Pagerduty { api: api?, token: token?, from: from? }))
    }

    fn slack(
        &mut self,
        api: Option<String>,
        token_file: Option<PathBuf>,
        channel: Option<String>,
    ) -> Option<Way> {
        let api = self.address("api", api.as_deref().unwrap_or(slack::API));
        let token = self.token("Bearer ", token_file);
        let id = self.needed("channel", channel, "the id of a channel such as C0123456789");
        Some(Way::Slack(Channel { api: api?, token: token?, id: id? }))
    }

    fn webhook(&mut self, url_file: Option<PathBuf>, token_file: Option<PathBuf>) -> Option<Way> {
        let url = self.secret_url(url_file);
        let token = match token_file {
            Some(file) => Some(self.token("Bearer ", Some(file))?),
            None => None,
        };
        Some(Way::Webhook(Webhook { url: url?, token }))
    }

    fn secret_url(&mut self, file: Option<PathBuf>) -> Option<Address> {
        let url = self.secret("url_file", file, "a file with an address in it")?;
        self.address("url_file", &url)
    }

    fn token(&mut self, scheme: &str, file: Option<PathBuf>) -> Option<HeaderValue> {
        let token = self.secret("token_file", file, "a file with a token in it")?;
        let mut value = self.header("token_file", &format!("{scheme}{token}"))?;
        value.set_sensitive(true);
        Some(value)
    }

    /// The first line of a file.
    fn secret(&mut self, key: &str, file: Option<PathBuf>, expected: &str) -> Option<String> {
        let file = self.needed(key, file, expected)?;
        match secrets(&file) {
            Ok(lines) => lines.into_iter().next(),
            Err(status) => {
                self.found.note(self.key(key), status.message());
                None
            }
        }
    }

    fn address(&mut self, key: &str, text: &str) -> Option<Address> {
        let read = Address::read(text, self.hosts);
        read.map_err(|reason| self.found.note(self.key(key), reason)).ok()
    }

    /// A value for a header; what is wrong is told without the value.
    fn header(&mut self, key: &str, text: &str) -> Option<HeaderValue> {
        let value = HeaderValue::from_str(text);
        let wrong = "it holds a character that no header may";
        value.map_err(|_| self.found.note(self.key(key), wrong)).ok()
    }

    fn needed<T>(&mut self, key: &str, value: Option<T>, expected: &str) -> Option<T> {
        if value.is_none() {
            self.found.add(self.key(key), "missing", expected);
        }
        value
    }

    /// Without a word those that say something of the past.
    fn verdicts(&mut self, said: Option<Vec<String>>) -> Vec<Verdict> {
        let Some(said) = said else {
            return vec![Verdict::Recurrence, Verdict::Similar];
        };
        let mut verdicts = Vec::new();
        for word in &said {
            match Verdict::from_str_name(&format!("VERDICT_{}", word.to_uppercase())) {
                Some(verdict) if verdict != Verdict::Unspecified => verdicts.push(verdict),
                _ => {
                    let expected = "recurrence, similar, new or insufficient_text";
                    self.found.add(self.key("verdicts"), format_args!("`{word}`"), expected);
                }
            }
        }
        verdicts
    }

    fn key(&self, key: &str) -> String {
        format!("{}.{key}", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::violations;

    fn read_text(text: &str) -> Result<Vec<Destination>, Status> {
        let dir = tempfile::tempdir().expect("a folder");
        for (name, secret) in
            [("token", "t0ken-canary"), ("url", "https://hooks.slack.com/services/canary")]
        {
            std::fs::write(dir.path().join(name), secret).expect("written");
        }
        let file = dir.path().join("destinations.toml");
        let text = text.replace("DIR", &dir.path().display().to_string());
        std::fs::write(&file, text).expect("written");
        read(&file, &Hosts::default())
    }

    #[test]
    fn each_kind_is_read() {
        let text = "[pager]\nkind = 'pagerduty'\ntoken_file = 'DIR/token'\nfrom = 'r@example.com'\n\
                    [room]\nkind = 'slack'\ntoken_file = 'DIR/token'\nchannel = 'C1'\nverdicts = ['new']\n\
                    [hook]\nkind = 'slack-webhook'\nurl_file = 'DIR/url'\n\
                    [any]\nkind = 'webhook'\nurl_file = 'DIR/url'\n";
        let read = read_text(text).expect("nothing is wrong");
        let listeners: Vec<Listener> = read.iter().map(Destination::listener).collect();
        let names: Vec<&str> = listeners.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["any", "hook", "pager", "room"]);
        assert_eq!(listeners[2].source, Some("pagerduty"));
        assert_eq!(listeners[2].verdicts, [Verdict::Recurrence, Verdict::Similar]);
        assert_eq!(listeners[3].verdicts, [Verdict::New]);
        let repetitions: Vec<_> = read.iter().map(Destination::repetition).collect();
        let [harmless, never, looked] =
            [Repetition::Harmless, Repetition::Never, Repetition::Looked];
        assert_eq!(repetitions, [harmless, never, looked, looked]);
        assert!(!format!("{read:?}").contains("t0ken-canary"), "no token is in a log");
    }

    #[test]
    fn all_mistakes_are_told_and_no_secret_with_them() {
        let text = "[a]\nkind = 'pager'\n[b]\nkind = 'pagerduty'\ntoken_file = 'DIR/none'\napi = 'http://example.com'\n\
                    [c]\nkind = 'slack-webhook'\nurl_file = 'DIR/token'\nchannel = 'C1'\nverdicts = ['old']\n";
        let status = read_text(text).expect_err("six mistakes");
        let told = violations(&status);
        let fields: Vec<&str> = told.iter().map(|(field, _)| field.as_str()).collect();
        let expected =
            ["a.kind", "b.api", "b.token_file", "b.from", "c.channel", "c.verdicts", "c.url_file"];
        assert_eq!(fields, expected, "{told:?}");
        assert!(!format!("{told:?}").contains("canary"), "{told:?}");
    }

    #[test]
    fn a_key_that_is_none_is_told_with_its_line() {
        let status = read_text("[a]\nkind = 'slack'\nchannal = 'C1'\n").expect_err("a slip");
        assert!(
            status.message().contains("line 3") && status.message().contains("channal"),
            "{status:?}"
        );
    }
}
