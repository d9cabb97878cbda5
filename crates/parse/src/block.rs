//! The one model of a page that Markdown and plain text share: its lines, each with what it is.

use crate::inline::pattern;

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind<'a> {
    Blank,
    /// `# text` or an underlined line; `level` is 1 to 6.
    Heading {
        level: u8,
        text: &'a str,
    },
    /// A horizontal rule, or the underline of a heading.
    Rule,
    /// A row of a table, bars included.
    Row,
    /// A list item, without its bullet and checkbox.
    Item {
        text: &'a str,
        ticked: Option<bool>,
    },
    /// A fence, or a line between two fences.
    Code,
    /// Any other line.
    Prose,
}

/// One line of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line<'a> {
    /// Its number in the file, from 1.
    pub(crate) number: u32,
    /// The line without its end.
    pub(crate) raw: &'a str,
    /// Columns before the text; a tab counts as four.
    pub(crate) indent: usize,
    pub(crate) kind: Kind<'a>,
}

impl<'a> Line<'a> {
    /// What the line says, without heading marks or bullets; empty for rules and code.
    pub(crate) fn text(&self) -> &'a str {
        match self.kind {
            Kind::Heading { text, .. } | Kind::Item { text, .. } => text,
            Kind::Row | Kind::Prose => self.raw.trim().trim_start_matches(['>', ' ']),
            Kind::Blank | Kind::Rule | Kind::Code => "",
        }
    }

    pub(crate) fn is_blank(&self) -> bool {
        self.kind == Kind::Blank
    }

    pub(crate) fn is_prose(&self) -> bool {
        self.kind == Kind::Prose
    }
}

/// The lines of `body`, whose first is line `first_number` of the file.
pub(crate) fn scan(body: &str, first_number: u32) -> Vec<Line<'_>> {
    let mut lines: Vec<Line<'_>> = Vec::new();
    let mut fence = None;
    for (number, raw) in (first_number..).zip(body.lines()) {
        let trimmed = raw.trim();
        let mut kind = kind_of(trimmed);
        match (fence, fence_of(trimmed)) {
            (None, Some(mark)) => {
                fence = Some(mark);
                kind = Kind::Code;
            }
            (Some(open), mark) => {
                let closes =
                    mark.is_some_and(|mark| mark == open) && trimmed.trim_matches(open).is_empty();
                fence = (!closes).then_some(open);
                kind = Kind::Code;
            }
            (None, None) => {}
        }
        if let Some(level) = underline_level(trimmed).filter(|_| kind != Kind::Code) {
            kind = Kind::Rule;
            make_heading(&mut lines, level);
        }
        lines.push(Line { number, raw, indent: indent_of(raw), kind });
    }
    lines
}

/// Turns the last line into the heading that an underline makes of it: a paragraph of one line.
fn make_heading(lines: &mut [Line<'_>], level: u8) {
    if let [before @ .., last] = lines
        && last.is_prose()
        && last.indent < 4
        && !before.last().is_some_and(Line::is_prose)
    {
        last.kind = Kind::Heading { level, text: last.raw.trim() };
    }
}

fn kind_of(trimmed: &str) -> Kind<'_> {
    if trimmed.is_empty() {
        return Kind::Blank;
    }
    if let Some(found) = pattern!(r"^(#{1,6})\s+(.*?)[\s#]*$").captures(trimmed) {
        let level = found.get(1).map_or(0, |marks| marks.len());
        return Kind::Heading {
            level: u8::try_from(level).expect("at most six marks"),
            text: found.get(2).map_or("", |text| text.as_str()),
        };
    }
    if pattern!(r"^(?:(?:\*\s*){3,}|(?:_\s*){3,}|(?:-\s*){3,}|={3,})$").is_match(trimmed) {
        return Kind::Rule;
    }
    if trimmed.starts_with('|') && trimmed.len() > 1 {
        return Kind::Row;
    }
    item(trimmed).unwrap_or(Kind::Prose)
}

fn item(trimmed: &str) -> Option<Kind<'_>> {
    let bullet =
        pattern!(r"^(?:[-*+\u{2022}\u{2023}\u{25aa}\u{f0b7}]|\d{1,3}[.)]|[a-z][.)])(?:\s+|$)")
            .find(trimmed)?;
    let rest = &trimmed[bullet.end()..];
    let (ticked, text) = match rest.get(..3) {
        Some("[ ]") => (Some(false), rest[3..].trim_start()),
        Some("[x]" | "[X]") => (Some(true), rest[3..].trim_start()),
        _ => (None, rest),
    };
    Some(Kind::Item { text, ticked })
}

fn fence_of(trimmed: &str) -> Option<char> {
    ['`', '~'].into_iter().find(|mark| trimmed.chars().take_while(|c| c == mark).count() >= 3)
}

fn underline_level(trimmed: &str) -> Option<u8> {
    let all = |mark: char| trimmed.len() >= 3 && trimmed.chars().all(|c| c == mark);
    if all('=') { Some(1) } else { all('-').then_some(2) }
}

fn indent_of(raw: &str) -> usize {
    raw.chars().take_while(|c| c.is_whitespace()).map(|c| if c == '\t' { 4 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expect: Kind<'_>) {
        assert_eq!(scan(line, 1)[0].kind, expect, "{line:?}");
    }

    fn item(text: &str, ticked: Option<bool>) -> Kind<'_> {
        Kind::Item { text, ticked }
    }

    #[test]
    fn lines_are_told_apart() {
        check("## Cause ##", Kind::Heading { level: 2, text: "Cause" });
        check("#12 is open", Kind::Prose);
        check("  ", Kind::Blank);
        check("***", Kind::Rule);
        check("| a | b |", Kind::Row);
        check("**Cause:** a bug", Kind::Prose);
    }

    #[test]
    fn items_lose_bullet_and_checkbox() {
        check("- one", item("one", None));
        check("  3) one", item("one", None));
        check("* [x] one", item("one", Some(true)));
        check("- [ ] one", item("one", Some(false)));
        check("-", item("", None));
        check("2.5 seconds", Kind::Prose);
    }

    #[test]
    fn what_stands_between_fences_is_code() {
        let lines = scan("```\n# no heading\n```\n# one", 5);
        let kinds: Vec<Kind<'_>> = lines.iter().map(|line| line.kind).collect();
        assert_eq!(kinds[..3], [Kind::Code; 3]);
        assert_eq!(kinds[3], Kind::Heading { level: 1, text: "one" });
        assert_eq!(lines[3].number, 8);
    }

    #[test]
    fn an_underlined_line_is_a_heading() {
        let lines = scan("Impact\n------\n\ntext\n\n---\n", 1);
        assert_eq!(lines[0].kind, Kind::Heading { level: 2, text: "Impact" });
        assert_eq!(lines[3].kind, Kind::Prose);
        assert_eq!(lines[5].kind, Kind::Rule);
    }

    #[test]
    fn the_last_line_of_a_paragraph_is_no_heading() {
        assert_eq!(scan("one\ntwo\n---", 1)[1].kind, Kind::Prose);
    }
}
