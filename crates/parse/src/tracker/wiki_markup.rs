//! The wiki markup of Jira as the Markdown that says the same: headings, emphasis, lists, tables, code, links.
//!
//! Source: "Text formatting notation" of Jira.

use std::borrow::Cow;

use crate::inline::pattern;

/// `text` in Markdown; what is no wiki markup stays as it is.
pub(super) fn markdown(text: &str) -> String {
    let is_wiki =
        pattern!(r"(?m)^\s*h[1-6]\.\s|^\s*\|\||\{(?:code|noformat|panel|quote|color)\b|\{\{")
            .is_match(text);
    let mut in_code = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        let is_fence = pattern!(r"^\s*\{(?:code|noformat)(?::[^}]*)?\}\s*$").is_match(line);
        in_code ^= is_fence;
        lines.push(match (is_fence, in_code) {
            (true, _) => Cow::Borrowed("```"),
            (false, true) => Cow::Borrowed(line),
            // Many write Markdown into Jira, where `#` opens a heading.
            (false, false) if !is_wiki && line.starts_with('#') => Cow::Borrowed(line),
            (false, false) => of_line(line),
        });
    }
    lines.join("\n")
}

fn of_line(line: &str) -> Cow<'_, str> {
    if let Some(found) = pattern!(r"^\s*h([1-6])\.\s+(.*)$").captures(line) {
        let level = found[1].parse().unwrap_or(1);
        return Cow::Owned(format!("{} {}", "#".repeat(level), of_words(&found[2])));
    }
    if let Some(head) = line.trim().strip_prefix("||").and_then(|rest| rest.strip_suffix("||")) {
        let names: Vec<String> =
            head.split("||").map(|name| of_words(name.trim()).into_owned()).collect();
        return Cow::Owned(format!("| {} |\n|{}", names.join(" | "), " --- |".repeat(names.len())));
    }
    if let Some(found) = pattern!(r"^\s*([*#-]+)\s+(.*)$").captures(line) {
        let indent = "  ".repeat(found[1].len() - 1);
        let bullet = if found[1].ends_with('#') { "1." } else { "-" };
        return Cow::Owned(format!("{indent}{bullet} {}", of_words(&found[2])));
    }
    of_words(line)
}

fn of_words(text: &str) -> Cow<'_, str> {
    let links = pattern!(r"\[([^\]|\n]+)\|(https?://[^\]|\s]+)(?:\|[^\]]*)?\]")
        .replace_all(text, "[$1]($2)");
    let bare = pattern!(r"\[(https?://[^\]|\s]+)\]").replace_all(&links, "$1").into_owned();
    let mono = pattern!(r"\{\{([^}]+)\}\}").replace_all(&bare, "`$1`").into_owned();
    let colours =
        pattern!(r"\{(?:color|panel|quote)(?::[^}]*)?\}").replace_all(&mono, "").into_owned();
    let bold = pattern!(r"(^|[\s(])\*([^\s*](?:[^*\n]*[^\s*])?)\*(\W|$)")
        .replace_all(&colours, "$1**$2**$3");
    Cow::Owned(bold.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        assert_eq!(markdown(text), expect);
    }

    #[test]
    fn wiki_markup_becomes_markdown() {
        check("h2. Root cause", "## Root cause");
        check("*Severity:* P1", "**Severity:** P1");
        check("h1. A\n* a\n** b\n# c", "# A\n- a\n  - b\n1. c");
        check("||Time||Event||\n|10:00|down|", "| Time | Event |\n| --- | --- |\n|10:00|down|");
        check("{code:bash}\n* df\n{code}", "```\n* df\n```");
        check(
            "see [the page|https://x.example/7] and {{df}}",
            "see [the page](https://x.example/7) and `df`",
        );
    }

    #[test]
    fn what_is_plain_stays() {
        for text in ["2 * 3 * 4 is no emphasis", "## A\n\n- [ ] b", "# one"] {
            check(text, text);
        }
    }
}
