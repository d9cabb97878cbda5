//! Credentials of clouds, and keys in files.

use crate::kind::Kind;
use crate::rule::{Rule, value};
use crate::shape::{has_mixed_case, is_hex};

/// Prefixes of the ids of things (`AIDA`, `AROA`, ...) are not credentials: see "IAM identifiers" in the
/// AWS user guide.
pub(super) const RULES: &[Rule] = &[
    Rule::new(
        Kind::GcpServiceAccountKey,
        r"private_key",
        r#"private_key\\?["']\s*:\s*\\?["'](?<v>-----BEGIN [A-Z ]*PRIVATE KEY-----[^"']+?)\\?["']"#,
    ),
    Rule::new(
        Kind::PrivateKey,
        r"PRIVATE KEY",
        r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?:[\s\\nr>|]*[A-Za-z-]+: [^\n\\]*)*[A-Za-z0-9+/=\s\\>|]*(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----)?",
    ),
    Rule::new(
        Kind::AwsAccessKey,
        r"AKIA|ASIA|ABIA|ACCA",
        r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b",
    ),
    Rule::new(
        Kind::AwsSecretKey,
        r"(?i)secret|AKIA|ASIA",
        r#"(?:(?i:aws.{0,20}?secret|secret.{0,3}access.{0,3}key|secretaccesskey|aws.{0,3}sk)[^\n\[]{0,24}?|(?:AKIA|ASIA)[A-Z0-9]{16}[^\n\[]{0,24}?)[^A-Za-z0-9/+](?<v>[A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+=]|$)"#,
    )
    .only(|found| !is_hex(value(found)) && has_mixed_case(value(found))),
    Rule::new(
        Kind::AwsSessionToken,
        r"(?i)session.?token",
        r#"(?i)session.?token\\?["']?\s*[:=]\s*\\?["']?(?<v>[A-Za-z0-9/+=]{80,})"#,
    ),
    Rule::new(
        Kind::GoogleApiKey,
        r"AIza",
        r"(?<v>AIza[A-Za-z0-9_-]{35})(?:[^A-Za-z0-9_-]|$)",
    ),
    Rule::new(
        Kind::GoogleOauth,
        r"GOCSPX-|ya29\.",
        r"GOCSPX-[A-Za-z0-9_-]{20,}|\bya29\.[A-Za-z0-9_-]{20,}",
    ),
    Rule::new(
        Kind::AzureStorageKey,
        r"(?i)accountkey|sharedaccesskey|storage.?key|account.?key",
        r#"(?i)(?:(?:shared)?access|account|storage).?key\\?["']?\s*[:=]\s*\\?["']?(?<v>(?:[a-z0-9+/]{86}==|[a-z0-9+/]{43}=))"#,
    ),
    Rule::new(
        Kind::AzureStorageKey,
        r"[A-Za-z0-9+/]==",
        // 64 bytes; with `sha512-` before them they are a digest (Subresource Integrity).
        r"(?:^|[^A-Za-z0-9+/=_-])(?<v>[A-Za-z0-9+/]{86}==)(?:[^=]|$)",
    ),
    Rule::new(
        Kind::AzureSas,
        r"(?i)[?&;]sig=",
        r"(?i)[?&;]sig=(?<v>[a-z0-9%+/=_-]{20,})",
    ),
    Rule::new(
        Kind::UrlSignature,
        r"(?i)x-(?:amz|goog)-signature",
        r"(?i)x-(?:amz|goog)-signature=(?<v>[0-9a-f]{32,})",
    ),
    Rule::new(
        Kind::AzureClientSecret,
        r"[0-9]Q~",
        r"\b[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}",
    ),
    Rule::new(
        Kind::KubernetesToken,
        r"eyJ",
        // The payload begins with the issuer `kubernetes/serviceaccount`, or the audience `https://kubernetes`.
        r"eyJ[A-Za-z0-9_-]{8,}\.(?:eyJpc3MiOiJrdWJlcm5ldGVz|eyJhdWQiOlsiaHR0cHM6Ly9rdWJlcm5ldGVz)[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*)?",
    ),
    Rule::new(
        Kind::Jwt,
        r"eyJ",
        r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){1,3}|eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}",
    ),
];
