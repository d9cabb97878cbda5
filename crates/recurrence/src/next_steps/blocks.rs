//! A text block by block: paragraphs and list items, each with what leads into it.

/// A paragraph or a list item. All texts are slices of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Block<'a> {
    /// Without the marker of a list; the breaks of its lines stay.
    pub(super) text: &'a str,
    /// The heading it stands under.
    pub(super) heading: Option<&'a str>,
    /// For a list item: the paragraph before the list, where that ends with a colon.
    pub(super) lead: Option<&'a str>,
}

/// A line of fewer characters than this was not broken for want of room.
const WRAPPED_CHARS_MIN: usize = 60;

/// The paragraphs and list items of `text`, in order. Headings, tables, code blocks and boxes not yet ticked
/// are none.
pub(super) fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut reader = Reader { text, blocks: Vec::new(), open: None, heading: None, lead: None };
    let mut at = 0;
    let mut is_code = false;
    for line in text.split_inclusive('\n') {
        let body = line.trim();
        let fence = body.starts_with("```") || body.starts_with("~~~");
        is_code ^= fence;
        if is_code || fence {
            reader.close();
        } else {
            reader.line(body, at + (line.len() - line.trim_start().len()));
        }
        at += line.len();
    }
    reader.close();
    reader.blocks
}

/// A block that may go on.
#[derive(Debug, Clone, Copy)]
struct Open {
    begin: usize,
    end: usize,
    is_item: bool,
}

struct Reader<'a> {
    text: &'a str,
    blocks: Vec<Block<'a>>,
    open: Option<Open>,
    heading: Option<&'a str>,
    lead: Option<&'a str>,
}

impl<'a> Reader<'a> {
    /// Takes the next line, trimmed, which begins at the byte `at`.
    fn line(&mut self, body: &'a str, at: usize) {
        if body.is_empty() || body.starts_with('|') {
            return self.close();
        }
        if is_heading(body) {
            self.close();
            (self.heading, self.lead) = (Some(body), None);
            return;
        }
        if let Some(marker) = marker_bytes(body) {
            self.close();
            if !body[marker..].starts_with("[ ]") {
                let marker = marker + ticked_bytes(&body[marker..]);
                self.begin(at + marker, at + body.len(), true);
            }
            return;
        }
        match self.open {
            Some(open) if self.goes_on(open, body) => {
                self.open = Some(Open { end: at + body.len(), ..open });
            }
            _ => {
                self.close();
                self.begin(at, at + body.len(), false);
            }
        }
    }

    fn begin(&mut self, begin: usize, end: usize, is_item: bool) {
        self.open = Some(Open { begin, end, is_item });
    }

    /// Whether `body` goes on with the sentence of the line before. Notes of one sentence a line often
    /// have no full stops.
    fn goes_on(&self, open: Open, body: &str) -> bool {
        let before = self.text[open.begin..open.end].lines().next_back().unwrap_or_default().trim();
        let is_short = before.chars().count() < WRAPPED_CHARS_MIN;
        !(is_short && body.starts_with(char::is_uppercase) && !before.ends_with([',', ';', '-']))
    }

    fn close(&mut self) {
        let Some(open) = self.open.take() else {
            return;
        };
        let text = self.text[open.begin..open.end].trim();
        if !open.is_item {
            self.lead = text.trim_end_matches(['*', '_']).ends_with(':').then_some(text);
        }
        let lead = self.lead.filter(|_| open.is_item);
        self.blocks.push(Block { text, heading: self.heading, lead });
    }
}

/// A heading, or a line in bold alone.
fn is_heading(body: &str) -> bool {
    let inner =
        body.strip_prefix("**").and_then(|rest| rest.trim_end_matches(':').strip_suffix("**"));
    let is_bold = inner.is_some_and(|inner| !inner.contains("**") && !inner.ends_with('.'));
    body.starts_with('#') || is_bold
}

/// The length of the marker of a list item with its blanks: `- `, `3. `, `(b) `; `None` for no item.
fn marker_bytes(body: &str) -> Option<usize> {
    let rest = body.trim_start_matches(['>', ' ']);
    let quoted = body.len() - rest.len();
    let mark = rest.split_whitespace().next()?;
    let inner = mark.strip_prefix('(').unwrap_or(mark).strip_suffix([')', '.']);
    let is_number = inner.is_some_and(|inner| {
        let digits =
            !inner.is_empty() && inner.len() <= 3 && inner.bytes().all(|b| b.is_ascii_digit());
        digits || (inner.len() == 1 && inner.bytes().all(|b| b.is_ascii_lowercase()))
    });
    let is_marker = is_number || matches!(mark, "-" | "*" | "+" | "•" | "–" | "·");
    let after = &rest[mark.len()..];
    let blanks = after.len() - after.trim_start().len();
    (is_marker && blanks > 0).then_some(quoted + mark.len() + blanks)
}

/// The length of a box that is ticked, with its blanks.
fn ticked_bytes(item: &str) -> usize {
    let rest = item.strip_prefix("[x]").or_else(|| item.strip_prefix("[X]"));
    rest.map_or(0, |rest| item.len() - rest.trim_start().len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &[&str]) {
        let texts: Vec<&str> = blocks(text).iter().map(|block| block.text).collect();
        assert_eq!(texts, expect);
    }

    #[test]
    fn markers_of_lists_fall_away() {
        check(
            "1. One\n2) Two\n(c) three\n- four\n  * five",
            &["One", "Two", "three", "four", "five"],
        );
        check("- [x] Done\n- [ ] To be done", &["Done"]);
    }

    #[test]
    fn a_version_or_an_address_at_the_beginning_is_no_marker() {
        check("1.2.3 is out", &["1.2.3 is out"]);
        check("10.0.0.1 went away", &["10.0.0.1 went away"]);
    }

    #[test]
    fn a_wrapped_line_goes_on_and_a_short_one_ends() {
        let long = "Put retention back and waited for all of the old segments to be";
        check(&format!("{long}\ndeleted."), &[&format!("{long}\ndeleted.")]);
        check("Put retention back\nRestarted both", &["Put retention back", "Restarted both"]);
        check("- one\n  and more\n- two", &["one\n  and more", "two"]);
    }

    #[test]
    fn tables_code_and_headings_are_no_blocks() {
        check("# A\none\n| b | c |\n```\ncode\n```\n**Bold**\ntwo", &["one", "two"]);
    }

    #[test]
    fn an_item_knows_its_heading_and_its_lead() {
        let read = blocks("## Tried\nWhat we did:\n\n- one\n- two\n\nThe end");
        let leads: Vec<Option<&str>> = read.iter().map(|block| block.lead).collect();
        assert_eq!(leads, [None, Some("What we did:"), Some("What we did:"), None]);
        assert!(read.iter().all(|block| block.heading == Some("## Tried")));
    }
}
