//! What credentials there are.

use std::fmt;

/// Declares [`Kind`], its names and the list of all from one table, so that they cannot drift apart.
macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// A kind of credential. Ordered as listed: what is told apart best comes first.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Kind {
            $($(#[$doc])* $variant,)*
        }

        impl Kind {
            /// Every kind, in order.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name in markers and counts: lower case, words joined by hyphens.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

kinds! {
    /// The private key of a Google Cloud service account, in its JSON key file.
    GcpServiceAccountKey = "gcp-service-account-key",
    /// A private key in PEM armour (RFC 7468), also OpenSSH's and PGP's.
    PrivateKey = "private-key",
    /// The id of an AWS access key: `AKIA`, `ASIA` and 16 characters.
    AwsAccessKey = "aws-access-key",
    /// The secret of an AWS access key, next to its name or id.
    AwsSecretKey = "aws-secret-key",
    /// An AWS session token, next to its name.
    AwsSessionToken = "aws-session-token",
    /// A GitHub token: `ghp_`, `gho_`, `ghu_`, `ghs_`, `ghr_`, `github_pat_`.
    GithubToken = "github-token",
    /// A GitLab token: `glpat-` and its siblings.
    GitlabToken = "gitlab-token",
    /// A Slack token: `xoxb-` and its siblings, `xapp-`.
    SlackToken = "slack-token",
    /// The path of a Slack incoming webhook.
    SlackWebhook = "slack-webhook",
    /// A Stripe secret or restricted key, or a webhook's signing secret.
    StripeKey = "stripe-key",
    /// A Google API key: `AIza`.
    GoogleApiKey = "google-api-key",
    /// A Google OAuth client secret or access token.
    GoogleOauth = "google-oauth",
    /// The account key of Azure storage, or a shared access key.
    AzureStorageKey = "azure-storage-key",
    /// The signature of an Azure shared access URL.
    AzureSas = "azure-sas",
    /// The signature of a pre-signed URL of AWS or Google.
    UrlSignature = "url-signature",
    /// The client secret of an Azure application.
    AzureClientSecret = "azure-client-secret",
    /// The token of a Kubernetes service account.
    KubernetesToken = "kubernetes-token",
    /// A JSON web token (RFC 7519).
    Jwt = "jwt",
    /// An npm access token.
    NpmToken = "npm-token",
    /// A PyPI upload token.
    PypiToken = "pypi-token",
    /// A Docker Hub access token.
    DockerToken = "docker-token",
    /// A SendGrid API key.
    SendgridKey = "sendgrid-key",
    /// A Twilio API key, or the auth token of an account next to its name or account id.
    TwilioKey = "twilio-key",
    /// A Mailgun API key.
    MailgunKey = "mailgun-key",
    /// A DigitalOcean token.
    DigitaloceanToken = "digitalocean-token",
    /// A Heroku API key: `HRKU-`, or a UUID next to its name.
    HerokuKey = "heroku-key",
    /// A Shopify access token.
    ShopifyToken = "shopify-token",
    /// The token of a Telegram bot.
    TelegramToken = "telegram-token",
    /// The token of a Discord bot.
    DiscordToken = "discord-token",
    /// The id and token of a Discord webhook.
    DiscordWebhook = "discord-webhook",
    /// A HashiCorp Vault token.
    VaultToken = "vault-token",
    /// A Databricks token.
    DatabricksToken = "databricks-token",
    /// An Anthropic API key.
    AnthropicKey = "anthropic-key",
    /// An OpenAI API key.
    OpenaiKey = "openai-key",
    /// A Datadog API or application key, next to its name.
    DatadogKey = "datadog-key",
    /// A New Relic key.
    NewRelicKey = "new-relic-key",
    /// A PagerDuty API, routing or integration key, next to its name.
    PagerdutyKey = "pagerduty-key",
    /// An Atlassian API token.
    AtlassianToken = "atlassian-token",
    /// A Grafana service account, cloud or API key.
    GrafanaToken = "grafana-token",
    /// The key in a Sentry DSN, or a Sentry token.
    SentryKey = "sentry-key",
    /// A token with the prefix of another vendor: Hugging Face, Linear, Postman and the like.
    VendorToken = "vendor-token",
    /// The password in the URL of a database, a broker or a cache.
    DatabasePassword = "database-password",
    /// A password or token in another URL.
    UrlPassword = "url-password",
    /// What follows `Basic` in an authorization header.
    BasicAuth = "basic-auth",
    /// What follows `Bearer`.
    BearerToken = "bearer-token",
    /// A password hash of crypt(3), bcrypt, Argon2 or htpasswd.
    PasswordHash = "password-hash",
    /// A value assigned to a name that ends in `password`.
    Password = "password",
    /// A value assigned to a name that ends in `api_key` or `access_key`.
    ApiKey = "api-key",
    /// A value assigned to a name that ends in `token`, or the cookie of a session.
    Token = "token",
    /// A value assigned to a name that ends in `secret`.
    Secret = "secret",
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_kind_has_a_name_of_its_own_of_plain_letters() {
        let names: BTreeSet<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(names.len(), Kind::ALL.len());
        let is_plain = |name: &&str| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
        assert!(names.iter().all(is_plain));
    }
}
