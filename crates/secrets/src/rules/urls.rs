//! Passwords in URLs (RFC 3986, section 3.2.1: `user:password@host`).

use crate::kind::Kind;
use crate::rule::{Rule, value};
use crate::shape::{is_opaque, is_placeholder};

pub(super) const RULES: &[Rule] = &[
    Rule::new(
        Kind::DatabasePassword,
        r"://[^\s/]*@",
        r#"(?i)(?:postgres|postgresql|mysql|mariadb|mssql|sqlserver|oracle|mongodb|cockroachdb|clickhouse|cassandra|amqps?|rediss?|kafka|nats|couchdb|elasticsearch|ldaps?|memcached|snowflake)(?:\+[a-z0-9]+)?://[^\s:/@"'<>\[\]]*:(?<v>[^\s/"'<>\[\]]+)@"#,
    )
    .only(|found| !is_placeholder(value(found))),
    Rule::new(
        Kind::UrlPassword,
        r"://[^\s/]*@",
        r#"(?i)[a-z][a-z0-9+.-]*://[^\s:/@"'<>\[\]]*:(?<v>[^\s/"'<>\[\]]+)@"#,
    )
    .only(|found| !is_placeholder(value(found))),
    Rule::new(
        Kind::UrlPassword,
        r"://[^\s/]*@",
        r#"(?i)[a-z][a-z0-9+.-]*://(?<v>[^\s:/@"'<>\[\]]{16,})@"#,
    )
    .only(|found| is_opaque(value(found))),
];
