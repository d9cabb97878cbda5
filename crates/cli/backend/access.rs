//! How a caller proves who it is, and whom it takes a server for.

use std::fs;
use std::path::Path;

use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::transport::{Certificate, ClientTlsConfig, Identity};
use tonic::{Request, Status};

use crate::args::Global;
use crate::error::{Error, Result};

/// The environment variable that holds a token.
const VARIABLE: &str = "RELAPSE_TOKEN";

/// What a caller shows a server, and expects of it.
#[derive(Default)]
pub struct Access {
    /// The token.
    pub bearer: Bearer,
    /// Certificates, for servers that speak TLS.
    pub tls: ClientTlsConfig,
}

/// The token that goes along with every call, where there is one.
#[derive(Clone, Default)]
pub struct Bearer(Option<MetadataValue<Ascii>>);

impl Access {
    /// What the options of the command line, and the environment, give.
    ///
    /// # Errors
    /// A file that cannot be read, or a token with characters that no token has.
    pub fn read(global: &Global) -> Result<Self> {
        let mut tls = match &global.ca {
            Some(file) => ClientTlsConfig::new().ca_certificate(Certificate::from_pem(read(file)?)),
            None => ClientTlsConfig::new().with_native_roots(),
        };
        if let (Some(cert), Some(key)) = (&global.client_cert, &global.client_key) {
            tls = tls.identity(Identity::from_pem(read(cert)?, read(key)?));
        }
        Ok(Self { bearer: Bearer::new(token(global)?.as_deref())?, tls })
    }
}

impl Bearer {
    fn new(token: Option<&str>) -> Result<Self> {
        let Some(token) = token.map(str::trim).filter(|token| !token.is_empty()) else {
            return Ok(Self(None));
        };
        let mut value: MetadataValue<Ascii> = format!("Bearer {token}").parse().map_err(|_| {
            Error::Usage(
                "the token has characters that no token has: give the file as it was written"
                    .into(),
            )
        })?;
        // What is sensitive is left out of every debug output.
        value.set_sensitive(true);
        Ok(Self(Some(value)))
    }
}

impl Interceptor for Bearer {
    fn call(&mut self, mut request: Request<()>) -> std::result::Result<Request<()>, Status> {
        if let Some(value) = &self.0 {
            request.metadata_mut().insert("authorization", value.clone());
        }
        Ok(request)
    }
}

fn token(global: &Global) -> Result<Option<String>> {
    match &global.token_file {
        Some(file) => {
            let bytes = read(file)?;
            let text = String::from_utf8(bytes).map_err(|_| {
                Error::Usage(format!("{} is no text, so it holds no token", file.display()))
            })?;
            Ok(Some(text))
        }
        None => Ok(std::env::var(VARIABLE).ok()),
    }
}

fn read(file: &Path) -> Result<Vec<u8>> {
    fs::read(file).map_err(|source| Error::Read { path: file.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(token: Option<&str>) -> Option<String> {
        let mut bearer = Bearer::new(token).expect("it is plain");
        let request = bearer.call(Request::new(())).expect("it refuses none");
        request.metadata().get("authorization").map(|value| {
            assert!(!format!("{value:?}").contains("rlp_"), "a token is never printed");
            value.to_str().expect("it is text").to_owned()
        })
    }

    #[test]
    fn a_token_goes_along_without_the_line_end_of_its_file() {
        assert_eq!(sent(Some("rlp_1\n")).as_deref(), Some("Bearer rlp_1"));
        assert_eq!(sent(Some(" \n")), None);
        assert_eq!(sent(None), None);
        assert!(Bearer::new(Some("a\u{7}b")).is_err());
    }
}
