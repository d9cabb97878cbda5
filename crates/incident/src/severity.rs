//! How bad an incident was.

use serde::{Deserialize, Serialize};

/// A severity, verbatim, with the level the filters compare.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Severity {
    /// The text as the document has it: `P2`, `SEV-1`, `critical`.
    pub verbatim: String,
    /// 1 (worst) to 5; `None` where the text names no level known here.
    pub level: Option<u8>,
}

impl Severity {
    /// Reads the level out of `verbatim`: a digit 1 to 5 (`P2`, `SEV-1`, `sev 3`, `2 - High`), or one of
    /// the usual words (critical 1, high or major 2, medium 3, low or minor 4, info 5). Zero counts as 1.
    #[must_use]
    pub fn new(verbatim: impl Into<String>) -> Self {
        let verbatim = verbatim.into();
        let level = level_of(&verbatim);
        Self { verbatim, level }
    }
}

fn level_of(text: &str) -> Option<u8> {
    let lower = text.to_lowercase();
    let digits: Vec<&str> =
        lower.split(|c: char| !c.is_ascii_digit()).filter(|run| !run.is_empty()).collect();
    if let Some(first) = digits.first() {
        return match first.parse::<u8>() {
            Ok(level @ 0..=5) => Some(level.max(1)),
            _ => None,
        };
    }
    lower.split(|c: char| !c.is_alphanumeric()).find_map(level_of_word)
}

fn level_of_word(word: &str) -> Option<u8> {
    match word {
        "critical" | "crit" | "blocker" | "fatal" | "emergency" | "disaster" | "page" => Some(1),
        "high" | "major" | "severe" | "urgent" | "error" => Some(2),
        "medium" | "moderate" | "normal" | "average" | "warning" | "warn" => Some(3),
        "low" | "minor" => Some(4),
        "info" | "informational" | "trivial" | "enhancement" | "none" | "cosmetic" => Some(5),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, level: Option<u8>) {
        assert_eq!(Severity::new(text).level, level, "{text}");
    }

    #[test]
    fn digits_and_words_give_levels() {
        check("P2", Some(2));
        check("SEV-1", Some(1));
        check("sev0", Some(1));
        check("2 - High", Some(2));
        check("Critical", Some(1));
        check("minor", Some(4));
        check("trivial", Some(5));
    }

    #[test]
    fn what_names_no_level_has_none() {
        check("9", None);
        check("purple", None);
        check("", None);
    }

    #[test]
    fn the_text_is_kept_as_it_came() {
        assert_eq!(Severity::new(" SEV-1 ").verbatim, " SEV-1 ");
    }
}
