//! A sentence word by word, without its markup.

/// A word and what follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// In lower case, without punctuation around it, with straight apostrophes.
    pub(super) text: String,
    /// Whether a comma, colon, semicolon, dash, full stop or the end follows.
    pub(super) ends_clause: bool,
    /// Whether a colon or a dash follows: what was said so far is a label.
    pub(super) ends_label: bool,
}

/// The words of `sentence`. Code between backticks is one word that no table holds: an option such as
/// `--no-cache` denies nothing.
pub(super) fn words(sentence: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    for raw in without_code(sentence).split_whitespace() {
        let text = bare(raw);
        if text.is_empty() {
            if let Some(last) = words.last_mut().filter(|_| raw.contains(['-', '–', '—', ':']))
            {
                (last.ends_clause, last.ends_label) = (true, true);
            }
            continue;
        }
        let ends_label = raw.trim_end_matches(['*', '_']).ends_with([':', '—', '–']);
        let closed = raw.trim_end_matches(['*', '_', '"', '\'', '”', '’']);
        let ends_clause = ends_label || closed.ends_with([',', ';', '.', '!', '?']);
        words.push(Word { text, ends_clause, ends_label });
    }
    if let Some(last) = words.last_mut() {
        last.ends_clause = true;
    }
    words
}

/// The sentence with each span of code replaced by one word; an unpaired backtick is no span.
fn without_code(sentence: &str) -> String {
    let parts: Vec<&str> = sentence.split('`').collect();
    let paired = parts.len() - usize::from(parts.len().is_multiple_of(2));
    let part_of = |(place, part): (usize, &str)| match place % 2 {
        1 if place < paired => CODE.to_owned(),
        _ => part.to_owned(),
    };
    parts.iter().enumerate().map(|(place, part)| part_of((place, part))).collect()
}

/// What stands for a span of code.
const CODE: &str = "c0de";

fn bare(raw: &str) -> String {
    let unmarked = raw.replace(['*', '`', '~'], "").replace('’', "'");
    unmarked.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sentence: &str, expect: &[&str]) {
        let read = words(sentence);
        let texts: Vec<&str> = read.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(texts, expect);
    }

    #[test]
    fn markup_and_punctuation_fall_away() {
        check("Did **not** restart, \"yet\".", &["did", "not", "restart", "yet"]);
        check("We didn’t (really) try.", &["we", "didn't", "really", "try"]);
    }

    #[test]
    fn code_is_one_word_and_a_lone_backtick_is_none() {
        check("Ran `x --no-cache not` twice", &["ran", CODE, "twice"]);
        check("Ran `x not twice", &["ran", "x", "not", "twice"]);
    }

    #[test]
    fn numbers_and_addresses_stay_whole() {
        check("Pinned 1.2.3 on 10.0.0.1.", &["pinned", "1.2.3", "on", "10.0.0.1"]);
    }

    #[test]
    fn clauses_and_labels_end_where_their_marks_stand() {
        let read = words("10:42 - fix: drained it, then (slowly) left");
        let ends: Vec<(bool, bool)> =
            read.iter().map(|word| (word.ends_clause, word.ends_label)).collect();
        let none = (false, false);
        let label = (true, true);
        let clause = (true, false);
        assert_eq!(ends, [label, label, none, clause, none, none, clause]);
    }
}
