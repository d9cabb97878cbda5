//! Settings that make sense.

use std::net::{Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use tonic::Status;
use tracing_subscriber::EnvFilter;

use super::raw::{Flags, Key, Origin, RawConfig, Setting};
use crate::violations::Violations;

const GRPC_PORT: u16 = 7700;
const HTTP_PORT: u16 = 7701;
const CALL_SECS: u64 = 60;
const STREAM_SECS: u64 = 3600;
const RECLUSTER_SECS: u64 = 3600;
const CALL_SECS_RANGE: RangeInclusive<u64> = 1..=3600;
const STREAM_SECS_RANGE: RangeInclusive<u64> = 1..=86_400;
const RECLUSTER_SECS_RANGE: RangeInclusive<u64> = 0..=604_800;

/// How to serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Folder of the store; `None`: the default one.
    pub data: Option<PathBuf>,
    /// Address of the gRPC door; port 0 takes a free one.
    pub grpc: SocketAddr,
    /// Address of the HTTP door; port 0 takes a free one.
    pub http: SocketAddr,
    /// What the server proves itself with; `None`: plain text.
    pub tls: Option<TlsFiles>,
    /// Names and hashes of the tokens that are accepted; `None`: whoever reaches it may call.
    pub tokens: Option<PathBuf>,
    /// The secrets PagerDuty signs with, a line each; `None`: it needs a token as everybody else.
    pub pagerduty_secrets: Option<PathBuf>,
    /// The secrets Slack signs with, a line each; `None`: it needs a token as everybody else.
    pub slack_secrets: Option<PathBuf>,
    /// Where answers to alerts go, TOML; `None`: nowhere but into the response.
    pub destinations: Option<PathBuf>,
    /// The hosts that may be called though they are private or speak plain text, with or without a port.
    pub outgoing_hosts: Vec<String>,
    /// The labels of an alert that name its service, the first one first; empty: the usual ones.
    pub service_labels: Vec<String>,
    /// Where the fields of the alerts of any other sender are, TOML; `None`: such alerts are not taken.
    pub field_map: Option<PathBuf>,
    /// What is logged, as tracing-subscriber's `EnvFilter` has it.
    pub log: String,
    /// The form of the log.
    pub log_format: LogFormat,
    /// How long a call may take, whatever its caller allows.
    pub call_max: Duration,
    /// How long a stream may take, whatever its caller allows.
    pub stream_max: Duration,
    /// How often all incidents are grouped anew, if anything came; zero: never by itself.
    pub recluster_every: Duration,
}

/// What a server proves itself with, and its callers, all in PEM.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate chain.
    pub cert: PathBuf,
    /// Its private key.
    pub key: PathBuf,
    /// The authority whose certificates callers must have; `None`: they need none.
    pub client_ca: Option<PathBuf>,
}

/// The form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// For programs: one JSON object per line.
    Json,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data: None,
            grpc: SocketAddr::from((Ipv4Addr::LOCALHOST, GRPC_PORT)),
            http: SocketAddr::from((Ipv4Addr::LOCALHOST, HTTP_PORT)),
            tls: None,
            tokens: None,
            pagerduty_secrets: None,
            slack_secrets: None,
            destinations: None,
            outgoing_hosts: Vec::new(),
            service_labels: Vec::new(),
            field_map: None,
            log: "info".to_owned(),
            log_format: LogFormat::Text,
            call_max: Duration::from_secs(CALL_SECS),
            stream_max: Duration::from_secs(STREAM_SECS),
            recluster_every: Duration::from_secs(RECLUSTER_SECS),
        }
    }
}

impl Config {
    /// How the file that `flags` names, the environment of the process and `flags` want to serve.
    ///
    /// # Errors
    /// As [`Config::from_raw`]; `NOT_FOUND` or `UNAVAILABLE` where the file cannot be read.
    pub fn load(flags: Flags) -> Result<Self, Status> {
        Self::from_raw(RawConfig::read(flags, |name| std::env::var_os(name))?)
    }

    /// How `raw` wants to serve, the defaults where it says nothing.
    ///
    /// # Errors
    /// `INVALID_ARGUMENT` with every mistake.
    pub fn from_raw(raw: RawConfig) -> Result<Self, Status> {
        let RawConfig { settings, mut found } = raw;
        let mut config = Self::default();
        let mut tls = TlsSaid::default();
        for (key, setting) in settings {
            let said = Said { key, setting: &setting, found: &mut found };
            match key {
                Key::Data => config.data = Some(PathBuf::from(&setting.value)),
                Key::Grpc => said.address(&mut config.grpc),
                Key::Http => said.address(&mut config.http),
                Key::TlsCert => tls.cert = Some(PathBuf::from(&setting.value)),
                Key::TlsKey => tls.key = Some(PathBuf::from(&setting.value)),
                Key::TlsClientCa => tls.client_ca = Some(PathBuf::from(&setting.value)),
                Key::Tokens => config.tokens = Some(PathBuf::from(&setting.value)),
                Key::PagerdutySecrets => {
                    config.pagerduty_secrets = Some(PathBuf::from(&setting.value));
                }
                Key::SlackSecrets => config.slack_secrets = Some(PathBuf::from(&setting.value)),
                Key::Destinations => config.destinations = Some(PathBuf::from(&setting.value)),
                Key::OutgoingHosts => config.outgoing_hosts = said.list(),
                Key::ServiceLabels => config.service_labels = said.list(),
                Key::FieldMap => config.field_map = Some(PathBuf::from(&setting.value)),
                Key::Log => said.filter(&mut config.log),
                Key::LogFormat => said.log_format(&mut config.log_format),
                Key::CallSecsMax => said.secs(CALL_SECS_RANGE, &mut config.call_max),
                Key::StreamSecsMax => said.secs(STREAM_SECS_RANGE, &mut config.stream_max),
                Key::ReclusterSecs => {
                    said.secs(RECLUSTER_SECS_RANGE, &mut config.recluster_every);
                }
            }
        }
        if config.grpc == config.http && config.grpc.port() != 0 {
            found.add("http", config.http, "another address than that of grpc");
        }
        config.tls = tls.files(&mut found);
        config.check_reach(&mut found);
        found.finish_as("wrong settings")?;
        Ok(config)
    }

    /// Whether machines other than this one can reach a door.
    #[must_use]
    pub fn is_public(&self) -> bool {
        !(self.grpc.ip().is_loopback() && self.http.ip().is_loopback())
    }

    /// Whom it serves, in words.
    #[must_use]
    pub fn reach(&self) -> &'static str {
        match (self.is_public(), self.tokens.is_some()) {
            (true, _) => "whoever has a token",
            (false, true) => "whoever has a token, on this machine only",
            (false, false) => "this machine only, without tokens",
        }
    }

    /// Beyond this machine there are no callers without a token, and no token without TLS.
    fn check_reach(&self, found: &mut Violations) {
        if self.tls.is_some() && self.tokens.is_some() {
            return;
        }
        for (key, address) in [(Key::Grpc, self.grpc), (Key::Http, self.http)] {
            if !address.ip().is_loopback() {
                let expected = "a loopback address such as 127.0.0.1:7700, or TLS and tokens to keep \
                                others out: --tls-cert, --tls-key and --tokens";
                found.add(key.name(), format!("`{address}`"), expected);
            }
        }
    }
}

/// What was said of TLS.
#[derive(Debug, Default)]
struct TlsSaid {
    cert: Option<PathBuf>,
    key: Option<PathBuf>,
    client_ca: Option<PathBuf>,
}

impl TlsSaid {
    fn files(self, found: &mut Violations) -> Option<TlsFiles> {
        let Self { cert, key, client_ca } = self;
        match (cert, key, client_ca) {
            (Some(cert), Some(key), client_ca) => Some(TlsFiles { cert, key, client_ca }),
            (None, None, None) => None,
            (cert, _, _) => {
                let missing = if cert.is_none() { Key::TlsCert } else { Key::TlsKey };
                let reason =
                    "certificate and key come together, and before an authority for callers";
                found.note(missing.name(), reason);
                None
            }
        }
    }
}

/// A setting that is being read.
struct Said<'a> {
    key: Key,
    setting: &'a Setting,
    found: &'a mut Violations,
}

impl Said<'_> {
    fn text(&self) -> String {
        self.setting.value.to_string_lossy().into_owned()
    }

    fn list(&self) -> Vec<String> {
        let text = self.text();
        let values = text.split(',').map(str::trim).filter(|value| !value.is_empty());
        values.map(str::to_owned).collect()
    }

    fn expected(&mut self, expected: &str) {
        let name = match self.setting.origin {
            Origin::File => "in the file".to_owned(),
            Origin::Environment => self.key.variable(),
            Origin::Flag => self.key.flag(),
        };
        let value = format!("`{}` ({name})", self.text());
        self.found.add(self.key.name(), value, expected);
    }

    fn address(mut self, address: &mut SocketAddr) {
        match self.text().parse::<SocketAddr>() {
            Ok(said) => *address = said,
            Err(_) => self.expected("an address and a port such as 127.0.0.1:7700"),
        }
    }

    fn filter(mut self, filter: &mut String) {
        let said = self.text();
        match EnvFilter::try_new(&said) {
            Ok(_) => *filter = said,
            Err(_) => self.expected("a level such as info, or a filter such as info,relapse=debug"),
        }
    }

    fn log_format(mut self, format: &mut LogFormat) {
        match self.text().as_str() {
            "text" => *format = LogFormat::Text,
            "json" => *format = LogFormat::Json,
            _ => self.expected("text or json"),
        }
    }

    fn secs(mut self, range: RangeInclusive<u64>, secs: &mut Duration) {
        match self.text().parse() {
            Ok(said) if range.contains(&said) => *secs = Duration::from_secs(said),
            _ => self.expected(&format!("{} to {} seconds", range.start(), range.end())),
        }
    }
}

#[cfg(test)]
mod tests {
    use tonic::Code;

    use super::*;
    use crate::status::violations;

    fn read(file: &str) -> Result<Config, Status> {
        let mut raw = RawConfig::default();
        raw.add_file(file);
        Config::from_raw(raw)
    }

    #[test]
    fn nothing_said_means_the_defaults() {
        assert_eq!(read("").expect("nothing is wrong"), Config::default());
        assert_eq!(Config::default().grpc.to_string(), "127.0.0.1:7700");
        assert_eq!(Config::default().http.to_string(), "127.0.0.1:7701");
    }

    #[test]
    fn each_key_is_read() {
        let file = "data = '/srv/relapse'\ngrpc = '[::1]:0'\nhttp = '127.0.0.1:0'\nlog = 'debug'\n\
                    pagerduty_secrets = 'p'\nslack_secrets = 's'\ndestinations = 'd'\noutgoing_hosts = 'a:1, b'\nservice_labels = 'app, job'\nfield_map = 'm.toml'\n\
                    tls_cert = 'c.pem'\ntls_key = 'k.pem'\ntls_client_ca = 'a.pem'\ntokens = 't'\n\
                    log_format = 'json'\ncall_secs_max = 5\nstream_secs_max = '7'\nrecluster_secs = 0\n";
        let expected = Config {
            data: Some("/srv/relapse".into()),
            grpc: "[::1]:0".parse().expect("an address"),
            http: "127.0.0.1:0".parse().expect("an address"),
            tls: Some(TlsFiles {
                cert: "c.pem".into(),
                key: "k.pem".into(),
                client_ca: Some("a.pem".into()),
            }),
            tokens: Some("t".into()),
            pagerduty_secrets: Some("p".into()),
            slack_secrets: Some("s".into()),
            destinations: Some("d".into()),
            outgoing_hosts: vec!["a:1".into(), "b".into()],
            service_labels: vec!["app".into(), "job".into()],
            field_map: Some("m.toml".into()),
            log: "debug".into(),
            log_format: LogFormat::Json,
            call_max: Duration::from_secs(5),
            stream_max: Duration::from_secs(7),
            recluster_every: Duration::ZERO,
        };
        assert_eq!(read(file).expect("nothing is wrong"), expected);
    }

    #[test]
    fn all_mistakes_are_told_with_key_value_and_range() {
        let file = "grpc = 'banana'\nhttp = '0.0.0.0:7701'\nlog_format = 'xml'\n\
                    call_secs_max = 0\nstream_secs_max = 86401\ncolour = 'red'\n";
        let status = read(file).expect_err("six mistakes");
        assert_eq!(status.code(), Code::InvalidArgument);
        assert_eq!(status.message(), "wrong settings");
        let told = violations(&status);
        for (field, parts) in [
            ("colour", ["no such", "key"]),
            ("grpc", ["`banana` (in the file)", "127.0.0.1:7700"]),
            ("http", ["`0.0.0.0:7701`", "loopback"]),
            ("log_format", ["`xml`", "text or json"]),
            ("call_secs_max", ["`0`", "1 to 3600"]),
            ("stream_secs_max", ["`86401`", "1 to 86400"]),
        ] {
            let found = told.iter().find(|(name, _)| name == field).expect(field);
            assert!(parts.iter().all(|part| found.1.contains(part)), "{found:?}");
        }
        assert_eq!(told.len(), 6);
    }

    #[test]
    fn a_mistake_names_the_flag_or_the_variable() {
        let mut raw = RawConfig::default();
        raw.add_environment(|name| (name == "RELAPSE_LOG_FORMAT").then(|| "xml".into()));
        let status = Config::from_raw(raw).expect_err("a mistake");
        assert!(violations(&status)[0].1.contains("(RELAPSE_LOG_FORMAT)"), "{status:?}");
        let flags = Flags { grpc: Some("x".into()), ..Flags::default() };
        let raw = RawConfig::read(flags, |_| None).expect("no file is read");
        let status = Config::from_raw(raw).expect_err("a mistake");
        assert!(violations(&status)[0].1.contains("(--grpc)"), "{status:?}");
    }

    #[test]
    fn the_ends_of_a_range_pass() {
        assert!(read("call_secs_max = 1\nstream_secs_max = 86400").is_ok());
        assert!(read("call_secs_max = 3600\nstream_secs_max = 1").is_ok());
    }

    #[test]
    fn beyond_this_machine_it_takes_tls_and_tokens() {
        let guarded =
            "tls_cert = 'a.pem'\ntls_key = 'b.pem'\ntokens = 'tokens'\ngrpc = '0.0.0.0:7700'";
        let config = read(guarded).expect("it is guarded");
        assert!(config.is_public() && config.reach().contains("token"));
        for file in [
            "grpc = '0.0.0.0:7700'\ntokens = 'tokens'",
            "grpc = '0.0.0.0:7700'\ntls_cert = 'a.pem'\ntls_key = 'b.pem'",
        ] {
            let status = read(file).expect_err(file);
            assert!(violations(&status)[0].1.contains("--tls-cert"), "{status:?}");
        }
        assert!(!read("tokens = 'tokens'").expect("on loopback").is_public());
    }

    #[test]
    fn a_certificate_needs_its_key() {
        for (file, missing) in [
            ("tls_cert = 'a.pem'", "tls_key"),
            ("tls_key = 'a.pem'", "tls_cert"),
            ("tls_client_ca = 'a.pem'", "tls_cert"),
        ] {
            assert_eq!(violations(&read(file).expect_err(file))[0].0, missing);
        }
    }

    #[test]
    fn both_doors_need_an_address_of_their_own() {
        let status = read("grpc = '127.0.0.1:9'\nhttp = '127.0.0.1:9'").expect_err("the same");
        assert_eq!(violations(&status)[0].0, "http");
        assert!(read("grpc = '127.0.0.1:0'\nhttp = '127.0.0.1:0'").is_ok());
    }
}
