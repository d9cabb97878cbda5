//! The verbs of action, and which form of one a word is.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A verb of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Verb {
    /// As in "to restart".
    pub(super) base: &'static str,
    /// Whether it also happens by itself: pods restart, nobody being there.
    pub(super) by_itself: bool,
    /// Whether in the passive it tells of an outcome: service was restored.
    pub(super) is_outcome: bool,
}

/// The verbs by one of their forms.
type Forms = HashMap<&'static str, Verb>;

/// The table, by each form.
struct Table {
    bases: Forms,
    pasts: Forms,
    participles: Forms,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table { bases: Forms::new(), pasts: Forms::new(), participles: Forms::new() };
    for line in include_str!("verbs.txt").lines().filter(|line| !line.starts_with('#')) {
        let mut forms = line.split_whitespace();
        let (Some(base), Some(past), Some(participle)) = (forms.next(), forms.next(), forms.next())
        else {
            continue;
        };
        let mark = forms.next();
        let (by_itself, is_outcome) = (mark.is_some(), mark == Some("="));
        let verb = Verb { base, by_itself, is_outcome };
        table.bases.insert(base, verb);
        table.pasts.insert(past, verb);
        table.participles.insert(participle, verb);
    }
    table
});

/// The verb whose past `word` is: `rolled`, `took`, `re-enabled`.
pub(super) fn past(word: &str) -> Option<Verb> {
    find(&TABLE.pasts, word)
}

/// The verb whose participle `word` is: `rolled`, `taken`.
pub(super) fn participle(word: &str) -> Option<Verb> {
    find(&TABLE.participles, word)
}

/// The verb whose base form `word` is: `roll`, `take`.
pub(super) fn base(word: &str) -> Option<Verb> {
    find(&TABLE.bases, word)
}

/// The verb whose gerund `word` is: `rolling`, `taking`, `dropping`.
pub(super) fn gerund(word: &str) -> Option<Verb> {
    let stem = word.strip_suffix("ing")?;
    base(stem).or_else(|| base(&format!("{stem}e"))).or_else(|| base(undoubled(stem)?))
}

/// The base form of `word`, whatever its form; `None` for no verb of the table.
pub(super) fn base_of(word: &str) -> Option<&'static str> {
    let verb = base(word).or_else(|| past(word)).or_else(|| participle(word));
    verb.or_else(|| gerund(word)).map(|verb| verb.base)
}

/// `word` without the second of two equal letters at its end.
pub(super) fn undoubled(word: &str) -> Option<&str> {
    let mut letters = word.chars().rev();
    let (last, before) = (letters.next()?, letters.next()?);
    (last == before).then(|| &word[..word.len() - last.len_utf8()])
}

fn find(forms: &Forms, word: &str) -> Option<Verb> {
    let again = || word.strip_prefix("re-").and_then(|again| forms.get(again));
    forms.get(word).or_else(again).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(word: &str, expect: Option<&str>) {
        assert_eq!(base_of(word), expect, "{word}");
    }

    #[test]
    fn a_verb_is_known_in_every_form() {
        check("rolled", Some("roll"));
        check("took", Some("take"));
        check("taken", Some("take"));
        check("dropping", Some("drop"));
        check("purging", Some("purge"));
        check("re-enabled", Some("enable"));
    }

    #[test]
    fn what_is_no_action_is_no_verb_of_the_table() {
        for word in ["noticed", "during", "string", "primary", "thing", "ing", ""] {
            check(word, None);
        }
    }

    #[test]
    fn each_line_of_the_table_is_whole_and_each_form_stands_for_one_verb() {
        let lines = include_str!("verbs.txt").lines().filter(|line| !line.starts_with('#'));
        for line in lines {
            let forms: Vec<&str> = line.split_whitespace().collect();
            assert!(
                forms.len() == 3 || (forms.len() == 4 && ["~", "="].contains(&forms[3])),
                "{line}"
            );
            assert!(forms[..3].iter().all(|form| base_of(form) == Some(forms[0])), "{line}");
        }
    }
}
