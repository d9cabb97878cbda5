//! The text fields of an incident, by name.

use std::fmt;

/// A text field of an incident. Ordered as a reader meets them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The one-line title.
    Title,
    /// What happened, in short.
    Summary,
    /// What was seen from outside.
    Symptoms,
    /// Why it happened.
    RootCause,
    /// What ended it.
    Resolution,
    /// Whom and what it hurt.
    Impact,
    /// The whole text of the document.
    Text,
    /// The affected services, each as a whole name.
    Services,
}

impl Field {
    /// Every field, in order.
    pub const ALL: [Self; 8] = [
        Self::Title,
        Self::Summary,
        Self::Symptoms,
        Self::RootCause,
        Self::Resolution,
        Self::Impact,
        Self::Text,
        Self::Services,
    ];

    /// The name on the wire and in `--fields`: `title`, `root_cause`, ...
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Title => "title",
            Self::Summary => "summary",
            Self::Symptoms => "symptoms",
            Self::RootCause => "root_cause",
            Self::Resolution => "resolution",
            Self::Impact => "impact",
            Self::Text => "text",
            Self::Services => "services",
        }
    }

    /// The field of that name; `None` for any other text.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_fields() {
        for field in Field::ALL {
            assert_eq!(Field::from_name(field.name()), Some(field));
        }
        assert_eq!(Field::from_name("colour"), None);
    }
}
