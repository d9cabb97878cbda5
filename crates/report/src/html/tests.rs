//! What the page promises.

use super::*;
use crate::fixtures::{hostile, incident, reported, sample};

/// The tags of a page and their attributes, read the plain way: between `<` and `>`.
fn tags(page: &str) -> Vec<&str> {
    let after = page.split('<').skip(1);
    after.filter_map(|rest| rest.split('>').next()).collect()
}

/// What is ours and not drawn from any incident.
fn without_style_and_script(page: &str) -> String {
    page.replace(STYLE, "").replace(SCRIPT, "")
}

#[test]
fn everything_is_on_the_page_and_every_picture_is_drawn() {
    let page = page(&sample(), &Scope::default());
    for part in ["In short", "Failures of this period", "Overdue follow-ups", "One-offs"] {
        assert!(page.contains(&format!(">{part}</h2>")), "{part}");
    }
    for picture in ["traffic", "timeline", "gaps", "matrix"] {
        assert!(page.contains(&format!("<figure id=\"{picture}\">")), "{picture}");
    }
    assert_eq!(page.matches("<circle class=\"dot\"").count(), 3);
    assert_eq!(page.matches("<circle class=\"gap\"").count(), 2);
    assert_eq!(page.matches("<path class=\"due\"").count(), 1);
    assert_eq!(page.matches("<title id=").count(), 4, "each picture is told in words too");
}

#[test]
fn no_text_becomes_markup() {
    let payloads = [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "\"><svg onload=alert(1)>",
        "' onmouseover='alert(1)",
        "</title><script>alert(1)</script>",
        "</style><script>alert(1)</script>",
        "javascript:alert(1)",
        "{{ 7 * 7 }}{% raw %}",
        "<!--",
        "]]>",
    ];
    let plain = page(&hostile("plain"), &Scope::default());
    let expected = tags(&without_style_and_script(&plain)).len();
    for payload in payloads {
        let page =
            page(&hostile(payload), &Scope { tags: vec![payload.into()], ..Scope::default() });
        let body = without_style_and_script(&page);
        let tags = tags(&body);
        // One more paragraph with the tag it was limited to.
        assert_eq!(tags.len(), expected + 2, "{payload}");
        for handler in [" onerror", " onload", " onmouseover"] {
            assert!(!tags.iter().any(|tag| tag.contains(handler)), "{payload}");
        }
        assert!(!body.contains("href=\"javascript"), "{payload}");
        assert_eq!(body.matches("<script>").count(), 1, "{payload}");
    }
}

#[test]
fn nothing_is_fetched_and_only_our_style_and_script_apply() {
    let page = page(&sample(), &Scope::default());
    let page = page.replace("&#39;", "'");
    assert!(page.contains("default-src 'none'"));
    for text in [STYLE, SCRIPT] {
        let hash = BASE64_STANDARD.encode(Sha256::digest(text));
        assert!(page.contains(&format!("'sha256-{hash}'")) && page.contains(&format!(">{text}<")));
    }
    for tag in tags(&without_style_and_script(&page)) {
        assert!(!tag.contains("src=\"") && !tag.contains(" style="), "{tag}");
        assert!(!tag.starts_with("link") || tag.contains("href=\"data:,\""), "{tag}");
    }
    assert!(!STYLE.contains("url(") && !STYLE.contains("@import"));
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    let once = page(&sample(), &Scope::default());
    assert_eq!(once, page(&sample(), &Scope::default()));
}

#[test]
fn a_report_on_nothing_is_a_page_without_pictures() {
    let nothing = page(&reported(Vec::new(), Vec::new(), None), &Scope::default());
    assert!(nothing.contains("No incident in this period."));
    assert!(!nothing.contains("<svg") && !nothing.contains("<table"), "{nothing}");
    let mut undated = incident("2026-01-01", 5);
    undated.started_at = None;
    let undated = page(&reported(Vec::new(), vec![undated], None), &Scope::default());
    assert!(undated.contains("undated") && !undated.contains("<svg"));
}
