//! Texts of incidents, made harmless for Markdown.
//!
//! Source: the GitHub Flavored Markdown specification 0.29, "Backslash escapes", "Tables" and "Autolinks".

/// The longest text shown in one place, in characters.
const CHARS_MAX: usize = 160;

/// `text` on one line, cut at [`CHARS_MAX`] characters, with every character escaped that could begin markup.
pub(crate) fn inline(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line: String = words.join(" ").chars().filter(|c| !c.is_control()).collect();
    let mut escaped = String::with_capacity(line.len());
    let mut rest = line.chars().peekable();
    for _ in 0..CHARS_MAX {
        let Some(c) = rest.next() else {
            return escaped;
        };
        if is_markup(c, rest.peek().copied()) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    if rest.peek().is_some() {
        escaped.push('\u{2026}');
    }
    escaped
}

/// Characters that begin or end markup anywhere in a line; a colon only where it makes an address a link.
fn is_markup(c: char, next: Option<char>) -> bool {
    match c {
        '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' | '&' | '!' | '@'
        | '$' => true,
        ':' => next == Some('/'),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        assert_eq!(inline(text), expect);
    }

    #[test]
    fn plain_words_stay_as_they_are() {
        check("Disk full: 97 % on ledger-db (twice)", "Disk full: 97 % on ledger-db (twice)");
        check("", "");
    }

    #[test]
    fn markup_is_escaped() {
        check("a|b", r"a\|b");
        check("`rm` [x](http://y)", r"\`rm\` \[x\](http\://y)");
        check("<img src=x onerror=y>", r"\<img src=x onerror=y\>");
        check("![x](y) &lt; ~~z~~", r"\!\[x\](y) \&lt; \~\~z\~\~");
        check(r"\| snake_case #1 @team", r"\\\| snake\_case \#1 \@team");
    }

    #[test]
    fn a_text_of_many_lines_becomes_one() {
        check("a\r\n\n| b |\n# c", r"a \| b \| \# c");
        check("a\u{1b}[31mb\u{0}", r"a\[31mb");
    }

    #[test]
    fn a_long_text_is_cut_and_says_so() {
        let cut = inline(&"|".repeat(CHARS_MAX + 1));
        assert_eq!(cut, "\\|".repeat(CHARS_MAX) + "\u{2026}");
        assert_eq!(inline(&"x".repeat(CHARS_MAX)), "x".repeat(CHARS_MAX));
    }
}
