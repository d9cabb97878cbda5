//! Colours, sparingly.

/// Colours texts, or leaves them as they are.
#[derive(Debug, Clone, Copy)]
pub struct Paint {
    on: bool,
}

/// What a line is meant to say at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As the terminal writes.
    Plain,
    /// A heading, or what matters most.
    Strong,
    /// Bad news.
    Bad,
    /// Something to look after.
    Warning,
    /// Good news.
    Good,
    /// Of less weight.
    Faint,
}

impl Paint {
    /// Colours where `on`.
    pub fn new(on: bool) -> Self {
        Self { on }
    }

    /// `text` in a tone, by the SGR codes of ECMA-48.
    pub fn tone(self, tone: Tone, text: &str) -> String {
        let code = match tone {
            Tone::Plain => "",
            Tone::Strong => "1",
            Tone::Bad => "1;31",
            Tone::Warning => "33",
            Tone::Good => "32",
            Tone::Faint => "2",
        };
        if !self.on || code.is_empty() || text.is_empty() {
            return text.to_owned();
        }
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }

    /// A heading.
    pub fn strong(self, text: &str) -> String {
        self.tone(Tone::Strong, text)
    }

    /// Bad news.
    pub fn bad(self, text: &str) -> String {
        self.tone(Tone::Bad, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_colours_a_text_stays_as_it_is() {
        assert_eq!(Paint::new(false).bad("error:"), "error:");
        assert_eq!(Paint::new(true).bad("error:"), "\u{1b}[1;31merror:\u{1b}[0m");
        assert_eq!(Paint::new(true).tone(Tone::Plain, "x"), "x");
    }
}
