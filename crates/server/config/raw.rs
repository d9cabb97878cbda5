//! Settings as they were said.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use tonic::Status;

use crate::violations::Violations;

/// A setting by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// Folder of the store.
    Data,
    /// Address of the gRPC door.
    Grpc,
    /// Address of the HTTP door.
    Http,
    /// Certificate chain, PEM.
    TlsCert,
    /// Private key of the certificate, PEM.
    TlsKey,
    /// The authority whose certificates clients must have, PEM.
    TlsClientCa,
    /// Names and hashes of the tokens that are accepted.
    Tokens,
    /// The secrets PagerDuty signs with, a line each.
    PagerdutySecrets,
    /// The secrets Slack signs with, a line each.
    SlackSecrets,
    /// Where answers to alerts go, TOML.
    Destinations,
    /// The hosts that may be called though they are private or speak plain text, with commas between.
    OutgoingHosts,
    /// The labels of an alert that name its service, with commas between.
    ServiceLabels,
    /// Where the fields of the alerts of any other sender are, TOML.
    FieldMap,
    /// What is logged, as tracing-subscriber's `EnvFilter` has it.
    Log,
    /// The form of the log.
    LogFormat,
    /// How long a call may take, in seconds.
    CallSecsMax,
    /// How long a stream may take, in seconds.
    StreamSecsMax,
    /// How often all incidents are grouped anew, in seconds.
    ReclusterSecs,
}

impl Key {
    /// Every key, in the order of a file.
    pub const ALL: [Self; 18] = [
        Self::Data,
        Self::Grpc,
        Self::Http,
        Self::TlsCert,
        Self::TlsKey,
        Self::TlsClientCa,
        Self::Tokens,
        Self::PagerdutySecrets,
        Self::SlackSecrets,
        Self::Destinations,
        Self::OutgoingHosts,
        Self::ServiceLabels,
        Self::FieldMap,
        Self::Log,
        Self::LogFormat,
        Self::CallSecsMax,
        Self::StreamSecsMax,
        Self::ReclusterSecs,
    ];

    /// Its name in a file: `call_secs_max`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Data => "data",
            Self::Grpc => "grpc",
            Self::Http => "http",
            Self::TlsCert => "tls_cert",
            Self::TlsKey => "tls_key",
            Self::TlsClientCa => "tls_client_ca",
            Self::Tokens => "tokens",
            Self::PagerdutySecrets => "pagerduty_secrets",
            Self::SlackSecrets => "slack_secrets",
            Self::Destinations => "destinations",
            Self::OutgoingHosts => "outgoing_hosts",
            Self::ServiceLabels => "service_labels",
            Self::FieldMap => "field_map",
            Self::Log => "log",
            Self::LogFormat => "log_format",
            Self::CallSecsMax => "call_secs_max",
            Self::StreamSecsMax => "stream_secs_max",
            Self::ReclusterSecs => "recluster_secs",
        }
    }

    /// Its name in the environment: `RELAPSE_CALL_SECS_MAX`.
    #[must_use]
    pub fn variable(self) -> String {
        format!("RELAPSE_{}", self.name().to_uppercase())
    }

    /// The name of its flag: `--tls-cert`.
    #[must_use]
    pub fn flag(self) -> String {
        format!("--{}", self.name().replace('_', "-"))
    }
}

/// Where a setting was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// In the file.
    File,
    /// In the environment.
    Environment,
    /// On the command line.
    Flag,
}

/// A value, as it was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Setting {
    pub(super) value: OsString,
    pub(super) origin: Origin,
}

/// What the command line says; `None` where it says nothing.
#[derive(Debug, Clone, Default)]
pub struct Flags {
    /// The file to read.
    pub config: Option<PathBuf>,
    /// `--data`.
    pub data: Option<PathBuf>,
    /// `--grpc`.
    pub grpc: Option<String>,
    /// `--http`.
    pub http: Option<String>,
    /// `--tls-cert`.
    pub tls_cert: Option<PathBuf>,
    /// `--tls-key`.
    pub tls_key: Option<PathBuf>,
    /// `--tls-client-ca`.
    pub tls_client_ca: Option<PathBuf>,
    /// `--tokens`.
    pub tokens: Option<PathBuf>,
    /// `--log-format`.
    pub log_format: Option<String>,
}

/// All that was said, before anybody looked whether it makes sense.
#[derive(Debug, Default)]
pub struct RawConfig {
    pub(super) settings: BTreeMap<Key, Setting>,
    pub(super) found: Violations,
}

impl RawConfig {
    /// What the file that `flags` names says, then the environment, then `flags` themselves.
    ///
    /// # Errors
    /// `NOT_FOUND` or `UNAVAILABLE` where the file cannot be read.
    pub fn read(
        flags: Flags,
        environment: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, Status> {
        let mut raw = Self::default();
        if let Some(path) = &flags.config {
            let text = std::fs::read_to_string(path).map_err(|error| {
                let message = format!("cannot read {}: {error}", path.display());
                match error.kind() {
                    std::io::ErrorKind::NotFound => Status::not_found(message),
                    _ => Status::unavailable(message),
                }
            })?;
            raw.add_file(&text);
        }
        raw.add_environment(environment);
        raw.add_flags(flags);
        Ok(raw)
    }

    /// Adds the settings of a TOML file; notes keys it does not know.
    pub fn add_file(&mut self, text: &str) {
        let table = match text.parse::<toml::Table>() {
            Ok(table) => table,
            Err(error) => return self.found.note("file", error.message()),
        };
        for (name, value) in table {
            let key = Key::ALL.into_iter().find(|key| key.name() == name);
            match (key, value) {
                (Some(key), toml::Value::String(text)) => self.set(key, text, Origin::File),
                (Some(key), toml::Value::Integer(number)) => {
                    self.set(key, number.to_string(), Origin::File);
                }
                (Some(key), other) => {
                    self.found.add(key.name(), other.type_str(), "a text or a number");
                }
                (None, _) => self.found.note(name, "no such key"),
            }
        }
    }

    /// Adds the settings of the environment; empty variables count as unset.
    pub fn add_environment(&mut self, variable: impl Fn(&str) -> Option<OsString>) {
        for key in Key::ALL {
            if let Some(value) = variable(&key.variable()).filter(|value| !value.is_empty()) {
                self.set(key, value, Origin::Environment);
            }
        }
    }

    fn add_flags(&mut self, flags: Flags) {
        let Flags {
            config: _,
            data,
            grpc,
            http,
            tls_cert,
            tls_key,
            tls_client_ca,
            tokens,
            log_format,
        } = flags;
        let path = |path: Option<PathBuf>| path.map(OsString::from);
        for (key, value) in [
            (Key::Data, path(data)),
            (Key::Grpc, grpc.map(OsString::from)),
            (Key::LogFormat, log_format.map(OsString::from)),
            (Key::Http, http.map(OsString::from)),
            (Key::TlsCert, path(tls_cert)),
            (Key::TlsKey, path(tls_key)),
            (Key::TlsClientCa, path(tls_client_ca)),
            (Key::Tokens, path(tokens)),
        ] {
            if let Some(value) = value {
                self.set(key, value, Origin::Flag);
            }
        }
    }

    fn set(&mut self, key: Key, value: impl Into<OsString>, origin: Origin) {
        self.settings.insert(key, Setting { value: value.into(), origin });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_come_before_the_environment_and_that_before_the_file() {
        let mut raw = RawConfig::default();
        raw.add_file("grpc = 'file'\nhttp = 'file'\ndata = 'file'\ncall_secs_max = 5\n");
        raw.add_environment(|name| match name {
            "RELAPSE_GRPC" | "RELAPSE_HTTP" => Some("environment".into()),
            "RELAPSE_DATA" => Some(OsString::new()),
            _ => None,
        });
        raw.add_flags(Flags { grpc: Some("flag".into()), ..Flags::default() });
        let said = |key: Key| raw.settings[&key].value.to_string_lossy().into_owned();
        assert_eq!([Key::Grpc, Key::Http, Key::Data].map(said), ["flag", "environment", "file"]);
        assert_eq!(raw.settings[&Key::CallSecsMax].value, "5");
        assert!(raw.found.is_empty());
    }

    #[test]
    fn unknown_keys_and_odd_values_are_noted_together() {
        let mut raw = RawConfig::default();
        raw.add_file("colour = 'red'\ngrpc = ['a']\n");
        let (field, reason) = raw.found.summary().expect("two mistakes");
        assert_eq!(field, "colour");
        assert!(reason.contains("grpc: "), "{reason}");
    }

    #[test]
    fn a_file_that_is_no_toml_is_noted() {
        let mut raw = RawConfig::default();
        raw.add_file("grpc =");
        assert_eq!(raw.found.summary().map(|(field, _)| field).as_deref(), Some("file"));
    }

    #[test]
    fn a_missing_file_is_not_found() {
        let flags = Flags { config: Some("no/such/file.toml".into()), ..Flags::default() };
        let status = RawConfig::read(flags, |_| None).expect_err("it is missing");
        assert_eq!(status.code(), tonic::Code::NotFound);
    }
}
