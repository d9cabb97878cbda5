//! What a value looks like: drawn at random, chosen by a person, or no credential at all.

/// Shorter values are not told from words, numbers and versions.
const OPAQUE_BYTES_MIN: usize = 8;
/// From this length on, letters of changing case need no digit to look drawn at random.
const MIXED_BYTES_MIN: usize = 14;
/// What tools, schemas and people write where a value would stand, lower-cased.
const NO_VALUES: [&str; 40] = [
    "true",
    "false",
    "null",
    "none",
    "nil",
    "undefined",
    "empty",
    "redacted",
    "masked",
    "hidden",
    "removed",
    "omitted",
    "filtered",
    "string",
    "str",
    "text",
    "bool",
    "boolean",
    "int",
    "required",
    "optional",
    "expired",
    "invalid",
    "missing",
    "incorrect",
    "wrong",
    "yes",
    "no",
    "password",
    "passwd",
    "secret",
    "token",
    "unknown",
    "n/a",
    "default",
    "disabled",
    "enabled",
    "revoked",
    "rotated",
    "protected",
];

/// Whether `text` has a digit.
pub(crate) fn has_digit(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether `text` has letters of both cases.
pub(crate) fn has_mixed_case(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_lowercase())
        && text.bytes().any(|byte| byte.is_ascii_uppercase())
}

/// Whether `text` is hex digits only: a hash, or the id of a commit.
pub(crate) fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether `text` stands where a value would: `${DB_PASSWORD}`, `<password>`, `****`, `%s`, `null`.
pub(crate) fn is_placeholder(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let is_variable = |name: &str| {
        !has_digit(name) && name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
    };
    text.bytes().all(|byte| !byte.is_ascii_alphanumeric() || matches!(byte, b'x' | b'X'))
        || text.starts_with(['<', '{', '['])
        || ["${", "$(", "%(", "%{", "%s", "***", "..."].iter().any(|open| text.starts_with(open))
        || text.strip_prefix(['$', '%']).is_some_and(is_variable)
        || NO_VALUES.contains(&lower.as_str())
}

/// Whether `text` is an expression or a place rather than a value: a call, a path, a URL, an ARN, a
/// comparison, a name within a name.
pub(crate) fn is_code(text: &str) -> bool {
    let is_dotted = || {
        text.contains('.')
            && text.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'.' | b'_'))
    };
    let is_yaml_tag = |tag: &str| tag.bytes().all(|byte| byte.is_ascii_lowercase());
    text.starts_with(['/', '=', '&', '(', ')', '|'])
        || text.strip_prefix('!').is_some_and(is_yaml_tag)
        || text.starts_with("./")
        || text.starts_with("~/")
        || text.starts_with("arn:")
        || text.starts_with("sha256:")
        || ["://", "()", "::", "->", "=="].iter().any(|part| text.contains(part))
        || (text.contains('(') && !text.contains(['!', '#', '^']))
        || is_dotted()
}

/// Whether `text` looks drawn at random: a run of eight or more letters and digits mixed, or of letters
/// whose case changes as it does by chance.
pub(crate) fn is_opaque(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric();
    let is_long = text.len() >= 2 * OPAQUE_BYTES_MIN;
    let scattered =
        is_long && has_mixed_case(text) && digits(text) >= 2 && !text.contains([' ', ':']);
    scattered || text.split(|c| !is_part(c)).any(is_random_run)
}

/// Whether a person may have chosen `text` as a password, where only its place says so: letters with
/// digits or signs among them, and not a date, a time, an address or a number with a unit.
pub(crate) fn is_password_like(text: &str) -> bool {
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
    let signs = text.bytes().filter(|byte| b"!@#$%^&*+=?~".contains(byte)).count();
    text.len() >= 6 && letters >= 2 && (digits(text) + signs >= 1) && !is_word_with_number(text)
}

fn digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

fn is_random_run(run: &str) -> bool {
    if run.len() < OPAQUE_BYTES_MIN {
        return false;
    }
    let letters = run.len() - digits(run);
    if letters > 0 && letters < run.len() {
        return true;
    }
    let case = |byte: &u8| byte.is_ascii_uppercase();
    let changes = run.as_bytes().windows(2).filter(|pair| case(&pair[0]) != case(&pair[1])).count();
    run.len() >= MIXED_BYTES_MIN && changes * 5 >= run.len() * 2
}

/// Words joined by hyphens, dots or slashes, of which each is letters only or digits only: `db-creds-2`,
/// `2024-01-02t10:00`, `10.0.0.1`.
fn is_word_with_number(text: &str) -> bool {
    let is_plain = |part: &str| {
        part.bytes().all(|byte| byte.is_ascii_digit())
            || part.bytes().all(|byte| byte.is_ascii_alphabetic())
    };
    text.contains(['-', '.', '/', ':', '_']) && text.split(['-', '.', '/', ':', '_']).all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_for_a_value_is_none() {
        for text in [
            "${DB_PASSWORD}",
            "$PASSWORD",
            "<password>",
            "****",
            "xxxx",
            "null",
            "%s",
            "[masked: jwt]",
        ] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in ["hunter2", "$tr0ng", "xkcd", "p%40ss"] {
            assert!(!is_placeholder(text), "{text}");
        }
    }

    #[test]
    fn expressions_and_places_are_no_values() {
        for text in
            ["os.environ", "getenv(\"X\")", "/run/secrets/db", "https://a/b", "=x", "Self::new"]
        {
            assert!(is_code(text), "{text}");
        }
        assert!(!is_code("hunter2"));
    }

    #[test]
    fn names_with_numbers_are_not_random() {
        for text in
            ["db-creds-v2", "oauth2", "prod-postgres-2024", "getUserTokenFromHeader", "refresh"]
        {
            assert!(!is_opaque(text), "{text}");
        }
        for text in ["a8f3k2l9", "QmFzZHJvYWJhZGFi", "9f8e-7d6c5b4a"] {
            assert!(is_opaque(text), "{text}");
        }
    }

    #[test]
    fn passwords_have_digits_or_signs_and_are_no_dates() {
        for text in ["hunter2", "Tr0ub4dor&3", "correct!horse"] {
            assert!(is_password_like(text), "{text}");
        }
        for text in ["expired", "2024-01-02", "10.0.0.1", "policy-v"] {
            assert!(!is_password_like(text), "{text}");
        }
    }
}
