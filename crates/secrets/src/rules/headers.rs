//! Authorization headers, command-line credentials and hashes of passwords.

use crate::kind::Kind;
use crate::rule::{Rule, value};
use crate::shape::{has_digit, has_mixed_case, is_opaque, is_password_like, is_placeholder};

pub(super) const RULES: &[Rule] = &[
    Rule::new(
        Kind::BasicAuth,
        r"(?i)authorization",
        r#"(?i)authorization\\?["']?\s*[:=]\s*\\?["']?basic\s+(?<v>[a-z0-9+/_-]{6,}={0,2})"#,
    ),
    Rule::new(
        Kind::BasicAuth,
        r"(?i)basic\s",
        r"\b(?i:basic)\s+(?<v>[A-Za-z0-9+/]{12,}={0,2})",
    )
    .only(|found| value(found).len().is_multiple_of(4) && has_mixed_case(value(found)) && is_user_and_password(value(found))),
    Rule::new(
        Kind::BasicAuth,
        r"(?i)curl\s|wget\s",
        r#"\b(?:curl|wget)\b[^\n]*?\s(?:-u|--user|--proxy-user)[\s=]*["']?[A-Za-z0-9_.@-]+:(?<v>[^\s"'`]+)"#,
    )
    .only(|found| !is_placeholder(value(found))),
    Rule::new(
        Kind::BasicAuth,
        r#"(?i)\bauth\\?["']"#,
        r#"\bauth\\?["']\s*:\s*\\?["'](?<v>[A-Za-z0-9+/]{6,}={0,2})"#,
    )
    .only(|found| is_user_and_password(value(found))),
    Rule::new(
        Kind::Password,
        r"(?i)sshpass|mysql|mariadb",
        r#"\b(?:sshpass\s+-p\s*|(?:mysql|mysqldump|mysqladmin|mariadb)\s(?:[^\n\[]*?\s)?-p)["']?(?<v>[^\s"'\[-][^\s"']{2,})"#,
    )
    .only(|found| is_password_like(value(found)) && !is_placeholder(value(found))),
    Rule::new(
        Kind::Token,
        r"(?i)cookie",
        r#"(?i)cookie\\?["']?:[^\n\[]*?[a-z0-9_.-]*(?:sess|sid|auth)[a-z0-9_.-]*=(?<v>[^\s;,"']+)"#,
    )
    .only(|found| is_opaque(value(found))),
    Rule::new(
        Kind::BearerToken,
        r"(?i)bearer",
        r"(?i)\bbearer\\?['\x22]?[:=]?\s+\\?['\x22]?(?<v>[a-z0-9._~+/-]{12,}=*)",
    )
    .only(|found| has_digit(value(found)) || (has_mixed_case(value(found)) && value(found).len() >= 20)),
    Rule::new(
        Kind::BearerToken,
        r"(?i)authorization",
        r#"(?i)authorization\\?["']?\s*[:=]\s*\\?["']?(?:token|apikey|api-key|key|sswS|digest|negotiate|genie_?key|splunk)[\s=]+\\?["']?(?:token=)?(?<v>[a-z0-9._~+/=-]{8,})"#,
    )
    .only(|found| has_digit(value(found))),
    Rule::new(
        Kind::PasswordHash,
        r"\$[0-9a-z]{1,10}\$|\{SSHA|\{SHA\}",
        r"\$2[abxy]?\$[0-9]{2}\$[./A-Za-z0-9]{53}|\$(?:1|5|6|7|y|gy|apr1|sha1|scrypt|pbkdf2-sha(?:256|512))\$[^\s:$]*\$(?:[^\s:$]+\$)*[./A-Za-z0-9]{20,}|\$argon2(?:id|i|d)\$v=[0-9]+\$[a-z0-9=,]+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]{20,}|\{S?SHA(?:256|512)?\}[A-Za-z0-9+/]{27,}={0,2}",
    ),
];

/// Whether `text` is the base64 of printable ASCII with a colon in it (RFC 7617).
fn is_user_and_password(text: &str) -> bool {
    let bytes = decoded(text);
    bytes.contains(&b':') && bytes.iter().all(|byte| (0x20..0x7f).contains(byte))
}

/// The bytes of base64 (RFC 4648, section 4), up to its padding.
fn decoded(text: &str) -> Vec<u8> {
    let sextets: Vec<u32> = text.bytes().map_while(sextet).collect();
    let group = |group: &[u32]| {
        let bits =
            group.iter().enumerate().fold(0, |bits, (place, six)| bits | six << (18 - 6 * place));
        let bytes = bits.to_be_bytes();
        bytes[1..group.len().max(1)].to_vec()
    };
    sextets.chunks(4).flat_map(group).collect()
}

fn sextet(byte: u8) -> Option<u32> {
    let value = match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_as_rfc_4648_has_it() {
        for (text, bytes) in
            [("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYmFy", "foobar")]
        {
            assert_eq!(decoded(text), bytes.as_bytes(), "{text}");
        }
    }

    #[test]
    fn a_user_and_a_password_have_a_colon_between_them() {
        assert!(is_user_and_password("QWxhZGRpbjpvcGVu"));
        assert!(!is_user_and_password("QWxhZGRpbm9wZW4h"));
    }
}
