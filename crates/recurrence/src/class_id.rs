//! The names of failure classes.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// What every class id begins with.
const PREFIX: &str = "FC-";

/// The stable id of a failure class, shown as `FC-12` on every door and in JSON. Ordered by number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ClassId(u32);

impl ClassId {
    /// The class of that number.
    #[must_use]
    pub fn new(number: u32) -> Self {
        Self(number)
    }

    /// The number alone: 12 for `FC-12`.
    #[must_use]
    pub fn number(self) -> u32 {
        self.0
    }
}

impl fmt::Display for ClassId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", self.0)
    }
}

impl FromStr for ClassId {
    type Err = Error;

    /// Reads `FC-12` in upper or lower case, with blanks around it.
    ///
    /// # Errors
    /// [`Error::ClassId`] where the text is anything else.
    fn from_str(text: &str) -> Result<Self> {
        number_behind(PREFIX, text)
            .map(Self)
            .ok_or_else(|| Error::ClassId { text: text.to_owned() })
    }
}

impl TryFrom<String> for ClassId {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<ClassId> for String {
    fn from(id: ClassId) -> Self {
        id.to_string()
    }
}

/// The number behind `prefix`, in upper or lower case and with blanks around: 12 for `FC-12` behind `FC-`. A sign is
/// refused, though `u32` would read a plus.
pub(crate) fn number_behind(prefix: &str, text: &str) -> Option<u32> {
    let (found, digits) = text.trim().split_at_checked(prefix.len())?;
    let well_formed =
        found.eq_ignore_ascii_case(prefix) && digits.bytes().all(|byte| byte.is_ascii_digit());
    well_formed.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_read_as_it_is_shown_and_in_any_case() {
        for text in ["FC-12", "fc-12", " Fc-12 ", "FC-012"] {
            assert_eq!(text.parse(), Ok(ClassId::new(12)), "{text}");
        }
        assert_eq!(ClassId::new(12).to_string(), "FC-12");
    }

    #[test]
    fn other_text_is_refused_with_what_was_expected() {
        for text in ["12", "FC-", "FC-+1", "FC-1x", "FD-1", "", "FC-99999999999", "é-1"] {
            let error = text.parse::<ClassId>().expect_err(text);
            assert!(error.to_string().contains("expected FC-"), "{error}");
        }
    }

    #[test]
    fn ids_are_ordered_by_number() {
        assert!(ClassId::new(9) < ClassId::new(10));
    }

    #[test]
    fn its_json_form_is_its_shown_form() {
        let json = serde_json::to_string(&ClassId::new(12)).expect("it serialises");
        assert_eq!(json, "\"FC-12\"");
        assert_eq!(
            serde_json::from_str::<ClassId>(&json).expect("it reads back"),
            ClassId::new(12)
        );
        assert!(serde_json::from_str::<ClassId>("\"12\"").is_err());
    }
}
