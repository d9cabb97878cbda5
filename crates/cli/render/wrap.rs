//! Texts cut into lines.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The columns a text takes on a terminal.
pub fn columns(text: &str) -> usize {
    text.width()
}

/// The lines of `text`, none wider than `width` columns unless a single character is. Line feeds end a line; of blank
/// lines one stays between two others; runs of blanks become one; a word that fits on no line is cut.
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

fn fill(paragraph: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in paragraph.split_whitespace() {
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

/// The word itself where it fits into `width`, else as many cuts as it takes.
fn pieces(word: &str, width: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = word;
    while columns(rest) > width {
        let (head, tail) = rest.split_at(cut(rest, width));
        pieces.push(head);
        rest = tail;
    }
    pieces.push(rest);
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

/// Where to cut so that the first part fits into `width`; at least one character goes to it.
fn cut(word: &str, width: usize) -> usize {
    let mut taken = 0;
    for (place, c) in word.char_indices() {
        taken += c.width().unwrap_or(0);
        if taken > width && place > 0 {
            return place;
        }
    }
    word.len()
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
    fn a_word_that_fits_nowhere_is_cut() {
        check("a abcdefgh b", 3, &["a", "abc", "def", "gh", "b"]);
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
    fn no_line_is_wider_than_asked_for() {
        let text =
            "connection refused by db-primary-eu-west-1.internal.example after 3 tries ".repeat(5);
        for width in [10, 40, 72] {
            assert!(wrap(&text, width).iter().all(|line| columns(line) <= width), "{width}");
        }
    }
}
