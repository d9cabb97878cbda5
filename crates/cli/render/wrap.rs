//! Texts cut into lines.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What stands behind a number and says little alone.
const UNITS: [&str; 5] = ["%", "x", "d", "h", "min"];

/// The columns a text takes on a terminal.
pub fn columns(text: &str) -> usize {
    text.width()
}

/// The lines of `text`, none wider than `width` columns unless a single word is: ids, paths and URLs stay whole, to be
/// copied. Line feeds end a line; of blank lines one stays between two others; runs of blanks become one; a word of a
/// script that is written without blanks is cut.
pub fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let filled = fill(paragraph, width.max(1));
        let is_blank = filled.is_empty();
        if is_blank && lines.last().is_some_and(|last: &String| !last.is_empty()) {
            lines.push(String::new());
        }
        lines.extend(filled);
    }
    if lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines
}

/// `text` in `width` columns; where it is longer it ends with an ellipsis.
pub fn cut_behind(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let (head, _) = text.split_at(cut(text, width.saturating_sub(1)));
    format!("{}…", head.trim_end())
}

/// `text` in `width` columns; where it is longer an ellipsis stands in it, before the end, which tells paths apart.
pub fn cut_inside(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let kept = width.saturating_sub(1);
    let (head, rest) = text.split_at(cut(text, kept / 3));
    let ends = rest.char_indices().map(|(place, _)| &rest[place..]);
    let tail = ends.into_iter().find(|end| columns(head) + columns(end) <= kept);
    format!("{head}…{}", tail.unwrap_or_default())
}

/// The first words of `text`, as many as `width` columns hold; the beginning of the first where it is longer.
pub fn whole_words(text: &str, width: usize) -> String {
    let first = wrap(text, width).into_iter().next().unwrap_or_default();
    cut_behind(&first, width)
}

/// The first `most` characters of `text` less a word cut through; `None` where it has no more.
pub fn beginning(text: &str, most: usize) -> Option<&str> {
    let (end, _) = text.char_indices().nth(most)?;
    let begun = &text[..end];
    let whole = begun.rfind(char::is_whitespace).map_or(begun, |blank| &begun[..blank]);
    Some(whole.trim_end())
}

fn fill(paragraph: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in words(paragraph) {
        for piece in pieces(word, width) {
            if line.is_empty() {
                line.push_str(piece);
            } else if columns(&line) + 1 + columns(piece) <= width {
                line.push(' ');
                line.push_str(piece);
            } else {
                lines.push(std::mem::replace(&mut line, piece.to_owned()));
            }
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

/// The words between blanks; a unit stays with its number.
fn words(paragraph: &str) -> Vec<&str> {
    let mut words: Vec<&str> = Vec::new();
    let mut begun = 0;
    let mut end = 0;
    for word in paragraph.split_whitespace() {
        let place = end + paragraph[end..].find(word).expect("it was split off");
        let counts = words.last().is_some_and(|last| last.ends_with(|c: char| c.is_ascii_digit()));
        let unit = UNITS.contains(&word.trim_end_matches([',', '.', ';', ')']));
        let glued = counts && unit && place == end + 1;
        end = place + word.len();
        if glued {
            words.pop();
        } else {
            begun = place;
        }
        words.push(&paragraph[begun..end]);
    }
    words
}

/// The word itself; where it has wide characters, as many cuts as it takes to fit into `width`.
fn pieces(word: &str, width: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = word;
    let has_wide = word.chars().any(|c| c.width() == Some(2));
    while has_wide && columns(rest) > width {
        let (head, tail) = rest.split_at(cut(rest, width).max(first_char(rest)));
        pieces.push(head);
        rest = tail;
    }
    pieces.push(rest);
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// The bytes of the first character.
fn first_char(word: &str) -> usize {
    word.chars().next().map_or(0, char::len_utf8)
}

/// Where to cut so that the first part fits into `width`.
fn cut(text: &str, width: usize) -> usize {
    let mut taken = 0;
    for (place, c) in text.char_indices() {
        taken += c.width().unwrap_or(0);
        if taken > width {
            return place;
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, width: usize, expected: &[&str]) {
        assert_eq!(wrap(text, width), expected, "{text:?} at {width}");
    }

    #[test]
    fn lines_break_between_words() {
        check("the disk is full", 8, &["the disk", "is full"]);
        check("the disk is full", 80, &["the disk is full"]);
        check("", 8, &[]);
    }

    #[test]
    fn a_unit_stays_with_its_number() {
        check("title 13 %, last 12 d ago", 9, &["title", "13 %,", "last 12 d", "ago"]);
        check("in 3 h 20 min", 7, &["in 3 h", "20 min"]);
        check("at 12  % d", 5, &["at 12", "% d"]);
    }

    #[test]
    fn a_word_that_fits_nowhere_has_a_line_of_its_own() {
        check("a abcdefgh b", 3, &["a", "abcdefgh", "b"]);
        check("see https://wiki.example/x, c", 9, &["see", "https://wiki.example/x,", "c"]);
    }

    #[test]
    fn wide_characters_count_twice() {
        check("障害障害", 4, &["障害", "障害"]);
        check("障", 1, &["障"]);
    }

    #[test]
    fn of_blank_lines_one_stays_between_paragraphs() {
        check("\n\na\n\n\n  b\n\n", 9, &["a", "", "b"]);
    }

    #[test]
    fn no_line_is_wider_than_asked_for_but_a_single_word() {
        let text =
            "connection refused by db-primary-eu-west-1.internal.example after 3 tries ".repeat(5);
        for width in [10, 40, 72] {
            let fits = |line: &String| columns(line) <= width || !line.contains(' ');
            assert!(wrap(&text, width).iter().all(fits), "{width}");
        }
    }

    #[test]
    fn a_text_cut_short_says_so() {
        assert_eq!(cut_behind("disk full", 9), "disk full");
        assert_eq!(cut_behind("disk full", 6), "disk…");
        assert_eq!(cut_behind("障害障害", 6), "障害…");
        assert_eq!(cut_behind("ab", 0), "…");
    }

    #[test]
    fn an_id_cut_short_keeps_both_ends() {
        assert_eq!(cut_inside("INC-7", 5), "INC-7");
        assert_eq!(cut_inside("postmortems/2026-disk-full", 13), "post…isk-full");
    }

    #[test]
    fn words_stay_whole_where_one_fits() {
        assert_eq!(whole_words("2025-10-03 02:57", 10), "2025-10-03");
        assert_eq!(whole_words("no record that it was done", 10), "no record");
        assert_eq!(whole_words("Infrastructure", 6), "Infra…");
        assert_eq!(whole_words("", 6), "");
    }

    #[test]
    fn a_beginning_ends_with_a_word() {
        assert_eq!(beginning("disk full", 9), None);
        assert_eq!(beginning("disk full", 7), Some("disk"));
        assert_eq!(beginning("障害障害", 2), Some("障害"));
    }
}
