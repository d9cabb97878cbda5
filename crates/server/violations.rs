//! What is wrong with a request: all of it at once.

use std::fmt::Display;

use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt};

/// The rules a request broke, in the order of its fields.
#[derive(Debug, Default)]
pub struct Violations {
    found: Vec<FieldViolation>,
}

impl Violations {
    /// Nothing found yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes that `field` holds `value`, where `expected` was.
    pub fn add(&mut self, field: impl Into<String>, value: impl Display, expected: impl Display) {
        self.note(field, format!("{value}; expected {expected}"));
    }

    /// Notes what is wrong with `field`.
    pub fn note(&mut self, field: impl Into<String>, description: impl Into<String>) {
        self.found.push(FieldViolation::new(field, description));
    }

    /// Notes a list, map or text with more than `max` values or bytes.
    pub fn at_most(&mut self, field: &str, length: usize, max: usize, unit: &str) {
        if length > max {
            self.add(field, format_args!("{length} {unit}"), format_args!("at most {max}"));
        }
    }

    /// Notes a text that is empty or has more than `max` bytes.
    pub fn required(&mut self, field: &str, text: &str, max: usize) {
        if text.trim().is_empty() {
            self.add(field, "empty", format_args!("1 to {max} bytes"));
        }
        self.at_most(field, text.len(), max, "bytes");
    }

    /// Notes a name that holds control characters, which would garble whatever it is printed in.
    pub fn printable(&mut self, field: &str, name: &str) {
        if let Some(c) = name.chars().find(|c| c.is_control()) {
            let value = format_args!("holds U+{:04X}", u32::from(c)).to_string();
            self.add(field, value, "no control characters");
        }
    }

    /// Whether no rule was found broken.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// The first field at fault and what is wrong in all, for a receipt; `None` where nothing is.
    #[must_use]
    pub fn summary(&self) -> Option<(String, String)> {
        let first = self.found.first()?;
        let others = self.found[1..].iter();
        let others = others.map(|other| format!("; {}: {}", other.field, other.description));
        let reason = others.fold(first.description.clone(), |all, other| all + &other);
        Some((first.field.clone(), reason))
    }

    /// The end of the request, where anything was found: `INVALID_ARGUMENT` with every field in a
    /// `google.rpc.BadRequest`.
    ///
    /// # Errors
    /// That status.
    pub fn finish(self) -> Result<(), Status> {
        self.finish_as("wrong request")
    }

    /// As [`Violations::finish`], with the message `what`.
    ///
    /// # Errors
    /// That status.
    pub fn finish_as(self, what: &str) -> Result<(), Status> {
        if self.is_empty() {
            return Ok(());
        }
        // Whoever shows the message shows the fields with it: they are not named twice.
        let details = ErrorDetails::with_bad_request(self.found);
        Err(Status::with_error_details(Code::InvalidArgument, what, details))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::status::violations;

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let mut found = Violations::new();
        found.add("k", 101, "0 to 100");
        found.at_most("filter.tags", 101, 100, "values");
        found.at_most("filter.services", 100, 100, "values");
        found.required("incident_id", " ", 769);
        let status = found.finish().expect_err("three rules are broken");
        let told: Vec<String> = violations(&status)
            .into_iter()
            .map(|(field, description)| format!("{field}: {description}"))
            .collect();
        assert_eq!(
            told,
            [
                "k: 101; expected 0 to 100",
                "filter.tags: 101 values; expected at most 100",
                "incident_id: empty; expected 1 to 769 bytes",
            ]
        );
        assert_eq!(status.message(), "wrong request");
    }

    #[test]
    fn a_name_with_control_characters_is_noted() {
        let mut found = Violations::new();
        found.printable("source", "wiki 2 (Störung)");
        found.printable("external_id", "INC\u{7}1");
        let expected = "holds U+0007; expected no control characters";
        assert_eq!(found.summary(), Some(("external_id".to_owned(), expected.to_owned())));
    }

    #[test]
    fn nothing_found_is_no_error() {
        assert!(Violations::new().finish().is_ok());
        assert_eq!(Violations::new().summary(), None);
    }
}
