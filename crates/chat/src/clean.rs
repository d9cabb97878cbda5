//! Texts made safe to print.

/// `text` without what could steer a terminal or turn the direction of writing; line feeds stay, tabs become blanks.
///
/// Removed are the control characters C0, DEL and C1 (ECMA-48: with ESC and CSI gone no sequence can begin), and the
/// bidirectional controls of Unicode (UAX #9; CVE-2021-42574), and its tag characters, which nobody sees but a program
/// reads.
#[must_use]
pub fn clean(text: &str) -> String {
    text.chars().filter_map(printed).collect()
}

/// `text` as [`clean`] leaves it, on one line, with single blanks.
#[must_use]
pub fn line(text: &str) -> String {
    let clean = clean(text);
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn printed(c: char) -> Option<char> {
    match c {
        '\n' => Some('\n'),
        '\t' | '\u{2028}' | '\u{2029}' => Some(' '),
        '\u{061c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}' => None,
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => None,
        '\u{e0000}'..='\u{e007f}' => None,
        c if c.is_control() => None,
        c => Some(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(clean(text), expected, "{text:?}");
    }

    #[test]
    fn escape_sequences_lose_what_makes_them_work() {
        check("\u{1b}[31mred\u{1b}[0m", "[31mred[0m");
        check("\u{9b}2Jgone", "2Jgone");
        check("\u{1b}]0;title\u{7}", "]0;title");
        check("secret\r\u{8}\u{8}public", "secretpublic");
    }

    #[test]
    fn the_direction_of_writing_cannot_be_turned() {
        check("a\u{202e}b\u{2066}c\u{200f}", "abc");
    }

    #[test]
    fn nothing_is_written_that_nobody_sees() {
        check("a\u{e0069}\u{e006e}\u{e007f}b\u{200b}c", "abc");
    }

    #[test]
    fn words_of_any_script_stay() {
        check("Störung 障害 🔥\nzwei", "Störung 障害 🔥\nzwei");
        check("a\tb", "a b");
    }

    #[test]
    fn a_line_has_no_breaks() {
        assert_eq!(line(" a\n  b\u{1b}\tc "), "a b c");
    }
}
