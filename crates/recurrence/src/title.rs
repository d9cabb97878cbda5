//! Titles, less what tells one occurrence from another: dates, services, ids and document kinds.

use std::sync::LazyLock;

use regex::Regex;

/// What may stand between a label and the title proper. A bare hyphen joins words, so a blank follows it.
const SEPARATOR: &str = r"\s*(?:[:|\u{2013}\u{2014}]|-\s)\s*";

/// Words that tie what happened to the service it happened on. `by`, `to` and `via` are none of them: they tie
/// it to its cause.
const PREPOSITIONS: [&str; 8] = ["in", "on", "at", "for", "of", "from", "within", "affecting"];

/// Words between the services of a list: `from the auth to web`, `auth and web`.
const JOINTS: [&str; 4] = ["the", "and", "&", "to"];

/// A kind of document, a severity, a state or a tracker's id before the title: `Postmortem:`, `SEV-1 -`,
/// `INC-42:`, or anything in square brackets.
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    let kind = r"(?:post[-\s]?mortem|incident|outage|rca|root\s+cause\s+analysis|after[-\s]action)";
    let kind = format!(r"{kind}(?:\s+(?:report|review|summary))?");
    let mark = r"(?:(?:sev|p)-?[0-9]|resolved|\#[0-9]+|[a-z]{2,10}-[0-9]+)";
    pattern(&format!(r"^(?:\[[^\]]*\]\s*|(?:{kind}|{mark}){SEPARATOR})"))
});

/// A date with its hour, in brackets or after a preposition, numeric or with the name of its month.
static DATE: LazyLock<Regex> = LazyLock::new(|| {
    let month = "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|\
                 sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)";
    let day = r"[0-9]{1,2}(?:st|nd|rd|th)?";
    let numeric = r"[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[/.][0-9]{1,2}[/.][0-9]{4}|(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])";
    let named = format!(
        r"{month}\.?\s+{day}\b(?:,?\s*[0-9]{{4}})?|{day}\s+{month}\b(?:\s+[0-9]{{4}})?|{month}\s+(?:19|20)[0-9]{{2}}"
    );
    let hour = r"(?:[t\s]+[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:\s*(?:z|utc))?)?";
    pattern(&format!(
        r"(?:\b(?:in|on|of|from|since)\s+)?[\[(]?\b(?:{numeric}|{named}){hour}\b[\])]?"
    ))
});

/// A tracker's id in brackets: `[INC-42]`, `(#17)`.
static BRACKETED_ID: LazyLock<Regex> = LazyLock::new(|| pattern(r"[\[(](?:\#|[a-z]+-)[0-9]+[\])]"));

/// A title less dates, ids, kinds of document and the given services; blanks between words are single.
/// Where nothing else is left, the title as it was.
#[must_use]
pub fn bare_title(title: &str, services: &[String]) -> String {
    let undated = DATE.replace_all(title, " ");
    let unnumbered = BRACKETED_ID.replace_all(&undated, " ");
    let unlabelled = without_labels(&unnumbered);
    let words: Vec<&str> = unlabelled.split_whitespace().collect();
    let bare = without_services(&words, services).join(" ");
    match trimmed(&bare) {
        "" => title.split_whitespace().collect::<Vec<_>>().join(" "),
        rest => rest.to_owned(),
    }
}

/// The form under which titles are compared: words in lower case, singular, without punctuation around
/// them.
pub(crate) fn folded(title: &str) -> String {
    let words: Vec<String> = title.split_whitespace().map(folded_word).collect();
    words.join(" ")
}

/// A word in lower case, without punctuation around it and without the `s` of a plural.
pub(crate) fn folded_word(word: &str) -> String {
    let lower = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    match lower.strip_suffix('s') {
        Some(singular) if singular.len() > 2 && !singular.ends_with(['s', 'u', 'i']) => {
            singular.to_owned()
        }
        _ => lower,
    }
}

fn pattern(text: &str) -> Regex {
    Regex::new(&format!("(?i){text}")).expect("the pattern is a constant that compiles")
}

fn without_labels(title: &str) -> &str {
    let mut rest = trimmed(title);
    while let Some(label) = LABEL.find(rest) {
        rest = trimmed(&rest[label.end()..]);
    }
    rest
}

/// Leaves out `in SERVICE`, with further services after it, and a service before a colon or dash at the
/// very start.
fn without_services<'a>(words: &[&'a str], services: &[String]) -> Vec<&'a str> {
    let mut at = leading_service(words, services);
    let mut kept = Vec::with_capacity(words.len());
    while let Some(&word) = words.get(at) {
        let named = if PREPOSITIONS.contains(&word.to_lowercase().as_str()) {
            services_at(&words[at + 1..], services)
        } else {
            0
        };
        if named == 0 {
            kept.push(word);
        }
        at += 1 + named;
    }
    kept
}

/// How many words `SERVICE:` or `SERVICE -` take up at the start.
fn leading_service(words: &[&str], services: &[String]) -> usize {
    let named = service_at(words, services);
    let closed = named > 0 && words[named - 1].ends_with([':', '|']);
    let dash_follows = words.get(named).is_some_and(|next| trimmed(next).is_empty());
    match (named, closed, dash_follows) {
        (0, ..) | (_, false, false) => 0,
        (_, true, _) => named,
        (_, false, true) => named + 1,
    }
}

/// How many words a list of services takes up: `auth`, `the auth and web`, `auth to web`, `auth, web`.
fn services_at(words: &[&str], services: &[String]) -> usize {
    let mut taken = 0;
    loop {
        let rest = &words[taken..];
        let joint = rest.first().is_some_and(|word| JOINTS.contains(&word.to_lowercase().as_str()));
        let named = service_at(&rest[usize::from(joint)..], services);
        if named == 0 {
            return taken;
        }
        taken += usize::from(joint) + named;
    }
}

/// How many words the longest service name at the start takes up; 0 where there is none.
fn service_at(words: &[&str], services: &[String]) -> usize {
    let begins = |service: &&String| {
        let mut named = service.split_whitespace();
        let mut said = words.iter();
        named.all(|name| said.next().is_some_and(|word| same_word(word, name)))
    };
    let lengths = services.iter().filter(begins).map(|service| service.split_whitespace().count());
    lengths.max().unwrap_or(0)
}

fn same_word(word: &str, name: &str) -> bool {
    let edges = |c: char| !c.is_alphanumeric();
    word.trim_matches(edges).to_lowercase() == name.trim_matches(edges).to_lowercase()
}

/// Without the blanks, dashes and stops that are left where something was taken out.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| {
        c.is_whitespace()
            || matches!(c, '-' | '\u{2013}' | '\u{2014}' | ':' | '|' | ',' | ';' | '.')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(title: &str, expected: &str) {
        let services = ["auth-service", "order-db", "Mailing lists", "web"].map(str::to_owned);
        assert_eq!(bare_title(title, &services), expected, "{title}");
    }

    #[test]
    fn dates_are_left_out_wherever_they_stand() {
        check("2025-10-03 - Cache stampede", "Cache stampede");
        check("Cache stampede (2025-10-03)", "Cache stampede");
        check("[2025-10-03 02:57 UTC] Cache stampede", "Cache stampede");
        check("Cache stampede on October 3rd, 2025", "Cache stampede");
        check("Cache stampede of 3 Oct 2025", "Cache stampede");
        check("20251003: Cache stampede", "Cache stampede");
        check("Cache stampede 03/10/2025", "Cache stampede");
        check("Cache stampede in October 2025", "Cache stampede");
    }

    #[test]
    fn numbers_and_words_that_are_no_dates_stay() {
        check("Octet 8 lost in release 1.2.3", "Octet 8 lost in release 1.2.3");
        check("Marathon 5 workers down", "Marathon 5 workers down");
        check("HTTP 500 in checkout", "HTTP 500 in checkout");
        check("504: latency (p99) up", "504: latency (p99) up");
    }

    #[test]
    fn kinds_of_document_and_ids_are_left_out() {
        check("Postmortem: Cache stampede", "Cache stampede");
        check("Post-mortem report - [INC-42] Cache stampede", "Cache stampede");
        check("SEV-1 | Cache stampede (#17)", "Cache stampede");
        check("OPS-1234: Cache stampede", "Cache stampede");
        check("[FIRING:1] CacheStampede", "CacheStampede");
        check("Incident-bot is down", "Incident-bot is down");
    }

    #[test]
    fn services_are_left_out_with_their_preposition() {
        check("Cache stampede in auth-service", "Cache stampede");
        check("Cache stampede in the AUTH-SERVICE and web", "Cache stampede");
        check("Timeouts from web to order-db after deploy", "Timeouts after deploy");
        check("Errors on auth-service, order-db", "Errors");
        check("auth-service: Cache stampede", "Cache stampede");
        check("Mailing Lists - Cache stampede", "Cache stampede");
    }

    #[test]
    fn a_service_that_is_part_of_the_sentence_stays() {
        check("web of trust broken", "web of trust broken");
        check("Outage due to web", "Outage due to web");
        check("Leak in service in auth-service", "Leak in service");
    }

    #[test]
    fn a_title_of_nothing_else_stays_as_it_was() {
        check("2025-10-03", "2025-10-03");
        check("[INC-42]", "[INC-42]");
        check("in  web", "in web");
    }

    #[test]
    fn folding_joins_plurals_and_cases_but_keeps_short_names() {
        assert_eq!(folded("TLS Handshake Failures"), "tls handshake failure");
        assert_eq!(folded("DNS status: bus, class!"), "dns status bus class");
    }
}
