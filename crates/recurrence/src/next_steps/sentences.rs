//! Where a sentence ends.

/// Words whose full stop ends no sentence.
const ABBREVIATIONS: [&str; 26] = [
    "e.g", "i.e", "eg", "ie", "vs", "etc", "approx", "ca", "cf", "al", "incl", "excl", "resp",
    "no", "nr", "fig", "sec", "min", "max", "mr", "mrs", "ms", "dr", "st", "inc", "ltd",
];

/// The sentences of a paragraph, as slices of it. A full stop within a number, a name, an address or a
/// span of code, after an abbreviation, or before a small letter ends none.
pub(super) fn sentences(paragraph: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut begin, mut is_code) = (0, false);
    for (place, letter) in paragraph.char_indices() {
        is_code ^= letter == '`';
        let after = place + letter.len_utf8();
        let closed = after + closers_bytes(&paragraph[after..]);
        let is_end = matches!(letter, '.' | '!' | '?')
            && !is_code
            && begins_anew(&paragraph[closed..])
            && !(letter == '.' && is_abbreviated(&paragraph[begin..place]));
        if is_end && closed > begin {
            found.push(paragraph[begin..closed].trim());
            begin = closed;
        }
    }
    found.push(paragraph[begin..].trim());
    found.retain(|sentence| !sentence.is_empty());
    found
}

/// The length of the brackets and marks that close a sentence after its full stop.
fn closers_bytes(rest: &str) -> usize {
    rest.len() - rest.trim_start_matches(['"', '\'', ')', ']', '*', '_', '”', '’']).len()
}

/// Whether another sentence may begin here: after a blank, with anything but a small letter.
fn begins_anew(rest: &str) -> bool {
    let next = rest.trim_start();
    next.is_empty() || (next.len() < rest.len() && !next.starts_with(char::is_lowercase))
}

/// Whether the full stop after `before` is that of an abbreviation or an initial.
fn is_abbreviated(before: &str) -> bool {
    let word = before.rsplit(|c: char| c.is_whitespace() || c == '(').next().unwrap_or_default();
    let is_initial = word.len() == 1 && word.starts_with(char::is_alphabetic);
    is_initial || ABBREVIATIONS.contains(&word.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(paragraph: &str, expect: &[&str]) {
        assert_eq!(sentences(paragraph), expect);
    }

    #[test]
    fn each_sentence_is_a_slice_with_its_full_stop() {
        check("One did. Two did!  Three?", &["One did.", "Two did!", "Three?"]);
        check(
            "She said (loudly.) Then **left.** All",
            &["She said (loudly.)", "Then **left.**", "All"],
        );
    }

    #[test]
    fn versions_addresses_and_links_stay_whole() {
        check(
            "Pinned 1.2.3. See https://a.example/b.c?d=1. Moved 10.0.0.1.",
            &["Pinned 1.2.3.", "See https://a.example/b.c?d=1.", "Moved 10.0.0.1."],
        );
    }

    #[test]
    fn an_abbreviation_ends_no_sentence() {
        check(
            "Restarted some, e.g. Kafka, and J. Doe left.",
            &["Restarted some, e.g. Kafka, and J. Doe left."],
        );
    }

    #[test]
    fn code_and_small_letters_go_on() {
        check("Ran `a. B` twice. it held", &["Ran `a. B` twice. it held"]);
        check("", &[]);
    }
}
