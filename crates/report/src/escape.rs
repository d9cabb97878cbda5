//! Texts of incidents, made harmless for Markdown.
//!
//! Source: the GitHub Flavored Markdown specification 0.29, "Backslash escapes", "Tables" and "Autolinks".

/// `text` with every character escaped that could begin markup; it has to be one line already.
pub(crate) fn inline(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if is_markup(c, rest.peek().copied()) {
            escaped.push('\\');
        }
        escaped.push(c);
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
}
