//! How far an incident has come.

use serde::{Deserialize, Serialize};

/// Where an incident stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Still going on.
    Open,
    /// The harm is stopped, the cause is not removed.
    Mitigated,
    /// Over.
    Resolved,
}

impl Status {
    /// Every status, in order.
    pub const ALL: [Self; 3] = [Self::Open, Self::Mitigated, Self::Resolved];

    /// The name: `open`, `mitigated` or `resolved`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Mitigated => "mitigated",
            Self::Resolved => "resolved",
        }
    }

    /// Reads the words trackers use (`closed`, `done`, `investigating`, ...), in any case; `None` for
    /// a word that is not known.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word.trim().to_lowercase().as_str() {
            "open" | "new" | "active" | "firing" | "triggered" | "acknowledged"
            | "investigating" | "identified" | "in progress" | "in_progress" | "ongoing" => {
                Some(Self::Open)
            }
            "mitigated" | "monitoring" | "contained" | "workaround" | "stable" => {
                Some(Self::Mitigated)
            }
            "resolved" | "closed" | "done" | "fixed" | "complete" | "completed" | "reviewed"
            | "postmortem" | "recovered" => Some(Self::Resolved),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trackers_words_are_understood() {
        assert_eq!(Status::from_word("Closed"), Some(Status::Resolved));
        assert_eq!(Status::from_word(" investigating "), Some(Status::Open));
        assert_eq!(Status::from_word("Monitoring"), Some(Status::Mitigated));
        assert_eq!(Status::from_word("banana"), None);
    }

    #[test]
    fn names_lead_back_to_their_statuses() {
        for status in Status::ALL {
            assert_eq!(Status::from_word(status.name()), Some(status));
        }
    }
}
