//! Inline markup, reduced to the text a reader sees.

use std::borrow::Cow;
use std::sync::LazyLock;

use incident::Link;
use regex::{Captures, Regex};

/// The longest title made from running text, in characters.
pub(crate) const TITLE_CHARS_MAX: usize = 120;

macro_rules! pattern {
    ($pattern:expr) => {{
        static PATTERN: std::sync::LazyLock<regex::Regex> =
            std::sync::LazyLock::new(|| regex::Regex::new($pattern).expect("a valid pattern"));
        &*PATTERN
    }};
}
pub(crate) use pattern;

static LINK: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r#"(?x)
        !?\[(?P<text>(?:[^\[\]]|\[[^\[\]]*\])*)\]
            (?:\((?:[^()\s]|\([^()]*\))*(?:\s+"[^"]*")?\)|\[[^\[\]]*\])
        | \[\[(?P<wiki>[^\[\]]+)\]\]
        | <(?P<auto>https?://[^\s<>]+)>
        | (?i:</?(?:img|iframe|br|div|span|p|a|b|i|u|em|strong|details|summary|picture|source|kbd|sub|sup|video|center|font)\b[^<>]*>)
        "#,
    )
    .expect("a valid pattern")
});

/// `text` with images, links, wiki links and HTML tags reduced to their text. Emphasis stays.
pub(crate) fn without_links(text: &str) -> Cow<'_, str> {
    LINK.replace_all(text, |found: &Captures<'_>| {
        if let Some(wiki) = found.name("wiki") {
            let (target, label) = split_wiki(wiki.as_str());
            return label.unwrap_or(target).to_owned();
        }
        let shown = found.name("text").or_else(|| found.name("auto"));
        shown.map_or_else(String::new, |shown| without_links(shown.as_str()).into_owned())
    })
}

/// `text` as a reader sees it: without links, emphasis, code marks and escapes, its blanks joined.
pub(crate) fn plain(text: &str) -> String {
    let unlinked = without_links(text);
    let unescaped = pattern!(r"\\([\\`*_{}\[\]()#+\-.!|<>~])").replace_all(&unlinked, "$1");
    let unstarred = pattern!(r"\*{1,3}|`+|~~").replace_all(&unescaped, "");
    let bare = pattern!(r"(^|[\s(])_{1,2}(\S(?:[^_]*\S)?)_{1,2}($|[\s).,:;!?])")
        .replace_all(&unstarred, "$1$2$3");
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first address in `text`: a link's target, or one standing in the text.
pub(crate) fn first_url(text: &str) -> Option<String> {
    let found = pattern!(r#"https?://[^\s<>\[\]"'|]+"#).find(text)?.as_str();
    // Two addresses may stand without a blank between them.
    let next = found[1..].find("http").map_or(found.len(), |at| at + 1);
    let mut url = found[..next].trim_end_matches(['.', ',', ';', ':', '*', '`', '!', '?']);
    while url.ends_with(')') && url.matches(')').count() > url.matches('(').count() {
        url = url[..url.len() - 1].trim_end_matches(['.', ',', ';', ':', '*', '`']);
    }
    Some(url.to_owned())
}

/// The wiki links in `text`, in order.
pub(crate) fn wiki_links(text: &str) -> impl Iterator<Item = Link> + '_ {
    pattern!(r"\[\[([^\[\]\n]+)\]\]").captures_iter(text).map(|found| {
        let (target, label) = split_wiki(found.get(1).map_or("", |inner| inner.as_str()));
        Link { target: target.to_owned(), label: label.map(str::to_owned) }
    })
}

fn split_wiki(inner: &str) -> (&str, Option<&str>) {
    match inner.split_once('|') {
        Some((target, label)) => (
            target.trim_end_matches('\\').trim(),
            Some(label.trim()).filter(|label| !label.is_empty()),
        ),
        None => (inner.trim(), None),
    }
}

/// `text` cut at a word to at most `max` characters, with `...` where something is left out.
pub(crate) fn cut_at_word(text: &str, max: usize) -> String {
    let text = text.trim();
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let room = max.saturating_sub(3);
    let end = text.char_indices().nth(room).map_or(text.len(), |(at, _)| at);
    let head = &text[..end];
    let word_end = head.rfind(char::is_whitespace).unwrap_or(head.len());
    format!("{}...", head[..word_end].trim_end_matches([' ', ',', ';', ':', '-']))
}

/// A title out of running text: its first sentence, without markup, cut at a word. `None` where there
/// is no text.
pub(crate) fn headline(text: &str) -> Option<String> {
    let line = text.lines().map(plain).find(|line| !line.is_empty())?;
    let sentence_end = pattern!(r"[.!?]\s+\p{Lu}").find(&line).map(|end| end.start());
    let sentence = &line[..sentence_end.unwrap_or(line.len())];
    let title = cut_at_word(sentence.trim_end_matches(['.', ':']), TITLE_CHARS_MAX);
    (!title.is_empty()).then_some(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        assert_eq!(plain(text), expect);
    }

    #[test]
    fn links_and_images_become_their_text() {
        check("see [the issue](https://x.test/1 \"t\") now", "see the issue now");
        check("![a chart](c.png)", "a chart");
        check("[![badge](b.png)](https://x.test)", "badge");
        check("[fixed][fix-pr] by us", "fixed by us");
        check("[[runbook-a|the runbook]] and [[plan]]", "the runbook and plan");
        check("at <https://x.test/a>", "at https://x.test/a");
        check("<img width=\"3\" src=\"a.png\" /> done", "done");
    }

    #[test]
    fn emphasis_goes_and_names_stay() {
        check("**Review** the *plan* for `max_conns`", "Review the plan for max_conns");
        check("_All times in EDT_", "All times in EDT");
        check("set auth_service_v2 \\*twice\\*", "set auth_service_v2 twice");
        check("p99 <1% and a < b", "p99 <1% and a < b");
    }

    #[test]
    fn addresses_end_before_punctuation() {
        let url = |text| first_url(text).unwrap_or_default();
        assert_eq!(url("([pr](https://x.test/a_(b)))."), "https://x.test/a_(b)");
        assert_eq!(url("see https://x.test/7."), "https://x.test/7");
        assert_eq!(url("https://x.test/7https://x.test/8"), "https://x.test/7");
        assert_eq!(first_url("no address"), None);
    }

    #[test]
    fn wiki_links_keep_target_and_label() {
        let links: Vec<Link> = wiki_links("[[a|b]] [[c]]").collect();
        assert_eq!(links[0].target, "a");
        assert_eq!(links[0].label.as_deref(), Some("b"));
        assert_eq!(links[1].label, None);
    }

    #[test]
    fn a_headline_is_the_first_sentence_cut_at_a_word() {
        assert_eq!(
            headline("The **disk** filled up. Then more.").as_deref(),
            Some("The disk filled up")
        );
        assert_eq!(headline(" \n\n"), None);
        let long = headline(&"word ".repeat(60)).expect("there is text");
        assert!(long.chars().count() <= TITLE_CHARS_MAX && long.ends_with("word..."), "{long}");
    }
}
