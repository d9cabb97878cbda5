//! What is known of one alert.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::content::Content;

/// One alert from when it began to fire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fact {
    /// The alert, within its group.
    pub alert: String,
    /// When it began to fire.
    pub starts_at: Timestamp,
    /// Whether that is only when the message came, for its sender does not say.
    #[serde(skip)]
    pub is_undated: bool,
    /// When it was resolved; `None` where nobody said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
    /// When this was so, where the sender says it; of two tellings the later counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub told_at: Option<Timestamp>,
    /// What it tells.
    pub content: Content,
}

/// What a sender says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Something about alerts of one group.
    Facts {
        /// Who says so; the source of the incidents.
        source: String,
        /// The group: how the external ids of its incidents begin.
        group: String,
        /// The id of the sender's message, by which a copy of it is known; `None` where it has none.
        message: Option<String>,
        /// What is told, at least one.
        facts: Vec<Fact>,
    },
    /// Nothing that an incident would be of.
    Nothing {
        /// Why.
        reason: String,
    },
}

impl Fact {
    /// Whether both are about the same firing of the same alert.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.starts_at == other.starts_at && self.alert == other.alert
    }

    /// Both as one. It does not matter which is which, nor how often it is done: once resolved, resolved.
    #[must_use]
    pub(crate) fn joined(self, other: Self) -> Self {
        let ends_at = self.ends_at.max(other.ends_at);
        let later = if newer(&self, &other) == Ordering::Less { other } else { self };
        Self { ends_at, ..later }
    }
}

fn newer(left: &Fact, right: &Fact) -> Ordering {
    let by_time = left.told_at.cmp(&right.told_at);
    by_time.then_with(|| left.content.cmp(&right.content))
}
