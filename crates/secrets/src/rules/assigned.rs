//! Values assigned to names that say what they are: `password=...`, `"api_key": "..."`, `--token ...`.

use std::sync::LazyLock;

use regex::{Captures, Regex};

use crate::kind::Kind;
use crate::rule::{Rule, ascii, value};
use crate::shape::{has_digit, is_code, is_opaque, is_password_like, is_placeholder};

/// The names of passwords, secrets, keys and tokens, as alternatives of a pattern.
macro_rules! names {
    (password) => {
        r"passwords?|passwd|passphrase|(?:\b|_)(?:pwd|pass|pw)|(?-i:[a-z](?:Pwd|Pass))"
    };
    (api_key) => {
        r"secret[_-]?key(?:_base)?|api[_ -]?keys?|access[_-]?key|auth[_-]?key|account[_-]?key|encryption[_-]?key|private[_-]?key|master[_-]?key|signing[_-]?key|app[_-]?key|license[_-]?key"
    };
    (token) => {
        r"tokens?|_auth|jsessionid|phpsessid"
    };
    (secret) => {
        r"secrets?|credentials?"
    };
}

/// A rule for `name=value`, `name := value`, `"name": "value"`, `name: value`, `name is value` and
/// `--name value`. A backslash may stand before quotes: JSON within JSON.
macro_rules! assigned {
    ($kind:expr, $names:tt, $accept:ident) => {
        Rule::new(
            $kind,
            concat!("(?i)(?:", names!($names), r#")\\?["'`*]{0,3}(?:\s{0,4}(?:[=:]|->)|\s)"#),
            concat!(
                "(?i)(?:(?<flag>--[a-z0-9-]*?)(?:",
                names!($names),
                r")\s{1,2}|(?:",
                names!($names),
                r#")(?<close>\\?["'`*]{0,3})(?:\s{0,4}(?<sign>=>|->|:=|=|:)|\s(?:is|was)\s)[ \t*]{0,8})"#,
                r#"(?:\\?"(?<v>[^"\\\n]+)|\\?'(?<single>[^'\\\n]+)|`(?<backtick>[^`\n]+)|(?<bare>[^\s"'`<>;]+))"#,
            ),
        )
        .only($accept)
    };
}

pub(super) const RULES: &[Rule] = &[
    assigned!(Kind::Password, password, is_password),
    Rule::new(
        Kind::Password,
        r"(?i)(?:password|passwd|passphrase)>",
        r"(?i)<[a-z0-9_.:-]*(?:password|passwd|passphrase)>(?<v>[^<>\s]{3,})</",
    )
    .only(|found| !is_placeholder(value(found))),
    assigned!(Kind::ApiKey, api_key, is_key),
    assigned!(Kind::Token, token, is_key),
    assigned!(Kind::Secret, secret, is_key),
];

/// The name of a field, alone: what it holds is a credential, if its value can be one.
static NAMES: LazyLock<[(Kind, Regex); 4]> = LazyLock::new(|| {
    let ending = |names: &str| {
        Regex::new(&ascii(&format!("(?i)(?:{names})$"))).expect("the names are a valid pattern")
    };
    [
        (Kind::Password, ending(names!(password))),
        (Kind::ApiKey, ending(names!(api_key))),
        (Kind::Token, ending(names!(token))),
        (Kind::Secret, ending(names!(secret))),
    ]
});

/// The kind of credential that `value` is, in a field called `name`; `None` where it is none.
pub(crate) fn kind_in_field(name: &str, value: &str) -> Option<Kind> {
    let kind = NAMES.iter().find(|(_, names)| names.is_match(name)).map(|(kind, _)| *kind)?;
    let is_one = match kind {
        Kind::Password => is_datum(value),
        _ => is_assigned_key(value),
    };
    is_one.then_some(kind)
}

fn is_password(found: &Captures<'_>) -> bool {
    let value = value(found);
    if is_placeholder(value) || is_code(value) {
        return false;
    }
    let is_quoted = found.name("bare").is_none();
    let is_quoted_name =
        found.name("close").is_some_and(|close| close.as_str().contains(['"', '\'']));
    match found.name("sign").map(|sign| sign.as_str()) {
        Some(":") if is_quoted && is_quoted_name => is_datum(value),
        Some("=" | ":=" | "=>") => value.len() >= 3,
        None if found.name("flag").is_some() => value.len() >= 3 && !value.starts_with('-'),
        _ => is_password_like(value),
    }
}

fn is_key(found: &Captures<'_>) -> bool {
    is_assigned_key(value(found))
}

fn is_assigned_key(value: &str) -> bool {
    let may_be = !is_placeholder(value) && !is_code(value) && !value.contains(char::is_whitespace);
    may_be && is_opaque(value) && (has_digit(value) || value.len() >= 14)
}

/// Whether `value` is data rather than a message about a password.
fn is_datum(value: &str) -> bool {
    value.len() >= 3
        && !value.contains(char::is_whitespace)
        && !is_placeholder(value)
        && !is_code(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, value: &str, kind: Option<Kind>) {
        assert_eq!(kind_in_field(name, value), kind, "{name}: {value}");
    }

    #[test]
    fn a_field_is_known_by_the_end_of_its_name() {
        check("db_password", "correct", Some(Kind::Password));
        check("password_policy", "hunter22", None);
        check("compass", "north", None);
        check("X-Api-Key", "a8f3k2l9m1", Some(Kind::ApiKey));
        check("authToken", "a8f3k2l9m1", Some(Kind::Token));
        check("secret", "db-creds-v2", None);
        check("password", "is too short", None);
    }
}
