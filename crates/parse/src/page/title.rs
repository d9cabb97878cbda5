//! The title of a page.

use crate::block::{Kind, Line};
use crate::inline::{TITLE_CHARS_MAX, cut_at_word, first_url, headline, pattern, plain};
use crate::meaning::{Meaning, of_name};
use crate::outline::Outline;

/// The title that the page itself states, and the index of its line: a `Title:` label, else what
/// stands first above all sections: a heading, a bold line, or a first sentence.
pub(super) fn title(outline: &Outline<'_>) -> Option<(String, usize)> {
    if let Some((_, section)) = outline.of(Meaning::Title).next() {
        return outline.value(section).map(|title| (title, section.opening));
    }
    let first_content = outline
        .sections
        .iter()
        .find(|section| section.sense.is_some_and(|sense| !sense.meaning.is_fact()))
        .map_or(outline.lines.len(), |section| section.opening);
    let top = &outline.lines[..first_content];
    let heading = top.iter().position(|line| matches!(line.kind, Kind::Heading { .. }));
    let heading = heading.and_then(|at| Some((headline(top[at].text())?, at)));
    heading
        .or_else(|| first_sentence(outline, first_content))
        .or_else(|| first_sentence(outline, outline.lines.len()))
}

/// The first line of running text among the first `end` lines, with the lines that continue it.
fn first_sentence(outline: &Outline<'_>, end: usize) -> Option<(String, usize)> {
    let mut in_zone_note = false;
    for (at, line) in outline.lines[..end].iter().enumerate() {
        let text = plain(line.text());
        in_zone_note |= text.to_lowercase().starts_with("all times");
        let noted = in_zone_note;
        in_zone_note &= !text.ends_with('.');
        let tells =
            matches!(line.kind, Kind::Prose | Kind::Item { .. }) && !noted && tells_something(line);
        if tells && of_name(&text).is_none() && !outline.is_fact(at) {
            let rest = outline.lines[at + 1..end].iter();
            let continued = rest
                .take_while(|next| next.is_prose() && next.text().starts_with(char::is_lowercase));
            let whole =
                continued.fold(text, |whole, next| format!("{whole} {}", plain(next.text())));
            return headline(&whole).map(|title| (title, at));
        }
    }
    None
}

/// Whether a line is more than an image, or an address with a word or two around it.
fn tells_something(line: &Line<'_>) -> bool {
    let bare = pattern!(r"!?\[[^\]]*\]\([^)]*\)|<[^<>]*>").replace_all(line.raw, "");
    let words = bare
        .split_whitespace()
        .filter(|word| !word.contains("://") && word.contains(char::is_alphabetic))
        .count();
    words > 3 || (words > 0 && first_url(&bare).is_none())
}

/// The last part of a path id, as words.
pub(super) fn readable(path_id: &str) -> String {
    let stem = path_id.rsplit('/').next().unwrap_or(path_id);
    let words = stem.replace(['-', '_'], " ");
    let title = cut_at_word(&words, TITLE_CHARS_MAX);
    if title.is_empty() { "untitled".into() } else { title }
}
