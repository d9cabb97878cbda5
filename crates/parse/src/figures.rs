//! Figures that a text states plainly: users affected, revenue lost.

use regex::Captures;

use crate::inline::pattern;

/// How many users `text` says were affected: `affected 9002 users`, `3.2 million users were affected`.
pub(crate) fn users_affected(text: &str) -> Option<u64> {
    let affected_first = pattern!(
        r"(?i)\b(?:affect(?:ed|ing)|impact(?:ed|ing))\s+(?:about|approximately|around|roughly|nearly|over|up to|~|some)?\s*(?P<n>\d[\d,]*(?:\.\d+)?)\s*(?P<scale>k|thousand|m|million)?\s+(?:of our\s+|active\s+|unique\s+)?(?:users|customers|shoppers|visitors|subscribers)\b"
    );
    let users_first = pattern!(
        r"(?i)\b(?P<n>\d[\d,]*(?:\.\d+)?)\s*(?P<scale>k|thousand|m|million)?\s+(?:of our\s+|active\s+|unique\s+)?(?:users|customers|shoppers|visitors|subscribers)\)?\s+(?:(?:was|were|are|have been|had been)\s+)?(?:affected|impacted)\b"
    );
    let found = affected_first.captures(text).or_else(|| users_first.captures(text))?;
    let users = amount(&found)?;
    // A text states no more users than there are people; the cast drops a fraction at most.
    (users <= 1.0e10).then_some(users as u64)
}

/// The revenue that `text` says was lost: `Estimated revenue impact: $28145`.
pub(crate) fn revenue(text: &str) -> Option<f64> {
    let found = pattern!(
        r"(?i)\brevenue\s+(?:impact|loss|lost|cost)\b[^$\u{20ac}\u{a3}\d.\n]{0,24}[$\u{20ac}\u{a3}]\s?(?P<n>\d[\d,]*(?:\.\d+)?)\s?(?P<scale>k|thousand|m|million)?\b"
    )
    .captures(text)?;
    amount(&found)
}

fn amount(found: &Captures<'_>) -> Option<f64> {
    let number: f64 = found.name("n")?.as_str().replace(',', "").parse().ok()?;
    let scale = found.name("scale").map(|scale| scale.as_str().to_lowercase());
    let times = match scale.as_deref() {
        Some("k" | "thousand") => 1.0e3,
        Some("m" | "million") => 1.0e6,
        _ => 1.0,
    };
    Some((number * times).round())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_read_where_they_are_plainly_stated() {
        assert_eq!(
            users_affected("lasted 2 h and affected 9,002 users and 2 services"),
            Some(9002)
        );
        assert_eq!(users_affected("87% of all (3.2 million users) were affected"), Some(3_200_000));
        assert_eq!(users_affected("affected about 40k customers"), Some(40_000));
        assert_eq!(users_affected("Some 1,200 visitors affected"), Some(1200));
    }

    #[test]
    fn shares_and_other_numbers_are_no_users() {
        assert_eq!(users_affected("100% of users were affected"), None);
        assert_eq!(users_affected("affected 3 dependent services"), None);
        assert_eq!(users_affected("4034 customer-facing errors"), None);
    }

    #[test]
    fn revenue_needs_its_name_and_a_currency() {
        assert_eq!(revenue("- Estimated revenue impact: $28,145"), Some(28_145.0));
        assert_eq!(revenue("Revenue loss of about \u{20ac}1.5 million"), Some(1_500_000.0));
        assert_eq!(revenue("revenue impact: unknown. We paid $5"), None);
    }
}
