//! What people say and decide, as JSON: the body is the request of the call, the response its response.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::routing::{MethodRouter, post};
use prost::{Message, Name};

use super::reply::{error, not_json, reply, too_large};
use super::{Shared, Web, body_of, posted};
use crate::guard::Caller;
use crate::guard::attributed::{Attributed, sign};
use crate::service::{Result, Service};

/// Answers POST by `call`, made in the name of the caller's token where there is one.
pub(super) fn decide<Q, R>(call: fn(&Service, Q) -> Result<R>) -> MethodRouter<Web>
where
    Q: Message + Name + Default + Attributed + 'static,
    R: Message + Name + 'static,
{
    post(async move |State(web): Shared, request: Request| {
        // A form of another page cannot send this type, so no browser posts it without asking first.
        if !is_json(request.headers()) {
            return not_json();
        }
        let caller = request.extensions().get::<Caller>().cloned();
        let Some(body) = body_of(request).await else {
            return too_large();
        };
        match asked(&body, caller.as_ref()) {
            Ok(asked) => reply(web.dispatch.write(call, asked).await),
            Err(status) => error(&status),
        }
    })
}

fn asked<Q>(body: &[u8], caller: Option<&Caller>) -> Result<Q>
where
    Q: Message + Name + Default + Attributed,
{
    let mut asked = posted(body)?;
    sign(caller, &mut asked)?;
    Ok(asked)
}

fn is_json(headers: &HeaderMap) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = media_type.and_then(|value| value.split(';').next()).unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[track_caller]
    fn check(media_type: &'static str, expected: bool) {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        assert_eq!(is_json(&headers), expected, "{media_type}");
    }

    #[test]
    fn what_a_form_can_send_is_no_json() {
        check("application/json", true);
        check("Application/JSON; charset=utf-8", true);
        for of_a_form in ["text/plain", "text/plain; application/json", "multipart/form-data", ""] {
            check(of_a_form, false);
        }
        assert!(!is_json(&HeaderMap::new()));
    }
}
