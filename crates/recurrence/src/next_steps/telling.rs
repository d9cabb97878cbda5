//! How an action taken is told: as a past, of persons, in the passive, as a headline, as an order.

use super::verbs;
use super::words::Word;

/// Who does things on purpose.
const PERSONS: [&str; 31] = [
    "we",
    "i",
    "he",
    "she",
    "they",
    "team",
    "teams",
    "engineer",
    "engineers",
    "on-call",
    "oncall",
    "operator",
    "operators",
    "ops",
    "sre",
    "sres",
    "admin",
    "admins",
    "dba",
    "dbas",
    "developer",
    "developers",
    "responder",
    "responders",
    "support",
    "vendor",
    "provider",
    "carrier",
    "somebody",
    "someone",
    "staff",
];
/// What makes a participle the property of a thing: `the disabled rule`.
const BEFORE_A_THING: [&str; 26] = [
    "the", "a", "an", "this", "that", "these", "those", "its", "our", "their", "every", "each",
    "all", "of", "in", "on", "with", "for", "from", "to", "newly", "recently", "and", "or",
    "which", "who",
];
/// What makes a clause one of circumstances: `after it was deployed`.
const SUBORDINATORS: [&str; 16] = [
    "when", "whenever", "while", "as", "because", "after", "before", "until", "where", "once",
    "since", "how", "why", "that", "which", "who",
];
/// The first of these, that are no pronouns.
const N_CONJUNCTIONS: usize = 13;
/// Verbs that speak of a state.
const BE: [&str; 9] = ["was", "were", "is", "are", "had", "has", "stayed", "remained", "kept"];
/// What an order of somebody names after its verb, where it is no noun: `restart the`, `scale up all`.
const DETERMINERS: [&str; 13] = [
    "the", "a", "an", "all", "both", "every", "each", "its", "their", "our", "this", "that", "any",
];
/// What may stand between such a verb and its object.
const PARTICLES: [&str; 9] = ["back", "over", "up", "down", "out", "off", "on", "in", "away"];
/// What may follow the verb of a headline: no object.
const AFTER_A_HEADLINE: [&str; 12] =
    ["on", "in", "at", "to", "for", "from", "with", "across", "via", "until", "back", "and"];
/// Before `by restarting`: what the doing achieved.
const ACHIEVED: [&str; 13] = [
    "fixed",
    "resolved",
    "mitigated",
    "solved",
    "recovered",
    "restored",
    "remedied",
    "ended",
    "addressed",
    "cleared",
    "stopped",
    "unblocked",
    "contained",
];

/// Whether somebody does something on purpose in these words, whatever else is said of it.
pub(super) fn tells_a_deed(words: &[Word]) -> bool {
    let at = |place: usize| {
        begins_with_past(words, place)
            || said_of_persons(words, place)
            || passive(words, place)
            || headline(words, place)
            || order(words, place)
            || by_doing(words, place)
    };
    (0..words.len()).any(at)
}

/// `Restarted the primary`, also after a label, a time or an adverb; within a sentence only what does not
/// happen by itself: `the pods crashed, restarted and crashed`.
fn begins_with_past(words: &[Word], place: usize) -> bool {
    let Some(by_itself) = past_at(words, place) else {
        return false;
    };
    if describes_a_thing(words, place) || place + 1 == words.len() {
        return false;
    }
    let opening = words[..place].iter().rev().take_while(|word| is_opener(word)).count();
    let begin = place - opening;
    let begins = begin == 0 || words[begin - 1].ends_label;
    let goes_on = begin > 0 && words[begin - 1].ends_clause;
    let is_clear = !words[place].ends_clause && (!by_itself || opening > 0);
    begins || (goes_on && is_clear)
}

/// `Restored backups were stale`: what begins as a past is the property of a thing.
fn describes_a_thing(words: &[Word], place: usize) -> bool {
    let is_whole = |next: usize| words[place..place + next].iter().all(|word| !word.ends_clause);
    let is_relative = |next: usize| said(words, place + next - 1, &["that", "which", "who"]);
    let states =
        |next: usize| said(words, place + next, &BE) && is_whole(next) && !is_relative(next);
    !said(words, place + 1, &DETERMINERS) && (1..=3).any(states)
}

/// `We restarted it`, `the team quickly restarted it`.
fn said_of_persons(words: &[Word], place: usize) -> bool {
    let Some(_) = past_at(words, place) else {
        return false;
    };
    let before = words[..place].iter().rev().take_while(|word| !word.ends_clause);
    let mut before = before.skip_while(|word| is_opener(word) || is_perfect(word));
    before.next().is_some_and(|word| PERSONS.contains(&word.text.as_str()))
        && !before.take(2).any(|word| SUBORDINATORS.contains(&word.text.as_str()))
}

/// `The primary was restarted`; neither `that was restarted` nor `had been restarted`, which were before,
/// nor what machines did: `was restarted by the kubelet`, nor an outcome: `service was restored`.
fn passive(words: &[Word], place: usize) -> bool {
    let verb = verbs::participle(&words[place].text);
    let is_outcome = verb.is_some_and(|verb| verb.is_outcome) && !comes_from(&words[place + 1..]);
    if is_outcome || (verb.is_none() && !fails_over(words, place)) {
        return false;
    }
    let mut before = words[..place].iter().rev().take_while(|word| !word.ends_clause);
    let Some(be) = before.find(|word| !is_opener(word)) else {
        return false;
    };
    let subject = before.next().map_or("", |word| word.text.as_str());
    let is_done = match be.text.as_str() {
        "was" | "were" | "got" => !matches!(subject, "that" | "which" | "who"),
        "been" => matches!(subject, "has" | "have"),
        _ => false,
    };
    is_done
        && !done_by_a_machine(&words[place + 1..])
        && !before.any(|word| SUBORDINATORS[..N_CONJUNCTIONS].contains(&word.text.as_str()))
}

/// Whether it is said from what something was restored.
fn comes_from(rest: &[Word]) -> bool {
    rest.iter().take(3).any(|word| word.text == "from")
}

fn done_by_a_machine(rest: &[Word]) -> bool {
    let Some(by) = rest.iter().take(3).position(|word| word.text == "by") else {
        return false;
    };
    let doer = rest[by + 1..].iter().find(|word| !DETERMINERS.contains(&word.text.as_str()));
    doer.is_some_and(|doer| {
        let is_measure = doer.text.starts_with(|c: char| c.is_ascii_digit());
        let is_person = PERSONS.contains(&doer.text.as_str()) || doer.text == "hand";
        !is_measure && !is_person && verbs::gerund(&doer.text).is_none()
    })
}

/// `Rule disabled, accounts unlocked in bulk`: the short style of tickets. An object after the verb would make
/// the thing before it the doer: `a bad config removed all routes`.
fn headline(words: &[Word], place: usize) -> bool {
    let verb = verbs::participle(&words[place].text);
    let before = &words[..place];
    let begin = before.iter().rposition(|word| word.ends_clause).map_or(0, |end| end + 1);
    let subject = &before[begin..];
    let is_name = |word: &Word| {
        !BEFORE_A_THING.contains(&word.text.as_str()) && !BE.contains(&word.text.as_str())
    };
    let is_last = words[place].ends_clause
        || said(words, place + 1, &AFTER_A_HEADLINE)
        || words.get(place + 1).is_some_and(is_opener);
    let end = words[place..].iter().position(|word| word.ends_clause).map_or(0, |end| place + end);
    let is_whole =
        !words[place..=end.max(place)].iter().any(|word| BE.contains(&word.text.as_str()));
    verb.is_some_and(|verb| !verb.by_itself)
        && (1..=3).contains(&subject.len())
        && subject.iter().all(is_name)
        && is_last
        && is_whole
}

/// `Restart the primary`, as the item of a list of what was done.
fn order(words: &[Word], place: usize) -> bool {
    let is_first = place == 0 || words[place - 1].ends_label;
    let is_verb = verbs::base(&words[place].text).is_some()
        || (words[place].text == "fail" && said(words, place + 1, &["over"]));
    let next = place + 1 + usize::from(said(words, place + 1, &PARTICLES));
    is_first && is_verb && said(words, next, &DETERMINERS)
}

/// `Resolved by rolling back`, `by quickly failing over`.
fn by_doing(words: &[Word], place: usize) -> bool {
    let is_by = said(words, place, &["by", "via", "through"]);
    let doing = place + 1 + usize::from(words.get(place + 1).is_some_and(is_opener));
    let is_action = words.get(doing).is_some_and(|word| verbs::gerund(&word.text).is_some());
    let fails_over = said(words, doing, &["failing"]) && said(words, doing + 1, &["over"]);
    let achieved = words[..place].iter().any(|word| ACHIEVED.contains(&word.text.as_str()));
    is_by && achieved && (is_action || fails_over)
}

/// Whether the verb whose past stands at `place` also happens by itself; `None` where none does.
fn past_at(words: &[Word], place: usize) -> Option<bool> {
    let verb = verbs::past(&words[place].text).map(|verb| verb.by_itself);
    verb.or_else(|| fails_over(words, place).then_some(true))
}

fn fails_over(words: &[Word], place: usize) -> bool {
    words[place].text == "failed" && said(words, place + 1, &["over"])
}

fn said(words: &[Word], place: usize, any: &[&str]) -> bool {
    words.get(place).is_some_and(|word| any.contains(&word.text.as_str()))
}

/// Words that may stand before a verb without being its subject: adverbs, times.
fn is_opener(word: &Word) -> bool {
    const OPENERS: [&str; 20] = [
        "then",
        "also",
        "first",
        "second",
        "next",
        "now",
        "so",
        "soon",
        "both",
        "all",
        "again",
        "afterwards",
        "meanwhile",
        "later",
        "utc",
        "just",
        "twice",
        "once",
        "instead",
        "at",
    ];
    let is_time = word.text.contains(|c: char| c.is_ascii_digit()) && word.text.contains(':');
    OPENERS.contains(&word.text.as_str()) || word.text.ends_with("ly") || is_time
}

/// The auxiliaries of the perfect.
fn is_perfect(word: &Word) -> bool {
    matches!(word.text.as_str(), "have" | "has")
}
