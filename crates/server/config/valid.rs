//! Settings that make sense.

use std::net::{Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use tonic::Status;
use tracing_subscriber::EnvFilter;

use super::raw::{Flags, Key, Origin, RawConfig, Setting};
use crate::status::not_yet;
use crate::violations::Violations;

const GRPC_PORT: u16 = 7700;
const HTTP_PORT: u16 = 7701;
const CALL_SECS: u64 = 60;
const STREAM_SECS: u64 = 3600;
const CALL_SECS_RANGE: RangeInclusive<u64> = 1..=3600;
const STREAM_SECS_RANGE: RangeInclusive<u64> = 1..=86_400;

/// How to serve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Folder of the store; `None`: the default one.
    pub data: Option<PathBuf>,
    /// Address of the gRPC door, on loopback; port 0 takes a free one.
    pub grpc: SocketAddr,
    /// Address of the HTTP door, on loopback; port 0 takes a free one.
    pub http: SocketAddr,
    /// What is logged, as tracing-subscriber's `EnvFilter` has it.
    pub log: String,
    /// The form of the log.
    pub log_format: LogFormat,
    /// How long a call may take, whatever its caller allows.
    pub call_max: Duration,
    /// How long a stream may take, whatever its caller allows.
    pub stream_max: Duration,
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
            log: "info".to_owned(),
            log_format: LogFormat::Text,
            call_max: Duration::from_secs(CALL_SECS),
            stream_max: Duration::from_secs(STREAM_SECS),
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
    /// `INVALID_ARGUMENT` with every mistake; `UNIMPLEMENTED` for TLS and tokens.
    pub fn from_raw(raw: RawConfig) -> Result<Self, Status> {
        let RawConfig { settings, mut found } = raw;
        let mut config = Self::default();
        let mut is_guarded = false;
        for (key, setting) in settings {
            let said = Said { key, setting: &setting, found: &mut found };
            match key {
                Key::Data => config.data = Some(PathBuf::from(&setting.value)),
                Key::Grpc => said.address(&mut config.grpc),
                Key::Http => said.address(&mut config.http),
                Key::TlsCert | Key::TlsKey | Key::TlsClientCa | Key::Tokens => is_guarded = true,
                Key::Log => said.filter(&mut config.log),
                Key::LogFormat => said.log_format(&mut config.log_format),
                Key::CallSecsMax => said.secs(CALL_SECS_RANGE, &mut config.call_max),
                Key::StreamSecsMax => said.secs(STREAM_SECS_RANGE, &mut config.stream_max),
            }
        }
        if config.grpc == config.http && config.grpc.port() != 0 {
            found.add("http", config.http, "another address than that of grpc");
        }
        found.finish_as("wrong settings")?;
        if is_guarded {
            let instead = "TLS and tokens come later; serve on loopback behind a proxy";
            return Err(not_yet("TLS and tokens", instead));
        }
        Ok(config)
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

    fn expected(&mut self, expected: &str) {
        let name = match self.setting.origin {
            Origin::File => "in the file".to_owned(),
            Origin::Environment => self.key.variable(),
            Origin::Flag => self.key.flag(),
        };
        let value = format!("`{}` ({name})", self.text());
        self.found.add(self.key.name(), value, expected);
    }

    /// Without TLS and tokens only this machine may call.
    fn address(mut self, address: &mut SocketAddr) {
        match self.text().parse::<SocketAddr>() {
            Ok(said) if said.ip().is_loopback() => *address = said,
            Ok(_) => self.expected(
                "a loopback address such as 127.0.0.1:7700: there is no TLS and no token yet to \
                 keep others out; serve others through a proxy",
            ),
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
                    log_format = 'json'\ncall_secs_max = 5\nstream_secs_max = '7'\n";
        let expected = Config {
            data: Some("/srv/relapse".into()),
            grpc: "[::1]:0".parse().expect("an address"),
            http: "127.0.0.1:0".parse().expect("an address"),
            log: "debug".into(),
            log_format: LogFormat::Json,
            call_max: Duration::from_secs(5),
            stream_max: Duration::from_secs(7),
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
    fn tls_and_tokens_say_what_to_do_instead() {
        for file in ["tls_cert = 'a.pem'", "tokens = 'tokens.toml'"] {
            let status = read(file).expect_err(file);
            assert_eq!(status.code(), Code::Unimplemented);
            assert!(status.message().contains("behind a proxy"), "{}", status.message());
        }
    }

    #[test]
    fn both_doors_need_an_address_of_their_own() {
        let status = read("grpc = '127.0.0.1:9'\nhttp = '127.0.0.1:9'").expect_err("the same");
        assert_eq!(violations(&status)[0].0, "http");
        assert!(read("grpc = '127.0.0.1:0'\nhttp = '127.0.0.1:0'").is_ok());
    }
}
