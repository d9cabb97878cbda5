//! Credentials drawn at random, in the places where they are found. No source has a whole one: prefixes
//! and what follows them are joined here.

use secrets::Kind;
use testkit::Rng;

const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS: &str = "0123456789";

/// The classes of characters; passwords have more digits than their share.
const CLASSES: [(&str, &[&str]); 8] = [
    ("a", &[LOWER, UPPER, DIGITS]),
    ("b", &[LOWER, UPPER, DIGITS, "+/"]),
    ("d", &[DIGITS]),
    ("h", &[DIGITS, "abcdef"]),
    ("l", &[LOWER]),
    ("p", &[LOWER, UPPER, DIGITS, DIGITS, "!#%^*+~-_"]),
    ("u", &[UPPER, "234567"]),
    ("w", &[LOWER, UPPER, DIGITS, "-_"]),
];

/// A credential and the text it stands in, which has it once.
#[derive(Debug)]
pub struct Sample {
    pub secret: String,
    pub text: String,
}

/// How a kind of credential is drawn: its name, and a shape.
///
/// A shape is a text in which `{c:n}` draws `n` characters of the class `c` of [`CLASSES`], and `|` sets
/// the secret off from what stands around it.
pub const SHAPES: &[(Kind, &[&str])] = &[
    (Kind::AwsAccessKey, &["key |AK{}IA{u:16}| was used", "aws_access_key_id=|AS{}IA{u:16}|"]),
    (
        Kind::AwsSecretKey,
        &[
            "aws_secret_access_key = |{b:40}|",
            "\"SecretAccessKey\": \"|{b:40}|\"",
            "AWS secret key: |{b:40}|",
        ],
    ),
    (Kind::AwsSessionToken, &["aws_session_token=|{b:180}|"]),
    (
        Kind::GithubToken,
        &[
            "git clone with |ghp_{a:36}|",
            "|gho_{a:36}|",
            "|ghu_{a:36}|",
            "|ghs_{a:36}|",
            "|ghr_{a:36}|",
            "|github_pat_{a:22}_{a:59}|",
        ],
    ),
    (Kind::GitlabToken, &["PRIVATE-TOKEN: |glpat-{w:20}|", "the runner had |glrt-{w:20}|"]),
    (
        Kind::SlackToken,
        &[
            "bot |xoxb-{d:12}-{d:12}-{a:24}| posted",
            "|xoxp-{d:11}-{d:11}-{d:12}-{h:32}|",
            "|xapp-1-A{u:10}-{d:13}-{h:64}|",
        ],
    ),
    (Kind::SlackWebhook, &["curl https://hooks.slack.com/services/|T{u:8}/B{u:8}/{a:24}|"]),
    (
        Kind::StripeKey,
        &[
            "STRIPE=|sk_li{}ve_{a:24}|",
            "|rk_li{}ve_{a:24}|",
            "|sk_te{}st_{a:99}|",
            "|whsec_{a:32}|",
        ],
    ),
    (Kind::GoogleApiKey, &["maps?key=|AI{}za{w:34}{a:1}|&v=3", "key |AI{}za{w:34}{a:1}| expired"]),
    (Kind::GoogleOauth, &["client secret |GOC{}SPX-{w:28}|", "|ya29.{w:60}|"]),
    (
        Kind::GcpServiceAccountKey,
        &[
            "{\"type\": \"service_account\", \"private_key\": \"|-----BEGIN PRIV{}ATE KEY-----\\n{b:64}\\n{b:64}\\n-----END PRIVATE KEY-----\\n|\"}",
        ],
    ),
    (
        Kind::PrivateKey,
        &[
            "before\n|-----BEGIN RSA PRIV{}ATE KEY-----\n{b:64}\n{b:64}\n{b:40}==\n-----END RSA PRIVATE KEY-----|\nafter",
            "|-----BEGIN OPENSSH PRIV{}ATE KEY-----\n{b:70}\n{b:70}\n-----END OPENSSH PRIVATE KEY-----|",
            "|-----BEGIN EC PRIV{}ATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,{h:32}\n\n{b:64}\n-----END EC PRIVATE KEY-----|",
        ],
    ),
    (
        Kind::AzureStorageKey,
        &[
            "DefaultEndpointsProtocol=https;AccountName=logs;AccountKey=|{b:86}==|;EndpointSuffix=x",
            "SharedAccessKey=|{b:43}=|",
            "storage key is |{b:86}==| now",
        ],
    ),
    (
        Kind::AzureSas,
        &["https://logs.blob.example/c?sv=2022-11-02&sr=b&sig=|{a:20}%2B{a:20}%3D|&se=x"],
    ),
    (
        Kind::UrlSignature,
        &[
            "https://b.s3.example/k?X-Amz-Expires=60&X-Amz-Signature=|{h:64}|",
            "X-Goog-Signature=|{h:512}|&x=1",
        ],
    ),
    (Kind::AzureClientSecret, &["client |{a:3}8Q~{w:34}|"]),
    (
        Kind::Jwt,
        &["cookie |ey{}J{a:33}.eyJ{w:80}.{w:43}|", "id_token |ey{}J{a:20}.eyJ{w:120}.{w:86}|"],
    ),
    (
        Kind::KubernetesToken,
        &[
            "/var/run token |ey{}J{w:40}.eyJpc3MiOiJrdWJlcm5ldGVzL3NlcnZpY2VhY2NvdW50{w:200}.{w:86}|",
        ],
    ),
    (Kind::NpmToken, &["//registry/:_authToken=|npm_{a:36}|"]),
    (Kind::PypiToken, &["password = |pypi-AgEIcHlwaS5vcmc{w:120}|"]),
    (Kind::DockerToken, &["docker login with |dckr_pat_{w:27}|"]),
    (Kind::SendgridKey, &["mail |SG.{w:22}.{w:43}| failed"]),
    (
        Kind::TwilioKey,
        &[
            "|SK{h:32}|",
            "Twilio auth token |{h:32}|",
            "curl -X POST AC0123456789abcdef0123456789abcdef:|{h:32}|",
        ],
    ),
    (Kind::MailgunKey, &["api |key-{h:32}|", "mailgun |{h:32}-{h:8}-{h:8}|"]),
    (Kind::DigitaloceanToken, &["|dop_v1_{h:64}|", "|doo_v1_{h:64}|"]),
    (Kind::HerokuKey, &["HEROKU_API_KEY=|{h:8}-{h:4}-{h:4}-{h:4}-{h:12}|", "|HRKU-{a:8}-{w:30}|"]),
    (Kind::ShopifyToken, &["X-Shopify-Access-Token: |shpat_{h:32}|", "|shpss_{h:32}|"]),
    (Kind::TelegramToken, &["https://api.telegram.org/bot|{d:10}:AA{w:32}{a:1}|/sendMessage"]),
    (Kind::DiscordToken, &["bot |M{a:23}.{w:6}.{w:37}{a:1}| was posted"]),
    (Kind::DiscordWebhook, &["https://discord.com/api/webhooks/|{d:18}/{w:68}|"]),
    (Kind::VaultToken, &["VAULT |hvs.{a:90}|", "|hvb.{a:120}|", "vault login |s.{a:24}|"]),
    (Kind::DatabricksToken, &["databricks |dapi{h:32}|", "|dapi{h:32}-2|"]),
    (Kind::OpenaiKey, &["|sk-{a:48}|", "OPENAI |sk-proj-{w:120}|", "|sk-svcacct-{w:60}|"]),
    (Kind::AnthropicKey, &["|sk-ant-api03-{w:93}AA|"]),
    (Kind::DatadogKey, &["DD_API_KEY=|{h:32}|", "datadog application key: |{h:40}|"]),
    (Kind::NewRelicKey, &["NEW_RELIC |NRAK-{u:27}|", "license |{h:36}NRAL|"]),
    (
        Kind::PagerdutyKey,
        &[
            "pagerduty_api_key: |u+{a:18}|",
            "routing_key: |R{h:31}|",
            "PagerDuty integration key |{h:32}|",
        ],
    ),
    (Kind::AtlassianToken, &["jira |ATATT3xFfGF0{w:160}={h:8}|"]),
    (Kind::GrafanaToken, &["grafana |glsa_{a:32}_{h:8}|", "|glc_{a:100}|"]),
    (Kind::SentryKey, &["dsn https://|{h:32}|@o4501.ingest.sentry.io/12345", "|sntrys_{a:120}|"]),
    (
        Kind::VendorToken,
        &["|lin_api_{a:40}|", "|PMAK-{h:24}-{h:34}|", "|rubygems_{h:48}|", "|dp.pt.{a:43}|"],
    ),
    (
        Kind::DatabasePassword,
        &[
            "postgres://app:|{p:14}|@db.internal:5432/orders",
            "mongodb+srv://root:|{p:12}|@cluster0.example/x",
            "amqp://guest:|{p:10}|@mq:5672",
            "redis://:|{a:20}|@cache:6379/0",
            "mysql://u:|{p:9}|@10.0.0.7/x",
        ],
    ),
    (
        Kind::UrlPassword,
        &["https://deploy:|{p:16}|@git.example/repo.git", "ftp://me:|{p:8}|@files.example"],
    ),
    (
        Kind::BasicAuth,
        &[
            "Authorization: Basic |{a:28}==|",
            "-H 'authorization: basic |{a:24}|'",
            "curl -u admin:|{p:12}| https://x.example",
        ],
    ),
    (
        Kind::BearerToken,
        &[
            "Authorization: Bearer |{w:40}|",
            "-H \"authorization: bearer |{h:40}|\"",
            "Authorization: Token |{h:40}|",
        ],
    ),
    (
        Kind::PasswordHash,
        &[
            "admin:|$2{}b$12${a:53}|",
            "root:|$6${a:16}${a:86}|:19000:0:99999",
            "user:|$apr1${a:8}${a:22}|",
        ],
    ),
    (
        Kind::Password,
        &[
            "password=|{p:12}|",
            "DB_PASSWORD: |{p:14}|",
            "\"password\": \"|{p:10}|\"",
            "passwd = '|{p:12}|'",
            "pwd=|{p:8}|;",
            "--password |{p:12}| -h db",
            "<db.password>|{p:12}|</db.password>",
            "mysqldump -u root -p|{p:12}| orders",
            "sshpass -p '|{p:12}|' ssh db",
            "password -> |{p:12}|",
            "the password is |{p:10}|",
            "spring.datasource.password=|{l:10}|",
            "MYSQL_ROOT_PASSWORD=|{p:12}|",
        ],
    ),
    (
        Kind::ApiKey,
        &[
            "api_key=|{a:32}|",
            "X-Api-Key: |{a:24}|",
            "\"apiKey\": \"|{h:40}|\"",
            "--api-key |{a:20}|",
            "export SOME_ACCESS_KEY='|{a:20}|'",
        ],
    ),
    (
        Kind::Token,
        &[
            "token=|{a:24}|",
            "auth_token: \"|{w:32}|\"",
            "?access_token=|{a:40}|&x=1",
            "refreshToken => '|{a:30}|'",
            "--token |{h:20}|",
            "Set-Cookie: lang=en; sessionid=|{a:32}|; Path=/",
        ],
    ),
    (
        Kind::Secret,
        &[
            "client_secret=|{a:32}|",
            "SECRET: |{a:20}|",
            "\"shared-secret\": \"|{h:32}|\"",
            "secret = \"|{a:16}|\"",
        ],
    ),
];

/// `n` samples of a kind, its shapes in turn, each of its own draw.
pub fn of(shapes: &[&str], n: usize, rng: &mut Rng) -> Vec<Sample> {
    (0..n).map(|number| sample(shapes[number % shapes.len()], rng)).collect()
}

fn sample(shape: &str, rng: &mut Rng) -> Sample {
    let mut parts = shape.split('|').map(|part| drawn(part, rng));
    let mut next = || parts.next().expect("a shape has two bars");
    let (before, secret, after) = (next(), next(), next());
    Sample { text: format!("{before}{secret}{after}"), secret }
}

fn drawn(shape: &str, rng: &mut Rng) -> String {
    let mut text = String::new();
    let mut rest = shape;
    while let Some(open) = rest.find('{') {
        let hole = &rest[open + 1..];
        text.push_str(&rest[..open]);
        match hole.split_once('}') {
            Some(("", after)) => rest = after,
            Some((draw, after)) if draw.as_bytes().get(1) == Some(&b':') => {
                let n = draw[2..].parse().expect("a count");
                text.push_str(&characters(&draw[..1], n, rng));
                rest = after;
            }
            _ => {
                text.push('{');
                rest = hole;
            }
        }
    }
    text + rest
}

fn characters(class: &str, n: usize, rng: &mut Rng) -> String {
    let (_, parts) = CLASSES.iter().find(|(name, _)| *name == class).expect("a class");
    let alphabet: Vec<char> = parts.concat().chars().collect();
    (0..n).map(|_| alphabet[rng.below(alphabet.len())]).collect()
}
