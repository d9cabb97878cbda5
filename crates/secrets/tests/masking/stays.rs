//! What looks like a credential and is none.

use secrets::mask;
use testkit::Rng;

#[track_caller]
fn check(text: &str) {
    let masked = mask(text);
    assert!(masked.found.is_empty(), "{text} became {}", masked.text);
}

fn hex(n: usize, rng: &mut Rng) -> String {
    (0..n).map(|_| char::from(b"0123456789abcdef"[rng.below(16)])).collect()
}

#[test]
fn hashes_digests_and_ids_stay() {
    let mut rng = Rng::new(3);
    for _ in 0..50 {
        let mut hex = |n| hex(n, &mut rng);
        check(&format!("commit {} fixed it", hex(40)));
        check(&format!("rolled back to {}", hex(7)));
        check(&format!("image web@sha256:{} pulled", hex(64)));
        check(&format!("md5 {}, sha1:{}, sha512 {}", hex(32), hex(40), hex(128)));
        check(&format!("trace_id={} span_id={}", hex(32), hex(16)));
        check(&format!("traceparent: 00-{}-{}-01", hex(32), hex(16)));
        let uuid = format!("{}-{}-{}-{}-{}", hex(8), hex(4), hex(4), hex(4), hex(12));
        check(&format!("request {uuid} failed, request_id: {uuid}"));
        check(&format!("pod checkout-{}-{} restarted", hex(10), hex(5)));
        check(&format!("ETag: \"{}\"", hex(32)));
    }
}

#[test]
fn names_of_things_stay() {
    for text in [
        "arn:aws:iam::123456789012:role/deploy-prod-2",
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf",
        "ip-10-0-12-7.eu-west-1.compute.internal",
        "db-7.prod.example.com:5432 refused",
        "ORA-01017, ERR_SSL_PROTOCOL_ERROR, X509_V_ERR_CERT_HAS_EXPIRED, 0x80070005",
        "i-0abcd1234ef567890, vpc-0a1b2c3d, sg-0123456789abcdef0",
        "user AIDAIOSFODNN7ABCDEFGH assumed role AROAIOSFODNN7ABCDEFGH",
        "gcr.io/project-7/image:v1.2.3-rc4",
        "projects/prod-7/secrets/db-password/versions/3",
        "https://wiki.example/pages/viewpage.action?pageId=12345678",
        "https://example.com/@user/post",
        "git@github.com:example/repo.git",
        "ssh://git@github.com/example/repo.git",
        "fe80::200:f8ff:fe21:67cf, 10.1.2.3:8080",
        "com.example.auth.TokenValidatorFactoryImpl.validate(TokenValidator.java:212)",
        "sha384-abcdef integrity check, base64 payload",
        "key-value store, task-a1b2c3, disk-0001, risk-assessment-2024-q3-final",
    ] {
        check(text);
    }
}

#[test]
fn prose_about_credentials_stays() {
    for text in [
        "password: expired",
        "The password was rotated on 2024-05-06.",
        "Root cause: the token was expired. Token: expired at 10:32 UTC.",
        "secret: missing in namespace prod",
        "Secret: checkout-db-credentials-v2 was not mounted",
        "secretName: web-tls-2024",
        "api key = environment variable",
        "bearer authentication was enabled, Bearer token missing",
        "basic authentication failed; Basic troubleshooting followed",
        "access_key rotation; passwords: see the vault",
        "token_count=4096 max_tokens=1024 tokens: 128000",
        "token = parser.next_token()",
        "password=os.getenv(\"DB_PASSWORD\")",
        "password: !vault |",
        "PASSWORD=$(cat /run/secrets/db)",
        "passwordPolicy: min 12 characters, pass rate: 98.5%",
        "test pass: 12/12, pass: 2024-01-02",
        "postgres://app:${DB_PASSWORD}@db/orders, postgres://user:<password>@host/db",
        "password: [masked: password]",
        "the authorization: token check was slow",
        "Authorization header was missing",
    ] {
        check(text);
    }
}
