//! Words and numbers as a headline writes them.

/// The text in single blanks, cut at a word (within the first, where that alone is too long) and marked
/// with an ellipsis where it has more than `chars_max` characters.
pub(super) fn shortened(text: &str, chars_max: usize) -> String {
    let whole = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if whole.chars().count() <= chars_max {
        return whole;
    }
    let room: String = whole.chars().take(chars_max.saturating_sub(1)).collect();
    let ends_a_word = whole[room.len()..].starts_with(' ');
    let cut = match room.rfind(' ') {
        Some(blank) if !ends_a_word => &room[..blank],
        _ => room.as_str(),
    };
    let cut = cut.trim_end_matches([' ', ',', ';', ':', '-']);
    format!("{cut}\u{2026}")
}

/// `1st`, `2nd`, `3rd`, `4th`, `11th`, `21st`, `112th`.
pub(super) fn ordinal(number: u32) -> String {
    let suffix = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{number}{suffix}")
}

/// A name within a sentence: plain capitalised words in lower case, all others as they are (`TLS`, `GitHub`).
pub(super) fn in_sentence(name: &str) -> String {
    let words: Vec<String> = name
        .split_whitespace()
        .map(|word| {
            if word.split('-').all(is_plain_capitalised) {
                word.to_lowercase()
            } else {
                word.to_owned()
            }
        })
        .collect();
    words.join(" ")
}

/// The name of one occurrence: a plural that ends the name loses its ending (`failures`, `retries`,
/// `crashes`), words that only look like one do not (`DNS`, `access`, `status`, `analysis`).
pub(super) fn singular(name: &str) -> String {
    let start = name.rfind(char::is_whitespace).map_or(0, |blank| blank + 1);
    let (before, word) = name.split_at(start);
    let is_word = word.len() > 3 && word.chars().all(|c| c.is_lowercase() || c == '-');
    let is_plural =
        word.ends_with('s') && !["ss", "us", "is"].iter().any(|end| word.ends_with(end));
    if !(is_word && is_plural) {
        return name.to_owned();
    }
    let stem = if let Some(stem) = word.strip_suffix("ies") {
        format!("{stem}y")
    } else if ["ches", "shes", "sses", "xes"].iter().any(|end| word.ends_with(end)) {
        word[..word.len() - 2].to_owned()
    } else {
        word[..word.len() - 1].to_owned()
    };
    format!("{before}{stem}")
}

fn is_plain_capitalised(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(char::is_uppercase)
        && !letters.as_str().is_empty()
        && letters.all(char::is_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinals_follow_their_last_two_digits() {
        let shown = [1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 101, 111, 112].map(ordinal);
        let expected = [
            "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "23rd", "101st",
            "111th", "112th",
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn names_keep_their_own_capitals_in_a_sentence() {
        assert_eq!(
            in_sentence("Third-Party GitHub API Degradation"),
            "third-party GitHub API degradation"
        );
        assert_eq!(in_sentence("SSL/TLS Handshake Failure"), "SSL/TLS handshake failure");
    }

    #[test]
    fn one_occurrence_is_named_in_the_singular() {
        let shown = [
            "TLS handshake failures",
            "retries",
            "pod crashes",
            "DNS",
            "disk access",
            "bad status",
        ]
        .map(singular);
        let expected =
            ["TLS handshake failure", "retry", "pod crash", "DNS", "disk access", "bad status"];
        assert_eq!(shown, expected);
    }

    #[test]
    fn long_text_is_cut_at_a_word() {
        assert_eq!(shortened("alpha beta gamma", 16), "alpha beta gamma");
        assert_eq!(shortened("alpha beta gamma", 15), "alpha beta\u{2026}");
        assert_eq!(shortened("alpha beta gamma", 11), "alpha beta\u{2026}");
        assert_eq!(shortened("alpha beta gamma", 10), "alpha\u{2026}");
        assert_eq!(shortened("incomprehensible", 6), "incom\u{2026}");
    }
}
