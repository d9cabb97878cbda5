//! Where a request goes.

use std::fmt;

use axum::http::Uri;
use axum::http::uri::PathAndQuery;

use super::hosts::Hosts;

/// The address of something on the web that may be called.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) is_tls: bool,
    /// In small letters; an IPv6 address without its brackets.
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) path: PathAndQuery,
    /// Whether it may be private.
    pub(crate) is_trusted: bool,
}

/// Without the path, which may hold a secret.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({})", self.authority())
    }
}

impl Address {
    /// Reads an address; over plain text only hosts that are named in `hosts`. What is wrong is told without the path,
    /// which may hold a secret.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn read(text: &str, hosts: &Hosts) -> Result<Self, String> {
        let uri: Uri =
            text.trim().parse().map_err(|_| "this is no address of the web".to_owned())?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err("expected a whole address, with https:// before it".to_owned());
        };
        if authority.as_str().contains('@') {
            return Err("a name and a password in an address are not sent".to_owned());
        }
        let is_tls = scheme == "https";
        let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
        let host = authority.host().trim_matches(['[', ']']).to_ascii_lowercase();
        let is_trusted = hosts.has(&host, port);
        let may_be_read_on_the_way = scheme == "http" && is_trusted;
        if !(is_tls || may_be_read_on_the_way) {
            return Err(format!(
                "{host} is called over https only, unless `outgoing_hosts` names it"
            ));
        }
        let path = uri.path_and_query().cloned();
        let path = path.unwrap_or_else(|| PathAndQuery::from_static("/"));
        Ok(Self { is_tls, host, port, path, is_trusted })
    }

    /// The same with `path` behind its own, less a slash at its end.
    ///
    /// # Errors
    /// Where that is no path.
    pub(crate) fn below(&self, path: &str) -> Result<Self, String> {
        let joined = format!("{}{path}", self.path.path().trim_end_matches('/'));
        let path = joined.parse().map_err(|_| "this is no path of an address".to_owned())?;
        Ok(Self { path, ..self.clone() })
    }

    /// The `Host` of a request.
    pub(crate) fn authority(&self) -> String {
        let host = match self.host.contains(':') {
            true => format!("[{}]", self.host),
            false => self.host.clone(),
        };
        match (self.is_tls, self.port) {
            (true, 443) | (false, 80) => host,
            (_, port) => format!("{host}:{port}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_read_whole() {
        let hosts = Hosts::new(&["127.0.0.1:8080".into(), "::1".into()]);
        let read = |text: &str| Address::read(text, &hosts).expect(text);
        let slack = read("https://Hooks.Slack.com/commands/1?x=y");
        assert_eq!(
            (slack.host.as_str(), slack.port, slack.is_trusted),
            ("hooks.slack.com", 443, false)
        );
        assert_eq!(
            (slack.path.as_str(), slack.authority().as_str()),
            ("/commands/1?x=y", "hooks.slack.com")
        );
        let local = read("http://127.0.0.1:8080");
        assert_eq!((local.path.as_str(), local.authority().as_str()), ("/", "127.0.0.1:8080"));
        assert!(local.is_trusted && !local.is_tls);
        let sixth = read("http://[::1]:9/a/");
        assert_eq!((sixth.host.as_str(), sixth.authority().as_str()), ("::1", "[::1]:9"));
        assert_eq!(sixth.below("/b").expect("a path").path, "/a/b");
    }

    #[test]
    fn what_may_not_be_called_is_told_without_its_path() {
        for text in [
            "http://hooks.slack.com/secret",
            "https://user:pw@example.com/secret",
            "/secret",
            "secret",
            "ftp://127.0.0.1/secret",
            "https:///secret",
            "",
            "https://a b/secret",
        ] {
            let told = Address::read(text, &Hosts::new(&["127.0.0.1".into()])).expect_err(text);
            assert!(!told.contains("secret"), "{told}");
        }
    }
}
