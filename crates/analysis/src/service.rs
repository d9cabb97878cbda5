//! Services as terms.

use crate::tokenizer::words;

/// What the term of a service begins with. No word of a text does: words hold no underscore.
pub const SERVICE_PREFIX: &str = "svc_";

/// The term of the service `name`: `svc_` and its name in lower case, white space folded.
#[must_use]
pub fn service_term(name: &str) -> String {
    let folded: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    format!("{SERVICE_PREFIX}{}", folded.join(" "))
}

/// Which of the services `known` the text names: each whose whole name stands in it between word
/// borders, in any case. In the order of `known`.
#[must_use]
pub fn mentioned_services<'a>(text: &str, known: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let text_lower = text.to_lowercase();
    known.filter(|name| names(&text_lower, &name.to_lowercase())).collect()
}

fn names(text: &str, name: &str) -> bool {
    let is_word = words(name).next().is_some();
    is_word
        && text.match_indices(name).any(|(start, _)| stands_alone(text, start, start + name.len()))
}

/// Whether no letter, digit or joining sign touches the span on either side, but for the suffix that tells
/// one pod of a service from the next: `auth-gateway-7f9c4d5b6-x2x9k`.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let joins = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    !text[..start].chars().next_back().is_some_and(joins)
        && (!text[end..].chars().next().is_some_and(joins) || is_pod_suffix(&text[end..]))
}

fn is_pod_suffix(rest: &str) -> bool {
    let part = rest.strip_prefix('-').unwrap_or_default();
    let end = part.find(|c: char| !c.is_alphanumeric()).unwrap_or(part.len());
    part[..end].bytes().any(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &[&str]) {
        let known = ["auth", "auth-service", "Search API", "-"];
        assert_eq!(mentioned_services(text, known.into_iter()), expect, "{text}");
    }

    #[test]
    fn a_service_is_named_as_a_whole() {
        check("TLS errors on auth-service.", &["auth-service"]);
        check("AUTH is down", &["auth"]);
        check("auth-services, reauth", &[]);
        check("the search api times out", &["Search API"]);
        check("pod auth-service-7f9c4d5b6-x2x9k restarted", &["auth-service"]);
        check("auth-service-worker", &[]);
    }

    #[test]
    fn terms_fold_case_and_blanks() {
        assert_eq!(service_term("Search  API"), "svc_search api");
    }
}
