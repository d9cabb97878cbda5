//! Why a past incident answers.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use incident::{Field, Incident};
use rank::{Parts, Reasons};

use crate::answer::{Contribution, Origin};
use crate::question::{Question, Said, Word};
use crate::retriever::Retriever;
use crate::wordings::REWORDED_SHARE;

/// The fields that a word of the whole text is looked for in.
const SECTIONS: [Field; 5] =
    [Field::Summary, Field::Symptoms, Field::RootCause, Field::Resolution, Field::Impact];

/// A smaller part is what rounding left over.
const ROUNDING: f64 = 1e-12;

/// How many missing words are named at most.
const MISSING_WORDS_MAX: usize = 3;

/// What a score is made of, told apart by signal.
#[derive(Debug)]
pub(crate) struct Explained<'a> {
    pub(crate) parts: &'a Parts,
    /// What the terms of the question bring to the signal of the words.
    pub(crate) words: Vec<(&'a str, f64)>,
    /// The question as it was asked, and what that brings to the other signals ...
    pub(crate) asked: Told<'a>,
    /// ... and as the incident would put it, where that is otherwise.
    pub(crate) reworded: Option<Told<'a>>,
}

/// A question, and what its terms and words bring to the signals.
#[derive(Debug)]
pub(crate) struct Told<'a> {
    pub(crate) said: Cow<'a, Said>,
    pub(crate) reasons: Reasons,
}

/// Parts of a signal, each with what brings it.
type PartsOf<T> = Vec<(T, f64)>;

impl<'a> Explained<'a> {
    /// What each term or word brings to a signal that `of` tells: of the question as it was asked, and of the same in
    /// other words as far as that is louder.
    fn by<'s, T>(&'s self, of: impl Fn(&'s Told<'a>) -> PartsOf<T>) -> PartsOf<T> {
        let asked = of(&self.asked);
        let Some(reworded) = &self.reworded else {
            return asked;
        };
        let other = of(reworded);
        let sum = |parts: &PartsOf<T>| parts.iter().map(|(_, part)| part).sum::<f64>();
        if sum(&other) <= sum(&asked) {
            return asked;
        }
        let scaled =
            |parts: PartsOf<T>, share| parts.into_iter().map(move |(of, part)| (of, part * share));
        scaled(asked, 1.0 - REWORDED_SHARE).chain(scaled(other, REWORDED_SHARE)).collect()
    }
}

impl Told<'_> {
    fn terms<'s>(&'s self, parts: &'s [f64]) -> PartsOf<&'s str> {
        self.said.vector.iter().map(|(term, _)| term).zip(parts.iter().copied()).collect()
    }

    fn words<'s>(&'s self, parts: &'s [f64]) -> PartsOf<&'s Word> {
        self.said.words.iter().zip(parts.iter().copied()).collect()
    }
}

/// The parts of a score by term and field: greatest first, then by origin and term. They sum to the score.
///
/// Whatever a term of the question brings, by itself, its characters or its company, is ascribed to the
/// fields that the incident has it in, by how often each counts it; a word of the whole text to the sections
/// that have it, and to the text where none does. A term that the incident has nowhere is related to it.
pub(crate) fn contributions(
    explained: &Explained<'_>,
    question: &Question,
    incident: &Incident,
    retriever: &Retriever,
) -> Vec<Contribution> {
    let mut rows =
        Rows { shares: Shares::of(incident, retriever), question, rows: BTreeMap::new() };
    let parts = explained.parts;
    rows.add_terms(parts.words, &explained.words);
    rows.add_terms(parts.latent, &explained.by(|told| told.terms(&told.reasons.latent)));
    rows.add_terms(parts.fields, &explained.by(|told| told.terms(&told.reasons.fields)));
    rows.add_words(parts.characters, &explained.by(|told| told.words(&told.reasons.characters)));
    rows.add_words(parts.title, &explained.by(|told| told.words(&told.reasons.title)));
    for (origin, part) in [
        (Origin::Hubness, parts.hubness),
        (Origin::Recency, parts.recency),
        (Origin::NearIdentical, parts.near_identical),
        (Origin::Bound, parts.bound),
    ] {
        rows.add(origin, "", part);
    }
    rows.sorted()
}

/// The parts under way.
struct Rows<'a> {
    shares: Shares,
    question: &'a Question,
    rows: BTreeMap<(Origin, String), f64>,
}

impl Rows<'_> {
    /// Shares `total` out among terms as `parts` say, which sum to it but for a factor.
    fn add_terms(&mut self, total: f64, parts: &[(&str, f64)]) {
        let scale = scale(total, parts.iter().map(|(_, part)| *part));
        for (term, part) in parts {
            self.add_term(term, part * scale);
        }
    }

    /// The same among words.
    fn add_words(&mut self, total: f64, parts: &[(&Word, f64)]) {
        let scale = scale(total, parts.iter().map(|(_, part)| *part));
        for (word, part) in parts {
            let share = part * scale / word.terms.len().max(1) as f64;
            if word.terms.is_empty() {
                self.add(Origin::Filler, "", share);
            }
            word.terms.iter().for_each(|term| self.add_term(term, share));
        }
    }

    fn add_term(&mut self, term: &str, part: f64) {
        let shares = self.shares.of_term(term);
        let spelling = self.question.spelling(term);
        if shares.is_empty() {
            self.add(Origin::Related, spelling, part);
        }
        for (field, share) in shares {
            self.add(Origin::Field(field), spelling, part * share);
        }
    }

    fn add(&mut self, origin: Origin, term: &str, part: f64) {
        if part.abs() > ROUNDING {
            *self.rows.entry((origin, term.to_owned())).or_default() += part;
        }
    }

    fn sorted(self) -> Vec<Contribution> {
        let rows = self.rows.into_iter();
        let mut sorted: Vec<Contribution> = rows
            .map(|((origin, term), contribution)| Contribution { origin, term, contribution })
            .collect();
        sorted.sort_by(|left, right| right.contribution.total_cmp(&left.contribution));
        sorted
    }
}

/// What turns parts of a signal into parts of `total`.
fn scale(total: f64, parts: impl Iterator<Item = f64>) -> f64 {
    let sum: f64 = parts.sum();
    if sum.abs() > f64::EPSILON { total / sum } else { 0.0 }
}

/// What the question has and `incident` has not: its services, and its weightiest words.
pub(crate) fn differs(question: &Question, incident: &Incident, shared: &[&str]) -> Vec<String> {
    let mut differs = Vec::new();
    let asked = &question.incident.services;
    let is_shared =
        |service: &String| asked.iter().any(|asked| asked.to_lowercase() == service.to_lowercase());
    if !asked.is_empty()
        && !incident.services.is_empty()
        && !incident.services.iter().any(is_shared)
    {
        differs.push(format!("on {}, not {}", incident.services.join(", "), asked.join(", ")));
    }
    let mut missing: Vec<(&str, f64)> = question
        .vector
        .asked()
        .filter(|(term, _)| {
            let is_met = || question.vector.met(term, |it| shared.contains(&it)) > 0.0;
            !term.starts_with(analysis::SERVICE_PREFIX) && !is_met()
        })
        .collect();
    missing.sort_by(|(left, l), (right, r)| r.total_cmp(l).then_with(|| left.cmp(right)));
    let words = missing.iter().take(MISSING_WORDS_MAX);
    differs.extend(words.map(|(term, _)| format!("no mention of {}", question.spelling(term))));
    differs
}

/// How often each field of an incident counts a term.
#[derive(Debug, Default)]
struct Shares {
    counts: HashMap<String, Vec<(Field, f64)>>,
}

impl Shares {
    fn of(incident: &Incident, retriever: &Retriever) -> Self {
        let weighting = retriever.search_weighting();
        let fields = weighting.fields(incident);
        let mut shares = Self::default();
        for term in retriever.analyzer().analyze(incident, &fields).iter() {
            shares.add(term.stem, term.field, f64::from(weighting.weight_of(term.field)));
        }
        if fields.contains(&Field::Text) {
            shares.ascribe_text(&Self::in_sections(incident, retriever));
        }
        shares
    }

    fn in_sections(incident: &Incident, retriever: &Retriever) -> Self {
        let mut sections = Self::default();
        for term in retriever.analyzer().analyze(incident, &SECTIONS).iter() {
            sections.add(term.stem, term.field, 1.0);
        }
        sections
    }

    fn add(&mut self, term: &str, field: Field, count: f64) {
        let counts = self.counts.entry(term.to_owned()).or_default();
        match counts.iter_mut().find(|(known, _)| *known == field) {
            Some((_, total)) => *total += count,
            None => counts.push((field, count)),
        }
    }

    /// Shares out what the whole text counts among the sections that have the term.
    fn ascribe_text(&mut self, sections: &Self) {
        for (term, counts) in &mut self.counts {
            let Some(found) = sections.counts.get(term) else {
                continue;
            };
            let Some(at) = counts.iter().position(|(field, _)| *field == Field::Text) else {
                continue;
            };
            let (_, in_text) = counts.remove(at);
            let total: f64 = found.iter().map(|(_, count)| count).sum();
            counts.extend(found.iter().map(|(field, count)| (*field, in_text * count / total)));
        }
    }

    /// The fields of `term` with their shares, which sum to 1, in the order of the fields.
    fn of_term(&self, term: &str) -> Vec<(Field, f64)> {
        let mut counts = self.counts.get(term).cloned().unwrap_or_default();
        let total: f64 = counts.iter().map(|(_, count)| count).sum();
        counts.sort_by_key(|(field, _)| *field);
        counts.into_iter().map(|(field, count)| (field, count / total)).collect()
    }
}

#[cfg(test)]
mod tests {
    use incident::AsOf;
    use index::Filter;

    use super::*;
    use crate::answer::Query;
    use crate::contest::{Contest, Inquiry};
    use crate::engine::Engine;
    use crate::prepare::Item;
    use crate::stop::NEVER;

    /// The engine's only incident, and what explains that it answers `question`.
    fn explained(incident: &Incident, question: &str) -> (Vec<Contribution>, Vec<String>) {
        let dir = tempfile::tempdir().expect("a folder");
        let engine = Engine::open(dir.path()).expect("an engine");
        engine.ingest(vec![Item::Incident(Box::new(incident.clone()))]).expect("committed");
        let now = AsOf::now("2026-01-01T00:00:00Z".parse().expect("a time"));
        let (state, query) = (engine.state(), Query::Text(question.to_owned()));
        let question = Question::read(&engine, &state, &query, now).expect("a question");
        let filter = Filter::default();
        let inquiry = Inquiry { question: &question, filter: &filter, as_of: now, stop: NEVER };
        let contest = Contest::open(&engine, &state, inquiry).expect("readable");
        let found = contest.ranked(1).expect("nobody stops it").remove(0);
        let contributions = contest.contributions(&found, incident, &contest.reasoning());
        let sum: f64 = contributions.iter().map(|part| part.contribution).sum();
        assert!((sum - found.score).abs() < 1e-9, "{sum} of {}", found.score);
        let shared: Vec<&str> = found.shared.iter().map(String::as_str).collect();
        let differs = differs(&question, incident, &shared);
        (contributions, differs)
    }

    /// The terms with their origins, what belongs to no term left out.
    fn of_terms(contributions: &[Contribution]) -> Vec<(Origin, &str)> {
        assert!(contributions.is_sorted_by(|one, next| one.contribution >= next.contribution));
        let terms = contributions.iter().filter(|part| !part.term.is_empty());
        terms.map(|part| (part.origin, part.term.as_str())).collect()
    }

    #[test]
    fn a_term_is_shared_out_among_the_fields_that_have_it() {
        let mut incident = Incident::new("jsonl", "1", "quota");
        incident.root_cause = Some("quota quota ran out".to_owned());
        let (parts, _) = explained(&incident, "quota");
        let mut origins: Vec<Origin> = of_terms(&parts).iter().map(|(origin, _)| *origin).collect();
        origins.sort();
        assert_eq!(origins, [Field::Title, Field::RootCause].map(Origin::Field));
    }

    #[test]
    fn a_word_of_the_whole_text_is_ascribed_to_the_section_that_has_it() {
        let mut incident = Incident::new("jsonl", "1", "Night");
        incident.impact = Some("Checkout was slow.".to_owned());
        incident.text = Some("Impact: Checkout was slow. Later a canary.".to_owned());
        let (parts, _) = explained(&incident, "checkout");
        assert_eq!(of_terms(&parts), [(Origin::Field(Field::Impact), "checkout")]);
        let (parts, _) = explained(&incident, "Canary");
        assert_eq!(of_terms(&parts), [(Origin::Field(Field::Text), "canary")]);
    }

    #[test]
    fn a_word_that_is_only_spelled_alike_is_related() {
        let incident = Incident::new("jsonl", "1", "Certificates expired on the edge");
        let (parts, _) = explained(&incident, "the certs expired");
        let origin = |term: &str| {
            let found = parts.iter().find(|part| part.term == term);
            found.map(|part| part.origin)
        };
        assert_eq!(origin("certs"), Some(Origin::Related));
        assert_eq!(origin("expired"), Some(Origin::Field(Field::Title)));
        assert_eq!(origin(""), Some(Origin::Filler));
    }

    #[test]
    fn what_is_said_in_other_words_is_ascribed_to_them() {
        let incident = Incident::new("jsonl", "1", "TLS handshake failures");
        let (parts, _) = explained(&incident, "SSL negotiation errors");
        let told: Vec<&str> = parts.iter().map(|part| part.term.as_str()).collect();
        assert!(
            told.contains(&"tls (ssl)") && told.contains(&"handshake (negotiation)"),
            "{parts:?}"
        );
        let (title, _) = explained(&incident, "TLS negotiation");
        assert!(title.iter().any(|part| part.term == "tls"), "{title:?}");
    }

    #[test]
    fn what_is_not_shared_is_named_services_first() {
        let mut incident = Incident::new("jsonl", "1", "Disk full");
        incident.services = vec!["search".to_owned()];
        let (_, differs) = explained(&incident, "disk full of canaries");
        assert_eq!(differs, ["no mention of canaries"]);

        let mut question = Incident::new("jsonl", "2", "Disk full");
        question.services = vec!["billing".to_owned()];
        let dir = tempfile::tempdir().expect("a folder");
        let engine = Engine::open(dir.path()).expect("an engine");
        let now = AsOf::now("2026-01-01T00:00:00Z".parse().expect("a time"));
        let query = Query::Incident(Box::new(question));
        let question = Question::read(&engine, &engine.state(), &query, now).expect("a question");
        let differs = super::differs(&question, &incident, &["disk", "full"]);
        assert_eq!(differs, ["on search, not billing"]);
    }
}
