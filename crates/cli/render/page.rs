//! A page being written, line by line.

use super::paint::{Paint, Tone};
use super::wrap::{beginning, columns, wrap};
use chat::clean;

/// The characters of a quotation that are shown.
const QUOTE_CHARS_MAX: usize = 400;

/// How a page may look.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Whether to colour.
    pub paint: Paint,
    /// The columns a table may take.
    pub table_columns: usize,
    /// The columns anything else may take.
    pub prose_columns: usize,
}

impl Look {
    /// Wider lines are hard to read.
    pub const PROSE_COLUMNS_MAX: usize = 72;

    /// Without colours, `width` columns wide.
    #[cfg(test)]
    pub fn plain(width: usize) -> Self {
        Self {
            paint: Paint::new(false),
            table_columns: width,
            prose_columns: width.min(Self::PROSE_COLUMNS_MAX),
        }
    }
}

/// A page being written. Texts are cleaned and wrapped as they come in.
pub struct Page {
    look: Look,
    text: String,
}

impl Page {
    /// An empty page.
    pub fn new(look: Look) -> Self {
        Self { look, text: String::new() }
    }

    /// How it may look.
    pub fn look(&self) -> Look {
        self.look
    }

    /// A paragraph.
    pub fn say(&mut self, text: &str) {
        self.item(Tone::Plain, "", text);
    }

    /// A paragraph in a tone.
    pub fn tell(&mut self, tone: Tone, text: &str) {
        self.item(tone, "", text);
    }

    /// A heading, set off from what is above it.
    pub fn heading(&mut self, text: &str) {
        self.gap();
        self.tell(Tone::Strong, text);
    }

    /// A paragraph behind `lead`; its further lines begin below the first word. A text of nothing is left out.
    pub fn item(&mut self, tone: Tone, lead: &str, text: &str) {
        let lines = self.wrapped(lead, text);
        self.hang(tone, lead, &lines);
    }

    /// What the incident `id` says, in quotation marks and without blank lines; of a long text the beginning, and how
    /// to read the rest.
    pub fn quote(&mut self, lead: &str, text: &str, id: &str) {
        let text = clean(text.trim());
        if text.is_empty() {
            return;
        }
        let quoted = match beginning(&text, QUOTE_CHARS_MAX) {
            Some(begun) => format!("\"{begun} ...\" (relapse incident {id})"),
            None => format!("\"{text}\""),
        };
        let mut lines = self.wrapped(lead, &quoted);
        lines.retain(|line| !line.is_empty());
        self.hang(Tone::Plain, lead, &lines);
    }

    /// A line as it is, already cleaned and short enough.
    pub fn row(&mut self, text: &str) {
        self.text.push_str(text.trim_end());
        self.text.push('\n');
    }

    /// One empty line, unless the page begins here or one is there.
    pub fn gap(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// The text of the page; its last line is ended.
    pub fn finish(self) -> String {
        self.text
    }

    /// The lines of a text that stands behind `lead`.
    fn wrapped(&self, lead: &str, text: &str) -> Vec<String> {
        let width = self.look.prose_columns.saturating_sub(columns(lead));
        wrap(&clean(text), width)
    }

    /// Writes the first line behind `lead`, the others below it.
    fn hang(&mut self, tone: Tone, lead: &str, lines: &[String]) {
        let blank = " ".repeat(columns(lead));
        for (number, line) in lines.iter().enumerate() {
            let lead = if number == 0 { lead } else { &blank };
            let painted = self.look.paint.tone(tone, line);
            self.row(&format!("{lead}{painted}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(write: impl FnOnce(&mut Page)) -> String {
        let mut page = Page::new(Look::plain(20));
        write(&mut page);
        page.finish()
    }

    #[test]
    fn further_lines_begin_below_the_first_word() {
        let text = page(|page| page.item(Tone::Plain, "- ", "the disk of the primary is full"));
        assert_eq!(text, "- the disk of the\n  primary is full\n");
    }

    #[test]
    fn a_long_quotation_is_cut_and_says_where_the_rest_is() {
        let long = "word ".repeat(100);
        for width in [40, 72] {
            let mut page = Page::new(Look::plain(width));
            page.quote("  ", &long, "INC-7");
            let text = page.finish();
            assert_eq!(text.matches("word").count(), 80, "{text}");
            let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(flat.ends_with("word ...\" (relapse incident INC-7)"), "{text}");
        }
        let short = page(|page| page.quote("  ", "the disk\n\nis full", "INC-7"));
        assert_eq!(short, "  \"the disk\n  is full\"\n");
    }

    #[test]
    fn headings_are_set_off_but_never_at_the_top() {
        let text = page(|page| {
            page.heading("One");
            page.say("a");
            page.heading("Two");
        });
        assert_eq!(text, "One\na\n\nTwo\n");
    }

    #[test]
    fn nothing_that_steers_a_terminal_comes_through() {
        let text = page(|page| page.item(Tone::Bad, "", "a\u{1b}[2Jb\u{7}"));
        assert_eq!(text, "a[2Jb\n");
    }
}
