//! What people decide about classes.

use std::fmt;
use std::str::FromStr;

use incident::IncidentId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::class_id::{ClassId, number_behind};
use crate::error::{Error, Result};

/// What every decision id begins with.
const PREFIX: &str = "D-";

/// The id of a decision, shown as `D-7`; a later decision has a higher number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DecisionId(u32);

impl DecisionId {
    /// The decision of that number.
    #[must_use]
    pub fn new(number: u32) -> Self {
        Self(number)
    }

    /// The number alone: 7 for `D-7`.
    #[must_use]
    pub fn number(self) -> u32 {
        self.0
    }
}

impl fmt::Display for DecisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", self.0)
    }
}

impl FromStr for DecisionId {
    type Err = Error;

    /// Reads `D-7` in upper or lower case, with blanks around it.
    ///
    /// # Errors
    /// [`Error::DecisionId`] where the text is anything else.
    fn from_str(text: &str) -> Result<Self> {
        let number = number_behind(PREFIX, text);
        number.map(Self).ok_or_else(|| Error::DecisionId { text: text.to_owned() })
    }
}

/// What somebody asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Wish {
    /// A class is to bear a name; an empty one: to be named by its members again.
    Rename {
        /// The class.
        class: ClassId,
        /// Its name.
        name: String,
    },
    /// A class is to be pinned, so that no clustering renames it, ends it or takes a member from it; or to
    /// be released.
    Pin {
        /// The class.
        class: ClassId,
        /// Pinned, or released.
        pinned: bool,
    },
    /// Several classes are one.
    Merge {
        /// The class that stays.
        class: ClassId,
        /// The others.
        merged: Vec<ClassId>,
    },
    /// Some members of a class are another failure than the rest.
    Split {
        /// The class.
        class: ClassId,
        /// The members that leave it.
        leaving: Vec<IncidentId>,
    },
    /// Two incidents are the same failure.
    Link {
        /// The one.
        one: IncidentId,
        /// The other.
        other: IncidentId,
    },
    /// Two incidents are not the same failure.
    Unlink {
        /// The one.
        one: IncidentId,
        /// The other.
        other: IncidentId,
    },
    /// An earlier decision is to hold no longer.
    Undo {
        /// That decision.
        decision: DecisionId,
    },
}

/// What a wish came to when it was granted. With this alone it holds in every later clustering.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ruling {
    /// A class got a name; an empty one: it is named by its members again.
    Renamed {
        /// The class.
        class: ClassId,
        /// Its name.
        name: String,
        /// The name it had before.
        previous_name: String,
    },
    /// A class was pinned or released.
    Pinned {
        /// The class.
        class: ClassId,
        /// Pinned, or released.
        pinned: bool,
        /// The name it had then, which it keeps while it is pinned.
        name: String,
    },
    /// Classes became one.
    Merged {
        /// The class that stays.
        class: ClassId,
        /// Its members before.
        members: Vec<IncidentId>,
        /// The classes that went into it, each with its members.
        merged: Vec<(ClassId, Vec<IncidentId>)>,
    },
    /// Members left a class for a new one.
    Divided {
        /// The class they left.
        class: ClassId,
        /// The members that stayed.
        stayed: Vec<IncidentId>,
        /// The class they form.
        new_class: ClassId,
        /// The members that left.
        left: Vec<IncidentId>,
    },
    /// Two incidents are the same failure.
    Linked {
        /// The one.
        one: IncidentId,
        /// The other.
        other: IncidentId,
    },
    /// Two incidents are not the same failure.
    Unlinked {
        /// The one.
        one: IncidentId,
        /// The other.
        other: IncidentId,
    },
    /// An earlier decision holds no longer.
    Undone {
        /// That decision.
        decision: DecisionId,
    },
}

impl Ruling {
    /// The classes it speaks of.
    #[must_use]
    pub fn classes(&self) -> Vec<ClassId> {
        match self {
            Self::Renamed { class, .. } | Self::Pinned { class, .. } => vec![*class],
            Self::Merged { class, merged, .. } => {
                std::iter::once(*class).chain(merged.iter().map(|(class, _)| *class)).collect()
            }
            Self::Divided { class, new_class, .. } => vec![*class, *new_class],
            Self::Linked { .. } | Self::Unlinked { .. } | Self::Undone { .. } => Vec::new(),
        }
    }

    /// The incidents it says something about, other than as members of a class.
    #[must_use]
    pub fn incidents(&self) -> Vec<&IncidentId> {
        match self {
            Self::Linked { one, other } | Self::Unlinked { one, other } => vec![one, other],
            _ => Vec::new(),
        }
    }
}

/// Who decides, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attribution {
    /// A person or a tool.
    pub who: String,
    /// The reason in their words; empty where none was given.
    pub why: String,
}

/// Something a person decided. It is kept for good, and holds until another decision takes it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Its id.
    pub id: DecisionId,
    /// Who decided, and why.
    pub by: Attribution,
    /// When.
    pub decided_at: Timestamp,
    /// What the caller calls the request; empty: nothing. No two decisions have the same.
    pub request_id: String,
    /// What was asked for.
    pub wish: Wish,
    /// What it came to.
    pub ruling: Ruling,
}

impl Decision {
    /// `ann on 2026-01-02 (D-7)`.
    #[must_use]
    pub fn origin(&self) -> String {
        let day = Timestamp::strftime(&self.decided_at, "%Y-%m-%d");
        format!("{} on {day} ({})", self.by.who, self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_as_it_is_shown_and_in_any_case() {
        for text in ["D-7", "d-7", " D-07 "] {
            assert_eq!(text.parse(), Ok(DecisionId::new(7)), "{text}");
        }
        assert_eq!(DecisionId::new(7).to_string(), "D-7");
    }

    #[test]
    fn other_text_is_refused_with_what_was_expected() {
        for text in ["7", "D-", "D-+1", "FC-1", "", "D-99999999999", "\u{e9}-1"] {
            let error = text.parse::<DecisionId>().expect_err(text);
            assert!(error.to_string().contains("expected D-"), "{error}");
        }
    }

    #[test]
    fn an_origin_names_the_person_the_day_and_the_decision() {
        let (one, other) = (IncidentId::new("a"), IncidentId::new("b"));
        let decision = Decision {
            id: DecisionId::new(3),
            by: Attribution { who: "ann".into(), why: String::new() },
            decided_at: "2026-01-02T03:04:05Z".parse().expect("a time"),
            request_id: String::new(),
            wish: Wish::Link { one: one.clone(), other: other.clone() },
            ruling: Ruling::Linked { one, other },
        };
        assert_eq!(decision.origin(), "ann on 2026-01-02 (D-3)");
    }
}
