//! What is to be shown, whatever the chat.

/// A message, from its most important line to its least.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The first line. Where there is no room for more, as in a notification, it stands for all of it.
    pub headline: String,
    /// What follows.
    pub parts: Vec<Part>,
}

/// A part of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// A line that says what comes.
    Heading(String),
    /// A line.
    Line(String),
    /// Words of an incident, verbatim.
    Quote(String),
    /// An entry of a list.
    Entry {
        /// What it is, in a line.
        title: String,
        /// Where there is more of it. Anything but `http` and `https` is left out.
        url: Option<String>,
        /// What else is known of it, in a line; may be empty.
        detail: String,
    },
    /// Asks whether a match is the same failure.
    Rate {
        /// The name of the answer.
        query_id: String,
        /// The incident that is shown.
        incident_id: String,
    },
    /// A line that matters least.
    Note(String),
}

impl Message {
    /// A message of one line.
    #[must_use]
    pub fn new(headline: impl Into<String>) -> Self {
        Self { headline: headline.into(), parts: Vec::new() }
    }

    /// The same, with `part` behind it.
    #[must_use]
    pub fn with(mut self, part: Part) -> Self {
        self.parts.push(part);
        self
    }

    /// Adds a line, where it says anything.
    pub fn line(&mut self, text: impl Into<String>) {
        self.add(Part::Line, text.into());
    }

    /// Adds a heading.
    pub fn heading(&mut self, text: impl Into<String>) {
        self.add(Part::Heading, text.into());
    }

    /// Adds words of an incident, where there are any.
    pub fn quote(&mut self, text: impl Into<String>) {
        self.add(Part::Quote, text.into());
    }

    /// Adds a line that matters least.
    pub fn note(&mut self, text: impl Into<String>) {
        self.add(Part::Note, text.into());
    }

    fn add(&mut self, kind: fn(String) -> Part, text: String) {
        if !text.trim().is_empty() {
            self.parts.push(kind(text));
        }
    }
}
