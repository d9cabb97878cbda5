//! Credentials that vendors made to be recognised, and some that need their vendor's name beside them.

use crate::kind::Kind;
use crate::rule::{Rule, value};
use crate::shape::{has_digit, has_mixed_case, is_opaque};

pub(super) const RULES: &[Rule] = &[
    Rule::new(
        Kind::GithubToken,
        r"gh[pousr]_|github_pat_",
        r"gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{22,}",
    ),
    Rule::new(
        Kind::GitlabToken,
        r"gl[a-z]{2,5}-",
        r"\bgl(?:pat|dt|rt|rtr|ptt|ft|soat|cbt|imt|agent|oas|ffct)-[A-Za-z0-9_.=-]{16,}",
    ),
    Rule::new(
        Kind::SlackToken,
        r"xox[a-z]-|xox[a-z]\.|xapp-",
        r"xoxe\.xox[bp]-[A-Za-z0-9-]{10,}|xox[a-z]-[A-Za-z0-9-]{10,}|xapp-[0-9]-[A-Za-z0-9-]{10,}",
    ),
    Rule::new(
        Kind::SlackWebhook,
        r"hooks\.slack",
        r"hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/(?<v>[A-Za-z0-9/_-]{20,})",
    ),
    Rule::new(
        Kind::StripeKey,
        r"[sr]k_(?:live|test)_|whsec_",
        r"[sr]k_(?:live|test)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/=]{20,}",
    ),
    Rule::new(Kind::NpmToken, r"npm_", r"npm_[A-Za-z0-9]{36}\b"),
    Rule::new(Kind::PypiToken, r"pypi-", r"pypi-[A-Za-z0-9_-]{50,}"),
    Rule::new(Kind::DockerToken, r"dckr_", r"dckr_[po]at_[A-Za-z0-9_-]{20,}"),
    Rule::new(
        Kind::SendgridKey,
        r"SG\.",
        r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}",
    ),
    Rule::new(
        Kind::TwilioKey,
        r"SK[0-9a-f]{4}|AC[0-9a-f]{4}",
        r"SK[0-9a-f]{32}\b|\bAC[0-9a-f]{32}[^0-9a-zA-Z](?:[^\n\[]{0,40}[^0-9a-zA-Z])??(?<v>[0-9a-f]{32})\b",
    ),
    Rule::new(
        Kind::TwilioKey,
        r"(?i)twilio",
        r"(?i)twilio[^\n\[]{0,40}?(?:token|key|secret)[^\n\[]{0,12}?\b(?<v>[0-9a-f]{32})\b",
    ),
    Rule::new(
        Kind::MailgunKey,
        r"key-[0-9a-f]{4}|[0-9a-f]-[0-9a-f]{8}-[0-9a-f]{8}",
        r"\bkey-[0-9a-f]{32}\b|\b[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}\b",
    ),
    Rule::new(
        Kind::DigitaloceanToken,
        r"do[opr]_v1_",
        r"do[opr]_v1_[a-f0-9]{64}",
    ),
    Rule::new(Kind::HerokuKey, r"HRKU-", r"HRKU-[A-Za-z0-9_-]{30,}"),
    Rule::new(
        Kind::HerokuKey,
        r"(?i)heroku",
        r"(?i)heroku[^\n\[]{0,20}?(?:key|token|auth|secret|password)[^\n\[]{0,12}?\b(?<v>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\b",
    ),
    Rule::new(
        Kind::ShopifyToken,
        r"shp[a-z]{2}_",
        r"shp(?:at|ca|pa|ss|ua)_[A-Za-z0-9]{32}",
    ),
    Rule::new(
        Kind::TelegramToken,
        r":AA[A-Za-z0-9_-]",
        r"(?:^|[^0-9])(?<v>[0-9]{8,10}:AA[A-Za-z0-9_-]{32,34})",
    ),
    Rule::new(
        Kind::DiscordToken,
        r"[A-Za-z0-9_-]\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]",
        r"\b[MNO][A-Za-z0-9_-]{22,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}",
    )
    .only(|found| is_mixed(value(found))),
    Rule::new(
        Kind::DiscordWebhook,
        r"api/webhooks/",
        r"discord(?:app)?\.com/api/webhooks/(?<v>[0-9]{15,20}/[A-Za-z0-9_-]{40,})",
    ),
    Rule::new(
        Kind::VaultToken,
        r"hv[sbr]\.|\bs\.[A-Za-z0-9]{5}",
        r"hv[sbr]\.[A-Za-z0-9_-]{20,}|\bs\.[A-Za-z0-9]{24}\b",
    )
    .only(|found| value(found).starts_with("hv") || is_mixed(value(found))),
    Rule::new(Kind::DatabricksToken, r"dapi[0-9a-f]", r"dapi[0-9a-f]{32}(?:-[0-9])?\b"),
    Rule::new(Kind::AnthropicKey, r"sk-ant-", r"sk-ant-[A-Za-z0-9_-]{20,}"),
    Rule::new(
        Kind::OpenaiKey,
        r"\bsk-[A-Za-z0-9]",
        r"\bsk-(?:(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20,}|[A-Za-z0-9]{20,})",
    )
    .only(|found| has_digit(value(found))),
    Rule::new(
        Kind::DatadogKey,
        r"(?i)datadog|dd.?ap[ip]|dd.?client",
        r"(?i)(?:datadog|\bdd)[^\n\[]{0,20}?(?:key|token)[^\n0-9a-z]{0,12}(?:(?:is|was)\s)?(?<v>[0-9a-f]{40}|[0-9a-f]{32})\b",
    ),
    Rule::new(
        Kind::NewRelicKey,
        r"NR[A-Z]{2}-|NRAL",
        r"\bNR(?:AK|II|IQ|JS|RA|BR|SP)-[A-Za-z0-9_-]{19,}|[0-9a-f]{36}NRAL\b",
    ),
    Rule::new(
        Kind::PagerdutyKey,
        r"(?i)pager.?duty|pd_api|routing.?key|integration.?key|service.?key",
        r#"(?i)(?:pager.?duty[^\n\[]{0,24}?(?:key|token)|\bpd_api_(?:key|token)|(?:routing|integration|service)[_ -]?key)(?:\s(?:is|was))?[^\na-z0-9+_-]{1,8}(?<v>[a-z0-9+_-]{20}|[a-f0-9]{32}|R[a-z0-9]{31})\b"#,
    )
    .only(|found| has_digit(value(found))),
    Rule::new(
        Kind::AtlassianToken,
        r"AT[AC]TT3|ATBB",
        r"AT[AC]TT3[A-Za-z0-9_=-]{30,}|\bATBB[A-Za-z0-9]{24,}",
    ),
    Rule::new(
        Kind::GrafanaToken,
        r"glsa_|glc_|eyJrIjoi",
        r"glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}|glc_[A-Za-z0-9+/]{32,}={0,2}|eyJrIjoi[A-Za-z0-9+/_-]{30,}={0,2}",
    ),
    Rule::new(
        Kind::SentryKey,
        r"sntry[su]_|://[0-9a-f]{4}",
        r"sntry[su]_[A-Za-z0-9+/=_-]{40,}|://(?<v>[0-9a-f]{32}(?::[0-9a-f]{32})?)@",
    ),
    Rule::new(
        Kind::VendorToken,
        r"hf_|lin_api_|PMAK-|\.atlasv1\.|pul-|rubygems_|figd_|dp\.[a-z]{2}\.|pscale_|AGE-SECRET|nfp_|tskey-|phc_|sgp_|ops_ey|secret_[A-Za-z0-9]{4}|ntn_|pat[A-Za-z0-9]{14}\.",
        r"\bhf_[A-Za-z]{34}|lin_api_[A-Za-z0-9]{40}|PMAK-[0-9a-f]{24}-[0-9a-f]{34}|[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,}|\bpul-[0-9a-f]{40}|rubygems_[0-9a-f]{48}|figd_[A-Za-z0-9_-]{38,}|\bdp\.(?:pt|st|ct|sa|scim|audit)\.[A-Za-z0-9]{40,}|pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_=.-]{32,}|AGE-SECRET-KEY-1[A-Z0-9]{58}|nfp_[A-Za-z0-9]{36}|tskey-[a-z]+-[A-Za-z0-9-]{20,}|phc_[A-Za-z0-9]{40,}|sgp_[A-Za-z0-9_]{40,}|ops_eyJ[A-Za-z0-9_-]{100,}|\bsecret_[A-Za-z0-9]{43}\b|\bntn_[A-Za-z0-9]{40,}|\bpat[A-Za-z0-9]{14}\.[0-9a-f]{64}",
    ),
];

/// Whether `text` has letters of both cases and looks drawn at random: no name out of a program.
fn is_mixed(text: &str) -> bool {
    has_mixed_case(text) && is_opaque(text)
}
