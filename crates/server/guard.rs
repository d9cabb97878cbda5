//! Who may call: checked in front of every door, by one table.
//!
//! What a call needs stands in `policy`; who has it, in [`tokens`]. A server without tokens serves its own machine
//! only, and lets everybody there in.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;
use tonic::Status;

use self::policy::Access;
use self::tokens::Tokens;
use crate::status::with_hint;

pub(crate) mod attributed;
pub(crate) mod policy;
pub mod tokens;

const SCHEME: &str = "bearer ";

/// The check itself. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Guard {
    /// `None`: everybody may come.
    tokens: Option<Arc<Tokens>>,
}

impl Guard {
    /// Lets in whoever has one of `tokens`.
    pub(crate) fn new(tokens: Option<Tokens>) -> Self {
        Self { tokens: tokens.map(Arc::new) }
    }

    /// The caller whose headers these are, where the call needs a token and it has one; `None` where
    /// none is needed.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` without a token, with two, or with one that is not accepted.
    pub(crate) fn admit(
        &self,
        access: Access,
        headers: &HeaderMap,
    ) -> Result<Option<Caller>, Status> {
        let (Some(tokens), Access::Token) = (&self.tokens, access) else {
            return Ok(None);
        };
        let token = bearer(headers).ok_or_else(|| refusal("this call needs a token"))?;
        let name = tokens.name_of(token).ok_or_else(|| refusal("this token is not accepted"))?;
        tracing::debug!(token = name, "let in");
        Ok(Some(Caller(name)))
    }
}

/// Whose token a request came with; travels with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller(pub(crate) String);

fn refusal(reason: &str) -> Status {
    let hint =
        "send `authorization: Bearer TOKEN`; the command line takes --token-file or RELAPSE_TOKEN";
    with_hint(tonic::Code::Unauthenticated, reason, hint)
}

/// The one token of the headers.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = values.next()?.to_str().ok()?;
    if values.next().is_some() {
        return None;
    }
    let (scheme, token) = value.split_at_checked(SCHEME.len())?;
    scheme.eq_ignore_ascii_case(SCHEME).then(|| token.trim())
}

/// Serves a gRPC call, or refuses it.
pub(crate) async fn check_call(
    State(guard): State<Guard>,
    mut request: Request,
    next: Next,
) -> Response {
    match guard.admit(policy::of_call(request.uri().path()), request.headers()) {
        Ok(caller) => {
            caller.map(|caller| request.extensions_mut().insert(caller));
            next.run(request).await
        }
        Err(status) => status.into_http(),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            let value = HeaderValue::from_str(value).expect("a header");
            headers.append(header::AUTHORIZATION, value);
        }
        headers
    }

    #[test]
    fn a_token_is_found_whatever_the_case_of_its_scheme() {
        assert_eq!(bearer(&headers(&["Bearer abc"])), Some("abc"));
        assert_eq!(bearer(&headers(&["bearer  abc "])), Some("abc"));
        for wrong in [&["Basic abc"][..], &["Bearer"], &[], &["Bearer a", "Bearer b"], &["é"]] {
            assert_eq!(bearer(&headers(wrong)), None, "{wrong:?}");
        }
    }

    #[test]
    fn without_tokens_everybody_may_come() {
        assert!(Guard::default().admit(Access::Token, &HeaderMap::new()).is_ok());
    }

    #[test]
    fn with_tokens_only_who_has_one_may_come() {
        let (token, line) = tokens::issue("pager", [7; 32]).expect("a good name");
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), line).expect("it is written");
        let guard = Guard::new(Some(Tokens::read(file.path()).expect("it is well formed")));
        let admit = |access, values: &[&str]| guard.admit(access, &headers(values));
        let caller = admit(Access::Token, &[&format!("Bearer {token}")]);
        assert_eq!(caller.expect("it is accepted"), Some(Caller("pager".to_owned())));
        assert!(admit(Access::Open, &[]).is_ok());
        for wrong in [&[][..], &["Bearer x"], &[&*token], &[&*format!("Bearer {token}x")]] {
            let status = admit(Access::Token, wrong).expect_err("no token");
            assert_eq!(status.code(), tonic::Code::Unauthenticated);
            assert!(!format!("{status:?}").contains(&token), "a refusal never says the token");
        }
    }
}
